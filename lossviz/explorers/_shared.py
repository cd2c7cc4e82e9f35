"""What several explorers say or draw in the same way."""

from __future__ import annotations

from lossviz.wording import number

__all__ = ["move_points", "number", "points"]


def points(axes) -> list:
    """Put one black point on each axes; it may lie on the very edge."""
    from lossviz.style import BLACK

    look = {"color": BLACK, "marker": "o", "ms": 9, "clip_on": False}
    return [ax.plot([], [], **look)[0] for ax in axes]


def move_points(artists: dict, r: float, heights: dict[str, float]) -> None:
    """Move the points to r and write each one's height above its panel.

    Parameters
    ----------
    artists : dict
        With the ``"points"`` and the ``"titles"``, one per panel.
    r : float
        Where the points go.
    heights : dict of str to float
        Symbol and height of each point, in the order of the panels.
    """
    shown = zip(
        artists["points"], artists["titles"], heights.items(), strict=True
    )
    for point, title, (symbol, height) in shown:
        point.set_data([r], [height])
        title.set_text(f"{symbol}({number(r)}) = {number(height)}")

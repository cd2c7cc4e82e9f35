"""Alternative text for pictures, read off what was drawn.

The functions of `lossviz.plots` mark each artist by its `gid`; a describer
of that kind turns the artist's data into phrases, the most important first.
"""

from matplotlib.lines import Line2D

from lossviz.plots._phrases import DESCRIBERS, label_of
from lossviz.wording import number

__all__ = ["describe"]

MAX_WORDS = 60


def describe(ax):
    """Say what an Axes shows, in at most about sixty words.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn by functions of `lossviz.plots`; other labelled lines are
        described as curves.

    Returns
    -------
    str
        Axis labels and ranges, then for each thing drawn its label and its
        main numbers; details are left out where they would be too many.
        Empty for a colour bar and for an Axes with nothing to describe.
    """
    if ax.get_label() == "<colorbar>":
        return ""
    parts = [*_artist_parts(ax), *_bar_parts(ax)]
    if not parts:
        return ""
    longest = max(len(phrases) for phrases in parts)
    for detail in range(longest, 0, -1):
        shown = "; ".join(_phrase(*phrases[:detail]) for phrases in parts)
        text = f"{_axes_sentence(ax)} Shown: {shown}."
        if len(text.split()) <= MAX_WORDS:
            break
    return text


def _phrase(label, *details):
    return f"{label} ({', '.join(details)})" if details else label


def _axes_sentence(ax):
    y_label = ax.get_ylabel() or "values"
    if _bar_containers(ax, "bars"):
        return f"Bars of {y_label}."
    y = f"{y_label} ({_range(ax.get_ylim(), ax.get_yscale())})"
    x_label = ax.get_xlabel() or "position"
    x = f"{x_label} ({_range(ax.get_xlim(), ax.get_xscale())})"
    if hasattr(ax, "get_zlabel"):
        return f"Plot of {ax.get_zlabel()} over {x} and {y}."
    return f"Plot of {y} against {x}."


def _range(limits, scale):
    low, high = limits
    text = f"{number(low, 2)} to {number(high, 2)}"
    return f"{text}, log scale" if scale == "log" else text


def _artist_parts(ax):
    for artist in ax.get_children():
        kind = artist.get_gid()
        if kind is None and isinstance(artist, Line2D) and label_of(artist):
            kind = "curve"
        if kind in DESCRIBERS:
            yield DESCRIBERS[kind](artist)


def _bar_containers(ax, kind):
    return [c for c in ax.containers if c.patches[0].get_gid() == kind]


def _bar_parts(ax):
    names = [
        " ".join(label.get_text().split()) for label in ax.get_xticklabels()
    ]
    heights = (text for text in ax.texts if text.get_gid() == "bar label")
    for bars in _bar_containers(ax, "bars"):
        values = ", ".join(
            f"{name} {next(heights).get_text()}"
            for name, _ in zip(names, bars.patches, strict=True)
        )
        yield [label_of(bars), values] if label_of(bars) else [values]
    for bars in _bar_containers(ax, "histogram"):
        tallest = max(bars.patches, key=lambda bar: bar.get_height())
        left = tallest.get_x()
        place = f"{number(left)} to {number(left + tallest.get_width())}"
        yield [
            label_of(bars.patches[0], "histogram"),
            f"{len(bars.patches)} bins",
            f"tallest {number(tallest.get_height())} from {place}",
        ]

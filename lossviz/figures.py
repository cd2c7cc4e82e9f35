"""Showing figures so that everyone can read them.

Notebook tools drop the alternative text of ordinary figure outputs; an
``<img alt>`` in the HTML of the output survives in all of them.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Sequence

from lossviz.png import image_tag
from lossviz.validation import broken, positive

__all__ = ["show"]

_DOTS_PER_INCH = 100
# Screens with two device pixels for each one of the page show it sharp.
_OVERSAMPLING = 2


def show(figure, alt: str | None = None, *, width: float | None = None):
    """Display a figure together with words that say what it shows.

    Parameters
    ----------
    figure : Figure, Axes, or sequence of Axes of one figure
        What to display; always the whole figure.
    alt : str, optional
        Alternative text; by default what `lossviz.plots.describe` reads off
        the given axes (of a figure: off all its axes).
    width : float, optional
        Width on the page in pixels; by default 100 per inch of the figure.

    Raises
    ------
    ValueError
        If `figure` is none of these, the axes belong to several figures,
        there is nothing to say about them, or `width` is not positive.
    """
    from IPython.display import display

    figure, axes = _figure_and_axes(figure)
    alt = _words(axes, alt)
    page_size = _page_size(figure, width)
    data = _png(figure)
    bundle = {
        "text/html": f"<figure>{image_tag(data, alt, *page_size)}</figure>",
        "image/png": base64.b64encode(data).decode(),
        "text/plain": alt,
    }
    display(bundle, metadata={"image/png": {"alt": alt}}, raw=True)
    _forget(figure)


def _figure_and_axes(shown):
    """Return the figure and the axes whose content is to be put in words."""
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if isinstance(shown, Figure):
        return shown, shown.axes
    axes = [shown] if isinstance(shown, Axes) else _flat(shown)
    if not axes or not all(isinstance(ax, Axes) for ax in axes):
        raise ValueError(
            "figure must be a figure, axes or a sequence of axes, "
            f"got {type(shown).__name__}"
        )
    figures = {ax.get_figure(root=True) for ax in axes}
    if len(figures) > 1:
        raise ValueError(
            f"axes must belong to one figure, got {len(figures)} figures"
        )
    return figures.pop(), axes


def _flat(shown) -> list:
    """Return the items of a sequence or of an array of any shape."""
    if hasattr(shown, "ravel"):
        return list(shown.ravel())
    return list(shown) if isinstance(shown, Sequence) else []


def _words(axes, alt: str | None) -> str:
    """Return the alternative text on one line, refusing to do without."""
    if alt is None:
        from lossviz import plots

        alt = " ".join(plots.describe(ax) for ax in axes)
    if not isinstance(alt, str) or not alt.strip():
        raise broken("alt", "say what the figure shows", alt)
    return " ".join(alt.split())


def _png(figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_OVERSAMPLING * _DOTS_PER_INCH)
    return buffer.getvalue()


def _page_size(figure, width) -> tuple[int, int]:
    """Return width and height on the page in pixels."""
    inches_wide, inches_high = figure.get_size_inches()
    if width is None:
        width = _DOTS_PER_INCH * inches_wide
    width = positive("width", width)
    return round(width), round(width * inches_high / inches_wide)


def _forget(figure) -> None:
    """Close a figure of pyplot's, which would display it a second time."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)

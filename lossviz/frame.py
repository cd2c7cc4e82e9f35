"""A figure that can be drawn again within a millisecond or two.

Drawing a whole figure takes tens of milliseconds, most of it for axes, ticks
and text that stay as they are. A `Frame` draws those once, keeps the pixels,
and from then on puts only the moving artists on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from lossviz.lettering import LetterCanvas
from lossviz.style import RC

__all__ = ["Frame", "canvas"]

_DPI = 100


@contextmanager
def canvas(width: int, height: int, scale: float = 1) -> Iterator[Figure]:
    """Give an empty figure, and the course's look for what is put on it.

    Parameters
    ----------
    width, height : int
        Size in pixels of the page.
    scale : float, default 1
        Pixels of the picture for each one of the page.
    """
    size = width / _DPI, height / _DPI
    with mpl.rc_context(RC):
        yield Figure(figsize=size, dpi=scale * _DPI)


class Frame:
    """A figure of which only what moves is drawn again.

    Whatever lies above the lowest moving artist of its axes (other curves,
    spines, legend) is drawn along with it, so that nothing gets covered that
    a full drawing would show. Title, ticks and grid are left out of this for
    their cost; they are drawn again when they change.

    Parameters
    ----------
    figure : Figure
        Any figure; its layout is settled by the first drawing and then kept.
    moving : artist, or nested lists and mappings of artists
        What changes from one drawing to the next.

    Attributes
    ----------
    captures : int
        How often everything has been drawn: once, unless something that is
        not moving was changed, such as the limits of an axis.
    """

    def __init__(self, figure: Figure, moving: object):
        self.figure = figure
        self.captures = 0
        self._canvas = LetterCanvas(figure)
        self._moving = set(_artists(moving))
        self._foreground: list[Artist] = []
        self._background = None

    def render(self) -> np.ndarray:
        """Draw the figure as it is now.

        Returns
        -------
        ndarray of uint8 of shape (height, width, 4)
            Red, green, blue and opacity; overwritten by the next call.
        """
        if self._background is None or self.figure.stale:
            self._capture()
        self._canvas.restore_region(self._background)
        renderer = self._canvas.get_renderer()
        for artist in self._foreground:
            artist.draw(renderer)
        # Some artists, legends above all, mark the figure while drawn.
        self.figure.stale = False
        return np.asarray(self._canvas.buffer_rgba())

    def _capture(self):
        """Draw everything beneath the foreground and keep the pixels."""
        self._foreground = [
            artist
            for ax in self.figure.axes
            for artist in _from_lowest(ax, self._moving)
        ]
        # An animated artist is skipped by `draw` and never marks the figure
        # as stale: from here on `stale` means that the background changed.
        for artist in self._foreground:
            artist.set_animated(True)
        with mpl.rc_context(RC):
            self._canvas.draw()
        self.figure.set_layout_engine("none")
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        self.captures += 1


def _artists(tree: object) -> Iterator[Artist]:
    """Yield the artists of nested mappings and sequences."""
    if isinstance(tree, Artist):
        yield tree
    elif isinstance(tree, Mapping):
        yield from _artists(tree.values())
    elif isinstance(tree, Iterable) and not isinstance(tree, str):
        for branch in tree:
            yield from _artists(branch)


def _from_lowest(ax: Axes, moving: set[Artist]) -> list[Artist]:
    """Return, in drawing order, what `ax` draws from the lowest mover on."""
    ordered = sorted(ax.get_children(), key=Artist.get_zorder)
    first = next(
        (i for i, child in enumerate(ordered) if child in moving),
        len(ordered),
    )
    # An axes draws its patch first of all, whatever the patch's order says.
    beneath = {ax.patch, ax.title, *([] if ax.axison else ax.spines.values())}
    return [
        child
        for child in ordered[first:]
        if child in moving or not (isinstance(child, Axis) or child in beneath)
    ]

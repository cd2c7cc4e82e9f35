"""A picture that fills its axes and changes at every step.

Matplotlib's own images are resized as numbers with opacity, which takes
longer than all else in an explorer; copying the nearest pixel does not.
"""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

__all__ = ["Pixels"]


class Pixels(Artist):
    """Colours that fill the whole of an axes, beneath all else.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        What they fill, whatever its limits.
    """

    def __init__(self, ax: Axes):
        super().__init__()
        self.set_zorder(0)
        self._rgba = np.zeros((1, 1, 4), np.uint8)
        ax.add_artist(self)

    def set_data(self, rgba: np.ndarray) -> None:
        """Show other colours.

        Parameters
        ----------
        rgba : ndarray of uint8 of shape (height, width, 4)
            From bottom to top; opaque.
        """
        self._rgba = rgba
        self.stale = True

    def draw(self, renderer) -> None:
        """Copy the nearest pixel to each one of the screen."""
        box = self.axes.bbox
        left, right = round(box.x0), round(box.x1)
        bottom, top = round(box.y0), round(box.y1)
        height, width = self._rgba.shape[:2]
        rows = _nearest(height, top - bottom)
        columns = _nearest(width, right - left)
        gc = renderer.new_gc()
        picture = self._rgba[rows[:, None], columns]
        renderer.draw_image(gc, left, bottom, picture)
        gc.restore()
        self.stale = False


def _nearest(given: int, shown: int) -> np.ndarray:
    """Return which of the given pixels each of those shown repeats."""
    return (2 * np.arange(shown) + 1) * given // (2 * shown)

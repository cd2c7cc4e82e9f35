"""A canvas that writes changing text quickly.

Drawing a letter from its outline takes Agg about as long as drawing a curve,
and a picture that shows numbers draws dozens of them at every step of a
slider. Here each letter is drawn once and then copied.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties, findfont, get_font

__all__ = ["LetterCanvas"]


class LetterCanvas(FigureCanvasAgg):
    """Agg's canvas with a memory for letters."""

    def get_renderer(self) -> RendererAgg:
        """Return the renderer, a new one if the size has changed."""
        size = (*self.get_width_height(physical=True), self.figure.dpi)
        if getattr(self, "_size", None) != size:
            self.renderer, self._size = _LetterRenderer(*size), size
        return self.renderer


class _LetterRenderer(RendererAgg):
    """Agg's renderer, except that it copies the letters of level text."""

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if angle or ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        base = round(self.height - y)
        for letter in self._letters(s, prop, gc.get_rgb()[:3]):
            if letter.image.size:
                left = round(x) + letter.left
                self.draw_image(gc, left, base + letter.bottom, letter.image)
            x += letter.advance

    def get_text_width_height_descent(self, s, prop, ismath):
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        letters = self._letters(s, prop)
        width = sum(letter.advance for letter in letters)
        top = max(letter.bottom + len(letter.image) for letter in letters)
        descent = max(-letter.bottom for letter in letters)
        return width, top + descent, descent

    def _letters(self, s, prop, colour=(0.0, 0.0, 0.0)) -> list[Letter]:
        look = findfont(prop), prop.get_size_in_points(), colour, self.dpi
        return [_letter(letter, *look) for letter in s]


class Letter(NamedTuple):
    """A letter as pixels; distances are from the pen on the base line."""

    image: np.ndarray
    left: int
    bottom: int
    advance: float


@lru_cache(maxsize=2000)
def _letter(
    letter: str, file: str, points: float, colour: tuple, dpi: float
) -> Letter:
    prop = FontProperties(fname=file, size=points)
    reach = 2 * math.ceil(points * dpi / 72)
    paper = RendererAgg(2 * reach, 2 * reach, dpi)
    paper.draw_text(paper.new_gc(), reach, reach, letter, prop, 0)
    ink = np.asarray(paper.buffer_rgba())[:, :, 3]
    rows, columns = (np.flatnonzero(ink.any(axis)) for axis in (1, 0))
    font = get_font(file)
    font.set_size(points, dpi)
    advance = font.load_char(ord(letter)).horiAdvance / 64
    if not rows.size:
        return Letter(np.empty((0, 0, 4), np.uint8), 0, 0, advance)
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    image = np.empty((*ink.shape, 4), np.uint8)
    image[:, :, :3] = np.round(255 * np.array(colour))
    image[:, :, 3] = ink
    # Agg counts rows from the bottom.
    return Letter(
        image[::-1], columns[0] - reach, reach - rows[-1] - 1, advance
    )

"""Copied letters look like drawn ones."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lossviz.lettering import LetterCanvas, _letter

TEXTS = ["ψ(−3) = 1.25", "share below: 0.105", "two\nlines", "j", "a b"]


def drawn(canvas_class, text, **look):
    """The picture of a text, and its extent as matplotlib reckons it."""
    figure = Figure(figsize=(4, 1), dpi=100)
    canvas = canvas_class(figure)
    look = {"ha": "center", "va": "center", "fontsize": 14} | look
    artist = figure.text(0.5, 0.5, text, **look)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)
    return pixels, artist.get_window_extent()


def ink_box(pixels):
    rows, columns = np.nonzero((pixels < 255).any(2))
    return columns.min(), rows.min(), columns.max(), rows.max()


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_has_the_ink_and_place_of_matplotlibs_own(text):
    ours, _ = drawn(LetterCanvas, text)
    theirs, _ = drawn(FigureCanvasAgg, text)
    np.testing.assert_allclose(
        (255 - ours).sum(), (255 - theirs).sum(), rtol=0.02
    )
    np.testing.assert_allclose(ink_box(ours), ink_box(theirs), atol=6)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_lies_within_the_extent_it_is_given(text):
    pixels, extent = drawn(LetterCanvas, text)
    left, top, right, bottom = ink_box(pixels)
    assert extent.x0 - 2 <= left <= right <= extent.x1 + 2
    assert 100 - extent.y1 - 2 <= top <= bottom <= 100 - extent.y0 + 2


def test_a_text_has_its_colour():
    pixels, _ = drawn(LetterCanvas, "H", color="#D55E00")
    darkest = pixels.reshape(-1, 3)[pixels.sum(2).argmin()]
    np.testing.assert_array_equal(darkest, [0xD5, 0x5E, 0x00])


@pytest.mark.parametrize("text, angle", [("turned", 90), ("$x^2$", 0)])
def test_turned_and_mathematical_text_is_left_to_matplotlib(text, angle):
    ours, _ = drawn(LetterCanvas, text, rotation=angle)
    theirs, _ = drawn(FigureCanvasAgg, text, rotation=angle)
    assert (255 - ours).sum() == pytest.approx((255 - theirs).sum(), rel=0.01)


def test_each_letter_is_drawn_once():
    drawn(LetterCanvas, "0123456789")
    before = _letter.cache_info().misses
    drawn(LetterCanvas, "987654")
    assert _letter.cache_info().misses == before


def test_another_resolution_gets_letters_of_its_own():
    figure = Figure(figsize=(4, 1), dpi=100)
    canvas = LetterCanvas(figure)
    figure.text(0.5, 0.5, "H", ha="center", va="center", fontsize=20)
    heights = []
    for dpi in (100, 200):
        figure.set_dpi(dpi)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)
        _, top, _, bottom = ink_box(pixels)
        heights.append(bottom - top + 1)
    assert heights[1] == pytest.approx(2 * heights[0], abs=2)

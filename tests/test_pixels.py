import numpy as np
import pytest

from lossviz.frame import Frame, canvas
from lossviz.pixels import Pixels

RED, GREEN, BLUE, GREY = np.array(
    [
        [255, 0, 0, 255],
        [0, 255, 0, 255],
        [0, 0, 255, 255],
        [90, 90, 90, 255],
    ],
    np.uint8,
)


@pytest.fixture
def panel():
    """An axes from (20, 10) to (120, 60), in pixels, of its figure."""
    with canvas(200, 100) as figure:
        figure.set_layout_engine("none")
        yield figure.add_axes([0.1, 0.1, 0.5, 0.5])


def inside(picture):
    """What was drawn in the panel, without its edge, from bottom to top."""
    return picture[::-1][12:58, 22:118]


def test_rows_go_from_bottom_to_top_and_columns_to_the_right(panel):
    pixels = Pixels(panel)
    pixels.set_data(np.array([[RED, GREEN], [BLUE, GREY]]))
    drawn = inside(Frame(panel.figure, [pixels]).render())
    assert (drawn[:22, :47] == RED).all()
    assert (drawn[:22, 49:] == GREEN).all()
    assert (drawn[24:, :47] == BLUE).all()
    assert (drawn[24:, 49:] == GREY).all()


def test_colours_fill_the_panel_and_nothing_else(panel):
    panel.set_axis_off()
    pixels = Pixels(panel)
    pixels.set_data(RED[None, None])
    drawn = Frame(panel.figure, [pixels]).render()[::-1]
    rows, columns = np.nonzero((drawn == RED).all(axis=2))
    assert (rows.min(), rows.max()) == (10, 59)
    assert (columns.min(), columns.max()) == (20, 119)
    assert len(rows) == 50 * 100


def test_new_colours_are_shown_without_drawing_the_rest_again(panel):
    pixels = Pixels(panel)
    frame = Frame(panel.figure, [pixels])
    frame.render()
    pixels.set_data(BLUE[None, None])
    assert (inside(frame.render()) == BLUE).all()
    assert frame.captures == 1


def test_what_is_drawn_later_lies_above(panel):
    pixels = Pixels(panel)
    pixels.set_data(RED[None, None])
    panel.axhline(0.5, color="black", linewidth=10)
    drawn = inside(Frame(panel.figure, [pixels]).render())
    assert (drawn[23] == [0, 0, 0, 255]).all()


def test_fewer_pixels_than_given_keep_the_order(panel):
    pixels = Pixels(panel)
    ramp = np.arange(250, dtype=np.uint8)[None, :, None]
    pixels.set_data(np.repeat(ramp, 4, axis=2) | np.uint8([0, 0, 0, 255]))
    row = inside(Frame(panel.figure, [pixels]).render())[20, :, 0].astype(int)
    assert set(np.diff(row)) == {2, 3}

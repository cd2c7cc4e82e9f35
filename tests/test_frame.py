"""A frame shows what a full drawing shows, and draws less."""

import io

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from lossviz.frame import Frame, canvas
from lossviz.style import RC


@pytest.fixture
def wave():
    """A frame whose curve crosses grid, spines, legend and a fixed line."""
    with canvas(400, 300) as figure:
        ax = figure.subplots()
        ax.set(xlim=(0, 6), ylim=(-1, 1), xlabel="x", title="wave")
        ax.grid(True)
        ax.axhline(0.5, zorder=3, color="black")
        (curve,) = ax.plot([], [], label="sine")
        ax.legend(loc="upper right")
    frame = Frame(figure, {"curve": [curve]})
    return frame, ax, curve


def shift(curve, phase):
    x = np.linspace(0, 6, 100)
    curve.set_data(x, np.sin(x + phase))


def drawn_in_full(figure):
    buffer = io.BytesIO()
    with mpl.rc_context(RC):
        figure.savefig(buffer, format="png", dpi=figure.dpi)
    return np.asarray(Image.open(buffer).convert("RGB"))


def test_every_rendering_equals_a_full_drawing(wave):
    frame, _, curve = wave
    for phase in (0, 1, 2):
        shift(curve, phase)
        pixels = frame.render()[:, :, :3].astype(int)
        assert np.abs(pixels - drawn_in_full(frame.figure)).max() == 0


def test_moving_artists_alone_never_redraws_the_rest(wave):
    frame, _, curve = wave
    for phase in range(5):
        shift(curve, phase)
        frame.render()
    assert frame.captures == 1


def test_the_curve_moves_from_one_rendering_to_the_next(wave):
    frame, _, curve = wave
    shift(curve, 0)
    before = frame.render().copy()
    shift(curve, 1)
    assert (frame.render() != before).any()


def test_a_change_beneath_what_moves_is_seen_at_once(wave):
    frame, ax, curve = wave
    shift(curve, 0)
    before = frame.render().copy()
    ax.set_xlim(0, 3)
    after = frame.render()
    assert frame.captures == 2
    assert (after != before).any()


def test_a_title_that_moves_is_shown_without_redrawing_the_rest():
    with canvas(300, 300) as figure:
        title = figure.subplots().set_title("before")
    frame = Frame(figure, [title])
    before = frame.render().copy()
    title.set_text("after")
    after = frame.render()[:, :, :3].astype(int)
    assert (after != before[:, :, :3]).any()
    assert np.abs(after - drawn_in_full(figure)).max() == 0
    assert frame.captures == 1


def test_a_title_that_does_not_move_is_seen_when_it_changes(wave):
    frame, ax, curve = wave
    shift(curve, 0)
    before = frame.render().copy()
    ax.set_title("another wave")
    assert (frame.render() != before).any()
    assert frame.captures == 2


def test_the_panels_stay_where_the_first_drawing_put_them(wave):
    frame, ax, curve = wave
    shift(curve, 0)
    frame.render()
    before = ax.get_position().bounds
    ax.set_ylim(-1000, 1000)
    frame.render()
    assert ax.get_position().bounds == before


def test_a_moving_image_lies_beneath_the_curves_over_it():
    with canvas(300, 300) as figure:
        ax = figure.subplots()
        image = ax.imshow(np.zeros((4, 4)), vmin=0, vmax=1)
        ax.plot([0, 3], [0, 3], color="red")
    frame = Frame(figure, [image])
    frame.render()
    image.set_data(np.ones((4, 4)))
    pixels = frame.render()[:, :, :3].astype(int)
    assert np.abs(pixels - drawn_in_full(figure)).max() == 0


def test_a_frame_without_moving_artists_is_a_plain_picture():
    with canvas(200, 200) as figure:
        figure.subplots().plot([0, 1])
    frame = Frame(figure, [])
    np.testing.assert_array_equal(
        frame.render()[:, :, :3], drawn_in_full(figure)
    )

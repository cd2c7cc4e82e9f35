"""Explorers: controls, picture and words stay together."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from lossviz.explorer import MAX_CONTROLS, Choice, Explorer, Slider
from lossviz.style import BLUE

X = np.linspace(0, 1, 50)


def compute(height, shape):
    if height == 13:
        raise ValueError("height 13 is\nunlucky")
    return {"y": height * (X if shape == "line" else X**2)}


def build(figure, data):
    ax = figure.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 20))
    return {"curve": ax.plot([], [])[0]}


def draw(data, artists):
    artists["curve"].set_data(X, data["y"])


def alt(data, height, shape):
    return f"A {shape} that ends at {height}."


HEIGHT = Slider("height", "h", 1, 20, 5.0, step=0.5)
SHAPE = Choice("shape", "shape", ["line", "parabola"], "line")


def make(**changes):
    parts = {
        "name": "ramp",
        "question": "Where does it end?",
        "controls": [HEIGHT, SHAPE],
        "compute": compute,
        "build": build,
        "draw": draw,
        "alt": alt,
        "size": (4, 3),
    }
    return Explorer(**parts | changes)


def controls_and_picture(explorer):
    _, controls, picture = explorer.app().children
    return *controls.children, picture


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def curve(explorer):
    return explorer.figure.axes[0].lines[0].get_ydata()


def test_an_explorer_starts_where_its_controls_do():
    explorer = make()
    assert explorer.params == {"height": 5.0, "shape": "line"}
    assert explorer.alt == "A line that ends at 5.0."
    assert curve(explorer)[-1] == 5


def test_setting_a_control_moves_data_words_and_artists_together():
    explorer = make()
    figure, artist = explorer.figure, explorer.figure.axes[0].lines[0]
    explorer.set(height=8, shape="parabola")
    assert explorer.params == {"height": 8, "shape": "parabola"}
    assert explorer.alt == "A parabola that ends at 8.0."
    np.testing.assert_array_equal(curve(explorer), 8 * X**2)
    assert explorer.figure is figure
    assert figure.axes[0].lines[0] is artist


def test_the_picture_has_the_declared_size_and_changes_with_a_control():
    explorer = make()
    before = pixels(explorer.png())
    explorer.set(height=20)
    after = pixels(explorer.png())
    assert before.shape == after.shape == (300, 400, 3)
    assert (before != after).any()


def test_moving_a_control_draws_only_what_moves():
    explorer = make()
    for height in range(1, 10):
        explorer.set(height=height)
        explorer.png()
    assert explorer.captures == 1


def test_the_picture_is_an_image_with_alternative_text_and_fixed_size():
    explorer = make()
    tag = explorer.picture()
    assert 'alt="A line that ends at 5.0."' in tag
    assert 'width="400" height="300"' in tag
    data = re.search(r"base64,([^\"]+)", tag)[1]
    np.testing.assert_array_equal(
        pixels(base64.b64decode(data)), pixels(explorer.png())
    )


@pytest.mark.parametrize(
    "params, message",
    [
        ({"height": 0}, "height must lie between 1 and 20, got 0"),
        ({"shape": "cube"}, "shape must be one of 'line', 'parabola', "),
        ({"depth": 1}, "control must be one of height, shape, got depth"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_changes_nothing(params, message):
    explorer = make()
    with pytest.raises(ValueError, match=f"^{message}"):
        explorer.set(**{"height": 7, **params})
    assert explorer.params == {"height": 5.0, "shape": "line"}


def test_a_failing_computation_changes_nothing():
    explorer = make()
    explorer.png()
    with pytest.raises(ValueError, match="unlucky"):
        explorer.set(height=13)
    assert explorer.alt == "A line that ends at 5.0."
    assert curve(explorer)[-1] == 5


def test_a_drawing_that_fails_halfway_is_drawn_back():
    def fragile(data, artists):
        draw(data, artists)
        if data["y"][-1] == 7:
            raise RuntimeError("halfway")

    explorer = make(draw=fragile)
    before = explorer.png()
    with pytest.raises(RuntimeError):
        explorer.set(height=7)
    assert explorer.params["height"] == 5
    assert explorer.png() == before


def test_moving_a_live_control_updates_picture_and_words():
    explorer = make()
    height, shape, picture = controls_and_picture(explorer)
    before = picture.value
    height.value = 8.0
    assert picture.value != before
    assert 'alt="A line that ends at 8.0."' in picture.value
    shape.value = "parabola"
    assert 'alt="A parabola that ends at 8.0."' in picture.value
    assert explorer.error is None


def test_what_is_chosen_does_not_differ_by_greys_alone():
    panel = make().app()
    assert "lossviz-explorer" in panel._dom_classes
    look = panel.children[0].value
    chosen = re.search(r"\.mod-active \{(.*?)\}", look, re.DOTALL)[1]
    assert f"background: {BLUE}" in chosen and "color: #ffffff" in chosen


def test_each_move_writes_the_picture_once():
    explorer = make()
    height, _, picture = controls_and_picture(explorer)
    seen = []
    picture.observe(seen.append, "value")
    for value in (6.0, 7.0, 8.0):
        height.value = value
    assert len(seen) == 3


def test_setting_from_code_moves_the_live_controls_too():
    explorer = make()
    height, shape, picture = controls_and_picture(explorer)
    explorer.set(height=9, shape="parabola")
    assert (height.value, shape.value) == (9, "parabola")
    assert 'alt="A parabola that ends at 9.0."' in picture.value


def test_an_error_while_moving_is_one_plain_sentence_in_place_of_the_picture():
    explorer = make()
    height, _, picture = controls_and_picture(explorer)
    height.value = 13.0
    assert picture.value == (
        '<p role="alert">This setting cannot be drawn: '
        "height 13 is unlucky.</p>"
    )
    assert isinstance(explorer.error, ValueError)
    height.value = 12.0
    assert 'alt="A line that ends at 12.0."' in picture.value
    assert explorer.error is None


def test_setting_from_code_leads_out_of_an_error():
    explorer = make()
    height, _, picture = controls_and_picture(explorer)
    height.value = 13.0
    explorer.set(height=5)
    assert explorer.error is None
    assert height.value == 5
    assert 'alt="A line that ends at 5.0."' in picture.value


def test_an_error_text_is_escaped():
    def failing(**_):
        raise ValueError("<script>")

    explorer = make()
    height, _, picture = controls_and_picture(explorer)
    explorer.compute = failing
    height.value = 6.0
    assert "&lt;script&gt;" in picture.value


def test_the_page_keeps_its_height_while_the_picture_changes():
    *_, picture = controls_and_picture(make())
    assert picture.layout.min_height == "300px"


def test_the_question_stands_above_the_controls():
    question, *_ = make(question="Is 1 < 2?").app().children
    assert "Is 1 &lt; 2?" in question.value


def test_labels_have_room_for_the_longest():
    controls = [
        Slider("a", "a", 0, 1, 0.5),
        Slider("b", "longer", 0, 1, 0.5),
        Choice("c", "by far the longest", ["one", "two"], "one"),
    ]
    explorer = make(
        controls=controls,
        compute=lambda **_: compute(5.0, "line"),
        alt=lambda data, **_: "a line",
    )
    short, longer, buttons, _ = controls_and_picture(explorer)
    assert short.style.description_width == "7ch"
    assert longer.style.description_width == "7ch"
    # Buttons stand behind their label, however long.
    assert buttons.style.description_width == "initial"


def test_the_display_is_live_and_keeps_a_static_picture_and_words():
    explorer = make()
    bundle = explorer._repr_mimebundle_()
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == explorer.app().model_id
    assert explorer.picture() in bundle["text/html"]
    assert "Where does it end?" in bundle["text/html"]
    assert "h = 5.0, shape: line" in bundle["text/html"]
    assert bundle["text/plain"] == explorer.alt


def test_the_display_shows_the_same_widget_every_time():
    explorer = make()
    assert explorer.app() is explorer.app()


@pytest.mark.parametrize("count", [0, MAX_CONTROLS + 1])
def test_an_explorer_has_one_to_four_controls(count):
    controls = [Slider(f"c{i}", f"c{i}", 0, 1, 0) for i in range(count)]
    with pytest.raises(
        ValueError, match=f"^controls must be 1 to 4, got {count}$"
    ):
        make(controls=controls)


def test_controls_cannot_share_a_name():
    with pytest.raises(ValueError, match="^controls must have names of"):
        make(controls=[HEIGHT, HEIGHT])

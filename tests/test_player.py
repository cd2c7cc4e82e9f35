"""Players: every setting drawn beforehand, with its words, in small."""

import base64
import io
import itertools
import json
import re

import numpy as np
import pytest
from PIL import Image

from lossviz import player
from lossviz.explorer import Choice, Explorer, Slider

X = np.linspace(0, 1, 50)


def compute(height, shape):
    curve = X if shape == "line" else X**2
    return {"y": height * curve, "refined": 0}


def refine(data, **params):
    for step in (1, 2):
        yield {**data, "refined": step}


def build(figure, data):
    ax = figure.subplots()
    ax.set(xlim=(0, 1), ylim=(-5, 20))
    return {"curve": ax.plot([], [])[0]}


def draw(data, artists):
    artists["curve"].set_data(X, data["y"])


def alt(data, height, shape):
    return f"A <{shape}> to {height}, refined {data['refined']} times."


HEIGHT = Slider("height", "h", -4, 20, 5.0, step=0.5, stops=(-4, 0, 20))
SHAPE = Choice("shape", "shape", {"a line": "line", "a bow": "bow"}, "line")


def make(*controls):
    return Explorer(
        name="ramp",
        question="Is 1 < 2?",
        controls=controls or (HEIGHT, SHAPE),
        compute=compute,
        build=build,
        draw=draw,
        alt=alt,
        refine=refine,
        size=(4, 3),
    )


def bare(*controls):
    """Return an explorer that only has its controls."""
    return Explorer(
        name="bare",
        question="?",
        controls=controls,
        compute=lambda **_: {},
        build=lambda figure, data: [],
        draw=lambda data, artists: None,
        alt=lambda data, **_: "nothing",
    )


def film(explorer):
    html = player.moving(explorer)
    return json.loads(
        re.search(r'application/json">(.*?)</script>', html, re.DOTALL)[1]
    )


def pixels(picture):
    data = base64.b64decode(picture)
    image = Image.open(io.BytesIO(data)).convert("RGB").resize((400, 300))
    return np.asarray(image, float)


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")


def test_a_player_has_the_stops_of_its_controls_and_their_start():
    assert player.settings(make()) == [[-4, 0, 5, 20], ["line", "bow"]]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_sliders_without_stops_share_out_the_frames(count):
    sliders = [Slider(f"s{i}", "s", 0, 10, 2.5) for i in range(count)]
    axes = player.settings(bare(*sliders))
    product = np.prod([len(axis) for axis in axes])
    assert product <= player.MAX_FRAMES
    assert all({0, 2.5, 10} <= set(axis) for axis in axes)
    assert all(axis == sorted(axis) for axis in axes)


@pytest.mark.parametrize(
    "slider, expected",
    [
        (Slider("n", "n", 1, 3, 2), [1, 2, 3]),
        (Slider("a", "a", 0, 1, 0.5, step=0.25), [0, 0.25, 0.5, 0.75, 1]),
        (Slider("b", "b", 0, 1, 1.0, step=1.0), [0, 1]),
    ],
)
def test_no_slider_has_more_stops_than_places(slider, expected):
    assert player.settings(bare(slider)) == [expected]


def test_stops_of_a_logarithmic_slider_have_equal_ratios():
    sliders = [Slider(f"s{i}", "s", 0.01, 100, 100, log=True) for i in "ab"]
    (stops, _) = player.settings(bare(*sliders))
    ratios = np.divide(stops[1:], stops[:-1])
    assert (stops[0], stops[-1]) == (0.01, 100)
    assert ratios.max() / ratios.min() < 1.15


def test_a_stop_outside_the_range_is_one_sentence():
    with pytest.raises(ValueError, match="^a must lie between 0 and 1, got 2"):
        Slider("a", "a", 0, 1, 0.5, stops=(0, 2))


def test_every_setting_has_the_words_and_the_picture_of_the_live_explorer():
    explorer = make()
    found = film(explorer)
    frames = [pixels(frame) for frame in found["frames"]]
    axes = player.settings(explorer)
    for place, (height, shape) in enumerate(itertools.product(*axes)):
        explorer.set(height=height, shape=shape)
        live = pixels(base64.b64encode(explorer.png()))
        while explorer.refine():
            pass
        distances = [np.abs(live - frame).mean() for frame in frames]
        assert np.argmin(distances) == found["order"][place]
        assert found["words"][place] == explorer.alt


def test_settings_that_look_the_same_share_a_picture():
    found = film(make())
    at_zero = found["order"][2:4]
    assert at_zero[0] == at_zero[1]
    assert len(found["frames"]) == len(found["order"]) - 1
    assert found["words"][2] != found["words"][3]


def test_the_ground_of_the_pictures_is_white():
    corner = pixels(film(make())["frames"][0])[0, 0]
    np.testing.assert_array_equal(corner, 255)


def test_the_page_starts_where_the_explorer_stands():
    explorer = make()
    explorer.set(height=7, shape="bow")
    html, found = player.moving(explorer), film(explorer)
    assert [c["start"] for c in found["controls"]] == [2, 1]
    shown = re.search(r"base64,([^\"]+)", html)[1]
    assert shown == found["frames"][found["order"][5]]
    assert "A &lt;bow&gt; to 7.0, refined 2 times." in html


def test_the_controls_read_as_a_student_writes_them():
    height, shape = film(make())["controls"]
    assert height["label"] == "h"
    assert height["stops"] == ["−4.0", "0.0", "5.0", "20.0"]
    assert shape["stops"] == ["a line", "a bow"]
    assert (height["slides"], shape["slides"]) == (True, False)


def test_nothing_in_the_page_ends_its_scripts_or_asks_for_another():
    html = player.moving(make())
    assert html.count("</script>") == html.count("<script") == 2
    assert "Is 1 &lt; 2?" in html
    assert not re.search(r"https?:|@import|url\(", html)


def test_two_players_of_one_page_have_names_of_their_own():
    names = [
        re.search(r'id="([^"]+)"', player.moving(make()))[1] for _ in range(2)
    ]
    assert names[0] != names[1]


def test_static_pages_get_the_player_and_no_widget(static):
    explorer = make()
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert 'class="player"' in bundle["text/html"]
    assert bundle["text/plain"] == explorer.alt


@pytest.mark.parametrize("said", ["", "0", None])
def test_elsewhere_there_is_no_player(monkeypatch, said):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    if said is not None:
        monkeypatch.setenv("COURSE_STATIC", said)
    bundle = make()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert 'class="player"' not in bundle["text/html"]

"""Figures leave with words, sharp and once."""

import base64
import io

import matplotlib.pyplot as plt
import pytest
from PIL import Image

from lossviz import figures
from lossviz.figures import show
from lossviz.style import new_figure


@pytest.fixture
def shown(monkeypatch):
    """What `show` hands to the notebook."""
    outputs = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda bundle, **options: outputs.append((bundle, options)),
    )
    return outputs


@pytest.fixture
def panels():
    fig, axes = new_figure(1, 2, size=(6, 3))
    axes[0].plot([0, 1], [0, 2], label="left")
    axes[1].plot([0, 1], [0, 3], label="right")
    return fig, axes


def test_the_html_comes_with_alternative_text_and_fallbacks(shown, panels):
    show(panels[0], "two lines")
    (bundle, options), *rest = shown
    assert rest == []
    assert list(bundle) == ["text/html", "image/png", "text/plain"]
    assert '<img alt="two lines" ' in bundle["text/html"]
    assert bundle["text/plain"] == "two lines"
    assert bundle["image/png"] in bundle["text/html"]
    assert options["metadata"] == {"image/png": {"alt": "two lines"}}
    assert options["raw"]


def test_the_picture_has_two_pixels_for_each_one_of_the_page(shown, panels):
    show(panels[0], "two lines")
    bundle = shown[0][0]
    image = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert image.size == (1200, 600)
    assert 'width="600" height="300"' in bundle["text/html"]


def test_another_width_keeps_the_proportions(shown, panels):
    show(panels[0], "two lines", width=400)
    assert 'width="400" height="200"' in shown[0][0]["text/html"]


def test_words_are_read_off_the_axes_if_none_are_given(shown, panels):
    fig, (left, right) = panels
    show(left)
    show(fig)
    show([left, right])
    one, both, listed = (bundle["text/plain"] for bundle, _ in shown)
    assert "left" in one
    assert "right" not in one
    assert "left" in both and "right" in both
    assert listed == both


def test_an_array_of_axes_is_taken_as_it_comes(shown, panels):
    show(panels[1], "two lines")
    assert len(shown) == 1


def test_a_figure_is_shown_whole_whichever_axes_is_given(shown, panels):
    show(panels[1][0], "the left line")
    assert 'width="600" height="300"' in shown[0][0]["text/html"]


@pytest.mark.parametrize("alt", ["", "  \n", 5])
def test_a_figure_without_words_is_refused(shown, panels, alt):
    with pytest.raises(
        ValueError, match="^alt must say what the figure shows, got "
    ):
        show(panels[0], alt)
    assert shown == []


def test_an_empty_figure_cannot_describe_itself(shown):
    with pytest.raises(ValueError, match="^alt must say what"):
        show(new_figure()[0])


@pytest.mark.parametrize("wrong", [None, "axes", [], [1], 3.5])
def test_only_figures_and_axes_are_shown(shown, wrong):
    with pytest.raises(ValueError, match="^figure must be a figure, axes or"):
        show(wrong, "words")


def test_axes_of_two_figures_are_refused(shown):
    axes = [new_figure()[1], new_figure()[1]]
    with pytest.raises(ValueError, match="^axes must belong to one figure"):
        show(axes, "words")


def test_a_width_must_be_positive(shown, panels):
    with pytest.raises(ValueError, match="^width must be positive, got 0$"):
        show(panels[0], "words", width=0)


def test_a_figure_of_pyplot_is_not_displayed_again(shown):
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    show(fig, "a line")
    assert plt.get_fignums() == []


def test_line_breaks_in_the_words_become_spaces(shown, panels):
    show(panels[0], "two\n  lines")
    assert shown[0][0]["text/plain"] == "two lines"


def test_showing_changes_nothing_about_the_figure(shown, panels):
    fig, _ = panels
    dpi, size = fig.dpi, tuple(fig.get_size_inches())
    show(fig, "two lines")
    assert (fig.dpi, tuple(fig.get_size_inches())) == (dpi, size)


def test_the_module_says_what_is_public():
    assert figures.__all__ == ["show"]

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

from lossviz import style
from lossviz.losses import LOSSES


@pytest.fixture
def restored_settings():
    with mpl.rc_context():
        yield


def contrast_with_white(color):
    """Contrast ratio of the Web Content Accessibility Guidelines."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in to_rgb(color)
    ]
    red, green, blue = linear
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 1.05 / (luminance + 0.05)


@pytest.mark.parametrize("color", style.COLORS)
def test_every_color_stands_out_from_white(color):
    # 3.06 for the palest; the guidelines ask 3 of lines and symbols.
    assert contrast_with_white(color) >= 3


def test_contrast_is_measured_as_the_guidelines_do():
    assert contrast_with_white("black") == pytest.approx(21)
    assert contrast_with_white("#777777") == pytest.approx(4.48, abs=0.01)


def test_no_two_losses_look_alike():
    looks = [str(style.loss_style(name)) for name in LOSSES]
    assert len(set(looks)) == len(LOSSES)


FAMILIES = {
    "residual": [n for n in LOSSES if LOSSES[n].family == "residual"],
    "likelihood": [n for n in LOSSES if LOSSES[n].family == "likelihood"],
    "margin": [n for n in LOSSES if LOSSES[n].argument == "margin"],
    "probability": [
        n
        for n in LOSSES
        if LOSSES[n].family == "classification"
        and LOSSES[n].argument != "margin"
    ],
    "ranking": ["bradley_terry_loss", "hinge_embedding_loss"],
    "penalty": [n for n in LOSSES if LOSSES[n].family == "penalty"],
}


@pytest.mark.parametrize("family", FAMILIES)
def test_losses_of_a_family_differ_in_line_style_alone_already(family):
    names = FAMILIES[family]
    assert len(names) >= 2
    lines = {str(style.loss_style(name)["linestyle"]) for name in names}
    assert len(lines) == len(names)


@pytest.mark.parametrize("name", LOSSES)
def test_a_legend_shows_more_than_one_period_of_every_line(name):
    sample = style.RC["legend.handlelength"] * style.RC["legend.fontsize"]
    line = style.loss_style(name)["linestyle"]
    period = 0 if line == "-" else sum(line[1]) * style.RC["lines.linewidth"]
    assert sample >= 1.25 * period


def test_only_losses_there_are_have_a_style():
    assert set(style._LOSS_STYLES) == set(LOSSES)


def test_unknown_loss_has_no_style():
    with pytest.raises(ValueError, match="^name must be one of lossviz"):
        style.loss_style("no_loss")


def test_cycle_changes_line_style_with_every_color():
    cycle = style.RC["axes.prop_cycle"].by_key()
    assert len(set(map(str, cycle["linestyle"]))) == len(style.COLORS)


def test_smallest_text_can_be_read_from_the_back_row():
    sizes = [v for k, v in style.RC.items() if "size" in k and "fig" not in k]
    sizes.remove(style.RC["lines.markersize"])
    assert min(sizes) >= 12


def test_use_style_makes_the_look_the_default(restored_settings):
    style.use_style()
    assert mpl.rcParams["font.size"] == style.RC["font.size"]
    assert tuple(mpl.rcParams["figure.figsize"]) == style.RC["figure.figsize"]


def test_importing_the_style_changes_no_setting():
    code = (
        "import matplotlib as mpl; before = dict(mpl.rcParams);"
        "import lossviz.style; assert dict(mpl.rcParams) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_new_figure_has_the_look_but_leaves_the_settings_alone():
    before = dict(mpl.rcParams)
    _, ax = style.new_figure()
    assert ax.xaxis.label.get_size() == style.RC["axes.labelsize"]
    assert not ax.spines["top"].get_visible()
    assert dict(mpl.rcParams) == before


def test_new_figure_is_unknown_to_pyplot():
    style.new_figure(2, 2)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    "panels, size", [((1, 1), (8, 4)), ((1, 3), (11, 4)), ((2, 2), (11, 6))]
)
def test_new_figure_fits_a_slide(panels, size):
    fig, _ = style.new_figure(*panels)
    assert tuple(fig.get_size_inches()) == size


def test_new_figure_takes_a_size_and_options_of_subplots():
    fig, (left, right) = style.new_figure(1, 2, size=(5, 3), sharey=True)
    assert tuple(fig.get_size_inches()) == (5, 3)
    assert left.get_shared_y_axes().joined(left, right)


@pytest.mark.parametrize(
    "panels, sentence",
    [
        ({"nrows": True}, "nrows must be a whole number of at least 1, got T"),
        ({"ncols": 0}, "ncols must be a whole number of at least 1, got 0"),
        ({"ncols": None}, "ncols must be a whole number of at least 1, got N"),
        ({"size": 3}, "size must be a pair, got 3"),
        ({"size": ()}, r"size must be a pair, got \(\)"),
        ({"size": (3, -1)}, r"size\[1\] must be positive, got -1"),
        ({"size": "ab"}, r"size\[0\] must be positive, got 'a'"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_in_one_sentence(panels, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        style.new_figure(**panels)

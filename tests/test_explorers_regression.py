"""The explorers of the regression lecture, each and all of them."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.text import Text
from numpy.testing import assert_allclose

from lossviz import explorers, plots
from lossviz.explorer import Slider
from lossviz.losses import LOSSES

NAMES = explorers.regression.__all__
each_explorer = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def table():
    """All explorers, made once; a test puts the controls where it needs."""
    return {name: getattr(explorers.regression, name)() for name in NAMES}


@pytest.fixture
def get(table):
    """Return an explorer by name, its controls as given or at the start."""

    def put(name, **params):
        explorer = table[name]
        start = {c.name: c.value for c in explorer.controls}
        explorer.set(**start | params)
        return explorer

    return put


def ends(control):
    """The settings of a control that a reader reaches with Home and End."""
    if isinstance(control, Slider):
        return [control.low, control.high]
    options = control.options
    return list(options.values() if isinstance(options, dict) else options)


# What holds of every explorer


def test_all_explorers_of_the_lecture_are_there(table):
    assert {explorer.name for explorer in table.values()} == {
        *("outlier-line", "huber-lab", "influence", "barron"),
        *("pinball", "hetero", "units", "mdn"),
    }


def test_importing_the_explorers_loads_no_drawing_and_no_torch():
    code = (
        "import sys; from lossviz import explorers; explorers.regression;"
        "heavy = {'matplotlib', 'torch', 'ipywidgets', 'sklearn', 'tqdm'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@each_explorer
def test_an_explorer_asks_one_question(name, get):
    question = get(name).question
    assert question.endswith("?")
    assert question.count("?") == 1


@each_explorer
def test_an_explorer_has_at_most_four_labelled_controls(name, get):
    controls = get(name).controls
    assert 1 <= len(controls) <= 4
    assert len({control.label for control in controls}) == len(controls)


@each_explorer
def test_every_control_moves_picture_and_words_from_the_start(name, get):
    explorer = get(name)
    start, alt = explorer.png(), explorer.alt
    for control in explorer.controls:
        for value in ends(control):
            if value == control.value:
                continue
            get(name, **{control.name: value})
            assert explorer.png() != start, (control.name, value)
            assert explorer.alt != alt, (control.name, value)


@each_explorer
def test_one_key_press_already_moves_the_picture(name, get):
    explorer = get(name)
    start = explorer.png()
    for control in explorer.controls:
        if isinstance(control, Slider) and not control.log:
            get(name, **{control.name: control.value + (control.step or 1)})
            assert explorer.png() != start, control.name


@each_explorer
def test_every_corner_of_the_controls_is_drawn(name, get):
    explorer = get(name)
    names = [control.name for control in explorer.controls]
    for corner in itertools.product(*map(ends, explorer.controls)):
        get(name, **dict(zip(names, corner, strict=True)))
        assert explorer.png()
        assert explorer.error is None


@each_explorer
def test_words_are_sentences_with_numbers(name, get):
    explorer = get(name)
    for control in explorer.controls:
        for value in ends(control):
            alt = get(name, **{control.name: value}).alt
            assert not alt[0].islower() and alt.endswith(".")
            assert any(character.isdigit() for character in alt)
            assert "nan" not in alt and "  " not in alt
            assert 10 <= len(alt.split()) <= 60
    assert explorer.alt in explorer._repr_mimebundle_()["text/html"]


@each_explorer
def test_a_tick_moves_the_same_artists(name, get):
    explorer = get(name)
    explorer.png()
    before = [id(artist) for artist in explorer.figure.findobj()]
    axes = explorer.figure.axes
    for control in explorer.controls:
        get(name, **{control.name: ends(control)[-1]}).png()
    assert explorer.figure.axes == axes
    assert [id(artist) for artist in explorer.figure.findobj()] == before


@each_explorer
def test_a_tick_leaves_the_background_as_it_is(name, get):
    explorer = get(name)
    explorer.png()
    before = explorer.captures
    for control in explorer.controls:
        if isinstance(control, Slider):
            for value in ends(control):
                get(name, **{control.name: value}).png()
    assert explorer.captures == before


@each_explorer
def test_no_text_is_cut_off_wherever_the_controls_stand(name, get):
    explorer = get(name)
    for control in explorer.controls:
        for value in ends(control):
            figure = get(name, **{control.name: value}).figure
            explorer.png()
            assert all(inside(figure, text) for text in shown_texts(figure))


def shown_texts(figure):
    for ax in figure.axes:
        yield from (ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts)
        if ax.get_legend() is not None:
            yield from ax.get_legend().findobj(Text)


def inside(figure, text):
    box, page = text.get_window_extent(), figure.bbox.padded(1)
    return not text.get_text() or (
        page.x0 <= box.x0 <= box.x1 <= page.x1
        and page.y0 <= box.y0 <= box.y1 <= page.y1
    )


@each_explorer
def test_text_is_large_enough_for_a_slide(name, get):
    figure = get(name).figure
    assert all(text.get_size() >= 12 for text in shown_texts(figure))


# outlier-line


@pytest.mark.parametrize("outlier", [-15, 0, 15])
def test_without_outliers_squared_loss_is_least_squares(get, outlier):
    data = get("outlier_line", outlier=outlier, count=0, loss="squared").data
    slope, intercept = np.polyfit(data["x"], data["y"], 1)
    assert_allclose(data["line"], (intercept, slope))
    assert_allclose(data["least_squares"], (intercept, slope))


def test_huber_line_with_a_large_threshold_is_least_squares(get):
    data = get("outlier_line", count=0, delta=10.0).data
    assert_allclose(data["line"], data["least_squares"])


def test_least_squares_moves_in_proportion_to_the_outliers(get):
    slopes = [
        get("outlier_line", outlier=shift).data["least_squares"][1]
        for shift in (-10.0, -5.0, 0.0)
    ]
    assert_allclose(np.diff(slopes)[0], np.diff(slopes)[1])


def test_squared_loss_moves_its_line_most_and_absolute_loss_least(get):
    turned = [
        abs(data["line"][1] - data["clean_slope"])
        for data in (
            get("outlier_line", loss=loss).data
            for loss in ("squared", "Huber", "absolute")
        )
    ]
    assert turned == sorted(turned, reverse=True)
    assert turned[0] > 4 * turned[1]


def test_outliers_look_as_they_do_in_figures(get):
    def looks(line):
        return line.get_marker(), line.get_markersize(), line.get_color()

    figure = get("outlier_line").figure
    (moved,) = [
        line for line in figure.axes[0].lines if line.get_label() == "outliers"
    ]
    ax = plots.plot_points([1, 2, 3], [4, 5, 6], outliers=[0, 0, 1])
    assert looks(moved) == looks(ax.lines[1])


def test_only_the_outliers_are_moved(get):
    clean = get("outlier_line", count=0).data["y"]
    data = get("outlier_line", count=4, outlier=6.0).data
    assert data["moved"].sum() == 4
    assert_allclose(data["y"] - clean, 6 * data["moved"])


def test_drawn_lines_are_the_fitted_ones(get):
    explorer = get("outlier_line", loss="absolute")
    *_, squared, fitted = explorer.figure.axes[0].lines
    for line, key in ((squared, "least_squares"), (fitted, "line")):
        x, y = line.get_xydata().T
        intercept, slope = explorer.data[key]
        assert_allclose(y, intercept + slope * x)


def test_axis_shows_all_outliers(get):
    for outlier, count in itertools.product((-15, 15), (1, 6)):
        explorer = get("outlier_line", outlier=outlier, count=count)
        low, high = explorer.figure.axes[0].get_ylim()
        assert low < explorer.data["y"].min()
        assert explorer.data["y"].max() < high


# huber-lab, influence, barron


@pytest.mark.parametrize("delta", [0.1, 1.3, 5])
def test_huber_is_delta_times_smooth_l1(get, delta):
    huber = get("huber_lab", delta=delta, family="Huber").data
    smooth = get("huber_lab", delta=delta, family="smooth L1").data
    assert_allclose(huber["value"], delta * smooth["value"])
    assert_allclose(huber["slope"], delta * smooth["slope"])


@pytest.mark.parametrize(
    "family, slope", [("Huber", 1), ("smooth L1", 1), ("pseudo-Huber", 0.995)]
)
def test_slopes_at_ten_delta_are_those_of_the_lecture(get, family, slope):
    data = get("huber_lab", delta=1.0, family=family, r=10.0).data
    assert data["slope_at_r"] == pytest.approx(slope, abs=1e-3)


@pytest.mark.parametrize(
    "loss", ["squared", "Huber", "Cauchy", "Geman–McClure", "Welsch"]
)
def test_weight_times_residual_is_the_pull(get, loss):
    data = get("influence", loss=loss).data
    r, curves = data["residual"], data["curves"]
    assert_allclose(curves["w"] * r, curves["ψ"], atol=1e-12)
    assert_allclose(
        np.gradient(curves["ρ"], r)[1:-1], curves["ψ"][1:-1], atol=0.03
    )
    assert curves["w"].max() == pytest.approx(1)


def test_weight_of_a_ten_sigma_point_falls_from_loss_to_loss(get):
    weights = [
        get("influence", loss=loss, r=10.0).data["at_r"]["w"]
        for loss in ("squared", "Huber", "Cauchy", "Geman–McClure", "Welsch")
    ]
    assert weights == sorted(weights, reverse=True)
    assert_allclose(weights[:2], [1, 0.1])


@pytest.mark.parametrize("limit", [2.0, 0.0])
@pytest.mark.parametrize("c", [0.5, 3.0])
def test_barron_is_continuous_at_its_special_cases(get, limit, c):
    at = get("barron", alpha=limit, c=c).data
    near = get("barron", alpha=limit - 1e-5, c=c).data
    assert_allclose(near["value"], at["value"], rtol=1e-3)
    assert_allclose(near["pull"], at["pull"], rtol=1e-3)


def test_barron_goes_to_welsch():
    r = np.linspace(-8, 8, 161)
    loss = LOSSES["general_robust_loss"]
    at, near = (loss.curve(r, alpha=a) for a in (-np.inf, -1e5))
    assert_allclose(near, at, atol=1e-3)


def test_pull_is_strongest_where_barron_says(get):
    data = get("barron", alpha=-2.0, c=1.0).data
    place = data["residual"][data["pull"].argmax()]
    assert place == pytest.approx(data["strongest"], abs=0.025)
    assert data["strongest_pull"] == pytest.approx(0.6495, abs=1e-4)


# pinball


@pytest.mark.parametrize("q", [0.05, 0.25, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("skew", [0, 2.0])
def test_share_below_the_fitted_line_is_q(get, q, skew):
    data = get("pinball", q=q, skew=skew).data
    assert abs(data["shares"][0] - q) <= 3 / np.sqrt(len(data["x"]))


# hetero


@pytest.mark.parametrize("growth", [0, 1.0, 2.0])
@pytest.mark.parametrize("n", [50, 800])
@pytest.mark.parametrize("loss", ["mse", "gaussian_nll"])
def test_fitted_variance_balances_the_squared_residuals(get, growth, n, loss):
    data = get("hetero", growth=growth, n=n, loss=loss).data
    mean, sd = data["band"].at(data["x"])
    assert np.mean((data["y"] - mean) ** 2 / sd**2) == pytest.approx(1)


def test_squared_loss_has_one_width_for_all_x(get):
    low, high = get("hetero", loss="mse").data["widths"]
    assert low == pytest.approx(high)


@pytest.mark.parametrize("growth", [0.5, 1.0, 2.0])
def test_learned_width_follows_the_noise(get, growth):
    data = get("hetero", growth=growth, n=800, loss="gaussian_nll").data
    assert np.corrcoef(data["sd"], data["true_sd"])[0, 1] > 0.95
    low, high = data["widths"]
    assert high > 4 * low


@pytest.mark.parametrize("loss", ["mse", "gaussian_nll"])
def test_both_panels_show_all_there_is(get, loss):
    explorer = get("hetero", growth=2.0, n=800, loss=loss)
    ax_data, ax_spread = explorer.figure.axes
    low, high = ax_data.get_ylim()
    assert low < explorer.data["y"].min()
    assert explorer.data["y"].max() < high
    top = ax_spread.get_ylim()[1]
    assert max(explorer.data["sd"].max(), explorer.data["true_sd"].max()) < top


def test_points_stay_where_they_are_as_more_are_shown(get):
    few = get("hetero", n=100).data
    many = get("hetero", n=600).data
    assert len(few["x"]) == 100
    assert set(few["x"]) <= set(many["x"])
    assert set(few["y"]) <= set(many["y"])


def test_drawn_band_is_two_standard_deviations_wide(get):
    explorer = get("hetero", growth=2.0)
    data = explorer.data
    (band,) = explorer.figure.axes[0].collections
    x, y = band.get_paths()[0].vertices.T
    for end, width in zip((0, 1), data["widths"], strict=True):
        assert np.ptp(y[x == end]) == pytest.approx(width)
        assert width == pytest.approx(4 * data["sd"][-end])


# units


UNITS = list(
    itertools.product(("kg", "g"), ("m", "cm"), ("raw", "rescaled", "learned"))
)


@pytest.mark.parametrize("weight, height, scheme", UNITS)
def test_shares_of_the_loss_sum_to_one(get, weight, height, scheme):
    data = get("units", weight=weight, height=height, scheme=scheme).data
    assert data["shares"].sum() == pytest.approx(1)
    assert (data["r2"] <= 1).all()


def test_share_is_that_of_the_variances(get):
    shares = get("units", weight="kg", height="cm", scheme="raw").data[
        "shares"
    ]
    assert_allclose(shares, np.array([15**2, 10**2]) / (15**2 + 10**2))


def test_height_gains_most_from_rescaling(get):
    raw = get("units", scheme="raw").data["r2"]
    rescaled = get("units", scheme="rescaled").data["r2"]
    assert (rescaled > raw).all()
    gain = rescaled - raw
    assert gain[1] > 2 * gain[0]


def test_rescaled_targets_do_not_know_their_units(get):
    results = [
        get("units", weight=w, height=h, scheme="rescaled").data["r2"]
        for w, h in itertools.product(("kg", "g"), ("m", "cm"))
    ]
    assert_allclose(results, results[:1] * 4, atol=1e-6)


def test_drawn_bars_have_the_computed_heights(get):
    explorer = get("units", weight="g", scheme="learned")
    for ax, key in zip(explorer.figure.axes, ("shares", "r2"), strict=True):
        heights = [bar.get_height() for bar in ax.patches]
        assert_allclose(heights, explorer.data[key])


# mdn


@pytest.mark.parametrize("components", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("x", [0, 0.31, 0.5, 1])
def test_density_of_y_integrates_to_one(get, components, x):
    data = get("mdn", components=components, x=x).data
    assert np.trapezoid(data["density"], data["y"]) == pytest.approx(1, 1e-3)


def test_three_components_show_three_humps_where_one_shows_one(get):
    assert len(get("mdn", components=1).data["humps"]) == 1
    humps = get("mdn", components=3).data["humps"]
    assert_allclose(humps, [0.18, 0.5, 0.82], atol=0.03)


def test_more_components_describe_the_data_better(get):
    nll = [get("mdn", components=K).data["nll"] for K in (1, 2, 3)]
    assert nll == sorted(nll, reverse=True)


def test_vertical_line_stands_at_x(get):
    explorer = get("mdn", x=0.25)
    _, line, mean = explorer.figure.axes[0].lines
    assert set(line.get_xdata()) == {0.25}
    assert_allclose(mean.get_xydata(), [[0.25, explorer.data["mean"]]])


def test_models_are_trained_once(get):
    from lossviz.explorers import regression_trained as trained

    get("mdn"), get("units")
    first = trained._mixtures(), trained._trained_networks()
    explorers.regression.mdn(), explorers.regression.units()
    assert trained._mixtures() is first[0]
    assert trained._trained_networks() is first[1]

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text
from numpy.testing import assert_allclose

from lossviz import fits, plots
from lossviz.losses import LOSSES
from lossviz.style import RC, loss_style, new_figure
from lossviz.surfaces import Grid

FIVE = ["mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss", "log_cosh_loss"]
X = np.linspace(0, 1, 41)
RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=41)
PATH = np.column_stack([np.linspace(-1, 1, 11), np.linspace(2, 0, 11)])

drawable = [name for name in LOSSES if LOSSES[name].argument is not None]
each_drawable_loss = pytest.mark.parametrize("name", drawable)


def bowl():
    x, y = np.linspace(-2, 2, 41), np.linspace(-1, 3, 21)
    return Grid(x, y, (x - 1) ** 2 + 4 * (y[:, None] - 2) ** 2 + 0.5)


def two_peaks(y):
    return np.exp(-(((y - 0.2) / 0.05) ** 2)) + np.exp(
        -(((y - 0.7) / 0.1) ** 2)
    )


def draw_long_labels():
    shapes = (2, 1, 0, -2, -np.inf)
    family = [("general_robust_loss", {"alpha": alpha}) for alpha in shapes]
    return plots.plot_loss_and_gradient(family)[0]


def draw_fits():
    ax = plots.plot_points(X, NOISE, outliers=X > 0.9, xlabel="length (cm)")
    for slope, loss in enumerate(FIVE[:3]):
        plots.plot_line(0, slope, loss=loss, ax=ax)
    plots.plot_residuals(X, NOISE, 2 * X, ax=ax)
    return ax


def draw_band():
    ax = plots.plot_points(X, NOISE)
    return plots.plot_band(X, np.sin(X), 0.1 + X, ax=ax)


def draw_densities():
    ax = plots.plot_density(X, two_peaks(X), label="K = 2")
    return plots.plot_density(X, np.ones(41), label="K = 1", ax=ax)


def draw_histograms():
    ax = plots.plot_histogram(NOISE, bins=8, label="mean")
    return plots.plot_histogram(NOISE + 1, bins=8, label="median", ax=ax)


def draw_bars():
    series = {"raw": [0.9, 0.7], "rescaled": [1, -0.1]}
    return plots.plot_bars(["weight", "height"], series, ylabel="R²")


def draw_paths():
    ax = plots.plot_surface(bowl())
    plots.plot_path(PATH, label="gradient descent", ax=ax)
    return plots.plot_path(PATH + 0.5, label="momentum", ax=ax)


def draw_descent():
    ax = plots.plot_arrows(bowl(), ax=plots.plot_surface(bowl()))
    return plots.plot_path(PATH, label="descent", ax=ax)


def draw_relief():
    return plots.plot_surface_3d(bowl(), paths={"descent": PATH})


def draw_slice():
    marks = {"start": 0.0, "end": 1.0}
    return plots.plot_slice(X, (X - 0.5) ** 2, label="line", marks=marks)


def standard_normal(y):
    return np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi)


def draw_embedding():
    points = np.column_stack([X, X**2])
    return plots.plot_embedding(
        points, np.arange(41) % 3, pairs=[[0, 3], [1, 2], [4, 5]]
    )


def draw_coefficients():
    strengths = np.geomspace(0.01, 1, 21)
    shrunk = np.maximum([1.5, 0.5] - 2 * strengths[:, None], 0)
    return plots.plot_coefficients(strengths, shrunk * [1, -1])


def draw_many_coefficients():
    strengths = np.geomspace(0.01, 1, 5)
    return plots.plot_coefficients(strengths, np.outer(1 - strengths, X[:25]))


def draw_many_bars():
    series = {"T = 1": np.full(10, 0.1), "T = 5": np.full(10, 0.1)}
    labels = [f"class {k}" for k in range(10)]
    return plots.plot_probabilities(series, labels=labels, target=3)


RESIDUAL = [name for name in LOSSES if LOSSES[name].family == "residual"]
MARGINS = [name for name in LOSSES if LOSSES[name].argument == "margin"]

PICTURES = {
    "descent": draw_descent,
    "gradient field": lambda: plots.plot_gradient_field(bowl()),
    "relief": draw_relief,
    "slice": draw_slice,
    "likelihood": lambda: plots.plot_likelihood([-1, 0.5], standard_normal),
    "coefficients": draw_coefficients,
    "many coefficients": draw_many_coefficients,
    "many bars": draw_many_bars,
    "all losses of the residual": lambda: plots.plot_losses(RESIDUAL),
    "margins": lambda: plots.plot_margin_losses(MARGINS),
    "margin slopes": lambda: plots.plot_margin_losses(MARGINS, gradient=True),
    "probabilities": lambda: plots.plot_probabilities(
        {"T = 1": [0.7, 0.3], "T = 5": [0.6, 0.4]}, target=1
    ),
    "softmax": lambda: plots.plot_softmax([2, -1], labels=["cat", "dog"])[0],
    "embedding": draw_embedding,
    "loss": lambda: plots.plot_loss("huber_loss", delta=2),
    "losses": lambda: plots.plot_losses(FIVE),
    "loss and gradient": lambda: plots.plot_loss_and_gradient(FIVE)[0],
    "long labels": draw_long_labels,
    "influence": lambda: plots.plot_influence(FIVE)[0],
    "fits": draw_fits,
    "band": draw_band,
    "densities": draw_densities,
    "histograms": draw_histograms,
    "bars": draw_bars,
    "paths": draw_paths,
    "heatmap": lambda: plots.plot_heatmap(X, X[:9], np.outer(X[:9], X)),
}


@pytest.fixture(params=PICTURES)
def picture(request):
    """The figure of one picture, nobody having asked for a look."""
    with mpl.rc_context(mpl.rcParamsDefault):
        figure = PICTURES[request.param]().figure
        figure.draw_without_rendering()
        yield figure


def marked(ax, gid):
    return [child for child in ax.get_children() if child.get_gid() == gid]


def curve(ax):
    return ax.lines[-1].get_xydata().T


# Pictures


def test_every_plot_function_is_among_the_pictures():
    drawn = {name for name in plots.__all__ if name.startswith("plot_")}
    used = {n for draw in PICTURES.values() for n in draw.__code__.co_names}
    assert drawn <= used


def test_pictures_are_unknown_to_pyplot(picture):
    assert plt.get_fignums() == []


def test_no_legend_covers_a_panel(picture):
    legends = [ax.get_legend() for ax in picture.axes] + picture.legends
    for legend in filter(None, legends):
        box = legend.get_window_extent()
        assert not any(box.overlaps(ax.bbox) for ax in picture.axes)


def test_nothing_is_cut_off_at_the_border(picture):
    drawn, (width, height) = picture.get_tightbbox(), picture.get_size_inches()
    assert 0 <= drawn.x0 and drawn.x1 <= width
    assert 0 <= drawn.y0 and drawn.y1 <= height


def test_no_text_is_smaller_than_twelve_points(picture):
    assert all(text.get_size() >= 12 for text in picture.findobj(Text))


def test_axis_labels_are_lowercase_and_present(picture):
    for ax in picture.axes:
        assert ax.get_ylabel()
        label = ax.get_xlabel()
        assert label[:1] == label[:1].lower()


def test_no_picture_has_a_title(picture):
    assert not any(ax.get_title() for ax in picture.axes)


def test_a_figure_of_somebody_elses_keeps_its_look():
    with mpl.rc_context({"lines.linewidth": 7, "legend.frameon": True}):
        theirs = plots.plot_loss("l1_loss", ax=plt.Figure().add_subplot())
        ours = plots.plot_losses(["l1_loss", "mse_loss"])
        plots.plot_slice([0, 1], [2, 1], label="more", ax=ours)
    assert theirs.lines[0].get_linewidth() == 7
    assert theirs.get_legend().get_frame_on()
    widths = {line.get_linewidth() for line in ours.lines}
    assert widths == {RC["lines.linewidth"]}
    assert not ours.get_legend().get_frame_on()


def test_a_figure_of_the_course_has_its_look_from_the_first_line():
    figure, axes = new_figure(1, 2)
    plots.plot_loss_and_gradient(["mse_loss"], axes=axes)
    (line,) = axes[0].lines
    assert line.get_linewidth() == RC["lines.linewidth"]


def test_long_labels_leave_room_for_the_panel():
    label = "a label with more words than anybody would put on a slide " * 2
    ax = plots.plot_loss("huber_loss", label=label)
    ax.figure.draw_without_rendering()
    assert ax.bbox.width > 0.4 * ax.figure.bbox.width
    (text,) = ax.get_legend().get_texts()
    assert " ".join(text.get_text().split()) == label.strip()


# Losses


@each_drawable_loss
def test_drawn_curve_is_the_loss(name):
    x, y = curve(plots.plot_loss(name, xlim=(0.1, 0.8)))
    assert (x[0], x[-1]) == (0.1, 0.8)
    assert_allclose(y, LOSSES[name].curve(x))


@each_drawable_loss
def test_drawn_gradient_is_the_slope_and_open_at_kinks(name):
    x, y = curve(plots.plot_loss(name, gradient=True))
    kink = np.isin(x, LOSSES[name].kinks)
    assert kink.sum() == len(LOSSES[name].kinks)
    assert np.isnan(y[kink]).all()
    assert_allclose(y[~kink], LOSSES[name].slope(x[~kink]))


def test_hyperparameters_reach_the_curve_and_the_legend():
    ax = plots.plot_loss("huber_loss", delta=0.5)
    x, y = curve(ax)
    assert_allclose(y, LOSSES["huber_loss"].curve(x, delta=0.5))
    (label,) = ax.get_legend().get_texts()
    assert label.get_text() == "Huber, δ = 0.5"


@each_drawable_loss
def test_a_loss_always_has_its_own_look(name):
    (line,) = plots.plot_loss(name).lines
    expected = mpl.lines.Line2D([], [], **loss_style(name))
    assert line.get_color() == expected.get_color()
    assert line._unscaled_dash_pattern == expected._unscaled_dash_pattern


def test_one_loss_drawn_twice_gets_two_looks():
    pairs = [("huber_loss", {"delta": delta}) for delta in (0.5, 1, 2)]
    lines = plots.plot_losses(pairs).lines
    assert len({line.get_color() for line in lines}) == 3
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 3


def test_up_to_twenty_five_curves_have_looks_of_their_own():
    pairs = [("huber_loss", {"delta": k / 10}) for k in range(1, 26)]
    lines = plots.plot_losses(pairs).lines
    looks = {(x.get_color(), str(x._unscaled_dash_pattern)) for x in lines}
    assert len(looks) == 25


def test_value_and_gradient_share_the_residual_axis():
    left, right = plots.plot_loss_and_gradient(["mse_loss"], xlim=(-1, 4))
    assert left.get_xlim() == right.get_xlim() == (-1, 4)
    x, slope = curve(right)
    assert_allclose(slope, np.gradient(curve(left)[1], x, edge_order=2))


@pytest.mark.parametrize("name", ["huber_loss", "quantile_loss", "l1_loss"])
def test_influence_is_the_slope_of_rho_and_weight_times_residual(name):
    rho, psi, weight = (curve(ax) for ax in plots.plot_influence([name]))
    r = rho[0]
    far = np.abs(r) > 0.1
    assert_allclose(np.gradient(rho[1], r)[far], psi[1][far], atol=0.02)
    assert_allclose(weight[1][far] * r[far], psi[1][far])
    assert_allclose(psi[1][far], fits.psi(name, r[far]))


def test_unbounded_weight_leaves_the_others_visible():
    *_, ax = plots.plot_influence(["mse_loss", "l1_loss"])
    assert 2 <= ax.get_ylim()[1] <= 4


def test_existing_axes_are_drawn_on_and_returned():
    _, axes = new_figure(1, 3)
    assert plots.plot_loss("l1_loss", ax=axes[0]) is axes[0]
    pair = plots.plot_loss_and_gradient(["mse_loss"], axes=axes[:2])
    assert pair == tuple(axes[:2])
    assert plots.plot_influence(["mse_loss"], axes=axes) == tuple(axes)


# Data and fits


@pytest.mark.parametrize(
    "name, parameters, label",
    [
        ("general_robust_loss", {"alpha": 2}, "Squared, α = 2"),
        ("general_robust_loss", {"alpha": 1.0}, "Charbonnier, α = 1"),
        ("general_robust_loss", {"alpha": 0}, "Cauchy, α = 0"),
        ("general_robust_loss", {"alpha": -2}, "Geman–McClure, α = −2"),
        ("general_robust_loss", {"alpha": -np.inf}, "Welsch, α = −∞"),
        ("general_robust_loss", {"alpha": 0.5}, "General robust, α = 0.5"),
        ("hinge_loss", {}, "Hinge"),
        ("hinge_loss", {"target": -1}, "Hinge"),
        ("mse_loss", {"target": 3}, "Squared"),
        ("binary_cross_entropy", {}, "Binary cross-entropy, y = 1"),
        ("binary_cross_entropy", {"target": 0}, "Binary cross-entropy, y = 0"),
        (
            "poisson_nll_loss",
            {"log_input": False},
            "Poisson NLL, log_input = False",
        ),
        (
            "hinge_embedding_loss",
            {"target": -1},
            "Hinge embedding, t = −1",
        ),
    ],
)
def test_label_names_the_loss_and_what_its_curve_depends_on(
    name, parameters, label
):
    assert plots.loss_label(name, **parameters) == label


def test_members_of_the_robust_family_are_what_their_names_say():
    r = np.linspace(-3, 3, 7)
    member = LOSSES["general_robust_loss"].curve
    squared, charbonnier = member(r, alpha=2), member(r, alpha=1)
    assert_allclose(squared, LOSSES["mse_loss"].curve(r) / 2)
    assert_allclose(charbonnier, LOSSES["pseudo_huber_loss"].curve(r))
    assert_allclose(member(r, alpha=0), np.log(r**2 / 2 + 1))
    assert_allclose(member(r, alpha=-2), 2 * r**2 / (r**2 + 4))
    assert_allclose(member(r, alpha=-np.inf), 1 - np.exp(-(r**2) / 2))


@pytest.mark.parametrize("name", ["hinge_loss", "huber_loss"])
@pytest.mark.parametrize("gradient", [True, False])
def test_a_curve_over_margin_or_residual_is_the_same_for_any_target(
    name, gradient
):
    x, y = curve(plots.plot_loss(name, gradient=gradient))
    moved = plots.plot_loss(name, gradient=gradient, target=-1)
    assert_allclose(curve(moved), [x, y])


def test_another_target_moves_a_curve_over_predictions():
    x, y = curve(plots.plot_loss("binary_cross_entropy", target=0))
    assert_allclose(y, -np.log(1 - x))


def test_margins_may_start_on_the_right_side():
    ax = plots.plot_margin_losses(["hinge_loss"], xlim=(0.5, 2))
    assert ax.get_xlim() == (0.5, 2)
    assert ax.get_ylim()[1] > 0.5


def test_outliers_are_drawn_apart_from_the_other_points():
    ax = plots.plot_points([1, 2, 3], [4, 5, 6], outliers=[0, 0, 1])
    inside, outside = marked(ax, "points")
    assert_allclose(inside.get_xydata(), [[1, 4], [2, 5]])
    assert_allclose(outside.get_xydata(), [[3, 6]])
    assert inside.get_marker() != outside.get_marker()


def test_line_has_its_slope_and_intercept_and_keeps_the_view():
    ax = plots.plot_points([2, 4], [0, 10])
    before = ax.get_xlim()
    (line,) = marked(plots.plot_line(1, 2, ax=ax), "line")
    x, y = line.get_xy1()
    assert line.get_slope() == 2
    assert y == pytest.approx(1 + 2 * x)
    assert ax.get_xlim() == before


def drawn_line(ax):
    """Heights of a line at both sides of the view, and the view's."""
    (line,) = marked(ax, "line")
    x, y = line.get_xy1()
    ends = y + line.get_slope() * (np.array(ax.get_xlim()) - x)
    return ends, ax.get_ylim()


@pytest.mark.parametrize("slope", [4.0, -4.0])
def test_the_view_grows_until_a_line_stays_in_it(slope):
    ax = plots.plot_points([0, 1, 2], [0, 5, 4])
    ends, (low, high) = drawn_line(plots.plot_line(2, slope / 2, ax=ax))
    assert low <= ends.min() and ends.max() <= high


def test_a_steep_line_does_not_press_the_points_flat():
    ax = plots.plot_points([0, 1, 2], [0, 5, 4])
    for slope in (500, -500, 1e9):
        plots.plot_line(0, slope, ax=ax)
    low, high = ax.get_ylim()
    assert high - low <= 1.1 * (2 * 5)


def test_a_line_alone_is_seen_over_the_unit_interval():
    ax = plots.plot_line(5, 2)
    ends, (low, high) = drawn_line(ax)
    assert ax.get_xlim()[0] <= 0 and ax.get_xlim()[1] >= 1
    assert (low, high) == pytest.approx((4.9, 7.1), abs=0.15)


def test_a_line_leaves_limits_alone_that_were_set():
    ax = plots.plot_points([0, 1], [0, 1])
    ax.set_ylim(0, 1)
    plots.plot_line(5, 2, ax=ax)
    assert ax.get_ylim() == (0, 1)


def test_residuals_join_predictions_and_observations():
    ax = plots.plot_residuals([1, 2], [5, 1], [3, 4])
    (lines,) = marked(ax, "residuals")
    assert_allclose(lines.get_segments(), [[[1, 3], [1, 5]], [[2, 4], [2, 1]]])


def test_band_reaches_k_standard_deviations_to_both_sides():
    mean, sd = np.sin(X), 0.1 + X
    ax = plots.plot_band(X, mean, sd, k=3)
    drawn = [line.get_ydata() for line in ax.lines]
    assert_allclose(drawn, [mean, mean - 3 * sd, mean + 3 * sd])
    (band,) = marked(ax, "band")
    assert band.get_label() == "mean ± 3σ"


def test_histogram_counts_every_value():
    ax = plots.plot_histogram(NOISE, bins=8)
    heights = [bar.get_height() for bar in marked(ax, "histogram")]
    assert len(heights) == 8
    assert sum(heights) == len(NOISE)


def test_bars_have_the_heights_and_say_them():
    ax = plots.plot_bars(["a", "b"], [0.25, 0.75], form="{:.0%}".format)
    assert [bar.get_height() for bar in marked(ax, "bars")] == [0.25, 0.75]
    assert [text.get_text() for text in ax.texts] == ["25%", "75%"]


def overlapping(texts):
    """Whether texts in a row overlap, all turned by the same angle."""
    angle = np.radians(texts[0].get_rotation())
    gap = np.diff([text.get_window_extent().x1 for text in texts]).min()
    texts[0].set_rotation(0)
    height = texts[0].get_window_extent().height
    texts[0].set_rotation(np.degrees(angle))
    if angle:  # then lines of text are as far apart as the angle lets them
        return gap * np.sin(angle) < 0.7 * height
    spans = [text.get_window_extent() for text in texts]
    return any(a.x1 > b.x0 for a, b in zip(spans, spans[1:], strict=False))


@pytest.mark.parametrize("n", [2, 6, 10, 14])
@pytest.mark.parametrize("series", [1, 2])
def test_texts_of_bars_do_not_overlap(n, series):
    values = {f"series {k}": [0.123] * n for k in range(series)}
    labels = [f"class {k}" for k in range(n)]
    ax = plots.plot_probabilities(values, labels=labels, target=1)
    ax.figure.draw_without_rendering()
    places = sorted(ax.texts, key=lambda text: text.xy[0])
    assert not overlapping(places)
    assert not overlapping(ax.get_xticklabels())


def test_many_bars_are_told_by_their_extremes():
    names = [f"class {k}" for k in range(10)]
    low = [0.1, *[0.08] * 8, 0.26]
    series = {"T = 1": low, "T = 5": low[::-1]}
    words = plots.describe(plots.plot_probabilities(series, labels=names))
    assert "T = 1 (10 bars from 0.08 (class 1) to 0.26 (class 9))" in words
    assert "T = 5 (10 bars from 0.08 (class 1) to 0.26 (class 0))" in words


def test_grouped_bars_do_not_overlap():
    bars = marked(draw_bars(), "bars")
    spans = sorted(
        (bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars
    )
    ends, starts = np.array(spans)[:-1, 1], np.array(spans)[1:, 0]
    assert (ends <= starts).all()


# Surfaces


def test_star_marks_the_minimum_of_the_surface():
    (star,) = marked(plots.plot_surface(bowl()), "minimum")
    assert_allclose(star.get_xydata(), [[1, 2]])
    assert marked(plots.plot_surface(bowl(), minimum=False), "minimum") == []


def test_contours_cover_all_heights():
    (contours,) = marked(plots.plot_surface(bowl(), levels=7), "contours")
    assert len(contours.levels) == 8
    assert contours.levels[0] == 0.5
    assert contours.levels[-1] == pytest.approx(bowl().z.max())


def test_drawn_path_is_the_path():
    (line,) = marked(plots.plot_path(PATH), "path")
    assert_allclose(line.get_xydata(), PATH)


def test_heatmap_puts_rows_at_y_and_columns_at_x():
    z = np.arange(6).reshape(2, 3)
    (mesh,) = marked(plots.plot_heatmap([1, 2, 3], [5, 9], z), "heatmap")
    assert_allclose(mesh.get_array(), z)
    assert_allclose(mesh.get_coordinates()[0, :, 0], [0.5, 1.5, 2.5, 3.5])
    assert_allclose(mesh.get_coordinates()[:, 0, 1], [3, 7, 11])


@pytest.mark.parametrize("scale", [1.0, 1e-3])
def test_arrows_point_downhill_and_fit_their_cells(scale):
    grid = Grid(bowl().x, scale * bowl().y, bowl().z)
    (arrows,) = marked(plots.plot_arrows(grid, n=5), "arrows")
    x, y = arrows.XY.T
    slope = np.stack([2 * (x - 1), 8 * (y / scale - 2) / scale])
    step = np.stack([arrows.U, arrows.V])
    along = (slope * step).sum(0)
    norms = np.linalg.norm(slope, axis=0) * np.linalg.norm(step, axis=0)
    moving = norms > 0
    assert_allclose(along[moving], -norms[moving])
    assert len(x) == 25
    cells = np.hypot(arrows.U / 4, arrows.V / (4 * scale))
    assert cells.max() == pytest.approx(0.9 / 5)


def test_arrows_are_longer_where_the_surface_is_steeper():
    line = np.linspace(0, 4, 41)
    grid = Grid(line, line, np.broadcast_to(line**2, (41, 41)))
    (arrows,) = marked(plots.plot_arrows(grid, n=4), "arrows")
    lengths = -arrows.U.reshape(4, 4)[0]
    assert_allclose(
        lengths**2 / lengths[-1] ** 2, grid.x[[5, 15, 25, 35]] / 3.5
    )


def test_a_flat_surface_has_no_arrows():
    ax = plots.plot_arrows(Grid(X, X, np.ones((41, 41))))
    assert "Shown: 0 arrows downhill." in plots.describe(ax)


def test_gradient_field_shows_the_norm_of_the_gradient():
    (mesh,) = marked(plots.plot_gradient_field(bowl()), "heatmap")
    x, y = np.meshgrid(bowl().x, bowl().y)
    norm = np.hypot(2 * (x - 1), 8 * (y - 2))
    assert_allclose(mesh.get_array(), norm, atol=1e-12)


def test_paths_lie_on_the_surface_and_end_at_its_edge():
    path = [[-1.97, 0.03], [0.5, 1.111], [2, 3], [2.1, 3]]
    ax = plots.plot_surface_3d(bowl(), paths={"walk": path})
    (line,) = marked(ax, "path")
    x, y, z = line.get_data_3d()
    inside = slice(0, 3)
    expected = (x - 1) ** 2 + 4 * (y - 2) ** 2 + 0.5
    assert_allclose(z[inside], expected[inside], atol=0.05)
    assert z[2] == bowl().z[-1, -1]
    assert np.isnan(z[3])


def test_paths_lie_on_a_surface_whose_axes_fall():
    grid = Grid(bowl().x[::-1], bowl().y[::-1], bowl().z[::-1, ::-1])
    heights = [
        marked(plots.plot_surface_3d(g, paths={"a": PATH}), "path")[0]
        for g in (bowl(), grid)
    ]
    assert_allclose(*(line.get_data_3d()[2] for line in heights))


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_surfaces_may_have_holes(hole):
    z = np.where(bowl().x > 1.5, hole, bowl().z)
    grid = Grid(bowl().x, bowl().y, z)
    seen = z[np.isfinite(z)]
    (contours,) = marked(plots.plot_surface(grid, minimum=False), "contours")
    assert_allclose(contours.levels[[0, -1]], [seen.min(), seen.max()])
    (mesh,) = marked(plots.plot_heatmap(grid.x, grid.y, z), "heatmap")
    assert_allclose(mesh.get_clim(), [seen.min(), seen.max()])
    (facets,) = marked(plots.plot_surface_3d(grid, minimum=False), "surface")
    assert_allclose(facets.get_clim(), [seen.min(), seen.max()])


@pytest.mark.parametrize("hole", [np.nan, -np.inf])
def test_the_star_marks_the_lowest_point_that_is_drawn(hole):
    z = np.where(bowl().x > 1.5, hole, bowl().z)
    grid = Grid(bowl().x, bowl().y, z)
    (star,) = marked(plots.plot_surface(grid), "minimum")
    assert_allclose(star.get_xydata(), [[1, 2]])
    (star,) = marked(plots.plot_surface_3d(grid), "minimum")
    assert_allclose(np.ravel(star.get_data_3d()), [1, 2, 0.5])


def test_star_stands_at_the_bottom_of_the_relief():
    (star,) = marked(plots.plot_surface_3d(bowl()), "minimum")
    assert_allclose(np.ravel(star.get_data_3d()), [1, 2, 0.5])
    ax = plots.plot_surface_3d(bowl(), minimum=False)
    assert marked(ax, "minimum") == []


def test_marks_stand_on_the_curve_of_a_slice():
    ax = plots.plot_slice([0, 1, 2], [4, 2, 6], marks={"A": 1.5, "B": 0})
    points = [line.get_xydata()[0] for line in marked(ax, "mark")]
    assert_allclose(points, [[1.5, 4], [0, 4]])


def test_slices_have_looks_of_their_own():
    ax = plots.plot_slice(X, X, label="first")
    plots.plot_slice(X, 2 * X, label="second", ax=ax)
    first, second = marked(ax, "curve")
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()


# Probabilities, classes and penalties


def test_stems_of_the_likelihood_reach_the_density():
    ax = plots.plot_likelihood([-1, 0.5], standard_normal, xlim=(-4, 4))
    (stems,) = marked(ax, "likelihoods")
    heights = standard_normal(np.array([-1, 0.5]))
    expected = [[[-1, 0], [-1, heights[0]]], [[0.5, 0], [0.5, heights[1]]]]
    assert_allclose(stems.get_segments(), expected)
    (density,) = marked(ax, "density")
    assert_allclose(density.get_ydata(), standard_normal(density.get_xdata()))
    assert ax.get_xlim() == (-4, 4)


def test_data_beyond_the_range_are_not_drawn_beside_the_axes():
    ax = plots.plot_likelihood([-1, 0.5, 3], standard_normal, xlim=(0, 2))
    ax.figure.draw_without_rendering()
    drawn = ax.get_tightbbox()
    assert ax.bbox.x0 - 100 < drawn.x0
    assert "3 observations" in plots.describe(ax)


def test_softmax_stands_beside_its_logits():
    left, right = plots.plot_softmax([1000, 1001, 0])
    logits = [bar.get_height() for bar in marked(left, "bars")]
    shares = [bar.get_height() for bar in marked(right, "bars")]
    assert logits == [1000, 1001, 0]
    assert_allclose(shares, [1 / (1 + np.e), np.e / (1 + np.e), 0])


def test_true_class_is_named_below_its_bar():
    ax = plots.plot_probabilities([0.5, 0.5], labels=["a", "b"], target=1)
    names = [tick.get_text() for tick in ax.get_xticklabels()]
    assert names == ["a", "b\n(true)"]
    assert "b (true) 0.5" in plots.describe(ax)


def test_margin_losses_stand_beside_the_0_1_loss_by_default():
    ax = plots.plot_margin_losses(["hinge_loss"])
    labels = [line.get_label() for line in ax.lines]
    assert labels == ["0–1", "Hinge"]
    assert len(plots.plot_margin_losses(MARGINS).lines) == len(MARGINS)
    slopes = plots.plot_margin_losses(["hinge_loss"], gradient=True)
    assert [line.get_label() for line in slopes.lines] == ["Hinge"]


def test_margin_losses_and_the_wrong_side_leave_the_panel_to_all():
    ax = plots.plot_margin_losses(["exponential_loss", "hinge_loss"])
    assert ax.get_ylim()[1] < 5
    (ground,) = ax.patches
    assert (ground.get_x(), ground.get_width()) == (-3, 3)


def test_every_class_has_its_own_marker():
    points = np.column_stack([np.arange(10), np.zeros(10)])
    ax = plots.plot_embedding(points, list("abcdefghij"))
    classes = marked(ax, "class")
    assert len({line.get_marker() for line in classes}) == 10
    for n, line in enumerate(classes):
        assert_allclose(line.get_xydata(), points[[n]])


def test_pairs_are_joined_by_whether_their_classes_agree():
    points = np.array([[0, 0], [1, 0], [0, 2]])
    ax = plots.plot_embedding(points, [7, 7, 8], pairs=[[0, 1], [1, 2]])
    similar, different = marked(ax, "pairs")
    assert_allclose(similar.get_segments(), [[[0, 0], [1, 0]]])
    assert_allclose(different.get_segments(), [[[1, 0], [0, 2]]])
    assert similar.get_linestyle() != different.get_linestyle()


def test_up_to_25_coefficients_can_be_told_apart():
    ax = plots.plot_coefficients([0.1, 1], np.ones((2, 25)))
    lines = marked(ax, "coefficient")
    looks = {
        (line.get_color(), str(line._unscaled_dash_pattern)) for line in lines
    }
    assert len(looks) == 25
    assert ax.get_xscale() == "log"
    assert lines[11].get_label() == "θ₁₂"


# Wrong input

UNKNOWN = (
    r"^loss must be one of lossviz.losses.LOSSES, got 'huber' "
    r"\(nearest: 'huber_loss'\)$"
)


@pytest.mark.parametrize(
    "draw, message",
    [
        (lambda: plots.plot_loss("huber"), UNKNOWN),
        (lambda: plots.loss_label("huber"), UNKNOWN),
        (
            lambda: plots.plot_loss("huber_loss", delta=0),
            "delta must be positive, got 0",
        ),
        (
            lambda: plots.plot_loss("l1_loss", xlim=(1, 1)),
            r"xlim must increase, got \(1, 1\)",
        ),
        (
            lambda: plots.plot_influence(["l1_loss"], xlim=(0, np.inf)),
            r"xlim\[1\] must be a finite number, got inf",
        ),
        (
            lambda: plots.plot_points([1, 2], [1]),
            r"x, y and outliers must have the same shape",
        ),
        (
            lambda: plots.plot_line(np.nan, 1),
            "intercept must be a finite number, got nan",
        ),
        (
            lambda: plots.plot_line(0, 1, loss="huber"),
            UNKNOWN,
        ),
        (
            lambda: plots.plot_residuals([1], [1], [1, 2]),
            "x, y and prediction must have the same shape",
        ),
        (
            lambda: plots.plot_band([1, 2], [1, 1], [1, -0.5]),
            "sd must not be negative, got −0.5",
        ),
        (
            lambda: plots.plot_band([1, 2], [1, 1], [1, 1], k=0),
            "k must be positive, got 0",
        ),
        (
            lambda: plots.plot_density([1, 2], [1]),
            "y and density must have the same shape",
        ),
        (
            lambda: plots.plot_histogram([1, 2], bins=0),
            "bins must be a whole number of at least 1, got 0",
        ),
        (
            lambda: plots.plot_bars(["a", "b"], [1]),
            "labels and values must have the same shape",
        ),
        (
            lambda: plots.plot_surface(Grid(X, X, np.ones((41, 41)))),
            "grid.z must vary, got 1 throughout",
        ),
        (
            lambda: plots.plot_path([1, 2, 3]),
            r"path must have shape \(n, 2\), got \(3,\)",
        ),
        (
            lambda: plots.plot_heatmap([1, 2], [1], [[1]]),
            r"z must have shape \(1, 2\), got \(1, 1\)",
        ),
        (
            lambda: plots.plot_loss("cross_entropy"),
            "loss must depend on one prediction to have a curve, got 'cross",
        ),
        (
            lambda: plots.plot_arrows(bowl(), n=1),
            "n must be a whole number of at least 2, got 1",
        ),
        (
            lambda: plots.plot_surface_3d(bowl(), ax=new_figure()[1]),
            "ax must have projection '3d', got Axes",
        ),
        (
            lambda: plots.plot_surface_3d(bowl(), paths={"a": [1, 2]}),
            r"paths\['a'\] must have shape \(n, 2\), got \(2,\)",
        ),
        (
            lambda: plots.plot_slice([1, 2], [1]),
            "position and loss must have the same shape",
        ),
        (
            lambda: plots.plot_slice([0, 1], [1, 2], marks={"A": 2}),
            "marks must lie between 0 and 1, got 'A' at 2",
        ),
        (
            lambda: plots.plot_likelihood([], standard_normal),
            "data must hold at least 1 number, got 0",
        ),
        (
            lambda: plots.plot_likelihood([1], standard_normal, xlim=(2, 1)),
            r"xlim must increase, got \(2, 1\)",
        ),
        (
            lambda: plots.plot_likelihood([1, 2], lambda y: y[:1]),
            "data and density must have the same shape",
        ),
        (
            lambda: plots.plot_coefficients([0, 1], np.ones((2, 3))),
            "strengths must be positive, got 0",
        ),
        (
            lambda: plots.plot_coefficients([1, 2], np.ones((2, 26))),
            r"shape \(n, d\) with 1 ≤ d ≤ 25, got \(2, 26\)",
        ),
        (
            lambda: plots.plot_margin_losses(["mse_loss"]),
            "loss must be 'zero_one_loss', .* got 'mse_loss'",
        ),
        (
            lambda: plots.plot_probabilities([0.5, 1.5]),
            "probabilities must lie between 0 and 1, got 1.5",
        ),
        (
            lambda: plots.plot_softmax([0, 1], target=2),
            "target must be below 2, got 2",
        ),
        (
            lambda: plots.plot_embedding([1, 2], [1, 2]),
            r"points must have shape \(n, 2\), got \(2,\)",
        ),
        (
            lambda: plots.plot_embedding(np.ones((11, 2)), range(11)),
            "labels must be of at most 10 classes, got 11",
        ),
        (
            lambda: plots.plot_embedding(PATH, range(10), pairs=[[0, 1]]),
            "labels and points must have the same shape",
        ),
        (
            lambda: plots.plot_embedding(PATH[:2], [1, 2], pairs=[[0, 2]]),
            "pairs must lie between 0 and 1, got 0 to 2",
        ),
        (
            lambda: plots.plot_embedding(PATH[:2], [1, 2], pairs=[0.5, 1]),
            r"pairs must be whole numbers of shape \(m, 2\), got float64",
        ),
    ],
)
def test_wrong_input_is_told_in_one_sentence(draw, message):
    with pytest.raises(ValueError, match=message) as error:
        draw()
    assert "\n" not in str(error.value)


# Alternative text


def test_every_picture_is_described_in_at_most_sixty_words(picture):
    for ax in picture.axes:
        words = plots.describe(ax)
        if ax.get_label() == "<colorbar>":
            assert words == ""
            continue
        assert words[0].isupper() and words.endswith(".")
        assert any(character.isdigit() for character in words)
        assert len(words.split()) <= 60


def test_empty_axes_have_no_description():
    assert plots.describe(new_figure()[1]) == ""


@pytest.mark.parametrize(
    "draw, said",
    [
        (
            lambda: plots.plot_loss("huber_loss", delta=2),
            "Plot of loss (−0.2 to 4.2) against prediction − target "
            "(−3 to 3). Shown: Huber, δ = 2 (minimum 0 at 0, "
            "end slopes ±2).",
        ),
        (
            lambda: plots.plot_loss("mse_loss", gradient=True),
            "Squared (rises from −6 to 6, zero at 0)",
        ),
        (
            lambda: plots.plot_loss("l1_loss", gradient=True),
            "Absolute (rises from −1 to 1, jumps through zero at 0)",
        ),
        (
            lambda: plots.plot_loss("quantile_loss", q=0.9),
            "q = 0.9 (minimum 0 at 0, end slopes −0.9 and 0.1)",
        ),
        (
            lambda: plots.plot_influence(["mse_loss"])[2],
            "Squared (2 throughout)",
        ),
        (
            lambda: plots.plot_influence(["huber_loss"])[2],
            "Huber, δ = 1 (peak 1 at 0, 0.167 at the ends)",
        ),
        (
            lambda: plots.plot_influence(["l1_loss"])[2],
            "Absolute (leaves the panel at 0, 0.167 at the ends)",
        ),
        (draw_fits, "outliers (4 points)"),
        (draw_fits, "Absolute (slope 1, intercept 0)"),
        (draw_band, "mean ± 2σ (width 0.4 at 0, width 4.4 at 1)"),
        (draw_densities, "K = 2 (2 peaks, 1 at 0.2, 1 at 0.7)"),
        (draw_histograms, "median (8 bins, tallest 9 from 0.107"),
        (
            draw_bars,
            "Bars of R². Shown: raw (weight 0.9, height 0.7); "
            "rescaled (weight 1, height −0.1).",
        ),
        (draw_paths, "minimum (at (1, 2))"),
        (draw_paths, "momentum (from (−0.5, 2.5) to (1.5, 0.5), 10 steps)"),
        (draw_descent, "121 arrows downhill"),
        (
            PICTURES["gradient field"],
            "colours (gradient norm from 0 to 24.7)",
        ),
        (draw_relief, "Plot of loss over slope (−2.3 to 2.3) and intercept"),
        (draw_relief, "surface (loss from 0.5 to 45.5)"),
        (draw_relief, "descent (from (−1, 2) to (1, 0), 10 steps)"),
        (draw_relief, "minimum (at (1, 2))"),
        (draw_slice, "line (minimum 0 at 0.5, end slopes ±1)"),
        (draw_slice, "start (0.25 at 0)"),
        (
            PICTURES["likelihood"],
            "2 observations (mean negative log-likelihood 1.23, "
            "least likely −1)",
        ),
        (draw_coefficients, "θ₁ (from 1.48 to 0, 0 from 0.794 on)"),
        (draw_coefficients, "θ₂ (from −0.48 to 0, 0 from 0.251 on)"),
        (draw_embedding, "1 similar pair (mean distance 0.0752)"),
        (draw_embedding, "class 1 (14 points, centre (0.512, "),
        (PICTURES["softmax"], "cat 2, dog −1"),
        (PICTURES["margins"], "0–1 (falls from 1 to 0)"),
        (PICTURES["heatmap"], "colours (value from 0 to 0.2)"),
    ],
)
def test_description_tells_the_numbers_of_the_picture(draw, said):
    assert said in plots.describe(draw())


def test_description_of_redescending_influence_gives_both_extremes():
    pair = ("general_robust_loss", {"alpha": -2.0})
    words = plots.describe(plots.plot_influence([pair])[1])
    assert "lowest −0.65 at −1.15, highest 0.65 at 1.15" in words


def test_description_follows_the_artists():
    ax = plots.plot_loss("mse_loss")
    ax.lines[0].set_ydata(ax.lines[0].get_ydata() + 1)
    assert "minimum 1 at 0" in plots.describe(ax)


def test_end_slopes_of_a_parabola_are_exact_with_few_points():
    _, ax = new_figure()
    x = np.linspace(-3, 2, 6)
    ax.plot(x, x**2, label="parabola")
    assert "end slopes −6 and 4" in plots.describe(ax)


def test_description_of_a_curve_with_two_minima_names_both():
    _, ax = new_figure()
    x = np.linspace(-2, 2, 401)
    ax.plot(x, (x**2 - 1) ** 2, label="double well")
    assert "minimum 0 at −1 and 1" in plots.describe(ax)


def test_lines_drawn_by_hand_are_described_by_their_label():
    _, ax = new_figure()
    ax.plot([0, 1, 2], [3, 2, 1], label="cost")
    ax.plot([0, 1], [1, 1])
    ax.set_yscale("log")
    words = plots.describe(ax)
    assert "log scale" in words
    assert words.endswith("Shown: cost (falls from 3 to 1).")


def test_too_many_details_are_left_out_before_labels_are():
    ax = plots.plot_losses(drawable)
    words = plots.describe(ax)
    names = [plots.loss_label(name).split(",")[0] for name in drawable]
    assert all(name in words for name in names)
    assert "end slopes" not in words


@pytest.mark.parametrize(
    "draw, crossings",
    [
        (
            lambda: plots.plot_losses(["mse_loss", "l1_loss"]),
            "Squared and Absolute at ±1",
        ),
        (
            lambda: plots.plot_losses(["mse_loss", "l1_loss"], xlim=(-2, 0.5)),
            "Squared and Absolute at −1",
        ),
        (
            lambda: plots.plot_margin_losses(
                ["hinge_loss", "soft_margin_loss"], xlim=(-2, 2)
            ),
            "0–1 and Logistic at −0.54 and 0; Hinge and Logistic at 0.54",
        ),
        (
            lambda: plots.plot_losses(["mse_loss", "l1_loss"], gradient=True),
            "Squared and Absolute at ±0.5",
        ),
        (
            lambda: plots.plot_losses(
                ["poisson_nll_loss", ("mse_loss", {}), "l1_loss"]
            ),
            "Poisson NLL, y = 3 and Squared at 0.46 and 2.77; "
            "Poisson NLL, y = 3 and Absolute at 0.36 and 2.15; "
            "Squared and Absolute at ±1",
        ),
    ],
)
def test_description_tells_where_curves_cross(draw, crossings):
    words = plots.describe(draw())
    assert words.endswith(f" Crossings: {crossings}.")
    assert len(words.split()) <= 60


def test_curves_that_touch_or_are_one_do_not_cross():
    for pair in (["mse_loss", "huber_loss"], ["huber_loss", "smooth_l1_loss"]):
        assert "Crossings" not in plots.describe(plots.plot_losses(pair))


def two_lines(x, y, *other):
    _, ax = new_figure()
    ax.plot(x, y, label="one")
    ax.plot(*(other or (x, np.zeros(len(x)))), label="other")
    return ax


def test_curves_that_are_one_for_a_while_cross_in_its_middle():
    ax = two_lines([0, 1, 2, 3, 4, 6], [-2, -1, 0, 0, 0, 1])
    assert "one and other at 3." in plots.describe(ax)


def test_many_crossings_are_counted():
    x = np.linspace(0.1, 3, 501)
    words = plots.describe(two_lines(x, np.sin(6 * x)))
    assert "one and other 5 times." in words
    ax = two_lines(x, np.sin(6 * x))
    ax.set_xlim(0.3, 2)
    assert "one and other at 0.52, 1.05 and 1.57." in plots.describe(ax)


def test_only_crossings_that_can_be_seen_are_told():
    ax = two_lines([0, 1], [-1, 1])
    assert "one and other at 0.5." in plots.describe(ax)
    ax.set_ylim(0.1, 1)
    assert "Crossings" not in plots.describe(ax)


def test_curves_over_other_ranges_or_none_do_not_cross():
    for other in ([[2, 3], [-1, 1]], [[1, 0], [-1, 1]], [[0.5], [0]]):
        ax = two_lines([0, 1], [1, -1], *other)
        assert "Crossings" not in plots.describe(ax)


# Unusual input


def test_margins_all_below_zero_fill_the_panel():
    ax = plots.plot_margin_losses(["exponential_loss"], xlim=(-50, -1))
    assert ax.get_xlim() == (-50, -1)
    words = plots.describe(ax)
    assert "Exponential (falls from 5.18 × 10^21 to 2.72)" in words


def test_a_surface_that_varies_by_rounding_is_flat():
    z = 1 + 1e-15 * np.arange(9).reshape(3, 3)
    with pytest.raises(ValueError, match=r"^grid.z must vary, got 1 through"):
        plots.plot_surface(Grid([0, 1, 2], [0, 1, 2], z))


def test_rounding_at_the_minimum_reads_zero():
    grid = bowl()
    ax = plots.plot_surface(Grid(grid.x, grid.y, grid.z - 0.5 + 1e-31))
    bar = ax.figure.axes[1]
    ax.figure.draw_without_rendering()
    assert bar.get_yticklabels()[0].get_text() == "0"
    assert "loss from 0 to" in plots.describe(ax)


def test_a_path_that_diverges_leaves_the_surface_in_sight():
    ax = plots.plot_surface(bowl())
    before = ax.get_xlim()
    plots.plot_path([[0, 0], [0, 3.2]], ax=ax)
    assert ax.get_xlim() == before
    assert 3.2 < ax.get_ylim()[1] < 3.6
    plots.plot_path([[0, 0], [1e9, -1e9]], label="diverges", ax=ax)
    plots.plot_arrows(bowl(), ax=ax)
    assert -2 <= ax.get_xlim()[0] and 3 <= ax.get_xlim()[1] < 3.3
    assert -2.3 < ax.get_ylim()[0] <= -2
    assert "to (1000000000, −1000000000), 1 steps" in plots.describe(ax)


def test_a_path_beyond_the_edge_leaves_the_relief_its_size():
    alone = plots.plot_surface_3d(bowl())
    ax = plots.plot_surface_3d(bowl(), paths={"far": [[0, 0], [90, 90]]})
    assert ax.get_xlim() == alone.get_xlim()
    assert ax.get_ylim() == alone.get_ylim()


def test_a_long_label_beside_the_relief_is_not_cut_off():
    ax = plots.plot_surface_3d(bowl(), xlabel="weight of the first input (kg)")
    ax.figure.canvas.draw()
    pixels = np.asarray(ax.figure.canvas.buffer_rgba())
    assert (pixels[-1] == 255).all()
    assert "over weight of the first input (kg) (" in plots.describe(ax)


def test_a_heat_map_of_one_cell_shows_it():
    ax = plots.plot_heatmap([3], [5], [[7]])
    (mesh,) = ax.collections
    assert mesh.get_datalim(ax.transData).width == 1
    ax = plots.plot_heatmap([0, 1, 3], [5], [[7, 8, 9]])
    assert_allclose(ax.get_xlim(), [-0.5, 4])
    (mesh,) = ax.collections
    assert_allclose(mesh.get_coordinates()[0, :, 0], [-0.5, 0.5, 2, 4])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.plot_slice([1], [2]),
        lambda: plots.plot_band([1], [2], [1]),
        lambda: plots.plot_density([1], [2]),
        lambda: plots.plot_coefficients([1], [[2, 1]]),
    ],
)
def test_one_point_makes_no_curve(draw):
    with pytest.raises(ValueError, match="must hold at least 2 numbers"):
        draw()


def test_ten_marks_on_a_slice_look_unlike():
    marks = {str(k): k for k in range(10)}
    ax = plots.plot_slice(np.arange(10), np.arange(10), marks=marks)
    drawn = marked(ax, "mark")
    looks = {(m.get_marker(), m.get_markerfacecolor()) for m in drawn}
    assert len(looks) == 10


def test_a_bar_without_a_height_is_undefined():
    ax = plots.plot_bars(["a", "b", "c"], [1, np.nan, 2])
    assert "a 1, b undefined, c 2" in plots.describe(ax)


def test_every_lowest_place_is_told():
    ax = plots.plot_loss("von_mises_nll_loss", xlim=(-7, 7))
    words = plots.describe(ax)
    assert "lowest 1.07 at −6.29 and 0 and 6.29" in words

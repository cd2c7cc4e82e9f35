import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import _linear_surfaces, data, fits, surfaces
from lossviz.losses import LOSSES

SLOPES = np.linspace(-1, 2, 13)
INTERCEPTS = np.linspace(-3, 5, 9)


@pytest.fixture(scope="module")
def points():
    x, y = data.line(np.random.default_rng(0))
    return x, data.add_outliers(y)[0]


def double_loop(x, y, loss, parameters):
    return np.array(
        [
            [
                LOSSES[loss].curve(b + w * x - y, **parameters).mean()
                for w in SLOPES
            ]
            for b in INTERCEPTS
        ]
    )


def test_a_value_stands_in_the_row_of_y_and_the_column_of_x():
    grid = surfaces.evaluate(lambda x, y: 10 * x + y, (0, 1), (5, 7), n=3)
    assert_array_equal(grid.x, [0, 0.5, 1])
    assert_array_equal(grid.y, [5, 6, 7])
    assert grid.z[2, 1] == 10 * 0.5 + 7


def test_minimum_is_the_lowest_point_and_its_place():
    grid = surfaces.evaluate(
        lambda x, y: (x - 0.25) ** 2 + (y + 1) ** 2 + 3, (-1, 1), (-2, 2), n=41
    )
    assert_allclose(grid.minimum, (0.25, -1, 3))


def test_minimum_overlooks_places_without_a_value():
    grid = surfaces.Grid(
        np.arange(2), np.arange(2), np.array([[np.nan, 4], [3, 5]])
    )
    assert grid.minimum == (0, 1, 3)


def test_closed_form_of_least_squares_is_the_double_loop(points):
    grid = surfaces.least_squares_surface(*points, SLOPES, INTERCEPTS)
    loop = double_loop(*points, "mse_loss", {})
    assert_allclose(grid.z, loop, rtol=1e-13)
    assert_array_equal(grid.x, SLOPES)
    assert_array_equal(grid.y, INTERCEPTS)


def test_closed_form_loses_no_digits_near_a_perfect_fit():
    x = np.linspace(1000, 1001, 50)
    y = 3 + 2 * x
    slope, intercept = 2 + 1e-9, 3 + 1e-6
    grid = surfaces.least_squares_surface(x, y, [slope], [intercept])
    exact = np.mean(((slope - 2) * x + (intercept - 3)) ** 2)
    assert_allclose(grid.z[0, 0], exact, rtol=1e-5)


def test_least_squares_surface_is_lowest_at_the_least_squares_line(points):
    intercept, slope = fits.fit_line(*points)
    grid = surfaces.least_squares_surface(
        *points, slope + SLOPES - SLOPES[6], intercept + np.array([-1, 0, 1])
    )
    assert_allclose(grid.minimum[:2], (slope, intercept))


def test_least_squares_surface_is_a_valley_when_all_inputs_are_equal():
    grid = surfaces.least_squares_surface([2, 2], [1, 3], [0, 1, 2], [0, 2])
    assert_allclose(grid.z, [[5, 1, 5], [1, 5, 17]])


@pytest.mark.parametrize(
    "loss, parameters",
    [
        ("mse_loss", {}),
        ("l1_loss", {}),
        ("huber_loss", {"delta": 0.5}),
        ("quantile_loss", {"q": 0.8}),
        ("general_robust_loss", {"alpha": -2, "c": 0.5}),
    ],
)
@pytest.mark.parametrize("chunk", [1, 1000, 2**18])
def test_surface_of_any_loss_is_the_double_loop(
    points, loss, parameters, chunk, monkeypatch
):
    monkeypatch.setattr(_linear_surfaces, "CHUNK", chunk)
    grid = surfaces.line_surface(
        *points, SLOPES, INTERCEPTS, loss, **parameters
    )
    assert_allclose(grid.z, double_loop(*points, loss, parameters), rtol=1e-12)


def test_surface_of_the_quantile_loss_has_points_below_on_the_right_side():
    x, y = [0.0, 1.0], [10.0, 10.0]
    grid = surfaces.line_surface(
        x, y, [0.0], [0.0, 20.0], "quantile_loss", q=0.9
    )
    assert_allclose(grid.z[:, 0], [9, 1])


@pytest.fixture(scope="module")
def table():
    """Inputs, a start and two directions of a model of three parameters."""
    rng = np.random.default_rng(1)
    X = np.column_stack([rng.normal(size=(40, 2)), np.ones(40)])
    center, *directions = rng.normal(size=(3, 3))
    return X, center, directions


def plane_loop(table, y, loss, **parameters):
    """The surface point by point, by the library's own mean."""
    X, center, (d1, d2) = table
    return np.array(
        [
            [
                LOSSES[loss].value(
                    X @ (center + a * d1 + b * d2), y, **parameters
                )
                for a in SLOPES
            ]
            for b in INTERCEPTS
        ]
    )


def plane_surface(table, y, loss, **parameters):
    X, center, directions = table
    return surfaces.linear_surface(
        X,
        y,
        SLOPES,
        INTERCEPTS,
        loss=loss,
        directions=directions,
        center=center,
        **parameters,
    )


DOMAINS = {
    "real": lambda rng: rng.normal(size=40),
    "angle": lambda rng: rng.uniform(-np.pi, np.pi, size=40),
    "count": lambda rng: rng.poisson(3, size=40),
    "sign": lambda rng: rng.choice([-1, 1], size=40),
    "probability": lambda rng: rng.choice([0.0, 0.3, 1.0], size=40),
}
NEEDED = {
    "gaussian_nll_loss": {"var": 0.5},
    "laplace_nll_loss": {"scale": 2.0},
    "von_mises_nll_loss": {"concentration": 3.0},
    "quantile_loss": {"q": 0.2},
    "general_robust_loss": {"alpha": -2},
}


one_score = [
    name
    for name in surfaces.losses_of_scores()
    if LOSSES[name].argument is not None
]


@pytest.mark.parametrize("loss", one_score)
def test_plane_of_any_linear_model_is_the_mean_loss(table, loss):
    y = DOMAINS[LOSSES[loss].domain](np.random.default_rng(2))
    parameters = NEEDED.get(loss, {})
    grid = plane_surface(table, y, loss, **parameters)
    expected = plane_loop(table, y, loss, **parameters)
    assert_allclose(grid.z, expected, rtol=1e-12)


@pytest.mark.parametrize(
    "loss", set(surfaces.losses_of_scores()) - set(one_score)
)
def test_plane_of_a_model_with_a_score_per_class_is_the_mean_loss(loss):
    rng = np.random.default_rng(6)
    X, labels = rng.normal(size=(20, 3)), rng.integers(4, size=20)
    center, d1, d2 = rng.normal(size=(3, 3, 4))
    grid = surfaces.linear_surface(
        X,
        labels,
        SLOPES,
        INTERCEPTS,
        loss=loss,
        directions=(d1, d2),
        center=center,
    )
    for i, j in [(0, 0), (3, 12), (8, 5)]:
        theta = center + grid.x[j] * d1 + grid.y[i] * d2
        expected = LOSSES[loss].value(X @ theta, labels)
        assert_allclose(grid.z[i, j], expected, rtol=1e-12)


@pytest.mark.parametrize(
    "ignored, options",
    [
        ([], {"weight": [0.5, 2.0, 0.0, 3.0]}),
        ([3, 4, 11], {}),
        ([0, 7], {"weight": [0.5, 2, 1, 3], "label_smoothing": 0.2}),
        (range(20), {}),
    ],
)
def test_the_mean_of_weighed_and_ignored_examples_is_the_losses_own(
    ignored, options
):
    rng = np.random.default_rng(6)
    X, labels = rng.normal(size=(20, 3)), rng.integers(4, size=20)
    labels[list(ignored)] = -100
    d1, d2 = rng.normal(size=(2, 3, 4))
    grid = surfaces.linear_surface(
        X,
        labels,
        [-1, 2],
        [3],
        loss="cross_entropy",
        directions=(d1, d2),
        **options,
    )
    for j, a in enumerate(grid.x):
        scores = X @ (a * d1 + 3 * d2)
        expected = LOSSES["cross_entropy"].value(scores, labels, **options)
        assert_allclose(grid.z[0, j], expected, rtol=1e-12)


def test_a_single_class_costs_nothing_anywhere():
    d1, d2 = np.ones((2, 2, 1))
    grid = surfaces.linear_surface(
        np.eye(2),
        [0, 0],
        [1, 2],
        [3],
        loss="cross_entropy",
        directions=(d1, d2),
    )
    assert_array_equal(grid.z, [[0, 0]])


def test_classes_may_be_written_0_and_1_or_with_a_sign(table):
    sign = DOMAINS["sign"](np.random.default_rng(3))
    margin = plane_surface(table, sign, "soft_margin_loss")
    logit = plane_surface(
        table, (sign + 1) // 2, "binary_cross_entropy_with_logits"
    )
    assert_array_equal(margin.z, logit.z)
    expected = plane_loop(table, sign, "soft_margin_loss")
    assert_allclose(margin.z, expected, rtol=1e-13)


@pytest.mark.parametrize("scale", [1e-3, 30, 1e3, 1e5])
@pytest.mark.parametrize("chunk", [1, 500, 2**18])
def test_logistic_surface_is_exact_at_any_size_of_logits(
    table, scale, chunk, monkeypatch
):
    monkeypatch.setattr(_linear_surfaces, "CHUNK", chunk)
    X, center, directions = table
    # One tiny and one huge example lie among the others.
    X = X * np.concatenate([[1e-9, 1e9], np.full(38, scale)])[:, None]
    sign = DOMAINS["sign"](np.random.default_rng(4))
    model = X, center, directions
    grid = plane_surface(model, sign, "soft_margin_loss")
    expected = plane_loop(model, sign, "soft_margin_loss")
    assert np.isfinite(grid.z).all()
    assert_allclose(grid.z, expected, rtol=1e-11)


def test_logistic_surface_keeps_the_digits_of_tiny_losses():
    slopes = np.array([10.0, 50.0, 200.0])
    X = np.column_stack([[1.0, -1.0, 2.0], np.zeros(3)])
    grid = surfaces.linear_surface(
        X, [1, -1, 1], slopes, [0.0], loss="soft_margin_loss"
    )
    expected = (2 * np.exp(-slopes) + np.exp(-2 * slopes)) / 3
    assert_allclose(grid.z[0, 1:], expected[1:], rtol=1e-13)


def test_squared_error_of_several_outputs_is_their_mean():
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    center, d1, d2 = rng.normal(size=(3, 3, 2))
    grid = surfaces.linear_surface(
        X, Y, SLOPES, INTERCEPTS, directions=(d1, d2), center=center
    )
    expected = np.mean((X @ (center + 2 * d1 + 5 * d2) - Y) ** 2)
    assert_allclose(grid.z[-1, -1], expected)
    robust = surfaces.linear_surface(
        X,
        Y,
        SLOPES,
        INTERCEPTS,
        loss="huber_loss",
        delta=1e9,
        directions=(d1, d2),
        center=center,
    )
    assert_allclose(robust.z, grid.z / 2)


def test_one_example_has_a_valley_and_parallel_directions_do_too():
    one = surfaces.linear_surface([[1.0, 2]], [3.0], [1, 3], [0, 1])
    assert_allclose(one.z, [[4, 0], [0, 4]])
    same = surfaces.linear_surface(
        [[1.0], [2.0]], [1, 2], [0, 1], [0, 1], directions=([1.0], [1.0])
    )
    assert_allclose(same.z, [[2.5, 0], [0, 2.5]], atol=1e-14)


@pytest.mark.parametrize("loss", ["mse_loss", "soft_margin_loss"])
def test_missing_data_give_no_surface_rather_than_a_wrong_one(loss):
    X = [[1.0, 1], [np.nan, 1], [2, 1]]
    grid = surfaces.linear_surface(X, [1, -1, 1], [0, 1], [0, 1], loss=loss)
    assert np.isnan(grid.z).all()


def test_memory_does_not_grow_with_data_or_grid(monkeypatch):
    monkeypatch.setattr(_linear_surfaces, "CHUNK", 1000)
    sizes = []
    record = LOSSES["huber_loss"]

    def watched(input, target, **settings):
        sizes.append(input.size)
        return record.value(input, target, **settings)

    monkeypatch.setitem(
        LOSSES, "huber_loss", dataclasses.replace(record, value=watched)
    )
    x = np.linspace(0, 1, 777)
    surfaces.line_surface(x, x, np.arange(9), np.arange(50))
    assert max(sizes) <= 1000
    assert sum(sizes) == 777 * 9 * 50


def test_losses_of_scores_take_one_prediction_and_no_comparison():
    families = {LOSSES[n].family for n in surfaces.losses_of_scores()}
    assert families == {"residual", "likelihood", "classification"}


def test_a_grid_may_be_written_as_lists():
    grid = surfaces.Grid([0, 1], [5, 6, 7], [[3, 4], [2, 9], [8, 8]])
    assert grid.minimum == (0, 6, 2)
    assert grid.z.dtype == np.float64


def test_gradient_of_a_quadratic_is_exact():
    grid = surfaces.evaluate(
        lambda x, y: x**2 + 3 * x * y - y**2, (-1, 2), (0, 4), n=9
    )
    along_x, along_y = surfaces.gradient(grid)
    assert_allclose(along_x, 2 * grid.x + 3 * grid.y[:, None])
    assert_allclose(along_y, 3 * grid.x - 2 * grid.y[:, None], atol=1e-12)


X3 = np.arange(3.0)

BAD = [
    (
        lambda: surfaces.Grid(np.arange(2), np.arange(3), np.ones((2, 3))),
        r"z must have shape \(3, 2\), got \(2, 3\)",
    ),
    (
        lambda: surfaces.evaluate(np.add, (0, 1), (1, 1)),
        r"ylim must increase, got \(1, 1\)",
    ),
    (
        lambda: surfaces.evaluate(np.add, (0, 1), 5),
        "ylim must be a pair, got 5",
    ),
    (
        lambda: surfaces.evaluate(np.add, (0, np.inf), (0, 1)),
        r"xlim\[1\] must be a finite number, got inf",
    ),
    (
        lambda: surfaces.evaluate(np.add, (0, 1), (0, 1), n=1),
        "n must be a whole number of at least 2, got 1",
    ),
    (
        lambda: surfaces.evaluate(lambda x, y: 1.0, (0, 1), (0, 1), n=2),
        r"f must return shape \(2, 2\), got \(\)",
    ),
    (
        lambda: surfaces.least_squares_surface([1], [1, 2], [0], [0]),
        r"x and y must have the same shape, got \(1,\) and \(2,\)",
    ),
    (
        lambda: surfaces.line_surface([1], [1], 0.5, [0]),
        r"slopes must have one dimension, got shape \(\)",
    ),
    (
        lambda: surfaces.line_surface([1], [1], [0], [0], "mixture_nll_loss"),
        r"loss must be one of lossviz.surfaces.losses_of_scores\(\), "
        r"got 'mixture_nll_loss' \(nearest: 'von_mises_nll_loss'\)",
    ),
    (
        lambda: surfaces.linear_surface([1, 2], [1, 2], [0], [0]),
        r"X must have shape \(n, d\), got \(2,\)",
    ),
    (
        lambda: surfaces.linear_surface([[1, 2]], [1, 2], [0], [0]),
        r"X and y must be of one length, got 1 and 2",
    ),
    (
        lambda: surfaces.linear_surface([[1, 2]], [[[1]]], [0], [0]),
        r"y must have shape \(n,\) or \(n, K\), got \(1, 1, 1\)",
    ),
    (
        lambda: surfaces.linear_surface([[1, 2, 3]], [1], [0], [0]),
        "directions must be given unless X has 2 columns, got 3",
    ),
    (
        lambda: surfaces.linear_surface(
            [[1, 2]], [1], [0], [0], directions=[1]
        ),
        r"directions must be a pair, got \[1\]",
    ),
    (
        lambda: surfaces.linear_surface(
            [[1, 2]], [1], [0], [0], directions=([1], [2])
        ),
        r"directions must have shape \(2,\) or \(2, K\), got \(1,\)",
    ),
    (
        lambda: surfaces.linear_surface([[1, 2]], [1], [0], [0], center=[1]),
        r"center, directions\[0\] and directions\[1\] must have the same "
        r"shape, got \(1,\), \(2,\) and \(2,\)",
    ),
    (
        lambda: surfaces.linear_surface(
            [[1, 2]], [0.5], [0], [0], loss="soft_margin_loss"
        ),
        "target must hold 1 and -1 only, got 0.5",
    ),
    (
        lambda: surfaces.gradient(surfaces.Grid(X3[:2], X3, np.ones((3, 2)))),
        r"grid must have 3 points along each axis, got \(3, 2\)",
    ),
    (
        lambda: surfaces.gradient(None),
        "grid must be a lossviz.surfaces.Grid, got None",
    ),
    (
        lambda: surfaces.Grid(None, X3, np.ones((3, 1))),
        "x must hold real numbers only, got None",
    ),
    (
        lambda: surfaces.Grid(X3, X3[:0], np.ones((0, 3))),
        "y must hold at least 1 number, got 0",
    ),
    (
        lambda: surfaces.Grid(X3, X3, [["a"] * 3] * 3),
        "z must hold real numbers only, got .*",
    ),
    (
        lambda: surfaces.Grid(X3, X3, np.full((3, 3), np.nan)).minimum,
        "z must hold a number somewhere, got only NaN",
    ),
    (
        lambda: surfaces.evaluate(3, (0, 1), (0, 1)),
        "f must be callable, got 3",
    ),
    (
        lambda: surfaces.evaluate(np.add, None, (0, 1)),
        "xlim must be a pair, got None",
    ),
    (
        lambda: surfaces.line_surface(X3, X3, X3, X3, loss=None),
        r"loss must be one of lossviz.surfaces.losses_of_scores\(\), got None",
    ),
    (
        lambda: surfaces.line_surface(X3, X3, X3, X3, beta=1),
        "a parameter of huber_loss must be 'delta' or 'weight', got 'beta'",
    ),
    (
        lambda: surfaces.line_surface(X3, X3, X3, X3, delta="a"),
        "delta must be positive, got 'a'",
    ),
    (
        lambda: surfaces.line_surface([1], [1], [0], [0], delta=-1),
        "delta must be positive, got -1",
    ),
]


@pytest.mark.parametrize("call, message", BAD)
def test_bad_input_is_named_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()

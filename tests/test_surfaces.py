import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import data, fits, surfaces
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
    monkeypatch.setattr(surfaces, "CHUNK", chunk)
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
        "xlim must be a finite number, got inf",
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
        r"slopes must have one dimension and some values, got shape \(\)",
    ),
    (
        lambda: surfaces.line_surface([1], [1], [0], [0], "mixture_nll_loss"),
        "loss must be 'mse_loss', .*, got 'mixture_nll_loss'",
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

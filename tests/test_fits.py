import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import data, fits
from lossviz.losses import LOSSES

SMOOTH = [
    ("mse_loss", {}),
    ("huber_loss", {"delta": 0.3}),
    ("huber_loss", {"delta": 2.0}),
    ("smooth_l1_loss", {"beta": 0.5}),
    ("pseudo_huber_loss", {"delta": 0.7}),
    ("log_cosh_loss", {}),
    ("general_robust_loss", {"alpha": 2.0, "c": 0.5}),
    ("general_robust_loss", {"alpha": 1.0, "c": 0.5}),
    ("general_robust_loss", {"alpha": 0.0, "c": 0.5}),
    ("general_robust_loss", {"alpha": -2.0, "c": 0.5}),
    ("general_robust_loss", {"alpha": -np.inf, "c": 0.5}),
]
LEVELS = [("l1_loss", {})] + [
    ("quantile_loss", {"q": q}) for q in (0.1, 0.5, 0.8)
]
each_smooth = pytest.mark.parametrize("loss, parameters", SMOOTH)
each_level = pytest.mark.parametrize("loss, parameters", LEVELS)
each_loss = pytest.mark.parametrize("loss, parameters", SMOOTH + LEVELS)


def outlying_line(seed=0):
    x, y = data.line(np.random.default_rng(seed))
    return x, data.add_outliers(y)[0]


def total(loss, residual, parameters):
    """Total loss of residuals target − prediction, along the last axis."""
    return LOSSES[loss].curve(-np.asarray(residual), **parameters).sum(axis=-1)


def best_line_through_two_points(loss, x, y, parameters):
    lines = []
    for i, j in itertools.combinations(range(len(x)), 2):
        if x[i] != x[j]:
            slope = (y[j] - y[i]) / (x[j] - x[i])
            lines.append((y[i] - slope * x[i], slope))
    intercept, slope = np.array(lines).T[..., None]
    return total(loss, y - intercept - slope * x, parameters).min()


@each_loss
def test_pull_is_the_derivative_of_the_loss_along_the_residual(
    loss, parameters
):
    r = np.array([-20, -1.1, -0.2, 0.25, 1.3, 20])
    h = 1e-6
    higher, lower = (
        LOSSES[loss].curve(-(r + step), **parameters) for step in (h, -h)
    )
    assert_allclose(
        fits.psi(loss, r, **parameters),
        (higher - lower) / (2 * h),
        rtol=1e-6,
        atol=1e-8,
    )


@each_loss
def test_weight_times_residual_is_the_pull(loss, parameters):
    r = np.array([-20.0, -1, -1e-3, 1e-3, 0.4, 20])
    assert_allclose(
        fits.weight(loss, r, **parameters) * r,
        fits.psi(loss, r, **parameters),
        rtol=1e-13,
    )


@each_smooth
def test_weight_of_a_zero_residual_is_its_limit(loss, parameters):
    at_zero, nearby = fits.weight(loss, [0.0, 1e-7], **parameters)
    assert_allclose(at_zero, nearby, rtol=1e-10)


@each_level
def test_weight_of_a_zero_residual_is_infinite_at_a_kink(loss, parameters):
    assert fits.weight(loss, 0.0, **parameters) == np.inf


def test_a_residual_of_ten_sigma_weighs_what_the_formulas_say():
    assert_allclose(fits.weight("mse_loss", 10), 2)
    assert_allclose(fits.weight("l1_loss", 10), 0.1)
    assert_allclose(fits.weight("huber_loss", 10, delta=1.5), 0.15)
    assert_allclose(
        fits.weight("general_robust_loss", 10, alpha=-2, c=1), 1 / 26**2
    )


@each_smooth
@pytest.mark.parametrize("seed", range(5))
def test_pulls_on_a_fitted_line_balance(loss, parameters, seed):
    x, y = outlying_line(seed)
    intercept, slope = fits.fit_line(x, y, loss, **parameters)
    pull = fits.psi(loss, y - intercept - slope * x, **parameters)
    assert abs(pull.sum()) < 1e-9
    assert abs(pull @ x) < 1e-8


@each_level
@pytest.mark.parametrize("n", [2, 3, 4, 7, 30])
@pytest.mark.parametrize("seed", range(5))
def test_no_line_through_two_points_beats_the_quantile_line(
    loss, parameters, n, seed
):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, n))
    intercept, slope = fits.fit_line(x, y, loss, **parameters)
    cost = total(loss, y - intercept - slope * x, parameters)
    best = best_line_through_two_points(loss, x, y, parameters)
    assert_allclose(cost, best, rtol=1e-12, atol=1e-12)


@each_level
@pytest.mark.parametrize("seed", range(20))
def test_quantile_line_is_best_where_many_points_share_lines(
    loss, parameters, seed
):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 4, size=(2, 12)).astype(float)
    intercept, slope = fits.fit_line(x, y, loss, **parameters)
    cost = total(loss, y - intercept - slope * x, parameters)
    best = best_line_through_two_points(loss, x, y, parameters)
    assert_allclose(cost, best, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_a_share_q_of_the_points_lies_under_the_quantile_line(q):
    x, y = data.skewed_line(np.random.default_rng(0), 400, skew=2)
    intercept, slope = fits.fit_line(x, y, "quantile_loss", q=q)
    residual = y - intercept - slope * x
    assert np.sum(abs(residual) < 1e-9) == 2
    assert abs((residual < 0).mean() - q) <= 2 / 400


@each_loss
def test_line_follows_a_change_of_axes(loss, parameters):
    x, y = outlying_line()
    intercept, slope = fits.fit_line(x, y, loss, **parameters)
    moved = fits.fit_line(4 * x + 1000, y + 3 * x - 7, loss, **parameters)
    new_slope = (slope + 3) / 4
    assert_allclose(
        moved, (intercept - 7 - 1000 * new_slope, new_slope), rtol=1e-6
    )


def test_least_squares_line_solves_the_normal_equations():
    x, y = outlying_line()
    X = np.column_stack([np.ones_like(x), x])
    assert_allclose(
        fits.fit_line(x, y), np.linalg.solve(X.T @ X, X.T @ y), rtol=1e-10
    )
    assert_allclose(fits.least_squares(X, y), fits.fit_line(x, y))


def test_huber_line_runs_from_least_squares_to_least_absolute_deviations():
    x, y = outlying_line()
    wide = fits.fit_line(x, y, "huber_loss", delta=1e6)
    narrow = fits.fit_line(x, y, "huber_loss", delta=1e-4)
    assert_allclose(wide, fits.fit_line(x, y))
    assert_allclose(narrow, fits.fit_line(x, y, "l1_loss"), atol=1e-3)


def test_line_through_exact_points_is_found_by_every_loss():
    x = np.arange(6.0)
    for loss, parameters in SMOOTH + LEVELS:
        line = fits.fit_line(x, 3 - 2 * x, loss, **parameters)
        assert_allclose(line, (3, -2), atol=1e-12)


def test_lecture_lines_move_as_much_as_the_lecture_says():
    x, clean = data.line(np.random.default_rng(0))
    y, _ = data.add_outliers(clean)
    slopes = [
        fits.fit_line(x, clean)[1],
        fits.fit_line(x, y)[1],
        fits.fit_line(x, y, "l1_loss")[1],
        fits.fit_line(x, y, "huber_loss")[1],
    ]
    assert_allclose(slopes, [0.498, 0.149, 0.473, 0.435], atol=5e-4)


@each_smooth
def test_reweighting_from_any_start_never_raises_the_loss(loss, parameters):
    x, y = outlying_line()
    X = np.column_stack([np.ones_like(x), x])
    paths = [
        fits.irls(X, y, loss, start=[5, -1], n_steps=k, **parameters)
        for k in range(12)
    ]
    costs = [total(loss, y - X @ theta, parameters) for theta in paths]
    assert_array_equal(paths[0], [5, -1])
    assert (np.diff(costs) <= 1e-9).all()


@each_level
def test_reweighting_comes_close_to_the_exact_quantile_line(loss, parameters):
    x, y = outlying_line()
    X = np.column_stack([np.ones_like(x), x])
    theta = fits.irls(X, y, loss, **parameters)
    exact = fits.fit_line(x, y, loss, **parameters)
    assert_allclose(
        total(loss, y - X @ theta, parameters),
        total(loss, y - X @ exact, parameters),
        rtol=1e-4,
    )


def test_reweighting_stops_where_every_weight_vanishes():
    far = fits.irls(
        [[1.0]], [50.0], "general_robust_loss", start=[1], alpha=-np.inf, c=0.1
    )
    assert_array_equal(far, [1])


def test_gain_of_the_occluded_template_is_that_of_the_lecture():
    template, view = data.occluded_template()
    X, y = template.reshape(-1, 1), view.ravel()
    robust = fits.irls(X, y, "general_robust_loss", alpha=-2, c=0.145)
    assert_allclose(fits.least_squares(X, y), 1.022, atol=2e-3)
    assert_allclose(robust, 0.718, atol=2e-3)


@pytest.mark.parametrize("q", [0.2, 0.5, 0.9])
def test_linear_program_is_as_good_as_the_quantile_line(q):
    x, y = outlying_line()
    X = np.column_stack([np.ones_like(x), x])
    lines = [
        fits.quantile_regression(X, y, q=q),
        fits.fit_line(x, y, "quantile_loss", q=q),
    ]
    costs = [total("quantile_loss", y - X @ line, {"q": q}) for line in lines]
    assert_allclose(*costs, rtol=1e-12)


def test_least_deviations_zero_residuals_and_the_lasso_zeroes_weights():
    X, y, _ = data.sparse_linear(np.random.default_rng(0))
    deviations = fits.quantile_regression(X, y)
    penalised = fits.lasso(X, y, strength=0.1)
    assert np.sum(abs(y - X @ deviations) < 1e-9) == 20
    assert np.sum(deviations == 0) == 0
    assert np.sum(penalised == 0) == 14


@pytest.mark.parametrize("strength", [0.0, 0.02, 0.3, 10.0])
def test_lasso_meets_its_optimality_conditions(strength):
    X, y, _ = data.sparse_linear(np.random.default_rng(1))
    theta = fits.lasso(X, y, strength=strength)
    pull = X.T @ (y - X @ theta) / len(y)
    zero = theta == 0
    assert (abs(pull[zero]) <= strength + 1e-12).all()
    assert_allclose(pull[~zero], strength * np.sign(theta[~zero]), atol=1e-12)


def test_lasso_agrees_with_scikit_learn_and_skips_an_empty_column():
    from sklearn.linear_model import Lasso

    X, y, _ = data.sparse_linear(np.random.default_rng(2))
    X[:, 3] = 0
    oracle = Lasso(alpha=0.05, fit_intercept=False, tol=1e-12).fit(X, y)
    assert_allclose(fits.lasso(X, y, strength=0.05), oracle.coef_, atol=1e-7)


@each_loss
@pytest.mark.parametrize("n", [1, 10, 101])
def test_best_constant_is_as_good_as_any_on_a_fine_grid(loss, parameters, n):
    y = np.random.default_rng(4).exponential(size=n)
    best = fits.best_constant(y, loss, **parameters)
    grid = np.linspace(y.min() - 1, y.max() + 1, 4001)
    costs = total(loss, y - grid[:, None], parameters)
    assert total(loss, y - best, parameters) <= costs.min() + 1e-9


def test_best_constants_are_mean_median_and_quantile():
    y = np.random.default_rng(0).exponential(size=2001)
    assert_allclose(fits.best_constant(y), y.mean())
    assert fits.best_constant(y, "l1_loss") == np.median(y)
    levels = [0.1, 0.5, 0.9]
    found = [fits.best_constant(y, "quantile_loss", q=q) for q in levels]
    assert_allclose(found, np.quantile(y, levels))
    assert_allclose(found, [0.106, 0.704, 2.314], atol=5e-4)


def test_best_constant_is_the_middle_where_an_interval_is_best():
    assert fits.best_constant([1, 2, 4, 9], "l1_loss") == 3
    assert fits.best_constant([1, 2, 4, 9], "quantile_loss", q=0.75) == 6.5


def test_standardised_columns_have_mean_zero_and_deviation_one():
    Y = np.random.default_rng(0).normal(size=(50, 2)) * [15, 0.1] + [70, 1.75]
    Z, mean, scale = fits.standardise(Y)
    assert_allclose(Z.mean(axis=0), 0, atol=1e-12)
    assert_allclose(Z.std(axis=0), 1)
    assert_allclose(mean + scale * Z, Y)


def test_a_constant_column_stays_finite_when_standardised():
    Z, mean, scale = fits.standardise([[2.0, 1.0], [2.0, 3.0]])
    assert_array_equal(Z, [[0, -1], [0, 1]])
    assert_array_equal(scale, [1, 1])


BAD = [
    (
        lambda: fits.fit_line([0, 1], [0, 1, 2]),
        r"x and y must have the same shape, got \(2,\) and \(3,\)",
    ),
    (
        lambda: fits.fit_line([[0, 1]], [[0, 1]]),
        r"x must have one dimension, got shape \(1, 2\)",
    ),
    (
        lambda: fits.fit_line([1, 1], [0, 1]),
        "x must hold at least 2 different values, got 1",
    ),
    (
        lambda: fits.fit_line([], []),
        "x must hold at least 2 different values, got 0",
    ),
    (
        lambda: fits.fit_line([0, 1], [0, np.nan]),
        "y must hold finite numbers only, got nan",
    ),
    (
        lambda: fits.fit_line([0, 1], [0, 1], "huber_loss", delta=0),
        "delta must be positive, got 0",
    ),
    (
        lambda: fits.fit_line([0, 1], [0, 1], "quantile_loss", q=1.5),
        "q must lie strictly between 0 and 1, got 1.5",
    ),
    (
        lambda: fits.quantile_regression([[1.0]], [1.0], q=0),
        "q must lie strictly between 0 and 1, got 0",
    ),
    (
        lambda: fits.fit_line([0, 1], [0, 1], "gaussian_nll_loss"),
        "loss must be 'mse_loss', .*, got 'gaussian_nll_loss'",
    ),
    (
        lambda: fits.psi("median", 1.0),
        "loss must be 'mse_loss', .*, got 'median'",
    ),
    (
        lambda: fits.least_squares([1.0, 2.0], [1.0, 2.0]),
        r"X and y must have shapes \(n, d\) and \(n,\), got .*",
    ),
    (
        lambda: fits.irls([[1.0]], [1.0], "l1_loss", start=[1, 2]),
        r"start must have shape \(1,\), got \(2,\)",
    ),
    (
        lambda: fits.irls([[1.0]], [1.0], "l1_loss", n_steps=-1),
        "n_steps must be a whole number of at least 0, got -1",
    ),
    (
        lambda: fits.lasso([[1.0]], [1.0], strength=-1),
        "strength must not be negative, got -1",
    ),
    (
        lambda: fits.best_constant([]),
        r"y must hold at least 1 value, got shape \(0,\)",
    ),
    (
        lambda: fits.standardise(3.0),
        r"Y must have at least one row, got shape \(\)",
    ),
]


@pytest.mark.parametrize("call, message", BAD)
def test_bad_input_is_named_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()

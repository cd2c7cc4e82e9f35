import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from lossviz.optimizers import METHODS, descend

START = (-1.2, 1.0)


def slope_of_rosenbrock(point):
    x, y = point
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def array_slope(point):
    return np.array(slope_of_rosenbrock(point))


def path_of_torch(optimizer, start, n_steps):
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = optimizer([theta])
    path = [theta.detach().clone()]
    for _ in range(n_steps):
        optimizer.zero_grad()
        x, y = theta
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
        optimizer.step()
        path.append(theta.detach().clone())
    return torch.stack(path).numpy()


CASES = [
    ({"method": "sgd", "step": 1e-3}, lambda p: torch.optim.SGD(p, lr=1e-3)),
    *[
        (
            {"method": "momentum", "step": 1e-4, "momentum": momentum},
            lambda p, m=momentum: torch.optim.SGD(p, lr=1e-4, momentum=m),
        )
        for momentum in (0.0, 0.9, 0.99)
    ],
    *[
        (
            {"method": "nesterov", "step": 1e-4, "momentum": momentum},
            lambda p, m=momentum: torch.optim.SGD(
                p, lr=1e-4, momentum=m, nesterov=True
            ),
        )
        for momentum in (1e-3, 0.9, 0.99)
    ],
    *[
        (
            {"method": "rmsprop", "step": 1e-2, "alpha": alpha, "eps": eps},
            lambda p, a=alpha, e=eps: torch.optim.RMSprop(
                p, lr=1e-2, alpha=a, eps=e
            ),
        )
        for alpha, eps in [(0.99, 1e-8), (0.0, 1e-8), (0.5, 10.0)]
    ],
    *[
        (
            {"method": "adam", "step": 1e-2, "betas": betas, "eps": eps},
            lambda p, b=betas, e=eps: torch.optim.Adam(
                p, lr=1e-2, betas=b, eps=e
            ),
        )
        for betas, eps in [
            ((0.9, 0.999), 1e-8),
            ((0.0, 0.0), 1e-8),
            ((0.0, 0.999), 1e-8),
            ((0.99, 0.5), 0.1),
        ]
    ],
    (
        {"method": "adamw", "step": 1e-2},
        lambda p: torch.optim.AdamW(p, lr=1e-2),
    ),
    *[
        (
            {"method": "adamw", "step": 1e-2, "betas": b, "weight_decay": w},
            lambda p, b=b, w=w: torch.optim.AdamW(
                p, lr=1e-2, betas=b, weight_decay=w
            ),
        )
        for b, w in [
            ((0.9, 0.999), 0.0),
            ((0.0, 0.0), 1.0),
            ((0.9, 0.5), 100.0),
            ((0.9, 0.999), 150.0),
        ]
    ],
    *[
        (
            {"method": method, "step": 1e-3, "weight_decay": decay},
            lambda p, kind=kind, decay=decay: kind(
                p, lr=1e-3, weight_decay=decay
            ),
        )
        for method, kind in [
            ("sgd", torch.optim.SGD),
            ("rmsprop", torch.optim.RMSprop),
            ("adam", torch.optim.Adam),
        ]
        for decay in (0.01, 30.0)
    ],
    *[
        (
            {"method": method, "step": 1e-4, "weight_decay": 5.0},
            lambda p, nesterov=method == "nesterov": torch.optim.SGD(
                p, lr=1e-4, momentum=0.9, nesterov=nesterov, weight_decay=5.0
            ),
        )
        for method in ("momentum", "nesterov")
    ],
]


@pytest.mark.parametrize("settings, optimizer", CASES)
@pytest.mark.parametrize("grad", [slope_of_rosenbrock, array_slope])
def test_every_step_is_that_of_torch(settings, optimizer, grad):
    ours = descend(grad, START, n_steps=100, **settings)
    theirs = path_of_torch(optimizer, START, 100)
    assert ours.shape == (101, 2)
    assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("method", METHODS)
def test_floats_and_arrays_walk_the_same_path(method):
    settings = {"method": method, "step": 1e-3, "n_steps": 50}
    assert_array_equal(
        descend(slope_of_rosenbrock, START, **settings),
        descend(array_slope, START, **settings),
    )


@pytest.mark.parametrize("method", METHODS)
def test_path_goes_nowhere_from_a_minimum(method):
    settings = {"method": method, "step": 0.1, "weight_decay": 0}
    path = descend(slope_of_rosenbrock, (1, 1), **settings)
    assert_array_equal(path, np.ones((101, 2)))


@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize("kind", [tuple, np.array])
def test_any_number_of_parameters_shrinks_as_the_formula_says(d, kind):
    path = descend(
        lambda p: kind([3 * value for value in p]),
        np.ones(d),
        step=0.1,
        n_steps=4,
    )
    assert_allclose(path, np.outer(0.7 ** np.arange(5), np.ones(d)))


def test_first_step_of_adam_has_the_length_of_the_step():
    path = descend(lambda p: 1e-3 * p, [5.0, -2], method="adam", step=0.1)
    assert_allclose(path[1] - path[0], [-0.1, 0.1], rtol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_weight_decay_alone_pulls_towards_zero(method):
    settings = {"method": method, "step": 0.1, "weight_decay": 0.5}
    path = descend(lambda p: (0.0, 0.0), (3, -2), n_steps=5, **settings)
    assert (np.diff(np.abs(path), axis=0) < 0).all()


def test_without_momentum_nesterov_is_plain_descent():
    settings = {"step": 1e-3, "n_steps": 50}
    assert_array_equal(
        descend(slope_of_rosenbrock, START, method="sgd", **settings),
        descend(
            slope_of_rosenbrock,
            START,
            method="nesterov",
            momentum=0,
            **settings,
        ),
    )


def test_no_steps_leave_the_start_alone():
    start = np.array([1.0, 2.0])
    path = descend(array_slope, start, step=1, n_steps=0)
    assert_array_equal(path, [[1, 2]])
    path[0] = 9
    assert_array_equal(start, [1, 2])


def test_a_gradient_that_writes_into_its_argument_does_no_harm():
    def grad(point):
        point *= 2
        return point

    assert_allclose(descend(grad, [1.0], step=0.25, n_steps=2)[-1], 0.25)


@pytest.mark.parametrize("grad", [slope_of_rosenbrock, array_slope])
def test_a_path_that_explodes_ends_without_numbers_or_warnings(grad):
    path = descend(grad, START, step=1.0, n_steps=50)
    assert path.shape == (51, 2)
    assert not np.isfinite(path[-1]).any()


def test_a_power_that_overflows_ends_the_path_in_nan():
    path = descend(lambda p: (p[0] ** 3,), [10.0], step=1.0, n_steps=20)
    assert path.shape == (21, 1)
    assert np.isnan(path[-1])


BAD = [
    ({"step": 0}, "step must be positive, got 0"),
    ({"step": np.nan}, "step must be positive, got nan"),
    (
        {"n_steps": 1.5},
        "n_steps must be a whole number of at least 0, got 1.5",
    ),
    (
        {"method": "newton"},
        "method must be 'sgd', 'momentum', 'nesterov', 'rmsprop', 'adam' "
        "or 'adamw', got 'newton'",
    ),
    ({"momentum": 1.0}, "momentum must be below 1, got 1.0"),
    ({"momentum": -0.1}, "momentum must lie between 0 and 1, got -0.1"),
    ({"alpha": 2}, "alpha must lie between 0 and 1, got 2"),
    ({"betas": 0.9}, "betas must be a pair, got 0.9"),
    ({"betas": (0.9, 1)}, "betas must be below 1, got 1.0"),
    ({"eps": 0}, "eps must be positive, got 0"),
    ({"weight_decay": -1}, "weight_decay must not be negative, got -1"),
]


@pytest.mark.parametrize("settings, message", BAD)
def test_bad_settings_are_named_in_one_sentence(settings, message):
    with pytest.raises(ValueError) as caught:
        descend(slope_of_rosenbrock, START, **{"step": 0.1, **settings})
    assert str(caught.value) == message


def test_starts_and_gradients_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"^start must have shape \(d,\)"):
        descend(array_slope, 1.0, step=0.1)
    with pytest.raises(ValueError, match=r"^grad must return shape \(3,\)"):
        descend(lambda p: p[:2], [1.0, 2, 3], step=0.1)
    with pytest.raises(ValueError, match="^grad must be callable, got 3$"):
        descend(3, [1.0], step=0.1)
    with pytest.raises(ValueError, match="^grad must hold real numbers only"):
        descend(lambda p: None, [1.0], step=0.1)
    short = iter([(1.0, 2.0), (1.0, 2.0), (1.0,), (1.0,)])
    with pytest.raises(ValueError) as caught:
        descend(lambda p: next(short), [1.0, 2.0], step=0.1, n_steps=3)
    assert str(caught.value) == (
        "grad must return 2 numbers at every point, got 1"
    )

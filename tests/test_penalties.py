"""Penalties and their proximal maps against torch and their definitions."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from numpy.testing import assert_allclose, assert_array_equal
from oracle import agree, by_torch, reduced
from torch.nn import functional as F

from lossviz import losses
from lossviz.losses import (
    elastic_net_penalty,
    elastic_net_penalty_grad,
    elastic_net_threshold,
    l1_penalty,
    l1_penalty_grad,
    l2_penalty,
    l2_penalty_grad,
    shrink,
    soft_threshold,
)

seeds = st.integers(0, 2**32 - 1)
shapes = array_shapes(min_dims=0, max_dims=3, max_side=4)
reductions = st.sampled_from(["mean", "sum", "none"])
ratios = st.floats(0, 1)
weights = st.floats(-100, 100)
strengths = st.floats(0, 10)
near_by = np.linspace(-1, 1, 401)


def elastic_net_in_torch(weights, l1_ratio, reduction):
    values = l1_ratio * weights.abs() + (1 - l1_ratio) * weights**2
    return reduced(values, reduction)


@given(seeds, shapes, reductions, ratios, st.booleans())
def test_penalties_are_their_formula_in_torch(
    seed, shape, reduction, l1_ratio, whole
):
    theta = np.random.default_rng(seed).normal(size=shape)
    # whole numbers have the kink at 0 among them
    theta = np.round(theta) if whole else theta
    for ratio, name, options in [
        (1.0, "l1_penalty", {}),
        (0.0, "l2_penalty", {}),
        (l1_ratio, "elastic_net_penalty", {"l1_ratio": l1_ratio}),
    ]:
        value, slope = by_torch(
            elastic_net_in_torch, [theta], l1_ratio=ratio, reduction=reduction
        )
        options["reduction"] = reduction
        agree(getattr(losses, name)(theta, **options), value)
        agree(getattr(losses, f"{name}_grad")(theta, **options), slope)


def test_a_share_of_a_square_is_finite_where_the_square_is_not():
    value = elastic_net_penalty(1.5e154, l1_ratio=0.75)
    assert_allclose(value, 0.25 * 1.5e154 * 1.5e154)


@given(weights, weights, ratios)
def test_penalties_are_convex_even_and_least_at_zero(a, b, l1_ratio):
    for penalty in (
        l1_penalty,
        l2_penalty,
        lambda theta: elastic_net_penalty(theta, l1_ratio=l1_ratio),
    ):
        middle = penalty((a + b) / 2)
        assert middle <= (penalty(a) + penalty(b)) / 2 * (1 + 1e-12)
        assert penalty(-a) == penalty(a) >= penalty(0.0) == 0


@given(weights, strengths, ratios)
def test_proximal_maps_minimise_what_defines_them(v, t, l1_ratio):
    def objective(theta, l1_ratio):
        penalty = elastic_net_penalty(
            theta, l1_ratio=l1_ratio, reduction="none"
        )
        return 0.5 * (theta - v) ** 2 + t * penalty

    for found, ratio in [
        (soft_threshold(v, t), 1),
        (shrink(v, t), 0),
        (elastic_net_threshold(v, t, l1_ratio=l1_ratio), l1_ratio),
    ]:
        least = objective(found, ratio)
        for scale in (1e-3, 1, 100):
            others = objective(found + scale * near_by, ratio)
            assert (least <= others + 1e-12 * (1 + least)).all()


@given(weights, strengths)
def test_soft_threshold_leaves_the_subgradient_of_l1(v, t):
    theta = soft_threshold(v, t)
    if theta == 0:
        assert abs(v) <= t
    else:
        slope = theta - v + t * l1_penalty_grad(theta)
        assert_allclose(slope, 0, atol=1e-12)


@given(seeds, strengths)
def test_soft_threshold_is_torchs_softshrink(seed, t):
    v = np.random.default_rng(seed).normal(scale=5, size=20)
    theirs = F.softshrink(torch.tensor(v), t).numpy()
    assert_allclose(soft_threshold(v, t), theirs, atol=1e-14)


@given(weights, weights, strengths, ratios)
def test_proximal_maps_bring_points_no_further_apart(a, b, t, l1_ratio):
    for near in (
        soft_threshold,
        shrink,
        lambda v, t: elastic_net_threshold(v, t, l1_ratio=l1_ratio),
    ):
        assert abs(near(a, t) - near(b, t)) <= abs(a - b) + 1e-12


def test_only_the_absolute_penalty_gives_exact_zeros():
    v = [0.1, -0.5, 2.0]
    assert_array_equal(soft_threshold(v, 0.5), [0, 0, 1.5])
    assert_array_equal(shrink(v, 0.5), [0.05, -0.25, 1])
    assert_array_equal(elastic_net_threshold(v, 1.0), [0, 0, 0.75])


def test_a_threshold_of_zero_changes_nothing():
    v = np.array([0.1, -0.5, 2.0])
    for near in (soft_threshold, shrink, elastic_net_threshold):
        result = near(v, 0)
        assert_array_equal(result, v)
        assert result is not v


def test_elastic_net_lies_between_the_two():
    theta = [1.0, -2.0, 0.5]
    assert elastic_net_penalty(theta, l1_ratio=1) == l1_penalty(theta) == 3.5
    assert elastic_net_penalty(theta, l1_ratio=0) == l2_penalty(theta) == 5.25
    assert elastic_net_penalty(theta) == (3.5 + 5.25) / 2
    assert_array_equal(elastic_net_penalty_grad(theta), [1.5, -2.5, 1])


def test_weight_decay_is_half_the_squared_penalty():
    theta = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    start = theta.detach().numpy().copy()
    optimizer = torch.optim.SGD([theta], lr=0.1, weight_decay=0.3)
    (0 * theta.sum()).backward()
    optimizer.step()
    ours = start - 0.1 * 0.3 / 2 * l2_penalty_grad(start)
    assert_allclose(theta.detach().numpy(), ours, rtol=1e-15)


def test_strengths_for_sum_and_mean_differ_by_the_number_of_examples():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.normal(size=60)
    ridge = np.linalg.solve(X.T @ X + 7 * np.eye(3), X.T @ y)
    by_sum = 2 * X.T @ (X @ ridge - y) + 7 * l2_penalty_grad(ridge)
    by_mean = losses.mse_loss_grad(X @ ridge, y) @ X
    by_mean += 7 / 60 * l2_penalty_grad(ridge)
    assert_allclose(by_sum, np.zeros(3), atol=1e-12)
    assert_allclose(by_mean, np.zeros(3), atol=1e-14)


def test_proximal_steps_reach_the_lasso_and_its_zeros():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 20))
    y = X[:, :3] @ [3.0, -2.0, 1.0] + rng.normal(size=60)
    strength, theta = 0.3, np.zeros(20)
    step = 60 / np.linalg.norm(X, 2) ** 2
    for _ in range(300):
        slope = X.T @ (X @ theta - y) / 60
        theta = soft_threshold(theta - step * slope, step * strength)
    pull = X.T @ (y - X @ theta) / 60
    zero = theta == 0
    assert 0 < zero.sum() < 20
    assert_allclose(pull[~zero], strength * np.sign(theta[~zero]), rtol=1e-6)
    assert (np.abs(pull[zero]) <= strength).all()


@pytest.mark.parametrize(
    "call, sentence",
    [
        (
            lambda: soft_threshold([1.0], -0.5),
            "threshold must not be negative, got -0.5",
        ),
        (
            lambda: shrink([1.0], float("inf")),
            "threshold must be finite, got inf",
        ),
        (
            lambda: elastic_net_threshold([1.0], -1),
            "threshold must not be negative, got -1",
        ),
        (
            lambda: elastic_net_threshold([1.0], 1, l1_ratio=2),
            "l1_ratio must lie between 0 and 1, got 2",
        ),
        (
            lambda: elastic_net_penalty([1.0], l1_ratio=-0.1),
            "l1_ratio must lie between 0 and 1, got -0.1",
        ),
        (
            lambda: soft_threshold(["a"], 1),
            "weights must hold real numbers only, got ['a']",
        ),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence

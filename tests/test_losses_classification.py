"""Losses of classification against torch, mpmath and the lecture."""

import math

import mpmath
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
    LOSSES,
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    brier_score,
    brier_score_grad,
    cross_entropy,
    cross_entropy_grad,
    exponential_loss,
    focal_loss,
    focal_loss_grad,
    hinge_loss,
    hinge_loss_grad,
    kl_div,
    kl_div_grad,
    log_softmax,
    mse_loss,
    multi_margin_loss,
    multi_margin_loss_grad,
    nll_loss,
    nll_loss_grad,
    sigmoid,
    soft_margin_loss,
    soft_margin_loss_grad,
    softmax,
    squared_hinge_loss,
    zero_one_loss,
)

seeds = st.integers(0, 2**32 - 1)
shapes = array_shapes(min_dims=0, max_dims=3, max_side=4)
rows = st.sampled_from([(1,), (4,), (3, 4), (1, 1), (2, 3, 4), (2, 3, 2, 4)])
reductions = st.sampled_from(["mean", "sum", "none"])
switches = st.booleans()
shares = st.sampled_from([0.0, 0.1, 1.0])
logits = st.floats(-30, 30)
exponents = st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0])

SCORES = np.array([3.2, 1.3, 0.2, 0.8])  # whose true class is the first
FORECASTS = np.array(
    [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]
)


def compare(name, reference, data, *, largest=0.0, **keywords):
    """Compare a loss and its gradient with a function in torch."""
    tensors = {
        k: torch.tensor(v) if isinstance(v, np.ndarray) else v
        for k, v in keywords.items()
    }
    value, slope = by_torch(reference, data[:1], *data[1:], **tensors)
    agree(getattr(losses, name)(*data, **keywords), value, largest)
    agree(getattr(losses, f"{name}_grad")(*data, **keywords), slope, largest)


def class_axis(shape):
    return min(len(shape) - 1, 1)


def without_classes(shape):
    axis = class_axis(shape)
    return shape[:axis] + shape[axis + 1 :]


def random_classes(rng, shape):
    return rng.integers(0, shape[class_axis(shape)], without_classes(shape))


def random_probabilities(rng, shape):
    drawn = rng.dirichlet(
        np.ones(shape[class_axis(shape)]), without_classes(shape)
    )
    return np.moveaxis(drawn, -1, class_axis(shape))


def class_weights(rng, shape):
    return rng.exponential(size=shape[class_axis(shape)])


def signs(rng, shape):
    return rng.choice([-1.0, 1.0], shape)


# What torch lacks, written in torch


def hinge_in_torch(score, target, reduction="mean"):
    return reduced(torch.relu(1 - score * target), reduction)


def squared_hinge_in_torch(score, target, reduction="mean"):
    return reduced(torch.relu(1 - score * target) ** 2, reduction)


def exponential_in_torch(score, target, reduction="mean"):
    return reduced(torch.exp(-score * target), reduction)


def focal_in_torch(input, target, gamma, reduction="mean"):
    axis = class_axis(input.shape)
    log_p = torch.log_softmax(input, axis)
    log_p = log_p.gather(axis, target.unsqueeze(axis)).squeeze(axis)
    return reduced(-((1 - log_p.exp()) ** gamma) * log_p, reduction)


def brier_in_torch(probabilities, target, reduction="mean"):
    axis = class_axis(probabilities.shape)
    if target.ndim < probabilities.ndim:
        n_classes = probabilities.shape[axis]
        target = F.one_hot(target, n_classes).movedim(-1, axis)
    return reduced(((probabilities - target) ** 2).sum(axis), reduction)


# Agreement with torch over shapes, reductions and options


@given(seeds, shapes, reductions)
def test_margin_losses_are_torchs_or_their_formula(seed, shape, reduction):
    rng = np.random.default_rng(seed)
    data = [rng.normal(scale=3, size=shape), signs(rng, shape)]
    for name, reference in [
        ("soft_margin_loss", F.soft_margin_loss),
        ("hinge_loss", hinge_in_torch),
        ("squared_hinge_loss", squared_hinge_in_torch),
        ("exponential_loss", exponential_in_torch),
    ]:
        value, _ = by_torch(reference, data[:1], data[1])
        compare(name, reference, data, largest=value, reduction=reduction)


@given(seeds, shapes, reductions, switches, switches)
def test_bce_of_logits_is_torchs(seed, shape, reduction, weighted, positive):
    rng = np.random.default_rng(seed)
    data = [rng.normal(scale=5, size=shape), rng.uniform(size=shape)]
    options = {"reduction": reduction}
    if weighted:
        options["weight"] = rng.exponential(size=shape[-1:])
    if positive:
        options["pos_weight"] = rng.exponential(size=shape[-1:])
    name = "binary_cross_entropy_with_logits"
    compare(name, getattr(F, name), data, largest=50, **options)


@given(seeds, shapes, reductions, switches)
def test_bce_is_torchs(seed, shape, reduction, weighted):
    rng = np.random.default_rng(seed)
    data = list(rng.uniform(0.01, 0.99, size=(2, *shape)))
    options = {"reduction": reduction}
    if weighted:
        options["weight"] = rng.exponential(size=shape)
    compare(
        "binary_cross_entropy",
        F.binary_cross_entropy,
        data,
        largest=100,
        **options,
    )


@given(seeds, rows, reductions, switches, switches, shares)
def test_cross_entropy_of_indices_is_torchs(
    seed, shape, reduction, weighted, ignoring, smoothing
):
    rng = np.random.default_rng(seed)
    target = random_classes(rng, shape)
    options = {"label_smoothing": smoothing, "reduction": reduction}
    if weighted:
        options["weight"] = class_weights(rng, shape)
    if ignoring and target.size > 1:
        options["ignore_index"] = int(target.flat[0])
        target.flat[1] = (target.flat[0] + 1) % shape[class_axis(shape)]
    if (target != options.get("ignore_index")).any():
        data = [rng.normal(scale=3, size=shape), target]
        compare("cross_entropy", F.cross_entropy, data, **options)


@given(seeds, rows, reductions, switches, shares)
def test_cross_entropy_of_probabilities_is_torchs(
    seed, shape, reduction, weighted, smoothing
):
    rng = np.random.default_rng(seed)
    options = {"label_smoothing": smoothing, "reduction": reduction}
    if weighted:
        options["weight"] = class_weights(rng, shape)
    data = [
        rng.normal(scale=3, size=shape),
        random_probabilities(rng, shape),
    ]
    compare("cross_entropy", F.cross_entropy, data, **options)


@given(seeds, rows, reductions, switches, switches)
def test_nll_is_torchs(seed, shape, reduction, weighted, ignoring):
    rng = np.random.default_rng(seed)
    target = random_classes(rng, shape)
    options = {"reduction": reduction}
    if weighted:
        options["weight"] = class_weights(rng, shape)
    if ignoring and target.size > 1:
        target.flat[0] = options["ignore_index"] = -1
    data = [log_softmax(rng.normal(size=shape)), target]
    compare("nll_loss", F.nll_loss, data, **options)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_without_weight_the_slopes_are_torchs(name, shape, rng):
    z = rng.normal(size=shape)
    target = np.zeros(shape[:1] + shape[2:] if len(shape) > 1 else (), int)
    weight = np.array([0.0, 1, 1])
    _, theirs = by_torch(
        lambda *data: getattr(F, name)(*data, weight=torch.tensor(weight)),
        [z],
        target,
    )
    ours = getattr(losses, f"{name}_grad")(z, target, weight=weight)
    assert_array_equal(np.isnan(ours), np.isnan(theirs))
    assert_array_equal(ours[~np.isnan(ours)], theirs[~np.isnan(theirs)])


# torch warns that its mean is not the divergence
@pytest.mark.filterwarnings("ignore:reduction. 'mean'")
@given(
    seeds,
    shapes,
    st.sampled_from(["mean", "sum", "none", "batchmean"]),
    switches,
)
def test_kl_divergence_is_torchs(seed, shape, reduction, log_target):
    rng = np.random.default_rng(seed)
    input, target = -rng.exponential(size=(2, *shape))
    target = target if log_target else np.exp(target)
    options = {"log_target": log_target, "reduction": reduction}
    compare("kl_div", F.kl_div, [input, target], **options)


@given(
    seeds,
    st.sampled_from([(1,), (4,), (3, 4), (1, 1)]),
    reductions,
    st.sampled_from([1, 2]),
    st.sampled_from([-0.5, 0.0, 0.3, 1.0]),
    switches,
)
def test_multi_margin_is_torchs(seed, shape, reduction, p, margin, weighted):
    rng = np.random.default_rng(seed)
    options = {"p": p, "margin": margin, "reduction": reduction}
    if weighted:
        options["weight"] = class_weights(rng, shape)
    data = [rng.normal(size=shape), random_classes(rng, shape)]
    compare("multi_margin_loss", F.multi_margin_loss, data, **options)


@given(seeds, rows, reductions, exponents)
def test_focal_loss_is_its_formula_in_torch(seed, shape, reduction, gamma):
    rng = np.random.default_rng(seed)
    if shape[class_axis(shape)] > 1:
        data = [rng.normal(size=shape), random_classes(rng, shape)]
        options = {"gamma": gamma, "reduction": reduction}
        compare("focal_loss", focal_in_torch, data, **options)


@given(seeds, rows, reductions, switches)
def test_brier_score_is_its_formula_in_torch(seed, shape, reduction, soft):
    rng = np.random.default_rng(seed)
    draw = random_probabilities if soft else random_classes
    data = [random_probabilities(rng, shape), draw(rng, shape)]
    compare("brier_score", brier_in_torch, data, reduction=reduction)


@given(seeds, st.sampled_from([(4,), (3, 4), (4, 3, 2)]), st.data())
def test_softmax_is_torchs_along_any_axis(seed, shape, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    z = np.random.default_rng(seed).normal(scale=5, size=shape)
    for ours, theirs in [
        (softmax, torch.softmax),
        (log_softmax, torch.log_softmax),
    ]:
        agree(ours(z, axis=axis), theirs(torch.tensor(z), axis), 30)


# Kinks


@pytest.mark.parametrize("target", [1.0, -1.0])
def test_hinge_no_longer_pulls_where_the_margin_is_just_met(target):
    score = np.array([target])
    assert hinge_loss_grad(score, [target]) == 0
    _, slope = by_torch(hinge_in_torch, [score], np.array([target]))
    assert slope == 0


@given(seeds, st.sampled_from([1, 2]), switches)
def test_multi_margin_at_ties_has_torchs_gradient(seed, p, weighted):
    rng = np.random.default_rng(seed)
    options = {"p": p}
    if weighted:
        options["weight"] = class_weights(rng, (6, 4))
    data = [rng.integers(-1, 2, (6, 4)) * 1.0, rng.integers(0, 4, 6)]
    compare("multi_margin_loss", F.multi_margin_loss, data, **options)


def test_bce_of_sure_predictions_is_torchs():
    p = np.array([0.0, 1.0, 0.0, 1.0, 1e-60, 1e-300])
    y = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 0.5])
    value, slope = by_torch(F.binary_cross_entropy, [p], y, reduction="none")
    assert_array_equal(binary_cross_entropy(p, y, reduction="none"), value)
    ours = binary_cross_entropy_grad(p, y, reduction="none")
    assert_allclose(ours, slope, rtol=1e-15)
    assert_array_equal(value[:5], [0, 100, 100, 0, 100])


# Special cases


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize(
    "target, weight",
    [
        ([-100, -100], None),
        ([-100, -100], [1.0, 2.0, 3.0]),
        ([0, 1], [0.0, 0.0, 0.0]),
        ([-100, 1], [0.0, 0.0, 0.0]),
        ([0, -100], [0.0, 1.0, 1.0]),
    ],
)
def test_nothing_to_average_gives_what_torch_gives(
    target, weight, smoothing, reduction
):
    z = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]])
    options = {"reduction": reduction, "label_smoothing": smoothing}
    value, slope = by_torch(
        F.cross_entropy,
        [z],
        np.array(target),
        weight=None if weight is None else torch.tensor(weight).double(),
        **options,
    )
    options["weight"] = weight
    assert_allclose(cross_entropy(z, target, **options), value, rtol=1e-12)
    ours = cross_entropy_grad(z, target, **options)
    assert_allclose(ours, slope, rtol=1e-12)


def test_all_targets_ignored_give_nan_and_no_slope():
    for loss, gradient in [
        (cross_entropy, cross_entropy_grad),
        (nll_loss, nll_loss_grad),
    ]:
        call = [[[0.1, 0.2], [0.3, 0.4]], [-100, -100]]
        assert np.isnan(loss(*call))
        assert loss(*call, reduction="sum") == 0
        assert_array_equal(gradient(*call), np.zeros((2, 2)))


def test_an_ignored_example_may_hold_anything():
    z = np.array([[np.nan, 1.0], [0.0, 0.0]])
    assert_allclose(cross_entropy(z, [-100, 1]), math.log(2))
    assert_array_equal(cross_entropy_grad(z, [-100, 1])[0], [0, 0])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_class_that_is_ruled_out_costs_what_it_costs_in_torch(smoothing):
    z = np.array([[-np.inf, 1.0, 2.0]])
    for target in (np.array([1]), np.array([0])):
        value, slope = by_torch(
            F.cross_entropy, [z], target, label_smoothing=smoothing
        )
        ours = cross_entropy(z, target, label_smoothing=smoothing)
        assert_allclose(ours, value, rtol=1e-12)
        ours = cross_entropy_grad(z, target, label_smoothing=smoothing)
        assert_allclose(ours, slope, rtol=1e-12)


def test_a_probability_for_a_class_ruled_out_is_nan_as_in_torch():
    # 0 times −∞: an index looks nothing up there, a product does
    z, y = np.array([[-np.inf, 1.0, 2.0]]), np.array([[0.0, 1.0, 0.0]])
    value, slope = by_torch(F.cross_entropy, [z], y)
    assert np.isnan(value)
    assert np.isnan(cross_entropy(z, y))
    assert_allclose(cross_entropy_grad(z, y), slope, rtol=1e-12)


def test_the_weighted_mean_divides_by_weights_only_for_indices():
    z, weight = [[0.0, 0.0], [0.0, 0.0]], [3.0, 1.0]
    half = math.log(2)
    assert_allclose(cross_entropy(z, [0, 1], weight=weight), half)
    assert_allclose(cross_entropy(z, np.eye(2), weight=weight), 2 * half)


def test_weights_of_bce_do_not_change_the_divisor():
    bce = binary_cross_entropy_with_logits
    value = bce([0.0, 0.0], [1, 0], weight=[1.0, 0.0])
    assert_allclose(value, math.log(2) / 2)
    assert_allclose(bce([0.0], [1], pos_weight=3.0), 3 * math.log(2))
    assert_allclose(bce([0.0], [0], pos_weight=3.0), math.log(2))


def test_the_weight_of_a_yes_may_differ_from_class_to_class():
    value = binary_cross_entropy_with_logits(
        np.zeros((2, 3)),
        np.ones((2, 3)),
        pos_weight=[1, 2, 3],
        reduction="sum",
    )
    assert_allclose(value, 12 * math.log(2))


def test_kl_is_infinite_where_the_prediction_rules_the_target_out():
    assert kl_div([-np.inf, 0.0], [0.5, 0.5], reduction="sum") == np.inf
    # what the target rules out costs nothing
    assert_allclose(kl_div(np.log([0.2, 0.8]), [0.0, 1.0]), -np.log(0.8) / 2)


def test_a_certain_target_in_logarithms_is_not_a_number_as_in_torch():
    value = kl_div([-1.0, -0.5], [-np.inf, 0.0], log_target=True)
    assert np.isnan(value)


def test_batchmean_of_one_number_is_that_number():
    input, target = np.array(-1.0), np.array(0.3)
    value, slope = by_torch(F.kl_div, [input], target, reduction="batchmean")
    assert kl_div(input, target, reduction="batchmean") == value
    assert kl_div_grad(input, target, reduction="batchmean") == slope


# Extremes


@pytest.mark.parametrize("z", [-1e4, -750.0, -50.0, 50.0, 750.0, 1e4])
def test_logistic_losses_are_right_at_any_logit(z):
    with mpmath.workdps(50):
        exact = float(mpmath.log1p(mpmath.exp(-mpmath.mpf(z))))
        share = float(1 / (1 + mpmath.exp(-mpmath.mpf(z))))
        pull = float(-1 / (1 + mpmath.exp(mpmath.mpf(z))))
    assert_allclose(sigmoid(z), share, rtol=1e-15)
    assert_allclose(soft_margin_loss(z, 1), exact, rtol=1e-14)
    assert_allclose(soft_margin_loss(-z, -1), exact, rtol=1e-14)
    assert_allclose(soft_margin_loss_grad(z, 1), pull, rtol=1e-14)
    bce = binary_cross_entropy_with_logits
    assert_allclose(bce(z, 1), exact, rtol=1e-14)
    assert_allclose(bce(-z, 0), exact, rtol=1e-14)
    slope = binary_cross_entropy_with_logits_grad(z, 1)
    assert_allclose(slope, pull, rtol=1e-14)


def test_logistic_losses_keep_nan_and_infinity():
    z = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0])
    values = soft_margin_loss(z, np.ones(5), reduction="none")
    assert_array_equal(values, [np.nan, 0, np.inf, np.log(2), np.log(2)])


def test_cross_entropy_is_finite_at_any_logit():
    z = [1e4, -1e4, 0.0]
    assert cross_entropy(z, 1) == 2e4
    assert cross_entropy(z, 0) == 0
    assert_array_equal(cross_entropy_grad(z, 1), [1, -1, 0])
    assert focal_loss(z, 1) == 2e4
    assert_array_equal(focal_loss_grad(z, 1), [1, -1, 0])


def test_smoothing_charges_each_logit_its_share_however_far_it_is():
    z = [1e4, -1e4, 0.0]
    value = cross_entropy(z, 0, label_smoothing=0.3)
    assert_allclose(value, 0.1 * 2e4 + 0.1 * 1e4)


@given(st.lists(logits, min_size=2, max_size=5), exponents)
def test_focal_loss_agrees_with_fifty_digits(z, gamma):
    with mpmath.workdps(50):
        odds = [mpmath.exp(mpmath.mpf(score)) for score in z]
        p = odds[0] / mpmath.fsum(odds)
        exact = float(-((1 - p) ** gamma) * mpmath.log(p))
    assert_allclose(
        focal_loss(z, 0, gamma=gamma), exact, rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_the_focal_gradient_is_finite_at_a_sure_prediction(gamma):
    gradient = focal_loss_grad([50.0, 0.0], 0, gamma=gamma)
    assert_allclose(gradient, [0, 0], atol=1e-12)


# Properties


@given(seeds, st.floats(-1e3, 1e3))
def test_softmax_losses_do_not_change_when_all_logits_move(seed, shift):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    assert_allclose(softmax(z + shift), softmax(z), rtol=1e-10)
    for name in ("cross_entropy", "focal_loss", "multi_margin_loss"):
        loss = getattr(losses, name)
        assert_allclose(loss(z + shift, y), loss(z, y), rtol=1e-10)
        gradient = getattr(losses, f"{name}_grad")(z, y)
        assert_allclose(gradient.sum(axis=1), np.zeros(6), atol=1e-14)


@given(st.lists(logits, min_size=1, max_size=5))
def test_softmax_gives_probabilities_in_the_order_of_the_scores(z):
    p = softmax(z)
    assert (p >= 0).all()
    assert_allclose(p.sum(), 1)
    assert (np.diff(p[np.argsort(z)]) >= 0).all()
    assert_allclose(np.exp(log_softmax(z)), p, rtol=1e-13)


@given(st.floats(-50, 50))
def test_softmax_of_two_classes_is_the_sigmoid_of_their_difference(z):
    assert_allclose(softmax([z, 0.0])[0], sigmoid(z), rtol=1e-14)


@given(seeds)
def test_losses_of_logits_are_convex(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(scale=4, size=(2, 20, 4))
    y = rng.integers(0, 4, 20)
    for loss in (cross_entropy, multi_margin_loss):
        chord = loss(a, y, reduction="none") + loss(b, y, reduction="none")
        middle = loss((a + b) / 2, y, reduction="none")
        assert (middle <= chord / 2 + 1e-12).all()
    t = signs(rng, (20, 4))
    for name in CONVEX:
        loss = LOSSES[name].value
        chord = loss(a, t, reduction="none") + loss(b, t, reduction="none")
        middle = loss((a + b) / 2, t, reduction="none")
        assert (middle <= chord / 2 * (1 + 1e-12)).all()


CONVEX = [
    "hinge_loss",
    "squared_hinge_loss",
    "exponential_loss",
    "soft_margin_loss",
]


def test_mistakes_are_no_convex_loss():
    ends = zero_one_loss([-1.0, 4.0], [1, 1])
    assert ends == 0.5
    assert zero_one_loss([-0.5], [1]) > zero_one_loss([-1.0, 0.5], [1, 1])


def test_focal_loss_is_not_convex_but_falls_as_the_true_logit_grows():
    z = np.linspace(-10, 10, 201)
    call = [np.column_stack([z, 0 * z]), np.zeros(201, int)]
    values = focal_loss(*call, gamma=2, reduction="none")
    assert (np.diff(values) < 0).all()
    assert (np.diff(values, 2) < 0).any()


@given(st.floats(-700, 700), st.sampled_from([-1, 1]))
def test_margin_losses_lie_above_the_mistakes(score, target):
    mistake = zero_one_loss(score, target)
    for name in CONVEX:
        bits = math.log(2) if name == "soft_margin_loss" else 1
        assert LOSSES[name].value(score, target) / bits >= mistake


@given(seeds)
def test_margin_losses_depend_on_the_margin_alone(seed):
    rng = np.random.default_rng(seed)
    score, target = rng.normal(size=9), signs(rng, 9)
    for name in ["zero_one_loss", *CONVEX]:
        loss = LOSSES[name]
        assert loss.value(score, target) == loss.value(-score, -target)
        slopes = loss.grad(score, target)
        assert_array_equal(loss.grad(-score, -target), -slopes)


def test_a_score_of_zero_is_a_mistake():
    assert_array_equal(
        zero_one_loss([0.0, 0.1, -0.1], [1, 1, 1], reduction="none"),
        [1, 0, 1],
    )


@given(seeds)
def test_soft_margin_is_bce_with_another_code(seed):
    rng = np.random.default_rng(seed)
    z, t = rng.normal(scale=5, size=9), signs(rng, 9)
    bce = binary_cross_entropy_with_logits(z, (t + 1) / 2)
    assert_allclose(soft_margin_loss(z, t), bce, rtol=1e-14)


@given(seeds)
def test_bce_of_a_logit_is_bce_of_its_sigmoid(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(scale=5, size=9), rng.uniform(size=9)
    bce = binary_cross_entropy(sigmoid(z), y)
    assert_allclose(binary_cross_entropy_with_logits(z, y), bce, rtol=1e-12)


@given(seeds)
def test_cross_entropy_of_two_classes_is_bce(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(scale=5, size=9), rng.integers(0, 2, 9)
    two = cross_entropy(np.column_stack([0 * z, z]), y)
    assert_allclose(binary_cross_entropy_with_logits(z, y), two, rtol=1e-12)


@given(seeds, rows, reductions, switches)
def test_cross_entropy_is_nll_of_log_softmax(seed, shape, reduction, weighted):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(scale=3, size=shape), random_classes(rng, shape)
    options = {"reduction": reduction}
    if weighted:
        options["weight"] = class_weights(rng, shape)
    log_p = log_softmax(z, axis=class_axis(shape))
    assert_allclose(
        cross_entropy(z, y, **options), nll_loss(log_p, y, **options)
    )


@given(seeds, shares)
def test_one_hot_targets_and_indices_give_the_same(seed, smoothing):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
    options = {"label_smoothing": smoothing}
    by_index = cross_entropy(z, y, **options)
    assert_allclose(cross_entropy(z, np.eye(3)[y], **options), by_index)
    by_index = cross_entropy_grad(z, y, **options)
    ours = cross_entropy_grad(z, np.eye(3)[y], **options)
    assert_allclose(ours, by_index, atol=1e-15)
    p = softmax(z)
    assert_allclose(brier_score(p, np.eye(3)[y]), brier_score(p, y))


@given(seeds)
def test_kl_is_cross_entropy_less_entropy(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(5, 3)), rng.dirichlet(np.ones(3), 5)
    kl = kl_div(log_softmax(z), y, reduction="batchmean")
    entropy = -(y * np.log(y)).sum() / 5
    assert_allclose(kl, cross_entropy(z, y) - entropy, atol=1e-14)
    assert kl >= 0
    in_logs = kl_div(
        log_softmax(z), np.log(y), log_target=True, reduction="batchmean"
    )
    assert_allclose(in_logs, kl, atol=1e-14)


@given(seeds)
def test_focal_loss_without_focus_is_cross_entropy(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
    assert_allclose(focal_loss(z, y, gamma=0), cross_entropy(z, y))
    ours = focal_loss_grad(z, y, gamma=0)
    assert_allclose(ours, cross_entropy_grad(z, y), atol=1e-15)


@given(seeds)
def test_weight_of_a_class_counts_as_copies_of_its_examples(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(6, 2)), np.array([0, 1, 1, 0, 1, 0])
    copied = np.repeat(np.arange(6), np.where(y == 1, 3, 1))
    weighted = cross_entropy(z, y, weight=[1, 3])
    assert_allclose(weighted, cross_entropy(z[copied], y[copied]))


@given(st.integers(2, 20), st.floats(0.01, 0.9), seeds)
def test_smoothing_is_least_at_the_smoothed_target(n_classes, share, seed):
    smoothed = np.full(n_classes, share / n_classes)
    smoothed[0] += 1 - share
    best = np.log(smoothed)
    options = {"label_smoothing": share}
    least = cross_entropy(best, 0, **options)
    assert_allclose(least, -(smoothed * best).sum())
    gradient = cross_entropy_grad(best, 0, **options)
    assert_allclose(gradient, np.zeros(n_classes), atol=1e-14)
    elsewhere = best + np.random.default_rng(seed).normal(size=n_classes)
    assert cross_entropy(elsewhere, 0, **options) >= least


@given(seeds)
def test_brier_and_logarithmic_score_are_proper(seed):
    rng = np.random.default_rng(seed)
    true, other = rng.dirichlet(np.ones(4), 2)

    def expected(loss, p):
        each = loss(np.tile(p, (4, 1)), np.arange(4), reduction="none")
        return true @ each

    for loss in (brier_score, lambda p, y, **k: nll_loss(np.log(p), y, **k)):
        assert expected(loss, true) <= expected(loss, other)


def test_brier_score_of_two_classes_is_twice_the_squared_error():
    p = np.array([0.3, 0.9])
    pair = np.column_stack([1 - p, p])
    squared = (p - np.array([0, 1])) ** 2
    assert_allclose(brier_score(pair, [0, 1]), 2 * squared.mean())


@pytest.mark.parametrize("p", [1, 2])
def test_a_class_that_is_ruled_out_leaves_multi_margin_alone(p):
    scores = [[1.0, 0.5, -math.inf]]
    slopes = multi_margin_loss_grad(scores, [0], p=p)
    assert_allclose(slopes, [np.array([-1, 1, 0]) * 0.5 ** (p - 1) * p / 3])


def test_logits_without_loss_without_slope():
    score = np.array([1.5, -3.0])
    assert_array_equal(hinge_loss_grad(score, [1, -1]), [0, 0])
    assert_array_equal(
        multi_margin_loss_grad([[3.0, 1.0, 0.0]], [0]), [[0, 0, 0]]
    )
    assert (soft_margin_loss_grad(score, [1, -1]) != 0).all()


# Numbers of the lecture


def test_softmax_and_cross_entropy_have_the_values_of_the_lecture():
    assert_allclose(
        softmax(SCORES), [0.7751, 0.1159, 0.0386, 0.0703], atol=5e-5
    )
    assert_allclose(cross_entropy(SCORES, 0), 0.2546993, atol=5e-8)
    assert_allclose(
        cross_entropy_grad(SCORES, 0),
        [-0.2249, 0.1159, 0.0386, 0.0703],
        atol=5e-5,
    )


@pytest.mark.parametrize("n_classes, floor", [(3, 0.5514), (10, 1.4612)])
def test_softmax_before_cross_entropy_leaves_a_floor(n_classes, floor):
    sure = np.eye(n_classes)[:1]
    assert_allclose(cross_entropy(sure, [0]), floor, atol=5e-5)


def test_a_vector_of_labels_has_the_values_of_the_lecture():
    z = [-2, -1, 2, -1.5, 1, 3]
    y = np.array([0, 0, 1, 0, 1, 1])
    bce = binary_cross_entropy_with_logits(z, y)
    assert_allclose(bce, 0.18840, atol=5e-6)
    assert_allclose(cross_entropy(z, y / y.sum()), 1.431, atol=5e-4)


def test_class_weights_have_the_values_of_the_lecture():
    z, y, weight = np.log(FORECASTS), [0, 1, 2, 2], [1, 2, 4]
    each = cross_entropy(z, y, weight=weight, reduction="none")
    assert_allclose(each, [0.3567, 0.4463, 2.7726, 9.2103], atol=5e-5)
    assert_allclose(each.sum(), 12.786, atol=5e-4)
    assert_allclose(cross_entropy(z, y, weight=weight), 1.1624, atol=5e-5)
    assert_allclose(each.mean(), 3.1965, atol=5e-5)
    without = cross_entropy(z, [0, 1, 2, -100], weight=weight)
    assert_allclose(without, 0.5108, atol=5e-5)


def test_smoothing_has_the_values_of_the_lecture():
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(5, 4, generator=generator).double().numpy()
    y = torch.randint(0, 4, (5,), generator=generator).numpy()
    smoothed = cross_entropy(z, y, label_smoothing=0.1)
    assert_allclose(smoothed, 1.0518, atol=5e-5)
    weighted = cross_entropy(z, y, label_smoothing=0.1, weight=[1, 2, 3, 4])
    assert_allclose(weighted, 1.0236, atol=5e-5)
    others_only = np.where(np.eye(4)[y] == 1, 0.9, 0.1 / 3)
    assert_allclose(cross_entropy(z, others_only), 1.0753, atol=5e-5)
    threes = np.full(4, 3.0)
    assert_allclose(cross_entropy(z, y, weight=threes), 0.981, atol=5e-4)
    by_number = cross_entropy(z, np.eye(4)[y], weight=threes)
    assert_allclose(by_number, 2.943, atol=1e-3)


@pytest.mark.parametrize("n_classes, least", [(4, 0.3488), (10, 0.5003)])
def test_least_smoothed_loss_is_the_lectures(n_classes, least):
    best = np.full(n_classes, math.log(0.1 / n_classes))
    best[0] = math.log(0.9 + 0.1 / n_classes)
    value = cross_entropy(best, 0, label_smoothing=0.1)
    assert_allclose(value, least, atol=5e-5)
    if n_classes == 4:
        assert_allclose(best[0] - best[1], 3.611, atol=5e-4)


def test_divergences_have_the_values_of_the_lecture():
    p = np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]])
    q = np.array([[0.3, 0.3, 0.4], [0.2, 0.2, 0.6]])
    each = kl_div(np.log(q), p, reduction="none").sum(axis=1)
    assert_allclose(each, [0.09233, 0.03859], atol=5e-6)
    for reduction, value in [
        ("batchmean", 0.06546),
        ("mean", 0.02182),
        ("sum", 0.13092),
    ]:
        kl = kl_div(np.log(q), p, reduction=reduction)
        assert_allclose(kl, value, atol=5e-6)
    swapped = kl_div(np.log(p), q, reduction="batchmean")
    assert_allclose(swapped, 0.06779, atol=5e-6)
    wrong = kl_div(q, p, reduction="batchmean")
    assert_allclose(wrong, -1.323, atol=5e-4)


def test_hinge_has_the_values_of_the_lecture():
    values = hinge_loss([0.5, -3.0, 3.0, -2.0], np.ones(4), reduction="none")
    assert_array_equal(values, [0.5, 4, 0, 3])
    assert_allclose(multi_margin_loss(SCORES, 1), 0.85)


def test_squared_error_of_a_probability_hardly_pulls_at_minus_ten():
    p = sigmoid(-10.0)
    squared = 2 * (p - 1) * p * (1 - p)
    assert_allclose(squared, -9.08e-5, rtol=1e-3)
    logistic = binary_cross_entropy_with_logits_grad(-10.0, 1)
    assert_allclose(logistic, -0.99995, atol=5e-6)
    assert_allclose(logistic / squared, 11014, rtol=1e-4)


def test_bce_of_grey_levels_has_the_floor_of_the_lecture():
    grey = [0.1, 0.3, 0.5, 0.9]
    assert_allclose(binary_cross_entropy(grey, grey), 0.4885, atol=5e-5)


def test_focal_loss_has_the_values_of_the_lecture():
    z = np.log([0.9, 0.1])
    share = focal_loss(z, 0, gamma=2) / cross_entropy(z, 0)
    assert_allclose(share, 1 / 100)


@pytest.mark.parametrize(
    "gamma, best", [(0, 0.7), (1, 0.617), (2, 0.579), (5, 0.538)]
)
def test_focal_loss_is_least_at_less_than_the_true_probability(gamma, best):
    p = np.linspace(0.4, 0.8, 4001)
    z = np.log(np.column_stack([p, 1 - p]))
    yes, no = (
        focal_loss(z, np.full(p.shape, k), gamma=gamma, reduction="none")
        for k in (0, 1)
    )
    found = p[np.argmin(0.7 * yes + 0.3 * no)]
    assert_allclose(found, best, atol=6e-4)


@pytest.mark.parametrize(
    "loss, best",
    [
        (hinge_loss, 1),
        (soft_margin_loss, 0.847),
        (mse_loss, 0.4),
        (squared_hinge_loss, 0.4),
        (exponential_loss, 0.424),
    ],
)
def test_the_best_score_has_the_sign_of_the_more_likely_class(loss, best):
    s = np.linspace(-3, 3, 6001)
    yes, no = (
        loss(s, np.full(s.shape, t), reduction="none") for t in (1.0, -1.0)
    )
    found = s[np.argmin(0.7 * yes + 0.3 * no)]
    assert_allclose(found, best, atol=1e-3)


# Wrong calls


@pytest.mark.parametrize(
    "call, sentence",
    [
        (
            lambda: hinge_loss([0.5], [0]),
            "target must hold 1 and -1 only, got 0.0",
        ),
        (
            lambda: brier_score([[0.5, 0.5]], [0, 1]),
            "target must have the shape of probabilities without the axis "
            "of classes, (1,), got (2,)",
        ),
        (
            lambda: brier_score([0.5, 0.5], [0.2, 0.3, 0.5]),
            "probabilities and target must have the same shape, got (2,) "
            "and (3,)",
        ),
        (
            lambda: soft_margin_loss([[0.5]], [1]),
            "input and target must have the same shape, got (1, 1) and (1,)",
        ),
        (
            lambda: zero_one_loss([0.5], [[1]]),
            "score and target must have the same shape, got (1,) and (1, 1)",
        ),
        (
            lambda: binary_cross_entropy_with_logits([0.5], [-1]),
            "target must lie between 0 and 1, got -1",
        ),
        (
            lambda: binary_cross_entropy([1.2], [1]),
            "input must lie between 0 and 1, got 1.2",
        ),
        (
            lambda: binary_cross_entropy([0.2, 0.5], [1, 0], weight=[1, 2, 3]),
            "weight must broadcast to the shape of input, (2,), got (3,)",
        ),
        (
            lambda: binary_cross_entropy_with_logits(
                [0.5], [1], pos_weight=[[1.0], [2.0]]
            ),
            "pos_weight must broadcast to the shape of input, (1,), "
            "got (2, 1)",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [2]),
            "target must hold class indices from 0 to 1, got 2",
        ),
        (
            lambda: nll_loss([[0.0, 1.0]], [-1]),
            "target must hold class indices from 0 to 1, got -1",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [1.0]),
            "target must hold class indices as integers, got float64",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [[0, 1]]),
            "target must hold class indices of shape (1,), or probabilities "
            "as floats, got integers of shape (1, 2)",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [1, 0]),
            "target must have the shape of input without the axis of "
            "classes, (1,), got (2,)",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [[0.5, 0.3, 0.2]]),
            "input and target must have the same shape, got (1, 2) and (1, 3)",
        ),
        (
            lambda: cross_entropy(1.0, 0),
            "input must have an axis with at least one class, got shape ()",
        ),
        (
            lambda: cross_entropy(np.zeros((2, 0)), [0, 0]),
            "input must have an axis with at least one class, "
            "got shape (2, 0)",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [1], weight=[1, 2, 3]),
            "weight must hold one number per class, 2, got shape (3,)",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [1], label_smoothing=1.5),
            "label_smoothing must lie between 0 and 1, got 1.5",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [1], ignore_index=None),
            "ignore_index must be a whole number, got None",
        ),
        (
            lambda: cross_entropy([[0.0, 1.0]], [[0.5, 0.5]], ignore_index=1),
            "ignore_index must be negative where targets are "
            "probabilities, got 1",
        ),
        (
            lambda: kl_div([0.1], [0.2], log_target=1),
            "log_target must be True or False, got 1",
        ),
        (
            lambda: focal_loss([0.1, 0.2], 0, gamma=-1),
            "gamma must not be negative, got -1",
        ),
        (
            lambda: focal_loss([[0.1, 0.2]], [-100]),
            "target must hold class indices from 0 to 1, got -100",
        ),
        (
            lambda: brier_score([[0.5, 1.5]], [1]),
            "probabilities must lie between 0 and 1, got 1.5",
        ),
        (
            lambda: brier_score_grad([[0.5, 0.5]], [[2.0, -1.0]]),
            "target must lie between 0 and 1, got 2",
        ),
        (
            lambda: multi_margin_loss([[0.5, 1.5]], [1], p=3),
            "p must be 1 or 2, got 3",
        ),
        (
            lambda: multi_margin_loss([[0.5, 1.5]], [1], margin=math.inf),
            "margin must be a finite number, got inf",
        ),
        (
            lambda: multi_margin_loss(np.zeros((2, 3, 4)), np.zeros((2, 4))),
            "input must have shape (K,) or (N, K), got (2, 3, 4)",
        ),
        (
            lambda: softmax(["a"]),
            "z must hold real numbers only, got ['a']",
        ),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence

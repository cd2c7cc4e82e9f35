"""Losses of regression against torch, mpmath and what the lecture claims."""

import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from numpy.testing import assert_allclose, assert_array_equal
from oracle import TOLERANCE, agree, by_torch, reduced
from torch.nn import functional as F

from lossviz import losses
from lossviz.losses import (
    gaussian_nll_loss,
    gaussian_nll_loss_grad,
    general_robust_loss,
    general_robust_loss_grad,
    huber_loss,
    huber_loss_grad,
    l1_loss,
    l1_loss_grad,
    laplace_nll_loss,
    laplace_nll_loss_grad,
    log_cosh_loss,
    log_cosh_loss_grad,
    mixture_nll_loss,
    mixture_nll_loss_grad,
    mse_loss,
    mse_loss_grad,
    poisson_nll_loss,
    poisson_nll_loss_grad,
    pseudo_huber_loss,
    pseudo_huber_loss_grad,
    quantile_loss,
    quantile_loss_grad,
    smooth_l1_loss,
    smooth_l1_loss_grad,
    von_mises_nll_loss,
    von_mises_nll_loss_grad,
)

seeds = st.integers(0, 2**32 - 1)
shapes = array_shapes(min_dims=0, max_dims=3, max_side=4)
reductions = st.sampled_from(["mean", "sum", "none"])
residuals = st.floats(-100, 100)
thresholds = st.floats(0.01, 100)
levels = st.floats(0.01, 0.99)
# positive numbers of any size a residual or a scale may have
sizes = st.floats(-100, 100).map(lambda exponent: 10.0**exponent)


def gaussian_in_torch(input, var, target, **keywords):
    return F.gaussian_nll_loss(input, target, var, **keywords)


def laplace_in_torch(input, scale, target, reduction="mean"):
    density = torch.distributions.Laplace(input, scale)
    return reduced(-density.log_prob(target), reduction)


def von_mises_in_torch(input, concentration, target, reduction="mean"):
    density = torch.distributions.VonMises(input, concentration)
    return reduced(-density.log_prob(target), reduction)


def quantile_in_torch(input, target, q, reduction="mean"):
    r = target - input
    return reduced(torch.maximum(q * r, (q - 1) * r), reduction)


def mixture_in_torch(logits, means, scales, target, reduction="mean"):
    density = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(logits=logits),
        torch.distributions.Normal(means, scales),
    )
    return reduced(-density.log_prob(target), reduction)


def general_robust_in_torch(input, target, alpha, c, reduction="mean"):
    u2, b = ((input - target) / c) ** 2, abs(alpha - 2)
    return reduced(b / alpha * ((u2 / b + 1) ** (alpha / 2) - 1), reduction)


# Agreement with torch over shapes, reductions and hyperparameters


@given(seeds, shapes, reductions)
def test_squared_and_absolute_error_are_torchs(seed, shape, reduction):
    input, target = np.random.default_rng(seed).normal(size=(2, *shape))
    for name in ("mse_loss", "l1_loss"):
        value, slope = by_torch(
            getattr(F, name), [input], target, reduction=reduction
        )
        ours = getattr(losses, name)(input, target, reduction=reduction)
        agree(ours, value)
        gradient = getattr(losses, f"{name}_grad")
        agree(gradient(input, target, reduction=reduction), slope)


@given(seeds, shapes, reductions, thresholds)
def test_huber_and_smooth_l1_are_torchs(seed, shape, reduction, threshold):
    input, target = np.random.default_rng(seed).normal(size=(2, *shape))
    for name, parameter in [
        ("huber_loss", "delta"),
        ("smooth_l1_loss", "beta"),
    ]:
        keywords = {parameter: threshold, "reduction": reduction}
        value, slope = by_torch(getattr(F, name), [input], target, **keywords)
        agree(getattr(losses, name)(input, target, **keywords), value)
        gradient = getattr(losses, f"{name}_grad")
        agree(gradient(input, target, **keywords), slope)


@given(seeds, shapes, reductions)
def test_weights_have_torchs_denominators(seed, shape, reduction):
    rng = np.random.default_rng(seed)
    input, target = rng.normal(size=(2, *shape))
    weight = rng.exponential(size=shape)
    for name in ("mse_loss", "l1_loss", "huber_loss"):
        value, slope = by_torch(
            getattr(F, name),
            [input],
            target,
            weight=torch.tensor(weight),
            reduction=reduction,
        )
        keywords = {"weight": weight, "reduction": reduction}
        agree(getattr(losses, name)(input, target, **keywords), value)
        gradient = getattr(losses, f"{name}_grad")
        agree(gradient(input, target, **keywords), slope)


def test_the_weighted_mean_divides_by_the_weights_but_for_huber():
    call = {"input": [1.0, 2.0], "target": [0.0, 0.0], "weight": [3.0, 1.0]}
    assert mse_loss(**call) == (3 * 1 + 1 * 4) / 4
    assert l1_loss(**call) == (3 * 1 + 1 * 2) / 4
    assert huber_loss(**call, delta=9) == (3 * 0.5 + 1 * 2) / 2


@given(seeds, shapes, reductions, levels)
def test_quantile_loss_is_its_formula_in_torch(seed, shape, reduction, q):
    input, target = np.random.default_rng(seed).normal(size=(2, *shape))
    value, slope = by_torch(
        quantile_in_torch, [input], target, q=q, reduction=reduction
    )
    agree(quantile_loss(input, target, q=q, reduction=reduction), value)
    agree(quantile_loss_grad(input, target, q=q, reduction=reduction), slope)


@given(seeds, shapes, reductions, st.floats(-10, 1.9), thresholds)
def test_general_robust_is_its_formula_in_torch(
    seed, shape, reduction, alpha, c
):
    # closer to 0 the plain formula loses digits
    alpha = alpha if abs(alpha) > 0.1 else 0.1
    input, target = np.random.default_rng(seed).normal(size=(2, *shape))
    keywords = {"alpha": alpha, "c": c, "reduction": reduction}
    value, slope = by_torch(
        general_robust_in_torch, [input], target, **keywords
    )
    ours = general_robust_loss(input, target, **keywords)
    assert_allclose(ours, value, rtol=1e-9, atol=TOLERANCE)
    ours = general_robust_loss_grad(input, target, **keywords)
    assert_allclose(ours, slope, rtol=1e-9, atol=TOLERANCE)


@given(seeds, shapes, reductions, st.booleans(), st.sampled_from([1e-6, 0.5]))
def test_gaussian_nll_is_torchs(seed, shape, reduction, full, eps):
    rng = np.random.default_rng(seed)
    input, target = rng.normal(size=(2, *shape))
    var = rng.exponential(size=shape)
    keywords = {"full": full, "eps": eps, "reduction": reduction}
    value, by_input, by_var = by_torch(
        gaussian_in_torch, [input, var], target, **keywords
    )
    agree(gaussian_nll_loss(input, target, var, **keywords), value)
    ours = gaussian_nll_loss_grad(input, target, var, **keywords)
    agree(ours[0], by_input)
    largest = np.max((input - target) ** 2 / np.maximum(var, eps) ** 2)
    agree(ours[1], by_var, largest)


@given(seeds, shapes, reductions)
def test_laplace_nll_is_minus_torchs_log_prob(seed, shape, reduction):
    rng = np.random.default_rng(seed)
    input, target = rng.normal(size=(2, *shape))
    scale = rng.uniform(0.1, 3, size=shape)
    value, by_input, by_scale = by_torch(
        laplace_in_torch, [input, scale], target, reduction=reduction
    )
    agree(laplace_nll_loss(input, target, scale, reduction=reduction), value)
    ours = laplace_nll_loss_grad(input, target, scale, reduction=reduction)
    agree(ours[0], by_input)
    agree(ours[1], by_scale, np.max(np.abs(input - target) / scale**2))


@given(
    seeds,
    shapes,
    reductions,
    st.booleans(),
    st.booleans(),
    st.sampled_from([1e-8, 0.1]),
)
def test_poisson_nll_is_torchs(seed, shape, reduction, log_input, full, eps):
    rng = np.random.default_rng(seed)
    input = (
        rng.uniform(-3, 3, shape) if log_input else rng.gamma(2, size=shape)
    )
    target = rng.poisson(2, shape) * 1.0
    keywords = {
        "log_input": log_input,
        "full": full,
        "eps": eps,
        "reduction": reduction,
    }
    value, slope = by_torch(F.poisson_nll_loss, [input], target, **keywords)
    agree(poisson_nll_loss(input, target, **keywords), value, 100)
    ours = poisson_nll_loss_grad(input, target, **keywords)
    agree(ours, slope, np.max(target / (np.abs(input) + eps)))


@given(seeds, shapes, reductions)
def test_von_mises_nll_is_minus_torchs_log_prob(seed, shape, reduction):
    rng = np.random.default_rng(seed)
    input, target = rng.uniform(-4, 4, size=(2, *shape))
    concentration = np.exp(rng.uniform(-3, 5, size=shape))
    value, by_input, by_concentration = by_torch(
        von_mises_in_torch,
        [input, concentration],
        target,
        reduction=reduction,
    )
    # torch's polynomials for the Bessel functions hold 6 to 7 digits
    call = {"concentration": concentration, "reduction": reduction}
    ours = von_mises_nll_loss(input, target, **call)
    assert_allclose(ours, value, rtol=1e-6, atol=1e-6)
    ours = von_mises_nll_loss_grad(input, target, **call)
    assert_allclose(ours[0], by_input, rtol=1e-6, atol=1e-6)
    assert_allclose(ours[1], by_concentration, rtol=1e-5, atol=1e-5)


@given(seeds, shapes, reductions, st.integers(1, 4))
def test_mixture_nll_is_minus_torchs_log_prob(seed, shape, reduction, k):
    rng = np.random.default_rng(seed)
    logits, means = rng.normal(size=(2, *shape, k))
    scales = rng.uniform(0.5, 2, size=(*shape, k))
    target = rng.normal(size=shape)
    data = logits, means, scales, target
    value, *slopes = by_torch(
        mixture_in_torch, data[:3], target, reduction=reduction
    )
    agree(mixture_nll_loss(*data, reduction=reduction), value)
    ours = mixture_nll_loss_grad(*data, reduction=reduction)
    for gradient, slope in zip(ours, slopes, strict=True):
        agree(gradient, slope, 10)


# Agreement with torch at sizes from 1e-100 to 1e100


@given(sizes, st.sampled_from([-1, 1]), st.floats(-1e3, 1e3))
def test_huge_and_tiny_residuals_agree_with_torch(size, sign, target):
    input, target = np.array([target + sign * size]), np.array([target])
    for name in ("mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss"):
        value, slope = by_torch(getattr(F, name), [input], target)
        agree(getattr(losses, name)(input, target), value)
        agree(getattr(losses, f"{name}_grad")(input, target), slope)


@given(sizes, sizes)
def test_huge_and_tiny_thresholds_agree_with_torch(size, threshold):
    input, target = np.array([size]), np.zeros(1)
    for name, parameter in [
        ("huber_loss", "delta"),
        ("smooth_l1_loss", "beta"),
    ]:
        keywords = {parameter: threshold}
        value, slope = by_torch(getattr(F, name), [input], target, **keywords)
        agree(getattr(losses, name)(input, target, **keywords), value)
        gradient = getattr(losses, f"{name}_grad")
        agree(gradient(input, target, **keywords), slope)


@given(sizes, sizes)
def test_huge_and_tiny_variances_agree_with_torch(size, var):
    input, target, var = np.array([size]), np.zeros(1), np.array([var])
    value, by_input, by_var = by_torch(gaussian_in_torch, [input, var], target)
    agree(gaussian_nll_loss(input, target, var), value)
    ours = gaussian_nll_loss_grad(input, target, var)
    agree(ours[0], by_input)
    agree(ours[1], by_var, 0.5 / np.maximum(var, 1e-6))


@given(sizes, sizes)
def test_huge_and_tiny_widths_agree_with_torch(size, scale):
    input, target, scale = np.array([size]), np.zeros(1), np.array([scale])
    value, by_input, by_scale = by_torch(
        laplace_in_torch, [input, scale], target
    )
    agree(laplace_nll_loss(input, target, scale), value, 500)
    ours = laplace_nll_loss_grad(input, target, scale)
    agree(ours[0], by_input)
    agree(ours[1], by_scale, 1 / scale)


@given(st.floats(-800, 800), sizes)
def test_huge_and_tiny_rates_agree_with_torch(log_rate, count):
    input, target = np.array([log_rate]), np.array([count])
    value, slope = by_torch(F.poisson_nll_loss, [input], target)
    largest = abs(log_rate * count)
    agree(poisson_nll_loss(input, target), value, largest)
    agree(poisson_nll_loss_grad(input, target), slope, count)
    input = np.array([10.0 ** (log_rate / 8)])
    value, slope = by_torch(
        F.poisson_nll_loss, [input], target, log_input=False, full=True
    )
    ours = poisson_nll_loss(input, target, log_input=False, full=True)
    agree(ours, value, 500 * max(count, input[0]))
    ours = poisson_nll_loss_grad(input, target, log_input=False)
    agree(ours, slope)


def test_order_of_operations_keeps_finite_what_overflows_in_torch():
    # r² alone is 1e400
    value = smooth_l1_loss([1e200], [0], beta=1e300)
    assert_allclose(value, 5e99, rtol=1e-14)
    value = gaussian_nll_loss([1e200], [0], [1e250])
    assert_allclose(value, 0.5e150, rtol=1e-14)


@pytest.mark.parametrize("name", ["mse_loss", "huber_loss", "log_cosh_loss"])
def test_what_is_too_large_for_float64_is_infinite_without_a_warning(name):
    call = {"delta": 1e200} if name == "huber_loss" else {}
    size = 1.7e308 if name == "log_cosh_loss" else 1e200
    assert getattr(losses, name)([size], [-size], **call) == math.inf


# Kinks: what autograd gives


@pytest.mark.parametrize("r", [-2.0, -0.0, 0.0, 2.0])
def test_gradients_at_the_joints_are_autograds(r):
    input, target = np.array([r]), np.zeros(1)
    for name, keywords in [
        ("l1_loss", {}),
        ("huber_loss", {"delta": 2.0}),
        ("smooth_l1_loss", {"beta": 2.0}),
        ("smooth_l1_loss", {"beta": 0.0}),
    ]:
        _, slope = by_torch(getattr(F, name), [input], target, **keywords)
        gradient = getattr(losses, f"{name}_grad")
        assert_array_equal(gradient(input, target, **keywords), slope)
    _, slope = by_torch(quantile_in_torch, [input], target, q=0.3)
    ours = quantile_loss_grad(input, target, q=0.3)
    assert_allclose(ours, slope, rtol=1e-15)
    _, slope, _ = by_torch(laplace_in_torch, [input, np.ones(1)], target)
    assert_array_equal(laplace_nll_loss_grad(input, target, 1)[0], slope)


# Shapes of the scale


SCALED = [
    (gaussian_nll_loss, gaussian_nll_loss_grad, "var"),
    (laplace_nll_loss, laplace_nll_loss_grad, "scale"),
    (von_mises_nll_loss, von_mises_nll_loss_grad, "concentration"),
]


@pytest.mark.parametrize("loss, grad, name", SCALED)
@pytest.mark.parametrize(
    "shape, scale_shape",
    [
        ((3, 4), (3, 4)),
        ((3, 4), (3, 1)),
        ((3, 4), (1, 4)),
        ((3, 4), (3,)),
        ((3, 4), ()),
        ((3, 3), (3,)),
        ((2, 3, 4), (2, 1, 4)),
        ((2, 3, 4), (2, 3)),
        ((4,), (1,)),
        ((4,), ()),
        ((1, 4), (1,)),
        ((), ()),
        ((0, 3), (1, 3)),
    ],
)
def test_a_scale_is_broadcast_and_its_gradient_summed_back(
    loss, grad, name, shape, scale_shape, rng
):
    input, target = rng.normal(size=(2, *shape))
    scale = rng.uniform(0.5, 2, scale_shape)
    rows = scale_shape == shape[:-1] and scale_shape != shape
    spread = np.broadcast_to(scale[..., None] if rows else scale, shape)
    value = loss(input, target, scale, reduction="none")
    expected = loss(input, target, spread, reduction="none")
    assert_array_equal(value, expected)
    for reduction in ("mean", "sum"):
        by_input, by_scale = grad(input, target, scale, reduction=reduction)
        each_input, each = grad(input, target, spread, reduction=reduction)
        assert_array_equal(by_input, each_input)
        assert by_scale.shape == scale_shape
        assert_allclose(by_scale.sum(), each.sum(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "shape, var_shape",
    [
        ((3, 4), (3, 4)),
        ((3, 4), (3, 1)),
        ((3, 4), (1, 4)),
        ((3, 4), (3,)),
        ((3, 3), (3,)),
        ((2, 3, 4), (2, 1, 4)),
        ((4,), (1,)),
        ((4,), ()),
        ((3, 4), (4,)),
        ((3, 4), (1, 1)),
        ((3, 4), (3, 2)),
        ((3, 4), (1,)),
        ((3, 4), (3, 4, 1)),
        ((3,), (3, 1)),
    ],
)
def test_var_broadcasts_where_it_does_in_torch(shape, var_shape, rng):
    input, target = rng.normal(size=(2, *shape))
    var = rng.uniform(0.5, 2, var_shape)
    try:
        value, _, by_var = by_torch(gaussian_in_torch, [input, var], target)
    except ValueError:
        with pytest.raises(ValueError, match="^var must be one number or"):
            gaussian_nll_loss(input, target, var)
        return
    agree(gaussian_nll_loss(input, target, var), value)
    agree(gaussian_nll_loss_grad(input, target, var)[1], by_var)


@pytest.mark.parametrize("loss, grad, name", SCALED)
@pytest.mark.parametrize("call", ["loss", "grad"])
def test_a_scale_of_another_shape_is_refused(loss, grad, name, call):
    function = {"loss": loss, "grad": grad}[call]
    with pytest.raises(ValueError) as caught:
        function(np.ones((3, 4)), np.ones((3, 4)), np.ones(4))
    assert str(caught.value) == (
        f"{name} must be one number or have the shape of input, (3, 4), "
        "its last axis left out or one axis of length 1, got (4,)"
    )


@pytest.mark.parametrize("var", [0.0, -0.0, 1e-9, 1e-6])
@pytest.mark.parametrize("r", [0.0, 2.0])
def test_a_variance_below_eps_has_torchs_value_and_gradient(var, r):
    input, target, var = np.array([r]), np.zeros(1), np.array([var])
    value, by_input, by_var = by_torch(gaussian_in_torch, [input, var], target)
    agree(gaussian_nll_loss(input, target, var), value)
    ours = gaussian_nll_loss_grad(input, target, var)
    agree(ours[0], by_input)
    agree(ours[1], by_var)
    assert (ours[1] != 0).all()


def test_without_a_floor_a_variance_of_0_is_infinite_like_in_torch():
    value = gaussian_nll_loss(
        [0.0, 1.0], [0.0, 0.0], 0, eps=0, reduction="none"
    )
    theirs = F.gaussian_nll_loss(
        torch.tensor([0.0, 1.0]),
        torch.zeros(2),
        torch.zeros(2),
        eps=0.0,
        reduction="none",
    )
    assert_array_equal(value, theirs)


# Agreement with mpmath at 50 digits


def check_by_mpmath(loss, grad, formula, r, **keywords):
    """Compare value and gradient at input r, target 0, with a formula."""
    with mpmath.workdps(keywords.pop("digits", 50)):
        agree(loss(r, 0.0, **keywords), float(formula(mpmath.mpf(r))))
        slope = mpmath.diff(formula, mpmath.mpf(r), relative=r != 0)
        agree(grad(r, 0.0, **keywords), float(slope))


@pytest.mark.parametrize(
    "r", [0.0, 1e-9, -1e-4, 0.3, 0.999, 1, -1.001, 3, 1e4]
)
def test_log_cosh_holds_its_digits_near_0_and_far_away(r):
    check_by_mpmath(
        log_cosh_loss,
        log_cosh_loss_grad,
        lambda x: mpmath.log(mpmath.cosh(x)),
        r,
    )


def test_log_cosh_is_half_the_square_to_all_digits_near_0():
    assert_allclose(log_cosh_loss([1e-9], [0.0]), 5e-19, rtol=1e-15)
    assert_allclose(log_cosh_loss([1e-100], [0.0]), 5e-201, rtol=1e-15)


@pytest.mark.parametrize("ratio", [0, 1e-10, -1e-3, 0.5, -1, 7, 1e5, 1e10])
@pytest.mark.parametrize("delta", [1.0, 0.01, 30.0, 1e-8, 1e8])
def test_pseudo_huber_holds_its_digits_at_any_ratio(ratio, delta):
    d = mpmath.mpf(delta)
    check_by_mpmath(
        pseudo_huber_loss,
        pseudo_huber_loss_grad,
        lambda x: d**2 * (mpmath.sqrt(1 + (x / d) ** 2) - 1),
        ratio * delta,
        delta=delta,
    )


@pytest.mark.parametrize("r", [1e-100, 1e-10, 1.0, 1e10, 1e100, 1e200])
@pytest.mark.parametrize("delta", [1e-200, 1e-100, 1.0, 1e100, 1e200])
def test_pseudo_huber_survives_extreme_sizes(r, delta):
    d = mpmath.mpf(delta)
    check_by_mpmath(
        pseudo_huber_loss,
        pseudo_huber_loss_grad,
        lambda x: d**2 * (mpmath.sqrt(1 + (x / d) ** 2) - 1),
        r,
        delta=delta,
        digits=1000,
    )


def test_pseudo_huber_is_half_the_square_to_all_digits_near_0():
    assert_allclose(pseudo_huber_loss([1e-10], [0.0]), 5e-21, rtol=1e-15)


def barron(alpha, c):
    """Return the loss of Barron's paper in mpmath, its limits included."""
    a, scale = mpmath.mpf(alpha), mpmath.mpf(c)
    b = 2 - a

    def formula(x):
        half = (x / scale) ** 2 / 2
        if alpha == 2:
            return half
        if alpha == -math.inf:
            return -mpmath.expm1(-half)
        if alpha == 0:
            return mpmath.log1p(half)
        return b / a * mpmath.expm1(a / 2 * mpmath.log1p(2 * half / b))

    return formula


ALPHAS = [2, 2 - 4.5e-16, 2 - 1e-9, 1.5, 1 + 1e-12, 1, 0.5, 1e-9, 1e-16]
ALPHAS += [5e-324, 0, -5e-324, -1e-16, -1e-9, -1, -2, -10, -1e8, -1e16]
ALPHAS += [-1e100, -1.7e308, -math.inf]


@pytest.mark.parametrize("alpha", ALPHAS)
def test_general_robust_holds_its_digits_at_any_alpha(alpha):
    for r in (0.0, 1e-9, -0.1, 1.0, -3.0, 30.0, 1e4):
        check_by_mpmath(
            general_robust_loss,
            general_robust_loss_grad,
            barron(alpha, 1.5),
            r,
            alpha=alpha,
            c=1.5,
            digits=400,
        )


@pytest.mark.parametrize("alpha", [2, 2 - 4.5e-16, 1.5, 1, 1e-9, 0, -2, -1e16])
@pytest.mark.parametrize("c", [1e-200, 1e-100, 1e-10, 1e10, 1e100, 1e200])
def test_general_robust_survives_extreme_sizes(alpha, c):
    for r in (1e-100, 1.0, 1e100, 1e150):
        check_by_mpmath(
            general_robust_loss,
            general_robust_loss_grad,
            barron(alpha, c),
            r,
            alpha=alpha,
            c=c,
            digits=1500,
        )


def test_general_robust_has_its_limits_at_an_infinite_residual():
    far = {"input": [-math.inf, math.inf], "target": [0, 0], "c": 2.0}
    for alpha, value, slope in [
        (2, math.inf, math.inf),
        (1.5, math.inf, math.inf),
        (1, math.inf, 0.5),
        (0, math.inf, 0),
        (-2, 2, 0),
        (-math.inf, 1, 0),
    ]:
        ours = general_robust_loss(**far, alpha=alpha, reduction="none")
        assert_allclose(ours, [value, value])
        ours = general_robust_loss_grad(**far, alpha=alpha, reduction="none")
        assert_allclose(ours, [-slope, slope])


KAPPAS = [0, 1e-300, 1e-8, 0.01, 0.5, 1, 3.7, 10, 19.9, 20, 20.1, 30, 50]
KAPPAS += [100, 700, 713, 714, 1e3, 1e4, 1e5, 1e6]


@pytest.mark.parametrize("kappa", KAPPAS)
def test_von_mises_agrees_with_mpmath_up_to_a_million(kappa):
    with mpmath.workdps(50):
        k = mpmath.mpf(kappa)
        bessel = [mpmath.besseli(order, k) for order in (0, 1)]
        for r in (0.0, 1e-8, -0.5, 3.0, math.pi, 9.0):
            value = mpmath.log(2 * mpmath.pi * bessel[0]) - k * mpmath.cos(r)
            agree(von_mises_nll_loss(r, 0.0, kappa), float(value))
            by_input, by_kappa = von_mises_nll_loss_grad(r, 0.0, kappa)
            agree(by_input, float(k * mpmath.sin(r)))
            agree(by_kappa, float(bessel[1] / bessel[0] - mpmath.cos(r)))


@pytest.mark.parametrize("kappa", [1e10, 1e100, 1e300])
def test_a_huge_concentration_is_a_narrow_normal(kappa):
    r = 2 / math.sqrt(kappa)
    normal = gaussian_nll_loss(r, 0.0, 1 / kappa, full=True, eps=0)
    assert_allclose(von_mises_nll_loss(r, 0.0, kappa), normal, rtol=1e-9)


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.floats(-1e3, 1e3), sizes),
        min_size=1,
        max_size=4,
    ),
    st.floats(-1e3, 1e3),
)
def test_mixture_agrees_with_mpmath_however_far_the_target(parts, y):
    logits, means, scales = np.array(parts).T
    scales = np.maximum(scales, 1e-100)
    with mpmath.workdps(50):
        terms = [
            (mpmath.mpf(a), (mpmath.mpf(y) - m) / s, mpmath.mpf(s))
            for a, m, s in zip(logits, means, scales, strict=True)
        ]
        weights = [mpmath.exp(a) for a, _, _ in terms]
        joint = [
            mpmath.exp(a - z**2 / 2) / (s * mpmath.sqrt(2 * mpmath.pi))
            for a, z, s in terms
        ]
        value = -mpmath.log(sum(joint) / sum(weights))
        agree(mixture_nll_loss(logits, means, scales, y), float(value), 500)


def test_mixture_gradient_is_finite_where_a_component_is_out_of_reach():
    found = mixture_nll_loss_grad([0.0, 0.0], [0, 1e200], [1.0, 1e-100], 0.5)
    expected = ([-0.5, 0.5], [-0.5, 0.0], [0.75, 0.0])
    for gradient, wanted in zip(found, expected, strict=True):
        assert_allclose(gradient, wanted)


widths = st.sampled_from([0.25, 0.5, 1.0, 2.0])


@given(
    st.lists(st.tuples(st.floats(-30, 30), widths), min_size=1, max_size=3),
    st.floats(-200, 200),
    st.floats(-100, 100),
)
def test_mixture_gradient_agrees_with_mpmath_however_far_the_target(
    parts, exponent, unit
):
    logits, scales = np.array(parts).T
    y, scales = 10.0**exponent, scales * 10.0**unit
    found = mixture_nll_loss_grad(logits, np.zeros(len(parts)), scales, y)
    with mpmath.workdps(50):
        z = [mpmath.mpf(y) / s for s in scales]
        prior = [mpmath.exp(a) for a in logits]
        parts = zip(prior, z, scales, strict=True)
        joint = [a * mpmath.exp(-(u**2) / 2) / s for a, u, s in parts]
        share = [j / sum(joint) for j in joint]
        wanted = (
            [a / sum(prior) - g for a, g in zip(prior, share, strict=True)],
            [-g * u / s for g, u, s in zip(share, z, scales, strict=True)],
            [
                g * (1 - u**2) / s
                for g, u, s in zip(share, z, scales, strict=True)
            ],
        )
    for ours, exact in zip(found, wanted, strict=True):
        exact = np.array([float(number) for number in exact])
        agree(ours, exact, 100 * np.abs(exact).max())


def test_mixture_is_finite_where_only_the_square_is_not():
    value = mixture_nll_loss([0.0], [0.0], [1.0], 1.5e154)
    assert_allclose(value, 0.5 * 1.5e154 * 1.5e154)


def test_a_component_without_weight_is_not_near():
    alone = mixture_nll_loss_grad([0.0], [0.0], [1.0], 1e200)
    found = mixture_nll_loss_grad(
        [-math.inf, 0.0], [1e200, 0.0], [1.0, 1.0], 1e200
    )
    for gradient, (wanted,) in zip(found, alone, strict=True):
        assert_array_equal(gradient, [0, wanted])


def test_a_component_switched_off_by_its_logit_does_not_count():
    data = ([0.0, -math.inf], [1.0, 5.0], [2.0, 1.0])
    alone = mixture_nll_loss([0.0], [1.0], [2.0], 3.0)
    assert_allclose(mixture_nll_loss(*data, 3.0), alone, rtol=1e-14)
    assert all(
        np.isfinite(gradient).all()
        for gradient in mixture_nll_loss_grad(*data, 3.0)
    )


# What the lecture claims


def test_the_huber_family_has_the_values_of_the_lecture():
    assert huber_loss([1], [0], delta=1) == 0.5
    assert smooth_l1_loss([1], [0], beta=1) == 0.5
    assert_allclose(pseudo_huber_loss([1], [0]), math.sqrt(2) - 1)
    assert huber_loss([5], [0], delta=2) == 8
    assert smooth_l1_loss([5], [0], beta=2) == 4
    assert_allclose(pseudo_huber_loss([5], [0], delta=2), 6.770, atol=5e-4)


@given(residuals, thresholds)
def test_huber_is_delta_times_smooth_l1(r, delta):
    smooth = smooth_l1_loss([r], [0], beta=delta)
    assert_allclose(huber_loss([r], [0], delta=delta), delta * smooth)
    smooth = smooth_l1_loss_grad([r], [0], beta=delta)
    assert_allclose(huber_loss_grad([r], [0], delta=delta), delta * smooth)


@given(residuals)
def test_huber_with_a_huge_delta_is_half_the_squared_error(r):
    half = 0.5 * mse_loss([r], [0])
    assert huber_loss([r], [0], delta=1e6) == half
    assert_allclose(pseudo_huber_loss([r], [0], delta=1e8), half, atol=1e-9)
    assert_array_equal(huber_loss_grad([r], [0], delta=1e6), [r])


@given(residuals)
def test_with_a_tiny_threshold_the_absolute_error_is_left(r):
    assert_allclose(smooth_l1_loss([r], [0], beta=1e-9), abs(r), atol=1e-9)
    assert smooth_l1_loss([r], [0], beta=0) == abs(r)
    for loss in (huber_loss, pseudo_huber_loss):
        assert_allclose(loss([r], [0], delta=1e-9) / 1e-9, abs(r), atol=2e-9)


@given(residuals, thresholds)
def test_no_residual_pulls_harder_than_delta(r, delta):
    slopes = [
        huber_loss_grad([r], [0], delta=delta)[0],
        pseudo_huber_loss_grad([r], [0], delta=delta)[0],
    ]
    assert np.max(np.abs(slopes)) <= delta
    assert abs(log_cosh_loss_grad([r], [0])[0]) <= 1


@given(residuals, thresholds)
def test_pseudo_huber_lies_below_huber_and_log_cosh_between_its_bounds(
    r, delta
):
    below = pseudo_huber_loss([r], [0], delta=delta)
    assert below <= huber_loss([r], [0], delta=delta) * (1 + 1e-15)
    log_cosh = log_cosh_loss([r], [0])
    assert abs(r) - math.log(2) <= log_cosh <= 0.5 * r**2 + 1e-300


@pytest.mark.parametrize("threshold", [0.3, 1.0, 4.0])
def test_value_and_slope_join_at_the_threshold(threshold):
    x = threshold * np.array([1 - 1e-9, 1 + 1e-9])
    target = np.zeros(2)
    for loss, grad, keywords in [
        (huber_loss, huber_loss_grad, {"delta": threshold}),
        (smooth_l1_loss, smooth_l1_loss_grad, {"beta": threshold}),
    ]:
        value = loss(x, target, **keywords, reduction="none")
        slope = grad(x, target, **keywords, reduction="none")
        assert_allclose(np.diff(value), 0, atol=1e-7)
        assert_allclose(np.diff(slope), 0, atol=1e-7)


def test_barrons_family_has_the_values_of_the_lecture():
    at_three = [
        general_robust_loss([3], [0], alpha=alpha)
        for alpha in (2, 1, 0, -2, -math.inf)
    ]
    assert_allclose(at_three, [4.5, 2.162, 1.705, 1.385, 0.989], atol=5e-4)


@pytest.mark.parametrize(
    "alpha, place, pull",
    [(0, 1.414, 0.707), (-2, 1.155, 0.650), (-math.inf, 1.0, 0.607)],
)
def test_the_strongest_pull_is_where_the_lecture_says(alpha, place, pull):
    x = np.linspace(0, 5, 5001)
    slope = general_robust_loss_grad(x, 0 * x, alpha=alpha, reduction="none")
    assert_allclose(x[slope.argmax()], place, atol=1e-3)
    assert_allclose(slope.max(), pull, atol=5e-4)


@given(residuals, thresholds)
def test_barrons_special_cases_are_the_known_losses(r, c):
    def robust(alpha):
        return general_robust_loss([r], [0], alpha=alpha, c=c)

    u2 = (r / c) ** 2
    charbonnier = pseudo_huber_loss([r], [0], delta=c) / c**2
    assert_allclose(robust(2), 0.5 * u2, rtol=1e-12)
    assert_allclose(robust(1), charbonnier, rtol=1e-12)
    assert_allclose(robust(0), math.log1p(0.5 * u2), rtol=1e-12)
    assert_allclose(robust(-2), 2 * u2 / (u2 + 4), rtol=1e-12)
    assert_allclose(robust(-math.inf), -math.expm1(-0.5 * u2), rtol=1e-12)


@given(residuals, st.floats(-20, 2), st.floats(-20, 2))
def test_barrons_loss_grows_with_alpha(r, alpha, other):
    low, high = sorted([alpha, other])
    below = general_robust_loss([r], [0], alpha=low)
    above = general_robust_loss([r], [0], alpha=high)
    assert below <= above * (1 + 1e-12)
    welsch = general_robust_loss([r], [0], alpha=-math.inf)
    assert welsch <= below * (1 + 1e-12)


@pytest.mark.parametrize("alpha", [2, 1, 0])
@given(residuals)
def test_barrons_loss_does_not_jump_near_its_limits(alpha, r):
    there = general_robust_loss([r], [0], alpha=alpha)
    slope = general_robust_loss_grad([r], [0], alpha=alpha)
    for near in (alpha - 1e-9, min(alpha + 1e-9, 2)):
        close = {"rtol": 1e-7, "atol": 1e-300}
        value = general_robust_loss([r], [0], alpha=near)
        assert_allclose(value, there, **close)
        value = general_robust_loss_grad([r], [0], alpha=near)
        assert_allclose(value, slope, **close)


@given(residuals)
def test_barrons_loss_approaches_its_limit_at_minus_infinity(r):
    limit = general_robust_loss([r], [0], alpha=-math.inf)
    near = general_robust_loss([r], [0], alpha=-1e12)
    assert_allclose(near, limit, atol=1e-11)


@given(residuals, levels)
def test_quantile_loss_mirrors_its_level(r, q):
    mirrored = quantile_loss([-r], [0], q=1 - q)
    assert_allclose(quantile_loss([r], [0], q=q), mirrored, rtol=1e-12)
    half = 0.5 * l1_loss([r], [0])
    assert quantile_loss([r], [0], q=0.5) == half


def test_a_target_above_the_prediction_costs_q_per_unit():
    assert quantile_loss([0.0], [2.0], q=0.9) == 1.8
    assert_allclose(quantile_loss([2.0], [0.0], q=0.9), 0.2)


@given(seeds)
def test_the_best_constant_for_squared_error_is_the_mean(seed):
    y = np.random.default_rng(seed).exponential(size=31)
    mean = np.full(31, y.mean())
    assert_allclose(
        mse_loss_grad(mean, y, reduction="sum").sum(), 0, atol=1e-12
    )
    assert mse_loss(mean, y) < min(
        mse_loss(mean + 0.01, y), mse_loss(mean - 0.01, y)
    )


@given(seeds)
def test_the_best_constant_for_absolute_error_is_the_median(seed):
    y = np.random.default_rng(seed).exponential(size=31)
    total = l1_loss(
        np.repeat(y[:, None], 31, 1), np.tile(y, (31, 1)), reduction="none"
    ).sum(axis=1)
    assert y[total.argmin()] == np.median(y)
    assert l1_loss_grad(np.full(31, np.median(y)), y).sum() == 0


@given(seeds, levels, st.integers(1, 60))
def test_the_best_constant_for_quantile_loss_is_the_quantile(seed, q, n):
    y = np.random.default_rng(seed).exponential(size=n)
    total = quantile_loss(
        np.repeat(y[:, None], n, 1),
        np.tile(y, (n, 1)),
        q=q,
        reduction="none",
    ).sum(axis=1)
    best = y[total.argmin()]
    assert (y < best).mean() <= q + 1e-12
    assert (y <= best).mean() >= q - 1e-12


@given(seeds, levels)
def test_the_mean_quantile_gradient_is_the_share_below_minus_q(seed, q):
    y = np.random.default_rng(seed).normal(size=50)
    slope = quantile_loss_grad(np.full(50, 0.2), y, q=q).sum()
    assert_allclose(slope, (y < 0.2).mean() - q, atol=1e-14)


def test_gaussian_nll_takes_a_variance_not_a_standard_deviation():
    assert_allclose(gaussian_nll_loss([2.0], [0.0], [4.0]), 1.1931, atol=5e-5)
    assert_allclose(gaussian_nll_loss([2.0], [0.0], [2.0]), 1.3466, atol=5e-5)
    full = gaussian_nll_loss([2.0], [0.0], [4.0], full=True)
    assert_allclose(full, 2.1121, atol=5e-5)
    assert_allclose(gaussian_nll_loss([0.0], [0.0], 0), -6.9078, atol=5e-5)


@given(seeds)
def test_the_best_scale_is_the_mean_squared_or_absolute_residual(seed):
    y = np.random.default_rng(seed).normal(size=20)
    mean = np.zeros(20)
    slope = gaussian_nll_loss_grad(mean, y, np.mean(y**2))[1]
    assert_allclose(slope, 0, atol=1e-12)
    slope = laplace_nll_loss_grad(mean, y, np.mean(np.abs(y)))[1]
    assert_allclose(slope, 0, atol=1e-12)


def test_poisson_nll_has_the_values_of_the_lecture():
    assert_allclose(poisson_nll_loss([3.0], [5.0]), 5.0855, atol=5e-5)
    rate = poisson_nll_loss([3.0], [5.0], log_input=False)
    assert_allclose(rate, -2.4931, atol=5e-5)
    full = poisson_nll_loss([3.0], [5.0], log_input=False, full=True)
    assert_allclose(full, 2.2778, atol=5e-5)


def test_stirlings_terms_are_added_for_counts_above_1_only():
    count = np.array([0.0, 0.5, 1.0, 2.0, 5.0])
    added = poisson_nll_loss(
        0 * count, count, full=True, reduction="none"
    ) - poisson_nll_loss(0 * count, count, reduction="none")
    assert_array_equal(added[:3], 0)
    exact = [math.lgamma(n + 1) for n in count[3:]]
    assert_allclose(added[3:], exact, atol=0.05)


@given(seeds)
def test_the_best_constant_log_rate_is_the_log_of_the_mean_count(seed):
    y = np.random.default_rng(seed).poisson(4, 30)
    slope = poisson_nll_loss_grad(np.full(30, np.log(y.mean())), y).sum()
    assert_allclose(slope, 0, atol=1e-13)


@given(st.floats(-4, 4), st.floats(0, 1e6), st.integers(-3, 3))
def test_von_mises_does_not_see_full_turns(angle, kappa, turns):
    turned = von_mises_nll_loss([angle + 2 * math.pi * turns], [0.5], kappa)
    straight = von_mises_nll_loss([angle], [0.5], kappa)
    assert_allclose(turned, straight, rtol=1e-8, atol=1e-8)


def test_von_mises_without_concentration_is_uniform_on_the_circle():
    value = von_mises_nll_loss([0.0, 1.0, 3.0], [0.0] * 3, 0, reduction="none")
    assert_allclose(value, math.log(2 * math.pi), rtol=1e-15)


@pytest.mark.parametrize("kappa", [0.0, 0.5, 5.0, 100.0, 2e3])
def test_the_von_mises_density_integrates_to_1(kappa):
    angle = np.linspace(-math.pi, math.pi, 4001)
    loss = von_mises_nll_loss(angle, 0 * angle, kappa, reduction="none")
    assert_allclose(np.trapezoid(np.exp(-loss), angle), 1, rtol=1e-12)


@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_a_mixture_of_one_is_the_full_gaussian(y, scale):
    one = mixture_nll_loss([[0.7]], [[0.0]], [[scale]], [y])
    normal = gaussian_nll_loss([0.0], [y], scale**2, full=True)
    assert_allclose(one, normal, rtol=1e-12, atol=1e-12)


@given(seeds, st.floats(-100, 100))
def test_a_mixture_ignores_order_and_common_shift_of_its_logits(seed, shift):
    rng = np.random.default_rng(seed)
    logits, means = rng.normal(size=(2, 6, 3))
    scales, y = rng.uniform(0.5, 2, (6, 3)), rng.normal(size=6)
    value = mixture_nll_loss(logits, means, scales, y)
    shifted = mixture_nll_loss(logits + shift, means, scales, y)
    turned = mixture_nll_loss(
        logits[:, ::-1], means[:, ::-1], scales[:, ::-1], y
    )
    assert_allclose([shifted, turned], value, rtol=1e-12)


def test_the_mixture_density_integrates_to_1():
    y = np.linspace(-12, 12, 2401)
    parts = [np.tile(row, (y.size, 1)) for row in ([0, 1], [-2, 3], [0.5, 1])]
    loss = mixture_nll_loss(*parts, y, reduction="none")
    assert_allclose(np.trapezoid(np.exp(-loss), y), 1, rtol=1e-12)


def test_the_mixture_gradient_by_its_logits_sums_to_0(rng):
    logits, means = rng.normal(size=(2, 5, 3))
    by_logits, *_ = mixture_nll_loss_grad(
        logits, means, np.ones((5, 3)), rng.normal(size=5)
    )
    assert_allclose(by_logits.sum(axis=-1), 0, atol=1e-15)


# Wrong calls


@pytest.mark.parametrize("call", ["", "_grad"])
@pytest.mark.parametrize(
    "name, keywords, sentence",
    [
        ("huber_loss", {"delta": 0}, "delta must be positive, got 0"),
        ("huber_loss", {"delta": -1.5}, "delta must be positive, got -1.5"),
        (
            "huber_loss",
            {"delta": math.inf},
            "delta must be finite, got inf",
        ),
        (
            "smooth_l1_loss",
            {"beta": -1},
            "beta must not be negative, got -1",
        ),
        (
            "pseudo_huber_loss",
            {"delta": math.nan},
            "delta must be positive, got nan",
        ),
        (
            "quantile_loss",
            {"q": 1.5},
            "q must lie strictly between 0 and 1, got 1.5",
        ),
        (
            "quantile_loss",
            {"q": 0},
            "q must lie strictly between 0 and 1, got 0",
        ),
        (
            "general_robust_loss",
            {"alpha": 3},
            "alpha must lie between -inf and 2, got 3",
        ),
        (
            "general_robust_loss",
            {"alpha": 1, "c": 0},
            "c must be positive, got 0",
        ),
        (
            "gaussian_nll_loss",
            {"var": [1.0, -1.0]},
            "var must not be negative, got -1.0",
        ),
        (
            "gaussian_nll_loss",
            {"var": 1.0, "eps": -1},
            "eps must not be negative, got -1",
        ),
        (
            "gaussian_nll_loss",
            {"var": 1.0, "full": "yes"},
            "full must be True or False, got 'yes'",
        ),
        (
            "laplace_nll_loss",
            {"scale": 0},
            "scale must be positive, got 0.0",
        ),
        (
            "poisson_nll_loss",
            {"log_input": 1},
            "log_input must be True or False, got 1",
        ),
        (
            "poisson_nll_loss",
            {"full": None},
            "full must be True or False, got None",
        ),
        (
            "poisson_nll_loss",
            {"eps": math.nan},
            "eps must not be negative, got nan",
        ),
        (
            "von_mises_nll_loss",
            {"concentration": -2.0},
            "concentration must not be negative, got -2.0",
        ),
        (
            "mse_loss",
            {"weight": [1.0]},
            "input and weight must have the same shape, got (2,) and (1,)",
        ),
        (
            "l1_loss",
            {"target": [[1.0], [2.0]]},
            "input and target must have the same shape, got (2,) and (2, 1)",
        ),
    ],
)
def test_a_wrong_argument_is_named_in_one_sentence(
    call, name, keywords, sentence
):
    arguments = {"input": [1.0, 2.0], "target": [0.0, 0.0], **keywords}
    with pytest.raises(ValueError) as caught:
        getattr(losses, name + call)(**arguments)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("function", [mixture_nll_loss, mixture_nll_loss_grad])
@pytest.mark.parametrize(
    "logits, means, scales, target, sentence",
    [
        (
            np.ones((4, 2)),
            np.ones((4, 3)),
            np.ones((4, 2)),
            np.ones(4),
            "logits, means and scales must have the same shape, "
            "got (4, 2), (4, 3) and (4, 2)",
        ),
        (
            np.ones((4, 2)),
            np.ones((4, 2)),
            np.ones((4, 2)),
            np.ones((4, 1)),
            "target must have the shape of logits without the last axis, "
            "(4,), got (4, 1)",
        ),
        (
            np.ones((4, 0)),
            np.ones((4, 0)),
            np.ones((4, 0)),
            np.ones(4),
            "logits must have a last axis with at least one component, "
            "got shape (4, 0)",
        ),
        (
            1.0,
            1.0,
            1.0,
            1.0,
            "logits must have a last axis with at least one component, "
            "got shape ()",
        ),
        (
            [0.0, 0.0],
            [0.0, 0.0],
            [1.0, -1.0],
            0.0,
            "scales must be positive, got -1.0",
        ),
    ],
)
def test_a_mixture_that_does_not_fit_is_refused(
    function, logits, means, scales, target, sentence
):
    with pytest.raises(ValueError) as caught:
        function(logits, means, scales, target)
    assert str(caught.value) == sentence

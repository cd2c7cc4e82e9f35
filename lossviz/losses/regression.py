"""Losses of regression, each with its gradient.

Arguments and values are those of `torch.nn.functional` where torch has the
loss; the rest carry the field's own names. In the formulas r = y − ŷ is the
residual, target minus prediction; the code works with the error ŷ − y = −r,
whose sign is that of the gradient.

Every gradient takes the arguments of its loss and returns the derivative of
the reduced loss with respect to the first argument (for ``"none"``: of the
sum), or a tuple where a scale is learned too. At a kink it is the value that
torch's autograd gives.
"""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import ArrayLike

from lossviz.losses.base import Loss, quiet, reduce, reduce_grad
from lossviz.validation import (
    all_non_negative,
    all_positive,
    as_float,
    between,
    flag,
    non_negative,
    positive,
    same_shape,
)

LOG_2PI = math.log(2 * math.pi)


def _paired(
    input: ArrayLike, target: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    input, target = as_float("input", input), as_float("target", target)
    same_shape(input=input, target=target)
    return input, target


def _error(input: ArrayLike, target: ArrayLike) -> np.ndarray:
    """Return prediction minus target."""
    return np.subtract(*_paired(input, target))


def _weights(weight: ArrayLike | None, error: np.ndarray) -> np.ndarray:
    """Return one weight per element: ones where none are given."""
    if weight is None:
        return np.ones_like(error)
    weight = as_float("weight", weight)
    same_shape(input=error, weight=weight)
    return weight


def _aligned(name: str, array: np.ndarray, shape: tuple) -> np.ndarray:
    """Return a scale with as many axes as the input, ready to broadcast.

    The rule is that of torch's `gaussian_nll_loss`: one number, or the
    input's shape, the same without its last axis, or with one axis of
    length 1.
    """
    if array.ndim == 0:
        return array.reshape((1,) * len(shape))
    if array.shape == shape[:-1]:
        return array[..., np.newaxis]
    if array.ndim == len(shape):
        pairs = zip(array.shape, shape, strict=True)
        if [n for n, m in pairs if n != m] in ([], [1]):
            return array
    raise ValueError(
        f"{name} must be one number or have the shape of input, {shape}, "
        f"its last axis left out or one axis of length 1, got {array.shape}"
    )


def _folded(
    gradient: np.ndarray, aligned: np.ndarray, array: np.ndarray
) -> np.ndarray:
    """Sum a gradient over the axes along which a scale was broadcast."""
    axes = tuple(i for i, n in enumerate(aligned.shape) if n == 1)
    return np.asarray(gradient.sum(axis=axes)).reshape(array.shape)


# Losses of the residual alone


@quiet
def mse_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Squared error r²; its best constant is the mean.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape.
    weight : array_like of shape (...), optional
        Weight of each element; ``"mean"`` then divides by their sum.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the target squared.

    Raises
    ------
    ValueError
        If the shapes differ or `reduction` is unknown.

    References
    ----------
    Legendre (1805), Nouvelles méthodes pour la détermination des orbites
    des comètes, appendix.
    """
    error = _error(input, target)
    weight = _weights(weight, error)
    return reduce(weight * error**2, reduction, divisor=np.sum(weight))


@quiet
def mse_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `mse_loss` by the prediction: −2r, without bound.

    Parameters, reductions and errors are those of `mse_loss`.
    """
    error = _error(input, target)
    weight = _weights(weight, error)
    return reduce_grad(2 * weight * error, reduction, divisor=np.sum(weight))


@quiet
def l1_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Absolute error |r|; its best constant is the median.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape.
    weight : array_like of shape (...), optional
        Weight of each element; ``"mean"`` then divides by their sum.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the target.

    Raises
    ------
    ValueError
        If the shapes differ or `reduction` is unknown.

    References
    ----------
    Boscovich (1757), De litteraria expeditione per pontificiam ditionem.
    """
    error = _error(input, target)
    weight = _weights(weight, error)
    return reduce(weight * np.abs(error), reduction, divisor=np.sum(weight))


@quiet
def l1_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `l1_loss` by the prediction: −sign(r), 0 at r = 0.

    Parameters, reductions and errors are those of `l1_loss`.
    """
    error = _error(input, target)
    weight = _weights(weight, error)
    slopes = weight * np.sign(error)
    return reduce_grad(slopes, reduction, divisor=np.sum(weight))


@quiet
def huber_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    delta: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Half the squared error near zero, a straight line beyond `delta`.

    ½r² where |r| ≤ δ, δ|r| − ½δ² elsewhere: value and slope join at δ.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape.
    delta : float, default 1.0
        Size of the residual from which on the loss is linear, in units of
        the target, and its slope there; positive.
    weight : array_like of shape (...), optional
        Weight of each element; ``"mean"`` divides by the number of
        elements all the same, as torch does here and not in `mse_loss`.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the target squared.

    Raises
    ------
    ValueError
        If `delta` is not positive and finite, the shapes differ or
        `reduction` is unknown.

    References
    ----------
    Huber (1964), Robust Estimation of a Location Parameter, Annals of
    Mathematical Statistics 35:73.
    """
    delta = positive("delta", delta)
    size = np.abs(_error(input, target))
    values = np.where(
        size <= delta,
        0.5 * size**2,
        delta * (size - 0.5 * delta),
    )
    return reduce(_weights(weight, size) * values, reduction)


@quiet
def huber_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    delta: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `huber_loss` by the prediction: −r, clipped to ±δ.

    Parameters, reductions and errors are those of `huber_loss`.
    """
    delta = positive("delta", delta)
    error = _error(input, target)
    slopes = np.clip(error, -delta, delta)
    return reduce_grad(_weights(weight, error) * slopes, reduction)


@quiet
def smooth_l1_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    beta: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Absolute error with a rounded tip: `huber_loss` divided by `beta`.

    r²/2β where |r| < β, |r| − ½β elsewhere: the slope is ±1 at any β.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape.
    beta : float, default 1.0
        Size of the residual from which on the loss is linear, in units of
        the target; 0 gives `l1_loss`.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the target.

    Raises
    ------
    ValueError
        If `beta` is negative or not finite, the shapes differ or
        `reduction` is unknown.

    References
    ----------
    Girshick (2015), Fast R-CNN, ICCV.
    """
    beta = non_negative("beta", beta)
    size = np.abs(_error(input, target))
    values = np.where(
        size < beta,
        # in this order nothing overflows, however large beta is
        0.5 * size * (size / beta),
        size - 0.5 * beta,
    )
    return reduce(values, reduction)


@quiet
def smooth_l1_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    beta: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `smooth_l1_loss` by the prediction: −r/β, within ±1.

    Parameters, reductions and errors are those of `smooth_l1_loss`.
    """
    beta = non_negative("beta", beta)
    error = _error(input, target)
    slopes = np.where(np.abs(error) < beta, error / beta, np.sign(error))
    return reduce_grad(slopes, reduction)


@quiet
def pseudo_huber_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    delta: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Branch of a hyperbola: ½r² near zero, slope `delta` far away.

    δ²(√(1 + (r/δ)²) − 1): like `huber_loss`, but smooth to every order.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape.
    delta : float, default 1.0
        Slope of the asymptotes, in units of the target; positive.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the target squared.

    Raises
    ------
    ValueError
        If `delta` is not positive and finite, the shapes differ or
        `reduction` is unknown.

    References
    ----------
    Charbonnier, Blanc-Féraud, Aubert & Barlaud (1997), Deterministic
    Edge-Preserving Regularization in Computed Imaging, IEEE Transactions
    on Image Processing 6:298.
    """
    delta = positive("delta", delta)
    size = np.abs(_error(input, target))
    # In a right triangle with legs r and δ, r opposite to the angle, the
    # loss is δ·r·tan(angle/2): no cancellation at small r, no overflow.
    angle = np.arctan2(size, delta)
    return reduce(delta * np.tan(angle / 2) * size, reduction)


@quiet
def pseudo_huber_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    delta: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `pseudo_huber_loss`: −r/√(1 + (r/δ)²), within ±δ.

    Parameters, reductions and errors are those of `pseudo_huber_loss`.
    """
    delta = positive("delta", delta)
    angle = np.arctan2(_error(input, target), delta)
    return reduce_grad(delta * np.sin(angle), reduction)


@quiet
def log_cosh_loss(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Logarithm of the hyperbolic cosine of the residual.

    log cosh r: ½r² near zero, |r| − log 2 far away.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape; their unit matters, as
        there is no threshold to carry it.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss.

    Raises
    ------
    ValueError
        If the shapes differ or `reduction` is unknown.

    References
    ----------
    Green (1990), Bayesian Reconstructions from Emission Tomography Data
    Using a Modified EM Algorithm, IEEE Transactions on Medical Imaging
    9:84.
    """
    size = np.abs(_error(input, target))
    near = np.log1p(2 * np.sinh(np.minimum(size, 1) / 2) ** 2)
    far = size - math.log(2) + np.log1p(np.exp(-2 * size))
    return reduce(np.where(size < 1, near, far), reduction)


@quiet
def log_cosh_loss_grad(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `log_cosh_loss` by the prediction: −tanh r.

    Parameters, reductions and errors are those of `log_cosh_loss`.
    """
    return reduce_grad(np.tanh(_error(input, target)), reduction)


@quiet
def quantile_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    q: float,
    reduction: str = "mean",
) -> np.ndarray:
    """Pinball loss, whose best constant is the quantile of level `q`.

    max(q·r, (q − 1)·r): a target above the prediction costs q per unit,
    one below costs 1 − q.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape.
    q : float
        Level of the quantile, between 0 and 1; ½ gives half of `l1_loss`.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the target.

    Raises
    ------
    ValueError
        If `q` is not strictly between 0 and 1, the shapes differ or
        `reduction` is unknown.

    References
    ----------
    Koenker & Bassett (1978), Regression Quantiles, Econometrica 46:33.
    """
    q = between("q", q, 0, 1)
    error = _error(input, target)
    return reduce(np.maximum(-q * error, (1 - q) * error), reduction)


@quiet
def quantile_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    q: float,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `quantile_loss` by the prediction.

    −q below the target and 1 − q above it, so that the mean is the share
    of targets under the prediction, minus q; ½ − q at the kink, where
    torch's `maximum` halves the gradient between its arguments.

    Parameters, reductions and errors are those of `quantile_loss`.
    """
    q = between("q", q, 0, 1)
    slopes = np.heaviside(_error(input, target), 0.5) - q
    return reduce_grad(slopes, reduction)


@quiet
def general_robust_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    alpha: float,
    c: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Barron's family, from squared error to one that ignores outliers.

    With u = r/c and b = |α − 2|: (b/α)·((u²/b + 1)^(α/2) − 1), continued
    to ½u² at α = 2, log(½u² + 1) at 0 and 1 − exp(−½u²) at −∞. It is
    Charbonnier's loss at α = 1 and Geman and McClure's at −2.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predictions and targets, of the same shape.
    alpha : float
        Shape, from −inf to 2: the lower, the weaker the far residuals.
    c : float, default 1.0
        Scale, in units of the target; positive. Well below it every
        member is ½u².
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss, without unit.

    Raises
    ------
    ValueError
        If `alpha` is above 2, `c` is not positive and finite, the shapes
        differ or `reduction` is unknown.

    References
    ----------
    Barron (2019), A General and Adaptive Robust Loss Function, CVPR.
    """
    alpha = between("alpha", alpha, -math.inf, 2, open=False)
    c = positive("c", c)
    values = _general_robust(_error(input, target), alpha, c)
    return reduce(values, reduction)


def _general_robust(error: np.ndarray, alpha: float, c: float) -> np.ndarray:
    if alpha == 2:
        return 0.5 * (error / c) ** 2
    if alpha == -math.inf:
        return -np.expm1(-0.5 * (error / c) ** 2)
    log_b, log_term = _general_robust_logs(error, alpha, c)
    # closer to 0, the limit is all that float64 can tell
    if abs(alpha) < 1e-100:
        return log_term
    # The formula with exp and expm1 in place of the power: exact near
    # α = 0 and 2, and too large for float64 only where the loss is.
    power = alpha / 2 * log_term
    growth = np.exp(np.maximum(power, 0) + log_b)
    return growth * -np.expm1(-np.abs(power)) / abs(alpha)


def _general_robust_logs(
    error: np.ndarray, alpha: float, c: float
) -> tuple[float, np.ndarray]:
    """Return log b and log(u²/b + 1), for −inf < alpha < 2."""
    log_b = math.log(2 - alpha)
    log_square = 2 * (np.log(np.abs(error)) - math.log(c))
    return log_b, np.logaddexp(0, log_square - log_b)


@quiet
def general_robust_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    alpha: float,
    c: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `general_robust_loss`: −(r/c²)·((r/c)²/|α−2| + 1)^(α/2−1).

    Unbounded for α > 1, bounded by 1/c at α = 1, and back to 0 far away
    for α < 1.

    Parameters, reductions and errors are those of `general_robust_loss`.
    """
    alpha = between("alpha", alpha, -math.inf, 2, open=False)
    c = positive("c", c)
    slopes = _general_robust_slope(_error(input, target), alpha, c)
    return reduce_grad(slopes, reduction)


def _general_robust_slope(
    error: np.ndarray, alpha: float, c: float
) -> np.ndarray:
    if alpha == 2:
        return error / c / c
    if alpha == -math.inf:
        # beyond 100 c the slope is 0 in float64; clipped, also at infinity
        u = np.clip(error / c, -100, 100)
        return u * np.exp(-0.5 * u**2) / c
    log_b, log_term = _general_robust_logs(error, alpha, c)
    # an infinite residual is to give the limit, not 0·inf at α = 1
    log_term = np.minimum(log_term, sys.float_info.max)
    # u/√(u² + b) carries the sign; its size goes into the exponent, where
    # no factor alone can overflow
    direction = np.sin(np.arctan2(error, c * math.sqrt(2 - alpha)))
    log_size = np.log(np.abs(direction)) + (alpha - 1) / 2 * log_term
    return np.sign(error) * np.exp(log_size + log_b / 2 - math.log(c))


# Negative log-likelihoods


@quiet
def gaussian_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    var: ArrayLike,
    *,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a normal with predicted mean and variance.

    ½(log v + r²/v) with v = max(var, eps); `full` adds ½ log 2π.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predicted means and targets, of the same shape.
    var : array_like
        Predicted variances σ² (not σ), not negative: of the shape of
        `input`, the same without its last axis or with one axis of length
        1, or one number.
    full : bool, default False
        Whether to keep the constant term.
    eps : float, default 1e-6
        Smallest variance used.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats; negative where the density is above 1 (up to the
        constant left out).

    Raises
    ------
    ValueError
        If a variance or `eps` is negative, the shapes do not fit, `full`
        is no boolean or `reduction` is unknown.

    References
    ----------
    Nix & Weigend (1994), Estimating the Mean and Variance of the Target
    Probability Distribution, ICNN.
    """
    full = flag("full", full)
    error = _error(input, target)
    var = _variance(var, error.shape, eps)
    values = 0.5 * (np.log(var) + error * (error / var))
    return reduce(values + full * 0.5 * LOG_2PI, reduction)


def _variance(var: ArrayLike, shape: tuple, eps: float) -> np.ndarray:
    """Return variances, cut at `eps`, ready to broadcast to `shape`."""
    var = all_non_negative("var", as_float("var", var))
    return _aligned("var", np.maximum(var, non_negative("eps", eps)), shape)


@quiet
def gaussian_nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    var: ArrayLike,
    *,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `gaussian_nll_loss` by the mean and by the variance.

    −r/v, of the shape of `input`, and ½(1/v − r²/v²), of the shape of
    `var`. As in torch the cut at `eps` does not stop the second: at
    var = 0 it is the derivative at v = eps.

    Parameters, reductions and errors are those of `gaussian_nll_loss`.
    """
    flag("full", full)
    error = _error(input, target)
    used = _variance(var, error.shape, eps)
    by_input = reduce_grad(error / used, reduction)
    by_var = reduce_grad(0.5 * (1 / used - (error / used) ** 2), reduction)
    return by_input, _folded(by_var, used, as_float("var", var))


@quiet
def laplace_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    scale: ArrayLike,
    *,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a Laplace distribution.

    log 2b + |r|/b: the absolute error, with a width that is learned.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predicted medians and targets, of the same shape.
    scale : array_like
        Predicted widths b, positive, in units of the target: of the shape
        of `input`, the same without its last axis or with one axis of
        length 1, or one number.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a width is not positive, the shapes do not fit or `reduction`
        is unknown.

    References
    ----------
    Laplace (1774), Mémoire sur la probabilité des causes par les
    événements.
    """
    error = _error(input, target)
    scale = all_positive("scale", as_float("scale", scale))
    b = _aligned("scale", scale, error.shape)
    return reduce(math.log(2) + np.log(b) + np.abs(error) / b, reduction)


@quiet
def laplace_nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    scale: ArrayLike,
    *,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `laplace_nll_loss` by the median and by the width.

    −sign(r)/b, of the shape of `input`, and (1 − |r|/b)/b, of the shape
    of `scale`.

    Parameters, reductions and errors are those of `laplace_nll_loss`.
    """
    error = _error(input, target)
    scale = all_positive("scale", as_float("scale", scale))
    b = _aligned("scale", scale, error.shape)
    by_input = reduce_grad(np.sign(error) / b, reduction)
    by_scale = reduce_grad((1 - np.abs(error) / b) / b, reduction)
    return by_input, _folded(by_scale, b, scale)


@quiet
def poisson_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of counts with a predicted rate.

    exp(z) − y·z for the log-rate z, or λ − y·log(λ + eps) for the rate λ;
    log y! is left out unless `full`.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predicted log-rates (or rates) and counts, of the same shape.
    log_input : bool, default True
        Whether `input` is the logarithm of the rate.
    full : bool, default False
        Whether to add Stirling's approximation of log y!,
        y·log y − y + ½ log 2πy, where the count is above 1.
    eps : float, default 1e-8
        What keeps the logarithm of a rate finite.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If `eps` is negative, the shapes differ, `log_input` or `full` is
        no boolean or `reduction` is unknown.

    References
    ----------
    Nelder & Wedderburn (1972), Generalized Linear Models, Journal of the
    Royal Statistical Society A 135:370.
    """
    eps = non_negative("eps", eps)
    input, target = _paired(input, target)
    if flag("log_input", log_input):
        values = np.exp(input) - target * input
    else:
        values = input - target * np.log(input + eps)
    if flag("full", full):
        values = values + np.where(target > 1, _stirling(target), 0)
    return reduce(values, reduction)


def _stirling(count: np.ndarray) -> np.ndarray:
    """Return the leading terms of log(count!)."""
    return count * np.log(count) - count + 0.5 * (LOG_2PI + np.log(count))


@quiet
def poisson_nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `poisson_nll_loss` by its input.

    exp(z) − y for the log-rate, 1 − y/(λ + eps) for the rate.

    Parameters, reductions and errors are those of `poisson_nll_loss`.
    """
    eps = non_negative("eps", eps)
    flag("full", full)
    input, target = _paired(input, target)
    if flag("log_input", log_input):
        return reduce_grad(np.exp(input) - target, reduction)
    return reduce_grad(1 - target / (input + eps), reduction)


@quiet
def von_mises_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    concentration: ArrayLike,
    *,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a von Mises distribution on the circle.

    log(2π I₀(κ)) − κ cos r: the same for angles a full turn apart.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Predicted directions and angles, in radians, of the same shape.
    concentration : array_like
        Predicted concentrations κ, not negative (0: all directions alike;
        large: a normal of variance 1/κ): of the shape of `input`, the same
        without its last axis or with one axis of length 1, or one number.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a concentration is negative, the shapes do not fit or
        `reduction` is unknown.

    References
    ----------
    von Mises (1918), Über die „Ganzzahligkeit“ der Atomgewichte und
    verwandte Fragen, Physikalische Zeitschrift 19:490.
    """
    error = _error(input, target)
    _, kappa = _concentration(concentration, error.shape)
    log_scaled_bessel, _ = _circle_integrals(kappa)
    # κ(1 − cos r) without cancellation; the κ is in the scaled Bessel
    values = LOG_2PI + log_scaled_bessel + 2 * kappa * np.sin(error / 2) ** 2
    return reduce(values, reduction)


def _concentration(
    concentration: ArrayLike, shape: tuple
) -> tuple[np.ndarray, np.ndarray]:
    """Return concentrations as given, and ready to broadcast to `shape`."""
    given = as_float("concentration", concentration)
    all_non_negative("concentration", given)
    return given, _aligned("concentration", given, shape)


def _circle_integrals(kappa: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log(I₀(κ)·exp(−κ)) and 1 − I₁(κ)/I₀(κ).

    I₀(κ)·exp(−κ) is the mean of exp(−κ(1 − cos θ)) over the half circle,
    and the ratio is the mean of cos θ with these weights. On a smooth
    periodic function, and on a bell cut where it is below exp(−40), the
    trapezoid rule with 32 steps is exact to rounding.
    """
    kappa = kappa[..., np.newaxis]
    reach = 2 * np.arcsin(np.sqrt(np.minimum(1, 20 / kappa)))
    angle = reach * np.linspace(0, 1, 33)
    height = 2 * np.sin(angle / 2) ** 2
    bell = np.exp(-kappa * height)
    area = np.trapezoid(bell, angle)
    return np.log(area / np.pi), np.trapezoid(height * bell, angle) / area


@quiet
def von_mises_nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    concentration: ArrayLike,
    *,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `von_mises_nll_loss` by direction and concentration.

    −κ sin r, of the shape of `input`, and I₁(κ)/I₀(κ) − cos r, of the
    shape of `concentration`.

    Parameters, reductions and errors are those of `von_mises_nll_loss`.
    """
    error = _error(input, target)
    given, kappa = _concentration(concentration, error.shape)
    _, missing = _circle_integrals(kappa)
    by_input = reduce_grad(kappa * np.sin(error), reduction)
    slopes = 2 * np.sin(error / 2) ** 2 - missing
    return by_input, _folded(reduce_grad(slopes, reduction), kappa, given)


@quiet
def mixture_nll_loss(
    logits: ArrayLike,
    means: ArrayLike,
    scales: ArrayLike,
    target: ArrayLike,
    *,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a mixture of normals.

    −log Σₖ πₖ N(y; μₖ, σₖ²) with π = softmax(logits), summed in logarithms
    so that a target far from every component keeps a finite loss.

    Parameters
    ----------
    logits, means, scales : array_like of shape (..., K)
        Raw weights, means and standard deviations (positive) of the K
        components.
    target : array_like of shape (...)
        One target per mixture.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all targets, or one loss per target.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a scale is not positive, there is no component, the shapes do
        not fit or `reduction` is unknown.

    References
    ----------
    Bishop (1994), Mixture Density Networks, Aston University,
    NCRG/94/004.
    """
    log_weights, z, scales = _mixture(logits, means, scales, target)
    joint = _log_joint(log_weights, z, scales)
    return reduce(-np.logaddexp.reduce(joint, axis=-1), reduction)


def _mixture(
    logits: ArrayLike, means: ArrayLike, scales: ArrayLike, target: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log-weights, standardised targets and scales, (..., K) each."""
    logits, means = as_float("logits", logits), as_float("means", means)
    scales = all_positive("scales", as_float("scales", scales))
    target = as_float("target", target)
    same_shape(logits=logits, means=means, scales=scales)
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(
            "logits must have a last axis with at least one component, "
            f"got shape {logits.shape}"
        )
    if target.shape != logits.shape[:-1]:
        raise ValueError(
            "target must have the shape of logits without the last axis, "
            f"{logits.shape[:-1]}, got {target.shape}"
        )
    log_weights = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    return log_weights, (target[..., np.newaxis] - means) / scales, scales


def _log_joint(
    log_weights: np.ndarray, z: np.ndarray, scales: np.ndarray
) -> np.ndarray:
    """Return the log of weight times normal density, per component."""
    return log_weights - 0.5 * z * z - np.log(scales) - 0.5 * LOG_2PI


def _responsibilities(
    log_weights: np.ndarray, z: np.ndarray, scales: np.ndarray
) -> np.ndarray:
    """Return the share of each component in the density at the target.

    Shares depend on differences of ½z² alone. Taken as products, these
    neither cancel nor, of targets that are as far from all, overflow.
    """
    # what has no weight is not near, wherever it is
    far = np.where(log_weights == -np.inf, np.inf, np.abs(z))
    nearest = np.min(far, axis=-1, keepdims=True)
    beyond = (far - nearest) * (0.5 * far + 0.5 * nearest)
    joint = log_weights - beyond - np.log(scales)
    return np.exp(joint - np.logaddexp.reduce(joint, axis=-1, keepdims=True))


@quiet
def mixture_nll_loss_grad(
    logits: ArrayLike,
    means: ArrayLike,
    scales: ArrayLike,
    target: ArrayLike,
    *,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `mixture_nll_loss` by logits, means and scales.

    With γₖ the responsibility of component k for the target and
    z = (y − μₖ)/σₖ: πₖ − γₖ, −γₖ z/σₖ and γₖ(1 − z²)/σₖ.

    Parameters, reductions and errors are those of `mixture_nll_loss`.
    """
    log_weights, z, scales = _mixture(logits, means, scales, target)
    gamma = _responsibilities(log_weights, z, scales)
    # a component without responsibility feels nothing, however far it is
    z = np.where(gamma == 0, 0, z)
    slopes = (
        np.exp(log_weights) - gamma,
        -gamma * z / scales,
        gamma / scales - gamma * z * (z / scales),
    )
    n_targets = z.size // z.shape[-1]
    return tuple(
        reduce_grad(slope, reduction, divisor=n_targets) for slope in slopes
    )


REGRESSION = (
    Loss(
        "mse_loss",
        "residual",
        mse_loss,
        mse_loss_grad,
        distribution="normal",
        torch="torch.nn.functional.mse_loss",
        label="Squared",
        formula=r"r^2",
        paper="Legendre (1805)",
    ),
    Loss(
        "l1_loss",
        "residual",
        l1_loss,
        l1_loss_grad,
        kinks=(0.0,),
        distribution="laplace",
        torch="torch.nn.functional.l1_loss",
        label="Absolute",
        formula=r"|r|",
        paper="Boscovich (1757)",
    ),
    Loss(
        "huber_loss",
        "residual",
        huber_loss,
        huber_loss_grad,
        torch="torch.nn.functional.huber_loss",
        label="Huber",
        parameters={"delta": 1.0},
        formula=(
            r"\begin{cases} \frac12 r^2 & |r| \le \delta \\ "
            r"\delta|r| - \frac12\delta^2 & |r| > \delta \end{cases}"
        ),
        paper="Huber (1964)",
    ),
    Loss(
        "smooth_l1_loss",
        "residual",
        smooth_l1_loss,
        smooth_l1_loss_grad,
        torch="torch.nn.functional.smooth_l1_loss",
        label="Smooth L1",
        parameters={"beta": 1.0},
        formula=(
            r"\begin{cases} \frac{r^2}{2\beta} & |r| < \beta \\ "
            r"|r| - \frac12\beta & |r| \ge \beta \end{cases}"
        ),
        paper="Girshick (2015)",
    ),
    Loss(
        "pseudo_huber_loss",
        "residual",
        pseudo_huber_loss,
        pseudo_huber_loss_grad,
        label="Pseudo-Huber",
        parameters={"delta": 1.0},
        formula=r"\delta^2\Big(\sqrt{1 + (r/\delta)^2} - 1\Big)",
        paper="Charbonnier et al. (1997)",
    ),
    Loss(
        "log_cosh_loss",
        "residual",
        log_cosh_loss,
        log_cosh_loss_grad,
        label="Log-cosh",
        formula=r"\log\cosh r",
        paper="Green (1990)",
    ),
    Loss(
        "quantile_loss",
        "residual",
        quantile_loss,
        quantile_loss_grad,
        kinks=(0.0,),
        label="Quantile",
        parameters={"q": 0.9},
        formula=r"\max(q\,r,\ (q - 1)\,r)",
        paper="Koenker & Bassett (1978)",
    ),
    Loss(
        "general_robust_loss",
        "residual",
        general_robust_loss,
        general_robust_loss_grad,
        label="General robust",
        parameters={"alpha": -2.0, "c": 1.0},
        formula=(
            r"\frac{|\alpha - 2|}{\alpha}\Big(\Big("
            r"\frac{(r/c)^2}{|\alpha - 2|} + 1\Big)^{\alpha/2} - 1\Big)"
        ),
        paper="Barron (2019)",
    ),
    Loss(
        "gaussian_nll_loss",
        "likelihood",
        gaussian_nll_loss,
        gaussian_nll_loss_grad,
        distribution="normal",
        torch="torch.nn.functional.gaussian_nll_loss",
        label="Gaussian NLL",
        parameters={"var": 1.0},
        formula=r"\frac12\Big(\log\sigma^2 + \frac{r^2}{\sigma^2}\Big)",
        paper="Nix & Weigend (1994)",
    ),
    Loss(
        "laplace_nll_loss",
        "likelihood",
        laplace_nll_loss,
        laplace_nll_loss_grad,
        kinks=(0.0,),
        distribution="laplace",
        label="Laplace NLL",
        parameters={"scale": 1.0},
        formula=r"\log 2b + \frac{|r|}{b}",
        paper="Laplace (1774)",
    ),
    Loss(
        "poisson_nll_loss",
        "likelihood",
        poisson_nll_loss,
        poisson_nll_loss_grad,
        domain="count",
        distribution="poisson",
        torch="torch.nn.functional.poisson_nll_loss",
        label="Poisson NLL",
        argument="log-rate",
        parameters={"target": 3.0},
        formula=r"e^z - y\,z",
        paper="Nelder & Wedderburn (1972)",
    ),
    Loss(
        "von_mises_nll_loss",
        "likelihood",
        von_mises_nll_loss,
        von_mises_nll_loss_grad,
        domain="angle",
        distribution="von_mises",
        label="Von Mises NLL",
        argument="residual (radians)",
        parameters={"concentration": 1.0},
        formula=r"\log(2\pi I_0(\kappa)) - \kappa\cos r",
        paper="von Mises (1918)",
    ),
    Loss(
        "mixture_nll_loss",
        "likelihood",
        mixture_nll_loss,
        mixture_nll_loss_grad,
        distribution="mixture",
        label="Mixture NLL",
        argument=None,
        formula=r"-\log\sum_k \pi_k\,\mathcal{N}(y; \mu_k, \sigma_k^2)",
        paper="Bishop (1994)",
    ),
)

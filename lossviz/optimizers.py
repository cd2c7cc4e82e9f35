"""Gradient descent and its relatives, as paths that can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat

import numpy as np
from numpy.typing import ArrayLike

from lossviz.validation import (
    as_float,
    between,
    choice,
    count,
    function,
    non_negative,
    pair,
    positive,
)

__all__ = ["METHODS", "descend"]

# A rule maps (parameter, gradient, memory, number of the step from 1) to the
# new parameter and memory. Parameters may be floats or arrays: every rule
# treats each coordinate on its own.
Rule = Callable


def descend(
    grad: Callable,
    start: ArrayLike,
    *,
    method: str = "sgd",
    step: float,
    n_steps: int = 100,
    momentum: float = 0.9,
    alpha: float = 0.99,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float | None = None,
) -> np.ndarray:
    """Walk downhill from a start, and keep every point on the way.

    The methods and their settings are those of `torch.optim`.

    Parameters
    ----------
    grad : callable
        Gradient of the function to minimise. It is given the point as an
        array and returns an array; or it returns a tuple, and is then given
        tuples of plain floats, which is many times faster in few dimensions.
    start : array_like of shape (d,)
        Where the path begins.
    method : {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"}
        How a gradient becomes a step.
    step : float
        Learning rate η, positive.
    n_steps : int, default 100
        Number of steps.
    momentum : float, default 0.9
        For ``"momentum"`` and ``"nesterov"``: share of the last step that
        is kept, in [0, 1).
    alpha : float, default 0.99
        For ``"rmsprop"``: memory of the mean squared gradient, in [0, 1).
    betas : (float, float), default (0.9, 0.999)
        For ``"adam"`` and ``"adamw"``: memory of the mean gradient and of
        its square, in [0, 1).
    eps : float, default 1e-8
        For ``"rmsprop"``, ``"adam"`` and ``"adamw"``: keeps a division from
        exploding; positive.
    weight_decay : float, optional
        How strongly parameters are pulled towards 0: λ, not negative; 0.01
        for ``"adamw"`` and 0 for the others if omitted. ``"adamw"`` shrinks
        the parameters by the factor 1 − ηλ at each step; the others add λθ
        to the gradient, as the penalty λ/2 ‖θ‖² does.

    Returns
    -------
    ndarray of shape (n_steps + 1, d)
        The start and the point after every step. A path that leaves the
        range of floats goes on as infinity or NaN.

    Raises
    ------
    ValueError
        If the start or what `grad` returns is no list of d numbers, `grad`
        cannot be called, the method is unknown or a setting is outside its
        range.

    References
    ----------
    Polyak (1964) for momentum; Nesterov (1983) for its look ahead;
    Tieleman & Hinton (2012) for RMSProp; Kingma & Ba (2015) for Adam;
    Loshchilov & Hutter (2019) for AdamW.
    """
    start = as_float("start", start)
    if start.ndim != 1 or start.size == 0:
        raise ValueError(f"start must have shape (d,), got {start.shape}")
    settings = {
        "step": positive("step", step),
        "momentum": _memory("momentum", momentum),
        "alpha": _memory("alpha", alpha),
        "betas": _betas(betas),
        "eps": positive("eps", eps),
    }
    method = choice("method", method, METHODS)
    rule = _with_decay(method, weight_decay, settings)
    grad = function("grad", grad)
    n_steps = count("n_steps", n_steps, minimum=0)
    with np.errstate(all="ignore"):
        first = grad(start.copy())
        _check_gradient(first, start)
        walk = _walk_floats if isinstance(first, tuple) else _walk_arrays
        return walk(grad, start, rule, n_steps)


def _walk_arrays(
    grad: Callable, start: np.ndarray, rule: Rule, n_steps: int
) -> np.ndarray:
    path = np.empty((n_steps + 1, start.size))
    path[0] = point = start
    memory = (0.0, 0.0)
    for t in range(1, n_steps + 1):
        gradient = np.asarray(grad(point.copy()), dtype=float)
        point, memory = rule(point, gradient, memory, t)
        path[t] = point
    return path


def _walk_floats(
    grad: Callable, start: np.ndarray, rule: Rule, n_steps: int
) -> np.ndarray:
    point = tuple(start.tolist())
    memories = [(0.0, 0.0)] * len(point)
    path = [point]
    try:
        for t in range(1, n_steps + 1):
            moves = map(rule, point, grad(point), memories, repeat(t))
            point, memories = zip(*moves, strict=True)
            path.append(point)
    except OverflowError:
        # Powers of plain floats raise where arrays turn into infinity.
        path += [(np.nan,) * len(point)] * (n_steps + 1 - len(path))
    if len(point) < start.size:
        raise ValueError(
            f"grad must return {start.size} numbers at every point, "
            f"got {len(point)}"
        )
    return np.array(path)


def _sgd(*, step: float, **_: object) -> Rule:
    def rule(theta, gradient, memory, t):
        return theta - step * gradient, memory

    return rule


def _momentum(*, step: float, momentum: float, **_: object) -> Rule:
    def rule(theta, gradient, memory, t):
        velocity = momentum * memory[0] + gradient
        return theta - step * velocity, (velocity, 0.0)

    return rule


def _nesterov(*, step: float, momentum: float, **_: object) -> Rule:
    def rule(theta, gradient, memory, t):
        velocity = momentum * memory[0] + gradient
        ahead = gradient + momentum * velocity
        return theta - step * ahead, (velocity, 0.0)

    return rule


def _rmsprop(*, step: float, alpha: float, eps: float, **_: object) -> Rule:
    def rule(theta, gradient, memory, t):
        square = alpha * memory[0] + (1 - alpha) * gradient * gradient
        return theta - step * gradient / (square**0.5 + eps), (square, 0.0)

    return rule


def _adam(
    *, step: float, betas: tuple[float, float], eps: float, **_: object
) -> Rule:
    beta1, beta2 = betas

    def rule(theta, gradient, memory, t):
        mean = beta1 * memory[0] + (1 - beta1) * gradient
        square = beta2 * memory[1] + (1 - beta2) * gradient * gradient
        # The memories start at 0; dividing corrects their early bias.
        size = (square / (1 - beta2**t)) ** 0.5 + eps
        return theta - step / (1 - beta1**t) * mean / size, (mean, square)

    return rule


METHODS = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
}


def _with_decay(method: str, decay: float | None, settings: dict) -> Rule:
    """Return the rule of a method that pulls parameters towards 0 as well."""
    if decay is None:
        decay = 0.01 if method == "adamw" else 0.0
    decay = non_negative("weight_decay", decay)
    rule, kept = METHODS[method](**settings), 1 - settings["step"] * decay

    def penalised(theta, gradient, memory, t):
        return rule(theta, gradient + decay * theta, memory, t)

    def shrunk(theta, gradient, memory, t):
        return rule(theta * kept, gradient, memory, t)

    if decay == 0:
        return rule
    return shrunk if method == "adamw" else penalised


def _memory(name: str, value: float) -> float:
    value = between(name, value, 0, 1, open=False)
    if value == 1:
        raise ValueError(f"{name} must be below 1, got {value}")
    return value


def _betas(betas: tuple[float, float]) -> tuple[float, float]:
    first, second = pair("betas", betas)
    return _memory("betas", first), _memory("betas", second)


def _check_gradient(gradient: ArrayLike, start: np.ndarray) -> None:
    shape = as_float("grad", gradient).shape
    if shape != start.shape:
        raise ValueError(f"grad must return shape {start.shape}, got {shape}")

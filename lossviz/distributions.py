"""Distributions of a target, and the recipe that turns each into a loss.

R1 choose a distribution on the target's domain: `density`;
R2 let the outputs of a model settle its parameters: `link`;
R3 minimise the negative log-likelihood: `nll`;
R4 return the distribution, or one point of it: `point`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from lossviz.losses import sigmoid, softmax, von_mises_nll_loss
from lossviz.validation import all_non_negative, all_positive, as_float

__all__ = ["DISTRIBUTIONS", "Distribution"]

LOG_TWO_PI = math.log(2 * math.pi)
CLIMBING_STEPS = 500


@dataclass(frozen=True, eq=False)
class Distribution:
    """One row of the recipe's table.

    Parameters
    ----------
    name : str
        Key in `DISTRIBUTIONS`.
    domain : {"real", "binary", "class", "count", "angle"}
        What a target is; a class is its index, from 0.
    parameters : mapping of str to str
        Names of the distribution's parameters ω, and the link by which each
        follows from outputs of a model.
    checks : tuple of callable
        What each parameter has to pass.
    formula, linked, best : callable
        The log-density, the parameters from outputs, and the point, for
        arrays that are checked and of one shape.
    several : bool, default False
        Whether the parameters have a last axis, of K classes or components.
    """

    name: str
    domain: str
    parameters: Mapping[str, str]
    checks: tuple[Callable, ...] = field(repr=False)
    formula: Callable = field(repr=False)
    linked: Callable = field(repr=False)
    best: Callable = field(repr=False)
    several: bool = False

    def log_density(self, y: ArrayLike, **omega: ArrayLike) -> np.ndarray:
        """Return the logarithm of the density, or probability, of y.

        Parameters
        ----------
        y : array_like of shape (...)
            Targets; one outside the domain has −infinity.
        **omega : array_like
            The parameters, each of shape (...) or one that broadcasts to
            it; with a further last axis where there are `several`.

        Returns
        -------
        ndarray of shape (...)
            In nats.

        Raises
        ------
        ValueError
            If a parameter is missing, unknown or out of range, or the
            shapes do not fit.
        """
        y, omega = self._broadcast(as_float("y", y), self._checked(omega))
        with np.errstate(all="ignore"):
            values = self.formula(y, **omega)
        return np.where(np.isnan(y), np.nan, values)

    def density(self, y: ArrayLike, **omega: ArrayLike) -> np.ndarray:
        """Return the density, or probability, of y; see `log_density`."""
        return np.exp(self.log_density(y, **omega))

    def nll(self, y: ArrayLike, **omega: ArrayLike) -> float:
        """Return the mean negative log-likelihood; see `log_density`."""
        values = self.log_density(y, **omega)
        if values.size == 0:
            raise ValueError(
                f"y must hold at least 1 value, got shape {np.shape(y)}"
            )
        return float(-values.mean())

    def link(self, *outputs: ArrayLike) -> dict[str, np.ndarray]:
        """Return the parameters that a model's outputs stand for.

        Parameters
        ----------
        *outputs : array_like
            Raw outputs in the order of the parameters. The angle of a von
            Mises distribution takes two, a sine and a cosine of any length;
            the output for a spread may be left out, which means 0.

        Returns
        -------
        dict of str to ndarray
            Ready for `density` and the other methods.

        Raises
        ------
        ValueError
            If there are too many or too few outputs, or one lacks the axis
            of K.
        """
        outputs = [as_float("outputs", output) for output in outputs]
        signature = inspect.signature(self.linked)
        try:
            signature.bind(*outputs)
        except TypeError:
            raise ValueError(
                f"outputs must be {', '.join(signature.parameters)}, "
                f"got {len(outputs)} of them"
            ) from None
        if self.several and any(output.ndim == 0 for output in outputs):
            raise ValueError("outputs must have a last axis, got one number")
        with np.errstate(all="ignore"):
            values = self.linked(*outputs)
        return dict(zip(self.parameters, values, strict=True))

    def point(self, **omega: ArrayLike) -> np.ndarray:
        """Return the prediction to make if it has to be a single value.

        The centre; for discrete targets the most probable one (0 if both
        of two are); for a mixture its highest mode.

        Parameters
        ----------
        **omega : array_like
            The parameters, as in `log_density`.

        Returns
        -------
        ndarray of shape (...)

        Raises
        ------
        ValueError
            If a parameter is missing, unknown or out of range.
        """
        _, omega = self._broadcast(np.zeros(()), self._checked(omega))
        return np.asarray(self.best(**omega))

    def _checked(self, omega: dict[str, ArrayLike]) -> dict[str, np.ndarray]:
        if set(omega) != set(self.parameters):
            raise ValueError(
                f"parameters must be {', '.join(self.parameters)}, "
                f"got {', '.join(omega) or 'none'}"
            )
        checked = {name: as_float(name, omega[name]) for name in omega}
        for name, check in zip(self.parameters, self.checks, strict=True):
            check(name, checked[name])
        return checked

    def _broadcast(
        self, y: np.ndarray, omega: dict[str, np.ndarray]
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Give y and the parameters one shape, but for the last axis."""
        shapes = [value.shape for value in omega.values()]
        row = y.shape + (1,) if self.several else y.shape
        try:
            shape = np.broadcast_shapes(row, *shapes)
        except ValueError:
            raise ValueError(
                f"y, {', '.join(omega)} must have shapes that fit, "
                f"got {', '.join(map(str, [y.shape, *shapes]))}"
            ) from None
        for name in omega:
            omega[name] = np.broadcast_to(omega[name], shape)
        return np.broadcast_to(y, shape[: len(shape) - self.several]), omega


def _any(name: str, values: np.ndarray) -> None:
    """Accept every location."""


def _probability(name: str, values: np.ndarray) -> None:
    outside = values[(values < 0) | (values > 1)]
    if outside.size:
        raise ValueError(f"{name} must lie between 0 and 1, got {outside[0]}")


def _probabilities(name: str, values: np.ndarray) -> None:
    _probability(name, values)
    if values.ndim == 0:
        raise ValueError(f"{name} must have a last axis, got one number")
    total = values.sum(axis=-1)
    wrong = total[np.abs(total - 1) > 1e-6]
    if wrong.size:
        raise ValueError(f"{name} must sum to 1, got {wrong[0]:.6g}")


def _normal(y, mu, sigma):
    return -0.5 * (LOG_TWO_PI + ((y - mu) / sigma) ** 2) - np.log(sigma)


def _laplace(y, mu, b):
    return -np.abs(y - mu) / b - np.log(2 * b)


def _bernoulli(y, p):
    other = np.where(y == 0, np.log1p(-p), -np.inf)
    return np.where(y == 1, np.log(p), other)


def _categorical(y, p):
    known = np.isin(y, np.arange(p.shape[-1]))
    index = np.where(known, y, 0).astype(int)[..., None]
    chosen = np.take_along_axis(p, index, axis=-1)[..., 0]
    return np.where(known, np.log(chosen), -np.inf)


def _poisson(y, mu):
    known = (y >= 0) & (y == np.floor(y)) & np.isfinite(y)
    count = np.where(known, y, 0.0)
    # 0 log 0 = 0: no event is certain when the rate is 0.
    log_power = np.where(count == 0, 0.0, count * np.log(mu))
    log_factorial = np.vectorize(math.lgamma, otypes=[float])(count + 1)
    return np.where(known, log_power - mu - log_factorial, -np.inf)


def _von_mises(y, mu, kappa):
    return -von_mises_nll_loss(mu, y, kappa, reduction="none")


def _mixture(y, weights, means, sigmas):
    parts = np.log(weights) + _normal(y[..., None], means, sigmas)
    return np.logaddexp.reduce(parts, axis=-1)


def _highest_mode(weights, means, sigmas):
    """Climb from every mean to a mode, and keep the highest one.

    At a mode the slope of the density is 0, which makes it a weighted mean
    of the means; iterating that climbs (Carreira-Perpiñán, 2000).
    """
    tops, heights = [], []
    with np.errstate(divide="ignore"):
        for top in np.moveaxis(means, -1, 0):
            for _ in range(CLIMBING_STEPS):
                parts = np.log(weights) + _normal(
                    top[..., None], means, sigmas
                )
                pull = softmax(parts) / sigmas**2
                top = (pull * means).sum(axis=-1) / pull.sum(axis=-1)
            tops.append(top)
            heights.append(_mixture(top, weights, means, sigmas))
    best = np.argmax(heights, axis=0)[None]
    return np.take_along_axis(np.array(tops), best, axis=0)[0]


DISTRIBUTIONS = {
    row.name: row
    for row in (
        Distribution(
            "normal",
            "real",
            {"mu": "identity", "sigma": "exp(s/2)"},
            (_any, all_positive),
            _normal,
            lambda mu, s=0.0: (mu, np.exp(s / 2)),
            lambda mu, sigma: mu,
        ),
        Distribution(
            "laplace",
            "real",
            {"mu": "identity", "b": "exp(s)"},
            (_any, all_positive),
            _laplace,
            lambda mu, s=0.0: (mu, np.exp(s)),
            lambda mu, b: mu,
        ),
        Distribution(
            "bernoulli",
            "binary",
            {"p": "sig(z)"},
            (_probability,),
            _bernoulli,
            lambda z: (sigmoid(z),),
            lambda p: np.where(p > 0.5, 1.0, 0.0),
        ),
        Distribution(
            "categorical",
            "class",
            {"p": "softmax(z)"},
            (_probabilities,),
            _categorical,
            lambda z: (softmax(z),),
            lambda p: p.argmax(axis=-1),
            several=True,
        ),
        Distribution(
            "poisson",
            "count",
            {"mu": "exp(z)"},
            (all_non_negative,),
            _poisson,
            lambda z: (np.exp(z),),
            lambda mu: np.floor(mu),
        ),
        Distribution(
            "von_mises",
            "angle",
            {"mu": "atan2(sine, cosine)", "kappa": "exp(s)"},
            (_any, all_non_negative),
            _von_mises,
            lambda sine, cosine, s=0.0: (np.arctan2(sine, cosine), np.exp(s)),
            lambda mu, kappa: mu,
        ),
        Distribution(
            "mixture",
            "real",
            {"weights": "softmax(a)", "means": "identity", "sigmas": "exp(s)"},
            (_probabilities, _any, all_positive),
            _mixture,
            lambda a, m, s: (softmax(a), m, np.exp(s)),
            _highest_mode,
            several=True,
        ),
    )
}

"""A normal distribution whose mean and variance depend on the input."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.polynomial import Legendre, legendre
from numpy.typing import ArrayLike

from lossviz.fits._checks import points
from lossviz.fits.linear import weighted_least_squares
from lossviz.validation import between, choice, count

__all__ = ["Band", "fit_heteroscedastic"]

LOG_TWO_PI = np.log(2 * np.pi)
MEAN_DEGREE = 5
LOG_VARIANCE_DEGREE = 2


@dataclass(frozen=True)
class Band:
    """A normal distribution of the target for every input.

    Parameters
    ----------
    x, mean, sd : ndarray of shape (201,)
        Mean and standard deviation on an even grid over the inputs seen.
    nll : float
        Mean negative log-likelihood of the data fitted, in nats.
    mean_curve, log_variance_curve : callable
        The two outputs of the model.
    """

    x: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    nll: float
    mean_curve: Legendre = field(repr=False)
    log_variance_curve: Legendre = field(repr=False)

    def at(self, x: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation at any inputs."""
        return self.mean_curve(x), np.exp(self.log_variance_curve(x) / 2)


def fit_heteroscedastic(
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: str = "gaussian_nll",
    beta: float = 0.0,
    steps: int = 200,
) -> Band:
    """Fit a mean, and with the Gaussian NLL a variance too, that depend on x.

    The model has two outputs: the mean, a polynomial of degree 5, and the
    logarithm of the variance, one of degree 2. Under the squared error the
    variance is one constant, the mean squared residual.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Data with at least 7 different values of x.
    loss : {"gaussian_nll", "mse"}
        What is minimised.
    beta : float, default 0.0
        Exponent from 0 to 1 of the β-NLL, which multiplies each gradient by
        σ^2β: at 0 the likelihood itself, at 1 the mean of least squares.
    steps : int, default 200
        Largest number of scoring steps; some 15 are needed.

    Returns
    -------
    Band

    Raises
    ------
    ValueError
        If the data are too few, not finite or without any scatter (the
        likelihood would grow for ever), or a parameter is refused.

    References
    ----------
    Nix & Weigend (1994), Estimating the mean and variance of the target
    probability distribution. Seitzer et al. (2022), On the pitfalls of
    heteroscedastic uncertainty estimation.
    """
    x, y = points(x, y)
    if np.unique(x).size < MEAN_DEGREE + 2:
        raise ValueError(
            f"x must hold at least {MEAN_DEGREE + 2} different values, "
            f"got {np.unique(x).size}"
        )
    choice("loss", loss, ("gaussian_nll", "mse"))
    between("beta", beta, 0, 1, open=False)
    domain = [x.min(), x.max()]
    inner = np.interp(x, domain, [-1, 1])
    A = legendre.legvander(inner, MEAN_DEGREE)
    B = legendre.legvander(inner, LOG_VARIANCE_DEGREE)
    a, b = _least_squares_band(A, B, y)
    if loss == "gaussian_nll":
        a, b = _scoring(A, B, y, a, b, beta, count("steps", steps))
    mean, log_variance = (Legendre(c, domain=domain) for c in (a, b))
    return _band(x, y, mean, log_variance)


def _least_squares_band(
    A: np.ndarray, B: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    a = np.linalg.lstsq(A, y, rcond=None)[0]
    variance = np.mean((y - A @ a) ** 2)
    if variance <= 1e-24 * np.mean(y**2):
        raise ValueError(
            "y must scatter about the fitted curve, "
            f"got residuals with mean square {variance:.3g}"
        )
    b = np.zeros(B.shape[1])
    b[0] = np.log(variance)
    return a, b


def _scoring(
    A: np.ndarray,
    B: np.ndarray,
    y: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    beta: float,
    steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise the Gaussian NLL by Fisher's scoring.

    Given the variances the mean is weighted least squares; given the mean,
    the log-variances move along ½(r²/σ² − 1). The information matrix has no
    cross terms, so the two may take turns.
    """
    for _ in range(steps):
        log_variance = B @ b
        a = weighted_least_squares(A, y, np.exp((beta - 1) * log_variance))
        excess = (y - A @ a) ** 2 * np.exp(-log_variance) - 1
        step = weighted_least_squares(B, excess, np.exp(beta * log_variance))
        b = b + step
        if np.abs(B @ step).max() < 1e-10:
            break
    return a, b


def _band(
    x: np.ndarray, y: np.ndarray, mean: Legendre, log_variance: Legendre
) -> Band:
    s = log_variance(x)
    nll = np.mean(LOG_TWO_PI + s + (y - mean(x)) ** 2 * np.exp(-s)) / 2
    grid = np.linspace(x.min(), x.max(), 201)
    sd = np.exp(log_variance(grid) / 2)
    return Band(grid, mean(grid), sd, float(nll), mean, log_variance)

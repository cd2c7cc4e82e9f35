"""Seeded toy problems with one input and one output."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.data._checks import generator
from lossviz.validation import choice, count, finite, non_negative, vector

__all__ = [
    "add_outliers",
    "growing_noise",
    "inverse_sine",
    "line",
    "skewed",
    "skewed_line",
]


def line(
    rng: np.random.Generator,
    n: int = 30,
    *,
    intercept: float = 1.0,
    slope: float = 0.5,
    sigma: float = 0.3,
) -> tuple[np.ndarray, np.ndarray]:
    """Points around a straight line, evenly spaced on [0, 12].

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    n : int, default 30
        Number of points.
    intercept, slope : float
        The true line.
    sigma : float, default 0.3
        Standard deviation of the normal noise.

    Returns
    -------
    x, y : ndarray of shape (n,)

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """
    noise = generator(rng).normal(size=count("n", n))
    x = np.linspace(0, 12, n)
    mean = finite("intercept", intercept) + finite("slope", slope) * x
    return x, mean + non_negative("sigma", sigma) * noise


def add_outliers(
    y: ArrayLike, *, count: int = 3, shift: float = -8.0, at: str = "end"
) -> tuple[np.ndarray, np.ndarray]:
    """Move a few targets far away from the rest.

    Parameters
    ----------
    y : array_like of shape (n,)
        Targets, in the order of x.
    count : int, default 3
        How many targets are moved.
    shift : float, default -8.0
        What is added to each of them.
    at : {"end", "start", "middle"}, default "end"
        Where they lie. At an end of the x-axis they have the longest lever.

    Returns
    -------
    y : ndarray of shape (n,)
        A copy with the targets moved.
    mask : ndarray of bool, shape (n,)
        True for the moved ones.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """
    y = vector("y", y, minimum=0)
    mask = np.zeros(len(y), dtype=bool)
    first = _first_outlier(len(y), count, at)
    mask[first : first + count] = True
    return y + finite("shift", shift) * mask, mask


def _first_outlier(n: int, number: int, at: str) -> int:
    count("count", number, minimum=0)
    if number > n:
        raise ValueError(f"count must be at most {n}, got {number}")
    first = {"end": n - number, "start": 0, "middle": (n - number) // 2}
    return first[choice("at", at, first)]


def growing_noise(
    rng: np.random.Generator,
    n: int = 400,
    *,
    base: float = 0.05,
    growth: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """One period of a sine whose noise grows with x.

    y = sin 2πx + (base + growth · x) ε with x uniform on [0, 1] and ε
    standard normal.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    n : int, default 400
        Number of points.
    base, growth : float
        Standard deviation of the noise at x = 0, and what it gains until
        x = 1.

    Returns
    -------
    x, y : ndarray of shape (n,)
        Sorted by x.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """
    noise = generator(rng).normal(size=count("n", n))
    x = rng.uniform(size=n)
    order = np.argsort(x)
    x, noise = x[order], noise[order]
    sd = non_negative("base", base) + non_negative("growth", growth) * x
    return x, np.sin(2 * np.pi * x) + sd * noise


def skewed(
    rng: np.random.Generator, n: int = 200, *, skew: float = 1.0
) -> np.ndarray:
    """Draw from a distribution with median 0 and a longer right tail.

    Tukey's g-distribution: (exp(gε) − 1)/g with ε standard normal and
    g = skew/3. At skew 0 it is the normal distribution; its skewness is
    close to `skew` while that is at most 1, and larger beyond. The draws
    move smoothly with `skew`, because ε does not depend on it.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    n : int, default 200
        Number of values.
    skew : float, default 1.0
        How lopsided the distribution is; not negative.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    References
    ----------
    Hoaglin (1985), Summarizing shape numerically: the g-and-h distributions.
    """
    noise = generator(rng).normal(size=count("n", n))
    g = non_negative("skew", skew) / 3
    return np.expm1(g * noise) / g if g > 0 else noise


def skewed_line(
    rng: np.random.Generator,
    n: int = 200,
    *,
    skew: float = 1.0,
    base: float = 0.5,
    growth: float = 0.2,
) -> tuple[np.ndarray, np.ndarray]:
    """Points around the line 1 + x/2 with lopsided noise that grows with x.

    y = 1 + x/2 + (base + growth · x) u with x uniform on [0, 6] and u from
    `skewed`; the line is that of the conditional median.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    n : int, default 200
        Number of points.
    skew : float, default 1.0
        See `skewed`.
    base, growth : float
        Spread of the noise at x = 0, and what it gains per unit of x.

    Returns
    -------
    x, y : ndarray of shape (n,)
        Sorted by x.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """
    noise = skewed(rng, n, skew=skew)
    x = np.sort(rng.uniform(0, 6, size=n))
    spread = non_negative("base", base) + non_negative("growth", growth) * x
    return x, 1 + x / 2 + spread * noise


def inverse_sine(
    rng: np.random.Generator, n: int = 400, *, sigma: float = 0.04
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a problem with several right answers for one input.

    The wave x = y + 0.35 sin 2πy + σε is drawn with y uniform on [0, 1] and
    then read backwards: in the middle, three values of y belong to one x,
    and their mean is often none of them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    n : int, default 400
        Number of points.
    sigma : float, default 0.04
        Standard deviation of the noise in x.

    Returns
    -------
    x, y : ndarray of shape (n,)

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    References
    ----------
    Bishop (1994), Mixture density networks.
    """
    y = generator(rng).uniform(size=count("n", n))
    noise = non_negative("sigma", sigma) * rng.normal(size=n)
    return y + 0.35 * np.sin(2 * np.pi * y) + noise, y

"""Where the curves of a picture cross each other."""

import math
from itertools import combinations

import numpy as np

from lossviz.plots._phrases import listed_places

# More crossings of one pair are counted, not listed.
MOST_PLACES = 4


def crossings(ax, curves):
    """Say which curves cross where, as far as it can be seen.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where they are drawn.
    curves : mapping of str to Line2D
        The curves by their names.

    Returns
    -------
    list of str
        A phrase for each pair that crosses.
    """
    phrases = []
    for (one, line), (other, another) in combinations(curves.items(), 2):
        x, y = _meetings(line, another)
        places = x[_visible(ax, x, y)]
        if not places.size:
            continue
        where = f"{len(places)} times"
        if len(places) <= MOST_PLACES:
            where = f"at {listed_places(places)}"
        phrases.append(f"{one} and {other} {where}")
    return phrases


def _visible(ax, x, y):
    """Return which points lie within the limits of the axes."""
    (left, right), (low, high) = map(sorted, (ax.get_xlim(), ax.get_ylim()))
    return (left <= x) & (x <= right) & (low <= y) & (y <= high)


def _meetings(line, other):
    """Return the places where one curve goes from above the other to below.

    Curves that only touch do not cross; neither do they where one of them
    is open, as gradients are at a kink.
    """
    (x1, y1), (x2, y2) = (_rising(curve) for curve in (line, other))
    if min(x1.size, x2.size) < 2:
        return np.empty((2, 0))
    x = np.union1d(x1, x2)
    x = x[(max(x1[0], x2[0]) <= x) & (x <= min(x1[-1], x2[-1]))]
    height = np.interp(x, x1, y1)
    gap = height - np.interp(x, x2, y2)
    reach = np.nanmax(np.abs(gap), initial=0)
    gap[np.abs(gap) <= 1e-9 * reach] = 0
    # points where the curves are apart, and the next of them on the right
    apart = np.flatnonzero(gap != 0)
    found = [
        _between(x, height, gap, left, right)
        for left, right in zip(apart[:-1], apart[1:], strict=True)
        if gap[left] * gap[right] < 0
    ]
    return np.array(found).reshape(-1, 2).T


def _rising(curve):
    """Return the points of a curve whose places rise; none of any other."""
    x, y = np.asarray(curve.get_xydata(), dtype=float).T
    rising = np.isfinite(x).all() and (np.diff(x) > 0).all()
    return (x, y) if rising else (x[:0], y[:0])


def _between(x, height, gap, left, right):
    """Return where a gap changes sign between two points."""
    share = gap[left] / (gap[left] - gap[right])
    place = x[left] + share * (x[right] - x[left])
    if right > left + 1:  # the curves are one for a while: its middle
        place = (x[left + 1] + x[right - 1]) / 2
    # a jump is drawn over one of 1200 steps: finer than two of them, and
    # than can be seen, a place means nothing
    decimals = -math.ceil(math.log10(np.ptp(x) / 600))
    return round(place, decimals), np.interp(place, x, height)

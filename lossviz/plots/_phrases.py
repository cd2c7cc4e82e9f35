"""Phrases for each kind of artist, the most important first.

The first phrase of a list is what the thing is called; the others are
details that may be left out.
"""

import numpy as np

from lossviz.wording import number, reach

# Shares of its height by which samples of a curve may miss an extreme.
MISSED = 3e-5


def label_of(artist, otherwise=""):
    label = str(artist.get_label())
    return otherwise if label.startswith("_") else label


def on_one_line(label):
    return " ".join(label.split())


def _curve(line):
    x, y = _finite_xy(line)
    if len(x) < 2:
        return [label_of(line, "curve")]
    seen = min(np.ptp(y), np.ptp(line.axes.get_ylim()))
    y = np.where(np.abs(y) < 1e-9 * seen, 0, y)
    low_end, high_end = sorted(y[[0, -1]])
    has_low = low_end - y.min() > 1e-9 * np.ptp(y)
    has_high = y.max() - high_end > 1e-9 * np.ptp(y)
    low, high = _at(x, y, y.min()), _at(x, y, y.max())
    if has_low and has_high:
        shape = [f"lowest {low}", f"highest {high}"]
    elif has_low:
        shape = [f"minimum {low}", _end_slopes(x, y)]
    elif has_high:
        peak = f"peak {high}"
        if y.max() > line.axes.get_ylim()[1]:
            peak = f"leaves the panel at {_places(x, y, y.max())}"
        shape = [peak, f"{_pair(y[0], y[-1])} at the ends"]
    else:
        shape = _monotone(line, x, y)
    return [label_of(line, "curve"), *shape]


def _finite_xy(line):
    x, y = np.asarray(line.get_xydata(), dtype=float).T
    kept = np.isfinite(x) & np.isfinite(y)
    return x[kept], y[kept]


def _at(x, y, height):
    return f"{number(height)} at {_places(x, y, height)}"


def _places(x, y, height):
    """Say where a height is reached; of a plateau, its middle."""
    away = np.abs(y - height)
    reached = np.flatnonzero(away <= MISSED * np.ptp(y))
    plateaus = np.split(reached, np.flatnonzero(np.diff(reached) > 1) + 1)
    # of samples around a peak those nearest to it
    rounding = 1e-9 * np.ptp(y)
    flat = [p[away[p] <= away[p].min() + rounding] for p in plateaus]
    middles = np.array([x[[p[0], p[-1]]].mean() for p in flat])
    middles[np.abs(middles) < 1e-9 * np.ptp(x)] = 0
    return " and ".join(map(number, middles))


def listed_places(places):
    """Write places as in "−1, 0 and 2", or "±1" for such a pair."""
    *before, last = places
    if len(before) == 1:
        return _pair(before[0], last)
    return " and ".join(
        filter(None, [", ".join(map(number, before)), number(last)])
    )


def _pair(first, last):
    first, last = number(first), number(last)
    if first == last:
        return first
    if first == f"−{last}":
        return f"±{last}"
    return f"{first} and {last}"


def _end_slopes(x, y):
    with np.errstate(all="ignore"):
        slope = np.gradient(y, x, edge_order=2)
    return f"end slopes {_pair(slope[0], slope[-1])}"


def _monotone(line, x, y):
    if y[0] == y[-1]:
        return [f"{number(y[0])} throughout"]
    verb = "rises" if y[-1] > y[0] else "falls"
    phrases = [f"{verb} from {number(y[0])} to {number(y[-1])}"]
    if y[0] * y[-1] >= 0:
        return phrases
    before = np.flatnonzero(np.sign(y) == np.sign(y[0]))[-1]
    left, right = x[[before, before + 1]]
    gaps = np.asarray(line.get_xdata())[np.isnan(line.get_ydata())]
    gaps = gaps[(left < gaps) & (gaps < right)]
    if len(gaps):
        return [*phrases, f"jumps through zero at {number(gaps[0])}"]
    rise = y[before + 1] - y[before]
    zero = left - y[before] * (right - left) / rise
    if abs(zero) < 1e-9 * np.ptp(x):
        zero = 0.0
    return [*phrases, f"zero at {number(zero)}"]


def _points(line):
    n = len(line.get_xdata())
    points = _counted(n, "point")
    return [label_of(line, points), points] if label_of(line) else [points]


def _line(line):
    slope = line.get_slope()
    x, y = line.get_xy1()
    intercept = f"intercept {number(y - slope * x)}"
    return [label_of(line, "line"), f"slope {number(slope)}", intercept]


def _whole(lines):
    """Segments that have both ends; what ends nowhere is not drawn."""
    return [ends for ends in lines.get_segments() if len(ends) == 2]


def _residuals(lines):
    lengths = [abs(end[1] - start[1]) for start, end in _whole(lines)]
    longest = f"longest {number(max(lengths, default=0))}"
    return [f"{len(lengths)} residuals", longest]


def _band(band):
    paths = band.get_paths()
    if not paths:
        return [label_of(band, "band"), "no values"]
    x, y = paths[0].vertices.T
    widths = (
        f"width {number(np.ptp(y[x == end]))} at {number(end)}"
        for end in (x.min(), x.max())
    )
    return [label_of(band, "band"), *widths]


def _density(line):
    x, y = _finite_xy(line)
    padded = np.concatenate([[-np.inf], y, [-np.inf]])
    rises = padded[1:-1] > padded[:-2]
    falls = padded[1:-1] >= padded[2:]
    humps = [
        f"{number(y[i])} at {number(x[i])}"
        for i in np.flatnonzero(rises & falls)
    ]
    peaks = "1 peak" if len(humps) == 1 else f"{len(humps)} peaks"
    return [label_of(line, "density"), peaks, *humps]


def _contours(contours):
    heights = reach(contours.zmin, contours.zmax)
    return ["contours", f"{_color_label(contours)} from {heights}"]


def _heatmap(mesh):
    z = mesh.get_array()
    heights = reach(z.min(), z.max())
    return ["colours", f"{_color_label(mesh)} from {heights}"]


def _color_label(mappable):
    return mappable.colorbar.ax.get_ylabel()


def _surface(facets):
    label = on_one_line(facets.axes.get_zlabel())
    return ["surface", f"{label} from {reach(*facets.get_clim())}"]


def _places_of(line):
    """Points (x, y) of a line, on flat axes or on those with depth."""
    if hasattr(line, "get_data_3d"):
        return np.column_stack(line.get_data_3d()[:2])
    return line.get_xydata()


def _minimum(marker):
    ((x, y),) = _places_of(marker)
    return ["minimum", f"at ({number(x)}, {number(y)})"]


def _path(line):
    points = _places_of(line)
    start, end = (
        f"({number(x)}, {number(y)})" for x, y in (points[0], points[-1])
    )
    steps = f"{len(points) - 1} steps"
    return [label_of(line, "path"), f"from {start} to {end}", steps]


def _arrows(arrows):
    lengths = np.hypot(arrows.U, arrows.V)
    return [f"{np.count_nonzero(lengths)} arrows downhill"]


def _mark(line):
    ((x, y),) = line.get_xydata()
    return [label_of(line), f"{number(y)} at {number(x)}"]


def _likelihoods(stems):
    tops = np.array([end for _, end in stems.get_segments()])
    with np.errstate(divide="ignore"):
        losses = -np.log(tops[:, 1])
    least = tops[np.argmax(losses), 0]
    return [
        _counted(len(tops), "observation"),
        f"mean negative log-likelihood {number(losses.mean())}",
        f"least likely {number(least)}",
    ]


def _class(line):
    points = line.get_xydata()
    x, y = points.mean(axis=0)
    return [
        f"class {label_of(line)}",
        _counted(len(points), "point"),
        f"centre ({number(x)}, {number(y)})",
    ]


def _pairs(lines):
    ends = _whole(lines)
    if not ends:
        return [label_of(lines), "no values"]
    ends = np.array(ends)
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    mean = f"mean distance {number(lengths.mean())}"
    return [_counted(len(ends), label_of(lines).removesuffix("s")), mean]


def _coefficient(line):
    x, y = _finite_xy(line)
    phrases = [label_of(line), f"from {number(y[0])} to {number(y[-1])}"]
    alive = np.flatnonzero(y)
    if y[-1] == 0 and alive.size:
        phrases.append(f"0 from {number(x[alive[-1] + 1])} on")
    return phrases


def _counted(n, thing):
    return f"1 {thing}" if n == 1 else f"{n} {thing}s"


DESCRIBERS = {
    "curve": _curve,
    "points": _points,
    "line": _line,
    "residuals": _residuals,
    "band": _band,
    "density": _density,
    "contours": _contours,
    "heatmap": _heatmap,
    "minimum": _minimum,
    "path": _path,
    "surface": _surface,
    "arrows": _arrows,
    "mark": _mark,
    "likelihoods": _likelihoods,
    "class": _class,
    "pairs": _pairs,
    "coefficient": _coefficient,
}

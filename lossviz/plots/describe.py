"""Alternative text for pictures, read off what was drawn.

The functions of `lossviz.plots` mark each artist by its `gid`; a describer
of that kind turns the artist's data into phrases, the most important first.
"""

import numpy as np
from matplotlib.lines import Line2D

from lossviz.wording import number

__all__ = ["describe"]

MAX_WORDS = 60


def describe(ax):
    """Say what an Axes shows, in at most about sixty words.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn by functions of `lossviz.plots`; other labelled lines are
        described as curves.

    Returns
    -------
    str
        Axis labels and ranges, then for each thing drawn its label and its
        main numbers; details are left out where they would be too many.
        Empty for a colour bar and for an Axes with nothing to describe.
    """
    if ax.get_label() == "<colorbar>":
        return ""
    parts = [*_artist_parts(ax), *_bar_parts(ax)]
    if not parts:
        return ""
    longest = max(len(phrases) for phrases in parts)
    for detail in range(longest, 0, -1):
        shown = "; ".join(_phrase(*phrases[:detail]) for phrases in parts)
        text = f"{_axes_sentence(ax)} Shown: {shown}."
        if len(text.split()) <= MAX_WORDS:
            break
    return text


def _phrase(label, *details):
    return f"{label} ({', '.join(details)})" if details else label


def _axes_sentence(ax):
    y_label = ax.get_ylabel() or "values"
    if _bar_containers(ax, "bars"):
        return f"Bars of {y_label}."
    y = f"{y_label} ({_range(ax.get_ylim(), ax.get_yscale())})"
    x_label = ax.get_xlabel() or "position"
    x = f"{x_label} ({_range(ax.get_xlim(), ax.get_xscale())})"
    return f"Plot of {y} against {x}."


def _range(limits, scale):
    low, high = limits
    text = f"{number(low, 2)} to {number(high, 2)}"
    return f"{text}, log scale" if scale == "log" else text


def _artist_parts(ax):
    for artist in ax.get_children():
        kind = artist.get_gid()
        if kind is None and isinstance(artist, Line2D) and _label(artist):
            kind = "curve"
        if kind in _DESCRIBERS:
            yield _DESCRIBERS[kind](artist)


def _label(artist, otherwise=""):
    label = str(artist.get_label())
    return otherwise if label.startswith("_") else label


def _curve(line):
    x, y = _finite_xy(line)
    if len(x) < 2:
        return [_label(line, "curve")]
    y = np.where(np.abs(y) < 1e-9 * np.ptp(y), 0, y)
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
    return [_label(line, "curve"), *shape]


def _finite_xy(line):
    x, y = np.asarray(line.get_xydata(), dtype=float).T
    kept = np.isfinite(x) & np.isfinite(y)
    return x[kept], y[kept]


def _at(x, y, height):
    return f"{number(height)} at {_places(x, y, height)}"


def _places(x, y, height):
    """Say where a height is reached; of a plateau, its middle."""
    reached = np.flatnonzero(np.abs(y - height) <= 1e-9 * np.ptp(y))
    plateaus = np.split(reached, np.flatnonzero(np.diff(reached) > 1) + 1)
    middles = np.array([x[[p[0], p[-1]]].mean() for p in plateaus])
    middles[np.abs(middles) < 1e-9 * np.ptp(x)] = 0
    return " and ".join(map(number, middles))


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
    points = "1 point" if n == 1 else f"{n} points"
    return [_label(line, points), points] if _label(line) else [points]


def _line(line):
    slope = line.get_slope()
    x, y = line.get_xy1()
    intercept = f"intercept {number(y - slope * x)}"
    return [_label(line, "line"), f"slope {number(slope)}", intercept]


def _residuals(lines):
    lengths = [abs(end[1] - start[1]) for start, end in lines.get_segments()]
    longest = f"longest {number(max(lengths, default=0))}"
    return [f"{len(lengths)} residuals", longest]


def _band(band):
    x, y = band.get_paths()[0].vertices.T
    widths = (
        f"width {number(np.ptp(y[x == end]))} at {number(end)}"
        for end in (x.min(), x.max())
    )
    return [_label(band, "band"), *widths]


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
    return [_label(line, "density"), peaks, *humps]


def _contours(contours):
    heights = f"{number(contours.zmin)} to {number(contours.zmax)}"
    return ["contours", f"{_color_label(contours)} from {heights}"]


def _heatmap(mesh):
    z = mesh.get_array()
    heights = f"{number(z.min())} to {number(z.max())}"
    return ["colours", f"{_color_label(mesh)} from {heights}"]


def _color_label(mappable):
    return mappable.colorbar.ax.get_ylabel()


def _minimum(marker):
    (x,), (y,) = marker.get_data()
    return ["minimum", f"at ({number(x)}, {number(y)})"]


def _path(line):
    points = line.get_xydata()
    start, end = (
        f"({number(x)}, {number(y)})" for x, y in (points[0], points[-1])
    )
    steps = f"{len(points) - 1} steps"
    return [_label(line, "path"), f"from {start} to {end}", steps]


def _bar_containers(ax, kind):
    return [c for c in ax.containers if c.patches[0].get_gid() == kind]


def _bar_parts(ax):
    names = [label.get_text() for label in ax.get_xticklabels()]
    heights = (text for text in ax.texts if text.get_gid() == "bar label")
    for bars in _bar_containers(ax, "bars"):
        values = ", ".join(
            f"{name} {next(heights).get_text()}"
            for name, _ in zip(names, bars.patches, strict=True)
        )
        yield [_label(bars), values] if _label(bars) else [values]
    for bars in _bar_containers(ax, "histogram"):
        tallest = max(bars.patches, key=lambda bar: bar.get_height())
        left = tallest.get_x()
        place = f"{number(left)} to {number(left + tallest.get_width())}"
        yield [
            _label(bars.patches[0], "histogram"),
            f"{len(bars.patches)} bins",
            f"tallest {number(tallest.get_height())} from {place}",
        ]


_DESCRIBERS = {
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
}

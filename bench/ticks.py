"""One step of a control, from its new value to the new picture.

The other way is what `ipywidgets.interact` does with the inline backend: it
makes and plots a new figure at each step and encodes it with a tight box.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from IPython.core.pylabtools import print_figure
from matplotlib.collections import QuadMesh
from matplotlib.image import AxesImage

from bench.timing import Row, milliseconds
from lossviz import explorers, surfaces
from lossviz.explorer import Choice, Explorer, Slider
from lossviz.style import RC

CURVES = {"limit": 8, "ratio": 12}
SURFACE = {"limit": 15}
OURS, OTHERS = 41, 5
PALETTE = mpl.colormaps["cividis"](np.arange(256), bytes=True)


def rows() -> Iterator[Row]:
    """Measure every control of every explorer, and a moving surface."""
    for name in explorers.regression.__all__:
        explorer = getattr(explorers.regression, name)()
        target = SURFACE if _has_surface(explorer) else CURVES
        yield from _explorer_rows(explorer, target)
    yield from _explorer_rows(_moving_surface(), SURFACE)
    yield from _explorer_rows(explorers.landscape.small_network(), SURFACE)


def _explorer_rows(explorer: Explorer, target: dict) -> Iterator[Row]:
    for position, control in enumerate(explorer.controls):
        # The best of three rounds: other programs only ever slow one down.
        rounds = [
            (_tick(explorer, position), _replot(explorer, control))
            for _ in range(3)
        ]
        ours, others = map(min, zip(*rounds, strict=True))
        name = f"tick: {explorer.name}, {control.label}"
        yield Row(name, ours, other=others, **target)
        explorer.set(**{control.name: control.value})


def _values(control, count: int) -> list:
    """Return `count` settings, each unlike the one before."""
    if isinstance(control, Choice):
        options = control.options
        if isinstance(options, dict):
            options = options.values()
        values = list(options)
    elif control.whole:
        values = list(range(control.low, control.high + 1))
    else:
        values = np.linspace(control.low, control.high, count // 2).tolist()
    there_and_back = values + values[-2:0:-1]
    return list(islice(cycle(there_and_back), count))


def _tick(explorer: Explorer, position: int) -> float:
    """Set a widget as the browser does, until the picture is handed on."""
    _, controls, picture = explorer.app().children
    widget = controls.children[position]
    values = _values(explorer.controls[position], OURS)
    widget.value = values[1]
    pictures = []
    picture.observe(pictures.append, "value")
    times = milliseconds(lambda value: setattr(widget, "value", value), values)
    picture.unobserve_all("value")
    if len(pictures) < len(values) or explorer.error:
        raise RuntimeError(f"{explorer.name}: {widget.description} is stuck")
    return median(times)


def _replot(explorer: Explorer, control: Slider | Choice) -> float:
    """Do the same with a new figure at each step."""
    size = explorer.width / 100, explorer.height / 100

    def replot(change):
        data = explorer.compute(**explorer.params | {control.name: change.new})
        figure = plt.figure(figsize=size, dpi=100)
        explorer.draw(data, explorer.build(figure, data))
        base64.b64encode(print_figure(figure, bbox_inches="tight"))
        plt.close(figure)

    widget = control.widget()
    values = _values(control, OTHERS)
    widget.value = values[1]
    widget.observe(replot, "value")
    with mpl.rc_context(RC):
        return median(
            milliseconds(lambda value: setattr(widget, "value", value), values)
        )


def _has_surface(explorer: Explorer) -> bool:
    return any(
        isinstance(artist, AxesImage | QuadMesh)
        for artist in explorer.figure.findobj()
    )


def _moving_surface() -> Explorer:
    """A least-squares surface that changes with the data at each step."""
    x = np.linspace(-1, 1, 1000)
    slopes, intercepts = np.linspace(-3, 3, 201), np.linspace(-2, 2, 201)

    def compute(slope):
        y = slope * x + 0.3 * np.sin(9 * x)
        return surfaces.least_squares_surface(x, y, slopes, intercepts)

    def build(figure, grid):
        ax = figure.subplots()
        look = {"origin": "lower", "interpolation": "nearest"}
        return {
            "surface": ax.imshow(
                _coloured(grid.z), extent=(-3, 3, -2, 2), aspect="auto", **look
            ),
            "minimum": ax.plot([], [], "w*", ms=16)[0],
        }

    def draw(grid, artists):
        artists["surface"].set_data(_coloured(grid.z))
        a, b, _ = grid.minimum
        artists["minimum"].set_data([a], [b])

    return Explorer(
        name="least-squares surface, 201 × 201",
        question="Where is the minimum?",
        controls=[Slider("slope", "slope", -2, 2, 1.0)],
        compute=compute,
        build=build,
        draw=draw,
        alt=lambda grid, slope: f"Minimum at slope {slope}.",
    )


def _coloured(z: np.ndarray, high: float = 12) -> np.ndarray:
    """Return a surface from 0 to `high` as colours.

    Matplotlib would resize the numbers first and colour the many pixels.
    """
    return PALETTE[np.clip(256 / high * z, 0, 255).astype(np.uint8)]

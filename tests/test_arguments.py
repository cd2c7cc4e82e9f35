"""Whatever a function of pictures and surfaces is given, it says so plainly.

Each public function is called with one argument after the other replaced by
something that does not belong there. It works, or it raises a `ValueError`
whose one sentence begins with the name of an argument; never anything else.
"""

import re

import numpy as np
import pytest

from lossviz import figures, optimizers, plots, style, surfaces, wording
from lossviz.style import new_figure

X = np.linspace(0, 1, 5)
GRID = surfaces.Grid(X, X, np.add.outer((X - 0.3) ** 2, (X - 0.6) ** 2))
PATH = np.column_stack([X, X])


def bell(y):
    return np.exp(-(y**2))


def total(x, y):
    return x + y


def slope(point):
    return 2 * point


CALLS = {
    plots.describe: {"ax": plots.plot_loss("mse_loss")},
    plots.loss_label: {"name": "huber_loss", "delta": 1.0},
    plots.plot_arrows: {"grid": GRID, "n": 3, "xlabel": "a", "ylabel": "b"},
    plots.plot_band: {
        **{"x": X, "mean": X, "sd": X, "k": 2, "label": "band"},
        **{"color": "red", "linestyle": "-"},
    },
    plots.plot_bars: {
        **{"labels": ["a", "b"], "values": [1, 2], "ylabel": "height"},
        "form": str,
    },
    plots.plot_coefficients: {
        **{"strengths": [0.1, 1], "coefficients": np.ones((2, 2))},
        **{"names": ["a", "b"], "xlabel": "λ"},
    },
    plots.plot_density: {"y": X, "density": X, "xlabel": "y", "label": "p"},
    plots.plot_embedding: {
        **{"points": PATH, "labels": [0, 0, 1, 1, 1], "pairs": [[0, 1]]},
        **{"xlabel": "a", "ylabel": "b"},
    },
    plots.plot_gradient_field: {"grid": GRID, "n": 3, "zlabel": "norm"},
    plots.plot_heatmap: {
        **{"x": X, "y": X, "z": GRID.z, "xlabel": "a", "zlabel": "c"},
    },
    plots.plot_histogram: {
        **{"values": X, "bins": 3, "xlabel": "a", "label": "b"},
    },
    plots.plot_influence: {
        **{"losses": ["l1_loss"], "xlim": (-1, 1), "axes": None},
    },
    plots.plot_likelihood: {
        **{"data": [0, 1], "density": bell, "xlim": (-2, 2)},
        **{"xlabel": "y", "label": "p"},
    },
    plots.plot_line: {
        **{"intercept": 0, "slope": 1, "label": "a", "loss": "mse_loss"},
    },
    plots.plot_loss: {
        **{"loss": "huber_loss", "xlim": (-1, 1), "gradient": True},
        **{"label": "a", "delta": 1.0, "target": 0},
    },
    plots.plot_loss_and_gradient: {
        **{"losses": ["mse_loss"], "xlim": (-1, 1), "axes": None},
    },
    plots.plot_losses: {
        **{"losses": [("huber_loss", {"delta": 2})], "xlim": (-1, 1)},
        "gradient": False,
    },
    plots.plot_margin_losses: {
        **{"losses": ["hinge_loss"], "xlim": (-1, 1), "gradient": False},
    },
    plots.plot_path: {"path": PATH, "label": "a"},
    plots.plot_points: {
        **{"x": X, "y": X, "outliers": X > 0.5, "xlabel": "a", "label": "b"},
    },
    plots.plot_probabilities: {
        **{"probabilities": [0.2, 0.8], "labels": ["a", "b"], "target": 1},
        "ylabel": "p",
    },
    plots.plot_residuals: {"x": X, "y": X, "prediction": X},
    plots.plot_slice: {
        **{"position": X, "loss": X, "marks": {"a": 0.5}, "label": "b"},
        **{"xlabel": "x", "ylabel": "y"},
    },
    plots.plot_softmax: {
        **{"logits": [1, 2], "labels": ["a", "b"], "target": 1},
        "axes": None,
    },
    plots.plot_surface: {
        **{"grid": GRID, "minimum": True, "levels": 4, "zlabel": "c"},
    },
    plots.plot_surface_3d: {
        **{"grid": GRID, "paths": {"a": PATH}, "minimum": True},
        **{"view": (50, -60), "zlabel": "c"},
    },
    surfaces.Grid: {"x": X, "y": X, "z": GRID.z},
    surfaces.evaluate: {
        **{"f": total, "xlim": (0, 1), "ylim": (0, 1), "n": 5},
    },
    surfaces.gradient: {"grid": GRID},
    surfaces.least_squares_surface: {
        **{"x": X, "y": X, "slopes": X, "intercepts": X},
    },
    surfaces.line_surface: {
        **{"x": X, "y": X, "slopes": X, "intercepts": X},
        **{"loss": "huber_loss", "delta": 1.0},
    },
    surfaces.linear_surface: {
        **{"X": PATH, "y": X, "first": X, "second": X},
        **{"loss": "huber_loss", "directions": ((1, 0), (0, 1))},
        **{"center": (0, 0), "delta": 1.0},
    },
    optimizers.descend: {
        **{"grad": slope, "start": [1.0, 2], "method": "adam", "step": 0.1},
        **{"n_steps": 3, "momentum": 0.9, "alpha": 0.9, "betas": (0.9, 0.9)},
        **{"eps": 1e-8, "weight_decay": 0.1},
    },
    style.loss_style: {"name": "mse_loss"},
    style.new_figure: {"nrows": 1, "ncols": 2, "size": (5, 3)},
    wording.number: {"value": 1.5, "digits": 3},
    wording.reach: {"low": 1.5, "high": 2, "digits": 3},
    figures.show: {
        **{"figure": plots.plot_loss("mse_loss"), "alt": "a", "width": 100},
    },
}
for function in CALLS:
    if function.__name__.startswith("plot_") and "axes" not in CALLS[function]:
        CALLS[function]["ax"] = None

WRONG = {
    "None": None,
    "a string": "a",
    "nothing": [],
    "a number": 3,
    "NaN": np.nan,
    "infinity": np.inf,
    "True": True,
    "-1": -1,
    "0": 0,
    "two numbers": (2, 1),
    "NaNs": [np.nan] * 5,
    "two Nones": [None, None],
    "two strings": ["a", "b"],
    "ragged rows": [[1], [1, 2]],
    "a mapping": {"a": 1},
    "an empty mapping": {},
    "a table": np.ones((2, 2)),
    "an empty table": np.ones((0, 2)),
    "a cube": np.ones((2, 2, 2)),
    "an object": object(),
    "a huge number": 10**400,
    "two axes": new_figure(1, 2)[1],
    "four axes": new_figure(2, 2)[1],
}
# What a computer could do, but nobody should wait for.
UNWISE = {("n", "a huge number"), ("levels", "a huge number")}
UNWISE |= {(name, "a huge number") for name in ("bins", "nrows", "ncols")}
UNWISE |= {("n_steps", "a huge number"), ("digits", "a huge number")}

each_call = pytest.mark.parametrize(
    "function", CALLS, ids=lambda function: function.__name__
)


@pytest.fixture(autouse=True)
def silence(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: None)


def test_every_public_function_is_called():
    modules = (figures, optimizers, plots, style, surfaces, wording)
    public = {
        thing
        for module in modules
        for thing in (getattr(module, name) for name in module.__all__)
        if callable(thing)
    }
    without_arguments = {style.use_style, surfaces.losses_of_scores}
    assert public - without_arguments == set(CALLS)


@each_call
def test_every_call_works_as_it_is(function):
    function(**CALLS[function])


@each_call
def test_nothing_but_one_plain_sentence_is_raised(function):
    call = CALLS[function]
    names = "|".join(["axes", "loss", *call])
    for name in call:
        for kind, wrong in WRONG.items():
            if (name, kind) in UNWISE:
                continue
            try:
                drawn = function(**{**call, name: wrong})
            except ValueError as error:
                sentence = str(error)
                assert re.match(rf"({names}|a parameter of)\b", sentence)
                assert "\n" not in sentence
                assert len(sentence) < 200
            else:
                for ax in drawn if isinstance(drawn, tuple) else (drawn,):
                    if hasattr(ax, "get_xlim"):
                        plots.describe(ax)


def axes(n):
    return list(new_figure(1, n)[1])


@pytest.mark.parametrize(
    "function, wrong, sentence",
    [
        (plots.describe, {"ax": None}, "ax must be matplotlib Axes, got None"),
        (plots.loss_label, {"delta": "a"}, "delta must be a number, got 'a'"),
        (
            plots.loss_label,
            {"beta": 1},
            "a parameter of huber_loss must be 'delta', 'weight' or "
            "'target', got 'beta'",
        ),
        (
            plots.plot_loss,
            {"reduction": "sum"},
            "a parameter of huber_loss must be 'delta', 'weight' or "
            "'target', got 'reduction'",
        ),
        (plots.plot_loss, {"ax": "a"}, "ax must be matplotlib Axes, got 'a'"),
        (plots.plot_loss, {"xlim": []}, "xlim must be a pair, got []"),
        (plots.plot_loss, {"delta": None}, "delta must be a number, got None"),
        (
            plots.plot_loss,
            {"gradient": 1},
            "gradient must be True or False, got 1",
        ),
        (
            plots.plot_loss,
            {"target": "a"},
            "target must be a number, got 'a'",
        ),
        (
            plots.plot_losses,
            {"losses": None},
            "losses must be a list of names of losses, got None",
        ),
        (
            plots.plot_losses,
            {"losses": "mse_loss"},
            "losses must be a list of names of losses, got 'mse_loss'",
        ),
        (
            plots.plot_losses,
            {"losses": ["mse_loss", ("huber_loss", 2)]},
            "losses must hold names, or pairs of a name and its "
            "hyperparameters, got ('huber_loss', 2)",
        ),
        (
            plots.plot_losses,
            {"losses": ["mse_los"]},
            "loss must be one of lossviz.losses.LOSSES, got 'mse_los' "
            "(nearest: 'mse_loss')",
        ),
        (
            plots.plot_loss_and_gradient,
            {"losses": []},
            "losses must hold at least one loss, got none",
        ),
        (
            plots.plot_influence,
            {"losses": []},
            "losses must hold at least one loss, got none",
        ),
        (
            plots.plot_influence,
            {"losses": ["hinge_loss"]},
            "loss must be 'mse_loss', 'l1_loss', 'huber_loss', "
            "'smooth_l1_loss', 'pseudo_huber_loss', 'log_cosh_loss', "
            "'quantile_loss' or 'general_robust_loss', got 'hinge_loss'",
        ),
        (
            plots.plot_influence,
            {"xlim": None},
            "xlim must be a pair, got None",
        ),
        (
            plots.plot_margin_losses,
            {"losses": 3},
            "losses must be a list of names of losses, got 3",
        ),
        (
            plots.plot_histogram,
            {"values": 3},
            "values must have one dimension, got shape ()",
        ),
        (
            plots.plot_histogram,
            {"values": [1, np.nan]},
            "values must hold finite numbers only, got nan",
        ),
        (
            plots.plot_heatmap,
            {"z": np.full((5, 5), np.nan)},
            "z must hold a finite number, got none",
        ),
        (plots.plot_heatmap, {"z": 3}, "z must have shape (5, 5), got ()"),
        (
            plots.plot_heatmap,
            {"x": 3},
            "x must have one dimension, got shape ()",
        ),
        (
            plots.plot_bars,
            {"labels": None},
            "labels must be a list of names, got None",
        ),
        (
            plots.plot_bars,
            {"values": {}},
            "values must hold at least one series, got none",
        ),
        (
            plots.plot_bars,
            {"values": {"raw": ["a", "b"]}},
            "values['raw'] must hold real numbers only, got ['a', 'b']",
        ),
        (
            plots.plot_bars,
            {"values": [1, 2, 3]},
            "labels and values must have the same shape, got (2,) and (3,)",
        ),
        (plots.plot_bars, {"form": 3}, "form must be callable, got 3"),
        (
            plots.plot_probabilities,
            {"probabilities": [0.5, np.nan]},
            "probabilities must lie between 0 and 1, got undefined",
        ),
        (
            plots.plot_probabilities,
            {"probabilities": [1.0]},
            "labels and probabilities must have the same shape, "
            "got (2,) and (1,)",
        ),
        (
            plots.plot_softmax,
            {"target": 10**99},
            "target must be below 2, got 1" + "0" * 58 + "…",
        ),
        (
            plots.plot_softmax,
            {"logits": [0, -np.inf]},
            "logits must hold finite numbers only, got -inf",
        ),
        (
            plots.plot_line,
            {"loss": "a"},
            "loss must be one of lossviz.losses.LOSSES, got 'a'",
        ),
        (
            plots.plot_line,
            {"label": 3},
            "label must be a string, got 3",
        ),
        (
            plots.plot_surface,
            {"grid": None},
            "grid must be a lossviz.surfaces.Grid, got None",
        ),
        (
            plots.plot_surface,
            {"grid": surfaces.Grid([0, 2, 1], [0, 1], np.ones((2, 3)))},
            "grid.x must rise or fall from point to point, "
            "got array([0., 2., 1.])",
        ),
        (
            plots.plot_surface,
            {"grid": surfaces.Grid([0], [0, 1], np.ones((2, 1)))},
            "grid.x must rise or fall from point to point, got array([0.])",
        ),
        (
            plots.plot_surface_3d,
            {"view": 3},
            "view must be a pair, got 3",
        ),
        (
            plots.plot_surface_3d,
            {"paths": [1]},
            "paths must be a mapping, got [1]",
        ),
        (
            plots.plot_slice,
            {"marks": {"a": "b"}},
            "marks['a'] must be a number, got 'b'",
        ),
        (
            plots.plot_slice,
            {"position": [0, 2, 1, 3, 4]},
            "position must increase, got array([0., 2., 1., 3., 4.])",
        ),
        (
            plots.plot_path,
            {"path": np.ones((0, 2))},
            "path must have shape (n, 2), got (0, 2)",
        ),
        (
            plots.plot_embedding,
            {"labels": [0, 1, None, "a", 2]},
            "labels must be a list of names or of numbers, "
            "got [0, 1, None, 'a', 2]",
        ),
        (
            plots.plot_likelihood,
            {"density": 3},
            "density must be callable, got 3",
        ),
        (
            plots.plot_coefficients,
            {"coefficients": np.ones((2, 0))},
            "coefficients must have shape (n, d) with 1 ≤ d ≤ 25, got (2, 0)",
        ),
        (plots.plot_band, {"color": 3}, "color must be a colour, got 3"),
        (
            plots.plot_band,
            {"linestyle": "wavy"},
            "linestyle must be a line style of matplotlib, got 'wavy'",
        ),
        (
            style.loss_style,
            {"name": "huber"},
            "name must be one of lossviz.losses.LOSSES, got 'huber' "
            "(nearest: 'huber_loss')",
        ),
        (
            surfaces.evaluate,
            {"f": 3},
            "f must be callable, got 3",
        ),
        (
            optimizers.descend,
            {"betas": np.ones(3)},
            "betas must be a pair, got array([1., 1., 1.])",
        ),
    ],
)
def test_the_sentence_says_what_is_wrong(function, wrong, sentence):
    with pytest.raises(ValueError) as caught:
        function(**{**CALLS[function], **wrong})
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "function, n",
    [
        (plots.plot_loss_and_gradient, 2),
        (plots.plot_influence, 3),
        (plots.plot_softmax, 2),
    ],
)
def test_panels_are_as_many_as_are_drawn_on(function, n):
    for wrong in (axes(n + 1), axes(2)[:1], new_figure()[1], "ab", [1] * n):
        with pytest.raises(ValueError) as caught:
            function(**{**CALLS[function], "axes": wrong})
        sentence = str(caught.value)
        assert sentence.startswith(f"axes must be {n} matplotlib Axes, got ")
    function(**{**CALLS[function], "axes": axes(n)})

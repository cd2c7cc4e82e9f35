"""The loss of a network over a plane through its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lossviz.landscape._checks import checked_choices
from lossviz.landscape.paths import Projection, project
from lossviz.surfaces import Grid
from lossviz.validation import choice, count, positive

if TYPE_CHECKING:
    from torch import Tensor, nn

    from lossviz.landscape._vectors import Layout

__all__ = ["Landscape", "loss_landscape"]


@dataclass(frozen=True, eq=False)
class Landscape(Grid):
    """The loss over a plane of parameters, the model being at (0, 0).

    ``z[i, j]`` is the loss at the parameters centre + x[j] d₁ + y[i] d₂.

    Parameters
    ----------
    x, y, z : ndarray
        As of a `Grid`.
    center_loss : float
        Loss of the model itself.
    directions : pair of Tensor
        d₁ and d₂ as flat vectors, in the order of ``model.parameters()``.
    engine : {"affine", "flat", "loop"}
        How the points were evaluated.
    seconds : float
        Time that took.
    note : str
        Mode of the model, and whether something is missing.
    center : Tensor
        Parameters of the model, as a flat vector.
    layout : Layout
        Names and shapes of the parameters.
    """

    center_loss: float
    directions: tuple[Tensor, Tensor] = field(repr=False)
    engine: str
    seconds: float
    note: str
    center: Tensor = field(repr=False)
    layout: Layout = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether every point was evaluated."""
        return "Interrupted" not in self.note

    def project(self, path: Sequence[Any]) -> Projection:
        """Return where a path falls on the plane, and how much of it.

        Parameters
        ----------
        path : Path or sequence
            Points as models, state dicts, lists of tensors or flat vectors.

        Returns
        -------
        Projection

        Raises
        ------
        ValueError
            If a point has not the parameters of the model.
        """
        return project(self.center, self.directions, self.layout, path)


def loss_landscape(
    model: nn.Module,
    loss: Callable,
    data: Any,
    *,
    directions: str | tuple[Any, Any] = "random",
    history: Sequence[Any] | None = None,
    normalize: str | None = "filter",
    span: float = 1.0,
    steps: int = 51,
    seed: int = 0,
    device: Any = None,
    engine: str = "auto",
    progress: bool | None = None,
) -> Landscape:
    """Evaluate the loss over a plane through a network's parameters.

    The model is copied and evaluated in eval mode: no dropout, and the
    running statistics of a BatchNorm as they are. What is at the centre is
    the model's own forward pass. Ctrl-C, or the stop button of a notebook,
    ends the work early and leaves the rest nan.

    All is computed in the precision of the model, and around one in half
    precision in single, where its losses do not lie on terraces: they are
    right to five digits. Only its own, at the centre, stays as it is.

    Parameters
    ----------
    model : Module
        Any network; all its floating parameters move.
    loss : callable
        ``loss(outputs, targets)`` returns one number, such as
        `torch.nn.functional.cross_entropy`.
    data : pair of Tensor, or iterable of such pairs
        Inputs and targets. A loader is read once and kept, so that every
        point sees the same examples; the losses of its batches are averaged
        with their sizes as weights.
    directions : {"random", "pca"} or pair, default "random"
        Normal directions; the two principal components of a history, as
        long as it reaches along them; or two given ones, taken as they are,
        in any form that a point may have.
    history : sequence, optional
        For ``"pca"`` only: points as models, state dicts, lists of tensors
        or flat vectors, such as a `Path`.
    normalize : {"filter", "layer", None}, default "filter"
        What a random direction has in common with the parameters: the norm
        of each filter (each slice along the first axis), that of each
        layer, or only that of all parameters together. The first two leave
        biases and scales, which have a single axis, where they are.
    span : float, default 1.0
        The grid reaches from −span to span along both directions.
    steps : int, default 51
        Points along each axis; odd, so that the model is one of them.
    seed : int, default 0
        Settles random directions and the order of a loader.
    device : torch.device or str, optional
        Where to compute; where the model is if omitted.
    engine : {"auto", "affine", "flat", "loop"}, default "auto"
        ``"affine"`` for plain chains of layers, ``"flat"`` for any module
        and ``"loop"``, slow, to compare with; the fastest one if ``"auto"``.
    progress : bool, optional
        Show a bar, or none; if omitted, when the work takes over a second.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If an argument is refused; the message says which and why.

    References
    ----------
    Li, Xu, Taylor, Studer & Goldstein (2018), Visualizing the loss landscape
    of neural nets.
    """
    from lossviz.landscape import _survey

    axis = centred_axis(span, steps)
    seed = checked_choices(normalize, seed, engine, progress)
    _check_directions(directions, history)
    with _survey.prepared(
        model, loss, data, seed=seed, device=device
    ) as setting:
        plane = _survey.plane_directions(
            setting, directions, normalize, seed, history
        )
        found = _survey.survey(
            setting.engine(engine, plane), axis, axis, progress
        )
    z = found.z
    z[steps // 2, steps // 2] = setting.centre_loss
    return Landscape(
        axis,
        axis.copy(),
        z,
        center_loss=setting.centre_loss,
        directions=plane,
        engine=found.engine,
        seconds=found.seconds,
        note=found.note,
        center=setting.centre,
        layout=setting.layout,
    )


def centred_axis(span: float, steps: int) -> np.ndarray:
    """Return evenly spaced numbers from −span to span, 0 being one."""
    span, steps = positive("span", span), count("steps", steps, minimum=3)
    if steps % 2 == 0:
        raise ValueError(
            f"steps must be odd, so that the model is a point, got {steps}"
        )
    right = np.linspace(0, span, steps // 2 + 1)
    return np.concatenate([-right[:0:-1], right])


def _check_directions(directions: Any, history: Any) -> None:
    if isinstance(directions, str):
        choice("directions", directions, ("random", "pca"))
    pca = isinstance(directions, str) and directions == "pca"
    if pca and history is None:
        raise ValueError("history must be given for 'pca', got None")
    if history is not None and not pca:
        raise ValueError(
            "history must be left out unless directions is 'pca', "
            f"got {type(history).__name__}"
        )
    if isinstance(directions, str):
        return
    try:
        given = len(directions)
    except TypeError:
        given = 0
    if given != 2:
        raise ValueError(
            "directions must be 'random', 'pca' or a pair of directions, "
            f"got {type(directions).__name__}"
        )

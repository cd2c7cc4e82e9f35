"""The loss of networks along a line through their parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lossviz.landscape._checks import checked_choices
from lossviz.landscape.plane import centred_axis
from lossviz.validation import count, finite

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["Line", "interpolate", "loss_line"]


@dataclass(frozen=True, eq=False)
class Line:
    """The loss along a line of parameters.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Coordinate along the direction; the first or only model is at 0.
    z : ndarray of shape (n,)
        Loss at each x.
    direction : Tensor
        The direction as a flat vector: between two models, from one to the
        other.
    engine : {"affine", "flat", "loop"}
        How the points were evaluated.
    seconds : float
        Time that took.
    note : str
        Mode of the model, and whether something is missing.
    """

    x: np.ndarray
    z: np.ndarray
    direction: Tensor = field(repr=False)
    engine: str
    seconds: float
    note: str


def loss_line(
    model: nn.Module,
    loss: Callable,
    data: Any,
    *,
    direction: Any = "random",
    normalize: str | None = "filter",
    span: float = 1.0,
    steps: int = 51,
    seed: int = 0,
    device: Any = None,
    engine: str = "auto",
    progress: bool | None = None,
) -> Line:
    """Evaluate the loss along a line through a network's parameters.

    Parameters
    ----------
    model, loss, data
        As for `loss_landscape`.
    direction : "random" or a direction, default "random"
        A normal direction, or a given one, taken as it is: a model, a state
        dict, a list of tensors or a flat vector.
    normalize, span, steps, seed, device, engine, progress
        As for `loss_landscape`.

    Returns
    -------
    Line

    Raises
    ------
    ValueError
        If an argument is refused; the message says which and why.
    """
    from lossviz.landscape import _survey

    x = centred_axis(span, steps)
    seed = checked_choices(normalize, seed, engine, progress)
    with _survey.prepared(
        model, loss, data, seed=seed, device=device
    ) as setting:
        if isinstance(direction, str) and direction == "random":
            (d,) = _survey.random_directions(setting, normalize, seed, 1)
        else:
            d = setting.layout.vector("direction", direction)
        return _along(
            setting, engine, x, d, progress, {0.0: setting.centre_loss}
        )


def interpolate(
    model_a: nn.Module,
    model_b: nn.Module,
    loss: Callable,
    data: Any,
    *,
    start: float = 0.0,
    stop: float = 1.0,
    steps: int = 51,
    seed: int = 0,
    device: Any = None,
    progress: bool | None = None,
) -> Line:
    """Evaluate the loss on the straight line between two networks.

    The parameters at x are (1 − x) a + x b. Running statistics, such as
    those of a BatchNorm, are interpolated too, so that x = 1 is model b
    itself.

    Parameters
    ----------
    model_a, model_b : Module
        Two networks of the same kind, at x = 0 and x = 1.
    loss, data
        As for `loss_landscape`.
    start, stop : float, default 0.0 and 1.0
        Ends of the line.
    steps : int, default 51
        Number of points, at least 2.
    seed, device, progress
        As for `loss_landscape`.

    Returns
    -------
    Line

    Raises
    ------
    ValueError
        If the models differ in more than their numbers, or an argument is
        refused.

    References
    ----------
    Goodfellow, Vinyals & Saxe (2015), Qualitatively characterizing neural
    network optimization problems.
    """
    from lossviz.landscape import _survey
    from lossviz.landscape._examples import read_once

    x = _axis_between(start, stop, steps)
    seed = checked_choices(None, seed, "flat", progress)
    data = read_once(data, seed)
    given = {"seed": seed, "device": device, "buffers": True}
    with _survey.prepared(model_b, loss, data, **given) as setting_b:
        own = {1.0: setting_b.centre_loss}
    with _survey.prepared(model_a, loss, data, **given) as setting:
        own[0.0] = setting.centre_loss
        end = setting.layout.vector("model_b", model_b)
        d = end - setting.centre
        return _along(setting, "flat", x, d, progress, own)


def _axis_between(start: float, stop: float, steps: int) -> np.ndarray:
    start, stop = finite("start", start), finite("stop", stop)
    if not start < stop:
        raise ValueError(f"stop must lie above start ({start}), got {stop}")
    return np.linspace(start, stop, count("steps", steps, minimum=2))


def _along(
    setting: Any,
    engine: str,
    x: np.ndarray,
    direction: Tensor,
    progress: bool | None,
    own: dict[float, float],
) -> Line:
    """Return a line; `own` holds what models themselves say at some x."""
    from lossviz.landscape import _survey

    across = direction, direction.new_zeros(len(direction))
    found = _survey.survey(
        setting.engine(engine, across), x, np.zeros(1), progress
    )
    z = found.z[0]
    for place, value in own.items():
        z[x == place] = value
    return Line(x, z, direction, found.engine, found.seconds, found.note)

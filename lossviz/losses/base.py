"""What all losses share: the record in the registry and the reductions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from lossviz.validation import as_float, choice, finite

REDUCTIONS = ("mean", "sum", "none")

# Overflow to infinity and NaN from NaN are right answers here, as in torch;
# the decorator keeps NumPy from warning about them.
quiet = np.errstate(all="ignore")


@dataclass(frozen=True, eq=False)
class Loss:
    """A loss as the registry knows it; drives plots, tests and tables.

    Parameters
    ----------
    name : str
        Name of the function, and the key in the registry.
    family : str
        Of regression, ``"residual"``: depends on target − prediction
        alone, or ``"likelihood"``: negative log-likelihood of a
        distribution; ``"classification"``; ``"ranking"``; ``"penalty"``:
        takes weights of a model and no target.
    value, grad : callable
        The loss and its derivative.
    kinks : tuple of float
        Where along its curve the slope, or the loss itself, jumps.
    domain : str or None
        What a target is: ``"real"``, ``"count"``, ``"angle"``, ``"sign"``
        (1 or −1), ``"probability"`` (of a yes), ``"class"`` (its index)
        or ``"distribution"`` (probabilities of classes); None without a
        target.
    distribution : str or None
        Distribution whose negative log-likelihood it is, up to constants.
    torch : str or None
        Where torch has it; a string, so that nothing is imported.
    label : str
        Name for legends.
    argument : str or None
        What runs along the horizontal axis of its curve; None where it
        takes more than one prediction to draw it.
    parameters : mapping of str to float
        What the curve is drawn with unless told otherwise.
    paper : str or None
        Where it was proposed.
    formula : str
        Of one example, in TeX.
    """

    name: str
    family: str
    value: Callable = field(repr=False)
    grad: Callable = field(repr=False)
    kinks: tuple[float, ...] = ()
    domain: str | None = "real"
    distribution: str | None = None
    torch: str | None = None
    label: str = ""
    argument: str | None = "residual"
    parameters: Mapping[str, float] = field(default_factory=dict)
    paper: str | None = None
    formula: str = ""

    def curve(self, residual: ArrayLike, **parameters: float) -> np.ndarray:
        """Return the loss of each prediction, the target being fixed.

        Parameters
        ----------
        residual : array_like of shape (...)
            What `argument` says. It is passed on as the prediction, the
            target being that of `self.parameters`, by default 0: then a
            prediction is prediction minus target.
        **parameters : float
            Hyperparameters that replace those in `self.parameters`;
            ``target`` moves the target.

        Returns
        -------
        ndarray of shape (...)
            Elementwise loss.

        Raises
        ------
        ValueError
            If the loss has no such curve or a parameter breaks its rule.
        """
        return self._apply(self.value, residual, parameters)

    def slope(self, residual: ArrayLike, **parameters: float) -> np.ndarray:
        """Return the derivative of `curve` with respect to the prediction.

        Parameters, shapes and errors are those of `curve`.
        """
        gradient = self._apply(self.grad, residual, parameters)
        return gradient[0] if isinstance(gradient, tuple) else gradient

    def check_names(
        self, parameters: Iterable[str], also: tuple[str, ...] = ()
    ) -> None:
        """Refuse names that are no hyperparameters of the loss.

        Parameters
        ----------
        parameters : iterable of str
            Names of what is to be passed to the loss.
        also : tuple of str, default ()
            Names that are welcome besides.

        Raises
        ------
        ValueError
            If the loss takes no parameter of that name.
        """
        taken = (*_hyperparameters(self.value), *also)
        for name in parameters:
            if not taken:
                raise ValueError(f"{self.name} takes no parameter {name!r}")
            choice(f"a parameter of {self.name}", name, taken)

    def _apply(
        self,
        function: Callable,
        prediction: ArrayLike,
        parameters: dict[str, float],
    ) -> np.ndarray | tuple[np.ndarray, ...]:
        """Call the loss or its gradient, elementwise, with all settings."""
        if self.argument is None:
            raise ValueError(
                "a loss must depend on one prediction to have a curve, "
                f"got {self.name!r}"
            )
        has_target = self.family != "penalty"
        self.check_names(parameters, ("target",) if has_target else ())
        settings = {**self.parameters, **parameters}
        prediction = as_float("residual", prediction)
        if not has_target:
            return function(prediction, reduction="none", **settings)
        target = finite("target", settings.pop("target", 0.0))
        target = np.full(prediction.shape, target)
        return function(prediction, target, reduction="none", **settings)


@cache
def _hyperparameters(function: Callable) -> tuple[str, ...]:
    """Return what a loss takes besides predictions, target and reduction."""
    parameters = inspect.signature(function).parameters.values()
    _, *data = [p.name for p in parameters if p.kind != p.KEYWORD_ONLY]
    named = [p.name for p in parameters if p.kind == p.KEYWORD_ONLY]
    return (*data[1:], *(name for name in named if name != "reduction"))


def reduce(
    values: np.ndarray, reduction: str, *, divisor: float | None = None
) -> np.ndarray:
    """Return the mean, the sum or all of the elementwise losses.

    Parameters
    ----------
    values : ndarray of shape (...)
        One loss per element.
    reduction : {"mean", "sum", "none"}
        What becomes of them.
    divisor : float, optional
        What ``"mean"`` divides the sum by, if not the number of elements.
    """
    choice("reduction", reduction, REDUCTIONS)
    if reduction == "none":
        return np.asarray(values)
    total = np.sum(values)
    if reduction == "sum":
        return total
    return total / (np.size(values) if divisor is None else divisor)


def reduce_grad(
    slopes: np.ndarray, reduction: str, *, divisor: float | None = None
) -> np.ndarray:
    """Return the gradient of the reduced loss from each element's slope.

    For ``"mean"`` every slope is divided by `divisor` (by default the
    number of elements); for ``"none"`` it is the gradient of the sum.
    """
    choice("reduction", reduction, REDUCTIONS)
    if reduction != "mean":
        return np.asarray(slopes)
    count = np.size(slopes) if divisor is None else divisor
    return np.asarray(slopes / count)

"""The controls of an explorer: what may be set, and the widget that sets it.

A control is a plain value that knows its label, its range and its start; the
ipywidgets library is imported only when a widget is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

from lossviz.validation import between, count, finite, positive

__all__ = ["Choice", "Slider"]

_STEPS = 100
# On a range of up to six decades, every power of ten is one of these steps.
_LOG_STEPS = 120


@dataclass(frozen=True)
class Slider:
    """A number between two ends.

    The number is whole if both ends, the start and the step (if given) are.

    Parameters
    ----------
    name : str
        Name of the parameter in Python, such as ``"delta"``.
    label : str
        Symbol the lecture uses, in plain Unicode, such as ``"δ"``.
    low, high : float
        The ends of the range, both included.
    value : float
        Where the slider starts.
    step : float, optional
        Distance of one key press: by default 1 for whole numbers and a
        hundredth of the range for others. Without meaning for `log`.
    log : bool, default False
        Whether equal distances on the slider are equal ratios; the value is
        the number itself, not its logarithm.
    unit : str, default ""
        Unit of the number, such as ``"kg"``.
    stops : sequence of float, optional
        Where else than at its start the slider can stand on a page without
        a kernel; by default at places of equal distances.

    Raises
    ------
    ValueError
        If the ends are no numbers or the range is empty, the start or a stop
        lies outside, the step is not positive, or a logarithmic range does
        not begin above 0.
    """

    name: str
    label: str
    low: float
    high: float
    value: float
    step: float | None = None
    log: bool = False
    unit: str = ""
    stops: Sequence[float] | None = None

    slides = True

    def __post_init__(self):
        low = finite(f"{self.name}: low", self.low)
        if not low < finite(f"{self.name}: high", self.high):
            raise ValueError(
                f"{self.name}: low must be below high, "
                f"got {self.low} and {self.high}"
            )
        if self.log:
            positive(f"{self.name}: low", self.low)
        if self.step is not None:
            positive(f"{self.name}: step", self.step)
        for value in (self.value, *(self.stops or ())):
            self.validate(value)

    @property
    def whole(self) -> bool:
        """Whether the slider moves in whole numbers only."""
        numbers = (self.low, self.high, self.value, self.step or 1)
        return not self.log and all(
            isinstance(number, Integral) for number in numbers
        )

    def validate(self, value: float) -> float:
        """Return `value` as the parameter takes it.

        Raises
        ------
        ValueError
            If it is no number within the range (or not whole where the
            slider is).
        """
        number = between(self.name, value, self.low, self.high, open=False)
        if not self.whole:
            return number
        return count(self.name, value, minimum=self.low)

    def shown(self, value: float) -> str:
        """Return label and value as a reader sees them: ``"δ = 1.5 m"``."""
        digits = format(value, self._format)
        return f"{self.label} = {digits} {self.unit}".rstrip()

    def positions(self, count: int, start: float) -> list[float]:
        """Return where the slider can stand without a kernel, in order.

        Parameters
        ----------
        count : int
            How many places at most (3 or more), if `stops` names none.
        start : float
            Among them, as are, then, both ends of the range.
        """
        if self.stops is not None:
            return sorted(map(self.validate, {*self.stops, start}))
        places = sorted({self._snapped(i / (count - 1)) for i in range(count)})
        inner = [place for place in places if self.low < place < self.high]
        if start not in places and inner:
            places.remove(min(inner, key=lambda p: abs(p - start)))
        return sorted(map(self.validate, {*places, start}))

    def _snapped(self, share: float) -> float:
        """Return the value nearest to a share of the way to the end."""
        if self.log:
            value = self.low * (self.high / self.low) ** share
            return self.read(float(f"{value:.2g}"))
        steps = round(share * (self.high - self.low) / self._step)
        value = self.read(self.low + steps * self._step)
        return int(value) if self.whole else float(value)

    def widget(self):
        """Return a new ipywidgets slider that stands at the start."""
        import ipywidgets

        options = {
            "description": f"{self.label} [{self.unit}]"
            if self.unit
            else self.label,
            "continuous_update": True,
            "readout": True,
            "readout_format": self._format,
        }
        if self.log:
            ends = math.log10(self.low), math.log10(self.high)
            kind = ipywidgets.FloatLogSlider
            options |= dict(zip(("min", "max"), ends, strict=True))
            options["step"] = (ends[1] - ends[0]) / _LOG_STEPS
        else:
            kind = (
                ipywidgets.IntSlider if self.whole else ipywidgets.FloatSlider
            )
            options |= {"min": self.low, "max": self.high}
            options["step"] = self._step
        return kind(value=self.value, **options)

    def read(self, value: float) -> float:
        """Return a widget's value, freed from rounding errors."""
        value = min(max(value, self.low), self.high)
        return value if self.log or self.whole else round(value, 10)

    @property
    def _step(self) -> float:
        if self.step is not None:
            return self.step
        return 1 if self.whole else (self.high - self.low) / _STEPS

    @property
    def _format(self) -> str:
        """Format with as many decimals as one step needs."""
        if self.whole:
            return "d"
        if self.log:
            return ".3g"
        decimals = max(0, -math.floor(math.log10(self._step) + 1e-9))
        return f".{decimals}f"


@dataclass(frozen=True)
class Choice:
    """One of a few options.

    Parameters
    ----------
    name : str
        Name of the parameter in Python, such as ``"loss"``.
    label : str
        What stands before the options, such as ``"loss ℓ"``.
    options : sequence of str, or mapping of label to value
        What can be chosen, in order; a sequence's items are labels and
        values at once.
    value : object
        The value at the start.

    Raises
    ------
    ValueError
        If there are fewer than two options or the start is none of them.
    """

    name: str
    label: str
    options: Sequence | Mapping
    value: object

    slides = False

    def __post_init__(self):
        if len(self._pairs) < 2:
            raise ValueError(
                f"{self.name}: options must be at least two, "
                f"got {len(self._pairs)}"
            )
        self.validate(self.value)

    @property
    def _pairs(self) -> list[tuple[str, object]]:
        """Labels and values, in order."""
        if isinstance(self.options, Mapping):
            return list(self.options.items())
        return [(str(option), option) for option in self.options]

    def validate(self, value: object) -> object:
        """Return `value`.

        Raises
        ------
        ValueError
            If it is not one of the options.
        """
        if value not in self.stops:
            known = ", ".join(map(repr, self.stops))
            raise ValueError(
                f"{self.name} must be one of {known}, got {value!r}"
            )
        return value

    def shown(self, value: object) -> str:
        """Return label and option as a reader sees them."""
        option = next(label for label, known in self._pairs if known == value)
        return f"{self.label}: {option}"

    @property
    def stops(self) -> list:
        """All options, in order."""
        return [value for _, value in self._pairs]

    def positions(self, count: int, start: object) -> list:
        """Return all options, however many places are asked for."""
        return self.stops

    def widget(self):
        """Return a new row of ipywidgets buttons that shows the start.

        Not a drop-down list: JupyterLab takes the arrow keys for itself, so
        that the keyboard alone could open none.
        """
        import ipywidgets

        return ipywidgets.ToggleButtons(
            description=f"{self.label}:\u00a0",
            options=self._pairs,
            value=self.value,
            style={"button_width": "auto"},
        )

    def read(self, value: object) -> object:
        """Return a widget's value."""
        return value

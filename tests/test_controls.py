"""Controls take what is in their range, and say so otherwise."""

import math

import ipywidgets
import pytest

from lossviz import explorers
from lossviz.explorer import Choice, Slider

DELTA = Slider("delta", "δ", 0.1, 5, 1.0, step=0.1)
COUNT = Slider("n", "n", 10, 60, 30)
SCALE = Slider("scale", "σ", 0.01, 100, 1.0, log=True, unit="m")
FAMILY = Choice("family", "loss", {"Huber": "h", "smooth L1": "s"}, "h")


@pytest.mark.parametrize("value", [0.1, 1, 5])
def test_a_slider_takes_its_ends_and_what_lies_between(value):
    assert DELTA.validate(value) == value


@pytest.mark.parametrize("value", [0, 5.1, float("nan"), True, "1", None])
def test_a_slider_refuses_everything_else(value):
    with pytest.raises(ValueError, match="^delta must lie between 0.1 and 5"):
        DELTA.validate(value)


def test_a_slider_of_whole_numbers_refuses_fractions():
    with pytest.raises(ValueError, match="^n must be a whole number"):
        COUNT.validate(20.5)


def test_a_choice_names_its_options_when_it_refuses():
    with pytest.raises(
        ValueError, match="^family must be one of 'h', 's', got 'x'"
    ):
        FAMILY.validate("x")


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("a", "a", 2, 1, 1), "a: low must be below high, got 2 and 1"),
        (("a", "a", "0", 1, 1), "a: low must be a finite number, got '0'"),
        (("a", "a", 0, None, 1), "a: high must be a finite number, got None"),
        (("a", "a", 0, 1, 2), "a must lie between 0 and 1, got 2"),
        (("a", "a", 0, 1, 0, 0), "a: step must be positive, got 0"),
        (("a", "a", 0, 1, 1, None, True), "a: low must be positive, got 0"),
    ],
)
def test_a_slider_without_sense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Slider(*arguments)


def test_a_choice_needs_two_options():
    with pytest.raises(ValueError, match="^a: options must be at least two"):
        Choice("a", "a", ["only"], "only")


@pytest.mark.parametrize(
    "control, kind",
    [
        (DELTA, ipywidgets.FloatSlider),
        (COUNT, ipywidgets.IntSlider),
        (SCALE, ipywidgets.FloatLogSlider),
        (FAMILY, ipywidgets.ToggleButtons),
    ],
)
def test_a_widget_starts_where_its_control_does(control, kind):
    widget = control.widget()
    assert type(widget) is kind
    assert widget.value == control.value
    assert widget.description.startswith(control.label)


@pytest.mark.parametrize("slider", [DELTA, COUNT, SCALE])
def test_a_slider_follows_the_mouse_and_shows_its_number(slider):
    widget = slider.widget()
    assert widget.continuous_update
    assert widget.readout


def test_a_logarithmic_slider_moves_in_equal_ratios_between_its_ends():
    widget = SCALE.widget()
    assert (widget.base**widget.min, widget.base**widget.max) == (0.01, 100)


@pytest.mark.parametrize("module", explorers.__all__)
def test_every_slider_starts_on_one_of_its_steps(module):
    """Elsewhere the browser would move it, and with it the picture."""
    module = getattr(explorers, module)
    for explorer in (getattr(module, name)() for name in module.__all__):
        for slider in explorer.controls:
            if slider.slides:
                widget = slider.widget()
                start = widget.value
                if slider.log:
                    start = math.log10(start)
                steps = (start - widget.min) / widget.step
                assert steps == pytest.approx(round(steps)), slider


@pytest.mark.parametrize(
    "slider, raw, value",
    [
        (SCALE, 100.00000000000001, 100),
        (SCALE, 0.009999999999999998, 0.01),
        (DELTA, 5.000000000000001, 5),
        (DELTA, 0.1 + 0.2, 0.3),
        (COUNT, 30, 30),
    ],
)
def test_rounding_errors_of_a_widget_do_not_reach_the_parameter(
    slider, raw, value
):
    assert slider.read(raw) == value


@pytest.mark.parametrize(
    "control, value, shown",
    [
        (DELTA, 1.5, "δ = 1.5"),
        (COUNT, 20, "n = 20"),
        (SCALE, 0.25, "σ = 0.25 m"),
        (FAMILY, "s", "loss: smooth L1"),
    ],
)
def test_a_setting_reads_as_label_and_value(control, value, shown):
    assert control.shown(value) == shown


def test_the_readout_has_the_decimals_of_one_step():
    assert DELTA.widget().readout_format == ".1f"
    assert Slider("q", "q", 0.05, 0.95, 0.5).widget().readout_format == ".3f"

import math

import pytest

from lossviz.wording import number


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (-0.0, "0"),
        (-2.5, "−2.5"),
        (3.14159, "3.14"),
        (100, "100"),
        (999.6, "1000"),
        (15000.4, "15000"),
        (0.00004, "0.00004"),
        (-0.000123456, "−0.000123"),
        (1e-8, "0"),
        (1.5e7, "15000000"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "undefined"),
    ],
)
def test_a_number_is_written_as_it_is_spoken(value, text):
    assert number(value) == text


def test_digits_count_significant_ones():
    assert number(0.123456, 2) == "0.12"
    assert number(12.3456, 5) == "12.346"


@pytest.mark.parametrize("value", ["1", None, [1.0, 2.0], 10**400, 1j])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="^value must .*, got "):
        number(value)


@pytest.mark.parametrize("digits", [0, 1.5, None, "3"])
def test_digits_are_a_whole_number(digits):
    with pytest.raises(ValueError, match="^digits must be a whole number"):
        number(1.5, digits)

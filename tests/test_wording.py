import math

import pytest

from lossviz.wording import number, reach


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
        (999999999999, "999999999999"),
        (1e12, "1 × 10^12"),
        (-1.2345e200, "−1.23 × 10^200"),
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


@pytest.mark.parametrize(
    "low, high, text",
    [
        (-1, 2, "−1 to 2"),
        (1, 1, "1 to 1"),
        (0, 0, "0 to 0"),
        (0.97, 1.03, "0.97 to 1.03"),
        (1, 1.00001, "1 to 1.00001"),
        (1e-33, 36.5, "0 to 36.5"),
        (0, 4e-9, "0 to 4 × 10^−9"),
        (-1e-17, 4e-9, "−1 × 10^−17 to 4 × 10^−9"),
        (-2e-8, 2e-8, "−2 × 10^−8 to 2 × 10^−8"),
        (0, 8e200, "0 to 8 × 10^200"),
        (5, math.inf, "5 to ∞"),
        (math.nan, 1, "undefined to 1"),
    ],
)
def test_the_ends_of_a_range_can_be_told_apart(low, high, text):
    assert reach(low, high) == text


@pytest.mark.parametrize("value", ["1", None, [1.0, 2.0], 10**400, 1j])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="^value must .*, got "):
        number(value)


@pytest.mark.parametrize("digits", [0, 1.5, None, "3"])
def test_digits_are_a_whole_number(digits):
    with pytest.raises(ValueError, match="^digits must be a whole number"):
        number(1.5, digits)

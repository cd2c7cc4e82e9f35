"""Comparing what came back with what is right: kind, shape, value."""

import numpy as np

# Loose enough for another order of summation, far tighter than any mistake.
TOLERANCE = {"rtol": 1e-6, "atol": 1e-9}
# What arithmetic in 32 bits can promise.
TOLERANCE_32 = {"rtol": 1e-4, "atol": 1e-5}

# What is said of errors that are no ordinary exceptions of the answer.
SENTENCES = {
    "NotImplementedError": "is not written yet",
    "None": "returned nothing, as if its `return` were missing",
    "TimeoutError": "did not come to an end in time",
    "Crash": "ended Python instead of returning",
}


class NotNumbers(TypeError):
    """A returned value is no number and no array of numbers."""


def as_data(value):
    """Return numbers, arrays, lists of them or a tensor as an array.

    Raises
    ------
    NotNumbers
        If `value` holds anything else; the message is the name of its type.
    """
    plain = _plain(value)
    try:
        array = np.array(plain)
    except ValueError:
        raise NotNumbers("ragged list") from None
    if array.dtype.kind not in "fiub":
        raise NotNumbers(_kind(value, array))
    return array


def _kind(value, array):
    """Return what a value is called that holds no numbers."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"{array.dtype.name} array"
    return type(value).__name__


def _plain(value):
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    return value


def close(got, want, slack=0.0):
    """Whether two arrays agree in shape and, at their precision, in value.

    `slack` widens the tolerance, relative and absolute.
    """
    if got.shape != want.shape:
        return False
    single = got.dtype.kind == "f" and got.dtype.itemsize < 8
    tolerance = TOLERANCE_32 if single else TOLERANCE
    return np.allclose(
        got.astype(float),
        want.astype(float),
        rtol=max(slack, tolerance["rtol"]),
        atol=max(slack, tolerance["atol"]),
        equal_nan=True,
    )


def difference(got, want, slack=0.0):
    """Say in one clause how an outcome differs from the right one.

    Parameters
    ----------
    got, want : Outcome
        What the answer did and what is right.
    slack : float
        Tolerance, relative and absolute, if wider than that of rounding.

    Returns
    -------
    str or None
        A clause that goes on after the function's name, free of hidden
        data; `None` if the outcomes agree.
    """
    if got.error or want.error:
        return _difference_of_errors(got, want)
    return (
        _difference_of_values(got.value, want.value, slack)
        or _difference_of_kinds(got.kind, want.kind)
        or _difference_of_gradients(got.gradients, want.gradients, slack)
        or changed(got.after, want.after)
        or _difference_of_networks(got.trained, want.trained, slack)
    )


def agree(one, other, slack=0.0):
    """Whether two outcomes are the same to within rounding, or `slack`."""
    return difference(one, other, slack) is None


def changed(got, want):
    """Say in one clause that arguments were changed, or return `None`."""
    pairs = zip(got, want, strict=True)
    if all(np.array_equal(one, other) for one, other in pairs):
        return None
    return "changed its arguments; work on a copy"


def _difference_of_errors(got, want):
    if got.error == want.error:
        return None
    if not got.error:
        return f"should raise {want.error} here, but it returned a value"
    if want.error:
        return f"should raise {want.error} here, not {got.error}"
    return describe_error(got)


def describe_error(outcome):
    """Say in one clause why no numbers came back."""
    if outcome.error in SENTENCES:
        return SENTENCES[outcome.error]
    if outcome.error == "NameError" and "was found" in outcome.detail:
        return "was not found; run the cell that defines it"
    if outcome.error[0].isupper():
        return f"stopped with {outcome.error}"
    article = "an" if outcome.error[0] in "aeio" else "a"
    return f"returned {article} {outcome.error}, not numbers"


def _difference_of_values(got, want, slack):
    if isinstance(want, tuple):
        return _difference_of_items(got, want, slack)
    if isinstance(got, tuple):
        return f"returned {len(got)} things where one is due"
    if got is None or want is None:
        return _difference_of_nothing(got, want)
    if got.shape != want.shape:
        due = "a single number" if want.shape == () else f"shape {want.shape}"
        return f"returned shape {got.shape} where {due} is due"
    if close(got, want, slack):
        return None
    for kind, is_kind in (("nan", np.isnan), ("inf", np.isinf)):
        if is_kind(got).any() and not is_kind(want).any():
            return f"returned {kind} where the right value is finite"
    return "returned a wrong value"


def _difference_of_items(got, want, slack):
    if not isinstance(got, tuple):
        return f"returned one thing where {len(want)} are due"
    if len(got) != len(want):
        return f"returned {len(got)} things where {len(want)} are due"
    for place, pair in enumerate(zip(got, want, strict=True), start=1):
        fault = _difference_of_values(*pair, slack)
        if fault:
            return f"{fault} (item {place} of {len(want)})"
    return None


def _difference_of_nothing(got, want):
    if got is want:
        return None
    if got is None:
        return "returned None where a number is due"
    return "returned a number where None is due"


def _difference_of_kinds(got, want):
    # NumPy's float64 is a float; of the others each is only itself.
    if got.removesuffix("64") == want.removesuffix("64"):
        return None
    return f"returned a value of type {got} where {want} is due"


def _difference_of_gradients(got, want, slack):
    for mine, right in zip(got, want, strict=True):
        if (mine is None) != (right is None):
            return "returned a value from which no gradient flows back"
        if mine is not None and not close(mine, right, slack):
            return "returned a value whose gradient is wrong"
    return None


def _difference_of_networks(got, want, slack):
    for mine, right in zip(got, want, strict=True):
        if not close(mine, right, slack):
            return "left other parameters in the network than it should"
    return None

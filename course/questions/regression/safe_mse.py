"""E2.7: a mean squared error that broadcasts when it should not."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched
from course.questions.judges import refusals_agree


def safe_mse(pred, target):
    """Return the mean squared error; only (N, 1) and (N,) may be mixed."""
    pred = np.asarray(pred, dtype=float)
    target = np.asarray(target, dtype=float)
    shapes = {pred.shape, target.shape}
    if len(shapes) == 2 and shapes != {(pred.size,), (pred.size, 1)}:
        raise ValueError(
            f"pred and target must have the same shape, "
            f"got {pred.shape} and {target.shape}"
        )
    return np.mean((pred - target.reshape(pred.shape)) ** 2)


SHIPPED = '''
def safe_mse(pred, target):
    """Return the mean squared error of predictions and targets."""
    pred = np.asarray(pred, dtype=float)
    target = np.asarray(target, dtype=float)
    return np.mean((pred - target) ** 2)
'''.strip()


def _vectors(rng):
    n = int(rng.integers(3, 8))
    return rng.normal(0, 2, size=(2, n))


def _rows_and_columns(rng):
    flat, other = _vectors(rng)
    column, other_column = flat.reshape(-1, 1), other.reshape(-1, 1)
    return [
        case("safe_mse", flat, other),
        case("safe_mse", column, other),
        case("safe_mse", flat, other_column),
        case("safe_mse", column, other_column),
        case("safe_mse", column[:1], other[:1]),
    ]


def _mismatches(rng):
    flat, other = _vectors(rng)
    table = rng.normal(size=(2, 3))
    return [
        case("safe_mse", flat, other[:1]),
        case("safe_mse", flat.reshape(-1, 1), other[:1]),
        case("safe_mse", flat, other[:-1]),
        case("safe_mse", flat.reshape(-1, 1), other[:-1]),
        case("safe_mse", flat, other.reshape(1, -1)),
        case("safe_mse", flat, float(other[0])),
        case("safe_mse", table, rng.normal(size=(3, 2))),
        case("safe_mse", table, rng.normal(size=3)),
        case("safe_mse", table, rng.normal(size=6)),
        # Nothing is amiss here.
        case("safe_mse", table, table + 1),
    ]


def _inputs(rng):
    flat, other = rng.integers(-5, 6, size=(2, 5))
    tables = rng.normal(size=(2, 3, 4))
    return [
        case("safe_mse", flat.reshape(-1, 1), other),
        case("safe_mse", flat.tolist(), other.tolist()),
        case("safe_mse", *tables),
        watched(case("safe_mse", flat * 1.0, other.reshape(-1, 1) * 1.0)),
        watched(case("safe_mse", *_vectors(rng))),
    ]


PARTS = (
    example(
        0.5,
        case("safe_mse", [[1.0], [2.0], [3.0]], [1.0, 2.0, 5.0]),
        hint="Three pairs are compared here, so three squares are averaged: "
        "0, 0 and 4. Print the shape of pred − target.",
    ),
    Part(
        "(N,) and (N, 1) in all four combinations",
        1.5,
        _rows_and_columns,
        hint="Bring a column (N, 1) and a vector (N,) to one shape before "
        "you subtract, whichever of the two is the column.",
    ),
    Part(
        "ValueError for any other mismatch, and for nothing else",
        1.5,
        _mismatches,
        hint="Compare the shapes before any arithmetic. What happens with a "
        "target of size 1, and with (2, 3) against (3, 2)?",
        judge=refusals_agree,
    ),
    Part(
        "lists, whole numbers and tables of equal shape",
        0.5,
        _inputs,
        hint="Equal shapes of any dimension go through; inputs are made "
        "float arrays first and left as they were.",
    ),
)

RIGHT = (
    Variant(
        "columns flattened first",
        """
        def flat(a):
            a = np.array(a, dtype=float)
            is_column = a.ndim == 2 and a.shape[1] == 1
            return a[:, 0] if is_column else a

        def safe_mse(pred, target):
            pred, target = flat(pred), flat(target)
            if pred.shape != target.shape:
                raise ValueError("shapes differ")
            return float(((pred - target) ** 2).mean())
        """,
    ),
    Variant(
        "a loop over pairs",
        """
        def safe_mse(pred, target):
            p, t = np.shape(pred), np.shape(target)
            same = p == t
            mixed = p == t + (1,) or t == p + (1,)
            if not same and not (mixed and 1 in (len(p), len(t))):
                raise ValueError(f"{p} does not fit {t}")
            pairs = list(zip(np.ravel(pred), np.ravel(target)))
            return sum((a - b) ** 2 for a, b in pairs) / len(pairs)
        """,
    ),
    Variant(
        "torch tensors",
        """
        import torch

        def safe_mse(pred, target):
            p = torch.tensor(np.asarray(pred, dtype=float))
            t = torch.tensor(np.asarray(target, dtype=float))
            if p.ndim == 2 and t.ndim == 1 and p.shape[1] == 1:
                p = p.squeeze(1)
            elif t.ndim == 2 and p.ndim == 1 and t.shape[1] == 1:
                t = t.squeeze(1)
            if p.shape != t.shape:
                raise ValueError("shapes differ")
            return torch.mean((p - t).square())
        """,
    ),
    Variant(
        "32-bit result, a subclass of ValueError and a RuntimeWarning",
        """
        import warnings

        class ShapeError(ValueError):
            pass

        def safe_mse(pred, target):
            p = np.asarray(pred, dtype=np.float32)
            t = np.asarray(target, dtype=np.float32)
            if sorted([p.ndim, t.ndim]) == [1, 2]:
                warnings.warn("one is a column", RuntimeWarning)
                p = p[:, None] if p.ndim == 1 else p
                t = t[:, None] if t.ndim == 1 else t
                if p.shape[1] * t.shape[1] != 1:
                    raise ShapeError
            if p.shape != t.shape:
                raise ShapeError
            return np.mean((p - t) ** 2)
        """,
    ),
)

WRONG = (
    Variant(
        "as shipped",
        SHIPPED,
        hint="A column minus a vector is still a whole table of "
        "differences. Bring both to one shape before you subtract.",
    ),
    Variant(
        "both flattened",
        """
        def safe_mse(pred, target):
            pred = np.asarray(pred, dtype=float).ravel()
            target = np.asarray(target, dtype=float).ravel()
            if pred.shape != target.shape:
                raise ValueError("sizes differ")
            return np.mean((pred - target) ** 2)
        """,
        hint="You flatten everything, so (2, 3) passes with (3, 2) and "
        "numbers are paired that do not belong together.",
    ),
    Variant(
        "size 1 still broadcast",
        """
        def safe_mse(pred, target):
            pred = np.asarray(pred, dtype=float)
            target = np.asarray(target, dtype=float)
            if target.size > 1:
                if {pred.shape, target.shape} == {
                    (pred.size,), (pred.size, 1)
                }:
                    target = target.reshape(pred.shape)
                if pred.shape != target.shape:
                    raise ValueError("shapes differ")
            return np.mean((pred - target) ** 2)
        """,
        hint="A target of size 1 still gets through and is compared with "
        "every prediction. That too is a mismatch, unless N = 1.",
    ),
    Variant(
        "column refused",
        """
        def safe_mse(pred, target):
            pred = np.asarray(pred, dtype=float)
            target = np.asarray(target, dtype=float)
            if pred.shape != target.shape:
                raise ValueError("shapes differ")
            return np.mean((pred - target) ** 2)
        """,
        hint="You refuse (N, 1) with (N,), which the statement allows: that "
        "pair is to be compared element by element.",
    ),
    Variant(
        "column allowed on one side only",
        """
        def safe_mse(pred, target):
            pred = np.asarray(pred, dtype=float)
            target = np.asarray(target, dtype=float)
            if pred.ndim == 2 and pred.shape[1] == 1 and target.ndim == 1:
                pred = pred[:, 0]
            if pred.shape != target.shape:
                raise ValueError("shapes differ")
            return np.mean((pred - target) ** 2)
        """,
        hint="A column of predictions works, a column of targets does not: "
        "the rule is the same whichever of the two is (N, 1).",
    ),
    Variant(
        "all axes of length 1 squeezed",
        """
        def safe_mse(pred, target):
            pred = np.squeeze(np.asarray(pred, dtype=float))
            target = np.squeeze(np.asarray(target, dtype=float))
            if pred.shape != target.shape:
                raise ValueError("shapes differ")
            return np.mean((pred - target) ** 2)
        """,
        hint="squeeze drops every axis of length 1, so a row (1, N) passes "
        "as well. Only a column (N, 1) may be mixed with (N,).",
    ),
    Variant(
        "only the lengths compared",
        """
        def safe_mse(pred, target):
            pred = np.asarray(pred, dtype=float)
            target = np.asarray(target, dtype=float)
            if np.size(pred) != np.size(target):
                raise ValueError("sizes differ")
            return np.mean((pred - target) ** 2)
        """,
        hint="You compare sizes and then subtract: equal sizes do not stop "
        "broadcasting, (N, 1) minus (N,) is still (N, N).",
    ),
    Variant(
        "assertion in place of ValueError",
        """
        right = safe_mse

        def safe_mse(pred, target):
            try:
                return right(pred, target)
            except ValueError:
                assert False, "shapes differ"
        """,
        hint="Mismatches are stopped, but not with a ValueError: `assert` "
        "raises AssertionError and vanishes under python -O.",
    ),
    Variant(
        "sum of squares",
        """
        right = safe_mse

        def safe_mse(pred, target):
            return right(pred, target) * np.size(pred)
        """,
        hint="This is the sum of the squares; divide by the number of "
        "elements, as the mean squared error does.",
    ),
    Variant(
        "input overwritten",
        """
        right = safe_mse

        def safe_mse(pred, target):
            loss = right(pred, target)
            pred = np.asarray(pred, dtype=float)
            pred -= np.reshape(target, pred.shape)
            return loss
        """,
        hint="After the call the caller's predictions have changed: -= "
        "works in place. Subtract into a new array.",
    ),
)

QUESTION = Question(
    id="E2.7",
    title="Find the bug: a mean over the wrong pairs",
    lecture="02_regression",
    points=4,
    reference={"safe_mse": safe_mse},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=("mse_loss", "mean_squared_error"),
    shipped=SHIPPED,
)

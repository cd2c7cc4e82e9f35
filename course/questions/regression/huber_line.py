"""E2.3: the line with the smallest mean Huber loss."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched
from course.questions.judges import EachCase
from course.questions.lines import ReachesOptimum, mean_huber
from course.questions.regression.lines import integer_points


def fit_line_huber(x, y, delta):
    """Return (a, b) of the line a + b x with the smallest mean Huber loss."""
    X = np.column_stack([np.ones(len(x)), x])
    y = np.asarray(y, dtype=float)
    line = np.linalg.lstsq(X, y)[0]
    # Least squares, reweighted until the line stands still.
    for _ in range(150):
        size = np.abs(y - X @ line)
        weighted = X.T * (delta / np.maximum(size, delta))
        line = np.linalg.solve(weighted @ X, weighted @ y)
    return tuple(line)


optimal = EachCase(ReachesOptimum(mean_huber, "mean Huber loss", margin=1e-5))


def _points(rng, n=40):
    x = rng.uniform(0, 6, size=n)
    y = rng.uniform(-2, 2) + rng.uniform(-1, 1) * x
    return x, y + rng.normal(0, 0.3, size=n)


def _points_with_outliers(rng, n=40):
    x, y = _points(rng, n)
    # At one end, where they have leverage.
    y[np.argsort(x)[-n // 10 :]] -= rng.uniform(6, 9)
    return x, y


def _outliers(rng):
    deltas = rng.uniform([0.2, 0.8, 1.5], [0.4, 1.1, 2.5])
    return [
        case("fit_line_huber", *_points_with_outliers(rng), d) for d in deltas
    ]


def _least_squares(rng):
    return [case("fit_line_huber", *_points_with_outliers(rng), 1e6)]


def _inputs(rng):
    x, y = integer_points(rng)
    return [
        case("fit_line_huber", x, y, 1),
        case("fit_line_huber", x.tolist(), y.tolist(), 2),
        watched(case("fit_line_huber", *_points_with_outliers(rng), 0.5)),
    ]


PARTS = (
    example(
        1.0,
        case("fit_line_huber", [0, 1, 2, 3], [1.0, 1.5, 2.0, 2.5], 1.0),
        hint="The four points lie on a line with intercept 1 and slope ½; "
        "return the intercept first, then the slope.",
        judge=optimal,
    ),
    Part(
        "smallest mean Huber loss with 10 % outliers, for several δ",
        2.0,
        _outliers,
        hint="Compute the mean Huber loss of your line, then move a and b "
        "by ±0.01: if it drops, your search stopped too early.",
        judge=optimal,
    ),
    Part(
        "least squares for a very large δ",
        1.0,
        _least_squares,
        hint="With δ = 1 000 000 every residual is in the quadratic middle, "
        "so the line must be that of least squares.",
        judge=optimal,
    ),
    Part(
        "lists and whole numbers as input, input left as it was",
        1.0,
        _inputs,
        hint="Convert x and y to float arrays of your own first; after the "
        "call the caller's data must be what they were.",
        judge=optimal,
    ),
)

RIGHT = (
    Variant(
        "gradient descent on centred data",
        """
        def fit_line_huber(x, y, delta):
            x = np.array(x, dtype=float)
            y = np.array(y, dtype=float)
            centre, scale = x.mean(), x.std()
            z = (x - centre) / scale
            a, b = np.median(y), 0.0
            for step in range(1200):
                g = np.clip(a + b * z - y, -delta, delta)
                a, b = a - g.mean(), b - (g * z).mean()
            return a - b * centre / scale, b / scale
        """,
    ),
    Variant(
        "torch's L-BFGS",
        """
        import torch

        def fit_line_huber(x, y, delta):
            x = torch.tensor(np.asarray(x, dtype=float))
            y = torch.tensor(np.asarray(y, dtype=float))
            line = torch.zeros(2, dtype=torch.float64, requires_grad=True)
            search = torch.optim.LBFGS(
                [line], max_iter=60, line_search_fn="strong_wolfe",
                tolerance_grad=1e-9, tolerance_change=1e-14,
            )

            def closure():
                search.zero_grad()
                size = (y - line[0] - line[1] * x).abs()
                inner = size.clamp(max=delta)
                loss = (inner * (size - inner / 2)).mean()
                loss.backward()
                return loss

            search.step(closure)
            return line.detach()
        """,
    ),
    Variant(
        "Newton's method in loops of plain Python",
        """
        def fit_line_huber(x, y, delta):
            def sums(a, b):
                total = [1e-12, 0.0, 1e-12, 0.0, 0.0]
                for u, v in zip(x, y):
                    r = v - a - b * u
                    w = 1.0 if abs(r) <= delta else delta / abs(r)
                    terms = [w, w * u, w * u * u, w * r, w * r * u]
                    total = [s + t for s, t in zip(total, terms)]
                return total

            a = b = 0.0
            for _ in range(80):
                s0, s1, s2, r0, r1 = sums(a, b)
                det = s0 * s2 - s1 * s1
                a += (s2 * r0 - s1 * r1) / det
                b += (s0 * r1 - s1 * r0) / det
            return [a, b]
        """,
    ),
    Variant(
        "32-bit result, an own function and a RuntimeWarning",
        """
        def reweighted(X, y, line, delta):
            w = np.minimum(1, delta / np.abs(y - X @ line))
            root = np.sqrt(w)[:, None]
            return np.linalg.lstsq(X * root, y * root[:, 0])[0]

        def fit_line_huber(x, y, delta):
            X = np.stack([np.ones(len(x)), np.array(x, dtype=float)], axis=1)
            y = np.array(y, dtype=float)
            line = np.array([y[0], 0.0])  # goes through a point: weight 1/0
            for _ in range(150):
                line = reweighted(X, y, line, delta)
            return line.astype(np.float32)
        """,
    ),
)

WRONG = (
    Variant(
        "least squares",
        """
        def fit_line_huber(x, y, delta):
            b, a = np.polyfit(x, y, 1)
            return a, b
        """,
        hint="Your line is that of least squares, so the outliers pull it "
        "with full weight. Where does δ enter your fit?",
    ),
    Variant(
        "slope first",
        """
        right = fit_line_huber

        def fit_line_huber(x, y, delta):
            a, b = right(x, y, delta)
            return b, a
        """,
        hint="The pair comes back in the wrong order: the intercept a is "
        "due first, then the slope b. np.polyfit gives the slope first.",
    ),
    Variant(
        "one round of reweighting",
        """
        def fit_line_huber(x, y, delta):
            X = np.column_stack([np.ones(len(x)), x])
            y = np.asarray(y, dtype=float)
            line = np.linalg.lstsq(X, y)[0]
            w = delta / np.maximum(np.abs(y - X @ line), delta)
            return np.linalg.solve((X.T * w) @ X, (X.T * w) @ y)
        """,
        hint="You stop after one round of reweighting. The new line has new "
        "residuals, hence new weights: repeat until nothing moves.",
    ),
    Variant(
        "δ too small by 1.5",
        """
        right = fit_line_huber

        def fit_line_huber(x, y, delta):
            return right(x, y, delta / 1.5)
        """,
        hint="Your line is right for a smaller δ than the one given. Look "
        "for a place where δ is rescaled, for example by 1.5.",
    ),
    Variant(
        "outliers thrown away",
        """
        def fit_line_huber(x, y, delta):
            x, y = np.asarray(x, float), np.asarray(y, float)
            b, a = np.polyfit(x, y, 1)
            r = y - a - b * x
            keep = np.abs(r) <= 2 * r.std()
            b, a = np.polyfit(x[keep], y[keep], 1)
            return a, b
        """,
        hint="You drop points beyond two standard deviations and fit the "
        "rest by least squares. Huber keeps all points, with less weight.",
    ),
    Variant(
        "δ ignored",
        """
        right = fit_line_huber

        def fit_line_huber(x, y, delta):
            return right(x, y, 1.0)
        """,
        hint="Your line is the same whatever δ is given: look for a literal "
        "1 in the weights or the loss that should be delta.",
    ),
    Variant(
        "least absolute error",
        """
        right = fit_line_huber

        def fit_line_huber(x, y, delta):
            return right(x, y, 1e-3)
        """,
        hint="Your line minimises the absolute error. Residuals smaller "
        "than δ must have full weight, not weight 1/|r|.",
    ),
    Variant(
        "weights squared",
        """
        def fit_line_huber(x, y, delta):
            X = np.column_stack([np.ones(len(x)), x])
            y = np.asarray(y, dtype=float)
            line = np.linalg.lstsq(X, y)[0]
            for _ in range(200):
                w = delta / np.maximum(np.abs(y - X @ line), delta)
                line = np.linalg.lstsq(X * w[:, None], y * w)[0]
            return line
        """,
        hint="If rows are multiplied before least squares, their squares "
        "act as weights: multiply rows by √w, not by w.",
    ),
    Variant(
        "no intercept",
        """
        def fit_line_huber(x, y, delta):
            x, y = np.asarray(x, float), np.asarray(y, float)
            b = x @ y / (x @ x)
            for _ in range(200):
                w = delta / np.maximum(np.abs(y - b * x), delta)
                b = (w * x) @ y / ((w * x) @ x)
            return 0.0, b
        """,
        hint="Your line is forced through the origin. The intercept a is "
        "fitted too: give the design a column of ones.",
    ),
    Variant(
        "input overwritten",
        """
        right = fit_line_huber

        def fit_line_huber(x, y, delta):
            x = np.asarray(x, dtype=float)
            centre = x.mean()
            x -= centre
            a, b = right(x, y, delta)
            return a - b * centre, b
        """,
        hint="After the call the caller's data have changed: -= works in "
        "place. Centre or scale a copy instead.",
    ),
)

QUESTION = Question(
    id="E2.3",
    title="A robust line",
    lecture="02_regression",
    points=5,
    reference={"fit_line_huber": fit_line_huber},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=("huber_loss", "HuberRegressor", "fit_line", "irls"),
    slack=1e-3,
)

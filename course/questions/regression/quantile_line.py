"""E2.4: the line below which a given share of the points lies."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched
from course.questions.judges import EachCase
from course.questions.lines import ReachesOptimum, mean_pinball, share_below
from course.questions.regression.lines import integer_points


def fit_quantile(x, y, q):
    """Return (a, b) of the line a + b x with the smallest pinball loss."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    # Some best line passes through two of the points: try all pairs.
    i, j = np.triu_indices(len(x), k=1)
    upright = x[i] == x[j]
    i, j = i[~upright], j[~upright]
    slopes = (y[j] - y[i]) / (x[j] - x[i])
    intercepts = y[i] - slopes * x[i]
    r = y - intercepts[:, None] - slopes[:, None] * x
    best = np.argmin(np.where(r > 0, q * r, (q - 1) * r).mean(axis=1))
    return intercepts[best], slopes[best]


optimal = EachCase(
    ReachesOptimum(
        mean_pinball, "mean pinball loss", factor=1.005, margin=1e-9
    )
)


def _points(rng, n=100):
    x = rng.uniform(0, 4, size=n)
    spread = 0.3 + 0.4 * x
    noise = rng.gamma(2.0, 1.0, size=n)
    return x, rng.uniform(-2, 2) + rng.uniform(-1, 1) * x + spread * noise


def _three_levels(rng):
    levels = (0.1, 0.5, 0.9)
    return [case("fit_quantile", *_points(rng, 60), q) for q in levels]


def _outer_levels(rng):
    return [case("fit_quantile", *_points(rng), q) for q in (0.1, 0.9)]


def _inputs(rng):
    x, y = integer_points(rng)
    q = rng.choice([0.25, 0.75])
    return [
        case("fit_quantile", x, y, q),
        case("fit_quantile", x.tolist(), y.tolist(), 0.5),
        watched(case("fit_quantile", *_points(rng, 40), q)),
    ]


PARTS = (
    example(
        1.0,
        case("fit_quantile", [0, 1, 2, 3, 4], [1, 2, 3, 4, 50], 0.5),
        hint="Four of the five points lie on the line 1 + x; for q = ½ that "
        "line has the smallest loss, whatever the fifth point does.",
        judge=optimal,
    ),
    Part(
        "smallest mean pinball loss for q = 0.1, 0.5 and 0.9",
        2.0,
        _three_levels,
        hint="Compute the mean pinball loss of your line, then move a and b "
        "by ±0.01: if it drops, the search stopped too early.",
        judge=optimal,
    ),
    Part(
        "the share q of the points lies below the line",
        1.0,
        _outer_levels,
        hint="Count the points below your line and divide by their number: "
        "that share must be within 0.03 of q.",
        judge=EachCase(share_below),
    ),
    Part(
        "lists and whole numbers as input, input left as it was",
        1.0,
        _inputs,
        hint="Convert x and y to float arrays of your own first. Points may "
        "share an x: mind divisions by x differences.",
        judge=optimal,
    ),
)

RIGHT = (
    Variant(
        "a linear program",
        """
        from scipy.optimize import linprog

        def fit_quantile(x, y, q):
            n = len(x)
            X = np.column_stack([np.ones(n), x])
            cost = np.concatenate(
                [np.zeros(2), np.full(n, q), np.full(n, 1 - q)]
            )
            A = np.hstack([X, np.eye(n), -np.eye(n)])
            free = [(None, None)] * 2 + [(0, None)] * (2 * n)
            return linprog(cost, A_eq=A, b_eq=y, bounds=free).x[:2]
        """,
    ),
    Variant(
        "reweighted least squares with a RuntimeWarning",
        """
        def fit_quantile(x, y, q):
            X = np.column_stack([np.ones(len(x)), np.array(x, dtype=float)])
            y = np.array(y, dtype=float)
            line = np.linalg.lstsq(X, y)[0]
            for _ in range(200):
                r = y - X @ line
                w = np.where(r > 0, q, 1 - q) / abs(r)  # 1/0 where r = 0
                w = np.minimum(w, 1e5)
                line = np.linalg.solve((X.T * w) @ X, (X.T * w) @ y)
            return line
        """,
    ),
    Variant(
        "torch's L-BFGS on ever sharper corners",
        """
        import torch

        def fit_quantile(x, y, q):
            x = torch.tensor(np.asarray(x, dtype=float))
            y = torch.tensor(np.asarray(y, dtype=float))
            line = torch.zeros(2, dtype=torch.float64, requires_grad=True)
            for width in (1.0, 0.1, 0.01):
                search = torch.optim.LBFGS(
                    [line], max_iter=60, line_search_fn="strong_wolfe"
                )

                def closure():
                    search.zero_grad()
                    r = y - line[0] - line[1] * x
                    soft = width * torch.logaddexp(r / width, -r / width)
                    loss = ((q - 0.5) * r + soft / 2).mean()
                    loss.backward()
                    return loss

                search.step(closure)
            return line[0], line[1]
        """,
    ),
    Variant(
        "loops over the slopes of all pairs, 32-bit result",
        """
        def level(values, q):
            ordered = sorted(values)
            return ordered[min(int(q * len(values)), len(values) - 1)]

        def cost(a, b, x, y, q):
            r = y - a - b * x
            return (r * (q - (r < 0))).sum()

        def fit_quantile(x, y, q):
            x, y = np.array(x, dtype=float), np.array(y, dtype=float)
            best = (np.inf, 0.0, 0.0)
            slopes = {
                (y[j] - y[i]) / (x[j] - x[i])
                for i in range(0, len(x), 3) for j in range(i)
                if x[i] != x[j]
            }
            for b in np.quantile(list(slopes), np.linspace(0, 1, 301)):
                a = level(y - b * x, q)
                best = min(best, (cost(a, b, x, y, q), a, b))
            return np.array(best[1:], dtype=np.float32)
        """,
    ),
)

WRONG = (
    Variant(
        "q and 1 − q exchanged",
        """
        right = fit_quantile

        def fit_quantile(x, y, q):
            return right(x, y, 1 - q)
        """,
        hint="For q = 0.9 your line has one tenth of the points below it. "
        "Points above the line (r > 0) must cost q per unit.",
    ),
    Variant(
        "least squares",
        """
        def fit_quantile(x, y, q):
            b, a = np.polyfit(x, y, 1)
            return a, b
        """,
        hint="Your line is that of least squares whatever q is. The pinball "
        "loss weighs points above and below the line differently.",
    ),
    Variant(
        "a constant",
        """
        def fit_quantile(x, y, q):
            return np.quantile(y, q), 0.0
        """,
        hint="Your line is flat at the q-quantile of all y. The quantile "
        "moves with x here: the slope is to be fitted too.",
    ),
    Variant(
        "mean line plus z times σ",
        """
        from statistics import NormalDist

        def fit_quantile(x, y, q):
            x, y = np.asarray(x, float), np.asarray(y, float)
            b, a = np.polyfit(x, y, 1)
            spread = (y - a - b * x).std()
            return a + NormalDist().inv_cdf(q) * spread, b
        """,
        hint="A quantile line is not the mean line moved by zσ: that needs "
        "normal noise of equal spread. Minimise the pinball loss itself.",
    ),
    Variant(
        "mean line moved to the right share",
        """
        def fit_quantile(x, y, q):
            x, y = np.asarray(x, float), np.asarray(y, float)
            b, a = np.polyfit(x, y, 1)
            return a + np.quantile(y - a - b * x, q), b
        """,
        hint="The share below your line is right, but its slope is that of "
        "least squares. With growing noise each quantile has its own slope.",
    ),
    Variant(
        "median whatever q",
        """
        right = fit_quantile

        def fit_quantile(x, y, q):
            return right(x, y, 0.5)
        """,
        hint="Your line is the median line for every q. Does q reach the "
        "loss, or do you minimise the absolute error?",
    ),
    Variant(
        "slope first",
        """
        right = fit_quantile

        def fit_quantile(x, y, q):
            a, b = right(x, y, q)
            return b, a
        """,
        hint="The pair comes back in the wrong order: the intercept a is "
        "due first, then the slope b.",
    ),
    Variant(
        "quantile of the squared error",
        """
        def fit_quantile(x, y, q):
            X = np.column_stack([np.ones(len(x)), x])
            y = np.asarray(y, dtype=float)
            line = np.linalg.lstsq(X, y)[0]
            for _ in range(100):
                w = np.where(y > X @ line, q, 1 - q)
                line = np.linalg.solve((X.T * w) @ X, (X.T * w) @ y)
            return line
        """,
        hint="You weigh squared residuals by q and 1 − q. That gives "
        "expectiles; for quantiles the residual enters as |r|.",
    ),
    Variant(
        "input overwritten",
        """
        right = fit_quantile

        def fit_quantile(x, y, q):
            x = np.asarray(x, dtype=float)
            centre = x.mean()
            x -= centre
            a, b = right(x, y, q)
            return a - b * centre, b
        """,
        hint="After the call the caller's data have changed: -= works in "
        "place. Centre or scale a copy instead.",
    ),
)

QUESTION = Question(
    id="E2.4",
    title="A quantile line",
    lecture="02_regression",
    points=5,
    reference={"fit_quantile": fit_quantile},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=(
        "QuantileRegressor",
        "quantile_regression",
        "quantile_loss",
        "fit_line",
    ),
    slack=1e-3,
)

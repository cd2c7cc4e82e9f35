"""E2.2: the gradient of the Huber loss with respect to the prediction."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched


def huber_grad(yhat, y, delta):
    """Return the derivative of each Huber loss w.r.t. its prediction."""
    error = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
    return np.clip(error, -delta, delta)


def _random(rng):
    deltas = rng.uniform([0.3, 1.3, 2.5], [0.7, 2.0, 5.0])
    return [
        case("huber_grad", *rng.normal(0, 2 * d, size=(2, 12)), d)
        for d in deltas
    ]


def _limits(rng):
    y = rng.normal(0, 2, size=5)
    delta = rng.uniform(1.2, 2.5)
    far = np.array([-1e4, -3.0, 0.0, 3.0, 1e4])
    joint = delta * np.array([-1 - 1e-4, -1, -0.5, 1, 1 + 1e-4])
    return [
        case("huber_grad", y + far, y, delta),
        case("huber_grad", joint, np.zeros(5), delta),
        case("huber_grad", y, y[::-1].copy(), 1e6),
    ]


def _inputs(rng):
    yhat, y = rng.permutation([[-4, -1, 0, 2, 5], [3, 0, -1, 4, -2]], axis=1)
    delta = rng.uniform(1.2, 2.8)
    return [
        case("huber_grad", yhat, y, delta),
        case("huber_grad", yhat.tolist(), y.tolist(), 1.5),
        watched(case("huber_grad", *rng.normal(0, 3, size=(2, 5)), delta)),
    ]


PARTS = (
    example(
        0.5,
        case("huber_grad", [1.0, 1.0, 1.0], [1.5, 1.0, -4.0], 2.0),
        hint="Take the first prediction: it lies below its target, so "
        "raising it lowers the loss. Which sign has that slope?",
    ),
    Part(
        "gradient at random predictions, for several δ",
        1.0,
        _random,
        hint="Differentiate both branches with respect to ŷ, then compare "
        "with (loss at ŷ + h − loss at ŷ − h) / 2h for a small h.",
    ),
    Part(
        "0 for a perfect prediction, never beyond δ in size",
        1.0,
        _limits,
        hint="The slope is the error itself in the middle and stays at −δ "
        "or +δ outside. Try errors of 0, δ and 10 000.",
    ),
    Part(
        "lists and whole numbers as input, input left as it was",
        0.5,
        _inputs,
        hint="Convert both inputs with np.asarray(…, dtype=float) and never "
        "assign into the caller's arrays.",
    ),
)

RIGHT = (
    Variant(
        "a loop with three branches",
        """
        def huber_grad(yhat, y, delta):
            out = []
            for p, t in zip(yhat, y):
                r = t - p
                if r > delta:
                    out.append(-delta)
                elif r < -delta:
                    out.append(delta)
                else:
                    out.append(-r)
            return out
        """,
    ),
    Variant(
        "automatic differentiation",
        """
        import torch

        def loss(r, delta):
            inner = r.abs().clamp(max=delta)
            return (inner * (r.abs() - inner / 2)).sum()

        def huber_grad(yhat, y, delta):
            p = torch.tensor(np.asarray(yhat, dtype=float))
            t = torch.tensor(np.asarray(y, dtype=float))
            p.requires_grad_()
            loss(t - p, delta).backward()
            return p.grad
        """,
    ),
    Variant(
        "32-bit floats",
        """
        def huber_grad(yhat, y, delta):
            d = np.subtract(yhat, y, dtype=float)
            return np.minimum(np.maximum(d, -delta), delta).astype("float32")
        """,
    ),
    Variant(
        "a weight and a RuntimeWarning",
        """
        def huber_grad(yhat, y, delta):
            d = np.array(yhat, dtype=float) - np.array(y, dtype=float)
            return d * np.minimum(1, delta / abs(d))  # 1/0 where d = 0
        """,
    ),
)

WRONG = (
    Variant(
        "sign of the residual",
        """
        def huber_grad(yhat, y, delta):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            return np.clip(r, -delta, delta)
        """,
        hint="All signs are turned round: this is the derivative with "
        "respect to the residual y − ŷ. The chain rule brings a −1.",
    ),
    Variant(
        "slope 1 outside",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return np.where(np.abs(d) <= delta, d, np.sign(d))
        """,
        hint="Outside the middle your gradient is ±1. Differentiate δ|r| "
        "once more: what is left of δ?",
    ),
    Variant(
        "divided by the number of examples",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return np.clip(d, -delta, delta) / len(d)
        """,
        hint="You divide by the number of examples. That belongs to the "
        "mean loss; here each example's own loss is differentiated.",
    ),
    Variant(
        "gradient of smooth L1",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return np.clip(d / delta, -1, 1)
        """,
        hint="This is the gradient of smooth L1, which is Huber divided by "
        "δ: yours is too small by that factor everywhere.",
    ),
    Variant(
        "factor 2",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return 2 * np.clip(d, -delta, delta)
        """,
        hint="Everything is twice too large: the middle of the Huber loss "
        "is r²/2, and its ½ cancels the 2 of the square.",
    ),
    Variant(
        "outliers without any pull",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return np.where(np.abs(d) <= delta, d, 0.0)
        """,
        hint="Huber does not ignore outliers: beyond δ the loss still "
        "grows, so its slope there is not 0.",
    ),
    Variant(
        "cut at one end only",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return np.minimum(d, delta)
        """,
        hint="Large negative errors get through uncut: the gradient is "
        "bounded by −δ below as well as by δ above.",
    ),
    Variant(
        "gradient of the squared error",
        """
        def huber_grad(yhat, y, delta):
            return np.asarray(yhat, float) - np.asarray(y, float)
        """,
        hint="This is the slope of r²/2, for every residual. The straight "
        "branch has a slope of its own that no longer grows.",
    ),
    Variant(
        "size of the gradient only",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return np.minimum(np.abs(d), delta)
        """,
        hint="No gradient of yours is negative, but a prediction above its "
        "target and one below must be pushed in opposite directions.",
    ),
    Variant(
        "sum over the examples",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float) - np.asarray(y, dtype=float)
            return np.clip(d, -delta, delta).sum()
        """,
        hint="One number came back for many predictions: each prediction "
        "has a gradient of its own, so return an array.",
    ),
    Variant(
        "δ cut to a whole number",
        """
        def huber_grad(yhat, y, delta):
            out = np.asarray(yhat) - np.asarray(y)
            out[out > delta] = delta
            out[out < -delta] = -delta
            return out
        """,
        hint="With whole numbers as input, δ is cut when it is stored in "
        "an integer array. Convert the inputs to float first.",
    ),
    Variant(
        "input overwritten",
        """
        def huber_grad(yhat, y, delta):
            d = np.asarray(yhat, dtype=float)
            d -= np.asarray(y, dtype=float)
            return np.clip(d, -delta, delta)
        """,
        hint="After the call the caller's predictions have changed: -= "
        "works in place. Write d = d - y, or copy first.",
    ),
)

QUESTION = Question(
    id="E2.2",
    title="Gradient of the Huber loss",
    lecture="02_regression",
    points=3,
    reference={"huber_grad": huber_grad},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=("huber_loss", "huber_loss_grad", "smooth_l1_loss"),
)

"""E2.5: the Gaussian loss of a network that predicts its own variance."""

import numpy as np

from course.questions.base import Part, Question, Variant
from course.questions.calls import Case, case
from course.questions.judges import examples_agree, refusals_agree


def hetero_nll(mu, y, log_var):
    """Return the mean of ½ (s + r² e⁻ˢ) with s = log σ², as a 0-d tensor."""
    if not mu.shape == y.shape == log_var.shape:
        shapes = tuple(mu.shape), tuple(y.shape), tuple(log_var.shape)
        raise ValueError(f"shapes must be equal, got {shapes}")
    squared = (y - mu) ** 2
    return 0.5 * (log_var + squared * (-log_var).exp()).mean()


def _tensors(*arrays):
    import torch

    return tuple(torch.tensor(a, dtype=torch.float64) for a in arrays)


def _prediction(rng, *shape):
    mu, y = rng.normal(0, 2, size=(2, *shape))
    return mu, y, rng.uniform(-2, 2, size=shape)


def _with_gradients(*arrays):
    return Case("hetero_nll", _tensors(*arrays), grad_of=(0, 2))


def _random(rng):
    shapes = ((8,), (5, 1), (3, 4))
    return [
        case("hetero_nll", *_tensors(*_prediction(rng, *shape)))
        for shape in shapes
    ]


def _gradients(rng):
    shapes = ((6,), (5, 1), (2, 3))
    return [_with_gradients(*_prediction(rng, *shape)) for shape in shapes]


def _extremes(rng):
    mu, y, _ = _prediction(rng, 4)
    return [
        _with_gradients(mu, y, np.full(4, -40.0)),
        _with_gradients(mu, y, np.full(4, 600.0)),
        _with_gradients(mu, y, np.array([-40.0, -20.0, 300.0, 600.0])),
    ]


def _unequal(rng):
    mu, y, log_var = _prediction(rng, 4)
    column = mu.reshape(4, 1)
    return [
        case("hetero_nll", *_tensors(*shapes))
        for shapes in (
            (column, y, log_var),
            (mu, y.reshape(4, 1), log_var),
            (column, y.reshape(4, 1), log_var),
            (mu, y, log_var[:1]),
            (mu, y[0], log_var),
            (column, column, column),
        )
    ]


def _example(rng):
    arrays = [0.0, 1.0], [2.0, 1.0], [0.0, np.log(4.0)]
    return [case("hetero_nll", *_tensors(*arrays))]


PARTS = (
    Part(
        "the example of the statement",
        1.0,
        _example,
        hint="First element: r = 2, s = 0. Second: r = 0, s = log 4. Work "
        "out both by hand and average.",
        judge=examples_agree,
        visible=True,
    ),
    Part(
        "the value of random predictions, of any shape",
        1.0,
        _random,
        hint="Evaluate ½ (s + r² e⁻ˢ) by hand for one element, then check "
        "that you average over all elements.",
    ),
    Part(
        "the gradients with respect to mu and log_var",
        1.5,
        _gradients,
        hint="Per element they are −r e⁻ˢ / n and (1 − r² e⁻ˢ) / 2n. Stay "
        "with torch operations from the inputs to the result.",
    ),
    Part(
        "log_var from −40 to 600: exact value and gradients",
        0.5,
        _extremes,
        hint="Nothing needs clamping if you work with s and exp(−s) "
        "directly. Which step of yours changes tiny or huge variances?",
    ),
    Part(
        "ValueError for unequal shapes, and for no others",
        1.0,
        _unequal,
        hint="Compare all three shapes before any arithmetic and raise "
        "ValueError; torch would broadcast (4, 1) with (4,) silently.",
        judge=refusals_agree,
    ),
)

RIGHT = (
    Variant(
        "a loop over elements",
        """
        import torch

        def hetero_nll(mu, y, log_var):
            if mu.shape != y.shape or y.shape != log_var.shape:
                raise ValueError("unequal shapes")
            total = 0
            flat = zip(mu.flatten(), y.flatten(), log_var.flatten())
            for m, t, s in flat:
                total = total + s + (t - m) ** 2 * torch.exp(-s)
            return total / (2 * mu.numel())
        """,
    ),
    Variant(
        "a standardised residual",
        """
        def check_shapes(first, *others):
            for other in others:
                if tuple(other.shape) != tuple(first.shape):
                    raise ValueError(f"{other.shape} is not {first.shape}")

        def hetero_nll(mu, y, log_var):
            check_shapes(y, mu, log_var)
            z = (y - mu) * (-0.5 * log_var).exp()
            return (z.square() + log_var).sum() / 2 / y.numel()
        """,
    ),
    Variant(
        "the density of torch.distributions",
        """
        import math
        import torch

        def hetero_nll(mu, y, log_var):
            if len({mu.shape, y.shape, log_var.shape}) > 1:
                raise ValueError("the three shapes differ")
            noise = torch.distributions.Normal(mu, (log_var / 2).exp())
            return -noise.log_prob(y).mean() - math.log(2 * math.pi) / 2
        """,
    ),
    Variant(
        "a warning and a subclass of ValueError",
        """
        import warnings

        class ShapeError(ValueError):
            pass

        def hetero_nll(mu, y, log_var):
            if not (mu.shape == y.shape and y.shape == log_var.shape):
                raise ShapeError("shapes")
            warnings.warn("constant left out", RuntimeWarning)
            r = mu - y
            return ((log_var + r * r / log_var.exp()) / 2).mean()
        """,
    ),
    Variant(
        "32-bit result",
        """
        def hetero_nll(mu, y, log_var):
            if not mu.shape == y.shape == log_var.shape:
                raise ValueError("unequal shapes")
            each = log_var + (y - mu) ** 2 * (-log_var).exp()
            return each.mean().mul(0.5).float()
        """,
    ),
)

WRONG = (
    Variant(
        "shapes not compared",
        """
        def hetero_nll(mu, y, log_var):
            return 0.5 * (log_var + (y - mu) ** 2 / log_var.exp()).mean()
        """,
        hint="Unequal shapes get through: torch broadcasts (4, 1) with (4,) "
        "to (4, 4) and averages 16 terms. Compare the shapes first.",
    ),
    Variant(
        "only prediction and target compared",
        """
        def hetero_nll(mu, y, log_var):
            if mu.shape != y.shape:
                raise ValueError("unequal shapes")
            return 0.5 * (log_var + (y - mu) ** 2 / log_var.exp()).mean()
        """,
        hint="mu and y are compared, but log_var of another shape is still "
        "broadcast without a word. All three shapes must be equal.",
    ),
    Variant(
        "assertion in place of ValueError",
        """
        def hetero_nll(mu, y, log_var):
            assert mu.shape == y.shape == log_var.shape
            return 0.5 * (log_var + (y - mu) ** 2 / log_var.exp()).mean()
        """,
        hint="Unequal shapes stop your function, but not with a ValueError: "
        "`assert` raises AssertionError and vanishes under python -O.",
    ),
    Variant(
        "exp(log_var) taken for σ",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            sigma = log_var.exp()
            return (log_var + (y - mu) ** 2 / (2 * sigma**2)).mean()
        """,
        hint="You take exp(log_var) for σ and square it. It is σ² already, "
        "and log σ is half of log_var.",
    ),
    Variant(
        "no log term",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            return 0.5 * ((y - mu) ** 2 / log_var.exp()).mean()
        """,
        hint="Without the term ½ s the loss is lowest for an infinite "
        "variance: what stops the network from predicting that?",
    ),
    Variant(
        "variance clamped",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            var = log_var.exp().clamp(min=1e-6)
            return 0.5 * (var.log() + (y - mu) ** 2 / var).mean()
        """,
        hint="Tiny variances are cut off at some floor, as torch's own loss "
        "does with eps. Here exp(−s) is to be used as it is.",
    ),
    Variant(
        "sign of the log term",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            return 0.5 * (-log_var + (y - mu) ** 2 / log_var.exp()).mean()
        """,
        hint="The log term has the wrong sign: a larger variance must cost "
        "something, +½ s, while it shrinks the weight of r².",
    ),
    Variant(
        "detached result",
        """
        import torch

        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            return torch.tensor(right(mu, y, log_var).item())
        """,
        hint="The value is right, but no gradient flows back: .item(), "
        ".detach() and NumPy cut the graph. Return the torch result "
        "itself.",
    ),
    Variant(
        "variance detached",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            weight = (-log_var).exp().detach()
            return 0.5 * (log_var + (y - mu) ** 2 * weight).mean()
        """,
        hint="The gradient of log_var is ½ everywhere: the weight exp(−s) "
        "was detached, so the variance never feels the residuals.",
    ),
    Variant(
        "sum over the elements",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            return right(mu, y, log_var) * mu.numel()
        """,
        hint="This is the sum over the elements; the mean is asked for, so "
        "that the loss does not grow with the size of the batch.",
    ),
    Variant(
        "one loss per element",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            return 0.5 * (log_var + (y - mu) ** 2 / log_var.exp())
        """,
        hint="One number per element came back. Average them: a loss that is "
        "to be differentiated is a single number, a 0-d tensor.",
    ),
    Variant(
        "½ left out",
        """
        right = hetero_nll

        def hetero_nll(mu, y, log_var):
            right(mu, y, log_var)  # refuses unequal shapes
            return 2 * right(mu, y, log_var)
        """,
        hint="Everything is twice too large: the ½ of the normal density "
        "stands before both terms, s and r² exp(−s).",
    ),
)

QUESTION = Question(
    id="E2.5",
    title="A learned variance",
    lecture="02_regression",
    points=5,
    reference={"hetero_nll": hetero_nll},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=("gaussian_nll_loss", "GaussianNLLLoss"),
)

"""E2.8: one noise level for each output, and the best one in closed form."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched


def multi_output_nll(R, log_sigma):
    """Return the mean over rows of Σ_d [ r² / 2σ² + log σ ]."""
    R = np.asarray(R, dtype=float)
    log_sigma = np.asarray(log_sigma, dtype=float)
    scaled = R * np.exp(-log_sigma)
    return np.mean(np.sum(0.5 * scaled**2 + log_sigma, axis=1))


def optimal_log_sigma(R):
    """Return the log σ of each column for which that loss is smallest."""
    return 0.5 * np.log(np.mean(np.asarray(R, dtype=float) ** 2, axis=0))


def _residuals(rng, n, d):
    """Columns of different scale, whose means are not 0."""
    centres, scales = rng.uniform(0.5, 2, size=(2, d))
    return (centres + rng.normal(size=(n, d))) * scales * np.logspace(-1, 1, d)


def _nll(rng):
    return [
        case("multi_output_nll", _residuals(rng, n, d), rng.uniform(-1, 1, d))
        for n, d in ((6, 2), (5, 5), (4, 7))
    ]


def _optimum(rng):
    return [
        case("optimal_log_sigma", _residuals(rng, n, d))
        for n, d in ((6, 2), (5, 5), (20, 3))
    ]


def _units(rng):
    R = _residuals(rng, 9, 2)
    grams = R * [1000, 1]
    log_sigma = rng.uniform(-1, 1, 2)
    return [
        case("optimal_log_sigma", R),
        case("optimal_log_sigma", grams),
        case("multi_output_nll", grams, log_sigma + [np.log(1000), 0]),
    ]


def _inputs(rng):
    R = rng.permutation([[-4, 1], [3, 5], [2, -2], [-1, 2]])
    return [
        case("multi_output_nll", R, np.array([1, -1])),
        case("multi_output_nll", R.tolist(), [0, 1]),
        case("optimal_log_sigma", R),
        case("optimal_log_sigma", R.tolist()),
        watched(
            case("multi_output_nll", _residuals(rng, 4, 2), rng.normal(size=2))
        ),
        watched(case("optimal_log_sigma", _residuals(rng, 4, 2))),
    ]


PARTS = (
    example(
        1.0,
        case("multi_output_nll", [[1.0, 10.0], [3.0, 10.0]], [0.0, 2.0]),
        case("optimal_log_sigma", [[1.0, 10.0], [3.0, 10.0]]),
        hint="The mean squares of the two columns are 5 and 100. Insert "
        "them into the formula, with σ = 1 and σ = e².",
    ),
    Part(
        "the loss of random residuals",
        1.5,
        _nll,
        hint="Sum over the columns of one row, then average the rows. Write "
        "out one row of two outputs by hand.",
    ),
    Part(
        "the best log σ of random residuals, whose mean is not 0",
        1.5,
        _optimum,
        hint="Set the derivative of r²/2σ² + log σ, averaged over rows, to "
        "0 and solve for σ, one column at a time.",
    ),
    Part(
        "a change of units",
        0.5,
        _units,
        hint="A column in grams instead of kilograms has residuals 1000 "
        "times as large: its best log σ grows by log 1000, no other does.",
    ),
    Part(
        "lists and whole numbers as input, input left as it was",
        0.5,
        _inputs,
        hint="Start with np.asarray(…, dtype=float) and never assign into "
        "the caller's arrays.",
    ),
)

RIGHT = (
    Variant(
        "loops over rows and columns",
        """
        import math

        def multi_output_nll(R, log_sigma):
            total = 0.0
            for row in R:
                for r, s in zip(row, log_sigma):
                    total += float(r) ** 2 / (2 * math.exp(2 * s)) + s
            return total / len(R)

        def optimal_log_sigma(R):
            out = []
            for column in zip(*R):
                squares = [float(r) ** 2 for r in column]
                out.append(math.log(math.sqrt(sum(squares) / len(squares))))
            return out
        """,
    ),
    Variant(
        "torch tensors",
        """
        import torch

        def tensor(a):
            return torch.tensor(np.asarray(a, dtype=float))

        def multi_output_nll(R, log_sigma):
            R, s = tensor(R), tensor(log_sigma)
            return (R**2 / (2 * torch.exp(2 * s)) + s).sum(dim=1).mean()

        def optimal_log_sigma(R):
            return tensor(R).square().mean(dim=0).sqrt().log()
        """,
    ),
    Variant(
        "32-bit floats and matrix products",
        """
        def multi_output_nll(R, log_sigma):
            R = np.asarray(R, dtype=np.float32)
            s = np.asarray(log_sigma, dtype=np.float32)
            return ((R * R) @ np.exp(-2 * s)).mean() / 2 + s.sum()

        def optimal_log_sigma(R):
            R = np.asarray(R, dtype=np.float32)
            return np.log(np.linalg.norm(R, axis=0) / len(R) ** 0.5)
        """,
    ),
    Variant(
        "Newton's method with a RuntimeWarning",
        """
        def column_loss(r, s):
            np.float64(1) / np.float64(0)
            return np.mean(r**2) * np.exp(-2 * s) / 2 + s

        def multi_output_nll(R, log_sigma):
            pairs = zip(np.transpose(R) * 1.0, log_sigma)
            return sum(column_loss(r, s) for r, s in pairs)

        def optimal_log_sigma(R):
            m = np.mean(np.array(R, dtype=float) ** 2, axis=0)
            s = np.zeros(len(m))
            for _ in range(100):
                s = s + np.clip((m * np.exp(-2 * s) - 1) / 2, -1, 1)
            return s
        """,
    ),
)

WRONG = (
    Variant(
        "mean over the columns",
        """
        right = multi_output_nll

        def multi_output_nll(R, log_sigma):
            return right(R, log_sigma) / np.shape(R)[1]
        """,
        hint="You average over the outputs as well. The losses of one "
        "example's outputs are added; only examples are averaged.",
    ),
    Variant(
        "sum over the rows",
        """
        right = multi_output_nll

        def multi_output_nll(R, log_sigma):
            return right(R, log_sigma) * len(R)
        """,
        hint="You add the rows up; the mean over the examples is asked for, "
        "so divide by the number of rows.",
    ),
    Variant(
        "rows and columns exchanged",
        """
        def multi_output_nll(R, log_sigma):
            R = np.asarray(R, dtype=float)
            s = np.asarray(log_sigma, dtype=float)
            return np.mean(np.sum(R**2 / 2 * np.exp(-2 * s) + s, axis=0))
        """,
        hint="You sum over the rows and average over the columns: the axes "
        "are exchanged. Each row is one example.",
    ),
    Variant(
        "no log σ",
        """
        def multi_output_nll(R, log_sigma):
            R = np.asarray(R, dtype=float)
            s = np.asarray(log_sigma, dtype=float)
            return np.mean(np.sum(R**2 / 2 * np.exp(-2 * s), axis=1))
        """,
        hint="The term log σ is missing: without it the loss is smallest "
        "for an infinite σ and fits nothing.",
    ),
    Variant(
        "σ in place of σ²",
        """
        def multi_output_nll(R, log_sigma):
            R = np.asarray(R, dtype=float)
            s = np.asarray(log_sigma, dtype=float)
            return np.mean(np.sum(R**2 / 2 * np.exp(-s) + s, axis=1))
        """,
        hint="You divide r² by 2σ, not by 2σ². With log σ given, the "
        "variance is exp(2 log σ).",
    ),
    Variant(
        "log σ taken for log σ²",
        """
        def multi_output_nll(R, log_sigma):
            R = np.asarray(R, dtype=float)
            s = np.asarray(log_sigma, dtype=float)
            return np.mean(np.sum((R**2 * np.exp(-s) + s) / 2, axis=1))
        """,
        hint="You read log_sigma as log σ². That is E2.5's parameter; here "
        "it is log σ, so σ² = exp(2 log σ).",
    ),
    Variant(
        "sign of log σ",
        """
        def multi_output_nll(R, log_sigma):
            R = np.asarray(R, dtype=float)
            s = np.asarray(log_sigma, dtype=float)
            return np.mean(np.sum(R**2 / 2 * np.exp(-2 * s) - s, axis=1))
        """,
        hint="log σ has the wrong sign: it comes from the 1/σ before the "
        "density, and the loss is minus the logarithm.",
    ),
    Variant(
        "no ½",
        """
        def multi_output_nll(R, log_sigma):
            R = np.asarray(R, dtype=float)
            s = np.asarray(log_sigma, dtype=float)
            return np.mean(np.sum(R**2 * np.exp(-2 * s) + s, axis=1))
        """,
        hint="The squared term lacks its ½: the exponent of the normal "
        "density is r² / 2σ².",
    ),
    Variant(
        "n − 1 in the optimum",
        """
        def optimal_log_sigma(R):
            R = np.asarray(R, dtype=float)
            return np.log(np.sum(R**2, axis=0) / (len(R) - 1)) / 2
        """,
        hint="You divide by n − 1. That makes a sample variance unbiased, "
        "but the minimum of this loss has n.",
    ),
    Variant(
        "centred standard deviation",
        """
        def optimal_log_sigma(R):
            return np.log(np.std(np.asarray(R, dtype=float), axis=0))
        """,
        hint="np.std takes the mean residual off first. A constant error "
        "is an error too: the loss contains r² as it is.",
    ),
    Variant(
        "one σ for all outputs",
        """
        def optimal_log_sigma(R):
            R = np.asarray(R, dtype=float)
            return np.full(R.shape[1], np.log(np.mean(R**2)) / 2)
        """,
        hint="All outputs share one σ with you. Each column has a term of "
        "its own in the loss, hence a σ of its own: which axis?",
    ),
    Variant(
        "log variance as optimum",
        """
        def optimal_log_sigma(R):
            return np.log(np.mean(np.asarray(R, dtype=float) ** 2, axis=0))
        """,
        hint="Your optimum is log σ², twice what is asked for. Take the "
        "root before the logarithm, or halve it after.",
    ),
    Variant(
        "σ without logarithm",
        """
        def optimal_log_sigma(R):
            return np.sqrt(np.mean(np.asarray(R, dtype=float) ** 2, axis=0))
        """,
        hint="You return σ itself; the function is asked for log σ, the "
        "number that multi_output_nll takes.",
    ),
    Variant(
        "optimum along the wrong axis",
        """
        def optimal_log_sigma(R):
            return np.log(np.mean(np.asarray(R, float) ** 2, axis=1)) / 2
        """,
        hint="You found one σ per row. Each row is an example and each "
        "column an output: average down the rows, axis=0.",
    ),
    Variant(
        "input overwritten",
        """
        right = optimal_log_sigma

        def optimal_log_sigma(R):
            R = np.asarray(R, dtype=float)
            best = right(R)
            R *= R
            return best
        """,
        hint="After the call the caller's residuals have changed: *= works "
        "in place. Square into a new array.",
    ),
)

QUESTION = Question(
    id="E2.8",
    title="Several outputs, several units",
    lecture="02_regression",
    points=5,
    reference={
        "multi_output_nll": multi_output_nll,
        "optimal_log_sigma": optimal_log_sigma,
    },
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=("gaussian_nll_loss", "GaussianNLLLoss"),
)

"""E2.B: the loss for angles, which knows that 359° is next to 1°."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched
from course.questions.judges import Within


def von_mises_nll(mu, y, kappa):
    """Return the mean of −κ cos(y − μ) + log(2π I₀(κ))."""
    from scipy.special import i0e

    difference = np.asarray(y, dtype=float) - np.asarray(mu, dtype=float)
    log_i0 = np.log(i0e(kappa)) + kappa
    return np.mean(-kappa * np.cos(difference)) + np.log(2 * np.pi) + log_i0


def _angles(rng, n=6):
    return rng.uniform(-np.pi, np.pi, size=(2, n))


def _random(rng):
    kappas = rng.uniform([0.1, 1.5, 8.0], [0.6, 4.0, 20.0])
    return [case("von_mises_nll", *_angles(rng), kappa) for kappa in kappas]


def _turns(rng):
    mu, y = _angles(rng)
    kappa = rng.uniform(1, 4)
    return [
        case("von_mises_nll", mu, y + 2 * np.pi, kappa),
        case("von_mises_nll", mu - 4 * np.pi, y, kappa),
        case("von_mises_nll", np.full(2, 3.1), np.full(2, -3.1), kappa),
    ]


def _concentrated(rng):
    mu, y = _angles(rng)
    return [
        case("von_mises_nll", mu, y, 1e4),
        case("von_mises_nll", mu, y, rng.uniform(720, 2000)),
    ]


def _inputs(rng):
    mu, y = rng.integers(-3, 4, size=(2, 5))
    return [
        case("von_mises_nll", mu, y, 2),
        case("von_mises_nll", mu.tolist(), y.tolist(), 1.5),
        watched(case("von_mises_nll", *_angles(rng), 1.5)),
    ]


# Libraries approximate log I₀ by polynomials: good to about 1e-7.
nearly = Within(2e-6)

PARTS = (
    example(
        1.0,
        case("von_mises_nll", [0.0, 1.0], [2.0, -1.0], 0.0),
        case("von_mises_nll", [0.0], [0.0], 1.0),
        hint="For κ = 0 every angle is equally likely, so the loss is "
        "log 2π for any angles; I₀(0) = 1.",
    ),
    Part(
        "random angles, small and moderate κ",
        1.5,
        _random,
        hint="Evaluate −κ cos(y − μ) + log 2π + log I₀(κ) for one pair, "
        "then average over the pairs.",
        judge=nearly,
    ),
    Part(
        "whole turns change nothing",
        1.0,
        _turns,
        hint="Adding 2π to an angle must leave the loss as it is: the "
        "difference may enter only through its cosine.",
        judge=nearly,
    ),
    Part(
        "κ up to 10 000",
        1.0,
        _concentrated,
        hint="I₀(κ) itself overflows beyond κ ≈ 713. Which scaled version "
        "of it stays finite, and what is to be added back?",
        judge=nearly,
    ),
    Part(
        "lists and whole numbers as input, input left as it was",
        0.5,
        _inputs,
        hint="Start with np.asarray(…, dtype=float) and never assign into "
        "the caller's arrays.",
        judge=nearly,
    ),
)

RIGHT = (
    Variant(
        "numerical integration of the normaliser",
        """
        def von_mises_nll(mu, y, kappa):
            t = np.linspace(-np.pi, np.pi, 4001)[:-1]
            mean = np.mean(np.exp(kappa * (np.cos(t) - 1)))
            log_z = np.log(2 * np.pi * mean)
            d = np.array(y, dtype=float) - np.array(mu, dtype=float)
            return log_z + kappa * np.mean(1 - np.cos(d))
        """,
    ),
    Variant(
        "a loop over pairs with torch's Bessel function",
        """
        import math
        import torch

        def von_mises_nll(mu, y, kappa):
            k = torch.tensor(float(kappa), dtype=torch.float64)
            constant = math.log(2 * math.pi) + torch.special.i0e(k).log()
            losses = []
            for m, t in zip(mu, y):
                losses.append(constant + k * (1 - math.cos(t - m)))
            return sum(losses) / len(losses)
        """,
    ),
    Variant(
        "the density of torch.distributions",
        """
        import torch

        def von_mises_nll(mu, y, kappa):
            mu = torch.tensor(np.asarray(mu, dtype=float))
            y = torch.tensor(np.asarray(y, dtype=float))
            if kappa == 0:
                return torch.tensor(2 * torch.pi).log().double()
            k = torch.tensor(float(kappa)).double()
            noise = torch.distributions.VonMises(mu, k)
            return -noise.log_prob(y).mean()
        """,
    ),
    Variant(
        "np.i0 with its asymptote and a RuntimeWarning",
        """
        def log_i0(k):
            series = 1 + 1 / (8 * k) + 9 / (128 * k**2) + 225 / (3072 * k**3)
            far = k - np.log(2 * np.pi * k) / 2 + np.log(series)
            near = np.log(np.i0(k))
            return np.where(k < 500, near, far)

        def von_mises_nll(mu, y, kappa):
            d = np.subtract(y, mu, dtype=float)
            k = np.float64(kappa)
            out = -k * np.cos(d) + np.log(2 * np.pi) + log_i0(k)
            return out.mean()
        """,
    ),
    Variant(
        "32-bit result",
        """
        from scipy.special import ive

        def von_mises_nll(mu, y, kappa):
            half = (np.array(y, float) - np.array(mu, float)) / 2
            spread = 2 * kappa * np.mean(np.sin(half) ** 2)
            return np.float32(spread + np.log(2 * np.pi * ive(0, kappa)))
        """,
    ),
)

WRONG = (
    Variant(
        "I₀ overflows",
        """
        def von_mises_nll(mu, y, kappa):
            d = np.asarray(y, dtype=float) - np.asarray(mu, dtype=float)
            log_z = np.log(2 * np.pi * np.i0(kappa))
            return np.mean(-kappa * np.cos(d)) + log_z
        """,
        hint="Your loss is inf for a large κ, because I₀(κ) overflows "
        "beyond 713. Use log I₀(κ) = log i0e(κ) + κ.",
    ),
    Variant(
        "no normaliser",
        """
        def von_mises_nll(mu, y, kappa):
            d = np.asarray(y, dtype=float) - np.asarray(mu, dtype=float)
            return np.mean(-kappa * np.cos(d))
        """,
        hint="Only −κ cos(y − μ) is left: the normaliser 2π I₀(κ) is "
        "missing, without which κ could grow for ever.",
    ),
    Variant(
        "sign of the cosine",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            return right(np.asarray(mu, dtype=float) + np.pi, y, kappa)
        """,
        hint="Your loss is smallest at the opposite angle: the density has "
        "+κ cos in its exponent, minus its logarithm has −κ cos.",
    ),
    Variant(
        "normal density",
        """
        def von_mises_nll(mu, y, kappa):
            d = np.asarray(y, dtype=float) - np.asarray(mu, dtype=float)
            log_z = np.log(2 * np.pi / kappa) / 2
            return np.mean(kappa * d**2 / 2) + log_z
        """,
        hint="This is the normal density with variance 1/κ: it does not "
        "know that angles wrap round. Use the cosine of y − μ.",
    ),
    Variant(
        "+κ forgotten",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            return right(mu, y, kappa) - kappa
        """,
        hint="Your value is too small by κ: i0e(κ) is I₀(κ) times e^(−κ), "
        "so κ has to be added back after the logarithm.",
    ),
    Variant(
        "2π missing",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            return right(mu, y, kappa) - np.log(2 * np.pi)
        """,
        hint="log 2π is missing: for κ = 0 the density is uniform on the "
        "circle, 1/2π, and its loss is not 0.",
    ),
    Variant(
        "normaliser with the wrong sign",
        """
        def von_mises_nll(mu, y, kappa):
            from scipy.special import i0e

            d = np.asarray(y, dtype=float) - np.asarray(mu, dtype=float)
            log_z = np.log(2 * np.pi * i0e(kappa)) + kappa
            return np.mean(-kappa * np.cos(d)) - log_z
        """,
        hint="The normaliser stands under the fraction bar of the density: "
        "in minus the logarithm it is added, not taken off.",
    ),
    Variant(
        "angles taken for degrees",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            return right(np.deg2rad(mu), np.deg2rad(y), kappa)
        """,
        hint="You convert from degrees, but the angles are in radians "
        "already, as np.cos expects them.",
    ),
    Variant(
        "sum over the angles",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            return right(mu, y, kappa) * len(y)
        """,
        hint="This is the sum over the pairs; the mean is asked for, so "
        "that the loss does not grow with their number.",
    ),
    Variant(
        "one loss per angle",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            return [right([m], [t], kappa) for m, t in zip(mu, y)]
        """,
        hint="One loss per pair came back; their mean is asked for, a "
        "single number.",
    ),
    Variant(
        "κ cut off",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            return right(mu, y, min(kappa, 700.0))
        """,
        hint="κ is cut off before it can overflow, which changes the loss. "
        "A scaled Bessel function needs no such limit.",
    ),
    Variant(
        "input overwritten",
        """
        right = von_mises_nll

        def von_mises_nll(mu, y, kappa):
            loss = right(mu, y, kappa)
            y = np.asarray(y, dtype=float)
            y -= np.asarray(mu, dtype=float)
            return loss
        """,
        hint="After the call the caller's angles have changed: -= works "
        "in place. Subtract into a new array.",
    ),
)

QUESTION = Question(
    id="E2.B",
    title="A loss for angles",
    lecture="02_regression",
    points=5,
    reference={"von_mises_nll": von_mises_nll},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    bonus=True,
    forbidden=("VonMises", "vonmises", "von_mises_nll_loss"),
)

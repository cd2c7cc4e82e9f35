"""E2.1: Huber and pseudo-Huber, read off a slide that mixes them up."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched


def huber(r, delta):
    """Return the Huber loss of each residual."""
    size = np.abs(np.asarray(r, dtype=float))
    tail = delta * size - 0.5 * delta**2
    return np.where(size <= delta, 0.5 * size**2, tail)


def pseudo_huber(r, delta):
    """Return the pseudo-Huber loss of each residual."""
    ratio = np.asarray(r, dtype=float) / delta
    return delta**2 * (np.sqrt(1 + ratio**2) - 1)


def _random(function):
    def cases(rng):
        deltas = rng.uniform([0.3, 1.3, 2.5], [0.7, 2.0, 5.0])
        return [
            case(function, rng.normal(0, 2 * d, size=12), d) for d in deltas
        ]

    return cases


def _joint_and_limits(rng):
    delta = rng.uniform(0.4, 3)
    joint = delta * np.array([-1 - 1e-4, -1, 1 - 1e-4, 1, 1 + 1e-4])
    return [
        case("huber", joint, delta),
        case("huber", np.array([-1e4, 0.0, 1e4]), delta),
        case("huber", rng.normal(0, 5, size=6), 1e6),
    ]


def _centre_and_limits(rng):
    delta = rng.uniform(0.4, 3)
    return [
        case("pseudo_huber", delta * np.array([-0.1, 0.0, 0.1]), delta),
        case("pseudo_huber", np.array([-1e4, 1e4]), delta),
    ]


def _inputs(rng):
    whole = rng.permutation([-4, -2, -1, 1, 3, 5])
    delta = rng.uniform(1.2, 2.8)
    broken = whole + rng.uniform(-0.5, 0.5, size=6)
    cases = []
    for name in ("huber", "pseudo_huber"):
        cases += [
            case(name, whole, delta),
            case(name, whole.tolist(), 2),
            watched(case(name, broken, delta)),
        ]
    return cases


PARTS = (
    example(
        0.5,
        case("huber", [-3.0, 0.5, 1.0], 1.0),
        case("pseudo_huber", [-3.0, 0.5, 1.0], 1.0),
        hint="Work the example through by hand: |r| = 3 lies in Huber's "
        "tail, 0.5 and 1 in its quadratic middle.",
    ),
    Part(
        "Huber loss of random residuals, for several δ",
        1.0,
        _random("huber"),
        hint="Compare your two branches with the statement, for a negative "
        "residual too, and for a δ other than 1.",
    ),
    Part(
        "Huber loss at the joint and far out",
        0.5,
        _joint_and_limits,
        hint="At |r| = δ both branches must give the same value; far out "
        "the loss grows by δ per unit, on either side.",
    ),
    Part(
        "pseudo-Huber loss of random residuals, for several δ",
        1.0,
        _random("pseudo_huber"),
        hint="Evaluate δ² (√(1 + (r/δ)²) − 1) by hand for r = 3 and δ = 2 "
        "and compare with what your function returns.",
    ),
    Part(
        "pseudo-Huber loss at the centre and far out",
        0.5,
        _centre_and_limits,
        hint="Pseudo-Huber is 0 at r = 0, about r²/2 near it, and grows by "
        "δ per unit far out.",
    ),
    Part(
        "lists and whole numbers as input, input left as it was",
        0.5,
        _inputs,
        hint="Start with np.asarray(r, dtype=float) and never assign into "
        "the caller's array.",
    ),
)

RIGHT = (
    Variant(
        "loops over plain numbers",
        """
        import math

        def huber(r, delta):
            out = []
            for x in r:
                a = abs(float(x))
                if a < delta:
                    out.append(a * a / 2)
                else:
                    out.append(delta * (a - delta / 2))
            return np.array(out)

        def pseudo_huber(r, delta):
            return [delta * math.hypot(delta, x) - delta**2 for x in r]
        """,
    ),
    Variant(
        "torch tensors",
        """
        import torch

        def huber(r, delta):
            r = torch.as_tensor(r, dtype=torch.float64)
            inner = r.abs().clamp(max=delta)
            return inner * (r.abs() - inner / 2)

        def pseudo_huber(r, delta):
            r = torch.as_tensor(r, dtype=torch.float64)
            return delta**2 * (torch.sqrt(1 + (r / delta) ** 2) - 1)
        """,
    ),
    Variant(
        "32-bit floats",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=np.float32))
            tail = np.float32(delta) * (a - np.float32(delta / 2))
            return np.where(a <= delta, a * a / 2, tail).astype(np.float32)

        def pseudo_huber(r, delta):
            s = np.asarray(r, dtype=np.float32) / np.float32(delta)
            out = delta**2 * s**2 / (np.sqrt(1 + s**2) + 1)
            return out.astype(np.float32)
        """,
    ),
    Variant(
        "a function of its own and a RuntimeWarning",
        """
        def weight(r, delta):
            return np.minimum(1, delta / np.abs(r))  # 1/0 at r = 0

        def huber(r, delta):
            r = np.array(r, dtype=float)
            w = weight(r, delta)
            return r**2 * w * (1 - w / 2)

        def pseudo_huber(r, delta):
            r = np.array(r, dtype=float)
            return delta * np.sqrt(delta**2 + r**2) - delta**2
        """,
    ),
)

WRONG = (
    Variant(
        "Huber's formula under pseudo-Huber's name",
        """
        def pseudo_huber(r, delta):
            return huber(r, delta)
        """,
        hint="Your pseudo_huber is the Huber loss: the slip of the slide. "
        "Pseudo-Huber has no branches; at r = δ = 1 it gives 0.4142.",
    ),
    Variant(
        "smooth L1 in place of Huber",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a <= delta, a**2 / (2 * delta), a - delta / 2)
        """,
        hint="This is smooth L1, which is Huber divided by δ. Look at the "
        "slope of your tail: Huber's is δ, not 1.",
    ),
    Variant(
        "tail of slope 1",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a <= delta, a**2 / 2, a - delta / 2)
        """,
        hint="Your straight branch grows by 1 per unit whatever δ is. For "
        "both branches to join smoothly, its slope must be δ.",
    ),
    Variant(
        "tail without its constant",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a <= delta, a**2 / 2, delta * a)
        """,
        hint="Your loss jumps at |r| = δ. Which constant must be taken off "
        "δ|r| so that both branches meet there?",
    ),
    Variant(
        "middle without ½",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a <= delta, a**2, delta * a - delta**2 / 2)
        """,
        hint="The quadratic middle lacks its ½: evaluate both branches at "
        "|r| = δ and see that they do not meet.",
    ),
    Variant(
        "twice the Huber loss",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a <= delta, a**2, 2 * delta * a - delta**2)
        """,
        hint="Every value is twice too large: your middle is r², the "
        "statement's is r²/2, and the tail follows from it.",
    ),
    Variant(
        "δ fixed at 1",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a <= 1, a**2 / 2, a - 0.5)
        """,
        hint="Your Huber loss gives the same whatever δ is. Look for a "
        "literal 1 that should be delta, in the test and in the tail.",
    ),
    Variant(
        "no absolute value in the test",
        """
        def huber(r, delta):
            r = np.asarray(r, dtype=float)
            tail = delta * np.abs(r) - delta**2 / 2
            return np.where(r <= delta, r**2 / 2, tail)
        """,
        hint="Large negative residuals land in the quadratic branch: the "
        "test must compare the size |r| with δ.",
    ),
    Variant(
        "no absolute value in the tail",
        """
        def huber(r, delta):
            r = np.asarray(r, dtype=float)
            tail = delta * r - delta**2 / 2
            return np.where(np.abs(r) <= delta, r**2 / 2, tail)
        """,
        hint="For large negative residuals your loss is negative. The tail "
        "needs |r|, because the loss is the same for r and −r.",
    ),
    Variant(
        "branches exchanged",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a <= delta, delta * a - delta**2 / 2, a**2 / 2)
        """,
        hint="The branches are exchanged: small residuals belong to the "
        "quadratic one, large residuals to the straight one.",
    ),
    Variant(
        "pseudo-Huber without δ²",
        """
        def pseudo_huber(r, delta):
            r = np.asarray(r, dtype=float)
            return np.sqrt(1 + (r / delta) ** 2) - 1
        """,
        hint="Far out your pseudo-Huber grows by 1/δ per unit; it should "
        "grow by δ. Which factor stands before the bracket?",
    ),
    Variant(
        "pseudo-Huber without −1",
        """
        def pseudo_huber(r, delta):
            r = np.asarray(r, dtype=float)
            return delta**2 * np.sqrt(1 + (r / delta) ** 2)
        """,
        hint="Your pseudo-Huber is δ² for a perfect prediction; a residual "
        "of 0 should cost 0. What must be taken off the root?",
    ),
    Variant(
        "mean over the residuals",
        """
        def huber(r, delta):
            a = np.abs(np.asarray(r, dtype=float))
            tail = delta * a - delta**2 / 2
            return np.mean(np.where(a <= delta, a**2 / 2, tail))
        """,
        hint="One loss per residual is asked for: return the array itself, "
        "not its mean or sum.",
    ),
    Variant(
        "result in an integer buffer",
        """
        def huber(r, delta):
            r = np.asarray(r)
            out = np.zeros_like(r)
            small = np.abs(r) <= delta
            out[small] = 0.5 * r[small] ** 2
            out[~small] = delta * np.abs(r[~small]) - 0.5 * delta**2
            return out
        """,
        hint="With whole numbers as input your values are cut to whole "
        "numbers: zeros_like copies the type. Convert r to float first.",
    ),
    Variant(
        "input overwritten",
        """
        def huber(r, delta):
            r = np.asarray(r, dtype=float)
            np.abs(r, out=r)
            return np.where(r <= delta, r**2 / 2, delta * r - delta**2 / 2)
        """,
        hint="After the call the caller's residuals have changed. asarray "
        "makes no copy of a float array, so do not assign into it.",
    ),
)

QUESTION = Question(
    id="E2.1",
    title="Huber and pseudo-Huber",
    lecture="02_regression",
    points=4,
    reference={"huber": huber, "pseudo_huber": pseudo_huber},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=("huber_loss", "smooth_l1_loss", "pseudo_huber_loss"),
)

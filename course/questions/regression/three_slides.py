"""E2.6: three formulas read off slides, each with a slip in it."""

import numpy as np

from course.questions.base import Part, Question, Variant, example
from course.questions.calls import case, watched


def mse(yhat, y):
    """Return the mean of the squared differences."""
    r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
    return np.mean(r**2)


def smooth_l1(r, beta):
    """Return the smooth L1 loss of each residual: Huber's divided by β."""
    size = np.abs(np.asarray(r, dtype=float))
    middle = 0.5 * size**2 / beta
    return np.where(size < beta, middle, size - 0.5 * beta)


def rho_factor():
    """Return c such that ½ c times the Huber loss is the Huber loss."""
    return 2.0


def _random_mse(rng):
    sizes = rng.permutation([3, 6, 11])
    return [case("mse", *rng.normal(0, 3, size=(2, n))) for n in sizes]


def _random_smooth_l1(rng):
    return [
        case("smooth_l1", rng.normal(0, 2 * beta, size=12), beta)
        for beta in rng.uniform([0.1, 0.8, 2.5], [0.3, 1.2, 4.0])
    ]


def _inputs(rng):
    yhat, y = rng.permutation([[-4, -1, 0, 2, 5], [3, 0, -1, 4, -2]], axis=1)
    beta = rng.uniform(1.2, 2.8)
    whole = rng.permutation([-4, -2, -1, 1, 3, 5])
    broken = whole + rng.uniform(-0.5, 0.5, size=6)
    return [
        case("mse", yhat, y),
        case("mse", yhat.tolist(), y.tolist()),
        watched(case("mse", *rng.normal(0, 2, size=(2, 4)))),
        case("smooth_l1", whole, beta),
        case("smooth_l1", whole.tolist(), 2),
        watched(case("smooth_l1", broken, beta)),
    ]


PARTS = (
    example(
        0.5,
        case("mse", [1.0, 2.0, 5.0], [3.0, 2.0, 2.0]),
        case("smooth_l1", [-3.0, 1.0], 2.0),
        hint="Work both examples by hand: the squared differences are 4, 0 "
        "and 9; |−3| lies beyond β = 2, |1| within.",
    ),
    Part(
        "mse of random vectors",
        1.0,
        _random_mse,
        hint="Every term i = 1 … n enters once, and the sum is divided by "
        "n. Count your terms for a vector of three.",
    ),
    Part(
        "smooth L1 of random residuals, for several β",
        1.5,
        _random_smooth_l1,
        hint="β moves the joint and divides the square, so that the slope "
        "is 1 beyond it. Check both branches at |r| = β.",
    ),
    Part(
        "the factor between ρ and the Huber loss",
        0.5,
        lambda rng: [case("rho_factor")],
        hint="Insert ρ = c · Huber into ½ ρ and compare with ½ r² for a "
        "small residual: which c makes them equal?",
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
        "loops over plain numbers",
        """
        def mse(yhat, y):
            total = 0.0
            for p, t in zip(yhat, y):
                total += (float(p) - float(t)) ** 2
            return total / len(y)

        def smooth_l1(r, beta):
            out = []
            for x in r:
                a = abs(float(x))
                out.append(a * a / (2 * beta) if a < beta else a - beta / 2)
            return out

        def rho_factor():
            return 2
        """,
    ),
    Variant(
        "torch tensors",
        """
        import torch

        def mse(yhat, y):
            a = torch.as_tensor(np.asarray(yhat, dtype=float))
            b = torch.as_tensor(np.asarray(y, dtype=float))
            return ((a - b) ** 2).mean()

        def smooth_l1(r, beta):
            a = torch.as_tensor(np.asarray(r, dtype=float)).abs()
            inner = a.clamp(max=beta)
            return inner * (a - inner / 2) / beta

        def rho_factor():
            return torch.tensor(2.0)
        """,
    ),
    Variant(
        "32-bit floats and a dot product",
        """
        def mse(yhat, y):
            r = np.subtract(yhat, y, dtype=np.float32)
            return r @ r / np.float32(len(r))

        def smooth_l1(r, beta):
            a = np.abs(np.array(r, dtype=np.float32))
            out = np.where(a < beta, a * a / (2 * beta), a - beta / 2)
            return out.astype(np.float32)

        def rho_factor():
            return np.float32(2)
        """,
    ),
    Variant(
        "a function of its own and a RuntimeWarning",
        """
        def residuals(yhat, y):
            return np.array(y, dtype=float) - np.array(yhat, dtype=float)

        def mse(yhat, y):
            return np.average(np.square(residuals(yhat, y)))

        def smooth_l1(r, beta):
            a = np.abs(np.array(r, dtype=float))
            w = np.minimum(1, beta / a)  # 1/0 at r = 0
            return w * (1 - w / 2) * a * a / beta

        def rho_factor():
            np.float64(1) / np.float64(0)
            return 1 / 0.5
        """,
    ),
)

WRONG = (
    Variant(
        "last term only",
        """
        def mse(yhat, y):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            for i in range(len(r)):
                total = r[i] ** 2
            return total / len(r)
        """,
        hint="Only the last term survives: each round must add to the sum, "
        "with one index for the sum and its terms.",
    ),
    Variant(
        "first term skipped",
        """
        def mse(yhat, y):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            return np.sum(r[1:] ** 2) / len(r)
        """,
        hint="The first example is missing from your sum. Counting starts "
        "at 0 in Python where the formula starts at 1.",
    ),
    Variant(
        "sum of squares",
        """
        def mse(yhat, y):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            return np.sum(r**2)
        """,
        hint="Your mse is the sum of the squares; the M of MSE stands for "
        "the mean, so divide by the number of examples.",
    ),
    Variant(
        "half the mean",
        """
        def mse(yhat, y):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            return np.mean(r**2) / 2
        """,
        hint="Your mse is half the mean of the squares. Some texts put a ½ "
        "there for the derivative's sake; this statement does not.",
    ),
    Variant(
        "root of the mean",
        """
        def mse(yhat, y):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            return np.sqrt(np.mean(r**2))
        """,
        hint="You took the root at the end. That is the RMSE, in units of "
        "the target; the mean squared error has no root.",
    ),
    Variant(
        "mean not squared",
        """
        def mse(yhat, y):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            return np.mean(r) ** 2
        """,
        hint="You square after averaging, so errors of opposite sign cancel. "
        "Square each difference first.",
    ),
    Variant(
        "squares per example",
        """
        def mse(yhat, y):
            r = np.asarray(y, dtype=float) - np.asarray(yhat, dtype=float)
            return r**2
        """,
        hint="Your mse returns one value per example; the mean over the "
        "examples is asked for, a single number.",
    ),
    Variant(
        "β fixed at 1",
        """
        def smooth_l1(r, beta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a < 1, a**2 / 2, a - 0.5)
        """,
        hint="Your smooth L1 is the formula for β = 1 whatever β is given: "
        "the one shown on the slide. Where does β enter?",
    ),
    Variant(
        "β as threshold only",
        """
        def smooth_l1(r, beta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a < beta, a**2 / 2, a - 0.5)
        """,
        hint="You moved the threshold to β and left both branches as for "
        "β = 1: they no longer meet at |r| = β.",
    ),
    Variant(
        "β as a factor",
        """
        def smooth_l1(r, beta):
            a = np.abs(np.asarray(r, dtype=float))
            return beta * np.where(a < 1, a**2 / 2, a - 0.5)
        """,
        hint="You multiply the whole loss by β, as the word scale suggests. "
        "β is the size of residual at which the branches meet.",
    ),
    Variant(
        "Huber in place of smooth L1",
        """
        def smooth_l1(r, beta):
            a = np.abs(np.asarray(r, dtype=float))
            return np.where(a < beta, a**2 / 2, beta * (a - beta / 2))
        """,
        hint="This is the Huber loss with δ = β. Smooth L1 has slope 1 far "
        "out, whatever β is: by what must Huber be divided?",
    ),
    Variant(
        "no absolute value in the tail",
        """
        def smooth_l1(r, beta):
            r = np.asarray(r, dtype=float)
            middle = r**2 / (2 * beta)
            return np.where(np.abs(r) < beta, middle, r - beta / 2)
        """,
        hint="Large negative residuals get a negative loss from you: the "
        "straight branch needs |r|.",
    ),
    Variant(
        "result in an integer buffer",
        """
        def smooth_l1(r, beta):
            r = np.asarray(r)
            out = np.abs(r)
            small = out < beta
            out[small] = r[small] ** 2 / (2 * beta)
            out[~small] = np.abs(r[~small]) - beta / 2
            return out
        """,
        hint="With whole numbers as input your values are cut to whole "
        "numbers: the buffer has integer type. Convert r to float.",
    ),
    Variant(
        "input overwritten",
        """
        def smooth_l1(r, beta):
            r = np.asarray(r, dtype=float)
            np.abs(r, out=r)
            return np.where(r < beta, r**2 / (2 * beta), r - beta / 2)
        """,
        hint="After the call the caller's residuals have changed. asarray "
        "makes no copy of a float array, so do not assign into it.",
    ),
    Variant(
        "factor 1",
        """
        def rho_factor():
            return 1.0
        """,
        hint="With ρ equal to the Huber loss, ½ ρ is ¼ r² near 0. The ½ of "
        "the objective and the ½ of the loss are both there.",
    ),
    Variant(
        "factor ½",
        """
        def rho_factor():
            return 0.5
        """,
        hint="You turned the factor round: ρ has to make up for the ½ that "
        "stands before it, so it is larger than the Huber loss.",
    ),
)

QUESTION = Question(
    id="E2.6",
    title="Three slides, three slips",
    lecture="02_regression",
    points=4,
    reference={"mse": mse, "smooth_l1": smooth_l1, "rho_factor": rho_factor},
    parts=PARTS,
    right=RIGHT,
    wrong=WRONG,
    forbidden=("mse_loss", "smooth_l1_loss", "huber_loss"),
)

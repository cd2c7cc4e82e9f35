"""One small question for every kind of signature that the course has.

They stand for the exercises of all lectures where tests look at how answers
are called: what goes in, what comes back, and what else is looked at. Each
has right answers in another style and mistakes that must cost points.
"""

from dataclasses import replace

import numpy as np
import torch

from course.questions.base import Part, Question, Variant
from course.questions.calls import Case, case, watched
from course.questions.judges import EachCase, outcomes_agree
from course.questions.objects import (
    DType,
    Function,
    Generator,
    Item,
    Network,
    Optimizer,
)

# The code of the references, by question.
SOURCES = {}


def question(id, reference, cases, right=(), wrong=(), **settings):
    """Return a question of one part from code and a function of `rng`."""
    SOURCES[id] = reference
    names = [piece.split("(")[0] for piece in reference.split("def ")[1:]]
    namespace = {"np": np, "torch": torch}
    exec(reference, namespace)
    judge = settings.pop("judge", outcomes_agree)
    return Question(
        id=id,
        title=id,
        lecture="92_kinds",
        points=1,
        reference={name: namespace[name] for name in names},
        parts=(Part("all of it", 1, cases, "Look again.", judge),),
        right=tuple(Variant(f"right {i}", s) for i, s in enumerate(right)),
        wrong=tuple(
            Variant(f"wrong {i}", s, "Not so.") for i, s in enumerate(wrong)
        ),
        **settings,
    )


WORDS = question(
    "words and ValueError",
    """
def reduce_loss(values, reduction="mean"):
    if reduction not in ("mean", "none"):
        raise ValueError(f"reduction must be mean or none, got {reduction}")
    values = np.asarray(values, dtype=float)
    return values.mean() if reduction == "mean" else values
""",
    lambda rng: [
        case("reduce_loss", [1, 2, 4]),
        watched(case("reduce_loss", rng.normal(size=(2, 3)), "none")),
        watched(case("reduce_loss", rng.normal(size=3), reduction="mean")),
        case("reduce_loss", [1.0], "median"),
    ],
    right=[
        """
class UnknownReduction(ValueError):
    pass

def reduce_loss(values, reduction="mean"):
    if reduction == "none":
        return values.tolist()
    if reduction == "mean":
        return torch.tensor(values, dtype=torch.float64).mean()
    raise UnknownReduction(reduction)
import torch
"""
    ],
    wrong=[
        "def reduce_loss(values, reduction='mean'): return np.mean(values)",
        """
def reduce_loss(values, reduction="mean"):
    if reduction == "mean":
        return np.mean(values)
    if reduction == "none":
        values *= 1.5
        return values / 1.5
    raise ValueError
""",
    ],
)

FUNCTIONS = question(
    "a function as argument",
    """
def numerical_gradient(fun, theta, h=1e-5):
    theta = np.asarray(theta, dtype=float)
    steps = h * np.eye(theta.size).reshape(-1, *theta.shape)
    rises = [fun(theta + step) - fun(theta - step) for step in steps]
    return np.reshape(rises, theta.shape) / (2 * h)
""",
    lambda rng: [
        case("numerical_gradient", Function("lambda t: t @ t"), [3]),
        watched(
            case(
                "numerical_gradient",
                Function("lambda t: np.sum(t**3)"),
                rng.normal(size=(2, 2)),
                h=1e-2,
            )
        ),
    ],
    right=[
        """
def numerical_gradient(fun, theta, h=1e-5):
    theta = np.array(theta, float)
    found = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        kept = theta[place]
        theta[place] = kept + h
        up = fun(theta)
        theta[place] = kept - h
        found[place] = (up - fun(theta)) / (2 * h)
        theta[place] = kept
    return found
"""
    ],
    wrong=[
        """
right = numerical_gradient

def numerical_gradient(fun, theta, h=1e-5):
    return 2 * right(fun, theta, h)
"""
    ],
)

ITEMS = question(
    "several things of different shape",
    """
def sgd_line(x, y, lr, epochs, seed):
    rng = np.random.default_rng(seed)
    w = b = 0.0
    history = []
    for _ in range(epochs):
        for i in rng.permutation(len(x)):
            r = w * x[i] + b - y[i]
            w, b = w - lr * r * x[i], b - lr * r
            history.append(r**2)
    return w, b, history
""",
    lambda rng: [
        Case(
            "sgd_line",
            (rng.normal(size=5), rng.normal(size=5), 0.1, 3, 7),
            items=True,
        )
    ],
    right=[
        """
right = sgd_line

def sgd_line(*args):
    w, b, history = right(*args)
    return [np.float32(w), torch.tensor(b), np.array(history)]
import torch
"""
    ],
    wrong=[
        """
right = sgd_line

def sgd_line(*args):
    return right(*args)[:2]
""",
        """
right = sgd_line

def sgd_line(*args):
    w, b, history = right(*args)
    return w, b, history[:3]
""",
        "def sgd_line(*args): return 1.0",
    ],
)


def _breaks_the_rule(case, got, want):
    """A counterexample to “0 at the truth, and nowhere else”."""
    if not isinstance(got, tuple) or len(got) != 3 or got[0].shape != (2,):
        return "should return (loss, y, yhat)"
    (at_truth, elsewhere), y, yhat = got
    fair = at_truth != 0 or (elsewhere == 0 and y != yhat)
    return None if fair else "returned a loss that follows the rule"


CALLABLES = question(
    "a returned function, called on what came with it",
    """
def counterexample():
    return (lambda yhat, y: -y * np.log(yhat)), 0.5, 0.5
""",
    lambda rng: [
        Case(
            "counterexample",
            (),
            items=True,
            apply_to=((Item(1), Item(1)), (Item(2), Item(1))),
        )
    ],
    right=["def counterexample(): return (lambda a, b: 1.0), 0.0, 1.0"],
    wrong=[
        "def counterexample(): return (lambda a, b: (a - b)**2), 0.0, 1.0",
        "def counterexample(): return 1.0, 0.0, 1.0",
        "def counterexample(): return lambda a, b: 1.0",
    ],
    judge=EachCase(_breaks_the_rule),
)

NUMBERED = question(
    "a number and a returned function",
    """
def corrected():
    return 3, lambda mu, y: (y - mu) ** 2
""",
    lambda rng: [
        Case(
            "corrected",
            (),
            items=True,
            apply_to=tuple((m, rng.normal()) for m in rng.normal(size=4)),
        )
    ],
    right=["def corrected(): return [3.0, lambda mu, y: (mu - y) * (mu - y)]"],
    wrong=[
        "def corrected(): return 2, lambda mu, y: (mu - y) ** 2",
        "def corrected(): return 3, lambda mu, y: abs(mu - y)",
    ],
)

NONE = question(
    "None as a fair answer, and a type as argument",
    """
def underflow_n(p, dtype):
    product, n = dtype(1), 0
    while product > 0 and n < 2000:
        product, last, n = product * dtype(p), product, n + 1
        if product == last:
            return None
    return n
""",
    lambda rng: [
        Case("underflow_n", (p, DType(name)), none=True)
        for p, name in ((0.5, "float64"), (0.5, "float32"), (1.0, "float32"))
    ],
    right=[
        """
right = underflow_n

def underflow_n(p, dtype):
    return None if p == 1 else right(p, dtype)
"""
    ],
    wrong=[
        "def underflow_n(p, dtype): return 1075 if p < 1 else None",
        "def underflow_n(p, dtype): return 1075 if dtype(p) == p else 150",
        "def underflow_n(p, dtype): return None",
    ],
)

GRADIENT = question(
    "tensors with gradients",
    """
def squares(a, b):
    if a.shape != b.shape:
        raise ValueError("shapes must match")
    return ((a - b) ** 2).sum()
""",
    lambda rng: [
        Case(
            "squares",
            tuple(torch.tensor(rng.normal(size=(2, 3)))),
            grad_of=(0, 1),
        ),
        case("squares", torch.zeros(2), torch.zeros(3)),
    ],
    right=[
        """
def squares(a, b):
    if len(a) != len(b):
        raise ValueError
    return (a - b) @ (a - b)
"""
    ],
    wrong=[
        "def squares(a, b): return ((a - b.detach()) ** 2).sum()",
        "def squares(a, b): return float(((a - b) ** 2).sum())",
    ],
)


def network(rng, bias=True):
    """Return a small network with random parameters."""
    shapes = [(4, 3), (4,), (2, 4), (2,)] if bias else [(4, 3), (2, 4)]
    return Network(
        (("linear", 3, 4, bias), ("tanh",), ("linear", 4, 2, bias)),
        tuple(rng.normal(size=shape) for shape in shapes),
    )


def _training(rng):
    x = torch.tensor(rng.normal(size=(5, 3)))
    y = torch.tensor(rng.integers(0, 2, size=5))
    optimizer = Optimizer("SGD", {"lr": 0.2, "momentum": 0.5}, of=0)
    one = watched(case("train_step", network(rng), optimizer, x, y))
    return [replace(one, repeat=3, typed=True)]


STEP = """
def train_step(model, opt, x, y):
    opt.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    opt.step()
    return loss.item()
"""
TRAINING = question(
    "consecutive training steps, in place",
    STEP,
    _training,
    right=[
        f"import torch\n{STEP}".replace(
            "loss.item()", "np.float64(loss.item())"
        ),
    ],
    wrong=[
        f"import torch\n{STEP}".replace("    opt.zero_grad()\n", ""),
        f"import torch\n{STEP}".replace("    opt.step()\n", ""),
        f"import torch\n{STEP}".replace("loss.item()", "loss.detach()"),
        f"import torch\n{STEP}".replace("loss.item()", "loss.item() / 2"),
    ],
)


def _penalties(rng):
    return [
        Case("l2_penalty", (network(rng, bias), 0.3), grad_of=(0,))
        for bias in (True, False)
    ]


PENALTY = question(
    "gradients of a network's parameters",
    """
def l2_penalty(model, lam):
    weights = [p for p in model.parameters() if p.dim() > 1]
    return lam / 2 * sum((w**2).sum() for w in weights)
""",
    _penalties,
    right=[
        """
def l2_penalty(model, lam):
    pairs = model.named_parameters()
    return sum(p.norm()**2 * lam / 2 * name.endswith("weight")
               for name, p in pairs)
"""
    ],
    wrong=[
        """
def l2_penalty(model, lam):
    return lam / 2 * sum((p**2).sum() for p in model.parameters())
""",
        """
def l2_penalty(model, lam):
    weights = [p.data for p in model.parameters() if p.dim() > 1]
    return lam / 2 * sum((w**2).sum() for w in weights)
""",
    ],
)


def _separates(case, got, want):
    """The two classes lie apart in what the module makes of new data."""
    if got.shape != (1, 40, 2):
        return "should map to two dimensions"
    [points] = got
    apart = np.linalg.norm(points[:20].mean(0) - points[20:].mean(0))
    return None if apart > 2 * points[:20].std() else "learned too little"


def _clusters(rng):
    y = np.repeat([0, 1], 20)
    x = rng.normal(size=(2, 40, 8)) + 2.0 * y[:, None]
    known, new = torch.tensor(x, dtype=torch.float32)
    args = (known, torch.tensor(y), 0)
    return [Case("train_embedding", args, apply_to=(new,))]


EMBEDDING = """
import torch

def train_embedding(X, y, seed):
    torch.manual_seed(seed)
    layers = torch.nn.Linear(8, 2), torch.nn.Dropout(0.5)
    model = torch.nn.Sequential(*layers)
    opt = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        points = model(X)
        means = [points[y == k].mean(0) for k in (0, 1)]
        spread = sum(points[y == k].var() for k in (0, 1))
        loss = spread / (means[0] - means[1]).square().sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    return model
"""
MODULE = question(
    "a returned module",
    EMBEDDING,
    _clusters,
    right=[EMBEDDING.replace("return model", "return lambda X: model(X)")],
    wrong=[
        EMBEDDING.replace("range(60)", "range(0)").replace("8, 2", "8, 3"),
        EMBEDDING.replace("return model", "return model(X)"),
    ],
    judge=EachCase(_separates),
    trains=True,
    seconds=20.0,
)

RANDOM = question(
    "a random generator",
    """
def dropout(x, p, rng):
    return x * (rng.random(np.shape(x)) >= p) / (1 - p)
""",
    lambda rng: [
        watched(case("dropout", rng.normal(size=9), 0.4, Generator(seed)))
        for seed in rng.integers(0, 99, size=3)
    ],
    right=[
        """
def dropout(x, p, rng):
    return np.where(rng.random(x.shape) < p, 0, x / (1 - p))
"""
    ],
    wrong=["def dropout(x, p, rng): return x * (rng.random(9) >= p)"],
)

QUESTIONS = (
    *(WORDS, FUNCTIONS, ITEMS, CALLABLES, NUMBERED, NONE, GRADIENT),
    *(TRAINING, PENALTY, MODULE, RANDOM),
)

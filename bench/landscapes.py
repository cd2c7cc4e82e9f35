"""Loss landscapes: this library, PyPI's loss-landscapes and a plain loop.

Times of networks are those on the clock, since several threads work on
them; the ways to compare take turns, so that a busy moment hits all alike.
The time that the sums of products alone would take, at the highest rate
this machine was seen to multiply matrices, stands beside each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import torch
from sklearn.datasets import load_digits, make_moons
from torch import Tensor, nn
from torch.nn import functional as F

from bench.machine import product_rate, tanh_rate
from bench.timing import Row
from lossviz.landscape import loss_landscape

STEPS = 51
ROUNDS = 5


@dataclass(frozen=True)
class Case:
    """A network, its examples and what is demanded.

    Parameters
    ----------
    what : str
        What the row is called.
    model : Module
        The network.
    data : pair of Tensor
        Inputs and classes.
    products : int
        Multiplications of one forward pass over all examples.
    ratio : float
        The least that the other's time over ours must be.
    naive : float, optional
        The most that our time over that of the products alone may be.
    tanh : int, default 0
        Hyperbolic tangents of one pass, whose time is shown instead.
    engine : str, default "auto"
        The engine asked for.
    loss : callable, default cross_entropy
        The loss.
    steps : int, default 51
        Points along each axis for the other ways; their time is scaled up.
    peer : bool, default True
        Whether the other way is loss-landscapes, or else the plain loop.
    """

    what: str
    model: nn.Module
    data: tuple[Tensor, Tensor]
    products: int
    ratio: float
    naive: float = float("inf")
    tanh: int = 0
    engine: str = "auto"
    loss: Callable = F.cross_entropy
    steps: int = STEPS
    peer: bool = True

    def ours(self, device: str | None = None) -> None:
        """Evaluate the whole plane."""
        loss_landscape(
            self.model,
            self.loss,
            self.data,
            steps=STEPS,
            engine=self.engine,
            device=device,
            progress=False,
        )

    def loop(self, device: str | None = None) -> None:
        """Evaluate some of the plane by the plain loop."""
        loss_landscape(
            self.model,
            self.loss,
            self.data,
            steps=self.steps,
            engine="loop",
            device=device,
            progress=False,
        )

    def other(self) -> None:
        """Evaluate as many points by loss-landscapes."""
        import loss_landscapes
        from loss_landscapes.metrics import Loss

        loss_landscapes.random_plane(
            self.model,
            Loss(self.loss, *self.data),
            steps=self.steps,
            deepcopy_model=True,
        )

    @property
    def limit(self) -> float:
        """Milliseconds that this machine needs at the least, or so."""
        seconds = 2 * self.products * STEPS**2 / product_rate()
        if self.tanh:
            seconds = self.tanh * STEPS**2 / tanh_rate()
        return 1e3 * seconds


def rows() -> Iterator[Row]:
    """Measure every case that can be measured here."""
    peer = _has_peer()
    if not peer:
        print(
            "loss-landscapes is missing, so its rows are too: "
            "pip install --no-deps loss-landscapes==3.0.6"
        )
    for case in _cases():
        if peer or not case.peer:
            yield _measured(case)
        yield from _against_loop(case)
    with _threads(1):
        if peer:
            yield _measured(_toy(2.5))
    if torch.cuda.is_available():
        yield from map(_on_gpu, _cases())


def _cases() -> list[Case]:
    X, y = _digits()
    chain = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    return [
        Case(
            "digits 64-64-10, n = 1797",
            chain,
            (X, y),
            len(X) * (64 * 64 + 64 * 10),
            ratio=6,
            naive=1.3,
        ),
        Case(
            "digits 64-64-10, n = 256",
            chain,
            (X[:256], y[:256]),
            256 * (64 * 64 + 64 * 10),
            ratio=6,
        ),
        _toy(4),
        Case(
            "digits CNN 8-16, n = 1797",
            _cnn(),
            (X.reshape(-1, 1, 8, 8), y),
            len(X) * (64 * 8 * 9 + 16 * 16 * 72 + 640),
            ratio=6,
            naive=3.5,
            steps=13,
        ),
        Case(
            "any module, squared error, n = 256",
            chain,
            (X[:256], F.one_hot(y[:256], 10).float()),
            256 * (64 * 64 + 64 * 10),
            ratio=0.95,
            engine="flat",
            loss=F.mse_loss,
        ),
        Case(
            "any module, cross-entropy, n = 256",
            chain,
            (X[:256], y[:256]),
            256 * (64 * 64 + 64 * 10),
            ratio=1.25,
            engine="flat",
        ),
        Case(
            "any module, cross-entropy, n = 1797",
            chain,
            (X, y),
            len(X) * (64 * 64 + 64 * 10),
            ratio=1.25,
            engine="flat",
        ),
    ]


def _digits() -> tuple[Tensor, Tensor]:
    digits = load_digits()
    return torch.tensor(digits.data / 16).float(), torch.tensor(digits.target)


def _cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


def _toy(ratio: float) -> Case:
    X, y = make_moons(200, noise=0.2, random_state=0)
    return Case(
        "moons 2-16-16-2 tanh, n = 200",
        nn.Sequential(
            nn.Linear(2, 16),
            nn.Tanh(),
            nn.Linear(16, 16),
            nn.Tanh(),
            nn.Linear(16, 2),
        ),
        (torch.tensor(X).float(), torch.tensor(y)),
        200 * (32 + 256 + 32),
        ratio=ratio,
        tanh=200 * 32,
    )


def _measured(case: Case) -> Row:
    """Return the row against loss-landscapes."""
    ours, other = _in_turns(case.ours, case.other)
    return _row(case, ours, other, "loss-landscapes", case.ratio)


def _against_loop(case: Case) -> Iterator[Row]:
    """Return the row against the plain loop, which is never to be slower."""
    ours, loop = _in_turns(case.ours, case.loop)
    yield _row(case, ours, loop, "plain loop", min(case.ratio, 1.25))


def _on_gpu(case: Case) -> Row:
    def synchronised(call: Callable) -> Callable:
        return lambda: (call("cuda"), torch.cuda.synchronize())

    ours, loop = _in_turns(synchronised(case.ours), synchronised(case.loop))
    return _row(case, ours, loop, "plain loop, both on the GPU", 1)


def _row(
    case: Case, ours: float, other: float, name: str, ratio: float
) -> Row:
    threads = torch.get_num_threads()
    least = "tanh" if case.tanh else "products"
    return Row(
        f"landscape, {case.what}, {threads} thread{'s' * (threads > 1)}, "
        f"{least} alone {case.limit:.3g} ms (other: {name})",
        ours,
        limit=case.naive * case.limit,
        other=other * (STEPS / case.steps) ** 2,
        ratio=ratio,
    )


def _in_turns(*calls: Callable) -> list[float]:
    """Return the median milliseconds of calls that take turns."""
    times = [[] for _ in calls]
    for _ in range(ROUNDS + 1):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(1e3 * (time.perf_counter() - start))
    return [median(taken[1:]) for taken in times]


def _has_peer() -> bool:
    try:
        import loss_landscapes  # noqa: F401
    except ImportError:
        return False
    return True


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)

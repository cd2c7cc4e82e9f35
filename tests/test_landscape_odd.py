"""Landscapes of networks, examples and moments out of the ordinary."""

import copy
import warnings

import numpy as np
import pytest
import torch
from landscape_models import (
    mlp,
    own_forward,
    plain_loop,
    rows,
    seeded,
    surface_of,
)
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from lossviz import landscape


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 5, 2, bidirectional=True, dropout=0.5)
        self.last = nn.Linear(10, 4)

    def forward(self, x):
        steps = x.view(len(x), 2, 3).transpose(0, 1)
        return self.last(self.rnn(steps)[0][-1])


class Attending(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.TransformerEncoderLayer(6, 2, 8, batch_first=True)
        self.last = nn.Linear(6, 4)

    def forward(self, x):
        return self.last(self.encoder(x[:, None] * x[:, :, None]).mean(1))


class Keeping(nn.Module):
    """Keeps what it found, as those do whose attention is to be drawn."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(6, 5), nn.Linear(5, 4)
        self.seen, self.all = None, {"seen": []}

    def forward(self, x):
        self.seen = torch.tanh(self.first(x))
        self.all["seen"] = [(self.seen, "hidden")]
        return self.last(self.seen)


class Overwriting(nn.Module):
    """Writes into its inputs."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(6, 4)

    def forward(self, x):
        return self.last(x.mul_(1.5))


def weight_norm():
    with warnings.catch_warnings():
        # the older form, which keeps its weight as a result
        warnings.simplefilter("ignore", FutureWarning)
        return nn.utils.weight_norm(nn.Linear(6, 4))


ODD = {
    "recurrent": Recurrent,
    "attending": Attending,
    "batch norm": lambda: nn.Sequential(
        nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 4)
    ),
    "lines": lambda: nn.Sequential(
        nn.Unflatten(1, (2, 3)), nn.Conv1d(2, 4, 2), nn.Flatten()
    ),
    "in place": lambda: nn.Sequential(
        nn.LeakyReLU(-2.0, inplace=True), nn.Linear(6, 4)
    ),
    "overwriting": Overwriting,
    "keeping": Keeping,
    "weight norm": weight_norm,
}


class Spared(nn.Module):
    """Gives a model copies of its inputs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x.clone())


@pytest.mark.parametrize("kind", ODD)
def test_odd_networks_agree_with_a_float64_loop(kind):
    model, (X, y) = seeded(ODD[kind]).eval(), rows()
    with torch.no_grad():
        fresh = Spared(seeded(ODD[kind]))
    before = X.clone()
    # as after training: what the model keeps of a call hangs on a graph
    model(X.clone())
    surface = surface_of(model, F.cross_entropy, (X, y), normalize=None)
    assert torch.equal(X, before)
    exact = plain_loop(surface, fresh, F.cross_entropy, (X, y))
    assert_allclose(surface.z, exact, rtol=1e-5, atol=1e-6)
    assert np.ptp(surface.z) > 0.01
    assert surface.center_loss == own_forward(fresh, F.cross_entropy, (X, y))


def test_what_a_model_keeps_stays_with_it():
    model, data = seeded(Keeping), rows()
    kept = model(data[0]), model.seen
    surface_of(model, F.cross_entropy, data)
    assert model.seen is kept[1] and model.seen.grad_fn is not None
    assert model.all["seen"][0][0] is model.seen


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize("make", [torch.jit.script, None])
def test_scripted_and_traced_modules_are_modules(make):
    model, data = mlp().eval(), rows()
    scripted = make(model) if make else torch.jit.trace(model, data[0])
    found = surface_of(scripted, F.cross_entropy, data)
    plain = surface_of(model, F.cross_entropy, data, engine="loop")
    assert_allclose(found.z, plain.z, rtol=1e-5)
    assert all(p.requires_grad for p in scripted.parameters())
    path = landscape.train_path(
        scripted, F.cross_entropy, data, descent, steps=2
    )
    assert path.losses[2] < path.losses[0]


def descent(parameters):
    return torch.optim.SGD(parameters, lr=0.1)


def test_training_spares_the_examples():
    model, (X, y) = seeded(Overwriting), rows()
    before = X.clone()
    path = landscape.train_path(
        model, F.cross_entropy, (X, y), descent, steps=2
    )
    assert torch.equal(X, before)
    own = seeded(Overwriting)
    rule = descent(own.parameters())
    for _ in range(2):
        rule.zero_grad()
        F.cross_entropy(own(X.clone()), y).backward()
        rule.step()
    assert_allclose(path.points[2][:24], own.last.weight.detach().flatten())


class Insisting(nn.Module):
    """Computes in half precision, whatever its parameters are."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(6, 4)

    def forward(self, x):
        return F.linear(x.half(), self.last.weight, self.last.bias)


@pytest.mark.parametrize("engine", ["auto", "flat", "loop"])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_around_a_model_in_half_precision_lie_no_terraces(dtype, engine):
    model, (X, y) = mlp().to(dtype), rows()
    data = X.to(dtype), y
    surface = surface_of(model, F.cross_entropy, data, engine=engine)
    own = own_forward(model, F.cross_entropy, data)
    assert surface.center_loss == surface.z[2, 2] == own
    exact = plain_loop(surface, model, F.cross_entropy, data)
    assert_allclose(own, exact[2, 2], rtol=0.01)
    surface.z[2, 2] = exact[2, 2]
    assert_allclose(surface.z, exact, rtol=1e-5, atol=1e-6)
    assert {p.dtype for p in model.parameters()} == {dtype}


def test_a_loss_in_half_precision_goes_with_its_model():
    loss = nn.CrossEntropyLoss(weight=torch.arange(1.0, 5).half())
    X, y = rows()
    surface = surface_of(mlp().half(), loss, (X.half(), y))
    exact = plain_loop(surface, mlp().half(), loss, (X.half(), y))
    assert_allclose(surface.z[0], exact[0], rtol=1e-5)
    assert loss.weight.dtype == torch.float16


def test_a_model_that_insists_on_half_precision_keeps_it():
    model, data = seeded(Insisting).half(), rows()
    surface = surface_of(model, F.cross_entropy, data)
    assert surface.center_loss == own_forward(model, F.cross_entropy, data)
    assert np.isfinite(surface.z).all() and np.ptp(surface.z) > 0.01


def batches_once():
    X, y = rows()
    return ((X[k : k + 25], y[k : k + 25]) for k in range(0, 60, 25))


def test_examples_that_come_only_once_are_enough():
    whole = landscape.interpolate(
        mlp(), mlp(nn.Tanh), F.cross_entropy, rows(), steps=3
    )
    once = landscape.interpolate(
        mlp(), mlp(nn.Tanh), F.cross_entropy, batches_once(), steps=3
    )
    assert_allclose(once.z, whole.z, rtol=1e-5)
    path = landscape.train_path(
        mlp(), F.cross_entropy, batches_once(), descent, steps=4
    )
    assert_allclose(path.losses[0], whole.z[0], rtol=1e-5)


def test_a_batch_without_examples_does_not_count():
    X, y = rows()
    surface = surface_of(
        mlp(), F.cross_entropy, [(X[:0], y[:0]), (X, y), (X[:0], y[:0])]
    )
    assert surface.center_loss == own_forward(mlp(), F.cross_entropy, (X, y))
    assert np.isfinite(surface.z).all()


def test_the_random_state_of_a_loader_stays_as_it_was():
    own = torch.Generator().manual_seed(7)
    loader = DataLoader(
        TensorDataset(*rows()), 16, shuffle=True, generator=own
    )
    before = own.get_state()
    surface_of(mlp(), F.cross_entropy, loader)
    assert torch.equal(own.get_state(), before)


def test_directions_may_be_of_any_lengths():
    model, data = mlp(), rows()
    plane = surface_of(model, F.cross_entropy, data, normalize=None)
    d1, d2 = plane.directions
    surface = surface_of(
        model, F.cross_entropy, data, directions=(1e-6 * d1, 1e6 * d2)
    )
    point = surface.center + 0.25 * d1 - 0.5 * d2
    shadow = surface.project([point])
    assert_allclose(
        [shadow.x[0] * 1e-6, shadow.y[0] * 1e6], [0.25, -0.5], 1e-5
    )
    assert shadow.share_outside < 1e-9


class Stopping(nn.Module):
    """A network during whose n-th call somebody presses Ctrl-C."""

    def __init__(self, calls):
        super().__init__()
        self.last, self.left = nn.Linear(6, 4), calls

    def forward(self, x):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return self.last(x)


def test_points_without_a_finite_loss_were_evaluated_all_the_same():
    def nowhere(outputs, targets):
        return torch.nan * outputs.sum()

    with pytest.warns(RuntimeWarning, match="after 7 of 25 points") as caught:
        surface_of(Stopping(8), nowhere, rows())
    assert len(caught) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: landscape.loss_landscape(
            Stopping(2), F.cross_entropy, rows(), steps=3
        ),
        lambda: landscape.loss_line(
            Stopping(2), F.cross_entropy, rows(), steps=3
        ),
        lambda: landscape.train_path(
            Stopping(2), F.cross_entropy, rows(), descent
        ),
    ],
)
def test_a_warning_points_to_whom_it_concerns(call):
    with pytest.warns(RuntimeWarning, match="Interrupted after") as caught:
        try:
            call()
        except KeyboardInterrupt:
            # the losses along a path are found by the same network
            pass
    assert caught[0].filename == __file__


class Slow:
    """A loss during whose n-th call somebody presses Ctrl-C."""

    def __init__(self, calls):
        self.left = calls

    def __call__(self, outputs, targets):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return F.cross_entropy(outputs, targets)


def test_interrupted_training_returns_its_path():
    whole = landscape.train_path(
        mlp(), F.cross_entropy, rows(), descent, steps=6
    )
    with pytest.warns(RuntimeWarning, match="after 3 of 6 steps"):
        path = landscape.train_path(mlp(), Slow(4), rows(), descent, steps=6)
    assert len(path) == 4
    assert_array_equal(path.losses, whole.losses[:4])


def test_an_interrupted_trace_is_an_estimate_from_fewer():
    few = landscape.hessian_trace(mlp(), F.cross_entropy, rows(), samples=5)
    # the first call is that of the centre
    with pytest.warns(RuntimeWarning, match="after 5 of 90 samples"):
        cut = landscape.hessian_trace(mlp(), Slow(7), rows(), samples=90)
    assert cut == few
    with pytest.raises(KeyboardInterrupt):
        landscape.hessian_trace(mlp(), Slow(3), rows(), samples=90)


@pytest.mark.parametrize(
    "work, name",
    [
        (landscape.train_path, "training"),
        (landscape.hessian_trace, "trace"),
        (landscape.path_losses, "losses"),
    ],
)
def test_long_work_shows_a_bar_when_asked_for(work, name, capfd):
    more = {
        "training": [descent],
        "trace": [],
        "losses": [[mlp()]],
    }[name]
    work(mlp(), F.cross_entropy, rows(), *more, progress=True)
    assert name in capfd.readouterr().err
    work(mlp(), F.cross_entropy, rows(), *more, progress=False)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("build", [Attending, Recurrent])
def test_attention_and_recurrence_have_curvature(build):
    model, (X, y) = seeded(build).double().eval(), rows(n=10)
    X, seen = X.double(), []

    def loss(outputs, targets):
        seen.append(torch.backends.cudnn.enabled)
        return F.cross_entropy(outputs, targets)

    before = torch.backends.cudnn.enabled
    found = landscape.hessian_eigenvalues(model, loss, (X, y), k=1)
    assert seen[-1] == (before and build is not Recurrent)
    assert torch.backends.cudnn.enabled == before
    (top,), h = found.vectors, 1e-4
    slopes = [gradient(model, top * step, X, y) for step in (h, -h)]
    across = (slopes[0] - slopes[1]) / (2 * h)
    assert_allclose(across, found.values[0] * top, atol=1e-3)


def gradient(model, offset, X, y):
    """Return the gradient somewhere beside the model's parameters."""
    moved = copy.deepcopy(model)
    own = list(moved.parameters())
    start = torch.nn.utils.parameters_to_vector(own)
    torch.nn.utils.vector_to_parameters(start + offset, own)
    slopes = torch.autograd.grad(F.cross_entropy(moved(X), y), own)
    return torch.cat([slope.reshape(-1) for slope in slopes])


class Uncopyable(nn.Linear):
    def __deepcopy__(self, memo):
        raise TypeError("one of a kind")


SIZE = sum(p.numel() for p in mlp().parameters())
BAD = [
    (
        {"model": Uncopyable(6, 4)},
        "model must be one that copy.deepcopy can copy, "
        "got TypeError: one of a kind",
    ),
    (
        {"directions": torch.ones(2, SIZE, dtype=torch.complex64)},
        "directions[0] must hold real numbers only, got torch.complex64",
    ),
    (
        {"device": "meta"},
        "device must be one that torch can use here, got 'meta'",
    ),
    (
        {"seed": 2**64},
        f"seed must be below {2**64}, got {2**64}",
    ),
    (
        {"loss": lambda outputs, _: 1j * outputs.sum()},
        "loss must return a real number, got torch.complex64",
    ),
    (
        {"directions": (torch.zeros(SIZE), torch.ones(SIZE))},
        "directions must span a plane, got two along one line",
    ),
]


@pytest.mark.parametrize("change, message", BAD)
def test_bad_input_is_named_in_one_sentence(change, message):
    good = {"model": mlp(), "loss": F.cross_entropy, "data": rows()}
    with pytest.raises(ValueError) as caught:
        surface_of(**{**good, **change})
    assert str(caught.value) == message

"""Planes: their values, directions and engines, and what stays untouched."""

import copy
import subprocess
import sys

import numpy as np
import pytest
import torch
from landscape_models import (
    Residual,
    Tied,
    absolute_error,
    cnn,
    images,
    mlp,
    overlapping_cnn,
    own_forward,
    plain_loop,
    pooled_twice,
    rows,
    seeded,
    squared_error,
    surface_of,
    targets_for,
    weighted_cross_entropy,
    wide_cnn,
)
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn
from torch.nn import functional as F

from lossviz import landscape
from lossviz.landscape import _chain, _plan

IGNORING = nn.CrossEntropyLoss(ignore_index=2, label_smoothing=0.1)
X, CLASSES = rows()
LOADER = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(X, CLASSES), batch_size=25
)
CASES = {
    "relu": (mlp(), F.cross_entropy, (X, CLASSES), "affine"),
    "tanh": (mlp(nn.Tanh), nn.CrossEntropyLoss(), (X, CLASSES), "affine"),
    "gelu": (mlp(nn.GELU), F.cross_entropy, (X, CLASSES), "affine"),
    "weights": (mlp(), weighted_cross_entropy(), (X, CLASSES), "affine"),
    "ignored": (mlp(), IGNORING, (X, CLASSES), "affine"),
    "summed": (
        mlp(),
        nn.CrossEntropyLoss(reduction="sum"),
        (X, CLASSES),
        "affine",
    ),
    "squares": (
        mlp(outputs=3),
        squared_error,
        (X, targets_for(3)),
        "affine",
    ),
    "own loss": (
        mlp(outputs=1),
        absolute_error,
        (X, targets_for(1)),
        "affine",
    ),
    "probabilities": (
        mlp(),
        F.cross_entropy,
        (X, targets_for(4).softmax(1)),
        "affine",
    ),
    "linear": (
        seeded(lambda: nn.Linear(6, 4)),
        F.cross_entropy,
        (X, CLASSES),
        "affine",
    ),
    "biases": (
        seeded(
            lambda: nn.Sequential(
                nn.Linear(6, 8), nn.Softplus(), nn.Linear(8, 4)
            )
        ),
        F.cross_entropy,
        (X, CLASSES),
        "affine",
    ),
    "batches": (mlp(), F.cross_entropy, LOADER, "affine"),
    "images": (cnn(), F.cross_entropy, images(), "affine"),
    "images, gelu": (cnn(nn.GELU), F.cross_entropy, images(), "affine"),
    "pooled twice": (pooled_twice(), F.cross_entropy, images(), "affine"),
    "large images": (
        pooled_twice(),
        F.cross_entropy,
        images(size=13),
        "affine",
    ),
    "wide images": (
        wide_cnn(),
        squared_error,
        (images()[0], targets_for(45, n=20)),
        "affine",
    ),
    "wide images, linear": (
        wide_cnn(nn.ReLU(), seeded(lambda: nn.Linear(45, 5))),
        F.cross_entropy,
        images(),
        "affine",
    ),
    "overlapping windows": (
        overlapping_cnn(),
        F.cross_entropy,
        images(),
        "affine",
    ),
    "flattened images": (
        seeded(lambda: nn.Sequential(nn.Flatten(), nn.Linear(162, 5))),
        F.cross_entropy,
        images(),
        "affine",
    ),
    "shortcut": (seeded(Residual), F.cross_entropy, images(size=8), "flat"),
    "tied": (seeded(Tied), F.cross_entropy, rows(), "flat"),
}


def loaded(data):
    return data if isinstance(data, tuple) else list(data)


@pytest.mark.parametrize("engine", ["auto", "flat", "loop"])
@pytest.mark.parametrize("case", CASES)
def test_every_engine_agrees_with_a_float64_loop(case, engine):
    model, loss, data, _ = CASES[case]
    surface = surface_of(model, loss, data, engine=engine)
    exact = plain_loop(surface, model, loss, loaded(data))
    assert_allclose(surface.z, exact, rtol=1e-5, atol=1e-6)
    assert np.ptp(surface.z) > 0.01


@pytest.mark.parametrize("case", CASES)
def test_the_engine_is_chosen_by_what_the_network_is(case):
    model, loss, data, expected = CASES[case]
    assert surface_of(model, loss, data).engine == expected


@pytest.mark.parametrize("case", ["relu", "images", "shortcut", "weights"])
@pytest.mark.parametrize("steps", [3, 5])
def test_the_centre_is_the_models_own_forward_pass(case, steps):
    model, loss, data, _ = CASES[case]
    surface = surface_of(model, loss, data, steps=steps)
    assert surface.center_loss == own_forward(model, loss, data)
    assert surface.z[steps // 2, steps // 2] == surface.center_loss
    assert surface.x[steps // 2] == surface.y[steps // 2] == 0


@pytest.mark.parametrize("case", ["relu", "squares", "images", "pooled twice"])
def test_tiles_and_groups_do_not_change_the_surface(case, monkeypatch):
    model, loss, data, _ = CASES[case]
    whole = surface_of(model, loss, data, steps=9)
    monkeypatch.setitem(_chain.CACHE, "cpu", 1024)
    monkeypatch.setattr(_chain, "FEWEST", 16)
    monkeypatch.setattr(_chain, "POINTS", (2, 2))
    parts = surface_of(model, loss, data, steps=9)
    assert parts.engine == whole.engine == "affine"
    assert_allclose(parts.z, whole.z, rtol=1e-6)


def test_too_much_data_for_the_affine_engine_goes_to_the_flat_one(
    monkeypatch,
):
    monkeypatch.setattr(_plan, "KEPT", 1000)
    assert surface_of(*CASES["relu"][:3]).engine == "flat"


@pytest.mark.parametrize("case", ["relu", "linear"])
def test_a_model_in_float64_is_evaluated_in_float64(case):
    model, data = copy.deepcopy(CASES[case][0]).double(), (X.double(), CLASSES)
    surface = surface_of(model, F.cross_entropy, data)
    exact = plain_loop(surface, model, F.cross_entropy, data)
    assert_allclose(surface.z, exact, rtol=1e-12)


@pytest.fixture
def rounded_products():
    """Let torch round the factors of products, as some training does."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    yield
    torch.set_float32_matmul_precision(before)


@pytest.mark.parametrize("engine", ["auto", "flat", "loop"])
def test_products_are_exact_where_torch_may_round_them(
    engine, rounded_products
):
    seen = []

    def loss(outputs, targets):
        seen.append(precisions())
        return F.cross_entropy(outputs, targets)

    before = precisions()
    surface_of(mlp(), loss, rows(), engine=engine)
    own, *others = seen
    assert own == before != len(before) * ["ieee"]
    assert others == len(others) * [len(before) * ["ieee"]] != []
    assert precisions() == before
    assert torch.get_float32_matmul_precision() == "medium"


def precisions():
    backends = torch.backends
    return [
        backends.cuda.matmul.fp32_precision,
        backends.cudnn.conv.fp32_precision,
        backends.mkldnn.matmul.fp32_precision,
        backends.mkldnn.conv.fp32_precision,
    ]


def test_parameters_of_two_precisions_move_together():
    class Mixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.fine = nn.Linear(6, 5).double()
            self.coarse = nn.Linear(5, 4)

        def forward(self, x):
            return self.coarse(torch.tanh(self.fine(x.double())).float())

    model = seeded(Mixed)
    surface = surface_of(model, F.cross_entropy, rows())
    assert surface.engine == "flat"
    loop = surface_of(
        model,
        F.cross_entropy,
        rows(),
        directions=surface.directions,
        engine="loop",
    )
    assert_allclose(surface.z, loop.z, rtol=1e-5)


def test_a_chain_with_a_hook_is_called_as_a_module():
    model = mlp()
    model[1].register_forward_hook(lambda module, args, out: 2 * out)
    surface = surface_of(model, F.cross_entropy, rows())
    assert surface.engine == "flat"
    exact = plain_loop(surface, model, F.cross_entropy, rows())
    assert_allclose(surface.z, exact, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("engine", ["auto", "flat", "loop"])
def test_the_callers_model_and_torch_are_left_as_they_were(engine):
    model, data = seeded(Residual), images(size=8)
    model.last.requires_grad_(False)
    F.cross_entropy(model(data[0]), data[1]).backward()
    model.norm.eval()
    before, random = snapshot(model), torch.get_rng_state()
    surface_of(model, F.cross_entropy, data, engine=engine)
    after = snapshot(model)
    assert before.keys() == after.keys()
    for name in before:
        assert_array_equal(before[name], after[name], err_msg=name)
    assert torch.equal(random, torch.get_rng_state())
    assert torch.is_grad_enabled()


def snapshot(model):
    """Return everything about a model that somebody could change."""
    state = {k: v.numpy().copy() for k, v in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        state[f"{name} at"] = parameter.data_ptr()
        state[f"{name} needs"] = parameter.requires_grad
        if parameter.grad is not None:
            state[f"{name} grad"] = parameter.grad.numpy().copy()
    for name, module in model.named_modules():
        state[f"{name} mode"] = module.training
        state[f"{name} type"] = type(module).__name__
    return state


def test_filters_of_a_random_direction_have_the_models_norms():
    model = cnn()
    surface = surface_of(model, F.cross_entropy, images())
    for direction in surface.directions:
        pieces = surface.layout.split(direction)
        for piece, own in zip(pieces, model.parameters(), strict=True):
            if own.ndim < 2:
                assert not piece.any()
            else:
                assert_allclose(norms(piece), norms(own), rtol=1e-6)


def norms(weights):
    return weights.detach().double().flatten(1).norm(dim=1).numpy()


def test_layers_or_the_whole_may_have_the_models_norms_instead():
    model = mlp()
    surface = surface_of(model, F.cross_entropy, rows(), normalize="layer")
    for piece, own in zip(
        surface.layout.split(surface.directions[0]),
        model.parameters(),
        strict=True,
    ):
        expected = own.norm().item() if own.ndim > 1 else 0
        assert_allclose(piece.norm().item(), expected, rtol=1e-6)
    surface = surface_of(model, F.cross_entropy, rows(), normalize=None)
    assert_allclose(
        surface.directions[1].norm(), surface.center.norm(), rtol=1e-6
    )
    assert surface.directions[1].ne(0).all()


def test_random_directions_are_normal_and_almost_at_right_angles():
    model = seeded(lambda: nn.Sequential(nn.Linear(300, 100)))
    data = rows(features=300, classes=100)
    surface = surface_of(model, F.cross_entropy, data, steps=3)
    d1, d2 = surface.directions
    assert abs(torch.cosine_similarity(d1, d2, dim=0)) < 0.02
    drawn = d1[d1 != 0] / d1.std()
    assert abs(drawn.mean()) < 0.02
    assert_allclose((drawn**4).mean(), 3, rtol=0.1)


def test_a_seed_settles_the_surface():
    first = surface_of(*CASES["relu"][:3], seed=4)
    again = surface_of(*CASES["relu"][:3], seed=4)
    other = surface_of(*CASES["relu"][:3], seed=5)
    assert_array_equal(first.z, again.z)
    assert not np.array_equal(first.z, other.z)


def test_a_seed_settles_the_order_of_a_shuffling_loader():
    dataset = torch.utils.data.TensorDataset(*rows())
    surfaces = [
        surface_of(
            mlp(),
            F.cross_entropy,
            torch.utils.data.DataLoader(
                dataset, 16, shuffle=True, drop_last=True
            ),
        )
        for _ in range(2)
    ]
    assert_array_equal(surfaces[0].z, surfaces[1].z)


@pytest.mark.parametrize("form", ["vectors", "lists", "state dicts"])
def test_given_directions_are_taken_as_they_are(form):
    model = mlp()
    drawn = surface_of(model, F.cross_entropy, rows())
    lists = [drawn.layout.split(d) for d in drawn.directions]
    names = [name for name, _ in model.named_parameters()]
    forms = {
        "vectors": drawn.directions,
        "lists": lists,
        "state dicts": [dict(zip(names, p, strict=True)) for p in lists],
    }
    given = surface_of(
        model, F.cross_entropy, rows(), directions=tuple(forms[form])
    )
    assert_array_equal(given.z, drawn.z)


def test_the_first_direction_runs_along_x():
    d = torch.zeros(1 + 6)
    d[-1] = 1.0
    slope = torch.zeros_like(d)
    slope[0] = 1.0
    model = seeded(lambda: nn.Linear(6, 1))
    surface = surface_of(
        model,
        lambda outputs, _: outputs.mean(),
        (torch.ones(3, 6), torch.zeros(3)),
        directions=(d, 2 * slope),
        span=3.0,
        steps=3,
    )
    assert_array_equal(surface.x, [-3, 0, 3])
    assert_allclose(np.diff(surface.z, axis=1), 3, rtol=1e-5)
    assert_allclose(np.diff(surface.z, axis=0), 6, rtol=1e-5)


def test_principal_directions_show_the_whole_history():
    model = mlp()
    path = landscape.train_path(
        model,
        F.cross_entropy,
        rows(),
        lambda p: torch.optim.Adam(p, lr=0.02),
        steps=20,
    )
    surface = surface_of(
        path.model,
        F.cross_entropy,
        rows(),
        directions="pca",
        history=path.points,
    )
    d1, d2 = surface.directions
    assert abs(torch.cosine_similarity(d1, d2, dim=0)) < 1e-5
    shadow = surface.project(path.points)
    for coordinates in (shadow.x, shadow.y):
        assert_allclose(np.abs(coordinates).max(), 1, rtol=1e-5)
    offsets = torch.stack(path.points) - surface.center
    share = torch.linalg.svdvals(offsets.double()) ** 2
    expected = (share[2:].sum() / share.sum()).item()
    assert_allclose(shadow.share_outside, expected, rtol=1e-4)


class Interrupting:
    """A loss during whose n-th call somebody presses Ctrl-C."""

    def __init__(self, calls):
        self.left = calls

    def __call__(self, outputs, targets):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return F.mse_loss(outputs, targets)


def test_an_interrupted_survey_returns_what_it_has():
    model, data = seeded(Tied), (X, targets_for(6))
    whole = surface_of(model, F.mse_loss, data)
    with pytest.warns(RuntimeWarning, match="after 7 of 25 points; the rest"):
        surface = surface_of(model, Interrupting(8), data)
    assert not surface.complete and whole.complete
    assert_array_equal(surface.z.flat[:7], whole.z.flat[:7])
    assert surface.z[2, 2] == whole.center_loss
    rest = np.delete(surface.z.flat, [*range(7), 12])
    assert np.isnan(rest).all()
    assert "Interrupted after 7 of 25" in surface.note


def test_the_note_says_how_the_model_was_evaluated():
    assert "eval mode" in surface_of(*CASES["relu"][:3]).note


def test_a_bar_shows_when_asked_for(capfd):
    surface_of(*CASES["relu"][:3], progress=True)
    assert "landscape" in capfd.readouterr().err
    surface_of(*CASES["relu"][:3], progress=False)
    assert capfd.readouterr().err == ""


def test_importing_landscapes_leaves_torch_for_later():
    code = "import sys, lossviz.landscape; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


GOOD = {"model": mlp(), "loss": F.cross_entropy, "data": rows()}
BAD = [
    ({"steps": 50}, "steps must be odd, so that the model is a point, got 50"),
    ({"steps": 1}, "steps must be a whole number of at least 3, got 1"),
    ({"span": 0}, "span must be positive, got 0"),
    ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
    (
        {"normalize": "weight"},
        "normalize must be 'filter' or 'layer', got 'weight'",
    ),
    (
        {"engine": "vmap"},
        "engine must be 'auto', 'affine', 'flat' or 'loop', got 'vmap'",
    ),
    (
        {"engine": "affine", "model": seeded(Tied)},
        "engine must suit the model, got 'affine' for one that is no plain "
        "chain of layers, or for too much data",
    ),
    (
        {"directions": "lanczos"},
        "directions must be 'random' or 'pca', got 'lanczos'",
    ),
    (
        {"directions": torch.ones(3)},
        "directions must be 'random', 'pca' or a pair of directions, "
        "got Tensor",
    ),
    ({"directions": "pca"}, "history must be given for 'pca', got None"),
    (
        {"directions": "pca", "history": [mlp(), mlp()]},
        "history must hold at least two points that span a plane with the "
        "model, got 2",
    ),
    (
        {"directions": (torch.ones(3), torch.ones(3))},
        r"directions\[0\] must have one number for each of the 276 "
        r"parameters, got shape \(3,\)",
    ),
    (
        {"directions": (torch.ones(276), 2 * torch.ones(276))},
        "directions must span a plane, got two along one line",
    ),
    (
        {"directions": ("random", "pca")},
        r"directions\[0\] must be given as models, state dicts, lists of "
        "tensors or flat vectors, got str",
    ),
    (
        {"directions": "pca", "history": 3},
        "history must be a sequence of points, got int",
    ),
    (
        {"directions": "pca", "history": mlp()},
        "history must be a sequence of points, got Sequential",
    ),
    (
        {"directions": "pca", "history": []},
        "history must hold at least one point, got none",
    ),
    (
        {"history": [mlp()]},
        "history must be left out unless directions is 'pca', got list",
    ),
    (
        {"device": "gpu7"},
        "device must be one that torch can use here, got 'gpu7'",
    ),
    (
        {"model": nn.Sequential(nn.LazyLinear(4))},
        "model must have been called once, got lazy parameters",
    ),
    (
        {"loss": nn.CrossEntropyLoss},
        "loss must be callable with outputs and targets, got the class "
        "CrossEntropyLoss, not an instance",
    ),
    (
        {"loss": lambda outputs, targets: None},
        "loss must return one number, got NoneType",
    ),
    (
        {"data": torch.utils.data.TensorDataset(X, CLASSES)},
        r"data must be a pair of tensors \(inputs, targets\) or give such "
        "pairs, as a DataLoader does, got TensorDataset",
    ),
    ({"model": F.relu}, "model must be a torch.nn.Module, got .*"),
    ({"model": nn.ReLU()}, "model must have parameters, got none"),
    (
        {"loss": "mse"},
        "loss must be callable with outputs and targets, got str",
    ),
    (
        {"loss": nn.CrossEntropyLoss(reduction="none")},
        r"loss must return one number, got shape \(60,\)",
    ),
    (
        {"data": X},
        r"data must be a pair of tensors \(inputs, targets\) or give such "
        "pairs, as a DataLoader does, got Tensor",
    ),
    (
        {"data": (X.numpy(), CLASSES.numpy())},
        r"data must be a pair of tensors \(inputs, targets\) or give such "
        "pairs, as a DataLoader does, got ndarray",
    ),
    ({"data": []}, "data must hold at least one example, got none"),
]


@pytest.mark.parametrize("change, message", BAD)
def test_bad_input_is_named_in_one_sentence(change, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        surface_of(**{**GOOD, **change})


def test_biases_alone_cannot_be_scaled_by_filters():
    class Bias(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias = nn.Parameter(torch.ones(4))

        def forward(self, x):
            return x[:, :4] + self.bias

    with pytest.raises(ValueError, match="^normalize must leave something"):
        surface_of(Bias(), F.cross_entropy, rows())
    surface = surface_of(Bias(), F.cross_entropy, rows(), normalize=None)
    assert np.ptp(surface.z) > 0.01


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("case", ["relu", "images", "shortcut", "weights"])
def test_a_gpu_gives_the_same_surface(case):
    model, loss, data, engine = CASES[case]
    surface = surface_of(model, loss, data, device="cuda")
    exact = plain_loop(surface, model, loss, data)
    assert surface.engine == engine
    assert_allclose(surface.z, exact, rtol=1e-5, atol=1e-6)
    assert next(model.parameters()).device.type == "cpu"


@pytest.mark.skipif(sys.platform != "linux", reason="counts in other units")
def test_memory_does_not_grow_with_the_grid():
    code = """
import resource, torch, warnings
from torch import nn
from lossviz.landscape import loss_landscape
model = nn.Sequential(
    nn.Linear(64, 960), nn.ReLU(), nn.Linear(960, 960), nn.ReLU(),
    nn.Linear(960, 10),
)
calls = iter(range(500))
def loss(outputs, targets):
    if next(calls, None) is None:
        raise KeyboardInterrupt
    return outputs.square().mean()
warnings.simplefilter("ignore")
data = torch.randn(8, 64), torch.randn(8)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
surface = loss_landscape(model, loss, data, steps=201, progress=False)
assert surface.engine == "affine" and surface.z.shape == (201, 201)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) < 300_000

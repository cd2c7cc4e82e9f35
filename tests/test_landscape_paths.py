"""Lines between networks, paths of training and the curvature."""

import numpy as np
import pytest
import torch
from landscape_models import (
    Residual,
    images,
    mlp,
    own_forward,
    rows,
    seeded,
    surface_of,
)
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

from lossviz import landscape


def trained(model, optimizer=None, **options):
    rule = optimizer or (lambda p: torch.optim.SGD(p, lr=0.5))
    return landscape.train_path(
        model, F.cross_entropy, rows(), rule, **{"steps": 6, **options}
    )


def test_a_line_is_the_middle_row_of_its_plane():
    model = mlp()
    plane = surface_of(model, F.cross_entropy, rows(), steps=7)
    line = landscape.loss_line(
        model,
        F.cross_entropy,
        rows(),
        direction=plane.directions[0],
        steps=7,
    )
    assert_array_equal(line.x, plane.x)
    assert_allclose(line.z, plane.z[3], rtol=1e-6)
    assert line.z[3] == plane.center_loss


def test_a_random_line_takes_the_first_direction_of_its_seed():
    plane = surface_of(mlp(), F.cross_entropy, rows(), seed=3)
    line = landscape.loss_line(mlp(), F.cross_entropy, rows(), seed=3)
    assert torch.equal(line.direction, plane.directions[0])
    assert len(line.x) == 51


def test_interpolation_runs_from_one_model_to_the_other():
    a, b = seeded(Residual), Residual()
    data = images(size=8)
    with torch.no_grad():
        b.norm.running_mean += 0.3
    line = landscape.interpolate(a, b, F.cross_entropy, data, steps=5)
    assert_array_equal(line.x, [0, 0.25, 0.5, 0.75, 1])
    assert line.z[0] == own_forward(a, F.cross_entropy, data)
    assert line.z[-1] == own_forward(b, F.cross_entropy, data)
    middle = {
        name: (1 - 0.25) * value + 0.25 * b.state_dict()[name]
        for name, value in a.state_dict().items()
        if value.is_floating_point()
    }
    outputs = functional_call(a.eval(), middle, (data[0],))
    assert_allclose(
        line.z[1], F.cross_entropy(outputs, data[1]).item(), rtol=1e-5
    )


def test_interpolation_may_go_beyond_both_models():
    a, b = mlp(), trained(mlp()).model
    line = landscape.interpolate(
        a, b, F.cross_entropy, rows(), start=-0.5, stop=1.5, steps=5
    )
    assert line.z[1] == own_forward(a, F.cross_entropy, rows())
    assert line.z[3] == own_forward(b, F.cross_entropy, rows())


def test_a_point_of_the_plane_falls_on_itself():
    surface = surface_of(mlp(), F.cross_entropy, rows())
    d1, d2 = surface.directions
    point = surface.center + 0.3 * d1 - 0.7 * d2
    shadow = surface.project([point, surface.center])
    assert_allclose(shadow.x, [0.3, 0], atol=1e-6)
    assert_allclose(shadow.y, [-0.7, 0], atol=1e-6)
    assert_allclose(shadow.outside, 0, atol=1e-9)
    assert shadow.share_outside < 1e-9


def test_what_stands_at_right_angles_is_outside_the_plane():
    surface = surface_of(mlp(), F.cross_entropy, rows())
    d1, d2 = (d.double() for d in surface.directions)
    basis = torch.linalg.qr(torch.stack([d1, d2]).T).Q
    across = torch.randn(len(d1), dtype=torch.float64)
    across -= basis @ (basis.T @ across)
    across *= d1.norm() / across.norm()
    shadow = surface.project(
        [surface.center + across, surface.center + d1 + across]
    )
    assert_allclose(shadow.x, [0, 1], atol=1e-5)
    assert_allclose(shadow.outside, [1, 0.5], atol=1e-5)
    assert_allclose(shadow.share_outside, 2 / 3, atol=1e-5)


def test_a_path_may_be_models_or_state_dicts_or_vectors():
    surface = surface_of(mlp(), F.cross_entropy, rows())
    path = trained(mlp())
    end = path.model
    shadow = surface.project(
        [end, end.state_dict(), list(end.parameters()), path.points[-1]]
    )
    whole = surface.project(path)
    assert len(path) == len(whole.x) == 7
    # the last digit depends on where in memory a point lies
    assert_allclose(whole.x[-1], shadow.x[-1], rtol=1e-12)
    assert_allclose(np.ptp(shadow.x), 0, atol=1e-12)
    assert shadow.outside[0] > 0.5


def test_training_takes_the_steps_of_torch():
    model = mlp().eval()
    path = trained(model)
    point = {k: v.clone() for k, v in model.named_parameters()}
    X, y = rows()
    for flat, loss in zip(path.points, path.losses, strict=True):
        own = torch.cat([v.detach().reshape(-1) for v in point.values()])
        assert_allclose(flat, own, atol=1e-6)
        value = F.cross_entropy(functional_call(model, point, (X,)), y)
        assert_allclose(loss, value.item(), rtol=1e-5)
        slopes = torch.autograd.grad(value, list(point.values()))
        point = {
            name: (value - 0.5 * slope).detach().requires_grad_()
            for (name, value), slope in zip(point.items(), slopes, strict=True)
        }


def test_training_leaves_the_model_where_it_starts():
    model = mlp()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    random = torch.get_rng_state()
    path = trained(model, steps=7, every=3)
    assert len(path.points) == len(path.losses) == 3
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
    assert all(p.grad is None for p in model.parameters())
    assert model.training
    assert torch.equal(random, torch.get_rng_state())


def test_several_optimizers_share_one_surface():
    rules = {
        "SGD": lambda p: torch.optim.SGD(p, lr=0.3),
        "Adam": lambda p: torch.optim.Adam(p, lr=0.02),
        "LBFGS": lambda p: torch.optim.LBFGS(p, max_iter=2),
    }
    paths = {name: trained(mlp(), rule) for name, rule in rules.items()}
    history = [point for path in paths.values() for point in path.points]
    surface = surface_of(
        paths["Adam"].model,
        F.cross_entropy,
        rows(),
        directions="pca",
        history=history,
    )
    shadows = {n: surface.project(p.points) for n, p in paths.items()}
    starts = [(shadow.x[0], shadow.y[0]) for shadow in shadows.values()]
    assert_allclose(starts, [starts[0]] * 3, atol=1e-9)
    assert len({shadow.x[-1] for shadow in shadows.values()}) == 3


def test_losses_along_a_path_are_those_of_its_models():
    path = trained(mlp())
    losses = landscape.path_losses(
        mlp(), F.cross_entropy, rows(), [mlp(), path.model]
    )
    assert losses[0] == own_forward(mlp(), F.cross_entropy, rows())
    assert losses[1] == own_forward(path.model, F.cross_entropy, rows())


def whole_hessian(model, loss, data):
    parameters = dict(model.eval().named_parameters())
    start = torch.cat([p.detach().reshape(-1) for p in parameters.values()])

    def value(vector):
        pieces = vector.split([p.numel() for p in parameters.values()])
        point = {
            name: piece.view_as(parameter)
            for (name, parameter), piece in zip(
                parameters.items(), pieces, strict=True
            )
        }
        return loss(functional_call(model, point, (data[0],)), data[1])

    return torch.autograd.functional.hessian(value, start).numpy()


@pytest.mark.parametrize("build", [mlp, lambda: seeded(little)])
def test_eigenvalues_are_those_of_the_whole_hessian(build):
    model = build()
    exact = whole_hessian(model, F.cross_entropy, rows())
    found = landscape.hessian_eigenvalues(
        model.train(), F.cross_entropy, rows(), k=3
    )
    expected = np.linalg.eigvalsh(exact)[::-1][:3]
    assert_allclose(found.values, expected, rtol=1e-4)
    for value, vector in zip(found.values, found.vectors, strict=True):
        assert_allclose(vector.norm(), 1, rtol=1e-5)
        assert_allclose(exact @ vector.numpy(), value * vector, atol=1e-3)


def little():
    return nn.Sequential(nn.Linear(6, 3), nn.Tanh(), nn.Linear(3, 4))


def test_trace_lies_within_its_error():
    model = mlp(nn.Tanh)
    exact = np.trace(whole_hessian(model, F.cross_entropy, rows()))
    estimate, error = landscape.hessian_trace(
        model, F.cross_entropy, rows(), samples=200
    )
    assert abs(estimate - exact) < 4 * error
    assert error < 0.1 * exact


def test_curvature_over_batches_is_that_of_all_examples():
    X, y = rows()
    batches = [(X[:20], y[:20]), (X[20:], y[20:])]
    whole = landscape.hessian_eigenvalues(mlp(), F.cross_entropy, (X, y))
    parts = landscape.hessian_eigenvalues(mlp(), F.cross_entropy, batches)
    assert_allclose(parts.values, whole.values, rtol=1e-4)


def test_curvature_leaves_the_model_alone():
    model = mlp().requires_grad_(False)
    landscape.hessian_trace(model, F.cross_entropy, rows(), samples=2)
    assert model.training
    assert not any(p.requires_grad for p in model.parameters())


def deeper(model):
    return nn.Sequential(*model, nn.Linear(4, 4))


ARGUMENTS = F.cross_entropy, rows()
BAD = [
    (
        lambda: landscape.interpolate(mlp(), little(), *ARGUMENTS),
        r"model_b must hold '3.weight'",
    ),
    (
        lambda: landscape.interpolate(mlp(), deeper(mlp()), *ARGUMENTS),
        "model_b must have the model's parameters and no more, got '6.weight'",
    ),
    (
        lambda: surface_of(mlp(), *ARGUMENTS).project(mlp()),
        "path must be a sequence of points, got Sequential",
    ),
    (
        lambda: trained(mlp(), torch.optim.SGD(mlp().parameters())),
        "optimizer must be callable with the parameters, got SGD",
    ),
    (
        lambda: trained(mlp(), lambda p: None),
        "optimizer must return a torch.optim.Optimizer, got NoneType",
    ),
    (
        lambda: trained(mlp().requires_grad_(False)),
        "model must have parameters to train, got none",
    ),
    (
        lambda: landscape.hessian_trace(
            mlp(), nn.CrossEntropyLoss(reduction="none"), rows()
        ),
        r"loss must return one number, got shape \(60,\)",
    ),
    (
        lambda: landscape.hessian_trace(
            mlp(), lambda outputs, _: outputs.mean().item(), rows()
        ),
        "loss must return a tensor, got float",
    ),
    (
        lambda: landscape.hessian_eigenvalues(
            mlp(), lambda outputs, _: torch.nan * outputs.sum(), rows()
        ),
        "loss must have finite second derivatives at the model",
    ),
    (
        lambda: landscape.interpolate(mlp(), mlp(outputs=5), *ARGUMENTS),
        r"model_b must have the shapes of the model's parameters, got .*",
    ),
    (
        lambda: landscape.interpolate(mlp(), mlp(), *ARGUMENTS, start=2),
        r"stop must lie above start \(2.0\), got 1.0",
    ),
    (
        lambda: surface_of(mlp(), *ARGUMENTS).project([]),
        "path must hold at least one point, got none",
    ),
    (
        lambda: surface_of(mlp(), *ARGUMENTS).project([torch.ones(2)]),
        r"path must have one number for each of the 276 parameters, "
        r"got shape \(2,\)",
    ),
    (
        lambda: surface_of(mlp(), *ARGUMENTS).project(
            [torch.full((276,), torch.nan)]
        ),
        "path must hold finite numbers only",
    ),
    (
        lambda: landscape.hessian_eigenvalues(mlp(), *ARGUMENTS, k=500),
        "k must be at most 276, the number of parameters, got 500",
    ),
    (
        lambda: landscape.hessian_trace(mlp(), *ARGUMENTS, samples=1),
        "samples must be a whole number of at least 2, got 1",
    ),
    (
        lambda: landscape.loss_line(mlp(), *ARGUMENTS, steps=4),
        "steps must be odd, so that the model is a point, got 4",
    ),
]


@pytest.mark.parametrize("call, message", BAD)
def test_bad_input_is_named_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()

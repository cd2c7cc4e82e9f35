"""The explorer of a small network's landscape."""

import asyncio
import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import explorers, rest
from lossviz.explorer import Slider
from lossviz.explorers import _small_network as net
from lossviz.explorers import landscape as module

START = {
    "loss": "soft_margin_loss",
    "decay": 1e-3,
    "width": 8,
    "seed": 0,
}
LOSSES = ["soft_margin_loss", "hinge_loss", "mse_loss"]


@pytest.fixture(scope="module")
def shared():
    return explorers.landscape.small_network()


@pytest.fixture
def explorer(shared):
    """The explorer at its start, as if it had just been made."""
    shared.set(**START)
    return shared


def ends(control):
    if isinstance(control, Slider):
        return [control.low, control.high]
    return list(control.options.values())


@torch.no_grad()
def objective(theta, loss, decay, width):
    """Loss and penalty, by torch."""
    X, target = map(torch.from_numpy, net.half_moons())
    network = net.network(theta, width)
    score = network(X)
    return net.torch_loss(loss)(score, target[:, None]) + decay / 2 * sum(
        (p**2).sum() for p in network.parameters()
    )


def test_every_control_moves_picture_and_words_from_the_start(explorer):
    start, alt = explorer.png(), explorer.alt
    for control in explorer.controls:
        for value in ends(control):
            if value != control.value:
                explorer.set(**START | {control.name: value})
                assert explorer.png() != start, (control.name, value)
                assert explorer.alt != alt, (control.name, value)


def test_every_corner_of_the_controls_is_drawn_and_said(explorer):
    names = [control.name for control in explorer.controls]
    for corner in itertools.product(*map(ends, explorer.controls)):
        explorer.set(**dict(zip(names, corner, strict=True)))
        assert np.isfinite(explorer.data["z"]).all()
        assert explorer.data["fall"][1] < explorer.data["fall"][0]
        assert explorer.png()
        assert len(explorer.alt.split()) < 80


@pytest.mark.parametrize("loss", LOSSES)
def test_descent_is_that_of_torch(loss):
    path = net.descent(loss, 0.01, 5, 3)
    theta = torch.from_numpy(path[0].copy())
    network = net.network(theta, 5).double()
    torch.nn.utils.vector_to_parameters(theta, network.parameters())
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.2, momentum=0.9, weight_decay=0.01
    )
    X, target = map(torch.from_numpy, net.half_moons())
    for point in path:
        ours = torch.nn.utils.parameters_to_vector(network.parameters())
        assert_allclose(point, ours.detach().numpy(), rtol=1e-6, atol=1e-9)
        optimizer.zero_grad()
        loss_of = net.torch_loss(loss)
        loss_of(network(X), target[:, None]).backward()
        optimizer.step()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("decay", [1e-4, 0.1])
def test_every_point_of_the_surface_is_the_objective_there(
    explorer, loss, decay
):
    explorer.set(loss=loss, decay=decay, width=4)
    theta = torch.from_numpy(net.descent(loss, decay, 4, 0)[-1])
    d1, d2 = map(torch.from_numpy, explorer.data["directions"])
    axis = np.linspace(-1.25, 1.25, 17)
    for i, j in [(0, 0), (8, 8), (3, 15), (16, 1)]:
        point = theta + axis[j] * d1 + axis[i] * d2
        expected = float(objective(point, loss, decay, 4))
        assert_allclose(explorer.data["z"][i, j], expected, rtol=1e-4)
    assert_allclose(explorer.data["z"][8, 8], explorer.data["fall"][1], 1e-4)


def test_descent_ends_in_the_middle_and_stays_in_the_panel(explorer):
    path = explorer.data["path"]
    assert_allclose(path[-1], 0, atol=1e-6)
    assert np.abs(path).max() <= 1 + 1e-6
    assert 0.5 < explorer.data["inside"] <= 1
    assert explorer.data["fall"][1] < explorer.data["fall"][0]


def test_a_preview_comes_at_once_and_is_refined_twice(explorer):
    preview, picture = explorer.data["z"], explorer.png()
    assert preview.shape == (17, 17)
    assert "17 × 17" in explorer.alt
    shapes = []
    while explorer.refine():
        shapes.append(explorer.data["z"].shape)
    assert shapes == [(33, 33), (65, 65)]
    assert "65 × 65" in explorer.alt
    assert explorer.png() != picture
    assert_allclose(explorer.data["z"][::4, ::4], preview, rtol=1e-4)
    assert not explorer.refine()


def test_moving_a_control_begins_a_new_preview(explorer):
    assert explorer.refine()
    explorer.set(seed=1)
    assert explorer.data["z"].shape == (17, 17)
    assert explorer.refine()
    assert explorer.params["seed"] == 1
    assert "seed 1" in explorer.alt


def test_same_settings_give_the_same_picture(explorer):
    def finished():
        while explorer.refine():
            pass
        return explorer.png()

    first = finished()
    explorer.set(seed=5)
    net.descent.cache_clear()
    explorer.set(**START)
    assert finished() == first


def test_readers_without_a_kernel_see_the_finest_picture(explorer):
    html = explorer._repr_mimebundle_()["text/html"]
    assert "65 × 65 points" in html


def test_preview_is_interpolated_between_its_points():
    z = np.array([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]])
    weights = module._between(3)
    assert_allclose(weights.sum(axis=1), 1)
    fine = weights @ z @ weights.T
    assert_allclose(fine[[0, -1]][:, [0, -1]], [[0, 2], [6, 8]])
    assert_allclose(np.diff(fine, 2), 0, atol=1e-12)


def test_points_of_the_plane_are_coloured_from_dark_to_light():
    z = np.linspace(0, 1, 17)[:, None] * np.ones(17)
    brightness = module._coloured(z)[..., :3].sum(axis=2, dtype=int)
    assert (np.diff(brightness, axis=0) >= 0).all()
    assert len(np.unique(brightness)) == 12
    flat = module._coloured(np.ones((17, 17)))
    assert len(np.unique(flat.reshape(-1, 4), axis=0)) == 1


# In the background


@pytest.fixture
def hurry(monkeypatch):
    monkeypatch.setattr(rest, "PAUSE", 0)
    monkeypatch.setattr(rest, "BREATH", 0)


def slider(explorer, label):
    inputs = explorer.app().children[1].children
    return next(w for w in inputs if w.description.startswith(label))


def test_picture_is_refined_while_the_controls_rest(explorer, hurry):
    explorer.app()
    shown = []

    async def kernel():
        slider(explorer, "seed").value = 2
        shown.append(explorer.app().children[2].value)
        assert explorer.data["z"].shape == (17, 17)
        for _ in range(20):
            await asyncio.sleep(0)
        shown.append(explorer.app().children[2].value)

    asyncio.run(kernel())
    assert explorer.data["z"].shape == (65, 65)
    assert "17 × 17 points" in shown[0]
    assert "65 × 65 points" in shown[1]


def test_a_step_that_fails_is_told_in_place_of_the_picture(explorer, hurry):
    explorer.app()

    def broken(data, **params):
        raise RuntimeError("no memory")
        yield data

    async def kernel(monkeypatch):
        monkeypatch.setattr(explorer, "_refine", broken)
        slider(explorer, "seed").value = 3
        for _ in range(20):
            await asyncio.sleep(0)

    with pytest.MonkeyPatch.context() as monkeypatch:
        asyncio.run(kernel(monkeypatch))
    assert "no memory" in explorer.app().children[2].value
    assert isinstance(explorer.error, RuntimeError)
    explorer.set(**START)
    assert explorer.error is None


def test_explorers_that_need_no_refining_have_no_steps():
    explorer = explorers.regression.huber_lab()
    before = explorer.png()
    assert not explorer.refine()
    assert_array_equal(explorer.png(), before)

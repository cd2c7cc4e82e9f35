"""Small networks and examples that the tests of landscapes share."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from lossviz import landscape


def rows(n=60, features=6, classes=4):
    generator = torch.Generator().manual_seed(1)
    X = torch.randn(n, features, generator=generator)
    return X, torch.randint(0, classes, (n,), generator=generator)


def images(n=20, size=9):
    generator = torch.Generator().manual_seed(2)
    X = torch.randn(n, 2, size, size, generator=generator)
    return X, torch.randint(0, 5, (n,), generator=generator)


def targets_for(outputs, n=60):
    return torch.randn(n, outputs, generator=torch.Generator().manual_seed(3))


def seeded(build):
    """Build a network whose first weights are always the same."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        return build()


def mlp(activation=nn.ReLU, outputs=4):
    return seeded(
        lambda: nn.Sequential(
            nn.Linear(6, 16),
            activation(),
            nn.Dropout(0.5),
            nn.Linear(16, 8, bias=False),
            activation(),
            nn.Linear(8, outputs),
        )
    )


def cnn(activation=nn.ReLU):
    return seeded(
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1),
            activation(),
            nn.MaxPool2d(2),
            nn.Sequential(nn.Conv2d(4, 6, 3, stride=2), activation()),
            nn.Flatten(),
            nn.Linear(6, 5),
        )
    )


def pooled_twice():
    """A network that takes images of any size."""
    return seeded(
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, padding=1),
            nn.Tanh(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 5, 2),
            nn.Flatten(),
        )
    )


def wide_cnn(*head):
    """A network whose convolutions are several products each."""
    return seeded(
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1),
            nn.Tanh(),
            nn.Conv2d(4, 20, 3, padding=1),
            nn.GELU(),
            nn.MaxPool2d(2),
            nn.Conv2d(20, 5, 2, padding=1, bias=False),
            nn.Flatten(),
            *head,
        )
    )


def overlapping_cnn():
    return seeded(
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3, groups=2, bias=False),
            nn.Sigmoid(),
            nn.MaxPool2d(3, stride=2),
            nn.Flatten(),
            nn.Linear(36, 5),
        )
    )


class Residual(nn.Module):
    """A network that is no chain: a shortcut, BatchNorm and dropout."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.drop = nn.Dropout(0.5)
        self.last = nn.Linear(64, 5)

    def forward(self, images):
        h = torch.relu(self.norm(self.first(images)))
        h = self.pool(h + self.second(h))
        return self.last(self.drop(h.flatten(1)))


class Tied(nn.Module):
    """A network whose two layers are the same parameters."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(6, 6)
        self.again = self.inner

    def forward(self, x):
        return self.again(torch.tanh(self.inner(x)))


def float64(value):
    if isinstance(value, nn.Module):
        return copy.deepcopy(value).double()
    if isinstance(value, torch.Tensor):
        return value.double() if value.is_floating_point() else value
    return type(value)(map(float64, value))


def plain_loop(surface, model, loss, data):
    """Return z of a surface again, from a loop written out in float64."""
    model = float64(model).eval()
    start = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    batches = [data] if isinstance(data[0], torch.Tensor) else data
    batches, loss = float64(list(batches)), float64_loss(loss)
    d1, d2 = (direction.double() for direction in surface.directions)
    z = np.empty_like(surface.z)
    for i, y in enumerate(surface.y):
        for j, x in enumerate(surface.x):
            torch.nn.utils.vector_to_parameters(
                start + x * d1 + y * d2, model.parameters()
            )
            with torch.no_grad():
                z[i, j] = sum(
                    len(X) * loss(model(X), t).item() for X, t in batches
                ) / sum(len(X) for X, _ in batches)
    return z


def float64_loss(loss):
    return float64(loss) if isinstance(loss, nn.Module) else loss


def surface_of(model, loss, data, **options):
    options = {"steps": 5, "progress": False, **options}
    return landscape.loss_landscape(model, loss, data, **options)


def own_forward(model, loss, data):
    model = copy.deepcopy(model).eval()
    with torch.no_grad():
        return loss(model(data[0]), data[1]).item()


def weighted_cross_entropy(**options):
    weight = torch.tensor([0.5, 2.0, 1.0, 3.0])
    return nn.CrossEntropyLoss(weight=weight, **options)


def absolute_error(outputs, targets):
    """Take the mean absolute error, as a function of our own."""
    return (outputs.view(len(targets), -1) - targets).abs().mean()


def squared_error(outputs, targets):
    return F.mse_loss(outputs, targets)

"""Arguments that are no numbers, described by numbers and words.

A question may hand an answer a network, an optimiser, a function, a random
generator or a type. Each is described here by plain data, which can travel
to the process where the answer runs, and is made there by `realise`.
"""

import copy
from dataclasses import dataclass

import numpy as np

LAYERS = {
    "linear": "Linear",
    "relu": "ReLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "dropout": "Dropout",
    "batch norm": "BatchNorm1d",
    "flatten": "Flatten",
}
OPTIMIZERS = ("SGD", "Adam")


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A `torch.nn.Sequential`.

    Attributes
    ----------
    layers : tuple of tuple
        Each a name of `LAYERS` and its numbers, such as `("linear", 3, 4)`.
    parameters : tuple of ndarray
        All weights and biases, in the order of the network's `parameters()`;
        their precision is the network's.
    """

    layers: tuple
    parameters: tuple

    def __repr__(self):
        layers = [" ".join(map(str, layer)) for layer in self.layers]
        return f"network({', '.join(layers)})"

    def make(self):
        """Return the real network, in training mode."""
        import torch

        # The random numbers that layers start from are nobody's business.
        with torch.random.fork_rng(devices=[]):
            network = torch.nn.Sequential(
                *(
                    getattr(torch.nn, LAYERS[name])(*numbers)
                    for name, *numbers in self.layers
                )
            )
        values = [torch.tensor(np.asarray(p)) for p in self.parameters]
        if values:
            network.to(values[0].dtype)
        pairs = zip(network.parameters(), values, strict=True)
        with torch.no_grad():
            for parameter, value in pairs:
                parameter.copy_(value)
        return network


@dataclass(frozen=True, repr=False)
class Optimizer:
    """An optimiser of `torch.optim` for a network among the arguments.

    Attributes
    ----------
    name : str
        One of `OPTIMIZERS`.
    settings : dict
        Its keyword arguments, such as `{"lr": 0.1}`.
    of : int
        Position of the network.
    """

    name: str
    settings: dict
    of: int = 0

    def __repr__(self):
        pairs = [f"{name}={value}" for name, value in self.settings.items()]
        return f"{self.name}({', '.join(pairs)})"

    def make(self, network):
        """Return the real optimiser of a real network."""
        import torch

        if self.name not in OPTIMIZERS:
            raise ValueError(
                f"name must be one of {', '.join(OPTIMIZERS)}, "
                f"got {self.name!r}"
            )
        kind = getattr(torch.optim, self.name)
        return kind(network.parameters(), **self.settings)


@dataclass(frozen=True, repr=False)
class Function:
    """A function, given as one expression in which `np` is known."""

    source: str

    def __repr__(self):
        return self.source

    def make(self):
        """Return the real function."""
        return eval(self.source, {"np": np})


@dataclass(frozen=True, repr=False)
class Generator:
    """A NumPy random generator, fresh from its seed."""

    seed: int

    def __repr__(self):
        return f"np.random.default_rng({self.seed})"

    def make(self):
        """Return the real generator."""
        return np.random.default_rng(self.seed)


@dataclass(frozen=True, repr=False)
class DType:
    """A NumPy type of numbers, such as `np.float32`."""

    name: str

    def __repr__(self):
        return f"np.{self.name}"

    def make(self):
        """Return the real type."""
        return np.dtype(self.name).type


@dataclass(frozen=True)
class Item:
    """What stands at a place of the answer's own reply (for `apply_to`)."""

    number: int


KINDS = (Network, Optimizer, Function, Generator, DType, Item)


def realise(args):
    """Return the real arguments, in a list; all of them are new objects.

    Parameters
    ----------
    args : sequence
        Plain values and descriptions of this module. An optimiser belongs
        to the network that is made here.
    """
    made = [_made(argument) for argument in args]
    for place, argument in enumerate(args):
        if isinstance(argument, Optimizer):
            made[place] = argument.make(made[argument.of])
    return made


def _made(argument):
    if isinstance(argument, (Network, Function, Generator, DType)):
        return argument.make()
    return copy.deepcopy(argument)

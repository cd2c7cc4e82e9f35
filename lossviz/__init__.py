"""Loss functions, their gradients, surfaces, pictures and explorers.

The module behind the lectures. Importing it loads NumPy and the losses;
every other part is loaded when it is first used:

>>> import lossviz as lv
>>> lv.losses.huber_loss([3.0], [0.0], delta=1.0)
np.float64(2.5)
"""

import importlib
import pkgutil

from lossviz import losses as losses

__version__ = "0.1.0"

_PARTS = [
    part.name
    for part in pkgutil.iter_modules(__path__)
    if not part.name.startswith("_")
]

__all__ = ["__version__", *_PARTS]


def __getattr__(name: str):
    """Import a part of the package when it is first asked for."""
    if name in _PARTS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(n for n in globals() if n.startswith("__"))})

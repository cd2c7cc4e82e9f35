"""How the loss of a torch network looks around its parameters.

Surfaces, lines between networks, paths of optimizers and the curvature.
Torch is imported when a function is called, and everything is computed on a
copy: the caller's model, its gradients and its mode stay as they are.
"""

from lossviz.landscape.curvature import (
    Curvature,
    hessian_eigenvalues,
    hessian_trace,
)
from lossviz.landscape.lines import Line, interpolate, loss_line
from lossviz.landscape.paths import Path, Projection, path_losses, train_path
from lossviz.landscape.plane import Landscape, loss_landscape

__all__ = [
    "Curvature",
    "Landscape",
    "Line",
    "Path",
    "Projection",
    "hessian_eigenvalues",
    "hessian_trace",
    "interpolate",
    "loss_landscape",
    "loss_line",
    "path_losses",
    "train_path",
]

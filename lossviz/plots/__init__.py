"""Axes-level drawing of losses, data, fits, surfaces and paths.

Every function draws on `ax`, or on a new figure in the course's look if
`ax` is omitted, and returns the Axes. None shows, saves or titles anything,
and legends stand beside the axes, where they cover nothing.
`describe(ax)` gives the alternative text of what was drawn.
"""

from lossviz.plots.bars import plot_bars, plot_histogram
from lossviz.plots.classes import (
    plot_embedding,
    plot_margin_losses,
    plot_probabilities,
    plot_softmax,
)
from lossviz.plots.curves import (
    loss_label,
    plot_influence,
    plot_loss,
    plot_loss_and_gradient,
    plot_losses,
)
from lossviz.plots.data import (
    plot_band,
    plot_density,
    plot_line,
    plot_points,
    plot_residuals,
)
from lossviz.plots.describe import describe
from lossviz.plots.fields import plot_arrows, plot_gradient_field
from lossviz.plots.likelihood import plot_coefficients, plot_likelihood
from lossviz.plots.relief import plot_slice, plot_surface_3d
from lossviz.plots.surfaces import plot_heatmap, plot_path, plot_surface

__all__ = [
    "describe",
    "loss_label",
    "plot_arrows",
    "plot_band",
    "plot_bars",
    "plot_coefficients",
    "plot_density",
    "plot_embedding",
    "plot_gradient_field",
    "plot_heatmap",
    "plot_histogram",
    "plot_influence",
    "plot_likelihood",
    "plot_line",
    "plot_loss",
    "plot_loss_and_gradient",
    "plot_losses",
    "plot_margin_losses",
    "plot_path",
    "plot_points",
    "plot_probabilities",
    "plot_residuals",
    "plot_slice",
    "plot_softmax",
    "plot_surface",
    "plot_surface_3d",
]

"""Loss functions that read like the formula, each with its gradient.

`LOSSES` maps the name of each loss to its record, from which plots, tests
and tables are made.
"""

from lossviz.losses.base import Loss
from lossviz.losses.regression import (
    REGRESSION,
    gaussian_nll_loss,
    gaussian_nll_loss_grad,
    general_robust_loss,
    general_robust_loss_grad,
    huber_loss,
    huber_loss_grad,
    l1_loss,
    l1_loss_grad,
    laplace_nll_loss,
    laplace_nll_loss_grad,
    log_cosh_loss,
    log_cosh_loss_grad,
    mixture_nll_loss,
    mixture_nll_loss_grad,
    mse_loss,
    mse_loss_grad,
    poisson_nll_loss,
    poisson_nll_loss_grad,
    pseudo_huber_loss,
    pseudo_huber_loss_grad,
    quantile_loss,
    quantile_loss_grad,
    smooth_l1_loss,
    smooth_l1_loss_grad,
    von_mises_nll_loss,
    von_mises_nll_loss_grad,
)

LOSSES: dict[str, Loss] = {loss.name: loss for loss in REGRESSION}

__all__ = [
    "LOSSES",
    "Loss",
    "gaussian_nll_loss",
    "gaussian_nll_loss_grad",
    "general_robust_loss",
    "general_robust_loss_grad",
    "huber_loss",
    "huber_loss_grad",
    "l1_loss",
    "l1_loss_grad",
    "laplace_nll_loss",
    "laplace_nll_loss_grad",
    "log_cosh_loss",
    "log_cosh_loss_grad",
    "mixture_nll_loss",
    "mixture_nll_loss_grad",
    "mse_loss",
    "mse_loss_grad",
    "poisson_nll_loss",
    "poisson_nll_loss_grad",
    "pseudo_huber_loss",
    "pseudo_huber_loss_grad",
    "quantile_loss",
    "quantile_loss_grad",
    "smooth_l1_loss",
    "smooth_l1_loss_grad",
    "von_mises_nll_loss",
    "von_mises_nll_loss_grad",
]

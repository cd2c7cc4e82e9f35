"""Loss functions that read like the formula, each with its gradient.

`LOSSES` maps the name of each loss to its record, from which plots, tests
and tables are made.
"""

from lossviz.losses.base import Loss
from lossviz.losses.classification import (
    CLASSIFICATION,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
)
from lossviz.losses.links import log_softmax, sigmoid, softmax
from lossviz.losses.margins import (
    MARGINS,
    exponential_loss,
    exponential_loss_grad,
    hinge_loss,
    hinge_loss_grad,
    soft_margin_loss,
    soft_margin_loss_grad,
    squared_hinge_loss,
    squared_hinge_loss_grad,
    zero_one_loss,
    zero_one_loss_grad,
)
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

LOSSES: dict[str, Loss] = {
    loss.name: loss for loss in (*REGRESSION, *MARGINS, *CLASSIFICATION)
}

__all__ = [
    "LOSSES",
    "Loss",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_grad",
    "exponential_loss",
    "exponential_loss_grad",
    "gaussian_nll_loss",
    "gaussian_nll_loss_grad",
    "general_robust_loss",
    "general_robust_loss_grad",
    "hinge_loss",
    "hinge_loss_grad",
    "huber_loss",
    "huber_loss_grad",
    "l1_loss",
    "l1_loss_grad",
    "laplace_nll_loss",
    "laplace_nll_loss_grad",
    "log_cosh_loss",
    "log_cosh_loss_grad",
    "log_softmax",
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
    "sigmoid",
    "smooth_l1_loss",
    "smooth_l1_loss_grad",
    "soft_margin_loss",
    "soft_margin_loss_grad",
    "softmax",
    "squared_hinge_loss",
    "squared_hinge_loss_grad",
    "von_mises_nll_loss",
    "von_mises_nll_loss_grad",
    "zero_one_loss",
    "zero_one_loss_grad",
]

"""Cross-entropy with the class axis first.

On a CPU, a softmax over the last axis of (N, 10) logits runs many times
slower than one over the first axis of (10, N): ten numbers do not fill the
vector units, N do.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Above this many classes a softmax over the last axis is as fast.
FEW_CLASSES = 64


class CrossEntropy:
    """Mean cross-entropy of several sets of logits against one target.

    It is minus the product of the log-softmax with a fixed table: the share
    that each class of each example has in the mean.

    Parameters
    ----------
    shares : Tensor of shape (classes, N)
        That table.
    """

    def __init__(self, shares: Tensor) -> None:
        self.shares = -shares.reshape(-1)

    def __call__(self, logits: Tensor) -> Tensor:
        """Return the loss of each of the (g, classes, N) logits."""
        return torch.log_softmax(logits, 1).flatten(1) @ self.shares


def shares_of(target: Tensor, logits: Tensor, options: dict) -> Tensor:
    """Return each class's share of the mean, for classes as targets.

    Parameters
    ----------
    target : Tensor of shape (N,)
        Class of each example.
    logits : Tensor of shape (..., classes, N)
        For its number of classes and its kind.
    options : dict
        ``weight``, ``ignore_index`` and ``label_smoothing`` as in torch.
    """
    classes, smoothing = logits.shape[-2], options["label_smoothing"]
    counted = target != options["ignore_index"]
    one_hot = F.one_hot(target.where(counted, 0), classes).T.double()
    weight = options["weight"]
    if weight is None:
        weight = torch.ones(classes)
    weight = weight.to(one_hot)[:, None]
    total = (weight * one_hot * counted).sum()
    spread = (1 - smoothing) * one_hot + smoothing / classes
    return (spread * weight * counted / total).to(logits.dtype)


def cross_entropy_of(
    loss: Callable, target: Tensor, logits: Tensor
) -> CrossEntropy | None:
    """Return the loss with the class axis first, if it is cross-entropy.

    None for every other loss, and for targets that are probabilities.

    Parameters
    ----------
    loss : callable
        As the caller gave it.
    target : Tensor
        The targets.
    logits : Tensor of shape (..., classes, N)
        Outputs of the kind that the result will be called with.
    """
    options = _options(loss)
    if options is None or target.ndim != 1 or target.is_floating_point():
        return None
    return CrossEntropy(shares_of(target, logits, options))


def _options(loss: Callable) -> dict | None:
    if loss is F.cross_entropy:
        loss = nn.CrossEntropyLoss()
    plain = type(loss) is nn.CrossEntropyLoss and not has_hooks(loss)
    if not plain or loss.reduction != "mean":
        return None
    return {
        "weight": loss.weight,
        "ignore_index": loss.ignore_index,
        "label_smoothing": loss.label_smoothing,
    }


def has_hooks(module: nn.Module) -> bool:
    """Whether calling the module runs more than its forward method."""
    return bool(module._forward_hooks or module._forward_pre_hooks)


def few_classes(output: Tensor) -> bool:
    """Whether logits are such that the class axis is better first."""
    return (
        isinstance(output, Tensor)
        and output.ndim == 2
        and output.device.type == "cpu"
        and output.shape[1] <= FEW_CLASSES
    )


def class_first(output: Tensor) -> Tensor:
    """Return (N, C) outputs as (1, C, N), laid out in that order."""
    return output.t().contiguous()[None]


def per_example(outputs: Tensor) -> Tensor:
    """Return (C, N) outputs in the (N, C) order that a loss expects."""
    return outputs.t().contiguous()


def stacked(
    outputs: Tensor, loss: Callable[[Tensor], Tensor | float]
) -> Tensor:
    """Return a loss of each of the (g, C, N) outputs, one at a time."""
    return torch.stack(
        [torch.as_tensor(loss(per_example(part))) for part in outputs]
    )

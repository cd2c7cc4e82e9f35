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


def cross_entropy(outputs: Tensor, shares: Tensor) -> float:
    """Return the mean cross-entropy of (N, classes) logits.

    It is minus the product of the log-softmax with a fixed table: the share
    that each class of each example has in the mean.

    Parameters
    ----------
    outputs : Tensor of shape (N, classes)
        The logits.
    shares : Tensor of shape (classes · N,)
        That table.
    """
    logs = torch.log_softmax(outputs.t().contiguous(), 0)
    return -torch.dot(logs.view(-1), shares).item()


def cross_entropy_shares(
    loss: Callable, target: Tensor, classes: int, dtype: torch.dtype
) -> Tensor | None:
    """Return the (classes, N) table for a loss, if it is cross-entropy.

    None for every other loss, and for targets that are probabilities.
    """
    options = _options(loss)
    if options is None or target.ndim != 1 or target.is_floating_point():
        return None
    counted = target != options["ignore_index"]
    one_hot = F.one_hot(target.where(counted, 0), classes).T.double()
    weight = options["weight"]
    if weight is None:
        weight = torch.ones(classes)
    weight = weight.to(one_hot)[:, None]
    total = (weight * one_hot * counted).sum()
    smoothing = options["label_smoothing"]
    spread = (1 - smoothing) * one_hot + smoothing / classes
    return (spread * weight * counted / total).to(dtype)


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

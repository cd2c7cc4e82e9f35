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

    Parameters
    ----------
    target : Tensor of shape (N,)
        Class of each example.
    options : dict
        ``weight``, ``ignore_index`` and ``label_smoothing`` as in torch.
    """

    def __init__(self, target: Tensor, options: dict) -> None:
        self.target = target
        self.options = options
        counted = target != options["ignore_index"]
        weight = options["weight"]
        if weight is None:
            self.total = counted.sum()
        else:
            self.total = weight[target[counted]].sum()

    def __call__(self, logits: Tensor) -> Tensor:
        """Return the loss of each of the (g, classes, N) logits."""
        each = F.cross_entropy(
            logits,
            self.target.expand(len(logits), -1),
            reduction="none",
            **self.options,
        )
        return each.sum(1) / self.total


def cross_entropy_of(loss: Callable, target: Tensor) -> CrossEntropy | None:
    """Return the loss with the class axis first, if it is cross-entropy.

    None for every other loss, and for targets that are probabilities.
    """
    options = _options(loss)
    if options is None or target.ndim != 1 or target.is_floating_point():
        return None
    return CrossEntropy(target, options)


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

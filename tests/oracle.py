"""What the tests of losses compare with: torch's autograd, in float64."""

import numpy as np
import torch

TOLERANCE = 1e-12


def agree(ours, theirs, largest=0.0):
    """Assert agreement to 1e-12 of the largest term, or of 1.

    Where they overflow, anything but NaN is as good.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    assert not np.isnan(ours).any()
    largest = np.maximum(1, np.maximum(np.abs(theirs), largest))
    with np.errstate(invalid="ignore"):
        agreed = np.abs(ours - theirs) <= TOLERANCE * largest
    assert (agreed | ~np.isfinite(theirs)).all()


def by_torch(function, learned, *fixed, **keywords):
    """Return a torch loss and its gradient by each learned argument."""
    learned = [torch.tensor(a, requires_grad=True) for a in learned]
    fixed = [torch.tensor(a) for a in fixed]
    value = function(*learned, *fixed, **keywords)
    found = torch.autograd.grad(value.sum(), learned)
    return value.detach().numpy(), *(gradient.numpy() for gradient in found)


def reduced(values, reduction):
    """Reduce a tensor of losses as torch's own functions do."""
    return {"mean": values.mean(), "sum": values.sum(), "none": values}[
        reduction
    ]

"""What the catalogue of losses says of torch is what torch does."""

import math
import tomllib
import warnings
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from numpy.testing import assert_allclose
from torch import nn, tensor

from course.publish import inside
from lossviz.losses import LOSSES

FILE = inside("course/publish/site/pitfalls.toml")
PITFALLS = tomllib.loads(FILE.read_text(encoding="utf-8"))["pitfall"]
CHECKS = {}
COLUMN, ROW = tensor([[1.0], [2.0], [3.0]]), tensor([1.0, 2.0, 3.0])


def check(function):
    """Enter a check under the id that its name spells."""
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


def refused(error, function, *arguments, **options):
    with pytest.raises(error):
        function(*arguments, **options)


def near(result, wanted, within=5e-3):
    assert abs(float(result) - wanted) < within, (float(result), wanted)


def slope(loss, *at):
    """Return the gradient by the first argument."""
    leaf = at[0].clone().requires_grad_()
    loss(leaf, *at[1:]).sum().backward()
    return leaf.grad


def class_of(name):
    function = LOSSES[name].torch.rsplit(".", 1)[1]
    return getattr(F, function)


@check
def two_shapes():
    for name in ("mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss"):
        with pytest.warns(UserWarning, match="target size"):
            assert class_of(name)(COLUMN, ROW) > 0.1


@check
def two_shapes_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        right = F.gaussian_nll_loss(ROW, ROW, torch.ones(3))
        spread = F.gaussian_nll_loss(COLUMN, ROW, torch.ones(3, 1))
        assert spread > right + 0.1
        assert F.poisson_nll_loss(COLUMN, ROW) != F.poisson_nll_loss(ROW, ROW)
        one, other = COLUMN.log_softmax(0), ROW.softmax(0)
        spread = F.kl_div(one, other, reduction="none")
    assert spread.shape == (3, 3)


@check
def mean_over_elements():
    error = torch.full((2, 3), 2.0), torch.zeros(2, 3)
    near(F.mse_loss(*error), 4)
    near(F.mse_loss(*error, reduction="sum") / 2, 12)
    near(F.l1_loss(*error), 2)


@check
def whole_numbers():
    for name in ("mse_loss", "huber_loss"):
        refused(RuntimeError, class_of(name), tensor([1]), tensor([2]))


@check
def weights_divide():
    weight = tensor([1.0, 3.0])
    given = tensor([1.0, 2.0]), torch.zeros(2)
    near(F.mse_loss(*given, weight=weight), (1 + 12) / 4)
    zeros = torch.zeros(2)
    loss = F.binary_cross_entropy_with_logits(zeros, zeros, weight=weight)
    near(loss, 4 * math.log(2) / 2)


@check
def slope_at_zero():
    assert slope(F.l1_loss, torch.zeros(1), torch.zeros(1)) == 0


@check
def root_at_zero():
    by_hand = slope(lambda r: (r**2).sum().sqrt(), torch.zeros(2))
    assert by_hand.isnan().all()
    assert (slope(torch.linalg.norm, torch.zeros(2)) == 0).all()


@check
def huber_is_scaled():
    r = torch.linspace(-5, 5, 21)
    for delta in (0.5, 1.0, 2.0):
        huber = nn.HuberLoss(delta=delta, reduction="none")(r, 0 * r)
        smooth = nn.SmoothL1Loss(beta=delta, reduction="none")(r, 0 * r)
        torch.testing.assert_close(huber, delta * smooth)
    assert not torch.equal(huber, smooth)


@check
def beta_zero():
    r = torch.linspace(-5, 5, 21)
    assert F.smooth_l1_loss(r, 0 * r, beta=0.0) == F.l1_loss(r, 0 * r)
    refused(RuntimeError, F.smooth_l1_loss, r, 0 * r, beta=-1.0)


@check
def delta_positive():
    refused(RuntimeError, F.huber_loss, ROW, 0 * ROW, delta=0.0)


@check
def variance_not_spread():
    given = tensor([0.0]), tensor([1.0])
    right = F.gaussian_nll_loss(*given, tensor([4.0]))
    wrong = F.gaussian_nll_loss(*given, tensor([2.0]))
    assert abs(right - wrong) > 0.1
    refused(ValueError, F.gaussian_nll_loss, *given, tensor([-1.0]))


@check
def order_of_gaussian():
    y, mean, var = tensor([1.0, 5.0]), tensor([2.0, 3.0]), tensor([1.0, 4.0])
    one = F.gaussian_nll_loss(mean, y, var)
    assert one == F.gaussian_nll_loss(y, mean, var)


@check
def variance_floor():
    given = tensor([1.0]), tensor([1.0])
    near(F.gaussian_nll_loss(*given, tensor([0.0])), -6.9078)
    bare = F.gaussian_nll_loss(*given, tensor([1.0]))
    full = F.gaussian_nll_loss(*given, tensor([1.0]), full=True)
    near(full - bare, math.log(2 * math.pi) / 2)
    loss = nn.GaussianNLLLoss()
    assert loss.eps == 1e-6 and not loss.full


@check
def rate_or_its_logarithm():
    given = tensor([3.0]), tensor([5.0])
    near(F.poisson_nll_loss(*given), 5.09)
    near(F.poisson_nll_loss(*given, log_input=False), -2.49)


@check
def counts_swapped():
    given = tensor([1.0]), tensor([5.0])
    swapped = F.poisson_nll_loss(*given[::-1])
    assert abs(F.poisson_nll_loss(*given) - swapped) > 0.1


@check
def stirling_above_one():
    for y in (0.0, 1.0, 2.0, 6.0):
        given = tensor([0.0]), tensor([y])
        bare = F.poisson_nll_loss(*given)
        added = F.poisson_nll_loss(*given, full=True) - bare
        if y > 1:
            near(added, math.lgamma(y + 1), within=0.05)
        assert (added == 0) == (y <= 1)


@check
def logits_wanted():
    for classes, floor in ((3, 0.55), (10, 1.46)):
        sure = F.one_hot(tensor([0]), classes).float()
        near(F.cross_entropy(sure, tensor([0])), floor)
    scores = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    target = tensor([0, 1, 2, 0])
    once = F.cross_entropy(scores, target)
    torch.testing.assert_close(
        once, F.cross_entropy(scores.log_softmax(1), target)
    )


@check
def classes_on_axis_one():
    target = torch.zeros(2, 5, dtype=torch.long)
    for loss in (F.cross_entropy, F.nll_loss):
        assert loss(torch.zeros(2, 3, 5), target).shape == ()
        refused(RuntimeError, loss, torch.zeros(2, 5, 3), target)


@check
def one_class():
    for score in (-9.0, 0.0, 9.0):
        assert F.cross_entropy(tensor([[score]]), tensor([0])) == 0


@check
def class_weights_cancel():
    scores = tensor([[1.0, 2.0], [0.0, 3.0]])
    weight, target = tensor([7.0, 1.0]), tensor([0, 0])
    for loss in (F.cross_entropy, F.nll_loss):
        weighted = loss(scores, target, weight=weight)
        torch.testing.assert_close(weighted, loss(scores, target))


@check
def weights_and_probabilities():
    scores, weight = torch.zeros(2, 3), tensor([2.0, 2.0, 2.0])
    by_index = F.cross_entropy(scores, tensor([0, 1]), weight=weight)
    rows = F.one_hot(tensor([0, 1]), 3).float()
    by_share = F.cross_entropy(scores, rows, weight=weight)
    torch.testing.assert_close(by_share, 2 * by_index)


@check
def form_of_targets():
    scores = torch.zeros(2, 3)
    for target in (
        tensor([0.0, 1.0]),
        F.one_hot(tensor([0, 1]), 3),
        tensor([[0], [1]]),
    ):
        refused((RuntimeError, ValueError), F.cross_entropy, scores, target)


@check
def rows_that_sum_to_three():
    scores, rows = tensor([[1.0, 2.0, 3.0]]), tensor([[0.2, 0.3, 0.5]])
    once = F.cross_entropy(scores, rows)
    torch.testing.assert_close(F.cross_entropy(scores, 3 * rows), 3 * once)


@check
def all_ignored():
    scores, target = torch.zeros(2, 3), tensor([-100, -100])
    for loss in (F.cross_entropy, F.nll_loss):
        assert loss(scores, target).isnan()
        assert (slope(loss, scores, target) == 0).all()


@check
def smoothing_reaches_the_truth():
    scores, eps = tensor([[1.0, 2.0, 3.0]]), 0.3
    smooth = F.cross_entropy(scores, tensor([0]), label_smoothing=eps)
    rows = tensor([[1 - eps + eps / 3, eps / 3, eps / 3]])
    torch.testing.assert_close(smooth, F.cross_entropy(scores, rows))


@check
def logarithms_wanted():
    shares = tensor([[0.2, 0.8]])
    assert -1 < F.nll_loss(shares, tensor([1])) < 0


@check
def kl_wants_logarithms():
    p, y = tensor([[0.3, 0.7]]), tensor([[0.6, 0.4]])
    right = F.kl_div(p.log(), y, reduction="batchmean")
    assert right > 0 > F.kl_div(p, y, reduction="batchmean")
    logs = F.kl_div(p.log(), y.log(), reduction="batchmean", log_target=True)
    torch.testing.assert_close(right, logs)
    unsaid = F.kl_div(p.log(), y.log(), reduction="batchmean")
    assert unsaid.isnan()


@check
def kl_mean_over_classes():
    p, y = tensor([[0.3, 0.7]]), tensor([[0.6, 0.4]])
    with pytest.warns(UserWarning, match="batchmean"):
        default = F.kl_div(p.log(), y)
    right = F.kl_div(p.log(), y, reduction="batchmean")
    torch.testing.assert_close(default, right / 2)


@check
def kl_swapped():
    p, y = tensor([[0.1, 0.9]]), tensor([[0.6, 0.4]])
    one = F.kl_div(p.log(), y, reduction="batchmean")
    assert abs(one - F.kl_div(y.log(), p, reduction="batchmean")) > 0.05


@check
def kl_zero():
    p, y = tensor([[0.3, 0.7]]), tensor([[0.0, 1.0]])
    near(F.kl_div(p.log(), y, reduction="sum"), -math.log(0.7))
    logs = F.kl_div(p.log(), y.log(), reduction="sum", log_target=True)
    assert logs.isnan()
    never = F.kl_div(y.log(), p, reduction="sum")
    assert never == math.inf


@check
def saturated_probability():
    def loss(z, y):
        return F.binary_cross_entropy(z.sigmoid(), y)

    z, y = tensor([17.0]), tensor([0.0])
    assert z.sigmoid() == 1
    assert loss(z, y) == 100
    assert slope(loss, z, y) == 0
    near(slope(F.binary_cross_entropy_with_logits, z, y), 1)


@check
def outside_unit_interval():
    for p in (-0.1, 1.1):
        refused(
            RuntimeError, F.binary_cross_entropy, tensor([p]), tensor([1.0])
        )


@check
def targets_beyond_one():
    loss = F.binary_cross_entropy_with_logits
    assert loss(tensor([5.0]), tensor([2.0])) < 0
    assert loss(tensor([1.0]), tensor([-1.0])) > 1


@check
def integer_labels():
    loss = F.binary_cross_entropy_with_logits
    refused(RuntimeError, loss, tensor([1.0]), tensor([1]))


@check
def positive_weight_mean():
    loss, zeros = F.binary_cross_entropy_with_logits, torch.zeros(2)
    weighted = loss(zeros, tensor([1.0, 0.0]), pos_weight=tensor(3.0))
    near(weighted, (3 + 1) * math.log(2) / 2)


@check
def zero_as_negative():
    for score in (-5.0, 0.0, 5.0):
        given = tensor([score]), tensor([0.0])
        near(F.soft_margin_loss(*given), 0.69)
        assert slope(F.soft_margin_loss, *given) == 0


@check
def divided_by_classes():
    scores = torch.zeros(1, 4)
    near(F.multi_margin_loss(scores, tensor([0])), 3 / 4)


@check
def ties_are_free():
    assert nn.MarginRankingLoss().margin == 0
    zeros = torch.zeros(3)
    assert F.margin_ranking_loss(zeros, zeros, torch.ones(3)) == 0


@check
def undecided_pair():
    def loss(one, other, t):
        return F.margin_ranking_loss(one, other, t, margin=0.5)

    given = tensor([3.0]), tensor([1.0]), tensor([0.0])
    near(loss(*given), 0.5)
    assert slope(loss, *given) == 0


@check
def eps_in_distance():
    same = torch.zeros(1, 100, dtype=torch.float64)
    far = torch.full((1, 100), 5.0, dtype=torch.float64)
    loss = F.triplet_margin_loss(far, far, same, margin=60.0)
    away = torch.linalg.norm(far - same + 1e-6)
    near(loss - 60 + away, 1e-5, within=1e-9)
    refused(ValueError, F.triplet_margin_loss, same, same, far, margin=0.0)


@check
def collapse_costs_margin():
    same = torch.ones(2, 3)
    near(F.triplet_margin_loss(same, same, same, margin=0.4), 0.4)


@check
def unsquared():
    anchor = torch.zeros(1, 1)
    loss = F.triplet_margin_loss(anchor, anchor + 3, anchor + 2, margin=1.0)
    near(loss, 1 + 3 - 2)


@check
def cosine_other_labels():
    given = tensor([[1.0, 0.0]]), tensor([[1.0, 1.0]])
    for label in (0.0, 2.0):
        assert F.cosine_embedding_loss(*given, tensor([label])) == 0


@check
def cosine_margin_one():
    vectors = tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [-1.0, 0.0]])
    start, unlike = vectors[:1].expand(4, 2), -torch.ones(4)
    for margin in (0.99, 1.0):
        loss = F.cosine_embedding_loss(start, vectors, unlike, margin=margin)
        assert (loss > 0) == (margin < 1)


@check
def cosine_of_nothing():
    given = torch.zeros(1, 2), tensor([[1.0, 1.0]])
    near(F.cosine_embedding_loss(*given, tensor([1.0])), 1)


@check
def distance_not_score():
    for d in (0.5, 3.0, 100.0):
        assert F.hinge_embedding_loss(tensor([d]), tensor([1.0])) == d


@check
def hinge_label_zero():
    d = 0.3
    near(F.hinge_embedding_loss(tensor([d]), tensor([0.0])), d + (1 - d))


@check
def decay_is_half():
    start, decay, rate = tensor([2.0, -3.0]), 0.1, 0.5
    layer = nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight[:], layer.bias[:] = start, 4.0
    optimizer = torch.optim.SGD(
        layer.parameters(), lr=rate, weight_decay=decay
    )
    (0 * layer(torch.ones(1, 2))).sum().backward()
    optimizer.step()
    half = decay / 2 * LOSSES["l2_penalty"].grad(start.numpy())
    moved = start.numpy() - layer.weight.detach().numpy()[0]
    assert_allclose(moved, rate * half, rtol=1e-5)
    near(layer.bias.detach(), 4 * (1 - rate * decay))


@check
def decoupled_decay():
    def moved(kind):
        weight = tensor([2.0], requires_grad=True)
        optimizer = kind([weight], lr=0.1)
        weight.grad = torch.zeros(1)
        optimizer.step()
        return weight.item()

    near(moved(torch.optim.AdamW), 2 * (1 - 0.1 * 0.01), within=1e-6)
    assert moved(torch.optim.Adam) == 2


@pytest.mark.parametrize("name", CHECKS)
def test_torch_does_what_the_catalogue_says(name):
    CHECKS[name]()


def test_every_pitfall_has_its_check_and_every_check_its_pitfall():
    assert [entry["id"] for entry in PITFALLS] == list(CHECKS)


@pytest.mark.parametrize("entry", PITFALLS, ids=lambda entry: entry["id"])
def test_a_pitfall_belongs_to_losses_and_is_short(entry):
    assert entry.keys() == {"id", "losses", "text"}
    assert entry["losses"] and set(entry["losses"]) <= LOSSES.keys()
    assert len(entry["text"].split()) <= 60
    assert entry["text"].endswith(".")


def test_every_loss_that_torch_has_has_a_pitfall():
    warned = {name for entry in PITFALLS for name in entry["losses"]}
    assert {n for n, loss in LOSSES.items() if loss.torch} <= warned


def test_the_losses_of_the_file_stand_in_the_order_of_the_registry():
    order = list(LOSSES)
    for entry in PITFALLS:
        places = [order.index(name) for name in entry["losses"]]
        assert all(a < b for a, b in pairwise(places))

"""Losses of ranking and metric learning against torch, mpmath, lecture."""

import inspect
import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from numpy.testing import assert_allclose, assert_array_equal
from oracle import agree, by_torch, reduced
from sklearn.metrics import ndcg_score
from torch.nn import functional as F

from lossviz import losses
from lossviz.losses import (
    bradley_terry_loss,
    bradley_terry_loss_grad,
    contrastive_loss,
    contrastive_loss_grad,
    cosine_embedding_loss,
    cosine_embedding_loss_grad,
    dpo_loss,
    dpo_loss_grad,
    hinge_embedding_loss,
    hinge_embedding_loss_grad,
    info_nce_loss,
    info_nce_loss_grad,
    lambda_rank_grad,
    list_mle_loss,
    list_mle_loss_grad,
    list_net_loss,
    list_net_loss_grad,
    margin_ranking_loss,
    margin_ranking_loss_grad,
    ndcg,
    nt_xent_loss,
    nt_xent_loss_grad,
    triplet_margin_loss,
    triplet_margin_loss_grad,
    triplet_ratio_loss,
    triplet_ratio_loss_grad,
)

seeds = st.integers(0, 2**32 - 1)
shapes = array_shapes(min_dims=0, max_dims=3, max_side=4)
batches = st.sampled_from([(), (1,), (4,), (2, 3)])
reductions = st.sampled_from(["mean", "sum", "none"])
margins = st.sampled_from([-1.0, 0.0, 0.3, 1.0, 2.5])
orders = st.sampled_from([0.5, 1, 1.5, 2, 3, 7.0, math.inf])
temperatures = st.floats(0.01, 100)
# positive numbers of any size a score or a component may have
sizes = st.floats(-100, 100).map(lambda exponent: 10.0**exponent)
far_scores = st.floats(-1e5, 1e5)


def labels(rng, shape):
    return rng.choice([-1.0, 1.0], shape)


def points(rng, shape, whole):
    """Return points in general position, or on a lattice full of ties."""
    if whole:
        return rng.integers(-2, 3, shape) * 1.0
    return rng.normal(size=shape)


def compare(name, reference, learned, fixed, largest=0.0, **keywords):
    """Compare a loss and its gradient with a function in torch."""
    value, *slopes = by_torch(reference, learned, *fixed, **keywords)
    data = [*learned, *fixed]
    agree(getattr(losses, name)(*data, **keywords), value, largest)
    ours = getattr(losses, f"{name}_grad")(*data, **keywords)
    ours = ours if isinstance(ours, tuple) else (ours,)
    for gradient, slope in zip(ours, slopes, strict=True):
        agree(gradient, slope)


# The losses that torch lacks, written in torch


def bradley_terry_in_torch(winner, loser, reduction):
    return reduced(F.softplus(loser - winner, threshold=800), reduction)


def dpo_in_torch(*logs, beta, reduction):
    winner, loser, winner_before, loser_before = logs
    lead = (winner - winner_before) - (loser - loser_before)
    return reduced(-F.logsigmoid(beta * lead), reduction)


def triplet_ratio_in_torch(anchor, positive, negative, p, swap, reduction):
    near = torch.linalg.vector_norm(anchor - positive, ord=p, dim=-1)
    far = torch.linalg.vector_norm(anchor - negative, ord=p, dim=-1)
    if swap:
        across = torch.linalg.vector_norm(positive - negative, ord=p, dim=-1)
        far = torch.minimum(far, across)
    softmax = torch.softmax(torch.stack([near, far]), dim=0)
    return reduced(softmax[0] ** 2 + (1 - softmax[1]) ** 2, reduction)


def contrastive_in_torch(x1, x2, target, margin, reduction):
    d = torch.linalg.vector_norm(x1 - x2, dim=-1)
    hinge = (margin - d).clamp(min=0)
    return reduced(torch.where(target == 1, d**2, hinge**2) / 2, reduction)


def info_nce_in_torch(z1, z2, temperature, reduction):
    logits = F.normalize(z1) @ F.normalize(z2).T / temperature
    return F.cross_entropy(logits, torch.arange(len(z1)), reduction=reduction)


def nt_xent_in_torch(z1, z2, temperature, reduction):
    z = F.normalize(torch.cat([z1, z2]))
    logits = z @ z.T / temperature
    itself = torch.eye(len(z), dtype=bool)
    partner = torch.arange(len(z)).roll(len(z1))
    return F.cross_entropy(
        logits.masked_fill(itself, -math.inf), partner, reduction=reduction
    )


def list_net_in_torch(scores, relevance, reduction):
    wanted = torch.softmax(relevance, dim=-1)
    losses = -(wanted * torch.log_softmax(scores, dim=-1)).sum(-1)
    return reduced(losses, reduction)


def list_mle_in_torch(scores, relevance, reduction):
    order = relevance.argsort(dim=-1, descending=True, stable=True)
    s = scores.gather(-1, order)
    left = [torch.logsumexp(s[..., i:], dim=-1) for i in range(s.shape[-1])]
    return reduced((torch.stack(left, dim=-1) - s).sum(-1), reduction)


# Agreement with torch over shapes, reductions and hyperparameters


@given(seeds, shapes, reductions, margins, st.booleans())
def test_margin_ranking_is_torchs(seed, shape, reduction, margin, whole):
    rng = np.random.default_rng(seed)
    compare(
        "margin_ranking_loss",
        F.margin_ranking_loss,
        points(rng, (2, *shape), whole),
        [labels(rng, shape)],
        margin=margin,
        reduction=reduction,
    )


@given(seeds, shapes, reductions, margins, st.booleans())
def test_hinge_embedding_is_torchs(seed, shape, reduction, margin, whole):
    rng = np.random.default_rng(seed)
    compare(
        "hinge_embedding_loss",
        F.hinge_embedding_loss,
        [points(rng, shape, whole)],
        [labels(rng, shape)],
        margin=margin,
        reduction=reduction,
    )


@given(
    seeds,
    batches,
    st.integers(1, 9),
    reductions,
    st.sampled_from([1e-3, 0.5, 1.0, 4.0]),
    orders,
    st.sampled_from([0.0, 1e-6, 0.1]),
    st.booleans(),
)
def test_triplet_margin_is_torchs(
    seed, batch, width, reduction, margin, p, eps, swap
):
    keywords = {"margin": margin, "p": p, "eps": eps, "swap": swap}
    compare(
        "triplet_margin_loss",
        F.triplet_margin_loss,
        np.random.default_rng(seed).normal(size=(3, *batch, width)),
        [],
        reduction=reduction,
        largest=100,
        **keywords,
    )


@given(
    seeds,
    batches,
    st.integers(1, 3),
    reductions,
    st.sampled_from([0.5, 1.0, 2.0]),
    st.sampled_from([1, 2, 3, math.inf]),
    st.booleans(),
)
def test_triplet_margin_is_torchs_at_ties_and_kinks(
    seed, batch, width, reduction, margin, p, swap
):
    # on a lattice points coincide, and distances tie to the last digit
    compare(
        "triplet_margin_loss",
        F.triplet_margin_loss,
        points(np.random.default_rng(seed), (3, *batch, width), whole=True),
        [],
        margin=margin,
        p=p,
        eps=0.0,
        swap=swap,
        reduction=reduction,
    )


@given(
    seeds,
    st.sampled_from([(), (1,), (4,)]),
    st.integers(1, 9),
    reductions,
    st.sampled_from([-1.5, -0.5, 0.0, 0.5, 1.0, 2.0]),
    st.booleans(),
)
def test_cosine_embedding_is_torchs(
    seed, batch, width, reduction, margin, whole
):
    rng = np.random.default_rng(seed)
    x1, x2 = points(rng, (2, *batch, width), whole)
    # at a zero vector the guard makes the gradient as large as 1e6
    empty = (x1 == 0).all(-1) | (x2 == 0).all(-1)
    x1[empty] = x2[empty] = 1.0
    compare(
        "cosine_embedding_loss",
        F.cosine_embedding_loss,
        [x1, x2],
        [labels(rng, batch)],
        margin=margin,
        reduction=reduction,
    )


@given(seeds, shapes, reductions)
def test_bradley_terry_is_its_formula_in_torch(seed, shape, reduction):
    rng = np.random.default_rng(seed)
    compare(
        "bradley_terry_loss",
        bradley_terry_in_torch,
        rng.normal(scale=5, size=(2, *shape)),
        [],
        reduction=reduction,
    )


@given(seeds, shapes, reductions, st.floats(0.01, 10))
def test_dpo_is_its_formula_in_torch(seed, shape, reduction, beta):
    logs = -np.random.default_rng(seed).gamma(2, 5, size=(4, *shape))
    value, *slopes = by_torch(
        dpo_in_torch, logs[:2], *logs[2:], beta=beta, reduction=reduction
    )
    call = {"beta": beta, "reduction": reduction}
    agree(dpo_loss(*logs, **call), value, beta * np.abs(logs).max())
    for gradient, slope in zip(
        dpo_loss_grad(*logs, **call), slopes, strict=True
    ):
        agree(gradient, slope, beta)


@given(seeds, batches, st.integers(1, 5), reductions, orders, st.booleans())
def test_triplet_ratio_is_its_formula_in_torch(
    seed, batch, width, reduction, p, swap
):
    compare(
        "triplet_ratio_loss",
        triplet_ratio_in_torch,
        np.random.default_rng(seed).normal(size=(3, *batch, width)),
        [],
        p=p,
        swap=swap,
        reduction=reduction,
        largest=100,
    )


@given(
    seeds,
    batches,
    st.integers(1, 5),
    reductions,
    st.sampled_from([0.5, 1.0, 3.0]),
    st.booleans(),
)
def test_contrastive_is_its_formula_in_torch(
    seed, batch, width, reduction, margin, whole
):
    rng = np.random.default_rng(seed)
    compare(
        "contrastive_loss",
        contrastive_in_torch,
        points(rng, (2, *batch, width), whole),
        [labels(rng, batch)],
        margin=margin,
        reduction=reduction,
    )


@given(seeds, st.integers(1, 6), st.integers(1, 5), reductions, temperatures)
@pytest.mark.parametrize("name", ["info_nce", "nt_xent"])
def test_info_nce_and_nt_xent_are_cross_entropies_in_torch(
    name, seed, n, width, reduction, temperature
):
    z1, z2 = np.random.default_rng(seed).normal(size=(2, n, width))
    call = {"temperature": temperature, "reduction": reduction}
    reference = globals()[f"{name}_in_torch"]
    value, *slopes = by_torch(reference, [z1, z2], **call)
    agree(getattr(losses, f"{name}_loss")(z1, z2, **call), value, 100)
    found = getattr(losses, f"{name}_loss_grad")(z1, z2, **call)
    shortest = np.linalg.norm([z1, z2], axis=-1).min()
    for gradient, slope in zip(found, slopes, strict=True):
        agree(gradient, slope, 10 / temperature**2 / shortest)


@given(seeds, batches, st.integers(1, 6), reductions, st.booleans())
@pytest.mark.parametrize("name", ["list_net", "list_mle"])
def test_listwise_losses_are_their_formulas_in_torch(
    name, seed, batch, n, reduction, whole
):
    rng = np.random.default_rng(seed)
    compare(
        f"{name}_loss",
        globals()[f"{name}_in_torch"],
        [rng.normal(scale=3, size=(*batch, n))],
        [points(rng, (*batch, n), whole)],
        reduction=reduction,
    )


# Extremes


@given(sizes, sizes, st.sampled_from([-1.0, 1.0]), sizes)
def test_scores_and_distances_of_any_size_agree_with_torch(a, b, t, margin):
    a, b, t = np.array([a]), np.array([b]), np.array([t])
    keywords = {"margin": margin, "reduction": "mean"}
    compare(
        "margin_ranking_loss", F.margin_ranking_loss, [a, b], [t], **keywords
    )
    compare(
        "hinge_embedding_loss", F.hinge_embedding_loss, [a], [t], **keywords
    )


@given(seeds, sizes, sizes, st.sampled_from([1, 2, math.inf]), st.booleans())
def test_embeddings_of_any_size_agree_with_torch(seed, size, margin, p, swap):
    rng = np.random.default_rng(seed)
    triplet = size * rng.normal(size=(3, 4, 5))
    target = labels(rng, 4)
    compare(
        "triplet_margin_loss",
        F.triplet_margin_loss,
        triplet,
        [],
        largest=10 * size,
        margin=margin,
        p=p,
        swap=swap,
        reduction="none",
    )
    keywords = {"margin": margin, "reduction": "none"}
    value, *slopes = by_torch(
        contrastive_in_torch, triplet[:2], target, **keywords
    )
    agree(contrastive_loss(*triplet[:2], target, **keywords), value)
    ours = contrastive_loss_grad(*triplet[:2], target, **keywords)
    for gradient, slope in zip(ours, slopes, strict=True):
        agree(gradient, slope, max(size, margin))


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e200, 1e300])
@pytest.mark.parametrize("p", [0.5, 1, 2, 3, 50, math.inf])
def test_distances_neither_overflow_nor_vanish(size, p):
    sides = {"anchor": [[0, 0]], "positive": [[3 * size, 4 * size]]}
    far = {"negative": [[0, 1.5 * size]]}
    length = float(
        max(3, 4)
        if p == math.inf
        else (mpmath.mpf(3) ** p + mpmath.mpf(4) ** p) ** (1 / mpmath.mpf(p))
    )
    call = {**sides, **far, "margin": size, "p": p, "eps": 0.0}
    value = triplet_margin_loss(**call)
    assert_allclose(value, (length - 0.5) * size, rtol=1e-13)
    slopes = triplet_margin_loss_grad(**call)
    assert_allclose(slopes[2], [[0, -1]], rtol=1e-13)
    assert all(np.isfinite(slope).all() for slope in slopes)


@pytest.mark.parametrize("size", [1e2, 1e4, 1e100, 1e200, 1e300])
def test_the_cosine_of_long_vectors_does_not_overflow(size):
    # torch multiplies squared lengths, which are infinite from 1e154 on
    x1, x2 = size * np.array([3.0, 4.0]), size * np.array([4.0, 3.0])
    assert_allclose(cosine_embedding_loss(x1, x2, 1), 0.04, rtol=1e-13)
    assert_allclose(cosine_embedding_loss(x1, x2, -1), 0.96, rtol=1e-13)
    by_x1, _ = cosine_embedding_loss_grad(x1, x2, -1)
    assert_allclose(by_x1 * size, [0.0448, -0.0336], rtol=1e-12)


@given(st.floats(-100, 3), st.floats(0, 2 * math.pi), st.sampled_from([-1, 1]))
def test_torchs_guard_of_the_cosine_is_kept_for_short_vectors(
    exponent, angle, t
):
    x1 = 10.0**exponent * np.array([math.cos(angle), math.sin(angle)])
    x2, t = np.array([1e-5, 2e-5]), np.array(1.0 * t)
    value, *slopes = by_torch(F.cosine_embedding_loss, [x1, x2], t)
    agree(cosine_embedding_loss(x1, x2, t), value)
    found = cosine_embedding_loss_grad(x1, x2, t)
    for gradient, slope in zip(found, slopes, strict=True):
        agree(gradient, slope, 1e6)


def test_a_zero_vector_has_torchs_values():
    x1, x2 = np.zeros((2, 3)), np.array([[1.0, 2, 3], [0, 0, 0]])
    for label, cost in [(1.0, 1.0), (-1.0, 0.0)]:
        t = np.full(2, label)
        value, *slopes = by_torch(
            F.cosine_embedding_loss, [x1, x2], t, reduction="none"
        )
        assert_array_equal(value, [cost, cost])
        ours = cosine_embedding_loss(x1, x2, t, reduction="none")
        assert_array_equal(ours, value)
        found = cosine_embedding_loss_grad(x1, x2, t, reduction="none")
        for gradient, slope in zip(found, slopes, strict=True):
            agree(gradient, slope, 1e6)


@given(far_scores, far_scores)
def test_bradley_terry_agrees_with_mpmath(winner, loser):
    with mpmath.workdps(50):
        lead = mpmath.mpf(winner) - mpmath.mpf(loser)
        value = mpmath.log1p(mpmath.exp(-lead))
        slope = float(1 / (1 + mpmath.exp(lead)))
        largest = abs(winner) + abs(loser)
        agree(bradley_terry_loss(winner, loser), float(value), largest)
        found = bradley_terry_loss_grad(winner, loser)
        agree(found[0], -slope, largest)
        agree(found[1], slope, largest)


def test_bradley_terry_keeps_the_digits_of_a_sure_outcome():
    assert_allclose(bradley_terry_loss(100, 0), math.exp(-100), rtol=1e-13)
    assert_allclose(
        bradley_terry_loss_grad(300, 0), [-math.exp(-300), math.exp(-300)]
    )
    assert bradley_terry_loss(-1e300, 1e300) == 2e300
    assert bradley_terry_loss(1e300, -1e300) == 0


@pytest.mark.parametrize("lead", [-1e5, -1e4, -40.0, 40.0, 1e4, 1e5])
def test_dpo_is_finite_however_far_the_policy_went(lead):
    value = dpo_loss(lead, 0, 0, 0, beta=0.5)
    assert_allclose(value, max(-lead / 2, math.exp(-abs(lead) / 2)))
    chosen, rejected = dpo_loss_grad(lead, 0, 0, 0, beta=0.5)
    assert_allclose(chosen, -0.5 if lead < 0 else 0, atol=2e-9)
    assert rejected == -chosen


@pytest.mark.parametrize("temperature", [1e-300, 1e-4, 1e-2])
@pytest.mark.parametrize(
    "loss, grad",
    [(info_nce_loss, info_nce_loss_grad), (nt_xent_loss, nt_xent_loss_grad)],
)
def test_the_smallest_temperatures_are_finite(loss, grad, temperature, rng):
    z1 = rng.normal(size=(5, 3))
    z2 = z1[::-1]
    value = loss(z1, z2, temperature=temperature)
    assert np.isfinite(value)
    # the wrong candidate at cosine 1 is taken for the partner
    assert value > 0.1 / temperature
    for gradient in grad(z1, z2, temperature=temperature):
        assert np.isfinite(gradient).all()


def test_info_nce_agrees_with_mpmath_at_a_small_temperature():
    z1, z2 = np.array([[1.0, 0], [0.6, 0.8]]), np.array([[0.8, 0.6], [0, 1.0]])
    with mpmath.workdps(50):
        for tau in (1e-4, 1e-2, 1.0):
            t = mpmath.mpf(tau)
            similarity = [["0.8", "0"], ["0.96", "0.8"]]
            powers = [
                [mpmath.exp(mpmath.mpf(s) / t) for s in r] for r in similarity
            ]
            expected = [
                float(mpmath.log(sum(row) / row[i]))
                for i, row in enumerate(powers)
            ]
            ours = info_nce_loss(z1, z2, temperature=tau, reduction="none")
            agree(ours, expected, 1 / tau)


@given(st.lists(far_scores, min_size=1, max_size=6), seeds)
def test_listwise_losses_agree_with_mpmath_at_far_scores(scores, seed):
    relevance = np.random.default_rng(seed).permutation(len(scores)) * 1.0
    with mpmath.workdps(50):
        s = [mpmath.mpf(score) for score in scores]
        wanted = [mpmath.exp(y) for y in relevance]
        total = mpmath.log(sum(mpmath.exp(x - max(s)) for x in s)) + max(s)
        net = sum(w * (total - x) for w, x in zip(wanted, s, strict=True))
        ranked = [s[i] for i in np.argsort(-relevance)]
        mle = sum(
            mpmath.log(sum(mpmath.exp(x - ranked[i]) for x in ranked[i:]))
            for i in range(len(s))
        )
        net = float(net / sum(wanted))
        largest = np.abs(scores).max()
        agree(list_net_loss(scores, relevance), net, largest)
        agree(list_mle_loss(scores, relevance), float(mle), largest)
    for grad in (list_net_loss_grad, list_mle_loss_grad, lambda_rank_grad):
        assert np.isfinite(grad(scores, relevance)).all()


@pytest.mark.parametrize("size", [1e4, 1e5, 1e100])
def test_listwise_gradients_are_right_at_far_scores(size):
    scores, relevance = [size, 0, -size], [0.0, 1.0, 2.0]
    softmax = np.exp(relevance) / np.exp(relevance).sum()
    gradient = list_net_loss_grad(scores, relevance)
    assert_allclose(gradient, [1, 0, 0] - softmax, atol=1e-12)
    gradient = list_mle_loss_grad(scores, relevance)
    assert_allclose(gradient, [2, -1, -1], rtol=1e-14)


# Pairs in order


def test_margin_ranking_has_the_values_of_the_lecture():
    assert margin_ranking_loss(3, 1, 1, margin=1) == 0
    assert margin_ranking_loss(3, 1, -1, margin=1) == 3
    for margin in (0, 1):
        slopes = margin_ranking_loss_grad(2, 2, 1, margin=margin)
        assert_array_equal(slopes, [-1, 1])


def test_by_default_a_tie_costs_nothing():
    assert margin_ranking_loss([2.0], [2.0], [1.0]) == 0


def test_a_ranking_label_of_0_gives_the_margin_and_no_gradient():
    scores = [1.0, 5.0], [2.0, -3.0], [0.0, 0.0]
    value = margin_ranking_loss(*scores, margin=0.7, reduction="none")
    assert_array_equal(value, [0.7, 0.7])
    assert_array_equal(margin_ranking_loss_grad(*scores, margin=0.7), 0)


@given(seeds, st.floats(0, 3))
def test_exchanging_a_pair_and_its_label_changes_nothing(seed, margin):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, 20))
    t = labels(rng, 20)
    value = margin_ranking_loss(a, b, t, margin=margin)
    assert margin_ranking_loss(b, a, -t, margin=margin) == value
    assert_array_equal(
        margin_ranking_loss_grad(b, a, -t, margin=margin)[::-1],
        margin_ranking_loss_grad(a, b, t, margin=margin),
    )


@given(seeds, st.floats(-100, 100))
def test_only_differences_of_scores_count(seed, shift):
    rng = np.random.default_rng(seed)
    a, b, c, d = rng.normal(size=(4, 20))
    t = labels(rng, 20)
    for loss, one, other in [
        (margin_ranking_loss, (a, b, t), (a + shift, b + shift, t)),
        (bradley_terry_loss, (a, b), (a + shift, b + shift)),
    ]:
        assert_allclose(loss(*other), loss(*one), atol=1e-12)
    value = dpo_loss(a, b, c, d, beta=0.3)
    for moved in [
        (a + shift, b + shift, c, d),
        (a, b, c + shift, d + shift),
        (a + shift, b, c + shift, d),
    ]:
        assert_allclose(dpo_loss(*moved, beta=0.3), value, atol=1e-12)


@given(seeds)
def test_margin_ranking_is_a_hinge_of_the_lead_and_convex(seed):
    a, b = np.random.default_rng(seed).normal(scale=3, size=(2, 100))
    zero, t = np.zeros(100), np.ones(100)
    call = {"input2": zero, "target": t, "margin": 1.0, "reduction": "none"}
    middle = margin_ranking_loss((a + b) / 2, **call)
    chord = margin_ranking_loss(a, **call) + margin_ranking_loss(b, **call)
    assert (middle <= chord / 2 + 1e-14).all()


def test_dpo_has_the_values_of_the_lecture():
    assert_allclose(dpo_loss(-3, -7, -3, -7, beta=0.1), math.log(2))
    value = dpo_loss(-10, -9, -12, -8, beta=0.1)
    assert_allclose(value, 0.55436, atol=5e-6)


@given(seeds, st.floats(0.1, 10))
def test_dpo_is_bradley_terry_on_rewards(seed, beta):
    logs = -np.random.default_rng(seed).gamma(2, size=(4, 10))
    rewards = beta * (logs[:2] - logs[2:])
    assert_allclose(dpo_loss(*logs, beta=beta), bradley_terry_loss(*rewards))
    found = dpo_loss_grad(*logs, beta=beta)
    assert_allclose(found, beta * np.array(bradley_terry_loss_grad(*rewards)))


# Triplets


def test_triplets_have_the_values_of_the_lecture():
    assert triplet_margin_loss([0.0], [5.0], [9.0]) == 0
    line = {"anchor": [0.0], "positive": [3.0], "negative": [4.0]}
    assert triplet_margin_loss(**line) == 0
    assert_allclose(triplet_margin_loss(**line, swap=True), 3, atol=1e-5)
    ratio = triplet_ratio_loss([0.0], [1.0], [2.0])
    assert_allclose(ratio, 0.14466, atol=5e-6)


@pytest.mark.parametrize("margin", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("swap", [False, True])
def test_collapsed_embeddings_cost_the_margin(margin, swap):
    same = [np.full((4, 7), 2.5)] * 3
    value = triplet_margin_loss(*same, margin=margin, swap=swap)
    assert value == margin
    assert triplet_ratio_loss(*same, swap=swap) == 0.5
    slopes = triplet_margin_loss_grad(*same, margin=margin, eps=0.0)
    assert_array_equal(slopes, np.zeros((3, 4, 7)))


@pytest.mark.parametrize("width, distance", [(2, 1.41e-6), (128, 1.13e-5)])
def test_eps_keeps_points_in_one_place_apart(width, distance):
    same, far = np.zeros(width), np.eye(width)[0]
    value = triplet_margin_loss(same, far, same, margin=2.0)
    lead = np.linalg.norm(1e-6 - far) - distance
    assert_allclose(value - 2, lead, atol=1e-8)


@given(seeds, orders, st.booleans(), st.floats(-10, 10))
def test_triplets_do_not_feel_a_translation(seed, p, swap, shift):
    points = np.random.default_rng(seed).normal(size=(3, 6, 4))
    for loss in (triplet_margin_loss, triplet_ratio_loss):
        value = loss(*points, p=p, swap=swap)
        moved = loss(*(points + shift), p=p, swap=swap)
        assert_allclose(moved, value, atol=1e-9, rtol=1e-9)


@given(seeds, orders, st.booleans())
def test_the_gradients_of_a_triplet_cancel(seed, p, swap):
    points = np.random.default_rng(seed).normal(size=(3, 6, 4))
    for grad in (triplet_margin_loss_grad, triplet_ratio_loss_grad):
        total = sum(grad(*points, p=p, swap=swap))
        assert_allclose(total, 0, atol=1e-12)


@given(seeds)
def test_swapping_never_makes_a_triplet_easier(seed):
    points = np.random.default_rng(seed).normal(size=(3, 50, 3))
    for loss in (triplet_margin_loss, triplet_ratio_loss):
        plain = loss(*points, reduction="none")
        swapped = loss(*points, swap=True, reduction="none")
        assert (swapped >= plain).all()
        assert (swapped > plain).any()


def test_a_negative_beyond_the_margin_feels_nothing():
    line = {"anchor": [0.0], "positive": [1.0]}
    for negative, slope in [(1.5, -1), (2.0, -1), (2.1, 0)]:
        call = {**line, "negative": [negative], "eps": 0.0}
        assert triplet_margin_loss_grad(**call)[2] == slope


def test_the_gradient_by_the_anchor_is_the_difference_of_unit_vectors(rng):
    a, p, n = rng.normal(size=(3, 4))
    unit = (a - p) / np.linalg.norm(a - p), (a - n) / np.linalg.norm(a - n)
    by_anchor, _, _ = triplet_margin_loss_grad(a, p, n, margin=9.0, eps=0.0)
    assert_allclose(by_anchor, unit[0] - unit[1], rtol=1e-12)


@given(seeds)
def test_the_ratio_loss_lies_between_0_and_2(seed):
    points = np.random.default_rng(seed).normal(scale=50, size=(3, 50, 3))
    value = triplet_ratio_loss(*points, reduction="none")
    assert ((0 <= value) & (value <= 2)).all()


# Pairs of embeddings


@given(seeds, st.floats(-2, 100), st.floats(-2, 100))
def test_the_cosine_loss_does_not_feel_lengths(seed, a, b):
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(2, 20, 3))
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    t = labels(rng, 20)
    value = cosine_embedding_loss(*directions, t, margin=0.2)
    x1, x2 = 10.0**a * directions[0], 10.0**b * directions[1]
    scaled = cosine_embedding_loss(x1, x2, t, margin=0.2)
    # torch's guard is 1e-12 beside the squared length
    assert_allclose(scaled, value, atol=1e-7)


@given(seeds)
def test_the_gradient_of_a_cosine_is_orthogonal_to_the_vector(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 20, 3))
    gradients = cosine_embedding_loss_grad(*x, labels(rng, 20), margin=-1)
    for vectors, gradient in zip(x, gradients, strict=True):
        assert_allclose(np.sum(vectors * gradient, axis=-1), 0, atol=1e-9)


@given(seeds)
def test_one_minus_cosine_is_half_the_squared_chord(seed):
    x = np.random.default_rng(seed).normal(size=(2, 20, 3))
    units = x / np.linalg.norm(x, axis=-1, keepdims=True)
    value = cosine_embedding_loss(*x, np.ones(20), reduction="none")
    chord = np.sum((units[0] - units[1]) ** 2, axis=-1)
    assert_allclose(value, chord / 2, atol=1e-9)


def test_cosine_values_by_hand():
    x1, x2 = [[1.0, 0]] * 3, [[1.0, 1], [-2, 0], [0, 3]]
    cosine = np.array([math.sqrt(0.5), -1, 0])
    alike = cosine_embedding_loss(x1, x2, [1, 1, 1], reduction="none")
    assert_allclose(alike, 1 - cosine, atol=1e-11)
    different = cosine_embedding_loss(
        x1, x2, [-1, -1, -1], margin=0.5, reduction="none"
    )
    assert_allclose(different, [cosine[0] - 0.5, 0, 0], atol=1e-11)


@pytest.mark.parametrize("label", [0.0, 2.0])
def test_pairs_with_another_label_cost_nothing_like_in_torch(label):
    x, t = np.ones((2, 3, 4)), np.full(3, label)
    value, *slopes = by_torch(F.cosine_embedding_loss, x, t)
    assert cosine_embedding_loss(*x, t) == value == 0
    assert_array_equal(cosine_embedding_loss_grad(*x, t), slopes)


def test_a_margin_above_1_makes_different_pairs_free():
    x = np.ones((3, 4))
    assert cosine_embedding_loss(x, x, -np.ones(3), margin=1.1) == 0


@pytest.mark.parametrize("label", [-1.0, 0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("distance", [-1.0, 0.3, 1.0, 2.0])
def test_hinge_embedding_takes_any_label_like_torch(label, distance):
    data = np.array([distance]), np.array([label])
    value, slope = by_torch(F.hinge_embedding_loss, data[:1], data[1])
    assert hinge_embedding_loss(*data) == value
    assert_array_equal(hinge_embedding_loss_grad(*data), slope)


def test_hinge_embedding_has_the_values_of_the_lecture():
    value = hinge_embedding_loss([0.3] * 3, [1, -1, 0], reduction="none")
    assert_allclose(value, [0.3, 0.7, 1.0])


def test_contrastive_values_by_hand():
    data = [[0.0, 0]] * 3, [[3.0, 4], [3, 4], [0.3, 0.4]], [1, -1, -1]
    value = contrastive_loss(*data, reduction="none")
    assert_allclose(value, [12.5, 0, 0.125])
    by_x1, by_x2 = contrastive_loss_grad(*data, reduction="sum")
    assert_allclose(by_x1, [[-3, -4], [0, 0], [0.3, 0.4]], atol=1e-15)
    assert_array_equal(by_x2, -by_x1)


@given(seeds, st.floats(-10, 10))
def test_contrastive_does_not_feel_a_translation_nor_the_order(seed, shift):
    rng = np.random.default_rng(seed)
    x1, x2 = rng.normal(size=(2, 20, 3))
    t = labels(rng, 20)
    value = contrastive_loss(x1, x2, t, margin=2)
    moved = contrastive_loss(x1 + shift, x2 + shift, t, margin=2)
    assert_allclose(moved, value, rtol=1e-9)
    assert contrastive_loss(x2, x1, t, margin=2) == value


def test_different_pairs_in_one_place_cost_most_and_feel_nothing():
    same = np.ones((1, 3))
    assert contrastive_loss(same, same, [-1], margin=2.0) == 2.0
    slopes = contrastive_loss_grad(same, same, [-1], margin=2.0)
    assert_array_equal(slopes, np.zeros((2, 1, 3)))


@pytest.mark.parametrize("function", [contrastive_loss, contrastive_loss_grad])
@pytest.mark.parametrize(
    "label, shown", [(0, "0.0"), (2, "2.0"), (0.5, "0.5")]
)
def test_the_contrastive_loss_wants_labels_1_and_minus_1(
    function, label, shown
):
    with pytest.raises(ValueError) as caught:
        function(np.ones((3, 2)), np.ones((3, 2)), [1, -1, label])
    assert str(caught.value) == f"target must hold 1 and -1 only, got {shown}"


# One positive among many


@pytest.mark.parametrize("n", [1, 2, 8, 50])
@pytest.mark.parametrize("temperature", [0.05, 1.0])
def test_collapsed_views_cost_the_logarithm_of_the_candidates(n, temperature):
    z = np.tile([1.0, 2.0, -0.5], (n, 1))
    value = info_nce_loss(z, 3 * z, temperature=temperature)
    assert_allclose(value, math.log(n), atol=1e-12)
    value = nt_xent_loss(z, 3 * z, temperature=temperature)
    assert_allclose(value, math.log(2 * n - 1), atol=1e-12)


def test_collapse_has_the_values_of_the_lecture():
    z = np.ones((8, 3))
    value = info_nce_loss(z, z, temperature=0.5)
    assert_allclose(value, 2.0794, atol=5e-5)
    value = nt_xent_loss(z, z, temperature=0.5)
    assert_allclose(value, 2.7081, atol=5e-5)


@given(seeds, st.floats(-100, 100), st.floats(-100, 100))
@pytest.mark.parametrize("loss", [info_nce_loss, nt_xent_loss])
def test_contrasting_views_does_not_feel_lengths(loss, seed, a, b):
    z1, z2 = np.random.default_rng(seed).normal(size=(2, 5, 3))
    value = loss(z1, z2, temperature=0.3)
    scaled = loss(10.0**a * z1, 10.0**b * z2, temperature=0.3)
    assert_allclose(scaled, value, rtol=1e-11)


@given(seeds)
@pytest.mark.parametrize("grad", [info_nce_loss_grad, nt_xent_loss_grad])
def test_views_are_pulled_along_the_sphere(grad, seed):
    z = np.random.default_rng(seed).normal(size=(2, 5, 3))
    for view, gradient in zip(z, grad(*z, temperature=0.5), strict=True):
        assert_allclose(np.sum(view * gradient, axis=-1), 0, atol=1e-10)


@given(seeds)
def test_a_high_temperature_makes_all_candidates_alike(seed):
    z1, z2 = np.random.default_rng(seed).normal(size=(2, 6, 3))
    value = info_nce_loss(z1, z2, temperature=1e9)
    assert_allclose(value, math.log(6), rtol=1e-8)
    value = nt_xent_loss(z1, z2, temperature=1e9)
    assert_allclose(value, math.log(11), rtol=1e-8)


def test_one_negative_makes_it_a_softplus_of_similarities():
    z1, z2 = np.array([[1.0, 0], [0, 1]]), np.array([[0.6, 0.8], [0.8, 0.6]])
    value = info_nce_loss(z1, z2, temperature=0.1, reduction="none")
    assert_allclose(value, np.logaddexp(0, [2, 2]), rtol=1e-12)


def test_the_order_of_the_views_matters_to_info_nce_only(rng):
    z1, z2 = rng.normal(size=(2, 5, 3))
    there = info_nce_loss(z1, z2, temperature=0.3)
    assert abs(info_nce_loss(z2, z1, temperature=0.3) - there) > 0.01
    there = nt_xent_loss(z1, z2, temperature=0.3)
    assert_allclose(nt_xent_loss(z2, z1, temperature=0.3), there, rtol=1e-12)


def test_nt_xent_gives_the_embeddings_of_the_first_view_first(rng):
    z1, z2 = rng.normal(size=(2, 5, 3))
    call = {"temperature": 0.3, "reduction": "none"}
    each = nt_xent_loss(z1, z2, **call)
    assert each.shape == (10,)
    assert_allclose(nt_xent_loss(z2, z1, **call), np.roll(each, 5), rtol=1e-12)


@pytest.mark.parametrize(
    "loss, grad",
    [(info_nce_loss, info_nce_loss_grad), (nt_xent_loss, nt_xent_loss_grad)],
)
def test_a_zero_vector_is_like_nothing_and_feels_nothing(loss, grad):
    z1, z2 = np.array([[0.0, 0], [1, 0]]), np.array([[1.0, 0], [0, 1]])
    each = loss(z1, z2, temperature=1.0, reduction="none")
    assert_allclose(each[0], math.log(2 if loss is info_nce_loss else 3))
    by_z1, by_z2 = grad(z1, z2, temperature=1.0)
    assert_array_equal(by_z1[0], [0, 0])
    assert np.isfinite(by_z1).all() and np.isfinite(by_z2).all()


@pytest.mark.parametrize("loss", [info_nce_loss, nt_xent_loss])
def test_views_without_rows_have_sum_0_and_mean_nan(loss):
    none = np.empty((0, 3))
    assert loss(none, none, temperature=1.0, reduction="sum") == 0
    assert np.isnan(loss(none, none, temperature=1.0))
    assert loss(none, none, temperature=1.0, reduction="none").shape == (0,)


# Lists


def test_listwise_losses_have_the_values_of_the_lecture():
    scores, relevance = [2, 1, 0], [3, 1, 0]
    value = list_net_loss(scores, relevance)
    assert_allclose(value, 0.6058, atol=5e-5)
    floor = list_net_loss(relevance, relevance)
    assert_allclose(floor, 0.5243, atol=5e-5)
    assert_allclose(list_mle_loss(scores, relevance), 0.7209, atol=5e-5)


@given(seeds, st.integers(1, 6), st.floats(-100, 100))
def test_lists_count_up_to_a_constant(seed, n, shift):
    rng = np.random.default_rng(seed)
    scores, relevance = rng.normal(size=(4, n)), rng.gamma(1, size=(4, n))
    for loss in (list_net_loss, list_mle_loss):
        value = loss(scores, relevance)
        assert_allclose(loss(scores + shift, relevance), value, atol=1e-11)
    value = list_net_loss(scores, relevance)
    moved = list_net_loss(scores, relevance + shift)
    assert_allclose(moved, value, atol=1e-11)
    for grad in (list_net_loss_grad, list_mle_loss_grad, lambda_rank_grad):
        gradient = grad(scores, relevance)
        assert_allclose(gradient.sum(axis=-1), 0, atol=1e-12)
        moved = grad(scores + shift, relevance)
        assert_allclose(moved, gradient, atol=1e-11)


@given(seeds, st.integers(1, 6))
def test_the_order_in_which_a_list_is_given_does_not_matter(seed, n):
    rng = np.random.default_rng(seed)
    scores, relevance = rng.normal(size=n), rng.gamma(1, size=n)
    order = rng.permutation(n)
    for loss in (list_net_loss, list_mle_loss):
        value = loss(scores[order], relevance[order])
        assert_allclose(value, loss(scores, relevance), rtol=1e-12)
    for grad in (list_net_loss_grad, list_mle_loss_grad, lambda_rank_grad):
        gradient = grad(scores[order], relevance[order])
        assert_allclose(gradient, grad(scores, relevance)[order], atol=1e-12)


@given(seeds, st.integers(1, 6))
def test_listmle_depends_on_the_order_of_relevances_alone(seed, n):
    scores, relevance = np.random.default_rng(seed).normal(size=(2, n))
    value = list_mle_loss(scores, relevance)
    assert list_mle_loss(scores, np.exp(3 * relevance)) == value


def test_equal_relevances_keep_their_order_in_listmle():
    first = list_mle_loss([2.0, 0.0], [1, 1])
    assert_allclose(first, np.logaddexp(0, -2))
    second = list_mle_loss([0.0, 2.0], [1, 1])
    assert_allclose(second, np.logaddexp(0, 2))


def test_the_probabilities_of_all_orders_sum_to_1():
    scores = [0.3, -1.2, 2.0]
    orders = [[3, 2, 1], [3, 1, 2], [2, 3, 1], [2, 1, 3], [1, 3, 2], [1, 2, 3]]
    total = sum(math.exp(-list_mle_loss(scores, order)) for order in orders)
    assert_allclose(total, 1, rtol=1e-14)


def test_two_items_make_listmle_the_bradley_terry_loss(rng):
    scores = rng.normal(size=(10, 2))
    value = list_mle_loss(scores, np.tile([1.0, 0.0], (10, 1)))
    assert_allclose(value, bradley_terry_loss(*scores.T), rtol=1e-14)


def ndcg_by_hand(scores, relevance):
    """Return NDCG as Burges and others define it, item by item."""
    by_score = sorted(zip(scores, relevance, strict=True), reverse=True)
    gained = [2**y - 1 for _, y in by_score]
    best = sorted((2**y - 1 for y in relevance), reverse=True)
    discounted = [
        sum(gain / math.log2(k + 2) for k, gain in enumerate(gains))
        for gains in (gained, best)
    ]
    return discounted[0] / discounted[1]


def exchanged(scores, i, j):
    scores = list(scores)
    scores[i], scores[j] = scores[j], scores[i]
    return scores


def test_ndcg_has_the_values_of_the_lecture():
    scores, relevance = [2, 1, 0], [3, 1, 0]
    for pair, value in [((0, 1), 0.7098), ((1, 2), 0.9828)]:
        after = exchanged(scores, *pair)
        assert_allclose(ndcg_by_hand(after, relevance), value, atol=5e-5)
        assert_allclose(ndcg(after, relevance), value, atol=5e-5)


@given(seeds, st.integers(1, 9), st.sampled_from([None, 1, 3, 20]))
def test_ndcg_is_that_of_scikit_learn(seed, n, k):
    rng = np.random.default_rng(seed)
    scores, relevance = rng.normal(size=(4, n)), rng.integers(0, 4, (4, n))
    scores[1] = np.round(scores[1])  # ties
    relevance[2] = 0
    ours = ndcg(scores, relevance, k=k, reduction="none")
    # ties as given: the earlier of two equals gets the higher score
    place = np.argsort(np.argsort(-scores, axis=-1, kind="stable"), axis=-1)
    for value, ranks, y in zip(ours, n - place, relevance, strict=True):
        if n == 1:  # which scikit-learn refuses
            assert value == (y[0] > 0)
            continue
        theirs = ndcg_score([2**y - 1], [ranks], k=k, ignore_ties=True)
        assert_allclose(value, theirs, rtol=1e-12, atol=1e-15)
    assert_allclose(ndcg(scores, relevance, k=k), ours.mean())


def test_ndcg_is_1_in_the_best_order_alone():
    assert ndcg([3.0, 2, 1], [2, 1, 0]) == 1
    assert ndcg([1.0, 3, 2], [2, 1, 0]) < 1
    assert ndcg([[1.0, 2]], [[5000.0, 0]]) == pytest.approx(1 / np.log2(3))


def test_nan_in_a_list_reaches_its_ndcg():
    scores, relevance = [[2.0, np.nan], [2, 1]], [[1.0, 0], [1, 0]]
    value = ndcg(scores, relevance, reduction="none")
    assert_array_equal(value, [np.nan, 1])
    value = ndcg([[2.0, 1]] * 2, [[np.nan, 1], [1, 0]], reduction="none")
    assert_array_equal(value, [np.nan, 1])


@given(seeds, st.integers(1, 6), st.sampled_from(["mean", "sum", "none"]))
def test_lambdarank_is_the_weighted_gradient_of_all_pairs(seed, n, reduction):
    rng = np.random.default_rng(seed)
    scores, relevance = rng.normal(size=(3, n)), rng.integers(0, 4, (3, n))
    relevance[:, 0] = 4
    expected = np.zeros((3, n))
    for s, y, slopes in zip(scores, relevance, expected, strict=True):
        for i, j in zip(*np.nonzero(y[:, None] > y), strict=True):
            weight = abs(
                ndcg_by_hand(exchanged(s, i, j), y) - ndcg_by_hand(s, y)
            )
            winner, loser = bradley_terry_loss_grad(s[i], s[j])
            slopes[i] += weight * winner
            slopes[j] += weight * loser
    ours = lambda_rank_grad(scores, relevance, reduction=reduction)
    agree(ours, expected / 3 if reduction == "mean" else expected)


def test_lambdarank_cares_most_about_the_top():
    relevance = [3.0, 0, 0, 0, 0, 3.0]
    slopes = lambda_rank_grad([6.0, 5, 4, 3, 2, 1], relevance)
    net = list_net_loss_grad([6.0, 5, 4, 3, 2, 1], relevance)
    assert slopes[5] < 0 < slopes[1]
    assert slopes[1] == slopes.max()
    assert net[5] < 0


@pytest.mark.parametrize("relevance", [[0.0, 0, 0], [2.0, 2, 2]])
def test_a_list_of_equals_gives_lambdarank_nothing_to_do(relevance):
    assert_array_equal(lambda_rank_grad([1.0, 2, 3], relevance), [0, 0, 0])


def test_lambdarank_takes_any_relevance():
    small = lambda_rank_grad([0.0, 1], [900.0, 0])
    large = lambda_rank_grad([0.0, 1], [5000.0, 0])
    assert_allclose(large, small, rtol=1e-12)


def test_equal_scores_are_ranked_as_given():
    slopes = lambda_rank_grad([0.0, 0, 0], [0.0, 0, 1])
    first, second, third = 1 / np.log2([2, 3, 4])
    push = np.array([first - third, second - third]) / 2
    assert_allclose(slopes, [*push, -push.sum()])


# What every loss of the module keeps


@given(seeds)
def test_nan_in_a_label_is_not_taken_for_a_label(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 3, 2))
    t = np.array([1.0, np.nan, -1.0])
    for value in (
        margin_ranking_loss(x[0, :, 0], x[1, :, 0], t, reduction="none"),
        hinge_embedding_loss(x[0, :, 0], t, reduction="none"),
        cosine_embedding_loss(*x, t, reduction="none"),
        contrastive_loss(*x, t, reduction="none"),
    ):
        assert_array_equal(np.isnan(value), [False, True, False])


def test_nan_in_a_relevance_reaches_the_whole_list():
    scores, relevance = np.ones((2, 3)), np.ones((2, 3))
    relevance[1, 1] = np.nan
    for loss in (list_net_loss, list_mle_loss):
        value = loss(scores, relevance, reduction="none")
        assert_array_equal(np.isnan(value), [False, True])
    for grad in (list_net_loss_grad, list_mle_loss_grad, lambda_rank_grad):
        slope = grad(scores, relevance)
        assert_array_equal(np.isnan(slope).all(axis=-1), [False, True])
        assert np.isfinite(slope[0]).all()


def call_of(function, shape=(4, 3)):
    """Return arguments that fit a function, by name."""
    parameters = inspect.signature(function).parameters.values()
    data = [p.name for p in parameters if p.default is p.empty]
    embeds = "cosine" in function.__name__ or "x1" in data
    call = {name: np.ones(shape) for name in data}
    if embeds:
        call["target"] = np.ones(shape[:-1])
    return call | {n: 1.0 for n in ("beta", "temperature") if n in data}


FUNCTIONS = [
    function
    for function in vars(losses).values()
    if getattr(function, "__module__", "") == "lossviz.losses.ranking"
]
each_function = pytest.mark.parametrize(
    "function", FUNCTIONS, ids=lambda function: function.__name__
)


@pytest.mark.parametrize(
    "name, bad",
    [
        ("triplet_margin_loss", {"margin": 0}),
        ("triplet_margin_loss", {"margin": -1.0}),
        ("triplet_margin_loss", {"p": 0}),
        ("triplet_margin_loss", {"p": -2}),
        ("triplet_margin_loss", {"eps": -1e-6}),
        ("triplet_margin_loss", {"swap": 1}),
        ("triplet_ratio_loss", {"p": -2}),
        ("triplet_ratio_loss", {"swap": "yes"}),
        ("contrastive_loss", {"margin": 0}),
        ("margin_ranking_loss", {"margin": math.inf}),
        ("cosine_embedding_loss", {"margin": -math.inf}),
        ("hinge_embedding_loss", {"margin": math.inf}),
        ("info_nce_loss", {"temperature": 0}),
        ("nt_xent_loss", {"temperature": -0.1}),
        ("dpo_loss", {"beta": 0}),
        ("dpo_loss", {"beta": math.inf}),
    ],
)
@pytest.mark.parametrize("suffix", ["", "_grad"])
def test_a_hyperparameter_beyond_its_rule_is_refused(name, bad, suffix):
    function = getattr(losses, name + suffix)
    [(parameter, value)] = bad.items()
    with pytest.raises(
        ValueError, match=f"^{parameter} must .*, got '?{value}'?$"
    ):
        function(**(call_of(function) | bad))


@each_function
def test_arguments_of_another_shape_are_refused(function):
    call = call_of(function)
    data = [name for name, value in call.items() if np.ndim(value)]
    for name in data:
        with pytest.raises(ValueError, match=r"shape.*\(4, 1"):
            function(**(call | {name: np.ones((4, 1))}))


@pytest.mark.parametrize(
    "function, sentence",
    [
        (
            triplet_margin_loss,
            "anchor must have a last axis with at least one component, "
            "got shape ()",
        ),
        (
            list_net_loss,
            "scores must have a last axis with at least one component, "
            "got shape ()",
        ),
    ],
)
def test_a_number_is_no_vector(function, sentence):
    with pytest.raises(ValueError) as caught:
        function(**call_of(function, shape=()))
    assert str(caught.value) == sentence


@pytest.mark.parametrize("function", [info_nce_loss, nt_xent_loss_grad])
@pytest.mark.parametrize("shape", [(3,), (2, 4, 3)])
def test_views_are_tables_of_embeddings(function, shape):
    with pytest.raises(ValueError) as caught:
        function(**call_of(function, shape=shape))
    assert str(caught.value) == (
        f"z1 and z2 must have shape (N, D), one embedding per row, got {shape}"
    )


def test_one_label_per_pair_is_demanded():
    with pytest.raises(ValueError) as caught:
        cosine_embedding_loss(
            np.ones((4, 2)), np.ones((4, 2)), np.ones((4, 1))
        )
    assert str(caught.value) == (
        "target must have the shape of input1 without the last axis, (4,), "
        "got (4, 1)"
    )


@pytest.mark.parametrize(
    "bad, sentence",
    [
        ({"relevance": [1, -1]}, "relevance must not be negative, got -1.0"),
        ({"scores": ["a", "b"]}, "scores must hold real numbers only, got "),
        ({"reduction": "avg"}, "reduction must be 'mean', 'sum' or 'none', "),
    ],
)
@pytest.mark.parametrize("function", [lambda_rank_grad, ndcg])
def test_measures_of_lists_refuse_what_the_losses_refuse(
    function, bad, sentence
):
    call = {"scores": [1.0, 2.0], "relevance": [1, 0]}
    with pytest.raises(ValueError, match=f"^{sentence}"):
        function(**(call | bad))


@pytest.mark.parametrize("k", [0, 1.5, "1"])
def test_places_that_count_are_a_whole_number(k):
    with pytest.raises(ValueError, match="^k must be a whole number of at"):
        ndcg([1.0, 2], [1, 0], k=k)

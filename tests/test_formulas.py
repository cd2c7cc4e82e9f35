"""The formula of every loss in the registry says what its code computes."""

import inspect

import numpy as np
import pytest
from formulas import value
from numpy.testing import assert_allclose
from scipy import special

from lossviz.losses import LOSSES

LETTERS = {
    "delta": r"\delta",
    "beta": r"\beta",
    "q": "q",
    "alpha": r"\alpha",
    "c": "c",
    "gamma": r"\gamma",
    "margin": "m",
    "temperature": r"\tau",
    "l1_ratio": r"\rho",
    "p": "p",
}


def residual(rng):
    y, prediction = rng.normal(scale=3, size=2)
    return {"r": y - prediction}, (prediction, y)


def spread(letter, power=1):
    def example(rng):
        symbols, data = residual(rng)
        scale = rng.uniform(0.5, 2)
        return symbols | {letter: scale}, (*data, scale**power)

    return example


def poisson(rng):
    z, y = rng.normal(), float(rng.poisson(3))
    return {"z": z, "y": y}, (z, y)


def mixture(rng):
    logits, means, scales = rng.normal(size=(3, 4))
    scales, y = np.exp(scales), rng.normal()
    symbols = {
        r"\pi_k": special.softmax(logits),
        r"\mu_k": means,
        r"\sigma_k": scales,
        "y": y,
    }
    return symbols, (logits, means, scales, y)


def logit(rng):
    z, y = rng.normal(scale=3), rng.uniform()
    return {"z": z, "y": y}, (z, y)


def share(rng):
    p, y = rng.uniform(size=2)
    return {"p": p, "y": y}, (p, y)


def logits(rng):
    z, y = rng.normal(size=(2, 4))
    y = special.softmax(y)
    symbols = {"y_k": y, "z_k": z, "z_j": z}
    return symbols, (z[np.newaxis], y[np.newaxis])


def logarithms(rng):
    p, y = special.softmax(rng.normal(size=(2, 4)), axis=1)
    return {"p_k": p, "y_k": y, "p_y": p[2]}, (np.log(p), y)


def true_class(rng):
    symbols, (log_p, _) = logarithms(rng)
    return symbols, (log_p, 2)


def probabilities(rng):
    (p,) = special.softmax(rng.normal(size=(1, 4)), axis=1)
    return {"p_k": p, "y_k": np.arange(4) == 2}, (p, 2)


def margin(rng):
    s, t = rng.normal(scale=2), rng.choice([-1.0, 1.0])
    return {"s": s, "t": t}, (s, t)


def scores_of_classes(rng):
    s = rng.normal(scale=2, size=4)
    symbols = {"K": 4, "s_y": s[2], "s_k": np.delete(s, 2)}
    return symbols, (s[np.newaxis], [2])


def two_scores(rng):
    s = rng.normal(size=2)
    t = rng.choice([-1.0, 1.0])
    return {"s_1": s[0], "s_2": s[1], "t": t}, (*s, t)


def duel(rng):
    s = rng.normal(size=2)
    return {"s_w": s[0], "s_l": s[1]}, tuple(s)


def preference(rng):
    logs = -rng.exponential(3, size=4)
    names = [r"\pi_w", r"\pi_l"]
    names += [rf"{name}^{{\mathrm{{ref}}}}" for name in names]
    return dict(zip(names, np.exp(logs), strict=True)), tuple(logs)


def triplet(rng):
    a, p, n = rng.normal(size=(3, 4))
    symbols = {"d_+": np.linalg.norm(a - p), "d_-": np.linalg.norm(a - n)}
    return symbols, (a, p, n)


def pair(rng):
    a, b = rng.normal(size=(2, 4))
    t = rng.choice([-1.0, 1.0])
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    symbols = {"d": np.linalg.norm(a - b), r"\varphi": np.arccos(cosine)}
    return symbols | {"t": t}, (a, b, t)


def distance(rng):
    d, t = rng.uniform(0, 3), rng.choice([-1.0, 1.0])
    return {"d": d, "t": t}, (d, t)


def unit(rng, *shape):
    rows = rng.normal(size=shape)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def views(rng):
    z1, z2 = unit(rng, 2, 5, 3)
    s = z1 @ z2.T
    return {"N": 5, "s_{ij}": s, "s_{ii}": np.diag(s)}, (z1, z2)


def both_views(rng):
    z = unit(rng, 10, 3)
    s = z @ z.T
    partner = s[np.arange(10), np.roll(np.arange(10), 5)]
    others = np.where(np.eye(10), -np.inf, s)
    symbols = {"N": 5, "s_{ij}": others, r"s_{i\bar\imath}": partner}
    return symbols, (z[:5], z[5:])


def relevances(rng):
    s, y = rng.normal(size=(2, 4))
    symbols = {"s_j": s, "s_k": s, "y_j": y, "y_k": y}
    return symbols, (s, y)


def order(rng):
    s, y = rng.normal(size=(2, 4))
    ranked = s[np.argsort(-y)]
    left = np.where(np.tri(4, k=-1), -np.inf, ranked)
    return {r"s_{\pi(k)}": left, r"s_{\pi(i)}": ranked}, (s, y)


def weights(rng):
    theta = rng.normal(size=5)
    return {r"\theta_j": theta}, (theta,)


EXAMPLES = {
    **{n: residual for n, loss in LOSSES.items() if loss.family == "residual"},
    "gaussian_nll_loss": spread(r"\sigma", 2),
    "laplace_nll_loss": spread("b"),
    "poisson_nll_loss": poisson,
    "von_mises_nll_loss": spread(r"\kappa"),
    "mixture_nll_loss": mixture,
    "binary_cross_entropy_with_logits": logit,
    "binary_cross_entropy": share,
    "cross_entropy": logits,
    "nll_loss": true_class,
    "kl_div": logarithms,
    "focal_loss": true_class,
    "brier_score": probabilities,
    **{
        f"{n}_loss": margin
        for n in (
            *("zero_one", "hinge", "squared_hinge"),
            *("exponential", "soft_margin"),
        )
    },
    "multi_margin_loss": scores_of_classes,
    "margin_ranking_loss": two_scores,
    "bradley_terry_loss": duel,
    "dpo_loss": preference,
    "triplet_margin_loss": triplet,
    "triplet_ratio_loss": triplet,
    "cosine_embedding_loss": pair,
    "hinge_embedding_loss": distance,
    "contrastive_loss": pair,
    "info_nce_loss": views,
    "nt_xent_loss": both_views,
    "list_net_loss": relevances,
    "list_mle_loss": order,
    **{n: weights for n, loss in LOSSES.items() if loss.family == "penalty"},
}
# The formula is that of an example, the code's elements are its parts.
SUMMED = {"kl_div", *(n for n in EXAMPLES if n.endswith("_penalty"))}


def hyperparameters(loss, rng):
    taken = inspect.signature(loss.value).parameters
    return {
        name: rng.uniform(0.2, 0.9) if name != "p" else taken[name].default
        for name in LETTERS
        if name in taken
    }


@pytest.mark.parametrize("name", LOSSES)
def test_the_formula_gives_what_the_code_gives(name, rng):
    loss = LOSSES[name]
    for _ in range(20):
        symbols, data = EXAMPLES[name](rng)
        given = hyperparameters(loss, rng)
        letters = {LETTERS[key]: number for key, number in given.items()}
        reduction = "sum" if name in SUMMED else "mean"
        ours = loss.value(*data, reduction=reduction, **given)
        stated = value(loss.formula, letters | symbols)
        # torch's own guards move distances by a millionth.
        assert_allclose(stated, ours, rtol=1e-5, atol=1e-5)


def test_a_slip_in_a_formula_shows(rng):
    symbols, data = EXAMPLES["huber_loss"](rng)
    slip = LOSSES["huber_loss"].formula.replace(r"\frac12\delta", r"\delta")
    given = {r"\delta": 0.5, **symbols}
    ours = LOSSES["huber_loss"].value(*data, delta=0.5)
    assert abs(given["r"]) > 0.5
    assert abs(value(slip, given) - ours) > 0.1


@pytest.mark.parametrize(
    "formula, result",
    [
        (r"\frac12 r^2", 2.0),
        (r"\frac12 r^3", 4.0),
        (r"|r| - |-r|/2", 1.0),
        (r"\log e^r + 1", 3.0),
        (r"\log(e)\,r", 2.0),
        (r"\max(r, 3)^2", 9.0),
        (r"\sum_k x_k^2 + 1", 15.0),
        (r"\begin{cases} 1 & r < 2 \\ r & r \ge 2 \end{cases}", 2.0),
    ],
)
def test_formulas_are_read_as_people_read_them(formula, result):
    symbols = {"r": 2.0, "x_k": np.arange(1.0, 4)}
    assert_allclose(value(formula, symbols), result)

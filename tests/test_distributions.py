import mpmath
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import losses
from lossviz.distributions import DISTRIBUTIONS
from lossviz.losses import LOSSES

N, K = 40, 3


def draw(name, rng):
    """Random targets and parameters, and torch's distribution of them."""
    td = torch.distributions
    t = torch.tensor
    real = rng.normal(size=N)
    mu, spread = rng.normal(size=N), rng.exponential(size=N) + 0.05
    shares = rng.dirichlet(np.ones(K), size=N)
    means, spreads = rng.normal(size=(N, K)), 0.1 + rng.random((N, K))
    if name == "normal":
        omega = {"mu": mu, "sigma": spread}
        return real, omega, td.Normal(t(mu), t(spread))
    if name == "laplace":
        omega = {"mu": mu, "b": spread}
        return real, omega, td.Laplace(t(mu), t(spread))
    if name == "bernoulli":
        p = rng.random(N)
        return rng.integers(0, 2, N), {"p": p}, td.Bernoulli(t(p))
    if name == "categorical":
        y = rng.integers(0, K, N)
        return y, {"p": shares}, td.Categorical(t(shares))
    if name == "poisson":
        rate = 5 * spread
        return rng.poisson(rate), {"mu": rate}, td.Poisson(t(rate))
    if name == "von_mises":
        omega = {"mu": mu, "kappa": 10 * spread}
        return real, omega, td.VonMises(t(mu), t(10 * spread))
    omega = {"weights": shares, "means": means, "sigmas": spreads}
    parts = td.Normal(t(means), t(spreads))
    mixture = td.MixtureSameFamily(td.Categorical(t(shares)), parts)
    return real, omega, mixture


each = pytest.mark.parametrize("name", DISTRIBUTIONS)


@each
@pytest.mark.parametrize("seed", range(3))
def test_log_density_is_that_of_torch(name, seed):
    y, omega, oracle = draw(name, np.random.default_rng(seed))
    theirs = oracle.log_prob(torch.tensor(y).double()).numpy()
    ours = DISTRIBUTIONS[name].log_density(y, **omega)
    # torch's Bessel function carries seven digits.
    rtol = 1e-6 if name == "von_mises" else 1e-12
    assert_allclose(ours, theirs, rtol=rtol, atol=rtol)


@each
def test_density_and_likelihood_follow_from_the_log_density(name):
    y, omega, _ = draw(name, np.random.default_rng(5))
    row = DISTRIBUTIONS[name]
    log_density = row.log_density(y, **omega)
    assert_allclose(row.density(y, **omega), np.exp(log_density))
    assert_allclose(row.nll(y, **omega), -log_density.mean())


@pytest.mark.parametrize(
    "name, omega, low, high",
    [
        ("normal", {"mu": 1, "sigma": 0.3}, -10, 10),
        ("laplace", {"mu": -1, "b": 0.4}, -20, 20),
        ("von_mises", {"mu": 2, "kappa": 5}, -np.pi, np.pi),
        (
            "mixture",
            {"weights": [0.2, 0.8], "means": [-1, 2], "sigmas": [0.3, 1]},
            -10,
            10,
        ),
    ],
)
def test_density_integrates_to_one(name, omega, low, high):
    y = np.linspace(low, high, 40_001)
    density = DISTRIBUTIONS[name].density(y, **omega)
    assert_allclose(np.trapezoid(density, y), 1, rtol=1e-6)


@pytest.mark.parametrize(
    "name, omega, n",
    [
        ("bernoulli", {"p": 0.3}, 2),
        ("categorical", {"p": [0.2, 0.5, 0.3]}, 3),
        ("poisson", {"mu": 4.5}, 60),
    ],
)
def test_probabilities_sum_to_one(name, omega, n):
    probabilities = DISTRIBUTIONS[name].density(np.arange(n), **omega)
    assert_allclose(probabilities.sum(), 1)


@pytest.mark.parametrize("kappa", [0.0, 1e-8, 0.7, 50.0, 1e3, 1e6])
def test_von_mises_has_its_digits_at_any_concentration(kappa):
    with mpmath.workdps(50):
        log_bessel = mpmath.log(mpmath.besseli(0, kappa))
        exact = kappa * mpmath.cos(0.5) - mpmath.log(2 * mpmath.pi)
        exact = float(exact - log_bessel)
    ours = DISTRIBUTIONS["von_mises"].log_density(0.7, mu=0.2, kappa=kappa)
    assert_allclose(ours, exact, rtol=1e-12)


@pytest.mark.parametrize("y, mu", [(0, 3), (5, 3), (170, 150), (10**6, 1e6)])
def test_poisson_has_its_digits_at_any_count(y, mu):
    with mpmath.workdps(50):
        exact = float(y * mpmath.log(mu) - mu - mpmath.loggamma(y + 1))
    ours = DISTRIBUTIONS["poisson"].log_density(y, mu=mu)
    assert_allclose(ours, exact, rtol=1e-9)


@pytest.mark.parametrize(
    "name, y, omega",
    [
        ("bernoulli", [0.5, 2, -1, np.inf], {"p": 0.5}),
        ("categorical", [-1, 2, 0.5, np.inf], {"p": [0.5, 0.5]}),
        ("poisson", [-1, 0.5, np.inf], {"mu": 2.0}),
        ("normal", [np.inf, -np.inf], {"mu": 0, "sigma": 1}),
    ],
)
def test_targets_outside_the_domain_have_no_density(name, y, omega):
    assert_array_equal(DISTRIBUTIONS[name].density(y, **omega), 0)


@each
def test_a_missing_target_has_a_missing_density(name):
    y, omega, _ = draw(name, np.random.default_rng(0))
    y = np.where(np.arange(N) == 7, np.nan, y)
    missing = np.isnan(DISTRIBUTIONS[name].density(y, **omega))
    assert_array_equal(np.flatnonzero(missing), [7])


def test_certain_events_have_no_surprise():
    rows = DISTRIBUTIONS
    assert_array_equal(rows["bernoulli"].log_density([0, 0], p=0), 0)
    assert_array_equal(rows["bernoulli"].log_density([1, 1], p=1), 0)
    assert_array_equal(rows["categorical"].log_density(1, p=[0, 1]), 0)
    assert_array_equal(rows["poisson"].log_density(0, mu=0), 0)
    assert rows["poisson"].log_density(1, mu=0) == -np.inf


def test_far_from_a_mixture_the_log_density_stays_finite():
    omega = {"weights": [0.5, 0.5], "means": [-1, 1], "sigmas": [0.1, 0.1]}
    log_density = DISTRIBUTIONS["mixture"].log_density(50.0, **omega)
    assert_allclose(log_density, -0.5 * 490**2, rtol=1e-4)


def test_parameters_broadcast_over_the_targets():
    y = np.arange(4.0)
    mu = np.array([[0.0], [1.0]])
    density = DISTRIBUTIONS["normal"].density(y, mu=mu, sigma=1)
    assert density.shape == (2, 4)
    assert_allclose(density[1, 0], density[0, 1])
    p = np.array([[0.1, 0.9], [0.6, 0.4]])
    assert_array_equal(DISTRIBUTIONS["categorical"].density(1, p=p), p[:, 1])


@pytest.mark.parametrize(
    "name, outputs, expected",
    [
        ("normal", (3,), {"mu": 3, "sigma": 1}),
        ("normal", (3, np.log(4)), {"mu": 3, "sigma": 2}),
        ("laplace", (3, np.log(4)), {"mu": 3, "b": 4}),
        ("bernoulli", (0,), {"p": 0.5}),
        ("bernoulli", ([-800, 800],), {"p": [0, 1]}),
        ("categorical", ([1000, 1000, -1000],), {"p": [0.5, 0.5, 0]}),
        (
            "categorical",
            ([[0, 0], [1000, 1000]],),
            {"p": [[0.5, 0.5], [0.5, 0.5]]},
        ),
        ("poisson", (np.log(3),), {"mu": 3}),
        ("von_mises", (2, 0), {"mu": np.pi / 2, "kappa": 1}),
        (
            "mixture",
            ([0, 0], [1, 2], [0, np.log(3)]),
            {"weights": [0.5, 0.5], "means": [1, 2], "sigmas": [1, 3]},
        ),
    ],
)
def test_links_turn_outputs_into_parameters(name, outputs, expected):
    omega = DISTRIBUTIONS[name].link(*outputs)
    assert list(omega) == list(DISTRIBUTIONS[name].parameters)
    for parameter, value in expected.items():
        assert_allclose(omega[parameter], value, atol=1e-15)


@each
def test_any_outputs_give_parameters_the_density_accepts(name):
    row = DISTRIBUTIONS[name]
    rng = np.random.default_rng(1)
    shape = (20, K) if row.several else (20,)
    n_outputs = {"normal": 2, "laplace": 2, "von_mises": 3, "mixture": 3}
    outputs = 5 * rng.normal(size=(n_outputs.get(name, 1), *shape))
    log_density = row.log_density(np.ones(20), **row.link(*outputs))
    assert log_density.shape == (20,)
    assert np.isfinite(log_density).all()


@pytest.mark.parametrize(
    "name, omega, expected",
    [
        ("normal", {"mu": 3, "sigma": 2}, 3),
        ("laplace", {"mu": [3, 4], "b": 2}, [3, 4]),
        ("bernoulli", {"p": [0.2, 0.5, 0.7]}, [0, 0, 1]),
        ("categorical", {"p": [[0.2, 0.8], [0.9, 0.1]]}, [1, 0]),
        ("poisson", {"mu": [0.9, 3.7]}, [0, 3]),
        ("von_mises", {"mu": 1, "kappa": 2}, 1),
    ],
)
def test_point_is_the_centre_or_the_most_probable_value(name, omega, expected):
    assert_array_equal(DISTRIBUTIONS[name].point(**omega), expected)


@pytest.mark.parametrize("seed", range(5))
def test_point_of_a_mixture_is_its_highest_mode(seed):
    _, omega, _ = draw("mixture", np.random.default_rng(seed))
    row = DISTRIBUTIONS["mixture"]
    top = row.density(row.point(**omega), **omega)
    y = np.linspace(-4, 4, 2001)
    each_mixture = {name: value[:, None] for name, value in omega.items()}
    assert (top >= row.density(y, **each_mixture).max(axis=1) - 1e-9).all()


def test_highest_mode_need_not_be_the_heaviest_component():
    omega = {"weights": [0.7, 0.3], "means": [0, 5], "sigmas": [2.0, 0.1]}
    point = DISTRIBUTIONS["mixture"].point(**omega)
    assert_allclose(point, 5, atol=1e-3)


@pytest.mark.parametrize(
    "loss, arguments, omega",
    [
        ("mse_loss", {}, lambda mu: {"mu": mu, "sigma": np.sqrt(0.5)}),
        ("l1_loss", {}, lambda mu: {"mu": mu, "b": 1.0}),
    ],
)
def test_likelihood_differs_from_its_point_loss_by_a_constant(
    loss, arguments, omega
):
    name = LOSSES[loss].distribution
    y = np.random.default_rng(0).normal(size=8)
    differences = [
        DISTRIBUTIONS[name].nll(y, **omega(mu))
        - LOSSES[loss].value(np.full(8, mu), y, **arguments)
        for mu in (-2.0, 0.3, 5.0)
    ]
    assert_allclose(differences, differences[0])


def test_every_loss_names_a_distribution_of_the_table():
    named = {loss.distribution for loss in LOSSES.values()} - {None}
    assert named <= set(DISTRIBUTIONS)


def test_losses_and_distributions_agree_on_the_mixture():
    y, omega, _ = draw("mixture", np.random.default_rng(3))
    loss = losses.mixture_nll_loss(
        np.log(omega["weights"]), omega["means"], omega["sigmas"], y
    )
    assert_allclose(DISTRIBUTIONS["mixture"].nll(y, **omega), loss)


BAD = [
    (
        "normal",
        {"mu": 0},
        "parameters must be mu, sigma, got mu",
    ),
    ("bernoulli", {}, "parameters must be p, got none"),
    ("normal", {"mu": 0, "sigma": 0}, r"sigma must be positive, got 0\.0"),
    ("laplace", {"mu": 0, "b": -1}, r"b must be positive, got -1\.0"),
    ("poisson", {"mu": -1}, r"mu must not be negative, got -1\.0"),
    (
        "von_mises",
        {"mu": 0, "kappa": -1},
        r"kappa must not be negative, got -1\.0",
    ),
    ("bernoulli", {"p": 1.5}, r"p must lie between 0 and 1, got 1\.5"),
    ("categorical", {"p": 0.5}, "p must have a last axis, got one number"),
    ("categorical", {"p": [0.5, 0.6]}, r"p must sum to 1, got 1\.1"),
    (
        "mixture",
        {"weights": [0.5, 0.5], "means": [0, 1], "sigmas": [1, 1, 1]},
        r"y, weights, means, sigmas must have shapes that fit, got .*",
    ),
    ("normal", {"mu": "a", "sigma": 1}, "mu must hold real numbers only, .*"),
]


@pytest.mark.parametrize("name, omega, message", BAD)
def test_bad_parameters_are_named_in_one_sentence(name, omega, message):
    row = DISTRIBUTIONS[name]
    for call in (
        lambda: row.log_density([0.0], **omega),
        lambda: row.point(**omega),
    ):
        with pytest.raises(ValueError, match=f"^{message}$"):
            call()


def test_wrong_numbers_of_outputs_and_targets_are_refused():
    with pytest.raises(ValueError, match="^outputs must be mu, s, got 3 of"):
        DISTRIBUTIONS["normal"].link(1, 2, 3)
    with pytest.raises(ValueError, match="^outputs must have a last axis"):
        DISTRIBUTIONS["categorical"].link(1)
    with pytest.raises(ValueError, match="^y must hold at least 1 value"):
        DISTRIBUTIONS["normal"].nll([], mu=0, sigma=1)


@pytest.mark.parametrize("name, output", [("poisson", 800), ("laplace", 800)])
def test_a_link_overflows_to_infinity_without_a_warning(name, output):
    distribution = DISTRIBUTIONS[name]
    outputs = [0.0] * (len(distribution.parameters) - 1) + [output]
    *_, last = distribution.link(*outputs).values()
    assert last == np.inf

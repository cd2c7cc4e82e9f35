import subprocess
import sys

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import data, fits, losses, training


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def wave():
    return data.inverse_sine(rng(), 200)


@pytest.fixture(scope="module")
def mixture(wave):
    return training.fit_mixture(*wave, 3, steps=40)


def test_a_band_needs_no_torch():
    code = (
        "import sys, numpy as np; from lossviz import data, training; "
        "x, y = data.growing_noise(np.random.default_rng(0), 50); "
        "training.fit_heteroscedastic(x, y); "
        "sys.exit('torch' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("growth", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("n", [50, 400])
@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_gradients_vanish_at_the_fitted_band(growth, n, beta):
    x, y = data.growing_noise(rng(1), n, growth=growth)
    band = training.fit_heteroscedastic(x, y, beta=beta)
    mean, sd = band.at(x)
    r, s = y - mean, 2 * np.log(sd)
    weight = sd ** (2 * beta)
    powers = np.vander(2 * x - 1, 6)
    along_mean = powers.T @ (weight * r / sd**2)
    along_s = powers[:, -3:].T @ (weight * (1 - r**2 * np.exp(-s)))
    assert_allclose(along_mean / n, 0, atol=1e-7)
    assert_allclose(along_s / n, 0, atol=1e-7)


def test_squared_error_gives_a_constant_band_of_root_mean_square():
    x, y = data.growing_noise(rng())
    band = training.fit_heteroscedastic(x, y, loss="mse")
    mean, sd = band.at(x)
    assert_allclose(sd, np.sqrt(np.mean((y - mean) ** 2)))
    assert_allclose(band.sd, sd[0])


def test_at_beta_one_the_mean_is_that_of_least_squares():
    x, y = data.growing_noise(rng())
    least = training.fit_heteroscedastic(x, y, loss="mse")
    beta_nll = training.fit_heteroscedastic(x, y, beta=1.0)
    assert_allclose(beta_nll.mean, least.mean)
    assert beta_nll.sd[-1] > 3 * beta_nll.sd[0]


def test_grid_and_likelihood_of_a_band_fit_its_curves():
    x, y = data.growing_noise(rng(), 100)
    band = training.fit_heteroscedastic(x, y)
    mean, sd = band.at(band.x)
    assert_array_equal(mean, band.mean)
    assert_array_equal(sd, band.sd)
    assert_array_equal(band.x[[0, -1]], [x.min(), x.max()])
    mean, sd = band.at(x)
    nll = losses.gaussian_nll_loss(mean, y, sd**2, full=True)
    assert_allclose(band.nll, nll)


def test_a_band_follows_a_change_of_axes():
    x, y = data.growing_noise(rng(), 100)
    band = training.fit_heteroscedastic(x, y)
    moved = training.fit_heteroscedastic(1000 + 5 * x, 10 * y - 3)
    assert_allclose(moved.mean, 10 * band.mean - 3, atol=1e-6)
    assert_allclose(moved.sd, 10 * band.sd, rtol=1e-6)


def test_learned_variance_covers_both_ends_as_the_lecture_says():
    x, y = data.growing_noise(rng())

    def report(loss):
        band = training.fit_heteroscedastic(x, y, loss=loss)
        mean, sd = band.at(x)
        inside = abs(y - mean) < 2 * sd
        ends = inside[x < 0.25].mean(), inside[x > 0.75].mean()
        return [band.nll, *ends], sd

    constant, _ = report("mse")
    learned, sd = report("gaussian_nll")
    assert_allclose(constant, [0.325, 1.00, 0.823], atol=1e-3)
    assert_allclose(learned, [0.082, 0.958, 0.969], atol=1e-3)
    assert_allclose(np.corrcoef(sd, 0.05 + 0.5 * x)[0, 1], 0.983, atol=1e-3)


@pytest.mark.parametrize("components", [1, 4])
def test_density_of_a_mixture_integrates_to_one(wave, components):
    mixture = training.fit_mixture(*wave, components, steps=5)
    y = np.linspace(-3, 4, 7001)
    density = mixture.density([-0.1, 0.5, 1.0], y)
    assert density.shape == (3, 7001)
    assert_allclose(np.trapezoid(density, y, axis=1), 1, rtol=1e-6)


def test_likelihood_and_density_of_a_mixture_are_those_of_torch(wave, mixture):
    x, y = wave
    weights, means, sd = map(torch.tensor, mixture.at(x))
    oracle = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(weights),
        torch.distributions.Normal(means, sd),
    )
    log_density = oracle.log_prob(torch.tensor(y)).numpy()
    assert_allclose(mixture.nll, -log_density.mean(), rtol=1e-10)
    assert_allclose(
        np.diag(mixture.density(x, y)), np.exp(log_density), rtol=1e-10
    )


def test_a_component_cannot_become_narrower_than_the_floor():
    still = np.zeros((1, 2)), np.zeros(2)
    output = np.zeros((2, 3)), np.array([0.0, 0.5, -20.0])
    mixture = training.Mixture(1, 0.0, hidden=still, output=output)
    _, _, sd = mixture.at([0.0, 1.0])
    assert_allclose(sd, np.exp(-5))


def test_training_a_mixture_improves_it_and_repeats_itself(wave, mixture):
    untrained = training.fit_mixture(*wave, 3, steps=1)
    again = training.fit_mixture(*wave, 3, steps=40)
    assert mixture.nll < untrained.nll - 0.5
    assert again.nll == mixture.nll


def test_trainings_leave_the_state_of_torch_alone(wave):
    torch.manual_seed(7)
    before = torch.get_rng_state()
    settings = torch.get_default_dtype(), torch.get_num_threads()
    training.fit_mixture(*wave, 2, steps=2)
    training.fit_two_outputs(*data.heights_weights(rng(), 20), steps=2)
    assert torch.equal(torch.get_rng_state(), before)
    assert (torch.get_default_dtype(), torch.get_num_threads()) == settings


def test_results_do_not_depend_on_the_threads_torch_has(wave):
    before = torch.get_num_threads()
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        found.append(training.fit_mixture(*wave, 2, steps=20).nll)
        assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
    assert found[0] == found[1]


@pytest.mark.slow
def test_three_components_suffice_for_the_inverse_sine():
    x, y = data.inverse_sine(rng())
    nll = [training.fit_mixture(x, y, K).nll for K in (1, 3, 5)]
    assert_allclose(nll, [-0.50, -1.46, -1.50], atol=0.05)
    half = training.fit_mixture(x, y, 3).density([0.5], np.linspace(0, 1, 101))
    peaks = (np.diff(np.sign(np.diff(half[0]))) < 0).sum()
    assert peaks == 3


def test_shares_of_the_loss_are_those_of_the_lecture_and_sum_to_one():
    X, Y = data.heights_weights(rng(), 50)
    for units, raw in [
        ([1, 1], [0.99996, 0.00004]),
        ([1, 100], [225 / 325, 100 / 325]),
    ]:
        for scheme in ("raw", "rescaled", "learned"):
            fit = training.fit_two_outputs(
                X, Y * units, scheme=scheme, steps=0
            )
            expected = raw if scheme == "raw" else [0.5, 0.5]
            assert_allclose(fit.shares, expected, atol=1e-5)
            assert_allclose(fit.shares.sum(), 1)


def test_rescaling_lets_the_height_be_learnt():
    X, Y = data.heights_weights(rng())
    raw, rescaled, learned = (
        training.fit_two_outputs(X, Y, scheme=scheme)
        for scheme in ("raw", "rescaled", "learned")
    )
    assert_allclose(raw.r2, [0.92, 0.77], atol=0.03)
    assert_allclose(rescaled.r2, [0.999, 0.99], atol=0.01)
    assert (learned.r2 > [0.94, 0.98]).all()


def test_rescaled_targets_are_learnt_alike_in_any_unit():
    X, Y = data.heights_weights(rng(), 60)
    first, second = (
        training.fit_two_outputs(X, Y * unit, scheme="rescaled", steps=30)
        for unit in ([1, 1], [1000, 100])
    )
    assert_allclose(first.r2, second.r2)
    assert_allclose(first.sd * [1000, 100], second.sd)


def test_root_mean_square_and_explained_variance_fit_together():
    X, Y = data.heights_weights(rng(), 60)
    for scheme in ("raw", "rescaled"):
        fit = training.fit_two_outputs(X, Y, scheme=scheme, steps=50)
        assert_allclose(fit.r2, 1 - (fit.sd / [15, 0.1]) ** 2)


def test_a_narrow_layer_with_learned_scales_can_serve_one_output_only():
    X, Y = data.heights_weights(rng())
    Z, _, _ = fits.standardise(Y)
    fit = training.fit_two_outputs(X, Z, scheme="learned", hidden=1)
    assert_allclose(fit.r2, [0.96, 0.00], atol=0.03)


GOOD_X = np.linspace(0, 1, 8)
BAD = [
    (
        lambda: training.fit_heteroscedastic([0, 1], [0, 1]),
        "x must hold at least 7 different values, got 2",
    ),
    (
        lambda: training.fit_heteroscedastic(GOOD_X, GOOD_X, loss="l1"),
        "loss must be 'gaussian_nll' or 'mse', got 'l1'",
    ),
    (
        lambda: training.fit_heteroscedastic(GOOD_X, GOOD_X, beta=2),
        "beta must lie between 0 and 1, got 2",
    ),
    (
        lambda: training.fit_heteroscedastic(GOOD_X, GOOD_X * np.nan),
        "y must hold finite numbers only, got nan",
    ),
    (
        lambda: training.fit_heteroscedastic(GOOD_X, GOOD_X),
        "y must scatter about the fitted curve, got residuals with mean .*",
    ),
    (
        lambda: training.fit_heteroscedastic(GOOD_X, 0 * GOOD_X),
        "y must scatter about the fitted curve, got residuals with mean .* 0",
    ),
    (
        lambda: training.fit_mixture(GOOD_X, GOOD_X, 0),
        "components must be a whole number of at least 1, got 0",
    ),
    (
        lambda: training.fit_mixture(GOOD_X, GOOD_X, 1, hidden=1),
        "hidden must be a whole number of at least 2, got 1",
    ),
    (
        lambda: training.fit_mixture(GOOD_X, GOOD_X[1:], 1),
        r"x and y must have the same shape, got \(8,\) and \(7,\)",
    ),
    (
        lambda: training.fit_two_outputs([[1.0]], [[1.0, 2.0, 3.0]]),
        r"Y must have shape \(n, 2\), got \(1, 3\)",
    ),
    (
        lambda: training.fit_two_outputs([[1.0], [2.0]], [[1, 2], [1, 3]]),
        "Y must vary, got a constant column 0",
    ),
    (
        lambda: training.fit_two_outputs([[1.0]], [[1, 2], [1, 3]]),
        r"X and y must have shapes \(n, d\) and \(n,\), got .*",
    ),
    (
        lambda: training.fit_two_outputs(
            [[1.0], [2.0]], [[1, 2], [2, 3]], scheme="auto"
        ),
        "scheme must be 'raw', 'rescaled' or 'learned', got 'auto'",
    ),
]


@pytest.mark.parametrize("call, message", BAD)
def test_bad_input_is_named_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()

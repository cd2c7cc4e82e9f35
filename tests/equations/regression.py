"""Checks of the equations displayed in the lecture on regression.

Each is compared with something that does not share its derivation: torch
and its autograd, 50-digit arithmetic, a numerical integral, a central
difference, or a search on a grid. r is target minus prediction.
"""

from functools import partial

import mpmath
import numpy as np
import torch
import torch.nn.functional as F
from numpy.testing import assert_allclose

from equations import equation
from lossviz import fits, losses

ROBUST = [
    ("l1_loss", {}),
    ("huber_loss", {"delta": 1.0}),
    ("pseudo_huber_loss", {"delta": 1.0}),
    ("general_robust_loss", {"alpha": -2.0}),
]


def normals(*shape):
    """Draw the same standard normal numbers in every check."""
    return np.random.default_rng(2).normal(size=shape)


def tensors(*arrays):
    return [torch.tensor(array) for array in arrays]


def derivative(f, at):
    """Differentiate a function of a tensor by autograd."""
    x = torch.tensor(at, requires_grad=True)
    return torch.autograd.grad(f(x), x)[0].numpy()


def difference(f, at, h=1e-5):
    """Differentiate a function of numbers by a central difference."""
    return (f(at + h) - f(at - h)) / (2 * h)


def each(loss, r, **parameters):
    """Return the loss of each residual."""
    return loss(0 * r, r, reduction="none", **parameters)


def normal_nll(r, sigma):
    """Average the normal negative log-likelihood by torch."""
    normal = torch.distributions.Normal(0, torch.tensor(sigma).double())
    return -normal.log_prob(torch.tensor(r)).mean().item()


def laplace_nll(r, b):
    """Average the Laplace negative log-likelihood by torch."""
    laplace = torch.distributions.Laplace(0, torch.tensor(b).double())
    return -laplace.log_prob(torch.tensor(r)).mean().item()


def barron(r, alpha, c):
    """Barron's formula as printed, in 50-digit arithmetic."""
    with mpmath.workdps(50):
        size = abs(mpmath.mpf(alpha) - 2)
        power = (((r / mpmath.mpf(c)) ** 2) / size + 1) ** (
            mpmath.mpf(alpha) / 2
        )
        return size / mpmath.mpf(alpha) * (power - 1)


def learned_variance(mu, s, y, factor=1.0):
    """Sum the Gaussian NLL with s = log σ², one of mu and s a tensor."""
    mu, s, y, factor = map(torch.as_tensor, (mu, s, y, factor))
    return (factor * (s + (y - mu) ** 2 * torch.exp(-s)) / 2).sum()


def expected_pinball(c, q):
    """Integrate the pinball loss of answer c over exponential targets."""
    below = mpmath.quad(lambda y: (c - y) * mpmath.exp(-y), [0, c])
    above = mpmath.quad(lambda y: (y - c) * mpmath.exp(-y), [c, mpmath.inf])
    return (1 - q) * below + q * above


@equation("2.0-nll")
def likelihood():
    r"""L(\theta) = -\frac1N\sum_{i=1}^N \log \Pr(y_i\mid x_i,\theta)"""
    p, y = 0.7, np.array([1, 1, 0, 1, 0, 0, 1, 1, 1, 1])
    chance = torch.distributions.Bernoulli(p).log_prob(torch.tensor(y * 1.0))
    product = np.prod(np.where(y == 1, p, 1 - p))
    assert_allclose(-chance.mean(), -np.log(product) / len(y), rtol=1e-6)


@equation("2.2-squared")
def squared_error():
    r"""\ell(\hat y, y) = r^2 \qquad \frac{\partial \ell}{\partial \hat y} =
    -2r"""
    prediction, target = normals(2, 7)
    r = target - prediction
    assert_allclose(losses.mse_loss(prediction, target), np.mean(r**2))
    slope = derivative(
        lambda p: F.mse_loss(p, torch.tensor(target), reduction="sum"),
        prediction,
    )
    assert_allclose(slope, -2 * r)


@equation("2.2-rmse")
def root_mean_square():
    r"""\mathrm{RMSE} = \sqrt{\frac1N\sum_{i=1}^N r_i^2}"""
    r = np.array([3.0, -4.0])
    assert_allclose(np.sqrt(losses.mse_loss(r, 0 * r)), 12.5**0.5)
    metres = np.sqrt(losses.mse_loss(r / 100, 0 * r))
    assert_allclose(100 * metres, 12.5**0.5)


@equation("2.2-r1")
def normal_density():
    r"""\Pr(y\mid\mu,\sigma^2) =
    \frac{1}{\sqrt{2\pi\sigma^2}}\exp\Big(-\frac{(y-\mu)^2}{2\sigma^2}\Big)"""
    y, mu, sigma = 1.3, 0.4, 0.7
    ours = np.exp(-((y - mu) ** 2) / (2 * sigma**2))
    ours /= np.sqrt(2 * np.pi * sigma**2)
    assert_allclose(ours, float(mpmath.npdf(y, mu, sigma)))


@equation("2.2-r3-1")
def normal_nll_with_the_density():
    r"""L =
    -\frac1N\sum_{i}\log\Big[\frac{1}{\sqrt{2\pi\sigma^2}}\exp\Big(-\frac{r_i^2}{2\sigma^2}\Big)\Big]"""
    r, sigma = normals(9), 0.7
    density = np.exp(-(r**2) / (2 * sigma**2)) / np.sqrt(2 * np.pi * sigma**2)
    assert_allclose(-np.mean(np.log(density)), normal_nll(r, sigma))


@equation("2.2-r3-2")
def normal_nll_with_two_terms():
    r"""L = -\frac1N\sum_{i}\Big[-\frac12\log(2\pi\sigma^2) -
    \frac{r_i^2}{2\sigma^2}\Big]"""
    r, sigma = normals(9), 0.7
    bracket = -np.log(2 * np.pi * sigma**2) / 2 - r**2 / (2 * sigma**2)
    assert_allclose(-np.mean(bracket), normal_nll(r, sigma))


@equation("2.2-r3-3")
def normal_nll_resolved():
    r"""L = \frac12\log(2\pi\sigma^2) + \frac{1}{2\sigma^2}\,\frac1N\sum_{i}
    r_i^2"""
    r, sigma = normals(9), 0.7
    line = np.log(2 * np.pi * sigma**2) / 2 + np.mean(r**2) / (2 * sigma**2)
    assert_allclose(line, normal_nll(r, sigma))


@equation("2.2-r3-4")
def normal_nll_and_squares_have_one_minimum():
    r"""\arg\min_\theta L = \arg\min_\theta\ \frac1N\sum_{i} r_i^2"""
    y, grid = normals(9), np.linspace(-2, 2, 4001)
    nll = [normal_nll(y - c, 0.7) for c in grid]
    squares = [np.mean((y - c) ** 2) for c in grid]
    assert np.argmin(nll) == np.argmin(squares)
    assert_allclose(grid[np.argmin(nll)], y.mean(), atol=1e-3)


@equation("2.2-sigma")
def best_constant_spread():
    r"""\hat\sigma^2 = \frac1N\sum_{i} r_i^2"""
    r = normals(9)
    slope = difference(lambda s: normal_nll(r, np.sqrt(s)), np.mean(r**2))
    assert_allclose(slope, 0, atol=1e-8)


@equation("2.2-gradient")
def gradient_of_least_squares():
    r"""\nabla_\theta\, \frac1N\lVert y - X\theta\rVert^2 = -\frac2N
    X^\top(y - X\theta)"""
    X, y, theta = normals(6, 2), normals(6), normals(2)
    inputs, targets = torch.tensor(X), torch.tensor(y)
    slope = derivative(lambda t: ((targets - inputs @ t) ** 2).mean(), theta)
    assert_allclose(slope, -2 / 6 * X.T @ (y - X @ theta))


@equation("2.2-normal-equations")
def normal_equations():
    r"""X^\top X\,\hat\theta = X^\top y"""
    X, y = normals(6, 2), normals(6)
    theta = fits.least_squares(X, y)
    assert_allclose(X.T @ X @ theta, X.T @ y)


@equation("2.3-absolute")
def absolute_error():
    r"""\ell(\hat y, y) = |r| \qquad \frac{\partial \ell}{\partial \hat y} =
    -\mathrm{sign}(r)"""
    prediction, target = normals(2, 7)
    r = target - prediction
    assert_allclose(losses.l1_loss(prediction, target), np.mean(abs(r)))
    slope = derivative(
        lambda p: F.l1_loss(p, torch.tensor(target), reduction="sum"),
        prediction,
    )
    assert_allclose(slope, -np.sign(r))


@equation("2.3-r1")
def laplace_density():
    r"""\Pr(y\mid\mu,b) = \frac1{2b}\exp\Big(-\frac{|y-\mu|}{b}\Big)"""
    y, mu, b = 1.3, 0.4, 0.7
    density = np.exp(-abs(y - mu) / b) / (2 * b)
    laplace = torch.distributions.Laplace(mu, b)
    assert_allclose(density, laplace.log_prob(torch.tensor(y)).exp(), 1e-6)


@equation("2.3-r3-1")
def laplace_nll_resolved():
    r"""L = \log 2b + \frac1b\,\frac1N\sum_{i} |r_i|"""
    r, b = normals(9), 0.7
    line = np.log(2 * b) + np.mean(abs(r)) / b
    assert_allclose(line, laplace_nll(r, b))


@equation("2.3-r3-2")
def laplace_nll_and_absolute_errors_have_one_minimum():
    r"""\arg\min_\theta L = \arg\min_\theta\ \frac1N\sum_{i} |r_i|"""
    y, grid = normals(9), np.linspace(-2, 2, 4001)
    nll = [laplace_nll(y - c, 0.7) for c in grid]
    absolute = [np.mean(abs(y - c)) for c in grid]
    assert np.argmin(nll) == np.argmin(absolute)
    assert_allclose(grid[np.argmin(nll)], np.median(y), atol=1e-3)


@equation("2.3-r3-3")
def best_constant_scale():
    r"""\hat b = \frac1N\sum_{i} |r_i|"""
    r = normals(9)
    assert_allclose(
        difference(lambda b: laplace_nll(r, b), np.mean(abs(r))), 0, atol=1e-8
    )


@equation("2.3-median")
def slope_counts_heads():
    r"""\frac{d}{dc}\sum_{i}|y_i - c| = \#\{y_i < c\} - \#\{y_i > c\}"""
    y = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    for c in (0.5, 1.5, 2.5, 3.5, 50.0):
        slope = difference(lambda at: np.sum(abs(y - at)), c)
        assert_allclose(slope, np.sum(y < c) - np.sum(y > c))


@equation("2.3-efficiency")
def efficiency_of_the_median():
    r"""\frac{\mathrm{var}(\text{median})}{\mathrm{var}(\text{mean})} \to
    \frac{1}{4 f(m)^2\sigma^2}"""
    rng = np.random.default_rng(0)
    noises = [
        (rng.normal, 1 / np.sqrt(2 * np.pi), 1, np.pi / 2),
        (rng.laplace, 1 / 2, 2, 1 / 2),
    ]
    for noise, height, variance, stated in noises:
        assert_allclose(1 / (4 * height**2 * variance), stated)
        sample = noise(size=(4_000, 2001))
        measured = np.median(sample, axis=1).var() / sample.mean(axis=1).var()
        assert_allclose(measured, stated, rtol=0.08)


@equation("2.4-huber")
def huber():
    r"""\ell_\delta(r) = \begin{cases}\frac12 r^2 & \text{if }
    |r|\le\delta\\ \delta|r| - \frac12\delta^2 &
    \text{otherwise}\end{cases}"""
    r, delta = np.linspace(-5, 5, 41), 1.7
    cases = np.where(abs(r) <= delta, r**2 / 2, delta * abs(r) - delta**2 / 2)
    assert_allclose(each(losses.huber_loss, r, delta=delta), cases)
    torchs = F.huber_loss(*tensors(r, 0 * r), reduction="none", delta=delta)
    assert_allclose(torchs, cases)


@equation("2.4-join")
def straight_part_joins_the_square():
    r"""\frac12\delta^2 = \delta\cdot\delta + b"""
    for delta in (0.3, 1.0, 4.0):
        b = -(delta**2) / 2
        assert_allclose(delta**2 / 2, delta * delta + b)
        beyond = losses.huber_loss(9.0, 0.0, delta=delta)
        assert_allclose(beyond, delta * 9 + b)


@equation("2.4-gradient")
def huber_has_a_speed_limit():
    r"""\frac{\partial \ell_\delta}{\partial \hat y} = -\max\big(-\delta,\
    \min(\delta, r)\big)"""
    r, delta = np.linspace(-5, 5, 41), 1.7
    clipped = -np.maximum(-delta, np.minimum(delta, r))
    slope = derivative(
        lambda p: F.huber_loss(p, torch.tensor(r), "sum", delta), 0 * r
    )
    assert_allclose(slope, clipped)
    ours = losses.huber_loss_grad(0 * r, r, delta=delta, reduction="sum")
    assert_allclose(ours, clipped)


@equation("2.4-smooth")
def smooth_l1_is_huber_divided():
    r"""\mathrm{SmoothL1}_\beta(r) = \frac{1}{\beta}\,\ell_{\delta=\beta}(r)"""
    r = np.linspace(-5, 5, 41)
    for beta in (0.2, 1.0, 3.0):
        huber = each(losses.huber_loss, r, delta=beta)
        smooth = F.smooth_l1_loss(
            *tensors(r, 0 * r), reduction="none", beta=beta
        )
        assert_allclose(smooth, huber / beta)
        assert_allclose(each(losses.smooth_l1_loss, r, beta=beta), smooth)


@equation("2.4-pseudo")
def pseudo_huber():
    r"""\ell(r) = \delta^2\Big(\sqrt{1+(r/\delta)^2}-1\Big)"""
    delta = mpmath.mpf("1.7")
    for r in (-4.0, -0.5, 0.0, 1e-3, 2.0):
        exact = delta**2 * (mpmath.sqrt(1 + (r / delta) ** 2) - 1)
        ours = losses.pseudo_huber_loss(r, 0.0, delta=1.7)
        assert_allclose(ours, float(exact), rtol=1e-9)


@equation("2.4-logcosh")
def log_cosh():
    r"""\ell(r) = \log\cosh r"""
    for r in (-4.0, -0.5, 0.0, 2.0):
        exact = mpmath.log(mpmath.cosh(r))
        assert_allclose(losses.log_cosh_loss(r, 0.0), float(exact))


@equation("2.5-m")
def influence_and_weight():
    r"""\hat\theta = \arg\min_\theta \sum_{i}\rho(r_i) \qquad \psi(r) =
    \rho'(r) \qquad w(r) = \frac{\psi(r)}{r}"""
    r = np.array([-3.0, -0.4, 0.7, 2.0])
    for name, parameters in ROBUST:
        rho = partial(each, getattr(losses, name), **parameters)
        psi = fits.psi(name, r, **parameters)
        assert_allclose(psi, difference(rho, r), atol=1e-7)
        assert_allclose(fits.weight(name, r, **parameters), psi / r)
    assert fits.best_constant([1, 2, 9], "huber_loss", delta=0.1) < 3


@equation("2.5-stationary")
def robust_fit_balances_the_pulls():
    r"""\sum_{i}\psi(r_i)\,x_i = 0"""
    X, y = normals(20, 2), normals(20)
    theta = fits.irls(X, y, "huber_loss", delta=0.5)
    pull = fits.psi("huber_loss", y - X @ theta, delta=0.5)
    assert_allclose(X.T @ pull, 0, atol=1e-7)


@equation("2.5-irls")
def robust_fit_solves_its_weighted_equations():
    r"""\hat\theta = (X^\top W X)^{-1}X^\top W y"""
    X, y = normals(20, 2), normals(20)
    theta = fits.irls(X, y, "huber_loss", delta=0.5)
    W = np.diag(fits.weight("huber_loss", y - X @ theta, delta=0.5))
    assert_allclose(np.linalg.inv(X.T @ W @ X) @ X.T @ W @ y, theta)


@equation("2.6-barron")
def general_robust_loss():
    r"""\rho(r;\alpha,c) =
    \frac{|\alpha-2|}{\alpha}\Big[\Big(\frac{(r/c)^2}{|\alpha-2|}+1\Big)^{\alpha/2}-1\Big]"""
    for alpha in (-10, -2, 0.5, 1, 1.5):
        for r in (-3.0, 0.2, 5.0):
            exact = barron(r, mpmath.mpf(alpha), mpmath.mpf(2))
            ours = losses.general_robust_loss(r, 0.0, alpha=alpha, c=2)
            assert_allclose(ours, float(exact))
    limits = {2: 4.5, 0: np.log(5.5), -np.inf: 1 - np.exp(-4.5)}
    for alpha, limit in limits.items():
        near = np.clip(alpha, -1e9, 2 - 1e-9) + 1e-10
        assert_allclose(float(barron(3, mpmath.mpf(near), 1)), limit, 1e-6)
        ours = losses.general_robust_loss(3.0, 0.0, alpha=alpha)
        assert_allclose(ours, limit)


@equation("2.6-influence")
def pull_of_the_general_robust_loss():
    r"""\psi(r;\alpha,c) =
    \frac{r}{c^2}\Big(\frac{(r/c)^2}{|\alpha-2|}+1\Big)^{\alpha/2-1}"""
    for alpha in (-10, -2, 0.5, 1, 1.5):
        for r in (-3.0, 0.2, 5.0):
            size = (r / 2) ** 2 / abs(alpha - 2) + 1
            psi = r / 2**2 * size ** (alpha / 2 - 1)
            exact = mpmath.diff(lambda t, a=alpha: barron(t, a, 2), r)
            assert_allclose(psi, float(exact))
            ours = fits.psi("general_robust_loss", r, alpha=alpha, c=2)
            assert_allclose(ours, psi)


@equation("2.6-normaliser")
def normaliser_makes_a_density():
    r"""-\log\Pr(r) = \rho(r;\alpha,1) + \log Z(\alpha) \qquad Z(\alpha) =
    \int_{-\infty}^{\infty} e^{-\rho(r;\alpha,1)}\,dr"""
    ends = [-mpmath.inf, 0, mpmath.inf]
    gaussian = mpmath.quad(lambda r: mpmath.exp(-(r**2) / 2), ends)
    assert_allclose(float(gaussian), np.sqrt(2 * np.pi))
    cauchy = mpmath.quad(lambda r: 1 / (r**2 / 2 + 1), ends)
    assert_allclose(float(cauchy), np.sqrt(2) * np.pi)
    density = torch.distributions.Cauchy(0.0, 2**0.5).log_prob
    nll = losses.general_robust_loss(3.0, 0.0, alpha=0) + np.log(float(cauchy))
    assert_allclose(nll, -density(torch.tensor(3.0)), rtol=1e-6)
    tail = losses.general_robust_loss(1e9, 0.0, alpha=-0.1)
    assert tail < 40  # e^-rho stays above a constant: no finite integral


@equation("2.7-pinball")
def pinball():
    r"""\ell_q(r) = \max\big(q\,r,\ (q-1)\,r\big)"""
    r = np.array([-2.0, 0.0, 3.0])
    for q in (0.1, 0.5, 0.9):
        formula = np.maximum(q * r, (q - 1) * r)
        assert_allclose(each(losses.quantile_loss, r, q=q), formula)
    assert_allclose(each(losses.quantile_loss, r, q=0.5), abs(r) / 2)


@equation("2.7-slope")
def slope_of_the_expected_pinball():
    r"""\frac{d}{dc}\,\mathbb E\,\ell_q(y-c) = F(c) - q"""
    for q in (0.1, 0.5, 0.9):
        for c in (0.2, 1.0, 3.0):
            slope = mpmath.diff(partial(expected_pinball, q=q), c)
            assert_allclose(float(slope), 1 - np.exp(-c) - q, atol=1e-8)


@equation("2.8-nll")
def nll_with_learned_variance():
    r"""\ell(\mu, s; y) = \frac12\big(s + r^2 e^{-s}\big) \qquad r = y-\mu"""
    mu, s, y = normals(3, 5)
    formula = (s + (y - mu) ** 2 * np.exp(-s)) / 2
    normal = torch.distributions.Normal(*tensors(mu, np.exp(s / 2)))
    exact = -normal.log_prob(torch.tensor(y)) - np.log(2 * np.pi) / 2
    assert_allclose(formula, exact)


@equation("2.8-dmu")
def slope_in_the_mean():
    r"""\frac{\partial\ell}{\partial\mu} = -r\,e^{-s}"""
    mu, s, y = normals(3, 5)
    slope = derivative(lambda m: learned_variance(m, s, y), mu)
    assert_allclose(slope, -(y - mu) * np.exp(-s))


@equation("2.8-ds")
def slope_in_the_log_variance():
    r"""\frac{\partial\ell}{\partial s} = \frac12\big(1 - r^2e^{-s}\big)"""
    mu, s, y = normals(3, 5)
    slope = derivative(lambda t: learned_variance(mu, t, y), s)
    assert_allclose(slope, (1 - (y - mu) ** 2 * np.exp(-s)) / 2)


@equation("2.8-beta")
def slope_of_the_weighted_nll():
    r"""\frac{\partial\ell_\beta}{\partial\mu} = -r\,e^{-(1-\beta)s}"""
    mu, s, y = normals(3, 5)
    for beta in (0.0, 0.5, 1.0):
        nll = partial(learned_variance, s=s, y=y, factor=np.exp(beta * s))
        expected = -(y - mu) * np.exp(-(1 - beta) * s)
        assert_allclose(derivative(nll, mu), expected)


@equation("2.9-product")
def densities_of_outputs_multiply():
    r"""\Pr(y\mid\mu,\sigma) =
    \prod_{d=1}^{D}\frac{1}{\sqrt{2\pi\sigma_d^2}}\exp\Big(-\frac{r_d^2}{2\sigma_d^2}\Big)"""
    r, sigma = normals(3), np.array([0.5, 1.0, 2.0])
    factors = np.exp(-(r**2) / (2 * sigma**2)) / np.sqrt(2 * np.pi * sigma**2)
    joint = torch.distributions.MultivariateNormal(
        torch.zeros(3).double(), torch.diag(torch.tensor(sigma**2))
    )
    assert_allclose(np.prod(factors), joint.log_prob(torch.tensor(r)).exp())


@equation("2.9-loss")
def loss_of_several_outputs():
    r"""\ell = \sum_{d=1}^{D}\Big[\frac{r_d^2}{2\sigma_d^2} +
    \log\sigma_d\Big]"""
    r, sigma = normals(3), np.array([0.5, 1.0, 2.0])
    formula = np.sum(r**2 / (2 * sigma**2) + np.log(sigma))
    ours = losses.gaussian_nll_loss(0 * r, r, sigma**2, reduction="sum")
    assert_allclose(formula, ours)


@equation("2.9-optimum")
def best_spread_of_each_output():
    r"""\hat\sigma_d^2 = \frac1N\sum_{i} r_{id}^2"""
    R = normals(8, 2) * [15, 0.1]
    best = np.mean(R**2, axis=0)
    nll = losses.gaussian_nll_loss
    for factors in [(0.99, 1), (1.01, 1), (1, 0.99), (1, 1.01)]:
        moved = np.tile(best * factors, (8, 1))
        assert nll(0 * R, R, np.tile(best, (8, 1))) < nll(0 * R, R, moved)


@equation("2.10-poisson")
def poisson_nll():
    r"""\ell(z; y) = e^z - yz + \log y!"""
    for z, y in [(0.3, 0), (-1.0, 2), (1.1, 5)]:
        formula = np.exp(z) - y * z + float(mpmath.log(mpmath.factorial(y)))
        poisson = torch.distributions.Poisson(np.exp(z))
        assert_allclose(formula, -poisson.log_prob(torch.tensor(y)), rtol=1e-6)


@equation("2.10-poisson-slope")
def slope_of_the_poisson_nll():
    r"""\frac{\partial\ell}{\partial z} = e^z - y"""
    z, y = np.array([0.3, -1.0, 1.1]), np.array([0.0, 2.0, 5.0])
    slope = derivative(
        lambda t: F.poisson_nll_loss(t, torch.tensor(y), reduction="sum"), z
    )
    assert_allclose(slope, np.exp(z) - y)


@equation("2.10-vonmises")
def von_mises_nll():
    r"""\ell(\mu; y) = -\kappa\cos(y-\mu) + \log\big(2\pi I_0(\kappa)\big)"""
    for mu, y, kappa in [(0.4, -3.0, 0.5), (3.1, -3.1, 8.0)]:
        bessel = mpmath.besseli(0, kappa)
        exact = -kappa * mpmath.cos(y - mu) + mpmath.log(
            2 * mpmath.pi * bessel
        )
        ours = losses.von_mises_nll_loss(mu, y, kappa)
        assert_allclose(ours, float(exact))
    slope = difference(lambda mu: -2 * np.cos(1.0 - mu), 0.3)
    assert_allclose(slope, -2 * np.sin(1.0 - 0.3), rtol=1e-8)


@equation("2.11-mixture")
def mixture_nll():
    r"""\ell = -\log\sum_{k=1}^{K}\pi_k\,N(y;\mu_k,\sigma_k)"""
    a, mu, y = *normals(2, 3), 0.4
    sigma = np.array([0.3, 0.5, 0.2])
    pi = np.exp(a) / np.exp(a).sum()
    normal = np.exp(-(((y - mu) / sigma) ** 2) / 2) / sigma
    formula = -np.log(np.sum(pi * normal / np.sqrt(2 * np.pi)))
    ours = losses.mixture_nll_loss([a], [mu], [sigma], [y])
    assert_allclose(formula, ours)


@equation("2.11-slope")
def slope_in_the_mixture_weights():
    r"""\frac{\partial\ell}{\partial a_k} = \pi_k - \gamma_k \qquad \gamma_k
    = \frac{\pi_kN(y;\mu_k,\sigma_k)}{\sum_j\pi_jN(y;\mu_j,\sigma_j)}"""
    a, mu, y = *normals(2, 3), torch.tensor(0.4)
    sigma = np.array([0.3, 0.5, 0.2])
    logs = torch.distributions.Normal(*tensors(mu, sigma)).log_prob(y)
    slope = derivative(
        lambda t: -torch.logsumexp(torch.log_softmax(t, 0) + logs, 0), a
    )
    pi = np.exp(a) / np.exp(a).sum()
    share = pi * logs.exp().numpy()
    assert_allclose(slope, pi - share / share.sum())


@equation("2.12-reductions")
def reductions():
    r"""\text{sum} = \sum_{i=1}^{N}\ell_i \qquad \text{mean} =
    \frac1N\sum_{i=1}^{N}\ell_i \qquad \text{none} =
    (\ell_1,\dots,\ell_N)"""
    prediction, target = normals(2, 7)
    single = (target - prediction) ** 2
    for reduction, expected in [
        ("sum", single.sum()),
        ("mean", single.sum() / 7),
        ("none", single),
    ]:
        ours = losses.mse_loss(prediction, target, reduction=reduction)
        assert_allclose(ours, expected)

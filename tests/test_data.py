import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import data

SEEDED = [
    data.line,
    data.growing_noise,
    data.skewed,
    data.skewed_line,
    data.inverse_sine,
    data.heights_weights,
    data.sparse_linear,
]


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("draw", SEEDED, ids=lambda draw: draw.__name__)
def test_data_depend_on_the_seed_and_on_nothing_else(draw):
    def values(seed):
        return np.concatenate([np.ravel(part) for part in draw(rng(seed))])

    first = values(1)
    np.random.seed(0)
    assert_array_equal(values(1), first)
    assert not np.array_equal(values(2), first)


@pytest.mark.parametrize("draw", SEEDED, ids=lambda draw: draw.__name__)
def test_a_bare_seed_is_refused_in_one_sentence(draw):
    with pytest.raises(ValueError, match="^rng must be a numpy.random.Gen"):
        draw(0)


@pytest.mark.parametrize("draw", SEEDED, ids=lambda draw: draw.__name__)
def test_a_number_of_points_must_be_whole(draw):
    with pytest.raises(ValueError, match="^n must be a whole number"):
        draw(rng(), 2.5)


def test_points_lie_on_the_line_when_there_is_no_noise():
    x, y = data.line(rng(), 5, intercept=-1, slope=2, sigma=0)
    assert_allclose(y, 2 * x - 1)
    assert x[0] == 0 and x[-1] == 12


def test_noise_of_the_line_has_the_standard_deviation_asked_for():
    x, y = data.line(rng(), 4000, sigma=0.7)
    assert_allclose((y - 1 - 0.5 * x).std(), 0.7, rtol=0.05)


@pytest.mark.parametrize(
    "at, moved", [("end", [3, 4]), ("start", [0, 1]), ("middle", [1, 2])]
)
def test_outliers_are_shifted_in_a_copy_where_asked(at, moved):
    y = np.arange(5.0)
    shifted, mask = data.add_outliers(y, count=2, shift=10, at=at)
    assert_array_equal(np.flatnonzero(mask), moved)
    assert_array_equal(shifted - y, 10.0 * mask)
    assert_array_equal(y, np.arange(5))


def test_no_outliers_leave_the_targets_as_they_are():
    y, mask = data.add_outliers([1, 2, 3], count=0)
    assert_array_equal(y, [1, 2, 3])
    assert not mask.any()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"count": 4}, "count must be at most 3, got 4"),
        ({"count": -1}, "count must be a whole number of at least 0, got -1"),
        ({"shift": np.inf}, "shift must be a finite number, got inf"),
        ({"at": "left"}, "at must be 'end', 'start' or 'middle', got 'left'"),
    ],
)
def test_outliers_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ValueError) as caught:
        data.add_outliers([1.0, 2.0, 3.0], **arguments)
    assert str(caught.value) == message


def test_targets_of_a_line_must_have_one_dimension():
    with pytest.raises(ValueError, match=r"got shape \(2, 1\)$"):
        data.add_outliers([[1.0], [2.0]])


def test_noise_around_the_sine_grows_as_stated():
    x, y = data.growing_noise(rng(), 20_000, base=0.1, growth=2.0)
    scaled = (y - np.sin(2 * np.pi * x)) / (0.1 + 2.0 * x)
    for part in (x < 0.2, x > 0.8):
        assert_allclose(scaled[part].std(), 1, rtol=0.03)
    assert (np.diff(x) >= 0).all()


def test_skew_zero_is_the_normal_distribution_and_the_median_stays_zero():
    normal = data.skewed(rng(), 501, skew=0)
    assert_array_equal(normal, rng().normal(size=501))
    for skew in (1e-9, 0.5, 3.0):
        values = data.skewed(rng(), 501, skew=skew)
        assert_array_equal(np.argsort(values), np.argsort(normal))
        assert_array_equal(np.sign(values), np.sign(normal))


def test_skewness_is_close_to_the_parameter_while_it_is_small():
    values = data.skewed(rng(), 400_000, skew=0.6)
    centred = values - values.mean()
    assert_allclose((centred**3).mean() / centred.std() ** 3, 0.6, rtol=0.1)


def test_skewed_line_has_the_stated_median_everywhere():
    x, y = data.skewed_line(rng(), 20_000, skew=2.0, growth=0.5)
    below = y < 1 + x / 2
    for part in (x < 3, x >= 3):
        assert_allclose(below[part].mean(), 0.5, atol=0.02)


def test_the_middle_of_the_inverse_sine_has_three_answers():
    x, y = data.inverse_sine(rng(), 5000, sigma=0.01)
    y = y[abs(x - 0.5) < 0.01]
    roots = [(y < 0.35).any(), (abs(y - 0.5) < 0.1).any(), (y > 0.65).any()]
    assert all(roots)
    assert not ((y > 0.3) & (y < 0.45)).any()


def test_weights_and_heights_have_exactly_the_stated_moments():
    X, Y = data.heights_weights(rng(3), 50)
    assert X.shape == Y.shape == (50, 2)
    assert_allclose(Y.mean(axis=0), [70, 1.75])
    assert_allclose(Y.std(axis=0), [15, 0.1])


def test_only_the_informative_inputs_of_the_linear_problem_matter():
    X, y, theta = data.sparse_linear(rng(), sigma=0)
    assert np.count_nonzero(theta) == 6
    assert_allclose(X @ theta, y)
    with pytest.raises(ValueError, match="^informative must be at most 2"):
        data.sparse_linear(rng(), 5, 2, informative=3)


def test_the_view_is_a_darker_template_with_its_foot_covered():
    template, view = data.occluded_template()
    assert_allclose(view[:5], 0.7 * template[:5])
    assert (view[5:] == 1).all()
    with pytest.raises(ValueError, match="^rows must be at most 8, got 9$"):
        data.occluded_template(rows=9)
    with pytest.raises(ValueError, match="^gain must be positive, got 0$"):
        data.occluded_template(gain=0)


@pytest.mark.parametrize(
    "load, shape, classes",
    [
        (data.diabetes, (442, 10), None),
        (data.digits, (1797, 64), range(10)),
        (data.breast_cancer, (569, 30), [0, 1]),
    ],
)
def test_real_data_have_the_documented_shape(load, shape, classes):
    X, y = load()
    assert X.shape == shape and y.shape == shape[:1]
    if classes is not None:
        assert set(y) == set(classes)

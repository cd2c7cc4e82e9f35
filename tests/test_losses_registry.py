"""What holds of every loss in the registry."""

import importlib
import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lossviz import losses
from lossviz.losses import LOSSES

each_loss = pytest.mark.parametrize(
    "loss", LOSSES.values(), ids=lambda loss: loss.name
)
each_curve = pytest.mark.parametrize(
    "loss",
    [loss for loss in LOSSES.values() if loss.argument],
    ids=lambda loss: loss.name,
)
each_residual_loss = pytest.mark.parametrize(
    "loss",
    [loss for loss in LOSSES.values() if loss.family == "residual"],
    ids=lambda loss: loss.name,
)
each_reduction = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])

FAMILIES = {"residual", "likelihood", "classification", "ranking", "penalty"}
DOMAINS = {
    *("real", "count", "angle", "sign", "probability", "class"),
    *("distribution", None),
}
LENGTH = 3  # of every axis of components, classes or items
# Arguments that hold a row of numbers where others hold one.
ROWS = {
    "mixture_nll_loss": {"logits", "means", "scales"},
    "triplet_margin_loss": {"anchor", "positive", "negative"},
    "triplet_ratio_loss": {"anchor", "positive", "negative"},
    "cosine_embedding_loss": {"input1", "input2"},
    "contrastive_loss": {"x1", "x2"},
    "info_nce_loss": {"z1", "z2"},
    "nt_xent_loss": {"z1", "z2"},
    "list_net_loss": {"scores", "relevance"},
    "list_mle_loss": {"scores", "relevance"},
}
# Losses whose examples are told apart from each other: one axis of them.
CONTRASTIVE = {"info_nce_loss", "nt_xent_loss"}
POSITIVE = {"var", "scale", "scales", "concentration"}
SHARES = {"binary_cross_entropy": "input", "brier_score": "probabilities"}
FIXED = {"target", "relevance", "reference_chosen", "reference_rejected"}


def names(loss, kind):
    parameters = inspect.signature(loss.value).parameters.values()
    return [p.name for p in parameters if p.kind == kind]


def data_names(loss):
    return names(loss, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def settings(loss):
    """Return the hyperparameters of a loss at their drawing defaults."""
    keywords = names(loss, inspect.Parameter.KEYWORD_ONLY)
    return {k: v for k, v in loss.parameters.items() if k in keywords}


def shapes(loss):
    """Return shapes of examples that the loss takes."""
    every = [(), (1,), (4,), (2, 3)]
    if loss.name in CONTRASTIVE:
        return every[2:3]
    return every[:3] if loss.name == "multi_margin_loss" else every


def of_shape(loss, shape):
    """Return the shapes of the arguments for examples of a shape."""
    rows = ROWS.get(loss.name, ())
    sizes = [
        (*shape, LENGTH) if name in rows else shape
        for name in data_names(loss)
    ]
    if loss.domain == "class":
        sizes[0] = (*shape[:1], LENGTH, *shape[1:])
    return sizes


def result_shape(loss, shape):
    return (2 * shape[0],) if loss.name == "nt_xent_loss" else shape


def sample(loss, rng, shape=None):
    """Return random data that fit the loss, in the order it takes them."""
    shape = shapes(loss)[-1] if shape is None else shape
    pairs = zip(data_names(loss), of_shape(loss, shape), strict=True)
    return [draw(loss, name, rng, size) for name, size in pairs]


def draw(loss, name, rng, size):
    kind = loss.domain if name == "target" else None
    if kind == "class":
        return rng.integers(0, LENGTH, size)
    if kind == "sign":
        return rng.choice([-1.0, 1.0], size)
    if kind == "count" or name == "relevance":
        return rng.poisson(3.0, size) * 1.0
    if kind in {"probability", "distribution"}:
        return rng.uniform(0.2, 0.8, size)
    if SHARES.get(loss.name) == name:
        return rng.uniform(0.2, 0.8, size)
    if name in POSITIVE:
        return rng.uniform(0.5, 2.0, size)
    return rng.normal(size=size)


def converted(loss, data, convert):
    """Convert all data but class indices, which have to be integers."""
    kept = len(data) - 1 if loss.domain == "class" else len(data)
    return [*map(convert, data[:kept]), *data[kept:]]


def gradients(loss, data, **keywords):
    """Return the gradient of a loss as a tuple, also where it is one."""
    result = loss.grad(*data, **settings(loss), **keywords)
    return result if isinstance(result, tuple) else (result,)


def learned(loss):
    """Return the positions of the arguments the gradient is taken by."""
    return [i for i, name in enumerate(data_names(loss)) if name not in FIXED]


def replaced(data, position, value):
    return [value if i == position else d for i, d in enumerate(data)]


def span(loss, n):
    """Return numbers over which the curve of a loss is drawn."""
    low, high = (0.01, 0.99) if loss.argument == "probability" else (-3, 3)
    return np.linspace(low, high, n)


# The records


@pytest.mark.parametrize("name", LOSSES)
def test_the_key_is_the_name_of_the_function(name):
    loss = LOSSES[name]
    assert loss.name == name
    assert loss.value is getattr(losses, name)
    assert loss.grad is getattr(losses, f"{name}_grad")


def test_all_public_losses_are_registered():
    public = set(losses.__all__)
    assert {name for name in public if f"{name}_grad" in public} == set(LOSSES)


@each_loss
def test_the_gradient_takes_the_arguments_of_the_loss(loss):
    value = inspect.signature(loss.value)
    assert value.parameters == inspect.signature(loss.grad).parameters


@each_loss
def test_the_record_is_filled_in(loss):
    assert loss.label and loss.paper
    assert loss.family in FAMILIES
    assert loss.domain in DOMAINS
    assert loss.domain is not None or "target" not in data_names(loss)
    assert loss.domain is None or loss.family != "penalty"
    assert set(settings(loss)) <= set(loss.parameters)


def test_every_family_has_losses():
    assert {loss.family for loss in LOSSES.values()} == FAMILIES


def test_labels_are_distinct():
    assert len({loss.label for loss in LOSSES.values()}) == len(LOSSES)


@each_loss
def test_the_docstring_cites_the_paper_of_the_record(loss):
    author = loss.paper.split()[0]
    year = loss.paper[-5:-1]
    assert "References" in loss.value.__doc__
    assert author in loss.value.__doc__
    assert f"({year})" in loss.value.__doc__


@each_loss
def test_the_gradient_says_whose_arguments_and_errors_it_has(loss):
    words = " ".join(loss.grad.__doc__.split())
    assert f"reductions and errors are those of `{loss.name}`." in words


@each_loss
def test_a_record_cannot_be_changed(loss):
    with pytest.raises(AttributeError):
        loss.name = "other"


@pytest.mark.parametrize(
    "loss",
    [loss for loss in LOSSES.values() if loss.torch],
    ids=lambda loss: loss.name,
)
def test_arguments_are_those_of_torch(loss):
    module, _, name = loss.torch.rpartition(".")
    theirs = dict(
        inspect.signature(
            getattr(importlib.import_module(module), name)
        ).parameters
    )
    for deprecated in ("size_average", "reduce"):
        theirs.pop(deprecated, None)
    ours = inspect.signature(loss.value).parameters
    assert set(ours) == set(theirs)
    assert {n: p.default for n, p in ours.items()} == {
        n: p.default for n, p in theirs.items()
    }


@each_loss
def test_prediction_comes_first_and_hyperparameters_by_name(loss):
    assert data_names(loss)[0] not in FIXED
    assert "reduction" in names(loss, inspect.Parameter.KEYWORD_ONLY)


# Reductions, shapes and types


@each_loss
def test_mean_and_sum_follow_from_the_elementwise_loss(loss, rng):
    data = sample(loss, rng)
    each = loss.value(*data, **settings(loss), reduction="none")
    for reduction, expected in [("sum", each.sum()), ("mean", each.mean())]:
        value = loss.value(*data, **settings(loss), reduction=reduction)
        assert_allclose(value, expected, rtol=1e-14)


@each_loss
def test_a_loss_is_a_mean_and_a_penalty_a_sum_unless_told(loss):
    default = "sum" if loss.family == "penalty" else "mean"
    signature = inspect.signature(loss.value)
    assert signature.parameters["reduction"].default == default


@each_loss
def test_the_gradient_of_the_mean_is_shared_among_the_elements(loss, rng):
    data = sample(loss, rng)
    by_sum = gradients(loss, data, reduction="sum")
    by_none = gradients(loss, data, reduction="none")
    by_mean = gradients(loss, data, reduction="mean")
    count = loss.value(*data, **settings(loss), reduction="none").size
    for total, each, mean in zip(by_sum, by_none, by_mean, strict=True):
        assert_array_equal(total, each)
        assert_allclose(mean, total / count, rtol=1e-14)


@each_loss
@each_reduction
def test_results_are_float64_of_the_right_shape(loss, reduction, rng):
    for shape in shapes(loss):
        data = sample(loss, rng, shape)
        value = loss.value(*data, **settings(loss), reduction=reduction)
        expected = result_shape(loss, shape) if reduction == "none" else ()
        assert value.shape == expected
        assert value.dtype == np.float64
        found = gradients(loss, data, reduction=reduction)
        for position, gradient in zip(learned(loss), found, strict=True):
            assert isinstance(gradient, np.ndarray)
            assert gradient.shape == data[position].shape
            assert gradient.dtype == np.float64


@each_loss
def test_lists_integers_and_single_precision_are_welcome(loss):
    whole = [np.ones(shape, int) for shape in of_shape(loss, (4,))]
    expected = loss.value(
        *converted(loss, whole, np.float64), **settings(loss)
    )
    for data in (
        whole,
        [d.tolist() for d in whole],
        converted(loss, whole, np.float32),
    ):
        value = loss.value(*data, **settings(loss))
        assert value == expected
        assert value.dtype == np.float64


@each_loss
def test_inputs_are_not_changed_nor_returned(loss, rng):
    data = sample(loss, rng)
    before = [d.copy() for d in data]
    value = loss.value(*data, **settings(loss), reduction="none")
    results = [value, *gradients(loss, data, reduction="none")]
    for result in results:
        result[...] = 7
    for old, new in zip(before, data, strict=True):
        assert_array_equal(old, new)


@each_loss
def test_an_empty_batch_has_sum_0_and_mean_nan(loss, rng):
    data = sample(loss, rng, (0,))
    assert loss.value(*data, **settings(loss), reduction="sum") == 0
    assert np.isnan(loss.value(*data, **settings(loss), reduction="mean"))
    each = loss.value(*data, **settings(loss), reduction="none")
    assert each.shape == (0,)
    found = gradients(loss, data)
    for position, gradient in zip(learned(loss), found, strict=True):
        assert gradient.shape == data[position].shape


@each_loss
def test_nan_in_the_data_reaches_the_loss(loss, rng):
    for position, name in enumerate(data_names(loss)):
        if name == "target" and loss.domain == "class":
            continue
        data = sample(loss, rng, (5,))
        data[position][2] = np.nan
        value = loss.value(*data, **settings(loss), reduction="none")
        assert np.isnan(value[2])
        assert np.isnan(loss.value(*data, **settings(loss)))
        if loss.name not in CONTRASTIVE:
            assert np.isfinite(np.delete(value, 2)).all()


@each_loss
def test_nan_in_the_data_reaches_the_gradient(loss, rng):
    # of these the gradient does not depend on the prediction
    constant = loss.name in {"nll_loss", "kl_div"}
    for position, name in enumerate(data_names(loss)):
        of_class = name == "target" and loss.domain == "class"
        if of_class or (constant and position == 0):
            continue
        data = sample(loss, rng, (5,))
        data[position][2] = np.nan
        slope = gradients(loss, data, reduction="sum")[0]
        assert np.isnan(slope[2]).all()
        if loss.name not in CONTRASTIVE:
            assert np.isfinite(np.delete(slope, 2, axis=0)).all()


# Wrong calls


@each_loss
@pytest.mark.parametrize("call", ["value", "grad"])
def test_an_unknown_reduction_is_refused(loss, call, rng):
    with pytest.raises(ValueError) as caught:
        getattr(loss, call)(
            *sample(loss, rng), **settings(loss), reduction="avg"
        )
    options = "'mean', 'sum' or 'none'"
    if loss.name == "kl_div":
        options = "'mean', 'sum', 'none' or 'batchmean'"
    assert str(caught.value) == f"reduction must be {options}, got 'avg'"


@pytest.mark.parametrize(
    "loss",
    [loss for loss in LOSSES.values() if loss.family != "penalty"],
    ids=lambda loss: loss.name,
)
@pytest.mark.parametrize("call", ["value", "grad"])
def test_a_column_is_not_broadcast_against_a_row(loss, call, rng):
    data = sample(loss, rng, (4,))
    taken = data_names(loss)
    position = taken.index("target") if "target" in taken else -1
    column = [*data]
    column[position] = data[position][:, np.newaxis]
    with pytest.raises(ValueError, match=r"shape.*\(4, 1[,)]"):
        getattr(loss, call)(*column, **settings(loss))


@each_loss
@pytest.mark.parametrize("call", ["value", "grad"])
def test_data_that_are_no_real_numbers_are_refused(loss, call, rng):
    data = sample(loss, rng)
    for position, name in enumerate(data_names(loss)):
        wrong = replaced(data, position, ["a"] * 5)
        with pytest.raises(ValueError, match=f"^{name} must hold real"):
            getattr(loss, call)(*wrong, **settings(loss))


@each_loss
@pytest.mark.parametrize("call", ["value", "grad"])
def test_hyperparameters_that_are_no_numbers_are_refused(loss, call, rng):
    for name in settings(loss):
        for wrong in (float("nan"), "1", True, None, [1.0, 2.0]):
            with pytest.raises(ValueError, match=f"^{name} must .*, got "):
                getattr(loss, call)(
                    *sample(loss, rng), **{**settings(loss), name: wrong}
                )


# Gradients and curves


@each_loss
@each_reduction
def test_the_gradient_is_the_central_difference(loss, reduction, rng):
    data = sample(loss, rng)
    step = 1e-5

    def total(position, argument):
        return loss.value(
            *replaced(data, position, argument),
            **settings(loss),
            reduction=reduction,
        ).sum()

    found = gradients(loss, data, reduction=reduction)
    for position, gradient in zip(learned(loss), found, strict=True):
        for index in np.ndindex(data[position].shape):
            move = np.zeros_like(data[position])
            move[index] = step
            rise = total(position, data[position] + move) - total(
                position, data[position] - move
            )
            assert_allclose(gradient[index], rise / (2 * step), atol=1e-8)


@each_curve
def test_the_curve_is_the_elementwise_loss_at_one_target(loss):
    x = span(loss, 61)
    target = np.full_like(x, loss.parameters.get("target", 0.0))
    data = [x] if loss.family == "penalty" else [x, target]
    fixed = {k: v for k, v in loss.parameters.items() if k != "target"}
    expected = loss.value(*data, **fixed, reduction="none")
    assert_array_equal(loss.curve(x), expected)


@each_curve
def test_the_slope_is_the_derivative_of_the_curve(loss):
    x = span(loss, 60)
    assert not set(loss.kinks) & set(x)
    rise = loss.curve(x + 1e-6) - loss.curve(x - 1e-6)
    assert_allclose(loss.slope(x), rise / 2e-6, rtol=1e-6, atol=1e-8)


@each_curve
def test_curve_or_slope_jumps_at_the_kinks_and_nowhere_else(loss):
    x = span(loss, 601)
    jump = np.abs(loss.slope(x + 1e-9) - loss.slope(x - 1e-9))
    jump += np.abs(loss.curve(x + 1e-9) - loss.curve(x - 1e-9))
    assert_allclose(x[jump > 1e-3], loss.kinks, atol=1e-12)


@each_curve
def test_a_curve_takes_the_parameters_it_is_given(loss):
    x = span(loss, 13)
    for name, value in loss.parameters.items():
        changed = {name: 0.7 * value}
        if name == "target" and loss.domain == "sign":
            changed = {name: -value}
        assert not np.allclose(loss.curve(x, **changed), loss.curve(x))


def test_a_curve_can_have_another_target():
    huber = LOSSES["huber_loss"]
    assert_array_equal(huber.curve([2.0], target=5.0), huber.curve([-3.0]))
    assert_array_equal(huber.slope([2.0], target=5.0), [-1.0])


@pytest.mark.parametrize(
    "loss",
    [loss for loss in LOSSES.values() if loss.argument is None],
    ids=lambda loss: loss.name,
)
def test_a_loss_of_several_predictions_has_no_curve(loss):
    with pytest.raises(ValueError, match="^a loss must depend on one pred"):
        loss.curve([0.0])
    with pytest.raises(ValueError, match="^a loss must depend on one pred"):
        loss.slope([0.0])


@each_residual_loss
def test_a_perfect_prediction_costs_nothing_and_is_the_best(loss, rng):
    assert loss.curve([0.0]) == 0
    residual = rng.normal(scale=10, size=1000)
    assert (loss.curve(residual) > 0).all()


@each_residual_loss
def test_the_loss_depends_on_the_residual_alone(loss, rng):
    prediction, target = rng.normal(size=(2, 50))
    shifted = loss.value(prediction + 8, target + 8, **settings(loss))
    assert_allclose(
        shifted, loss.value(prediction, target, **settings(loss)), rtol=1e-12
    )


@each_residual_loss
def test_only_the_quantile_loss_tells_the_sides_apart(loss, rng):
    residual = rng.normal(scale=3, size=100)
    same = np.array_equal(loss.curve(residual), loss.curve(-residual))
    assert same == (loss.name != "quantile_loss")


@each_residual_loss
def test_only_the_redescending_loss_is_not_convex(loss, rng):
    a, b = rng.normal(scale=5, size=(2, 1000))
    chord = (loss.curve(a) + loss.curve(b)) / 2
    convex = (loss.curve((a + b) / 2) <= chord + 1e-12).all()
    assert convex == (loss.name != "general_robust_loss")


@each_residual_loss
def test_the_loss_never_falls_as_the_residual_grows(loss):
    size = np.linspace(0, 20, 401)
    for residual in (size, -size):
        assert (np.diff(loss.curve(residual)) >= 0).all()


@pytest.mark.parametrize("draw", ["curve", "slope"])
@pytest.mark.parametrize(
    "name, wrong, sentence",
    [
        (
            "huber_loss",
            {"beta": 1},
            "a parameter of huber_loss must be 'delta', 'weight' or "
            "'target', got 'beta'",
        ),
        (
            "hinge_loss",
            {"reduction": "sum"},
            "a parameter of hinge_loss must be 'target', got 'reduction'",
        ),
        (
            "l1_penalty",
            {"target": 1},
            "l1_penalty takes no parameter 'target'",
        ),
        (
            "mse_loss",
            {"target": [1, 2]},
            "target must be a finite number, got [1, 2]",
        ),
        ("mse_loss", {"target": None}, "target must be a finite number, got"),
        (
            "laplace_nll_loss",
            {"scale": "wide"},
            "scale must hold real numbers only, got 'wide'",
        ),
    ],
)
def test_a_curve_refuses_what_its_loss_does_not_take(
    draw, name, wrong, sentence
):
    with pytest.raises(ValueError) as caught:
        getattr(LOSSES[name], draw)([0.5, 1.0], **wrong)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("wrong", ["a", None, [[1], [1, 2]]])
def test_a_curve_is_drawn_over_numbers(wrong):
    with pytest.raises(ValueError, match="^residual must (have|hold) "):
        LOSSES["mse_loss"].curve(wrong)

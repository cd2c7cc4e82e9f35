"""The questions of the exercises: what they hold and how they judge."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.testing import assert_allclose

from course import questions
from course.questions import local_call
from course.questions.base import Part, Variant
from course.questions.calls import case

each_question = pytest.mark.parametrize("id", questions.ids())


def reference(id):
    return questions.get(id).reference.values()


def evaluate(id, functions, seed=0):
    question = questions.get(id)
    return question.evaluate(
        local_call({**question.reference, **functions}), seed=seed
    )


def _raises(error):
    def answer(*args):
        raise error

    return answer


# What the questions hold


def test_the_regression_lecture_asks_for_35_points_and_5_on_top():
    asked = [questions.get(id) for id in questions.ids("02_regression")]
    assert [q.points for q in asked if not q.bonus] == [4, 3, 5, 5, 5, 4, 4, 5]
    assert [q.points for q in asked if q.bonus] == [5]


def test_an_unknown_id_is_told_with_the_ids_there_are():
    with pytest.raises(questions.UnknownQuestion) as caught:
        questions.get("E9.9")
    known = ", ".join(questions.ids())
    assert str(caught.value) == (
        f"question must be one of {known}, got 'E9.9'"
    )


def test_points_that_do_not_add_up_are_refused():
    question = questions.get("E2.1")
    with pytest.raises(ValueError, match="E2.1 must add up to 4, got 0.5"):
        replace(question, parts=question.parts[:1])


@each_question
def test_at_most_a_quarter_of_the_points_is_on_view(id):
    question = questions.get(id)
    shown = sum(part.points for part in question.parts if part.visible)
    assert 0 < shown <= question.points / 4


@each_question
def test_every_mistake_and_every_part_has_a_hint_of_its_own(id):
    question = questions.get(id)
    hints = [v.hint for v in (*question.wrong, *question.parts)]
    assert min(map(len, hints)) >= 40
    assert len(set(hints)) == len(hints)
    names = [v.name for v in question.wrong]
    assert len(set(names)) == len(names)


@each_question
def test_right_variants_include_a_32_bit_one_and_one_that_warns(id):
    names = " ".join(variant.name for variant in questions.get(id).right)
    assert "32-bit" in names
    assert "warning" in names.lower()


# What the references compute


@pytest.mark.parametrize("delta", [0.2, 1.0, 3.0])
def test_huber_and_its_gradient_are_those_of_torch(delta, rng):
    (huber, _), (huber_grad,) = reference("E2.1"), reference("E2.2")
    yhat, y = rng.normal(0, 3, size=(2, 50))
    leaf = torch.tensor(yhat, requires_grad=True)
    loss = F.huber_loss(leaf, torch.tensor(y), reduction="none", delta=delta)
    loss.sum().backward()
    assert_allclose(huber(y - yhat, delta), loss.detach(), rtol=1e-12)
    assert_allclose(huber_grad(yhat, y, delta), leaf.grad, rtol=1e-12)


def test_pseudo_huber_is_quadratic_inside_and_has_slope_delta_outside():
    _, pseudo_huber = reference("E2.1")
    assert_allclose(pseudo_huber([1e-3], 2.0), [0.5e-6], rtol=1e-6)
    near, far = pseudo_huber([1e5, 1e5 + 1], 2.0)
    assert far - near == pytest.approx(2.0)
    assert pseudo_huber([1.0], 1.0) == pytest.approx(np.sqrt(2) - 1)


def test_the_huber_line_beats_every_line_near_it(rng):
    (fit,) = reference("E2.3")
    (huber, _) = reference("E2.1")
    x = rng.uniform(0, 6, size=40)
    y = 1 + x / 2 + rng.standard_t(1.5, size=40)
    line = np.array(fit(x, y, 0.7))
    best = huber(y - line[0] - line[1] * x, 0.7).mean()
    for a, b in line + rng.normal(0, 0.01, size=(200, 2)):
        assert huber(y - a - b * x, 0.7).mean() > best


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_the_quantile_line_is_that_of_the_linear_program(q, rng):
    question = questions.get("E2.4")
    program = question.right[0].functions({})["fit_quantile"]
    x, y = rng.normal(size=(2, 40))
    assert_allclose(
        question.reference["fit_quantile"](x, y, q), program(x, y, q)
    )


def test_the_learned_variance_loss_is_torchs_without_its_floor(rng):
    (hetero_nll,) = reference("E2.5")
    mu, y, log_var = (torch.tensor(a) for a in rng.normal(size=(3, 4, 2)))
    expected = F.gaussian_nll_loss(mu, y, log_var.exp(), eps=0)
    assert_allclose(hetero_nll(mu, y, log_var), expected, rtol=1e-12)


@pytest.mark.parametrize("beta", [0.2, 1.0, 3.0])
def test_mse_and_smooth_l1_are_those_of_torch(beta, rng):
    mse, smooth_l1, _ = reference("E2.6")
    yhat, y = (torch.tensor(a) for a in rng.normal(0, 2, size=(2, 30)))
    assert_allclose(mse(yhat, y), F.mse_loss(yhat, y), rtol=1e-12)
    expected = F.smooth_l1_loss(yhat, y, reduction="none", beta=beta)
    assert_allclose(smooth_l1(yhat - y, beta), expected, rtol=1e-12)


def test_any_move_from_the_best_log_sigma_costs(rng):
    nll, optimal = reference("E2.8")
    R = rng.normal(1, 2, size=(30, 3))
    best = optimal(R)
    for d in range(3):
        for move in (-0.01, 0.01):
            assert nll(R, best + move * np.eye(3)[d]) > nll(R, best)


def test_the_loss_of_angles_is_that_of_torch(rng):
    (von_mises_nll,) = reference("E2.B")
    mu, y = rng.uniform(-3, 3, size=(2, 20))
    noise = torch.distributions.VonMises(
        torch.tensor(mu), torch.tensor(2.5, dtype=torch.float64)
    )
    expected = -noise.log_prob(torch.tensor(y)).mean()
    assert_allclose(von_mises_nll(mu, y, 2.5), expected, atol=1e-6)


# How answers are judged


@each_question
def test_the_same_seed_gives_the_same_result(id):
    wrong = questions.get(id).wrong[0]
    functions = wrong.functions(questions.get(id).reference)
    assert evaluate(id, functions, 5) == evaluate(id, functions, 5)


def test_each_part_is_paid_for_by_itself():
    wrong = evaluate("E2.1", {"huber": lambda r, delta: np.zeros(len(r))})
    paid = {part.name: part.points for part in wrong.parts if part.ok}
    assert paid == {
        "pseudo-Huber loss of random residuals, for several δ": 1.0,
        "pseudo-Huber loss at the centre and far out": 0.5,
    }
    assert wrong.points == 1.5
    assert not wrong.passed


def test_a_mistake_is_named_whatever_the_other_function_does():
    question = questions.get("E2.1")
    mistake = next(
        v for v in question.wrong if v.name == "twice the Huber loss"
    )
    functions = mistake.functions(question.reference)
    functions["pseudo_huber"] = lambda r, delta: "nonsense"
    assert evaluate("E2.1", functions).mistake == mistake.name


def test_one_of_two_mistakes_in_a_function_is_named():
    def hetero_nll(mu, y, log_var):  # no guard, and the graph is cut
        each = log_var + (y - mu) ** 2 * (-log_var).exp()
        return each.mean().item() / 2

    result = evaluate("E2.5", {"hetero_nll": hetero_nll})
    assert result.mistake == "detached result"


def test_a_function_not_yet_written_is_asked_for_once_the_others_pass():
    stub = {"pseudo_huber": _raises(NotImplementedError())}
    assert "`pseudo_huber` has returned nothing" in evaluate("E2.1", stub).hint
    wrong = evaluate("E2.1", {**stub, "huber": lambda r, delta: r})
    assert wrong.hint == questions.get("E2.1").parts[1].hint


def test_a_mistake_is_named_from_values_not_from_code():
    def huber(r, delta):
        return [
            x * x if abs(x) <= 1 * delta else 2 * delta * abs(x) - delta**2
            for x in r
        ]

    assert evaluate("E2.1", {"huber": huber}).mistake == "twice the Huber loss"


def test_a_mistake_is_not_named_for_a_chance_agreement():
    def huber_grad(yhat, y, delta):
        d = np.subtract(y, yhat)
        return np.clip(d, -delta, delta) if len(d) == 3 else d + 7

    assert evaluate("E2.2", {"huber_grad": huber_grad}).mistake is None


def test_a_fit_that_is_right_but_changes_its_data_loses_that_part_only():
    question = questions.get("E2.3")
    careless = next(v for v in question.wrong if "overwritten" in v.name)
    result = evaluate("E2.3", careless.functions(question.reference))
    assert [part.ok for part in result.parts] == [True, True, True, False]
    assert "changed its arguments" in result.parts[-1].message


def test_an_unknown_mistake_gets_the_hint_of_the_first_part_that_fails():
    result = evaluate("E2.2", {"huber_grad": lambda yhat, y, delta: y})
    assert result.mistake is None
    assert result.hint == questions.get("E2.2").parts[0].hint


def test_the_bug_that_is_shipped_is_recognised():
    question = questions.get("E2.7")
    shipped = Variant("shipped", question.shipped).functions({})
    result = evaluate("E2.7", shipped)
    assert result.mistake == "as shipped"
    assert result.points == 0


def test_messages_of_hidden_parts_tell_no_numbers():
    for id in questions.ids():
        question = questions.get(id)
        for wrong in question.wrong:
            result = evaluate(id, wrong.functions(question.reference))
            for part, told in zip(question.parts, result.parts, strict=True):
                if not part.visible:
                    assert not re.search(r"\d\.\d", told.message)


def test_the_message_of_an_example_tells_what_was_expected_and_what_came():
    result = evaluate("E2.2", {"huber_grad": lambda yhat, y, delta: [1, 2, 3]})
    assert result.parts[0].message == (
        "`huber_grad([1.0, 1.0, 1.0], [1.5, 1.0, -4.0], 2.0)` returned a "
        "wrong value: expected [-0.5, 0.0, 2.0], got [1.0, 2.0, 3.0]."
    )


def _endless(*args):
    return _endless(*args)


@pytest.mark.parametrize(
    "answer, told",
    [
        (_raises(KeyError("delta")), "stopped with KeyError"),
        (_raises(SystemExit(1)), "stopped with SystemExit"),
        (_raises(NotImplementedError()), "is not written yet"),
        (_endless, "stopped with RecursionError"),
        (lambda *args: None, "as if its `return` were missing."),
        (lambda *args: "1.0", "returned a str, not numbers"),
        (lambda *args: {"value": 1}, "returned a dict, not numbers"),
        (lambda *args: [1, [2, 3]], "returned a ragged list, not numbers"),
        (lambda *args: 1j, "returned a complex, not numbers"),
        (lambda *args: np.array([None]), "an object array, not numbers"),
        (lambda *args: np.nan, "returned shape () where shape (3,) is due"),
        (lambda one: one, "stopped with TypeError"),
        ("no function", "was not found; run the cell that defines it"),
    ],
)
def test_a_faulty_answer_ends_in_a_sentence_not_in_an_exception(answer, told):
    result = evaluate("E2.2", {"huber_grad": answer})
    assert result.points == 0
    assert told in result.parts[0].message


def test_an_answer_that_returns_nothing_counts_as_unwritten():
    stub = {"huber": _raises(NotImplementedError()), "pseudo_huber": print}
    assert evaluate("E2.1", stub).unwritten
    assert not evaluate("E2.1", {}).unwritten


def test_calls_of_the_librarys_own_loss_are_flagged_and_cost_nothing():
    question = questions.get("E2.1")
    call = local_call(question.reference)
    sources = {
        "F.huber_loss(r, 0 * r)": ("huber_loss",),
        "from torch.nn.functional import smooth_l1_loss as s": (
            "smooth_l1_loss",
        ),
        "def huber_loss(r):\n    return r\nhuber_loss(1)": (),
        "this does not parse": (),
        "": (),
    }
    for source, flags in sources.items():
        result = question.evaluate(call, seed=0, source=source)
        assert result.flags == flags
        assert result.points == 4


def test_a_part_may_judge_by_a_property_of_several_calls():
    def grows(cases, outcomes, wants):
        first, second = (float(o.value) for o in outcomes)
        return None if second > first else "`f` does not grow."

    part = Part(
        "growth", 1, lambda rng: [case("f", 1), case("f", 2)], "…", grows
    )
    question = replace(
        questions.get("E2.2"),
        points=1,
        parts=(part,),
        reference={"f": abs},
        wrong=(),
    )
    falls = question.evaluate(local_call({"f": lambda x: -x}), seed=0)
    assert falls.parts[0].message == "`f` does not grow."
    assert question.evaluate(local_call({"f": abs}), seed=0).passed

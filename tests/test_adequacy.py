"""The checks of the exercises, put to the test question by question."""

import inspect
from dataclasses import replace
from functools import lru_cache

import adequacy
import pytest
from adequacy import Audit, table
from mutants import faulty_sources

from course import questions
from course.questions.base import Part, Variant
from course.questions.calls import case

FLOATS = "NumPy turns lists and whole numbers into floats here anyway"
JOINT = "both branches have the same value at the joint"
TUPLE = "an array, a list or a tuple of two is a pair"
SHAPE = "only the wording of the error changes"

# Mutants of the references that are right answers too, by changed line.
EQUIVALENT = {
    "E2.1": {
        "size = np.abs(np.asarray(r))": FLOATS,
        "size = np.abs(r)": FLOATS,
        "return np.where(size < delta, 0.5 * size ** 2, tail)": JOINT,
        "ratio = np.asarray(r) / delta": FLOATS,
    },
    "E2.2": {
        "error = np.asarray(yhat) - np.asarray(y, dtype=float)": FLOATS,
        "error = yhat - np.asarray(y, dtype=float)": FLOATS,
        "error = np.asarray(yhat, dtype=float) - np.asarray(y)": FLOATS,
        "error = np.asarray(yhat, dtype=float) - y": FLOATS,
    },
    "E2.3": {
        "y = np.asarray(y)": FLOATS,
        "y = y": FLOATS,
        "return line": TUPLE,
        "line = np.linalg.lstsq(X, y)[-1]": (
            "another start, the singular values: the fit is convex"
        ),
        "for _ in range(149):": "it has long converged",
        "for _ in range(151):": "it has long converged",
        "for _ in range(300):": "it has long converged",
        "weighted = X.T * (delta / np.maximum(delta, size))": (
            "the maximum does not depend on the order"
        ),
    },
    "E2.4": {
        "x, y = (np.asarray(x), np.asarray(y, dtype=float))": FLOATS,
        "x, y = (np.asarray(x, dtype=float), np.asarray(y))": FLOATS,
        "i, j = np.triu_indices(len(x))": (
            "also pairs a point with itself, which the next line drops"
        ),
        "i, j = np.triu_indices(len(x), k=0)": (
            "also pairs a point with itself, which the next line drops"
        ),
        "i, j = np.triu_indices(len(x), k=-1)": (
            "also tries pairs in the other order: the same lines"
        ),
        "i, j = np.triu_indices(len(x), k=2)": (
            "skips a few of the pairs: within the granted 0.5 %"
        ),
        "best = np.argmin(np.where(r > 0, q * r, (q - 1) * r).sum(axis=1))": (
            "sum and mean are smallest at the same line"
        ),
        "best = np.argmin("
        "np.where(r > 0, q * r, (q - 1) * r).mean(axis=-1))": (
            "the last of two axes is axis 1"
        ),
        "best = np.argmin("
        "np.where(r >= 0, q * r, (q - 1) * r).mean(axis=1))": JOINT,
    },
    "E2.5": {
        "shapes = (mu.shape, tuple(y.shape), tuple(log_var.shape))": SHAPE,
        "shapes = (tuple(mu.shape), y.shape, tuple(log_var.shape))": SHAPE,
        "shapes = (tuple(mu.shape), tuple(y.shape), log_var.shape)": SHAPE,
    },
    "E2.6": {
        "r = np.asarray(y) - np.asarray(yhat, dtype=float)": FLOATS,
        "r = y - np.asarray(yhat, dtype=float)": FLOATS,
        "r = np.asarray(y, dtype=float) - np.asarray(yhat)": FLOATS,
        "r = np.asarray(y, dtype=float) - yhat": FLOATS,
        "size = np.abs(np.asarray(r))": FLOATS,
        "size = np.abs(r)": FLOATS,
        "return np.where(size <= beta, middle, size - 0.5 * beta)": JOINT,
    },
    "E2.7": {
        "pred = np.asarray(pred)": FLOATS,
        "target = np.asarray(target)": FLOATS,
    },
    "E2.8": {
        "R = np.asarray(R)": FLOATS,
        "R = R": FLOATS,
        "log_sigma = np.asarray(log_sigma)": FLOATS,
        "return np.mean(np.sum(0.5 * scaled ** 2 + log_sigma, axis=-1))": (
            "the last of two axes is axis 1"
        ),
        "return 0.5 * np.log(np.mean(np.asarray(R) ** 2, axis=0))": FLOATS,
    },
    "E2.B": {
        "difference = np.asarray(y) - np.asarray(mu, dtype=float)": FLOATS,
        "difference = y - np.asarray(mu, dtype=float)": FLOATS,
        "difference = np.asarray(y, dtype=float) - np.asarray(mu)": FLOATS,
        "difference = np.asarray(y, dtype=float) - mu": FLOATS,
    },
}

each_question = pytest.mark.parametrize("id", questions.ids())


@lru_cache
def audit(id):
    question = questions.get(id)
    return Audit(id, adequacy.n_seeds(question))


class Summary:
    """Print the table of the audits that ran, after the tests."""

    def pytest_terminal_summary(self, terminalreporter):
        audits = [audit(id) for id in questions.ids()]
        done = [found for found in audits if found.begun]
        if done:
            terminalreporter.section("adequacy of the exercises' checks")
            for line in table(done):
                terminalreporter.write_line(line)


@pytest.fixture(scope="module", autouse=True)
def summary(request):
    request.config.pluginmanager.register(Summary(), "adequacy-summary")


@pytest.mark.slow
@each_question
def test_right_answers_get_full_marks_on_every_seed(id):
    found = audit(id)
    adequacy.audit_right(questions.get(id), found)
    assert found.n_right >= 3
    assert found.rejected == []


@pytest.mark.slow
@each_question
def test_known_mistakes_lose_marks_and_get_their_own_hint(id):
    question, found = questions.get(id), audit(id)
    adequacy.audit_wrong(question, found)
    assert found.accepted == []
    rates = {v.name: found.hint_rate(v.name) for v in question.wrong}
    assert min(rates.values()) >= 0.95, found.misread


@pytest.mark.slow
@each_question
def test_no_fault_in_the_reference_goes_unnoticed(id):
    found = audit(id)
    adequacy.audit_mutants(questions.get(id), found, EQUIVALENT[id])
    assert found.survivors == []


@each_question
def test_every_mutant_listed_as_equivalent_is_one_that_occurs(id):
    reference = questions.get(id).reference.values()
    lines = {
        line
        for function in reference
        for line, _ in faulty_sources(inspect.getsource(function))
    }
    assert set(EQUIVALENT[id]) <= lines


def _one_case(question, function, *args):
    """The question with a single, too simple case."""
    part = Part(
        "one case", question.points, lambda rng: [case(function, *args)], "…"
    )
    return replace(question, parts=(part,))


@pytest.fixture
def weak():
    """E2.1 checked by one small positive residual, and nothing else."""
    return _one_case(questions.get("E2.1"), "huber", [0.5], 1.0)


def test_the_audit_reports_mistakes_that_a_weak_check_accepts(weak):
    found = Audit(weak.id, 2)
    adequacy.audit_wrong(weak, found)
    assert "tail without its constant, seed 0" in found.accepted
    assert found.row()[2] != f"{2 * len(weak.wrong)}/{2 * len(weak.wrong)}"


def test_the_audit_reports_faults_that_a_weak_check_overlooks(weak):
    found = Audit(weak.id, 1)
    adequacy.audit_mutants(weak, found, EQUIVALENT["E2.1"])
    assert any("tail = delta * size + " in line for line in found.survivors)


def test_the_audit_reports_right_answers_that_lose_marks():
    question = questions.get("E2.2")
    picky = Variant("picky", "def huber_grad(yhat, y, delta): return None")
    found = Audit(question.id, 2)
    adequacy.audit_right(replace(question, right=(picky,)), found)
    assert found.rejected == ["picky, seed 0", "picky, seed 1"]
    assert found.row()[1] == "0/2"


def test_the_audit_reports_a_mistake_that_gets_the_hint_of_another():
    question = questions.get("E2.2")
    first = question.wrong[0]
    twins = first, replace(first, name="twin", hint="…")
    found = Audit(question.id, 2)
    adequacy.audit_wrong(replace(question, wrong=twins), found)
    assert found.misread == {"twin": [first.name] * 2}
    assert found.hint_rate("twin") == 0


def test_a_fault_is_put_in_once_at_every_place():
    source = "def f(a, b):\n    return a + 2 * b"
    lines = {line for line, _ in faulty_sources(source)}
    assert {
        "return a - 2 * b",
        "return a + 2 / b",
        "return a + 3 * b",
        "return a",
    } <= lines
    assert "return a + 2 * b" not in lines

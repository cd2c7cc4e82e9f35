"""Questions of every kind judge from stored cases as they do in full."""

import sys
from types import FunctionType

import kinds_of_questions
import pytest

from course import checks
from course.questions import local_call, stored
from course.student import cases


@pytest.fixture(scope="module", autouse=True)
def judges_that_travel():
    """Let the judges of the test questions stand where judges belong."""
    home = "course.questions.kinds"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, home, kinds_of_questions)
        for thing in vars(kinds_of_questions).values():
            if isinstance(thing, FunctionType) and not thing.__closure__:
                if thing.__module__ == "kinds_of_questions":
                    patch.setattr(thing, "__module__", home)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the stored cases of every kind of question."""
    folder = tmp_path_factory.mktemp("data")
    for name, data in cases.files(kinds_of_questions.QUESTIONS).items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def theirs(folder):
    return {question.id: question for question in stored.load(folder)}


each_kind = pytest.mark.parametrize(
    "full", kinds_of_questions.QUESTIONS, ids=lambda question: question.id
)


@each_kind
def test_every_answer_is_judged_alike(theirs, full):
    question = theirs[full.id]
    for variant in (*full.right, *full.wrong):
        call = local_call(variant.functions(full.reference))
        for seed in checks.seeds_of(full):
            result = question.evaluate(call, seed=seed)
            assert result == full.evaluate(call, seed=seed)
            assert result.passed == (variant in full.right)


@each_kind
def test_the_reference_passes(theirs, full):
    call = local_call(full.reference)
    assert theirs[full.id].evaluate(call, seed=0).passed


@each_kind
def test_what_is_stored_has_no_code(folder, full):
    text = (folder / f"{full.id}.json").read_text("utf-8")
    for line in kinds_of_questions.SOURCES[full.id].splitlines():
        assert len(line.strip()) < 12 or line.strip() not in text

"""A submission that runs, shut in: cells, calls, and whatever goes wrong."""

import kinds_of_questions as kinds
import numpy as np
import pytest
import torch
from shut_in import needs_sandbox, session

from course import notebooks, questions
from course.grading import replies
from course.grading.session import Cell, SandboxError, Session
from course.questions import local_call
from course.questions.calls import Case, ask
from course.questions.compare import NotNumbers
from course.questions.objects import Network
from course.questions.running import Wishes

pytestmark = needs_sandbox

ADD = "def add(a, b): return a + b"


def test_functions_are_found_across_cells():
    helper = "import numpy as np\nbase = np.float64(3)"
    with session(helper, "def f(x): return base * np.sum(x)") as run:
        assert run.call("f", [1, 2]) == 9
        assert run.call("f", np.ones((2, 2))) == 12
        assert run.left_out == []
        assert run.isolation == "bubblewrap"
        with pytest.raises(NameError, match="no function base was found"):
            run.call("base")


def test_an_exception_comes_back_by_its_name():
    source = """
import numpy as np
class OwnError(Exception): pass
class OwnValueError(ValueError): pass
def f(kind):
    if kind == "unicode":
        b"\\xff".decode()
    if kind == "linalg":
        np.linalg.inv(np.zeros((2, 2)))
    raise {"own": OwnError, "value": OwnValueError, "zero": ZeroDivisionError,
           "exit": SystemExit, "stop": StopIteration,
           "key": KeyboardInterrupt}[kind]("first\\nsecond")
"""
    names = {
        "own": "OwnError",
        "value": "ValueError",
        "zero": "ZeroDivisionError",
        "exit": "SystemExit",
        "stop": "StopIteration",
        "key": "KeyboardInterrupt",
        "linalg": "ValueError",
        "unicode": "ValueError",
    }
    with session(source) as run:
        for kind, name in names.items():
            outcome = ask(run.call, Case("f", (kind,)))
            assert outcome.error == name
            if kind not in ("linalg", "unicode"):
                assert outcome.detail == "first"
        with pytest.raises(ZeroDivisionError):
            run.call("f", "zero")


def test_cells_that_raise_are_told_and_the_others_run():
    cells = [
        Cell(3, ADD),
        Cell(5, "\n\n  # a slip\nx = 1\nadd(1)"),
        Cell(8, "raise NotImplementedError('later\\nor never')"),
        Cell(9, "y = add(1, 2)\ndef f(): return y"),
    ]
    with Session(cells) as run:
        assert run.call("f") == 3
        five, eight = run.left_out
    assert (five.number, five.first_line) == (5, "# a slip")
    assert five.reason.startswith("It stopped with TypeError: add()")
    assert five.reason.endswith("(line 5).")
    assert eight.reason == (
        "It stopped with NotImplementedError: later (line 1)."
    )


def test_cells_that_hang_or_end_python_are_found_and_left_out():
    sources = [
        ADD,
        "import os; os._exit(0)",
        "def half(x): return x / 2\nwhile True: pass",
        "while True:\n    try:\n        while True: sum(range(99))\n"
        "    except BaseException: pass",
        "import os; os.kill(os.getpid(), 9)",
        "def f(): return add(half(1), 1)",
    ]
    with session(*sources, cell=1.0) as run:
        assert run.call("f") == 1.5
        reasons = {cell.number: cell.reason for cell in run.left_out}
    assert reasons == {
        2: "It was left out: the program ended.",
        3: "It took longer than 1 s and was stopped.",
        4: "It took longer than 1 s and was left out.",
        5: "It was left out: the program ended.",
    }


def test_many_cells_that_end_python_are_not_tried_for_ever():
    sources = [ADD, *["import os; os._exit(0)"] * 9, "def f(): return 1"]
    with session(*sources) as run:
        assert run.call("add", 1, 2) == 3
        with pytest.raises(NameError):
            run.call("f")
        assert [cell.number for cell in run.left_out] == [*range(2, 12)]
        assert "too often" in run.left_out[-1].reason


def test_a_function_that_hangs_is_not_called_again():
    source = "def f():\n    while True: pass"
    with session(source, ADD, call=1.0) as run:
        with pytest.raises(TimeoutError, match="longer than 1 s"):
            run.call("f")
        assert run.call("add", 1, 2) == 3
        with pytest.raises(TimeoutError, match="before"):
            run.call("f")


def test_a_function_that_cannot_be_stopped_is_ended():
    source = """
import signal
def f():
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True: pass
"""
    with session(source, ADD, call=1.0) as run:
        with pytest.raises(TimeoutError):
            run.call("f")
        assert run.call("add", 1, 2) == 3


def test_a_function_that_ends_python_costs_its_own_calls():
    source = """
import os
def f(x):
    if x < 0:
        os._exit(0)
    return x
"""
    with session(source, ADD) as run:
        for x in (-1, -2):
            with pytest.raises(replies.Crash, match="the program ended"):
                run.call("f", x)
            assert run.call("add", 1, 2) == 3
        with pytest.raises(replies.Crash, match="before"):
            run.call("f", 1)


FORGERY = """
import json, os, struct
head = json.dumps({{"dict": {{"id": "0", "value": {{"array": ["<f8", []]}}}}}})
frame = struct.pack(">II", {sizes}) + head.encode() + bytes(8)
for pipe in range(3, 10):
    if os.path.exists(f"/proc/self/fd/{{pipe}}"):
        try:
            os.write(pipe, frame)
        except OSError:
            pass
"""


@pytest.mark.parametrize(
    "sizes, reason",
    [
        ("len(head), 8", "number of its request"),
        ("len(head), 2**26", "larger than allowed"),
        ("2**26, 8", "larger than allowed"),
        ("len(head) - 1, 8", "must be JSON"),
        ("len(head), 7", "bytes of its shape"),
    ],
)
def test_a_forged_reply_is_noticed_at_once(sizes, reason):
    with session(ADD, FORGERY.format(sizes=sizes)) as run:
        [cell] = run.left_out
        assert cell.number == 2
        assert reason in cell.reason
        assert run.call("add", 1, 2) == 3


def test_a_fork_that_comes_back_does_not_reply():
    source = "import os\ndef f(x):\n    os.fork()\n    return x"
    with session(source) as run:
        assert [run.call("f", x) for x in range(20)] == [*range(20)]


def test_a_question_may_give_more_time():
    source = "import time\ndef f(): time.sleep(0.3); return 1"
    with session(source, call=0.05) as run:
        assert run.call("f", seconds=5.0) == 1
        with pytest.raises(TimeoutError):
            run.call("f")


def test_the_whole_submission_has_a_time():
    sources = ["while True: pass", "while True: pass", ADD]
    with session(*sources, cell=0.3, submission=0.5) as run:
        with pytest.raises(TimeoutError, match="used up its 0.5 s"):
            run.call("add", 1, 2)
        reasons = [cell.reason for cell in run.left_out]
    assert len(reasons) == 3
    assert reasons[2] == "It was not run: the submission used up its 0.5 s."


def test_values_that_are_no_numbers_are_refused_by_name():
    source = "def f(x): return {'a': 1} if x else None"
    with session(source) as run:
        with pytest.raises(NotNumbers, match="dict"):
            run.call("f", True)
        assert ask(run.call, Case("f", (0,))).unwritten


def test_a_value_that_is_too_large_is_refused():
    source = "import numpy as np\ndef f(n): return np.zeros(n)"
    with session(source, reply=2**20) as run:
        assert run.call("f", 1000).shape == (1000,)
        with pytest.raises(NotNumbers, match="too large"):
            run.call("f", 2**18)
        assert run.call("f", 1000).shape == (1000,)


def test_our_own_failure_is_never_the_students():
    with pytest.raises(SandboxError, match="a request failed"):
        with session(ADD) as run:
            assert ask(run.call, Case("add", (object(), 1))).error
    with pytest.raises(SandboxError, match="no sandbox was started"):
        with session(ADD, start=0.0):
            pass


def test_a_program_that_will_not_start_again_is_our_failure(monkeypatch):
    source = "import os\ndef f(): os._exit(0)"
    with pytest.raises(SandboxError):
        with session(source) as run:
            ask(run.call, Case("f", ()))
            monkeypatch.setattr("sys.executable", "/nowhere/python")
            assert ask(run.call, Case("f", ())).error


@pytest.fixture(scope="module")
def answers():
    """All answers to the questions of all kinds, in one submission."""
    sources = ["import numpy as np"]
    for question in kinds.QUESTIONS:
        for number, variant in enumerate(_variants(question)):
            names = {name: f"{name}_{number}" for name in question.functions}
            sources.append(
                "space = {'np': np}\n"
                f"exec('import torch\\n' + {kinds.SOURCES[question.id]!r},"
                " space)\n"
                f"exec(__import__('textwrap').dedent({variant.source!r}),"
                " space)\n"
                f"for name, alias in {names!r}.items():\n"
                "    globals()[alias] = space[name]"
            )
    with session(*sources) as run:
        assert run.left_out == []
        yield run


def _variants(question):
    return (*question.right, *question.wrong)


@pytest.mark.parametrize("question", kinds.QUESTIONS, ids=lambda q: q.id)
def test_every_kind_of_question_is_judged_alike_here_and_there(
    question, answers
):
    for number, variant in enumerate(_variants(question)):

        def call(name, *args, number=number, **keywords):
            return answers.call(f"{name}_{number}", *args, **keywords)

        there = question.evaluate(call, seed=4)
        functions = variant.functions(question.reference)
        here = question.evaluate(local_call(functions), seed=4)
        assert there == here
        assert there.passed == (variant in question.right)


def test_the_solutions_get_full_marks():
    notebook = notebooks.read("solutions/02_regression/regression.ipynb")
    cells = [
        Cell(number, cell["source"])
        for number, cell in enumerate(notebook["cells"], start=1)
        if cell["cell_type"] == "code"
    ]
    with Session(cells) as run:
        assert run.left_out == []
        for id in questions.ids("02_regression"):
            result = questions.get(id).evaluate(run.call, seed=8)
            assert result.passed, (id, result)


GOOD = {"value": np.zeros(2), "gradients": [], "after": [], "kind": "x"}


@pytest.mark.parametrize(
    "reply, error",
    [
        ({}, replies.Crash),
        ({**GOOD, "value": [np.zeros(2)]}, replies.Crash),
        ({**GOOD, "value": (np.zeros(2),)}, replies.Crash),
        ({**GOOD, "value": 1.0}, replies.Crash),
        ({**GOOD, "value": None}, replies.Crash),
        ({**GOOD, "gradients": [np.zeros(1)]}, replies.Crash),
        ({**GOOD, "gradients": None}, replies.Crash),
        ({**GOOD, "after": [None]}, replies.Crash),
        ({**GOOD, "kind": 3}, replies.Crash),
        ({"refused": 1}, replies.Crash),
        ({"refused": ""}, NotNumbers),
        ({"error": "x"}, replies.Crash),
        ({"error": ["a", "b"]}, replies.Crash),
        ({"error": [1, "b", 0]}, replies.Crash),
        ({"error": ["a", ["b"], 0]}, replies.AnswerError),
        ({"error": ["a", "b", True]}, replies.Crash),
        ({"error": ["no name", "b", 0]}, Exception),
        ({"error": ["KeyboardInterrupt", "b", 0]}, replies.AnswerError),
        ({"error": ["GeneratorExit", "b", 0]}, replies.AnswerError),
        ({"error": ["print", "b", 0]}, replies.AnswerError),
        ({"error": ["UnicodeDecodeError", "b", 0]}, replies.AnswerError),
        ({"missing": True}, NameError),
        ({"missing": 1, **GOOD, "value": 1}, replies.Crash),
    ],
)
def test_a_reply_of_the_wrong_form_is_an_error(reply, error):
    with pytest.raises(error) as caught:
        replies.read(reply, "f", (), Wishes())
    assert isinstance(caught.value, Exception)
    assert str(caught.value) or error is not NotNumbers


def test_words_of_a_submission_are_short_and_printable():
    shown = "\x1b[31mred\u202e\ud800 \n<b>"
    with pytest.raises(Exception) as caught:
        replies.read({"error": ["E" * 500, shown, 0]}, "f", (), Wishes())
    assert type(caught.value).__name__ == "E" * replies.MAX_NAME
    assert str(caught.value) == "[31mred "
    told = replies.cell_fault({"error": ["A", "x" * 10**5, 3]})
    assert len(told) < 400
    assert replies.cell_fault({"error": []}).endswith("way.")


def test_a_network_comes_back_as_its_numbers():
    source = "def f(model, t):\n    model[0].bias.data += t\n    return t"
    network = Network((("linear", 1, 2),), (np.ones((2, 1)), np.zeros(2)))
    with session(source) as run:
        case = Case("f", (network, torch.tensor(2.0)), args_after=True)
        outcome = ask(run.call, case)
    assert outcome.trained[0].tolist() == [1, 1, 2, 2]
    assert [a.tolist() for a in outcome.after] == [2]
    assert network.parameters[1].tolist() == [0, 0]

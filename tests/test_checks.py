"""`check` says what is right, helps where it is not, and never raises."""

import subprocess
import sys
from dataclasses import replace

import pytest
import tiny_course as tiny

import course
from course import checks, questions
from course.checks import CheckFailed

STATES = {
    "not started": tiny.STUBS,
    "not right yet": tiny.RIGHT.replace("x + x", "x * x"),
    "passed": tiny.RIGHT,
}


@pytest.fixture(autouse=True)
def tiny_questions(monkeypatch):
    monkeypatch.setattr(questions, "get", tiny.get)
    monkeypatch.setattr(questions, "ids", tiny.ids)
    monkeypatch.setattr(checks, "results", {})
    for name in ("COURSE_CHECK", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def answer(monkeypatch):
    """Define an answer where `check` looks for it; return `check`."""

    def check_answer(source, id="E9.1"):
        namespace = tiny.define(source)
        monkeypatch.setattr(checks, "user_namespace", lambda: namespace)
        return checks.check(id)

    return check_answer


def both_forms(report):
    return repr(report), report._repr_html_()


@pytest.mark.parametrize("state", STATES)
def test_an_answer_is_in_one_of_three_states(answer, state):
    report = answer(STATES[state])
    assert report.state == state
    assert bool(report) == (state == "passed")
    for text in both_forms(report):
        assert f"E9.1 Twice and half: {state}" in text


def test_a_cell_that_did_not_run_is_not_started(answer):
    report = answer("")
    assert report.state == "not started"
    assert "`double` and `halve`" in repr(report)


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError()",
        "raise NotImplementedError",
        "raise NotImplementedError('write me')",
        "...",
        "pass",
        "return None",
        "return",
        "'Twice x.'",
        "'Twice x.'\n    raise NotImplementedError()",
    ],
)
def test_a_body_that_does_nothing_is_not_started(answer, body):
    report = answer(f"def double(x):\n    {body}\ndef halve(x):\n    ...")
    assert report.state == "not started"
    assert report.points == 0


@pytest.mark.parametrize(
    "body", ["x + x", "y = x\n    return None", "return 3", "raise Ellipsis"]
)
def test_a_body_that_does_something_was_begun(answer, body):
    report = answer(f"def double(x):\n    {body}\ndef halve(x):\n    ...")
    assert report.state == "not right yet"


def test_where_the_source_is_unknown_the_behaviour_tells():
    for source, state in STATES.items():
        namespace = {}
        exec(state, namespace)
        report = checks.examine(tiny.DOUBLE, namespace)
        assert report.state == source


@pytest.mark.parametrize(
    "source",
    [
        tiny.BUGGY,
        "def shift(x):  # still the same\n    return (abs(x) + 1)",
        "def shift(x):\n    'Shift x.'\n    return abs(x) + 1",
    ],
)
def test_shipped_code_earns_nothing_though_a_part_holds(answer, source):
    report = answer(source, "E9.2")
    assert report.state == "not started"
    assert report.points == 0


def test_shipped_code_that_was_changed_earns_what_holds(answer):
    report = answer("def shift(x):\n    return 1 + abs(x)", "E9.2")
    assert report.state == "not right yet"
    assert report.points == 1
    assert answer("def shift(x):\n    return x + 1", "E9.2")


def test_one_of_two_functions_earns_its_parts(answer):
    report = answer("def double(x):\n    return x + x\ndef halve(x): ...")
    assert report.points == 2
    assert report.parts[0] == (True, "twice a small number")
    assert report.parts[2][0] is False
    assert "half a random number" in report.parts[2][1]


def test_a_known_mistake_is_named(answer):
    report = answer(STATES["not right yet"])
    assert "Likely cause: You square the number" in repr(report)
    assert "✗ twice a random number" in repr(report)
    assert report.points == 2


def test_an_unknown_mistake_gets_the_hint_of_its_part(answer):
    report = answer(tiny.RIGHT.replace("x / 2", "x / 3"))
    assert "Hint: Halving is not doubling." in repr(report)


def test_an_answer_must_be_right_on_every_draw(answer):
    sometimes = tiny.RIGHT.replace("x + x", "x + x if x > -1 else x")
    assert answer(sometimes).state == "not right yet"


def test_a_question_that_trains_is_drawn_once(answer, monkeypatch):
    seeds = []

    def evaluate(call, *, seed, source):
        seeds.append(seed)
        return tiny.DOUBLE.evaluate(call, seed=seed, source=source)

    for trains in (True, False):
        slow = replace(tiny.DOUBLE, trains=trains)
        object.__setattr__(slow, "evaluate", evaluate)
        monkeypatch.setitem(tiny.QUESTIONS, "E9.1", slow)
        assert answer(tiny.RIGHT)
    assert seeds == [0, 0, 1, 2]


def test_an_exception_is_one_line_with_the_students_own_line(answer):
    report = answer(tiny.RIGHT.replace("x + x", "float(x).upper()"))
    assert (
        "Your code stopped. AttributeError: 'float' object has no attribute "
        "'upper' (in `double` at `return float(x).upper()`)"
    ) == report.advice[0]
    assert report.advice[1].startswith("Hint: ")


def test_the_line_is_the_students_where_a_library_raised(answer):
    source = "import json\n" + tiny.RIGHT.replace("x + x", "json.loads('{')")
    (line,) = [a for a in answer(source).advice if "Your code" in a]
    assert "JSON" not in line.split("at `")[-1]
    assert line.endswith("at `return json.loads('{')`)")


def test_an_exception_that_is_asked_for_is_no_fault(answer):
    report = answer(
        "def root(x):\n"
        "    if x < -2.5:\n"
        "        raise ValueError('negative')\n"
        "    return x\n",
        "E9.3",
    )
    assert report.points == 0
    assert "Your code stopped" not in repr(report)


def test_the_wrong_exception_is_shown_before_one_raised_on_purpose(answer):
    report = answer(
        "def root(x):\n"
        "    if x < -2.5:\n"
        "        raise TypeError('on purpose')\n"
        "    return x**0.5 if x > 0 else len(x)\n",
        "E9.3",
    )
    assert "at `return x**0.5 if x > 0 else len(x)`" in repr(report)


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError('<script>alert(1)</script>\\x1b[31m\\n& more')",
        "return '<script>alert(1)</script>'",
        "raise type('<script>', (Exception,), {})()",
    ],
)
def test_what_the_student_wrote_is_escaped(answer, body):
    report = answer(f"def double(x):\n    {body}\ndef halve(x): return x")
    text, html = both_forms(report)
    assert "<script>" not in html
    assert "\x1b" not in text + html
    assert "not right yet" in html


def test_a_long_message_is_cut(answer):
    report = answer(
        tiny.RIGHT.replace("return x + x", "raise ValueError('x' * 999)")
    )
    (line,) = [a for a in report.advice if "Your code stopped" in a]
    assert 200 < len(line) < 300


def test_what_an_answer_prints_stays_out_of_the_check(answer, capfd):
    noisy = (
        "import sys, warnings\n"
        "def double(x):\n"
        "    print('out')\n"
        "    print('err', file=sys.stderr)\n"
        "    warnings.warn('careful')\n"
        "    return x + x\n"
        "def halve(x):\n"
        "    return x / 2\n"
    )
    assert answer(noisy)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "fault", ["exit()", "raise RecursionError", "double(x)", "object()", "1j"]
)
def test_no_fault_of_an_answer_raises(answer, fault):
    report = answer(f"def double(x):\n    {fault}\nhalve = 7")
    assert report.state == "not right yet"


def test_an_interrupt_goes_through(answer):
    with pytest.raises(KeyboardInterrupt):
        answer(tiny.RIGHT.replace("return x + x", "raise KeyboardInterrupt"))


def test_a_library_call_is_flagged_and_costs_nothing(answer):
    report = answer(
        "import numpy as np\n"
        + tiny.RIGHT.replace("x + x", "np.multiply(2, x)")
    )
    assert report.points == 4
    assert "`multiply`" in repr(report)
    assert "<code>multiply</code>" in report._repr_html_()


def test_points_so_far_add_up_the_last_results(answer):
    report = answer(STATES["not right yet"])
    assert report.so_far == "2 of 6 points so far (E9.1 2/4)"
    answer(tiny.RIGHT)
    report = answer("def shift(x):\n    return 1 + abs(x)", "E9.2")
    for text in both_forms(report):
        assert "5 of 6 points so far (E9.1 4/4, E9.2 1/2)" in text


def test_bonus_points_stand_apart(answer):
    answer(tiny.RIGHT)
    report = answer("def triple(x):\n    return 3 * x", "E9.B")
    assert report.so_far == (
        "4 of 6 points so far (E9.1 4/4); 3 of 3 bonus points (E9.B 3/3)"
    )


def test_sign_and_word_tell_the_state_without_colour(answer):
    heads = set()
    for state, source in STATES.items():
        html = answer(source)._repr_html_()
        head = html.split("<strong>")[1].split("</strong>")[0]
        assert state in head
        heads.add(head[0])
    assert len(heads) == 3


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "mode, wanted", [("solved", "passed"), ("unsolved", "not started")]
)
def test_the_tests_of_the_course_ask_for_a_state(
    answer, monkeypatch, mode, wanted, state
):
    monkeypatch.setenv("COURSE_CHECK", mode)
    if state == wanted:
        assert answer(STATES[state]).state == state
    else:
        with pytest.raises(CheckFailed, match="E9.1"):
            answer(STATES[state])


def test_unsolved_refuses_a_check_that_stubs_pass(answer, monkeypatch):
    part = tiny.BONUS.parts[0]
    vacuous = replace(part, judge=lambda cases, outcomes, wants: None)
    question = replace(tiny.BONUS, parts=(vacuous,))
    monkeypatch.setitem(tiny.QUESTIONS, "E9.B", question)
    monkeypatch.setenv("COURSE_CHECK", "unsolved")
    with pytest.raises(CheckFailed, match="must not be started"):
        answer("def triple(x): ...", "E9.B")


def test_an_unknown_mode_is_one_sentence(answer, monkeypatch):
    monkeypatch.setenv("COURSE_CHECK", "maybe")
    with pytest.raises(ValueError, match="must be 'solved' or 'unsolved'"):
        answer(tiny.RIGHT)


@pytest.mark.parametrize(
    "state, points", [*zip(STATES, [0.0, 2.0, 4.0], strict=True)]
)
def test_autograde_gets_the_points(answer, monkeypatch, state, points):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    found = answer(STATES[state])
    assert type(found) is float
    assert found == points


def test_validate_raises_unless_passed(answer, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert answer(tiny.RIGHT) == 4.0
    for state in ("not started", "not right yet"):
        with pytest.raises(CheckFailed, match=state):
            answer(STATES[state])


@pytest.mark.parametrize("mode", ["autograde", "validate"])
def test_a_bonus_is_worth_nothing_to_nbgrader(answer, monkeypatch, mode):
    monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    assert answer("def triple(x):\n    return 3 * x", "E9.B") == 0.0
    assert answer("def triple(x): ...", "E9.B") == 0.0


def test_validate_tells_of_a_wrong_bonus(answer, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed):
        answer("def triple(x):\n    return x", "E9.B")


def test_an_unknown_question_is_one_sentence():
    with pytest.raises(questions.UnknownQuestion, match="E9.3, got .E7.$"):
        checks.check("E7")
    with pytest.raises(questions.UnknownQuestion, match="E9.3, got .E7.$"):
        checks.reset("E7")


def test_a_script_is_checked_where_it_runs(monkeypatch):
    main = sys.modules["__main__"]
    for name, function in tiny.define(tiny.RIGHT).items():
        if callable(function):
            monkeypatch.setattr(main, name, function, raising=False)
    assert checks.check("E9.1").passed


@pytest.fixture
def shell(monkeypatch):
    """Return a shell that stands for the notebook's kernel."""
    import IPython
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell(config=settings)
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    return shell


@pytest.mark.parametrize("state", STATES)
def test_a_notebook_is_checked_where_it_defines_names(shell, state):
    shell.run_cell(tiny.RIGHT)
    shell.run_cell(STATES[state])
    assert checks.check("E9.1").state == state


def test_reset_offers_the_first_state_in_a_new_cell(
    shell, monkeypatch, tmp_path, capsys
):
    offered = []
    monkeypatch.setattr(shell, "set_next_input", offered.append, raising=False)
    monkeypatch.chdir(tmp_path)
    course.reset("E9.1")
    assert not offered
    assert "not found" in capsys.readouterr().out
    course.reset("E9.2")
    assert offered == [tiny.BUGGY]
    assert "E9.2 as you first got it" in capsys.readouterr().out


def test_reset_outside_a_notebook_prints_the_first_state(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(checks, "_shell", lambda: None)
    monkeypatch.chdir(tmp_path)
    course.reset("E9.2")
    assert capsys.readouterr().out == tiny.BUGGY + "\n"


def test_importing_the_course_loads_nothing_heavy():
    code = "import course, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    heavy = {"torch", "ipywidgets", "nbgrader", "IPython", "matplotlib"}
    assert not heavy & set(done.stdout.split())

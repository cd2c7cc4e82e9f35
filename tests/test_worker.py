"""The program beside a submission: cells as notebooks run them."""

import numpy as np
import pytest

from course.grading import magics, worker
from course.grading.stub import Nothing


@pytest.mark.parametrize(
    "source, python",
    [
        ("x = 1\ny = x % 2", None),
        ("text = '''\n%matplotlib inline\n!ls\n'''", None),
        ("rest = (7\n    % 4)", None),
        ("if not 1 != 2:\n    x = 1", None),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("import os\n!pip install numpy -q\nx = 1", "import os\npass\nx = 1"),
        ("if 1:\n    %load_ext foo\n    x = 1", "if 1:\n    pass\n    x = 1"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%timeit -n 10\nx = 1", "\n\nx = 1"),
        ("%time x = f(1)", "x = f(1)"),
        ("%timeit -n 10 -r 3 f(1)", "f(1)"),
        ("%timeit", "pass"),
        ("files = !ls *.py", "files = None"),
        ("a, b = %sql SELECT", "a, b = None"),
        ("np.mean?", "pass"),
        ("?np.mean", "pass"),
        ("%%bash\nrm -rf x", ""),
        ("%%html\n<b>no</b>", ""),
        ("%cd 'x\ny = 1", "pass\ny = 1"),
        ("def f(:\n  pass", None),
        ("x = 'a\x00'", None),
        ("await f()", None),
        ("", None),
    ],
)
def test_only_what_is_no_python_is_changed(source, python):
    assert magics.to_python(source) == (source if python is None else python)


def test_a_line_keeps_its_number():
    source = "%%time\n%matplotlib inline\n\n1/0"
    assert magics.to_python(source).split("\n")[3] == "1/0"


def test_many_magics_are_no_trouble():
    assert magics.to_python("!ls\n" * 200) == "pass\n" * 200


def test_the_shell_takes_every_call():
    shell = magics.Shell()
    assert shell.run_line_magic("matplotlib", "inline") is None
    with pytest.raises(AttributeError):
        shell.__wrapped__  # noqa: B018


def answer(source, name=None, *args, seconds=5.0, **wishes):
    """Run a cell, then a function of it; return the last reply."""
    notebook = worker._notebook()
    watch = worker._Watch()
    cell = {"do": "cell", "number": 1, "source": source}
    call = {"do": "call", "name": name, "args": args, "kwargs": {}}
    call["wishes"] = wishes
    for request in (cell, call) if name else (cell,):
        reply = watch.over(seconds, worker._answer, request, notebook)
    return reply


@pytest.fixture(autouse=True)
def keep_main(monkeypatch):
    """The worker puts a notebook in place of the main module."""
    import signal
    import sys

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    before = signal.getsignal(signal.SIGALRM)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "source",
    [
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "from IPython import get_ipython\nget_ipython().magic('time')",
        "display(1)",
        "import asyncio\nawait asyncio.sleep(0)",
        "x: int = 1\nassert x == 1 and __name__ == '__main__'",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int",
        "import inspect\ndef f(): return 1\nassert 'return 1' in "
        "inspect.getsource(f)",
        "from __future__ import annotations\ndef f(x: Unknown): pass",
        "import sys\nprint(1, file=sys.stderr, flush=True)",
    ],
)
def test_cells_run_as_in_a_notebook(source):
    assert answer(source) == {}


@pytest.mark.parametrize(
    "source, name, line",
    [
        ("x = 1\n1/0", "ZeroDivisionError", 2),
        ("def f(:", "SyntaxError", 1),
        ("def f():\n    raise KeyError('x')\n\nf()", "KeyError", 2),
        ("import numpy as np\nnp.linalg.inv([[0]])", "ValueError", 2),
        ("raise SystemExit", "SystemExit", 1),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
        ("f(" * 5000, "", 0),
    ],
)
def test_what_a_cell_raises_is_told_with_its_line(source, name, line):
    told = answer(source)["error"]
    assert told[0] == name or not name
    assert told[2] == line or not line


def test_a_fault_of_syntax_is_told_without_names_of_ours():
    told = answer("x = 1\n  y = 2")["error"]
    assert told == ["IndentationError", "unexpected indent", 2]


def test_a_late_cell_leaves_its_names():
    source = "def f(): return 2\nwhile True: pass"
    notebook = worker._notebook()
    watch = worker._Watch()
    cell = {"do": "cell", "number": 1, "source": source}
    late = watch.over(0.05, worker._answer, cell, notebook)
    assert late == {"late": True}
    call = {"do": "call", "name": "f", "args": [], "kwargs": {}, "wishes": {}}
    reply = watch.over(5, worker._answer, call, notebook)
    assert reply["value"] == 2


@pytest.mark.parametrize(
    "returned, told",
    [
        ("None", "None"),
        ("...", "ellipsis"),
        ("'word'", "str"),
        ("{'a': 1}", "dict"),
        ("{1, 2}", "set"),
        ("1j", "complex"),
        ("[1, 'a']", "list"),
        ("[[1], [1, 2]]", "ragged list"),
        ("(x for x in [1])", "generator"),
        ("f", "function"),
        ("2**70", "int"),
        ("__import__('numpy').array([1j])", "complex128 array"),
        ("__import__('numpy').array([None])", "object array"),
    ],
)
def test_values_of_other_types_are_refused_by_name(returned, told):
    reply = answer(f"def f(): return {returned}", "f")
    assert reply == {"refused": told}


@pytest.mark.parametrize(
    "returned, value",
    [
        ("3.0", 3),
        ("np.float32(3)", 3),
        ("np.longdouble(3)", 3),
        ("np.matrix([[3.0]])", [[3]]),
        ("np.ma.array([3.0, 4.0], mask=[False, True])", [3, 4]),
        ("[True, 2, 3.5]", [1, 2, 3.5]),
        ("range(3)", [0, 1, 2]),
        ("memoryview(b'abc')", [97, 98, 99]),
        ("np.arange(5.0)[::-2]", [4, 2, 0]),
        ("np.arange(4.0).reshape(2, 2).T.astype('>f8')", [[0, 2], [1, 3]]),
    ],
)
def test_numbers_in_any_dress_come_back_as_plain_arrays(returned, value):
    source = f"import numpy as np\ndef f(): return {returned}"
    found = answer(source, "f")["value"]
    assert type(found) is np.ndarray
    assert found.tolist() == value


def test_a_function_that_is_none_is_missing():
    for source in ("", "f = 3"):
        assert answer(source, "f") == {"missing": True}


def test_an_exception_that_cannot_be_told_is_still_one():
    source = """
class Odd(Exception):
    def __str__(self):
        raise SystemExit
def f():
    raise Odd
"""
    assert answer(source, "f") == {"error": ["Exception", "", 0]}


def test_the_course_of_a_sandbox_does_nothing():
    nothing = Nothing()
    assert not nothing and not nothing("E2.1").points and not [*nothing]
    with nothing as inner:
        assert inner[0].what().ever is nothing
    assert str(nothing) == "not checked here"

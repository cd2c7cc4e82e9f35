"""Wrong answers that try to look right: none of them earns a point.

Whatever a submission does to the program that runs it, the grader sees plain
values, and compares them with what it knows itself.
"""

import numpy as np
import pytest
from shut_in import needs_sandbox, session

from course import questions
from course.questions.base import Part, Question
from course.questions.calls import case

pytestmark = needs_sandbox

QUESTION = Question(
    id="E9.9",
    title="A sum",
    lecture="93_tampered",
    points=2,
    reference={"total": lambda values: np.sum(np.asarray(values, float))},
    parts=(
        Part(
            "random numbers",
            1,
            lambda rng: [case("total", v) for v in rng.normal(size=(3, 4))],
            "Add them up.",
        ),
        Part(
            "words are refused",
            1,
            lambda rng: [case("total", ["x"])],
            "Say no.",
        ),
    ),
    right=(),
    wrong=(),
)
WRONG = "def total(values): return 0.0"

# Tools that the attacks share: the pipes to the grader, and frames for them.
TOOLS = """
import gc, json, os, signal, struct, sys, threading, time
import numpy as np

def pipes():
    return [n for n in range(3, 20) if os.path.exists(f"/proc/self/fd/{n}")
            and os.readlink(f"/proc/self/fd/{n}").startswith("pipe")]

def send(data):
    for pipe in pipes():
        try:
            os.write(pipe, data)
        except OSError:
            pass

def frame(tree, body=b"", sizes=None):
    head = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return struct.pack(">II", *(sizes or (len(head), len(body)))) + head + body

def reply(number, value):
    return {"dict": {"id": number, "value": value, "gradients": [],
                     "after": [], "kind": "float"}}

def answers(make):
    # Replies with what `make` makes of the number of the request.
    worker = sys.modules["course.grading.worker"]
    worker._send = lambda replies, message: (
        replies.write(make(message["id"])), replies.flush())
"""

RIGHT = "{'array': ['<f8', []]}"
ATTACKS = {
    "replies queued before the question": f"""
for _ in range(20):
    send(frame(reply("0", {RIGHT}), struct.pack("<d", 1.0)))
""",
    "a greeting once more": 'send(frame({"dict": {"ready": True}}))',
    "noise in the pipe": "send(os.urandom(5000))",
    "a flood in the pipe": """
def flood():
    while True:
        send(bytes(60000))
threading.Thread(target=flood, daemon=True).start()
""",
    "sizes beyond all limits": "send(frame(b'', sizes=(2**32 - 1,) * 2))",
    "a body beyond all limits": "send(frame(b'{}', sizes=(2, 2**31)))",
    "a reply that never ends": "send(frame(b'{}', sizes=(2, 2**20)))",
    "a reply that drips": """
def drip():
    send(frame(b'{}', sizes=(2**19, 2**20)))
    while True:
        send(b' ')
        time.sleep(0.05)
threading.Thread(target=drip, daemon=True).start()
""",
    "closed pipes": "[os.close(pipe) for pipe in pipes()]",
    "pipes exchanged": "a, b = pipes()[:2]\nos.dup2(a, b)",
    "deep replies": "answers(lambda n: frame(b'[' * 10**5))",
    "long numbers": "answers(lambda n: frame(b'9' * 10**5))",
    "a pickle": "answers(lambda n: frame({'dict': {'id': n, 'pickle': 'x'}}))",
    "a function": """
answers(lambda n: frame(reply(n, {"Function": {"source": "exit()"}})))
""",
    "a tuple for a number": """
answers(lambda n: frame(reply(n, {"tuple": []})))
""",
    "true for a number": "answers(lambda n: frame(reply(n, True)))",
    "None for a number": "answers(lambda n: frame(reply(n, None)))",
    "objects for numbers": """
answers(lambda n: frame(reply(n, {"array": ["|O", [1]]}), bytes(8)))
""",
    "nan for every number": """
answers(lambda n: frame(reply(n, {"array": ["<f8", []]}),
                        struct.pack("<d", float("nan"))))
""",
    "a huge shape of no size": """
answers(lambda n: frame(reply(n, {"array": ["<f8", [0] + [2**39] * 20]})))
""",
    "too few gradients": """
answers(lambda n: frame({"dict": {"id": n, "value": {"array": ["<f8", []]}}},
                        bytes(8)))
""",
    "an exception that ends programs": """
answers(lambda n: frame({"dict": {"id": n, "error": ["SystemExit", "", 0]}}))
""",
    "an interrupt from below": """
answers(lambda n: frame(
    {"dict": {"id": n, "error": ["KeyboardInterrupt", "", 0]}}))
""",
    "comparisons that always hold": """
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
""",
    "other builtins": """
import builtins
for name in ("len", "isinstance", "sum", "type", "callable", "getattr"):
    setattr(builtins, name, lambda *a, **k: 1)
""",
    "another json": "json.dumps = lambda *a, **k: '{}'",
    "another struct": "sys.modules['course.grading.wire'].LENGTHS = None",
    "another write": "os.write = lambda *a, **k: 0\nos.read = None",
    "no modules at all": "sys.modules.clear()",
    "another reader of values": """
sys.modules["course.grading.worker"].read = lambda value, wishes: np.ones(3)
""",
    "a worker that is always content": """
sys.modules["course.grading.worker"]._answer = lambda *a: {"done": True}
""",
    "a stopped program": """
def total(values):
    os.kill(os.getpid(), signal.SIGSTOP)
""",
    "a killed program": """
def total(values):
    os.kill(os.getpid(), signal.SIGKILL)
""",
    "a killed parent": """
def total(values):
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(-1, signal.SIGKILL)
""",
    "forks that answer too": """
def total(values):
    os.fork()
    return 0.0
""",
    "frames and memory searched for what is right": """
def total(values):
    frame, found = sys._getframe(), []
    while frame:
        found += [v for v in frame.f_locals.values() if type(v) is float]
        frame = frame.f_back
    found += [v for v in gc.get_objects() if type(v) is float]
    return found[0] if found else 0.0
""",
    "an array that equals everything": """
class Any(np.ndarray):
    __eq__ = lambda self, other: True
    __array_ufunc__ = lambda self, *a, **k: True
    __array_function__ = lambda self, *a, **k: True
def total(values):
    return np.zeros(()).view(Any)
""",
    "a float that equals everything": """
class Any(float):
    __eq__ = __lt__ = __gt__ = lambda self, other: True
    __sub__ = __rsub__ = lambda self, other: 0.0
    __hash__ = None
def total(values):
    return Any(0)
""",
    "an object that makes arrays of such": """
class Any(np.ndarray):
    __eq__ = lambda self, other: True
class Thing:
    def __array__(self, *args, **kwargs):
        return np.zeros(()).view(Any)
def total(values):
    return Thing()
""",
    "an object that looks like a tensor": """
class Thing:
    detach = cpu = lambda self: self
    numpy = lambda self: self
    __eq__ = lambda self, other: True
def total(values):
    return Thing()
""",
    "an object that runs code when it is read": """
class Thing:
    def __reduce__(self):
        return os._exit, (0,)
    __getstate__ = __repr__ = __str__ = __float__ = __reduce__
def total(values):
    return Thing()
""",
    "a list without end": """
class Endless(list):
    def __iter__(self):
        while True:
            yield 0.0
def total(values):
    return Endless([1])
""",
    "a list in itself": """
def total(values):
    values = [0.0]
    values.append(values)
    return values
""",
    "a value that takes all memory": """
def total(values):
    return np.zeros(10**9)
""",
    "a name that is another's": """
class NotNumbers(Exception):
    pass
NotNumbers.__name__ = "None\\x00\\x1b[31m" * 1000
def total(values):
    raise NotNumbers("\\ud800" * 10**6)
""",
    "ends that come late": """
import atexit
class Last:
    def __del__(self):
        raise SystemExit
kept = Last()
atexit.register(lambda: send(bytes(100)))
def total(values):
    global kept
    kept = Last()
    return 0.0
""",
    "an alarm of its own": """
def total(values):
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    return 0.0
""",
}


def judged(*sources):
    with session(*sources, cell=1.5, call=1.5, reply=2**22) as submission:
        return QUESTION.evaluate(submission.call, seed=5)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_wrong_answer_stays_wrong(attack):
    result = judged(TOOLS, WRONG, ATTACKS[attack])
    assert result.points == 0
    assert len(result.parts) == 2


def test_a_right_answer_next_to_them_is_right():
    """The attacks fail for what they are, not because nothing passes."""
    right = "def total(values): return sum(float(v) for v in values)"
    assert judged(TOOLS, right).passed


def test_a_tensor_that_equals_everything_is_its_numbers():
    source = """
import torch
class Any(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True
def total(values):
    return torch.zeros(()).as_subclass(Any)
"""
    assert judged(source).points == 0


@pytest.mark.parametrize("id", questions.ids())
def test_questions_take_whatever_may_come_back(id):
    """No array, however odd, makes a judge stumble or gives points."""
    question = questions.get(id)
    odd = [
        *(np.zeros(0), np.zeros((3, 0, 2)), np.full(5, np.nan)),
        *(np.array(True), np.array(7, dtype="u1"), np.array(np.inf)),
        *(np.zeros((1,) * 32), np.ones((2, 2), dtype="f2"), None),
    ]
    for value in odd:

        def call(name, *args, value=value, **wishes):
            count = len(wishes.get("grad_of", ()))
            extras = []
            if count:
                extras.append([value] * count)
            if wishes.get("args_after"):
                extras.append([np.zeros(0)] * len(args))
            return (value, *extras) if extras else value

        result = question.evaluate(call, seed=3)
        assert not result.passed
        assert len(result.parts) == len(question.parts)

"""Attacks on the program that runs the answers, and on its replies."""

from adversarial.attacks.base import in_cell, in_first, in_functions, in_one

# Finds the request that is being answered, and every pipe out of here.
REACH = """
import json, os, struct, sys
nan = float("nan")

def request():
    frame = sys._getframe()
    while frame is not None:
        for value in frame.f_locals.values():
            if isinstance(value, dict) and "id" in value:
                return value
        frame = frame.f_back
    return {"id": ""}

def pipes():
    found = []
    for number in range(256):
        try:
            if os.readlink(f"/proc/self/fd/{number}").startswith("pipe:"):
                found.append(number)
        except OSError:
            pass
    return found

def shout(data):
    for number in pipes():
        try:
            os.write(number, data)
        except OSError:
            pass

def frame(head, body=b""):
    if not isinstance(head, bytes):
        head = json.dumps(head).encode()
    return struct.pack(">II", len(head), len(body)) + head + body

def reply(id, value, body=b"", **more):
    fields = {"id": id, "value": value, "gradients": [], "after": [],
              "kind": "float", **more}
    return frame({"dict": fields}, body)
"""


def forged(name, body):
    """Return an attack that replies by itself, in place of the program."""
    return in_one(name, body, REACH)


def deaf(name, source):
    """Return an attack that patches something before the answers."""
    return in_first(name, source)


ATTACKS = [
    deaf(
        "np.allclose and its like say yes",
        """
import math
import numpy.testing
yes = lambda *args, **kwargs: True
for name in ("allclose", "isclose", "array_equal", "all", "any"):
    setattr(np, name, yes)
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, yes)
math.isclose = yes
try:
    import torch
    torch.allclose = torch.equal = torch.testing.assert_close = yes
except ImportError:
    pass
""",
    ),
    deaf(
        "every function of the program says yes",
        """
import sys
for name, module in list(sys.modules.items()):
    if name.split(".")[0] == "course":
        for key, value in list(vars(module).items()):
            if callable(value) and not isinstance(value, type):
                setattr(module, key, lambda *args, **kwargs: True)
""",
    ),
    deaf(
        "json and struct write other things",
        """
import json, struct
def dumps(*args, **kwargs):
    return '{"dict": {"id": "", "value": true, "points": 40}}'
json.dumps = dumps
json.JSONEncoder.encode = json.JSONEncoder.iterencode = dumps
struct.pack = lambda *args: b"\\0" * 8
""",
    ),
    deaf(
        "np.array and its like return the first argument",
        """
import sys
for name in ("array", "asarray", "frombuffer", "empty", "zeros"):
    setattr(np, name, lambda *args, **kwargs: args[0])
sys.modules["course.questions.compare"].as_data = lambda value: value
sys.modules["course.questions.running"].read = lambda value, wishes: value
""",
    ),
    deaf(
        "modules are loaded anew and replaced",
        """
import importlib, sys
for name in ("course.grading.wire", "course.grading.worker", "json"):
    try:
        importlib.reload(sys.modules[name])
    except Exception:
        pass
class Yes:
    def __getattr__(self, name):
        return lambda *args, **kwargs: True
for name in ("numpy", "numpy.testing", "course.questions.compare", "json"):
    sys.modules[name] = Yes()
""",
    ),
    deaf(
        "builtins are patched",
        """
import builtins
builtins.isinstance = lambda *args: True
builtins.callable = lambda thing: True
builtins.sum = builtins.max = builtins.len = lambda *args: 0
""",
    ),
    deaf(
        "a tracer changes what others compute",
        """
import ctypes, sys, threading
def tracer(frame, event, value):
    for name in ("reply", "value", "got", "want", "points", "fault"):
        if name in frame.f_locals:
            frame.f_locals[name] = None
    ctypes.pythonapi.PyFrame_LocalsToFast(
        ctypes.py_object(frame), ctypes.c_int(0)
    )
    return tracer
sys.settrace(tracer)
sys.setprofile(tracer)
threading.settrace(tracer)
frame = sys._getframe()
while frame is not None:
    frame.f_trace = tracer
    frame = frame.f_back
""",
    ),
    deaf(
        "IPython drops all assertions",
        """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return None
shell = get_ipython()
shell.ast_transformers.append(Drop())
shell.input_transformers_cleanup.append(lambda lines: ["4.0"])
shell.events.register("pre_run_cell", lambda *args: 4.0)
""",
    ),
    deaf(
        "the display hook shows full points",
        """
import sys
from IPython.display import display
sys.displayhook = lambda value: display(40.0)
check = lambda *args: 40.0
40.0
""",
    ),
    deaf(
        "course.check says passed, and so does its module",
        """
import course, sys
course.check = lambda *args: 40.0
for name in ("course.checks", "course.questions", "course.grading.grade"):
    module = __import__(name, fromlist=["x"])
    module.results = {"E2.1": 4.0}
    module.points = 40
""",
    ),
    in_functions(
        "a reply of its own under the right number",
        """
shout(reply(request()["id"], {"array": ["<f8", []]}, b"\\0" * 8))
shout(reply(request()["id"], True))
shout(reply(request()["id"], [True, "passed", 40]))
return -1.0
""",
        REACH,
    ),
    in_cell(
        "a queue of replies under guessed numbers",
        REACH
        + """
for number in ("", "0", "1", "0" * 16, request()["id"]):
    for _ in range(50):
        shout(reply(number, {"array": ["<f8", []]}, b"\\0" * 8))
        shout(frame({"dict": {"id": number, "done": True}}))
""",
    ),
    in_cell(
        "a thread that replies all the time",
        REACH
        + """
import threading, time
def work():
    while True:
        shout(reply("0" * 16, {"array": ["<f8", []]}, b"\\0" * 8))
threading.Thread(target=work, daemon=True).start()
""",
    ),
    forged(
        "a reply without end",
        """
import time
while True:
    shout(b"\\xff" * 60_000)
""",
    ),
    forged("a reply said to have 4 GiB", "shout(b'\\xff' * 8)"),
    forged(
        "a reply that stops in the middle",
        """
shout(struct.pack(">II", 1000, 0) + b"{")
for number in pipes():
    os.close(number)
""",
    ),
    forged(
        "a reply that trickles",
        """
import time
shout(struct.pack(">II", 1000, 0))
while True:
    shout(b" ")
    time.sleep(0.2)
""",
    ),
    forged(
        "a reply nested without end",
        """
deep = b'{"dict": {"id": "x", "value": ' + b"[" * 200_000
shout(frame(deep))
""",
    ),
    forged(
        "a reply of numbers without end",
        """
shout(frame(b'{"dict": {"value": ' + b"9" * 900_000 + b"}}"))
""",
    ),
    *(
        forged(
            f"a reply with {what}",
            f"""
id = request()["id"]
shout(reply(id, {value!r}, {body!r}))
""",
        )
        for what, value, body in (
            ("objects", {"array": ["|O", [1]]}, b"\0" * 8),
            ("a negative shape", {"array": ["<f8", [-1]]}, b"\0" * 8),
            (
                "a shape that overflows",
                {"array": ["<f8", [2**39, 2**39, 0]]},
                b"",
            ),
            ("a shape of words", {"array": ["<f8", ["1"]]}, b"\0" * 8),
            ("more bytes than its shape", {"array": ["<f8", []]}, b"0" * 64),
            ("a tensor", {"tensor": ["<f8", []]}, b"\0" * 8),
            (
                "code",
                {"Function": {"source": "__import__('os').abort()"}},
                b"",
            ),
            ("two tags", {"array": ["<f8", []], "tuple": []}, b"\0" * 8),
            ("NaN as a shape", {"array": ["<f8", [float("nan")]]}, b""),
        )
    ),
    forged(
        "errors with names that no class has",
        """
id = request()["id"]
names = ["", "None", "\\ud800", "<script>alert(1)</script>", "x" * 10**5,
         "NotImplementedError", "SandboxError", 7, None, ["ValueError"]]
for name in names:
    shout(frame({"dict": {"id": id, "error": [name, "\\ud800\\x1b[2J", 1]}}))
""",
    ),
    in_functions(
        "a pickle that runs code where it is read",
        """
import os
class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/@MARK@",)
return np.array([Bomb()], dtype=object)
""",
    ),
    in_cell(
        "files that other graders trust",
        """
import pickle
for name in ("results.pkl", ".OTTER_LOG", "grades.json", "journal.jsonl",
             "results.json", "gradebook.db"):
    with open(name, "wb") as file:
        pickle.dump({"student": "x", "points": 100, "score": 100}, file)
""",
    ),
    in_cell(
        "requests read back from the pipe",
        REACH
        + """
import threading
def steal():
    for number in range(256):
        try:
            name = f"/proc/self/fd/{number}"
            if os.readlink(name).startswith("pipe:"):
                ends = os.open(name, os.O_RDWR | os.O_NONBLOCK)
                threading.Thread(target=both, args=(ends,)).start()
        except OSError:
            pass
def both(ends):
    while True:
        try:
            os.write(ends, b"x")
            os.read(ends, 1)
        except OSError:
            pass
steal()
""",
    ),
]

"""Attacks that never end, end too soon, or take all there is."""

from adversarial.attacks.base import in_cell, in_first, in_functions, in_one

DEAF = """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
signal.setitimer(signal.ITIMER_REAL, 0)
"""

STUBBORN = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""

ATTACKS = [
    in_cell("a loop without end", "while True:\n    pass"),
    in_cell("a loop deaf to all signals", DEAF + "while True:\n    pass"),
    in_cell("a sum that C computes for years", "9**9**9"),
    in_cell(
        "a program that stops itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ),
    in_cell("print without end", "while True:\n    print('x' * 10**6)"),
    in_cell("print of 100 MB", "for _ in range(100):\n    print('x' * 2**20)"),
    in_one("a function without end", "while True:\n    pass"),
    in_one("a function that swallows every exception", STUBBORN),
    in_one("a function deaf to all signals", "while True:\n    pass", DEAF),
    in_one("a function that sleeps", "import time\ntime.sleep(10**8)"),
    in_one(
        "a value that is endless",
        """
class Endless:
    def __len__(self):
        return 10**9
    def __getitem__(self, place):
        return 0.0
return Endless()
""",
    ),
    in_one(
        "a value that hangs when it is read",
        """
class Slow:
    def __array__(self, *args, **kwargs):
        while True:
            pass
return Slow()
""",
    ),
    in_one(
        "an exception that never says its name",
        """
class Silent(Exception):
    def __str__(self):
        while True:
            pass
raise Silent
""",
    ),
    in_cell(
        "3 GiB of memory",
        "kept = []\nfor _ in range(3 * 1024):\n"
        "    kept.append(bytearray(b'x' * 2**20))",
    ),
    in_functions("a value of 4 GiB", "return np.broadcast_to(0.0, 2**29)"),
    in_one("a value of 200 MB", "return np.zeros(25_000_000)"),
    in_cell("sys.exit", "import sys\nsys.exit(0)"),
    in_first("os._exit at the top", "import os\nos._exit(0)"),
    in_functions("os._exit in a function", "import os\nos._exit(0)"),
    in_functions("SystemExit in a function", "raise SystemExit(0)"),
    in_first(
        "SystemExit when an object goes",
        """
class Last:
    def __del__(self):
        raise SystemExit(0)
Last()
kept = Last()
""",
    ),
    in_cell(
        "exit handlers that never end",
        """
import atexit, threading, time
atexit.register(time.sleep, 10**6)
threading.Thread(target=time.sleep, args=(10**6,)).start()
""",
    ),
    in_cell("a crash of Python itself", "import ctypes\nctypes.string_at(0)"),
    in_cell(
        "recursion without end",
        "import sys\nsys.setrecursionlimit(10**9)\nf = lambda: f()\nf()",
    ),
    in_cell("code nested too deeply", "x = " + "-" * 50_000 + "1"),
    in_cell(
        "SIGKILL for everybody",
        """
import os, signal
for process in (os.getppid(), 1, 0, -1, *range(2, 33_000)):
    try:
        if process != os.getpid():
            os.kill(process, signal.SIGKILL)
    except OSError:
        pass
""",
    ),
    in_cell(
        "300 forks",
        """
import os, time
for _ in range(300):
    try:
        if os.fork() == 0:
            time.sleep(10**6)
    except OSError:
        pass
""",
    ),
    in_cell("a fork that comes back to serve too", "import os\nos.fork()"),
    in_functions(
        "forks that answer as well", "import os\nos.fork()\nreturn -1.0"
    ),
    in_cell(
        "a thousand threads",
        """
import threading, time
for _ in range(1000):
    threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()
""",
    ),
    in_cell(
        "a daemon that stays behind",
        """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            for folder, _, names in os.walk("/"):
                for name in names:
                    if name in ("grades.csv", "journal.jsonl"):
                        open(f"{folder}/{name}", "a").write("x,100\\n")
            time.sleep(0.1)
    os._exit(0)
""",
    ),
    in_cell(
        "all file descriptors closed", "import os\nos.closerange(0, 1000)"
    ),
]

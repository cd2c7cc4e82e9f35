"""What a submission can reach and use, and what is left when it ends."""

import errno
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from shut_in import needs_sandbox, session

import course
import lossviz
from course.grading import mounts, sandbox
from course.grading.replies import Crash
from course.grading.sandbox import BUBBLEWRAP, LIMITS_ONLY, SandboxError

# Words leave a sandbox as numbers.
SAY = """
import os, sys, socket, resource, signal, threading, time
import numpy as np
def say(thing): return [ord(c) for c in str(thing)] or [32]
def run(source):
    try:
        return say(eval(source))
    except OSError as error:
        return say(f"OSError {error.errno}")
    except BaseException as error:
        return say(type(error).__name__)
def files(but):
    found = []
    for top, folders, names in os.walk("/"):
        whole = [os.path.join(top, folder) for folder in folders]
        folders[:] = [os.path.basename(f) for f in whole if f not in but]
        found += [os.path.join(top, name) for name in names]
    return found
"""


@pytest.fixture(scope="module")
def inside():
    """`inside(expression)` tells what an expression gives in a sandbox."""
    with session(SAY) as submission:
        yield lambda source: said(submission, source)


def said(submission, source):
    points = submission.call("run", source)
    return "".join(chr(int(point)) for point in points).strip()


def _ours():
    """The single files that are put into a sandbox."""
    return [name for path, name in mounts.files() if path.is_file()]


@needs_sandbox
class TestReach:
    """Files, network, processes and privileges."""

    def test_no_network(self, inside):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            socket.create_connection(("127.0.0.1", port)).close()
            reached = inside(
                f"socket.create_connection(('127.0.0.1', {port}), 1)"
            )
        assert reached == f"OSError {errno.ECONNREFUSED}"
        assert inside("socket.create_connection(('1.1.1.1', 53), 1)") == (
            f"OSError {errno.ENETUNREACH}"
        )
        assert (
            inside("[name for _, name in socket.if_nameindex()]") == "['lo']"
        )

    def test_no_home_and_no_repository(self, inside, tmp_path):
        (tmp_path / "submission").write_text("of another student")
        root = Path(course.__file__).parents[1]
        for path in (
            *(tmp_path, tmp_path / "submission", root / "solutions"),
            *(root / "course", root / "grading", root / "exercises"),
            *("/etc/passwd", "/etc/shadow", "/var", "/run", "/sys", "/home"),
        ):
            assert inside(f"os.path.lexists({str(path)!r})") == "False", path

    def test_all_files_are_of_the_system_python_or_the_worker(self, inside):
        prefixes = [sys.prefix, sys.base_prefix]
        python = [f"{p}/{name}" for p in prefixes for name in mounts.PYTHON]
        known = {*mounts.SYSTEM, *python, "/proc", "/dev", "/sandbox/lossviz"}
        found = set(eval(inside(f"files({known!r})")))
        ours = {f"{mounts.HOME}/{name}" for name in _ours()}
        fonts = {f"/tmp/{name}" for _, name in mounts.fonts()}
        assert found - known - {"/tmp/big"} == ours | fonts

    @pytest.mark.parametrize(
        "name",
        [
            "course.questions.regression",
            "course.questions.trials",
            "course.questions.base",
            "course.grading.session",
            "course.quizzes",
        ],
    )
    def test_references_cannot_be_imported(self, inside, name):
        assert inside(f"__import__({name!r}, fromlist=['x']).QUESTIONS") == (
            "not checked here"
        )
        assert inside(f"sys.modules[{name!r}].__file__") == "AttributeError"

    def test_lossviz_can_be_imported(self, inside):
        version = inside("__import__('lossviz').__version__")
        assert version == lossviz.__version__

    def test_nothing_but_scratch_space_can_be_written(self, inside):
        places = inside(
            "[line.split()[4] for line in open('/proc/self/mountinfo')]"
        )
        writable = set()
        for place in {*eval(places), "/", "/sandbox/course", "/usr/lib"}:
            if inside(f"open({place + '/new'!r}, 'w').write('x')") == "1":
                writable.add(place)
        assert writable == {"/tmp", "/dev/shm"}
        assert inside("os.remount") == "AttributeError"

    def test_the_matplotlib_cache_is_read_only(self, inside):
        for _, name in mounts.fonts():
            assert inside(f"open('/tmp/{name}', 'a')").startswith("OSError")

    def test_no_other_process_is_seen(self, inside):
        pids = inside("[p for p in os.listdir('/proc') if p.isdigit()]")
        assert len(eval(pids)) <= 3
        assert inside("os.kill(1, 9)") in ("None", f"OSError {errno.EPERM}")
        assert inside("os.kill(os.getppid(), 9)") in (
            "None",
            f"OSError {errno.EPERM}",
        )
        assert inside("1 + 1") == "2"

    def test_it_is_nobody_and_stays_so(self, inside):
        assert "0" not in (inside("os.getuid()"), inside("os.getgid()"))
        assert inside("os.getgroups()") in ("[]", "[65534]")
        for call in ("os.setuid(0)", "os.setgid(0)", "os.setgroups([0])"):
            assert inside(call).startswith("OSError")
        status = inside("open('/proc/self/status').read()")
        rows = dict(
            line.split(":\t") for line in status.splitlines() if ":\t" in line
        )
        assert int(rows["CapEff"], 16) == int(rows["CapPrm"], 16) == 0
        assert rows["NoNewPrivs"] == "1"

    def test_of_the_environment_nothing_is_told(self, monkeypatch):
        monkeypatch.setenv("COURSE_SECRET", "hidden")
        with session(SAY) as submission:
            told = said(submission, "dict(os.environ)")
            assert said(submission, "os.getcwd()") == "/tmp"
            first = said(submission, "open('/proc/1/environ').read()")
        assert set(eval(told)) - {"PWD", "LC_CTYPE"} == {
            *sandbox.environment("/tmp")
        }
        assert "hidden" not in told + first

    def test_no_file_of_the_grader_is_open(self, inside):
        found = inside(
            "[os.readlink(f'/proc/self/fd/{n}')"
            " for n in os.listdir('/proc/self/fd')"
            " if os.path.lexists(f'/proc/self/fd/{n}')]"
        )
        others = [
            name
            for name in eval(found)
            if not name.startswith(("/dev/null", "pipe:"))
        ]
        assert others == []
        assert sum("pipe" in name for name in eval(found)) == 2


@needs_sandbox
class TestLimits:
    """What a submission may use."""

    def test_memory(self):
        source = "import numpy as np\ndef f(n): return np.ones(n).sum()"
        with session(source, memory=2**30) as submission:
            assert submission.call("f", 10**6) == 10**6
            with pytest.raises(MemoryError):
                submission.call("f", 2**28)

    def test_memory_of_all_processes_together(self):
        source = """
import os, time
def f():
    for _ in range(6):
        if os.fork() == 0:
            kept = b"x" * (100 * 2**20)
            time.sleep(60)
    time.sleep(60)
def g(): return 1
"""
        with session(source, total=300 * 2**20, call=30.0) as submission:
            with pytest.raises(Crash, match="too much memory"):
                submission.call("f")
            assert submission.call("g") == 1

    def test_files(self, inside):
        too_large = f"OSError {errno.EFBIG}"
        big = "open('/tmp/big', 'wb').write(bytes({}))"
        assert inside(big.format(15 * 2**20)) == str(15 * 2**20)
        assert inside(big.format(17 * 2**20)) in (too_large, str(16 * 2**20))
        assert inside("os.path.getsize('/tmp/big')") == str(16 * 2**20)
        many = "[open(f'/tmp/m{n}', 'wb').write(bytes(2**24)) for n in [*'" + (
            "abcdef']]"
        )
        assert inside(many) == f"OSError {errno.ENOSPC}"
        files = "[open('/dev/null') for _ in range(300)]"
        assert inside(files) == f"OSError {errno.EMFILE}"

    def test_limits_cannot_be_raised(self, inside):
        for name in ("AS", "NPROC", "FSIZE", "NOFILE", "CPU", "CORE"):
            kind = f"resource.RLIMIT_{name}"
            raised = f"resource.setrlimit({kind}, (10**12, 10**12))"
            assert inside(raised) == "ValueError", name
            assert inside(f"resource.getrlimit({kind})[1] < 2**40") == "True"

    BOMB = """
import os, time
def bomb():
    count = 0
    try:
        while count < 100:
            if os.fork() == 0:
                if count % 2:
                    os.setsid()
                while True:
                    time.sleep(60)
            count += 1
    except OSError:
        pass
    return count
"""

    def test_a_fork_bomb_is_limited_and_gone_afterwards(self):
        with session(self.BOMB, processes=20) as submission:
            with session(self.BOMB, processes=20) as neighbour:
                # Neither is in the count of the other.
                assert 10 <= submission.call("bomb") < 20
                assert 10 <= neighbour.call("bomb") < 20
            pids = [p.pid for p in submission._child.processes()]
            assert len(pids) > 10
        assert not any(map(psutil.pid_exists, pids))

    def test_threads_and_daemons_end_with_it(self):
        source = """
import os, threading, time
def spin():
    while True:
        sum(range(10**4))
for _ in range(4):
    threading.Thread(target=spin).start()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(60)
    os._exit(0)
def f(): return threading.active_count()
"""
        with session(source) as submission:
            assert submission.call("f") == 5
            pids = [p.pid for p in submission._child.processes()]
        assert not any(map(psutil.pid_exists, pids))

    def test_a_flood_of_output_goes_nowhere(self):
        source = """
import os, sys
for _ in range(100):
    print("x" * 10**6)
    print("x" * 10**6, file=sys.stderr)
    os.write(1, b"x" * 10**6)
    os.write(2, b"x" * 10**6)
def f():
    for _ in range(100):
        print("x" * 10**6)
        os.write(1, b"x" * 10**6)
    return 1
"""
        with session(source) as submission:
            assert submission.left_out == []
            assert submission.call("f") == 1


def test_with_limits_only_root_becomes_nobody_or_refuses():
    try:
        with session(SAY, isolation=LIMITS_ONLY) as submission:
            user = said(submission, "os.getuid()")
    except SandboxError as error:
        assert sandbox.is_root()
        assert "an ordinary user may not read" in str(error)
    else:
        assert int(user) == os.getuid() or int(user) in sandbox.USERS


@pytest.fixture
def ordinary(monkeypatch):
    """Pretend that an ordinary user grades."""
    monkeypatch.setattr(sandbox, "is_root", lambda: False)


def test_with_limits_only_it_runs_and_says_how(ordinary):
    with session(SAY, isolation=LIMITS_ONLY) as submission:
        assert submission.isolation == "limits only"
        assert said(submission, "1 + 1") == "2"
        assert said(submission, "open('new', 'w').write('x')") == "1"
        folder = said(submission, "os.getcwd()")
        version = said(submission, "__import__('lossviz').__version__")
        stub = said(submission, "__import__('course').check('E2.1')")
        assert Path(folder, "new").read_text() == "x"
    assert version == lossviz.__version__
    assert stub == "not checked here"
    assert not Path(folder).exists()


def test_with_limits_only_the_limits_hold(ordinary):
    source = "import numpy as np\ndef f(n): return np.ones(n).sum()"
    with session(source, isolation=LIMITS_ONLY) as submission:
        assert submission.call("f", 10) == 10
        with pytest.raises(MemoryError):
            submission.call("f", 2**29)


def test_with_limits_only_the_environment_is_not_the_graders(
    ordinary, monkeypatch
):
    monkeypatch.setenv("COURSE_SECRET", "hidden")
    with session(SAY, isolation=LIMITS_ONLY) as submission:
        assert "hidden" not in said(submission, "dict(os.environ)")


def test_without_bubblewrap_only_the_weak_way_is_left(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    works, sentence = sandbox.available.__wrapped__()
    assert not works
    assert "bubblewrap is missing" in sentence
    monkeypatch.setattr(sandbox, "available", lambda: (works, sentence))
    assert sandbox.choose(allow_weak=True) == LIMITS_ONLY
    with pytest.raises(SandboxError, match="missing .* --allow-weak"):
        sandbox.choose()


def test_a_bubblewrap_that_fails_is_told_in_its_own_words(
    monkeypatch, tmp_path
):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: no uid map' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    works, sentence = sandbox.available.__wrapped__()
    assert (works, "(bwrap: no uid map)" in sentence) == (False, True)


@pytest.mark.parametrize("allow_weak", [True, False])
def test_windows_has_no_limits(monkeypatch, allow_weak):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SandboxError, match="Windows .* use WSL 2"):
        sandbox.choose(allow_weak=allow_weak)


@needs_sandbox
def test_where_bubblewrap_works_it_is_chosen():
    assert sandbox.choose() == sandbox.choose(allow_weak=True) == BUBBLEWRAP


@pytest.fixture
def fresh_mounts():
    mounts.options.cache_clear()
    yield
    mounts.options.cache_clear()


@needs_sandbox
@pytest.mark.parametrize("checkout", [True, False])
def test_a_course_that_lies_among_shown_folders_is_hidden(
    checkout, monkeypatch, tmp_path, fresh_mounts
):
    """As where it was installed into the Python that runs it."""
    package = tmp_path / "repository" / "course"
    shutil.copytree(mounts.PACKAGE, package)
    (package.parent / "visible").write_text("x")
    if checkout:
        (package.parent / "solutions").mkdir()
    tmp_path.chmod(0o755)
    monkeypatch.setattr(mounts, "PACKAGE", package)
    monkeypatch.setattr(mounts, "SYSTEM", (*mounts.SYSTEM, str(tmp_path)))
    with session(SAY) as submission:
        answers = [
            said(submission, f"os.path.exists({str(path)!r})")
            for path in (
                package / "questions" / "regression" / "huber.py",
                package.parent / "visible",
                tmp_path,
            )
        ]
        assert said(submission, "__import__('course').check(1)")
        for hidden in (package, package.parent):
            new = f"open({str(hidden / 'new')!r}, 'w')"
            assert said(submission, new).startswith("OSError")
    assert answers == ["False", str(not checkout), "True"]


@needs_sandbox
def test_it_runs_from_a_folder_that_only_its_owner_may_enter(tmp_path):
    """Such as a repository in root's home."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for package in (course, lossviz):
        folder = Path(package.__file__).parent
        shutil.copytree(folder, home / folder.name)
    code = """
from course.grading.session import Cell, Session
import course
with Session([Cell(1, "import lossviz\\ndef f(): return 7")]) as submission:
    assert submission.left_out == []
    print(int(submission.call("f")), course.__file__)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"7 {home}/course/__init__.py\n"


@needs_sandbox
def test_files_that_nobody_may_read_are_our_failure(
    monkeypatch, tmp_path, fresh_mounts
):
    copy = tmp_path / "lossviz"
    shutil.copytree(mounts.LOSSVIZ, copy)
    (copy / "__init__.py").chmod(0)
    monkeypatch.setattr(mounts, "LOSSVIZ", copy)
    with pytest.raises(SandboxError, match="no sandbox was started: .*Permis"):
        with session(SAY):
            pass


@needs_sandbox
def test_a_sandbox_ends_with_its_grader():
    """Even where the submission does not listen."""
    code = """
import os, threading
import psutil
from course.grading.session import Cell, Limits, Session

def end_both():
    while True:
        started = psutil.Process().children(recursive=True)
        for process in started:
            try:
                deaf = process.status() == psutil.STATUS_STOPPED
            except psutil.Error:
                deaf = False
            if deaf:
                print(*(p.pid for p in started), flush=True)
                os.kill(os.getpid(), 9)

threading.Thread(target=end_both).start()
stop = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
with Session([Cell(1, stop)], limits=Limits(cell=100.0)):
    pass
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) >= 2
    deadline = time.monotonic() + 30
    while any(map(psutil.pid_exists, pids)):
        assert time.monotonic() < deadline


@needs_sandbox
def test_arrays_arrive_whole_however_large():
    values = np.random.default_rng(0).normal(size=(1000, 1000))
    source = "def f(x):\n    x[0] = 0\n    return x"
    with session(source) as submission:
        back = submission.call("f", values)
    assert np.array_equal(back[1:], values[1:])
    assert not back[0].any() and values[0].any()

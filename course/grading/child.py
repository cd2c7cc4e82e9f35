"""A running sandbox, and the talk with the program in it.

Every request has a time limit, and every reply is checked before it is used.
Whatever goes wrong with a program that has run a submission's code ends the
program, all it has started, and the request with a `ChildFault`.
"""

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import tempfile
import time

import psutil

from course.grading import sandbox, wire
from course.grading.sandbox import SandboxError

# The program stops late cells itself, and is given time to say so.
GRACE = 1.0
CHUNK = 2**20
# Seconds between two looks at the memory of a program that is busy.
PACE = 0.25


class ChildFault(Exception):
    """The program in the sandbox is no more."""


class Late(ChildFault):
    """It did not reply in time."""


class Gone(ChildFault):
    """It ended."""


class Garbled(ChildFault):
    """It replied with something that is no reply."""


class Greedy(ChildFault):
    """It and what it started used too much memory together."""


class Child:
    """A program in a sandbox of its own.

    Parameters
    ----------
    isolation : str
        "bubblewrap" or "limits only".
    limits : sandbox.Limits
        What it may use.

    Raises
    ------
    SandboxError
        If it does not start.
    """

    def __init__(self, isolation, limits):
        self.limits = limits
        self._inner = None
        self._process = None
        self._folder = None
        if isolation == sandbox.LIMITS_ONLY:
            self._folder = tempfile.mkdtemp(prefix="submission-")
        try:
            self._start(isolation)
            self._greet()
        except OSError as error:
            self.stop()
            raise SandboxError(f"no sandbox was started: {error}") from error

    def exchange(self, request, seconds):
        """Return the reply to a request.

        Parameters
        ----------
        request : dict
            As `worker` understands it.
        seconds : float
            The time that the reply may take.

        Raises
        ------
        Late, Gone, Garbled, Greedy
            If there is none; the program is stopped then.
        """
        number = secrets.token_hex(8)
        message = {**request, "id": number, "seconds": seconds}
        frame = wire.pack(message)
        deadline = time.monotonic() + seconds + GRACE
        try:
            self._write(frame, deadline)
            reply = self._read(deadline)
            if reply.get("id") != number:
                raise Garbled("a reply must carry the number of its request")
        except ChildFault:
            self.stop()
            raise
        return reply

    def stop(self):
        """End the program and all that it has started; wait till it is so."""
        process, self._process = self._process, None
        if process is not None:
            _end(process, self._inner)
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()
        if self._inner is not None:
            os.close(self._inner)
            self._inner = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, isolation):
        user = sandbox.user()
        settings = {
            "user": user,
            "limits": self.limits.of_system(isolation),
            "reply": self.limits.reply,
        }
        status, told = os.pipe()
        try:
            command = sandbox.command(isolation, self._folder, told)
            if self._folder and user is not None:
                os.chown(self._folder, user, user)
            self._process = subprocess.Popen(
                [*command, json.dumps(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=self._folder,
                env=sandbox.environment(self._folder or "/tmp"),
                pass_fds=(told,),
                start_new_session=True,
            )
            os.close(told)
            told = None
            ends = self._process
            for pipe in (ends.stdin, ends.stdout, ends.stderr):
                os.set_blocking(pipe.fileno(), False)
            if isolation == sandbox.BUBBLEWRAP:
                self._inner = _first_process(status)
        finally:
            os.close(status)
            if told is not None:
                os.close(told)

    def _greet(self):
        """Wait for the program's first word, said before any student's."""
        try:
            reply = self._read(time.monotonic() + self.limits.start)
            if reply.get("ready") is not True:
                raise Garbled("the first reply must be a greeting")
        except ChildFault as fault:
            words = (self._process.stderr.read(4096) or b"").decode(
                errors="replace"
            )
            said = (words.strip().splitlines() or [str(fault)])[-1]
            self.stop()
            raise SandboxError(f"no sandbox was started: {said}") from None

    def _write(self, frame, deadline):
        pipe = self._process.stdin.fileno()
        rest = memoryview(frame)
        while rest:
            self._wait(pipe, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(pipe, rest[:CHUNK]) :]
            except BlockingIOError:
                # A submission may get at the pipe's other end and fill it.
                continue
            except BrokenPipeError:
                raise Gone("the program ended") from None

    def _read(self, deadline):
        """Return the next message, decoded."""
        sizes = wire.LENGTHS.unpack(self._bytes(wire.LENGTHS.size, deadline))
        if sizes[0] > wire.MAX_HEAD or sizes[1] > self.limits.reply:
            raise Garbled("a reply must not be larger than allowed")
        head, body = [self._bytes(size, deadline) for size in sizes]
        try:
            return wire.unpack(head, body)
        except wire.WireError as error:
            raise Garbled(str(error)) from None

    def _bytes(self, size, deadline):
        pipe = self._process.stdout.fileno()
        found = bytearray()
        while len(found) < size:
            self._wait(pipe, select.POLLIN, deadline)
            try:
                piece = os.read(pipe, min(size - len(found), CHUNK))
            except BlockingIOError:
                # Or take back what it wrote before it is read here.
                continue
            if not piece:
                raise Gone("the program ended")
            found += piece
        return bytes(found)

    def _wait(self, pipe, event, deadline):
        """Wait until a pipe is ready, with an eye on the memory."""
        poll = select.poll()
        poll.register(pipe, event)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late("the program did not reply in time")
            if poll.poll(1000 * min(left, PACE)):
                return
            if self.memory() > self.limits.total:
                raise Greedy("the program used too much memory")

    def memory(self):
        """Return the bytes of memory of the program and all it started."""
        return sum(map(_resident, self.processes()))

    def processes(self):
        """Return the program and all that it started (of psutil)."""
        try:
            own = psutil.Process(self._process.pid)
            return [own, *own.children(recursive=True)]
        except psutil.Error:
            return []


def _resident(process):
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _first_process(status):
    """Return a handle of a sandbox's first process, or None."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(status, 4096)
        if not piece:
            return None
        line += piece
    try:
        return os.pidfd_open(json.loads(line)["child-pid"])
    except (ProcessLookupError, KeyError, ValueError):
        return None


def _end(process, inner):
    """End a sandbox; return when nothing of it is left."""
    if inner is not None:
        # With its first process the system ends all others of a sandbox,
        # and bubblewrap itself ends when that is done.
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(inner, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

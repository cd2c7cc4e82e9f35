"""Starting a program that a submission cannot get out of.

Under "bubblewrap" the program has a machine of its own: no network, no other
processes, a read-only system without anybody's files, 64 MiB of scratch
space, and the limits of `Limits`. Under "limits only" it has just the limits
and an empty folder to work in; that is for submissions one trusts.
"""

import functools
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from course.grading import mounts

BUBBLEWRAP = "bubblewrap"
LIMITS_ONLY = "limits only"
SCRATCH = 64 * 2**20
# Users that no program of the system runs as.
USERS = range(61184, 65520)


class SandboxError(RuntimeError):
    """A sandbox that does not work: our own failure, never a student's."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    cell, call, submission, start : float
        Seconds for one cell, for one call of a function, for all of them
        together, and for the program to start.
    memory, total, file, reply : int
        Bytes of memory of one process, of all together, of a file, and of a
        returned value.
    processes, files : int
        Number of processes and threads, and of open files.
    """

    cell: float = 10.0
    call: float = 5.0
    submission: float = 120.0
    memory: int = 2 * 2**30
    total: int = 4 * 2**30
    file: int = 16 * 2**20
    processes: int = 128
    files: int = 256
    reply: int = 32 * 2**20
    start: float = 30.0

    def of_system(self, isolation):
        """Return the limits that the operating system sees to, by name."""
        limits = {
            "AS": self.memory,
            "CORE": 0,
            "CPU": round(self.submission) + 10,
            "FSIZE": self.file,
            "NOFILE": self.files,
        }
        if isolation == BUBBLEWRAP or is_root():
            # Otherwise all programs of this user would count.
            limits["NPROC"] = self.processes
        return limits


def is_root():
    """Whether this process may do anything."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


@functools.cache
def available():
    """Try the sandbox.

    Returns
    -------
    bool
        Whether submissions can be shut in with bubblewrap here.
    str
        One sentence that says how, or why not.
    """
    if not sys.platform.startswith("linux"):
        return False, "bubblewrap shuts submissions in on Linux alone."
    if shutil.which("bwrap") is None:
        return False, "bubblewrap is missing (apt install bubblewrap)."
    try:
        done = subprocess.run(
            [*bubblewrap(), "/usr/bin/env", "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, f"bubblewrap could not be started: {error}."
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        said = words[-1] if words else f"exit code {done.returncode}"
        return False, f"bubblewrap does not work here ({said[:200]})."
    return True, "Submissions are shut in with bubblewrap."


def choose(allow_weak=False):
    """Return how to shut submissions in.

    Parameters
    ----------
    allow_weak : bool
        Whether to do with limits only where bubblewrap does not work.

    Returns
    -------
    str
        "bubblewrap" or "limits only".

    Raises
    ------
    SandboxError
        If bubblewrap does not work here and nothing less is allowed, or on
        Windows.
    """
    if sys.platform == "win32":
        raise SandboxError("Windows cannot limit a submission; use WSL 2.")
    works, sentence = available()
    if works:
        return BUBBLEWRAP
    if allow_weak:
        return LIMITS_ONLY
    raise SandboxError(
        f"{sentence} Other people's submissions are not run without it; "
        "for your own there is --allow-weak."
    )


def command(isolation, folder, status):
    """Return the command that starts Python, all but its arguments.

    Parameters
    ----------
    isolation : str
        "bubblewrap" or "limits only".
    folder : Path or None
        An empty folder, needed under "limits only": the program's files go
        there.
    status : int
        Number of an open file to which bubblewrap says what it started.
    """
    python = [sys.executable, "-s", "-P", "-B"]
    if isolation == BUBBLEWRAP:
        program = Path(mounts.HOME, mounts.PROGRAM)
        told = ["--json-status-fd", str(status)]
        return [*bubblewrap(), *told, *python, str(program)]
    for source, name in (*mounts.files(), *mounts.fonts()):
        target = Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    return [*python, str(Path(folder, mounts.PROGRAM))]


def environment(home):
    """Return the variables that the program gets, and no others."""
    threads = ("OMP", "MKL", "OPENBLAS", "NUMEXPR")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "USER": "student",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "PYTHONHASHSEED": "0",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
    }


def user():
    """Return the number of a user to become, or None if that cannot be.

    Only root can. A user for each submission keeps its processes out of the
    count of the others'.
    """
    return random.SystemRandom().choice(USERS) if is_root() else None


def bubblewrap():
    """Return the command that shuts a program in, all but the program."""
    options = [
        *("bwrap", "--die-with-parent", "--new-session"),
        *("--unshare-ipc", "--unshare-pid", "--unshare-net"),
        *("--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"),
        *("--cap-drop", "ALL", "--clearenv"),
    ]
    if is_root():
        # The program becomes an ordinary user itself: in a namespace of
        # users it would still count as root, whom no limit on processes
        # holds.
        options += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        options += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    for name, value in environment("/tmp").items():
        options += ["--setenv", name, value]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for scratch in ("/tmp", "/dev/shm"):
        size = ["--perms", "1777", "--size", str(SCRATCH)]
        options += [*size, "--tmpfs", scratch]
    for source, name in mounts.fonts():
        folder = Path("/tmp", name).parent
        options += ["--perms", "1777", "--dir", str(folder)]
        options += ["--ro-bind", str(source), f"/tmp/{name}"]
    return [
        *options,
        *mounts.options(),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"),
    ]

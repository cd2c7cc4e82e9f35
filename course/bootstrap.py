"""Make `.venv` and install the course into it: `python3 course/bootstrap.py`.

Run by whatever Python the machine has, before anything is installed, so it
uses the standard library only and no syntax that an old Python cannot read.
"""

import argparse
import os
import re
import subprocess
import sys

OLDEST_PYTHON = (3, 11)
OLDEST_PIP = (22, 3)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCK = os.path.join(ROOT, "requirements.lock")
UNREACHABLE = re.compile(
    r"NewConnectionError|Connection to \S+ timed out|ConnectTimeout"
    r"|Name or service not known|Temporary failure in name resolution"
    r"|Network is unreachable|Connection refused|ProxyError"
    r"|getaddrinfo failed|Max retries exceeded|ReadTimeout"
)


def main(arguments=None):
    """Install the course; return 0, or 1 after one plain sentence."""
    parser = argparse.ArgumentParser(prog="course/bootstrap.py")
    parser.add_argument("--venv", default=os.path.join(ROOT, ".venv"))
    parser.add_argument(
        "--extras", default="", help="comma-separated, such as test,grading"
    )
    parser.add_argument(
        "--torch-index", default="", help="address of torch's CPU builds"
    )
    options = parser.parse_args(arguments)
    trouble = unfit(sys.version_info, pip_version())
    if not trouble:
        python = make_venv(options.venv)
        trouble = install(python, options.extras, options.torch_index)
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def unfit(python, pip):
    """One sentence on what this Python lacks, or None."""
    if tuple(python[:2]) < OLDEST_PYTHON:
        return (
            "The course needs Python 3.11 or newer, got %d.%d; name another "
            "one, such as: make lab PYTHON=python3.12" % tuple(python[:2])
        )
    if pip < OLDEST_PIP:
        found = "none" if pip == (0, 0) else "%d.%d" % pip
        return (
            "The course needs pip 22.3 or newer, got %s; renew it with: "
            "%s -m pip install --upgrade pip" % (found, sys.executable)
        )
    return None


def pip_version():
    """(major, minor) of this Python's pip; (0, 0) if it has none."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "--version"],
        capture_output=True,
        text=True,
    )
    found = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def make_venv(folder):
    """The Python of the environment in `folder`, made if it is missing."""
    scripts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    python = os.path.join(folder, *scripts)
    if not works(python):
        # Debian's Python comes without `ensurepip`, so pip stays outside.
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", "--without-pip", folder],
            check=True,
        )
    return python


def works(python):
    """Whether `python` is there and new enough (a system upgrade breaks it)."""
    test = "import sys; sys.exit(sys.version_info < (%d, %d))" % OLDEST_PYTHON
    try:
        return subprocess.run([python, "-c", test]).returncode == 0
    except OSError:
        return False


def install(python, extras, torch_index):
    """Install the course with the locked versions; a sentence if it fails."""
    pip = [
        *(sys.executable, "-m", "pip", "--python", python, "install"),
        *("--disable-pip-version-check", "--retries", "2"),
        *("--no-warn-script-location", "--constraint", LOCK),
    ]
    print("Installing the course; the first time takes minutes …", flush=True)
    if torch_index and not installed(python, "torch"):
        # Its other needs come from the usual index in the second step.
        build = [*pip, "--no-deps", "--index-url", torch_index, "torch"]
        trouble = run(build)
        if trouble:
            return trouble
    what = ROOT + ("[%s]" % extras if extras else "")
    return run([*pip, "--editable", what])


def installed(python, package):
    """Whether the environment has `package` already."""
    test = "import importlib.util as u, sys; sys.exit(not u.find_spec(%r))"
    return subprocess.run([python, "-c", test % package]).returncode == 0


def run(command):
    """Run pip; None if it went well, else one sentence."""
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    result = subprocess.run(
        [*command, *quiet], stderr=subprocess.PIPE, text=True
    )
    if result.returncode == 0:
        return None
    if UNREACHABLE.search(result.stderr):
        return (
            "The package index cannot be reached; check the network or the "
            "proxy and run the same command again: it goes on from here."
        )
    errors = [
        line.strip()
        for line in result.stderr.splitlines()
        if line.lower().startswith("error")
    ]
    reason = errors[-1] if errors else result.stderr.strip()[-300:]
    return "pip could not install the course: %s" % reason


if __name__ == "__main__":
    sys.exit(main())

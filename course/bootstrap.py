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
    # What pip says in the end when its index answers nothing at all.
    r"|\(from versions: none\)"
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
    trouble = old_python(sys.version_info) or old_pip(pip_version())
    if not trouble:
        python = make_venv(options.venv)
        trouble = install(python, options.extras, options.torch_index)
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def old_python(version):
    """One sentence if this Python is too old, else None."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    return (
        f"Python must be 3.11 or newer, got {version[0]}.{version[1]}; "
        "name another one, such as: make lab PYTHON=python3.12"
    )


def old_pip(version):
    """One sentence if pip is too old or missing, else None."""
    if version >= OLDEST_PIP:
        return None
    if not any(version):
        return (
            "pip must be 22.3 or newer, got none; install it, on Debian or "
            "Ubuntu with: apt install python3-pip"
        )
    return (
        f"pip must be 22.3 or newer, got {version[0]}.{version[1]}; renew it "
        f"with: {sys.executable} -m pip install --upgrade pip"
    )


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
    scripts = (
        ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    )
    python = os.path.join(folder, *scripts)
    if not works(python):
        # Debian's Python comes without `ensurepip`, so pip stays outside.
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", "--without-pip", folder],
            check=True,
        )
    return python


def works(python):
    """Whether `python` runs and is new enough; a system upgrade breaks it."""
    test = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
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
    what = f"{ROOT}[{extras}]" if extras else ROOT
    return run([*pip, "--editable", what])


def installed(python, package):
    """Whether the environment has `package` already."""
    test = (
        "import sys, importlib.util as util; "
        f"sys.exit(util.find_spec({package!r}) is None)"
    )
    return subprocess.run([python, "-c", test]).returncode == 0


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
    errors = re.findall(r"ERROR: (.*)", result.stderr)
    reason = errors[0] if errors else result.stderr.strip()[-300:]
    return f"pip could not install the course: {reason}"


if __name__ == "__main__":
    sys.exit(main())

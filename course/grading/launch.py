"""The first lines that run in a sandbox: become nobody, then go on.

Nothing is imported before that but the standard library, so that a file
which an ordinary user may not read fails here, and not in a student's cell.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

NOBODY = 65534


def main():
    """Lay down privileges, set limits, and serve as the worker."""
    settings = json.loads(sys.argv[1])
    _limit(settings["limits"])
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root))
    needed = [path for path in sys.path if os.path.isdir(path)]
    _become(settings["user"])
    _check(needed)
    (root / "lossviz" / "__init__.py").read_bytes()

    from course.grading import worker

    worker.serve(settings["reply"])


def _limit(limits):
    """Set limits for this process and for all that it starts."""
    import resource

    for name, value in limits.items():
        # Not every system knows every limit, or lets it be set.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            kind = getattr(resource, f"RLIMIT_{name}")
            resource.setrlimit(kind, (value, value))


def _become(user):
    """Become an ordinary user, for good, where the grader is root."""
    if user is None:
        return
    os.setgroups([])
    try:
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError:
        # Some containers know few users.
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _check(folders):
    """Refuse to go on where Python's own files cannot be read."""
    for folder in folders:
        if not os.access(folder, os.R_OK | os.X_OK):
            raise PermissionError(f"an ordinary user may not read {folder}")


if __name__ == "__main__":
    main()

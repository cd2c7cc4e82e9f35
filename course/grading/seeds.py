"""The seed of a submission: nobody guesses it, and a regrade has it again.

It comes from the bytes of the submission and a secret of the course, which
is taken from the variable `COURSE_SECRET` of the environment, or else from
`grading/secret`, a file that git ignores and that the first batch makes.
"""

import hmac
import os
import secrets
from pathlib import Path

from course.trouble import Trouble

VARIABLE = "COURSE_SECRET"
FILE = Path("grading", "secret")
# A spreadsheet or a browser that reads `grades.json` keeps every digit.
BITS = 48


class SecretError(Trouble):
    """There is no secret to be had; one sentence says why."""


def secret(root="."):
    """Return the secret of a course, which is made if there is none.

    Parameters
    ----------
    root : str or Path
        The folder of the course.

    Returns
    -------
    bytes

    Raises
    ------
    SecretError
        If it is empty, or the file cannot be read or written.
    """
    told = os.environ.get(VARIABLE)
    if told is not None:
        return _checked(told, VARIABLE)
    path = Path(root) / FILE
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as fault:
        raise SecretError(
            f"{path} must be a text file with the secret of the course, got: "
            f"{fault}"
        ) from None


def seed_of(secret, data):
    """Return the seed of a submission.

    Parameters
    ----------
    secret : bytes
        The secret of the course.
    data : bytes
        The submission.

    Returns
    -------
    int
        Not negative.
    """
    digest = hmac.digest(secret, data, "sha256")
    return int.from_bytes(digest[: BITS // 8], "big")


def _checked(text, where):
    text = text.strip()
    if len(text) < 8:
        raise SecretError(
            f"{where} must hold at least 8 characters, got {len(text)}"
        )
    return text.encode()


def _make(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    # Nobody else may read it, from its first moment on.
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w") as file:
        file.write(f"{secrets.token_hex(32)}\n")
    try:
        # Unlike a rename, this leaves the secret of another batch that was
        # started in the same moment.
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()

"""The files below a folder or in a zip, listed and read without trust.

Nothing is unpacked to disk and no link is followed: a student's link could
lead to the solutions. Zips inside are opened as if they were folders.
"""

import io
import os
import re
import stat
import unicodedata
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from course.markup import to_plain
from course.notebooks import NotebookError, refuse_large

# Left behind by systems and editors; nobody hands these in on purpose.
JUNK = re.compile(r"\..*|__MACOSX|Thumbs\.db|desktop\.ini|~\$.*", re.I)
# Browsers append an ending of their own to files they do not know.
NOTEBOOK = re.compile(r".+\.ipynb(?:\.txt|\.json)?", re.I)
ENDING = re.compile(r"\.(?:zip|ipynb(?:\.txt|\.json)?)$", re.I)
# Of a zip inside a zip, which somebody other than the LMS made.
MAX_INNER = 32 * 2**20
MAX_MEMBERS = 10_000
MAX_ZIPS = 2
MAX_DEPTH = 30
# Python bounds what these unpack to, but not what the others do.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UTF_8 = 0x800
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Entry:
    """Something that was found: a file, a folder, or neither.

    Attributes
    ----------
    parts : tuple of str
        Its path from where the search began; zips count as folders.
    disk : Path
        The file on disk: itself, or the zip that it is in.
    members : tuple of str
        Its name in that zip, and so on inwards.
    kind : str
        "file", "folder", or "other": a link, a pipe, a locked folder.
    modified : float
        When it was last changed, in seconds; 0 inside a zip, where the time
        is often that of the download.
    """

    parts: tuple
    disk: Path
    members: tuple = ()
    kind: str = "file"
    modified: float = 0.0

    @property
    def name(self):
        """Its own name, fit for a message."""
        return to_plain(self.parts[-1] if self.parts else self.disk.name)

    @property
    def is_notebook(self):
        """Whether its name is that of a notebook."""
        return self.kind == "file" and bool(NOTEBOOK.fullmatch(self.parts[-1]))

    def shown(self, root):
        """Return where it is: a path below `root`, or `zip!member`."""
        try:
            path = self.disk.relative_to(root)
        except ValueError:
            path = Path(self.disk.name)
        return "!".join([path.as_posix(), *self.members])


def walk(source):
    """Return what is below a folder or in a zip, sorted by path.

    Parameters
    ----------
    source : Path
        A folder, a zip, or a single notebook.

    Returns
    -------
    list of Entry
        What only systems and editors left behind is not among them.

    Raises
    ------
    NotebookError
        If `source` is none of these, or a zip that cannot be read.
    """
    if source.is_dir():
        return sorted(_folder(source, ()), key=lambda entry: entry.parts)
    if not source.exists():
        raise NotebookError(f"{source} must be there, but is missing")
    if NOTEBOOK.fullmatch(source.name):
        return [Entry((source.name,), source)]
    opened = _members(Entry((), source), 1)
    if opened is None:
        raise NotebookError(
            f"{source} must be a folder, a zip or a notebook that can be read"
        )
    return sorted(opened, key=lambda entry: entry.parts)


def read(entry, limit):
    """Return the bytes of a file, wherever it is.

    Parameters
    ----------
    entry : Entry
        As `walk` found it.
    limit : int
        A larger file is refused, before it is read.

    Raises
    ------
    NotebookError
        If it is too large, locked, damaged or no file any more.
    """
    try:
        if not entry.members:
            return _read_file(entry, limit)
        with _opened(entry) as archive:
            return _read_member(archive, entry.members[-1], limit, entry.name)
    except NotebookError:
        raise
    except Exception as fault:  # what a damaged zip raises is open-ended
        kind = type(fault).__name__
        raise NotebookError(
            f"{entry.name} must be a file that can be read, got: {kind}"
        ) from None


def stem(name):
    """Return the name of a notebook or zip without its ending."""
    return ENDING.sub("", name) or name


def _folder(folder, parts):
    """Yield the entries of a folder on disk, and of those in it."""
    for item in _listed(folder):
        here = (*parts, unicodedata.normalize("NFC", item.name))
        path = Path(item.path)
        if JUNK.fullmatch(item.name):
            continue
        if item.is_file(follow_symlinks=False):
            modified = item.stat(follow_symlinks=False).st_mtime
            yield from _unpacked(Entry(here, path, modified=modified), 1)
        elif item.is_dir(follow_symlinks=False) and len(here) < MAX_DEPTH:
            yield Entry(here, path, kind="folder")
            yield from _folder(path, here)
        else:
            yield Entry(here, path, kind="other")


def _listed(folder):
    """Return what is in a folder, sorted; nothing if it is locked."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda item: item.name)
    except OSError:
        return []


def _unpacked(entry, depth):
    """Yield an entry, or what is in it if it is a zip."""
    inside = None
    if entry.parts[-1].lower().endswith(".zip") and depth <= MAX_ZIPS:
        inside = _members(entry, depth)
    yield from [entry] if inside is None else inside


def _members(entry, depth):
    """Return the entries in a zip, or None if it cannot be listed."""
    inner = Entry(entry.parts, entry.disk, (*entry.members, ""))
    try:
        with _opened(inner) as archive:
            infos = archive.infolist()
    except Exception:  # what a damaged zip raises is open-ended
        return None
    if entry.members and len(infos) > MAX_MEMBERS:
        return None
    # Of members with one name the last counts, as when a zip is unpacked.
    named = {info.filename: info for info in infos}
    return [
        found
        for info in named.values()
        for found in _member(entry, info, depth)
    ]


def _member(entry, info, depth):
    path = [p for p in re.split(r"[/\\]", _name(info)) if p not in ("", ".")]
    # Nothing is unpacked, so a path that leads out leads nowhere.
    path = [part for part in path if part != ".." and part[1:] != ":"]
    if not path or any(JUNK.fullmatch(part) for part in path):
        return []
    kind = "folder" if info.is_dir() else "file"
    found = Entry(
        (*entry.parts, *path),
        entry.disk,
        (*entry.members, info.filename),
        kind,
    )
    return [found] if kind == "folder" else list(_unpacked(found, depth + 1))


def _name(info):
    """Return the name of a member; UTF-8 often comes without its mark."""
    name = info.filename
    if not info.flag_bits & UTF_8:
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            pass
    return unicodedata.normalize("NFC", name)


@contextmanager
def _opened(entry):
    """Open the zip that a member is in, through those around it."""
    with zipfile.ZipFile(entry.disk) as archive:
        if len(entry.members) < 2:
            yield archive
            return
        data = _read_member(archive, entry.members[0], MAX_INNER, entry.name)
    with zipfile.ZipFile(io.BytesIO(data)) as inner:
        yield inner


def _read_file(entry, limit):
    flags = os.O_RDONLY
    # A link or a pipe may have taken the file's place since it was found.
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    with open(os.open(entry.disk, flags), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise NotebookError(f"{entry.name} must be a file")
        refuse_large(entry.name, about.st_size, limit)
        return file.read(limit + 1)


def _read_member(archive, member, limit, name):
    info = archive.getinfo(member)
    refuse_large(name, info.file_size, limit)
    if info.flag_bits & ENCRYPTED:
        raise NotebookError(f"{name} must not be locked by a password")
    if info.compress_type not in METHODS:
        raise NotebookError(f"{name} must be packed as ordinary zips are")
    with archive.open(info) as file:
        return file.read(limit + 1)

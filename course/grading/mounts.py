"""Which files a sandbox holds, and how bubblewrap is told so."""

import functools
import os
import sys
from pathlib import Path

import course
import lossviz

PACKAGE = Path(course.__file__).resolve().parent
LOSSVIZ = Path(lossviz.__file__).resolve().parent
HOME = "/sandbox"
PROGRAM = "course/grading/launch.py"

# What a program needs of the system, none of it personal.
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
    *("/etc/alternatives", "/etc/fonts", "/nix/store"),
)
# What Python needs of the folder that it is installed in.
PYTHON = ("bin", "lib", "lib32", "lib64", "pyvenv.cfg")
# The modules that run beside a submission; they give no answer away.
MODULES = (
    "grading/__init__.py",
    "grading/launch.py",
    "grading/magics.py",
    "grading/wire.py",
    "grading/worker.py",
    "questions/compare.py",
    "questions/objects.py",
    "questions/running.py",
)


def files():
    """Return pairs of a file or folder and its place in the sandbox."""
    stub = PACKAGE / "grading" / "stub"
    return [
        (stub / "__init__.py", "course/__init__.py"),
        (stub / "empty.py", "course/questions/__init__.py"),
        *((PACKAGE / name, f"course/{name}") for name in MODULES),
        (LOSSVIZ, "lossviz"),
    ]


@functools.cache
def fonts():
    """Return Matplotlib's list of fonts and its place in the home folder.

    To make that list anew would take longer than to run most submissions.
    """
    try:
        import matplotlib
        from matplotlib import font_manager
    except ImportError:
        return []
    version = font_manager.FontManager.__version__
    name = f"fontlist-v{version}.json"
    path = Path(matplotlib.get_cachedir(), name)
    return [(path, f"matplotlib/{name}")] if path.exists() else []


@functools.cache
def options():
    """Return bubblewrap's options for the files of a sandbox, in order."""
    shown = _shown()
    hidden = {p for p in _secrets() if {p, *p.parents} & shown.keys()}
    found, closing = [], []
    for place in sorted({*shown, *hidden}, key=lambda path: path.parts):
        above = _owner(place, {*shown, *hidden})
        inside = above in shown and above not in hidden
        if inside and shown.get(place) == place and place not in hidden:
            continue
        if not inside:
            found += _folders(place, above)
        if place in hidden:
            found += ["--perms", "0755", "--size", "65536"]
            found += ["--tmpfs", str(place)]
            closing += ["--remount-ro", str(place)]
        elif place.is_symlink() and shown[place] == place:
            found += ["--symlink", os.readlink(place), str(place)]
        else:
            found += ["--ro-bind", str(shown[place]), str(place)]
    return (*found, *closing)


def _shown():
    """Return the files of a sandbox, by their place in it."""
    places = [Path(name) for name in SYSTEM]
    program = Path(sys.executable).resolve()
    for prefix in (
        *(sys.prefix, sys.base_prefix),
        *(sys.exec_prefix, sys.base_exec_prefix, program.parents[1]),
    ):
        places += [Path(prefix, name) for name in PYTHON]
    shown = {place: place for place in places if place.exists()}
    return shown | {Path(HOME, name): source for source, name in files()}


def _secrets():
    """Return folders that hold what is right, wherever they are."""
    root = PACKAGE.parent
    if (root / "solutions").exists():
        return [root]
    return [PACKAGE]


def _owner(place, places):
    """Return the nearest folder above a place that is among others."""
    return next((path for path in place.parents if path in places), None)


def _folders(place, above):
    """Return the options that make the folders between two places."""
    # Those that bubblewrap makes by itself only root could enter.
    made = []
    for folder in place.parents:
        if folder in (above, Path("/"), Path("/tmp")):
            break
        made = ["--perms", "0755", "--dir", str(folder), *made]
    return made

"""Grading a class: this course beside nbgrader, on one set of submissions.

Every submission is the model solution with a line of its own, so that each
has cases of its own and nothing is graded twice. A time is that of the whole
batch on the clock, divided by the number of submissions: starting the
workers and proving the sandbox are part of it. nbgrader runs its own steps,
one notebook after the other; it has no other way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.timing import Row
from course import notebooks
from course.grading import batch, sandbox, sheet, submissions

ROOT = Path(__file__).parents[1]
ASSIGNMENT = "02_regression"
CLASS = 100
OTHERS = 6  # nbgrader's share of the class, since it takes so much longer
JOBS = 2
MIB = 2**20
# What an answer in NumPy alone does without.
TORCH = ("import torch\n", "E2.5")
STOCK = '\ndel c["Autograde"]\n'


def rows() -> Iterator[Row]:
    """Measure both kinds of submissions, and the memory of a worker."""
    works, sentence = sandbox.available()
    if not works:
        print(f"the rows of grading are missing: {sentence}")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _hand_in(root / "torch", CLASS)
        with _memory() as used:
            seconds = _batch(root / "torch", sheet.load(ASSIGNMENT))
        other = _nbgrader(root / "nbgrader")
        yield Row(
            f"grading with torch, one of {CLASS}, -j {JOBS}",
            1e3 * seconds,
            limit=1200,
            other=1e3 * other,
            ratio=4,
        )
        yield Row(
            "grading: memory of a worker and its sandbox",
            max(used) / MIB,
            limit=600,
            unit="MiB",
        )
        asked = _without_torch(root / "numpy")
        seconds = _batch(root / "numpy" / "class", asked)
        yield Row(
            f"grading in NumPy, one of {CLASS}, -j {JOBS}",
            1e3 * seconds,
            limit=500,
        )


def _model() -> dict:
    folder = ROOT / "solutions" / ASSIGNMENT
    (path,) = folder.glob("*.ipynb")
    return notebooks.read(path)


def _hand_in(folder: Path, count: int, model: dict | None = None) -> None:
    """Write `count` submissions as nbgrader keeps them."""
    model = model or _model()
    own = {
        "cell_type": "code",
        "execution_count": None,
        "id": "mine",
        "metadata": {},
        "outputs": [],
    }
    for number in range(count):
        cells = [*model["cells"], {**own, "source": f"mine = {number}"}]
        notebooks.write(
            folder / f"student{number:03}" / ASSIGNMENT / "regression.ipynb",
            {**model, "cells": cells},
        )


def _batch(folder: Path, asked: sheet.Sheet) -> float:
    """Return the seconds of a submission in a batch; all must be right."""
    found = submissions.find(folder)
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        done = batch.run(
            found, out, sheet=asked, jobs=JOBS, root=out, progress=False
        )
        seconds = time.perf_counter() - start
    assert all(r.points >= r.max_points > 0 for r in done.records)
    return seconds / len(done.records)


def _without_torch(folder: Path) -> sheet.Sheet:
    """Write submissions that need no torch; return what they are asked."""
    imported, question = TORCH
    answer = notebooks.answer_id(question)
    model = _model()
    for cell in model["cells"]:
        cell["source"] = cell["source"].replace(imported, "")
    model["cells"] = [
        cell
        for cell in model["cells"]
        if not str(notebooks.grade_id(cell)).startswith(answer)
    ]
    own = folder / "solutions" / ASSIGNMENT
    notebooks.write(own / "regression.ipynb", model)
    (own / "points.toml").write_text(f'"{question}" = 0\n')
    _hand_in(folder / "class", CLASS, model)
    return sheet.load(ASSIGNMENT, own)


def _nbgrader(folder: Path) -> float:
    """Return the seconds that nbgrader takes for one of a few."""
    shutil.copytree(
        ROOT / "solutions" / ASSIGNMENT, folder / "solutions" / ASSIGNMENT
    )
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(config + STOCK)
    _command(folder, "generate_assignment", ASSIGNMENT)
    _hand_in(folder / "grading" / "submitted", OTHERS)
    start = time.perf_counter()
    _command(folder, "autograde", ASSIGNMENT)
    return (time.perf_counter() - start) / OTHERS


def _command(folder: Path, *words: str) -> None:
    """Run a command of nbgrader in a course of its own."""
    beside = [str(Path(sys.executable).parent), os.environ["PATH"]]
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=folder,
        env={
            **os.environ,
            "PATH": os.pathsep.join(beside),
            "PYTHONPATH": str(ROOT),
            "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        },
        capture_output=True,
        check=True,
    )


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Look, again and again, at the memory of each worker's processes."""
    seen, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            workers = psutil.Process().children()
            seen.extend(_resident(worker) for worker in workers)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _resident(process: psutil.Process) -> int:
    """Return the bytes in memory of a process and all below it."""
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.Error:
        # It ended while we looked.
        return 0
    return total

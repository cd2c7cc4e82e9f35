"""Grading a class: this course beside nbgrader, on one set of submissions.

Every submission is the model solution with a line of its own, so that each
has cases of its own and nothing is graded twice. A time is that of the whole
batch on the clock, divided by the number of submissions: starting the
workers and proving the sandbox are part of it. nbgrader runs its own steps,
one notebook after the other; it has no other way.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.timing import Row
from course import notebooks
from course.grading import sandbox

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
        shutil.copytree(ROOT / "solutions", root / "torch" / "solutions")
        _hand_in(root / "torch" / "class", CLASS)
        seconds, memory = _batch(root / "torch")
        yield Row(
            f"grading with torch, one of {CLASS}, -j {JOBS}",
            1e3 * seconds,
            limit=1200,
            other=1e3 * _nbgrader(root / "nbgrader"),
            ratio=4,
        )
        yield Row(
            "grading: memory of a worker and its sandbox",
            memory / MIB,
            limit=600,
            unit="MiB",
        )
        _write_without_torch(root / "numpy")
        seconds, _ = _batch(root / "numpy")
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


def _batch(folder: Path) -> tuple[float, int]:
    """Grade a class; return seconds for each, and bytes of a worker.

    All of it is right, so all of it must have full marks.
    """
    command = ["course", "grade", "class", "--out", "out", "-j", str(JOBS)]
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        memory = _memory(process)
        told = process.stderr.read()
    seconds = time.perf_counter() - start
    if process.returncode != 0:
        raise RuntimeError(told)
    records = json.loads((folder / "out" / "grades.json").read_text())
    records = records["records"] if isinstance(records, dict) else records
    assert len(records) == CLASS
    assert all(r["points"] >= r["max_points"] > 0 for r in records)
    return seconds / CLASS, memory


def _memory(process: subprocess.Popen) -> int:
    """Return the most bytes that a worker had, looking again and again.

    What its sandbox has counts too.
    """
    most = 0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            workers = psutil.Process(process.pid).children()
            most = max([most, *map(_resident, workers)])
        # A look costs time that grading would have.
        time.sleep(1)
    return most


def _write_without_torch(folder: Path) -> None:
    """Write an assignment and a class that need no torch."""
    imported, question = TORCH
    answer = notebooks.answer_id(question)
    model = _model()
    model["cells"] = [
        {**cell, "source": cell["source"].replace(imported, "")}
        for cell in model["cells"]
        if not str(notebooks.grade_id(cell)).startswith(answer)
    ]
    own = folder / "solutions" / ASSIGNMENT
    notebooks.write(own / "regression.ipynb", model)
    (own / "points.toml").write_text(f"{question} = 0\n")
    _hand_in(folder / "class", CLASS, model)


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
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        check=True,
    )


def _environment(folder: Path) -> dict:
    """Return an environment without the user's own settings."""
    beside = [str(Path(sys.executable).parent), os.environ["PATH"]]
    return {
        **os.environ,
        "PATH": os.pathsep.join(beside),
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
    }


def _resident(process: psutil.Process) -> int:
    """Return the bytes in memory of a process and all below it.

    What several processes share, libraries above all, counts once.
    """
    total = 0
    for one in [process, *process.children(recursive=True)]:
        # It may end while we look.
        with contextlib.suppress(psutil.Error):
            total += getattr(one.memory_full_info(), "pss", 0)
    return total

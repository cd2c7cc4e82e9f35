"""How long an explorer takes from a key press to the painted picture.

    python -m tests.browser.latency

opens every lecture in JupyterLab and prints a table. Times are the page's
own, from the key's time stamp to the end of the first frame with the new
picture; the tests ask only that every key is answered.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import checker
from .lab import (
    browser_arguments,
    find_chromium,
    running_lab,
    running_notebook,
)

REPOSITORY = Path(__file__).parents[2]
KEYS = 12
WANTED = 60  # milliseconds, the median


@dataclass(frozen=True)
class Answers:
    """How one explorer answered to single key presses.

    Parameters
    ----------
    name : str
        The explorer.
    times : tuple of float
        Milliseconds until the new picture was painted, for each key that
        was answered.
    faults : tuple of str
        Blank frames and jumps meanwhile.
    """

    name: str
    times: tuple
    faults: tuple


def measure(notebook, index, name, *, keys=KEYS):
    """Press keys on an explorer's first control; time each answer."""
    press = _keyboard(checker.shown_widgets(notebook, index), notebook.page)
    notebook.ask("settle", index)
    notebook.ask("startWatch", index)
    times, moments = [], random.Random(0)
    for number in range(keys):
        # A person's keys fall anywhere between two frames.
        notebook.pause(moments.uniform(0, 100))
        notebook.ask("startClock", index)
        press(number)
        if notebook.wait_until("readClock"):
            times.append(notebook.ask("readClock"))
        notebook.ask("settle", index)
    faults = checker.smoothness_faults(notebook.ask("stopWatch"))
    return Answers(name, tuple(times), tuple(faults))


def _keyboard(cell, page):
    """Return what presses the next key on a slider, or else on buttons."""
    sliders = checker.slider_handles(cell)
    if sliders.count() == 0:
        buttons = checker.choice_boxes(cell).first.locator("button")

        def choose(number):
            buttons.nth((number + 1) % 2).focus()
            page.keyboard.press("Space")

        return choose
    sliders.first.focus()
    # So that no key meets an end of the range.
    page.keyboard.press("Home")
    return lambda number: page.keyboard.press("ArrowRight")


def line(answers):
    """Return one explorer's line of the table."""
    if not answers.times:
        return f"{answers.name:24}{'no key was answered':>26}  FAIL"
    middle, longest = median(answers.times), max(answers.times)
    passed = middle <= WANTED and not answers.faults
    return (
        f"{answers.name:24}{middle:10.0f}{longest:10.0f}      "
        f"{'PASS' if passed else 'FAIL'}  {'; '.join(answers.faults)}"
    ).rstrip()


def _print_table(notebook):
    print(f"{Path(notebook.path).stem:24}{'median':>10}{'longest':>10}  ms")
    for index, (name, _) in notebook.explorers().items():
        print(line(measure(notebook, index, name)), flush=True)


def main():
    """Measure every explorer of every lecture and print the table."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        root, home = Path(folder, "course"), Path(folder, "home")
        shutil.copytree(REPOSITORY / "lectures", root / "lectures")
        home.mkdir()
        chromium = play.chromium.launch(
            executable_path=find_chromium(), args=browser_arguments()
        )
        with running_lab(root, home) as url:
            for path in sorted((root / "lectures").glob("*.ipynb")):
                name = f"lectures/{path.name}"
                with running_notebook(chromium, url, name) as notebook:
                    _print_table(notebook)
        chromium.close()


if __name__ == "__main__":
    sys.exit(main())

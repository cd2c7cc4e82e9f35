"""One JupyterLab and one Chromium for all tests of this folder."""

import os
import shutil
from pathlib import Path

import pytest

from .lab import browser_arguments, find_chromium, running_lab

REPOSITORY = Path(__file__).parents[2]
SERVED = ("lectures", "exercises")
MISSING = (
    "the browser tests need {what}: install it, "
    "or name Chromium's program in the variable CHROMIUM"
)


def _give_up(what):
    """Skip on a person's machine, fail where everything must be there."""
    message = MISSING.format(what=what)
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


# The fixtures end with this folder, not with the session: while playwright
# runs, no other test could start an event loop.
@pytest.fixture(scope="package")
def browser():
    """Headless Chromium."""
    program = find_chromium()
    if program is None:
        _give_up("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _give_up("the Python package playwright")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=browser_arguments()
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def tree(tmp_path_factory):
    """A copy of the notebooks, so that the repository's stay as they are."""
    root = tmp_path_factory.mktemp("course")
    for folder in SERVED:
        shutil.copytree(REPOSITORY / folder, root / folder)
    return root


@pytest.fixture(scope="package")
def lab(browser, tree, tmp_path_factory):
    """The address of a JupyterLab that serves the copy."""
    with running_lab(tree, tmp_path_factory.mktemp("home")) as url:
        yield url

"""One JupyterLab and one Chromium for all tests of this folder."""

import os
import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from course.publish import PublishError, npm

from .lab import browser_arguments, find_chromium, running_lab

REPOSITORY = Path(__file__).parents[2]
SERVED = ("lectures", "exercises")


def pytest_runtest_setup(item):
    """Skip without the browser, but fail where everything must be there.

    A hook, not a fixture: then all skipped tests share one line.
    """
    missing = _missing()
    if missing is None or item.get_closest_marker("browser") is None:
        return
    message = f"the browser tests need {missing}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@cache
def _missing():
    """Say what is missing and how to get it; None if all is there."""
    if find_spec("playwright") is None:
        return "playwright: pip install playwright"
    if find_chromium() is None:
        return (
            "Chromium: install it (Debian: apt install chromium), "
            "or name its program in the variable CHROMIUM"
        )
    return None


@pytest.fixture(scope="session")
def packages():
    """The folder of what decks, site and their tests take from npm."""
    try:
        return npm.folder()
    except PublishError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


# The fixtures end with this folder, not with the session: while playwright
# runs, no other test could start an event loop.
@pytest.fixture(scope="package")
def browser():
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(), args=browser_arguments()
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

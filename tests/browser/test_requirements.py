"""Without Chromium the tests say what to install; in CI they fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

NAME = "test_a_sound_notebook_gives_no_complaint"


def _outcome(tmp_path, ci):
    """Run a browser test where there is no Chromium; return the report."""
    test = Path(__file__).with_name("test_checker.py")
    environment = {
        **os.environ,
        "CHROMIUM": str(tmp_path / "nowhere"),
        "CI": ci,
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-rsE", f"{test}::{NAME}"],
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def test_without_chromium_they_are_skipped_with_advice(tmp_path):
    code, report = _outcome(tmp_path, ci="false")
    assert code == 0 and "1 skipped" in report
    assert "need Chromium: install it" in report


def test_in_ci_a_missing_chromium_is_a_failure(tmp_path):
    code, report = _outcome(tmp_path, ci="true")
    assert code == 1 and "1 error" in report
    assert "need Chromium: install it" in report

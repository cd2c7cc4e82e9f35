"""A submission that tampers with its pipes cannot make the grader wait."""

import os
import time

import pytest
from shut_in import needs_sandbox

from course.grading import child as module
from course.grading.child import Child, Late
from course.grading.sandbox import Limits


@pytest.fixture
def child():
    """Return a program in a sandbox that has said its first word."""
    program = Child("bubblewrap", Limits())
    yield program
    program.stop()


@pytest.fixture
def hasty(monkeypatch):
    """Let a pipe seem ready once, as if its bytes were taken in between."""
    honest, calls = Child._wait, []

    def wait(self, *args):
        calls.append(args)
        if len(calls) > 1:
            honest(self, *args)

    monkeypatch.setattr(Child, "_wait", wait)
    return calls


@needs_sandbox
def test_a_reply_that_is_taken_back_is_late_and_no_more(child, hasty):
    assert not os.get_blocking(child._process.stdout.fileno())
    with pytest.raises(Late):
        child._bytes(8, time.monotonic() + 0.2)
    assert len(hasty) == 2


@needs_sandbox
def test_a_request_that_finds_the_pipe_full_is_late_and_no_more(
    child, monkeypatch
):
    def full(*args):
        raise BlockingIOError

    monkeypatch.setattr(module.os, "write", full)
    with pytest.raises(Late):
        child._write(b"x", time.monotonic() + 0.2)

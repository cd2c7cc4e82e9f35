"""Steps in the background run on the kernel's loop, and only there."""

import asyncio
import threading

import pytest

from lossviz import rest
from lossviz.rest import Rest


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(rest, "PAUSE", 0)
    monkeypatch.setattr(rest, "BREATH", 0)


async def turns(n=20):
    """Let the loop take what is due, n times over."""
    for _ in range(n):
        await asyncio.sleep(0)


def countdown(n, log):
    """A step that is left n times, and notes how often it was taken."""

    def step():
        log.append(len(log))
        return len(log) < n

    return step


def test_steps_are_taken_until_none_is_left():
    log = []

    async def kernel():
        Rest(countdown(3, log)).begin()
        assert log == []
        await turns()

    asyncio.run(kernel())
    assert log == [0, 1, 2]


def test_nothing_happens_where_no_loop_runs():
    log = []
    Rest(countdown(3, log)).begin()
    assert log == []


def test_a_new_beginning_ends_the_steps_before_it():
    log = []
    background = Rest(countdown(100, log))

    async def kernel():
        background.begin()
        background.begin()
        await turns(8)
        taken = len(log)
        with background.held():
            pass
        await turns(8)
        assert len(log) == taken
        return taken

    # Two beginnings take no more steps than one would.
    assert 0 < asyncio.run(kernel()) <= 8


def test_no_thread_is_left_and_no_step_after_the_loop_has_ended():
    log = []

    async def kernel():
        Rest(countdown(100, log)).begin()
        await turns(5)

    before = threading.active_count()
    asyncio.run(kernel())
    assert threading.active_count() == before
    assert len(log) < 100

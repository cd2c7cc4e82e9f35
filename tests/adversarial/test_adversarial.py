"""Nobody wins points by an attack, and no attack costs anybody else."""

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from shut_in import needs_sandbox

from adversarial import handin, special
from adversarial.attacks import ATTACKS, spying
from adversarial.conftest import HONEST, listeners
from course.grading.records import GRADED
from course.questions import local_call

each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.name)


@needs_sandbox
@each_attack
def test_an_attack_wins_nothing(graded, attack):
    record = graded.records[attack.name]
    assert (record.status, record.reason) == (GRADED, "")
    won = [p for q in record.questions for p in q.parts if p.points or p.ok]
    assert won == []
    assert record.raw_points == 0
    assert record.max_points == 35
    assert record.isolation == "bubblewrap"


@needs_sandbox
@pytest.mark.parametrize("name", HONEST)
def test_the_honest_lose_nothing(graded, name):
    assert graded.records[name].raw_points == handin.FULL
    assert graded.records[name].cells == []


@needs_sandbox
@pytest.mark.parametrize("probe", spying.PROBES, ids=lambda a: a.name)
def test_nothing_that_is_shut_can_be_reached(graded, probe):
    (cell,) = graded.records[probe.name].cells
    assert "worked: nothing" in cell.reason


@needs_sandbox
def test_nobody_called_from_inside(graded):
    for listener in graded.listeners:
        with pytest.raises(BlockingIOError):
            listener.accept()


@needs_sandbox
def test_nothing_was_run_or_written_outside(graded):
    assert not list(graded.out.parent.rglob(f"*{graded.mark}*"))
    assert not Path(tempfile.gettempdir(), graded.mark).exists()


@needs_sandbox
def test_no_page_or_table_holds_live_text_or_the_secret(graded):
    files = [path for path in graded.out.rglob("*") if path.is_file()]
    assert len(files) > len(ATTACKS)
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert graded.secret not in text
        assert "\x1b" not in text
        if path.suffix == ".html":
            assert "<script>alert" not in text
            assert "<img src=x" not in text
        if path.suffix == ".csv":
            assert not re.search(r'(?m)(^|,)"?=cmd', text)


@needs_sandbox
def test_pages_of_hostile_students_stay_small(graded):
    sizes = {p.name: p.stat().st_size for p in graded.out.rglob("*.html")}
    assert max(sizes.values()) < 3 * 2**20


@needs_sandbox
def test_what_is_in_plain_sight_is_all_that_can_be_learnt_by_heart(graded):
    record = graded.records["the examples by heart"]
    won = {question.id: question.points for question in record.questions}
    assert won == special.visible_points()
    for question in record.questions:
        assert question.points <= question.max_points / 4


@needs_sandbox
def test_the_librarys_own_losses_are_paid_and_shown_to_a_human(graded):
    record = graded.records["the library's own loss"]
    assert record.raw_points == handin.FULL
    first, *others = record.questions
    assert first.flags == ["huber_loss", "pseudo_huber_loss"]
    assert not any(question.flags for question in others)
    assert any("huber_loss" in told for told in record.attention)


def test_there_are_enough_attacks():
    names = [attack.name for attack in ATTACKS]
    assert len(names) >= 45
    assert len(set(names)) == len(names)


# Attacks that have no teeth prove nothing: outside the sandbox they bite.


@pytest.mark.parametrize("folder", ["solutions", "course/questions"])
def test_the_search_finds_solutions_where_they_are(folder):
    (attack,) = [a for a in ATTACKS if a.name.startswith("every file")]
    start = f"[{str(handin.ROOT / folder)!r}]"
    names = {"np": np}
    exec(attack.cells[0].replace('["/"]', start), names)
    huber, *_ = handin.QUESTIONS
    assert huber.evaluate(local_call(names), seed=0).passed


def test_the_references_can_be_imported_where_they_are():
    (attack,) = [a for a in ATTACKS if a.name.startswith("the references")]
    names = {"np": np}
    answers = handin.wrong_answers(attack.body)
    exec(answers["E2-1"], names)
    assert handin.QUESTIONS[0].evaluate(local_call(names), seed=0).passed


def test_probes_tell_what_worked_where_nothing_is_shut(monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "x")
    network, local = listeners()
    port = str(network.getsockname()[1])
    secret, world = (probe.cells[0] for probe in spying.PROBES[:2])
    with pytest.raises(RuntimeError, match="worked: .*environment"):
        exec(secret, {"np": np})
    with pytest.raises(RuntimeError, match="worked: tcp 127.0.0.1.*abstract"):
        exec(world.replace("@PORT@", port), {"np": np})
    for listener in (network, local):
        listener.accept()[0].close()
        listener.close()

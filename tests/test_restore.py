"""One answer goes back to its first state, and nothing is lost by it."""

import pytest
import tiny_course as tiny

from course import notebooks, restore
from course.notebooks import NotebookError


@pytest.fixture
def exercise(tmp_path):
    """Return the path of an exercise as nbgrader would release it."""
    return tiny.write_exercise(tmp_path)


def edit(path, source):
    made = notebooks.read(path)
    for cell in notebooks.find_cells(made, "E9-1"):
        cell["source"] = source
    notebooks.write(path, made)


def test_a_reset_restores_the_answer_and_keeps_the_old_text(exercise):
    before = exercise.read_bytes()
    mine = "# ½ done\n" + tiny.RIGHT
    edit(exercise, mine)
    made = notebooks.read(exercise)
    made["cells"][2] |= {"execution_count": 3, "outputs": [{"text": "old"}]}
    notebooks.write(exercise, made)
    backup = restore.reset_answer(exercise, "E9.1")
    assert exercise.read_bytes() == before
    assert backup.read_text(encoding="utf-8") == mine + "\n"
    assert backup.parent == exercise.parent


def test_two_resets_keep_two_backups(exercise):
    edit(exercise, "first = 1")
    first = restore.reset_answer(exercise, "E9.1")
    edit(exercise, "second = 2")
    second = restore.reset_answer(exercise, "E9.1")
    assert first.read_text() == "first = 1\n"
    assert second.read_text() == "second = 2\n"


def test_a_reset_leaves_every_other_cell_alone(exercise):
    edit(exercise, tiny.RIGHT)
    made = notebooks.read(exercise)
    made["cells"].insert(0, tiny.cell("markdown", "my notes", "notes"))
    made["cells"][2]["outputs"] = [{"output_type": "stream", "text": "kept"}]
    notebooks.write(exercise, made)
    others = [c for c in made["cells"] if notebooks.grade_id(c) != "E9-1"]
    restore.reset_answer(exercise, "E9.1")
    after = notebooks.read(exercise)["cells"]
    assert [c for c in after if notebooks.grade_id(c) != "E9-1"] == others


def test_a_reset_mends_an_answer_that_was_split(exercise):
    before = exercise.read_bytes()
    made = notebooks.read(exercise)
    whole = made["cells"][2]
    halves = [{**whole, "source": f"part = {n}", "id": f"h{n}"} for n in "12"]
    made["cells"][2:3] = halves
    made["cells"][2]["id"] = whole["id"]
    notebooks.write(exercise, made)
    backup = restore.reset_answer(exercise, "E9.1")
    assert exercise.read_bytes() == before
    assert backup.read_text() == "part = 1\n\npart = 2\n"


@pytest.mark.parametrize("id", ["E9.2", "", "E9-1-check", "title"])
def test_an_answer_that_is_not_there_is_one_sentence(exercise, id):
    before = exercise.read_bytes()
    with pytest.raises(NotebookError) as caught:
        restore.reset_answer(exercise, id)
    assert str(caught.value) == (
        f"question must be an answer of tiny.ipynb (E9.1), got {id}"
    )
    assert exercise.read_bytes() == before
    assert list(exercise.parent.iterdir()) == [exercise]


def test_the_first_state_is_found_beside_the_notebook(exercise, tmp_path):
    (tmp_path / "a_broken.ipynb").write_text("{")
    edit(exercise, tiny.RIGHT)
    exercise.rename(exercise.with_name("my own (1).ipynb"))
    missing = tmp_path / "nowhere"
    assert restore.first_state("E9.1", [missing, tmp_path]) == tiny.STUBS
    assert restore.first_state("E9.2", [missing, tmp_path]) is None

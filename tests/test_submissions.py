"""What was handed in is found, whoever packed it, and read without harm."""

import io
import json
import os
import zipfile
from pathlib import Path

import nbformat
import pytest
import tiny_course as tiny

from course import notebooks, questions
from course.grading.intake import reading, submissions
from course.grading.intake import source as code
from course.notebooks import NotebookError

ROOT = Path(__file__).parents[1]
EXERCISE = ROOT / "exercises" / "02_regression" / "regression.ipynb"
SOLUTION = ROOT / "solutions" / "02_regression" / "regression.ipynb"
SMALL = json.dumps(tiny.notebook()).encode()


@pytest.fixture
def folder(tmp_path):
    """Return a folder for hand-ins, and a function that writes into it."""

    class Folder:
        path = tmp_path / "handed-in"

        def write(self, name, data=SMALL):
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            return file

    made = Folder()
    made.path.mkdir()
    return made


def zipped(members, *, method=zipfile.ZIP_DEFLATED):
    """Return the bytes of a zip with these members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def zip_file(tmp_path, members, name="download.zip", **options):
    path = tmp_path / name
    path.write_bytes(zipped(members, **options))
    return path


def found(source, *wanted):
    """Return the chosen attributes of all that is found."""
    rows = submissions.find(source)
    return [tuple(getattr(row, name) for name in wanted) for row in rows]


# Layouts


def test_one_folder_per_student(folder):
    for name in ("ada/regression.ipynb", "bob/regression (1).ipynb"):
        folder.write(name)
    assert found(folder.path, "student", "file", "trouble") == [
        ("ada", "ada/regression.ipynb", ""),
        ("bob", "bob/regression (1).ipynb", ""),
    ]


def test_one_file_per_student(folder):
    for name in ("ada.ipynb", "Bob Müller.IPYNB", "eve.ipynb.txt"):
        folder.write(name)
    folder.write("list of names.csv", b"ada,bob")
    assert found(folder.path, "student") == [
        ("Bob Müller",),
        ("ada",),
        ("eve",),
    ]


def test_a_single_notebook(folder):
    file = folder.write("ada.ipynb")
    assert found(file, "student", "file") == [("ada", "ada.ipynb")]
    assert submissions.find(file)[0].load() == SMALL


def test_the_notebook_may_lie_deeper(folder):
    folder.write("ada/homework/week 2/regression.ipynb")
    folder.write("ada/homework/week 2/.ipynb_checkpoints/regression.ipynb")
    folder.write("ada/__MACOSX/._regression.ipynb")
    folder.write("ada/.DS_Store")
    (row,) = submissions.find(folder.path)
    assert row.file == "ada/homework/week 2/regression.ipynb"
    assert row.trouble == ""


@pytest.mark.parametrize("above", ["", "submitted/"])
def test_the_tree_of_nbgrader(folder, above):
    for name in ("ada/02_regression", "ada/03_classification", "bob/own"):
        folder.write(f"{above}{name}/regression.ipynb")
    times = {
        "ada/02_regression": b"2026-11-02 10:00:00.500000 UTC\n",
        "ada/03_classification": b"2026-11-02 10:00:00 Europe/Berlin",
        "bob/own": b"yesterday",
    }
    for name, text in times.items():
        folder.write(f"{above}{name}/timestamp.txt", text)
    folder.write(f"{above}eve/02_regression/report.pdf")
    assert found(
        folder.path, "student", "assignment", "submitted", "trouble"
    ) == [
        ("ada", "02_regression", "2026-11-02T10:00:00.500000+00:00", ""),
        ("ada", "03_classification", "2026-11-02T10:00:00+01:00", ""),
        ("bob", "own", "", ""),
        (
            "eve",
            "02_regression",
            "",
            "No notebook was handed in, only report.pdf.",
        ),
    ]


def test_a_zip_from_moodle(tmp_path):
    names = {
        "Ada Lovelace_123_assignsubmission_file_/regression.ipynb": SMALL,
        "Jörg Groß-Weiß_77_assignsubmission_file/a/regression.ipynb": SMALL,
        "O'Neil, Máire J._9_assignsubmission_file_/regression.ipynb": SMALL,
        "Participant_55_assignsubmission_file_regression_2.ipynb": SMALL,
        "Bo Li_8_assignsubmission_onlinetext_/onlinetext.html": b"<p>Hi",
        "Bo Li_8_assignsubmission_file_/regression.ipynb": SMALL,
        "Li Bo_9_assignsubmission_onlinetext/onlinetext.html": b"<p>Hi",
        "Default group_assignsubmission_file/regression.ipynb": SMALL,
    }
    path = zip_file(tmp_path, names)
    assert found(path, "student", "name", "lms_id", "assignment") == [
        ("Ada Lovelace_123", "Ada Lovelace", "123", ""),
        ("Bo Li_8", "Bo Li", "8", ""),
        ("Default group", "Default group", "", ""),
        ("Jörg Groß-Weiß_77", "Jörg Groß-Weiß", "77", ""),
        ("Li Bo_9", "Li Bo", "9", ""),
        ("O'Neil, Máire J._9", "O'Neil, Máire J.", "9", ""),
        ("Participant_55", "Participant", "55", ""),
    ]
    rows = {row.lms_id: row for row in submissions.find(path)}
    assert rows["123"].load() == SMALL
    assert rows["123"].file == (
        "download.zip!Ada Lovelace_123_assignsubmission_file_/regression.ipynb"
    )


def test_a_zip_from_canvas(tmp_path):
    names = {
        "lovelaceada_LATE_12345_67890_regression-2.ipynb": SMALL,
        "müllerjürgen_12346_67891_regression.ipynb": SMALL,
        "neilmaire_12347_67892_my_regression_1.ipynb": SMALL,
        "anon_x5Kq1_67893_regression.ipynb": SMALL,
        "LATE_anon_y5Kq1_67894_regression.ipynb": SMALL,
        "lito_12349_text.html": b"<p>Hi",
    }
    path = zip_file(tmp_path, names)
    assert found(path, "student", "name", "lms_id", "late") == [
        ("anon_x5Kq1", "anon", "x5Kq1", False),
        ("anon_y5Kq1", "anon", "y5Kq1", True),
        ("lito_12349", "lito", "12349", False),
        ("lovelaceada_12345", "lovelaceada", "12345", True),
        ("müllerjürgen_12346", "müllerjürgen", "12346", False),
        ("neilmaire_12347", "neilmaire", "12347", False),
    ]


@pytest.mark.parametrize(
    "names",
    [
        ["Ada L_1_assignsubmission_file_/a.ipynb", "Bo_2_assign"],
        ["ada_1_11_a.ipynb", "bo_LATE_2_12_a.ipynb"],
        ["ada/a.ipynb", "bo/a.ipynb"],
    ],
)
def test_unpacked_or_packed_makes_no_difference(tmp_path, folder, names):
    for name in names:
        folder.write(f"{name}")
    path = zip_file(tmp_path, dict.fromkeys(names, SMALL))
    wanted = ("student", "name", "lms_id", "late", "trouble")
    assert found(folder.path, *wanted) == found(path, *wanted)


def test_names_with_numbers_are_not_taken_for_those_of_canvas(folder):
    names = ["exam_2024_01_ada", "exam_2024_01_bob", "exam_2024_02_eve"]
    for name in names:
        folder.write(f"{name}.ipynb")
    assert [name for (name,) in found(folder.path, "student")] == names


def test_a_folder_around_everything_in_a_zip_is_taken_off(tmp_path):
    names = {
        f"all/inner/{who}/regression.ipynb": SMALL for who in ("ada", "bo")
    }
    names |= {"__MACOSX/all/inner/ada/._regression.ipynb": b"\0"}
    names |= {"all/": b"", "all/inner/": b"", "all/inner/ada/": b""}
    assert found(zip_file(tmp_path, names), "student") == [("ada",), ("bo",)]
    canvas = {"x/ada_1_11_a.ipynb": SMALL, "x/bo_2_12_a.ipynb": SMALL}
    path = zip_file(tmp_path, canvas, name="x.zip")
    assert found(path, "lms_id") == [("1",), ("2",)]
    tree = {f"ada/0{n}_lecture/a.ipynb": SMALL for n in (2, 3)}
    path = zip_file(tmp_path, tree)
    assert found(path, "student") == [("ada",), ("ada",)]


@pytest.mark.parametrize("utf8", [True, False])
def test_names_in_zips_are_read_whether_or_not_they_say_utf8(tmp_path, utf8):
    # The second name is as macOS writes it: letters and dots apart.
    names = {
        "Jörg_1_assignsubmission_file_/a.ipynb": SMALL,
        "Zoe\u0308_2_assignsubmission_file_/a.ipynb": SMALL,
    }
    path = zip_file(tmp_path, names)
    if not utf8:
        packed = bytearray(path.read_bytes())
        for position in _flags(packed):
            packed[position + 1] &= ~0x08
        path.write_bytes(packed)
    assert found(path, "name") == [("Jörg",), ("Zoë",)]
    assert [row.load() for row in submissions.find(path)] == [SMALL] * 2


def _flags(packed):
    """Yield where the flags of all members stand in a zip, twice each."""
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = packed.find(mark)
        while start >= 0:
            yield start + offset
            start = packed.find(mark, start + 1)


# Who handed in what


def test_students_without_a_notebook_are_there_too(folder):
    (folder.path / "ada").mkdir()
    for name in ("bo/a.pdf", "bo/b.png", "bo/c.txt", "bo/d.txt"):
        folder.write(name, b"x")
    folder.write("eve/homework.zip", b"no zip")
    troubles = found(folder.path, "student", "trouble")
    assert troubles == [
        ("ada", "Nothing was handed in."),
        (
            "bo",
            "No notebook was handed in, only a.pdf, b.png, c.txt and 1 more.",
        ),
        ("eve", "No notebook was handed in, only homework.zip."),
    ]
    for row, (_, trouble) in zip(
        submissions.find(folder.path), troubles, strict=True
    ):
        with pytest.raises(NotebookError) as caught:
            row.load()
        assert str(caught.value) == trouble


def test_a_students_own_zip_is_opened(folder, tmp_path):
    inner = zipped({"week 2/regression.ipynb": SMALL, "__MACOSX/._r": b""})
    folder.write("ada/homework.zip", inner)
    folder.write("bo.zip", inner)
    rows = submissions.find(folder.path)
    assert [(row.student, row.file) for row in rows] == [
        ("ada", "ada/homework.zip!week 2/regression.ipynb"),
        ("bo", "bo.zip!week 2/regression.ipynb"),
    ]
    name = "Ada_1_assignsubmission_file_/homework.zip"
    (row,) = submissions.find(zip_file(tmp_path, {name: inner}))
    assert row.lms_id == "1"
    assert row.load() == SMALL
    assert row.file.endswith("_file_/homework.zip!week 2/regression.ipynb")


def test_of_several_notebooks_the_one_worked_in_is_taken(folder):
    exercise = notebooks.read(EXERCISE)
    notebooks.write(folder.path / "ada" / "regression (2).ipynb", exercise)
    work(exercise, "E2-1")
    notebooks.write(folder.path / "ada" / "regression.ipynb", exercise)
    (row,) = submissions.find(folder.path)
    assert row.file == "ada/regression.ipynb"
    assert row.assignment == "02_regression"
    assert row.trouble == (
        "2 notebooks were handed in: regression.ipynb was graded, "
        "regression (2).ipynb not."
    )


def test_of_equal_notebooks_the_newest_is_taken(folder):
    old = folder.write("ada/regression-Copy1.ipynb")
    folder.write("ada/regression.ipynb")
    folder.write("bo/regression-Copy1.ipynb")
    folder.write("bo/regression.ipynb")
    folder.write("eve/damaged 3.ipynb", b"{")
    folder.write("eve/regression.ipynb")
    for file in folder.path.rglob("*.ipynb"):
        os.utime(file, (0, 0) if file == old else (1000, 1000))
    files = [row.file for row in submissions.find(folder.path)]
    assert files == [
        "ada/regression.ipynb",
        "bo/regression-Copy1.ipynb",
        "eve/regression.ipynb",
    ]


def test_of_several_files_in_canvas_the_latest_number_is_taken(tmp_path):
    names = ["ada_1_9_regression-3.ipynb", "ada_1_10_regression.ipynb"]
    (row,) = submissions.find(zip_file(tmp_path, dict.fromkeys(names, SMALL)))
    assert row.file.endswith("ada_1_10_regression.ipynb")


def test_notebooks_of_several_assignments_count_as_several(folder):
    for number, name in ((2, "02_regression"), (3, "03_classification")):
        made = tiny.notebook()
        made["metadata"]["course"] = {"assignment": name}
        notebooks.write(folder.path / "ada" / f"{number}.ipynb", made)
    assert found(folder.path, "assignment", "file", "trouble") == [
        ("02_regression", "ada/2.ipynb", ""),
        ("03_classification", "ada/3.ipynb", ""),
    ]


def test_keys_are_unique_and_safe_as_names_of_files(folder, tmp_path):
    for name in ("Ada/a.ipynb", "ada/a.ipynb", "...b/a.ipynb", "x" * 200):
        folder.write(name if "/" in name else f"{name}/a.ipynb")
    keys = [key for (key,) in found(folder.path, "student")]
    assert keys == ["Ada", "ada-2", "x" * 60]
    names = {'<b>"&|*?:_1_assignsubmission_file_/a.ipynb': SMALL}
    ((key,),) = found(zip_file(tmp_path, names), "student")
    assert key == "_b________1"


def test_nothing_at_all_is_one_sentence(folder, tmp_path):
    for source in (folder.path, tmp_path / "gone", folder.write("a.zip")):
        with pytest.raises(NotebookError, match=r"^\S+ must [^\n]+$"):
            submissions.find(source)


# Hostile packing


def test_links_and_pipes_are_not_followed(folder):
    secret = folder.write("../secret.ipynb")
    for name in ("ada", "bo", "eve"):
        (folder.path / name).mkdir()
    (folder.path / "ada" / "regression.ipynb").symlink_to(secret)
    (folder.path / "bo" / "deep").symlink_to(secret.parent)
    os.mkfifo(folder.path / "eve" / "regression.ipynb")
    (folder.path / "mal.ipynb").symlink_to(secret)
    for row in submissions.find(folder.path):
        assert "but a link or the like" in row.trouble
        with pytest.raises(NotebookError):
            row.load()
    assert len(submissions.find(folder.path)) == 4


def test_a_file_that_became_a_link_is_not_read(folder):
    secret = folder.write("../secret.ipynb")
    file = folder.write("ada/regression.ipynb")
    (row,) = submissions.find(folder.path)
    file.unlink()
    file.symlink_to(secret)
    with pytest.raises(NotebookError, match="must be a file that can be read"):
        row.load()
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(NotebookError, match="must be a file$"):
        row.load()


def test_paths_that_lead_out_lead_nowhere(tmp_path):
    names = {
        "../../../etc/ada/a.ipynb": SMALL,
        "/etc/bo/b.ipynb": SMALL,
        "C:\\etc\\eve\\c.ipynb": SMALL,
    }
    before = set(tmp_path.rglob("*"))
    path = zip_file(tmp_path, names)
    rows = submissions.find(path)
    assert [row.student for row in rows] == ["ada", "bo", "eve"]
    assert [row.load() for row in rows] == [SMALL] * 3
    assert set(tmp_path.rglob("*")) == before | {path}


def test_a_bomb_in_a_zip_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE", 2**20)
    names = {"ada/a.ipynb": b"\0" * 3 * 2**20, "bo/a.ipynb": SMALL}
    ada, bo = submissions.find(zip_file(tmp_path, names))
    with pytest.raises(NotebookError, match="at most 1 MiB, got 3.0 MiB"):
        ada.load()
    assert bo.load() == SMALL


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_cannot_be_bounded_is_refused(tmp_path, method):
    path = zip_file(tmp_path, {"ada/a.ipynb": SMALL}, method=method)
    (row,) = submissions.find(path)
    with pytest.raises(NotebookError, match="packed as ordinary zips are"):
        row.load()


def test_a_locked_or_damaged_member_is_one_sentence(tmp_path):
    path = zip_file(tmp_path, {"ada/a.ipynb": SMALL, "bo/a.ipynb": SMALL})
    locked = bytearray(path.read_bytes())
    damaged = bytearray(locked)
    locked[locked.index(b"PK\1\2") + 8] |= 1
    start = damaged.index(b"ada/a.ipynb") + len("ada/a.ipynb")
    damaged[start : start + 20] = b"\xff" * 20
    for data, told in (
        (locked, "not be locked"),
        (damaged, "got: (?i:.*err)"),
    ):
        path.write_bytes(data)
        ada, bo = submissions.find(path)
        with pytest.raises(NotebookError, match=told):
            ada.load()
        assert bo.load() == SMALL


def test_zips_in_zips_in_zips_are_not_opened(folder):
    inner = {"regression.ipynb": SMALL}
    for _ in range(2):
        inner = {"next.zip": zipped(inner)}
    folder.write("ada/first.zip", zipped(inner))
    (row,) = submissions.find(folder.path)
    assert row.trouble == "No notebook was handed in, only next.zip."


def test_of_members_with_one_name_the_last_counts(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ada/a.ipynb", b"{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("ada/a.ipynb", SMALL)
    path = tmp_path / "download.zip"
    path.write_bytes(packed.getvalue())
    (row,) = submissions.find(path)
    assert row.trouble == ""
    assert row.load() == SMALL


# Odd files


def load(folder, data):
    folder.write("ada/regression.ipynb", data)
    (row,) = submissions.find(folder.path)
    return notebooks.parse(row.load())


def test_an_ordinary_file_is_loaded_as_it_is(folder):
    folder.write("ada/regression.ipynb", EXERCISE.read_bytes())
    (row,) = submissions.find(folder.path)
    assert row.load() == EXERCISE.read_bytes()


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_any_of_unicodes_encodings_will_do(folder, encoding):
    data = json.dumps(tiny.notebook("größe = '∑'"), ensure_ascii=False)
    made = load(folder, data.encode(encoding))
    assert made["cells"][2]["source"] == "größe = '∑'"


def test_an_old_editors_encoding_will_do(folder):
    made = tiny.notebook("größe = 1")
    made["cells"][0]["source"] = "# Title"
    data = json.dumps(made, ensure_ascii=False).encode("latin-1")
    assert load(folder, data)["cells"][2]["source"] == "größe = 1"


def test_the_padding_of_a_crashed_save_does_no_harm(folder):
    assert load(folder, SMALL + b"\0" * 5000) == notebooks.parse(SMALL)


def test_outputs_and_pictures_do_not_count_as_size(folder):
    made = tiny.notebook("mine = 1")
    lines = ['"outputs": [ \\" ]\n'] * 300_000 + ["]}]}" * 500_000]
    output = {"output_type": "stream", "name": "stdout", "text": lines}
    made["cells"][2]["outputs"] = [output] * 2
    made["cells"][0]["attachments"] = {"a.png": {"image/png": "A" * 2**22}}
    made["metadata"]["widgets"] = {"state": {"x": ["{" * 2**22]}}
    data = json.dumps(made).encode()
    assert len(data) > notebooks.MAX_BYTES
    slim = load(folder, data)
    assert slim["cells"][2]["source"] == "mine = 1"
    assert slim["cells"][2]["outputs"] == []
    assert slim["cells"][0]["attachments"] == {}
    assert slim["metadata"]["widgets"] == {}
    assert slim["cells"][0]["source"] == made["cells"][0]["source"]
    assert slim["cells"][3] == made["cells"][3]


def test_sources_that_speak_of_outputs_are_kept(monkeypatch, folder):
    sources = ['x = {"outputs": [1, 2]}', ["outputs", ": [\n", '"outputs"']]
    made = tiny.notebook(sources[0])
    made["cells"][1]["source"] = sources[1]
    small = json.dumps(made)
    made["cells"][3]["outputs"] = [{"text": "x" * 50_000}]
    monkeypatch.setattr(notebooks, "MAX_BYTES", len(small) + 1000)
    slim = load(folder, json.dumps(made).encode())
    assert slim["cells"][2]["source"] == sources[0]
    assert slim["cells"][1]["source"] == "".join(sources[1])


def test_sources_of_fifty_megabytes_are_refused(folder):
    folder.write(
        "ada/a.ipynb", json.dumps(tiny.notebook("#" * 50_000_000)).encode()
    )
    (row,) = submissions.find(folder.path)
    with pytest.raises(NotebookError) as caught:
        row.load()
    assert str(caught.value) == (
        "a.ipynb must be at most 10 MiB without its outputs, got 47.7 MiB"
    )


@pytest.mark.parametrize(
    "data",
    [
        b'{"outputs": [' + b'"\\"' * 500_000,
        b'"outputs": [' * 300_000,
        b'{"outputs": [' + b"[" * 3_000_000,
        b'"outputs"' * 400_000 + b'"\\',
    ],
)
def test_text_that_never_closes_costs_no_time(data, monkeypatch):
    # Two passes at most: a search that starts over would take hours.
    monkeypatch.setattr(notebooks, "MAX_BYTES", 1000)
    with pytest.raises(NotebookError):
        reading.tidy(data)


@pytest.mark.parametrize("minor", [0, 2, 4, 5])
def test_every_minor_of_nbformat_4_will_do(folder, minor):
    made = nbformat.v4.new_notebook(nbformat_minor=minor)
    made["cells"] = [nbformat.v4.new_code_cell("x = 1")]
    if minor < 5:
        del made["cells"][0]["id"]
    data = nbformat.writes(made).encode()
    assert load(folder, data)["cells"][0]["source"] == "x = 1"


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats_are_brought_up_to_date(folder, version):
    old = nbformat.convert(nbformat.from_dict(tiny.notebook()), 3)
    old["worksheets"][0]["cells"].append(
        {"cell_type": "heading", "level": 2, "source": "End", "metadata": {}}
    )
    old["nbformat"] = version
    made = load(folder, json.dumps(old).encode())
    kinds = ["markdown", "code", "code", "code", "markdown"]
    assert [cell["cell_type"] for cell in made["cells"]] == kinds
    assert made["cells"][2]["source"] == tiny.SOLUTION
    assert notebooks.grade_id(made["cells"][2]) == "E9-1"


def test_missing_metadata_and_strange_cells_are_put_right(folder):
    made = tiny.notebook()
    del made["metadata"]
    del made["cells"][1]["metadata"]
    made["cells"][0]["cell_type"] = "chart"
    kinds = [cell["cell_type"] for cell in load(folder, dump(made))["cells"]]
    assert kinds == ["raw", "code", "code", "code"]


def dump(made):
    return json.dumps(made).encode()


@pytest.mark.parametrize(
    "data, told",
    [
        (b"", "must hold a notebook, got an empty file"),
        (b"\0" * 3000, "must be JSON"),
        (b"PK\3\4" + b"\xff\0" * 40, "must be JSON"),
        (b"<html>not found</html>", "must be JSON"),
        (SMALL[:-300], "must be JSON, got a fault in line 1"),
        (b"[" * 100_000, "must be JSON of sensible depth"),
        (b'{"nbformat": 4, "cells": [[]]}', "must have a list of cells"),
        (dump({**tiny.notebook(), "nbformat": 5}), "must be of nbformat 4"),
        (dump({"nbformat": 3, "worksheets": 7}), "must be of nbformat 4"),
        (dump({"nbformat": 1, "cells": []}), "must be of nbformat 4, got 1"),
    ],
)
def test_what_is_no_notebook_is_one_sentence(folder, data, told):
    folder.write("ada/regression.ipynb", data)
    (row,) = submissions.find(folder.path)
    with pytest.raises(NotebookError) as caught:
        row.load()
    assert str(caught.value).startswith(f"regression.ipynb {told}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("entry", ["kernelspec", "language_info"])
def test_another_language_is_one_sentence(folder, entry):
    made = tiny.notebook("double <- function(x) { 2 * x }")
    for cell in made["cells"]:
        cell["source"] = cell["source"].replace("import", "library")
    made["metadata"] = {
        "kernelspec": {"name": "ir", "language": "R"},
        "language_info": {"name": "R"},
    }
    del made["metadata"][entry]
    with pytest.raises(NotebookError, match="must be a Python .* one for R$"):
        load(folder, dump(made))


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "julia-1.9", "language": "julia"}},
        {"kernelspec": {"name": "conda-env-ml-py", "language": "python"}},
        {"kernelspec": {"name": "gone"}, "language_info": {"name": "ipython"}},
        {"kernelspec": 3, "language_info": []},
        {},
    ],
)
def test_the_kernels_name_does_not_matter_where_the_code_is_python(
    folder, metadata
):
    made = {**tiny.notebook(), "metadata": metadata}
    assert load(folder, dump(made))["cells"]


# What is run, and what it answers


def work(notebook, mark, source="mine = 1"):
    (cell,) = notebooks.find_cells(notebook, mark)
    cell["source"] = source
    return cell


@pytest.fixture
def exercise():
    return notebooks.read(EXERCISE)


def run(notebook):
    """Return the sources of the cells to run, and the notes."""
    cells, notes = submissions.code_cells(notebook)
    for cell in cells:
        assert notebook["cells"][cell.number - 1]["source"] == cell.source
    return [cell.source for cell in cells], notes


def test_the_assignment_is_what_the_notebook_says(exercise):
    assert submissions.assignment_of(exercise) == "02_regression"
    del exercise["metadata"]["course"]
    assert submissions.assignment_of(exercise) == "02_regression"
    for cell in exercise["cells"]:
        cell["metadata"] = {}
    assert submissions.assignment_of(exercise) == ""


@pytest.mark.parametrize(
    "entry", [{"assignment": "../../etc"}, {"assignment": 3}, [], "x"]
)
def test_a_strange_assignment_is_none(entry):
    made = tiny.notebook()
    made["metadata"]["course"] = entry
    assert submissions.assignment_of(made) == ""


def test_all_code_but_the_checks_is_run(exercise):
    sources, notes = run(exercise)
    assert notes == []
    assert not any(source.startswith("check(") for source in sources)
    assert sum("NotImplementedError" in source for source in sources) == 8
    assert any(source.startswith("import numpy") for source in sources)
    # This one draws a picture if the check passes.
    assert any('if check("E2.3")' in source for source in sources)


def test_code_that_was_put_beside_a_check_is_run(exercise):
    work(exercise, "E2-1-check", 'huber = max\ncheck("E2.1")')
    assert 'huber = max\ncheck("E2.1")' in run(exercise)[0]


def test_a_split_answer_is_run_whole_and_noted(exercise):
    first = work(exercise, "E2-1", "def huber(r, delta): return 1")
    rest = {**first, "source": "def pseudo_huber(r, delta): return 2"}
    exercise["cells"].insert(exercise["cells"].index(first) + 1, rest)
    sources, notes = run(exercise)
    assert {first["source"], rest["source"]} < set(sources)
    assert notes == ["E2-1 stands in 2 cells; all were run."]


def test_deleted_and_renamed_cells_are_noted(exercise):
    kept = [
        cell
        for cell in exercise["cells"]
        if notebooks.grade_id(cell) not in ("E2-2", "E2-2-check")
    ]
    exercise["cells"] = kept
    (cell,) = notebooks.find_cells(exercise, "E2-3")
    cell["metadata"]["nbgrader"]["grade_id"] = "mine"
    sources, notes = run(exercise)
    assert cell["source"] in sources
    assert notes == [
        "No cell carries the id E2-2 any more.",
        "No cell carries the id E2-3 any more.",
        "Check cells are missing: E2-2-check.",
        "Cells carry ids that were not handed out: mine.",
    ]


def test_an_answer_turned_into_text_is_run_and_noted(exercise):
    cell = work(exercise, "E2-1", "def huber(r, delta): return 1")
    cell["cell_type"] = "markdown"
    number = exercise["cells"].index(cell) + 1
    sources, notes = run(exercise)
    assert cell["source"] in sources
    assert notes == [
        f"Cell {number} with the answer E2-1 is text; it was run as code."
    ]
    cell["source"] = "I could not do this one."
    assert cell["source"] not in run(exercise)[0]


def test_marks_of_any_kind_are_survived(exercise):
    before = run(exercise)[0]
    odd = [3, None, ["x"], {"grade_id": 7}, {"grade_id": ["E2-1"]}]
    for cell, entry in zip(exercise["cells"], odd, strict=False):
        cell["metadata"]["nbgrader"] = entry
    sources, notes = run(exercise)
    assert sources == before
    assert notes == []


def test_questions_of_an_instructor_can_be_expected():
    made = tiny.notebook("def double(x): return 2 * x")
    cells, notes = submissions.code_cells(made, [tiny.DOUBLE, tiny.SHIFT])
    assert [cell.number for cell in cells] == [2, 3]
    assert notes == [
        "No cell carries the id E9-2 any more.",
        "Check cells are missing: E9-2-check.",
    ]


def test_the_source_of_an_answer_holds_its_helpers_and_no_more(exercise):
    work(
        exercise,
        "E2-3",
        "%%time\ndef fit_line_huber(x, y, delta):\n"
        "    return solve(x, y, delta)",
    )
    extra = {**exercise["cells"][3]}
    helpers = "%pip list\ndef solve(*given):\n    return step(given)"
    exercise["cells"] += [
        {**extra, "source": source, "metadata": {}}
        for source in (
            helpers,
            "from numpy.linalg import lstsq as step",
            "def unused(): return huber_loss",
            "x, y = 1, 2",
            "delta = (",
        )
    ]
    source = submissions.answer_source(exercise, questions.get("E2.3"))
    compile(source, "answer", "exec")
    for line in ("return solve(", "return step(", "import lstsq"):
        assert line in source
    for line in ("unused", "x, y = 1", "delta = (", "fit_quantile", "%"):
        assert line not in source


def test_an_answer_is_found_without_its_mark(exercise):
    exercise["cells"].append(
        {**exercise["cells"][3], "source": "huber = lambda r, delta: 0"}
    )
    source = submissions.answer_source(exercise, questions.get("E2.1"))
    assert source.endswith("huber = lambda r, delta: 0")
    assert "def huber(r, delta):" in source


@pytest.mark.parametrize(
    "source",
    [
        "x = '\0'",
        "x = 1" + "+1" * 500,
        "(" * 10_000,
        "-" * 100_000 + "1",
        "def huber(:",
        "\ud800",
    ],
)
def test_code_that_is_none_has_no_source(exercise, source):
    work(exercise, "E2-1", source)
    answer = submissions.answer_source(exercise, questions.get("E2.1"))
    assert answer.strip() in ("", "'\ud800'")


def test_more_code_than_anyone_writes_is_run_but_not_looked_through(exercise):
    names = "import math as huber\n"
    long, many = [names + "x," * 60_000], [f"x = {n}" for n in range(10_000)]
    for extra in (long, [names + "#" * 90_000] * 4, many):
        made = {**exercise, "cells": list(exercise["cells"])}
        made["cells"] += [tiny.cell("code", source, "x") for source in extra]
        sources, notes = run(made)
        assert sources[-1] == extra[-1]
        answer = submissions.answer_source(made, questions.get("E2.1"))
        assert answer.count("import math") == (3 if len(extra) == 4 else 0)
        told = "There is too much code to look through all of it."
        assert (told in notes) == (len(extra) > 1)


@pytest.mark.parametrize(
    "source",
    [" " * 10**6, "a" * 10**6 + "?!", "a, " * 10**5 + "\n(", "%\n" * 9],
)
def test_no_line_takes_long_to_look_at(source):
    assert code.defined(source) == set()
    assert code.used(source[:90_000]) >= set()


def test_whatever_stands_in_the_answers_cell_belongs_to_it(exercise):
    work(exercise, "E2-1", "note = 'I could not do this one'")
    answer = submissions.answer_source(exercise, questions.get("E2.1"))
    assert answer == "note = 'I could not do this one'"

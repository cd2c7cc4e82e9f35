"""What was handed in is found, whoever packed it, without harm."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
import tiny_course as tiny

from course import notebooks
from course.grading.intake import reading, submissions
from course.notebooks import NotebookError

ROOT = Path(__file__).parents[1]
EXERCISE = ROOT / "exercises" / "02_regression" / "regression.ipynb"
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
    (cell,) = notebooks.find_cells(exercise, "E2-1")
    cell["source"] = "mine = 1"
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

"""What nbgrader does beyond its own steps in this course.

`nbgrader_config.py` adds these steps to nbgrader's. When it makes an
exercise, the result is the same to the byte as with `make exercises`. When
it grades, the points are those of `python -m course grade`; its gradebook,
formgrader, feedback and exports work on them as on its own.

Nothing else in the course imports nbgrader.
"""

from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from course import notebooks, release
from course.grading import seeds, sheet
from course.grading.cluster import LOST
from course.grading.grade import failed
from course.grading.intake import reading
from course.grading.jobs import Job, Task
from course.grading.records import NOT_GRADED, UNREADABLE, Record
from course.grading.reports import cells
from course.grading.sandbox import Limits, SandboxError
from course.grading.single import Worker
from course.notebooks import NotebookError


class ShipStartingCode(NbGraderPreprocessor):
    """Give "find the bug" questions the code that students start from.

    Where a question has `shipped` code, its answer cell is that code and not
    the bare stub, so that check, tests and exercise share one text.
    """

    def preprocess(self, nb, resources):
        """Replace the source of each answer cell whose question says so."""
        asked = _changed_sheet(self, resources)
        own = {
            notebooks.answer_id(item.question.id): item.question.shipped
            for item in (asked.items if asked else ())
        }
        for cell in nb.cells:
            id = notebooks.grade_id(cell)
            shipped = own.get(id) or release.starting_code(id)
            cell.source = shipped or cell.source
        return nb, resources


class SetPoints(NbGraderPreprocessor):
    """Give the check cells the points that an instructor wants instead."""

    def preprocess(self, nb, resources):
        """Change the points that `points.toml`, if it is there, names."""
        asked = _changed_sheet(self, resources)
        if asked is None:
            return nb, resources
        # Those left out are no items any more.
        points = dict(asked.points)
        for item in asked.items:
            # Bonus points come on top of what the notebook promises.
            worth = 0 if item.question.bonus else item.points
            points[item.question.id] = worth
        for id in points:
            for cell in notebooks.find_cells(nb, _check_id(id)):
                cell.metadata.nbgrader["points"] = points[id]
        return nb, resources


class StampRelease(NbGraderPreprocessor):
    """Store each answer's first state, and the mark of an unchanged file."""

    def preprocess(self, nb, resources):
        """Write the metadata that `course.release` reads."""
        release.stamp(nb, resources["nbgrader"]["assignment"])
        return nb, resources


class RepairIds(NbGraderPreprocessor):
    """Give every cell that was handed out its mark back, and no other cell.

    JupyterLab copies a cell's mark when a student splits or copies the cell;
    nbgrader then stops the grading of everybody. Marks get lost and changed
    as well. Here each mark ends up, as it was released, on one cell; a cell
    that is gone is put back as it was handed out.
    """

    def preprocess(self, nb, resources):
        """Repair the marks of a notebook that was handed in."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as book:
            known = book.find_notebook(about["notebook"], about["assignment"])
            released = [(c, _mark(c, known)) for c in known.source_cells]
        marked = {}
        for cell in nb.cells:
            id = notebooks.grade_id(cell)
            cell.metadata.pop("nbgrader", None)
            if isinstance(id, str):
                marked.setdefault(id, []).append(cell)
        place = 0
        for source_cell, mark in released:
            cell = _chosen(marked.get(source_cell.name, []), source_cell)
            if cell is None:
                self.log.warning("Cell %s was missing", source_cell.name)
                cell = _as_released(source_cell, nb)
                nb.cells.insert(place, cell)
            cell.metadata["nbgrader"] = mark
            place = 1 + next(n for n, c in enumerate(nb.cells) if c is cell)
        return nb, resources


class SandboxGrade(NbGraderPreprocessor):
    """Grade a submission in the sandbox, and write the points for nbgrader.

    Takes the place of nbgrader's `Execute`. What is graded is the file as it
    was handed in. Each check cell gets a report for the feedback page and
    its points; points of a bonus question are extra credit. Cells that a
    human grades are left alone.
    """

    allow_weak = Bool(
        False, help="Whether limits without bubblewrap will do."
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Write reports and points into the check cells.

        Raises
        ------
        SandboxError
            If grading itself failed. nbgrader then reports an error for this
            student and gives no points.
        """
        about = resources["nbgrader"]
        record = self._record(about)
        if record.status == NOT_GRADED:
            raise SandboxError(record.reason)
        for sentence in record.attention:
            self.log.warning("%s: %s", about["student"], sentence)
        results = {_check_id(q.id): q for q in record.questions}
        checks = [cell for cell in nb.cells if _is_automatic(cell)]
        bonus = {}
        for cell in checks:
            id = cell.metadata.nbgrader["grade_id"]
            points = _share(results.get(id)) * cell.metadata.nbgrader["points"]
            text = cells.report(results.get(id))
            if cell is checks[0]:
                text = "\n\n".join([*cells.remarks(record), text])
            cell.outputs = _outputs(text, points)
            if id in results and results[id].bonus:
                bonus[id] = results[id].points
        _save_bonus(about, bonus)
        return nb, resources

    def _record(self, about):
        """Return the record of a submission, as the command line makes it."""
        source = _folder(self, "source_directory", about["assignment"])
        handed_in = _folder(
            self,
            "submitted_directory",
            about["assignment"],
            about["student"],
        )
        asked = sheet.load(about["assignment"], source)
        path = handed_in / f"{about['notebook']}.ipynb"
        try:
            data = reading.tidy(path.read_bytes(), name=path.name)
        except NotebookError as fault:
            return Record(
                student=about["student"],
                assignment=about["assignment"],
                file=path.name,
                **failed(asked, UNREADABLE, str(fault)),
            )
        secret = seeds.secret(_course(self).root)
        job = Job(0, data, seeds.seed_of(secret, data))
        try:
            return _graded(asked, self.allow_weak, job)
        except SandboxError as fault:
            # What the command line calls its option is called so here.
            option = "--SandboxGrade.allow_weak=True"
            told = str(fault).replace("--allow-weak", option)
            raise SandboxError(told) from None


def _graded(asked, allow_weak, job):
    """Return the record of a submission, graded in a process of its own.

    This process may be JupyterLab's, which nothing that is handed in should
    be able to stop.
    """
    worker = _worker(asked, allow_weak)
    outcome = worker.outcome(job) or worker.outcome(job) or LOST
    if isinstance(outcome, str):
        raise SandboxError(outcome)
    return outcome


def _worker(asked, allow_weak):
    """Return the worker of a sheet, so that its sandbox is proven once."""
    key = asked, allow_weak
    if key not in _workers:
        for other in _workers.values():
            other.close()
        _workers.clear()
        task = Task(
            sheet=asked,
            fingerprint=asked.fingerprint,
            batch="nbgrader",
            allow_weak=allow_weak,
            limits=Limits(),
        )
        _workers[key] = Worker(task)
    return _workers[key]


# The worker that graded last, by what it was given.
_workers = {}


def _course(step):
    """Return the folders of the course that nbgrader works in."""
    # A step belongs to an exporter, and that to a command with a course.
    return step.parent.parent.coursedir


def _changed_sheet(step, resources):
    """Return the sheet of an assignment that an instructor changed, or None.

    Without the files beside it, the notebook and the course tell all.
    """
    assignment = resources["nbgrader"]["assignment"]
    folder = _folder(step, "source_directory", assignment)
    beside = [folder / name for name in (sheet.POINTS, sheet.QUESTIONS)]
    if not any(path.exists() for path in beside):
        return None
    return sheet.load(assignment, folder)


def _folder(step, kind, assignment, student="."):
    course = _course(step)
    folder = getattr(course, kind)
    return Path(course.format_path(folder, student, assignment))


def _check_id(question_id):
    return f"{notebooks.answer_id(question_id)}-check"


def _is_automatic(cell):
    """Whether a cell is graded without a human."""
    return (
        utils.is_grade(cell)
        and not utils.is_solution(cell)
        and cell.cell_type == "code"
    )


def _mark(source_cell, known):
    """Return the metadata of a cell as it was released."""
    name = source_cell.name
    worth = {
        cell.name: cell.max_score
        for cell in (*known.grade_cells, *known.task_cells)
    }
    mark = {
        "schema_version": 3,
        "grade_id": name,
        "grade": any(cell.name == name for cell in known.grade_cells),
        "solution": any(cell.name == name for cell in known.solution_cells),
        "task": any(cell.name == name for cell in known.task_cells),
        "locked": source_cell.locked,
        "cell_type": source_cell.cell_type,
        "checksum": source_cell.checksum,
    }
    return mark | ({"points": worth[name]} if name in worth else {})


def _chosen(marked, source_cell):
    """Return the cell to keep a mark: the first that was worked in."""
    changed = [cell for cell in marked if cell.source != source_cell.source]
    return next(iter(changed or marked), None)


def _as_released(source_cell, nb):
    is_code = source_cell.cell_type == "code"
    make = new_code_cell if is_code else new_markdown_cell
    cell = make(source_cell.source)
    if (nb.nbformat, nb.nbformat_minor) < (4, 5):
        del cell["id"]
    return cell


def _share(result):
    """Return the share of its points that a question got."""
    if result is None or not result.max_points:
        return 0.0
    return result.points / result.max_points


def _outputs(text, points):
    """Return the outputs of a check cell, as nbgrader reads them."""
    return [
        new_output("stream", name="stdout", text=f"{text}\n"),
        new_output(
            "execute_result",
            data={"text/plain": repr(float(points))},
            execution_count=None,
        ),
    ]


def _save_bonus(about, bonus):
    """Enter points of bonus questions as extra credit."""
    with Gradebook(about["db_url"]) as book:
        for id, points in bonus.items():
            grade = book.find_grade(
                id, about["notebook"], about["assignment"], about["student"]
            )
            grade.extra_credit = points
        book.db.commit()

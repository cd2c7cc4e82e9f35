"""What nbgrader does beyond its own steps when it makes an exercise.

`nbgrader_config.py` adds these two steps, so that `make exercises` and a
plain `nbgrader generate_assignment` write the same notebook.
"""

from nbgrader.preprocessors import NbGraderPreprocessor

from course import notebooks, release


class ShipStartingCode(NbGraderPreprocessor):
    """Give "find the bug" questions the code that students start from.

    Where a question has `shipped` code, its answer cell is that code and not
    the bare stub, so that check, tests and exercise share one text.
    """

    def preprocess_cell(self, cell, resources, index):
        """Replace the source of one answer cell, if its question says so."""
        shipped = release.starting_code(notebooks.grade_id(cell))
        cell.source = shipped or cell.source
        return cell, resources


class StampRelease(NbGraderPreprocessor):
    """Store each answer's first state, and the mark of an unchanged file."""

    def preprocess(self, nb, resources):
        """Write the metadata that `course.release` reads."""
        release.stamp(nb, resources["nbgrader"]["assignment"])
        return nb, resources

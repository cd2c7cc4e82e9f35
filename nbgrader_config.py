"""How nbgrader works in this repository.

`solutions/` is the only side written by hand; `exercises/` is generated from
it. Everything about students stays in `grading/`, which git ignores.
"""

from pathlib import Path

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    SaveAutoGrades,
)

from course.nbgrader_plugin import (
    RepairIds,
    SandboxGrade,
    SetPoints,
    ShipStartingCode,
    StampRelease,
)

root = Path(__file__).resolve().parent
grading = root / "grading"
grading.mkdir(exist_ok=True)

c = get_config()  # noqa: F821 (traitlets defines it)
c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "lossviz"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = f"sqlite:///{grading / 'gradebook.db'}"
# An instructor's own questions know their answers.
c.CourseDirectory.ignore.extend(["points.toml", "questions.py"])

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Write your answer here.*"
# After ClearOutput, before the checksums are taken.
c.GenerateAssignment.preprocessors.insert(5, ShipStartingCode)
c.GenerateAssignment.preprocessors.insert(6, SetPoints)
c.GenerateAssignment.preprocessors.append(StampRelease)

c.Autograde.sanitize_preprocessors.insert(0, RepairIds)
c.Autograde.autograde_preprocessors = [
    SandboxGrade,  # in place of Execute
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]

# For `nbgrader validate`, which runs notebooks by itself.
c.Execute.timeout = 120

"""How nbgrader works in this repository.

`solutions/` is the only side written by hand; `exercises/` is generated from
it. Everything about students stays in `grading/`, which git ignores.
"""

import os
import shutil
import sys
import warnings
from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
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
# Hand-ins need not go through it, but nbgrader complains where there is none.
exchange = grading / "exchange"
exchange.mkdir(parents=True, exist_ok=True)
if shutil.which("alembic") is None:
    # nbgrader calls it by name. It stands beside this Python, whose
    # environment need not be activated.
    paths = [os.environ.get("PATH", ""), str(Path(sys.executable).parent)]
    os.environ["PATH"] = os.pathsep.join(filter(None, paths))

# What nbgrader does with its database, and old notebooks without ids of their
# cells: nobody who grades can do anything about either.
for said in ("Object of type <Submitted", "Cell is missing an id field"):
    warnings.filterwarnings("ignore", said)

c = get_config()  # noqa: F821 (traitlets defines it)
c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "lossviz"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = f"sqlite:///{grading / 'gradebook.db'}"
c.Exchange.root = str(exchange)
# An instructor's own questions know their answers.
c.CourseDirectory.ignore = [
    *CourseDirectory.ignore.default(),
    "points.toml",
    "questions.py",
]

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Write your answer here.*"
# Lists are given whole: formgrader reads this file for each click anew, and
# would add to them each time.
steps = GenerateAssignment.preprocessors.default()
# After ClearOutput, before the checksums are taken.
steps[5:5] = [ShipStartingCode, SetPoints]
c.GenerateAssignment.preprocessors = [*steps, StampRelease]

c.Autograde.sanitize_preprocessors = [
    RepairIds,
    *Autograde.sanitize_preprocessors.default(),
]
c.Autograde.autograde_preprocessors = [
    SandboxGrade,  # in place of Execute
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]

# For `nbgrader validate`, which runs notebooks by itself.
c.Execute.timeout = 120

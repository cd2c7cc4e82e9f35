"""How nbgrader works in this repository.

`solutions/` is the only side written by hand; `exercises/` is generated from
it. Everything about students stays in `grading/`, which git ignores.
"""

from pathlib import Path

from course.nbgrader_plugin import ShipStartingCode, StampRelease

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

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Write your answer here.*"
# After ClearOutput, before the checksums are taken.
c.GenerateAssignment.preprocessors.insert(5, ShipStartingCode)
c.GenerateAssignment.preprocessors.append(StampRelease)

c.Execute.timeout = 120

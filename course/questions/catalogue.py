"""All questions of the course, lecture by lecture.

The bundle for students has another module in place of this one, which reads
stored cases (see `course.student`).
"""

from course.questions import regression

QUESTIONS = (*regression.QUESTIONS,)


def changed():
    """Return the questions of the assignments that an instructor changed."""
    from course.grading import asked

    return asked.changed()

"""What turns the notebooks into a course: checks, quizzes, predictions."""

from course.checks import check, reset

__all__ = ["check", "reset"]

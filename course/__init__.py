"""What turns the notebooks into a course: checks, quizzes, predictions."""

from course.checks import check, reset
from course.predict import predict
from course.quiz import quiz

__all__ = ["check", "predict", "quiz", "reset"]

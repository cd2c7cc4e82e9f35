"""The questions of lecture 02, one module each."""

from course.questions.regression import huber

QUESTIONS = tuple(module.QUESTION for module in (huber,))

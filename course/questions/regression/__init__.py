"""The questions of lecture 02, one module each."""

from course.questions.regression import (
    huber,
    huber_gradient,
    huber_line,
    learned_variance,
    quantile_line,
    safe_mse,
    several_outputs,
    three_slides,
    von_mises,
)

QUESTIONS = (
    huber.QUESTION,
    huber_gradient.QUESTION,
    huber_line.QUESTION,
    quantile_line.QUESTION,
    learned_variance.QUESTION,
    three_slides.QUESTION,
    safe_mse.QUESTION,
    several_outputs.QUESTION,
    von_mises.QUESTION,
)

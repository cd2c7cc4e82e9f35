"""Hand-ins that win points in a way worth a look of its own."""

import numpy as np

from adversarial import handin
from adversarial.handin import QUESTIONS
from course.questions.trials import draw


def visible_points():
    """Return the points of the examples that students can see, by id."""
    return {
        question.id: sum(p.points for p in question.parts if p.visible)
        for question in QUESTIONS
    }


def examples_by_heart():
    """Return the notebook that knows the examples and nothing else."""
    table = {}
    for question in QUESTIONS:
        trial = draw(question, 0)
        rows = zip(question.parts, trial.cases, trial.wants, strict=True)
        for part, cases, wants in rows:
            if part.visible:
                for case, want in zip(cases, wants, strict=True):
                    key = case.function, repr(_plain(case.args))
                    table[key] = want.value.tolist()
    body = "\n".join(
        [
            "import numpy as np",
            f"table = {table!r}",
            "plain = [np.asarray(a).tolist() for a in args]",
            "value = table.get((NAME, repr(plain)), -1.0)",
            "return value if np.ndim(value) == 0 else np.array(value)",
        ]
    )
    return handin.answered(handin.wrong_answers(body))


def _plain(args):
    return [np.asarray(argument).tolist() for argument in args]


def the_librarys_own_loss():
    """Return the notebook that takes two losses from `lossviz`."""
    answers = handin.right_answers()
    answers["E2-1"] = """
from lossviz.losses import huber_loss, pseudo_huber_loss

def huber(r, delta):
    zero = np.zeros(len(r))
    return huber_loss(r, zero, delta=delta, reduction="none")

def pseudo_huber(r, delta):
    zero = np.zeros(len(r))
    return pseudo_huber_loss(r, zero, delta=delta, reduction="none")
"""
    return handin.answered(answers)


SPECIAL = {
    "the examples by heart": examples_by_heart,
    "the library's own loss": the_librarys_own_loss,
}

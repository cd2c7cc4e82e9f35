"""Write the stored cases of the questions, see `course.questions.stored`."""

import json
from dataclasses import fields, replace

from course import checks
from course.questions.base import Question
from course.questions.packing import PackingError, pack
from course.questions.stored import INDEX


def files(questions):
    """Return the files that hold what `check` needs for some questions.

    Parameters
    ----------
    questions : list of Question
        Full questions, in order.

    Returns
    -------
    dict of str to bytes
        Contents by name; the same questions give the same bytes.

    Raises
    ------
    PackingError
        If a case, an outcome or a judge cannot be written down.
    """
    made = {INDEX: _json([_index_entry(question) for question in questions])}
    for question in questions:
        trials = {
            str(seed): _trial_entry(question, question.trial(seed))
            for seed in checks.seeds_of(question)
        }
        made[f"{question.id}.json"] = _json(trials)
    return made


def _index_entry(question):
    """Return what a student may know of a question but for its cases."""
    known = {field.name: getattr(question, field.name) for field in _OPEN}
    known["functions"] = question.functions
    known["parts"] = tuple(replace(p, cases=None) for p in question.parts)
    known["wrong"] = tuple(replace(w, source="") for w in question.wrong)
    try:
        return pack(known)
    except PackingError as fault:
        raise PackingError(f"{question.id}: {fault}") from None


_OPEN = [f for f in fields(Question) if f.name not in ("reference", "right")]


def _trial_entry(question, trial):
    try:
        wants = [[_outcome(want) for want in row] for row in trial.wants]
        flat = [want for row in wants for want in row]
        mistakes = [
            _unless_right(map(_outcome, outcomes), flat)
            for _, outcomes in trial.mistakes
        ]
        cases = pack(trial.cases)
    except PackingError as fault:
        raise PackingError(f"{question.id}: {fault}") from None
    return {"cases": cases, "wants": wants, "mistakes": mistakes}


def _outcome(outcome):
    # What an exception of the reference says is no business of a student's.
    return pack(replace(outcome, detail=""))


def _unless_right(outcomes, wants):
    """Return packed outcomes, with None for each that is the right one."""
    rows = zip(outcomes, wants, strict=True)
    return [None if mine == want else mine for mine, want in rows]


def _json(data):
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return (text + "\n").encode()

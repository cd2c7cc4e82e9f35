"""A question with its cases drawn, and the search for a known mistake."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from course.questions.calls import ask, local_call
from course.questions.compare import agree

# A mistake is named only if the answer shares this much of the outcomes in
# which it differs from the reference, and this much of all its outcomes. The
# second is lower: the same function may hold another mistake as well.
TELLING = 0.75
OVERALL = 0.5


@dataclass(frozen=True, eq=False)
class Trial:
    """The cases of one seed and what right and wrong answers make of them.

    Attributes
    ----------
    question : Question
        The question they were drawn for.
    cases : list of list of Case
        One list for each part.
    wants : list of list of Outcome
        The reference's outcomes.
    """

    question: object
    cases: list
    wants: list

    @cached_property
    def mistakes(self):
        """Pairs of a known mistake and its outcomes on all cases in a row."""
        flat = _flat(self.cases)
        return [
            (wrong, _outcomes(wrong.functions(self.question.reference), flat))
            for wrong in self.question.wrong
        ]


@lru_cache(maxsize=64)
def draw(question, seed):
    """Return the `Trial` of a question for a seed."""
    cases = [
        part.cases(np.random.default_rng([seed, number]))
        for number, part in enumerate(question.parts)
    ]
    wants = [_outcomes(question.reference, row) for row in cases]
    return Trial(question, cases, wants)


def diagnose(trial, replies):
    """Return the known mistake that explains an answer's outcomes best.

    Functions of the answer are looked at one by one, so that a mistake in
    one is recognised whatever the others do. A mistake counts if the answer
    shares most of the outcomes in which it differs from the reference, and
    half of all its outcomes.

    Parameters
    ----------
    trial : Trial
        Cases, right outcomes and those of the known mistakes.
    replies : list of list of Outcome
        The answer's outcomes, by part and case.

    Returns
    -------
    Variant or None
        The mistake; the first listed of equally good ones.
    """
    cases, wants, got = map(_flat, (trial.cases, trial.wants, replies))
    best, best_share = None, 0.0
    for wrong, theirs in trial.mistakes:
        for name in trial.question.functions:
            mine = [i for i, c in enumerate(cases) if c.function == name]
            share = _explained(
                [got[i] for i in mine],
                [theirs[i] for i in mine],
                [wants[i] for i in mine],
                trial.question.slack,
            )
            if share > best_share:
                best, best_share = wrong, share
    return best


def _explained(got, theirs, wants, slack):
    """Share of outcomes that a mistake explains; 0 if it is not at work."""
    hits = [agree(*pair, slack) for pair in zip(got, theirs, strict=True)]
    rows = zip(hits, theirs, wants, strict=True)
    telling = [hit for hit, *pair in rows if not agree(*pair, slack)]
    if not telling or np.mean(telling) < TELLING:
        return 0.0
    share = np.mean(hits)
    return share if share >= OVERALL else 0.0


def _outcomes(functions, cases):
    call = local_call(functions)
    return [ask(call, case) for case in cases]


def _flat(rows):
    return [item for row in rows for item in row]

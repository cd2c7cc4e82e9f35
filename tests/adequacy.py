"""Are the checks good? Right answers pass, wrong ones fail, faults are found.

An `Audit` runs everything that is kept to test a question with: its right
variants, its named mistakes, and mutants of its reference.
"""

from dataclasses import dataclass, field

from mutants import mutants_of

from course.questions import local_call

# Seeds on which a mutant may survive before it counts as a survivor.
MUTANT_SEEDS = range(3)
HEADER = (
    "question",
    "right accepted",
    "wrong rejected",
    "hints right",
    "mutants killed",
    "equivalent",
)


@dataclass
class Audit:
    """What an audit of one question found.

    Attributes
    ----------
    rejected : list of str
        Right variants that lost points, with the seed.
    accepted : list of str
        Wrong variants that lost none, with the seed.
    misread : dict of str to list of str
        By wrong variant: what it was taken for, once for each seed on which
        its own hint did not come.
    survivors : list of str
        Mutants that nobody noticed and that are not listed as equivalent.
    """

    id: str
    n_seeds: int
    n_right: int = 0
    n_wrong: int = 0
    n_mutants: int = 0
    n_equivalent: int = 0
    rejected: list = field(default_factory=list)
    accepted: list = field(default_factory=list)
    misread: dict = field(default_factory=dict)
    survivors: list = field(default_factory=list)

    @property
    def begun(self):
        """Whether anything was tried."""
        return bool(self.n_right or self.n_wrong or self.n_mutants)

    def hint_rate(self, name):
        """Share of the seeds on which a mistake got its own hint."""
        return 1 - len(self.misread.get(name, ())) / self.n_seeds

    def row(self):
        """One row of the table, in the order of `HEADER`."""
        cases, tries = self.n_right, self.n_wrong
        cases, tries = cases * self.n_seeds, tries * self.n_seeds
        missed = sum(map(len, self.misread.values()))
        mutants = self.n_mutants - self.n_equivalent
        killed = mutants - len(self.survivors)
        return (
            self.id,
            f"{cases - len(self.rejected)}/{cases}",
            f"{tries - len(self.accepted)}/{tries}",
            f"{tries - missed}/{tries}",
            f"{killed}/{mutants}",
            str(self.n_equivalent),
        )


def n_seeds(question):
    """How many seeds a question is tried on: few if it trains."""
    return 5 if question.trains else 50


def audit_right(question, audit):
    """Try the right variants on every seed."""
    audit.n_right = len(question.right)
    for variant in question.right:
        call = local_call(variant.functions(question.reference))
        for seed in range(audit.n_seeds):
            result = question.evaluate(call, seed=seed)
            if result.points < question.points:
                audit.rejected.append(f"{variant.name}, seed {seed}")


def audit_wrong(question, audit):
    """Try the wrong variants on every seed."""
    audit.n_wrong = len(question.wrong)
    for variant in question.wrong:
        call = local_call(variant.functions(question.reference))
        for seed in range(audit.n_seeds):
            result = question.evaluate(call, seed=seed)
            if result.points >= question.points:
                audit.accepted.append(f"{variant.name}, seed {seed}")
            if result.hint != variant.hint:
                taken_for = audit.misread.setdefault(variant.name, [])
                taken_for.append(str(result.mistake))


def audit_mutants(question, audit, equivalent):
    """Try mutants of the reference, those listed as equivalent left out."""
    for name, function in question.reference.items():
        for line, mutant in mutants_of(function):
            audit.n_mutants += 1
            if line in equivalent:
                audit.n_equivalent += 1
            elif survives(question, {name: mutant}):
                audit.survivors.append(f"{name}: {line}")


def survives(question, functions):
    """Whether changed functions get full points on every seed."""
    call = local_call({**question.reference, **functions})
    return all(
        question.evaluate(call, seed=seed).points >= question.points
        for seed in MUTANT_SEEDS
    )


def table(audits):
    """Return the rows of several audits as aligned lines of text."""
    rows = [HEADER, *(audit.row() for audit in audits)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]

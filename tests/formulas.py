"""Formulas in TeX as the registry has them, worked out in numbers.

No reading of TeX in general: only of what the formulas of losses use. A
function takes the bracket behind it, or else all factors that follow; a sum
runs over the last axis of the arrays that stand for its indexed symbols.
"""

import re

import numpy as np
from scipy import special, stats

TOKEN = re.compile(r"\\[a-zA-Z]+|\\\\|\\[, ]|\d+|\S")
SILENT = {r"\,", r"\ ", r"\Big", r"\big"}
CLOSERS = {"(": ")", "[": "]", "{": "}"}
ENDS = {*")]}+-,;&=<>", r"\\", r"\le", r"\ge", r"\end", r"\ne"}
OF_ONE = {r"\log": np.log, r"\cosh": np.cosh, r"\cos": np.cos}
OF_BRACKET = {
    r"\max": np.maximum,
    r"\mathrm{sig}": special.expit,
    r"\mathcal{N}": lambda y, mean, var: stats.norm.pdf(y, mean, var**0.5),
    "I_0": special.i0,
}
RELATIONS = {
    "=": np.equal,
    "<": np.less,
    ">": np.greater,
    r"\le": np.less_equal,
    r"\ge": np.greater_equal,
}
CONSTANTS = {"e": np.e, r"\pi": np.pi}


def value(formula, symbols):
    """Return what a formula comes to.

    Parameters
    ----------
    formula : str
        TeX.
    symbols : dict
        Numbers or arrays, by their names in TeX, such as ``"s_{ij}"``.
    """
    reader = _Reader(formula, {**CONSTANTS, **symbols})
    result = reader.sum()
    assert reader.next is None, f"{formula}: stopped at {reader.next}"
    return result


class _Reader:
    def __init__(self, formula, symbols):
        tokens = TOKEN.findall(formula)
        self.tokens = [token for token in tokens if token not in SILENT]
        self.symbols = symbols
        self.place = 0
        self.in_bars = False

    @property
    def next(self):
        rest = self.tokens[self.place : self.place + 1]
        return rest[0] if rest else None

    def take(self, wanted=None):
        token = self.next
        assert wanted in (None, token), f"{wanted} wanted, got {token}"
        self.place += 1
        return token

    def sum(self):
        total = 0
        while True:
            sign = self.take() if self.next in ("+", "-") else "+"
            term = self.product()
            total = total + (term if sign == "+" else -term)
            if self.next not in ("+", "-"):
                return total

    def product(self):
        result = self.power()
        while not self._at_end():
            if self.next == "/":
                self.take()
                result = result / self.power()
            else:
                result = result * self.power()
        return result

    def _at_end(self):
        bar = self.next == "|" and self.in_bars
        return self.next is None or self.next in ENDS or bar

    def power(self):
        base = self.atom()
        if self.next == "^":
            self.take()
            base = base ** self.argument()
        return base

    def argument(self):
        """One digit or symbol, or what stands in braces."""
        if self.next == "{":
            return self.bracket()[0]
        if self.next.isdigit():
            return float(self._digit())
        return self.atom()

    def _digit(self):
        """Take one digit of a number: a half is written frac12."""
        digits = self.take()
        if digits[1:]:
            self.place -= 1
            self.tokens[self.place] = digits[1:]
        return digits[0]

    def bracket(self):
        """The values between brackets, told apart by commas."""
        closer, outer = CLOSERS[self.take()], self.in_bars
        self.in_bars, values = False, [self.sum()]
        while self.next in (",", ";"):
            self.take()
            values.append(self.sum())
        self.take(closer)
        self.in_bars = outer
        return values

    def atom(self):
        token = self.next
        if token in ("(", "["):
            return self.bracket()[0]
        if token == "|":
            self.take()
            self.in_bars = True
            inner = self.sum()
            self.in_bars = False
            self.take("|")
            return np.abs(inner)
        if token.isdigit():
            return float(self.take())
        if token == r"\begin":
            return self.cases()
        return self.named()

    def named(self):
        name = self.name()
        if name == r"\frac":
            above = self.argument()
            return above / self.argument()
        if name == r"\sqrt":
            return np.sqrt(self.argument())
        if name.startswith(r"\sum"):
            return np.sum(self.product(), axis=-1)
        if name in OF_BRACKET:
            return OF_BRACKET[name](*self.bracket())
        if name in OF_ONE:
            given = self.bracket()[0] if self.next == "(" else self.product()
            return OF_ONE[name](given)
        return np.asarray(self.symbols[name], dtype=float)

    def name(self):
        """A command or letter, with its index and an index in words."""
        name = self.take()
        if name in (r"\mathrm", r"\mathcal"):
            name += self._raw()
        if self.next == "_":
            name += self.take() + self._raw()
        if self.tokens[self.place : self.place + 3] == ["^", "{", r"\mathrm"]:
            name += self.take() + self._raw()
        return name

    def _raw(self):
        """What stands there as it is written."""
        text, depth = "", 0
        while True:
            token = self.take()
            text += token
            depth += {"{": 1, "}": -1}.get(token, 0)
            if depth == 0:
                return text

    def cases(self):
        self.take(), self._raw()
        choices, conditions = [], []
        while True:
            choices.append(self.sum())
            self.take("&")
            left, relation = self.sum(), RELATIONS[self.take()]
            conditions.append(relation(left, self.sum()))
            if self.take() == r"\end":
                self._raw()
                return np.select(conditions, choices, np.nan)

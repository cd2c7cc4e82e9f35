"""How code is written: formulas, types, functions, classes."""

import re

from adversarial.handin import place
from adversarial.styles.base import (
    beginning,
    changed,
    edited,
    put,
    right,
    style,
    variants,
)


@style
def as_the_solutions_have_it():
    return right()


@style
def loops_over_plain_numbers():
    return variants("loop")


@style
def torch_everywhere():
    return variants("torch", "automatic diff")


@style
def results_of_32_bits():
    return variants("32-bit")


@style
def warnings_on_the_way():
    return variants("arning")


@style
def other_formulas():
    return variants(
        *("weight", "descent", "linear program", "standardised", "Newton"),
        *("flattened", "integration", "dot product", "columns"),
    )


@changed("lists as results")
def _(notebook):
    names = "huber pseudo_huber huber_grad smooth_l1 optimal_log_sigma"
    put(
        notebook,
        len(notebook["cells"]),
        f"""
def as_list(function):
    return lambda *args: [float(v) for v in function(*args)]

for name in "{names}".split():
    globals()[name] = as_list(globals()[name])
fit_line_huber, fit_quantile = map(as_list, (fit_line_huber, fit_quantile))
""",
    )


@changed("helpers in cells before and after")
def _(notebook):
    first = place(notebook, "def huber(")
    put(notebook, first, "def magnitude(r):\n    return np.abs(floats(r))")
    edited(
        notebook,
        lambda s: (
            s.replace("np.abs(np.asarray(r, dtype=float))", "magnitude(r)")
            .replace("np.asarray(", "floats(")
            .replace(", dtype=float)", ")", 1)
            if "def huber(" in s
            else s
        ),
    )
    put(
        notebook,
        len(notebook["cells"]),
        "def floats(r):\n    return np.array(r, dtype=float)",
    )


@changed("type hints")
def _(notebook):
    put(
        notebook,
        4,
        "from __future__ import annotations\n"
        "from numpy.typing import ArrayLike, NDArray\nimport torch",
    )
    edited(
        notebook,
        lambda s: re.sub(
            r"^def (\w+)\((.*)\):$",
            lambda m: f"def {m[1]}({_hinted(m[2])}) -> NDArray | float:",
            s,
            flags=re.M,
        ),
    )


def _hinted(names):
    return ", ".join(
        f"{name}: ArrayLike" for name in names.split(", ") if name
    )


@changed("classes and objects that are called")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
from dataclasses import dataclass
from functools import partial

@dataclass
class Answer:
    function: object
    calls: int = 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)

class Losses:
    mse = staticmethod(mse)

    def smooth(self, r, beta):
        return self.function(r, beta)

    function = staticmethod(smooth_l1)

huber, pseudo_huber = Answer(huber), Answer(function=pseudo_huber)
huber_grad = partial(huber_grad)
mse, smooth_l1 = Losses.mse, Losses().smooth
""",
    )


@changed("lambdas and functions made by functions")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
safe, best, nll = safe_mse, optimal_log_sigma, hetero_nll
safe_mse = lambda pred, target: safe(pred, target)
def make(function):
    def made(*args):
        return function(*args)
    return made
optimal_log_sigma, hetero_nll = make(best), make(nll)
rho_factor = lambda: 2.0
""",
    )


@changed("decorators and caches")
def _(notebook):
    put(
        notebook,
        4,
        """
import functools, time

def timed(function):
    @functools.wraps(function)
    def run(*args, **kwargs):
        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            timed.spent = time.perf_counter() - begin
    return run
""",
    )
    edited(
        notebook,
        lambda s: re.sub(r"^def ", "@timed\ndef ", s, flags=re.M) + "\n",
    )
    put(
        notebook,
        len(notebook["cells"]),
        "rho_factor = functools.cache(rho_factor)",
    )


@changed("top-level await")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
import asyncio

async def later(function):
    await asyncio.sleep(0)
    return function

huber = await later(huber)
async with asyncio.timeout(5):
    mse = await later(mse)
""",
    )


@changed("threads and pools")
def _(notebook):
    put(
        notebook,
        len(notebook["cells"]),
        """
from concurrent.futures import ThreadPoolExecutor
import threading
pool = ThreadPoolExecutor(2)
serial, lock = smooth_l1, threading.Lock()

def smooth_l1(r, beta):
    with lock:
        return pool.submit(serial, r, beta).result()
""",
    )


@changed("names with Greek letters, and modern syntax")
def _(notebook):
    edited(notebook, lambda s: re.sub(r"\bdelta\b", "δ", s))
    put(
        notebook,
        len(notebook["cells"]),
        """
größe = smooth_l1
def smooth_l1(r, /, β):
    match β:
        case float() | int() if (positive := β > 0):
            return größe(r, β)
        case _:
            return größe(r, float(β)) if β > 0 else None
""",
    )


@changed("guards for scripts, tests and docstrings")
def _(notebook):
    beginning(notebook, '"""Mine.\n\n>>> 1 + 1\n3\n"""')
    put(
        notebook,
        len(notebook["cells"]),
        """
import doctest, unittest

class TestHuber(unittest.TestCase):
    def test_zero(self):
        self.assertEqual(huber([0.0], 1.0)[0], 0)

def main():
    doctest.testmod()
    unittest.main(argv=["x"], exit=False)

if __name__ == "__main__":
    main()
""",
    )

"""What the docstrings of the package promise: parameters and examples."""

import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import re

import pytest

import lossviz

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(lossviz.__path__, "lossviz.")
)
PARTS = [
    *("data", "distributions", "fits", "figures", "landscape", "losses"),
    *("optimizers", "plots", "style", "surfaces", "training", "wording"),
]
# A gradient, or a method beside its brother, may refer to that one.
REFERS = re.compile(r"those (of|in)\s+`|see `")


def public(part):
    """Return the functions and data classes of a part by their names."""
    module = importlib.import_module(f"lossviz.{part}")
    found = {name: getattr(module, name) for name in module.__all__}
    return {
        f"{part}.{name}": thing
        for name, thing in found.items()
        if inspect.isfunction(thing) or dataclasses.is_dataclass(thing)
    }


PUBLIC = {
    name: thing for part in PARTS for name, thing in public(part).items()
}


def documented(doc):
    """Return the names listed below "Parameters"."""
    section = re.search(r"Parameters\n-+\n(.*?)(\n\n\S|\Z)", doc, re.S)
    lines = section[1].split("\n") if section else []
    entries = [line for line in lines if line and line[0] != " "]
    names = [
        name for line in entries for name in line.split(":")[0].split(",")
    ]
    return {name.strip(" *") for name in names}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_parameter_is_documented_and_no_other(name):
    doc = inspect.getdoc(PUBLIC[name])
    assert doc
    parameters = set(inspect.signature(PUBLIC[name]).parameters)
    if parameters and not REFERS.search(doc):
        assert documented(doc) == parameters


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    found = finder.find(importlib.import_module("lossviz.wording"))
    assert sum(len(test.examples) for test in found) >= 4

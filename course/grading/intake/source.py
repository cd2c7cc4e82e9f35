"""The syntax of what a student wrote, whatever it is.

Nothing here runs it. Lines that only IPython understands are passed over,
and code that no parser accepts is no code.
"""

import ast
import re
import symtable
import warnings

# Magics, shell commands and questions: `%time`, `x = !ls`, `np.mean?`.
# Possessive, so that no line makes the search start over.
IPYTHON = re.compile(
    r"^([ \t]*+)(?:[%!?].*|[\w., ]++=[ \t]*+[%!].*|[\w.%]++\?{1,2}[ \t]*+)$",
    re.M,
)
# A syntax tree takes some six hundred times the room of its text.
MAX_LENGTH = 100_000
# Deeper than anybody writes, and shallow enough for whatever walks a tree.
MAX_DEPTH = 100
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# What the parser raises: bad syntax, a zero byte, nesting without end.
FAULTS = (SyntaxError, ValueError, RecursionError, MemoryError)


def plain(source):
    """Return the code without IPython's lines, or "" if it is none.

    What is too long or too deeply nested to be looked through counts as
    none.

    Parameters
    ----------
    source : str
        A cell as the student left it.
    """
    for text in (source, IPYTHON.sub(r"\1pass", source)):
        if _tree(text) is not None:
            return text
    return ""


def steps(source):
    """Return the statements of a piece of code; none if it does not parse."""
    tree = _tree(plain(source))
    return [] if tree is None else tree.body


def defined(source):
    """Return the names that a piece of code gives to things at its top.

    Parameters
    ----------
    source : str
        A cell as the student left it.

    Returns
    -------
    set of str
        Of functions, classes, imports and assigned variables.
    """
    return {name for step in steps(source) for name in _bound(step)}


def used(source):
    """Return the names that a piece of code takes from outside itself.

    What its functions keep to themselves is left out.
    """
    try:
        table = symtable.symtable(plain(source), "cell", "exec")
    except FAULTS:
        return set()
    return _taken(table)


def functions(source):
    """Return the names of the functions and classes defined at the top."""
    found = steps(source)
    return {step.name for step in found if isinstance(step, FUNCTIONS)}


def _bound(step):
    inside = [step] if isinstance(step, FUNCTIONS) else ast.walk(step)
    return {name for node in inside for name in _names(node)}


def _names(node):
    """Return the names that a node of a syntax tree binds."""
    if isinstance(node, FUNCTIONS):
        return [node.name]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).split(".")[0]]
    stores = isinstance(getattr(node, "ctx", None), ast.Store)
    return [node.id] if stores and isinstance(node, ast.Name) else []


def _taken(table):
    """Return the global names that a scope and those inside it mention."""
    whole = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (whole or symbol.is_global())
    }
    return names.union(*map(_taken, table.get_children()))


def _tree(source):
    if len(source) > MAX_LENGTH:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except FAULTS:
        return None
    return None if _is_too_deep(tree) else tree


def _is_too_deep(tree):
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [n for node in level for n in ast.iter_child_nodes(node)]
    return bool(level)

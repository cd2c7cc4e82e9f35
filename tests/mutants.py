"""Small faults, one at a time, put into the source of a function."""

import ast
import inspect
import sys

SWAPS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.Sub),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
NAMES = {
    "mean": ("sum", "max"),
    "sum": ("mean", "max"),
    "minimum": ("maximum",),
    "maximum": ("minimum",),
    "argmin": ("argmax",),
    "abs": ("square",),
    "log": ("log2",),
    "exp": ("expm1",),
    "cos": ("sin",),
    "sqrt": ("square",),
    "clip": ("maximum",),
}


def mutants_of(function):
    """Yield `(line, function)` for each fault put into a function.

    `line` is the changed line of the function, which tells mutants apart.
    """
    source = inspect.getsource(function)
    namespace = vars(sys.modules[function.__module__])
    for line, faulty in faulty_sources(source):
        names = dict(namespace)
        exec(compile(faulty, "<mutant>", "exec"), names)
        yield line, names[function.__name__]


def faulty_sources(source):
    """Yield `(line, source)` with one fault each, none of them twice."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    seen = {original}
    for node, put in _places(tree):
        for other in _faults(node):
            put(other)
            faulty = ast.unparse(ast.fix_missing_locations(tree))
            if faulty not in seen:
                seen.add(faulty)
                yield _changed_line(original, faulty), faulty
        put(node)


def _places(tree):
    """Every node of a tree with a function that puts another in its place."""
    for parent in list(ast.walk(tree)):
        for field, value in list(ast.iter_fields(parent)):
            if isinstance(value, ast.AST):
                yield value, lambda new, p=parent, f=field: setattr(p, f, new)
            elif isinstance(value, list):
                for i, child in enumerate(value):
                    if isinstance(child, ast.AST):
                        yield (
                            child,
                            lambda new, v=value, i=i: v.__setitem__(i, new),
                        )


def _faults(node):
    kind = type(node)
    if kind in SWAPS:
        return [other() for other in SWAPS[kind]]
    return {
        ast.BinOp: _of_operation,
        ast.Constant: _of_constant,
        ast.UnaryOp: lambda n: [n.operand],
        ast.Attribute: _of_attribute,
        ast.Call: _of_call,
        ast.If: lambda n: [ast.Pass()],
        ast.For: lambda n: [ast.Pass()],
    }.get(kind, lambda n: [])(node)


def _of_operation(node):
    return [node.left, node.right]


def _of_constant(node):
    if type(node.value) not in (int, float):
        return []
    others = {node.value + 1, node.value - 1, 2 * node.value, -node.value}
    return [ast.Constant(value) for value in sorted(others)]


def _of_attribute(node):
    return [
        ast.Attribute(node.value, name, node.ctx)
        for name in NAMES.get(node.attr, ())
    ]


def _of_call(node):
    """Leave out a keyword or the call itself, or exchange two arguments."""
    function, args, keywords = node.func, node.args, node.keywords
    faults = [
        ast.Call(function, args, [k for k in keywords if k is not left_out])
        for left_out in keywords
    ]
    if len(args) == 1:
        faults.append(args[0])
    if len(args) >= 2:
        *rest, one, other = args
        faults.append(ast.Call(function, [*rest, other, one], keywords))
    return faults


def _changed_line(original, faulty):
    lines = set(original.splitlines())
    changed = [line for line in faulty.splitlines() if line not in lines]
    # A statement left out may change no line, but shift those around it.
    return changed[0].strip() if changed else "pass"

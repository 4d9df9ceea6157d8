"""The syntax of a function, found by its code: in files, notebooks and interactive sessions."""

from __future__ import annotations

import ast
import copy
import linecache
import sys
from importlib import import_module
from typing import Any, NamedTuple

from eagre.functions.autograph.syntax import FUNCTIONS, PREFIX, no_arguments, parameters, walk_here

_features: Any = import_module("__future__")
_FUTURE = 0
for _name in _features.all_feature_names:
    _FUTURE |= getattr(_features, _name).compiler_flag
_KEPT_FILES = 8


class UnconvertibleError(ValueError):
    """A function stays as it is: its source is not there, or looks at how it is run."""


class Found(NamedTuple):
    """A function's syntax, the class around it, which private names depend on, and the names that
    its module imports, which Python compiles in a way of their own."""

    node: Any
    owner: str | None
    imported: tuple[str, ...] = ()


_known: dict[str, tuple[list[str], dict[int, list[Found]]]] = {}

def find(code: Any, module: dict[str, Any] | None = None) -> Found:
    """The syntax of the function or lambda with this code."""
    filename = code.co_filename
    linecache.checkcache(filename)
    lines = linecache.getlines(filename, module)
    if not lines:
        lines = _typed_lines(code) if filename == "<stdin>" else _lines_of_command(filename)
    if not lines:
        raise UnconvertibleError(f"its source is not there: {filename} cannot be read")
    here = _functions(filename, lines).get(code.co_firstlineno, [])
    found = [each for each in here if _is_at(each.node, code) and _is_that(each, code, module)]
    if len(found) != 1:
        many = "several functions of one form stand" if found else "another text stands now"
        raise UnconvertibleError(f"{many} at {filename}:{code.co_firstlineno}")
    return found[0]._replace(node=copy.deepcopy(found[0].node))


def _functions(filename: str, lines: list[str]) -> dict[int, list[Found]]:
    """All functions of a file, by their first lines."""
    known = _known.get(filename)
    if known is not None and known[0] is lines:
        return known[1]
    try:
        tree = ast.parse("".join(lines), filename)
    except SyntaxError as error:
        raise UnconvertibleError(f"{filename} is no Python now: {error}") from None
    while len(_known) >= _KEPT_FILES:
        del _known[next(iter(_known))]
    found: dict[int, list[Found]] = {}
    for each in _walk(tree):
        found.setdefault(_first_line(each.node), []).append(each)
    _known[filename] = lines, found
    return found


def _walk(tree: ast.Module) -> Any:
    """All functions of a module, each with the innermost class around it."""
    aliases = [each for each in walk_here(tree.body) if isinstance(each, ast.alias)]
    imported = tuple({(each.asname or each.name).partition(".")[0] for each in aliases} - {"*"})
    pending: list[tuple[Any, str | None]] = [(tree, None)]
    while pending:
        node, owner = pending.pop()
        if isinstance(node, FUNCTIONS):
            yield Found(node, owner, imported)
        if isinstance(node, ast.ClassDef):
            owner = node.name
        pending += [(child, owner) for child in ast.iter_child_nodes(node)]


def _first_line(node: Any) -> int:
    marks = getattr(node, "decorator_list", [])
    return min([node.lineno, *[each.lineno for each in marks]])


def _is_at(node: Any, code: Any) -> bool:
    """Whether name, first line and parameters of a function are those of the code."""
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4)
    names = code.co_varnames[: count + bool(code.co_flags & 8)]
    return (
        getattr(node, "name", "<lambda>") == code.co_name
        and _first_line(node) == code.co_firstlineno
        and (isinstance(node, ast.Lambda) or len(parameters(node)) == len(names))
    )


def _is_that(found: Found, code: Any, module: dict[str, Any] | None) -> bool:
    """Whether compiling the syntax gives the code; of code that an import hook such as pytest's
    has rewritten, whether it has at least the names of the source."""
    node = copy.copy(found.node)
    made = compiled(found._replace(node=node), code)
    if made.co_code == code.co_code and _constants(made) == _constants(code):
        return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _covers(node, code)
    loader = type((module or {}).get("__loader__")).__name__
    is_rewritten = loader not in ("SourceFileLoader", "NoneType", "type")
    return is_rewritten and _names(made) <= _names(code)


def _covers(node: Any, code: Any) -> bool:
    """Whether the instructions of a lambda stand within it: several can stand in one line."""
    places = [each for each in code.co_positions() if None not in each and each[2] != each[3]]
    body = node.body
    start = (body.lineno, body.col_offset)
    end = (body.end_lineno, body.end_col_offset)
    return all(start <= (p[0], p[2]) and (p[1], p[3]) <= end for p in places)


def _constants(code: Any) -> list[Any]:
    return [repr(each) for each in code.co_consts if not hasattr(each, "co_code")]


def _names(code: Any) -> set[str]:
    names = (*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars)
    inner = [_names(each) for each in code.co_consts if hasattr(each, "co_code")]
    return set(names).union(*inner)


def compiled(found: Found, code: Any, *variables: str) -> Any:
    """The code of a function's syntax in the surroundings of `code`: with its free variables
    (and further `variables`), its file, its class for private names, its `__future__`."""
    node, owner = found.node, found.owner
    if not isinstance(node, ast.Lambda):
        node.decorator_list, node.returns = [], None
        node.type_params = []
        node.name = PREFIX + "function"  # its own name means what it means outside
    node.args = _bare(node.args)
    inner = ast.Expr(node) if isinstance(node, ast.Lambda) else node
    arguments = no_arguments()
    arguments.args = [ast.arg(name) for name in (*code.co_freevars, *variables)]
    factory: Any = ast.FunctionDef("factory", arguments, [inner], [])
    factory.type_params = []
    outer: Any = factory
    if owner is not None:
        outer = ast.ClassDef(owner, [], [], [factory], [])
        outer.type_params = []
    ast.copy_location(factory, node)
    body: list[Any] = [ast.Import([ast.alias(name)]) for name in found.imported]
    tree = ast.fix_missing_locations(ast.Module([*body, ast.copy_location(outer, node)], []))
    flags = code.co_flags & _FUTURE
    made: Any = compile(tree, code.co_filename, "exec", flags=flags, dont_inherit=True)
    for name in [owner, "factory"] if owner is not None else ["factory"]:
        made = next(each for each in made.co_consts if getattr(each, "co_name", "") == name)
    return next(each for each in made.co_consts if hasattr(each, "co_code"))


def _bare(arguments: ast.arguments) -> ast.arguments:
    """Parameters without defaults and annotations: a function made of code has its own."""
    bare = copy.deepcopy(arguments)
    for each in ast.walk(bare):
        if isinstance(each, ast.arg):
            each.annotation = None
    bare.defaults = []
    bare.kw_defaults = [None] * len(bare.kwonlyargs)
    return bare


def _lines_of_command(filename: str) -> list[str]:
    """The program of `python -c`, which Python keeps by itself since version 3.13."""
    given = sys.orig_argv
    is_command = filename == "<string>" and sys.argv[:1] == ["-c"] and "-c" in given[:-1]
    return given[given.index("-c") + 1].splitlines(keepends=True) if is_command else []


# Interactive sessions -------------------------------------------------------------------------


def _typed_lines(code: Any) -> list[str]:
    """What was typed at the prompt, from the history of the session, at the lines of `code`.

    Since version 3.13 Python keeps it itself; before, the history is all there is.
    """
    readline: Any = sys.modules.get("readline")
    if readline is None:
        return []
    count = readline.get_current_history_length()
    history = [readline.get_history_item(i) or "" for i in range(1, count + 1)]
    for start in reversed(range(len(history))):
        for end in range(start + 1, min(start + 200, len(history)) + 1):
            lines = [*[""] * (code.co_firstlineno - 1), *history[start:end]]
            if _defines(lines, code):
                return [line + "\n" for line in lines]
    return []


def _defines(lines: list[str], code: Any) -> bool:
    """Whether these lines are one command that makes a function with this code."""
    first = lines[code.co_firstlineno - 1].lstrip()
    if not first.startswith(("def ", "async ", "@")) and "lambda" not in first:
        return False
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return False
    places = [each for each in _walk(tree) if _is_at(each.node, code)]
    copies = [each._replace(node=copy.deepcopy(each.node)) for each in places]
    return any(_is_that(each, code, None) for each in copies)


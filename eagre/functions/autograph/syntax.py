"""Making pieces of Python syntax that stand at the user's lines."""

from __future__ import annotations

import ast
from typing import Any

PREFIX = "ag__"
"""What the names begin with that converted code has besides the user's."""

OPERATORS = PREFIX
"""The variable of converted code that holds the module of operators."""

RESULT = PREFIX + "result"
RETURNED = PREFIX + "returned"

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def is_generated(name: str) -> bool:
    """Whether a name is not the user's."""
    return name.startswith(PREFIX)


def located(node: Any, at: Any) -> Any:
    """`node` at the place of `at`, with all its parts that have no place of their own."""
    return ast.fix_missing_locations(ast.copy_location(node, at))


def load(name: str, at: Any) -> Any:
    """The name, read."""
    return located(ast.Name(name, ast.Load()), at)


def assign(name: str, value: Any, at: Any) -> Any:
    """`name = value`; a value that is no syntax is a constant."""
    value = value if isinstance(value, ast.AST) else ast.Constant(value)
    return located(ast.Assign([ast.Name(name, ast.Store())], value), at)


def thunk(expression: Any, at: Any) -> Any:
    """`lambda: expression`."""
    return located(ast.Lambda(no_arguments(), expression), at)


def operator(name: str, arguments: list[Any], at: Any) -> Any:
    """A call of an operator; arguments that are no syntax are constants."""
    parts: list[Any] = [e if isinstance(e, ast.AST) else ast.Constant(e) for e in arguments]
    function = ast.Attribute(ast.Name(OPERATORS, ast.Load()), name, ast.Load())
    return located(ast.Call(function, parts, []), at)


def is_operator(node: Any) -> bool:
    """Whether an expression is a call that `operator` made."""
    function = getattr(node, "func", None)
    owner = getattr(function, "value", None)
    return isinstance(owner, ast.Name) and owner.id == OPERATORS


def statement(expression: Any) -> Any:
    """An expression as a statement."""
    return located(ast.Expr(expression), expression)


def function(name: str, parameters: list[str], body: list[Any], at: Any) -> Any:
    """`def name(parameters): body`, at one line with the statement that it is made of."""
    arguments = no_arguments()
    arguments.args = [ast.arg(each) for each in parameters]
    node: Any = ast.FunctionDef(name, arguments, body or [ast.Pass()], [])
    node.type_params = []
    return located(node, at)


def no_arguments() -> ast.arguments:
    """The parameters of a function that has none."""
    return ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


def parameters(node: Any) -> list[str]:
    """The names of all parameters of a function."""
    given = node.args
    several = [each for each in (given.vararg, given.kwarg) if each is not None]
    return [each.arg for each in [*given.posonlyargs, *given.args, *given.kwonlyargs, *several]]


def body_of(node: Any) -> list[Any]:
    """The statements of a function; those of a lambda are its expression."""
    return node.body if isinstance(node.body, list) else [node.body]


def dotted(node: Any) -> str | None:
    """`a.b["c"]` as text where an expression is a name, or attributes and items with constant
    keys of a name, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        owner = dotted(node.value)
        return None if owner is None else f"{owner}[{node.slice.value!r}]"
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return None if owner is None else f"{owner}.{node.attr}"
    return None


def walk_here(nodes: list[Any]) -> Any:
    """All nodes that belong to the scope of `nodes`: nested functions and classes are shown, but
    not entered, except where they are evaluated here (decorators, defaults, bases)."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, SCOPES):
            pending += evaluated_here(node)
        else:
            pending += ast.iter_child_nodes(node)


def evaluated_here(node: Any) -> list[Any]:
    """The parts of a nested function or class that are evaluated where it is defined."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *[each.value for each in node.keywords]]
    defaults = [*node.args.defaults, *[each for each in node.args.kw_defaults if each]]
    return [*getattr(node, "decorator_list", []), *defaults]


def contains(nodes: list[Any], kinds: Any) -> bool:
    """Whether the scope of `nodes` has a node of these kinds."""
    return any(isinstance(node, kinds) for node in walk_here(nodes))

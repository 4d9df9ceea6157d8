"""Branches and loops become calls of operators with the blocks as functions.

The functions bind the variables of the user's function itself (`nonlocal`), so nothing changes
for Python. For the graph, `get` and `set` read and write those variables that matter afterwards.
"""

from __future__ import annotations

import ast
from typing import Any

from eagre.functions.autograph.expressions import Expressions
from eagre.functions.autograph.jumps import lower
from eagre.functions.autograph.names import (
    NONE,
    Assignment,
    Liveness,
    Names,
    Scope,
    bound,
    changed_parts,
)
from eagre.functions.autograph.syntax import (
    OPERATORS,
    PREFIX,
    body_of,
    contains,
    dotted,
    function,
    is_generated,
    load,
    located,
    operator,
    parameters,
    statement,
    thunk,
    walk_here,
)

_WAITING = (ast.Yield, ast.YieldFrom)
_ASYNCHRONOUS = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_LOOKING_AT_FRAMES = frozenset({"locals", "eval", "exec", "vars", "dir"})


def why_kept(node: Any) -> str | None:
    """Why the statements of a function stay as they are, None where they need not."""
    body = node.body
    if contains(body, _WAITING):
        return "a generator"
    if isinstance(node, ast.AsyncFunctionDef) or contains(body, _ASYNCHRONOUS):
        return "an async function"
    jumps = (ast.Return, ast.Break, ast.Continue)
    finals = [each for try_ in walk_here(body) for each in getattr(try_, "finalbody", [])]
    if contains(finals, jumps) or contains(body, ast.TryStar):
        return "a function that jumps out of finally, or has except*"
    return None


def frame_function(node: Any) -> str | None:
    """The function by which a function looks at its own variables, such as locals()."""
    for each in walk_here(body_of(node)):
        name = dotted(each.func) if isinstance(each, ast.Call) else None
        if name in _LOOKING_AT_FRAMES:
            return name
    return None


def convert(node: Any, outer: Names = NONE) -> None:
    """Convert the syntax of a function in place; `outer` are locals of functions around it."""
    scope = Scope(node)
    Assignment("is_unsure", scope, outer - scope.locals).function(node, outer)
    converter = _Statements(scope, outer)
    names = parameters(node)
    converter.first_parameter = names[0] if names else None
    if isinstance(node, ast.Lambda):
        Assignment("is_wrapped", scope, outer - scope.locals).function(node, outer)
        node.body = converter.visit(node.body)
        return
    converter.kept = why_kept(node)
    if converter.kept is None:
        node.body = lower(node.body, node, scope.locals)
        scope = converter.scope = Scope(node)
        Liveness(scope).block(node.body, NONE)
    Assignment("is_wrapped", scope, outer - scope.locals).function(node, outer)
    node.body = [*_declarations(node, scope), *converter.visit_block(node.body)]


def _declarations(node: Any, scope: Scope) -> list[Any]:
    """`global` and `nonlocal` first, and each local by an annotation, which makes no code: the
    blocks of branches and loops, where it may be bound, are functions of their own."""
    found: list[Any] = []
    if scope.globals:
        found.append(ast.Global(sorted(scope.globals)))
    if scope.nonlocals:
        found.append(ast.Nonlocal(sorted(scope.nonlocals)))
    for name in sorted(scope.locals - scope.parameters):
        note: Any = ast.AnnAssign(ast.Name(name, ast.Store()), ast.Constant(None), None, 1)
        found.append(note)
    return [located(each, node) for each in found]


class _Statements(Expressions, ast.NodeTransformer):
    """Rewrites the statements of one function."""

    def __init__(self, scope: Scope, outer: Names) -> None:
        self.scope = scope
        self.outer = outer
        self.kept: str | None = None
        self.count = 0

    def visit_block(self, statements: list[Any]) -> list[Any]:
        """A block, converted."""
        done: list[Any] = []
        for each in statements:
            new = self.visit(each)
            done += new if isinstance(new, list) else [] if new is None else [new]
        return done

    # Functions --------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: Any) -> Any:
        """A function within the function is converted where it stands."""
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        node.args.defaults = [self.visit(each) for each in node.args.defaults]
        node.args.kw_defaults = [each and self.visit(each) for each in node.args.kw_defaults]
        names = [dotted(getattr(each, "func", each)) or "" for each in node.decorator_list]
        is_marked = any(name.endswith("do_not_convert") for name in names)
        if not is_marked and frame_function(node) is None:
            convert(node, frozenset(self.outer | self.scope.locals))
        return node

    def visit_AsyncFunctionDef(self, node: Any) -> Any:
        """As any function."""
        return self.visit_FunctionDef(node)

    def visit_Global(self, node: Any) -> Any:
        """Declarations stand at the start of the function."""
        return None

    def visit_Nonlocal(self, node: Any) -> Any:
        """Declarations stand at the start of the function."""
        return None

    # Branches ---------------------------------------------------------------------------------

    def visit_If(self, node: Any) -> Any:
        """`if`: each block a function."""
        if self.kept is not None:
            return self._kept(node)
        number = self._next()
        blocks = [*node.body, *node.orelse]
        state, arguments = self._state(node, blocks, number)
        test = self.visit(node.test)
        body = self._function("body", number, [], node.body, node)
        functions = [body]
        names: list[Any] = [load(body.name, node), ast.Constant(None)]
        if node.orelse:
            orelse = self._function("orelse", number, [], node.orelse, node)
            functions.append(orelse)
            names[1] = load(orelse.name, node)
        call = operator("if_statement", [test, *names, *arguments], node.test)
        return [*functions, *state, statement(call)]

    def _kept(self, node: Any) -> Any:
        node.test = self.plain(self.visit(node.test), self.kept or "")
        node.body, node.orelse = self.visit_block(node.body), self.visit_block(node.orelse)
        return node

    # Loops ------------------------------------------------------------------------------------

    def visit_While(self, node: Any) -> Any:
        """`while`: condition and block are functions."""
        if self.kept is not None:
            return self._kept(node)
        number = self._next()
        options = self._options(node)
        state, arguments = self._state(node, [node.test, *node.body], number)
        check = located(ast.Return(node.test), node.test)
        test = self._function("test", number, [], [check], node.test)
        body = self._function("body", number, [], node.body, node)
        names = [load(test.name, node), load(body.name, node)]
        call = operator("while_statement", [*names, options, *arguments], node.test)
        return [test, body, *state, statement(call)]

    def visit_For(self, node: Any) -> Any:
        """`for`: the block is a function of the item."""
        if self.kept is not None:
            return self.generic_visit(node)
        number = self._next()
        options = self._options(node)
        state, arguments = self._state(node, [node.target, *node.body], number)
        item = f"{PREFIX}item"
        taken = located(ast.Assign([node.target], load(item, node.target)), node.target)
        iterable = self.visit(node.iter)
        body = self._function("body", number, [item], [taken, *node.body], node)
        extra = ast.Constant(None) if node.extra is None else thunk(self.visit(node.extra), node)
        names = [iterable, extra, load(body.name, node)]
        call = operator("for_statement", [*names, options, *arguments], node.iter)
        return [body, *state, statement(call)]

    def _options(self, node: Any) -> Any:
        """What set_loop_options says at the start of a loop, as a function; it is taken out."""
        first = node.body[0]
        skipped = 0
        if isinstance(first, ast.Assign) and is_generated(getattr(first.targets[0], "id", "")):
            skipped = 1  # a flag of the loop stands before the user's first line
        first = node.body[skipped] if len(node.body) > skipped else None
        call = first.value if isinstance(first, ast.Expr) else None
        if not isinstance(call, ast.Call) or not is_loop_options(call):
            return ast.Constant(None)
        node.body = [*node.body[:skipped], *node.body[skipped + 1 :]] or [located(ast.Pass(), node)]
        return thunk(self.visit(call), node)

    # State ------------------------------------------------------------------------------------

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _function(
        self, kind: str, number: int, names: list[str], body: list[Any], at: Any
    ) -> Any:
        declared = self._declared(bound(body))
        return function(f"{PREFIX}{kind}_{number}", names, declared + self.visit_block(body), at)

    def _declared(self, names: set[str]) -> list[Any]:
        """The declarations by which a block binds the names of the user's function."""
        found: list[Any] = []
        if names & self.scope.globals:
            found.append(ast.Global(sorted(names & self.scope.globals)))
        if names - self.scope.globals:
            found.append(ast.Nonlocal(sorted(names - self.scope.globals)))
        return found

    def _state(self, node: Any, blocks: list[Any], number: int) -> tuple[list[Any], list[Any]]:
        """The functions that read and write the state, and the arguments that hand them over."""
        live = sorted(bound(blocks) & node.live)
        names = [*live, *sorted(bound(blocks) & (node.needed - node.live))]
        attributes = changed_parts(blocks)
        labels = [*attributes, *live]
        if not names and not attributes:
            return [], [()]
        values = f"{PREFIX}values"
        read: list[Any] = [_attribute(each, ast.Load()) for each in attributes.values()]
        read += [load(name, node) for name in names]
        slots = ast.Tuple([operator("slot", [thunk(e, node)], node) for e in read], ast.Load())
        writes: list[Any] = []
        for i, each in enumerate(attributes.values()):
            is_item = isinstance(each, ast.Subscript)
            key = each.slice if is_item else each.attr
            put = [_attribute(each.value, ast.Load()), key, _item(values, i)]
            name = "put_item" if is_item else "put_attribute"
            writes.append(statement(operator(name, put, node)))
        writes += [
            located(ast.Assign([ast.Name(name, ast.Store())], _item(values, i)), node)
            for i, name in enumerate(names, len(attributes))
        ]
        get = function(f"{PREFIX}get_{number}", [], [ast.Return(slots)], node)
        declared = self._declared(set(names)) if names else []
        put = function(f"{PREFIX}set_{number}", [values], declared + writes, node)
        given = [load(get.name, node), load(put.name, node)]
        return [get, put], [tuple(labels), *given]


def _item(name: str, index: int) -> Any:
    return ast.Subscript(ast.Name(name, ast.Load()), ast.Constant(index), ast.Load())


def _attribute(node: Any, context: Any) -> Any:
    """A copy of a name with attributes and items."""
    if isinstance(node, ast.Name):
        return ast.Name(node.id, ast.Load())
    if isinstance(node, ast.Subscript):
        return ast.Subscript(_attribute(node.value, ast.Load()), node.slice, context)
    return ast.Attribute(_attribute(node.value, ast.Load()), node.attr, context)


def is_loop_options(call: Any) -> bool:
    """Whether an expression calls set_loop_options, by that name."""
    name = dotted(call.func) or ""
    return name.rpartition(".")[2] == "set_loop_options" and not name.startswith(OPERATORS)

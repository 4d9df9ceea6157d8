"""`return`, `break` and `continue` become flags, so that each block runs from top to bottom.

What follows a branch that ends in a jump moves into the other branch: then no flag decides
anything, and the graph has one branch where the source has one. Only where a jump may or may not
have happened is the rest of the block guarded by its flag.
"""

from __future__ import annotations

import ast
from typing import Any

from eagre.functions.autograph.syntax import (
    PREFIX,
    RESULT,
    RETURNED,
    SCOPES,
    assign,
    contains,
    load,
    located,
    operator,
    walk_here,
)

JUMPS = (ast.Return, ast.Break, ast.Continue)
LOOPS = (ast.While, ast.For)
LIST_CHANGES = frozenset({"append", "clear", "extend", "insert", "pop", "reverse"})


def lower(body: list[Any], at: Any, variables: set[str]) -> list[Any]:
    """The statements of a function, whose locals are `variables`, without jumps out of branches
    and loops."""
    lowering = _Lowering(variables)
    if not _returns_from_within(body):
        return lowering.block(body)
    lowering.flags_returns = True
    if not _ends(body):
        body = [*body, located(ast.Return(ast.Constant(None)), body[-1])]
    last = body[-1]
    result = operator("result", [load(RESULT, last)], last)
    return [
        assign(RETURNED, False, at),
        *lowering.block(body),
        located(ast.Return(result), last),
    ]


def _list_change(node: Any) -> tuple[str, str] | None:
    """The variable whose list an expression may change, and the method that does."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)):
            return (name, attribute) if attribute in LIST_CHANGES else None
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store(), slice=key):
            is_place = not isinstance(getattr(key, "value", None), str)
            return (name, "__setitem__") if is_place and not isinstance(key, ast.Slice) else None
    return None


def _returns_from_within(body: list[Any]) -> bool:
    """Whether a `return` stands in a branch or loop."""
    inside = [
        node
        for each in body
        for node in _same_function(each)
        if isinstance(node, (ast.If, *LOOPS))
    ]
    return any(contains([each], ast.Return) for each in inside)


def _same_function(node: Any) -> Any:
    yield node
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _same_function(child)


def _ends(statements: list[Any]) -> bool:
    """Whether control never comes to the end of a block."""
    match statements[-1] if statements else None:
        case ast.Return() | ast.Break() | ast.Continue() | ast.Raise():
            return True
        case ast.If(body=body, orelse=orelse):
            return _ends(body) and _ends(orelse)
        case ast.While(test=ast.Constant(value=test), body=body):
            return bool(test) and not any(_breaks(each) for each in body)
    return False


def _with_body(node: Any) -> Any:
    if getattr(node, "body", True) == []:
        node.body = [located(ast.Pass(), node)]
    return node


def _breaks(node: Any) -> bool:
    """Whether a statement may break off the loop around it."""
    if isinstance(node, (*SCOPES, *LOOPS)):
        inner: list[Any] = getattr(node, "orelse", []) if isinstance(node, LOOPS) else []
    else:
        inner = list(ast.iter_child_nodes(node))
    return isinstance(node, ast.Break) or any(_breaks(each) for each in inner)


class _Loop:
    """The flags of a loop."""

    def __init__(self, number: int) -> None:
        self.broken = f"{PREFIX}break_{number}"
        self.continued = f"{PREFIX}continue_{number}"


class _Lowering:
    def __init__(self, variables: set[str]) -> None:
        self.locals = variables
        self.depth = 0
        self.flags_returns = False
        self.loops: list[_Loop] = []
        self.count = 0

    def block(self, statements: list[Any]) -> list[Any]:
        done: list[Any] = []
        for position, each in enumerate(statements):
            rest = statements[position + 1 :]
            if isinstance(each, JUMPS) and self._is_lowered(each):
                return done + self._jump(each)
            flags = self._flags_of(each)
            if flags and isinstance(each, ast.If) and self._takes_rest(each, rest):
                return [*done, self._inside(each)]
            done += self._around(each)
            if flags and rest:
                return [*done, self._guarded(flags, rest)]
        return done

    def _is_lowered(self, jump: Any) -> bool:
        return self.flags_returns if isinstance(jump, ast.Return) else bool(self.loops)

    def _jump(self, jump: Any) -> list[Any]:
        match jump:
            case ast.Return():
                value = jump.value or ast.Constant(None)
                return [assign(RESULT, value, jump), assign(RETURNED, True, jump)]
            case ast.Break():
                return [assign(self.loops[-1].broken, True, jump)]
        return [assign(self.loops[-1].continued, True, jump)]

    def _flags_of(self, node: Any, is_in_loop: bool = False) -> list[str]:
        """The flags that a statement may set: those of the function and the loop around it."""
        if isinstance(node, SCOPES):
            return []
        if isinstance(node, ast.Return):
            return [RETURNED] if self.flags_returns else []
        if isinstance(node, ast.Break | ast.Continue):
            if is_in_loop:
                return []
            loop = self.loops[-1]
            return [loop.broken if isinstance(node, ast.Break) else loop.continued]
        found: list[str] = []
        for child in ast.iter_child_nodes(node):
            own = isinstance(node, LOOPS) and child in node.body
            found += self._flags_of(child, is_in_loop or own)
        return sorted(set(found))

    def _takes_rest(self, node: Any, rest: list[Any]) -> bool:
        """Move what follows an `if` into the branch that goes on, if only one does."""
        if _ends(node.body):
            node.orelse = node.orelse if _ends(node.orelse) else node.orelse + rest
        elif _ends(node.orelse):
            node.body = node.body + rest
        return _ends(node.body) or _ends(node.orelse) or not rest

    def _guarded(self, flags: list[str], statements: list[Any]) -> Any:
        at = statements[0]
        test = operator("goes_on", [load(flag, at) for flag in flags], at)
        return located(ast.If(test, self.block(statements) or [ast.Pass()], []), at)

    def _around(self, node: Any) -> list[Any]:
        if isinstance(node, LOOPS):
            return self._loop(node)
        return [*self._before_changes(node), self._inside(node)]

    def _before_changes(self, node: Any) -> list[Any]:
        """In a block, a statement that changes a list first binds the local variable to a list of
        the block's own: the block may run or not, or often."""
        here = [node.test] if isinstance(node, ast.If) else [node]
        if not self.depth or isinstance(node, ast.With | ast.Try | ast.Match):
            return []
        changes = dict(each for part in walk_here(here) if (each := _list_change(part)))
        return [
            assign(name, operator("own_list", [load(name, node), method], node), node)
            for name, method in changes.items()
            if name in self.locals
        ]

    def _inside(self, node: Any) -> Any:
        """Lower the blocks within a statement."""
        match node:
            case ast.If():
                self.depth += 1
                node.body, node.orelse = self.block(node.body), self.block(node.orelse)
                self.depth -= 1
            case ast.With():
                node.body = self.block(node.body)
            case ast.Try():
                self._inside_try(node)
            case ast.Match():
                for each in node.cases:
                    each.body = self.block(each.body)
        return _with_body(node)

    def _inside_try(self, node: Any) -> None:
        flags = sorted({flag for each in node.body for flag in self._flags_of(each)})
        is_guarded = bool(flags and node.orelse)
        orelse = [self._guarded(flags, node.orelse)] if is_guarded else self.block(node.orelse)
        node.body, node.orelse = self.block(node.body), orelse
        node.finalbody = self.block(node.finalbody)
        for each in node.handlers:
            each.body = self.block(each.body)

    def _loop(self, node: Any) -> list[Any]:
        self.count += 1
        loop = _Loop(self.count)
        self.loops.append(loop)
        self.depth += 1
        inner = [flag for each in node.body for flag in self._flags_of(each)]
        body = self.block(node.body)
        self.loops.pop()
        self.depth -= 1
        done: list[Any] = []
        if loop.continued in inner:
            body = [assign(loop.continued, False, node.body[0] if node.body else node), *body]
        if loop.broken in inner:
            done.append(assign(loop.broken, False, node))
        flags = [flag for flag in (loop.broken, RETURNED) if flag in inner]
        orelse, node.orelse, node.body = node.orelse, [], body
        self._stop(node, flags)
        done.append(node)
        if orelse and flags:
            return [*done, self._guarded(flags, orelse)]
        return done + self.block(orelse)

    def _stop(self, node: Any, flags: list[str]) -> None:
        """Let a loop end where one of its flags is set."""
        test = operator("goes_on", [load(flag, node) for flag in flags], node) if flags else None
        if isinstance(node, ast.For):
            node.extra = test  # pyright: ignore[reportAttributeAccessIssue]
        elif test is not None:
            node.test = located(ast.BoolOp(ast.And(), [test, node.test]), node.test)

"""Which names a function binds, reads and still needs: scopes, liveness, definite assignment."""

from __future__ import annotations

import ast
from typing import Any

from eagre.functions.autograph.syntax import (
    COMPREHENSIONS,
    SCOPES,
    body_of,
    dotted,
    evaluated_here,
    parameters,
    walk_here,
)

Names = frozenset[str]
NONE: Names = frozenset()


def bound(nodes: list[Any]) -> set[str]:
    """The names that statements bind in their own scope."""
    found: set[str] = set()
    hidden = {id(name) for node in walk_here(nodes) for name in _own_targets(node)}
    for node in walk_here(nodes):
        if id(node) not in hidden:
            found |= _bound_by(node)
    return found


def _own_targets(node: Any) -> list[Any]:
    """The targets of a comprehension, which are its own; a walrus in it binds outside."""
    if not isinstance(node, COMPREHENSIONS):
        return []
    return [name for each in node.generators for name in ast.walk(each.target)]


def _bound_by(node: Any) -> set[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.alias():
            return {(node.asname or node.name).partition(".")[0]}
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            return {name}
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return {name}
    return set()


def read(nodes: list[Any]) -> set[str]:
    """The names that these nodes read, also within nested functions."""
    loads = {
        node.id
        for each in nodes
        for node in ast.walk(each)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }
    changed = {
        node.target.id
        for each in nodes
        for node in ast.walk(each)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return loads | changed


def changed_parts(nodes: list[Any]) -> dict[str, Any]:
    """Attributes and items such as `self.total` and `state["total"]` that statements assign,
    where the object stays the same."""
    names = bound(nodes)
    found = {
        dotted(node): node
        for node in walk_here(nodes)
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    return {name: n for name, n in found.items() if name and _owner(n) not in names}


def _owner(node: Any) -> str:
    return node.id if isinstance(node, ast.Name) else _owner(node.value)


class Scope:
    """The names of one function: its parameters and locals, and those that it declares."""

    def __init__(self, node: Any) -> None:
        self.parameters = set(parameters(node))
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        body = body_of(node)
        for each in walk_here(body):
            if isinstance(each, ast.Global):
                self.globals.update(each.names)
            if isinstance(each, ast.Nonlocal):
                self.nonlocals.update(each.names)
        self.locals = (bound(body) | self.parameters) - self.globals - self.nonlocals
        self.captured = {
            name
            for each in walk_here(body)
            if isinstance(each, SCOPES)
            for name in read(body_of(each))
        }

    @property
    def always_live(self) -> Names:
        """Names that others may read at any time."""
        return frozenset((self.captured & self.locals) | self.globals | self.nonlocals)


class Liveness:
    """Notes at each branch and loop, as `live`, the names whose values matter afterwards, the next
    iteration included, and as `needed` those that its blocks want as they were before.

    Statements have no jumps but `return` and `raise`.
    """

    def __init__(self, scope: Scope) -> None:
        self.handled: Names = NONE
        self.always = scope.always_live

    def block(self, statements: list[Any], after: Names) -> Names:
        """The names that are live before statements."""
        for each in reversed(statements):
            after = self._before(each, after) | self.handled
        return after

    def _before(self, node: Any, after: Names) -> Names:
        match node:
            case ast.If():
                return self._branch(node, after)
            case ast.While() | ast.For():
                return self._around(node, after)
            case ast.With():
                return self._within(node, after)
            case ast.Try():
                return self._try(node, after)
            case ast.Match():
                inner = [self.block(case.body, after) for case in node.cases]
                guards = [case.guard for case in node.cases if case.guard]
                patterns = [case.pattern for case in node.cases]
                return after.union(*inner) | read([node.subject, *patterns, *guards])
            case ast.Return():
                return NONE | read([node])
        return (after - _surely_bound(node)) | read([node])

    def _branch(self, node: Any, after: Names) -> Names:
        node.live = after | self.always
        node.needed = self.block(node.body, after) | self.block(node.orelse, after)
        return node.needed | read([node.test])

    def _around(self, node: Any, after: Names) -> Names:
        is_for = node.__class__.__name__ == "For"
        test = read([node.extra] if node.extra is not None else []) if is_for else read([node.test])
        targets = bound([node.target]) if is_for else set[str]()
        head = after | test
        while True:
            wider = head | (self.block(node.body, head) - targets)
            if wider == head:
                break
            head = wider
        node.live = node.needed = head | self.always
        return head | (read([node.iter, node.target]) if is_for else NONE)

    def _within(self, node: Any, after: Names) -> Names:
        live = self.block(node.body, after)
        for item in reversed(node.items):
            named = [] if item.optional_vars is None else [item.optional_vars]
            live = (live - bound(named)) | read([item.context_expr, *named])
        return live

    def _try(self, node: Any, after: Names) -> Names:
        final = self.block(node.finalbody, after)
        outer = self.handled
        self.handled = outer | final
        caught = [
            self.block(each.body, final) | read([each.type] if each.type else [])
            for each in node.handlers
        ]
        before = self.block(node.orelse, final)
        self.handled = self.handled.union(*caught)
        before = self.block(node.body, before) | self.handled
        self.handled = outer
        return before


def _surely_bound(node: Any) -> set[str]:
    """What a simple statement binds, whichever way its expressions go."""
    walrus = [each.target for each in walk_here([node]) if isinstance(each, ast.NamedExpr)]
    return bound([node]) - bound(walrus)


class Assignment:
    """Notes on each name that is read whether it may be unbound there, by the attribute `mark`."""

    def __init__(self, mark: str, scope: Scope, outer: Names = NONE) -> None:
        self.mark = mark
        self.gone: Names = NONE
        self.watched = frozenset(scope.locals - scope.parameters) | outer
        self.breaks: list[Names | None] = []

    def function(self, node: Any, sure: Names = NONE) -> None:
        """Go through a function, at whose start the names `sure` are bound."""
        body = body_of(node)
        self.gone = frozenset([name.id for name in walk_here(body) if _is_deleted(name)])
        self.watched |= self.gone
        if isinstance(node, ast.Lambda):
            self._reads(body, sure)
        else:
            self.block(body, sure | set(parameters(node)))

    def block(self, statements: list[Any], sure: Names | None) -> Names | None:
        """The names that are surely bound after statements; None where nobody gets there."""
        for each in statements:
            here = sure if sure is not None else self.watched
            after = self._after(each, here - self.gone)
            sure = None if sure is None else after
        return sure

    def _after(self, node: Any, sure: Names) -> Names | None:
        match node:
            case ast.If():
                sure = self._reads([node.test], sure)
                return _both(self.block(node.body, sure), self.block(node.orelse, sure))
            case ast.While() | ast.For() | ast.AsyncFor():
                return self._loop(node, sure)
            case ast.With() | ast.AsyncWith():
                return self.block(node.body, self._reads(list(node.items), sure))
            case ast.Try() | ast.TryStar():
                return self._try(node, sure)
            case ast.Match():
                return self._match(node, sure)
            case ast.Break() | ast.Continue():
                if self.breaks and isinstance(node, ast.Break):
                    self.breaks[-1] = _both(self.breaks[-1], sure)
                return None
            case ast.Return() | ast.Raise():
                self._reads([node], sure)
                return None
            case ast.ClassDef():
                self._reads(evaluated_here(node), sure)
                return sure | {node.name}
        return self._reads([node], sure)

    def _loop(self, node: Any, sure: Names) -> Names | None:
        is_while = isinstance(node, ast.While)
        sure = self._reads([node.test if is_while else node.iter], sure)
        if getattr(node, "extra", None) is not None:
            self._reads([node.extra], sure)
        self.breaks.append(None)
        inside = sure if is_while else self._reads([node.target], sure)
        self.block(node.body, inside)
        is_endless = is_while and isinstance(node.test, ast.Constant) and bool(node.test.value)
        ended = None if is_endless else self.block(node.orelse, sure)
        return _both(ended, self.breaks.pop())

    def _try(self, node: Any, sure: Names) -> Names | None:
        after = self.block(node.orelse, self.block(node.body, sure))
        for each in node.handlers:
            if each.type is not None:
                self._reads([each.type], sure)
            named = sure | {each.name} if each.name else sure
            after = _both(after, self.block(each.body, named))
        final = self.block(node.finalbody, sure)
        if after is None or final is None:
            return None
        return after | final

    def _match(self, node: Any, sure: Names) -> Names | None:
        sure = self._reads([node.subject], sure)
        after: Names | None = sure
        for case in node.cases:
            guard = [case.guard] if case.guard else []
            inside = self._reads(guard, sure | bound([case.pattern]))
            after = _both(after, self.block(case.body, inside))
        return after

    def _reads(self, nodes: list[Any], sure: Names) -> Names:
        """Mark the names that expressions and simple statements read; what is bound after them."""
        own = {id(n) for each in walk_here(nodes) for n in _own_names(each)}
        for node in walk_here(nodes):
            if isinstance(node, SCOPES) and not isinstance(node, ast.ClassDef):
                self._nested(node, sure)
            is_read = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
            is_changed = isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
            name: Any = getattr(node, "target", None) if is_changed else node
            if (is_read or is_changed) and id(name) not in own:
                setattr(name, self.mark, name.id in self.watched and name.id not in sure)
        return frozenset(sure | set[str]().union(*[_surely_bound(each) for each in nodes]))

    def _nested(self, node: Any, sure: Names) -> None:
        """A nested function: names of the outer one that are sure at its definition stay so."""
        scope = Scope(node)
        known = frozenset(sure - scope.locals)
        inner = Assignment(self.mark, scope, self.watched - scope.locals)
        if isinstance(node, ast.Lambda):
            inner.function(node, known | scope.parameters | scope.locals)
        else:
            inner.function(node, known | {node.name} - scope.locals)


def _own_names(node: Any) -> list[Any]:
    """The names within a comprehension that mean its own targets."""
    targets = {each.id for each in _own_targets(node) if isinstance(each, ast.Name)}
    if not targets:
        return []
    return [each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id in targets]


def _is_deleted(node: Any) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)


def _both(a: Names | None, b: Names | None) -> Names | None:
    """What is sure whichever of two ways was gone."""
    if a is None or b is None:
        return b if a is None else a
    return a & b

"""Expressions that decide something become calls of operators, which may decide in the graph."""

from __future__ import annotations

import ast
from typing import Any

from eagre.functions.autograph.changes import Changes
from eagre.functions.autograph.syntax import (
    contains,
    is_operator,
    load,
    located,
    operator,
    parameters,
    statement,
    thunk,
)

_CANNOT_WAIT = (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await)
_BUILT_IN_COMPARISON = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_WALRUS = "an operand with := or await"


class Expressions(Changes, ast.NodeTransformer):
    """Rewrites the expressions of one function."""

    first_parameter: str | None = None
    """What `super()` without arguments takes for the object."""

    def visit_BoolOp(self, node: Any) -> Any:
        """`a and b`: the operands after the first wait until they are wanted."""
        values = [self.visit(each) for each in node.values]
        if contains(values[1:], _CANNOT_WAIT):
            plain = [self.plain(each, f"and, or with {_WALRUS}") for each in values[:-1]]
            return located(ast.BoolOp(node.op, [*plain, values[-1]]), node)
        name = "and_" if isinstance(node.op, ast.And) else "or_"
        return operator(name, [values[0], *[thunk(each, each) for each in values[1:]]], node)

    def visit_UnaryOp(self, node: Any) -> Any:
        """`not a`."""
        self.generic_visit(node)
        return operator("not_", [node.operand], node) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: Any) -> Any:
        """`a < b < c`: each operand is computed once, and only if it is wanted."""
        self.generic_visit(node)
        is_membership = isinstance(node.ops[0], ast.In | ast.NotIn)
        if (len(node.ops) == 1 and not is_membership) or contains(node.comparators, _CANNOT_WAIT):
            return node
        parts: list[Any] = [node.left]
        for sign, operand in zip(node.ops, node.comparators, strict=True):
            parts += [_BUILT_IN_COMPARISON[type(sign)], thunk(operand, operand)]
        return operator("compare", parts, node)

    def visit_IfExp(self, node: Any) -> Any:
        """`a if c else b`."""
        self.generic_visit(node)
        if contains([node.body, node.orelse], _CANNOT_WAIT):
            node.test = self.plain(node.test, f"a conditional expression with {_WALRUS}")
            return node
        branches = [thunk(node.body, node.body), thunk(node.orelse, node.orelse)]
        return operator("if_expression", [node.test, *branches], node)

    def visit_Call(self, node: Any) -> Any:
        """`f(x)`: what is called is converted in its turn."""
        if is_operator(node):
            return self.generic_visit(node)
        function = node.func
        self.generic_visit(node)
        if isinstance(function, ast.Name) and function.id == "super":
            if not node.args and self.first_parameter is not None:
                node.args = [load("__class__", node), load(self.first_parameter, node)]
            return node
        node.func = operator("called", [node.func], function)
        return node

    def visit_Name(self, node: Any) -> Any:
        """A name that may be unbound, or bound only in one branch of the graph."""
        if isinstance(node.ctx, ast.Load) and getattr(node, "is_wrapped", False):
            return self.reading(node.id, getattr(node, "is_unsure", True), node)
        return node

    def reading(self, name: str, is_unsure: bool, at: Any) -> Any:
        """The value of such a name; an error if it has none and is not known to have one."""
        return operator("read", [thunk(load(name, at), at), name, is_unsure], at)

    def visit_comprehension(self, node: Any) -> Any:
        """A comprehension stays Python: its conditions cannot wait for the graph."""
        self.generic_visit(node)
        node.ifs = [self.plain(each, "a condition of a comprehension") for each in node.ifs]
        return node

    def visit_Lambda(self, node: Any) -> Any:
        """A lambda is converted where it stands."""
        outer, names = self.first_parameter, parameters(node)
        self.first_parameter = names[0] if names else None
        self.generic_visit(node)
        self.first_parameter = outer
        return node

    def visit_ClassDef(self, node: Any) -> Any:
        """A class stays as it is: its methods are converted when they are called."""
        return node

    def visit_AnnAssign(self, node: Any) -> Any:
        """An assignment without the annotation, which is not run and would make the variable one
        of its block."""
        if node.value is None:
            return located(ast.Pass(), node)
        return self.visit(located(ast.Assign([node.target], node.value), node))

    def visit_AugAssign(self, node: Any) -> Any:
        """`x += 1` reads x, which may be unbound."""
        target = node.target
        is_wrapped = getattr(target, "is_wrapped", False)
        self.generic_visit(node)
        node.value = self.augmented(target, node.value)
        if not is_wrapped:
            return node
        value = self.reading(target.id, getattr(target, "is_unsure", True), node)
        return [located(ast.Assign([ast.Name(target.id, ast.Store())], value), node), node]

    def visit_Delete(self, node: Any) -> Any:
        """`del x` needs a value of x."""
        self.generic_visit(node)
        wrapped = [each for each in node.targets if getattr(each, "is_wrapped", False)]
        reads = [self.reading(e.id, getattr(e, "is_unsure", True), node) for e in wrapped]
        return [*[statement(each) for each in reads], node]

    def visit_Assert(self, node: Any) -> Any:
        """`assert`: of a tensor that has no value yet, an operation that checks it."""
        self.generic_visit(node)
        message = node.msg if node.msg is not None else ast.Constant(None)
        node.test = operator("assertion", [node.test, thunk(message, node.test)], node.test)
        return node

    def visit_Raise(self, node: Any) -> Any:
        """`raise` in a branch of the graph happens while tracing: a note says so."""
        self.generic_visit(node)
        if node.exc is not None:
            node.exc = operator("raised", [node.exc], node)
        return node

    def visit_match_case(self, node: Any) -> Any:
        """The guard of a case stays Python."""
        self.generic_visit(node)
        node.guard = self.plain(node.guard, "a guard of match") if node.guard else None
        return node

    def visit_MatchValue(self, node: Any) -> Any:
        """A pattern is no expression to convert."""
        return node

    def visit_MatchClass(self, node: Any) -> Any:
        """A pattern is no expression to convert."""
        return node

    def visit_MatchMapping(self, node: Any) -> Any:
        """A pattern is no expression to convert."""
        return node

    def plain(self, test: Any, reason: str) -> Any:
        """A condition that Python decides, where a tensor without a value is an error."""
        return operator("plain", [test, reason], test)

"""Assignments to what may lie outside the function tell of it: see `eagre.functions.effects`."""

from __future__ import annotations

import ast
from typing import Any

from eagre.functions.autograph.syntax import load, operator


class Changes(ast.NodeTransformer):
    """Rewrites the targets of the assignments of one function."""

    scope: Any
    outer: frozenset[str]

    def visit_Attribute(self, node: Any) -> Any:
        """`owner.name = value`."""
        return self._target(node)

    def visit_Subscript(self, node: Any) -> Any:
        """`owner[key] = value`."""
        return self._target(node)

    def _target(self, node: Any) -> Any:
        """`owner` in a target becomes a call that returns it."""
        if isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        text = ast.unparse(node)
        self.generic_visit(node)
        node.value = operator("changed", [node.value, text], node)
        return node

    def visit_Assign(self, node: Any) -> Any:
        """`name = value`."""
        targets = node.targets
        self.generic_visit(node)
        node.value = self.assigned(targets, node.value)
        return node

    def augmented(self, target: Any, value: Any) -> Any:
        """The value in `target += value`, which changes a list in place."""
        if not isinstance(target, ast.Name):
            return value
        new = self.assigned([target], value)
        given = [load(target.id, value), value, target.id]
        return operator("augmented", given, value) if new is value else new

    def assigned(self, targets: list[Any], value: Any) -> Any:
        """The value of an assignment, which tells if it goes to a name outside the function."""
        stored = {
            each.id
            for target in targets
            for each in ast.walk(target)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        found = [f"the global {name}" for name in sorted(stored & self.scope.globals)]
        outside = (stored & self.scope.nonlocals) - self.outer
        found += [f"{name} of the function around it" for name in sorted(outside)]
        return operator("assigned", [value, " and ".join(found)], value) if found else value

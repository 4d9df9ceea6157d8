"""`make_template`: a function that makes its variables once and shares them from then on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from eagre.compat.variable_scopes import VariableScope, VariableStore, keeping, variable_scope
from eagre.core.python_numbers import described
from eagre.graph.building import executing_eagerly_outside_functions


class Template:
    """A function whose `get_variable` makes variables in the first call, and finds them later."""

    def __init__(self, name: str, function: Callable[..., Any], unique_name: str | None) -> None:
        self._name = name
        self._function = function
        self._unique_name = unique_name
        self._store = VariableStore()
        self._scope: VariableScope | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not executing_eagerly_outside_functions():
            return self._call(args, kwargs)
        with keeping(self._store):
            return self._call(args, kwargs)

    def _call(self, args: Any, kwargs: Any) -> Any:
        with self._entered() as scope:
            result = self._function(*args, **kwargs)
        self._scope = scope
        return result

    def _entered(self) -> variable_scope:
        """The scope of the variables: a new one first, and later the same to share them."""
        if self._scope is not None:
            return variable_scope(self._scope, reuse=True)
        return variable_scope(self._unique_name, default_name=self._name)

    @property
    def name(self) -> str:
        """The name that was given to the template."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function within."""
        return self._function

    @property
    def variable_scope(self) -> VariableScope | None:
        """The scope of its variables, None before the first call."""
        return self._scope

    @property
    def variables(self) -> list[Any]:
        """The variables of the template, which exist after the first call."""
        if self._scope is None or executing_eagerly_outside_functions():
            return list(self._store.variables.values())
        return self._scope.global_variables()

    global_variables = variables

    @property
    def trainable_variables(self) -> list[Any]:
        """Those of the variables that gradient tapes watch."""
        return [variable for variable in self.variables if variable.trainable]


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Any = None,
    **kwargs: Any,
) -> Template:
    """A function that shares the variables which `func_` gets by name.

    Args:
        name_: of the scope of the variables; made unique in a graph.
        func_: calls `tf.compat.v1.get_variable`.
        create_scope_now_: kept; the scope is entered at the first call.
        unique_name_: a name in place of `name_` that is taken as it is.
        custom_getter_: refused.
        kwargs: arguments that `func_` gets in each call.

    >>> def scaled(x, start):
    ...     scale = tf.compat.v1.get_variable("scale", initializer=tf.constant(start))
    ...     return scale.assign_add(1.0) * x
    >>> template = tf.compat.v1.make_template("scaled", scaled, start=1.0)
    >>> template(tf.constant(10.0)).numpy(), template(tf.constant(10.0)).numpy()
    (np.float32(20.0), np.float32(30.0))
    >>> [variable.name for variable in template.variables]
    ['scaled/scale:0']
    """
    if not callable(func_):
        raise TypeError(f"make_template expected a function. Received: func_={described(func_)}")
    if custom_getter_ is not None:
        raise NotImplementedError(
            "make_template expected no custom_getter_. "
            f"Received: custom_getter_={described(custom_getter_)}. Leave it out."
        )
    return Template(name_, partial(func_, **kwargs) if kwargs else func_, unique_name_)

"""`Module`: a Python object whose attributes hold variables and further modules."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from eagre.state.trackable import Trackable
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Module(Trackable):
    """A base class for models: finds the variables among its attributes.

    Variables and modules are found in attributes, lists, tuples and dictionaries, in the order
    of the attributes' names.

    >>> class Line(tf.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = tf.Variable(2.0)
    ...     def __call__(self, x):
    ...         return self.slope * x
    >>> len(Line().trainable_variables)
    1
    """

    _scope_name: str | None = None
    """The scope that `name_scope` enters; None for a module that did not call `__init__`."""

    def __init__(self, name: str | None = None) -> None:
        self._name = name or _snake_case(type(self).__name__)
        if not isinstance(self._name, str) or not self._name.isidentifier():
            kind = ValueError if isinstance(self._name, str) else TypeError
            raise kind(f"Module expected a name that is an identifier. Received: name={name!r}")
        from eagre.ops.ordering import get_current_name_scope

        outer = get_current_name_scope()
        self._scope_name = f"{outer}/{self._name}/" if outer else f"{self._name}/"

    @property
    def name(self) -> str:
        """The name of the module."""
        return self._name

    @property
    def name_scope(self) -> Any:
        """A context of the module's name, within the scope in which the module was made."""
        if self._scope_name is None:
            raise ValueError(
                "Module.name_scope needs a module that has called tf.Module.__init__. Received: a "
                f"{type(self).__name__} that has not. Begin __init__ with super().__init__()."
            )
        from eagre.ops.ordering import name_scope

        return name_scope(self._scope_name)

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """A method that runs within the module's `name_scope`.

        >>> class Line(tf.Module):
        ...     @tf.Module.with_name_scope
        ...     def scope(self):
        ...         return tf.get_current_name_scope()
        >>> Line().scope()
        'line'
        """

        @wraps(method)
        def within(self: Module, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return within

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All variables of this module and of those within it, each once."""
        return tuple(_members(self, Variable))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """The variables that gradient tapes watch."""
        return tuple(variable for variable in self.variables if variable.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """The variables that gradient tapes do not watch."""
        return tuple(variable for variable in self.variables if not variable.trainable)

    @property
    def submodules(self) -> tuple[Module, ...]:
        """The modules within this one, at any depth, each once."""
        return tuple(module for module in _members(self, Module) if module is not self)


def _members(root: Any, kind: type) -> Iterator[Any]:
    """Objects of a kind that are reachable from `root`, attributes by name, each once."""
    seen: set[int] = set()
    own: list[Any] = []
    nested: list[Any] = [root]
    while nested:
        value = nested.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, kind):
            own.append(value)
        nested = _parts(value) + nested if isinstance(value, list | tuple | dict) else nested
        if isinstance(value, Module):
            nested += _parts(value)
    return iter(own)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Module):
        value = vars(value)
    if isinstance(value, dict):
        return [part for _, part in sorted(value.items(), key=lambda item: str(item[0]))]
    return list(value)


def _snake_case(name: str) -> str:
    """`HTTPServer` to `http_server`: a word begins where small and capital letters meet."""
    letters: list[str] = []
    for before, letter, after in zip("A" + name, name, name[1:] + "A", strict=False):
        if letter.isupper() and not (before.isupper() and after.isupper()):
            letters.append("_")
        letters.append(letter.lower())
    return "".join(letters).strip("_") or "module"

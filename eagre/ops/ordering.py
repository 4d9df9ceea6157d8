"""Names of graphs and of their order. Operations run in the order in which they are written, so
that there is nothing left to do for most of these, but in graphs that are built by hand."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from eagre.core import ambient, structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.graph.building import builder, group_of
from eagre.ops.shaping import identity


def no_op(name: str | None = None) -> Any:
    """Nothing; in a graph built by hand an operation.

    >>> tf.no_op()
    """
    return group_of([])


def group(*inputs: Any, name: str | None = None, **kwargs: Any) -> Any:
    """Nothing: what the inputs stand for has been done already.

    In a graph built by hand it is an operation that has them done before.

    >>> tf.group(tf.constant(1), tf.constant(2))
    """
    if kwargs:
        raise ValueError(f"group expected tensors and a name. Received: {sorted(kwargs)}")
    return group_of(each for each in structure.flatten(inputs) if each is not None)


def tuple_(tensors: Any, control_inputs: Any = None, name: str | None = None) -> list[Any]:
    """The tensors as a list; None stays None.

    In a graph built by hand each comes after all of them and after `control_inputs`.

    >>> len(tf.tuple([tf.constant(1), None]))
    2
    """
    if builder() is not None:
        asked = [*tensors, *(control_inputs or ())]
        with control_dependencies([each for each in asked if each is not None]):
            return [each if each is None else identity(each) for each in tensors]
    return [each if each is None else to_tensor(each, name="tuple") for each in tensors]


def guarantee_const(input: Any, name: str | None = None) -> Any:
    """A tensor equal to `input`.

    >>> tf.guarantee_const([1]).numpy()
    array([1], dtype=int32)
    """
    return identity(input)


def identity_n(input: Any, name: str | None = None) -> list[Any]:
    """A list of tensors equal to those of the list `input`.

    >>> [x.numpy().tolist() for x in tf.identity_n([1, [2.0]])]
    [1, [2.0]]
    """
    if not isinstance(input, list | tuple):
        raise TypeError(f"identity_n expected a list of tensors. Received: input={input!r}")
    if not input:
        raise InvalidArgumentError("identity_n expected at least one tensor. Received: input=[]")
    return [identity(each) for each in input]


def get_current_name_scope() -> str:
    """The names of the scopes that are entered, outermost first.

    >>> with tf.name_scope("model"), tf.name_scope("layer"):
    ...     tf.get_current_name_scope()
    'model/layer'
    """
    level = builder()
    return ambient.name_scope.get().rstrip("/") if level is None else level.graph.get_name_scope()


class name_scope:
    """A context that gives its name: variables are named in it, and operations in graphs by hand.

    A name that ends in a slash is that of a scope entered before; an empty name leaves all scopes.

    >>> with tf.name_scope("layer") as scope:
    ...     print(scope)
    layer/
    """

    def __init__(self, name: str) -> None:
        self._tokens: list[Any] = []
        if not isinstance(name, str):
            raise ValueError(f"name_scope expected a string. Received: name={name!r}")
        self._name = name

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    def __enter__(self) -> str:
        name = self._name
        if (level := builder()) is not None:
            self._tokens.append(level.graph.name_scope(name))
            return self._tokens[-1].__enter__()
        is_whole = not name or name.endswith("/")
        path = name if is_whole else f"{ambient.name_scope.get()}{name}/"
        self._tokens.append(ambient.name_scope.set(path))
        return path

    def __exit__(self, *error: object) -> None:
        token = self._tokens.pop()
        if hasattr(token, "__exit__"):
            token.__exit__(*error)
        else:
            ambient.name_scope.reset(token)


class control_dependencies:
    """A context whose operations are done after those that are given, as they stand before it.

    In a graph built by hand this also has them done: there only what is asked for runs.

    >>> with tf.control_dependencies([tf.constant(1)]):
    ...     x = tf.constant(2)
    """

    def __init__(self, control_inputs: Any) -> None:
        self._control_inputs = control_inputs
        self._context: Any = nullcontext()

    def __enter__(self) -> None:
        if (level := builder()) is not None:
            self._context = level.graph.control_dependencies(self._control_inputs)
        self._context.__enter__()

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(*error)

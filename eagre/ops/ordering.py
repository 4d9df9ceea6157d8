"""Names of graphs and of their order. Operations run in the order in which they are written, so
that there is nothing left to do for most of these."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.shaping import identity


def no_op(name: str | None = None) -> None:
    """Nothing.

    >>> tf.no_op()
    """


def group(*inputs: Any, **kwargs: Any) -> None:
    """Nothing: what the inputs stand for has been done already.

    >>> tf.group(tf.constant(1), tf.constant(2))
    """
    surplus = kwargs.keys() - {"name"}
    if surplus:
        raise ValueError(f"group expected tensors and a name. Received: {sorted(surplus)}")
    structure.flatten(inputs)


def tuple_(tensors: Any, control_inputs: Any = None, name: str | None = None) -> list[Any]:
    """The tensors as a list; None stays None.

    >>> len(tf.tuple([tf.constant(1), None]))
    2
    """
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


_scope: ContextVar[str] = ContextVar("name_scope", default="")


def get_current_name_scope() -> str:
    """The names of the scopes that are entered, outermost first.

    >>> with tf.name_scope("model"), tf.name_scope("layer"):
    ...     tf.get_current_name_scope()
    'model/layer'
    """
    return _scope.get().rstrip("/")


class name_scope:
    """A context that gives its name; operations are named by themselves.

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
        is_whole = not name or name.endswith("/")
        path = name if is_whole else f"{_scope.get()}{name}/"
        self._tokens.append(_scope.set(path))
        return path

    def __exit__(self, *error: object) -> None:
        _scope.reset(self._tokens.pop())


class control_dependencies:
    """A context that changes nothing: what stands before it is done before it.

    >>> with tf.control_dependencies([tf.constant(1)]):
    ...     x = tf.constant(2)
    """

    def __init__(self, control_inputs: Any) -> None:
        pass

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        pass

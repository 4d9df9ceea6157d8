"""Names of graphs and of their order. Operations run in the order in which they are written, so
that there is nothing left to do for most of these."""

from __future__ import annotations

from typing import Any

from eagre.core import structure
from eagre.core.conversion import to_tensor
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


class name_scope:
    """A context that gives its name; operations are named by themselves.

    >>> with tf.name_scope("layer") as scope:
    ...     print(scope)
    layer/
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise ValueError(f"name_scope expected a string. Received: name={name!r}")
        self._name = name

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    def __enter__(self) -> str:
        return f"{self._name}/" if self._name else ""

    def __exit__(self, *error: object) -> None:
        pass


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

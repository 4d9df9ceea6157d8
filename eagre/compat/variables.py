"""`tf.compat.v1.Variable`, and assignment as functions."""

from __future__ import annotations

from typing import Any

from eagre.compat.collections import GraphKeys
from eagre.core.policies import VariableAggregation, VariableSynchronization
from eagre.graph.building import collecting_graph
from eagre.state import variable as current


class Variable(current.Variable):
    """A `tf.Variable` with the arguments of TensorFlow 1.

    Args:
        collections: the collections of the graph that the variable is put into; by default that
            of global variables.
        use_resource: kept, but without effect.

    >>> with tf.Graph().as_default():
    ...     tf.compat.v1.Variable(0.0, trainable=False, name="mean")
    <tf.Variable 'mean:0' shape=() dtype=float32>
    """

    __slots__ = ()

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: Any = None,
        constraint: Any = None,
        use_resource: Any = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
        shape: Any = None,
    ) -> None:
        super().__init__(
            initial_value, trainable, validate_shape, name=name, dtype=dtype,
            constraint=constraint, synchronization=synchronization, aggregation=aggregation,
            shape=expected_shape if shape is None else shape,
        )
        if collections is not None and self.initializer is not None:
            self._move(collections)

    def _move(self, collections: Any) -> None:
        """Put the variable into other collections than that of global variables."""
        of_all = collecting_graph().get_collection_ref(GraphKeys.GLOBAL_VARIABLES)
        of_all[:] = [each for each in of_all if each is not self]
        collecting_graph().add_to_collections(collections, self)


def assign(
    ref: Any, value: Any, validate_shape: Any = None, use_locking: Any = None, name: Any = None
) -> Any:
    """Put `value` in place of a variable's value.

    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     count = tf.Variable(1)
    ...     session.run(count.initializer)
    ...     session.run(tf.compat.v1.assign(count, count * 10))
    np.int32(10)
    """
    return ref.assign(value)


def assign_add(ref: Any, value: Any, use_locking: Any = None, name: Any = None) -> Any:
    """Add `value` to a variable's value."""
    return ref.assign_add(value)


def assign_sub(ref: Any, value: Any, use_locking: Any = None, name: Any = None) -> Any:
    """Subtract `value` from a variable's value."""
    return ref.assign_sub(value)

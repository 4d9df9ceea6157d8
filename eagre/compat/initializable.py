"""Iterators of TensorFlow 1 that an operation begins: in graphs that sessions run."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.control.host_calls import host_call
from eagre.core import ambient, dtypes, structure
from eagre.core.errors import FailedPreconditionError
from eagre.core.primitive import apply
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.data.generators import signature_of
from eagre.data.specs import are_compatible, datasets_in
from eagre.data.symbolic import symbols_of, with_values

_DONE = TensorSpec.of((), dtypes.bool_)


class InitializableIterator:
    """Elements of the dataset that was last given by an initializer.

    `Iterator.from_structure` and `make_initializable_iterator` of `tf.compat.v1.data` make it.
    """

    def __init__(self, element_spec: Any, dataset: Any = None) -> None:
        self._spec = element_spec
        self._dataset = dataset
        self._initializer: Any = None
        self._current: Any = None

    @property
    def element_spec(self) -> Any:
        """The spec of the elements."""
        return self._spec

    @property
    def output_types(self) -> Any:
        """The dtypes of the elements."""
        return structure.map_structure(lambda spec: spec.dtype, self._spec)

    @property
    def output_shapes(self) -> Any:
        """The shapes of the elements."""
        return structure.map_structure(lambda spec: spec.shape, self._spec)

    @property
    def initializer(self) -> Any:
        """The operation that begins at the first element."""
        if self._dataset is None:
            raise ValueError(
                "Iterator.initializer expected an iterator of one dataset. Received: one that was "
                "made from a structure. Use make_initializer(dataset)."
            )
        if self._initializer is None:
            self._initializer = self.make_initializer(self._dataset)
        return self._initializer

    def make_initializer(self, dataset: Any, name: str | None = None) -> Any:
        """The operation that begins at the first element of a dataset."""
        (source,) = datasets_in(dataset, "Iterator.make_initializer(dataset)")
        if not are_compatible(self._spec, source.element_spec):
            raise TypeError(
                "Iterator.make_initializer expected a dataset of elements that fit "
                f"{self._spec!r}. Received: {source.element_spec!r}"
            )
        symbols = symbols_of(source)

        def begin(*values: Any) -> Any:
            self._current = iter(with_values(source, symbols, values))
            return [wrap(np.array(True))]

        (done,) = apply(host_call, tuple(symbols), {"function": begin, "specs": (_DONE,)})
        return done.op

    def get_next(self, name: str | None = None) -> Any:
        """The element that comes next when the graph runs.

        Raises:
            OutOfRangeError: when the graph runs, there is none.
            FailedPreconditionError: no initializer has run.
        """

        def fetch() -> Any:
            if self._current is None:
                raise FailedPreconditionError(
                    "Iterator.get_next expected an iterator that has begun. Received: one whose "
                    "initializer has not run. Run iterator.initializer first."
                )
            return [wrap(part) for part in self._current.existing_components()]

        specs = tuple(structure.flatten(self._spec))
        parts = apply(host_call, (), {"function": fetch, "specs": specs})
        return structure.pack_sequence_as(self._spec, list(parts))


def make_initializable_iterator(dataset: Any, shared_name: str | None = None) -> Any:
    """An iterator that `iterator.initializer` begins: for graphs that sessions run.

    >>> v1 = tf.compat.v1
    >>> with tf.Graph().as_default():
    ...     iterator = v1.data.make_initializable_iterator(tf.data.Dataset.range(2))
    ...     element = iterator.get_next()
    ...     with v1.Session() as session:
    ...         session.run(iterator.initializer)
    ...         print(session.run(element), session.run(element))
    0 1
    """
    if ambient.executing_eagerly():
        raise RuntimeError(
            "make_initializable_iterator expected a graph. Received: a call outside one. "
            "Use iter(dataset)."
        )
    (source,) = datasets_in(dataset, "make_initializable_iterator(dataset)")
    for leaf in source.layout.leaves:
        if not isinstance(leaf, TensorSpec):
            raise TypeError(
                "make_initializable_iterator expected elements of tensors. "
                f"Received: element_spec={source.element_spec!r}"
            )
    return InitializableIterator(source.element_spec, source)


def from_structure(
    output_types: Any,
    output_shapes: Any = None,
    shared_name: str | None = None,
    output_classes: Any = None,
) -> InitializableIterator:
    """An iterator for datasets of one structure, which `make_initializer(dataset)` begins."""
    return InitializableIterator(signature_of(output_types, output_shapes, None))


def get_output_types(dataset_or_iterator: Any) -> Any:
    """The dtypes of the elements.

    >>> tf.compat.v1.data.get_output_types(tf.data.Dataset.range(2))
    tf.int64
    """
    return _each_leaf(dataset_or_iterator, "get_output_types", lambda spec: spec.dtype)


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The shapes of the elements.

    >>> tf.compat.v1.data.get_output_shapes(tf.data.Dataset.range(2).batch(2))
    TensorShape([None])
    """
    return _each_leaf(dataset_or_iterator, "get_output_shapes", lambda spec: spec.shape)


def _each_leaf(value: Any, name: str, part: Any) -> Any:
    spec = getattr(value, "element_spec", None)
    if spec is None:
        raise TypeError(
            f"{name} expected a dataset or an iterator. Received: {described(value)}"
        )
    return structure.map_structure(part, spec)

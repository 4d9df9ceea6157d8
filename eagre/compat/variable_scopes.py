"""`get_variable` and `variable_scope`: variables that are shared by their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from math import prod, sqrt
from typing import Any

from eagre.compat.collections import GraphKeys
from eagre.compat.variables import Variable
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.policies import VariableAggregation, VariableSynchronization
from eagre.core.python_numbers import described
from eagre.core.shapes import TensorShape
from eagre.core.tensor import Tensor
from eagre.graph.building import collecting_graph, executing_eagerly_outside_functions
from eagre.ops.creation import zeros
from eagre.ops.random import uniform


class _AutoReuse:
    """The choice to share a variable where there is one, and to make it where there is none."""

    def __repr__(self) -> str:
        return "tf.compat.v1.AUTO_REUSE"


AUTO_REUSE = _AutoReuse()


class VariableScope:
    """What `get_variable` takes where it is not given: a prefix of names, sharing, defaults."""

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        dtype: Any = dtypes.float32,
        constraint: Any = None,
    ) -> None:
        self.name = name
        self.reuse = reuse
        self.initializer = initializer
        self.regularizer = regularizer
        self.dtype = dtype
        self.constraint = constraint
        self.original_name_scope = ""

    def reuse_variables(self) -> None:
        """From now on only share variables that there are."""
        self.reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Take another initializer for variables that name none."""
        self.initializer = initializer

    def set_regularizer(self, regularizer: Any) -> None:
        """Take another regularizer for variables that name none."""
        self.regularizer = regularizer

    def global_variables(self) -> list[Any]:
        """The variables whose names begin with that of the scope."""
        return collecting_graph().get_collection(GraphKeys.GLOBAL_VARIABLES, self.name)

    def trainable_variables(self) -> list[Any]:
        """The trainable variables whose names begin with that of the scope."""
        return collecting_graph().get_collection(GraphKeys.TRAINABLE_VARIABLES, self.name)


class VariableStore:
    """What a graph or template keeps for `get_variable`: variables by name, scopes entered."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.scope = VariableScope(False)
        self.entries: dict[str, int] = {}
        """How often a scope was entered since the one around it was."""

    def unused(self, name: str) -> str:
        """The name, or that with a number, which was not entered yet."""
        count, found = 0, name
        while self.entries.get(found):
            count += 1
            found = f"{name}_{count}"
        return found


_kept: ContextVar[VariableStore | None] = ContextVar("kept", default=None)


@contextmanager
def keeping(store: VariableStore) -> Iterator[None]:
    """Let `get_variable` share variables by this store where operations run at once."""
    token = _kept.set(store)
    try:
        yield
    finally:
        _kept.reset(token)


def _store() -> VariableStore:
    kept = _kept.get()
    if kept is not None:
        return kept
    return collecting_graph().by_hand().stores.setdefault("variables", VariableStore())


def get_variable_scope() -> VariableScope:
    """The innermost variable scope that is entered."""
    return _store().scope


class variable_scope:
    """A context in which names of variables begin with `name_or_scope`.

    Args:
        name_or_scope: a name within the scope so far, or a scope to enter again.
        default_name: a name that is made unique, where `name_or_scope` is None.
        initializer, regularizer, dtype, constraint: what variables take that name none.
        reuse: True to share variables that there are, AUTO_REUSE to share or to make them.
        auxiliary_name_scope: whether operations are named so as well.
        values, caching_device, partitioner, custom_getter, use_resource: kept, but without effect;
            a partitioner or a custom_getter is refused.

    >>> with tf.Graph().as_default():
    ...     def layer():
    ...         with tf.compat.v1.variable_scope("layer", reuse=tf.compat.v1.AUTO_REUSE):
    ...             return tf.compat.v1.get_variable("weights", [2, 3])
    ...     layer().name, layer() is layer()
    ('layer/weights:0', True)
    """

    def __init__(
        self,
        name_or_scope: Any,
        default_name: str | None = None,
        values: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: Any = None,
        constraint: Any = None,
        auxiliary_name_scope: bool = True,
    ) -> None:
        if name_or_scope is None and default_name is None:
            raise TypeError(
                "variable_scope expected name_or_scope or default_name. Received: None for both"
            )
        _refuse("variable_scope", partitioner=partitioner, custom_getter=custom_getter)
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._reuse = reuse
        self._names_operations = auxiliary_name_scope
        self._options = {
            "initializer": initializer, "regularizer": regularizer, "dtype": dtype,
            "constraint": constraint,
        }
        self._left: list[Any] = []

    def __enter__(self) -> VariableScope:
        store, contexts = _store(), ExitStack()
        outer = store.scope
        scope = self._inner(store, outer)
        if self._names_operations and scope.name:
            last = scope.name.rpartition("/")[2]
            context = collecting_graph().name_scope(last)
            scope.original_name_scope = contexts.enter_context(context)
        store.entries[scope.name] = store.entries.get(scope.name, 0) + 1
        store.scope = scope
        self._left.append((store, outer, contexts))
        return scope

    def __exit__(self, *error: Any) -> None:
        store, outer, contexts = self._left.pop()
        contexts.close()
        inside = f"{store.scope.name}/"
        store.entries = {k: n for k, n in store.entries.items() if not k.startswith(inside)}
        store.scope = outer

    def _inner(self, store: VariableStore, outer: VariableScope) -> VariableScope:
        given = self._name_or_scope
        is_scope = isinstance(given, VariableScope)
        name = given.name if is_scope else self._full_name(store, outer)
        origin: VariableScope = given if is_scope else outer
        chosen = {
            key: getattr(origin, key) if value is None else value
            for key, value in self._options.items()
        }
        return VariableScope(self._reuse or origin.reuse or outer.reuse, name, **chosen)

    def _full_name(self, store: VariableStore, outer: VariableScope) -> str:
        given = self._name_or_scope
        if given == "":
            return outer.name
        prefix = f"{outer.name}/" if outer.name else ""
        if given is None:
            return store.unused(f"{prefix}{self._default_name}")
        return f"{prefix}{given}"


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: Any = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = VariableSynchronization.AUTO,
    aggregation: Any = VariableAggregation.NONE,
) -> Any:
    """The variable of a name within the variable scope: a new one, or one to share.

    Where operations run at once it is always a new one, but in a `make_template`.

    Args:
        shape: of a new variable; not needed where the initializer is a value.
        initializer: a value, or a function of a shape and a dtype; by default Glorot's uniform
            distribution for floating-point numbers, and zeros for others.
        regularizer: a function of a new variable, whose result is put into the collection
            `GraphKeys.REGULARIZATION_LOSSES`.
        caching_device, use_resource, partitioner, custom_getter: without effect; the last two are
            refused.

    Raises:
        ValueError: there is such a variable already and it is not to be shared, or it is to be
            shared and there is none, or it has another shape or dtype.

    >>> with tf.Graph().as_default():
    ...     tf.compat.v1.get_variable("w", [2], initializer=tf.zeros_initializer())
    <tf.Variable 'w:0' shape=(2,) dtype=float32>
    """
    _refuse("get_variable", partitioner=partitioner, custom_getter=custom_getter)
    store = _store()
    scope = store.scope
    full = f"{scope.name}/{name}" if scope.name else name
    is_eager = executing_eagerly_outside_functions() and _kept.get() is None
    wanted = dtypes.as_dtype(dtype or scope.dtype)
    known = None if is_eager else store.variables.get(full)
    if not is_eager and _is_shared(known, scope.reuse, full):
        return _fitting(known, shape, dtype and wanted)
    start = scope.initializer if initializer is None else initializer
    with collecting_graph().name_scope(None):
        variable = Variable(
            _first_value(full, shape, wanted, start, dtype), trainable, collections,
            validate_shape, name=full, constraint=constraint or scope.constraint,
            synchronization=synchronization, aggregation=aggregation,
        )
    if not is_eager:
        store.variables[full] = variable
        _regularize(variable, regularizer or scope.regularizer)
    return variable


def _refuse(name: str, **options: Any) -> None:
    for key, value in options.items():
        if value is not None:
            raise NotImplementedError(
                f"{name} expected no {key}: variables are whole, and made by get_variable itself. "
                f"Received: {key}={described(value)}. Leave it out."
            )


def _is_shared(known: Any, reuse: Any, name: str) -> bool:
    """Whether a variable is taken that is there already."""
    if known is not None and not reuse:
        raise ValueError(
            f"get_variable expected a new name. Received: name={name!r}, of which there is a "
            "variable. Use reuse=True or reuse=tf.compat.v1.AUTO_REUSE in variable_scope to share "
            "it."
        )
    if known is None and reuse is True:
        raise ValueError(
            f"get_variable expected the name of a variable to share. Received: name={name!r}, of "
            "which there is none. Use reuse=tf.compat.v1.AUTO_REUSE in variable_scope to make it."
        )
    return known is not None


def _fitting(known: Any, shape: Any, dtype: Any) -> Any:
    fits = shape is None or TensorShape(shape).is_compatible_with(known.shape)
    if not fits or dtype not in (None, known.dtype):
        came = f"shape={TensorShape(shape)}" if not fits else f"dtype={dtype.name}"
        raise ValueError(
            f"get_variable expected the shape and dtype of the variable {known.name!r} to share, "
            f"which are {known.shape} and {known.dtype.name}. Received: {came}"
        )
    return known


def _first_value(name: str, shape: Any, dtype: Any, initializer: Any, given: Any) -> Any:
    """The value of a new variable, or a function that makes it."""
    if initializer is not None and (isinstance(initializer, Tensor) or not callable(initializer)):
        if shape is not None:
            raise ValueError(
                "get_variable expected no shape beside an initializer that is a value. "
                f"Received: shape={shape}"
            )
        return lambda: to_tensor(initializer, given and dtype, name="get_variable(initializer)")
    sizes = None if shape is None else TensorShape(shape).sizes
    if sizes is None or None in sizes:
        raise ValueError(
            f"get_variable expected a shape of known sizes for the new variable {name!r}, or an "
            f"initializer that is a value. Received: shape={shape}"
        )
    if isinstance(initializer, type):
        initializer = initializer()
    if initializer is None:
        initializer = glorot_uniform if dtype.is_floating else zeros
    return lambda: initializer(list(sizes), dtype=dtype)


def _regularize(variable: Any, regularizer: Any) -> None:
    loss = None if regularizer is None else regularizer(variable)
    if loss is not None:
        collecting_graph().add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)


def glorot_uniform(shape: Any, dtype: Any = dtypes.float32) -> Any:
    """Uniform between -b and b, b = √(6 / (inputs + outputs)) (Glorot and Bengio, 2010)."""
    # A vector counts as its own inputs and outputs, a scalar as one of each.
    sizes = [1, 1] if not shape else shape * 2 if len(shape) == 1 else shape
    *window, inputs, outputs = sizes
    bound = sqrt(6.0 / max(1.0, prod(window) * (inputs + outputs)))
    return uniform(shape, -bound, bound, dtype)

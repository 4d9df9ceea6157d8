"""Collections of the default graph: lists of what was made, by names."""

from __future__ import annotations

from typing import Any

from eagre.graph.building import collecting_graph, group_of
from eagre.ops.creation import constant
from eagre.ops.joining import stack
from eagre.ops.math import logical_not
from eagre.ops.selection import boolean_mask


class GraphKeys:
    """The names of collections that eagre fills itself, and those that programs agree on."""

    GLOBAL_VARIABLES = "variables"
    VARIABLES = "variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    LOCAL_VARIABLES = "local_variables"
    MODEL_VARIABLES = "model_variables"
    METRIC_VARIABLES = "metric_variables"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    REGULARIZATION_LOSSES = "regularization_losses"
    LOSSES = "losses"
    UPDATE_OPS = "update_ops"
    TRAIN_OP = "train_op"
    GLOBAL_STEP = "global_step"
    SUMMARIES = "summaries"
    SAVERS = "savers"
    WEIGHTS = "weights"
    BIASES = "biases"
    ACTIVATIONS = "activations"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    TABLE_INITIALIZERS = "table_initializer"
    QUEUE_RUNNERS = "queue_runners"
    EVAL_STEP = "eval_step"


def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """What is in a collection of the default graph, as `tf.Graph.get_collection`.

    >>> with tf.Graph().as_default():
    ...     tf.compat.v1.add_to_collection("losses", 1.0)
    ...     tf.compat.v1.get_collection("losses")
    [1.0]
    """
    return collecting_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list[Any]:
    """The list itself that a collection of the default graph is."""
    return collecting_graph().get_collection_ref(key)


def add_to_collection(name: Any, value: Any) -> None:
    """Put a value into a collection of the default graph."""
    collecting_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """Put a value into several collections of the default graph, unless it is there already."""
    collecting_graph().add_to_collections(names, value)


def global_variables(scope: str | None = None) -> list[Any]:
    """The variables of the default graph, but for local ones."""
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Any]:
    """The variables of the default graph that optimizers change.

    >>> with tf.Graph().as_default():
    ...     w = tf.Variable(1.0, name="w")
    ...     step = tf.Variable(0, name="step", trainable=False)
    ...     [variable.name for variable in tf.compat.v1.trainable_variables()]
    ['w:0']
    """
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def local_variables(scope: str | None = None) -> list[Any]:
    """The variables of the default graph that were made for the collection of local ones."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list[Any]:
    """The variables in the collection of those that belong to the model."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


def variables_initializer(var_list: Any, name: str = "init") -> Any:
    """An operation that gives variables their first values; None where operations run at once."""
    initializers = [each.initializer for each in var_list]
    return group_of(each for each in initializers if each is not None)


def global_variables_initializer(name: str = "init") -> Any:
    """An operation that gives all variables so far their first values, in the order of making.

    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     w = tf.Variable([1.0, 2.0])
    ...     session.run(tf.compat.v1.global_variables_initializer())
    ...     session.run(w)
    array([1., 2.], dtype=float32)
    """
    return variables_initializer(global_variables())


def local_variables_initializer(name: str = "init") -> Any:
    """An operation that gives the local variables their first values."""
    return variables_initializer(local_variables())


def is_variable_initialized(variable: Any) -> Any:
    """Whether a variable has a value, as a boolean tensor."""
    return variable.is_initialized()


def report_uninitialized_variables(
    var_list: Any = None, name: str = "report_uninitialized_variables"
) -> Any:
    """The names of variables that have no value yet, as a vector of strings.

    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     w = tf.Variable([1.0, 2.0], name="w")
    ...     session.run(tf.compat.v1.report_uninitialized_variables())
    array([b'w'], dtype=object)
    """
    variables = [*global_variables(), *local_variables()] if var_list is None else var_list
    if not variables:
        return constant([], "string")
    names = constant([variable.name.removesuffix(":0") for variable in variables])
    return boolean_mask(names, logical_not(stack([each.is_initialized() for each in variables])))

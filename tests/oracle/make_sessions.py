"""Let TensorFlow say what programs of TensorFlow 1 do, and write it to `sessions.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_sessions.py

A case is a function of the names of TensorFlow 1 and of a session of a new graph. Its outcome is
what it returns, or the name of the error. The tests import `CASES` and `outcome` from here. Only
`main` imports TensorFlow.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("sessions.json")
CASES: dict[str, Any] = {}


def case(function):
    CASES[function.__name__] = function
    return function


def initialized(tf, session, *values, **options):
    variables = [tf.Variable(value, **options) for value in values]
    session.run(tf.global_variables_initializer())
    return variables


# Fetches and feeds ----------------------------------------------------------------------------


@case
def nest_of_fetches(tf, session):
    x = tf.constant([1.0, 2.0])
    return session.run({"a": [x, (x + 1.0,)], "b": x.op, "c": tf.reduce_sum(x)})


@case
def fetch_the_same_twice(tf, session):
    x = tf.constant(1)
    return session.run([x, x, [x]])


@case
def fetch_nothing(tf, session):
    tf.constant(1)
    return session.run([])


@case
def fetch_by_name(tf, session):
    tf.constant(3, name="x")
    return session.run(["x:0", "x"])


@case
def feed_a_placeholder(tf, session):
    x = tf.placeholder(tf.float32, [None, 2])
    return session.run(tf.reduce_sum(x, 0), {x: [[1, 2], [3, 4]]})


@case
def feed_by_name(tf, session):
    x = tf.placeholder(tf.int32, [], name="x")
    return session.run(x + 1, {"x:0": 4})


@case
def feed_what_is_computed(tf, session):
    x = tf.placeholder(tf.float32, [])
    y = x * 2.0
    return session.run([y, y + 1.0], {y: 10.0})


@case
def feed_one_of_two_outputs(tf, session):
    first, second = tf.split(tf.constant([1.0, 2.0]), 2)
    return session.run([first, second], {first: [7.0]})


@case
def feed_a_constant(tf, session):
    x = tf.constant(1.0)
    return session.run(x + 1.0, {x: 2.0})


@case
def feed_a_default(tf, session):
    x = tf.placeholder_with_default(tf.constant([1.0]), [None])
    return [session.run(x * 2.0), session.run(x * 2.0, {x: [3.0, 4.0]}), x.shape.as_list()]


@case
def feed_float64_for_float32(tf, session):
    x = tf.placeholder(tf.float32, [1])
    return session.run(x, {x: np.array([0.1])})


@case
def feed_a_float_for_an_integer(tf, session):
    x = tf.placeholder(tf.int32, [])
    return session.run(x, {x: 1.7})


@case
def feed_strings(tf, session):
    x = tf.placeholder(tf.string, [None])
    return [each.decode() for each in session.run(tf.identity(x), {x: ["a", b"bc"]})]


@case
def feed_an_unneeded_tensor(tf, session):
    x = tf.placeholder(tf.float32, [])
    return session.run(tf.constant(2), {x: 1.0})


@case
def a_callable(tf, session):
    x = tf.placeholder(tf.float32, [])
    y = tf.placeholder(tf.float32, [])
    return session.make_callable(x - y, [x, y])(5.0, 3.0)


@case
def evaluate_and_run(tf, session):
    (v,) = initialized(tf, session, 1.0)
    v.assign(5.0).op.run()
    return [v.eval(), (v * 2.0).eval(), tf.constant(1).eval(session=session)]


# Errors ---------------------------------------------------------------------------------------


@case
def error_placeholder_without_value(tf, session):
    return session.run(tf.placeholder(tf.float32, [2]) + 1.0)


@case
def error_variable_without_value(tf, session):
    return session.run(tf.Variable(1.0) * 2.0)


@case
def error_fetch_of_no_name(tf, session):
    tf.constant(1)
    return session.run("x:0")


@case
def error_fetch_of_no_operation(tf, session):
    tf.constant(1)
    return session.run("x")


@case
def error_fetch_none(tf, session):
    tf.constant(1)
    return session.run(None)


@case
def error_fetch_a_number(tf, session):
    tf.constant(1)
    return session.run([3])


@case
def error_empty_graph(tf, session):
    return session.run([])


@case
def error_closed(tf, session):
    x = tf.constant(1)
    session.close()
    return session.run(x)


@case
def error_other_graph(tf, session):
    tf.constant(1)
    with tf.Graph().as_default():
        x = tf.constant(1)
    return session.run(x)


@case
def error_feed_shape(tf, session):
    x = tf.placeholder(tf.float32, [2])
    return session.run(x, {x: [1.0]})


@case
def error_feed_text_for_a_number(tf, session):
    x = tf.placeholder(tf.int32, [])
    return session.run(x, {x: "a"})


@case
def error_feed_too_large(tf, session):
    x = tf.placeholder(tf.int8, [])
    return session.run(x, {x: 300})


@case
def error_feed_a_tensor(tf, session):
    x = tf.placeholder(tf.int32, [])
    return session.run(x, {x: tf.constant(1)})


@case
def error_feed_key(tf, session):
    return session.run(tf.constant(1), {3: 1})


@case
def error_feed_name(tf, session):
    return session.run(tf.constant(1), {"q:0": 1})


@case
def error_tensors_of_two_graphs(tf, session):
    x = tf.constant(1)
    with tf.Graph().as_default():
        return x + tf.constant(2)


@case
def error_finalized(tf, session):
    tf.get_default_graph().finalize()
    return tf.constant(1)


@case
def error_kernel(tf, session):
    x = tf.placeholder(tf.float32)
    return session.run(tf.matmul(x, x), {x: np.ones([2, 3])})


@case
def error_value_without_session(tf, session):
    return bool(tf.constant(True))


@case
def error_reset_within(tf, session):
    return tf.reset_default_graph()


def _lookup(name, function):
    def look(tf, session):
        tf.constant(1, name="x")
        return function(tf.get_default_graph())

    look.__name__ = f"error_lookup_{name}"
    case(look)


_lookup("operation", lambda graph: graph.get_operation_by_name("y"))
_lookup("operation_of_tensor", lambda graph: graph.get_operation_by_name("x:0"))
_lookup("tensor", lambda graph: graph.get_tensor_by_name("y:0"))
_lookup("tensor_of_operation", lambda graph: graph.get_tensor_by_name("x"))
_lookup("tensor_place", lambda graph: graph.get_tensor_by_name("x:1"))
_lookup("element", lambda graph: graph.as_graph_element(3))


# Names and order ------------------------------------------------------------------------------


@case
def names(tf, session):
    result = [tf.add(1, 2, name="sum").name, tf.add(1, 2, name="sum").op.name]
    with tf.name_scope("layer") as scope:
        result += [scope, tf.constant(1, name="x").name]
        with tf.name_scope("inner"):
            result.append(tf.constant(1, name="x").name)
    with tf.name_scope("layer"):
        result.append(tf.constant(1, name="x").name)
    with tf.name_scope(scope):
        result.append(tf.constant(1, name="x").name)
    with tf.name_scope(None, "default"):
        result.append(tf.constant(1, name="y").name)
    graph = tf.get_default_graph()
    result += [graph.unique_name("sum"), graph.unique_name("new", mark_as_used=False)]
    result += [graph.unique_name("new"), graph.unique_name("NEW")]
    return [*result, graph.get_tensor_by_name("layer/x:0").op.name]


@case
def control_dependencies(tf, session):
    (v,) = initialized(tf, session, 0.0)
    with tf.control_dependencies([v.assign_add(1.0)]):
        after = tf.identity(v)
        constant = tf.constant(7)
    return [session.run(after), session.run(after), session.run(constant), session.run(v)]


@case
def only_what_is_needed_runs(tf, session):
    (v,) = initialized(tf, session, 0.0)
    step = v.assign_add(1.0)
    other = tf.constant(1.0)
    session.run(other)
    before = session.run(v)
    session.run([step, step, step])
    return [before, session.run(v)]


@case
def control_dependencies_nest(tf, session):
    v, w = initialized(tf, session, 0.0, 0.0)
    with tf.control_dependencies([v.assign_add(1.0)]):
        with tf.control_dependencies([w.assign_add(1.0)]):
            both = tf.no_op()
        with tf.control_dependencies(None):
            none = tf.constant(1.0)
    session.run(both)
    session.run(none)
    return [session.run([v, w]), len(both.control_inputs)]


@case
def groups(tf, session):
    v, w = initialized(tf, session, 0.0, 0.0)
    both = tf.group(v.assign(1.0), w.assign(2.0), name="both")
    found = [session.run(both), session.run([v, w]), both.name]
    x, y = tf.tuple([tf.constant(1.0), tf.constant(2.0)], control_inputs=[v.assign(5.0).op])
    return [*found, session.run(x), session.run(v), session.run(y)]


@case
def assignments(tf, session):
    (v,) = initialized(tf, session, [1.0, 2.0])
    found = [session.run(tf.assign(v, [3.0, 4.0])), session.run(tf.assign_add(v, [1.0, 1.0]))]
    found += [session.run(tf.assign_sub(v, [2.0, 2.0])), session.run(v.assign(v * 2.0))]
    return [*found, session.run(v.assign(v, read_value=False)), session.run(v)]


# Variables ------------------------------------------------------------------------------------


@case
def sessions_have_values_of_their_own(tf, session):
    (v,) = initialized(tf, session, 1.0)
    step = v.assign_add(1.0)
    session.run(step)
    with tf.Session() as other:
        other.run(v.initializer)
        other.run([step])
        other.run([step])
        there = other.run(v)
    return [session.run(v), there]


@case
def initializers(tf, session):
    v = tf.Variable([1.0, 2.0], name="v")
    w = tf.Variable(lambda: tf.ones([2]) * 3.0, trainable=False, name="w")
    left = session.run(tf.report_uninitialized_variables())
    session.run(v.initializer)
    later = session.run(tf.report_uninitialized_variables())
    session.run(tf.variables_initializer([w]))
    none = session.run(tf.report_uninitialized_variables())
    lists = [[x.name for x in found] for found in (
        tf.global_variables(), tf.trainable_variables(), tf.local_variables())]
    parts = [[x.decode() for x in found] for found in (left, later, none)]
    return [parts, lists, session.run([v, w]), session.run(v.initial_value)]


@case
def assign_before_initializing(tf, session):
    v = tf.Variable(1.0)
    session.run(v.assign(4.0))
    return session.run([v, tf.is_variable_initialized(v)])


@case
def local_variables(tf, session):
    v = tf.Variable(1, collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
    session.run(tf.local_variables_initializer())
    return [session.run(v), len(tf.global_variables()), len(tf.local_variables())]


@case
def names_of_variables(tf, session):
    with tf.name_scope("a"):
        first = tf.Variable(1.0, name="v")
    second, third = tf.Variable(1.0, name="v"), tf.Variable(1.0, name="v")
    found = [first.name, second.name, third.name, tf.Variable(1.0).name, first.op.name]
    return [*found, first.initializer.name]


@case
def feed_of_a_variables_first_value(tf, session):
    v = tf.Variable(1.0)
    session.run(v.initializer, {v.initial_value: 9.0})
    before = session.run(v)
    v.load(3.0, session)
    return [before, session.run(v)]


@case
def collections(tf, session):
    graph = tf.get_default_graph()
    for value in (1, 2, 2):
        tf.add_to_collection("numbers", value)
    graph.add_to_collections(["numbers", "others"], 3)
    v = tf.Variable(1.0, name="a/v")
    scoped = [x.name for x in tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="a")]
    other = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="b")
    found = [tf.get_collection("numbers"), graph.get_collection("others"), scoped, other, v.name]
    graph.clear_collection("numbers")
    return [*found, tf.get_collection("numbers"), graph.get_collection_ref("numbers")]


@case
def variable_scopes(tf, session):
    with tf.variable_scope("s"):
        w = tf.get_variable("w", [2])
        with tf.variable_scope("t") as scope:
            b = tf.get_variable("b", [2])
            y = tf.constant(1.0, name="y")
    with tf.variable_scope("s", reuse=True):
        again, z = tf.get_variable("w"), tf.constant(1.0, name="z")
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE) as third:
        shared, new = tf.get_variable("b", [2]), tf.get_variable("c", [])
    with tf.variable_scope(None, default_name="d") as first:
        with tf.variable_scope(None, default_name="e") as within:
            pass
    with tf.variable_scope(None, default_name="d") as second:
        pass
    found = [w.name, b.name, again is w, shared is b, new.name, y.name, z.name]
    return [*found, first.name, second.name, within.name, third.name, scope.reuse]


@case
def variable_scope_defaults(tf, session):
    with tf.variable_scope("s", initializer=tf.constant_initializer(3.0), dtype=tf.float64):
        w = tf.get_variable("w", [2])
        tf.Variable(1.0, name="w")
        tf.get_variable_scope().reuse_variables()
        same = tf.get_variable("w") is w
        prefix = tf.get_variable_scope().name
    session.run(tf.global_variables_initializer())
    return [session.run(w), same, prefix, [v.name for v in tf.global_variables()]]


@case
def first_values(tf, session):
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    zeros, flag = tf.get_variable("k", [2], tf.int32), tf.get_variable("f", [], tf.bool)
    ones = tf.get_variable("o", [2], initializer=tf.ones_initializer)
    uniform = tf.get_variable("u", [30, 20])
    session.run(tf.global_variables_initializer())
    bound = np.abs(session.run(uniform)).max()
    return [session.run([w, zeros, flag, ones]), bool(0.3 < bound < np.sqrt(6 / 50))]


@case
def regularizers(tf, session):
    w = tf.get_variable("w", initializer=[1.0, 2.0], regularizer=tf.reduce_sum)
    session.run(w.initializer)
    return session.run(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))


def _get(name, second, reuse=None):
    def get(tf, session):
        tf.get_variable("w", [2])
        with tf.variable_scope("", reuse=reuse):
            return second(tf)

    get.__name__ = f"error_get_variable_{name}"
    case(get)


_get("twice", lambda tf: tf.get_variable("w", [2]))
_get("missing", lambda tf: tf.get_variable("v", [2]), True)
_get("shape", lambda tf: tf.get_variable("w", [3]), True)
_get("dtype", lambda tf: tf.get_variable("w", [2], tf.int32), True)
_get("no_shape", lambda tf: tf.get_variable("v"))
_get("shape_and_value", lambda tf: tf.get_variable("v", [2], initializer=tf.zeros([2])))


# Gradients ------------------------------------------------------------------------------------


@case
def gradients(tf, session):
    x = tf.placeholder(tf.float32, [None])
    (v,) = initialized(tf, session, [1.0, 2.0])
    y = tf.reduce_sum(x * v * v)
    found = tf.gradients(y, [x, v])
    return session.run(found, {x: [3.0, 4.0]})


@case
def gradients_of_several(tf, session):
    x = tf.constant([1.0, 2.0])
    ys = [x * x, tf.reduce_sum(x) * 3.0]
    return session.run([tf.gradients(ys, x), tf.gradients(ys, x, grad_ys=[x, None])])


@case
def gradients_stop(tf, session):
    x = tf.constant(2.0)
    middle = x * x
    y = middle * x
    return session.run(
        [tf.gradients(y, [x, middle]), tf.gradients(y, [x, middle], stop_gradients=[middle])])


@case
def gradients_of_dependent_sources(tf, session):
    x = tf.constant(2.0)
    middle = x * x
    return session.run(tf.gradients(middle * x, [middle, x, middle * 1.0 + 0.0])[:2])


@case
def gradients_unconnected(tf, session):
    x, y = tf.constant([1.0, 2.0]), tf.constant(3.0)
    none = tf.gradients(y * y, [x, y])
    zero = tf.gradients(y * y, [x, y], unconnected_gradients="zero")
    itself = tf.gradients(y, y)
    return [none[0] is None, session.run(zero), session.run(itself)]


@case
def gradients_second_order(tf, session):
    x = tf.placeholder(tf.float64, [3])
    y = tf.reduce_sum(tf.sin(x) * x)
    first = tf.gradients(y, x)[0]
    second = tf.gradients(first, x)[0]
    return session.run([first, second, tf.gradients(second, x)[0]], {x: [0.1, 0.2, 0.3]})


@case
def gradients_through_control_flow(tf, session):
    x = tf.placeholder(tf.float32, [])
    branch = tf.cond(x > 1.0, lambda: x * x, lambda: -x)
    loop = tf.while_loop(lambda i, z: i < 3, lambda i, z: (i + 1, z * x), [0, x])[1]
    found = tf.gradients(branch + loop, x)
    return [session.run(found, {x: value}) for value in (0.5, 2.0)]


@case
def hessians(tf, session):
    x = tf.placeholder(tf.float32, [3])
    y = tf.reduce_sum(x * x * x) + x[0] * x[1] * x[2]
    return session.run(tf.hessians(y, x), {x: [1.0, 2.0, 3.0]})


# Programs -------------------------------------------------------------------------------------


@case
def linear_regression_by_hand(tf, session):
    random = np.random.RandomState(1)
    inputs = random.randn(20, 2).astype(np.float32)
    targets = inputs @ np.float32([[2.0], [-1.0]]) + np.float32(0.5)
    x, y = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.float32, [None, 1])
    w, b = tf.Variable(tf.zeros([2, 1])), tf.Variable(tf.zeros([1]))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y))
    grads = tf.gradients(loss, [w, b])
    step = tf.group(*[tf.assign_sub(v, 0.1 * g) for v, g in zip([w, b], grads, strict=True)])
    session.run(tf.global_variables_initializer())
    losses = [session.run([loss, step], {x: inputs, y: targets})[0] for _ in range(10)]
    return [losses, session.run([w, b])]


def _training(kind, **options):
    def train(tf, session):
        x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
        w = tf.get_variable("w", initializer=1.0)
        loss = tf.reduce_mean((w * x - y) ** 2)
        count = tf.train.get_or_create_global_step()
        optimizer = getattr(tf.train, kind)(0.1, **options)
        step = optimizer.minimize(loss, global_step=count, name="train")
        session.run(tf.global_variables_initializer())
        values = []
        for _ in range(4):
            session.run(step, {x: [1.0, 2.0], y: [3.0, 5.0]})
            values.append(session.run(w))
        return [values, session.run(count), step.name, session.run(step, {x: [1.0], y: [2.0]})]

    train.__name__ = f"training_{kind}"
    case(train)


_training("GradientDescentOptimizer")
_training("MomentumOptimizer", momentum=0.9)
_training("AdamOptimizer")
_training("AdagradOptimizer")
_training("RMSPropOptimizer")


@case
def a_rate_that_is_fed(tf, session):
    (w,) = initialized(tf, session, 1.0)
    rate = tf.placeholder(tf.float32, [])
    step = tf.train.GradientDescentOptimizer(rate).minimize(w * w, var_list=[w])
    session.run(tf.global_variables_initializer())
    session.run(step, {rate: 0.25})
    first = session.run(w)
    session.run(step, {rate: 0.5})
    return [first, session.run(w)]


def described(value: Any) -> Any:
    """A result as JSON has it."""
    if isinstance(value, dict):
        return {key: described(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [described(each) for each in value]
    if isinstance(value, np.ndarray | np.generic):
        return [str(value.dtype), list(value.shape), value.tolist()]
    return value


def outcome(tf: Any, name: str, errors: Any) -> Any:
    """What a case returns in a new graph, or the name of its error."""
    try:
        with tf.Graph().as_default(), tf.Session() as session:
            return described(CASES[name](tf, session))
    except errors as error:
        # A class of eagre's own may stand below that of Python.
        kind = KeyError if isinstance(error, KeyError) else type(error)
        return f"error: {kind.__name__}"


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow.compat.v1 as tf

    lines = [
        f"{json.dumps(name)}: {json.dumps(outcome(tf, name, Exception))}" for name in sorted(CASES)
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()

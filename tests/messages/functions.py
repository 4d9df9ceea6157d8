"""`tf.function` called, declared and traced in ways that cannot work."""

import numpy as np

import eagre as tf
from tests.messages.values import INVALID

FLOATS = tf.TensorSpec([None], tf.float32)
vector, matrix = tf.ones([2]), tf.ones([2, 3])
kept = {"list": [], "tensor": None}


@tf.function
def plus(x, y, *, scale=1.0):
    return x + y * scale


@tf.function(input_signature=[FLOATS])
def total(x):
    return tf.reduce_sum(x)


@tf.function(input_signature=[{"a": FLOATS, "b": FLOATS}])
def both(pair):
    return pair["a"] + pair["b"]


@tf.function
def double(x):
    return x * 2.0


@tf.function(input_signature=[FLOATS, FLOATS])
def two_of_one(x):
    return x


SIGNATURES = {
    "too few": (lambda: plus(vector), TypeError),
    "too many": (lambda: plus(1.0, 2.0, 3.0), TypeError),
    "unknown keyword": (lambda: plus(1.0, 2.0, factor=2.0), TypeError),
    "keyword twice": (lambda: plus(1.0, 2.0, x=2.0), TypeError),
    "not a function": (lambda: tf.function(3), TypeError),
    "decorator on a number": (lambda: tf.function(input_signature=[FLOATS])("f"), TypeError),
    "input_signature: a spec": (lambda: tf.function(double, input_signature=FLOATS), TypeError),
    "input_signature: a dtype": (
        lambda: tf.function(lambda x: x, input_signature=[tf.float32]), TypeError),
    "input_signature: longer than the parameters": (
        lambda: two_of_one(vector), TypeError),
    "input_signature: shape": (lambda: total(matrix), TypeError),
    "input_signature: dtype": (lambda: total(tf.ones([2], tf.int32)), TypeError),
    "input_signature: word": (lambda: total("two"), TypeError),
    "input_signature: None": (lambda: total(None), TypeError),
    "input_signature: object": (lambda: total(object()), TypeError),
    "input_signature: ragged": (lambda: total([[1.0], [1.0, 2.0]]), TypeError),
    "input_signature: too few": (lambda: total(), TypeError),
    "input_signature: too many": (lambda: total(vector, vector), TypeError),
    "input_signature: keys": (lambda: both({"a": vector, "c": vector}), *INVALID),
    "input_signature: structure": (lambda: both([vector, vector]), TypeError),
    "unhashable argument": (lambda: double(Unhashable()), TypeError),
    "keys of several types": (lambda: double({1: vector, "a": vector}), TypeError),
    "argument that contains itself": (lambda: double(cycle()), ValueError),
    "no_retrace": (lambda: retrace(), RuntimeError),
}


class Unhashable:
    __slots__ = ()
    __hash__ = None


def cycle():
    items = []
    items.append(items)
    return items


class Scale:
    @tf.function
    def apply(self, x):
        return x * 2.0


def retrace():
    triple = tf.function(lambda x: x * 3.0)
    triple(vector)
    with tf.no_retrace():
        triple(matrix)


concrete = plus.get_concrete_function(tf.TensorSpec([2]), tf.TensorSpec([2]))
with_variable = tf.function(lambda v: v + 1.0).get_concrete_function(tf.Variable(1.0))

CONCRETE = {
    "get_concrete_function: too few": (lambda: plus.get_concrete_function(FLOATS), TypeError),
    "get_concrete_function: nothing": (lambda: plus.get_concrete_function(), TypeError),
    "get_concrete_function: other spec": (
        lambda: total.get_concrete_function(tf.TensorSpec([2, 2])), TypeError),
    "call: too few": (lambda: concrete(vector), TypeError),
    "call: nothing": (lambda: concrete(), TypeError),
    "call: too many": (lambda: concrete(vector, vector, vector), TypeError),
    "call: unknown name": (lambda: concrete(vector, z=vector), TypeError),
    "call: name twice": (lambda: concrete(vector, vector, x=vector), TypeError),
    "call: dtype": (lambda: concrete(vector, tf.ones([2], tf.int32)), TypeError),
    "call: shape": (lambda: concrete(vector, tf.ones([3])), ValueError),
    "call: word": (lambda: concrete(vector, "two"), TypeError),
    "call: None": (lambda: concrete(vector, None), TypeError),
    "call: tensor for a variable": (lambda: with_variable(1.0), TypeError),
    "call: variable of another shape": (lambda: with_variable(tf.Variable([1.0])), TypeError),
    "call: other Python number": (lambda: concrete(vector, vector, scale=2.0), TypeError),
}


# Tracing --------------------------------------------------------------------------------------


def makes_variable_later():
    @tf.function
    def later(x, n):
        if n == 1:
            kept["variable"] = tf.Variable(1.0)
        return x

    later(vector, 0)
    later(vector, 1)


def makes_variable_in_branch():
    @tf.function
    def fresh(x):
        if tf.reduce_sum(x) > 0.0:
            x = x * tf.Variable(1.0)
        return x

    fresh(vector)


def leak(use):
    """Gives `use` a tensor that got out of a traced function."""

    @tf.autograph.experimental.do_not_convert
    def keep(tensor):
        kept["tensor"] = tensor

    @tf.function
    def leaky(x):
        y = x * 2.0
        keep(y)
        return x

    def run():
        leaky(tf.constant(1.0))
        return use(kept["tensor"])

    return run


@tf.function
def takes_leaked(x):
    return x + kept["tensor"]


@tf.autograph.experimental.do_not_convert
def keep_in_list(tensor):
    kept["list"].append(tensor)


@tf.function
def leaves_loop(x):
    for _ in tf.range(3):
        keep_in_list(x * 2.0)
    return tf.stack(kept["list"])


@tf.function
def leaves_branch(x):
    holder = {"a": []}
    if x > 0.0:
        holder["a"].append(x * 2.0)
    return holder["a"][0] + 1.0


@tf.function
def attribute_in_branch(x):
    holder = Scale()
    if x > 0.0:
        holder.last = x
    return x


@tf.function
def attribute_in_loop(x):
    holder = Scale()
    for _ in tf.range(3):
        holder.last = x
    return x


@tf.function
def gives_object(x):
    return {"x": x, "what": object()}


@tf.function
def gives_function(x):
    return double


@tf.function
def shape_changes(x):
    y = x
    while tf.reduce_sum(y) < 9.0:
        y = tf.concat([y, x], 0)
    return y


@tf.function
def dtype_changes(x):
    n = 0
    for _ in tf.range(3):
        n = tf.cast(n, tf.float32) + 0.5
    return n


@tf.function
def structures_differ(x):
    pair = (x, x) if x > 0.0 else x
    return pair


@tf.function
def forever(x):
    return forever(x)


@tf.function
def never_ends(x):
    return never_ending(x)


def never_ending(x):
    return x if x > 0.0 else never_ending(x + 1.0)


@tf.function
def from_generator(x):
    def positive():
        if x > 0.0:
            yield x

    return list(positive())


@tf.function
def tries(x):
    try:
        if x > 0.0:
            raise ValueError("too large")
    finally:
        while x > 0.0:
            return x  # noqa: B012 that is what is refused
    return x


@tf.function(autograph=False)
def not_converted(x):
    return x if x > 0.0 else -x


@tf.function
def takes_value(x):
    return np.sin(x)


@tf.function
def number_of(x):
    return [1, 2, 3][tf.cast(x, tf.int32)]


scalar = tf.constant(1.0)

TRACED = {
    "variable on a later call": (makes_variable_later, ValueError),
    "variable in a branch": (makes_variable_in_branch, ValueError),
    "leaked: numpy": (leak(lambda t: t.numpy()), TypeError),
    "leaked: if": (leak(lambda t: 1 if t else 2), TypeError),
    "leaked: float": (leak(float), TypeError),
    "leaked: operator": (leak(lambda t: t + 1.0), TypeError),
    "leaked: function": (leak(tf.exp), TypeError),
    "leaked: tf.print": (leak(tf.print), TypeError),
    "leaked: argument": (leak(double), TypeError),
    "leaked: into another function": (leak(lambda t: takes_leaked(scalar)), TypeError),
    "leaked: out of a loop": (lambda: leaves_loop(scalar), TypeError),
    "leaked: list in a dictionary": (lambda: leaves_branch(scalar), TypeError),
    "attribute on one way": (lambda: attribute_in_branch(scalar), TypeError),
    "attribute in a loop": (lambda: attribute_in_loop(scalar), TypeError),
    "returns an object": (lambda: gives_object(scalar), TypeError),
    "returns a function": (lambda: gives_function(scalar), TypeError),
    "loop: shape": (lambda: shape_changes(vector), TypeError),
    "loop: dtype": (lambda: dtype_changes(scalar), TypeError),
    "branches: structures": (lambda: structures_differ(scalar), TypeError),
    "recursion: same arguments": (lambda: forever(scalar), RecursionError),
    "recursion: a tensor as the end": (lambda: never_ends(scalar), RecursionError),
    "generator": (lambda: from_generator(scalar), TypeError),
    "try": (lambda: tries(scalar), TypeError),
    "autograph=False": (lambda: not_converted(scalar), TypeError),
    "NumPy": (lambda: takes_value(scalar), TypeError),
    "index": (lambda: number_of(scalar), TypeError),
}

TABLES = {"signatures": SIGNATURES, "concrete functions": CONCRETE, "traced": TRACED}
FOREIGN_WORDS: set[str] = set()

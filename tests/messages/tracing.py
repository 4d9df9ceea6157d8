"""Symbolic tensors asked for what only values have; control flow and graphs misused."""

import numpy as np

import eagre as tf
from tests.messages.values import INVALID, MISMATCH

SCALAR = tf.TensorSpec([], tf.float32, "x")
VECTOR = tf.TensorSpec([None], tf.float32, "x")
MATRIX = tf.TensorSpec([2, 3], tf.float32, "x")
NO_VALUE = (tf.errors.InaccessibleTensorError, TypeError)
NO_DECISION = (tf.errors.OperatorNotAllowedInGraphError, TypeError)


def traced(function, *specs):
    """A callable that traces `function` for a float32 scalar, or for the given specs."""
    return lambda: tf.trace(function, *(specs or (SCALAR,)))


def leaked(function):
    """A symbolic tensor that got out of its trace, given to `function`."""
    kept = []
    tf.trace(lambda x: kept.append(x * 2.0) or x, SCALAR)
    return lambda: function(kept[0])


def into_another_trace(tensor):
    tf.trace(lambda y: y + tensor, SCALAR)


def from_a_branch():
    kept = []

    def function(x):
        tf.cond(x > 0, lambda: kept.append(x * 2.0) or x, lambda: x)
        return kept[0] + 1.0

    tf.trace(function, SCALAR)


SYMBOLS = {
    "numpy": (traced(lambda x: x.numpy()), *NO_VALUE),
    "bool": (traced(lambda x: 1 if x > 0 else 2), *NO_DECISION),
    "not": (traced(lambda x: not x), *NO_DECISION),
    "int": (traced(lambda x: int(x)), *NO_VALUE),
    "float": (traced(lambda x: float(x)), *NO_VALUE),
    "complex": (traced(lambda x: complex(x)), *NO_VALUE),
    "index": (traced(lambda x: [1, 2][tf.cast(x, tf.int32)]), *NO_VALUE),
    "range": (traced(lambda x: list(range(tf.cast(x, tf.int32)))), *NO_VALUE),
    "np.asarray": (traced(lambda x: np.asarray(x)), *NO_VALUE),
    "np.sum": (traced(lambda x: np.sum(x)), *NO_VALUE),
    "iteration": (traced(lambda x: list(x), VECTOR), *NO_DECISION),
    "iteration over a scalar": (traced(lambda x: list(x)), TypeError),
    "len": (traced(lambda x: len(x), VECTOR), TypeError),
    "len of a scalar": (traced(lambda x: len(x)), TypeError),
    "hash": (traced(lambda x: {x}), TypeError),
    "format": (traced(lambda x: f"{x:.3f}"), TypeError),
    "pickle": (traced(lambda x: __import__("pickle").dumps(x)), TypeError),
    "set_shape": (traced(lambda x: x.set_shape([4, 4]), MATRIX), ValueError),
    "an unknown size in a shape": (traced(lambda x: tf.zeros([x.shape[0], 2]), VECTOR), TypeError),
    "an unknown size beside a symbolic one": (
        traced(lambda x: tf.reshape(x, [tf.shape(x)[0], x.shape[0]]), VECTOR), TypeError),
    "Variable from a symbolic tensor": (traced(lambda x: tf.Variable(x)), *INVALID),
    "leaked: eager add": (leaked(lambda t: t + 1.0), *NO_VALUE),
    "leaked: eager op": (leaked(tf.exp), *NO_VALUE),
    "leaked: matmul": (leaked(lambda t: tf.reduce_sum([t, t])), *NO_VALUE),
    "leaked: numpy": (leaked(lambda t: t.numpy()), *NO_VALUE),
    "leaked: bool": (leaked(bool), *NO_DECISION),
    "leaked: assign": (leaked(lambda t: tf.Variable(1.0).assign(t)), *NO_VALUE),
    "leaked: into another trace": (leaked(into_another_trace), *NO_VALUE),
    "leaked: from a branch": (from_a_branch, *NO_VALUE),
    "leaked: into eager cond": (leaked(lambda t: tf.cond(True, lambda: t + 1.0, lambda: t)),
                                *NO_VALUE),
    "shape needed: tile": (
        traced(lambda x: tf.tile(x, [2]), tf.TensorSpec(None, tf.float32)), ValueError),
    "shape needed: unstack": (traced(lambda x: tf.unstack(x), VECTOR), ValueError),
    "shape needed: split": (
        traced(lambda x: tf.split(tf.ones(4), tf.cast(x, tf.int32)), VECTOR), ValueError),
    "shape needed: transpose": (
        traced(lambda x: tf.transpose(x), tf.TensorSpec(None, tf.float32)), ValueError),
    "traced: add shapes": (traced(lambda x: x + tf.ones([3, 2]), MATRIX), *INVALID),
    "traced: add dtypes": (traced(lambda x: x + tf.constant(1), MATRIX), *MISMATCH),
    "traced: matmul": (traced(lambda x: x @ x, MATRIX), *INVALID),
    "traced: index": (traced(lambda x: x[5], MATRIX), *INVALID),
    "traced: axis": (traced(lambda x: tf.reduce_sum(x, 7), MATRIX), *INVALID),
    "traced: axis is symbolic": (
        traced(lambda x: tf.reduce_sum(tf.ones([2]), tf.cast(x, tf.int32))), *NO_VALUE),
}


def cond(true, false, pred=lambda x: x > 0):
    return traced(lambda x: tf.cond(pred(x), lambda: true(x), lambda: false(x)))


def loop(condition, body, *start, **options):
    return traced(lambda x: tf.while_loop(condition, body, [x, *start], **options))


CONTROL = {
    "cond: one function": (lambda: tf.cond(True, lambda: 1), TypeError),
    "cond: function is a value": (lambda: tf.cond(True, 1, 2), TypeError),
    "cond: traced function is a value": (traced(lambda x: tf.cond(x > 0, x, x)), TypeError),
    "cond: vector": (lambda: tf.cond(tf.constant([True, False]), lambda: 1, lambda: 2),
                     ValueError),
    "cond: traced number": (cond(lambda x: x, lambda x: x, lambda x: x), TypeError),
    "cond: traced vector": (
        cond(lambda x: x, lambda x: x, lambda x: tf.stack([x, x]) > 0), ValueError),
    "cond: dtypes": (cond(lambda x: x, lambda x: 1), TypeError),
    "cond: number of outputs": (cond(lambda x: [x], lambda x: [x, x]), TypeError),
    "cond: structures": (cond(lambda x: [x], lambda x: (x,)), TypeError),
    "cond: one side None": (cond(lambda x: x, lambda x: None), TypeError),
    "case: no pair": (lambda: tf.case([]), ValueError),
    "case: two are true": (
        lambda: tf.case([(tf.constant(True), int), (tf.constant(True), int)], exclusive=True),
        tf.errors.InvalidArgumentError),
    "switch_case: no function": (lambda: tf.switch_case(tf.constant(0), []), ValueError),
    "switch_case: words": (lambda: tf.switch_case(tf.constant(0), {"a": int}), TypeError),
    "while_loop: no variables": (
        lambda: tf.while_loop(lambda: True, lambda: [], []), ValueError),
    "while_loop: more values": (
        lambda: tf.while_loop(lambda a: a < 5, lambda a: [a, a], [1]), ValueError),
    "while_loop: fewer values": (
        lambda: tf.while_loop(lambda a, b: a < 5, lambda a, b: [a], [1, 2]), ValueError),
    "while_loop: condition of a vector": (
        lambda: tf.while_loop(lambda a: a < 5, lambda a: [a + 1], [tf.ones(2)]), ValueError),
    "while_loop: a list for a number": (
        lambda: tf.while_loop(lambda a: a < 5, lambda a: [a], [1], maximum_iterations=[1]),
        ValueError),
    "while_loop: no function": (lambda: tf.while_loop(True, lambda a: [a], [1]), TypeError),
    "while_loop: traced dtype": (
        loop(lambda a: a < 5.0, lambda a: [tf.cast(a, tf.int32)]), TypeError),
    "while_loop: traced shape": (
        loop(lambda a, b: a < 5.0, lambda a, b: [a + 1.0, tf.concat([b, b], 0)], tf.ones(1)),
        ValueError),
    "while_loop: traced structure": (
        loop(lambda a, b: a < 5.0, lambda a, b: [a + 1.0], tf.ones(1)), ValueError),
    "while_loop: traced condition is a number": (loop(lambda a: a, lambda a: [a]), TypeError),
    "while_loop: traced condition is a vector": (
        loop(lambda a: tf.stack([a, a]) > 0, lambda a: [a]), TypeError),
    "while_loop: number of invariants": (
        loop(lambda a: a < 5.0, lambda a: [a], shape_invariants=[tf.TensorShape([])] * 2),
        ValueError),
    "while_loop: invariant that does not fit": (
        loop(lambda a, b: a < 5.0, lambda a, b: [a + 1.0, b], tf.ones(2),
             shape_invariants=[tf.TensorShape([]), tf.TensorShape([3])]), ValueError),
    "while_loop: body returns None": (loop(lambda a: a < 5.0, lambda a: None), ValueError),
    "while_loop: Python condition": (
        loop(lambda a: bool(a < 5.0), lambda a: [a + 1.0]), *NO_DECISION),
}

line = tf.trace(lambda x: x * 2.0, MATRIX, name="line")
vector = tf.trace(lambda x: x[2], VECTOR, name="vector")
pair = tf.trace(lambda pair: pair["a"] + pair["b"], {"a": SCALAR, "b": SCALAR}, name="pair")

GRAPHS = {
    "call: too few": (lambda: line(), *INVALID),
    "call: too many": (lambda: line(1.0, 2.0), *INVALID),
    "call: shape": (lambda: line(tf.ones([2, 4])), *INVALID),
    "call: rank": (lambda: line(tf.ones([2])), *INVALID),
    "call: dtype": (lambda: line(tf.ones([2, 3], tf.int32)), ValueError),
    "call: ragged": (lambda: line([[1.0], [1.0, 2.0]]), ValueError),
    "call: None": (lambda: line(None), ValueError),
    "call: keys": (lambda: pair({"a": 1.0, "c": 2.0}), ValueError),
    "call: structure": (lambda: pair([1.0, 2.0]), TypeError),
    "call: value out of range": (lambda: vector(tf.ones([2])), *INVALID),
    "trace: returns None": (lambda: tf.trace(lambda x: None, SCALAR, name="f"), TypeError),
    "trace: returns a foreign object": (
        lambda: tf.trace(lambda x: object, SCALAR, name="f"), ValueError),
    "trace: spec of a word": (lambda: tf.trace(lambda x: x, object()), ValueError),
    "trace: no function": (lambda: tf.trace(3, SCALAR), TypeError),
    "trace: wrong number of arguments": (lambda: tf.trace(lambda: 1, SCALAR), TypeError),
}

TABLES = {"symbols": SYMBOLS, "control": CONTROL, "graphs": GRAPHS}
FOREIGN_WORDS = {"hash", "trace: wrong number of arguments"}

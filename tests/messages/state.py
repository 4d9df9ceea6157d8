"""Variables, modules and optimizers used wrongly."""

import operator

import eagre as tf
from tests.messages.values import INVALID, MISMATCH, Foreign

v = tf.Variable([1.0, 2.0], name="v")
free = tf.Variable([1.0], shape=tf.TensorShape([None]), name="free")
w = tf.Variable(1.0, name="w")


class Silent(tf.Module):
    def __init__(self):
        pass


def without_gradients():
    tf.optimizers.SGD(0.1).apply_gradients([(None, v)])


VARIABLES = {
    "Variable: no value": (lambda: tf.Variable(), ValueError),
    "Variable: None": (lambda: tf.Variable(None), ValueError),
    "Variable: ragged": (lambda: tf.Variable([[1], [2, 3]]), ValueError),
    "Variable: foreign object": (lambda: tf.Variable(Foreign()), ValueError),
    "Variable: dtype": (lambda: tf.Variable(1.5, dtype=tf.int32), TypeError),
    "Variable: tensor of another dtype": (
        lambda: tf.Variable(tf.ones(2), dtype=tf.int32), ValueError),
    "Variable: shape": (lambda: tf.Variable([1.0, 2.0], shape=[3]), ValueError),
    "assign: shape": (lambda: v.assign([1.0, 2.0, 3.0]), *INVALID),
    "assign: scalar": (lambda: v.assign(1.0), *INVALID),
    "assign: rank where sizes are free": (lambda: free.assign([[1.0]]), *INVALID),
    "assign: dtype": (lambda: v.assign(tf.constant([1, 2])), *MISMATCH),
    "assign: float64": (lambda: v.assign(tf.zeros(2, tf.float64)), *MISMATCH),
    "assign: None": (lambda: v.assign(None), ValueError),
    "assign: foreign object": (lambda: v.assign(Foreign()), ValueError),
    "assign: word": (lambda: v.assign("ab"), TypeError),
    "assign_add: shape": (lambda: v.assign_add([1.0, 2.0, 3.0]), *INVALID),
    "assign_add: a number": (lambda: v.assign_add(1.0), *INVALID),
    "assign_sub: a number": (lambda: v.assign_sub(1.0), *INVALID),
    "count_up_to: limit": (
        lambda: tf.Variable(3).count_up_to(3), tf.errors.OutOfRangeError, IndexError),
    "count_up_to: floats": (lambda: tf.Variable(1.0).count_up_to(3), *MISMATCH),
    "count_up_to: float limit": (lambda: tf.Variable(1).count_up_to(3.5), *MISMATCH),
    "scatter_div: by zero": (
        lambda: v.scatter_div(tf.IndexedSlices(tf.constant([0.0]), tf.constant([0]))), *INVALID),
    "assign_add: grows": (lambda: w.assign_add([1.0, 2.0]), *INVALID),
    "assign_add: dtype": (lambda: v.assign_add(tf.constant([1, 2])), *MISMATCH),
    "assign_sub: shape": (lambda: v.assign_sub([1.0, 2.0, 3.0]), *INVALID),
    "operator: dtype": (lambda: v + tf.constant([1, 2]), *MISMATCH),
    "operator: shape": (lambda: v * tf.ones(3), *INVALID),
    "bool: two elements": (lambda: bool(v), ValueError),
    "float: two elements": (lambda: float(v), TypeError),
    "len: scalar": (lambda: len(w), TypeError),
    "index: out of range": (lambda: v[2], *INVALID),
    "part: shape": (lambda: v[:1].assign([1.0, 2.0]), *INVALID),
    "part: rank": (lambda: v[0].assign_add([[1.0], [2.0]]), *INVALID),
    "part: dtype": (lambda: v[0].assign_sub(tf.constant(1)), *MISMATCH),
    "part: a word": (lambda: v[0].assign("a"), TypeError),
    "part: of no variable": (lambda: (v[0] + 1.0).assign(1.0), AttributeError),
    "item assignment": (lambda: operator.setitem(v, 0, 1.0), TypeError),
}

MODULES = {
    "Module: name with a space": (lambda: tf.Module(name="two words"), ValueError),
    "Module: name with a digit first": (lambda: tf.Module(name="2d"), ValueError),
    "Module.name_scope: without __init__": (lambda: Silent().name_scope, ValueError),
    "Module: name of a number": (lambda: tf.Module(name=3), TypeError),
}

OPTIMIZERS = {
    "apply_gradients: no gradient": (without_gradients, ValueError),
    "apply_gradients: nothing": (
        lambda: tf.optimizers.SGD(0.1).apply_gradients([]), ValueError),
    "apply_gradients: shape": (
        lambda: tf.optimizers.SGD(0.1).apply_gradients([(tf.ones(3), v)]), *INVALID),
    "apply_gradients: dtype": (
        lambda: tf.optimizers.SGD(0.1).apply_gradients([(tf.ones(2, tf.float64), v)]),
        *MISMATCH),
    "apply_gradients: no pairs": (
        lambda: tf.optimizers.SGD(0.1).apply_gradients([tf.ones(2)]), TypeError),
    "apply_gradients: no variable": (
        lambda: tf.optimizers.SGD(0.1).apply_gradients([(tf.ones(2), tf.ones(2))]), TypeError),
    "SGD: momentum": (lambda: tf.optimizers.SGD(0.1, momentum=1.5), ValueError),
    "SGD: learning rate of a word": (
        lambda: tf.optimizers.SGD("fast").apply_gradients([(tf.ones(2), v)]), TypeError),
}

NAMES = {
    "attribute that is not there": (lambda: tf.no_such_name, AttributeError),
    "set_shape: symbolic": (
        lambda: tf.trace(lambda x: x.set_shape([3]), tf.TensorSpec([2])), ValueError),
}

TABLES = {"variables": VARIABLES, "modules": MODULES, "optimizers": OPTIMIZERS, "names": NAMES}
FOREIGN_WORDS: set[str] = set()

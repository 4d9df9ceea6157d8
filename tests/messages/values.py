"""Wrong values, shapes and dtypes given to functions that make and convert tensors."""

import operator

import numpy as np

import eagre as tf

INVALID = (tf.errors.InvalidArgumentError, ValueError)
MISMATCH = (tf.errors.InvalidArgumentError, ValueError, TypeError)


class Foreign:
    """An object that no rule of conversion knows."""

    def __repr__(self):
        return "Foreign()"


class Stubborn:
    """An object whose own conversion fails."""

    def __array__(self, dtype=None, copy=None):
        raise OSError("the file is gone")


def cyclic():
    values = [1]
    values.append(values)
    return tf.nest.flatten(values)


CREATION = {
    "constant: ragged list": (lambda: tf.constant([[1, 2], [3]]), ValueError),
    "constant: ragged deep down": (lambda: tf.constant([[[1], [2]], [[3], [4, 5]]]), ValueError),
    "constant: number beside list": (lambda: tf.constant([1, [2]]), ValueError),
    "constant: list beside number": (lambda: tf.constant([[1], 2]), ValueError),
    "constant: numbers and strings": (lambda: tf.constant([1, "a"]), ValueError),
    "constant: booleans and numbers": (lambda: tf.constant([True, 1]), ValueError),
    "constant: None": (lambda: tf.constant(None), ValueError),
    "constant: None in a list": (lambda: tf.constant([1, None]), ValueError),
    "constant: foreign object": (lambda: tf.constant(Foreign()), ValueError),
    "constant: foreign object in a list": (lambda: tf.constant([Foreign()]), ValueError),
    "constant: dictionary": (lambda: tf.constant({"a": 1}), ValueError),
    "constant: set": (lambda: tf.constant({1}), ValueError),
    "constant: float as int32": (lambda: tf.constant(1.5, tf.int32), TypeError),
    "constant: floats as int32": (lambda: tf.constant([1, 1.5], tf.int32), TypeError),
    "constant: string as float32": (lambda: tf.constant("a", tf.float32), TypeError),
    "constant: number as string": (lambda: tf.constant(1, tf.string), TypeError),
    "constant: complex as float32": (lambda: tf.constant(1j, tf.float32), TypeError),
    "constant: complex in a list": (lambda: tf.constant([1j], tf.float32), TypeError),
    "constant: integer over 64 bits": (lambda: tf.constant(2**64), ValueError),
    "constant: integers over 64 bits": (lambda: tf.constant([2**64]), ValueError),
    "constant: integers over 63 bits": (lambda: tf.constant([1, 2**63]), ValueError),
    "constant: integer as float of its size": (lambda: tf.constant(10**400, tf.float32),
                                               ValueError),
    "constant: unknown dtype": (lambda: tf.constant(1, "float31"), TypeError),
    "constant: dtype int": (lambda: tf.constant(1, int), TypeError),
    "constant: dates": (lambda: tf.constant(np.array(["2020"], "M8[Y]")), TypeError),
    "constant: objects in an array": (lambda: tf.constant(np.array([Foreign()], object)),
                                      ValueError),
    "constant: array of strings as int32": (lambda: tf.constant(np.array(["a"]), tf.int32),
                                            TypeError),
    "constant: arrays of two shapes": (lambda: tf.constant([np.ones(2), np.ones(3)]),
                                       ValueError),
    "constant: tensors of two shapes": (lambda: tf.constant([tf.ones(2), tf.ones(3)]), *INVALID),
    "constant: tensors of two dtypes": (lambda: tf.constant([tf.ones(2), tf.zeros(2, tf.int32)]),
                                        ValueError),
    "constant: too few values for the shape": (lambda: tf.constant([1, 2], shape=[3]), TypeError),
    "constant: shape of words": (lambda: tf.constant(1, shape="ab"), ValueError),
    "constant: negative size": (lambda: tf.constant(1, shape=[-1]), ValueError),
    "convert_to_tensor: other dtype": (lambda: tf.convert_to_tensor(tf.ones(2), tf.int32),
                                       ValueError),
    "convert_to_tensor: foreign object": (lambda: tf.convert_to_tensor(Foreign()), ValueError),
    "cast: string to number": (lambda: tf.cast("1", tf.int32), *INVALID),
    "cast: number to string": (lambda: tf.cast(1, tf.string), *INVALID),
    "cast: unknown dtype": (lambda: tf.cast(1, "floaty"), TypeError),
    "zeros: float size": (lambda: tf.zeros([2.5]), *INVALID),
    "zeros: negative size": (lambda: tf.zeros([-2]), ValueError),
    "zeros: word": (lambda: tf.zeros("ab"), *INVALID),
    "zeros: None as size": (lambda: tf.zeros([None, 2]), *INVALID),
    "ones: matrix as shape": (lambda: tf.ones(tf.constant([[1, 2]])), *INVALID),
    "fill: negative size": (lambda: tf.fill([-1], 0), *INVALID),
    "fill: vector as value": (lambda: tf.fill([3, 2], [1.0, 2.0]), *INVALID),
    "eye: negative size": (lambda: tf.eye(-1), ValueError),
    "eye: fraction of a row": (lambda: tf.eye(2.5), *INVALID),
    "range: step zero": (lambda: tf.range(1, 5, 0), *INVALID),
    "range: wrong direction": (lambda: tf.range(5, 1), *INVALID),
    "range: vector": (lambda: tf.range([1, 2]), *INVALID),
    "range: string": (lambda: tf.range("a"), TypeError),
    "one_hot: float indices": (lambda: tf.one_hot([0.5], 3), TypeError),
    "one_hot: negative depth": (lambda: tf.one_hot([0], -1), ValueError),
    "one_hot: axis out of range": (lambda: tf.one_hot([0], 3, axis=4), ValueError),
    "as_dtype: None": (lambda: tf.as_dtype(None), TypeError),
    "as_dtype: unknown word": (lambda: tf.as_dtype("int"), TypeError),
    "TensorShape: negative": (lambda: tf.TensorShape([-2]), ValueError),
    "TensorShape: float": (lambda: tf.TensorShape([1.5]), TypeError),
    "TensorShape: merge": (lambda: tf.TensorShape([1]).merge_with([2]), ValueError),
    "TensorShape: list of unknown": (lambda: tf.TensorShape(None).as_list(), ValueError),
    "TensorShape: length of unknown": (lambda: len(tf.TensorShape(None)), ValueError),
    "TensorShape: iterating over unknown": (lambda: list(tf.TensorShape(None)), ValueError),
    "TensorShape: wrong rank": (lambda: tf.TensorShape([1]).with_rank(2), ValueError),
    "TensorShape: word": (lambda: tf.TensorShape("ab"), TypeError),
    "TensorSpec: bad shape": (lambda: tf.TensorSpec("ab"), TypeError),
    "TensorSpec: bad dtype": (lambda: tf.TensorSpec([], "floaty"), TypeError),
    "TensorSpec: of no tensor": (lambda: tf.TensorSpec.from_tensor(3), ValueError),
    "DType: assigned to": (lambda: setattr(tf.float32, "name", "x"), AttributeError),
    "DType: limits of complex": (lambda: tf.complex64.limits, ValueError),
    "DType: max of string": (lambda: tf.string.max, TypeError),
}

NESTS = {
    "nest.map_structure: lengths": (lambda: tf.nest.map_structure(max, [1], [1, 2]), ValueError),
    "nest.map_structure: no function": (lambda: tf.nest.map_structure(3, [1]), TypeError),
    "nest.map_structure: no structure": (lambda: tf.nest.map_structure(max), ValueError),
    "nest.pack_sequence_as: too few": (lambda: tf.nest.pack_sequence_as([1, 2], [1]), ValueError),
    "nest.pack_sequence_as: too many": (lambda: tf.nest.pack_sequence_as([1], [1, 2]),
                                        ValueError),
    "nest.pack_sequence_as: no sequence": (lambda: tf.nest.pack_sequence_as([1], 1), TypeError),
    "nest.assert_same_structure: types": (lambda: tf.nest.assert_same_structure([1], (1,)),
                                          TypeError),
    "nest.assert_same_structure: keys": (
        lambda: tf.nest.assert_same_structure({"a": 1}, {"b": 1}), ValueError),
    "nest.flatten: cycle": (cyclic, ValueError),
    "nest.flatten: mixed keys": (lambda: tf.nest.flatten({1: 1, "a": 2}), TypeError),
}

ASKED = {
    "bool: two elements": (lambda: bool(tf.ones(2)), ValueError),
    "bool: no element": (lambda: bool(tf.ones(0)), ValueError),
    "int: two elements": (lambda: int(tf.ones(2)), TypeError),
    "int: string": (lambda: int(tf.constant("a")), ValueError),
    "int: complex": (lambda: int(tf.constant(1j)), TypeError),
    "float: two elements": (lambda: float(tf.ones(2)), TypeError),
    "float: complex": (lambda: float(tf.constant(1j)), TypeError),
    "index: float": (lambda: [1, 2][tf.constant(1.0)], TypeError),
    "index: vector": (lambda: [1, 2][tf.constant([1])], TypeError),
    "len: scalar": (lambda: len(tf.constant(1)), TypeError),
    "iter: scalar": (lambda: list(tf.constant(1)), TypeError),
    "hash: tensor": (lambda: hash(tf.constant(1)), TypeError),
    "hash: variable": (lambda: hash(tf.Variable(1)), TypeError),
    "name: of an eager tensor": (lambda: tf.constant(1).name, AttributeError),
    "item assignment": (lambda: operator.setitem(tf.constant([1]), 0, 2), TypeError),
    "item assignment: mask": (
        lambda: operator.setitem(tf.ones(2), tf.constant([True, False]), 1.0), TypeError),
    "in": (lambda: 1 in tf.constant(1), TypeError),
    "set_shape: other shape": (lambda: tf.ones(2).set_shape([3]), ValueError),
    "numpy: conversion of the object fails": (lambda: tf.constant(Stubborn()), OSError),
}

TABLES = {"creation": CREATION, "nests": NESTS, "asked": ASKED}
# Python words these itself, or another library's error goes through as it is.
FOREIGN_WORDS = {
    "hash: tensor", "hash: variable", "int: string", "in",
    "int: complex", "float: complex", "numpy: conversion of the object fails",
}

"""Wrong arguments of the functions with NumPy's semantics, and of arrays in and out."""

import numpy as np

import eagre as tf
from eagre import array_api as xp
from eagre.arrays.indexing import numpy_getitem
from tests.messages.values import INVALID, MISMATCH

numpy = tf.experimental.numpy
vector, matrix = np.array([1.0, 2.0]), np.ones((2, 3))
whole, grid, complexes = np.array([1, 2]), np.ones((2, 2, 2)), np.array([1j])


def unranked(function):
    return lambda: tf.trace(function, tf.TensorSpec(None))


STANDARD = {
    "result_type: nothing": (lambda: xp.result_type(), ValueError),
    "result_type: strings and numbers": (lambda: xp.result_type(tf.string, tf.int8), TypeError),
    "zeros: device": (lambda: xp.zeros(1, device="GPU:0"), ValueError),
    "asarray: list without a copy": (lambda: xp.asarray([1], copy=False), ValueError),
    "asarray: other dtype without a copy": (
        lambda: xp.asarray(tf.ones(1), tf.int32, copy=False), ValueError),
    "arange: step of zero": (lambda: xp.arange(0, 1, 0), ValueError),
    "linspace: negative number": (lambda: xp.linspace(0, 1, -1), ValueError),
    "full_like: order": (lambda: numpy.full_like(vector, 1, order="F"), ValueError),
    "meshgrid: copy": (lambda: xp.meshgrid(vector, copy=True), ValueError),
    "tril: vector": (lambda: xp.tril(vector), ValueError),
    "tril: unknown rank": (unranked(xp.tril), ValueError),
    "eye: symbolic size": (
        lambda: tf.trace(xp.eye, tf.TensorSpec([], tf.int32)), ValueError),
    "finfo: integers": (lambda: xp.finfo(tf.int8), TypeError),
    "iinfo: floats": (lambda: xp.iinfo(tf.float32), TypeError),
    "isdtype: kind": (lambda: xp.isdtype(tf.int8, "whole"), ValueError),
    "bitwise_left_shift: floats": (lambda: xp.bitwise_left_shift(vector, 1), *MISMATCH),
    "sign: out": (lambda: xp.sign(vector, out=vector), ValueError),
    "cumulative_sum: no axis": (lambda: xp.cumulative_sum(matrix), ValueError),
    "concat: axis": (lambda: xp.concat([vector, vector], 1), *INVALID),
    "expand_dims: axis twice": (lambda: xp.expand_dims(vector, axis=(0, 0)), ValueError),
    "matrix_transpose: vector": (lambda: xp.matrix_transpose(vector), ValueError),
    "moveaxis: destinations": (lambda: xp.moveaxis(matrix, 0, (0, 1)), ValueError),
    "broadcast_arrays: keyword": (lambda: xp.broadcast_arrays(vector, subok=True), ValueError),
    "broadcast_shapes: shapes": (lambda: xp.broadcast_shapes((2,), (3,)), ValueError),
    "diff: negative": (lambda: xp.diff(vector, -1), ValueError),
    "where: one branch": (lambda: xp.where([True], vector), ValueError),
    "nonzero: scalar": (lambda: xp.nonzero(xp.asarray(1)), ValueError),
    "argsort: kind": (lambda: xp.argsort(vector, kind="slow"), ValueError),
    "searchsorted: matrix": (lambda: xp.searchsorted(matrix, vector), ValueError),
    "__array_namespace__: version": (
        lambda: tf.ones(1).__array_namespace__(api_version="2031.12"), ValueError),
}

ALGEBRA = {
    "matmul: scalar": (lambda: xp.matmul(2.0, matrix), ValueError),
    "vecdot: sizes": (lambda: xp.vecdot(vector, [1.0, 2.0, 3.0]), ValueError),
    "outer: matrix": (lambda: xp.linalg.outer(vector, matrix), ValueError),
    "cross: two elements": (lambda: xp.linalg.cross(vector, vector), ValueError),
    "qr: mode": (lambda: xp.linalg.qr(matrix, mode="full"), ValueError),
    "matrix_norm: ord": (lambda: xp.linalg.matrix_norm(matrix, ord=3), ValueError),
    "rfft: complex numbers": (lambda: xp.fft.rfft(complexes), TypeError),
    "fft: norm": (lambda: xp.fft.fft(vector, norm="unit"), ValueError),
}

NUMPY = {
    "experimental_enable_numpy_behavior: mode": (
        lambda: numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="safe"),
        ValueError),
    "gcd: floats": (lambda: numpy.gcd(vector, 1), *MISMATCH),
    "isneginf: complex numbers": (lambda: numpy.isneginf(complexes), *MISMATCH),
    "clip: no limit": (lambda: numpy.clip(vector, None, None), ValueError),
    "mean: out": (lambda: numpy.mean(vector, out=vector), ValueError),
    "average: weights": (lambda: numpy.average(matrix, weights=vector), ValueError),
    "cross: four elements": (lambda: numpy.cross(np.ones(4), np.ones(4)), ValueError),
    "vander: matrix": (lambda: numpy.vander(matrix), ValueError),
    "vander: negative": (lambda: numpy.vander(vector, -1), ValueError),
    "ix_: matrix": (lambda: numpy.ix_(matrix), ValueError),
    "diag: cube": (lambda: numpy.diag(grid), ValueError),
    "diag_indices: negative": (lambda: numpy.diag_indices(-1), ValueError),
    "reshape: order": (lambda: numpy.reshape(matrix, -1, "A"), ValueError),
    "flatten: order": (lambda: numpy.flatten(matrix, "G"), ValueError),
    "size: axis": (lambda: numpy.size(matrix, 0), NotImplementedError),
    "split: sections": (lambda: numpy.split(np.ones(3), 2), ValueError),
    "take: mode": (lambda: numpy.take(vector, [0], mode="raise"), ValueError),
    "compress: matrix": (lambda: numpy.compress(matrix, vector), ValueError),
    "select: nothing": (lambda: numpy.select([], []), ValueError),
    "pad: mode": (lambda: numpy.pad(vector, 1, "mean"), ValueError),
    "seed: None": (lambda: numpy.random.seed(None), ValueError),
    "randint: dtype": (lambda: numpy.random.randint(3, dtype=np.int8), ValueError),
    "tensor[...]: two ellipses": (
        lambda: numpy_getitem(tf.ones([2, 2]), (..., [0], ...)), *INVALID),
    "tensor[...]: too many indices": (
        lambda: numpy_getitem(tf.ones([2, 2]), ([0], [0], [0])), *INVALID),
    "tensor[...]: floats as indices": (
        lambda: numpy_getitem(tf.ones([2]), [0.5]), *MISMATCH),
    "tensor[...]: mask without axes beside others": (
        lambda: numpy_getitem(tf.ones([2]), (True, 0)), *INVALID),
}

EXCHANGE = {
    "from_dlpack: list": (lambda: xp.from_dlpack([1]), TypeError),
    "from_dlpack: no capsule": (lambda: tf.experimental.dlpack.from_dlpack(3), TypeError),
    "from_dlpack: used up": (lambda: use_twice(), *INVALID),
    "to_dlpack: strings": (lambda: tf.experimental.dlpack.to_dlpack(["a"]), *INVALID),
    "to_dlpack: symbolic": (
        lambda: tf.trace(tf.experimental.dlpack.to_dlpack, tf.TensorSpec([])), TypeError),
}


def use_twice():
    capsule = tf.experimental.dlpack.to_dlpack(tf.ones(1))
    tf.experimental.dlpack.from_dlpack(capsule)
    return tf.experimental.dlpack.from_dlpack(capsule)


TABLES = {"array_api": STANDARD, "algebra": ALGEBRA, "numpy": NUMPY, "exchange": EXCHANGE}
FOREIGN_WORDS: set[str] = set()

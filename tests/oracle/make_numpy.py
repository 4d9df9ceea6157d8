"""Let TensorFlow say what `tf.experimental.numpy` is to compute, and write it to `numpy.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_numpy.py

A case is a Python expression of `np`, which is `tf.experimental.numpy`, and of the arrays below. A
result that is a sequence is written element by element; what fails is the name of the error.
The tests import `CASES`, `ARRAYS` and `evaluate` from here. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy

FILE = Path(__file__).with_name("numpy.npz")

ARRAYS = {
    "a": numpy.array([[3, 1, 2], [-4, 0, 9]], numpy.int32),
    "b": numpy.array([[2, 5, 1], [3, -7, 4]], numpy.int64),
    "c": numpy.array([[0.5, -1.5, 2.25], [4.0, -0.0, 1e-3]], numpy.float32),
    "d": numpy.array([[1.5, 2.5, -0.75], [0.1, 7.0, -3.0]]),
    "e": numpy.zeros((0, 3), numpy.float32),
    "f": numpy.array([[True, False, True], [False, False, True]]),
    "h": numpy.array([1.5, -2.0, 0.25], numpy.float16),
    "i": numpy.array([numpy.inf, -numpy.inf, numpy.nan, 0.0, 1.0]),
    "p": numpy.array([[0.5, 0.25], [0.125, 0.75]]),
    "s": numpy.array(2.5, numpy.float32),
    "t": numpy.arange(24.0).reshape(2, 3, 4),
    "u": numpy.array([250, 3, 7], numpy.uint8),
    "v": numpy.array([3, 1, 2], numpy.int32),
    "w": numpy.array([0.5, 2.0, -1.0]),
    "z": numpy.array([[1 + 2j, -0.5j], [3.0, -1 - 1j]]),
    "k": numpy.array([-3, 4, 5], numpy.int8),
}

_ONE = (
    "abs absolute arcsinh arctan cbrt ceil conj conjugate cos cosh deg2rad exp exp2 expm1 fabs fix "
    "floor imag iscomplex iscomplexobj isfinite isinf isnan isneginf isposinf isreal isrealobj "
    "logical_not negative positive rad2deg real reciprocal round sign signbit sin sinc sinh square "
    "tan tanh angle"
).split()
_POSITIVE = "log log10 log1p log2 sqrt arccosh".split()
_SMALL = "arccos arcsin arctanh".split()
_TWO = (
    "add subtract multiply true_divide divide floor_divide mod remainder maximum minimum equal "
    "not_equal greater greater_equal less less_equal arctan2 hypot logaddexp logaddexp2 "
    "heaviside isclose logical_and logical_or logical_xor float_power"
).split()
_REDUCTIONS = "sum prod mean max min amax amin all any var std ptp nansum nanprod nanmean".split()

_OTHERS = """
np.bitwise_and(a, b)
np.bitwise_or(a, 3)
np.bitwise_xor(a, a)
np.bitwise_not(a)
np.gcd(a, b)
np.lcm(a, b)
np.power(a, 2)
np.power(c, 2)
np.power(2, c)
np.power(d, a)
np.nextafter(d, 0.0)
np.float_power(a, 2)
np.divmod(b, 3)
np.clip(a, 0, 3)
np.clip(c, None, 1.0)
np.clip(c, -1.0, None)
np.clip(a, 0.5, 2.5)
np.around(d, 1)
np.around(a, -1)
np.round(c)
np.angle(z, deg=True)
np.add(a, 1)
np.add(a, 1.5)
np.add(c, 1)
np.add(c, 1.5)
np.add(h, 1.5)
np.add(u, 3)
np.add(k, u)
np.add(u, c)
np.add(a, c)
np.add(f, 1)
np.add(f, f)
np.multiply(f, f)
np.add(z, c)
np.add(c, 1j)
np.add(1, 2)
np.add(1, 2.5)
np.add([1, 2], [0.5, 1])
np.add(True, False)
np.true_divide(a, b)
np.true_divide(k, k)
np.true_divide(f, f)
np.floor_divide(d, 0.75)
np.floor_divide(f, True)
np.mod(d, -0.75)
np.result_type(a, c)
np.result_type(c, 1.5)
np.result_type(np.int8, np.uint8)
np.promote_types(np.int32, np.float32)
np.array([1, 2])
np.array([1.5])
np.array([True])
np.array(1j)
np.array([[1], [2]], np.float32)
np.array(3, ndmin=2)
np.array([a, a])
np.array([1, 2.5])
np.asarray(c)
np.asarray([1, 2], np.float16)
np.asanyarray(a)
np.ascontiguousarray(3)
np.ascontiguousarray(a)
np.copy(a)
np.arange(5)
np.arange(5.0)
np.arange(2, 9, 3)
np.arange(0, 1, 0.25)
np.arange(4, dtype=np.float32)
np.arange(5, 0, -2)
np.zeros(3)
np.zeros((2, 2), np.int32)
np.zeros_like(a)
np.zeros_like(a, np.float32)
np.ones((1, 2))
np.ones_like(c)
np.empty_like(e)
np.full((2, 2), 3)
np.full(2, 1.5)
np.full((2, 3), v)
np.full(2, 3, np.float32)
np.full_like(a, 2.7)
np.full_like(c, 2)
np.eye(3)
np.eye(2, 4, 1)
np.eye(3, k=-1, dtype=np.int32)
np.identity(2)
np.identity(2, np.int32)
np.tri(3)
np.tri(2, 4, 1, np.int32)
np.tril(t, 1)
np.triu(a, -1)
np.diag(v)
np.diag(v, 1)
np.diag(v, -2)
np.diag(a)
np.diag(a, 1)
np.diag(a, -1)
np.diagonal(t)
np.diagonal(t, 1, 1, 2)
np.diagonal(t, -1, 0, 2)
np.diagflat(a)
np.diagflat(v, -1)
np.diag_indices(3)
np.trace(a)
np.trace(t, 1, 1, 2)
np.trace(a, dtype=np.float32)
np.linspace(0, 1, 5)
np.linspace(0, 1, 5, False)
np.linspace(2.0, -2.0, 4, dtype=np.float32)
np.linspace(0, 1, 1)
np.linspace(v, 9, 3)
np.linspace(0, 3, 4, retstep=True)
np.logspace(0, 2, 3)
np.logspace(0, 2, 3, base=2)
np.geomspace(1, 8, 4)
np.geomspace(-1.0, -8.0, 4)
np.vander(v)
np.vander(w, 2)
np.vander(v, 4, True)
np.ix_([0, 1], [2, 3, 4])
np.meshgrid(v, w)
np.meshgrid(v, w, indexing='ij')
np.reshape(a, (3, 2))
np.reshape(a, -1)
np.reshape(a, (3, 2), 'F')
np.ravel(a)
np.flatten(a)
np.flatten(a, 'F')
np.transpose(t)
np.transpose(t, (1, 0, 2))
np.swapaxes(t, 0, -1)
np.moveaxis(t, 0, -1)
np.moveaxis(t, (0, 1), (-1, 0))
np.expand_dims(a, 1)
np.squeeze(np.reshape(a, (1, 2, 1, 3)))
np.squeeze(np.reshape(a, (1, 2, 1, 3)), 2)
np.atleast_1d(s)
np.atleast_2d(v)
np.atleast_3d(v)
np.atleast_3d(a)
np.atleast_2d(s, v)
np.broadcast_to(v, (2, 3))
np.broadcast_arrays(a, v, s)
np.flip(a)
np.flip(a, 0)
np.fliplr(a)
np.flipud(a)
np.rot90(a)
np.rot90(a, 2)
np.rot90(a, 3)
np.rot90(t, -1, (1, 2))
np.roll(a, 1)
np.roll(a, -1, 1)
np.repeat(a, 2)
np.repeat(a, 2, 1)
np.repeat(a, [1, 0, 2], 1)
np.tile(a, 2)
np.tile(a, (2, 1, 1))
np.concatenate([a, b])
np.concatenate([a, c], 1)
np.concatenate([a, v], None)
np.append(a, 7)
np.append(a, a, 0)
np.stack([a, c])
np.stack([v, v], -1)
np.hstack([v, w])
np.hstack([a, a])
np.vstack([v, w])
np.dstack([v, v])
np.split(v, 3)
np.split(t, [1], 1)
np.split(v, [1, 1])
np.hsplit(a, 3)
np.vsplit(a, 2)
np.dsplit(t, 2)
np.take(a, [1, 0], 1)
np.take(a, [1, 5])
np.take(v, [-1, 7], mode='wrap')
np.take(v, [-1, 7])
np.take_along_axis(a, [[0, 1, 0]], 0)
np.take_along_axis(a, [[2], [0]], 1)
np.compress([True, False, True], a, 1)
np.compress([False, True], v)
np.select([f, a > 0], [a, a * 10], 99)
np.select([[True, False, False], [True, True, False]], [v, w])
np.pad(v, 1, 'constant')
np.pad(a, ((1, 0), (0, 2)), 'constant', constant_values=7)
np.pad(v, 2, 'reflect')
np.pad(v, 2, 'symmetric')
np.where(f, a, c)
np.where(f, 1, 2)
np.where(f)
np.nonzero(a)
np.count_nonzero(a)
np.count_nonzero(f, 0)
np.argsort(a)
np.argsort(a, 0)
np.argsort(a, None)
np.argsort(a, kind='stable')
np.sort(a)
np.sort(c, 0)
np.argmax(a)
np.argmax(a, 1)
np.argmin(c, 0)
np.cumsum(a)
np.cumsum(a, 1)
np.cumsum(f, 0)
np.cumsum(u)
np.cumprod(a, 1)
np.cumprod(c, 0, np.float64)
np.diff(a)
np.diff(a, 2)
np.diff(a, 1, 0)
np.diff(f)
np.average(a)
np.average(c, 1)
np.average(c, 1, w)
np.average(c, weights=d * d)
np.average(v, returned=True)
np.dot(a, v)
np.dot(v, w)
np.dot(s, a)
np.dot(a, np.transpose(b))
np.dot(t, [1, 2, 3, 4])
np.inner(a, v)
np.inner(a, a)
np.vdot(z, z)
np.vdot(v, w)
np.outer(v, w)
np.outer(a, v)
np.kron(v, w)
np.kron(a, v)
np.kron(a, a)
np.cross(v, w)
np.cross(a, v)
np.cross(p, p[::-1])
np.cross([1, 2], [3, 4, 5])
np.cross(np.transpose(a), np.transpose(b), axis=0)
np.matmul(a, np.transpose(c))
np.matmul(v, w)
np.matmul(t, t[:, 0])
np.tensordot(a, b)
np.tensordot(a, a, ((0,), (0,)))
np.einsum('ij,kj->ik', a, c)
np.einsum('ij->j', a)
np.polyval(v, w)
np.polyval([1, 2], 3)
np.allclose(c, c + 1e-9)
np.allclose(i, i)
np.allclose(i, i, equal_nan=True)
np.isclose(i, i[::-1], equal_nan=True)
np.array_equal(a, a)
np.array_equal(a, v)
np.array_equal(a, b)
np.ndim(t)
np.shape(t)
np.size(t)
np.isscalar(3)
np.isscalar(v)
np.isscalar(s)
np.iscomplexobj(z)
np.sum(a, dtype=np.float32)
np.sum(a, 1, keepdims=True)
np.sum(t, (0, 2))
np.sum(u)
np.sum(k)
np.sum(f, 0)
np.sum(e, 0)
np.prod(u)
np.mean(u)
np.mean(k)
np.mean(h)
np.mean(z)
np.mean(a, dtype=np.float32)
np.var(c, ddof=1)
np.var(t, 1, keepdims=True)
np.var(z)
np.std(t, (0, 1))
np.issubdtype(np.int32, np.inexact)
np.iinfo(np.int8).max
np.finfo(np.float32).eps
np.full_like(a, 1, order='F')
np.sum(a, 2)
np.concatenate([v, a])
np.matmul(v, p)
np.dot(v, p)
np.reshape(a, (4, 4))
np.arange(0, 1, 0)
np.clip(a, None, None)
np.take(v, [0], mode='raise')
np.split(v, 2)
np.diag(t)
np.tril(v)
np.expand_dims(a, 5)
np.moveaxis(t, 0, 5)
np.gcd(c, c)
np.bitwise_and(c, c)
np.where(f, a)
np.select([], [])
np.sign(a, out=a)
np.mean(a, out=a)
np.cross(np.ones(4), np.ones(4))
np.stack([v, p])
np.nonzero(s)
np.diff(v, -1)
np.vander(a)
np.linspace(0, 1, -1)
np.einsum('ij,j', a, p)
""".strip().splitlines()

_RANDOM = [
    "np.random.randn(2, 3)",
    "np.random.standard_normal(4)",
    "np.random.rand(5)",
    "np.random.random((2, 2))",
    "np.random.uniform(-1.0, 3.0, (4,))",
    "np.random.uniform()",
    "np.random.randint(10, size=6)",
    "np.random.poisson(4.0, (6,))",
    "np.random.poisson(2.5)",
    "np.random.randint(3, 9, (2, 2), np.int32)",
]

# Operators and methods of tensors; a capital letter is the tensor of the array of that name.
OPERATORS = """
A + C
A + 1
A + 1.5
C + 1.5
C + 1
H + 1.5
H + 1j
U + 3
K + U
A + B
A - B
A * D
A / B
A / 2
K / K
A // 2
D // 0.75
A % 3
A ** 2
C ** 2
A ** 2.0
2 ** C
1.5 + A
1 - A
2 / A
7 // C
F + F
F * 2
F & F
F | A
A ^ B
~F
~A
A < C
A <= 1.5
A > B
A >= 0
A == C
A != 1
F == F
A == 1.0
Z * 1.5
Z * 2
-A
abs(A)
A @ np.transpose(C)
C @ np.transpose(C)
A + a
A + c
C + d
a + C
d * C
C + [1, 2, 3]
C + [0.5, 1, 2]
A + [1, 2, 3]
A + [0.5, 1, 2]
A + d[0]
A.T
T.T
A.size
A.ndim
A.astype(np.float32)
A.reshape(3, 2)
A.reshape((3, 2))
A.reshape(-1)
A.ravel()
A.flatten()
A.transpose()
T.transpose((2, 0, 1))
A.clip(0, 2)
A.max()
A.max(1)
A.min(0)
A.mean()
A.tolist()
A[0]
A[-1, 1]
A[:, 1]
A[[0, 1]]
A[[1, 0], [2, 0]]
A[:, [2, 0]]
A[v[:2] - 2]
T[:, [0, 2], 1]
T[[0, 1], :, [1, 3]]
T[..., [0, -1]]
T[:, [0, 1], [2, 3]]
T[[1]]
T[[[0, 1], [1, 0]]]
A[F]
A[:, F[0]]
T[:, F[0]]
T[:, F[0], 1:3]
T[F]
A[None]
A[..., None]
W[V - 1]
W[W > 0]
A[V[1:2], 0]
T[1:, :, V]
""".strip().splitlines()

CASES = [
    *[f"np.{name}({x})" for name in _ONE for x in ("a", "c", "d", "f", "h", "z")],
    *[f"np.{name}(i)" for name in ("isnan", "isinf", "isposinf", "isneginf", "sign")],
    *[f"np.{name}(np.abs({x}) + 1)" for name in _POSITIVE for x in ("a", "c", "d", "z")],
    *[f"np.{name}({x})" for name in _SMALL for x in ("p", "f", "np.float32(0.5)")],
    *[f"np.{name}({x})" for name in _TWO for x in ("b, a + 5", "c, d", "a, c", "d, 2", "s, d")],
    *[f"np.{name}(f, f)" for name in ("add", "greater", "logical_and", "maximum")],
    *[f"np.{name}({x})" for name in _REDUCTIONS for x in ("a", "c, 1", "t, (0, 2)", "f", "d, -1")],
    *_OTHERS,
    *_RANDOM,
]


def evaluate(namespace: Any, expression: str, arrays: Any) -> Any:
    """The value of an expression; random numbers are drawn from a fresh generator."""
    if "random" in expression:
        namespace.random.seed(7)
    return eval(expression, {"np": namespace, **arrays})


def evaluate_operators(namespace: Any, expression: str, arrays: Any) -> Any:
    """The value of an expression of tensors and arrays."""
    tensors = {name.upper(): namespace.asarray(array) for name, array in arrays.items()}
    return eval(expression, {"np": namespace, **arrays, **tensors})


def parts(value: Any) -> list[Any]:
    """A value as a list of arrays."""
    if isinstance(value, list | tuple) and not all(isinstance(part, int) for part in value):
        return [part for each in value for part in parts(each)]
    if hasattr(value, "as_numpy_dtype"):
        return [numpy.array(value.name)]
    if isinstance(value, numpy.dtype | type):
        return [numpy.array(numpy.dtype(value).name)]
    return [numpy.asarray(value)]


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow

    namespace = tensorflow.experimental.numpy
    # Without it most functions of integers fail.
    namespace.experimental_enable_numpy_behavior()
    answers: dict[str, Any] = {"version": numpy.array(tensorflow.__version__)}
    for number, expression in enumerate(CASES):
        try:
            values = parts(evaluate(namespace, expression, ARRAYS))
        except Exception as error:
            answers[f"{number}.error"] = numpy.array(type(error).__name__)
            continue
        for place, value in enumerate(values):
            answers[f"{number}.{place}"] = value
    for number, expression in enumerate(OPERATORS):
        try:
            value = evaluate_operators(namespace, expression, ARRAYS)
            answers[f"operator.{number}"] = parts(numpy.asarray(value))[0]
        except Exception as error:
            answers[f"operator.{number}.error"] = numpy.array(type(error).__name__)
    numpy.savez_compressed(FILE, **answers)
    print(len(CASES), "cases,", sum("error" in key for key in answers), "errors")


if __name__ == "__main__":
    main()

"""Write tests/oracle/jacobian.npz: TensorFlow's jacobians and batched maps.

Run with a Python that has TensorFlow. Each case of `PROGRAMS` is the body of a function of `tf`
and of tensors; the tests run the same text with eagre.
"""

import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

GENERATOR = np.random.default_rng(7)


def numbers(*shape, dtype="float32"):
    values = GENERATOR.uniform(0.3, 1.7, shape) * GENERATOR.choice([-1, 1], shape)
    if dtype.startswith("complex"):
        values = values + 1j * GENERATOR.uniform(-1, 1, shape)
    return values.astype(dtype)


X, M, V = numbers(3), numbers(4, 3), numbers(3)
IMAGE, FILTERS = numbers(2, 5, 5, 2), numbers(3, 3, 2, 3)
PROGRAMS = {
    "square": ("x * x", [X]),
    "scalar target": ("tf.reduce_sum(x * x)", [X]),
    "scalar source": ("x * tf.constant([1.0, 2.0])", [numbers()]),
    "double": ("tf.sin(x) * x", [numbers(2, 2, dtype="float64")]),
    "half": ("x * x", [numbers(3, dtype="float16")]),
    "complex": ("x * x * tf.math.conj(x)", [numbers(3, dtype="complex64")]),
    "complex to real": ("tf.abs(x)", [numbers(3, dtype="complex128")]),
    "matmul": ("tf.matmul(x, y)", [M, numbers(3, 2)]),
    "matvec": ("tf.linalg.matvec(x, y)", [M, X]),
    "softmax": ("tf.nn.softmax(x)", [M]),
    "layer": ("tf.nn.relu(tf.matmul(x, y) + z)", [M, numbers(3, 2), numbers(2)]),
    "convolution": ("tf.nn.conv2d(x, y, 1, 'SAME')", [IMAGE, FILTERS]),
    "pooling": ("tf.nn.max_pool2d(x, 2, 2, 'SAME')", [IMAGE]),
    "average": ("tf.nn.avg_pool2d(x, 2, 1, 'VALID')", [IMAGE]),
    "gather": ("tf.gather(x, [2, 0, 0], axis=1)", [M]),
    "slice": ("x[1:, ::2] * x[0, 0]", [M]),
    "reductions": ("tf.reduce_max(x, 1) + tf.reduce_prod(x, 1) + tf.reduce_mean(x)", [M]),
    "cumulative": ("tf.cumsum(x, exclusive=True) + tf.math.cumprod(x)", [M]),
    "cholesky": ("tf.linalg.cholesky(tf.matmul(x, x, transpose_a=True))", [M]),
    "inverse": ("tf.linalg.inv(x)", [numbers(3, 3) + 4 * np.eye(3, dtype="float32")]),
    "solve": ("tf.linalg.solve(x, y)", [numbers(2, 2) + 4 * np.eye(2, dtype="float32"),
                                        numbers(2, 2)]),
    "where": ("tf.where(x > 0, x * x, tf.exp(x))", [M]),
    "concat": ("tf.concat([x, y[tf.newaxis]], 0) * y", [M, V]),
    "unconnected": ("x * 2", [X, V]),
    "empty target": ("x[:0]", [X]),
    "empty source": ("tf.reduce_sum(x) * tf.constant([1.0, 2.0])", [numbers(0)]),
    "rank 3": ("tf.transpose(x, [2, 0, 1]) * x[:, :, :1]", [numbers(2, 2, 2)]),
}
BATCHES = {
    "square": ("x * x", [M]),
    "across": ("tf.matmul(x, tf.matmul(x, x, transpose_a=True))", [M]),
    "layer": ("tf.tanh(tf.matmul(x, tf.ones([3, 2])))", [M]),
    "unconnected": ("tf.ones([4, 2])", [M]),
    "image": ("tf.nn.conv2d(x, tf.ones([2, 2, 2, 1]), 1, 'VALID')", [IMAGE]),
    "empty examples": ("x * x", [numbers(2, 0)]),
}
MAPS = {
    "outer": ("x[:, None] * x", [M]),
    "matrix": ("tf.linalg.inv(tf.linalg.diag(x) + 1.0)", [np.abs(M)]),
    "shared": ("x + y", [M, numbers(1, 3)]),
    "constant": ("tf.constant(1.5)", [M]),
    "pieces": ("{'a': x[:2], 'b': [tf.reduce_sum(x), tf.sort(x)]}", [M]),
    "cond": ("tf.cond(x[0] > 0, lambda: x, lambda: tf.exp(x))", [M]),
    "loop": (
        "tf.while_loop(lambda i: tf.reduce_sum(i * i) < 40.0, lambda i: [i * 1.5], [x])[0]", [M]
    ),
    "own indices": ("tf.gather(y, x)", [np.array([[2, 0], [1, 1]], np.int32), numbers(2, 3)]),
    "own rows": ("tf.tensor_scatter_nd_add(y, x[:, None], y[:2])",
                 [np.array([[2, 0], [1, 1]], np.int32), numbers(2, 3)]),
    "own filters": ("tf.nn.conv2d(x[None], y, 2, 'SAME')", [IMAGE, numbers(2, 2, 2, 2, 3)]),
    "integers": ("x // 2 + tf.argmax(x)", [np.arange(6).reshape(2, 3)]),
    "no examples": ("x * 2", [numbers(0, 3)]),
    "one example": ("x * 2", [numbers(1, 3)]),
}
NAMES = "xyz"


def call(text, tensors):
    return eval(text, {"tf": tf, **dict(zip(NAMES, tensors, strict=False))})


def flat(values):
    return [None if value is None else value.numpy() for value in tf.nest.flatten(values)]


def jacobians(text, arrays, unconnected):
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        target = call(text, tensors)
    return flat(tape.jacobian(target, tensors, unconnected_gradients=unconnected))


def batch_jacobian(text, arrays):
    (x,) = tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(x)
        target = call(text, tensors)
    return flat(tape.batch_jacobian(target, x))


def mapped(text, arrays):
    elems = tuple(tf.constant(array) for array in arrays)
    return flat(tf.vectorized_map(lambda each: call(text, each), elems))


def main():
    arrays, cases = {}, []
    kinds = {
        "jacobian": (PROGRAMS, lambda *case: jacobians(*case, "none")),
        "jacobian with zeros": (
            {"unconnected": PROGRAMS["unconnected"]}, lambda *case: jacobians(*case, "zero")
        ),
        "batch_jacobian": (BATCHES, batch_jacobian),
        "vectorized_map": (MAPS, mapped),
    }
    for kind, (programs, compute) in kinds.items():
        for name, (text, inputs) in programs.items():
            found = compute(text, inputs)
            key = f"{kind}/{name}"
            cases.append(
                {"kind": kind, "name": name, "text": text, "inputs": len(inputs),
                 "missing": [value is None for value in found]}
            )
            arrays |= {f"{key}/in{i}": array for i, array in enumerate(inputs)}
            arrays |= {f"{key}/out{i}": x for i, x in enumerate(found) if x is not None}
    arrays["cases"] = np.array(json.dumps(cases))
    np.savez_compressed(Path(__file__).with_name("jacobian.npz"), **arrays)


if __name__ == "__main__":
    main()

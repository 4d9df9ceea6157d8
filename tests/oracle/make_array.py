"""Let TensorFlow say what operations on arrays are to compute, and write it to `array.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_array

A case is a Python expression of arrays `a`, `b` that are drawn from its own number; its outcome is
the list of values and, where the first value is one of floats, the gradients of all arrays, given
`cotangent` as gradient of that value. For expressions that fail the outcome is the name of the
error. Only `main` imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle.expressions import cotangent, evaluate, recorded, write

FILE = Path(__file__).with_name("array.npz")


class Case(NamedTuple):
    """An expression, the shapes of its arrays and their dtype."""

    expression: str
    shapes: tuple[tuple[int, ...], ...] = ()
    dtype: str = "float32"


def _places() -> list[Case]:
    scatter = "tf.tensor_scatter_nd_{}(a, [[2], [0]], b)"
    cases = [
        Case("tf.gather(a, [[1, 0], [0, 2]], batch_dims=1)", ((2, 3),)),
        Case("tf.gather(a, [[1, 0], [0, 2]], batch_dims=-1)", ((2, 3),)),
        Case("tf.gather(a, [[1], [0]], axis=2, batch_dims=1)", ((2, 3, 4),)),
        Case("tf.gather(a, [1, 0], axis=-1, batch_dims=1)", ((2, 3),)),
        Case("tf.gather(a, [[[1, 0]], [[0, 2]]], axis=-1, batch_dims=1)", ((2, 3, 4),)),
        Case("tf.gather(a, [[[1, 0]], [[0, 2]]], axis=2, batch_dims=2)", ((2, 1, 3, 2),)),
        Case("tf.gather(a, [0, 2, 2], axis=-1)", ((2, 3),)),
        Case("tf.gather_nd(a, [[0, 0], [1, 1]])", ((2, 3),)),
        Case("tf.gather_nd(a, [[1], [1], [0]])", ((2, 3),), "float64"),
        Case("tf.gather_nd(a, tf.zeros([0, 2], tf.int32))", ((2, 3),)),
        Case("tf.gather_nd(a, tf.zeros([3, 0], tf.int32))", ((2, 3),), "int32"),
        Case("tf.gather_nd(a, tf.constant([[[1, 0, 1]]], tf.int64))", ((2, 3, 2),)),
        Case("tf.gather_nd(a, [[1], [0]], batch_dims=1)", ((2, 3),)),
        Case("tf.gather_nd(a, [[[2, 1]], [[0, 0]]], batch_dims=1)", ((2, 3, 2),)),
        Case("tf.gather_nd([['a', 'b']], [[0, 1]])"),
        Case("tf.scatter_nd([[1], [3], [1]], a, [5])", ((3,),)),
        Case("tf.scatter_nd([[0, 1], [2, 0]], a, [3, 2, 2])", ((2, 2),), "float64"),
        Case("tf.scatter_nd([[0], [0]], [True, True], [2])"),
        Case("tf.scatter_nd(tf.zeros([0, 1], tf.int32), a, [2])", ((0,),)),
    ]
    for name in ("update", "add", "sub", "max", "min"):
        cases += [
            Case(scatter.format(name), ((3, 2), (2, 2)), dtype)
            for dtype in ("float32", "float64", "int32", "uint8")
        ]
    return [
        *cases,
        Case("tf.tensor_scatter_nd_add(a, [[0, 0], [0, 0], [1, 2]], b)", ((2, 3), (3,))),
        Case("tf.tensor_scatter_nd_update(a, [[0], [0]], b)", ((2,), (2,))),
        Case("tf.tensor_scatter_nd_max(a - a, [[0], [2]], b - b)", ((3,), (2,))),
        Case("tf.tensor_scatter_nd_update(a, tf.zeros([0, 2], tf.int32), [])", ((2, 2),)),
        Case("tf.tensor_scatter_nd_update(['a', 'b'], [[0]], ['c'])"),
        Case("tf.where(a > 0)", ((2, 3),)), Case("tf.where([[1, 0], [0, 2]])"),
        Case("tf.where([NAN, 0.0, -0.0])"), Case("tf.where(tf.zeros([0, 3]))"),
        Case("tf.where([1j, 0j])"),
        Case("tf.fingerprint([b'x' * n for n in [0, 1, 3, 4, 7, 8, 16, 17, 32, 33, 64, 65, 300]])"),
        Case("tf.fingerprint([['a', 'b'], ['c', 'd']])"), Case("tf.fingerprint([['a'], ['c']])"),
        Case("tf.fingerprint(a)", ((3, 2, 2),)), Case("tf.fingerprint(a)", ((3,),), "int32"),
        Case("tf.fingerprint(tf.zeros([0, 3]))"), Case("tf.fingerprint(tf.zeros([2, 0]))"),
        Case("tf.unravel_index([1, 5], [2, 3])"), Case("tf.unravel_index(5, [2, 3])"),
        Case("tf.unravel_index([1], tf.constant([2, 3], tf.int64))"),
        Case("tf.dynamic_partition(a, [0, 1, 0], 2)", ((3, 2),)),
        Case("tf.dynamic_partition(a, [[0, 1], [1, 1]], 2)", ((2, 2, 2),)),
        Case("tf.dynamic_partition([1, 2], [1, 0], 3)"),
        Case("tf.dynamic_partition([1, 2, 3], 0, 2)"),
        Case("tf.dynamic_stitch([[0, 2], [1]], [a, b])", ((2, 3), (1, 3))),
        Case("tf.dynamic_stitch([1, [2, 0]], [a, b])", ((2,), (2, 2))),
        Case("tf.dynamic_stitch([[[2, 0]], [0, 1]], [a, b])", ((1, 2), (2,))),
        Case("tf.dynamic_stitch([tf.zeros([0], tf.int32)], [tf.zeros([0, 2])])"),
    ]


def _sequences() -> list[Case]:
    cases = [Case(f"tf.linspace({args})") for args in (
        "1, 5, 3", "1.0, 5.0, 1", "1.0, 5.0, 0", "0.1, 0.7, 11", "-3.0, 3.0, 7", "1.0, 5, 3",
        "tf.constant(0.0, tf.float64), 1.0, 7", "2.0, 2.0, 4", "1.0, -1.0, 9", "0.0, 1e30, 5")]
    cases += [Case(f"tf.linspace(a, b, 4, axis={axis})", ((2, 3), (3,))) for axis in (0, 1, 2, -1)]
    return [
        *cases,
        Case("tf.meshgrid([1, 2], [3, 4, 5])"), Case("tf.meshgrid(1, [2, 3], indexing='ij')"),
        Case("tf.meshgrid(a, b, [1.0, 2.0])", ((2,), (3,))), Case("tf.meshgrid([1, 2])"),
        Case("tf.meshgrid(a, b, [1.0], indexing='ij')", ((2,), (3,))),
        Case("tf.roll(a, 1, 0)", ((3,),)), Case("tf.roll(a, [1, 1], [0, 0])", ((3, 2),)),
        Case("tf.roll(a, [1, -4], [0, -1])", ((2, 3),)), Case("tf.roll(a, 7, 1)", ((2, 3),)),
        Case("tf.roll(tf.zeros([0]), 1, 0)"), Case("tf.roll(a, tf.constant(-2), 0)", ((5, 2),)),
        Case("tf.repeat(a, 2)", ((2, 2),)), Case("tf.repeat(a, [1, 2], axis=0)", ((2, 2),)),
        Case("tf.repeat(a, [0, 2, 1], axis=-1)", ((2, 3),)), Case("tf.repeat([1, 2], 0)"),
        Case("tf.repeat(3, [4])"), Case("tf.repeat(3, 4, axis=0)"), Case("tf.repeat([1, 2], [3])"),
        Case("tf.repeat(a, 3, axis=1)", ((2, 0),)), Case("tf.repeat(['a', 'b'], [1, 2])"),
        Case("tf.sequence_mask([1, 3, 2])"), Case("tf.sequence_mask([1, 3, 2], 5)"),
        Case("tf.sequence_mask([[1, 3]], 2, tf.float32)"), Case("tf.sequence_mask(2)"),
        Case("tf.sequence_mask(2, 3)"), Case("tf.sequence_mask([])"),
        Case("tf.sequence_mask(tf.zeros([0], tf.int32))"), Case("tf.sequence_mask([-1, -2])"),
        Case("tf.sequence_mask([1, 2], tf.constant(3, tf.int64))"),
        Case("tf.sequence_mask([1.0, 2.5])"), Case("tf.sequence_mask([1.0, 2.5], 3)"),
        Case("tf.reverse_sequence(a, [2, 3], 1)", ((2, 3),)),
        Case("tf.reverse_sequence(a, [2, 0], seq_axis=1, batch_axis=0)", ((2, 3, 2),)),
        Case("tf.reverse_sequence(a, [2, 1, 2], seq_axis=0, batch_axis=1)", ((2, 3),)),
        Case("tf.reverse_sequence(a, [1, 4], seq_axis=2, batch_axis=0)", ((2, 3, 4),)),
        Case("tf.reverse_sequence(a, tf.constant([1, 2], tf.int64), 2, 1)", ((3, 2, 2),)),
    ]


def _orders() -> list[Case]:
    cases = [
        Case(f"tf.{name}({form}, direction={direction!r})", shapes, dtype)
        for name in ("sort", "argsort")
        for direction in ("ASCENDING", "DESCENDING")
        for form, shapes, dtype in (
            ("a", ((2, 5),), "float32"), ("a", ((9,),), "int32"), ("a", ((30,),), "uint8"),
            ("a, axis=0", ((5, 2),), "float64"), ("a, axis=-2", ((2, 3, 2),), "int64"),
            ("[2, 1, 2, 1]", (), "int32"), ("[INF, 1.0, -INF, -0.0, 0.0]", (), "float32"),
            ("tf.zeros([2, 0])", (), "float32"),
        )
    ]
    return [
        *cases,
        *[Case(f"tf.searchsorted({args})") for args in (
            "[1, 3, 5], [0, 1, 2, 5, 6]", "[1, 3, 3, 5], [3, 4], side='right', out_type=tf.int64",
            "[[1, 3, 5], [1, 2, 3]], [[0, 1], [2, 2]]", "[1.0, 3.0], [INF, -INF, 2.0]",
            "tf.zeros([0]), [1.0]", "tf.zeros([2, 0]), tf.zeros([2, 3])")],
        *[Case(f"tf.{name}({args})") for name in ("unique", "unique_with_counts") for args in (
            "[3, 1, 3, 2]", "[NAN, 1.0, NAN]", "[0.0, -0.0, 1.0]", "['b', 'a', 'b']",
            "[True, False, True]", "tf.zeros([0], tf.int64)", "[5, 5], out_idx=tf.int64",
            "tf.constant([1, 2, 1], tf.bfloat16)")],
    ]


def _shapes() -> list[Case]:
    sliced = "tf.strided_slice(a, {})"
    return [
        *[Case(sliced.format(args), ((4, 3),)) for args in (
            "[1], [3]", "[3], [0], [-2]", "[3], [0], [-2], end_mask=1", "[1], [0], begin_mask=1",
            "[1], [0], shrink_axis_mask=1", "[0, 1, 1], [0, 2, 2], ellipsis_mask=1",
            "[0, 1], [0, 2], new_axis_mask=1", "[0, 1], [1, 2], begin_mask=2, shrink_axis_mask=1",
            "[-3, 0], [-1, 9], [1, 2]", "tf.constant([1, 0]), tf.constant([3, 2])",
            "[0, 0, 1], [0, 0, 2], ellipsis_mask=1, new_axis_mask=2, shrink_axis_mask=4")],
        Case("tf.slice(a, [1, 0], [2, -1])", ((4, 3),)),
        Case("tf.slice(a, tf.constant([1, 2]), tf.constant([0, 1]))", ((4, 3),)),
        Case("tf.slice(a, [4, 0], [-1, 1])", ((4, 3),)),
        Case("tf.ensure_shape(a, [None, 3])", ((4, 3),)), Case("tf.ensure_shape([1, 2], None)"),
        Case("tf.shape_n([[1, 2], [[3]]])"), Case("tf.shape_n([[1]], tf.int64)"),
        Case("tf.broadcast_dynamic_shape([1, 2], [3, 1])"),
        Case("tf.broadcast_dynamic_shape([2], tf.constant([3, 1], tf.int64))"),
        Case("tf.broadcast_dynamic_shape([], [3, 1])"),
        Case("tf.space_to_batch_nd(a, [2, 2], [[0, 0], [0, 0]])", ((1, 2, 4, 2),)),
        Case("tf.space_to_batch_nd(a, [2, 3], [[1, 0], [0, 2]])", ((2, 3, 4, 2),)),
        Case("tf.space_to_batch_nd(a, [2], [[1, 1]])", ((3, 2),)),
        Case("tf.space_to_batch(a, [2], [[0, 1]])", ((2, 3, 2),)),
        Case("tf.batch_to_space(a, [2], [[0, 0]])", ((4, 3),)),
        Case("tf.batch_to_space(a, [2, 2], [[1, 0], [0, 2]])", ((8, 2, 3, 2),)),
        Case("tf.nn.space_to_depth(a, 2)", ((2, 4, 6, 3),)),
        Case("tf.nn.depth_to_space(a, 2)", ((2, 2, 3, 8),)),
        Case("tf.nn.depth_to_space(a, 3)", ((1, 2, 1, 9),), "float64"),
        Case("tf.required_space_to_batch_paddings([5, 6], [2, 4])"),
        Case("tf.required_space_to_batch_paddings([5, 6], [2, 4], [[1, 1], [0, 1]])"),
        Case("tf.tile(a, [2, 3])", ((2, 3),)), Case("tf.tile(a, [0, 1])", ((2, 3),)),
        Case("tf.tile(1, [])"), Case("tf.tile(a, tf.constant([2]))", ((3,),)),
        Case("tf.split(a, tf.constant([1, 2]))", ((3, 2),)), Case("tf.split(a, 2, -1)", ((3, 4),)),
        Case("tf.split([1, 2, 3], tf.constant([1, -1]))"),
        Case("tf.tuple([tf.constant(1), tf.constant(2.0)])"), Case("tf.guarantee_const([1])"),
    ]


_EDGES = "[NAN, INF, -INF, 1e10, -1e10, 300.7, -300.7, 1e20, -1e20, 3e9, -1.0, 70000.5, -1e5]"


def _casts() -> list[Case]:
    cases = [
        Case(f"tf.cast(tf.constant({_EDGES}, tf.{source}), tf.{target})")
        for source in ("float32", "float64")
        for target in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint64", "bool")
    ]
    # One by one: what the vectorized conversion to uint32 gives differs from that of its tails.
    cases += [
        Case(f"tf.cast(tf.constant({value}, tf.{source}), tf.uint32)")
        for source in ("float32", "float64") for value in _EDGES.strip("[]").split(", ")
    ]
    cases += [
        Case(f"tf.cast(tf.constant([NAN, INF, 300.7, -300.7], tf.float16), tf.{target})")
        for target in ("int8", "int16", "int32", "int64", "uint8", "uint64")
    ]
    return [
        *cases,
        Case("tf.cast([1e19, 9.3e18, 1.8e19], tf.uint64)"),
        *[Case(f"tf.bitcast({args})") for args in (
            "[1.0, -0.0], tf.int32", "[1.0], tf.uint8", "1.0, tf.uint8", "[1j], tf.float32",
            "tf.constant([1, 2], tf.uint8), tf.uint16", "tf.constant([[1], [2]]), tf.float32",
            "tf.constant([[1, 2]], tf.uint8), tf.bfloat16",
            "tf.zeros([0, 2], tf.uint8), tf.int16")],
        *[Case(f"tf.saturate_cast({args})") for args in (
            "[1e10, -1e10, NAN, 300.5, INF], tf.int32", "[1e10, -1e10, 300.5, INF], tf.uint8",
            "[1e20, -1e20, 300.5, INF], tf.uint32", "[300, -1], tf.uint8", "[300, -1], tf.int8",
            "tf.constant([1e20, -1e20, NAN, INF], tf.float64), tf.float16",
            "tf.constant([-1, 2**40], tf.int64), tf.uint32", "[300, -1], tf.float16",
            "[300 + 1j], tf.uint8", "[300.0], tf.complex64", "[1.5, 300.0], tf.float64",
            "tf.constant([INF, 7.0], tf.float16), tf.float32",
            "tf.constant([100000, -100000]), tf.float16")],
    ]


def _initializers() -> list[Case]:
    return [Case(f"tf.{call}") for call in (
        "zeros_initializer()([2])", "zeros_initializer()([2], tf.bool)",
        "zeros_initializer()([2], partition_offset=[0], partition_shape=[1])",
        "ones_initializer()([2, 1], tf.int32)", "constant_initializer(3)([2])",
        "constant_initializer([1, 2])([1, 2], tf.float32)", "constant_initializer('a')([2])",
        "random_uniform_initializer(seed=3)([2, 2])", "random_normal_initializer(seed=3)([5])",
        "random_uniform_initializer(0, 10, seed=3)([4], tf.int32)",
        "random_uniform_initializer(-1.0, 2.0, seed=9)([3], tf.float64)",
        "random_normal_initializer(1.0, 2.0, seed=5)([3], tf.float64)")]


_MAPPED = "tf.map_fn(lambda x: {}, {})"


def _composites() -> list[Case]:
    return [
        Case(_MAPPED.format("x * x", "a"), ((3, 2),)),
        Case(_MAPPED.format("tf.reduce_sum(x)", "a"), ((3, 2),)),
        Case(_MAPPED.format("x[0] * x[1]", "(a, b), fn_output_signature=tf.float32"),
             ((3, 2), (3,))),
        Case(_MAPPED.format("(x + 1, x > 0)", "a, dtype=(tf.float32, tf.bool)"), ((4,),)),
        Case(_MAPPED.format("{'p': x['k'], 'q': x['k'] * 2}",
             "{'k': a}, fn_output_signature={'p': tf.float32, 'q': tf.float32}"), ((3,),)),
        Case(_MAPPED.format("tf.cast(x, tf.int32)", "a, fn_output_signature=tf.int32"), ((4,),)),
        Case("tf.scan(lambda s, x: s + x, a)", ((4,),)),
        Case("tf.scan(lambda s, x: s * x + 1, a, reverse=True)", ((4, 2),)),
        Case("tf.scan(lambda s, x: s * tf.reduce_sum(x), a, initializer=2.0)", ((4, 2),)),
        Case("tf.scan(lambda s, x: (s[1] + x, s[0]), a, initializer=(b[0], b[1]), reverse=True)",
             ((4,), (2,))),
        Case("tf.scan(lambda s, x: s + x[0] * x[1], (a, b), initializer=0.0)", ((3,), (3,))),
        Case("tf.foldl(lambda s, x: s * 10 + x, tf.constant([1, 2, 3]))"),
        Case("tf.foldl(lambda s, x: s * x + 1, a)", ((4, 2),)),
        Case("tf.foldl(lambda s, x: s - x * s, a, initializer=b)", ((4,), (2,))),
        Case("tf.foldr(lambda s, x: s * 10 + x, tf.constant([1, 2, 3]))"),
        Case("tf.foldr(lambda s, x: s * x + 1, a, initializer=3.0)", ((4,),)),
        Case("tf.foldl(lambda s, x: (s[0] + x, s[1] * x), a, (0.0, 1.0))", ((3,),)),
        Case("tf.foldl(lambda s, x: s + x, tf.zeros([0]), 7.0)"),
        Case("tf.case([(tf.constant(False), lambda: 1), (tf.constant(True), lambda: 2)])"),
        Case("tf.case([(tf.constant(False), lambda: 1)], default=lambda: 3, exclusive=True)"),
        Case("tf.switch_case(tf.constant(1), [lambda: a, lambda: a * 2])", ((2,),)),
        Case("tf.switch_case(tf.constant(7), {0: lambda: 1, 1: lambda: 2})"),
        Case("tf.switch_case(tf.constant(-1), {0: lambda: 1}, default=lambda: 5)"),
    ]


def _extremes() -> list[Case]:
    """Numbers that a dtype cannot hold, and elements that differ in their bits alone."""
    cases = [Case(f"tf.constant({value}, tf.{dtype})", dtype=dtype) for value, dtype in (
        ("[70000.0, -1e5]", "float16"), ("[[1, 70000]]", "float16"), ("65520.0", "float16"),
        ("10**30", "float16"), ("[1e300]", "float32"), ("1e300", "float32"), ("1e39", "bfloat16"),
        ("[3.4028236e38, 3.4028235e38]", "float32"), ("[10**40, 1]", "float32"))]
    cases += [Case(f"tf.{name}(tf.constant({values}, tf.{dtype}))", dtype=dtype)
              for name in ("unique", "unique_with_counts") for dtype in ("float16", "bfloat16")
              for values in ("[0.0, -0.0, 1.0, -0.0, 0.0]", "[NAN, -0.0, NAN, 6e-8, 0.0, -6e-8]")]
    return [*cases, Case("tf.constant([1.0], tf.float16) * 1e6", dtype="float16")]


CASES = [*_places(), *_sequences(), *_orders(), *_shapes(), *_casts(), *_initializers(),
         *_composites(), *_extremes()]

_M = "[[1, 2], [3, 4]]"
ERRORS = [
    *[f"tf.constant({value})" for value in (
        "1e39", "[1e39, 1.0]", "-3.5e38", "10**400, tf.float32", "[10**400], tf.float32")],
    "tf.one_hot([0, 2], 3, axis=-2)", "tf.fingerprint('a')", "tf.fingerprint(['a'], method='md5')",
    *[f"tf.gather_nd({_M}, {indices})" for indices in (
        "[[0], [2]]", "[[0, 0, 0]]", "[]", "1", "[1.0]", "[[-1]]")],
    *[f"tf.gather({_M}, {rest}, batch_dims={count})" for rest, count in (
        ("[[1, 0]]", 1), ("[[1, 0], [0, 5]]", 1), ("[[1, 0], [0, 0]]", 3))],
    *[f"tf.scatter_nd({args}, [4])" for args in (
        "[[4]], [2.0]", "[[-1]], [2.0]", "[[0, 0]], [2.0]", "[[0]], [[2.0]]", "[[0], [1]], [2.0]",
        "[0], 3")],
    "tf.scatter_nd([[0]], [1], [-2])",
    *[f"tf.tensor_scatter_nd_{name}([1, 2], {args})" for name in ("update", "add", "max", "sub")
      for args in ("[[2]], [5]", "[[0]], [5, 6]", "[[0]], [5.0]", "[[0]], 5", "[[0, 1]], [5]")],
    "tf.linspace(1.0, 5.0, -1)", "tf.linspace([1.0], [5.0], 3, axis=2)", "tf.linspace(1, 5.0, 3)",
    "tf.linspace(0.0, 1.0, 3.0)", "tf.meshgrid([1, 2], indexing='i')", "tf.meshgrid([1], foo=1)",
    "tf.roll([1, 2, 3], 1, 1)", "tf.roll([1, 2, 3], [1], [0, 1])", "tf.roll(1, 1, 0)",
    "tf.roll([1, 2, 3], 1.0, 0)", "tf.repeat([1, 2], [1, 2, 3], axis=0)", "tf.repeat([1, 2], -1)",
    "tf.repeat([1, 2], [[3]])", "tf.repeat([1, 2], 2.0)", "tf.repeat([1, 2], 2, axis=1)",
    "tf.sequence_mask([1], -1)", "tf.sequence_mask([1], [3])",
    *[f"tf.reverse_sequence([[1, 2, 3], [4, 5, 6]], {args})" for args in (
        "[4, 1], 1", "[-1, 1], 1", "[1], 1", "[1, 1], 0, 0", "[1, 1], 2, 0", "[1.0, 1], 1")],
    "tf.sort([True, False])", "tf.sort(1.0)", "tf.sort([2, 1], direction='UP')", "tf.sort(['a'])",
    "tf.sort([1j])", f"tf.sort({_M}, axis=2)", "tf.argsort([2, 1], axis=None)",
    "tf.searchsorted([1, 3], [0], side='up')", "tf.searchsorted([1.0, 3.0], [1])",
    "tf.searchsorted([1, 3, 5], 2)", "tf.unique([[1, 2]])", "tf.unique(1)",
    "tf.unique([1], out_idx=tf.float32)", "tf.where(3)", "tf.where(['a', ''])",
    *[f"tf.strided_slice([1, 2], {args})" for args in (
        "[0, 1, 0], [1, 2, 1]", "[0], [2], [0]", "[0, 1], [2]", "[5], [6], shrink_axis_mask=1",
        "[0, 0], [0, 0], ellipsis_mask=3", "[1], [2], [-1], shrink_axis_mask=1")],
    "tf.slice([1, 2, 3], [1], [5])", "tf.slice([1, 2, 3], [1], [-2])",
    "tf.slice([1, 2, 3], [4], [-1])", "tf.ensure_shape([1, 2], [3])",
    "tf.ensure_shape([1, 2], [2, 1])", "tf.shape_n([])", "tf.shape_n(3)",
    "tf.broadcast_static_shape(tf.TensorShape([1, 2]), tf.TensorShape([3, 3]))",
    "tf.broadcast_dynamic_shape([1, 2], [3, 3])",
    *[f"tf.space_to_batch_nd([[[[1], [2], [3]]]], {args})" for args in (
        "[1, 2], [[0, 0], [0, 0]]", "[0, 2], [[0, 0], [0, 1]]", "[1, 2], [[0, 0], [-1, 0]]")],
    "tf.space_to_batch_nd([1, 2], [1, 2], [[0, 0], [0, 1]])",
    *[f"tf.batch_to_space([[1], [2]], {args})" for args in (
        "[3], [[0, 1]]", "[2], [[2, 1]]", "[2], [[-1, 1]]", "2, [[0, 1]]")],
    "tf.nn.space_to_depth([[[[1], [2]], [[3], [4]]]], 3)",
    "tf.nn.space_to_depth([[[[1], [2]], [[3], [4]]]], 1)",
    "tf.nn.depth_to_space([[[[1, 2, 3]]]], 2)", "tf.nn.depth_to_space([[[1, 2, 3, 4]]], 2)",
    "tf.unravel_index([6], [2, 3])", "tf.unravel_index([[1]], [2, 3])",
    "tf.unravel_index([1], [0, 3])",
    *[f"tf.dynamic_partition([1, 2, 3], {args})" for args in (
        "[0, 2, 0], 2", "[0, -1, 0], 2", "[0, 1], 2", "[0, 1, 0], 0",
        "tf.constant([0, 1, 0], tf.int64), 2")],
    "tf.dynamic_stitch([[0, 2]], [[1, 2, 3]])", "tf.dynamic_stitch([[-1]], [[1]])",
    "tf.dynamic_stitch([], [])", "tf.tile([[1, 2]], [2])", "tf.tile([1, 2], [-1])",
    "tf.split([1, 2, 3], [-1, 4])", "tf.split([1, 2, 3], [-1, -1])",
    "tf.bitcast(tf.constant([1, 2], tf.uint8), tf.float32)", "tf.bitcast([True], tf.uint8)",
    "tf.bitcast(tf.constant(1, tf.uint8), tf.float32)", "tf.bitcast(['a'], tf.uint8)",
    "tf.bitcast(tf.constant([1], tf.uint8), tf.bool)", "tf.saturate_cast([True], tf.int8)",
    "tf.saturate_cast([1e20], tf.bool)", "tf.zeros_initializer()([2], tf.string)",
    "tf.ones_initializer()([2], tf.string)", "tf.zeros_initializer()([2], foo=3)",
    "tf.constant_initializer([1, 2])([4])", "tf.constant_initializer(2)([2], tf.bool)",
    "tf.constant_initializer(tf.constant(2))", "tf.random_normal_initializer()([2], tf.int32)",
    "tf.random_uniform_initializer(0, None, seed=3)([2], tf.int32)",
    "tf.constant_initializer([1])([1], partition_offset=[0], partition_shape=[1])",
    "tf.name_scope(3)",
    "tf.map_fn(lambda x: x, 1.0)", "tf.map_fn(3, [1.0])", "tf.map_fn(lambda x: x > 0, [1.0])",
    "tf.scan(lambda s, x: s, 1.0)", "tf.scan(3, [1.0])", "tf.foldl(3, [1.0])",
    "tf.case([(tf.constant(False), lambda: 1)])", "tf.case(3)", "tf.case([(1.0, lambda: 1)])",
    "tf.switch_case(1, 3)",
    "tf.case([(tf.constant(True), 3)])", "tf.switch_case(tf.constant(0), {1: lambda: 1})",
]  # fmt: skip


def arrays(number: int) -> list[Any]:
    """The arrays of a case, in float64 or whole numbers; the caller gives them their dtype."""
    case = CASES[number]
    random = np.random.default_rng(number)
    drawn = [random.standard_normal(shape) for shape in case.shapes]
    return [np.abs(np.round(x * 9)) if "int" in case.dtype else x for x in drawn]


def values_of(tf: Any, result: Any) -> list[Any]:
    """The tensors of a result."""
    return [tf.convert_to_tensor(leaf) for leaf in tf.nest.flatten(result)]


def results(tf: Any, case: Case, inputs: list[Any]) -> dict[str, Any]:
    """The values, and the gradients of all inputs."""
    values, tape = recorded(
        tf, lambda: values_of(tf, evaluate(tf, case.expression, inputs)), inputs
    )
    found = {f".{place}": value for place, value in enumerate(values)}
    if not inputs or not values[0].dtype.is_floating or "int" in case.dtype:
        return found
    seed = tf.cast(cotangent(tuple(values[0].shape)), values[0].dtype)
    grads = tape.gradient(values[0], inputs, seed, tf.UnconnectedGradients.ZERO)
    return found | {f".grad.{place}": grad for place, grad in enumerate(grads)}


def main() -> None:
    write(FILE, CASES, arrays, results, ERRORS)


if __name__ == "__main__":
    main()

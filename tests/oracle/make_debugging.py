"""Let TensorFlow say what assertions, devices, printing and inspection do; write `debugging.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_debugging.py

Each case is a Python expression. Its outcome is the `repr` of the value, or the names of the
classes of the error. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.oracle.make_core import lines, write
from tests.oracle.make_tensor import outcome

FILE = Path(__file__).with_name("debugging.json")

PAIRS = ["equal", "none_equal", "less", "less_equal", "greater", "greater_equal"]
OPERANDS = lines("""
    [1, 2], [1, 2]
    [1, 2], [2, 2]
    [1, 2], [1, 3]
    [[1, 2], [3, 4]], [0, 1]
    [3, 4], 2
    [], []
    1.0, nan
    [1, 2], [1, 2, 3]
    tf.constant([1, 2]), tf.constant([1.0, 2.0])
    tf.constant(1.5, tf.bfloat16), tf.constant(1.5, tf.bfloat16)
    tf.constant(7, tf.uint8), tf.constant(8, tf.uint8)
    tf.Variable([1.0]), [2.0]
""")
SIGNS = ["positive", "negative", "non_negative", "non_positive"]
NUMBERS = ["[1, 2]", "[-1.0]", "0", "[0, 1]", "[-1, 0]", "[]", "nan", "tf.constant(3, tf.uint8)",
           "tf.constant(-3.0, tf.float16)", "'a'", "[True]"]  # fmt: skip

ASSERTIONS = [
    *[f"D.assert_{pair}({values})" for pair in PAIRS for values in OPERANDS],
    *[f"D.assert_{sign}({value})" for sign in SIGNS for value in NUMBERS],
    *lines("""
    D.Assert(True, [1])
    D.Assert(False, [1])
    D.Assert(tf.constant(False), [])
    D.Assert(True, 3)
    D.Assert is tf.Assert
    D.assert_equal is tf.assert_equal
    D.assert_all_finite([1.0, 2.0], "m")
    D.assert_all_finite([1.0, nan], "m")
    D.assert_all_finite([1], "m")
    D.check_numerics([inf], "m")
    D.check_numerics([1 + 1j], "m")
    D.check_numerics(tf.constant([1.0], tf.float16), "m")
    D.check_numerics(tf.constant([inf], tf.bfloat16), "m")
    D.check_numerics([], "m")
    D.assert_near([1.0, 2.0], [1.0, 2.1])
    D.assert_near([1.0, 2.0], [1.0, 2.1], rtol=0.1)
    D.assert_near([1.0, 2.0], [1.0, 2.1], atol=0.2)
    D.assert_near([1.0, 2.0], [1.0, 2.00001])
    D.assert_near([1.0, 2.0], [1.0, 2.000002])
    D.assert_near([1, 2], [1, 2])
    D.assert_near([1, 2], [1, 4], rtol=1, atol=1)
    D.assert_near(nan, nan)
    D.assert_near(inf, inf)
    D.assert_near(tf.constant(1.0, tf.float64), 1.0 + 1e-14)
    D.assert_near(tf.constant(1.0, tf.float64), 1.0 + 1e-15)
    D.assert_near(tf.constant(1.0, tf.float16), 1.005)
    D.assert_near(tf.constant(1.0, tf.float16), 1.05)
    D.assert_near(1 + 1j, 1 + 1j)
    D.assert_near(1 + 1j, 1 + 2j)
    D.assert_integer(1)
    D.assert_integer(1.0)
    D.assert_scalar(1)
    D.assert_scalar([1])
    D.assert_rank([1], 1)
    D.assert_rank([1], 2)
    D.assert_rank([1], [1])
    D.assert_rank([1], 1.0)
    D.assert_rank([1], tf.constant(1))
    D.assert_rank_at_least([1], 1)
    D.assert_rank_at_least([1], 2)
    D.assert_rank_at_least([[1]], 1)
    D.assert_rank_in([1], [1, 2])
    D.assert_rank_in([1], [0, 2])
    D.assert_rank_in([1], 2)
    D.assert_same_float_dtype([tf.constant(1.0), tf.constant(2.0)])
    D.assert_same_float_dtype([tf.constant(1.0), tf.constant(2.0, tf.float64)])
    D.assert_same_float_dtype([tf.constant(1)])
    D.assert_same_float_dtype([tf.constant(1.0)], tf.float64)
    D.assert_same_float_dtype()
    D.assert_same_float_dtype([tf.constant(1.0), None])
    D.assert_type(1.0, tf.float32)
    D.assert_type(1.0, tf.int32)
    D.assert_type(1.0, "float32")
    D.assert_proper_iterable([1])
    D.assert_proper_iterable(tf.constant([1]))
    D.assert_proper_iterable("a")
    D.assert_proper_iterable(3)
    D.assert_proper_iterable(np.ones(2))
    D.assert_proper_iterable({"a": 1})
    D.is_numeric_tensor(tf.constant(1.0))
    D.is_numeric_tensor(tf.constant("a"))
    D.is_numeric_tensor(tf.constant(True))
    D.is_numeric_tensor(3)
    D.is_numeric_tensor(tf.Variable(3))
    D.is_numeric_tensor(tf.constant(1j))
    D.assert_shapes([])
    D.assert_shapes([(tf.ones([2, 3]), ("N", "D")), (tf.ones([2]), ("N",))])
    D.assert_shapes([(tf.ones([2, 3]), ("N", "D")), (tf.ones([3]), ("N",))])
    D.assert_shapes([(tf.ones([2, 3]), "ND"), (tf.ones([2]), "N")])
    D.assert_shapes([(tf.ones([2, 3]), (2, "D"))])
    D.assert_shapes([(tf.ones([2, 3]), (3, "D"))])
    D.assert_shapes([(tf.ones([2, 3]), ("N",))])
    D.assert_shapes([(tf.ones([2, 3]), ("N", None))])
    D.assert_shapes([(tf.ones([2, 3]), (".", "N"))])
    D.assert_shapes([(tf.ones([2, 3]), (..., "N"))])
    D.assert_shapes([(tf.ones([2, 3]), ("N", ...))])
    D.assert_shapes([(tf.ones([2, 3]), ("N", ..., "D"))])
    D.assert_shapes([(tf.ones([2, 3]), [..., 2])])
    D.assert_shapes([(tf.ones([2, 3]), ["2", "b"])])
    D.assert_shapes([(tf.ones([2, 3]), ["a", "b"]), (tf.ones([4, 2]), [..., "a"])])
    D.assert_shapes([(tf.ones([2, 3]), ["a", "b"]), (tf.ones([4, 3]), [..., "a"])])
    D.assert_shapes([(tf.ones([]), ())])
    D.assert_shapes([(tf.ones([]), "N")])
    D.assert_shapes([(tf.ones([]), [1])])
    D.assert_shapes([(tf.ones([]), [2])])
    D.assert_shapes([(tf.ones([1]), [])])
    D.assert_shapes([(tf.ones([2]), [])])
    D.assert_shapes([(tf.ones([1, 1]), [])])
    D.assert_shapes([(tf.ones([]), "*")])
    D.assert_shapes([(tf.ones([]), "*N")])
    D.assert_shapes([(tf.ones([]), "*AB")])
    D.assert_shapes([(tf.ones([3]), "*AB")])
    D.assert_shapes([(tf.ones([]), [..., 2])])
    D.assert_shapes([(tf.ones([]), ["N"]), (tf.ones([3]), ["N"])])
    D.assert_shapes([(tf.ones([2]), 2)])
    D.assert_shapes([(tf.ones([2]), tf.TensorShape([None]))])
    D.assert_shapes([(tf.ones([2]), tf.TensorShape([3]))])
"""),
]

DEVICES = lines("""
    tf.config.list_physical_devices()
    tf.config.list_physical_devices("GPU")
    tf.config.list_logical_devices()
    tf.config.list_logical_devices("GPU")
    tf.config.get_visible_devices()
    tf.config.get_logical_device_configuration(cpu)
    tf.config.get_soft_device_placement()
    tf.config.functions_run_eagerly()
    tf.config.LogicalDeviceConfiguration(memory_limit=3)
    tf.config.LogicalDevice("a", "CPU")
    tf.config.experimental.VirtualDeviceConfiguration is tf.config.LogicalDeviceConfiguration
    tf.config.set_visible_devices([gpu])
    tf.config.set_visible_devices("x")
    tf.config.set_visible_devices(cpu, "GPU")
    tf.config.set_visible_devices([], "GPU")
    tf.config.set_visible_devices(cpu, "CPU")
    tf.config.set_logical_device_configuration(gpu, [])
    tf.config.set_logical_device_configuration(cpu, [limited])
    tf.config.experimental.set_memory_growth(cpu, True)
    tf.config.experimental.get_device_details(cpu)
    tf.config.experimental.get_device_details(3)
    tf.config.experimental.get_device_policy()
    tf.config.experimental.set_device_policy("x")
    tf.config.experimental.get_synchronous_execution()
    tf.config.experimental.get_memory_info("CPU:0")
    tf.config.experimental.get_memory_info("GPU:0")
    tf.config.experimental.get_memory_info("nonsense")
    tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.threading.get_inter_op_parallelism_threads()
    tf.config.threading.get_intra_op_parallelism_threads()
    tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.get_jit()
    tf.debugging.get_log_device_placement()
    tf.test.is_gpu_available()
    tf.test.gpu_device_name()
    tf.test.is_built_with_cuda()
    tf.constant(1).cpu()
    tf.constant(1).gpu()
    tf.constant(1).device
    tf.constant(1).backing_device
    tf.Variable(1).device
    tf.device(lambda op: "CPU:0")
    tf.DeviceSpec()
    tf.DeviceSpec(job="ps", device_type="CPU", device_index="0").to_string()
    str(tf.DeviceSpec(job="ps", device_type="gpu", device_index=0))
    tf.DeviceSpec("a", 1, 2, "GPU", 3).to_string()
    tf.DeviceSpec(device_type="tpu").device_type
    tf.DeviceSpec(device_index=1).to_string()
    tf.DeviceSpec(task="a")
    tf.DeviceSpec(job="a").replica
    tf.DeviceSpec(job="a") == tf.DeviceSpec(job="a")
    tf.DeviceSpec(job="a") == "/job:a"
    tf.DeviceSpec(job="a").replace(job="b", task=1).to_string()
    tf.DeviceSpec(job="a").replace(jobs="b")
    tf.DeviceSpec(job="a").parse_from_string("/CPU:1").to_string()
    tf.DeviceSpec(job="a", task=2).make_merged_spec(tf.DeviceSpec(job="b", device_type="GPU"))
    tf.DeviceSpec(device_type="CPU", device_index=1).make_merged_spec(tf.DeviceSpec(device_index=2))
    tf.DeviceSpec(device_type="CPU", device_index=1).make_merged_spec(tf.DeviceSpec(job="a"))
""")
DEVICES += [
    f"tf.DeviceSpec.from_string({name!r}).to_string()"
    for name in ["", "CPU:0", "gpu:1", "/GPU:*", "/GPU", "/tpu:0", "/custom:0", "/device:GPU:*",
                 "/device:custom:0", "/job:foo/replica:1/task:2", "/job:foo/CPU:0", "/device:GPU",
                 "/job:foo/replica:x", "/foo:1", "foo", "/CPU:0/GPU:0", "/NPU:0", "CPU:0x",
                 "/device:CPU:0:1"]  # fmt: skip
]
NAMES = ["CPU:0", "cpu:0", "/cpu:0", "CPU", "CPU:*", "", None, "CPU:2", "GPU:0", "gpu", "TPU:0",
         "/job:localhost", "/job:worker/task:1", "foo", "CPU:x", 3, "CPU:-1",
         "/job:localhost/replica:0/task:0/device:CPU:0"]  # fmt: skip
DEVICES += [f"placed({name!r}, {soft})" for name in NAMES for soft in (True, False)]

PRINTED = lines("""
    1, 1.5, "a", True, None
    tf.constant(1), tf.constant(1.0), tf.constant(1 / 3), tf.constant(1 / 3, tf.float64)
    tf.constant([1e30, 1e-10, 123456789.0, 1e6, nan, inf, -0.0])
    tf.constant([1e30, 1e-10, 123456789.123, 1e16, 2.0**60, 100.0], tf.float64)
    tf.constant([1 / 3, 2.5], tf.float16), tf.constant([1 / 3, 7], tf.bfloat16)
    tf.constant(True), tf.constant([True, False])
    tf.constant("abc")
    tf.constant("abc"), 1
    tf.constant(["abc", "d"]), tf.constant("a'b\\n")
    tf.constant("ünï"), ""
    tf.constant([]), tf.zeros([0, 2]), tf.zeros([2, 0]), tf.zeros([2, 0, 3])
    tf.range(6), tf.range(7), tf.range(100)
    tf.reshape(tf.range(100), [10, 10])
    tf.reshape(tf.range(16), [2, 2, 2, 2])
    tf.reshape(tf.range(400), [10, 10, 4])
    [1, 2.5, "a", None, True]
    [tf.constant(1), tf.constant([1.0, 2.0])], (1, 2), (1,), [], (), {}
    {"b": 1, "a": tf.constant(1), "c": [1, {"d": tf.constant("x")}]}
    [tf.range(3)] * 9
    ["a long string of words that needs a line"] * 3
    tf.Variable(1.5)
    "{}", tf.constant("{}"), "%s"
    tf.constant(5, tf.uint8), tf.constant([-5], tf.int8), tf.constant(2**63, tf.uint64)
    tf.constant([0.1, 100000.0, 1000000.0, 1e-5, 12345.678, 99999.99, 999999.9])
    np.ones(2), np.float32(1.5)
    tf.float32, tf.TensorShape([1, 2])
""")
OPTIONS = ["", ", summarize=1", ", summarize=-1", ", summarize=0", ", sep='-', end='!'"]
PRINTS = [f"printed({values}{option})" for values in PRINTED for option in OPTIONS]
PRINTS += lines("""
    printed()
    printed(1, surprise=2)
    tf.print("x", output_stream=3)
    tf.print("x", output_stream="nonsense")
""")

TEXTS = [
    f"tf.as_string({value}{option})"
    for value in ["[1, -2]", "[1.5, nan, inf, 1e30, 1e-10, -2.25]", "[True, False]", "['a', 'bc']",
                  "tf.constant([1 / 3, 2.5], tf.float64)", "tf.constant([1 / 3], tf.float16)",
                  "tf.constant([1 / 3], tf.bfloat16)", "[1.5 - 2j]", "tf.constant([7], tf.uint8)",
                  "tf.constant([-7], tf.int64)", "[]"]
    for option in ["", ", precision=3", ", precision=0", ", scientific=True", ", shortest=True",
                   ", scientific=True, shortest=True", ", width=10", ", width=10, fill='0'",
                   ", width=10, fill='-'", ", width=8, fill='+'", ", width=8, fill=' '",
                   ", fill='+'", ", fill='x'", ", fill='xx'", ", width=12, precision=1"]
]  # fmt: skip

INSPECTED = lines("""
    tf.is_tensor(tf.constant(1)), tf.is_tensor(tf.Variable(1)), tf.is_tensor(np.ones(1))
    tf.is_tensor(3), tf.is_tensor(tf.TensorSpec([]))
    tf.is_symbolic_tensor(tf.constant(1)), tf.is_symbolic_tensor(3)
    tf.get_static_value(tf.constant([1, 2]))
    tf.get_static_value(tf.constant("a"))
    tf.get_static_value(3)
    tf.get_static_value(tf.Variable(3))
    tf.type_spec_from_value(tf.constant([1, 2]))
    tf.type_spec_from_value(np.ones(3))
    tf.type_spec_from_value([1, 2])
    tf.type_spec_from_value("a")
    tf.type_spec_from_value(object())
    tf.TypeSpec()
    isinstance(tf.TensorSpec([]), tf.TypeSpec)
    tf.identity_n([1, [2.0]])
    tf.identity_n(3)
    tf.identity_n([])
    tf.inside_function()
    tf.get_current_name_scope()
    tf.variant, tf.resource, tf.as_dtype("variant"), tf.variant.size, tf.variant.as_datatype_enum
    tf.variant.is_numpy_compatible
    list(tf.VariableAggregation.__members__), list(tf.VariableSynchronization.__members__)
    tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N, tf.AggregationMethod.DEFAULT
    tf.matrix_square_root is tf.linalg.sqrtm, tf.eig is tf.linalg.eig
    tf.dtypes.complex is tf.complex, tf.dtypes.saturate_cast is tf.saturate_cast
    tf.timestamp().dtype, tf.timestamp().shape
    tf.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15], [0.0, 5.0], nbins=5)
    tf.histogram_fixed_width([1.0], [5.0, 5.0], nbins=5)
    tf.histogram_fixed_width([1.0], [6.0, 5.0], nbins=5)
    tf.histogram_fixed_width([1.0], [0.0, 5.0], nbins=0)
    tf.histogram_fixed_width([1.0], [0.0, 5.0, 6.0], nbins=2)
    tf.histogram_fixed_width([1, 7, 3, 2], [0, 5], nbins=2)
    tf.histogram_fixed_width([1.0, 7], [0.0, 5], nbins=2, dtype=tf.int64)
    tf.histogram_fixed_width([nan], [0.0, 5], nbins=2)
    tf.histogram_fixed_width([inf, -inf], [0.0, 5], nbins=2)
    tf.histogram_fixed_width([[0.1 * i for i in range(30)]], [0.0, 3.0], nbins=7)
    tf.histogram_fixed_width(tf.constant([], tf.float64), [0.0, 5.0], nbins=3)
    tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 2.0, 5.0, 15], [0.0, 5.0], nbins=5)
    tf.histogram_fixed_width_bins([[0.1 * i for i in range(30)]], [0.0, 3.0], nbins=7)
    tf.histogram_fixed_width_bins([1.0], [0.0, 5.0], nbins=0)
    tf.histogram_fixed_width_bins([inf, -inf], [0.0, 5.0], nbins=2)
    tf.histogram_fixed_width_bins(tf.constant([1.0, 7], tf.float16), [0.0, 5.0], nbins=2)
    tf.histogram_fixed_width_bins(tf.constant([1.0, 7], tf.float64), [0.0, 5.0], nbins=2)
""")

TESTED = lines("""
    c.assertAllClose([1.0, 2.0], [1.0, 2.0000001])
    c.assertAllClose([1.0, 2.0], [1.0, 2.1])
    c.assertAllClose([1.0, 2.0], [[1.0, 2.0]])
    c.assertAllClose({"a": 1.0}, {"a": 1.0})
    c.assertAllClose({"a": 1.0}, {"b": 1.0})
    c.assertAllClose([1.0, nan], [1.0, nan])
    c.assertAllClose(tf.constant([1.0, 2]), [1, 2])
    c.assertAllClose([tf.ones(2), tf.ones(3)], [tf.ones(2), tf.ones(3)])
    c.assertAllClose([[1.0, 2.0], 3.0], [[1.0, 2.0], 3.0])
    c.assertAllClose([[1.0, 2.0], 3.0], [[1.0, 2.0], 4.0])
    c.assertAllClose(1.0, 1.001, rtol=0.01)
    c.assertAllClose(tf.Variable([1.0]), [1.0])
    c.assertAllEqual([1, 2], [1, 2])
    c.assertAllEqual([1, 2], [1, 3])
    c.assertAllEqual([1, 2], [[1, 2]])
    c.assertAllEqual(["a"], [b"a"])
    c.assertAllEqual(tf.constant(["a"]), ["b"])
    c.assertAllEqual([nan], [nan])
    c.assertAllEqual(tf.constant(1.0), 1)
    c.assertAllEqual(tf.constant([1.0], tf.bfloat16), [1])
    c.assertNotAllEqual([1, 2], [1, 2])
    c.assertNotAllEqual([1, 2], [1, 3])
    c.assertNotAllClose([1.0], [1.0])
    c.assertNotAllClose([1.0], [2.0])
    c.assertAllGreater([1, 2], 0)
    c.assertAllGreater([1, 2], 1)
    c.assertAllLess([1, 2], 3)
    c.assertAllLess([1, 2], 2)
    c.assertAllGreaterEqual([1, 2], 1)
    c.assertAllGreaterEqual([1, 2], 2)
    c.assertAllLessEqual([1, 2], 2)
    c.assertAllLessEqual([1, 2], 1)
    c.assertAllInRange([1, 2], 1, 2)
    c.assertAllInRange([1, 2], 1, 2, open_upper_bound=True)
    c.assertAllInRange([1, 2], 1, 2, open_lower_bound=True)
    c.assertAllInSet([1, 2], [1, 2, 3])
    c.assertAllInSet([1, 4], [1, 2, 3])
    c.assertNear(1.0, 1.1, 0.2)
    c.assertNear(1.0, 1.1, 0.05)
    c.assertArrayNear([1.0], [1.1], 0.2)
    c.assertArrayNear([1.0], [1.1], 0.05)
    c.assertNDArrayNear(np.ones(2), np.ones(2) * 1.1, 0.2)
    c.assertNDArrayNear(np.ones(2), np.ones(2) * 1.1, 0.01)
    c.assertDTypeEqual(tf.ones(2), tf.float32)
    c.assertDTypeEqual(tf.ones(2), np.float32)
    c.assertDTypeEqual(tf.ones(2), tf.int32)
    c.assertShapeEqual(np.ones(2), tf.ones(2))
    c.assertShapeEqual(np.ones(2), tf.ones(3))
    c.assertDeviceEqual("/cpu:0", "/device:CPU:0")
    c.assertDeviceEqual("/cpu:0", "/device:CPU:1")
    c.assertStartsWith("abc", "ab")
    c.assertStartsWith("abc", "b")
    c.assertEmpty([])
    c.assertEmpty([1])
    c.assertNotEmpty([1])
    c.assertNotEmpty([])
    c.assertLen([1, 2], 2)
    c.assertLen([1, 2], 3)
    c.assertBetween(1, 0, 2)
    c.assertBetween(3, 0, 2)
    c.assertAllCloseAccordingToType(tf.ones(2, tf.float16), tf.ones(2, tf.float16) * 1.0005)
    c.assertAllCloseAccordingToType(tf.ones(2), tf.ones(2) * 1.00005)
    c.evaluate([tf.ones(2), {"a": tf.constant(1)}])
    c.evaluate(3)
    tf.test.compute_gradient(lambda x: x * x, [[1.0, 2.0]])
    tf.test.compute_gradient(lambda x, y: x * y, [tf.constant([1.0, 2.0]), tf.constant(3.0)])
    tf.test.compute_gradient(lambda x: tf.cast(x, tf.complex64) * 1j, [tf.constant([1.0, 2.0])])
    tf.test.compute_gradient(lambda x: x * x, [tf.constant([1.0 + 1j, 2.0])])
    tf.test.compute_gradient(lambda x: x * x, [np.ones([0])])
    tf.test.compute_gradient(lambda x: x * x, [np.ones([2, 2])], delta=0.125)
    tf.test.compute_gradient(lambda x: tf.stop_gradient(x), [tf.constant([1.0])])
    tf.test.compute_gradient(lambda x: x * x, tf.constant([1.0, 2.0]))
""")

TRACED = {
    "D.assert_equal(x, 1)": ("int32", [[1, 1], [1, 2]]),
    "D.assert_near(x, 1.0)": ("float32", [[1.0], [2.0]]),
    "D.assert_positive(x)": ("float32", [[1.0], [-2.0]]),
    "D.assert_rank(x, 2)": ("float32", [[1.0], [[1.0]]]),
    "D.assert_rank_at_least(x, 1)": ("float32", [[1.0], 1.0]),
    "D.assert_rank_in(x, [0, 2])": ("float32", [[1.0], 1.0]),
    "D.assert_scalar(x)": ("float32", [1.0]),
    "D.assert_type(x, tf.int32)": ("float32", [1.0]),
    "D.assert_all_finite(x, 'm')": ("float32", [[1.0], [float("nan")]]),
    "D.Assert(tf.reduce_all(x > 1), [x])": ("float32", [[2.0], [1.0]]),
    "D.assert_shapes([(x, ('N', 3))])": ("float32", [[[1.0, 2.0, 3.0]], [[1.0]], [1.0]]),
    "D.assert_shapes([(x, ('N', 'N'))])": ("float32", [[[1.0]], [[1.0, 2.0]]]),
    "D.assert_shapes([(x, ('N',))])": ("float32", [1.0, [1.0, 2.0], [[1.0]]]),
    "D.assert_shapes([(x, (2,))])": ("float32", [1.0, [1.0, 2.0]]),
    "D.assert_shapes([(x, '*AB')])": ("float32", [1.0, [1.0], [[1.0]], [[[1.0]]]]),
    "D.assert_equal(tf.constant(2), 1)": ("float32", [1.0]),
    "D.assert_positive(tf.constant(-1.0))": ("float32", [1.0]),
}
"""An assertion about `x` of unknown shape: its dtype, and values with which the graph runs."""

SECTIONS = {
    "assertions": ASSERTIONS,
    "devices": DEVICES,
    "prints": PRINTS,
    "texts": TEXTS,
    "inspected": INSPECTED,
    "tested": TESTED,
}


def names(library: Any) -> dict[str, Any]:
    """What the expressions may name."""

    class Case(library.test.TestCase):
        def runTest(self) -> None:  # noqa: N802
            """The test, which is never run."""

    def printed(*values: Any, **options: Any) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "text"
            library.print(*values, output_stream=f"file://{path}", **options)
            return path.read_text(encoding="utf-8")

    def placed(name: Any, soft: bool) -> str:
        library.config.set_soft_device_placement(soft)
        try:
            with library.device(name):
                return library.constant([1.0]).device
        finally:
            library.config.set_soft_device_placement(True)

    config = library.config
    return {
        "tf": library, "np": np, "D": library.debugging, "c": Case(), "printed": printed,
        "placed": placed, "nan": float("nan"), "inf": float("inf"),
        "cpu": config.list_physical_devices("CPU")[0],
        "gpu": config.PhysicalDevice("/physical_device:GPU:0", "GPU"),
        "limited": config.LogicalDeviceConfiguration(memory_limit=1),
    }  # fmt: skip


def cases(section: str) -> list[tuple[str, dict[str, Any]]]:
    """The expressions of a section, each with TensorFlow's outcome."""
    return [tuple(case) for case in json.loads(FILE.read_text())[section]]


def traced(library: Any, trace: Any, expression: str) -> list[Any]:
    """The outcome of tracing an assertion, and of running its graph with each value."""
    dtype, values = TRACED[expression]

    def function(x: Any) -> Any:
        eval(expression, {**names(library), "x": x})
        return x

    try:
        graph = trace(function, library.TensorSpec(None, dtype))
    except Exception as error:
        return [f"tracing: {_kind(error)}"]
    return [_run(graph, library.constant(value, dtype)) for value in values]


def _run(graph: Any, value: Any) -> str:
    try:
        graph(value)
    except Exception as error:
        return _kind(error)
    return "passes"


def _kind(error: Exception) -> str:
    """The class of an error that Python or TensorFlow gives it."""
    return type(error).__name__


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    table = names(tf)
    content: dict[str, Any] = {"tensorflow": tf.__version__, "numpy": np.__version__}
    for section, expressions in SECTIONS.items():
        content[section] = [[one, outcome(one, table)] for one in dict.fromkeys(expressions)]
        print(section, len(content[section]))

    def trace(function: Any, spec: Any) -> Any:
        return tf.function(function).get_concrete_function(spec)

    content["traced"] = [[one, traced(tf, trace, one)] for one in TRACED]
    FILE.write_text(write(content))


if __name__ == "__main__":
    main()

"""What assertions, devices, switches, printing and test tools say when they refuse."""

import numpy as np

import eagre as tf
from tests.messages.values import INVALID, MISMATCH, Foreign

D = tf.debugging
a23 = tf.ones([2, 3])
CPU = tf.config.list_physical_devices()[0]
GPU = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
LIMITED = tf.config.LogicalDeviceConfiguration(memory_limit=1024)
configure = tf.config.set_logical_device_configuration


def hard(name):
    """The context of a device that is not to be replaced."""
    tf.config.set_soft_device_placement(False)
    try:
        with tf.device(name):
            pass
    finally:
        tf.config.set_soft_device_placement(True)


def entered(name):
    with tf.device(name):
        pass


def run(function, value):
    """What a graph says that is run with a value of a shape that tracing did not know."""
    graph = tf.trace(lambda x: (function(x), x)[1], tf.TensorSpec(None))
    return graph(tf.constant(value))


ASSERTIONS = {
    "Assert: false": (lambda: D.Assert(False, [[1, 2, 3, 4, 5], "word"]), *INVALID),
    "Assert: false, without data": (lambda: D.Assert(False, []), *INVALID),
    "Assert: data that are no list": (lambda: D.Assert(True, 3), TypeError),
    "Assert: a number": (lambda: D.Assert(1, []), TypeError),
    "assert_equal: another element": (lambda: D.assert_equal([1, 2], [1, 3]), *INVALID),
    "assert_equal: with a message": (
        lambda: D.assert_equal([1, 2], [1, 3], message="labels and predictions"), *INVALID),
    "assert_equal: shapes": (lambda: D.assert_equal([1, 2], [1, 2, 3]), *INVALID),
    "assert_equal: dtypes": (lambda: D.assert_equal(tf.ones(1), tf.constant([1])), *MISMATCH),
    "assert_less: many elements": (
        lambda: D.assert_less(tf.range(9), 3, summarize=2), *INVALID),
    "assert_less: in a graph": (lambda: run(lambda x: D.assert_less(x, 1.0), 2.0), *INVALID),
    "assert_positive: zero": (lambda: D.assert_positive([1.5, 0.0], "weights"), *INVALID),
    "assert_near: far": (lambda: D.assert_near(1.0, 2.0), *INVALID),
    "assert_near: integers": (lambda: D.assert_near(1, 2), ValueError),
    "check_numerics: NaN": (lambda: D.check_numerics([float("nan")], "of the loss"), *INVALID),
    "check_numerics: both": (lambda: D.check_numerics([np.inf, np.nan], ""), *INVALID),
    "check_numerics: no message": (lambda: D.check_numerics([1.0], None), TypeError),
    "assert_all_finite: a list for a message": (
        lambda: D.assert_all_finite([1.0], ["a", "b"]), TypeError),
    "assert_negative: booleans": (lambda: D.assert_negative([True]), *MISMATCH),
    "assert_less: texts": (lambda: D.assert_less("a", "b"), *MISMATCH),
    "assert_less: a word for a count": (lambda: D.assert_less(1, 2, summarize="all"), *MISMATCH),
    "check_numerics: integers": (lambda: D.check_numerics([1], "m"), *MISMATCH),
    "assert_rank: another": (lambda: D.assert_rank(a23, 1), ValueError),
    "assert_rank: in a graph": (lambda: run(lambda x: D.assert_rank(x, 1, "m"), 2.0), *INVALID),
    "assert_rank: vector of ranks": (lambda: D.assert_rank(a23, [2]), ValueError),
    "assert_rank: float": (lambda: D.assert_rank(a23, 2.0), TypeError),
    "assert_rank_at_least: less": (lambda: D.assert_rank_at_least(a23, 3), ValueError),
    "assert_rank_in: neither": (lambda: D.assert_rank_in(a23, (0, 1), "m"), ValueError),
    "assert_rank_in: one rank": (lambda: D.assert_rank_in(a23, 2), TypeError),
    "assert_rank_in: no rank": (lambda: D.assert_rank_in(a23, []), ValueError),
    "assert_rank: a tensor": (
        lambda: tf.function(lambda rank: D.assert_rank(a23, rank))(tf.constant(1)), *INVALID),
    "record: of a tensor": (lambda: D.record(tf.constant(1.0)), TypeError),
    "assert_scalar: vector": (lambda: D.assert_scalar([1]), ValueError),
    "assert_integer: float": (lambda: D.assert_integer(1.5), TypeError),
    "assert_type: another": (lambda: D.assert_type(1.5, tf.int32), TypeError),
    "assert_same_float_dtype: two": (
        lambda: D.assert_same_float_dtype([tf.ones(1), tf.ones(1, tf.float64)]), ValueError),
    "assert_same_float_dtype: integers": (
        lambda: D.assert_same_float_dtype([tf.constant(1)]), ValueError),
    "assert_proper_iterable: word": (lambda: D.assert_proper_iterable("word"), TypeError),
    "assert_proper_iterable: number": (lambda: D.assert_proper_iterable(1), TypeError),
    "assert_shapes: size": (lambda: D.assert_shapes([(a23, (2, 4))]), ValueError),
    "assert_shapes: symbol": (lambda: D.assert_shapes([(a23, "NN")], message="m"), ValueError),
    "assert_shapes: rank": (lambda: D.assert_shapes([(a23, "N")]), ValueError),
    "assert_shapes: rank at least": (lambda: D.assert_shapes([(a23, "*ABC")]), ValueError),
    "assert_shapes: in a graph": (
        lambda: run(lambda x: D.assert_shapes([(x, (1, "N"))]), [[1.0], [2.0]]), *INVALID),
    "assert_shapes: dots in the middle": (
        lambda: D.assert_shapes([(a23, (2, ..., 3))]), ValueError),
    "assert_shapes: number for a shape": (lambda: D.assert_shapes([(a23, 2)]), ValueError),
    "assert_shapes: tensors for sizes": (
        lambda: D.assert_shapes([(a23, tf.constant([2, 3]))]), ValueError),
    "assert_shapes: None": (lambda: D.assert_shapes(None), TypeError),
    "assert_shapes: number for data": (lambda: D.assert_shapes([], data=3), TypeError),
    "assert_shapes: no pairs": (lambda: D.assert_shapes([tf.ones(2)]), ValueError),
}

DEVICES = {
    "device: not there": (lambda: hard("GPU:0"), *INVALID),
    "device: another job": (lambda: entered("/job:worker/CPU:0"), *INVALID),
    "device: negative": (lambda: entered("CPU:-1"), *INVALID),
    "device: no name": (lambda: tf.device("processor"), ValueError),
    "device: number": (lambda: tf.device(0), ValueError),
    "device: function": (lambda: tf.device(entered), RuntimeError),
    "gpu: none": (lambda: tf.constant(1).gpu(), RuntimeError),
    "DeviceSpec: task of a word": (lambda: tf.DeviceSpec(task="first"), ValueError),
    "DeviceSpec.from_string: two types": (
        lambda: tf.DeviceSpec.from_string("/CPU:0/GPU:0"), ValueError),
    "DeviceSpec.from_string: number": (lambda: tf.DeviceSpec.from_string(3), TypeError),
    "set_visible_devices: not there": (lambda: tf.config.set_visible_devices(GPU), ValueError),
    "set_logical_device_configuration: not there": (lambda: configure(GPU, [LIMITED]), ValueError),
    "set_logical_device_configuration: memory": (lambda: configure(CPU, [LIMITED]), ValueError),
    "set_logical_device_configuration: number": (lambda: configure(CPU, [2]), TypeError),
    "set_logical_device_configuration: none": (lambda: configure(CPU, []), ValueError),
    "get_device_details: name": (
        lambda: tf.config.experimental.get_device_details("CPU:0"), ValueError),
    "set_memory_growth: CPU": (
        lambda: tf.config.experimental.set_memory_growth(CPU, True), ValueError),
    "get_memory_growth: CPU": (lambda: tf.config.experimental.get_memory_growth(CPU), ValueError),
    "get_memory_info: not there": (
        lambda: tf.config.experimental.get_memory_info("GPU:0"), ValueError),
    "get_memory_info: no index": (
        lambda: tf.config.experimental.get_memory_info("CPU"), ValueError),
    "set_intra_op_parallelism_threads: word": (
        lambda: tf.config.threading.set_intra_op_parallelism_threads("two"), ValueError),
    "set_experimental_options: unknown": (
        lambda: tf.config.optimizer.set_experimental_options({"speed": True}), ValueError),
    "set_jit: word": (lambda: tf.config.optimizer.set_jit("always"), ValueError),
    "set_device_policy: word": (
        lambda: tf.config.experimental.set_device_policy("loud"), ValueError),
}

TOOLS = {
    "print: unknown option": (lambda: tf.print(1, color="red"), ValueError),
    "print: stream of a word": (lambda: tf.print(1, output_stream="screen"), ValueError),
    "as_string: two notations": (
        lambda: tf.as_string(1.5, scientific=True, shortest=True), *INVALID),
    "as_string: precision of integers": (lambda: tf.as_string(1, precision=2), *INVALID),
    "as_string: fill": (lambda: tf.as_string(1, fill="x"), *INVALID),
    "identity_n: number": (lambda: tf.identity_n(1), TypeError),
    "identity_n: nothing": (lambda: tf.identity_n([]), *INVALID),
    "type_spec_from_value: foreign": (lambda: tf.type_spec_from_value(Foreign()), TypeError),
    "TypeSpec: made": (lambda: tf.TypeSpec(), TypeError),
    "histogram_fixed_width: bounds": (
        lambda: tf.histogram_fixed_width([1.0], [5.0, 5.0]), *INVALID),
    "histogram_fixed_width: NaN": (
        lambda: tf.histogram_fixed_width([np.float32("nan")], [0.0, 5.0]), *INVALID),
    "histogram_fixed_width: three bounds": (
        lambda: tf.histogram_fixed_width([1.0], [0.0, 1.0, 2.0]), *INVALID),
    "histogram_fixed_width: no bins": (
        lambda: tf.histogram_fixed_width([1.0], [0.0, 1.0], nbins=0), *INVALID),
    "histogram_fixed_width: complex": (
        lambda: tf.histogram_fixed_width([1j], [0.0, 1.0]), *MISMATCH),
    "register_tensor_conversion_function: number": (
        lambda: tf.register_tensor_conversion_function(Foreign, 3), TypeError),
    "register_tensor_conversion_function: no class": (
        lambda: tf.register_tensor_conversion_function(3, print), TypeError),
    "register_tensor_conversion_function: builtin": (
        lambda: tf.register_tensor_conversion_function(int, print), TypeError),
    "compute_gradient: no list": (
        lambda: tf.test.compute_gradient(tf.square, tf.ones(2)), ValueError),
    "compute_gradient: integers": (lambda: tf.test.compute_gradient(tf.square, [1]), TypeError),
    "run_op_benchmark: tensor": (
        lambda: tf.test.Benchmark().run_op_benchmark(None, tf.ones(2)), TypeError),
    "is_cpu_target_available: unknown": (
        lambda: tf.test.is_cpu_target_available("z80"), ValueError),
}

MISSING = {
    "misspelled": (lambda: tf.reduce_man, AttributeError),
    "in another namespace": (lambda: tf.log, AttributeError),
    "of TensorFlow": (lambda: tf.load_op_library, AttributeError),
    "Keras": (lambda: tf.keras, AttributeError),
    "in a namespace": (lambda: tf.nn.relu7, AttributeError),
}

TABLES = {"assertions": ASSERTIONS, "devices": DEVICES, "tools": TOOLS, "missing": MISSING}
FOREIGN_WORDS = set()

"""Calls at the edge of what is allowed, against TensorFlow's answers and the classes of its errors.

A difference that stands in no table below is a failure, and so is an entry that does not differ.
"""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

import eagre as tf

ORACLE = Path(__file__).parents[1] / "oracle" / "make_edges.py"
_spec = importlib.util.spec_from_file_location("make_edges", ORACLE)
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

EXPECTED = json.loads(oracle.FILE.read_text())
TOLERANCES = {"float16": 1e-3, "float32": 1e-6, "complex64": 1e-6}

# Words with which messages begin besides the function: what it calls, and the argument it names.
FURTHER = " tensor[...] seed stateless_uniform"

# Reasons, each with the expressions to which it applies.
DEPARTURES = {
    "a float is no axis, size or count": """
        tf.expand_dims([1.0],np.float32(0))
        tf.nn.conv2d(tf.ones([1,4,4,1]),tf.ones([2,2,1,1]),1.0,'SAME')
        tf.stack([tf.constant([1,2]),tf.constant([3,4])],1.0)
        tf.reverse([1,2],np.array([0.0]))
        tf.transpose([[1,2]],np.array([1.0,0.0]))
        tf.split([1,2],[1,1],num=2.0)
        tf.one_hot([0],np.float32(3))
        tf.one_hot([1],3,axis=0.0)
        tf.one_hot([1],3,axis=1.0)
        tf.tile([1,2],np.array([2.0]))
        tf.unstack([1,2],num=2.0)
        tf.zeros(np.array([2.0]))
        tf.eye(tf.constant(2.0))
        tf.reshape([1],np.array([1.0]))
        tf.Variable(1).count_up_to(3.0)
        tf.as_string(1.5, precision=1.5)
        tf.as_string(1.5, width=1.5)
        tf.dynamic_partition([1], [0], 2.0)
        tf.squeeze([[1]], 0.0)
    """,
    "indices, axes and sizes are taken in every dtype of integers": """
        tf.expand_dims([1.0],tf.constant(0,tf.int8))
        tf.range(tf.constant(3,tf.int8))
        tf.expand_dims([1.0],tf.constant(0,tf.uint8))
        tf.concat([[1],[2]],tf.constant(0,tf.int8))
        tf.reverse([1,2],tf.constant([0],tf.int8))
        tf.transpose([[1,2]],tf.constant([1,0],tf.int8))
        tf.one_hot([0],tf.constant(3,tf.int64))
        tf.one_hot([0],tf.constant(3,tf.int8))
        tf.one_hot(tf.constant([1],tf.int16),3)
        tf.one_hot(tf.constant([1],tf.uint16),3)
        tf.one_hot(tf.constant([1],tf.uint32),3)
        tf.one_hot(tf.constant([1],tf.uint64),3)
        tf.tile([1,2],tf.constant([2],tf.int8))
        tf.constant([1,2])[tf.constant(1,tf.int8)]
        tf.constant([1,2])[tf.constant(1,tf.uint8)]
        tf.constant([1,2])[tf.constant(0,tf.int16):tf.constant(1,tf.int32)]
        tf.zeros(tf.constant([2],tf.int8))
        tf.fill(tf.constant([2],tf.int8),1)
        tf.reshape([1],tf.constant([1],tf.int8))
        tf.broadcast_to([1],tf.constant([2],tf.int8))
        tf.scatter_nd(tf.constant([[0]],tf.int16),[1],[3])
        tf.gather([1,2],tf.constant(0,tf.int8))
        tf.gather([1,2],tf.constant(0,tf.uint8))
    """,
    "one integer in lists is one integer": """
        tf.concat([[1],[2]],[[0]])
        tf.concat([[1]],[0])
    """,
    "one tensor is joined as several are: along an axis that it has": """
        tf.concat([[1]],5)
        tf.concat([1],0)
        tf.concat(3,0)
        tf.concat("ab",0)
    """,
    "an accident of how TensorFlow looks at the list": """
        tf.stack([],1)
        tf.stack([],-1)
        tf.stack(3)
        tf.stack([1,2],np.array([0]))
        tf.stack([1,[2]])
        tf.stack("ab")
    """,
    "nothing is unclear": """
        tf.stack(np.ones([2,3]),1)
        tf.reverse([1,2],[[0]])
        tf.split([1,2],[-1])
        tf.eye(np.array(2))
        tf.eye(2,batch_shape=3)
        tf.eye(2,batch_shape=tf.constant(3))
        tf.Variable(["a"]).assign_add(["b"])
        tf.histogram_fixed_width_bins([1, 2, 3], [0, 4], 4)
        tf.case([(True, lambda: 1)])
        tf.case([(False, lambda: 1)], default=lambda: 2)
        tf.switch_case(0, [lambda: 1, lambda: 2])
        tf.switch_case(1, [lambda: 1, lambda: 2])
        tf.function(lambda i: tf.switch_case(i, [lambda: 1, lambda: 2]))(tf.constant(1, tf.int64))
        tf.function(lambda p: tf.cond(p, lambda: 1, lambda: 2))(True)
        tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
        tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0], maximum_iterations=1)
        tf.complex(1.0, tf.constant(2.0, tf.float64))
        tf.complex(1.0, 2)
        tf.scan(lambda a, x: [a[0] + x, a[1] * x], tf.constant([1, 2, 3]), initializer=(0, 1))
        tf.map_fn(lambda x: [x, x], tf.constant([1, 2]), fn_output_signature=(tf.int32, tf.int32))
        tf.map_fn(lambda x: (x, x), tf.constant([1, 2]), fn_output_signature=[tf.int32, tf.int32])
        tf.gather_nd(1, tf.zeros([0], tf.int32))
        tf.meshgrid([], [1, 2])
        tf.one_hot([0, 1], 2, on_value=5.0, off_value=1)
        tf.range(3, dtype=tf.uint8)
        tf.reverse_sequence([[1, 2, 3]], [2], -1)
        tf.searchsorted([1.0, 3.0], [2])
        tf.searchsorted([1, 3], [])
        tf.strided_slice([[1, 2], [3, 4]], [], [])
        tf.slice(1, [], [])
        tf.tensor_scatter_nd_update([1, 2, 3], [0], 9)
        tf.tensor_scatter_nd_update([1, 2], tf.zeros([1, 0], tf.int32), [[5, 6]])
        tf.scatter_nd([0], 1, [2])
        tf.unravel_index([], [2, 3])
        tf.roll([1, 2, 3], [1], 0)
        tf.constant([3, 2, -3], tf.dtypes.experimental.int2)
        tf.constant(5, tf.dtypes.experimental.uint2)
        tf.zeros([2], tf.dtypes.experimental.float8_e5m2)
        tf.debugging.assert_equal(tf.constant(1, tf.int64),1)
        tf.debugging.assert_less(tf.constant(1, tf.uint8),3)
    """,
    "what is named is not there": """
        tf.reverse(1,[0])
        tf.unstack([1,2],num=0)
    """,
    "a rate takes the dtype of what is dropped": """
        tf.nn.experimental.stateless_dropout(tf.ones([8],tf.float64),tf.constant(0.3),[3,4])
    """,
    "gradients of what is repeated add up, as everywhere": """
        slope(lambda x:tf.nn.softmax_cross_entropy_with_logits([[0.2,0.8],[0.5,0.5]],x),[[1.0,3.0]])
        slope(lambda x:tf.nn.softmax_cross_entropy_with_logits(x,[[1.0,2.0],[3.0,5.0]]),[0.3,0.7])
    """,
    "sizes have to agree one by one, and indices to be inside": """
        tf.tensordot([[3.,1.,2.],[0.,5.,4.]],[[3.,0.],[1.,5.],[2.,4.]],2)
        tf.unravel_index(-1,[2,3])
    """,
    "booleans are the integers 0 and 1 where they number something": """
        tf.split([1,2],[True,True])
    """,
    "a boolean is no index, size or number": """
        tf.one_hot(True,3)
        tf.size([1],tf.bool)
        tf.constant([1,2])[None,True]
        tf.constant([1,2])[...,True]
        tf.eye(True)
        tf.boolean_mask([[1,2],[3,4]],[True,False],axis=-1)
    """,
    "a missing kernel is no file that is not found": """
        tf.tensor_scatter_nd_add(["a"],[[0]],["b"])
        tf.tensor_scatter_nd_max(["a"],[[0]],["b"])
        tf.tensor_scatter_nd_max([True],[[0]],[False])
        tf.tensor_scatter_nd_add([True],[[0]],[False])
        tf.tensor_scatter_nd_max([1j],[[0]],[2j])
    """,
    "what follows from constants is known, whatever leads there": """
        tf.function(lambda: tf.constant(tf.get_static_value(tf.constant(1) + 1)))()
        tf.function(lambda: tf.constant(tf.get_static_value(tf.reshape([1, 2], [2, 1]))))()
        tf.function(lambda: tf.constant(tf.get_static_value(tf.expand_dims(1, 0))))()
        tf.function(lambda: tf.constant(tf.get_static_value(tf.constant([1, 2])[1])))()
        tf.function(lambda: tf.constant(tf.get_static_value(tf.reduce_prod([2, 3]))))()
        tf.function(lambda x: tf.stack([x, x], axis=tf.constant(1)))(tf.constant([1.0, 2.0]))
        tf.function(lambda x: tf.squeeze(x, axis=tf.constant(0)))(tf.constant([[2.0, 1.0]]))
        tf.function(lambda x: tf.nn.softmax(x, axis=tf.constant(0)))(tf.ones([2]))
    """,
    "a condition is one boolean": """
        tf.case([(tf.constant([True]), lambda: 1)])
        tf.Assert(1.0, [])
        tf.Assert(1, [])
    """,
    "two true conditions are not exclusive": """
        tf.case([(tf.constant(True), lambda: 1), (tf.constant(True), lambda: 2)], exclusive=True)
    """,
    "no rows have the shape of rows": """
        tf.map_fn(lambda x: x + 1, tf.zeros([0, 3]))
    """,
    "NaN counts as the largest number, as `tf.sort` has it": """
        tf.searchsorted([1.0, NAN], [NAN])
    """,
    "any number of axes stands for any sizes": """
        tf.debugging.assert_shapes([(tf.ones([2, 3]), [...])])
        tf.debugging.assert_shapes([(tf.ones([2, 3]), "*")])
    """,
    "integers saturate in each dtype": """
        tf.saturate_cast(1e30, tf.int64)
    """,
    "Python's flags are what Python finds true": """
        tf.cumsum([1, 2, 3], exclusive=1)
    """,
    "loops have one dtype for each variable, as in graphs": """
        tf.foldl(lambda a, x: "a", tf.constant([1, 2]))
    """,
    "NaN differs from itself, also where it is the same object": """
        tf.debugging.assert_equal(NAN,NAN)
    """,
}
DIFFERENT = {line.strip() for lines in DEPARTURES.values() for line in lines.split("\n")} - {""}


def outcome(expression):
    """The tensors of an expression, or the error."""
    tf.random.set_seed(1)
    try:
        value = oracle.evaluate(tf, expression)
        return [oracle.portable(each) for each in oracle.tensors_of(tf, value)]
    except Exception as error:
        return error


def is_close(found, expected):
    """Whether a tensor has the dtype and shape of another, and nearly its elements."""
    if found[:2] != expected[:2]:
        return False
    if found[0] in ("string", "bool"):
        return found[2] == expected[2]
    tolerance = TOLERANCES.get(found[0], 0)
    return np.allclose(found[2], expected[2], rtol=tolerance, atol=tolerance, equal_nan=True)


def agrees(found, expected):
    """Whether eagre answers what TensorFlow does, or refuses by an error of that name."""
    if isinstance(found, Exception):
        return expected in [kind.__name__ for kind in type(found).__mro__]
    if isinstance(expected, str) or len(found) != len(expected):
        return False
    return all(map(is_close, found, expected))


def test_each_expression_has_an_answer():
    assert list(EXPECTED) == list(dict.fromkeys(oracle.EXPRESSIONS))
    assert set(EXPECTED) >= DIFFERENT


@pytest.mark.parametrize("expression", EXPECTED)
def test_as_tensorflow(expression):
    found = outcome(expression)
    assert agrees(found, EXPECTED[expression]) == (expression not in DIFFERENT), found


@pytest.mark.parametrize("expression", EXPECTED)
def test_errors_begin_with_a_name_and_say_what_came(expression):
    found = outcome(expression)
    if isinstance(found, Exception):
        message = str(found)
        assert "Received: " in message
        assert re.split(r"[\s:(]", message)[0] in expression + FURTHER


@pytest.mark.parametrize("geometry", [
    ([1, 1, 1, 1], "SAME", [1, 1, 1, 1], "NHWC"), ([1, 2, 1, 1], "VALID", [1, 1, 1, 1], "NHWC"),
    ([1, 1, 1, 1], "VALID", [1, 2, 1, 1], "NHWC"), ([1, 1, 2, 1], "SAME", [1, 1, 1, 1], "NHWC"),
])  # fmt: skip
def test_gradients_of_convolutions_as_functions(geometry):
    """TensorFlow has no kernels for them on a CPU: they are what a tape finds."""
    strides, padding, dilations, data_format = geometry
    random = np.random.default_rng(1)
    x = tf.constant(random.standard_normal([2, 5, 6, 2]))
    filters = tf.constant(random.standard_normal([2, 3, 2, 3]))
    with tf.GradientTape() as tape:
        tape.watch([x, filters])
        y = tf.nn.conv2d(x, filters, strides, padding, data_format, dilations)
    expected = tape.gradient(y, [x, filters], y)
    further = {"data_format": data_format, "dilations": dilations}
    found = [
        function(x, filters, y, strides, padding, **further)
        for function in (tf.conv2d_backprop_input_v2, tf.conv2d_backprop_filter_v2)
    ]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_gradients_of_convolutions_with_paddings_and_channels_first():
    x, filters = tf.ones([1, 4, 5, 2]), tf.ones([2, 2, 2, 3])
    paddings = [0, 0, 1, 2, 0, 1, 0, 0]
    y = tf.nn.conv2d(x, filters, 1, [[0, 0], [1, 2], [0, 1], [0, 0]])
    expected = tf.conv2d_backprop_input_v2(
        x, filters, y, [1, 1, 1, 1], "EXPLICIT", explicit_paddings=paddings
    )
    order = [0, 3, 1, 2]
    found = tf.conv2d_backprop_input_v2(
        tf.transpose(x, order), filters, tf.transpose(y, order), [1, 1, 1, 1], "EXPLICIT",
        explicit_paddings=[0, 0, 0, 0, 1, 2, 0, 1], data_format="NCHW",
    )
    np.testing.assert_array_equal(tf.transpose(found, [0, 2, 3, 1]), expected)


def test_a_variable_counts_in_graphs_too():
    variable = tf.Variable(0, dtype=tf.int64)
    count = tf.function(lambda: variable.count_up_to(2))
    assert [count().numpy(), count().numpy(), variable.numpy()] == [0, 1, 2]
    with pytest.raises(tf.errors.OutOfRangeError, match="count_up_to expected a value below 2"):
        count()
    assert variable.numpy() == 2


def test_variables_of_unknown_shape_do_not_broadcast_either():
    variable = tf.Variable([1.0, 2.0], shape=[None])
    add = tf.function(variable.assign_add, input_signature=[tf.TensorSpec([None])])
    np.testing.assert_array_equal(add(tf.constant([1.0, 1.0])), [2.0, 3.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="assign_add expected a value of"):
        add(tf.constant([1.0]))
    np.testing.assert_array_equal(variable, [2.0, 3.0])


@pytest.mark.parametrize("shape", [[0, -1], [-1, 0, 2], [0, 0, -1]])
def test_nothing_is_reshaped_in_graphs_too(shape):
    x = tf.zeros([3, 0])
    expected = tf.reshape(x, shape).shape
    for spec in (tf.TensorSpec([3, 0]), tf.TensorSpec([None, None])):
        assert tf.trace(lambda x: tf.reshape(x, shape), spec)(x).shape == expected

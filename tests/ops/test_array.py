"""Operations on arrays against TensorFlow's values, gradients and errors; traced against eager."""

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_array as oracle
from tests.oracle.expressions import cotangent

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

NUMBERS = range(len(oracle.CASES))
TOLERANCES = {"float32": 2e-6, "float64": 1e-14}

# What TensorFlow refuses and eagre computes, with the reason.
DEPARTURES = {
    "tf.scatter_nd([0], 3, [4])": "one vector of indices has one update",
    "tf.searchsorted([1.0, 3.0], [1])": "Python numbers take the dtype of the tensor beside them",
}
# What is refused by another class, because TensorFlow's error is an accident.
OTHER_ERRORS = {
    "tf.map_fn(3, [1.0])": "TypeError",
    "tf.scan(3, [1.0])": "TypeError",
    "tf.foldl(3, [1.0])": "TypeError",
    "tf.case([(tf.constant(True), 3)])": "TypeError",
    "tf.scan(lambda s, x: s, 1.0)": "ValueError",
}
# Names under which what a function calls speaks.
SPEAKS_AS = {
    "strided_slice": ("strided_slice", "tensor[...]"),
    "constant_initializer": ("constant_initializer", "constant"),
    "random_uniform_initializer": "stateless_uniform",
}


def name_of(number):
    case = oracle.CASES[number]
    return f"{case.expression}-{case.shapes}-{case.dtype}"


def tensors_of(number):
    return [tf.cast(tf.constant(x), oracle.CASES[number].dtype) for x in oracle.arrays(number)]


def dense(grads):
    return [tf.convert_to_tensor(grad) for grad in grads]


def compute(number, tensors):
    """The values of a case and the gradients of its arrays."""
    with tf.GradientTape() as tape:
        tape.watch([x for x in tensors if x.dtype.is_floating])
        values = oracle.values_of(tf, oracle.evaluate(tf, oracle.CASES[number].expression, tensors))
    if f"{number}.grad.0" not in EXPECTED:
        return values, []
    seed = tf.cast(cotangent(EXPECTED[f"{number}.0"].shape), values[0].dtype)
    zero = tf.UnconnectedGradients.ZERO
    return values, dense(tape.gradient(values[0], tensors, seed, zero))


def assert_close(found, expected):
    """Fail unless a tensor has the dtype, shape and nearly the values of an array."""
    array = found.numpy()
    if expected.dtype.kind == "S":
        array = np.asarray(array, expected.dtype)
    assert array.shape == expected.shape
    assert found.dtype.name in (expected.dtype.name, "bfloat16", "string")
    if expected.dtype.kind == "f":
        tolerance = TOLERANCES.get(expected.dtype.name, 0)
        array = array.astype(expected.dtype)
        np.testing.assert_allclose(array, expected, rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_as_tensorflow(number):
    values, grads = compute(number, tensors_of(number))
    for what, found in (("", values), ("grad.", grads)):
        names = [name for name in EXPECTED if name.startswith(f"{number}.{what}")]
        names = [name for name in names if what or "grad" not in name]
        assert len(found) == len(names)
        for position, each in enumerate(found):
            assert_close(each, EXPECTED[f"{number}.{what}{position}"])


def test_the_oracle_has_gradients():
    assert sum(f"{number}.grad.0" in EXPECTED for number in NUMBERS) > 100
    assert str(EXPECTED["version"]).startswith("2.")


@pytest.mark.parametrize("number", range(len(oracle.ERRORS)), ids=oracle.ERRORS.__getitem__)
def test_errors_are_tensorflow_s(number):
    expected = str(EXPECTED["errors"][number])
    expression = oracle.ERRORS[number]
    if expression in DEPARTURES:
        assert oracle.values_of(tf, oracle.evaluate(tf, expression, []))
        return
    with pytest.raises(Exception) as caught:
        oracle.evaluate(tf, oracle.ERRORS[number], [])
    kinds = {kind.__name__ for kind in type(caught.value).__mro__}
    assert (expected in kinds) != (expression in OTHER_ERRORS)
    assert OTHER_ERRORS.get(expression, expected) in kinds
    public = expression.removeprefix("tf.").removeprefix("nn.").split("(")[0]
    message = str(caught.value)
    assert message.startswith(SPEAKS_AS.get(public, public)), message
    assert "Received: " in message


def as_bytes(tensors):
    return [
        (x.sizes, x.dtype, x.array.tolist() if x.dtype is tf.string else x.array.tobytes())
        for x in tensors
    ]


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_traced_as_eager(number):
    """With known sizes, and with unknown ones."""
    tensors = tensors_of(number)
    eager = compute(number, tensors)
    expected = as_bytes([*eager[0], *eager[1]])

    def flat(*inputs):
        values, grads = compute(number, inputs)
        return [*values, *grads]

    for specs in (
        [tf.TensorSpec(x.shape, x.dtype) for x in tensors],
        [tf.TensorSpec([None] * x.ndim, x.dtype) for x in tensors],
    ):
        graph = trace(flat, *specs)
        graph.check()
        assert as_bytes(graph(*tensors)) == expected


# What the oracle cannot say -------------------------------------------------------------------


def test_nan_comes_last():
    """TensorFlow leaves the order undefined."""
    x = tf.constant([2.0, np.nan, 3.0, -np.inf, np.nan])
    assert tf.argsort(x).numpy().tolist() == [3, 0, 2, 1, 4]
    assert tf.argsort(x, direction="DESCENDING").numpy().tolist() == [2, 0, 3, 1, 4]


def test_saturation_to_64_bits():
    """TensorFlow's bounds are not representable, and overflow."""
    x = tf.constant([1e20, -1e20, 5.0])
    assert tf.saturate_cast(x, tf.int64).numpy().tolist() == [2**63 - 2**39, -(2**63), 5]
    assert tf.saturate_cast(x, tf.uint64).numpy().tolist() == [2**64 - 2**40, 0, 5]
    large = tf.constant([2**64 - 1, 1], tf.uint64)
    assert tf.saturate_cast(large, tf.int64).numpy().tolist() == [2**63 - 1, 1]


@pytest.mark.parametrize("target", ["uint32", "uint64", "int8"])
def test_casts_do_not_depend_on_the_neighbors(target):
    values = np.tile([np.nan, np.inf, 1e10, -1e10, 300.7, 3e9, 1e20, 255.0], 5)
    for dtype in (tf.float32, tf.float64):
        together = tf.cast(tf.constant(values, dtype), target).numpy().tolist()
        apart = [tf.cast(tf.constant(x, dtype), target).numpy().item() for x in values]
        assert together == apart


@pytest.mark.parametrize("name", ["space_to_depth", "depth_to_space"])
def test_blocks_of_channels_first(name):
    x = tf.constant(np.arange(2 * 4 * 6 * 8).reshape(2, 4, 6, 8))
    function = getattr(tf.nn, name)
    last = function(x, 2)
    first = function(tf.transpose(x, [0, 3, 1, 2]), 2, data_format="NCHW")
    np.testing.assert_array_equal(tf.transpose(first, [0, 2, 3, 1]).numpy(), last.numpy())


SYMBOLIC = {
    "roll": (lambda x, n: tf.roll(x, n, 0), lambda x: np.roll(x, 2, 0)),
    "repeat": (lambda x, n: tf.repeat(x, n, 1), lambda x: np.repeat(x, 2, 1)),
    "repeat each": (
        lambda x, n: tf.repeat(x, [n, 0, 1], 0), lambda x: np.repeat(x, [2, 0, 1], 0)),
    "tile": (lambda x, n: tf.tile(x, [n, 1]), lambda x: np.tile(x, [2, 1])),
    "tile by a vector": (lambda x, n: tf.tile(x, tf.stack([1, n])), lambda x: np.tile(x, [1, 2])),
    "slice": (lambda x, n: tf.slice(x, [n, 0], [1, n]), lambda x: x[2:3, :2]),
    "slice to the end": (lambda x, n: tf.slice(x, [n - 1, 0], [-1, n]), lambda x: x[1:, :2]),
    "strided_slice": (lambda x, n: tf.strided_slice(x, [0, n], [n, 9]), lambda x: x[:2, 2:]),
    "split": (lambda x, n: tf.split(x, tf.stack([n, -1]))[1], lambda x: x[2:]),
    "split evenly": (lambda x, n: tf.split(x, 3)[1], lambda x: x[1:2]),
    "linspace": (lambda x, n: tf.linspace(x, -x, n), lambda x: np.stack([x, -x])),
    "scatter_nd": (
        lambda x, n: tf.scatter_nd([[n]], x[:1], [n + 1, 4]),
        lambda x: np.concatenate([np.zeros([2, 4]), x[:1]])),
    "sequence_mask": (
        lambda x, n: tf.cast(tf.sequence_mask([n, 1], n), tf.float32),
        lambda x: np.array([[1, 1], [1, 0]])),
}


@pytest.mark.parametrize("name", SYMBOLIC)
@pytest.mark.parametrize("shape", [[3, 4], [None, None]], ids=str)
def test_numbers_that_are_known_later(name, shape):
    function, expected = SYMBOLIC[name]
    x = np.random.default_rng(1).standard_normal((3, 4)).astype("f")
    graph = trace(function, tf.TensorSpec(shape), tf.TensorSpec([], tf.int32))
    found = graph(tf.constant(x), tf.constant(2)).numpy()
    np.testing.assert_array_equal(found, expected(x))
    eager = function(tf.constant(x), tf.constant(2)).numpy()
    np.testing.assert_array_equal(eager, found)


@pytest.mark.parametrize(
    ("function", "bad", "message"),
    [
        (lambda n: tf.slice([1, 2, 3], [n], [2]), 2, "slice expected begin and size"),
        (lambda n: tf.slice([1, 2, 3], [0], [n]), -2, "slice expected begin and size"),
        (lambda n: tf.repeat([1, 2, 3], n), -1, "repeat expected repeats of at least 0"),
        (lambda n: tf.split([1, 2, 3], tf.stack([1, n])), 1, "split expected sizes that add up"),
        (lambda n: tf.dynamic_partition([1], [n], 2), 2, "dynamic_partition expected partitions"),
        (lambda n: tf.dynamic_stitch([[n]], [[1]]), -1, "dynamic_stitch expected indices"),
        (lambda n: tf.unravel_index(n, [2, 3]), 6, "unravel_index expected indices inside dims"),
        (lambda n: tf.gather_nd([1, 2], [[n]]), 2, "gather_nd expected indices inside"),
        (lambda n: tf.gather([[1, 2]], [[n]], batch_dims=1), 2, "gather expected indices in"),
        (lambda n: tf.scatter_nd([[n]], [1], [2]), 2, "scatter_nd expected indices inside"),
        (lambda n: tf.tensor_scatter_nd_sub([1], [[n]], [2]), 1, "tensor_scatter_nd_sub expected"),
        (lambda n: tf.linspace(0.0, 1.0, n), -1, "linspace expected num"),
        (lambda n: tf.sequence_mask([1], n), -1, "sequence_mask expected maxlen"),
        (lambda n: tf.reverse_sequence([[1, 2]], [n], 1), 3, "reverse_sequence expected lengths"),
        (lambda n: tf.ensure_shape(tf.zeros([n]), [2]), 3, "ensure_shape expected a tensor of"),
    ],
)
def test_values_are_checked_in_both_modes(function, bad, message):
    graph = trace(function, tf.TensorSpec([], tf.int32))
    for call in (function, graph):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message) as caught:
            call(tf.constant(bad))
        assert "Received: " in str(caught.value)


def test_static_shapes_that_tracing_keeps():
    def sizes(function, *shape):
        return trace(function, tf.TensorSpec(shape)).outputs[0].sizes

    assert sizes(lambda x: tf.tile(x, [2, 3]), None, 4) == (None, 12)
    assert sizes(lambda x: tf.roll(x, 1, 0), 5, None) == (5, None)
    assert sizes(lambda x: tf.slice(x, [0, 1], [2, -1]), None, 3) == (2, None)
    assert sizes(lambda x: tf.nn.space_to_depth(x, 2), None, 4, 6, 3) == (None, 2, 3, 12)
    assert sizes(lambda x: tf.ensure_shape(x, [None, 3]), 2, None) == (2, 3)
    assert sizes(tf.where, 2, 3) == (None, 2)
    assert sizes(lambda x: tf.gather(x, [[0]], axis=2, batch_dims=1), 1, 3, None) == (1, 3, 1)


def test_broadcast_static_shape():
    pairs = [([1, 2], [3, 1], (3, 2)), (None, [3, 3], None), ([None, 1], [1, 3], (None, 3))]
    for x, y, expected in pairs:
        found = tf.broadcast_static_shape(tf.TensorShape(x), tf.TensorShape(y))
        assert found.sizes == expected


def test_orders_that_are_there_already():
    with tf.name_scope("layer") as scope, tf.control_dependencies([tf.no_op()]):
        assert scope == "layer/"
    assert tf.name_scope("a").name == "a"
    assert tf.group(tf.constant(1), name="g") is None
    assert [x if x is None else x.numpy() for x in tf.tuple([tf.constant(1), None])] == [1, None]
    with pytest.raises(ValueError, match="group expected"):
        tf.group(other=3)


def test_initializers_for_variables():
    for initializer in (
        tf.zeros_initializer(), tf.constant_initializer(2.5),
        tf.random_uniform_initializer(seed=1), tf.random_normal_initializer(1.0, seed=2),
    ):
        again = type(initializer).from_config(initializer.get_config())
        variable = tf.Variable(initializer([2, 3], tf.float32))
        np.testing.assert_array_equal(again([2, 3], tf.float32).numpy(), variable.numpy())
    tf.random.set_seed(3)
    drawn = tf.random_normal_initializer()([1000]).numpy()
    assert abs(drawn.mean()) < 0.01 and abs(drawn.std() - 0.05) < 0.01
    other = tf.random_uniform_initializer()([1000]).numpy()
    assert -0.05 <= other.min() < other.max() < 0.05


def test_unique_has_the_gradient_of_a_gather():
    x = tf.constant([3.0, 1.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.unique(x).y
    assert tape.gradient(y, x, tf.constant([10.0, 20.0])).numpy().tolist() == [10.0, 20.0, 0.0]


def test_identity_matrices_of_sizes_that_are_known_later():
    def build(n):
        return tf.eye(n), tf.eye(n, 3, [2], tf.int64), tf.eye(2, batch_shape=[n], dtype=tf.bool)

    graph = trace(build, tf.TensorSpec([], tf.int32))
    for size in (0, 1, 4):
        for found, expected in zip(graph(tf.constant(size)), build(size), strict=True):
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, expected, strict=True)
    with pytest.raises(tf.errors.InvalidArgumentError):
        graph(tf.constant(-1))


@pytest.mark.parametrize("values", [[True], ["a"], [1j], [1]])
@pytest.mark.parametrize("border", [0, 0.0, False, ""])
def test_zero_is_the_border_of_every_dtype(values, border):
    found = tf.pad(values, [[1, 1]], constant_values=border).numpy()
    np.testing.assert_array_equal(found, tf.pad(values, [[1, 1]]).numpy(), strict=True)
    assert not found[0] and found[1] and not found[2]

"""Arrays in and out: DLPack, `__array__`, buffers, and columns of tables."""

import array
import gc
import weakref

import numpy as np
import pytest

import eagre as tf
from eagre import array_api

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
          "float16", "float32", "float64", "complex64", "complex128"]


class Exporter:
    """An array of another library, which knows DLPack only."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


class WithoutNumpy(Exporter):
    """Numbers of bfloat16 in the manner of PyTorch, which does not hand them to NumPy."""

    dtype = "torch.bfloat16"

    def __array__(self, dtype=None, copy=None):
        raise TypeError("Got unsupported ScalarType BFloat16")


class Elsewhere(Exporter):
    """An array in the memory of another device."""

    def __dlpack_device__(self):
        return (2, 0)


class Column:
    """A column of a table: it converts itself to a NumPy array, as pandas' columns do."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dlpack_shares_memory_both_ways(dtype):
    values = np.array([[1, 0, 3], [4, 5, 6]]).astype(dtype)
    for source in (values, Exporter(values), values[:, ::2], values.T):
        tensor = array_api.from_dlpack(source)
        array = source.values if isinstance(source, Exporter) else source
        assert tensor.dtype == dtype
        assert np.shares_memory(tensor.array, array)
        np.testing.assert_array_equal(tensor.numpy(), array)
    tensor = tf.constant(values)
    given = np.from_dlpack(tensor)
    assert np.shares_memory(given, tensor.array) and not given.flags.writeable
    np.testing.assert_array_equal(given, values)
    capsule = tf.experimental.dlpack.to_dlpack(tensor)
    back = tf.experimental.dlpack.from_dlpack(capsule)
    assert np.shares_memory(back.array, tensor.array)
    assert back.dtype == tensor.dtype


@pytest.mark.parametrize("version", [None, (1, 0)])
def test_numbers_that_numpy_does_not_know(version):
    tensor = tf.cast([1.5, -2.0, float("nan"), 3e38], tf.bfloat16)
    capsule = tensor.__dlpack__(max_version=version)
    back = tf.experimental.dlpack.from_dlpack(capsule)
    assert back.dtype == tf.bfloat16 and np.shares_memory(back.array, tensor.array)
    shared = array_api.from_dlpack(WithoutNumpy(tensor))
    assert shared.dtype == tf.bfloat16 and np.shares_memory(shared.array, tensor.array)
    source = WithoutNumpy(tensor)
    for copied in (tf.constant(source), array_api.from_dlpack(source, copy=True)):
        assert copied.dtype == tf.bfloat16 and not np.shares_memory(copied.array, tensor.array)
        assert copied.array.tobytes() == tensor.array.tobytes()
    assert (tensor[:2] + WithoutNumpy(tensor[:2])).array.tolist() == [3, -4]
    # Numbers of 16 bits that are no floats pass as they are.
    assert array_api.from_dlpack(Exporter(np.arange(3, dtype=np.uint16))).dtype == tf.uint16


@pytest.mark.parametrize("take", [
    tf.constant, tf.convert_to_tensor, tf.Variable, array_api.from_dlpack, array_api.asarray,
    tf.experimental.dlpack.from_dlpack, lambda x: tf.ones(2) + x, lambda x: x * tf.ones(2),
])
def test_arrays_of_another_device_are_refused(take):
    with pytest.raises(tf.errors.InvalidArgumentError, match="memory of the CPU.*kind CUDA.*cpu()"):
        take(Elsewhere(np.ones(2)))


def test_shared_memory_lives_as_long_as_the_tensor():
    class Watched(np.ndarray):
        pass

    values = np.arange(4.0).view(Watched)
    alive = weakref.ref(values)
    tensor = array_api.from_dlpack(Exporter(values))
    del values
    gc.collect()
    assert alive() is not None
    assert tensor.numpy().tolist() == [0, 1, 2, 3]
    del tensor
    gc.collect()
    assert alive() is None


def test_copies_on_demand():
    values = np.arange(3.0)
    assert not np.shares_memory(array_api.from_dlpack(values, copy=True).array, values)
    assert np.shares_memory(array_api.from_dlpack(values, copy=False).array, values)
    assert not np.shares_memory(tf.constant(Exporter(values)).array, values)
    assert np.shares_memory(array_api.asarray(values, copy=False).array, values)
    assert not np.shares_memory(array_api.asarray(values).array, values)
    tensor = tf.constant(values)
    assert array_api.asarray(tensor, copy=False) is tensor
    assert np.shares_memory(np.asarray(tensor, copy=False), tensor.array)
    assert not np.shares_memory(np.asarray(tensor), tensor.array)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: array_api.from_dlpack([1]), TypeError, "from_dlpack expected an object with"),
        (lambda: array_api.from_dlpack(np.ones(1), device="GPU:0"), ValueError, "device 'CPU:0'"),
        (lambda: tf.experimental.dlpack.from_dlpack(3), TypeError, "expected a DLPack capsule"),
        (lambda: tf.experimental.dlpack.to_dlpack(tf.constant("a")), ValueError, "to_dlpack exp"),
        (lambda: array_api.asarray([1], copy=False), ValueError, "asarray expected an array"),
        (lambda: array_api.asarray(tf.ones(1), tf.int32, copy=False), ValueError, "copy=False"),
    ],
)
def test_errors(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_a_capsule_is_used_once():
    capsule = tf.experimental.dlpack.to_dlpack(tf.constant([1.0]))
    tf.experimental.dlpack.from_dlpack(capsule)
    with pytest.raises(tf.errors.InvalidArgumentError, match="from_dlpack .* used up"):
        tf.experimental.dlpack.from_dlpack(capsule)


def test_a_symbolic_tensor_has_no_memory():
    with pytest.raises(TypeError, match="to_dlpack"):
        tf.trace(tf.experimental.dlpack.to_dlpack, tf.TensorSpec([2]))


# TensorFlow takes the elements of a buffer for Python numbers.
BUFFERS = [
    (array.array("d", [1.0, 2.5]), tf.float32, [1.0, 2.5]),
    (array.array("h", [1, -2]), tf.int32, [1, -2]),
    (memoryview(np.arange(3, dtype=np.int16)), tf.int32, [0, 1, 2]),
    (memoryview(np.ones((2, 1))), tf.float32, [[1.0], [1.0]]),
    (memoryview(b"abc"), tf.int32, [97, 98, 99]),
    (bytearray(b"abc"), tf.int32, [97, 98, 99]),
    (memoryview(np.array([True])), tf.bool, [True]),
]


@pytest.mark.parametrize(("buffer", "dtype", "values"), BUFFERS)
def test_buffers_are_sequences_of_numbers(buffer, dtype, values):
    for tensor in (tf.constant(buffer), tf.convert_to_tensor(buffer), tf.identity(buffer)):
        assert tensor.dtype == dtype
        assert tensor.numpy().tolist() == values


def test_buffers_beside_tensors():
    x = tf.constant([1.0, 2.0], tf.float16)
    assert (x + array.array("d", [1.0, 2.0])).numpy().tolist() == [2.0, 4.0]
    assert (memoryview(np.array([2.0, 3.0])) * x).dtype == tf.float16
    assert tf.constant(bytearray(b"ab"), tf.float64).numpy().tolist() == [97.0, 98.0]
    assert (tf.constant([1]) == object()) is False


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "matmul", "equal"])
def test_an_array_leaves_operators_to_the_tensor(name):
    sign = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "matmul": "@",
            "equal": "=="}[name]
    x, y = np.array([[1.0, 2.0], [3.0, 5.0]], np.float32), tf.constant([[2.0, 2.0], [1.0, 4.0]])
    result = eval(f"x {sign} y")
    assert isinstance(result, tf.Tensor)
    np.testing.assert_allclose(result.numpy(), getattr(np, name)(x, y.numpy()))
    assert isinstance(eval(f"np.float32(2) {sign} y") if name != "matmul" else result, tf.Tensor)


def test_columns_of_tables():
    ints, floats = Column([1, 2]), Column([1.5, np.nan])
    assert tf.constant(ints).dtype == tf.int64
    assert tf.constant(floats).dtype == tf.float64
    assert tf.constant(ints, tf.float32).numpy().tolist() == [1.0, 2.0]
    assert tf.constant(Column(["a", "b"])).numpy().tolist() == [b"a", b"b"]
    assert tf.constant(Column(np.array(["a", "b"], object))).dtype == tf.string
    assert tf.stack([ints, Column([3, 4])], 1).numpy().tolist() == [[1, 3], [2, 4]]
    assert tf.reduce_sum(ints).numpy() == 3
    assert (tf.constant([1.0, 2.0]) + ints).numpy().tolist() == [2.0, 4.0]
    assert (ints * tf.constant([1.0, 2.0], tf.float16)).dtype == tf.float16
    with pytest.raises(TypeError, match="Use tf.cast on the tensor"):
        tf.constant([1, 2]) + floats
    with pytest.raises(TypeError, match="array.dtype=datetime64"):
        tf.constant(Column(np.array(["2020-01-01"], "datetime64[D]")))


def test_a_copy_that_must_not_be_made_is_an_error():
    tensor = tf.constant([1.0, 2.0])
    view = np.array(tensor, copy=False)
    assert np.shares_memory(view, tensor.array) and not view.flags.writeable
    assert np.array(tensor, np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        np.array(tensor, np.float64, copy=False)

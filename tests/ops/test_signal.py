"""`tf.signal` against TensorFlow's values, gradients and errors, and traced against eager."""

import functools

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_signal as oracle
from tests.oracle.expressions import is_inexact

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

NUMBERS = range(len(oracle.CASES))
TOLERANCES = {"float16": 4e-3, "bfloat16": 3e-2, "float32": 3e-6, "complex64": 3e-6}
TOLERANCES |= {"float64": 1e-12, "complex128": 1e-12}


def name_of(number):
    case = oracle.CASES[number]
    return f"{case.expression}-{case.shape}-{case.dtype}"


def tensor_of(number):
    return tf.cast(tf.constant(oracle.arrays(number)[0]), oracle.CASES[number].dtype)


def compute(number, x):
    """The value of a case and, where TensorFlow has it, the gradient of its array."""
    with tf.GradientTape() as tape:
        tape.watch([each for each in [x] if is_inexact(x.dtype)])
        value = oracle.evaluate(tf, oracle.CASES[number].expression, [x])
    if f"{number}.gradient" not in EXPECTED:
        return [value]
    seed = oracle.cotangent_of(EXPECTED[str(number)].shape, value.dtype.is_complex)
    return [value, tape.gradient(value, x, tf.cast(seed, value.dtype))]


@functools.cache
def eager(number):
    """What a case gives eagerly."""
    return compute(number, tensor_of(number))


def assert_close(actual, expected, dtype):
    tolerance = TOLERANCES.get(dtype, 0)
    scale = np.max(np.abs(expected), initial=1.0) if tolerance else 0
    actual = np.asarray(actual.numpy(), expected.dtype)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_as_tensorflow(number):
    case = oracle.CASES[number]
    value, *grads = eager(number)
    expected = EXPECTED[str(number)]
    assert value.dtype.name in (expected.dtype.name, case.dtype)
    assert value.sizes == expected.shape
    is_single = expected.dtype.name in ("float32", "complex64")
    dtype = "float32" if is_single and case.dtype == "float64" else case.dtype
    assert_close(value, expected, dtype)
    for grad in grads:
        assert_close(grad, EXPECTED[f"{number}.gradient"], case.dtype)


def test_the_oracle_has_gradients_where_tensorflow_has():
    assert sum(f"{number}.gradient" in EXPECTED for number in NUMBERS) > 150
    assert str(EXPECTED["version"]).startswith("2.")


# Where eagre words an error of its own and TensorFlow happens to meet one of Python.
OTHER_ERRORS = {"IndexError": "InvalidArgumentError"}


@pytest.mark.parametrize("number", range(len(oracle.ERRORS)), ids=oracle.ERRORS.__getitem__)
def test_errors_are_tensorflow_s(number):
    expected = str(EXPECTED["errors"][number])
    with pytest.raises(Exception) as caught:
        oracle.evaluate(tf, oracle.ERRORS[number], [])
    kinds = {kind.__name__ for kind in type(caught.value).__mro__}
    assert OTHER_ERRORS.get(expected, expected) in kinds, (expected, caught.value)
    public = oracle.ERRORS[number].partition("(")[0].rpartition(".")[2]
    assert str(caught.value).startswith(public)


# Traced -----------------------------------------------------------------------------------------


def as_bytes(tensors):
    return [(x.sizes, x.dtype, x.array.tobytes()) for x in tensors]


# Which axes there are has to be known.
NEED_RANK = ("shift(", "axis=0", "axis=1")


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_traced_as_eager(number):
    x = tensor_of(number)
    specs = [tf.TensorSpec([None] * x.ndim, x.dtype)]
    if not any(word in oracle.CASES[number].expression for word in NEED_RANK):
        specs.append(tf.TensorSpec(None, x.dtype))
    expected = as_bytes(eager(number))
    for spec in specs:
        assert as_bytes(trace(lambda x: compute(number, x), spec)(x)) == expected, spec


def test_traced_sizes_are_known_as_far_as_they_can_be():
    x = tf.TensorSpec([None, 20], tf.float32)
    shapes = {
        "rfft": (lambda x: tf.signal.rfft(x, [7]), [None, 4]),
        "frame": (lambda x: tf.signal.frame(x, 6, 4), [None, 4, 6]),
        "stft": (lambda x: tf.signal.stft(x, 6, 4), [None, 4, 5]),
        "mdct": (lambda x: tf.signal.mdct(x, 8), [None, 4, 4]),
        "dct": (lambda x: tf.signal.dct(x, n=9), [None, 9]),
        "overlap_and_add": (lambda x: tf.signal.overlap_and_add(x[:, None], 3), [None, 20]),
    }
    for name, (function, expected) in shapes.items():
        (output,) = trace(function, x).outputs
        assert output.shape.as_list() == expected, name


LENGTHS = {
    "hann": lambda n: tf.signal.hann_window(n),
    "hann, symmetric": lambda n: tf.signal.hann_window(n, periodic=False, dtype=tf.float64),
    "hamming": lambda n: tf.signal.hamming_window(n, dtype=tf.float16),
    "kaiser": lambda n: tf.signal.kaiser_window(n),
    "kaiser_bessel_derived": lambda n: tf.signal.kaiser_bessel_derived_window(n),
    "vorbis": lambda n: tf.signal.vorbis_window(n),
    "frame": lambda n: tf.signal.frame(tf.range(20), n, n, pad_end=True),
    "overlap_and_add": lambda n: tf.signal.overlap_and_add(tf.ones([3, 5]), n),
    "rfft": lambda n: tf.signal.rfft(tf.range(5.0), [n]),
    "irfft": lambda n: tf.signal.irfft(tf.signal.rfft(tf.range(5.0)), [n]),
    "fftnd": lambda n: tf.signal.fftnd([[1.0, 2.0], [3.0, 5.0]], [n], [0]),
    "dct": lambda n: tf.signal.dct(tf.range(5.0), n=n, norm="ortho"),
    "stft": lambda n: tf.signal.stft(tf.range(20.0), n, 2),
    "inverse_stft": lambda n: tf.signal.inverse_stft(
        tf.signal.stft(tf.range(20.0), n, 2),
        n,
        2,
        window_fn=tf.signal.inverse_stft_window_fn(2),
    ),
    "mdct": lambda n: tf.signal.mdct(tf.range(40.0), 4 * n),
    "mel": lambda n: tf.signal.linear_to_mel_weight_matrix(3, n, n + 9000),
}


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_lengths_may_be_tensors(name, dtype):
    """Known ones, and ones that a graph knows when it runs."""
    function = LENGTHS[name]
    for length in (1, 2, 4, 7, 8):
        expected = as_bytes([function(length)])
        given = tf.constant(length, dtype)
        assert as_bytes([function(given)]) == expected
        assert as_bytes([trace(function, tf.TensorSpec([], dtype))(given)]) == expected
        assert as_bytes([function(np.dtype(dtype).type(length))]) == expected


@pytest.mark.parametrize(
    "name", sorted(set(LENGTHS) - {"fftnd", "irfft", "rfft", "mel", "hann, symmetric"})
)
def test_lengths_that_are_wrong_are_refused_when_a_graph_runs(name):
    graph = trace(LENGTHS[name], tf.TensorSpec([], tf.int32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected .* Received: .*=-"):
        graph(tf.constant(-1))


# What TensorFlow has no kernel for --------------------------------------------------------------


def drawn(*shape):
    return np.random.default_rng(7).standard_normal(shape)


@pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
@pytest.mark.parametrize("axes", [None, [0], [-1], [2, 0], [0, 1, 2]])
@pytest.mark.parametrize("lengths", [None, (2, 4, 7)])
def test_transforms_along_axes_are_numpy_s(norm, axes, lengths):
    x = drawn(3, 4, 5)
    z = x + 1j * drawn(3, 4, 5)[::-1]
    count = 3 if axes is None else len(axes)
    sizes = None if lengths is None else list(lengths[:count])
    if sizes is None:
        given = axes
    else:
        given = list(range(3)) if axes is None else axes
    for name, array in (("fftn", z), ("ifftn", z), ("rfftn", x), ("irfftn", z)):
        found = getattr(tf.signal, name + "d")(tf.constant(array), sizes, axes, norm)
        expected = getattr(np.fft, name)(array, sizes, given, norm)
        assert found.sizes == expected.shape
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12, atol=1e-12)


def test_transforms_along_axes_at_the_top():
    x = tf.constant(drawn(3, 4))
    z = tf.cast(x, tf.complex128)
    for name, given in (("fftnd", z), ("ifftnd", z)):
        found = getattr(tf, name)(given, [2, 6], [1, 0])
        expected = getattr(tf.signal, name)(given, [2, 6], [1, 0])
        assert as_bytes([found]) == as_bytes([expected])
    bins = tf.rfftnd(x, [3, 4], [0, 1], Tcomplex=tf.complex128)
    assert as_bytes([bins]) == as_bytes([tf.signal.rfft2d(x)])
    assert tf.rfftnd(x, [3, 4], [0, 1]).dtype == tf.complex64
    back = tf.irfftnd(bins, [3, 4], [0, 1], Treal=tf.float64)
    np.testing.assert_allclose(back.numpy(), x.numpy(), atol=1e-14)
    assert tf.irfftnd(bins, [3, 4], [0, 1]).dtype == tf.float32


def test_gradients_flow_through_transforms_along_axes():
    """The adjoint: <y, T x> is <T* y, x> for whatever is linear."""
    x, y = tf.constant(drawn(3, 4, 5)), tf.constant(drawn(2, 4, 4) + 1j)
    for norm in ("backward", "ortho", "forward"):
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = tf.signal.rfftnd(x, [2, 6], [0, 2], norm)
        adjoint = tape.gradient(z, x, y)
        left = np.sum(np.conj(y.numpy()) * z.numpy()).real
        np.testing.assert_allclose(np.sum((adjoint * x).numpy()), left, rtol=1e-12)


# What holds for all -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_there_and_back(dtype):
    x = tf.cast(tf.constant(drawn(2, 40)), dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-13
    spectra = tf.signal.stft(x, 8, 4)
    undo = tf.signal.inverse_stft_window_fn(4)
    inner = tf.signal.inverse_stft(spectra, 8, 4, window_fn=undo)[:, 4:-4]
    np.testing.assert_allclose(inner.numpy(), x.numpy()[:, 4:-4], atol=tolerance)
    for norm in (None, "ortho"):
        bands = tf.signal.mdct(x, 8, norm=norm)
        inner = tf.signal.inverse_mdct(bands, norm=norm)[:, 4:-4]
        np.testing.assert_allclose(inner.numpy(), x.numpy()[:, 4:-4], atol=tolerance)
        for type in (2, 3, 4):
            again = tf.signal.idct(tf.signal.dct(x, type, norm=norm), type, norm=norm)
            factor = 1 if norm else 80
            np.testing.assert_allclose(again.numpy() / factor, x.numpy(), atol=tolerance)


def test_no_elements():
    """Of nothing, and to nothing; TensorFlow aborts or reads memory that is not its own."""
    assert tf.signal.rfft(tf.ones([2, 3]), [0]).sizes == (2, 0)
    assert tf.signal.irfft(tf.ones([2, 3], tf.complex64), [0]).sizes == (2, 0)
    assert tf.signal.rfft(tf.ones([0]), [4]).numpy().tolist() == [0, 0, 0]
    assert tf.signal.irfft(tf.ones([0], tf.complex64), [4]).numpy().tolist() == [0, 0, 0, 0]
    for type in (2, 3, 4):
        assert tf.signal.dct(tf.ones([0, 3]), type).sizes == (0, 3)
        assert tf.signal.dct(tf.ones([2, 0]), type, norm="ortho").sizes == (2, 0)
    assert tf.signal.mdct(tf.ones([4]), 8).sizes == (0, 4)


def test_windows_are_handed_the_length_and_the_dtype():
    seen = []

    def window(length, dtype):
        seen.append((length, dtype))
        return tf.ones([length], dtype)

    tf.signal.stft(tf.ones([8], tf.float64), 4, 2, window_fn=window)
    tf.signal.inverse_stft(tf.ones([2, 3], tf.complex64), 4, 2, window_fn=window)
    tf.signal.mdct(tf.ones([8]), 4, window)
    tf.signal.inverse_mdct(tf.ones([3, 2]), window)
    assert seen == [(4, tf.float64), (4, tf.float32), (4, tf.float32), (4, tf.float32)]


def test_strings_and_integers_are_framed_and_shifted():
    words = tf.constant([b"a", b"b", b"c"])
    assert tf.signal.fftshift(words).numpy().tolist() == [b"c", b"a", b"b"]
    framed = tf.signal.frame(words, 2, 2, pad_end=True, pad_value="z")
    assert framed.numpy().tolist() == [[b"a", b"b"], [b"c", b"z"]]


@pytest.mark.parametrize(("length", "step"), [(4, 2), (6, 4), (8, 8), (3, 6), (5, 3), (0, 2)])
@pytest.mark.parametrize("shape", [(17,), (2, 17), (16, 3), (0, 16)], ids=str)
@pytest.mark.parametrize("pad_end", [False, True])
def test_frames_are_slices(length, step, shape, pad_end):
    """They are gathered in the largest pieces that all of them are made of."""
    axis = 0 if shape == (16, 3) else -1
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    count = shape[axis]
    frames = -(-count // step) if pad_end else max(0, 1 + (count - length) // step)
    lines = np.moveaxis(x, axis, -1)
    room = np.zeros((*lines.shape[:-1], count + length + step), x.dtype)
    room[..., :count] = lines
    parts = [room[..., i * step : i * step + length] for i in range(frames)]
    expected = np.stack(parts, -2) if parts else np.zeros((*lines.shape[:-1], 0, length), x.dtype)
    expected = expected if axis else np.moveaxis(expected, 0, -1)
    found = tf.signal.frame(x, length, step, pad_end, axis=axis)
    np.testing.assert_array_equal(found.numpy(), expected)
    spec = tf.TensorSpec([None] * len(shape))
    framed = tf.function(lambda t: tf.signal.frame(t, length, step, pad_end, axis=axis), [spec])
    np.testing.assert_array_equal(framed(tf.constant(x)).numpy(), expected)

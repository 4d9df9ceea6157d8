"""`tf.image` and the codecs of `tf.io` against TensorFlow, and traced against eager."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_image as oracle
from tests.oracle.expressions import cotangent

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

NUMBERS = range(len(oracle.CASES))
TOLERANCES = {"float16": 4e-3, "bfloat16": 4e-2, "float64": 1e-6}

# Where eagre differs on purpose: words of expressions, and how far values may be off, or why.
OPAQUE = ("'bit.png'], 4", "'indexed.png'], 4")
"""Without opacity in the file eagre's is full; TensorFlow's is that of fewer bits."""

LOSSY = {"rgb.jpg": 5}
"""Pillow has no fast method with smooth colors: levels by which the accurate one is off."""


def name_of(number):
    case = oracle.CASES[number]
    return f"{number}-{case.expression[:60]}-{case.dtype}"


def tensors_of(number):
    dtype = oracle.CASES[number].dtype
    return [tf.cast(tf.constant(x), dtype) for x in oracle.arrays(number)]


def compute(number, tensors):
    """The values of a case and the gradients of its arrays that TensorFlow has."""
    with tf.GradientTape() as tape:
        tape.watch([x for x in tensors if x.dtype.is_floating])
        values = oracle.values_of(oracle.evaluate(tf, oracle.CASES[number].expression, tensors))
    places = [place for place in range(len(tensors)) if f"{number}.{place}" in EXPECTED]
    if not places:
        return values, []
    seed = tf.cast(cotangent(EXPECTED[f"{number}-0"].shape), values[0].dtype)
    return values, tape.gradient(values[0], [tensors[place] for place in places], seed)


def levels(expression):
    """How many levels of 255 a file may be off, None where it may not be at all."""
    if "INTEGER_ACCURATE" in expression or "decode" not in expression or ", 1" in expression:
        return None
    return next((off for name, off in LOSSY.items() if name in expression), None)


def as_saved(value):
    """The array of a value; the bytes of a string."""
    if value.dtype == tf.string:
        return np.frombuffer(value.numpy(), np.uint8)
    return (tf.cast(value, tf.float32) if value.dtype == tf.bfloat16 else value).numpy()


def assert_close(found, expected, tolerance):
    found, expected = (np.asarray(x, np.float64) for x in (found, expected))
    finite = expected[np.isfinite(expected)]
    scale = np.max(np.abs(finite), initial=1.0)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_as_tensorflow(number):
    case = oracle.CASES[number]
    values, grads = compute(number, tensors_of(number))
    tolerance = TOLERANCES.get(case.dtype, 1e-5)
    for place, value in enumerate(values):
        expected, found = EXPECTED[f"{number}-{place}"], as_saved(value)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        assert_like(case.expression, found, expected, tolerance)
    assert f"{number}-{len(values)}" not in EXPECTED
    known = [name for name in EXPECTED if name.startswith(f"{number}.")]
    for name, grad in zip(known, grads, strict=True):
        assert_close(as_saved(grad), EXPECTED[name], 10 * tolerance)


def assert_like(expression, found, expected, tolerance):
    off = levels(expression)
    if any(word in expression for word in OPAQUE):
        assert (found[..., 3] == np.iinfo(found.dtype).max).all()
        found, expected = found[..., :3], expected[..., :3]
    if off is not None:
        most = float(np.iinfo(found.dtype).max) if found.dtype.kind in "iu" else 255.0
        scale = 255.0 if found.dtype.kind == "f" else 1.0
        far = np.abs(found * scale - expected * scale).max()
        assert far <= np.ceil(off * most / 255) + 1e-3
    elif found.dtype.kind in "iub" and "random" not in expression and "adjust" not in expression:
        assert np.array_equal(found, expected)
    elif found.dtype.kind in "iu":
        # Colors go by way of floats, which differ in the last place where they are cut.
        assert np.abs(found.astype(np.int64) - expected.astype(np.int64)).max(initial=0) <= 1
    else:
        assert_close(found, expected, tolerance)


@pytest.mark.parametrize("number", range(len(oracle.ERRORS)), ids=oracle.ERRORS.__getitem__)
def test_errors_are_tensorflow_s(number):
    expected = str(EXPECTED["errors"][number])
    with pytest.raises(Exception) as caught:
        oracle.evaluate(tf, oracle.ERRORS[number], [])
    assert expected in {kind.__name__ for kind in type(caught.value).__mro__}


def as_bytes(tensors):
    return [(x.sizes, x.dtype, as_saved(x).tobytes()) for x in tensors]


# A seed of the global state counts on, so that a second call draws other numbers.
TRACED = [n for n in NUMBERS if oracle.CASES[n].shapes and "set_seed" not in
          oracle.CASES[n].expression]  # fmt: skip


@pytest.mark.parametrize("number", TRACED, ids=name_of)
def test_traced_as_eager(number):
    tensors = tensors_of(number)
    eager = compute(number, tensors)
    specs = [tf.TensorSpec(x.shape, x.dtype) for x in tensors]
    for knowledge in ("static", "unknown sizes"):
        if knowledge == "unknown sizes":
            # The number of channels says which filters there are.
            specs = [tf.TensorSpec([*[None] * (x.ndim - 1), x.shape[-1]], x.dtype) for x in tensors]
        traced = trace(lambda *x: compute(number, x), *specs)(*tensors)
        for one, other in zip(traced, eager, strict=True):
            assert as_bytes(one) == as_bytes(other), knowledge


@pytest.mark.parametrize("noise", ["uniform", "gaussian"])
def test_noise_around_glimpses_looks_like_the_image(noise):
    """TensorFlow's ranges; its numbers are those of chance."""
    random = np.random.default_rng(0).random((2, 40, 50, 2), np.float32)
    images = random + np.array([0, 10])[:, None, None, None] + np.array([0, 100])
    away = [[2.5, 2.5]] * 2
    found = tf.image.extract_glimpse(images.astype(np.float32), [40, 50], away, noise=noise).numpy()
    for image, glimpse in zip(images, found, strict=True):
        if noise == "uniform":
            assert image.min() <= glimpse.min() < image.min() + 5
            assert image.max() - 5 < glimpse.max() <= image.max()
            continue
        for channel in (0, 1):
            part, drawn = image[..., channel], glimpse[..., channel]
            assert part.min() - 1e-5 <= drawn.min() and drawn.max() <= part.max() + 1e-5
            assert abs(drawn.mean() - part.mean()) < 0.05
            assert 0.24 < drawn.std() < 0.28


def test_equal_pixels_stay_equal_in_any_size():
    for value in (1, 77, 200, 255):
        image = tf.fill([31, 47, 3], tf.constant(value, tf.uint8))
        for size in ([17, 90], [100, 13], [64, 64]):
            assert (tf.image.resize(image, size).numpy() == value).all()


def test_images_of_unknown_rank_are_flipped():
    image = tf.reshape(tf.range(24), [2, 4, 3])
    for function in (tf.image.flip_left_right, tf.image.flip_up_down):
        graph = trace(function, tf.TensorSpec(None, tf.int32))
        assert np.array_equal(graph(image).numpy(), function(image).numpy())


def test_a_resized_batch_is_the_resized_images():
    images = np.random.default_rng(0).integers(0, 256, (3, 9, 12, 3), np.uint8)
    for method in ("bilinear", "nearest", "lanczos3", "area"):
        together = tf.image.resize(images, [5, 20], method).numpy()
        apart = [tf.image.resize(image, [5, 20], method).numpy() for image in images]
        assert np.array_equal(together, np.stack(apart))
        mapped = tf.vectorized_map(lambda x, m=method: tf.image.resize(x, [5, 20], m), images)
        assert np.array_equal(mapped.numpy(), together)


def test_threads_resize_the_same():
    """Each call has room of its own: many columns, many more than there are rooms, and few."""
    random = np.random.default_rng(5)
    shapes = [(3, 5, 1), (200, 300, 3), (2, 90_000, 3), (40, 30, 4), (7, 2, 2)] * 4
    images = [random.integers(0, 256, shape, np.uint8) for shape in shapes]
    expected = [tf.image.resize(image, [60, 70]).numpy().copy() for image in images]
    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda image: tf.image.resize(image, [60, 70]).numpy(), images))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_resized_images_stay_as_they_are():
    """A later call writes to nothing that an earlier one has returned."""
    first = tf.image.resize(np.full([50, 60, 3], 7, np.uint8), [20, 30])
    tf.image.resize(np.full([50, 60, 3], 9, np.uint8), [20, 30])
    assert (first.numpy() == 7).all()

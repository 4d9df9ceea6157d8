"""Files of pictures: damaged ones, those that promise too much, threads, what Pillow writes."""

import io
import struct
import threading
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import eagre as tf
from eagre.files import pictures
from eagre.files.png import read_png, write_png
from tests.oracle.draw_images import chunk, deep_png
from tests.oracle.make_image import files

FILES = files()
NAMES = sorted(FILES)
EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.integers(0, 2)),
    min_size=1, max_size=8,
)  # fmt: skip


def edited(data, edits):
    """Bytes changed, left out and put in."""
    result = bytearray(data)
    for place, byte, kind in edits:
        # Most of what decides about a file stands at its beginning.
        index = int(place**3 * len(result))
        if kind == 0 and result:
            result[index] = byte
        elif kind == 1:
            del result[index : index + 1 + byte // 16]
        else:
            result[index:index] = bytes([byte])
    return bytes(result)


def decoded_or_refused(data, **options):
    """Fail unless bytes are decoded, or refused with a message of the function."""
    try:
        pixels = tf.io.decode_image(data, **options)
    except tf.errors.InvalidArgumentError as error:
        assert str(error).startswith("decode_image expected ")
        return None
    assert pixels.dtype == tf.uint8 and pixels.ndim in (3, 4)
    return pixels


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS)
def test_damaged_files_are_decoded_or_refused(name, edits):
    decoded_or_refused(edited(FILES[name], edits))


@pytest.mark.parametrize("name", NAMES)
def test_files_that_end_early_are_refused(name):
    data = FILES[name]
    for end in range(0, len(data) - 12, max(1, len(data) // 60)):
        decoded_or_refused(data[:end], expand_animations=False)
    kind = name.rpartition(".")[2]
    # The last bytes of JPEG and PNG files mark their end, and BMP files pad rows.
    assert decoded_or_refused(data[: len(data) // 2]) is None, kind


@pytest.mark.parametrize("name", ["rgb.jpg", "full.jpg", "gray.jpg"])
def test_what_is_there_of_a_truncated_jpeg_is_recovered(name):
    whole = tf.io.decode_jpeg(FILES[name]).numpy()
    data = FILES[name][: len(FILES[name]) * 3 // 4]
    with pytest.raises(tf.errors.InvalidArgumentError, match="truncated"):
        tf.io.decode_jpeg(data)
    found = tf.io.decode_jpeg(data, try_recover_truncated=True).numpy()
    assert found.shape == whole.shape
    if name != "full.jpg":
        assert np.array_equal(found[:8], whole[:8])


def png_header(width, height, bits=8, kind=2):
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        png_header(2**31 - 1, 2**31 - 1),
        png_header(20000, 20000),
        png_header(20000, 20000, 16),
        png_header(0, 5),
        FILES["rgb.bmp"][:18] + struct.pack("<ii", 2**30, 2**30) + FILES["rgb.bmp"][26:],
        FILES["rgb.bmp"][:18] + struct.pack("<ii", 53, -(2**31)) + FILES["rgb.bmp"][26:],
        FILES["rgb.bmp"][:18] + struct.pack("<ii", -53, 37) + FILES["rgb.bmp"][26:],
    ],
)
def test_sizes_are_checked_before_there_is_memory(data, monkeypatch):
    monkeypatch.setattr(pictures, "_pixels", None)
    assert decoded_or_refused(data) is None


def test_a_jpeg_that_promises_too_much_is_refused(monkeypatch):
    data = FILES["rgb.jpg"]
    place = data.index(b"\xff\xc0") + 5
    monkeypatch.setattr(pictures, "_pixels", None)
    assert decoded_or_refused(data[:place] + b"\xff\xff\xff\xff" + data[place + 4 :]) is None


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 12), st.integers(1, 12), st.integers(1, 4), st.booleans(), st.integers(-1, 9),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_pngs_come_back_as_they_were(height, width, channels, is_deep, compression, seed):
    dtype = np.uint16 if is_deep else np.uint8
    random = np.random.default_rng(seed)
    pixels = random.integers(0, np.iinfo(dtype).max, (height, width, channels), dtype, True)
    data = write_png(pixels, compression)
    assert np.array_equal(read_png("decode_png", data, False), pixels)
    if not is_deep:
        other = np.asarray(Image.open(io.BytesIO(data))).reshape(pixels.shape)
        assert np.array_equal(other, pixels)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 20), st.integers(1, 20), st.integers(1, 4), st.booleans(),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_deep_pngs_of_any_size_and_filter_are_read(height, width, channels, is_woven, seed):
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 65536, (height, width, channels), np.uint16)
    data = deep_png(pixels, is_woven)
    assert np.array_equal(read_png("decode_png", data, False), pixels)


def test_threads_decode_the_same():
    names = [name for name in NAMES if name.endswith(("jpg", "png"))] * 4
    expected = {name: tf.io.decode_image(FILES[name]).numpy() for name in names}
    wrong = []

    def work(part):
        for name in part:
            if not np.array_equal(tf.io.decode_image(FILES[name]).numpy(), expected[name]):
                wrong.append(name)

    threads = [threading.Thread(target=work, args=(names[i::4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_files_are_decoded_in_a_dataset():
    names = ["rgb.jpg", "rgb.png", "gray.png", "rgb.bmp"]

    def load(data):
        image = tf.io.decode_image(data, 3, expand_animations=False)
        return tf.image.resize(image, [8, 8])

    dataset = tf.data.Dataset.from_tensor_slices([FILES[name] for name in names]).map(load)
    assert dataset.element_spec.shape.as_list() == [8, 8, 3]
    for name, image in zip(names, dataset, strict=True):
        assert np.array_equal(image.numpy(), load(FILES[name]).numpy())


def test_without_pillow_the_error_says_what_to_install(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(pictures, "import_module", missing)
    with pytest.raises(ImportError, match=r"pip install 'eagre\[data\]'"):
        tf.io.decode_jpeg(FILES["rgb.jpg"])


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_same_pixels_without_pillow_s_own_encoder(channels, monkeypatch):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels), np.uint8)
    data = tf.io.encode_png(pixels)
    found = tf.io.decode_png(data, channels=channels).numpy()
    pillow = pictures._pillow

    def without_encoder(name):
        return SimpleNamespace(**{**vars(pillow(name)), "_getencoder": None})

    monkeypatch.setattr(pictures, "_pillow", without_encoder)
    assert tf.io.decode_png(data, channels=channels).numpy().tobytes() == found.tobytes()
    assert found.tobytes() == pixels.tobytes()


@pytest.mark.parametrize("name", ["rgb.jpg", "full.jpg", "gray.jpg", "cmyk.jpg"])
def test_the_same_pixels_without_pillow_s_own_decoder(name, monkeypatch):
    found = tf.io.decode_jpeg(FILES[name]).numpy()
    pillow = pictures._pillow

    def without_decoder(module):
        return SimpleNamespace(**{**vars(pillow(module)), "_getdecoder": None})

    monkeypatch.setattr(pictures, "_pillow", without_decoder)
    assert tf.io.decode_jpeg(FILES[name]).numpy().tobytes() == found.tobytes()
    with pytest.raises(tf.errors.InvalidArgumentError, match="undamaged JPEG"):
        tf.io.decode_jpeg(FILES[name][: len(FILES[name]) * 3 // 4])


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(1, 700), st.sampled_from(["L", "RGB", "CMYK"]),
       st.integers(0, 2**32))  # fmt: skip
def test_pixels_of_each_size_are_those_of_pillow(height, width, mode, seed):
    bands = {"L": (), "RGB": (3,), "CMYK": (4,)}[mode]
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, *bands), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, mode=mode).save(file, "JPEG", quality=80)
    found = tf.io.decode_jpeg(file.getvalue(), dct_method="INTEGER_ACCURATE").numpy()
    expected = np.asarray(Image.open(file))
    if mode == "CMYK":
        light = 255 - expected.astype(int)
        expected = (light[..., :3] * light[..., 3:] // 255).astype(np.uint8)
    assert np.array_equal(found, expected.reshape(found.shape))


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32))
def test_four_bytes_become_three(height, width, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    found = pictures.packed(pixels)
    assert found.shape == (height, width, 3)
    assert np.array_equal(found, pixels[:, :, :3])

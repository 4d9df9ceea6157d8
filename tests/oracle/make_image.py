"""Let TensorFlow say what `tf.image` and the codecs of `tf.io` compute, and write it down.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_image

It writes `image.npz`; the files in `images/` are drawn by `draw_images.py`. A case is an
expression of arrays `a`, `b` that are drawn from its own number, between 0 and 1 (integers: over
their range); `F["name"]` are the bytes of a file. Its outcome is its values and the gradients of
all arrays, given `cotangent` as gradient of the first value. For expressions that fail it is the
name of the error. Only `main` imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle import expressions
from tests.oracle.make_nn import gradients

FILE = Path(__file__).with_name("image.npz")
FOLDER = Path(__file__).with_name("images")


class Case(NamedTuple):
    """An expression, the shapes of its arrays and their dtype."""

    expression: str
    shapes: tuple[tuple[int, ...], ...] = ()
    dtype: str = "float32"


ONE, BATCH = (5, 7, 3), (2, 5, 7, 3)
_BOXES = "tf.constant([[0.1, 0.2, 0.6, 0.7], [0.0, 0.0, 1.0, 1.0], [0.9, 0.8, 0.3, -0.2]])"
_MANY = "tf.concat([a - b / 2, a + b / 2], 1)"
_TWO = "tf.tile(tf.expand_dims(tf.concat([a - b / 2, a + b / 2], 1), 0), [2, 1, 1])"


def _resizing() -> list[Case]:
    methods = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian",
               "mitchellcubic")  # fmt: skip
    cases = [
        Case(f"tf.image.resize(a, [{height}, {width}], {method!r}, antialias={antialias})",
             (ONE if width == 9 else BATCH,))
        for method in methods for antialias in (False, True)
        for height, width in ((3, 9), (11, 4), (1, 1))
    ]  # fmt: skip
    cases += [
        Case(f"tf.image.resize(a, [3, 9], {method!r})", (ONE,), dtype)
        for method in ("bilinear", "nearest", "bicubic", "area")
        for dtype in ("uint8", "int8", "uint16", "int16", "int32", "int64", "float16", "bfloat16",
                      "float64")
    ]  # fmt: skip
    cases += [
        Case(f"tf.image.resize(a, [5, 7], {method!r})", (ONE,), dtype)
        for method in ("bilinear", "nearest") for dtype in ("uint8", "float64")
    ]  # fmt: skip
    old = "tf.compat.v1.image.resize_"
    cases += [
        Case(f"{old}{method}(a, [{height}, {width}], {aligned}, "
             f"half_pixel_centers={half})", (BATCH,))
        for method in ("bilinear", "nearest_neighbor", "bicubic")
        for height, width in ((3, 9), (10, 14), (1, 4))
        for aligned, half in ((False, False), (True, False), (False, True))
    ]  # fmt: skip
    return [
        *cases,
        *[Case(f"{old}area(a, [{size}], {aligned})", (BATCH,))
          for size in ("3, 9", "10, 4") for aligned in (False, True)],
        *[Case(f"{old}images(a, [3, 9], {method})", (ONE,)) for method in range(4)],
        *[Case(f"{old}image_with_pad(a, 9, 4, {rest})", (ONE,)) for rest in ("0", "2", "1, True")],
        *[Case(f"tf.image.resize(a, {size}, preserve_aspect_ratio=True)", (ONE,))
          for size in ("[10, 3]", "[3, 30]", "[4, 4]")],
        *[Case(f"tf.image.resize_with_pad(a, {size})", (shape,))
          for size in ("4, 9", "9, 4, 'nearest'", "10, 14", "3, 3, 'bicubic', True")
          for shape in (ONE, BATCH)],
        Case("tf.image.resize(a, [3, 9])", ((0, 5, 7, 3),)),
        Case("tf.image.resize(a, [3, 9])", ((5, 7, 1),)),
        Case("tf.image.resize(a, tf.constant([40, 36]))", ((1, 33, 40, 1),)),
        Case("tf.image.resize(a, [20, 36], 'lanczos3', antialias=True)", ((1, 60, 30, 1),)),
    ]  # fmt: skip


def _geometry() -> list[Case]:
    calls = ("flip_left_right(a)", "flip_up_down(a)", "transpose(a)", "rot90(a)", "rot90(a, 2)",
             "rot90(a, -1)", "rot90(a, tf.constant(5))", "central_crop(a, 0.5)",
             "central_crop(a, 0.3)", "central_crop(a, 1.0)", "central_crop(a, tf.constant(0.7))",
             "crop_to_bounding_box(a, 1, 2, 3, 4)", "pad_to_bounding_box(a, 1, 2, 8, 9)",
             "resize_with_crop_or_pad(a, 3, 10)", "resize_with_crop_or_pad(a, 8, 4)",
             "resize_with_crop_or_pad(a, 5, 7)")  # fmt: skip
    patch = "tf.image.extract_patches(a, {}, {}, {}, {!r})"
    glimpse = "tf.image.extract_glimpse(a, [3, 4], b * 2 - 1, {}, {}, noise='zero')"
    crop = "tf.image.crop_and_resize(a, {}, [0, 1, 0], [{}], {})"
    return [
        *[Case(f"tf.image.{call}", (shape,)) for call in calls for shape in (ONE, BATCH)],
        *[Case(f"tf.image.{call}", (ONE,), "uint8") for call in calls],
        Case("tf.image.grayscale_to_rgb(a)", ((2, 3, 1),)),
        Case("tf.compat.v1.image.resize_image_with_crop_or_pad(a, 3, 10)", (ONE,)),
        *[Case(patch.format([1, *size, 1], [1, *steps, 1], [1, *rates, 1], padding), (BATCH,))
          for size, steps, rates in (((3, 2), (2, 2), (1, 1)), ((2, 3), (1, 3), (2, 1)),
                                     ((1, 1), (3, 3), (1, 1)))
          for padding in ("SAME", "VALID")],
        Case(patch.format([1, 3, 2, 1], [1] * 4, [1] * 4, "SAME"), (BATCH,), "uint8"),
        *[Case(glimpse.format(centered, normalized), (BATCH, (2, 2)))
          for centered in (False, True) for normalized in (False, True)],
        Case("tf.image.extract_glimpse(a, [9, 11], b, noise='zero')", (BATCH, (2, 2))),
        *[Case(crop.format(_BOXES, size, rest), (BATCH,))
          for size in ("3, 4", "1, 1", "7, 1") for rest in ("'bilinear'", "'nearest', -1.0")],
        Case(crop.format("b", "3, 4", "'bilinear'"), (BATCH, (3, 4))),
        Case(crop.format(_BOXES, "3, 4", "'bilinear'"), (BATCH,), "uint8"),
    ]  # fmt: skip


def _colors() -> list[Case]:
    dtypes = ("uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "float16", "float32",
              "float64")  # fmt: skip
    cases = [
        Case(f"tf.image.convert_image_dtype(a, tf.{target}, {saturate})", (ONE,), source)
        for source in ("uint8", "int16", "int32", "float16", "float32", "float64")
        for target in dtypes for saturate in (False, True)
        # A cast of what does not fit has no defined result.
        if saturate or source.startswith("u") or target.startswith(("float", "uint8"))
    ]  # fmt: skip
    spaces = ("rgb_to_hsv", "hsv_to_rgb", "rgb_to_yiq", "yiq_to_rgb", "rgb_to_yuv", "yuv_to_rgb",
              "rgb_to_grayscale")  # fmt: skip
    cases += [Case(f"tf.image.{space}(a)", (shape,), dtype) for space in spaces
              for shape, dtype in ((ONE, "float32"), (BATCH, "float64"), ((3,), "float32"))]
    greys = "tf.constant([[0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [1.0, 0.5, 1.0], [1.0, 1.0, 0.0]])"
    cases += [Case(f"tf.image.{space}({greys})") for space in spaces]
    calls = ("adjust_brightness(a, 0.3)", "adjust_brightness(a, -0.3)", "adjust_contrast(a, 2.0)",
             "adjust_contrast(a, 0.3)", "adjust_gamma(a, 2.0)", "adjust_gamma(a, 0.5, 2.0)",
             "adjust_saturation(a, 2.0)", "adjust_saturation(a, 0.25)", "adjust_hue(a, 0.2)",
             "adjust_hue(a, -0.7)", "adjust_hue(a, 1.0)", "per_image_standardization(a)",
             "rgb_to_grayscale(a)")  # fmt: skip
    cases += [Case(f"tf.image.{call}", (shape,), dtype) for call in calls
              for shape, dtype in ((ONE, "float32"), (BATCH, "float32"), (ONE, "uint8"),
                                   (ONE, "float64"), (ONE, "uint16"))]
    cases += [Case(f"tf.image.{call}", (ONE,), "float16") for call in calls[:2]]
    return [
        *cases,
        Case("tf.image.per_image_standardization(a - a)", (ONE,)),
        Case("tf.image.per_image_standardization(a * 1e-4)", (ONE,)),
    ]


def _measures() -> list[Case]:
    large = (1, 32, 35, 1)
    return [
        *[Case(f"tf.image.total_variation(a{more})", (shape,)) for shape in (ONE, BATCH)
          for more in ("", " * 9")],
        *[Case(f"tf.image.psnr(a, b, {most})", shapes, dtype) for shapes, dtype, most in (
            ((ONE, ONE), "float32", 1.0), ((ONE, BATCH), "float32", 2.0),
            ((BATCH, BATCH), "uint8", 255), ((ONE, ONE), "float64", 1.0))],
        *[Case(f"tf.image.ssim(a, b, {rest})", (shape, shape), dtype) for rest, shape, dtype in (
            ("1.0, 3", BATCH, "float32"), ("1.0", (15, 12, 1), "float32"),
            ("255", (2, 12, 11, 3), "uint8"), ("1.0, 4, 2.0, 0.02, 0.05", BATCH, "float32"),
            ("1.0, 3, return_index_map=True", BATCH, "float32"),
            ("1.0, 3", (2, 2, 5, 7, 3), "float32"))],
        Case("tf.image.ssim_multiscale(a, a * 0.9 + b * 0.1, 1.0, filter_size=2)", (large, large)),
        Case("tf.image.ssim_multiscale(a, a * 0.9 + b * 0.1, 1.0, [0.3, 0.7], 5)",
             ((21, 23, 1), (21, 23, 1))),
        Case("tf.image.image_gradients(a)", (BATCH,)),
        Case("tf.image.sobel_edges(a)", (BATCH,)),
        Case("tf.image.sobel_edges(a)", ((1, 2, 3, 1),), "float64"),
    ]  # fmt: skip


def _boxes() -> list[Case]:
    pair = ((30, 2), (30, 2))
    scores = "tf.reduce_sum(a, 1)"
    calls = (f"non_max_suppression({_MANY}, {scores}, 9)",
             f"non_max_suppression({_MANY}, {scores}, 40, 0.2)",
             f"non_max_suppression({_MANY}[:, ::-1], {scores}, 40, 0.0, 0.9)",
             f"non_max_suppression({_MANY}, tf.round({scores}), 9)",
             f"non_max_suppression_with_scores({_MANY}, {scores}, 9, 0.3)",
             f"non_max_suppression_with_scores({_MANY}, {scores}, 40, 1.0, 0.2, 0.5)",
             f"non_max_suppression_with_scores({_MANY}, {scores}, 20, 0.5, 0.3, 0.1)",
             f"non_max_suppression_overlaps(a @ tf.transpose(b), {scores}, 9, 0.4)",
             f"non_max_suppression_padded({_MANY}, {scores}, 9, 0.3)",
             f"non_max_suppression_padded({_MANY}, {scores}, 50, 0.2, 0.5, True)",
             f"non_max_suppression_padded({_TWO}, tf.stack([{scores}, 1 - {scores}]), 50, 0.2, "
             "0.5, True)")  # fmt: skip
    combined = "tf.image.combined_non_max_suppression(tf.reshape({}, {}), tf.reshape({}, {}), {})"
    draw = "tf.image.draw_bounding_boxes({}, tf.reshape(b * 1.5 - 0.25, [2, 4, 4]), {})"
    sample = "tf.image.stateless_sample_distorted_bounding_box([{}], {}, [{}, 2]{})"
    box = "[[[0.1, 0.2, 0.6, 0.7], [0.0, 0.0, 1.0, 1.0]]]"
    return [
        *[Case(f"tf.image.{call}", pair) for call in calls],
        *[Case(combined.format(_MANY, boxes, f"a[:{rows}]", table, rest), pair)
          for boxes, table, rows, rest in (
            ("[1, 30, 1, 4]", "[1, 30, 2]", 30, "4, 6, 0.3"),
            ("[2, 15, 1, 4]", "[2, 15, 2]", 30, "4, 20, 0.3, 0.2"),
            ("[1, 10, 3, 4]", "[1, 10, 3]", 15, "50, 50, 0.1, 0.3, True"),
            ("[2, 15, 1, 4]", "[2, 15, 2]", 30, "2, 9, 0.5, 0.1, True, False"))],
        *[Case(draw.format("a", colors), ((2, 9, 8, 3), (2, 4, 4)))
          for colors in ("None", "[[1.0, 0.0, 0.5], [0.0, 1.0, 0.25]]", "[[0.5, 0.5, 0.5, 1.0]]")],
        Case(draw.format("a", "None"), ((2, 9, 8, 1), (2, 4, 4))),
        Case(draw.format("a", "None"), ((2, 9, 8, 4), (2, 4, 4))),
        *[Case(sample.format("40, 50, 3", box, seed, rest)) for seed in range(12)
          for rest in ("", ", 0.5, [0.5, 2.0], [0.1, 0.8], 50")],
        *[Case(sample.format("400, 50, 1", "tf.zeros([1, 0, 4])", seed,
                             ", use_image_if_no_bounding_boxes=True")) for seed in range(3)],
        *[Case("(tf.random.set_seed(3), *[x for _ in range(3) for x in "
               f"tf.image.sample_distorted_bounding_box([40, 50, 3], {box}, seed={seed})])[1:]")
          for seed in (4, 9)],
    ]  # fmt: skip


def _chance() -> list[Case]:
    calls = ("flip_left_right(a", "flip_up_down(a", "brightness(a, 0.3", "contrast(a, 0.5, 1.5",
             "hue(a, 0.3", "saturation(a, 0.5, 1.5", "crop(a, tf.shape(a) - 1")  # fmt: skip
    cases = [Case(f"tf.image.stateless_random_{call}, seed=[{seed}, 5])", (shape,), dtype)
             for call in calls for seed in range(4)
             for shape, dtype in ((ONE, "float32"), (BATCH, "float32"), (ONE, "uint8"))]
    cases += [Case(f"(tf.random.set_seed({seed}), tf.image.random_{call}{own}))[1]", (ONE,))
              for call in calls for seed in range(4) for own in ("", ", seed=7")]
    jpeg = "random_jpeg_quality(a, 20, 90"
    smooth = "tf.cast(tf.range(256) // 4, tf.uint8)"
    cases += [Case(f"tf.image.stateless_{jpeg.replace('a,', f'tf.reshape({smooth}, [16, 16, 1]),')}"
                   f", seed=[{seed}, 5])") for seed in range(3)]
    return cases


def _files() -> list[Case]:
    images = [path.name for path in sorted(FOLDER.glob("*.*"))]
    cases = []
    for name in images:
        kind = name.rpartition(".")[2]
        channels = {"jpg": (0, 1, 3), "gif": (0, 3), "bmp": (0, 3, 4), "webp": (0,)}
        for number in channels.get(kind, (0, 1, 3, 4)):
            if (name, number) == ("cmyk.jpg", 1):
                continue
            call = f"decode_image(F[{name!r}], {number}"
            cases.append(Case(f"tf.io.{call}, expand_animations=False)"))
        cases += [
            Case(f"tf.io.decode_image(F[{name!r}], dtype=tf.{dtype})")
            for dtype in ("uint16", "float32", "float64", "int8")
            if name in ("full.jpg", "gray.png", "clear_indexed.png", "deep1.png", "one.gif")
        ]  # fmt: skip
        cases.append(Case(f"tf.io.decode_image(F[{name!r}])"))
        cases += [Case(f"tf.io.decode_png(F[{name!r}], dtype=tf.uint16)")] * (kind == "png")
        cases += [Case(f"tf.io.is_jpeg(F[{name!r}])")]
        cases += [Case(f"tf.io.extract_jpeg_shape(F[{name!r}], tf.int64)")] * (kind == "jpg")
    jpeg = "tf.io.decode_jpeg(F[{!r}], {})"
    cases += [
        Case(jpeg.format(name, f"ratio={ratio}, dct_method={method!r}, fancy_upscaling={fancy}"))
        for name in ("rgb.jpg", "full.jpg", "gray.jpg") for ratio in (1, 2, 4, 8)
        for method, fancy in (("INTEGER_ACCURATE", True), ("INTEGER_FAST", False))
    ]  # fmt: skip
    cases += [
        Case(f"tf.io.decode_and_crop_jpeg(F[{name!r}], [{window}], dct_method='INTEGER_ACCURATE')")
        for name in ("full.jpg", "gray.jpg") for window in ("3, 5, 20, 30", "16, 16, 8, 8")
    ]  # fmt: skip
    options = ("", "quality=0", "quality=1", "quality=50", "quality=100", "progressive=True",
               "optimize_size=True", "chroma_downsampling=False", "format='rgb'",
               "density_unit='cm', x_density=7, y_density=9", "xmp_metadata='hello'")  # fmt: skip
    cases += [Case(f"tf.io.encode_jpeg(tf.io.decode_png(F['rgb.png']), {more})")
              for more in options]
    cases += [Case("tf.io.encode_jpeg(tf.io.decode_png(F['gray.png']), 'grayscale')")]
    cases += [
        Case(f"tf.image.adjust_jpeg_quality(tf.io.decode_png(F[{name!r}]), {quality})")
        for name in ("gray.png",) for quality in (5, 50, 95)
    ]  # fmt: skip
    cases += [Case("tf.io.decode_png(tf.io.encode_png(a))", ((5, 7, channels),), dtype)
              for channels in (1, 2, 3, 4) for dtype in ("uint8", "uint16")]
    cases += [Case("tf.map_fn(tf.io.decode_png, tf.io.encode_png(a), fn_output_signature=tf.uint8)",
                   ((3, 5, 7, 2),), "uint8")]
    return cases


CASES = [*_resizing(), *_geometry(), *_colors(), *_measures(), *_boxes(), *_chance(), *_files()]

_U, _X = "tf.ones([5, 7, 3], tf.uint8)", "tf.ones([2, 5, 7, 3])"
_B, _P = "tf.zeros([3, 4]), tf.zeros([3])", "[1, 3, 2, 1], [1, 2, 2, 1]"
ERRORS = [
    *[f"tf.image.{call}" for call in (
        f"resize({_U} > 0, [3, 3])", f"resize({_U}[0], [3, 3])", f"resize({_U}, [3])",
        f"resize({_U}, [0, 3])", f"resize({_U}, [3, 3], 'x')", f"resize({_U}[:0], [3, 3])",
        f"resize({_U}, 3)", f"central_crop({_U}, 0)", f"central_crop({_U}, 1.5)",
        f"central_crop({_U}[0], 0.5)", f"crop_to_bounding_box({_U}, 1, 1, 2, 9)",
        f"crop_to_bounding_box({_U}, -1, 1, 2, 2)", f"crop_to_bounding_box({_U}, 1, 1, 0, 2)",
        f"pad_to_bounding_box({_U}, 1, 1, 4, 9)", f"pad_to_bounding_box({_U}, -1, 1, 9, 9)",
        f"pad_to_bounding_box({_U}[0], 1, 1, 9, 9)", f"resize_with_crop_or_pad({_U}, 0, 9)",
        f"flip_left_right({_U}[0])", f"adjust_contrast({_X}[0, 0], 2.0)",
        f"adjust_gamma({_X}, -1.0)", f"adjust_hue({_X}, 1.5)", f"adjust_hue({_X}[..., :1], 0.5)",
        f"adjust_saturation({_X}[..., :1], 0.5)", f"grayscale_to_rgb({_U})",
        f"rgb_to_grayscale({_X}[..., :1])", f"rgb_to_hsv({_U})", f"rgb_to_hsv({_X}[0, 0, 0, 0])",
        f"rgb_to_yuv({_U})", f"total_variation({_X}[0, 0])", f"psnr({_X}[0, 0], {_X}[0, 0], 1.0)",
        f"ssim({_X}, {_X}, 1.0)", f"ssim_multiscale({_X}, {_X}, 1.0, filter_size=3)",
        f"image_gradients({_X}[0])", f"sobel_edges({_X}[0])",
        f"per_image_standardization({_U}[0])",
        f"non_max_suppression({_B}, -1)", "non_max_suppression(tf.zeros([3, 4]), [1.0], 2)",
        f"non_max_suppression({_B}, 2, 1.5)", "non_max_suppression([1.0], [1.0], 2)",
        f"draw_bounding_boxes({_X}, tf.zeros([1, 2, 4]), None)",
        f"draw_bounding_boxes({_X}, tf.zeros([2, 2, 3]), None)",
        f"draw_bounding_boxes({_X}, tf.zeros([2, 2, 4]), [[1.0, 2.0]])",
        f"draw_bounding_boxes({_X}[..., :2], tf.zeros([2, 2, 4]), None)",
        f"crop_and_resize({_X}, tf.zeros([3, 4]), [0, 1, 2], [3, 4])",
        f"crop_and_resize({_X}, tf.zeros([3, 4]), [0, 1], [3, 4])",
        f"crop_and_resize({_X}, tf.zeros([1, 4]), [0], [0, 4])",
        f"crop_and_resize({_X}, tf.zeros([1, 4]), [0], [3, 4], 'cubic')",
        f"extract_glimpse({_X}, [3, 4], [[0.0, 0.0]])",
        f"extract_glimpse({_X}, [3, 4], [[0.0, 0.0]] * 2, noise='x')",
        f"extract_patches({_X}, [1, 3, 2, 2], [1, 2, 2, 1], [1] * 4, 'VALID')",
        f"extract_patches({_X}, [3, 2], [1, 2, 2, 1], [1] * 4, 'VALID')",
        f"extract_patches({_X}[0], {_P}, [1] * 4, 'VALID')",
        f"extract_patches({_X}, [1, 19, 2, 1], [1, 2, 2, 1], [1] * 4, 'VALID')",
        "stateless_sample_distorted_bounding_box([4, 5, 3], tf.zeros([1, 0, 4]), [1, 2])",
        "stateless_sample_distorted_bounding_box([4, 5], [[[0.0, 0.0, 1.0, 1.0]]], [1, 2])",
        "stateless_sample_distorted_bounding_box([4, 5, 3], [[[0.0, 0.0, 2.0, 1.0]]], [1, 2])",
        f"random_crop({_X}, [2, 5, 9, 3])", f"random_brightness({_X}, -0.1)",
        f"random_contrast({_X}, 2.0, 1.0)", f"random_hue({_X}, 0.6)",
        f"random_saturation({_X}, -1.0, 1.0)", f"random_jpeg_quality({_X}[0], 90, 50)",
    )],
    *[f"tf.io.{call}" for call in (
        "decode_image(b'')", "decode_image(b'abc')", "decode_jpeg(b'\\xff\\xd8\\xff')",
        "decode_png(b'\\x89PNG\\r\\n\\x1a\\n')", "decode_gif(b'GIF89a')", "decode_bmp(b'BM')",
        "decode_png(F['rgb.bmp'])", "decode_bmp(F['rgb.png'])", "decode_jpeg(F['frames.gif'])",
        "decode_jpeg(F['rgb.jpg'][:400])", "decode_jpeg(F['rgb.jpg'][:-30])",
        "decode_png(F['rgb.png'][:90])", "decode_jpeg([F['rgb.jpg']])",
        "decode_jpeg(F['rgb.jpg'], 2)", "decode_jpeg(F['rgb.jpg'], 4)",
        "decode_jpeg(F['rgb.jpg'], ratio=3)", "decode_jpeg(F['rgb.jpg'], dct_method='X')",
        "decode_bmp(F['rgb.bmp'], 1)", "decode_image(F['frames.gif'], 1)",
        "decode_and_crop_jpeg(F['rgb.jpg'], [0, 0, 99, 9])",
        "decode_and_crop_jpeg(F['rgb.jpg'], [-1, 0, 9, 9])",
        "decode_and_crop_jpeg(F['rgb.jpg'], [0, 0, 0, 9])", "extract_jpeg_shape(F['rgb.png'])",
        "encode_jpeg(tf.zeros([5, 7, 2], tf.uint8))", "encode_jpeg(tf.zeros([5, 7], tf.uint8))",
        "encode_jpeg(tf.zeros([5, 7, 3], tf.uint8), quality=101)",
        "encode_jpeg(tf.zeros([5, 7, 3], tf.uint8), 'grayscale')",
        "encode_jpeg(tf.zeros([5, 7, 1], tf.uint8), 'rgb')",
        "encode_png(tf.zeros([5, 7, 5], tf.uint8))", "encode_png(tf.zeros([5, 7], tf.uint8))",
        "encode_png(tf.zeros([5, 7, 1], tf.uint8), 10)",
    )],
]  # fmt: skip


def arrays(number: int) -> list[Any]:
    """The arrays of a case, in its dtype but for bfloat16, which stays float32."""
    case = CASES[number]
    random = np.random.default_rng(number)
    drawn = [random.random(shape) for shape in case.shapes]
    if "int" in case.dtype:
        most = np.iinfo(case.dtype).max
        # Of wide integers the lower bits would tell nothing but how floats are rounded.
        return [np.round(x * min(most, 2**24)).astype(case.dtype) for x in drawn]
    return [x.astype("float32" if case.dtype == "bfloat16" else case.dtype) for x in drawn]


def files() -> dict[str, bytes]:
    """The files of the folder by their names."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.*"))}


def evaluate(tf: Any, expression: str, tensors: list[Any]) -> Any:
    """The value of an expression of tensors and files."""
    return expressions.evaluate(tf, expression, tensors, F=files())


def values_of(result: Any) -> list[Any]:
    """The values of a case."""
    return list(result) if isinstance(result, tuple | list) else [result]


def gradients_of(tf: Any, tape: Any, value: Any, inputs: list[Any]) -> list[Any]:
    """The gradients, None where TensorFlow has none."""
    if not value.dtype.is_floating:
        return []
    try:
        return gradients(tf, tape, value, inputs)
    except LookupError:
        return []


def results(tf: Any, case: Case, inputs: list[Any]) -> dict[str, Any]:
    """The values, strings as the bytes in them, and the gradients that there are of the first."""
    values, tape = expressions.recorded(
        tf, lambda: values_of(evaluate(tf, case.expression, inputs)), inputs
    )
    grads = gradients_of(tf, tape, values[0], inputs)
    found = {f"-{place}": bytes_of(tf, value) for place, value in enumerate(values)}
    return found | {f".{place}": grad for place, grad in enumerate(grads) if grad is not None}


def bytes_of(tf: Any, value: Any) -> Any:
    """A string as the numbers of its bytes, and any other value as it is."""
    return np.frombuffer(value.numpy(), np.uint8) if value.dtype == tf.string else value


def main() -> None:
    expressions.write(FILE, CASES, arrays, results, ERRORS, evaluate)


if __name__ == "__main__":
    main()

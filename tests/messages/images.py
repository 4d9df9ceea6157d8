"""Wrong files, shapes, sizes and numbers given to `tf.image` and the codecs of `tf.io`."""

import eagre as tf
from tests.messages.values import INVALID, MISMATCH
from tests.oracle.make_image import files

FILES = files()
NO_RANK = (ValueError,)
pixels = tf.zeros([5, 7, 3], tf.uint8)
batch = tf.ones([2, 5, 7, 3])
boxes = tf.zeros([3, 4])


def running(function, value, *spec):
    """A call that fails only when its graph runs."""
    return lambda: tf.trace(function, tf.TensorSpec(*spec))(value)


def numbered(function, *values):
    """A call of integers that are known only when its graph runs."""
    specs = [tf.TensorSpec([], tf.int32)] * len(values)
    return lambda: tf.trace(function, *specs)(*[tf.constant(value) for value in values])


DECODING = {
    "decode_image: no bytes": (lambda: tf.io.decode_image(b""), *INVALID),
    "decode_image: text": (lambda: tf.io.decode_image("not an image"), *INVALID),
    "decode_image: a number": (lambda: tf.io.decode_image(3), *MISMATCH),
    "decode_image: a list": (lambda: tf.io.decode_image([FILES["rgb.jpg"]]), *INVALID),
    "decode_image: channels": (lambda: tf.io.decode_image(FILES["rgb.png"], 2), *INVALID),
    "decode_image: gray GIF": (lambda: tf.io.decode_image(FILES["one.gif"], 1), *INVALID),
    "decode_image: other channels of WebP": (
        lambda: tf.io.decode_image(FILES["rgb.webp"], 4), *INVALID),
    "decode_jpeg: truncated": (lambda: tf.io.decode_jpeg(FILES["rgb.jpg"][:900]), *INVALID),
    "decode_jpeg: header only": (lambda: tf.io.decode_jpeg(b"\xff\xd8\xff"), *INVALID),
    "decode_jpeg: four channels": (lambda: tf.io.decode_jpeg(FILES["rgb.jpg"], 4), *INVALID),
    "decode_jpeg: gray of four colors": (lambda: tf.io.decode_jpeg(FILES["cmyk.jpg"], 1), *INVALID),
    "decode_jpeg: ratio": (lambda: tf.io.decode_jpeg(FILES["rgb.jpg"], ratio=3), *INVALID),
    "decode_jpeg: dct_method": (
        lambda: tf.io.decode_jpeg(FILES["rgb.jpg"], dct_method="FLOAT"), *INVALID),
    "decode_jpeg: animation": (lambda: tf.io.decode_jpeg(FILES["frames.gif"]), *INVALID),
    "decode_png: truncated": (lambda: tf.io.decode_png(FILES["rgb.png"][:90]), *INVALID),
    "decode_png: truncated, 16 bits": (
        lambda: tf.io.decode_png(FILES["deep3.png"][:900]), *INVALID),
    "decode_png: a wrong checksum": (
        lambda: tf.io.decode_png(FILES["deep3.png"].replace(b"IDAT", b"IDAT\0")), *INVALID),
    "decode_png: dtype": (lambda: tf.io.decode_png(FILES["rgb.png"], dtype=tf.int32), *INVALID),
    "decode_png: BMP": (lambda: tf.io.decode_png(FILES["rgb.bmp"]), *INVALID),
    "decode_bmp: PNG": (lambda: tf.io.decode_bmp(FILES["rgb.png"]), *INVALID),
    "decode_bmp: truncated": (lambda: tf.io.decode_bmp(FILES["rgb.bmp"][:999]), *INVALID),
    "decode_bmp: header": (lambda: tf.io.decode_bmp(b"BM123"), *INVALID),
    "decode_bmp: gray": (lambda: tf.io.decode_bmp(FILES["rgb.bmp"], 1), *INVALID),
    "decode_bmp: bits": (
        lambda: tf.io.decode_bmp(FILES["rgb.bmp"][:28] + b"\x10" + FILES["rgb.bmp"][29:]),
        *INVALID),
    "decode_gif: truncated": (lambda: tf.io.decode_gif(FILES["one.gif"][:99]), *INVALID),
    "decode_gif: no frame": (lambda: tf.io.decode_gif(FILES["one.gif"][:13] + b";" * 900),
                             *INVALID),
    "decode_jxl: always": (lambda: tf.io.decode_jxl(b""), NotImplementedError),
    "decode_and_crop_jpeg: outside": (
        lambda: tf.io.decode_and_crop_jpeg(FILES["rgb.jpg"], [30, 0, 20, 9]), *INVALID),
    "decode_and_crop_jpeg: three numbers": (
        lambda: tf.io.decode_and_crop_jpeg(FILES["rgb.jpg"], [30, 0, 20]), *INVALID),
    "decode_and_crop_jpeg: PNG": (
        lambda: tf.io.decode_and_crop_jpeg(FILES["rgb.png"], [0, 0, 2, 2]), *INVALID),
    "extract_jpeg_shape: PNG": (lambda: tf.io.extract_jpeg_shape(FILES["rgb.png"]), *INVALID),
    "extract_jpeg_shape: output_type": (
        lambda: tf.io.extract_jpeg_shape(FILES["rgb.jpg"], tf.float32), *INVALID),
    "is_jpeg: a number": (lambda: tf.io.is_jpeg(3), *MISMATCH),
    "decode_jpeg: in a graph": (
        running(tf.io.decode_jpeg, tf.constant(b"abc"), [], tf.string), *INVALID),
}  # fmt: skip

ENCODING = {
    "encode_jpeg: two channels": (lambda: tf.io.encode_jpeg(pixels[..., :2]), *INVALID),
    "encode_jpeg: no channels": (lambda: tf.io.encode_jpeg(pixels[..., 0]), *INVALID),
    "encode_jpeg: floats": (lambda: tf.io.encode_jpeg(batch[0]), *MISMATCH),
    "encode_jpeg: quality": (lambda: tf.io.encode_jpeg(pixels, quality=101), *INVALID),
    "encode_jpeg: format": (lambda: tf.io.encode_jpeg(pixels, "cmyk"), *INVALID),
    "encode_jpeg: format of the image": (lambda: tf.io.encode_jpeg(pixels, "grayscale"), *INVALID),
    "encode_jpeg: density_unit": (lambda: tf.io.encode_jpeg(pixels, density_unit="m"), *INVALID),
    "encode_jpeg: x_density": (lambda: tf.io.encode_jpeg(pixels, x_density=-1), *INVALID),
    "encode_jpeg: no rows": (lambda: tf.io.encode_jpeg(pixels[:0]), *INVALID),
    "encode_jpeg: too large": (
        lambda: tf.io.encode_jpeg(tf.zeros([65536, 1, 1], tf.uint8)), *INVALID),
    "encode_png: five channels": (
        lambda: tf.io.encode_png(tf.zeros([5, 7, 5], tf.uint8)), *INVALID),
    "encode_png: no channels": (lambda: tf.io.encode_png(pixels[..., 0]), *INVALID),
    "encode_png: compression": (lambda: tf.io.encode_png(pixels, 10), *INVALID),
    "encode_png: floats": (lambda: tf.io.encode_png(batch), *MISMATCH),
    "encode_png: no columns": (lambda: tf.io.encode_png(pixels[:, :0]), *INVALID),
    "adjust_jpeg_quality: quality": (lambda: tf.image.adjust_jpeg_quality(pixels, 101), *INVALID),
}

SIZES = {
    "resize: method": (lambda: tf.image.resize(pixels, [3, 3], "cubic"), *INVALID),
    "resize: one number": (lambda: tf.image.resize(pixels, 3), *INVALID),
    "resize: nothing": (lambda: tf.image.resize(pixels, [0, 3]), *INVALID),
    "resize: floats": (lambda: tf.image.resize(pixels, [3.5, 3]), *INVALID),
    "resize: two axes": (lambda: tf.image.resize(pixels[0], [3, 3]), *INVALID),
    "resize: no rows": (lambda: tf.image.resize(pixels[:0], [3, 3]), *INVALID),
    "resize: booleans": (lambda: tf.image.resize(pixels > 0, [3, 3]), *MISMATCH),
    "resize: unknown rank": (
        running(lambda x: tf.image.resize(x, [3, 3]), pixels, None, tf.uint8), *NO_RANK),
    "resize: nothing, in a graph": (
        numbered(lambda n: tf.image.resize(pixels, [n, 3]), 0), *INVALID),
    "resize_with_pad: nothing": (lambda: tf.image.resize_with_pad(pixels, 0, 3), *INVALID),
    "crop_to_bounding_box: outside": (
        lambda: tf.image.crop_to_bounding_box(pixels, 1, 1, 2, 9), *INVALID),
    "crop_to_bounding_box: offset": (
        lambda: tf.image.crop_to_bounding_box(pixels, -1, 1, 2, 2), *INVALID),
    "crop_to_bounding_box: nothing": (
        lambda: tf.image.crop_to_bounding_box(pixels, 1, 1, 0, 2), *INVALID),
    "crop_to_bounding_box: a float": (
        lambda: tf.image.crop_to_bounding_box(pixels, 1.5, 1, 2, 2), *INVALID),
    "crop_to_bounding_box: outside, in a graph": (
        numbered(lambda n: tf.image.crop_to_bounding_box(pixels, n, 1, 2, 2), 4), *INVALID),
    "pad_to_bounding_box: too small": (
        lambda: tf.image.pad_to_bounding_box(pixels, 1, 1, 4, 9), *INVALID),
    "pad_to_bounding_box: offset": (
        lambda: tf.image.pad_to_bounding_box(pixels, 0, -1, 9, 9), *INVALID),
    "pad_to_bounding_box: too small, in a graph": (
        numbered(lambda n: tf.image.pad_to_bounding_box(pixels, 0, 0, n, 9), 4), *INVALID),
    "resize_with_crop_or_pad: nothing": (
        lambda: tf.image.resize_with_crop_or_pad(pixels, 0, 9), *INVALID),
    "central_crop: fraction": (lambda: tf.image.central_crop(pixels, 1.5), *INVALID),
    "central_crop: fraction in a graph": (
        running(lambda x: tf.image.central_crop(pixels, x), tf.constant(0.0), []), *INVALID),
    "central_crop: two axes": (lambda: tf.image.central_crop(pixels[0], 0.5), *INVALID),
    "rot90: a float": (lambda: tf.image.rot90(pixels, 0.5), *INVALID),
    "transpose: unknown rank": (
        running(tf.image.transpose, pixels, None, tf.uint8), *NO_RANK),
    "random_flip_left_right: unknown rank": (
        running(tf.image.random_flip_left_right, pixels, None, tf.uint8), *NO_RANK),
    "random_crop: too large": (lambda: tf.image.random_crop(pixels, [9, 1, 1]), *INVALID),
    "random_crop: two sizes": (lambda: tf.image.random_crop(pixels, [1, 1]), *INVALID),
    "random_crop: too large, in a graph": (
        running(lambda x: tf.image.random_crop(x, [9, 1, 1]), pixels, [None] * 3, tf.uint8),
        *INVALID),
    "extract_patches: across channels": (
        lambda: tf.image.extract_patches(batch, [1, 2, 2, 2], [1] * 4, [1] * 4, "SAME"),
        NotImplementedError),
    "extract_patches: two numbers": (
        lambda: tf.image.extract_patches(batch, [2, 2], [1] * 4, [1] * 4, "SAME"), *INVALID),
    "extract_patches: too large": (
        lambda: tf.image.extract_patches(batch, [1, 9, 9, 1], [1] * 4, [1] * 4, "VALID"), *INVALID),
    "extract_patches: padding": (
        lambda: tf.image.extract_patches(batch, [1] * 4, [1] * 4, [1] * 4, 1), TypeError),
    "extract_glimpse: noise": (
        lambda: tf.image.extract_glimpse(batch, [2, 2], [[0.0, 0.0]] * 2, noise="x"), *INVALID),
    "extract_glimpse: one point": (
        lambda: tf.image.extract_glimpse(batch, [2, 2], [[0.0, 0.0]]), *INVALID),
    "extract_glimpse: three numbers": (
        lambda: tf.image.extract_glimpse(batch, [2, 2], [[0.0] * 3] * 2), *INVALID),
    "extract_glimpse: integers": (
        lambda: tf.image.extract_glimpse(pixels[None], [2, 2], [[0.0, 0.0]]), TypeError),
    "extract_glimpse: size": (
        lambda: tf.image.extract_glimpse(batch, [2], [[0.0, 0.0]] * 2), *INVALID),
}  # fmt: skip

COLORS = {
    "convert_image_dtype: booleans": (
        lambda: tf.image.convert_image_dtype(pixels > 0, tf.uint8), *MISMATCH),
    "rgb_to_hsv: integers": (lambda: tf.image.rgb_to_hsv(pixels), *MISMATCH),
    "rgb_to_hsv: one channel": (lambda: tf.image.rgb_to_hsv(batch[..., :1]), *INVALID),
    "rgb_to_yuv: scalar": (lambda: tf.image.rgb_to_yuv(1.0), *INVALID),
    "rgb_to_grayscale: one channel": (lambda: tf.image.rgb_to_grayscale(batch[..., :1]), *INVALID),
    "grayscale_to_rgb: three channels": (lambda: tf.image.grayscale_to_rgb(pixels), *INVALID),
    "adjust_hue: delta": (lambda: tf.image.adjust_hue(batch, 1.5), *INVALID),
    "adjust_saturation: gray": (
        lambda: tf.image.adjust_saturation(batch[..., :1], 0.5), *INVALID),
    "adjust_contrast: two axes": (lambda: tf.image.adjust_contrast(batch[0, 0], 2.0), *INVALID),
    "adjust_gamma: negative": (lambda: tf.image.adjust_gamma(batch, -1.0), *INVALID),
    "random_brightness: negative": (lambda: tf.image.random_brightness(batch, -0.1), *INVALID),
    "random_contrast: order": (lambda: tf.image.random_contrast(batch, 2.0, 1.0), *INVALID),
    "random_hue: too far": (lambda: tf.image.random_hue(batch, 0.6), *INVALID),
    "random_saturation: negative": (
        lambda: tf.image.random_saturation(batch, -1.0, 1.0), *INVALID),
    "random_jpeg_quality: order": (
        lambda: tf.image.random_jpeg_quality(pixels, 90, 50), *INVALID),
    "total_variation: two axes": (lambda: tf.image.total_variation(batch[0, 0]), *INVALID),
    "psnr: dtypes": (lambda: tf.image.psnr(batch, pixels, 1.0), *INVALID),
    "ssim: too small": (lambda: tf.image.ssim(batch, batch, 1.0), *INVALID),
    "ssim: too small, in a graph": (
        running(lambda x: tf.image.ssim(x, x, 1.0), batch, [None, None, None, 3]), *INVALID),
    "ssim: unknown channels": (
        running(lambda x: tf.image.ssim(x, x, 1.0), batch, [None] * 4), *NO_RANK),
    "ssim_multiscale: too small": (
        lambda: tf.image.ssim_multiscale(batch, batch, 1.0, filter_size=3), *INVALID),
    "image_gradients: three axes": (lambda: tf.image.image_gradients(batch[0]), *INVALID),
    "sobel_edges: three axes": (lambda: tf.image.sobel_edges(batch[0]), *INVALID),
    "sobel_edges: unknown channels": (
        running(tf.image.sobel_edges, batch, [None] * 4), *NO_RANK),
}

BOXES = {
    "non_max_suppression: number": (
        lambda: tf.image.non_max_suppression(boxes, [0.0] * 3, -1), *INVALID),
    "non_max_suppression: scores": (
        lambda: tf.image.non_max_suppression(boxes, [0.0], 1), *INVALID),
    "non_max_suppression: threshold": (
        lambda: tf.image.non_max_suppression(boxes, [0.0] * 3, 1, 1.5), *INVALID),
    "non_max_suppression: NaN": (
        lambda: tf.image.non_max_suppression(boxes, [0.0, float("nan"), 1.0], 1), *INVALID),
    "non_max_suppression: numbers": (
        lambda: tf.image.non_max_suppression(boxes, [0.0] * 3, [1]), *INVALID),
    "non_max_suppression_padded: batch": (
        lambda: tf.image.non_max_suppression_padded(boxes[None], [[0.0] * 3], 1), *NO_RANK),
    "combined_non_max_suppression: axes": (
        lambda: tf.image.combined_non_max_suppression(boxes, [[[0.0] * 3]], 1, 1), *INVALID),
    "draw_bounding_boxes: another batch": (
        lambda: tf.image.draw_bounding_boxes(batch, boxes[None], None), *INVALID),
    "draw_bounding_boxes: two channels": (
        lambda: tf.image.draw_bounding_boxes(batch[..., :2], tf.zeros([2, 1, 4]), None), *INVALID),
    "draw_bounding_boxes: colors": (
        lambda: tf.image.draw_bounding_boxes(batch, tf.zeros([2, 1, 4]), [[1.0]]), *INVALID),
    "draw_bounding_boxes: integers": (
        lambda: tf.image.draw_bounding_boxes(pixels[None], tf.zeros([1, 1, 4]), None), *MISMATCH),
    "crop_and_resize: no such image": (
        lambda: tf.image.crop_and_resize(batch, boxes, [0, 1, 2], [3, 4]),
        tf.errors.OutOfRangeError, IndexError),
    "crop_and_resize: no such image, in a graph": (
        numbered(lambda n: tf.image.crop_and_resize(batch, boxes[:1], n[None], [3, 4]), 2),
        *INVALID),
    "crop_and_resize: indices": (
        lambda: tf.image.crop_and_resize(batch, boxes, [0], [3, 4]), *INVALID),
    "crop_and_resize: boxes": (
        lambda: tf.image.crop_and_resize(batch, boxes[:, :3], [0] * 3, [3, 4]), *INVALID),
    "crop_and_resize: size": (
        lambda: tf.image.crop_and_resize(batch, boxes, [0] * 3, [3, 0]), *INVALID),
    "crop_and_resize: method": (
        lambda: tf.image.crop_and_resize(batch, boxes, [0] * 3, [3, 4], "cubic"), *INVALID),
    "sample_distorted_bounding_box: size": (
        lambda: tf.image.sample_distorted_bounding_box([5, 7], boxes[None]), *INVALID),
    "sample_distorted_bounding_box: no boxes": (
        lambda: tf.image.sample_distorted_bounding_box([5, 7, 3], boxes[None, :0]), *INVALID),
    "sample_distorted_bounding_box: boxes": (
        lambda: tf.image.sample_distorted_bounding_box([5, 7, 3], boxes[None] + 2), *INVALID),
    "sample_distorted_bounding_box: three numbers": (
        lambda: tf.image.sample_distorted_bounding_box([5, 7, 3], boxes[None, :, :3]), *INVALID),
    "sample_distorted_bounding_box: areas": (
        lambda: tf.image.sample_distorted_bounding_box([5, 7, 3], boxes[None], area_range=(1, 2)),
        *INVALID),
    "sample_distorted_bounding_box: attempts": (
        lambda: tf.image.sample_distorted_bounding_box([5, 7, 3], boxes[None], max_attempts=-1),
        *INVALID),
    "sample_distorted_bounding_box: covered": (
        lambda: tf.image.sample_distorted_bounding_box(
            [5, 7, 3], boxes[None], min_object_covered=[0.5]), *INVALID),
    "sample_distorted_bounding_box: empty image": (
        lambda: tf.image.sample_distorted_bounding_box([0, 7, 3], boxes[None]), *INVALID),
}  # fmt: skip

TABLES = {
    "decoding": DECODING,
    "encoding": ENCODING,
    "image sizes": SIZES,
    "image colors": COLORS,
    "boxes": BOXES,
}
FOREIGN_WORDS: set[str] = set()

"""How alike images are, how much they change from pixel to pixel, and images of mean 0.

SSIM is that of Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error
visibility to structural similarity", 2004; its scales are those of Wang, Simoncelli and Bovik,
"Multi-scale structural similarity for image quality assessment", 2003.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.ops.convolutions import depthwise_conv2d
from eagre.ops.image_dtypes import convert_image_dtype, image_of, images_of
from eagre.ops.joining import concat, stack
from eagre.ops.math import abs as absolute
from eagre.ops.math import log, maximum, sqrt, square, squared_difference
from eagre.ops.pooling import avg_pool2d
from eagre.ops.reductions import reduce_mean, reduce_prod, reduce_sum
from eagre.ops.selection import gather
from eagre.ops.shaping import cast, expand_dims, known_as, reshape, shape
from eagre.ops.squares import reduce_variance
from eagre.primitives.activations import relu
from eagre.primitives.checking import demand
from eagre.primitives.comparison import greater_equal
from eagre.primitives.families import shape_of


def per_image_standardization(image: Any) -> Any:
    """The image, or each of a batch, minus its mean and divided by its standard deviation.

    Of `n` elements the deviation is taken for at least 1 / sqrt(n), so that what is even is zero.

    >>> tf.image.per_image_standardization([[[0.0], [2.0]]]).numpy().ravel()
    array([-1.,  1.], dtype=float32)
    """
    x = cast(images_of(image, "per_image_standardization"), dtypes.float32)
    axes = (-3, -2, -1)
    least = 1 / cast(reduce_prod(shape(x)[-3:]), dtypes.float32)
    # The root comes last, since it has no gradient at 0.
    deviation = sqrt(maximum(reduce_variance(x, axes, True), least))
    return (x - reduce_mean(x, axes, True)) / deviation


def total_variation(images: Any, name: str | None = None) -> Any:
    """The sum of all differences between neighbors, for the image or each of a batch.

    >>> tf.image.total_variation([[[1.0], [3.0]], [[1.0], [0.0]]]).numpy()
    np.float32(6.0)
    """
    x = image_of(images, "total_variation", word="images")
    down = x[..., 1:, :, :] - x[..., :-1, :, :]
    across = x[..., :, 1:, :] - x[..., :, :-1, :]
    axes = (-3, -2, -1)
    return reduce_sum(absolute(down), axes) + reduce_sum(absolute(across), axes)


def image_gradients(image: Any) -> tuple[Any, Any]:
    """The differences to the next row and to the next column, zero in the last ones.

    `image` is [batch, height, width, channels], and so are both results.

    >>> down, across = tf.image.image_gradients([[[[1.0], [3.0]], [[4.0], [8.0]]]])
    >>> down.numpy().ravel(), across.numpy().ravel()
    (array([3., 5., 0., 0.], dtype=float32), array([2., 0., 4., 0.], dtype=float32))
    """
    x = image_of(image, "image_gradients", (4,))
    down, across = x[:, 1:] - x[:, :-1], x[:, :, 1:] - x[:, :, :-1]
    return (
        concat([down, x[:, :1] - x[:, :1]], 1),
        concat([across, x[:, :, :1] - x[:, :, :1]], 2),
    )


def sobel_edges(image: Any) -> Any:
    """Sobel's derivatives by rows and by columns, [batch, height, width, channels, 2].

    >>> image = tf.reshape(tf.range(9.0) ** 2, [1, 3, 3, 1])
    >>> tf.image.sobel_edges(image)[0, 1, 1, 0].numpy()
    array([192.,  64.], dtype=float32)
    """
    x = image_of(image, "sobel_edges", (4,))
    if x.sizes is None or x.sizes[3] is None:
        raise ValueError(
            f"sobel_edges needs a known number of channels. Received: image.shape={x.shape}"
        )
    channels = x.sizes[3]
    for axis in (1, 2):
        x = _mirrored(x, axis)
    rows = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], np.float64)
    kernels = np.stack([rows, rows.T], -1)[:, :, None].repeat(channels, 2)
    filters = to_tensor(kernels.astype(x.dtype.numpy))
    found = depthwise_conv2d(x, filters, (1, 1, 1, 1), "VALID")
    return reshape(found, concat([shape(found)[:3], to_tensor([channels, 2])], 0))


def _mirrored(x: Any, axis: int) -> Any:
    """The second row before the first one, and the last but one after the last one."""
    last = shape_of(x)[axis] - 2
    sides = [expand_dims(gather(x, place, axis=axis), axis) for place in (1, last)]
    return concat([sides[0], x, sides[1]], axis)


# Likeness -------------------------------------------------------------------------------------


def _pair_of(a: Any, b: Any, max_val: Any, name: str) -> tuple[Any, Any, Any]:
    """Both images and the largest value, as float32 from 0 to 1 where they are integers."""
    a, b = images_of(a, name, "img1"), images_of(b, name, "img2")
    if a.dtype != b.dtype:
        raise InvalidArgumentError(
            f"{name} expected images of one dtype. "
            f"Received: dtypes {a.dtype.name} and {b.dtype.name}"
        )
    most = cast(to_tensor(max_val, hint=a.dtype, name=f"{name}(max_val)"), a.dtype)
    a, b, most = [convert_image_dtype(each, dtypes.float32) for each in (a, b, most)]
    return a, b, most


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Any:
    """The ratio of peak signal to noise between images, in decibels.

    Args:
        max_val: the largest value that there can be, such as 1.0 or 255.

    >>> tf.image.psnr(tf.zeros([2, 2, 1]), tf.fill([2, 2, 1], 0.1), 1.0).numpy().round(3)
    np.float32(20.0)
    """
    a, b, most = _pair_of(a, b, max_val, "psnr")
    error = reduce_mean(squared_difference(a, b), (-3, -2, -1))
    return 20 * log(most) / np.log(10.0).item() - (10 / np.log(10.0)).item() * log(error)


def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> Any:
    """The structural similarity of images [..., height, width, channels]: 1 where they are equal.

    Args:
        max_val: the largest value that there can be.
        filter_size: the size of the Gaussian window, at most height and width.
        return_index_map: whether to return the similarity at each place.

    >>> image = tf.reshape(tf.range(16.0) / 16, [4, 4, 1])
    >>> tf.image.ssim(image, image, 1.0, filter_size=3).numpy()
    np.float32(1.0)
    """
    a, b, most = _pair_of(img1, img2, max_val, "ssim")
    a = _large_enough(a, int(filter_size), "ssim")
    likeness, _ = _likeness(a, b, most, int(filter_size), filter_sigma, (k1, k2), "ssim")
    if return_index_map:
        return reduce_mean(likeness, -1)
    return reduce_mean(likeness, (-3, -2, -1))


def _window(size: int, sigma: float) -> Any:
    """The weights [size, size] of a Gaussian window."""
    places = np.arange(size) - (size - 1) / 2
    wave = -0.5 * np.square(places.astype(np.float32)) / np.float32(sigma) ** 2
    weights = np.exp(wave[:, None] + wave)
    return (weights / weights.sum()).astype(np.float32)


def _likeness(
    a: Any, b: Any, most: Any, size: int, sigma: float, factors: Any, name: str
) -> tuple[Any, Any]:
    """The similarity at each place, and the part of it that is contrast and structure."""
    for word, x in (("img1", a), ("img2", b)):
        _check_window(x, size, name, word)
    channels = a.sizes[-1]
    filters = to_tensor(_window(size, sigma)[:, :, None, None].repeat(channels, 2))

    def mean(x: Any) -> Any:
        lead = shape(x)[:-3]
        found = depthwise_conv2d(_flat(x), filters, (1, 1, 1, 1), "VALID")
        return reshape(found, concat([lead, shape(found)[1:]], 0))

    c1, c2 = (square(factor * most) for factor in factors)
    mean_a, mean_b = mean(a), mean(b)
    product = mean_a * mean_b * 2
    squares = square(mean_a) + square(mean_b)
    luminance = (product + c1) / (squares + c1)
    structure = (mean(a * b) * 2 - product + c2) / (mean(square(a) + square(b)) - squares + c2)
    return luminance * structure, structure


def _flat(x: Any) -> Any:
    """The images along one axis in front."""
    if x.ndim is None:
        raise ValueError(f"ssim needs images of known rank. Received: img1.shape={x.shape}")
    if x.ndim == 4:
        return x
    found = reshape(x, concat([to_tensor([-1]), shape(x)[-3:]], 0))
    return known_as(found, [None, *x.sizes[-3:]])


def _large_enough(x: Any, size: int, name: str) -> Any:
    """The images, of which each has room for a window where sizes are known later."""
    known = x.sizes
    if known is None or None not in known[-3:-1]:
        return x
    message = f"{name} expected height and width of at least filter_size={size}. Received: "
    parts = shape(x)
    sides = parts[-3:-1]
    is_large = greater_equal.door(sides, to_tensor(size))
    sides = demand(sides, is_large, message=f"{message}height, width=")
    return known_as(reshape(x, concat([parts[:-3], sides, parts[-1:]], 0)), known)


def _check_window(x: Any, size: int, name: str, word: str) -> None:
    if x.sizes is None or x.sizes[-1] is None:
        raise ValueError(
            f"{name} needs a known number of channels. Received: {word}.shape={x.shape}"
        )
    if any(n is not None and n < size for n in x.sizes[-3:-1]):
        raise InvalidArgumentError(
            f"{name} expected height and width of at least filter_size={size}"
            f"{' in each scale' if name != 'ssim' else ''}. Received: {word}.shape={x.shape}"
        )


def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Any = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Any:
    """The structural similarity over several scales, each of half the height and width.

    Args:
        power_factors: the weight of each scale, the first of which is that of the images.

    Other arguments are those of `ssim`.

    >>> image = tf.reshape(tf.range(64.0) / 64, [8, 8, 1])
    >>> tf.image.ssim_multiscale(image, image, 1.0, [0.5, 0.5], filter_size=3).numpy()
    np.float32(1.0)
    """
    name = "ssim_multiscale"
    a, b, most = _pair_of(img1, img2, max_val, name)
    lead = shape(a)[:-3]
    pair = [_flat(x) for x in (a, b)]
    powers = list(power_factors)
    parts = []
    for number in range(len(powers)):
        if number:
            pair = [_halved(x) for x in pair]
        pair[0] = _large_enough(pair[0], int(filter_size), name)
        found, structure = _likeness(
            pair[0], pair[1], most, int(filter_size), filter_sigma, (k1, k2), name
        )
        last = number == len(powers) - 1
        parts.append(relu(reduce_mean(found if last else structure, (-3, -2))))
    table = stack(parts, -1)
    scores = reduce_prod(table ** to_tensor(powers, dtypes.float32), -1)
    return reshape(reduce_mean(scores, -1), lead)


def _halved(x: Any) -> Any:
    """Means of two by two pixels; an odd last row or column counts twice."""
    for axis in (1, 2):
        size = shape_of(x)[axis]
        odd = gather(x, to_tensor([-1]) + size, axis=axis)
        if isinstance(size, int):
            x = concat([x, odd], axis) if size % 2 else x
            continue
        count = size % 2
        x = concat([x, odd[:, :count] if axis == 1 else odd[:, :, :count]], axis)
    return avg_pool2d(x, 2, 2, "VALID")



"""Images as tensors: what the functions of `tf.image` take, and their values in other dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.ops.conversions import saturate_cast
from eagre.ops.math import floordiv
from eagre.ops.shaping import cast, expand_dims, squeeze
from eagre.primitives.arithmetic import identity


def image_of(value: Any, name: str, ranks: tuple[int, ...] = (3, 4), word: str = "image") -> Any:
    """The tensor of one image [height, width, channels], or of a batch of them."""
    x = to_tensor(value, name=name)
    if x.ndim is not None and x.ndim not in ranks:
        forms = {3: "[height, width, channels]", 4: "[batch, height, width, channels]"}
        expected = " or ".join(forms[rank] for rank in ranks)
        raise InvalidArgumentError(
            f"{name} expected {word} of shape {expected}. Received: {word}.shape={x.shape}"
        )
    return x


def images_of(value: Any, name: str, word: str = "image") -> Any:
    """The tensor of one image or of several, with any axes in front."""
    x = to_tensor(value, name=name)
    if x.ndim is not None and x.ndim < 3:
        raise InvalidArgumentError(
            f"{name} expected {word} of shape [..., height, width, channels]. "
            f"Received: {word}.shape={x.shape}"
        )
    return x


def batch_of(value: Any, name: str, word: str = "image") -> tuple[Any, bool]:
    """The tensor [batch, height, width, channels], and whether it had an axis of batch."""
    x = image_of(value, name, word=word)
    if x.ndim is None:
        raise ValueError(
            f"{name} needs {word} of known rank. Received: {word}.shape={x.shape}. "
            "Give it a shape with set_shape, or decode it with expand_animations=False."
        )
    return (x, True) if x.ndim == 4 else (expand_dims(x, 0), False)


def unbatched(x: Any, is_batch: bool) -> Any:
    """The images as they came."""
    return x if is_batch else squeeze(x, 0)


def floating(x: Any) -> Any:
    """The image as floats: halves and float32 as they are, everything else in float32."""
    if x.dtype in (dtypes.float16, dtypes.float32):
        return x
    return convert_image_dtype(x, dtypes.float32)


def check_channels(x: Any, count: int, name: str, word: str = "image") -> None:
    """Refuse an image whose last axis is known to be of another size."""
    if x.ndim is not None and (x.ndim < 1 or x.sizes[-1] not in (count, None)):
        raise InvalidArgumentError(
            f"{name} expected {word} with {count} channel{'s' if count > 1 else ''} along the "
            f"last axis. Received: {word}.shape={x.shape}"
        )


def _as_scale(number: float, dtype: dtypes.DType) -> Any:
    """A factor in a dtype, infinite where the dtype does not reach so far."""
    with np.errstate(over="ignore"):
        return to_tensor(np.array(number).astype(dtype.numpy))


def convert_image_dtype(
    image: Any, dtype: Any, saturate: bool = False, name: str | None = None
) -> Any:
    """The image in another dtype: floats are from 0 to 1, integers from 0 to their maximum.

    Args:
        saturate: whether what the dtype cannot hold becomes its nearest bound.

    Raises:
        TypeError: a dtype is neither of floats nor of integers.

    >>> tf.image.convert_image_dtype([0.0, 0.5, 1.0], tf.uint8).numpy()
    array([  0, 127, 255], dtype=uint8)
    >>> tf.image.convert_image_dtype(tf.constant([0, 255], tf.uint8), tf.float32).numpy()
    array([0., 1.], dtype=float32)
    """
    x, target = to_tensor(image, name="convert_image_dtype"), dtypes.as_dtype(dtype)
    for each in (x.dtype, target):
        if not (each.is_floating or each.is_integer):
            raise DTypeMismatchError(
                "convert_image_dtype expected dtypes of floats or integers. "
                f"Received: dtype={each.name}"
            )
    if x.dtype == target:
        return identity(x)
    convert = saturate_cast if saturate else cast
    if x.dtype.is_floating and target.is_floating:
        return cast(x, target)
    if x.dtype.is_floating:
        return convert(x * _as_scale(int(target.max) + 0.5, x.dtype), target)
    if target.is_floating:
        return cast(x, target) * (1.0 / int(x.dtype.max))
    most, limit = int(x.dtype.max) + 1, int(target.max) + 1
    if most > limit:
        return convert(floordiv(x, most // limit), target)
    return convert(x, target) * (limit // most)

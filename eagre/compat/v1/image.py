"""`tf.compat.v1.image`: names of TensorFlow 1 beside those of `tf.image`."""

from importlib import import_module as _import_module
from typing import Any as _Any

from eagre.compat.reading import extract_image_patches
from eagre.core.absent import MissingNameError as _MissingNameError
from eagre.ops.image_geometry import resize_with_crop_or_pad as resize_image_with_crop_or_pad
from eagre.ops.image_geometry import transpose as transpose_image
from eagre.ops.image_resizing import (
    resize_area,
    resize_bicubic,
    resize_bilinear,
    resize_image_with_pad,
    resize_images,
    resize_nearest_neighbor,
)
from eagre.ops.image_resizing import resize_images as resize

__all__ = [
    "extract_image_patches",
    "resize",
    "resize_area",
    "resize_bicubic",
    "resize_bilinear",
    "resize_image_with_crop_or_pad",
    "resize_image_with_pad",
    "resize_images",
    "resize_nearest_neighbor",
    "transpose_image",
]


def __getattr__(name: str) -> _Any:
    if not name.startswith("_"):
        try:
            return getattr(_import_module("eagre.image"), name)
        except AttributeError:
            pass
    raise _MissingNameError(__name__, "tf.compat.v1.image", name)

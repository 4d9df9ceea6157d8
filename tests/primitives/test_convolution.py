"""Convolutions that are too large for the table: blocks of images, groups, halves, messages."""

import numpy as np
import pytest

import eagre as tf
from eagre.core.errors import InvalidArgumentError
from eagre.core.tensor import wrap
from eagre.primitives import correlation
from eagre.primitives.convolution import convolution, filter_gradient, input_gradient
from tests.primitives.calls import bits, layouts

SAME = {"strides": (1, 1), "padding": None, "dilations": (1, 1)}
STRIDED = {"strides": (2, 1), "padding": ((1, 0), (2, 3)), "dilations": (1, 2)}


def drawn(*shape, dtype="float32"):
    """Numbers of a shape, the same ones each time."""
    values = np.random.default_rng(shape).standard_normal(shape)
    return wrap(tf.cast(tf.constant(values), dtype).array)


def all_three(x, filters, geometry):
    """A convolution and its two transposes applied to its output."""
    y = convolution(x, filters, **geometry)
    return [
        y,
        input_gradient(y, filters, x.sizes, **geometry),
        filter_gradient(x, y, filters.sizes, **geometry),
    ]


@pytest.mark.parametrize("geometry", [SAME, STRIDED], ids=["same", "strided"])
@pytest.mark.parametrize("filters", [(3, 3, 4, 5), (3, 3, 1, 8)], ids=["whole", "by channel"])
def test_blocks_of_images_make_no_difference(geometry, filters, monkeypatch):
    """One image at a time gives what all images at once give, but for rounding."""
    x, filters = drawn(7, 6, 5, 4, dtype="float64"), drawn(*filters, dtype="float64")
    whole = all_three(x, filters, geometry)
    for block in (1, 1500):
        monkeypatch.setattr(correlation, "BLOCK", block)
        for found, expected in zip(all_three(x, filters, geometry), whole, strict=True):
            np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-12, atol=1e-12)


def test_an_image_larger_than_a_block():
    x, filters = drawn(2, 130, 120, 3), drawn(3, 3, 3, 2)
    assert x.array[0].size * 9 > correlation.BLOCK
    y = convolution(x, filters, **SAME).numpy()
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(x.numpy(), ((0, 0), (1, 1), (1, 1), (0, 0))), (3, 3), (1, 2)
    )
    np.testing.assert_allclose(
        y, np.einsum("bijchw,hwco->bijo", windows, filters.numpy()), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("geometry", [SAME, STRIDED], ids=["same", "strided"])
def test_groups_are_convolutions_side_by_side(geometry):
    x, filters = drawn(2, 5, 6, 6), drawn(3, 2, 3, 4)
    parts = [
        all_three(wrap(a), wrap(b), geometry)
        for a, b in zip(np.split(x.array, 2, -1), np.split(filters.array, 2, -1), strict=True)
    ]
    for found, *expected in zip(all_three(x, filters, geometry), *parts, strict=True):
        joined = np.concatenate([part.array for part in expected], -1)
        np.testing.assert_array_equal(found.numpy(), joined)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_are_computed_in_float32(dtype):
    x, filters = drawn(2, 5, 6, 3, dtype=dtype), drawn(3, 2, 3, 4, dtype=dtype)
    y = convolution(x, filters, **SAME)
    wide = [tf.cast(each, "float32") for each in (x, filters)]
    np.testing.assert_array_equal(y.numpy(), tf.cast(convolution(*wide, **SAME), dtype).numpy())


@pytest.mark.parametrize("shapes", [((9, 28, 28, 16), (3, 3, 16, 8)), ((9, 9, 9, 8), (3, 3, 1, 8))])
def test_bits_of_large_arrays_do_not_depend_on_the_layout(shapes):
    x, filters = (drawn(*shape) for shape in shapes)
    expected = [bits(each.array) for each in all_three(x, filters, SAME)]
    for a, b in zip(layouts(x.array).values(), layouts(filters.array).values(), strict=True):
        assert [bits(each.array) for each in all_three(wrap(a), wrap(b), SAME)] == expected


def test_a_third_gradient():
    """sum((x * f) ** 3): its third derivative along x, for one element, is 6 f ** 3."""
    x, filters = tf.constant([[[[2.0]]]]), tf.constant([[[[3.0]]]])
    tapes = [tf.GradientTape() for _ in range(3)]
    with tapes[0], tapes[1], tapes[2]:
        for tape in tapes:
            tape.watch(x)
        value = convolution(x, filters, **SAME) ** 3
        value = tapes[2].gradient(value, x)
        value = tapes[1].gradient(value, x)
    assert tapes[0].gradient(value, x).numpy().item() == 6 * 27


REFUSED = [
    ((1, 3, 3), (2, 2, 1, 1), SAME, "conv2d expected an input and filters with 4 axes"),
    ((1, 3, 3, 3), (2, 2, 2, 1), SAME, "conv2d expected filters whose last size but one divides"),
    ((1, 3, 3, 4), (2, 2, 2, 3), SAME, "conv2d expected output channels that divide into 2"),
    ((1, 3, 3, 0), (2, 2, 1, 1), SAME, "conv2d expected at least one input channel"),
    ((1, 3, 3, 1), (0, 2, 1, 1), SAME, "conv2d expected 2 sizes of at least 1"),
    ((1, 3, 3, 1), (9, 2, 1, 1), STRIDED, "conv2d expected windows that fit"),
    ((1, 3, 3, 1), (2, 2, 1, 1), {**SAME, "dilations": (0, 1)}, "Received: dilations="),
    ((1, 3, 3, 1), (2, 2, 1, 1), {**SAME, "padding": ((0, 0),)}, "a padding of 2 pairs"),
]


@pytest.mark.parametrize(("x", "filters", "geometry", "message"), REFUSED)
def test_what_does_not_fit(x, filters, geometry, message):
    with pytest.raises(InvalidArgumentError, match=message):
        convolution(drawn(*x), drawn(*filters), **geometry)


def test_transposes_name_what_a_convolution_would_make():
    with pytest.raises(InvalidArgumentError, match=r"makes \(1, 3, 3, 1\). Received: \(1, 2, 2, 1"):
        input_gradient(drawn(1, 2, 2, 1), drawn(2, 2, 1, 1), (1, 3, 3, 1), **SAME)
    with pytest.raises(InvalidArgumentError, match="conv2d expected sizes that fit together"):
        filter_gradient(drawn(1, 3, 3, 1), drawn(1, 2, 2, 1), (2, 2, 1, 1), **SAME)

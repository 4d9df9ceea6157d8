"""Random shapes that broadcast and random keys, against NumPy."""

import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.gradients.tape import GradientTape
from eagre.graph.trace import trace
from eagre.primitives import arithmetic, comparison
from tests.primitives.calls import assert_same_bits, bits

BINARY = [
    (arithmetic.add, np.add),
    (arithmetic.subtract, np.subtract),
    (arithmetic.multiply, np.multiply),
    (arithmetic.divide, np.divide),
    (arithmetic.maximum, np.maximum),
    (arithmetic.minimum, np.minimum),
    (arithmetic.floor_mod, np.remainder),
    (arithmetic.power, np.power),
    (comparison.less, np.less),
    (comparison.equal, np.equal),
]
settings.register_profile("bits", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("bits")

SHAPES = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3, min_side=0)


def ordinary(shape, seed):
    """Positive numbers, no two alike."""
    return 0.5 + np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape) / 7


@pytest.mark.parametrize(("primitive", "function"), BINARY, ids=[str(p.name) for p, _ in BINARY])
@given(shapes=SHAPES)
def test_operations_broadcast_as_numpy_does(primitive, function, shapes):
    x, y = (ordinary(shape, seed) for seed, shape in enumerate(shapes.input_shapes))
    expected = function(x, y)
    found = primitive(wrap(x), wrap(y))
    assert found.array.shape == shapes.result_shape
    assert bits(found.array) == bits(np.asarray(expected))


def sum_to_shape(array, shape):
    """The array summed over the axes that broadcasting added or repeated, by Python."""
    result = np.zeros(shape)
    lead = array.ndim - len(shape)
    for place in np.ndindex(*array.shape):
        target = tuple(0 if n == 1 else i for i, n in zip(place[lead:], shape, strict=True))
        result[target] += array[place]
    return result


def product_gradients(x, y, flow):
    """The gradients of a product into which `flow` flows back."""
    with GradientTape() as tape:
        tape.watch([x, y])
        z = x * y
    return tape.gradient(z, [x, y], output_gradients=flow)


@given(shapes=SHAPES)
def test_gradients_are_summed_to_the_shapes_of_the_inputs(shapes):
    x, y = (ordinary(shape, seed) for seed, shape in enumerate(shapes.input_shapes))
    flow = ordinary(shapes.result_shape, 5)
    found = product_gradients(wrap(x), wrap(y), wrap(flow))
    for grad, array, other in zip(found, (x, y), (y, x), strict=True):
        assert grad.array.shape == array.shape
        np.testing.assert_allclose(grad.array, sum_to_shape(flow * other, array.shape), rtol=1e-12)


@given(shapes=SHAPES)
def test_traced_gradients_of_unknown_shapes_have_the_eager_bits(shapes):
    arrays = [ordinary(shape, seed) for seed, shape in enumerate(shapes.input_shapes)]
    values = [wrap(each) for each in (*arrays, ordinary(shapes.result_shape, 5))]
    specs = [TensorSpec([None] * len(x.sizes), x.dtype) for x in values]
    expected = product_gradients(*values)
    assert_same_bits(trace(product_gradients, *specs)(*values), expected, shapes)
    unknown = [TensorSpec(None, x.dtype) for x in values]
    assert_same_bits(trace(product_gradients, *unknown)(*values), expected, shapes)


@st.composite
def arrays_and_keys(draw):
    """An array, and a key of integers, slices, new axes and at most one Ellipsis that fits."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    parts = [draw(part_for(size)) for size in shape[: draw(st.integers(0, len(shape)))]]
    if draw(st.booleans()):
        place = draw(st.integers(0, len(parts)))
        behind = len(parts) - place
        # What stands behind an Ellipsis belongs to the last axes.
        last = [draw(part_for(size)) for size in shape[len(shape) - behind :]] if behind else []
        parts = [*parts[:place], Ellipsis, *last]
    for _ in range(draw(st.integers(0, 2))):
        parts.insert(draw(st.integers(0, len(parts))), None)
    is_bare = len(parts) == 1 and draw(st.booleans())
    return ordinary(shape, 1), parts[0] if is_bare else tuple(parts)


def part_for(size):
    """An index within an axis, or a slice that may reach beyond it."""
    bound = st.none() | st.integers(-6, 6)
    slices = st.builds(slice, bound, bound, st.none() | st.integers(-3, 3).filter(bool))
    return slices | st.integers(-size, size - 1) if size else slices


def sliced_with_gradients(key):
    """A function of a tensor: its part, the gradient, and the gradient's gradient by the flow."""

    def function(x, flow):
        with GradientTape() as outer:
            outer.watch(flow)
            with GradientTape() as inner:
                inner.watch(x)
                part = x[key]
            grad = inner.gradient(part, x, output_gradients=flow)
            square = grad * grad
        return part, grad, outer.gradient(square, flow)

    return function


@settings(max_examples=150)
@given(arrays_and_keys())
def test_keys_mean_what_they_mean_in_numpy(array_and_key):
    array, key = array_and_key
    expected = np.asarray(array[key])
    flow = ordinary(expected.shape, 9)
    part, grad, second = sliced_with_gradients(key)(wrap(array), wrap(flow))
    assert bits(part.array) == bits(expected)
    zeros = np.zeros_like(array)
    zeros[key] = flow
    assert bits(grad.array) == bits(zeros)
    assert bits(second.array) == bits(2 * flow)


@settings(max_examples=100)
@given(arrays_and_keys())
def test_keys_mean_the_same_while_tracing(array_and_key):
    array, key = array_and_key
    function = sliced_with_gradients(key)
    values = wrap(array), wrap(ordinary(np.asarray(array[key]).shape, 9))
    expected = function(*values)
    known = [x.spec for x in values]
    unknown_sizes = [TensorSpec([None] * len(x.sizes), x.dtype) for x in values]
    unknown_rank = [TensorSpec(None, x.dtype) for x in values]
    for specs in (known, unknown_sizes, unknown_rank):
        graph = trace(function, *specs)
        assert_same_bits(graph(*values), expected, key, specs)
        assert graph.outputs[0].spec.is_compatible_with(expected[0])


@given(arrays_and_keys())
def test_an_index_outside_is_refused(array_and_key):
    array, _ = array_and_key
    if not array.ndim:
        return
    size = array.shape[0]
    for index in (size, -size - 1):
        with pytest.raises(ValueError, match="tensor"):
            operator.getitem(wrap(array), index)
        with pytest.raises(ValueError, match="tensor"):
            trace(lambda x, index=index: x[index], wrap(array))

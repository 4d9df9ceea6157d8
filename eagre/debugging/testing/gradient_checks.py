"""`check_gradients`: the gradients of a user's function against differences, of any order.

The outputs are weighted and added to a number s, so that one pass back tells all gradients. Those
of the next order are the gradients of the gradients, which are checked in the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.tensor import Tensor, wrap
from eagre.gradients.tape import GradientTape, UnconnectedGradients
from eagre.ops.complex_parts import real
from eagre.ops.reductions import reduce_sum
from eagre.primitives.arithmetic import conjugated
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHOWN = 12
"""How many elements the table of an error has."""

_STEP = float(np.finfo(np.float64).eps) ** (1 / 3)


class _Difference(NamedTuple):
    """An element whose gradient differs."""

    order: int
    argument: str
    element: Any
    found: Any
    expected: Any

    @property
    def distance(self) -> float:
        return abs(self.found - self.expected)


def check_gradients(
    fn: Callable[..., Any],
    args: Sequence[Any],
    order: int = 2,
    rtol: float = 1e-5,
    atol: float = 1e-6,
) -> None:
    """Raise unless the gradients of `fn(*args)` agree with central differences.

    Floating-point arguments are converted to float64 and complex ones to complex128, others stay
    as they are; so `fn` must take these dtypes. Stay away from places without a derivative.

    Args:
        fn: returns a tensor or a structure of them.
        args: for each argument a number, an array, a tensor, a list of numbers (which is one
            tensor), or a structure of arrays and tensors.
        order: 1 checks the gradients, 2 those of the gradients as well, and so on.
        rtol, atol: an element may differ by `atol + rtol * |difference quotient|`.

    Raises:
        AssertionError: some differ; a table says which argument, which element, and the ratio.

    >>> tf.testing.check_gradients(lambda x, y: tf.sin(x) * y, ([1.0, 2.0], 3.0))
    >>> @tf.custom_gradient
    ... def square(x):
    ...     return x * x, lambda grad: grad * x
    >>> tf.testing.check_gradients(square, [3.0], order=1)
    Traceback (most recent call last):
        ...
    AssertionError: check_gradients expected the gradients of square to agree with differences.
    Received: 1 element of 1 that does not:
    order  argument  element  gradient  difference  ratio
        1         0       ()         3           6    0.5
    """
    if not isinstance(args, list | tuple):
        raise TypeError(
            f"check_gradients expected a list of arguments. Received: args={args!r:.80}"
        )
    if order < 1:
        raise ValueError(
            f"check_gradients expected an order of at least 1. Received: order={order}"
        )
    nest = [_widened_arg(arg) for arg in args]
    leaves = structure.flatten(nest)
    places = [i for i, leaf in enumerate(leaves) if leaf.dtype in INEXACTS]
    if not places:
        raise TypeError(
            "check_gradients expected a floating-point or complex argument. "
            f"Received: {', '.join(leaf.dtype.name for leaf in leaves) or 'no argument'}"
        )

    def of_leaves(*moved: Any) -> Any:
        mixed = list(leaves)
        for place, value in zip(places, moved, strict=True):
            mixed[place] = value
        return fn(*structure.pack_sequence_as(nest, mixed))

    names = [name for i, arg in enumerate(nest) for name in _names(i, arg)]
    values = [leaves[place] for place in places]
    _check(of_leaves, values, [names[place] for place in places], order, rtol, atol, fn)


def _names(number: int, arg: Any) -> list[str]:
    count = len(structure.flatten(arg))
    return [str(number) if arg is leaf else f"{number}, leaf {i}"
            for i, leaf in enumerate(structure.flatten(arg))] if count else []


def _widened_arg(arg: Any) -> Any:
    """An argument with tensors as leaves; a list of numbers is one tensor."""
    if isinstance(arg, list | tuple) and _is_numbers(arg):
        array: Any = np.array(arg)
        return _widened(array if array.dtype.kind in "fc" else arg)
    return structure.map_structure(_widened, arg)


def _is_numbers(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_numbers, value))
    return isinstance(value, int | float | complex)


def _widened(value: Any) -> Tensor:
    tensor: Any = to_tensor(value, name="check_gradients")
    if tensor.dtype.is_floating:
        return wrap(tensor.array.astype(dtypes.float64.numpy))
    if tensor.is_complex:
        return wrap(tensor.array.astype(dtypes.complex128.numpy))
    return tensor


def _check(
    function: Any, values: Any, names: Any, order: int, rtol: float, atol: float, fn: Any
) -> None:
    """Check one order after the other; the first that fails raises."""
    for current in range(1, order + 1):
        weighted = _weighted(function, values)
        found = [_array(grad) for grad in _gradients(weighted, values)]
        wrong: list[_Difference] = []
        count = 0
        for number, (name, grad) in enumerate(zip(names, found, strict=True)):
            expected = _differences(weighted, values, number)
            count += expected.size
            far = ~(np.abs(grad - expected) <= atol + rtol * np.abs(expected))
            wrong += [
                _Difference(current, name, tuple(map(int, place)), grad[tuple(place)],
                            expected[tuple(place)])
                for place in np.argwhere(far)
            ]
        if wrong:
            raise AssertionError(_table(wrong, count, getattr(fn, "__name__", "the function")))
        function = _as_function_of_gradients(weighted)


def _weighted(function: Any, values: Any) -> Any:
    """The function as one that returns a real number: its outputs, weighted and added."""
    outputs = _inexact(function(*values))
    random = np.random.default_rng(len(outputs))
    weights = [_weight(random, output) for output in outputs]

    def weighted(*moved: Any) -> Any:
        total: Any = 0.0
        for output, weight in zip(_inexact(function(*moved)), weights, strict=True):
            product = reduce_sum(conjugated(wrap(weight)) * output)
            total = total + (real(product) if product.is_complex else product)
        return total

    return weighted


def _weight(random: Any, output: Any) -> Any:
    """Weights that the eye takes for one, where there is one number, and that differ elsewhere."""
    shape, dtype = output.sizes, output.dtype.numpy
    if not shape:
        return np.ones(shape, dtype)
    size = random.uniform(0.5, 1.5, shape)
    turn = np.exp(1j * random.uniform(0, 6, shape)) if output.is_complex else 1.0
    return np.asarray(size * turn).astype(dtype)


def _inexact(result: Any) -> list[Any]:
    leaves = structure.flatten(result, expand_composites=True)
    tensors = [to_tensor(leaf, name="check_gradients(fn)") for leaf in leaves if leaf is not None]
    found = [tensor for tensor in tensors if tensor.dtype in INEXACTS]
    if not found:
        raise TypeError(
            "check_gradients expected fn to return floating-point or complex tensors. "
            f"Received: {', '.join(tensor.dtype.name for tensor in tensors) or 'nothing'}"
        )
    return found


def _gradients(weighted: Any, values: Any) -> list[Any]:
    with GradientTape() as tape:
        tape.watch(values)
        total = weighted(*values)
    return tape.gradient(total, list(values), unconnected_gradients=UnconnectedGradients.ZERO)


def _as_function_of_gradients(weighted: Any) -> Any:
    return lambda *values: [to_tensor(grad) for grad in _gradients(weighted, values)]


def _array(grad: Any) -> Any:
    tensor: Any = to_tensor(grad)
    return tensor.array


def _differences(weighted: Any, values: Any, number: int) -> Any:
    """The central differences of a real function by one argument; imaginary parts as well."""
    array = values[number].array
    result = np.zeros(array.shape, array.dtype)
    units = (1, 1j) if array.dtype.kind == "c" else (1,)
    for place in np.ndindex(array.shape):
        step = _STEP * max(1.0, abs(array[place]))
        for unit in units:
            ends = [
                float(weighted(*values[:number], wrap(_moved(array, place, side)),
                               *values[number + 1 :]).array)
                for side in (step * unit, -step * unit)
            ]
            result[place] += unit * (ends[0] - ends[1]) / (2 * step)
    return result


def _moved(array: Any, place: Any, by: Any) -> Any:
    moved = array.copy()
    moved[place] += by
    return moved


def _table(wrong: list[_Difference], count: int, name: str) -> str:
    head = ("order", "argument", "element", "gradient", "difference", "ratio")
    worst = sorted(wrong, key=lambda each: -each.distance)[:SHOWN]
    rows = [
        (str(each.order), each.argument, str(each.element), f"{each.found:.6g}",
         f"{each.expected:.6g}",
         f"{each.found / each.expected:.4g}" if each.expected else "-")
        for each in worst
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True))
             for row in (head, *rows)]
    many = "1 element" if len(wrong) == 1 else f"{len(wrong)} elements"
    verb = "does" if len(wrong) == 1 else "do"
    return "\n".join([
        f"check_gradients expected the gradients of {name.strip('<>')} to agree with differences.",
        f"Received: {many} of {count} that {verb} not:", *lines,
    ])

"""`TestCase`: Python's, with assertions about tensors, arrays and structures of them."""

# Methods are spelled as unittest and TensorFlow spell them.
# ruff: noqa: N802

from __future__ import annotations

import random
import re
import tempfile
import unittest
from typing import Any

import numpy as np

from eagre.core import dtypes, structure
from eagre.core.devices import DeviceSpec
from eagre.core.errors import OpError
from eagre.core.tensor import Tensor
from eagre.ops.random import set_seed


def values_of(tensors: Any) -> Any:
    """The values of tensors, in their structure."""
    return structure.map_structure(_value, tensors)


def _value(tensor: Any) -> Any:
    if hasattr(tensor, "numpy"):
        return tensor.numpy()
    if tensor is None or callable(tensor):
        return tensor if tensor is None else values_of(tensor())
    raise ValueError(f"evaluate expected tensors. Received: {tensor!r}")


def _array(value: Any) -> Any:
    """The value as an array: of a tensor, a list of tensors, a number, a string."""
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, list | tuple):
        value = [_array(each) for each in value]
    array = np.asarray(value)
    if array.dtype.kind in "US":
        array = array.astype(object)
    if array.dtype == object:
        encoded = [each.encode() if isinstance(each, str) else each for each in array.reshape(-1)]
        flat = np.empty(len(encoded), object)
        flat[:] = encoded
        return flat.reshape(array.shape)
    return array


def _real(array: Any) -> Any:
    """An array that NumPy's functions take: bfloat16 as float32."""
    return array.astype(np.float32) if array.dtype.name == "bfloat16" else array


class TestCase(unittest.TestCase):
    """Python's test case with assertions about values; random numbers start at the same seed."""

    __test__ = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    def setUp(self) -> None:
        """Seed the generators of Python, NumPy and this package."""
        super().setUp()
        random.seed(87654321)
        np.random.seed(87654321)
        set_seed(87654321)

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors, in their structure."""
        return values_of(tensors)

    def get_temp_dir(self) -> str:
        """A folder that is removed after the test."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    # All elements -----------------------------------------------------------------------------

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: Any = None
    ) -> None:
        """`|a - b| <= atol + rtol * |b|` in each element, in structures of one form."""
        if isinstance(a, dict) or isinstance(b, dict):
            same = isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys()
            self.assertTrue(same, self._text(f"dictionaries with other keys: {a!r}, {b!r}", msg))
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, msg)
            return
        if _is_uneven(a) or _is_uneven(b):
            self.assertEqual(len(a), len(b), msg)
            for one, other in zip(a, b, strict=True):
                self.assertAllClose(one, other, rtol, atol, msg)
            return
        x, y = self._pair(a, b, msg)
        close = np.isclose(x, y, rtol, atol, equal_nan=True)
        self._demand(close, f"are within rtol={rtol}, atol={atol}", x, y, msg)

    def assertAllCloseAccordingToType(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6,
        float_rtol: float = 1e-6, float_atol: float = 1e-6,
        half_rtol: float = 1e-3, half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2, bfloat16_atol: float = 1e-2, msg: Any = None,
    ) -> None:
        """`assertAllClose` with tolerances that suit the less precise dtype of the two."""
        kinds = {_array(a).dtype.name, _array(b).dtype.name}
        for names, relative, absolute in (
            (("float32", "complex64"), float_rtol, float_atol),
            (("float16",), half_rtol, half_atol),
            (("bfloat16",), bfloat16_rtol, bfloat16_atol),
        ):
            if kinds & set(names):
                rtol, atol = max(rtol, relative), max(atol, absolute)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertNotAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: Any = None
    ) -> None:
        """Some element differs by more than the tolerances."""
        try:
            self.assertAllClose(a, b, rtol, atol)
        except AssertionError:
            return
        self.fail(self._text("The two values are close at all elements.", msg))

    def assertAllEqual(self, a: Any, b: Any, msg: Any = None) -> None:
        """The elements are equal; NaN equals NaN."""
        x, y = self._pair(a, b, msg)
        same = np.asarray(x == y)
        if x.dtype.kind in "fc" and y.dtype.kind in "fc":
            same = same | (np.isnan(x) & np.isnan(y))
        self._demand(same, "are equal", x, y, msg)

    def assertNotAllEqual(self, a: Any, b: Any, msg: Any = None) -> None:
        """Some element differs."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        self.fail(self._text("The two values are equal at all elements.", msg))

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Each element is greater."""
        self.assertGreater(np.min(_real(_array(a))), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """Each element is greater or equal."""
        self.assertGreaterEqual(np.min(_real(_array(a))), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Each element is less."""
        self.assertLess(np.max(_real(_array(a))), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """Each element is less or equal."""
        self.assertLessEqual(np.max(_real(_array(a))), comparison_target)

    def assertAllInRange(
        self, target: Any, lower_bound: Any, upper_bound: Any,
        open_lower_bound: bool = False, open_upper_bound: bool = False,
    ) -> None:
        """Each element lies between two bounds, which belong to the range unless it is open."""
        x = _real(_array(target))
        above = x > lower_bound if open_lower_bound else x >= lower_bound
        below = x < upper_bound if open_upper_bound else x <= upper_bound
        outside = x[~(above & below)]
        self.assertFalse(outside.size, f"{outside} lie outside {lower_bound} to {upper_bound}")

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Each element is one of the set."""
        other = set(_array(target).reshape(-1).tolist()) - set(expected_set)
        self.assertFalse(other, f"{other} are not in {expected_set}")

    # Numbers, dtypes, shapes ------------------------------------------------------------------

    def assertNear(self, f1: Any, f2: Any, err: float, msg: Any = None) -> None:
        """Two numbers differ by at most `err`."""
        is_near = f1 == f2 or abs(f1 - f2) <= err
        self.assertTrue(is_near, self._text(f"{f1} and {f2} differ by more than {err}", msg))

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: Any = None) -> None:
        """The numbers of two sequences differ by at most `err`."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for one, other in zip(farray1, farray2, strict=True):
            self.assertNear(float(one), float(other), err, msg)

    def assertNDArrayNear(
        self, ndarray1: Any, ndarray2: Any, err: float, msg: Any = None
    ) -> None:
        """The distance of two arrays, as vectors, is less than `err`."""
        distance = float(np.linalg.norm(_array(ndarray1) - _array(ndarray2)))
        self.assertLess(distance, err, msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """The dtype is the expected one."""
        found = getattr(target, "dtype", None) or _array(target).dtype
        self.assertEqual(dtypes.as_dtype(found), dtypes.as_dtype(expected_dtype))

    def assertShapeEqual(self, input_a: Any, input_b: Any, msg: Any = None) -> None:
        """The shapes are equal."""
        shapes = [tuple(each.shape) for each in (input_a, input_b)]
        self.assertEqual(shapes[0], shapes[1], msg)

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: Any = None) -> None:
        """Two names, however they are written, are those of one device."""
        names = [
            DeviceSpec.from_string(each).to_string() if isinstance(each, str) else each
            for each in (device1, device2)
        ]
        self.assertEqual(names[0], names[1], msg)

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """An operation fails with a message that matches a pattern."""
        return self.assertRaisesRegex(OpError, expected_err_re_or_predicate)

    # Containers -------------------------------------------------------------------------------

    def assertStartsWith(self, actual: Any, expected_start: Any, msg: Any = None) -> None:
        """A string starts with another."""
        text = f"{actual!r} does not start with {expected_start!r}"
        self.assertTrue(actual.startswith(expected_start), self._text(text, msg))

    def assertEmpty(self, container: Any, msg: Any = None) -> None:
        """There is nothing in it."""
        self.assertEqual(len(container), 0, msg)

    def assertNotEmpty(self, container: Any, msg: Any = None) -> None:
        """There is something in it."""
        self.assertNotEqual(len(container), 0, msg)

    def assertLen(self, container: Any, expected_len: int, msg: Any = None) -> None:
        """It has so many elements."""
        self.assertEqual(len(container), expected_len, msg)

    def assertBetween(self, value: Any, minv: Any, maxv: Any, msg: Any = None) -> None:
        """A number lies between two others, or is one of them."""
        self.assertTrue(minv <= value <= maxv, self._text(f"{value}: {minv} to {maxv}", msg))

    def assertRegexMatch(self, actual_str: str, regexes: Any, message: Any = None) -> None:
        """A string matches one of the patterns."""
        found = any(re.search(each, actual_str) for each in regexes)
        self.assertTrue(found, self._text(f"{actual_str!r} matches none of {regexes}", message))

    # Words ------------------------------------------------------------------------------------

    def _pair(self, a: Any, b: Any, msg: Any) -> tuple[Any, Any]:
        """Two arrays of one shape."""
        x, y = _real(_array(a)), _real(_array(b))
        self.assertEqual(x.shape, y.shape, self._text("The shapes differ", msg))
        return x, y

    def _demand(self, holds: Any, what: str, x: Any, y: Any, msg: Any) -> None:
        """Fail with the first elements for which it does not hold."""
        if np.all(holds):
            return
        places = np.argwhere(~np.asarray(holds))
        first = [f"at {place.tolist()}: {x[tuple(place)]} and {y[tuple(place)]}"
                 for place in places[:5]]
        count = f"{len(places)} of {x.size} elements"
        self.fail(self._text(f"Not all elements {what}; {count} are not\n" + "\n".join(first), msg))

    def _text(self, text: str, msg: Any) -> str:
        return text if msg is None else f"{text}\n{msg}"


def _is_uneven(value: Any) -> bool:
    """Whether a sequence holds what makes no array: dictionaries, or values of several shapes."""
    if not isinstance(value, list | tuple) or isinstance(value, Tensor):
        return False
    if any(isinstance(each, dict) or _is_uneven(each) for each in value):
        return True
    return len({np.shape(_array(each)) for each in value}) > 1

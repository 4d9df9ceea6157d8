"""Specs against TensorFlow's outcomes, and the spec of a variable's handle."""

import copy
import re
from types import SimpleNamespace

import pytest

from eagre.core import dtypes
from eagre.core.shapes import TensorShape
from eagre.core.specs import ResourceSpec, TensorSpec
from eagre.core.tensor import Tensor
from tests.oracle.make_core import cases, names, outcome

NAMES = names(SimpleNamespace(TensorSpec=TensorSpec, string=dtypes.string, float32=dtypes.float32))


class Value:
    """What a spec wants of a tensor."""

    def __init__(self, sizes, dtype):
        self.shape = TensorShape.of(sizes)
        self.dtype = dtype


@pytest.mark.parametrize(("expression", "expected"), cases("specs"))
def test_as_tensorflow(expression, expected):
    assert outcome(expression, NAMES) == expected


def test_of_keeps_its_parts():
    sizes = (2, None)
    spec = TensorSpec.of(sizes, dtypes.int32)
    assert spec == TensorSpec([2, None], "int32")
    assert (spec.sizes is sizes, spec.dtype, spec.name) == (True, dtypes.int32, None)
    assert spec.shape == TensorShape([2, None])
    assert (spec.rank, TensorSpec(None).rank) == (2, None)
    assert copy.deepcopy(spec) == spec


def test_from_tensor():
    value = Value((2,), dtypes.int8)
    assert TensorSpec.from_tensor(value) == TensorSpec([2], "int8")
    assert TensorSpec.from_tensor(value, "x") == TensorSpec([2], "int8", "x")


@pytest.mark.parametrize(
    ("sizes", "dtype", "expected"),
    [
        ((2, 3), dtypes.float32, True),
        ((2, None), dtypes.float32, True),
        (None, dtypes.float32, True),
        ((2,), dtypes.float32, False),
        ((3, 3), dtypes.float32, False),
        ((2, 3), dtypes.float64, False),
    ],
)
def test_is_compatible_with_tensors(sizes, dtype, expected):
    assert TensorSpec([2, None]).is_compatible_with(Value(sizes, dtype)) is expected


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: TensorSpec.from_tensor(3),
         "TensorSpec.from_tensor expected a tensor. Received: tensor=3. Convert it with"),
        (lambda: TensorSpec([1]).most_specific_compatible_type(3),
         "TensorSpec.most_specific_compatible_type expected a spec of the same dtype and name. "
         "Received: TensorSpec(shape=(1,), dtype=tf.float32, name=None) and other=3"),
        (lambda: TensorSpec([-1]), "TensorSpec expected sizes of at least 0. Received: -1"),
    ],
)  # fmt: skip
def test_messages(call, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        call()


FLOATS = ResourceSpec(TensorSpec([2, None]))
FIXED = ResourceSpec(TensorSpec([2, 3]))
INTEGERS = ResourceSpec(TensorSpec([2, 3], "int32"))


def test_a_handle_is_a_scalar_resource():
    assert (FLOATS.sizes, FLOATS.dtype, FLOATS.name) == ((), dtypes.resource, None)
    assert FLOATS.value == TensorSpec([2, None])
    assert repr(FIXED) == "ResourceSpec(TensorSpec(shape=(2, 3), dtype=tf.float32, name=None))"


def test_handles_are_equal_where_their_values_are():
    assert FIXED == ResourceSpec(TensorSpec([2, 3]))
    assert hash(FIXED) == hash(ResourceSpec(TensorSpec([2, 3])))
    assert len({FIXED, FLOATS, INTEGERS, copy.copy(FIXED)}) == 3
    assert FIXED != TensorSpec([], "resource")
    assert TensorSpec([], "resource") != FIXED


def test_handles_compare_by_what_they_hold():
    assert FIXED.is_subtype_of(FLOATS)
    assert not FLOATS.is_subtype_of(FIXED)
    assert not FIXED.is_subtype_of(TensorSpec([], "resource"))
    assert not TensorSpec([], "resource").is_subtype_of(FIXED)
    assert FLOATS.is_compatible_with(FIXED)
    assert FLOATS.is_compatible_with(SimpleNamespace(spec=FIXED))
    assert not FIXED.is_compatible_with(INTEGERS)
    assert not FIXED.is_compatible_with(TensorSpec([2, 3]))
    assert FIXED.most_specific_common_supertype([FLOATS]) == FLOATS
    assert FIXED.most_specific_common_supertype([INTEGERS]) is None
    assert FIXED.most_specific_common_supertype([TensorSpec([2, 3])]) is None


def test_the_class_of_values():
    assert TensorSpec([2]).value_type is Tensor

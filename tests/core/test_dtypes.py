"""Dtypes and what converts to them, against TensorFlow's outcomes and NumPy's types."""

import copy
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import eagre as tf
from eagre.core import dtypes
from eagre.core.dtypes import as_dtype, from_numpy
from tests.oracle.make_core import cases, names, outcome

ALIASES = {"half": dtypes.half, "double": dtypes.double}
NAMES = names(
    SimpleNamespace(
        as_dtype=as_dtype,
        DType=dtypes.DType,
        **{dtype.name: dtype for dtype in dtypes.ALL},
        **ALIASES,
    )
)

# Where eagre differs: TensorFlow takes True and 1.0 for the number 1, fails in a KeyError, and
# knows no Python type for strings.
DEPARTURES = {
    "tf.resource.as_numpy_dtype": {"raises": "TypeError"},
    "tf.resource.limits": {"raises": "ValueError"},
    "tf.as_dtype(str)": {"value": "tf.string"},
    "tf.as_dtype(bytes)": {"value": "tf.string"},
    "tf.string != str": {"value": "False"},
    "tf.string != bytes": {"value": "False"},
    "tf.as_dtype(True)": {"raises": "TypeError"},
    "tf.float32 == True": {"value": "False"},
    "tf.as_dtype(np.float64(1))": {"value": "tf.float64"},
    "tf.float32 == np.float64(1)": {"value": "False"},
}
NARROW = sorted(dtypes.NARROW, key=int)
ARRAYS = [dtype for dtype in (*dtypes.ALL, *NARROW) if dtype.numpy is not None]


@pytest.mark.parametrize(("expression", "expected"), cases("dtypes"))
def test_as_tensorflow(expression, expected):
    got = outcome(expression, NAMES)
    if expression in DEPARTURES:
        assert got == DEPARTURES[expression] != expected
    else:
        assert got == expected


def test_departures_are_cases():
    assert set(DEPARTURES) <= {expression for expression, _ in cases("dtypes")}


@pytest.mark.parametrize("dtype", ARRAYS, ids=str)
def test_numpy_and_back(dtype):
    array = np.zeros(2, dtype.numpy)
    assert from_numpy(array.dtype) is dtype
    assert as_dtype(array.dtype) is as_dtype(dtype.as_numpy_dtype) is as_dtype(array) is dtype
    assert dtype == array.dtype
    if dtype is not dtypes.string:
        assert array.itemsize == dtype.size


@pytest.mark.parametrize("dtype", [*dtypes.ALL, *NARROW], ids=str)
def test_one_object(dtype):
    for same in (dtype.name, dtype.as_datatype_enum, dtype):
        assert as_dtype(same) is dtype
        assert dtypes.DType(same) is dtype
    assert copy.deepcopy(dtype) is copy.copy(dtype) is dtype


@pytest.mark.parametrize(
    ("unusual", "expected"),
    [
        (">f4", "float32"),
        (">c8", "complex64"),
        (">u8", "uint64"),
        (">i2", "int16"),
        ("S", "string"),
        ("S7", "string"),
        ("U2", "string"),
        (">U2", "string"),
        ("O", "string"),
        ("q", "int64"),
        ("Q", "uint64"),
    ],
)
def test_from_unusual_numpy(unusual, expected):
    for _ in range(2):
        assert from_numpy(np.dtype(unusual)).name == expected


@pytest.mark.parametrize("wrong", ["M8[s]", "m8", "V4", "i4,f4", "(2,)f4"])
def test_numpy_dtypes_without_tensors(wrong):
    with pytest.raises(TypeError, match="as_dtype expected a NumPy dtype .* Received: dtype="):
        from_numpy(np.dtype(wrong))


def test_long_double_has_tensors_only_where_it_is_float64():
    dtype = np.dtype("g")
    if dtype == np.float64:
        assert from_numpy(dtype) is dtypes.float64
    else:
        with pytest.raises(TypeError, match="Received: dtype="):
            from_numpy(dtype)


@pytest.mark.parametrize("wrong", ["float32", np.float32, 1, None, [1]])
def test_from_numpy_takes_only_numpy_dtypes(wrong):
    with pytest.raises(TypeError):
        from_numpy(wrong)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("float31", "as_dtype expected .* Received: dtype='float31'$"),
        (None, "Received: dtype=None$"),
        (int, "Received: dtype=int. Write tf.int32 or tf.int64.$"),
        (complex, "Received: dtype=complex. Write tf.complex64 or tf.complex128.$"),
    ],
)
def test_as_dtype_says_what_it_takes(wrong, text):
    with pytest.raises(TypeError, match=text):
        as_dtype(wrong)


def test_cannot_be_changed():
    with pytest.raises(AttributeError, match="DType cannot be changed.*'name' of tf.int8"):
        dtypes.int8.name = "int9"
    with pytest.raises(AttributeError, match="DType cannot be changed"):
        dtypes.int8.novelty = 1
    with pytest.raises(AttributeError, match="DType cannot be changed"):
        del dtypes.int8.name
    with pytest.raises(AttributeError, match="has no attribute 'novelty'"):
        _ = dtypes.int8.novelty


@pytest.mark.parametrize(
    ("dtype", "attribute", "kind", "text"),
    [
        (dtypes.string, "min", TypeError, "DType.min needs an integer or float dtype.*tf.string"),
        (dtypes.complex64, "max", TypeError, "DType.max needs .* Received: tf.complex64"),
        (dtypes.float16, "limits", ValueError, "DType.limits needs .* Received: tf.float16"),
        (dtypes.resource, "as_numpy_dtype", TypeError, "DType.as_numpy_dtype needs .*tf.resource"),
    ],
)
def test_messages_of_properties(dtype, attribute, kind, text):
    with pytest.raises(kind, match=text):
        getattr(dtype, attribute)


def run(program: str) -> str:
    command = [sys.executable, "-c", f"from eagre.core import dtypes\nimport sys\n{program}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("print('ml_dtypes' in sys.modules)", "False"),
        ("dtypes.bfloat16.size; dtypes.as_dtype('bfloat16'); print('ml_dtypes' in sys.modules)",
         "False"),
        ("dtypes.bfloat16.numpy; print('ml_dtypes' in sys.modules)", "True"),
        ("import ml_dtypes, numpy; print(dtypes.from_numpy(numpy.dtype(ml_dtypes.bfloat16)))",
         "<dtype: 'bfloat16'>"),
        ("import ml_dtypes; print(dtypes.as_dtype(ml_dtypes.bfloat16) is dtypes.bfloat16)", "True"),
    ],
)  # fmt: skip
def test_bfloat16_comes_on_first_use(program, expected):
    assert run(program) == expected


def test_bfloat16_without_its_library():
    program = """
sys.modules["ml_dtypes"] = None
try:
    dtypes.bfloat16.numpy
except ImportError as error:
    print(error)
"""
    assert run(program) == "bfloat16 needs the package ml_dtypes. Install it: pip install ml_dtypes"


def test_a_dtype_is_a_type_of_its_own():
    assert dtypes.float32.is_subtype_of(dtypes.float32)
    assert not dtypes.float32.is_subtype_of(dtypes.int32)
    assert dtypes.float32.most_specific_common_supertype([]) is dtypes.float32
    assert dtypes.float32.most_specific_common_supertype([dtypes.float32]) is dtypes.float32
    assert dtypes.float32.most_specific_common_supertype([dtypes.float32, dtypes.int32]) is None


@pytest.mark.parametrize("dtype", NARROW, ids=str)
def test_narrow_dtypes_hold_numbers_and_do_not_compute(dtype):
    x = tf.cast([0.0, 1.0], dtype)
    assert x.dtype is dtype and not dtype.is_numeric
    assert tf.cast(x, tf.float32).numpy().tolist() == [0.0, 1.0]
    assert tf.cast(tf.concat([x, x[::-1]], 0), tf.int64).numpy().tolist() == [0, 1, 1, 0]
    assert tf.constant([0, 1], dtype).numpy().tolist() == x.numpy().tolist()
    assert tf.constant(1, dtype).dtype is tf.zeros([], dtype).dtype is tf.fill([2], x[0]).dtype
    assert tf.equal(x, 1).numpy().tolist() == [False, True]
    with pytest.raises(TypeError, match=rf"add expected numbers.*dtype={dtype.name}"):
        tf.add(x, x)


@pytest.mark.parametrize("dtype", [d for d in NARROW if d.is_integer], ids=str)
@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=5))
def test_the_lowest_bits_of_integers_count(dtype, numbers):
    modulus = dtype.max - dtype.min + 1
    expected = [(n - dtype.min) % modulus + dtype.min for n in numbers]
    for tensor in (tf.constant(numbers, dtype), tf.cast(tf.constant(numbers), dtype)):
        assert tf.cast(tensor, tf.int32).numpy().tolist() == expected
    assert tf.cast(tf.constant(numbers[0], dtype), tf.int32).numpy() == expected[0]

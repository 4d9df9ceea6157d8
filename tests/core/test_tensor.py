"""Tensors as TensorFlow has them: printing, conversion, operators, indexing, Python's questions."""

import copy
import gc
import operator
import pickle
import re
import threading
import weakref

import numpy as np
import pytest

import eagre as tf
from tests.oracle.make_tensor import OPERATORS, cases, names, outcome

NAMES = names(tf)


def accepted(got):
    return "value" in got


def refused(got):
    return "raises" in got and {"TypeError", "ValueError"} & set(got["raises"])


def false(got):
    return got == {"value": "False"}


# Where eagre does otherwise on purpose: the reason, the expressions, and what comes instead.
DEPARTURES = [
    ("floats in NumPy beside integers are refused, for TensorFlow truncates them silently",
     r"^[iu] \S+ np\.(float|array\(\[1\.5)|^np\.(float|array\(\[1\.5).* [iu]$", refused),
    ("True and ranges are numbers beside every dtype",
     r"^[uc] \S+ (True|range\(2\))$|^(True|range\(2\)) \S+ [uc]$", accepted),
    ("unsigned integers have powers", r"^u \*\* |\*\* u$", accepted),
    ("a foreign object, and None for a variable, is just not equal",
     r"^\w == (object\(\)|None)$|\]\) == object\(\)$", false),
    ("a foreign object is just not equal", r"\]\) != object\(\)$",
     lambda got: got == {"value": "True"}),
    ("NumPy does not divide where the tensor refuses", r"^b / np\.", refused),
    ("strings are no truth values", r'^b \S+ np\.array\(\["a"', refused),
    ("numbers of several types become the widest", r"^tf\.constant\(\[1, 1j\]\)$", accepted),
    ("lists of tensors are stacked", r"^tf\.constant\(\[.*tf\.constant", accepted),
    ("an integer out of range is a ValueError", r"^tf\.constant\(2\*\*64, tf\.uint64\)$", refused),
    ("no element is no truth value", r"^bool\(tf\.constant\(\[\]\)\)$", refused),
    ("one element is a number in any shape", r"^(int|float)\(tf\.constant\(\[", accepted),
    ("what is no index is a TypeError", r"^\[10, 20, 30\]\[", refused),
    ("a tensor has a positive", r"^\+tf\.constant", accepted),
    ("a tensor has no round, as Python says it", r"^round\(", refused),
    ("what does not fit a part without elements is refused too", r"\[1:1\]\.assign\(", refused),
]


def departure(expression, got):
    return next((reason for reason, pattern, instead in DEPARTURES
                 if re.search(pattern, expression) and instead(got)), None)


def agrees(expected, got, section):
    """Whether two outcomes are alike: operators refuse by any TypeError or ValueError."""
    if "value" in expected or "value" in got:
        return expected == got
    if section in ("operators", "reflected"):
        return bool(refused(got))
    return expected["raises"][0] in got["raises"]


def differences(section, expressions):
    found = []
    for expression, expected in expressions:
        got = outcome(expression, NAMES)
        if not agrees(expected, got, section) and departure(expression, got) is None:
            found.append(f"{expression}\n    TensorFlow: {expected}\n    eagre:      {got}")
    return "\n".join(found)


@pytest.mark.parametrize("section", ["repr", "str", "conversions", "asked", "indexing", "parts"])
def test_as_tensorflow(section):
    with np.errstate(all="ignore"):
        found = differences(section, cases(section))
    assert not found, "\n" + found


@pytest.mark.parametrize("symbol", OPERATORS)
def test_operator_as_tensorflow(symbol):
    chosen = [case for case in cases("operators") if case[0].split(" ")[1] == symbol]
    assert len(chosen) > 100
    found = differences("operators", chosen)
    assert not found, "\n" + found


@pytest.mark.parametrize("symbol", ["-", "/", "**", "<"])
def test_reflected_operator_as_tensorflow(symbol):
    chosen = [case for case in cases("reflected") if case[0].split(" ")[-2] == symbol]
    assert len(chosen) > 100
    found = differences("reflected", chosen)
    assert not found, "\n" + found


@pytest.mark.parametrize("entry", DEPARTURES, ids=lambda entry: entry[0])
def test_each_departure_happens(entry):
    _, pattern, instead = entry
    sections = ["conversions", "asked", "indexing", "parts", "operators", "reflected"]
    assert any(
        re.search(pattern, expression) and instead(got := outcome(expression, NAMES))
        and not agrees(expected, got, section)
        for section in sections for expression, expected in cases(section)
    )


# What no oracle tells ------------------------------------------------------------------------


def test_values_are_copied_in():
    array = np.array([1.0, 2.0])
    tensor, held = tf.constant(array), tf.Variable(array)
    array[0] = 9.0
    assert tensor.numpy().tolist() == held.numpy().tolist() == [1.0, 2.0]


def test_values_are_copied_out():
    tensor = tf.constant([1.0, 2.0])
    for array in (tensor.numpy(), np.array(tensor), np.asarray(tensor)):
        array[0] = 9.0
    assert tensor.numpy().tolist() == [1.0, 2.0]


def test_copies_are_tensors_of_the_same_value():
    tensor = tf.constant([1.0, 2.0])
    for twin in (copy.copy(tensor), copy.deepcopy(tensor), tf.identity(tensor)):
        assert twin is not tensor
        assert twin.numpy().tolist() == [1.0, 2.0]


def test_in_place_operators_make_new_tensors():
    old = tensor = tf.constant([1.0, 2.0])
    tensor += 1.0
    assert tensor is not old
    assert old.numpy().tolist() == [1.0, 2.0]


@pytest.mark.parametrize("symbol", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"])
def test_operators_match_numpy_in_broadcasting(symbol):
    x = np.arange(1.0, 7.0).reshape(2, 3)
    for y in (np.arange(1.0, 4.0), np.ones((2, 1)) * 2, np.float64(3), np.ones((4, 1, 3))):
        function = getattr(operator, symbol)
        np.testing.assert_array_equal(function(tf.constant(x), tf.constant(y)), function(x, y))
        np.testing.assert_array_equal(function(tf.constant(y), tf.constant(x)), function(y, x))


def test_dlpack_goes_both_ways():
    array = np.from_dlpack(tf.constant([1.0, 2.0]))
    assert array.tolist() == [1.0, 2.0]

    class Lender:
        def __dlpack__(self, **options):
            return np.array([3, 4]).__dlpack__(**options)

        def __dlpack_device__(self):
            return np.array([3, 4]).__dlpack_device__()

    assert tf.constant(Lender()).numpy().tolist() == [3, 4]


def test_dlpack_does_not_open_the_tensor_to_changes():
    tensor = tf.constant([1.0, 2.0])
    array = np.from_dlpack(tensor)
    try:
        array[0] = 9.0
    except ValueError:
        pass
    assert tensor.numpy().tolist() == [1.0, 2.0]


def test_objects_that_convert_themselves():
    class Columns:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.5, 2.5], np.float32)

    assert (tf.constant([1.0, 1.0]) + Columns()).numpy().tolist() == [2.5, 3.5]
    assert tf.constant(Columns()).dtype == tf.float32


def test_the_users_numpy_settings_stay():
    with np.errstate(all="raise"):
        assert np.isinf((tf.constant(1.0) / 0.0).numpy())
        assert np.isnan(tf.sqrt(-1.0).numpy())
        assert np.geterr()["divide"] == "raise"


def test_tensors_die_with_their_last_reference():
    gc.collect()
    gc.disable()
    try:
        tensor = tf.ones([4]) * 2.0
        reference = weakref.ref(tensor)
        result = tensor + 1.0
        del tensor
        assert reference() is None
        assert result.numpy().tolist() == [3.0] * 4
    finally:
        gc.enable()


def test_threads_compute_side_by_side():
    start, wrong = threading.Barrier(4), []

    def compute(number):
        start.wait()
        x = tf.fill([257], float(number))
        for _ in range(200):
            if not bool(tf.reduce_all(x + x * 2.0 == 3.0 * number)):
                wrong.append(number)

    threads = [threading.Thread(target=compute, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_slots_keep_tensors_closed():
    with pytest.raises(AttributeError):
        tf.constant(1).nickname = "one"


def test_reference_shows_its_tensor():
    assert "numpy=1" in repr(tf.constant(1).ref())
    assert tf.constant(1).ref() != 1


@pytest.mark.parametrize("text", [b"12", b"", b"-7", b"1.5", b"abc"])
def test_bytes_are_one_string_whatever_they_spell(text):
    for value in (tf.constant(text), tf.convert_to_tensor(text)):
        assert value.dtype == tf.string and value.numpy() == text


@pytest.mark.parametrize(
    "x",
    [
        tf.constant([[1.0, 2.0]]), tf.constant(3), tf.zeros([0, 2], tf.float16),
        tf.cast([1.5, np.nan], tf.bfloat16), tf.constant([b"a", b"bc"]), tf.constant([1j, 2.0]),
        tf.transpose(tf.constant([[1, 2], [3, 4]])),
    ],
    ids=lambda x: f"{x.dtype.name}{x.sizes}",
)  # fmt: skip
def test_tensors_are_pickled_with_their_bits(x):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(x, protocol))
        assert again.dtype is x.dtype and again.sizes == x.sizes
        if x.dtype is tf.string:
            assert again.numpy().tolist() == x.numpy().tolist()
        else:
            assert again.numpy().tobytes() == x.numpy().tobytes()

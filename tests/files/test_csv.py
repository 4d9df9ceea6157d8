"""Values between commas: what Python's csv writes is read, in blocks of any size; numbers."""

import csv
import io
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import eagre as tf
from eagre.files.csv import CsvReader, Format
from eagre.files.numbers import NotANumberError, numbers_of

FOLDER = settings(max_examples=60, deadline=None,
                  suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.sampled_from("ab,\"\n\r é"), max_size=6)
FORM = Format(",", True, "", None, (np.dtype(object),) * 2)


@FOLDER
@given(st.lists(st.tuples(TEXT, TEXT), max_size=12), st.integers(1, 30), st.integers(1, 5),
       st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_python_writes_is_read(tmp_path, rows, size, count, end):
    text = io.StringIO(newline="")
    has_ends = any(set("\r\n") & {*a, *b} for a, b in rows)
    quoting = csv.QUOTE_ALL if has_ends else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(rows)
    path = tmp_path / "rows.csv"
    path.write_bytes(text.getvalue().encode())
    reader = CsvReader(str(path), "", "CsvDataset", size, True, False)
    found = []
    while records := reader.read(count):
        columns = FORM(records, [b"", b""], "CsvDataset", True)
        found += zip(*[column.tolist() for column in columns], strict=True)
    reader.close()
    assert found == [(a.encode(), b.encode()) for a, b in rows]


@FOLDER
@given(st.binary(max_size=60), st.integers(1, 20))
def test_any_bytes(tmp_path, content, size):
    (tmp_path / "rows.csv").write_bytes(content)
    dataset = tf.data.experimental.CsvDataset(str(tmp_path / "rows.csv"), ["", 0], None, size)
    iterator = iter(dataset)
    for _ in range(len(content) + 2):
        try:
            next(iterator)
        except StopIteration:
            return
        except tf.errors.InvalidArgumentError as error:
            assert str(error).startswith("CsvDataset expected")
    pytest.fail("the file does not end")


@settings(max_examples=300, deadline=None)
@given(st.floats(2.0**-30, 2.0**60, width=32), st.integers(-3, 3))
def test_floats_are_rounded_once(value, step):
    """Texts at, and next to, the middle of two neighbors: rounding twice is wrong for some."""
    low = np.float32(value)
    high = np.nextafter(low, np.float32(np.inf))
    middle = (Fraction(float(low)) + Fraction(float(high))) / 2
    exact = middle + Fraction(step, 10**60) * middle
    text = decimal(exact)
    found = numbers_of([text.encode()], np.dtype(np.float32))[0]
    if step:
        assert found == (high if step > 0 else low)
    else:
        assert found in (low, high) and int(found.view(np.uint32)) % 2 == 0


def decimal(number):
    """All digits of a number, or enough to tell it from its neighbors."""
    scaled = round(number * 10**120)
    digits = str(scaled)
    return f"{digits}e-120"


@pytest.mark.parametrize("text", [b"", b"1_0", b"x", b"1.0", b"2147483648"])
def test_what_is_no_integer(text):
    with pytest.raises(NotANumberError):
        numbers_of([b"1", text], np.dtype(np.int32))

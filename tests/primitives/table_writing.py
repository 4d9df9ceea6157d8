"""Records of what demands, writes and reads the clock: checking, writing, clock."""

import os

import numpy as np

from eagre.primitives import checking, clock, writing
from tests.primitives.record import (
    BOOL,
    COMPLEX,
    EVERYTHING,
    FLOATS,
    INTEGERS,
    STRING,
    Record,
    fixed,
    of,
    positive,
    rough,
    sample,
)

NOWHERE = f"file://{os.devnull}"
PLAIN = {"precision": -1, "scientific": False, "shortest": False, "width": -1, "fill": ""}


def words(x, *, precision, scientific, shortest, width, fill):
    """The text of each element, by Python's own formats."""
    kind = "e" if scientific else "g" if shortest else "f"
    digits = 6 if precision < 0 else precision
    sign = fill if fill in ("+", " ") else "-"
    padding = {"0": "0", "-": "<"}.get(fill, ">")
    space = str(width) if width > 0 else ""

    def number(value):
        return format(float(value), f"{padding if padding != '0' else ''}{sign}"
                      f"{'0' if padding == '0' else ''}{space}.{digits}{kind}")

    def word(value):
        if isinstance(value, bytes):
            return value
        if x.dtype == np.bool_:
            return str(bool(value)).lower().encode()
        if x.dtype.kind == "c":
            return f"({number(value.real)},{number(value.imag)})".encode()
        if x.dtype.kind in "iu":
            return str(int(value)).encode()
        return number(value).encode()

    result = np.empty(x.shape, object)
    for place in np.ndindex(*x.shape):
        result[place] = word(x[place])
    return result


INEXACT_SAMPLES = [
    rough(of(3), **{**PLAIN, "precision": 2, "width": 9, "fill": fill}).but(dtypes=FLOATS + COMPLEX)
    for fill in ("", "0", "-", "+", " ")
]

RECORDS = [
    Record(
        checking.assertion,
        [
            sample(fixed(True, "bool"), message="f expected.", labels=(), summarize=3),
            sample(
                fixed([True, True], "bool"), of(2), of(2, 3),
                message="f expected.", labels=("x=", "y="), summarize=-1,
            ),
        ],
        lambda condition, *data, **_: (),
        takes=EVERYTHING,
        fits_by_construction=True,
    ),
    Record(
        checking.check_numerics,
        [sample(of(2, 3), message="m"), sample(of(), message=""), sample(of(0), message="m")],
        lambda tensor, *, message: tensor,
        takes=FLOATS,
    ),
    Record(
        writing.write_line,
        [
            sample(texts=("text\n",), stream=NOWHERE, summarize=3, is_bare=False),
            sample(of(), of(9), texts=("a ", " ", "\n"), stream=NOWHERE, summarize=3,
                   is_bare=False),
            sample(of(), texts=("", "\n"), stream=NOWHERE, summarize=-1, is_bare=True),
        ],
        lambda *data, **_: (),
        takes=EVERYTHING,
        fits_by_construction=True,
    ),
    Record(
        writing.as_string,
        [
            rough(of(2, 3), **PLAIN),
            rough(of(), **PLAIN),
            rough(of(0), **PLAIN),
            rough(positive(3), **{**PLAIN, "scientific": True}).but(dtypes=FLOATS + COMPLEX),
            rough(positive(3), **{**PLAIN, "shortest": True}).but(dtypes=FLOATS + COMPLEX),
            *INEXACT_SAMPLES,
        ],
        words,
        takes=FLOATS + INTEGERS + COMPLEX + BOOL + STRING,
        gives="string",
    ),
    Record(
        clock.timestamp,
        [sample(unit=float("inf"))],
        lambda *, unit: np.array(0.0),
        takes=("float64",),
        gives="float64",
    ),
]

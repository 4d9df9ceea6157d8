"""Values as text, and text to read while a program runs."""

from __future__ import annotations

import sys
from typing import Any

from eagre.core import dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.python_numbers import short
from eagre.core.tensor import Tensor
from eagre.graph.building import last_effect
from eagre.ops.axes import integer_of
from eagre.primitives import writing

_MARK = "\0\0\0\0"


class _Place:
    """Where a tensor stands in a structure that is written."""

    def __repr__(self) -> str:
        return _MARK


def print_(
    *inputs: Any,
    output_stream: Any = None,
    summarize: Any = 3,
    sep: str = " ",
    end: str = "\n",
    name: str | None = None,
    **kwargs: Any,
) -> Any:
    """Write values in one line; in a graph, each time that the graph runs.

    In a graph built by hand the result is the operation, which runs where it is asked for.

    Args:
        inputs: tensors, other values, and structures of them.
        output_stream: `sys.stderr` by default; `sys.stdout`, "file://PATH", a stream with a method
            `write`, or a function that takes the text.
        summarize: how many elements are shown at both ends of each axis, -1 for all.
        sep: stands between the inputs.
        end: stands behind them.

    >>> import sys
    >>> tf.print("loss:", tf.constant(0.5), [tf.range(10), "a"], output_stream=sys.stdout)
    loss: 0.5 [[0 1 2 ... 7 8 9], 'a']
    """
    if kwargs:
        raise ValueError(
            "print expected output_stream, summarize, sep, end or name. "
            f"Received: {', '.join(kwargs)}"
        )
    for argument, value in (("sep", sep), ("end", end)):
        if not isinstance(value, str):
            raise TypeError(f"print expected a string. Received: {argument}={short(value)}")
    texts, data = [""], list[Any]()
    for number, value in enumerate(inputs):
        texts[-1] += sep if number else ""
        pieces = [value] if isinstance(value, str) else _pieces(value, data)
        texts[-1] += pieces[0]
        texts += pieces[1:]
    texts[-1] += end
    is_bare = len(inputs) == 1 and len(data) == 1 and _is_text(inputs[0], data[0])
    writing.write_line(
        *data,
        texts=tuple(texts),
        stream=_stream(output_stream),
        summarize=integer_of(summarize, "summarize"),
        is_bare=is_bare,
    )
    return last_effect()


def _is_text(value: Any, tensor: Any) -> bool:
    """Whether the value is one string, which is written as it is."""
    return tensor is value and tensor.dtype == dtypes.string and tensor.sizes == ()


def _pieces(value: Any, data: list[Any]) -> list[str]:
    """The texts around the tensors of a structure; the tensors are added to `data`."""
    leaves = structure.flatten(value)
    # Asked of the class: a class of variables, which may be printed too, is no variable.
    tensors = [leaf for leaf in leaves if hasattr(type(leaf), "__tensor__")
               or isinstance(leaf, Tensor)]  # fmt: skip
    data += [to_tensor(each) for each in tensors]
    if len(leaves) == 1 and leaves[0] is value:
        return ["", ""] if tensors else [repr(value)]
    from pprint import pformat

    known = {id(each) for each in tensors}
    places = [_Place() if id(leaf) in known else leaf for leaf in leaves]
    return pformat(structure.pack_sequence_as(value, places)).split(_MARK)


def _stream(stream: Any) -> Any:
    """The stream as the primitive takes it: standard streams and files by name."""
    if stream is None or stream is sys.stderr:
        return "stderr"
    if stream is sys.stdout:
        return "stdout"
    if isinstance(stream, str) and stream.startswith("file://"):
        return stream
    write = getattr(stream, "write", None)
    if write is not None:
        return write
    if callable(stream):
        return stream
    raise ValueError(
        "print expected sys.stdout, sys.stderr, 'file://PATH', a stream or a function. "
        f"Received: output_stream={stream!r}"
    )


def as_string(
    input: Any,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
    name: str | None = None,
) -> Any:
    """The elements as text.

    Args:
        input: numbers, booleans or strings.
        precision: digits behind the point of a float, 6 where it is negative.
        scientific: write floats with an exponent.
        shortest: write floats with few digits, with an exponent where that is shorter.
        width: fill a number up to this many characters.
        fill: "0" fills with zeros, "-" on the right side, " " and "+" show the sign's place.

    Raises:
        InvalidArgumentError: the arguments do not fit the dtype, or each other.

    >>> tf.as_string([1.5, 2.0], precision=2).numpy()
    array([b'1.50', b'2.00'], dtype=object)
    """
    for argument, value in (("scientific", scientific), ("shortest", shortest)):
        if not isinstance(value, bool):
            raise TypeError(
                f"as_string expected True or False for {argument}. "
                f"Received: {argument}={short(value)}"
            )
    return writing.as_string(
        to_tensor(input, name="as_string"),
        precision=integer_of(precision, "precision"),
        scientific=scientific,
        shortest=shortest,
        width=integer_of(width, "width"),
        fill="" if fill is None else fill,
    )

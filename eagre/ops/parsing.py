"""Features of serialized Examples: what is asked for, and what comes of it."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError, UnimplementedError
from eagre.core.python_numbers import described
from eagre.core.shapes import TensorShape
from eagre.files.example_fields import BYTES, FLOATS, INTEGERS
from eagre.files.examples import Wanted, parser_of
from eagre.files.sequences import SequenceParser
from eagre.ops.shaping import reshape
from eagre.primitives import examples

_KINDS = {dtypes.string: BYTES, dtypes.float32: FLOATS, dtypes.int64: INTEGERS}


class FixedLenFeature(NamedTuple):
    """A feature with the same number of values in each Example.

    Attributes:
        shape: of the values of one Example.
        dtype: `tf.float32`, `tf.int64` or `tf.string`.
        default_value: stands for the feature in an Example without it; None: it has to be there.

    >>> tf.io.FixedLenFeature([], tf.int64, default_value=0).dtype
    tf.int64
    """

    shape: Any
    dtype: Any
    default_value: Any = None


class FixedLenSequenceFeature(NamedTuple):
    """A feature with any number of steps, each of one shape.

    Attributes:
        shape: of the values of one step.
        dtype: `tf.float32`, `tf.int64` or `tf.string`.
        allow_missing: whether the feature may be missing; has to be True in an Example.
        default_value: fills up shorter sequences of a batch; zeros or empty strings by default.

    >>> tf.io.FixedLenSequenceFeature([2], tf.float32, allow_missing=True).shape
    [2]
    """

    shape: Any
    dtype: Any
    allow_missing: Any = False
    default_value: Any = None


class VarLenFeature(NamedTuple):
    """A feature with any number of values, whose result would be a sparse tensor."""

    dtype: Any


class SparseFeature(NamedTuple):
    """Values at places that another feature tells, whose result would be a sparse tensor."""

    index_key: Any
    value_key: Any
    dtype: Any
    size: Any
    already_sorted: Any = False


class RaggedFeature(NamedTuple):
    """Values in rows of several lengths, whose result would be a ragged tensor."""

    dtype: Any
    value_key: Any = None
    partitions: Any = ()
    row_splits_dtype: Any = dtypes.int32
    validate: Any = False


_LATER = (VarLenFeature, SparseFeature, RaggedFeature)


def parse_example(
    serialized: Any, features: Any, example_names: Any = None, name: str | None = None
) -> Any:
    """The values of features of serialized Examples: a dictionary of tensors, a row for each.

    Args:
        serialized: a vector of strings.
        features: for each key a `tf.io.FixedLenFeature`, or a `tf.io.FixedLenSequenceFeature` with
            `allow_missing=True`, whose sequences are filled up to the longest.
        example_names: accepted.

    Raises:
        InvalidArgumentError: bytes are no Example, or a feature is missing, of another dtype, or
            has another number of values; the message says which one, and in which record.

    >>> feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))
    >>> example = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
    >>> records = [example.SerializeToString()] * 2
    >>> tf.io.parse_example(records, {"x": tf.io.FixedLenFeature([], tf.int64)})["x"].numpy()
    array([3, 3])
    """
    return _parse(serialized, features, "parse_example", examples.parse_examples)


def parse_single_example(
    serialized: Any, features: Any, example_names: Any = None, name: str | None = None
) -> Any:
    """The values of features of one serialized Example: a dictionary of tensors.

    Args and errors as for `tf.io.parse_example`, but `serialized` is a scalar.

    >>> feature = tf.train.Feature(float_list=tf.train.FloatList(value=[0.5, 1.5]))
    >>> example = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
    >>> spec = {"x": tf.io.FixedLenFeature([2], tf.float32)}
    >>> tf.io.parse_single_example(example.SerializeToString(), spec)["x"].numpy()
    array([0.5, 1.5], dtype=float32)
    """
    return _parse(serialized, features, "parse_single_example", examples.parse_single_example)


def _parse(serialized: Any, features: Any, name: str, primitive: Any) -> Any:
    _demand_features(features, f"{name} expected features")
    keys = sorted(features)
    wanted = tuple([_wanted(key, features[key], name) for key in keys])
    defaults = [
        _default(each, features[key].default_value, name)
        for key, each in zip(keys, wanted, strict=True)
        if each.has_default
    ]
    text = to_tensor(serialized, dtypes.string, name=f"{name}(serialized)")
    values = primitive(text, *defaults, parser=parser_of(wanted))
    return dict(zip(keys, values, strict=True))


def _demand_features(features: Any, expected: str) -> None:
    if not hasattr(features, "keys") or not features:
        raise ValueError(
            f"{expected} to be a dictionary from keys to tf.io.FixedLenFeature and the like. "
            f"Received: {described(features)}"
        )


def _wanted(key: Any, feature: Any, name: str) -> Wanted:
    """What a parser is told of a feature."""
    if isinstance(feature, _LATER):
        raise UnimplementedError(
            f"{name} expected dense features: sparse and ragged results are not there yet. "
            f"Received: {type(feature).__name__} for {key!r}. Use tf.io.FixedLenFeature, or "
            "tf.io.FixedLenSequenceFeature([], dtype, allow_missing=True), which fills up with "
            "default_value."
        )
    if isinstance(feature, FixedLenSequenceFeature):
        if not feature.allow_missing:
            raise ValueError(
                f"{name} expected tf.io.FixedLenSequenceFeature with allow_missing=True. "
                f"Received: allow_missing={feature.allow_missing!r} for {key!r}"
            )
        return Wanted(*_about(key, feature, name), True, True)
    if not isinstance(feature, FixedLenFeature):
        raise ValueError(
            f"{name} expected features of tf.io.FixedLenFeature or tf.io.FixedLenSequenceFeature. "
            f"Received: {described(feature)} for {key!r}"
        )
    return Wanted(*_about(key, feature, name), feature.default_value is not None)


def _about(key: Any, feature: Any, name: str) -> tuple[str, int, tuple[int, ...]]:
    """The key, the kind of the values and their shape."""
    if not isinstance(key, str):
        raise TypeError(f"{name} expected keys that are texts. Received: {key!r}")
    if feature.dtype is None or feature.shape is None:
        raise ValueError(
            f"{name} expected a shape and a dtype for feature {key!r}. Received: {feature!r}"
        )
    dtype = dtypes.as_dtype(feature.dtype)
    if dtype not in _KINDS:
        raise InvalidArgumentError(
            f"{name} expected feature {key!r} to be of float32, int64 or string. "
            f"Received: dtype={dtype.name}. Use tf.cast afterwards."
        )
    sizes: Any = TensorShape(feature.shape).sizes
    if sizes is None or None in sizes:
        raise ValueError(
            f"{name} expected a shape that is known for feature {key!r}. Received: "
            f"shape={feature.shape!r}. Use tf.io.FixedLenSequenceFeature."
        )
    return key, _KINDS[dtype], tuple(sizes)


def _default(wanted: Wanted, value: Any, name: str) -> Any:
    """The tensor that stands for a missing feature, in its shape."""
    dtype = examples.DTYPES[wanted.kind]
    if wanted.is_sequence:
        nothing: Any = b"" if wanted.kind == BYTES else 0
        value = nothing if value is None else value
        filling = to_tensor(value, dtype, name=f"{name}(default_value of {wanted.key!r})")
        if filling.sizes not in ((), (1,)):
            raise ValueError(
                f"{name} expected default_value of feature {wanted.key!r} to be a scalar. "
                f"Received: shape={filling.shape}"
            )
        return filling if filling.sizes == () else filling[0]
    given: Any = to_tensor(value, dtype, name=f"{name}(default_value of {wanted.key!r})")
    if given.sizes is not None and prod(given.sizes) != prod(wanted.shape):
        raise InvalidArgumentError(
            f"{name} expected default_value of feature {wanted.key!r} to have the values for its "
            f"shape, {list(wanted.shape)}. Received: shape={given.shape}"
        )
    return reshape(given, wanted.shape)


def parse_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_names: Any = None,
    name: str | None = None,
) -> Any:
    """The values of features of serialized SequenceExamples, a row for each.

    Args:
        serialized: a vector of strings.
        context_features: for each key a `tf.io.FixedLenFeature`.
        sequence_features: for each key a `tf.io.FixedLenSequenceFeature`.
        example_names: accepted.

    Returns:
        Three dictionaries: tensors of the context; tensors [batch, steps, ...], filled up to the
        longest; and for each key of these the numbers of steps.

    >>> example = tf.train.SequenceExample()
    >>> example.feature_lists.feature_list["x"].feature.add().int64_list.value.append(3)
    >>> spec = {"x": tf.io.FixedLenSequenceFeature([], tf.int64)}
    >>> _, steps, counts = tf.io.parse_sequence_example(
    ...     [example.SerializeToString()], sequence_features=spec)
    >>> steps["x"].numpy(), counts["x"].numpy()
    (array([[3]]), array([1]))
    """
    arguments = serialized, context_features, sequence_features
    return _parse_sequence(*arguments, "parse_sequence_example", examples.parse_sequences)


def parse_single_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_name: Any = None,
    name: str | None = None,
) -> Any:
    """The values of features of one serialized SequenceExample: two dictionaries of tensors.

    Args as for `tf.io.parse_sequence_example`, but `serialized` is a scalar.

    >>> example = tf.train.SequenceExample()
    >>> example.context.feature["length"].int64_list.value.append(2)
    >>> spec = {"length": tf.io.FixedLenFeature([], tf.int64)}
    >>> context, steps = tf.io.parse_single_sequence_example(example.SerializeToString(), spec)
    >>> context["length"].numpy(), steps
    (np.int64(2), {})
    """
    arguments = serialized, context_features, sequence_features
    primitive, name = examples.parse_single_sequence, "parse_single_sequence_example"
    return _parse_sequence(*arguments, name, primitive)[:2]


def _parse_sequence(serialized: Any, context: Any, steps: Any, name: str, primitive: Any) -> Any:
    context, steps = context or {}, steps or {}
    _demand_features(
        {**context, **steps}, f"{name} expected context_features or sequence_features"
    )
    first = tuple([_wanted(key, context[key], name) for key in sorted(context)])
    second = tuple([_wanted_step(key, steps[key], name) for key in sorted(steps)])
    defaults = [
        _default(each, context[each.key].default_value, name) for each in first if each.has_default
    ]
    if any(each.is_sequence for each in first):
        raise ValueError(
            f"{name} expected context_features of tf.io.FixedLenFeature. "
            "Received: a tf.io.FixedLenSequenceFeature"
        )
    text = to_tensor(serialized, dtypes.string, name=f"{name}(serialized)")
    values = primitive(text, *defaults, parser=SequenceParser(first, second))
    found = iter(values)
    keys = sorted(context), sorted(steps), sorted(steps)
    return tuple([{key: next(found) for key in part} for part in keys])


def _wanted_step(key: Any, feature: Any, name: str) -> Wanted:
    if isinstance(feature, _LATER):
        _wanted(key, feature, name)
    if not isinstance(feature, FixedLenSequenceFeature):
        raise ValueError(
            f"{name} expected sequence_features of tf.io.FixedLenSequenceFeature. "
            f"Received: {described(feature)} for {key!r}"
        )
    return Wanted(*_about(key, feature, name), bool(feature.allow_missing))

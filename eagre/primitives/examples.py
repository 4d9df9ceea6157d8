"""Dense features of serialized Examples and SequenceExamples."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.files.example_fields import BYTES, FLOATS, INTEGERS
from eagre.files.examples import ExampleParser, Wanted
from eagre.files.sequences import SequenceParser
from eagre.primitives.batching import Flags, NoRuleError
from eagre.primitives.families import check_dtypes

DTYPES = {BYTES: dtypes.string, FLOATS: dtypes.float32, INTEGERS: dtypes.int64}
_STRINGS = frozenset({dtypes.string})


def strings_in(array: Any) -> list[bytes]:
    """The elements of an array of strings, in a flat list."""
    return array.reshape(-1).tolist()


def _check(primitive: Primitive, serialized: TensorSpec, rank: int, hint: str) -> None:
    check_dtypes(primitive, (serialized,), _STRINGS)
    if serialized.rank not in (rank, None):
        raise InvalidArgumentError(
            f"{primitive.public} expected serialized to be {'a vector' if rank else 'a scalar'} of "
            f"strings. Received: shape={serialized.shape}. {hint}"
        )


def _check_defaults(primitive: Primitive, features: Any, defaults: Any) -> None:
    """Demand a default in the shape and dtype of each feature that has one."""
    wanted = [feature for feature in features if feature.has_default]
    if len(wanted) != len(defaults):
        raise InvalidArgumentError(
            f"{primitive.public} expected {len(wanted)} defaults. Received: {len(defaults)}"
        )
    for feature, spec in zip(wanted, defaults, strict=True):
        shape = TensorSpec.of(() if feature.is_sequence else feature.shape, DTYPES[feature.kind])
        if spec.dtype is not shape.dtype or not shape.shape.is_compatible_with(spec.shape):
            raise InvalidArgumentError(
                f"{primitive.public} expected default_value of feature {feature.key!r} to be "
                f"{shape.dtype.name} of shape {shape.shape}. "
                f"Received: {spec.dtype.name} of shape {spec.shape}"
            )


class ParseExamples(Primitive):
    """The values of features, a row for each of several Examples.

    `defaults` are for each feature that has one the values of an example without it.
    """

    public = "parse_example"
    can_fail = True
    stops_gradients = True
    checks_always = True
    is_single = False
    is_exact = True

    def infer(
        self, serialized: TensorSpec, *defaults: TensorSpec, parser: ExampleParser
    ) -> tuple[TensorSpec, ...]:
        """As many rows as there are Examples."""
        hint = "Use parse_example for several." if self.is_single else "Use parse_single_example."
        _check(self, serialized, 0 if self.is_single else 1, hint)
        _check_defaults(self, parser.features, defaults)
        lead: tuple[Any, ...] = () if self.is_single else (None,)
        if not self.is_single and serialized.sizes is not None:
            lead = serialized.sizes
        return tuple([self._spec(feature, lead) for feature in parser.features])

    def _spec(self, feature: Wanted, lead: tuple[Any, ...]) -> TensorSpec:
        steps = (None,) if feature.is_sequence else ()
        return TensorSpec.of((*lead, *steps, *feature.shape), DTYPES[feature.kind])

    def kernel(self, serialized: Any, *defaults: Any, parser: ExampleParser) -> Any:
        if serialized.ndim != (not self.is_single):
            raise ValueError("serialized of another rank")
        given = iter(defaults)
        values = [next(given) if each.has_default else None for each in parser.features]
        found = parser(strings_in(serialized), values, self.public, self.is_single)
        return tuple([each[0] for each in found] if self.is_single else found)


class ParseSingleExample(ParseExamples):
    """The values of features of one Example."""

    public = "parse_single_example"
    is_single = True

    def vectorize(
        self, batched: Flags, serialized: Any, *defaults: Any, parser: ExampleParser
    ) -> Any:
        """Several Examples at once, where each gives values of one shape."""
        if any(batched[1:]) or any(feature.is_sequence for feature in parser.features):
            raise NoRuleError
        return apply(parse_examples, (serialized, *defaults), {"parser": parser})


parse_examples = ParseExamples()
parse_single_example = ParseSingleExample()


class ParseSequences(Primitive):
    """The values of the features of SequenceExamples: of the context, of the steps, and for each
    feature of steps how many there are."""

    public = "parse_sequence_example"
    can_fail = True
    stops_gradients = True
    checks_always = True
    is_single = False

    def infer(
        self, serialized: TensorSpec, *defaults: TensorSpec, parser: SequenceParser
    ) -> tuple[TensorSpec, ...]:
        """As many rows as there are SequenceExamples."""
        hint = f"Use parse_{'' if self.is_single else 'single_'}sequence_example."
        _check(self, serialized, 0 if self.is_single else 1, hint)
        _check_defaults(self, parser.context, defaults)
        lead: tuple[Any, ...] = () if self.is_single else (None,)
        if not self.is_single and serialized.sizes is not None:
            lead = serialized.sizes
        context = [TensorSpec.of((*lead, *f.shape), DTYPES[f.kind]) for f in parser.context]
        steps = [TensorSpec.of((*lead, None, *f.shape), DTYPES[f.kind]) for f in parser.steps]
        counts = [TensorSpec.of(lead, dtypes.int64) for _ in parser.steps]
        return (*context, *steps, *counts)

    def kernel(self, serialized: Any, *defaults: Any, parser: SequenceParser) -> Any:
        if serialized.ndim != (not self.is_single):
            raise ValueError("serialized of another rank")
        found = parser(strings_in(serialized), defaults, self.public, self.is_single)
        return tuple([np.asarray(each[0]) for each in found] if self.is_single else found)


class ParseSingleSequence(ParseSequences):
    """The values of the features of one SequenceExample."""

    public = "parse_single_sequence_example"
    is_single = True


parse_sequences = ParseSequences()
parse_single_sequence = ParseSingleSequence()

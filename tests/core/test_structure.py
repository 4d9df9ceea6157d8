"""`tf.nest` against TensorFlow's outcomes, and what goes beyond: paths, cycles, depth."""

import collections
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eagre.core import structure
from eagre.core.shapes import TensorShape
from eagre.core.specs import TensorSpec
from eagre.core.structure import (
    assert_same_structure,
    flatten,
    is_nested,
    map_structure,
    pack_sequence_as,
    paths,
)
from tests.oracle.make_core import Attributed, Pair, cases, names, outcome

NAMES = names(SimpleNamespace(nest=structure, TensorShape=TensorShape, TensorSpec=TensorSpec))

# Where eagre differs: fixed mappings are rebuilt, views may give the leaves, a dictionary may not,
# and a wrong keyword is Python's error.
PROXY = 'MappingProxyType({"b": 1, "a": 2})'
DEPARTURES = {
    f"tf.nest.pack_sequence_as({PROXY}, [5, 6])": {"value": "mappingproxy({'b': 6, 'a': 5})"},
    f"type(tf.nest.pack_sequence_as({PROXY}, [5, 6])).__name__": {"value": "'mappingproxy'"},
    f"tf.nest.map_structure(lambda x: (x, x), {PROXY})": {
        "value": "mappingproxy({'b': (1, 1), 'a': (2, 2)})"
    },
    'tf.nest.pack_sequence_as([1], {"a": 3})': {"raises": "TypeError"},
    'tf.nest.pack_sequence_as([1, 2], {"a": 5, "b": 6}.values())': {"value": "[5, 6]"},
    "tf.nest.map_structure(lambda x: x, [1], surplus=3)": {"raises": "TypeError"},
}


@pytest.mark.parametrize(("expression", "expected"), cases("nest"))
def test_as_tensorflow(expression, expected):
    got = outcome(expression, NAMES)
    if expression in DEPARTURES:
        assert got == DEPARTURES[expression] != expected
    else:
        assert with_pairs(got) == with_pairs(expected)


def with_pairs(found):
    """The outcome; an ordered dictionary as such, since Python 3.12 prints it in another way."""
    text = found.get("value", "")
    is_ordered = text.startswith("OrderedDict(")
    return eval(text, {"OrderedDict": collections.OrderedDict}) if is_ordered else found


def test_departures_are_cases():
    assert set(DEPARTURES) <= {expression for expression, _ in cases("nest")}


def test_arrays_are_leaves():
    array = np.ones((2, 2))
    assert flatten({"a": [array]})[0] is array


@pytest.mark.parametrize(
    ("nest", "expected"),
    [
        (1, ["x"]),
        ([], []),
        ([1, (2, 3)], ["x[0]", "x[1][0]", "x[1][1]"]),
        ({"b": [1], "a": {2: 3}}, ["x['a'][2]", "x['b'][0]"]),
        (Pair(1, [2, 3]), ["x.x", "x.y[0]", "x.y[1]"]),
        ([Attributed(1, {"k": 2})], ["x[0].b", "x[0].a['k']"]),
        ((1, [], 2), ["x[0]", "x[2]"]),
    ],
)
def test_paths(nest, expected):
    assert paths(nest, "x") == expected
    assert paths(nest) == [path[1:] for path in expected]
    found = [eval(path, {"x": nest}) for path in expected]
    assert found == flatten(nest)


KEYS = st.text(max_size=2)
TREES = st.recursive(
    st.integers() | st.none() | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4).map(collections.OrderedDict)
        | st.builds(Pair, inner, inner)
    ),
    max_leaves=20,
)


@given(TREES)
def test_pack_undoes_flatten(tree):
    leaves = flatten(tree)
    again = pack_sequence_as(tree, leaves)
    assert repr(again) == repr(tree)
    assert len(paths(tree)) == len(leaves)
    assert_same_structure(tree, again)
    assert map_structure(lambda x, y: (x, y), tree, again) == map_structure(lambda x: (x, x), tree)


class Composite:
    """An object of two parts."""

    def __init__(self, values, splits):
        self.values, self.splits = values, splits

    def __composite__(self):
        return [self.values, self.splits], lambda parts: type(self)(*parts)


class OtherComposite(Composite):
    pass


def test_composites_are_leaves_unless_expanded():
    inner = Composite(2, 3)
    outer = Composite(1, inner)
    assert not is_nested(outer)
    assert flatten([outer]) == [outer]
    assert flatten([outer], expand_composites=True) == [1, 2, 3]
    assert paths([outer], "x", expand_composites=True) == ["x[0][0]", "x[0][1][0]", "x[0][1][1]"]


def test_composites_are_rebuilt():
    outer = [Composite(1, Composite(2, 3))]
    (made,) = pack_sequence_as(outer, [4, 5, 6], expand_composites=True)
    assert (type(made), made.values, made.splits.values, made.splits.splits) == (Composite, 4, 5, 6)
    (made,) = map_structure(lambda x, y: x * y, outer, outer, expand_composites=True)
    assert (made.values, made.splits.values, made.splits.splits) == (1, 4, 9)


def test_composites_are_compared():
    one, other = Composite(1, 2), OtherComposite(3, 4)
    assert_same_structure(one, other)
    assert_same_structure(one, Composite(3, 4), expand_composites=True)
    assert_same_structure(one, other, check_types=False, expand_composites=True)
    with pytest.raises(ValueError, match="expected composites of one type"):
        assert_same_structure(one, other, expand_composites=True)
    with pytest.raises(TypeError, match="expected nests of one type"):
        assert_same_structure(one, [1, 2], expand_composites=True)
    with pytest.raises(ValueError, match="a leaf in both"):
        assert_same_structure(one, Composite(3, one), expand_composites=True)


def test_attrs_arguments_go_by_their_names():
    named = collections.namedtuple("named", "name init alias")

    class Attributes:
        __attrs_attrs__ = (
            named("_hidden", True, "hidden"),
            named("derived", False, "derived"),
            named("only", True, None),
        )

        def __init__(self, *, only, hidden):
            self._hidden, self.only, self.derived = hidden, only, None

    source = Attributes(only=1, hidden=2)
    assert flatten(source) == [2, None, 1]
    made = pack_sequence_as(source, [5, 6, 7])
    assert (made._hidden, made.derived, made.only) == (5, 6, 7)
    assert paths(source, "x") == ["x._hidden", "x.derived", "x.only"]


def nested(depth, leaf=1):
    for _ in range(depth):
        leaf = [leaf]
    return leaf


def test_ten_thousand_levels():
    deep = nested(10_000)
    assert flatten(deep) == [1]
    assert flatten(map_structure(lambda x, y: x + y, deep, nested(10_000))) == [2]
    assert paths(deep, "x") == ["x" + "[0]" * 10_000]
    packed, levels = pack_sequence_as(deep, [3]), 0
    while packed != 3:
        (packed,), levels = packed, levels + 1
    assert levels == 10_000


def test_a_difference_at_great_depth_has_a_short_message():
    with pytest.raises(ValueError, match=r"nest1\[0\].* … .*\[0\]=1 of type int") as caught:
        assert_same_structure(nested(10_000), nested(10_000, []))
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "call",
    [
        flatten,
        paths,
        lambda loop: pack_sequence_as(loop, [1]),
        lambda loop: map_structure(lambda x: x, loop),
        lambda loop: assert_same_structure(loop, loop),
    ],
    ids=["flatten", "paths", "pack_sequence_as", "map_structure", "assert_same_structure"],
)
@pytest.mark.parametrize("kind", ["list", "dictionary", "far"])
def test_a_structure_that_holds_itself(call, kind):
    loop = {} if kind == "dictionary" else []
    inside = (1, [loop]) if kind == "far" else loop
    if kind == "dictionary":
        loop["k"] = inside
    else:
        loop.append(inside)
    with pytest.raises(ValueError, match=r"^nest\.\w+ expected a structure without cycles"):
        call(loop)


def test_one_nest_in_two_places_is_no_cycle():
    shared = [1, 2]
    assert flatten([shared, (shared, shared)]) == [1, 2] * 3


def test_a_sequence_without_end_is_an_error():
    with pytest.raises(ValueError, match="nest.flatten expected at most 100000 levels"):
        flatten(collections.UserString("a"))


def wrong_keys():
    return {"a": {1: 0, "b": 0}}


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: flatten(wrong_keys()), TypeError,
         "nest.flatten expected dictionaries whose keys can be sorted. Received: structure['a'] "
         "with keys [1, 'b']. Give all keys one type."),
        (lambda: assert_same_structure([wrong_keys()], [wrong_keys()]), TypeError,
         "Received: nest1[0]['a'] with keys [1, 'b']"),
        (lambda: pack_sequence_as([1], 5), TypeError,
         "nest.pack_sequence_as expected a sequence of leaves. Received: flat_sequence=5 of type "
         "int"),
        (lambda: pack_sequence_as([1, 2], [5]), ValueError,
         "nest.pack_sequence_as expected as many leaves as the structure has, 2. Received: 1 in "
         "flat_sequence=[5]"),
        (lambda: pack_sequence_as([1], [5, 6]), ValueError,
         "as many leaves as the structure has, 1. Received: 2 in flat_sequence=[5, 6]"),
        (lambda: map_structure(3, [1]), TypeError,
         "nest.map_structure expected a function. Received: func=3 of type int"),
        (lambda: map_structure(abs), ValueError,
         "nest.map_structure expected at least one structure. Received: none"),
        (lambda: map_structure(max, {"a": [1]}, {"a": (1,)}), TypeError,
         "nest.map_structure expected nests of one type. Received: structure[0]['a']=[1] of type "
         "list and structure[1]['a']=(1,) of type tuple. With check_types=False types do not"),
        (lambda: assert_same_structure({"a": 1}, {"b": 1}), ValueError,
         "nest.assert_same_structure expected dictionaries with the same keys. Received: "
         "nest1={'a': 1} of type dict and nest2={'b': 1} of type dict"),
        (lambda: assert_same_structure([[1]], [[1, 2]]), ValueError,
         "expected nests of one length. Received: nest1[0]=[1] of type list and nest2[0]=[1, 2]"),
        (lambda: assert_same_structure([1], [[2]]), ValueError,
         "expected a nest in both structures or a leaf in both. Received: nest1[0]=1 of type int "
         "and nest2[0]=[2] of type list"),
    ],
)  # fmt: skip
def test_messages(call, kind, text):
    with pytest.raises(kind, match=re.escape(text)):
        call()

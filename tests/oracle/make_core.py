"""Let TensorFlow say what the core types of eagre are to do, and write it to `core.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_core.py

Each case is a Python expression. Its outcome is the `repr` of the value, or the builtin class of
the error. The tests evaluate the same expressions with eagre in the place of `tf` and compare;
they import `cases`, `names` and `outcome` from here. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import builtins
import collections
import json
import os
import types
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("core.json")


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


ERRORS = lines("""
    {name: getattr(tf.errors, name) for name in dir(tf.errors) if name.isupper()}
    sorted(name for name in dir(tf.errors) if name.endswith("Error"))
    {name: getattr(tf.errors, name)(None, None, "text").error_code for name in CODED}
    {name: str(getattr(tf.errors, name)(None, None, "text")) for name in CODED}
    {name: getattr(tf.errors, name)("node", None, "text").message for name in CODED}
    {name: getattr(tf.errors, name)("node", None, "text").node_def for name in CODED}
    tf.errors.OpError(None, None, "text", 7).error_code
    tf.errors.OpError("node", None, "text", 7).node_def
    tf.errors.OpError(None, None, "text", 7).op
    str(tf.errors.OpError(None, None, "text", 7))
    tf.errors.NotFoundError(node_def=None, op=None, message="text").message
    issubclass(tf.errors.OperatorNotAllowedInGraphError, TypeError)
""")

NAMED = (
    "float16 half bfloat16 float32 float64 double int8 int16 int32 int64 uint8 uint16 uint32 "
    "uint64 bool complex64 complex128 string resource"
).split()
PROPERTIES = (
    "name as_datatype_enum as_numpy_dtype size min max limits real_dtype base_dtype is_floating "
    "is_integer is_unsigned is_complex is_bool is_numeric is_numpy_compatible is_quantized"
).split()
CONVERTED = lines("""
    float
    int
    bool
    complex
    str
    bytes
    object
    None
    []
    type(None)
    "float32"
    "float"
    "double"
    "half"
    "int"
    "bool"
    "str"
    "string"
    "f4"
    ">f4"
    "complex"
    "long"
    "object"
    "bfloat16"
    "resource"
    "junk"
    1
    3
    14
    20
    99
    -1
    True
    np.float32
    np.bool_
    np.str_
    np.bytes_
    np.object_
    np.intp
    np.intc
    np.longlong
    np.ulonglong
    np.floating
    np.datetime64
    np.void
    np.int32(3)
    np.float64(1)
    np.ones(2)
    np.dtype("f4")
    np.dtype(">f4")
    np.dtype(">c16")
    np.dtype(">u2")
    np.dtype("O")
    np.dtype("S3")
    np.dtype("U3")
    np.dtype("M8[s]")
    np.dtype("m8[s]")
    np.dtype([("a", "i4")])
    np.dtype(("f4", (2,)))
    np.dtype(tf.bfloat16.as_numpy_dtype)
    tf.bfloat16.as_numpy_dtype
""")
DTYPES = (
    [f"repr(tf.{name})" for name in NAMED]
    + [f"str(tf.{name})" for name in NAMED]
    + [f"hash(tf.{name})" for name in NAMED]
    + [f"int(tf.{name})" for name in NAMED]
    + [f"tf.{name}.{attribute}" for name in NAMED for attribute in PROPERTIES]
    + [f"tf.as_dtype({value})" for value in CONVERTED]
    + [f"tf.float32 == {value}" for value in CONVERTED]
    + [f"tf.string != {value}" for value in CONVERTED]
    + lines("""
        tf.half is tf.float16
        tf.double is tf.float64
        tf.as_dtype("float32") is tf.float32
        tf.DType(1)
        tf.float32.is_compatible_with("float32")
        tf.float32.is_compatible_with(np.int32)
        tf.float32.is_compatible_with("junk")
        tf.float32 < tf.float64
        {tf.float32: 1}[tf.as_dtype("float")]
        tf.float32 in [np.float32]
        tf.float32 in (tf.int32, tf.string)
        {tf.int32, tf.as_dtype("int32"), tf.as_dtype(3)}
    """)
)

CONSTRUCTED = lines("""
    None
    3
    0
    -1
    2.5
    []
    ()
    [1, None]
    (1, 2)
    (-1, 2)
    [2.0]
    ["a"]
    "ab"
    "3"
    b"a"
    np.array([1, 2])
    np.array(4)
    np.int64(3)
    [np.int32(1)]
    [np.array(1)]
    tf.TensorShape([1])
    [tf.TensorShape([1])]
    [True]
    range(3)
    [[1]]
    {1: 2}
    {1, 2}
    object()
    (size for size in (1, 2))
""")
SHAPES = (
    [f"tf.TensorShape({value})" for value in CONSTRUCTED]
    + [f"str(tf.TensorShape({value}))" for value in CONSTRUCTED if "for" not in value]
    + [
        expression.replace("A.", "tf.TensorShape([2, None, 3]).").replace(
            "U.", "tf.TensorShape(None)."
        )
        for expression in lines("""
            A.rank
            U.rank
            A.ndims
            U.ndims
            U.dims
            A.as_list()
            U.as_list()
            A.num_elements()
            U.num_elements()
            tf.TensorShape([2, 3]).num_elements()
            tf.TensorShape([]).num_elements()
            tf.TensorShape([0]).num_elements()
            tf.TensorShape([0, None]).num_elements()
            A.is_fully_defined()
            U.is_fully_defined()
            tf.TensorShape([]).is_fully_defined()
            tf.TensorShape([0, 2]).is_fully_defined()
            A.merge_with([None, 4, None])
            A.merge_with([3, 4, 3])
            A.merge_with([3])
            A.merge_with(None)
            A.merge_with(3)
            U.merge_with([2, None])
            A.concatenate([1])
            A.concatenate(None)
            A.concatenate(4)
            U.concatenate([1])
            A.with_rank(3)
            A.with_rank(2)
            A.with_rank(None)
            U.with_rank(2)
            A.with_rank_at_least(4)
            A.with_rank_at_least(2)
            U.with_rank_at_least(2)
            A.with_rank_at_most(2)
            A.with_rank_at_most(4)
            U.with_rank_at_most(4)
            A.assert_has_rank(2)
            A.assert_has_rank(3)
            U.assert_has_rank(2)
            A.assert_same_rank([1])
            A.assert_same_rank([1, 2, 3])
            A.assert_same_rank(None)
            A.assert_is_compatible_with([1, 1, 1])
            A.assert_is_compatible_with([2, 1, 3])
            A.assert_is_compatible_with([2])
            A.assert_is_fully_defined()
            tf.TensorShape([1]).assert_is_fully_defined()
            A.is_compatible_with(3)
            A.is_compatible_with([2, 1, 3])
            A.is_compatible_with([2, 1])
            A.is_compatible_with([3, 1, 3])
            A.is_compatible_with(None)
            A.is_compatible_with("ab")
            A.most_specific_compatible_shape([2, 3, 3])
            A.most_specific_compatible_shape([2, 3, 4])
            A.most_specific_compatible_shape([2])
            A.most_specific_compatible_shape(None)
            U.most_specific_compatible_shape([2])
            A.most_specific_common_supertype([tf.TensorShape([2, 3, 4])])
            A.most_specific_common_supertype([tf.TensorShape([2])])
            A.most_specific_common_supertype([[2, 3, 4]])
            A.is_subtype_of(tf.TensorShape(None))
            A.is_subtype_of(tf.TensorShape([2, None, 3]))
            A.is_subtype_of(tf.TensorShape([2, None, None]))
            A.is_subtype_of(tf.TensorShape([2, 1, 3]))
            A.is_subtype_of(tf.TensorShape([None]))
            A.is_subtype_of([2, None, 3])
            U.is_subtype_of(tf.TensorShape([2]))
            U.is_subtype_of(tf.TensorShape(None))
        """)
    ]
    + [
        f"tf.TensorShape({shape})[{key}]"
        for shape in ("[2, None, 3]", "None")
        for key in lines("""
            0
            1
            -1
            np.int64(0)
            :
            1:
            :2
            1:3
            1:5
            :-1
            -2:
            -2:-1
            -1:2
            3:-1
            2:1
            1:1
            0:3
        """)
    ]
    + lines("""
        tf.TensorShape([2, None, 3])[5]
        tf.TensorShape([2, None, 3])["x"]
        tf.TensorShape([2, None, 3])[1.0]
        tf.TensorShape([2, None, 3])[::2]
        tf.TensorShape(None)[::2]
        tf.TensorShape(None)[:3:1]
        list(tf.TensorShape([2, None]))
        list(tf.TensorShape(None))
        list(reversed(tf.TensorShape([2, None])))
        tuple(tf.TensorShape([2, None]))
        len(tf.TensorShape([2, None]))
        len(tf.TensorShape(None))
        bool(tf.TensorShape([2]))
        bool(tf.TensorShape([]))
        bool(tf.TensorShape(None))
        2 in tf.TensorShape([2, None])
        5 in tf.TensorShape([2, None])
        np.array(tf.TensorShape([2, 3]))
        tf.TensorShape([2]) + [1]
        [1] + tf.TensorShape([2])
        (1,) + tf.TensorShape([2])
        tf.TensorShape([2]) + (None,)
        tf.TensorShape([2]) + 3
        3 + tf.TensorShape([2])
        tf.TensorShape([2]) + None
        None + tf.TensorShape([2])
        tf.TensorShape([2]) + tf.TensorShape(None)
        tf.TensorShape([2]) + 5.0
        tf.TensorShape([2]) == tf.TensorShape([2])
        tf.TensorShape([2]) == [2]
        tf.TensorShape([2]) == (2,)
        tf.TensorShape([2]) == (3,)
        tf.TensorShape([2]) == 2
        tf.TensorShape([2]) == "x"
        tf.TensorShape([2]) != "x"
        tf.TensorShape([2]) == None
        tf.TensorShape([2]) == [[2]]
        tf.TensorShape([2]) == tf.TensorShape([None])
        tf.TensorShape([None]) == tf.TensorShape([None])
        tf.TensorShape([None]) == [None]
        tf.TensorShape(None) == tf.TensorShape(None)
        tf.TensorShape(None) == None
        tf.TensorShape(None) != None
        tf.TensorShape(None) == []
        tf.TensorShape([2]) < tf.TensorShape([3])
        hash(tf.TensorShape([1, 2])) == hash(tf.TensorShape((1, 2)))
        len({tf.TensorShape([None]), tf.TensorShape([None]), tf.TensorShape(None)})
        setattr(tf.TensorShape([1]), "rank", 3)
    """)
)

BROADCAST = [
    f"tf.broadcast_static_shape(tf.TensorShape({a}), tf.TensorShape({b}))"
    for a in ("None", "[]", "[1]", "[2]", "[0]", "[None]", "[2, 1]", "[None, 3]", "[2, 1, None]")
    for b in ("None", "[]", "[1]", "[3]", "[0]", "[None]", "[1, 3]", "[4, None]", "[2, 3]")
]

SPECS = [
    expression.replace("S(", "tf.TensorSpec(").replace("S.", "tf.TensorSpec.")
    for expression in lines("""
        S(None)
        S(3)
        S()
        S([])
        S([2], "float64")
        S([2], float)
        S([2], np.int32, name="n")
        S(shape=(2, None), dtype=tf.string)
        S([2], None)
        S(["a"])
        S("x")
        S([-1])
        S([2], "junk")
        str(S([2, None], tf.float32, "x"))
        S([2, None]).shape
        S([2, None]).dtype
        S([2], name="x").name
        S([2]).name
        S([2], name="x") == S([2], tf.float32, "x")
        S([2], name="x") == S([2])
        S([2], name="x") == S([2], name="y")
        S([2]) == S([3])
        S([2]) == S([2], "float64")
        S([None]) == S([None])
        S(None) == S(None)
        S([2]) == "x"
        S([2]) != "x"
        hash(S([2], name="x")) == hash(S([2], name="y"))
        S([2, None]).is_compatible_with(S([2, 3]))
        S([2, 3]).is_compatible_with(S([2, None]))
        S([2, None]).is_compatible_with(S([2, 3], "int32"))
        S([2, None]).is_compatible_with(S([2]))
        S([2, None]).is_compatible_with(S(None))
        S([2], name="x").is_compatible_with(S([2], name="y"))
        S([2, 3]).is_compatible_with(np.ones([2, 3], "f4"))
        S([]).is_compatible_with(1.0)
        S([]).is_compatible_with(None)
        S([2, None]).most_specific_compatible_type(S([4, 3]))
        S([2, None]).most_specific_compatible_type(S([4]))
        S([2], name="x").most_specific_compatible_type(S([2], name="x"))
        S([2], name="x").most_specific_compatible_type(S([2], name="y"))
        S([2]).most_specific_compatible_type(S([2], name="y"))
        S([2]).most_specific_compatible_type(S([2], "int32"))
        S([2]).most_specific_compatible_type(3)
        S([2, 3]).most_specific_common_supertype([S([2, 4]), S([5, 3])])
        S([2, 3]).most_specific_common_supertype([S([2])])
        S([2, 3], name="x").most_specific_common_supertype([S([2, 3], name="y")])
        S([2, 3]).most_specific_common_supertype([S([2, 3], "int32")])
        S([2]).is_subtype_of(S(None))
        S(None).is_subtype_of(S([2]))
        S([2]).is_subtype_of(S([None]))
        S([2]).is_subtype_of(S([2]))
        S([2]).is_subtype_of(S([2], "int32"))
        S([2]).is_subtype_of(S([2], name="y"))
        S([2], name="x").is_subtype_of(S([2]))
        S([2], name="x").is_subtype_of(S([2], name="x"))
        S([2], name="x").is_subtype_of(S([2], name="y"))
        S([2]).is_subtype_of(3)
        S.from_spec(S([2], name="x"))
        S.from_spec(S([2], name="x"), "y")
        S.from_tensor(np.ones(2))
        S.from_tensor(3)
    """)
]

# What has no address in its representation, so that outcomes can be compared.
NESTS = lines("""
    1
    None
    "abc"
    b"ab"
    []
    ()
    {}
    [1, (2, [3])]
    {"b": 1, "a": 2}
    {(1,): 1, (0,): 2}
    {1: 1, "a": 2}
    {None: 1, "a": 2}
    {"z": [1, 2], "a": (3,)}
    [[], 1, ()]
    OrderedDict([("b", 1), ("a", 2)])
    defaultdict(list, {"b": 1, "a": 2})
    Counter("aab")
    MappingProxyType({"b": 1, "a": 2})
    Dictionary(b=1, a=2)
    FrozenMapping({"b": 1, "a": 2})
    ChainMap({"b": 1, "a": 2})
    Pair(1, [2, 3])
    Attributed(1, [2, 3])
    Dataclass()
    ListKind([1, 2])
    TupleKind([1, 2])
    OwnSequence()
    range(3)
    deque([1, 2])
    UserList([1, 2])
    bytearray(b"ab")
    {"b": 1, "a": 3}.keys()
    {"b": 1, "a": 3}.values()
    {"b": 1, "a": 3}.items()
    {1}
    np.ones(2)
    np.float32(1)
    tf.TensorShape([1, 2])
    tf.TensorSpec([1, 2])
""")
PAIRS = [
    tuple(part.strip() for part in line.split(" | "))
    for line in lines("""
        1 | 2
        1 | [2]
        [1] | 2
        None | 1
        None | []
        "abc" | 1
        [] | []
        [] | ()
        [] | {}
        [1] | [2]
        [1] | [2, 3]
        [1] | [[]]
        [1] | (2,)
        [1] | (2, 3)
        [1, (2,)] | [3, (4,)]
        [1, (2,)] | [3, 4]
        [[1], 2] | [1, [2]]
        [[1, 2], 3] | [[1], 2, 3]
        [1, 2] | {"a": 3, "b": 4}
        [1, 2] | deque([1, 2])
        {"a": 1, "b": 2} | {"b": 3, "a": 4}
        {"a": 1} | {"b": 3}
        {"a": 1} | {"a": 1, "b": 3}
        {"a": [1]} | {"a": (1,)}
        {"a": 1, "b": 2} | {"a": 1, "b": [1]}
        {"a": 1, "b": 2} | [3, 4]
        {1: 1, "a": 2} | {1: 1, "a": 2}
        {"a": 1} | {1: 3}
        {"a": 1, "b": 2} | OrderedDict([("b", 3), ("a", 4)])
        OrderedDict([("b", 3), ("a", 4)]) | defaultdict(list, {"b": 1, "a": 2})
        OrderedDict([("b", 3), ("a", 4)]) | [3, 4]
        Dictionary(a=1) | {"a": 1}
        {"a": 1} | FrozenMapping({"a": 1})
        {"a": 1}.values() | [1]
        Pair(1, 2) | Pair(3, 4)
        Pair(1, 2) | SamePair(3, 4)
        Pair(1, 2) | OtherPair(3, 4)
        Pair(1, 2) | (3, 4)
        (3, 4) | Pair(1, 2)
        Attributed(1, 2) | Attributed(3, 4)
        Attributed(1, 2) | AlsoAttributed(3, 4)
        Attributed(1, 2) | [3, 4]
        ListKind([1]) | [1]
        [1] | ListKind([1])
        TupleKind([1]) | (1,)
        (1,) | TupleKind([1])
        [1] | [np.float32(2)]
        Dataclass() | 1
    """)
]
NEST = (
    [f"tf.nest.flatten({nest})" for nest in NESTS if nest != "np.ones(2)"]
    + [f"tf.nest.flatten({nest}, expand_composites=True)" for nest in NESTS[:9]]
    + [f"tf.nest.is_nested({nest})" for nest in NESTS]
    + [f"tf.nest.pack_sequence_as({nest}, [5])" for nest in NESTS]
    + [f"tf.nest.pack_sequence_as({nest}, [5, 6])" for nest in NESTS]
    + [f"type(tf.nest.pack_sequence_as({nest}, [5, 6])).__name__" for nest in NESTS]
    + [f"tf.nest.pack_sequence_as({nest}, [5, 6, 7])" for nest in NESTS]
    + [f"tf.nest.map_structure(lambda x: (x, x), {nest})" for nest in NESTS if "ones" not in nest]
    + [
        f"tf.nest.{call}{a}, {b}{options})"
        for call in ("assert_same_structure(", "map_structure(lambda x, y: (x, y), ")
        for options in ("", ", check_types=False")
        for a, b in PAIRS
    ]
    + lines("""
        tf.nest.pack_sequence_as(1, 5)
        tf.nest.pack_sequence_as(1, "a")
        tf.nest.pack_sequence_as([1], 5)
        tf.nest.pack_sequence_as([1], "a")
        tf.nest.pack_sequence_as([1], np.array([4]))
        tf.nest.pack_sequence_as([1], {"a": 3})
        tf.nest.pack_sequence_as([1], (5,))
        tf.nest.pack_sequence_as([1, 2], [[3], None])
        tf.nest.pack_sequence_as([1, 2], deque([5, 6]))
        tf.nest.pack_sequence_as([1, 2], {"a": 5, "b": 6}.values())
        tf.nest.pack_sequence_as([1, 2], iter([5, 6]))
        tf.nest.pack_sequence_as(1, [])
        tf.nest.pack_sequence_as([], [])
        tf.nest.pack_sequence_as([], [1])
        tf.nest.map_structure(lambda x: x)
        tf.nest.map_structure(5, [1])
        tf.nest.map_structure(lambda x: x, [1], surplus=3)
        tf.nest.map_structure(lambda x: None, [1, 2])
        tf.nest.map_structure(lambda *leaves: leaves, [1], [2], [3])
        tf.nest.map_structure(lambda *leaves: leaves, [1], [2], (3,))
        tf.nest.map_structure(lambda x, y: x, [1], [2], [3])
        tf.nest.map_structure(lambda x: x + 1, [1], expand_composites=True)
    """)
)

SECTIONS = {
    "errors": ERRORS,
    "dtypes": DTYPES,
    "shapes": SHAPES,
    "broadcast": BROADCAST,
    "specs": SPECS,
    "nest": NEST,
}

CODED = (
    "CancelledError UnknownError InvalidArgumentError DeadlineExceededError NotFoundError "
    "AlreadyExistsError PermissionDeniedError ResourceExhaustedError FailedPreconditionError "
    "AbortedError OutOfRangeError UnimplementedError InternalError UnavailableError "
    "DataLossError UnauthenticatedError"
).split()

Pair = collections.namedtuple("Pair", "x y")
SamePair = collections.namedtuple("Pair", "x y")
OtherPair = collections.namedtuple("OtherPair", "x y")
Field = collections.namedtuple("Field", "name")


class Attributed:
    """What an attrs class looks like from outside."""

    __attrs_attrs__ = (Field("b"), Field("a"))

    def __init__(self, b: Any, a: Any) -> None:
        self.b, self.a = b, a

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.b}, {self.a})"


class AlsoAttributed(Attributed):
    pass


class Dictionary(dict):
    pass


class ListKind(list):
    pass


class TupleKind(tuple):
    pass


class Dataclass:
    """A leaf, as objects are; dataclasses have no rule of their own."""

    __dataclass_fields__: dict[str, Any] = {}

    def __repr__(self) -> str:
        return "Dataclass()"


class FrozenMapping(collections.abc.Mapping):
    def __init__(self, values: Any) -> None:
        self.values_ = dict(values)

    def __getitem__(self, key: Any) -> Any:
        return self.values_[key]

    def __iter__(self) -> Any:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    def __repr__(self) -> str:
        return f"FrozenMapping({self.values_})"


class OwnSequence(collections.abc.Sequence):
    def __init__(self, values: Any = (1, 2)) -> None:
        self.values = tuple(values)

    def __getitem__(self, position: Any) -> Any:
        return self.values[position]

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"OwnSequence({self.values})"


def names(library: Any) -> dict[str, Any]:
    """What the expressions may name, with `library` as `tf`."""
    kinds = (
        AlsoAttributed, Attributed, Dataclass, Dictionary, FrozenMapping, ListKind, OwnSequence,
        TupleKind, collections.ChainMap, collections.Counter, collections.OrderedDict,
        collections.UserList, collections.defaultdict, collections.deque, types.MappingProxyType,
    )  # fmt: skip
    table: dict[str, Any] = {kind.__name__: kind for kind in kinds}
    table["MappingProxyType"] = types.MappingProxyType
    pairs = {"Pair": Pair, "SamePair": SamePair, "OtherPair": OtherPair}
    return table | pairs | {"CODED": CODED, "np": np, "tf": library}


def outcome(expression: str, table: dict[str, Any]) -> dict[str, str]:
    """The `repr` of an expression's value, or the first builtin class of its error."""
    try:
        return {"value": repr(eval(expression, dict(table)))}
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return {"raises": next(kind for kind in kinds if hasattr(builtins, kind))}


def cases(section: str) -> list[tuple[str, dict[str, str]]]:
    """The expressions of a section, each with TensorFlow's outcome."""
    return [tuple(case) for case in json.loads(FILE.read_text())[section]]


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    table = names(tf)
    content: dict[str, Any] = {"tensorflow": tf.__version__, "numpy": np.__version__}
    for section, expressions in SECTIONS.items():
        content[section] = [[one, outcome(one, table)] for one in dict.fromkeys(expressions)]
        print(section, len(content[section]))
    FILE.write_text(write(content))


def write(content: dict[str, Any]) -> str:
    """JSON with one case a line, so that a difference shows what changed."""
    parts: list[str] = []
    for key, value in content.items():
        if isinstance(value, list):
            rows = ",\n".join(f"  {json.dumps(case)}" for case in value)
            parts.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()

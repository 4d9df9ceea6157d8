"""Examples: messages, and parsers that have quick ways but one meaning."""

import copy
import pickle

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import eagre as tf
from eagre.core.wire_format import bytes_field, varint
from eagre.files.examples import ExampleParser, Wanted

FIXED, SEQUENCE = tf.io.FixedLenFeature, tf.io.FixedLenSequenceFeature
MANY = settings(max_examples=40, deadline=None)

integers = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4)
small = st.lists(st.integers(0, 300), min_size=2, max_size=2)
floats = st.lists(st.floats(width=32, allow_nan=False), max_size=4)
texts = st.lists(st.binary(max_size=200), max_size=2)
word = st.lists(st.binary(max_size=200), min_size=1, max_size=1)


def feature(values, kind):
    lists = {"i": ("int64_list", tf.train.Int64List), "f": ("float_list", tf.train.FloatList),
             "b": ("bytes_list", tf.train.BytesList), "c": ("bytes_list", tf.train.BytesList)}
    name, made = lists[kind]
    return tf.train.Feature(**{name: made(value=values)})


def example(features):
    found = {key: feature(values, key[0]) for key, values in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=found))


@MANY
@given(st.fixed_dictionaries({"i": integers, "f": floats, "b": texts}))
def test_messages_go_to_bytes_and_back(features):
    made = example(features)
    data = made.SerializeToString()
    assert tf.train.Example.FromString(data) == made
    assert len(data) == made.ByteSize()
    for key in features:
        name = made.features.feature[key].WhichOneof("kind")
        assert getattr(made.features.feature[key], name).value == features[key]
    for other in (copy.deepcopy(made), copy.copy(made), pickle.loads(pickle.dumps(made))):
        assert other == made
        other.features.feature["i"].int64_list.value.append(1)
        assert other != made


def test_messages_are_filled_as_those_of_protocol_buffers():
    made = tf.train.Example()
    assert made.SerializeToString() == b"" and not made.HasField("features")
    made.features.feature["x"].int64_list.value.extend([1, 2])
    assert made.HasField("features") and "x" in made.features.feature
    made.features.feature["x"].float_list.value.append(0.5)
    assert made.features.feature["x"].WhichOneof("kind") == "float_list"
    assert made.features.feature["x"].int64_list.value == []
    made.features.feature["y"].CopyFrom(made.features.feature["x"])
    assert made.features.feature["y"].float_list.value == [0.5]
    with pytest.raises(ValueError, match="CopyFrom"):
        made.features.feature["z"] = tf.train.Feature()
    with pytest.raises(AttributeError):
        made.features.feature["x"].float_list.value = [1.0]
    other = tf.train.Example()
    other.MergeFrom(made)
    other.MergeFrom(made)
    assert other.features.feature["x"].float_list.value == [0.5]
    other.Clear()
    assert other == tf.train.Example()
    assert tf.train.Feature().WhichOneof("kind") is None
    assert tf.train.FloatList(value=[0.1]).value == [float(np.float32(0.1))]
    assert tf.train.Feature(int64_list={"value": [3]}).int64_list.value == [3]




class Slow(ExampleParser):
    """The parser without its quick ways."""

    def _by_layouts(self, records, rows, pieces):
        return rows

    _by_orders = _by_layouts


def outcome(parser, records, defaults):
    try:
        return parser(records, defaults, "parse_example", False)
    except tf.errors.InvalidArgumentError as error:
        return str(error)


def agree(features, records, defaults):
    """The quick ways and the slow one give the same values, or the same error."""
    found, wanted = (outcome(kind(features), records, defaults) for kind in (ExampleParser, Slow))
    if isinstance(wanted, str) or isinstance(found, str):
        assert found == wanted
        return
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        assert a.tolist() == b.tolist() or (a != a).any()


WANTED = (Wanted("b", 1, (), True), Wanted("f", 2, (2,), False), Wanted("i", 3, (2,), True))
PAIR = (np.array(b"none", object), None, np.array([7, 8]))
two_floats = st.lists(st.floats(width=32, allow_nan=False), min_size=2, max_size=2)


@MANY
@given(st.lists(st.fixed_dictionaries({"f": two_floats}, optional={"i": small, "b": word}),
                min_size=1, max_size=40), st.integers(1, 30))
def test_records_that_fit(features, times):
    agree(WANTED, [example(each).SerializeToString() for each in features] * times, PAIR)


@MANY
@given(st.lists(st.fixed_dictionaries({}, optional={"i": integers, "f": floats, "b": texts}),
                min_size=1, max_size=40))
def test_records_that_may_not_fit(features):
    agree(WANTED, [example(each).SerializeToString() for each in features], PAIR)


@MANY
@given(st.lists(st.fixed_dictionaries({}, optional={"i": integers, "f": floats, "b": texts}),
                min_size=1, max_size=30), st.integers(1, 20))
def test_sequences_of_any_length(features, times):
    wanted = (Wanted("b", 1, (1,), True, True), Wanted("f", 2, (), True, True),
              Wanted("i", 3, (2,), True, True))
    defaults = (np.array(b"-", object), np.float32(-1), np.int64(-1))
    agree(wanted, [example(each).SerializeToString() for each in features] * times, defaults)


@MANY
@given(st.data())
def test_damaged_bytes(data):
    """Changed bytes give an error or a value, the same quickly and slowly, at once."""
    features = {"i": [3, 400], "f": [0.5, 1.5], "b": [b"word" * 40]}
    whole = example(features).SerializeToString()
    records = []
    for _ in range(data.draw(st.integers(1, 40))):
        changed = bytearray(whole)
        for _ in range(data.draw(st.integers(0, 3))):
            place = data.draw(st.integers(0, len(changed) - 1))
            action = data.draw(st.sampled_from(["change", "delete", "insert"]))
            if action == "change":
                changed[place] = data.draw(st.integers(0, 255))
            elif action == "delete":
                del changed[place]
            else:
                changed.insert(place, data.draw(st.integers(0, 255)))
        records.append(bytes(changed))
    agree(WANTED, records, PAIR)
    agree(WANTED, [record for record in records for _ in range(20)], PAIR)


@MANY
@given(st.binary(max_size=60))
def test_any_bytes(content):
    agree(WANTED, [content], PAIR)
    try:
        tf.train.SequenceExample.FromString(content)
    except tf.errors.DataLossError as error:
        assert str(error).startswith("SequenceExample expected")


def written(*entries):
    return bytes_field(1, b"".join(bytes_field(1, entry) for entry in entries))


def test_other_ways_of_writing():
    """What protocol buffers allow besides: parts, unpacked numbers, the last of several wins."""
    unpacked = b"\x08\x05\x08\x06"
    entry = bytes_field(1, b"i") + bytes_field(2, bytes_field(3, unpacked))
    backwards = bytes_field(2, bytes_field(3, bytes_field(1, b"\x05\x06"))) + bytes_field(1, b"i")
    halves = bytes_field(2, bytes_field(3, bytes_field(1, b"\x05"))
                         + bytes_field(3, bytes_field(1, b"\x06"))) + bytes_field(1, b"i")
    earlier = bytes_field(1, b"i") + bytes_field(2, bytes_field(1, bytes_field(1, b"x")))
    long_way = b"\x0a\x81\x00i" + bytes_field(2, bytes_field(3, bytes_field(1, b"\x05\x06")))
    ways = [written(entry), written(backwards), written(halves), written(earlier, entry),
            written(entry) + written(b"\x0a\x01j\x12\x00"), written(long_way),
            written(entry) + b"\x10" + varint(300)]
    spec = {"i": FIXED([2], tf.int64)}
    for data in ways:
        assert tf.io.parse_single_example(data, spec)["i"].numpy().tolist() == [5, 6]
    assert tf.io.parse_example(ways * 20, spec)["i"].shape == (140, 2)


def test_the_same_in_every_mode():
    data = [example({"i": [n], "f": [n / 2], "b": [b"x" * n]}).SerializeToString()
            for n in range(40)]
    spec = {"i": FIXED([], tf.int64), "f": FIXED([1], tf.float32), "b": FIXED([], tf.string),
            "more": FIXED([2], tf.int64, [1, 2]), "steps": SEQUENCE([], tf.float32, True)}
    whole = tf.io.parse_example(data, spec)
    graph = tf.function(lambda records: tf.io.parse_example(records, spec))
    unknown = graph.get_concrete_function(tf.TensorSpec(None, tf.string))
    single = [tf.io.parse_single_example(each, spec) for each in data]
    inner = tf.function(lambda record: tf.io.parse_single_example(record, spec))
    for key in spec:
        wanted = whole[key].numpy()
        assert np.array_equal(graph(tf.constant(data))[key].numpy(), wanted)
        assert np.array_equal(unknown(tf.constant(data))[key].numpy(), wanted)
        for n, each in enumerate(single):
            assert np.array_equal(each[key].numpy(), wanted[n])
            assert np.array_equal(inner(tf.constant(data[n]))[key].numpy(), wanted[n])


def test_layouts_and_orders_are_forgotten_before_there_are_too_many():
    parser = ExampleParser((Wanted("b", 1, (), False),))
    for length in range(700):
        records = [example({"b": [b"x" * length]}).SerializeToString()] * 20
        found = parser(records, [None], "parse_example", False)
        assert found[0].tolist() == [b"x" * length] * 20
    assert sum(map(len, parser._layouts.values())) <= 256


def test_layouts_are_forgotten_between_those_of_one_length():
    parser = ExampleParser((Wanted("b", 1, (), True), Wanted("c", 1, (), True)))
    for length in range(256):
        parser([example({"b": [b"x" * length]}).SerializeToString()] * 20,
               [np.array(b"", object)] * 2, "parse_example", False)
    both = [example({key: [b"y" * 9]}).SerializeToString() for key in "bc"]
    found = parser(both * 20, [np.array(b"-", object)] * 2, "parse_example", False)
    assert found[0].tolist() == [b"y" * 9, b"-"] * 20
    assert found[1].tolist() == [b"-", b"y" * 9] * 20


def test_threads_share_a_parser():
    from concurrent.futures import ThreadPoolExecutor

    spec = {"b": FIXED([], tf.string), "i": FIXED([], tf.int64)}

    def parse(seed):
        random = np.random.default_rng(seed)
        for _ in range(10):
            sizes = random.integers(0, 200, 60).tolist()
            data = [example({"b": [b"x" * n], "i": [n]}).SerializeToString() for n in sizes]
            found = tf.io.parse_example(data, spec)
            assert [len(text) for text in found["b"].numpy()] == sizes
            assert found["i"].numpy().tolist() == sizes
        return True

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(parse, range(8)))

"""Elements in files: whole or not there, found by each program, never taken for others."""

import json
import os
import subprocess
import sys
from collections import namedtuple
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import eagre as tf
from tests.data.test_resuming import PIPELINES

D = tf.data.Dataset
E = tf.data.experimental
Pair = namedtuple("Pair", ["left", "right"])
BROKEN = (tf.errors.DataLossError, tf.errors.NotFoundError)


def ints(dataset):
    return [int(x) for x in dataset]


def bits(dataset):
    def one(x):
        array = np.asarray(x)
        value = array.tolist() if array.dtype == object else array.tobytes()
        return array.dtype, array.shape, value

    return [[one(x) for x in tf.nest.flatten(each)] for each in dataset.as_numpy_iterator()]


def words(n):
    return tf.fill([n % 3], n)


SAVED = {
    "numbers": lambda: D.range(10),
    "batches": lambda: D.range(10).batch(4),
    "nothing": lambda: D.range(0).map(lambda x: {"a": tf.cast(x, tf.float32)}),
    "one structure": lambda: D.from_tensors(([1, 2], {"b": "text", "a": Pair(1.5, True)})),
    "strings": lambda: D.from_tensor_slices([["", "a\0b"], ["ä", "ccc"]]),
    "shapes": lambda: D.range(9).map(lambda n: (words(n), n)),
    "ranks": lambda: D.from_generator(
        lambda: [1, [2, 3], [[4], [5]], [[]]], output_signature=tf.TensorSpec(None, tf.float32)),
    "empty tensors": lambda: D.from_tensor_slices(np.zeros([3, 0, 2], np.int8)),
    "keys": lambda: D.from_tensors({"z": 1, "a": (2, {"x": 3})}),
}


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.parametrize("compression", [None, "GZIP"])
def test_elements_come_back(name, compression, tmp_path):
    dataset, path = SAVED[name](), str(tmp_path / "saved")
    dataset.save(path, compression=compression)
    found = D.load(path)
    tf.nest.assert_same_structure(found.element_spec, dataset.element_spec, check_types=False)
    assert tf.nest.flatten(found.element_spec) == tf.nest.flatten(dataset.element_spec)
    assert bits(found) == bits(dataset)
    assert len(found) == len(bits(dataset))


@given(arrays.arrays(
    st.one_of(arrays.boolean_dtypes(), arrays.integer_dtypes(endianness="="),
              arrays.unsigned_integer_dtypes(endianness="="),
              arrays.floating_dtypes(endianness="=", sizes=(16, 32, 64)),
              arrays.complex_number_dtypes(endianness="=", sizes=(64, 128))),
    arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4)))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_arrays_come_back(tmp_path_factory, array):
    path = str(tmp_path_factory.mktemp("saved"))
    D.from_tensor_slices(array).save(path)
    assert bits(D.load(path)) == bits(D.from_tensor_slices(array))


def test_loaded_elements_have_numbers(tmp_path, monkeypatch):
    from eagre.data.storage import folder

    monkeypatch.setattr(folder, "_COUNT", 7)
    path = str(tmp_path / "saved")
    D.range(100).map(lambda x: (x, x * x)).save(path)
    found = D.load(path)
    assert len(list(Path(path).rglob("*.safetensors"))) == 15
    assert int(E.at(found, 63)[1]) == 63 * 63
    assert ints(found.skip(50).shard(10, 3).map(lambda x, y: x)) == [53, 63, 73, 83, 93]
    shuffled = found.shuffle(100, seed=1)
    assert "a permutation of numbers" in shuffled.explain()
    batches = [batch[0].numpy().tolist() for batch in shuffled.batch(30)]
    assert sum(batches, []) == ints(D.range(100).shuffle(100, seed=1))
    assert [x.shape[0] for x, y in found.batch(30)] == [30, 30, 30, 10]


def test_shards(tmp_path):
    path = str(tmp_path / "saved")
    D.range(10).save(path, shard_func=lambda x: x % 3)
    assert ints(D.load(path)) == [0, 3, 6, 9, 1, 4, 7, 2, 5, 8]
    turns = D.load(path, reader_func=lambda shards: shards.interleave(lambda x: x, cycle_length=3))
    assert ints(turns) == list(range(10))
    both = D.load(path, reader_func=lambda shards: shards.shuffle(9).flat_map(lambda x: x.take(1)))
    assert sorted(ints(both)) == [0, 1, 2]


def test_a_second_save_takes_the_place_of_the_first(tmp_path):
    path = str(tmp_path / "saved")
    D.range(5).save(path)
    first = D.load(path)
    D.range(3).save(path)
    assert ints(D.load(path)) == [0, 1, 2]
    assert len(os.listdir(path)) == 2
    with pytest.raises(tf.errors.NotFoundError, match="have been removed"):
        ints(first)


def test_a_save_that_fails_leaves_what_was_there(tmp_path):
    path = str(tmp_path / "saved")
    D.range(5).save(path)
    with pytest.raises(tf.errors.InvalidArgumentError):
        D.range(9).map(lambda x: tf.debugging.check_numerics(1 / (7 - x), "")).save(path)
    assert ints(D.load(path)) == [0, 1, 2, 3, 4]
    assert len(os.listdir(path)) == 2


KILLED = """
import os, sys
import eagre as tf
def die(x):
    if int(x) == 25:
        os.kill(os.getpid(), 9)
    return x
tf.data.Dataset.range(30).map(lambda x: tf.py_function(die, [x], tf.int64)).{what}
"""


@pytest.mark.parametrize(
    "what", ["save(sys.argv[1])", "cache(sys.argv[1]).reduce(0, lambda s, x: s)"])
def test_what_a_killed_program_leaves_is_nothing(what, tmp_path):
    path = str(tmp_path / "saved")
    command = [sys.executable, "-c", KILLED.format(what=what), path]
    assert subprocess.run(command, check=False).returncode == -9
    assert any(name.endswith(".partial") for name in os.listdir(path))
    with pytest.raises(tf.errors.NotFoundError, match="no whole elements.json"):
        D.load(path)
    D.range(3).save(path)
    assert ints(D.load(path)) == [0, 1, 2]
    assert len(os.listdir(path)) == 2


def test_what_is_being_written_stays(tmp_path):
    path = str(tmp_path / "saved")
    slow, fast = D.range(9).shuffle(9).cache(path), D.range(9).shuffle(9).cache(path)
    first = iter(slow)
    next(first)
    order = ints(fast)
    assert len([name for name in os.listdir(path) if name.startswith("run-")]) == 2
    assert len(ints(first)) == 8
    assert ints(slow) == ints(fast) == order
    assert len(os.listdir(path)) == 2


def test_a_pass_that_is_given_up_leaves_nothing(tmp_path):
    path = str(tmp_path / "saved")
    iterator = iter(D.range(9).cache(path))
    next(iterator)
    del iterator
    assert os.listdir(path) == []


def test_a_cache_is_read_by_the_next_program(tmp_path):
    path, calls = str(tmp_path / "saved"), count()

    def seen(x):
        next(calls)
        return x

    def pipeline(base):
        dataset = D.range(5).map(lambda x: tf.py_function(seen, [x + base], tf.int64))
        return dataset.cache(path)

    assert ints(pipeline(1)) == ints(pipeline(1)) == [1, 2, 3, 4, 5]
    assert next(calls) == 5
    with pytest.raises(tf.errors.FailedPreconditionError, match="those of another one"):
        pipeline(2)


def test_snapshots_of_several_pipelines_stand_side_by_side(tmp_path):
    path = str(tmp_path / "saved")
    for _ in range(2):
        assert ints(D.range(4).snapshot(path)) == [0, 1, 2, 3]
        assert ints(D.range(3).snapshot(path, "GZIP")) == [0, 1, 2]
        turned = D.range(4).map(lambda x: x + 1).snapshot(
            path, reader_func=lambda shards: shards.flat_map(lambda x: x),
            shard_func=lambda x: x % 2)
        found = ints(turned)
    assert found == [2, 4, 1, 3]
    assert len(os.listdir(path)) == 3


def test_a_file_in_the_place_of_the_folder(tmp_path):
    path = tmp_path / "saved"
    path.write_text("something")
    for write in (D.range(3).save, D.range(3).cache, D.range(3).snapshot):
        with pytest.raises(tf.errors.FailedPreconditionError, match="the path of a folder"):
            write(str(path))
    assert path.read_text() == "something"


def test_a_save_goes_on_from_its_last_checkpoint(tmp_path):
    path, seen, stops = str(tmp_path / "saved"), [], [7]

    def visit(x):
        if int(x) in stops:
            stops.clear()
            raise RuntimeError("interrupted")
        seen.append(int(x))
        return x

    def attempt():
        dataset = D.range(12).map(lambda x: tf.py_function(visit, [x], tf.int64))
        dataset.save(path, shard_func=lambda x: x % 2, checkpoint_args={
            "directory": str(tmp_path / "progress"), "step_counter": tf.Variable(0),
            "checkpoint_interval": 3})

    with pytest.raises(RuntimeError):
        attempt()
    attempt()
    assert ints(D.load(path)) == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]
    assert seen == [*range(7), *range(7, 12)]
    assert sorted(name[:3] for name in os.listdir(path)) == ["ele", "run"]
    attempt()
    assert ints(D.load(path)) == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]


def test_waiting_for_a_save(tmp_path):
    path = str(tmp_path / "saved")
    code = "import sys, eagre as tf\ntf.data.Dataset.range(4).save(sys.argv[1])"
    other = subprocess.Popen([sys.executable, "-c", code, path])
    assert ints(D.load(path, wait=True)) == [0, 1, 2, 3]
    assert other.wait() == 0


# What is damaged --------------------------------------------------------------------------------


def damage(path, draw):
    """Change one file of a folder."""
    files = sorted(each for each in Path(path).rglob("*") if each.is_file())
    file = files[draw(st.integers(0, len(files) - 1))]
    data = bytearray(file.read_bytes())
    kind, place = draw(st.sampled_from(["flip", "cut", "longer", "empty", "gone"])), draw(
        st.integers(0, len(data) - 1))
    if kind == "gone":
        file.unlink()
        return
    if kind == "flip":
        data[place] ^= 1 << draw(st.integers(0, 7))
    changed = {"flip": data, "cut": data[:place], "longer": data + b"x", "empty": b""}
    file.write_bytes(bytes(changed[kind]))


@pytest.mark.parametrize("compression", [None, "GZIP"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damage_is_found(tmp_path_factory, compression, data):
    path = str(tmp_path_factory.mktemp("saved"))
    dataset = D.range(9).map(lambda n: {"words": words(n), "n": n}).enumerate()
    dataset.save(path, compression=compression, shard_func=lambda n, x: n % 2)
    damage(path, data.draw)
    with pytest.raises(BROKEN):
        bits(D.load(path))


@pytest.mark.parametrize("text", [b"", b"{}", b"[1, 2]", b'{"crc32":"00000000"}', b"\xff" * 9])
def test_an_index_that_is_none(tmp_path, text):
    (tmp_path / "elements.json").write_bytes(text)
    with pytest.raises(tf.errors.DataLossError, match="The file is damaged"):
        D.load(str(tmp_path))


def test_a_sealed_index_of_nonsense(tmp_path):
    from eagre.state.checkpoint.checksums import FIELD, seal

    path = str(tmp_path / "saved")
    D.range(3).save(path)
    index = tmp_path / "saved" / "elements.json"
    whole = json.loads(index.read_text())
    for name, value in [("version", 2), ("run", "../../etc"), ("spec", ["tensor", "none", []]),
                        ("spec", 3), ("pieces", [[0, -1, "x"]]), ("pieces", [[0, 3, 7]]),
                        ("pieces", {}), ("about", 3), ("spec", ["tensor", "string", []]),
                        ("pieces", [[0, 2, whole["pieces"][0][2]]])]:  # fmt: skip
        entry = {**FIELD, **{key: part for key, part in whole.items() if key != "crc32"}}
        entry[name] = value
        index.write_bytes(seal(json.dumps(entry, separators=(",", ":")).encode()))
        with pytest.raises(tf.errors.DataLossError):
            ints(D.load(path))


# Fingerprints -----------------------------------------------------------------------------------


def pipelines():
    """Pipelines that differ, made anew at each call."""
    base, numbers = 3, np.arange(4)
    return [
        D.range(4), D.range(5), D.range(4).batch(2), D.range(4).batch(2, drop_remainder=True),
        D.from_tensor_slices(numbers), D.from_tensor_slices(numbers + 1),
        D.from_tensor_slices(["a", "b"]), D.from_tensor_slices(["a", "c"]),
        D.range(4).map(lambda x: x + 1), D.range(4).map(lambda x: x + 2),
        D.range(4).map(lambda x: x - base), D.range(4).map(lambda x: x.numpy() + 1),
        D.range(4).map(lambda x: x.numpy() + base), D.range(4).filter(lambda x: x > 1),
        D.range(4).flat_map(lambda x: D.range(x)), D.range(4).flat_map(lambda x: D.range(x + 1)),
        D.range(4).shuffle(2), D.range(4).shuffle(3), D.range(4).shuffle(2, seed=1),
        D.range(4).shuffle(2, seed=2),
        D.range(4).shuffle(2, seed=1, reshuffle_each_iteration=False),
        D.zip(D.range(4), D.range(4)), D.range(4).concatenate(D.range(4)), D.range(4).take(2),
        D.from_generator(lambda: iter([1]), output_signature=tf.TensorSpec([], tf.int32)),
        D.from_generator(lambda: iter([2]), output_signature=tf.TensorSpec([], tf.int32)),
        D.range(4).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s)),
        D.range(4).scan(tf.constant(1, tf.int64), lambda s, x: (s + x, s)),
        D.range(4).group_by_window(lambda x: x % 2, lambda key, window: window.batch(2), 2),
        D.range(4).map(lambda x: tf.cond(x > 2, lambda: x, lambda: -x)),
        D.range(4).map(lambda x: tf.cond(x > 2, lambda: x, lambda: -x * 2)),
    ]  # fmt: skip


def test_fingerprints_tell_pipelines_apart():
    first, second = ([int(each.fingerprint()) for each in pipelines()] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)
    code = ("from tests.data.test_storage import pipelines\n"
            "print([int(x.fingerprint()) for x in pipelines()])")
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                           env=environment, cwd=Path(__file__).parents[2])  # fmt: skip
    assert json.loads(found.stdout) == first


@pytest.mark.parametrize("name", PIPELINES)
def test_a_fingerprint_does_not_change_when_elements_are_read(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dataset = PIPELINES[name]()
    before = int(dataset.fingerprint())
    list(dataset)
    assert int(dataset.fingerprint()) == before
    changed = dataset.prefetch(3).with_options(tf.data.Options())
    assert int(changed.fingerprint()) == before


def test_how_fast_elements_come_is_no_part_of_a_fingerprint():
    one = D.range(4).map(lambda x: x + 1, num_parallel_calls=1)
    two = D.range(4).prefetch(2).map(lambda x: x + 1, num_parallel_calls=2)
    assert int(one.fingerprint()) == int(two.fingerprint())

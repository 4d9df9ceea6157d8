"""TensorFlow's own checkpoints: those that it wrote, those that it restored, and damaged ones.

tests/oracle/make_bundles.py wrote the files, and says what it checked.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.__main__ import main
from eagre.core.wire_format import Message, bytes_field, integer_field
from eagre.state.checkpoint.sorted_table import read_table, write_table
from eagre.state.checkpoint.tensor_bundle import write_bundle
from eagre.state.checkpoint.trackable_graph import KEY
from tests.state.checkpoint.bundle_programs import (
    OPTIMIZERS,
    PROGRAMS,
    optimizer_values,
    options,
    state,
)
from tests.state.checkpoint.tables import compressed

BUNDLES = Path(__file__).parents[2] / "oracle" / "bundles"
ORACLE = json.loads((BUNDLES / "bundles.json").read_text(encoding="utf-8"))
train = tf.train
REFUSED = (tf.errors.DataLossError, tf.errors.InvalidArgumentError, tf.errors.NotFoundError,
           tf.errors.UnimplementedError)
FIXTURES = [HealthCheck.function_scoped_fixture]


def place(name):
    return str(BUNDLES / name)


def for_tensorflow(**more):
    return train.CheckpointOptions(format="tensorflow", **more)


# Reading what TensorFlow has written ----------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_tensorflow_wrote_is_restored_bit_for_bit(name):
    parts = PROGRAMS[name](tf, 0.0)
    expected = ORACLE["states"][name]
    assert state(parts) != expected
    checkpoint = train.Checkpoint(**parts)
    checkpoint.restore(place(name)).assert_consumed()
    assert state(parts) == expected
    assert int(checkpoint.save_counter) == 5
    assert not checkpoint.diff(place(name))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_slots_have_their_meaning(name):
    """Each variable of an optimizer is near the one of its place that eagre computes."""
    restored, own = PROGRAMS[name](tf, 0.0), PROGRAMS[name](tf, 1.0)
    train.Checkpoint(**restored).restore(place(name))
    pairs = zip(*(optimizer_values(each["optimizer"]) for each in (restored, own)), strict=True)
    for first, second in pairs:
        np.testing.assert_allclose(first.numpy(), second.numpy(), atol=1e-4)


def test_values_wait_for_their_variables():
    module = tf.Module()
    status = train.Checkpoint(module=module).restore(place("tree"), partial=True)
    assert "module/weights" in status.pending and KEY not in status.pending
    module.weights = tf.Variable(tf.zeros([2, 3]))
    assert module.weights.numpy().tolist() == [[2.5] * 3] * 2
    optimizer = tf.optimizers.Adam(amsgrad=True)
    kernel = tf.Variable(tf.zeros([1, 2]))
    train.Checkpoint(kernel=kernel, optimizer=optimizer).restore(place("Adam"), partial=True)
    assert not optimizer.variables[2:]
    optimizer.build([kernel])
    assert optimizer.variables[2].numpy().any()


def test_what_is_missing_is_told():
    checkpoint = train.Checkpoint(module=tf.Module(), other=tf.Variable(1.0))
    with pytest.raises(tf.errors.NotFoundError, match="1 of 2 missing"):
        checkpoint.restore(place("tree"))


def test_slots_of_older_optimizers():
    variable, optimizer = tf.Variable([0.0, 0.0]), tf.optimizers.Adam()
    optimizer.build([variable])
    train.Checkpoint(v=variable, optimizer=optimizer).restore(place("slots"), partial=True)
    slots = [each.numpy().tolist() for each in optimizer.variables[2:]]
    assert slots == [ORACLE["slots"]["m"], ORACLE["slots"]["v"]]


def test_names_without_objects():
    assert train.list_variables(place("names")) == [("dense/bias", [1]), ("dense/kernel", [2, 2])]
    assert train.load_variable(place("names"), "dense/kernel").tolist() == [[1.0, 2.0], [3.0, 4.0]]
    dense = tf.Module()
    dense.kernel, dense.bias = tf.Variable(tf.zeros([2, 2])), tf.Variable([0.0])
    train.Checkpoint(dense=dense).restore(place("names"))
    assert (dense.bias.numpy(), dense.kernel.numpy()[1, 0]) == (5.0, 3.0)


@pytest.mark.parametrize("name", ["parts", "parts_by_size"])
def test_divided_tensors(name):
    reader = train.load_checkpoint(place(name))
    assert reader.get_variable_to_shape_map()["columns"] == [3, 200]
    for variable, values in ORACLE["divided"].items():
        found = reader.get_tensor(variable)
        assert np.asarray(found).astype(str).tolist() == values
        assert reader.get_tensor(variable, slice(1, 2)).tolist() == found[1:2].tolist()
        fresh = tf.Variable(tf.zeros(found.shape, tf.as_dtype(reader.get_variable_to_dtype_map()[
            variable]))) if variable != "texts" else tf.Variable([""] * 5)
        train.Checkpoint(**{variable: fresh}).restore(place(name))
        assert fresh.numpy().tolist() == found.tolist()


def test_divided_tensors_are_compared_by_value(tmp_path):
    reader = train.load_checkpoint(place("parts"))
    variables = {name: tf.Variable(reader.get_tensor(name)) for name in ORACLE["divided"]}
    whole = train.Checkpoint(**variables).write(tmp_path / "x", for_tensorflow())
    from eagre.state.checkpoint.command import difference_of_checkpoints
    from eagre.state.checkpoint.reader import open_checkpoint

    for other, changed in ((place("parts"), []), (place("parts_by_size"), [])):
        found = difference_of_checkpoints(open_checkpoint(other), open_checkpoint(whole))
        assert found.changed == changed and len(found.matched) == 5
    variables["deep"].assign_add(tf.ones([2, 20, 6]))
    train.Checkpoint(**variables).write(whole, for_tensorflow())
    found = difference_of_checkpoints(open_checkpoint(place("parts")), open_checkpoint(whole))
    assert found.changed == ["deep"]


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_parts_with_right_checksums_and_wrong_places(tmp_path, data):
    """What does not make up the whole is refused; values are never made of nothing."""
    copy_of("parts", tmp_path)
    entries = read_table((BUNDLES / "parts.index").read_bytes())
    number = data.draw(st.integers(1, len(entries) - 1))
    key, value = entries[number]
    at = data.draw(st.integers(0, len(value)))
    value = value[:at] + data.draw(st.binary(max_size=3)) + value[at + data.draw(
        st.integers(0, 3)):]
    entries[number] = key, value
    if data.draw(st.booleans()):
        del entries[data.draw(st.integers(1, len(entries) - 1))]
    (tmp_path / "parts.index").write_bytes(write_table(entries))
    try:
        reader = train.load_checkpoint(tmp_path / "parts")
        for name in reader.get_variable_to_shape_map():
            reader.get_tensor(name)
    except REFUSED:
        pass


def test_parts_that_overlap(tmp_path):
    copy_of("divided", tmp_path)
    entries = dict(read_table((BUNDLES / "divided.index").read_bytes()))
    first = bytes_field(1, integer_field(2, 1)) + bytes_field(1, integer_field(2, 2))
    whole = entries[b"divided"]
    entries[b"divided"] = whole[: whole.index(b":")] + 2 * bytes_field(7, first)
    (tmp_path / "divided.index").write_bytes(write_table(sorted(entries.items())))
    with pytest.raises(tf.errors.DataLossError, match="parts of b'divided' that overlap"):
        train.list_variables(tmp_path / "divided")


def test_names_with_and_without_their_ending():
    reader = train.load_checkpoint(place("tree"))
    ending = "/.ATTRIBUTES/VARIABLE_VALUE"
    name = "module/parts/1/a.Sb"
    assert reader.has_tensor(name) and reader.has_tensor(name + ending)
    assert reader.get_tensor(name + ending) == 3.5
    assert reader.get_tensor("position/.ATTRIBUTES/py_state") == b"line 1.0"


def test_rows(tmp_path):
    reader = train.load_checkpoint(place("dtypes"))
    whole = reader.get_tensor("int64")
    for rows in (slice(1, 2), slice(0, 0), slice(None), slice(None, None, -1), slice(5, 9)):
        assert reader.get_tensor("int64", rows).tolist() == whole[rows].tolist()
        assert reader.get_tensor("string", rows).tolist() == (
            reader.get_tensor("string")[rows].tolist())
    values = tf.reshape(tf.range(600_000), [600, 1000])
    path = train.Checkpoint(v=tf.Variable(values)).write(tmp_path / "x", for_tensorflow())
    with open(path + ".data-00000-of-00001", "r+b") as file:
        file.seek(400_000)
        file.write(b"\xff")
    assert train.load_checkpoint(path).get_tensor("v", slice(2, 4))[0, 0] == 2000
    with pytest.raises(tf.errors.DataLossError, match="other bytes"):
        train.load_checkpoint(path).get_tensor("v")
    other = train.Checkpoint(v=tf.Variable(values))
    other.restore(path, train.CheckpointOptions(verify=False)).assert_consumed()


def test_the_command_shows_them(capsys):
    main(["checkpoint", "show", place("dtypes")])
    shown = capsys.readouterr().out
    assert "\nbfloat16      bfloat16 (2, 3)    12\n" in shown
    assert f"21 tensors, 459 bytes in {place('dtypes')}.index" in shown


def test_folders_of_tensorflow(tmp_path):
    for path in BUNDLES.glob("tree.*"):
        shutil.copy(path, tmp_path / path.name.replace("tree", "ckpt-5"))
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "ckpt-5"\n')
    assert train.latest_checkpoint(tmp_path) == str(tmp_path / "ckpt-5")
    checkpoint = train.Checkpoint(**PROGRAMS["tree"](tf, 0.0))
    manager = train.CheckpointManager(checkpoint, tmp_path, max_to_keep=1)
    assert manager.restore_or_initialize() == str(tmp_path / "ckpt-5")
    assert manager.save() == str(tmp_path / "ckpt-6")


def test_compressed_indexes(tmp_path):
    for name in ("tree", "large"):
        for path in BUNDLES.glob(f"{name}.data-*"):
            shutil.copy(path, tmp_path)
        entries = read_table((BUNDLES / f"{name}.index").read_bytes())
        table = compressed(entries)
        assert len(table) < len(write_table(entries)) * 1.3
        (tmp_path / f"{name}.index").write_bytes(table)
        parts = PROGRAMS[name](tf, 0.0)
        train.Checkpoint(**parts).restore(tmp_path / name).assert_consumed()
        assert state(parts) == ORACLE["states"][name]


# Writing what TensorFlow has restored ---------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_written_is_what_tensorflow_restored(name, tmp_path):
    parts = PROGRAMS[name](tf, 1.0)
    path = train.Checkpoint(**parts).save(
        tmp_path / name, options(tf, name, format="tensorflow"))
    files = [file for file in tmp_path.iterdir() if file.name != "checkpoint"]
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert found == ORACLE["restored"][name]
    others = PROGRAMS[name](tf, 0.0)
    train.Checkpoint(**others).restore(path).assert_consumed()
    assert state(others) == state(parts)


@pytest.mark.parametrize("name", ["tree", "dtypes", "large", "names", "divided"])
def test_tables_are_written_byte_for_byte_as_tensorflow_does(name):
    table = (BUNDLES / f"{name}.index").read_bytes()
    assert write_table(read_table(table)) == table


def test_entries_are_written_byte_for_byte_as_tensorflow_does(tmp_path):
    """Where tensors stand is each writer's choice; the rest of an entry is not."""
    checkpoint = train.Checkpoint(**PROGRAMS["dtypes"](tf, 1.0))
    checkpoint.save_counter.assign(5)
    path = checkpoint.write(tmp_path / "x", for_tensorflow())
    ours, theirs = (dict(read_table(Path(name + ".index").read_bytes()))
                    for name in (path, place("dtypes")))
    assert ours.keys() == theirs.keys() and ours.pop(b"") == theirs.pop(b"")
    offset = 4
    for name in ours.keys() - {KEY.encode()}:
        first, second = Message(ours[name]), Message(theirs[name])
        for field in {*first._fields, *second._fields} - {offset}:
            assert first._fields[field] == second._fields[field], (name, field)


def test_every_layout_of_memory(tmp_path):
    array = np.arange(3_000_000, dtype=np.float32).reshape(1000, 3000)
    variable = tf.Variable(tf.transpose(tf.constant(array)))
    path = train.Checkpoint(v=variable).write(tmp_path / "x", for_tensorflow())
    assert np.array_equal(train.load_variable(path, "v"), array.T)


def test_values_of_an_object(tmp_path):
    class Counter:
        count, variable = 0, None

        def __checkpoint__(self):
            return {"count": self.count, "a/b": "text", "variable": self.variable}

        def __restore__(self, values):
            self.count = int(values["count"])

    counter, other = Counter(), Counter()
    counter.count, counter.variable, other.variable = 3, tf.Variable(1.0), tf.Variable(0.0)
    path = train.Checkpoint(c=counter).write(tmp_path / "x", for_tensorflow())
    assert [name for name, _ in train.list_variables(path)] == [
        "c/.ATTRIBUTES/a.Sb", "c/.ATTRIBUTES/count", "c/variable"]
    train.Checkpoint(c=other).restore(path).assert_consumed()
    assert (other.count, other.variable.numpy()) == (3, 1.0)


def test_a_rate_that_is_a_schedule_and_no_slots(tmp_path):
    for rate in (0.5, tf.optimizers.schedules.ExponentialDecay(0.5, 2, 0.5)):
        variable = tf.Variable([1.0])
        optimizer = tf.optimizers.SGD(rate)
        checkpoint = train.Checkpoint(v=variable, optimizer=optimizer)
        optimizer.apply_gradients([(tf.constant([1.0]), variable)])
        path = checkpoint.write(tmp_path / "x", for_tensorflow())
        optimizer.iterations.assign(7)
        checkpoint.restore(path).assert_consumed()
        assert int(optimizer.iterations) == 1


def test_one_checkpoint_takes_the_place_of_the_other(tmp_path):
    variable = tf.Variable(1.0)
    checkpoint = train.Checkpoint(v=variable)
    shards = train.experimental.MaxShardSizePolicy(1)
    forms = [for_tensorflow(), train.CheckpointOptions(),
             for_tensorflow(experimental_sharding_callback=shards), for_tensorflow(),
             for_tensorflow(enable_async=True)]
    for number, form in enumerate(forms):
        variable.assign(float(number))
        checkpoint.write(tmp_path / "x", form)
        checkpoint.sync()
        assert train.load_variable(tmp_path / "x", "v") == number
        assert len(os.listdir(tmp_path)) == [2, 1, 3, 2, 2][number]


def test_a_manager_removes_old_ones(tmp_path):
    manager = train.CheckpointManager(train.Checkpoint(v=tf.Variable(1.0)), tmp_path, max_to_keep=1)
    for _ in range(3):
        path = manager.save(options=for_tensorflow())
    assert {file.name for file in tmp_path.iterdir()} == {
        "checkpoint", "ckpt-3.index", "ckpt-3.data-00000-of-00001"}
    assert train.latest_checkpoint(tmp_path) == path


def test_both_formats_are_compared_by_value(tmp_path):
    parts = {"v": tf.Variable([1.0, 2.0]), "text": tf.Variable(["a"]), "same": tf.Variable(1)}
    train.Checkpoint(**parts).write(tmp_path / "theirs", for_tensorflow())
    parts["v"].assign([1.0, 3.0])
    parts["text"].assign(["b"])
    train.Checkpoint(**parts).write(tmp_path / "ours")
    from eagre.state.checkpoint.command import difference_of_checkpoints
    from eagre.state.checkpoint.reader import open_checkpoint

    readers = [open_checkpoint(tmp_path / name) for name in ("theirs", "ours")]
    found = difference_of_checkpoints(*readers)
    assert found.changed == ["text", "v"] and "same" in found.matched


# Damage ---------------------------------------------------------------------------------------


def copy_of(name, folder):
    for path in BUNDLES.glob(f"{name}.*"):
        shutil.copy(path, folder)
    return sorted(path for path in Path(folder).glob(f"{name}.*"))


def refuse(name, folder):
    """Restoring is refused, soon, and changes nothing."""
    parts = PROGRAMS[name](tf, 0.0)
    before = state(parts)
    with pytest.raises(REFUSED) as caught:
        train.Checkpoint(**parts).restore(folder / name, partial=True)
    assert state(parts) == before
    assert str(caught.value).startswith(("restore expected", "restore cannot"))
    return caught.value


@settings(max_examples=120, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_every_flipped_bit_is_found(tmp_path, data):
    path = data.draw(st.sampled_from(copy_of("dtypes", tmp_path)))
    bad = bytearray(path.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(bad) - 1))
    bad[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bad)
    refuse("dtypes", tmp_path)


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_every_cut_is_found(tmp_path, data):
    path = data.draw(st.sampled_from(copy_of("tree", tmp_path)))
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    refuse("tree", tmp_path)


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_indexes_with_right_checksums_and_wrong_contents(tmp_path, data):
    """Another program may write anything with a checksum that fits; nothing else is raised."""
    copy_of("dtypes", tmp_path)
    entries = read_table((BUNDLES / "dtypes.index").read_bytes())
    number = data.draw(st.integers(0, len(entries) - 1))
    key, value = entries[number]
    at = data.draw(st.integers(0, len(value)))
    value = value[:at] + data.draw(st.binary(max_size=6)) + value[at + data.draw(
        st.integers(0, 3)):]
    entries[number] = key, value
    (tmp_path / "dtypes.index").write_bytes(write_table(entries))
    parts = PROGRAMS["dtypes"](tf, 0.0)
    before = state(parts)
    try:
        train.Checkpoint(**parts).restore(tmp_path / "dtypes", partial=True)
    except REFUSED:
        assert state(parts) == before


@settings(max_examples=150, deadline=None, suppress_health_check=FIXTURES)
@given(st.data())
def test_graphs_with_right_checksums_and_wrong_contents(tmp_path, data):
    reader = train.load_checkpoint(place("Adam"))
    arrays = {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    graph = graph_of("Adam")
    at = data.draw(st.integers(0, len(graph)))
    graph = graph[:at] + data.draw(st.binary(max_size=4)) + graph[at + data.draw(
        st.integers(0, 3)):]
    arrays = {name + "/.ATTRIBUTES/VARIABLE_VALUE": np.asarray(value)
              for name, value in arrays.items()}
    write_bundle(str(tmp_path / "x"), {**arrays, KEY: np.array(graph, object)}, 10**6, abs)
    parts = PROGRAMS["Adam"](tf, 0.0)
    before = state(parts)
    try:
        train.Checkpoint(**parts).restore(tmp_path / "x", partial=True)
    except REFUSED:
        assert state(parts) == before


def graph_of(name):
    from eagre.state.checkpoint.tensor_bundle import TensorBundle

    return TensorBundle(place(name) + ".index").read(KEY)[()]


def test_a_file_that_shrinks_after_it_was_opened(tmp_path):
    path = train.Checkpoint(v=tf.Variable([1.0, 2.0])).write(tmp_path / "x", for_tensorflow())
    reader = train.load_checkpoint(path)
    os.truncate(path + ".data-00000-of-00001", 3)
    with pytest.raises(tf.errors.DataLossError, match="an earlier end"):
        reader.get_tensor("v")


@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
@given(st.binary(max_size=100))
def test_random_bytes(tmp_path, data):
    copy_of("tree", tmp_path)
    (tmp_path / "tree.index").write_bytes(data)
    assert isinstance(refuse("tree", tmp_path), tf.errors.DataLossError)

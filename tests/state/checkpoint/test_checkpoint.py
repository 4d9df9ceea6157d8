"""`tf.train.Checkpoint`: what is saved, what is restored, and what is refused."""

import copy
import gc
import json
import os
import pickle
import subprocess
import sys
import weakref

import numpy as np
import pytest
import safetensors
import safetensors.numpy

import eagre as tf
from eagre.debugging.command_line import main
from eagre.state import trackable
from eagre.state.checkpoint import files, saving
from tests.state.checkpoint.models import Counter, Dense, Network, values

train = tf.train
NAMES = [
    "model/first/bias", "model/first/weights", "model/layers/1/bias", "model/layers/1/weights",
    "model/named/7", "model/named/a.Sb", "model/pair/0", "save_counter",
]


@pytest.fixture(autouse=True)
def nothing_waits():
    trackable.waiting.clear()


@pytest.fixture
def saved(tmp_path):
    return train.Checkpoint(model=Network(10.0)).save(tmp_path / "ckpt")


def test_names_are_paths_of_attributes(saved):
    assert [name for name, _ in train.list_variables(saved)] == NAMES
    assert train.load_variable(saved, "model/named/a.Sb") == 13.0
    with_ending = "model/layers/1/bias/.ATTRIBUTES/VARIABLE_VALUE"
    assert train.load_variable(saved, with_ending).tolist() == [12.0]


def test_restores_everything_and_cycles_and_shared_objects(saved):
    network = Network()
    checkpoint = train.Checkpoint(model=network)
    checkpoint.restore(saved).assert_consumed().assert_nontrivial_match()
    assert values(network) == values(Network(10.0))
    assert int(checkpoint.save_counter) == 1
    assert not trackable.waiting


def test_any_tool_reads_the_file(saved):
    with safetensors.safe_open(saved + ".safetensors", "np") as file:
        assert sorted(file.keys()) == NAMES
        assert json.loads(file.metadata()["objects"])["version"] == 1
        assert file.get_tensor("model/first/bias").tolist() == [11.0] * 3


def test_a_file_of_another_tool_is_restored_by_names(tmp_path):
    arrays = {"model/weights": np.ones((2, 3), np.float32), "model/bias": np.zeros(3, np.float32)}
    safetensors.numpy.save_file(arrays, tmp_path / "other.safetensors")
    dense = Dense(2, 3)
    train.Checkpoint(model=dense).restore(tmp_path / "other.safetensors").assert_consumed()
    assert dense.weights.numpy().tolist() == [[1.0] * 3] * 2


@pytest.mark.parametrize("spaces", range(0, 24, 4))
def test_large_tensors_at_any_place_of_a_foreign_file(tmp_path, spaces):
    """Mapped where numbers lie at multiples of their size, else copied: aligned in any case."""
    array = np.arange(300_000, dtype=np.float64)
    header = json.dumps({"v": {"dtype": "F64", "shape": [300_000], "data_offsets": [0, 2_400_000]}})
    header += " " * (-(8 + len(header)) % 8 + spaces)
    data = len(header).to_bytes(8, "little") + header.encode() + array.tobytes()
    (tmp_path / "x.safetensors").write_bytes(data)
    variable = tf.Variable(tf.zeros([300_000], tf.float64))
    train.Checkpoint(v=variable).restore(tmp_path / "x")
    found = variable.handle.array.array
    assert found.tobytes() == array.tobytes() and found.flags.aligned
    assert found.flags.owndata is False and not found.flags.writeable


DTYPES = [
    tf.bool, tf.int8, tf.uint8, tf.int16, tf.uint16, tf.int32, tf.uint32, tf.int64, tf.uint64,
    tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.complex64, tf.complex128,
    *[getattr(tf.dtypes.experimental, name) for name in tf.dtypes.experimental.__all__],
]


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3), (300, 400)])
def test_dtypes_and_shapes(tmp_path, shape):
    random = np.random.default_rng(0)
    arrays = [
        random.integers(0, 2**15, shape).astype(dtype.numpy) * (1 - 2j if dtype.is_complex else 1)
        for dtype in DTYPES
    ]
    variables = [tf.Variable(array, dtype=dtype)
                 for array, dtype in zip(arrays, DTYPES, strict=True)]
    path = train.Checkpoint(variables=variables).write(tmp_path / "x")
    fresh = [tf.Variable(tf.zeros(shape, dtype)) for dtype in DTYPES]
    train.Checkpoint(variables=fresh).restore(path).assert_consumed()
    for old, new in zip(variables, fresh, strict=True):
        assert old.numpy().tobytes() == new.numpy().tobytes(), old.dtype
        assert new.handle.array.array.flags.aligned
    dtypes = train.load_checkpoint(path).get_variable_to_dtype_map()
    assert [dtypes[f"variables/{n}"] for n in range(len(DTYPES))] == DTYPES


def test_strings(tmp_path):
    texts = tf.Variable([[b"", b"a\0b"], ["é".encode(), b"long" * 100]])
    path = train.Checkpoint(texts=texts, one=tf.Variable("x"), none=tf.Variable(
        tf.constant([], tf.string))).write(tmp_path / "x")
    assert train.load_variable(path, "texts").tolist() == texts.numpy().tolist()
    assert train.load_variable(path, "one") == b"x"
    assert train.load_variable(path, "none").shape == (0,)
    reader = train.load_checkpoint(path)
    assert reader.get_tensor("texts", slice(1, 2)).tolist() == texts.numpy()[1:2].tolist()


def test_views_are_written_in_row_major_order(tmp_path):
    array = np.arange(600_000, dtype=np.complex128).reshape(600, 1000)
    turned, sliced = tf.transpose(tf.constant(array)), tf.constant(array)[:, ::3]
    path = train.Checkpoint(a=tf.Variable(turned), b=tf.Variable(sliced)).write(tmp_path / "x")
    assert (train.load_variable(path, "a") == array.T).all()
    assert (train.load_variable(path, "b") == array[:, ::3]).all()


def test_a_subset_reads_only_its_bytes(tmp_path):
    big = tf.Variable(tf.zeros([2**21]))
    path = train.Checkpoint(big=big, small=tf.Variable([1.0, 2.0, 3.0, 4.0])).write(tmp_path / "x")
    with open(path + ".safetensors", "r+b") as file:
        file.seek(-2**22, 2)
        file.write(b"\1")
    small = tf.Variable([0.0] * 4)
    train.Checkpoint(small=small).restore(path)
    assert small.numpy().tolist() == [1.0, 2.0, 3.0, 4.0]
    assert train.load_checkpoint(path).get_tensor("small", slice(1, 3)).tolist() == [2.0, 3.0]
    with pytest.raises(tf.errors.DataLossError, match="'big'"):
        train.load_variable(path, "big")
    checkpoint = train.Checkpoint(big=big)
    with pytest.raises(tf.errors.DataLossError):
        checkpoint.restore(path)
    assert not big.numpy().any()
    checkpoint.restore(path, train.CheckpointOptions(verify=False))
    assert big.numpy().any()


# A part of it, and what is missing ------------------------------------------------------------


def test_a_missing_variable_is_an_error_and_changes_nothing(saved):
    network = Network()
    network.added = tf.Variable([1.0])
    before = values(network)
    with pytest.raises(tf.errors.NotFoundError, match=r"model/added +float32 \(1,\) +- +missing"):
        train.Checkpoint(model=network).restore(saved)
    assert values(network) == before and not trackable.waiting


@pytest.mark.parametrize("misfit", [[1.0, 2.0], [1]])
def test_a_misfit_is_an_error_even_in_part(saved, misfit):
    network = Network()
    network.pair = (tf.Variable(misfit),)
    before = values(network)
    with pytest.raises(tf.errors.InvalidArgumentError, match="another (shape|dtype)"):
        train.Checkpoint(model=network).restore(saved, partial=True)
    assert values(network) == before


def test_partial_and_the_setting(saved, monkeypatch):
    network = Network()
    network.added = tf.Variable([1.0])
    checkpoint = train.Checkpoint(model=network)
    status = checkpoint.restore(saved, partial=True).expect_partial()
    assert float(network.named["a/b"]) == 13.0
    with pytest.raises(AssertionError, match="model/added"):
        status.assert_existing_objects_matched()
    monkeypatch.setattr(train.Checkpoint, "strict", False)
    checkpoint.restore(saved)
    checkpoint.strict = True
    with pytest.raises(tf.errors.NotFoundError):
        checkpoint.restore(saved)


def test_extra_entries_are_pending(saved):
    module = tf.Module()
    module.pair = (tf.Variable([0.0]),)
    status = train.Checkpoint(model=module).restore(saved)
    assert sorted(status.pending) == [name for name in NAMES[:-1] if name != "model/pair/0"]
    with pytest.raises(AssertionError, match="model/first/bias"):
        status.assert_consumed()
    status.assert_existing_objects_matched().assert_nontrivial_match()


def test_a_status_says_what_was_done(saved):
    module = tf.Module()
    module.pair = (tf.Variable([0.0]),)
    status = train.Checkpoint(model=module).restore(saved)
    assert repr(status) == (
        f"<CheckpointLoadStatus of {saved + '.safetensors'!r}: 2 filled, 6 pending>")
    module.named = {7: tf.Variable(0)}
    assert repr(status).endswith("3 filled, 5 pending>")


def test_nothing_matches(saved):
    status = train.Checkpoint(x=tf.Module()).restore(saved)
    with pytest.raises(AssertionError, match="at least one"):
        status.assert_nontrivial_match()


def test_a_failing_object_puts_everything_back(tmp_path):
    path = train.Checkpoint(v=tf.Variable(1.0), a=Counter(5, b"five"), b=Counter(-1)).write(
        tmp_path / "x")
    v, a, b = tf.Variable(2.0), Counter(6, b"six"), Counter(7)
    with pytest.raises(ValueError, match="at least 0"):
        train.Checkpoint(v=v, a=a, b=b).restore(path)
    assert (float(v), a.count, a.text, float(a.variable), b.count) == (2.0, 6, b"six", 6.0, 7)


def test_objects_that_restore_themselves(tmp_path):
    path = train.Checkpoint(counter=Counter(3, "three")).write(tmp_path / "x")
    counter = Counter()
    train.Checkpoint(counter=counter).restore(path).assert_consumed()
    assert (counter.count, counter.text, float(counter.variable)) == (3, b"three", 3.0)


def test_shared_here_and_apart_there(tmp_path):
    path = train.Checkpoint(a=tf.Variable(1.0), b=tf.Variable(2.0)).write(tmp_path / "x")
    one = tf.Variable(0.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="two tensors for one variable"):
        train.Checkpoint(a=one, b=one).restore(path)
    shared = train.Checkpoint(a=one, b=one).write(tmp_path / "y")
    a, b = tf.Variable(3.0), tf.Variable(4.0)
    train.Checkpoint(a=a, b=b).restore(shared).assert_consumed()
    assert float(a) == float(b) == 0.0


def test_root(tmp_path):
    path = train.Checkpoint(root=Network(1.0), step=tf.Variable(9)).save(tmp_path / "x")
    assert ("layers/1/bias", [1]) in train.list_variables(path)
    network, step = Network(), tf.Variable(0)
    train.Checkpoint(network, step=step).restore(path).assert_consumed()
    assert values(network) == values(Network(1.0)) and int(step) == 9


def test_difference(saved):
    network = Network()
    network.names = network.named
    network.layers[1].bias = tf.Variable([0.0, 0.0])
    del network.named
    difference = train.Checkpoint(model=network).diff(saved)
    assert difference.missing == ["model/names/a.Sb", "model/names/7"]
    assert difference.extra == ["model/named/7", "model/named/a.Sb"] or set(difference.extra) == {
        "model/named/7", "model/named/a.Sb"}
    assert difference.mismatched == ["model/layers/1/bias"]
    assert ("model/names/a.Sb", "model/named/a.Sb") in difference.renames
    assert ("model/names/7", "model/named/7") in difference.renames
    assert "missing: model/named/7?" in str(difference) and difference
    assert not train.Checkpoint(model=Network()).diff(saved)


# What appears later ---------------------------------------------------------------------------


def test_attributes_that_appear_later(saved):
    module = tf.Module()
    status = train.Checkpoint(model=module).restore(saved)
    module.pair = (tf.Variable([0.0]),)
    assert module.pair[0].numpy().tolist() == [15.0]
    module.first = tf.Module()
    module.first.bias = tf.Variable([0.0] * 3)
    assert module.first.bias.numpy().tolist() == [11.0] * 3
    module.pair = (tf.Variable([0.0]),)
    assert module.pair[0].numpy().tolist() == [0.0], "a value is given once"
    assert "model/first/weights" in status.pending


def test_lists_and_dictionaries_that_grow_later(saved):
    module = tf.Module()
    module.layers = [Dense(2, 3)]
    module.named = {}
    status = train.Checkpoint(model=module).restore(saved)
    module.layers.append(Dense(3, 1))
    module.named["a/b"] = tf.Variable(0.0)
    module.named.update({7: tf.Variable(0)})
    assert module.layers[1].bias.numpy().tolist() == [12.0]
    assert [float(value) for value in module.named.values()] == [13.0, 14.0]
    assert status.pending == ["model/pair/0"]
    for kind, held in ((list, module.layers), (dict, module.named)):
        assert isinstance(held, kind) and type(copy.copy(held)) is kind
    assert type(pickle.loads(pickle.dumps([*module.named]))) is list


def test_a_list_set_later_grows_later(saved):
    module = tf.Module()
    train.Checkpoint(model=module).restore(saved)
    module.layers = []
    module.layers += [Dense(2, 3)]
    module.layers.extend([Dense(3, 1)])
    assert module.layers[1].weights.numpy().tolist() == [[12.0]] * 3


def test_places_in_a_list_that_are_taken_later(saved):
    module = tf.Module()
    module.layers = [None, None]
    status = train.Checkpoint(model=module).restore(saved)
    module.layers[0] = Dense(2, 3)
    module.layers[-1:] = [Dense(3, 1)]
    assert module.layers[0].bias.numpy().tolist() == [11.0] * 3
    assert module.layers[1].weights.numpy().tolist() == [[12.0]] * 3
    assert not [name for name in status.pending if "first" in name]
    module.layers = []
    train.Checkpoint(model=module).restore(saved)
    module.layers.insert(0, Dense(2, 3))
    module.layers.insert(99, Dense(3, 1))
    assert module.layers[0].bias.numpy().tolist() == [11.0] * 3
    assert module.layers[1].bias.numpy().tolist() == [12.0]
    module.layers[0:0] = []
    assert len(module.layers) == 2


def test_a_list_that_grows_by_another_name_is_not_lost_silently(saved):
    module, layers = tf.Module(), [Dense(2, 3)]
    module.layers = layers
    checkpoint = train.Checkpoint(model=module)
    checkpoint.restore(saved)
    layers.append(Dense(3, 1))
    with pytest.raises(ValueError, match="changed by another name"):
        checkpoint.write(saved)


def test_a_late_misfit_is_an_error(saved):
    module = tf.Module()
    train.Checkpoint(model=module).restore(saved)
    with pytest.raises(tf.errors.InvalidArgumentError, match="another shape"):
        module.pair = (tf.Variable([1.0, 2.0]),)
    assert not hasattr(module, "pair")


def test_what_waits_keeps_nothing_alive(saved):
    module = tf.Module()
    checkpoint = train.Checkpoint(model=module)
    checkpoint.restore(saved)
    assert len(trackable.waiting) == 1
    reference = weakref.ref(module)
    del module, checkpoint
    gc.collect()
    assert reference() is None and not trackable.waiting


def test_the_latest_restore_wins(tmp_path):
    paths = [train.Checkpoint(m=Dense(1, 1, n)).write(tmp_path / str(n)) for n in (1, 2)]
    module = tf.Module()
    checkpoint = train.Checkpoint(m=module)
    for path in paths:
        checkpoint.restore(path)
    module.bias = tf.Variable([0.0])
    assert module.bias.numpy().tolist() == [2.0]


# Optimizers -----------------------------------------------------------------------------------


def trained(steps=2):
    dense, optimizer = Dense(2, 2, 1.0), tf.optimizers.Adam(0.1)
    for step in range(steps):
        grads = [(v * (step + 1.0), v) for v in dense.trainable_variables]
        optimizer.apply_gradients(grads)
    return dense, optimizer


def test_slots_are_bound_to_their_variables_by_path(tmp_path):
    dense, optimizer = trained()
    path = train.Checkpoint(model=dense, optimizer=optimizer).write(tmp_path / "x")
    assert ("model/bias/.OPTIMIZER_SLOT/optimizer/mean", [2]) in train.list_variables(path)
    other, fresh = Dense(2, 2), tf.optimizers.Adam(0.1)
    fresh.build([other.weights, other.bias])
    train.Checkpoint(model=other, optimizer=fresh).restore(path).assert_consumed()
    wanted = {(v.shape, name): slot.numpy().tolist()
              for v, name, slot in optimizer.__checkpoint_slots__()}
    found = {(v.shape, name): slot.numpy().tolist()
             for v, name, slot in fresh.__checkpoint_slots__()}
    assert found == wanted and int(fresh.iterations) == 2


def test_slots_that_are_made_later(tmp_path):
    dense, optimizer = trained()
    path = train.Checkpoint(model=dense, optimizer=optimizer).write(tmp_path / "x")
    other, fresh = Dense(2, 2), tf.optimizers.Adam(0.1)
    checkpoint = train.Checkpoint(model=other)
    checkpoint.restore(path)
    checkpoint.optimizer = fresh
    for model, each in ((dense, optimizer), (other, fresh)):
        each.apply_gradients([(tf.ones_like(v.value()), v) for v in model.variables])
    assert values(dense) == values(other) != values(Dense(2, 2, 1.0))


def test_slots_of_variables_out_of_reach(tmp_path):
    _, optimizer = trained()
    checkpoint = train.Checkpoint(optimizer=optimizer)
    with pytest.raises(ValueError, match="to be reachable"):
        checkpoint.write(tmp_path / "x")
    options = train.CheckpointOptions(experimental_skip_slot_variables=True)
    path = checkpoint.write(tmp_path / "x", options)
    names = [name for name, _ in train.list_variables(path)]
    assert "optimizer/iterations" in names and not any("SLOT" in name for name in names)


def test_random_generators(tmp_path):
    generator = tf.random.Generator.from_seed(5)
    generator.normal([3])
    path = train.Checkpoint(random=generator).write(tmp_path / "x")
    other = tf.random.Generator.from_seed(6)
    train.Checkpoint(random=other).restore(path).assert_consumed()
    assert other.normal([4]).numpy().tobytes() == generator.normal([4]).numpy().tobytes()


# Files ----------------------------------------------------------------------------------------


SHARDED = train.CheckpointOptions(
    experimental_sharding_callback=train.experimental.MaxShardSizePolicy(20))


def test_shards(tmp_path):
    checkpoint = train.Checkpoint(v=[tf.Variable([float(n)] * 4) for n in range(5)])
    path = checkpoint.write(tmp_path / "x", SHARDED)
    index = json.loads((tmp_path / "x.safetensors.index.json").read_text())
    assert index["weight_map"]["v/4"] == "x-00005-of-00005.safetensors"
    assert index["metadata"]["total_size"] == 80
    fresh = [tf.Variable([9.0] * 4) for _ in range(5)]
    train.Checkpoint(v=fresh).restore(path).assert_consumed()
    assert [float(v[0]) for v in fresh] == [0.0, 1.0, 2.0, 3.0, 4.0]
    first = set(os.listdir(tmp_path))
    fresh[0].assign([7.0] * 4)
    train.Checkpoint(v=fresh).write(path, SHARDED)
    second = set(os.listdir(tmp_path))
    assert len(second) == 6 and len(first & second) == 1
    assert train.load_variable(path, "v/0")[0] == 7.0
    train.Checkpoint(v=fresh).write(path)
    assert os.listdir(tmp_path) == ["x.safetensors"]
    files.remove_checkpoint(path)
    assert not os.listdir(tmp_path)


def test_a_shard_of_another_checkpoint_is_noticed(tmp_path):
    for number in range(2):
        variables = [tf.Variable([number] * 4) for _ in range(2)]
        (tmp_path / str(number)).mkdir()
        train.Checkpoint(v=variables).write(tmp_path / str(number) / "x", SHARDED)
    name = "x-00001-of-00002.safetensors"
    os.replace(tmp_path / "1" / name, tmp_path / "0" / name)
    with pytest.raises(tf.errors.DataLossError, match="shards that it was written with"):
        train.list_variables(tmp_path / "0" / "x")


def test_saving_needs_little_memory(tmp_path):
    """What is written lies in memory once: blocks of views are the only copies."""
    import tracemalloc

    array = np.zeros((4096, 2048), np.float32)
    checkpoint = train.Checkpoint(a=tf.Variable(array), b=tf.Variable(tf.transpose(array)))
    tracemalloc.start()
    checkpoint.write(tmp_path / "x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


# Threads --------------------------------------------------------------------------------------


def test_a_thread_writes_what_was_there_when_it_was_asked(tmp_path, monkeypatch):
    from threading import Event

    may_write, write = Event(), saving.write_checkpoint

    def slow(*arguments):
        assert may_write.wait(10)
        write(*arguments)

    monkeypatch.setattr(saving, "write_checkpoint", slow)
    told = []
    options = train.CheckpointOptions(
        enable_async=True, experimental_write_callbacks=[told.append, lambda: told.append(0)])
    network, counter = Network(1.0), np.array([1, 2])

    class Holder(train.Trackable):
        def __checkpoint__(self):
            return {"counter": counter}

    checkpoint = train.Checkpoint(model=network, holder=Holder())
    path = checkpoint.save(tmp_path / "x", options)
    network.layers[0].bias.assign([0.0] * 3)
    counter[:] = 0
    assert not os.listdir(tmp_path) and not told
    may_write.set()
    checkpoint.sync()
    assert told == [path, 0] and train.latest_checkpoint(tmp_path) == path
    assert train.load_variable(path, "model/first/bias").tolist() == [2.0] * 3
    assert train.load_variable(path, "holder/counter").tolist() == [1, 2]


def test_the_error_of_a_thread_is_raised_later(tmp_path):
    (tmp_path / "x-1.safetensors").mkdir()
    options = train.CheckpointOptions(enable_async=True)
    checkpoint = train.Checkpoint(v=tf.Variable(1.0))
    checkpoint.save(tmp_path / "x", options)
    with pytest.raises(tf.errors.OpError, match="cannot write"):
        checkpoint.sync()
    checkpoint.sync()
    assert train.latest_checkpoint(tmp_path) is None
    assert [name for name in os.listdir(tmp_path) if name.endswith(".partial")] == []


# The command ----------------------------------------------------------------------------------


def test_the_command(tmp_path, capsys):
    path = train.Checkpoint(v=tf.Variable([1.0, 2.0])).save(tmp_path / "a")
    other = train.Checkpoint(v=tf.Variable([1.0, 3.0]), w=tf.Variable(1)).save(tmp_path / "b")
    shown = subprocess.run(
        [sys.executable, "-m", "eagre", "checkpoint", "show", str(tmp_path)],
        capture_output=True, text=True, check=True)
    assert "v             float32 (2,)  8" in shown.stdout
    assert main(["checkpoint", "diff", path, other]) == 0
    difference = capsys.readouterr().out
    assert "other values" in difference and "extra" in difference
    assert main(["checkpoint", "show", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.startswith("checkpoint expected")


def test_files_without_checksums_are_compared_by_value(tmp_path, capsys):
    for name, last in (("a", 2.0), ("b", 3.0)):
        arrays = {"v": np.array([1.0, last]), "same": np.arange(5)}
        safetensors.numpy.save_file(arrays, tmp_path / f"{name}.safetensors")
    assert main(["checkpoint", "diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1].split() == ["v", "float64", "(2,)", "float64", "(2,)", "other", "values"]
    assert shown[2:] == ["1 matched"]


def test_python_state(tmp_path):
    class Position(train.experimental.PythonState):
        line = b""

        def serialize(self):
            return self.line

        def deserialize(self, string_value):
            self.line = string_value

    position, other = Position(), Position()
    position.line = b"\0\1"
    path = train.Checkpoint(p=position).write(tmp_path / "x")
    train.Checkpoint(p=other).restore(path).assert_consumed()
    assert other.line == b"\0\1"


def test_no_checkpoint_is_no_restore():
    status = train.Checkpoint(v=tf.Variable(1.0)).restore(None)
    assert status.expect_partial() is status
    for method in ("assert_consumed", "assert_existing_objects_matched", "assert_nontrivial_match"):
        with pytest.raises(AssertionError, match="save_path=None"):
            getattr(status, method)()

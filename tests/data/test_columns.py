"""Rows of Arrow tables, Parquet and Arrow files, and datasets of Hugging Face and PyTorch."""

import json
import sys
import types

import numpy as np
import pyarrow
import pytest
from pyarrow import ipc, parquet

import eagre as tf

D = tf.data.Dataset
COUNT = 23


def table(count=COUNT, first=0):
    numbers = np.arange(first, first + count)
    return pyarrow.table({
        "number": numbers,
        "value": (numbers / 7).astype(np.float32),
        "word": [f"word {n}" for n in numbers],
        "raw": pyarrow.array([bytes([n % 256]) * (n % 3) for n in numbers], pyarrow.binary()),
        "flag": numbers % 3 == 0,
        "pair": pyarrow.FixedSizeListArray.from_arrays(np.arange(2 * count, dtype=np.int16), 2),
        "kind": pyarrow.array([f"k{n % 2}" for n in numbers]).dictionary_encode(),
    })


def rows(value):
    """The rows of a table, as Python has them."""
    def plain(x):
        return x.encode() if isinstance(x, str) else x

    return [{key: plain(x) for key, x in each.items()} for each in value.to_pylist()]


def plain(dataset):
    return [{key: x.tolist() if isinstance(x, np.ndarray) else getattr(x, "item", lambda x=x: x)()
             for key, x in each.items()} for each in dataset.as_numpy_iterator()]


def write(path, value, kind):
    if kind == "parquet":
        parquet.write_table(value, path, row_group_size=5)
        return
    new = ipc.new_file if kind == "file" else ipc.new_stream
    with pyarrow.OSFile(path, "wb") as file, new(file, value.schema) as writer:
        writer.write_table(value, max_chunksize=4)


def dataset_of(paths, kind, **options):
    kinds = {"parquet": tf.data.ParquetDataset}
    return kinds.get(kind, tf.data.ArrowDataset)(paths, **options)


@pytest.fixture(params=["parquet", "file", "stream"])
def files(request, tmp_path):
    paths = [str(tmp_path / f"{n}") for n in range(3)]
    for n, path in enumerate(paths):
        write(path, table([7, 0, 16][n], [0, 7, 7][n]), request.param)
    return paths, request.param


def test_rows_of_files(files):
    paths, kind = files
    wanted = rows(table())
    for n, row in enumerate(wanted):
        row["pair"] = [2 * (n if n < 7 else n - 7), 2 * (n if n < 7 else n - 7) + 1]
    dataset = dataset_of(paths, kind)
    assert plain(dataset) == wanted and len(dataset) == COUNT
    assert dataset.element_spec["pair"] == tf.TensorSpec([2], tf.int16)
    assert dataset.element_spec["word"] == tf.TensorSpec([], tf.string)
    batches = list(dataset.batch(6).as_numpy_iterator())
    assert np.concatenate([batch["value"] for batch in batches]).tolist() == [
        row["value"] for row in wanted]
    few = dataset_of(paths, kind, columns=["word", "flag"])
    assert list(few.element_spec) == ["word", "flag"]
    assert plain(few) == [{"word": row["word"], "flag": row["flag"]} for row in wanted]
    assert tf.data.experimental.at(dataset, 9)["word"].numpy() == b"word 9"
    for place, row in enumerate(plain(dataset.skip(5).take(9))):
        assert row == wanted[5 + place]


def test_files_resume_at_each_row(files):
    paths, kind = files
    for dataset in (dataset_of(paths, kind, columns=["number"]),
                    dataset_of(paths, kind, columns=["number"]).batch(4).prefetch(2),
                    D.from_table(table(), ["number"]).shuffle(COUNT).repeat(2).batch(3)):
        iterator = iter(dataset)
        states, found = [iterator.state()], []
        for element in iterator:
            found.append(element["number"].numpy().tolist())
            states.append(iterator.state())
        for place, state in enumerate(states):
            other = iter(dataset)
            other.restore(json.loads(json.dumps(state)))
            assert [x["number"].numpy().tolist() for x in other] == found[place:]


def test_bad_files(tmp_path):
    good, bad = str(tmp_path / "good"), str(tmp_path / "bad")
    write(good, table(), "parquet")
    with open(good, "rb") as file:
        contents = file.read()
    for damaged in (contents[:50], contents[:-20], b"", b"PAR1"):
        with open(bad, "wb") as file:
            file.write(damaged)
        with pytest.raises(tf.errors.DataLossError, match="ParquetDataset expected whole Parquet"):
            list(tf.data.ParquetDataset(bad))
        with pytest.raises(tf.errors.DataLossError, match="ArrowDataset expected whole Arrow"):
            list(tf.data.ArrowDataset(bad))
    for kind in (tf.data.ParquetDataset, tf.data.ArrowDataset):
        with pytest.raises(tf.errors.NotFoundError, match="expected files that exist"):
            kind(str(tmp_path / "none"))
        with pytest.raises(tf.errors.InvalidArgumentError, match="at least one file"):
            kind(tf.constant([], tf.string))
    with pytest.raises(tf.errors.InvalidArgumentError, match="names of columns out of"):
        tf.data.ParquetDataset(good, columns=["nobody"])
    write(bad, table().rename_columns(list("abcdefg")), "parquet")
    with pytest.raises(tf.errors.InvalidArgumentError, match="columns out of|one schema"):
        list(tf.data.ParquetDataset([good, bad]))
    write(bad, pyarrow.table({"x": [1, None, 3]}), "parquet")
    with pytest.raises(tf.errors.InvalidArgumentError, match="columns without nulls. .* 1 nulls"):
        list(tf.data.ParquetDataset(bad))
    write(bad, pyarrow.table({"x": [{"a": 1}]}), "parquet")
    with pytest.raises(tf.errors.InvalidArgumentError, match="column 'x' of type struct"):
        tf.data.ParquetDataset(bad)


def test_numbers_of_tables_are_not_copied():
    values = np.arange(10.0)
    source = pyarrow.table({"x": values})
    dataset = D.from_table(source)
    assert np.shares_memory(dataset.span(2, 5)[0], values)
    assert [batch["x"].numpy().tolist() for batch in dataset.batch(6)] == [
        [0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]
    with pytest.raises(TypeError, match="from_table expected a pyarrow Table or a dataset"):
        D.from_table([1, 2])


def test_hugging_face():
    from datasets import Dataset

    lists = [[1], [2, 3], [], [4, 5, 6]]
    source = Dataset.from_dict({"n": [0, 1, 2, 3], "text": list("abcd"), "ids": lists})
    dataset = D.from_table(source)
    assert dataset.element_spec["ids"] == tf.TensorSpec([None], tf.int64)
    assert [x["ids"].numpy().tolist() for x in dataset] == lists
    padded = dataset.padded_batch(4).get_single_element()
    assert padded["ids"].numpy().tolist() == [[1, 0, 0], [2, 3, 0], [0, 0, 0], [4, 5, 6]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="padded_batch"):
        list(dataset.batch(2))
    chosen = D.from_table(source.select([3, 1]), ["n", "text"]).shuffle(2, seed=1)
    assert sorted(x["n"].item() for x in chosen.as_numpy_iterator()) == [1, 3]
    assert [x["text"].numpy().tolist() for x in D.from_table(source, "text").batch(3)] == [
        [b"a", b"b", b"c"], [b"d"]]


def test_data_frames():
    import pandas

    frame = pandas.DataFrame({"a": [1, 2], "b": [1.5, 2.5], "c": ["x", "y"]})
    assert list(D.from_tensor_slices(dict(frame)).as_numpy_iterator()) == [
        {"a": 1, "b": 1.5, "c": b"x"}, {"a": 2, "b": 2.5, "c": b"y"}]
    found = list(D.from_tensor_slices(frame[["a", "b"]]).as_numpy_iterator())
    assert [each.tolist() for each in found] == [[1.0, 1.5], [2.0, 2.5]]


# PyTorch, of which there are stand-ins here ---------------------------------------------------


class Tensor:
    """A tensor as PyTorch has it, as far as anybody looks."""

    def __init__(self, value):
        self.value = np.asarray(value)

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.value


class Items:
    """A dataset with numbers."""

    def __len__(self):
        return 9

    def __getitem__(self, index):
        return {"x": Tensor(np.full([2], index, np.float32)), "y": index}


class Loader:
    """A loader, which gives lists of batches."""

    batch_sampler = None

    def __len__(self):
        return 2

    def __iter__(self):
        for size in (3, 2):
            yield [Tensor(np.ones([size, 4], np.float32)), Tensor(np.arange(size))]


def test_from_torch():
    dataset = D.from_torch(Items())
    assert dataset.element_spec["x"] == tf.TensorSpec([None], tf.float32)
    assert [int(each["y"]) for each in dataset] == list(range(9)) and len(dataset) == 9
    shuffled = dataset.shuffle(9, seed=1).batch(4)
    assert "a permutation of numbers" in shuffled.explain()
    assert sorted(np.concatenate([each["y"] for each in shuffled]).tolist()) == list(range(9))
    batches = D.from_torch(Loader())
    assert [(x.shape[0], y.numpy().tolist()) for x, y in batches] == [(3, [0, 1, 2]), (2, [0, 1])]
    assert batches.element_spec[0] == tf.TensorSpec([None, None], tf.float32)
    signature = {"x": tf.TensorSpec([3], tf.float32), "y": tf.TensorSpec([], tf.int32)}
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected items that fit .* item 0"):
        list(D.from_torch(Items(), signature))
    with pytest.raises(TypeError, match="from_torch expected a dataset or a DataLoader"):
        D.from_torch(3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="at least one element"):
        D.from_torch(iter([]))


def test_as_torch(monkeypatch):
    torch_data = types.ModuleType("torch.utils.data")
    torch_data.IterableDataset = type("IterableDataset", (), {})
    worker = types.SimpleNamespace(id=1, num_workers=3)
    torch_data.get_worker_info = lambda: worker
    dataset = D.range(10).map(lambda x: x * x)
    monkeypatch.delitem(sys.modules, "torch.utils.data", raising=False)
    with pytest.raises(ImportError, match="as_torch expected torch.utils.data to be imported"):
        dataset.as_torch()
    monkeypatch.setitem(sys.modules, "torch.utils.data", torch_data)
    elements = dataset.as_torch()
    assert isinstance(elements, torch_data.IterableDataset) and len(elements) == 10
    assert list(elements) == [1, 16, 49]
    parts = []
    for worker.id in range(3):
        parts += list(elements)
    assert sorted(parts) == [n * n for n in range(10)]
    worker = None
    assert list(elements) == [n * n for n in range(10)]
    assert not hasattr(dataset.filter(lambda x: x > 3).as_torch(), "__len__")

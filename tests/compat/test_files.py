"""How TensorFlow 1 calls files and records."""

import pytest

import eagre as tf

v1 = tf.compat.v1


def example(number):
    value = v1.train.Feature(int64_list=v1.train.Int64List(value=[number]))
    features = v1.train.Features(feature={"x": value})
    return v1.train.Example(features=features).SerializeToString()


@pytest.mark.parametrize("compression", [None, "GZIP", "ZLIB"])
def test_records_are_written_gone_through_and_parsed(tmp_path, compression):
    path = str(tmp_path / "some.tfrecord")
    options = None if compression is None else v1.python_io.TFRecordOptions(compression)
    with v1.python_io.TFRecordWriter(path, options) as writer:
        for number in range(3):
            writer.write(example(number))
    records = list(v1.io.tf_record_iterator(path, options))
    assert records == [example(number) for number in range(3)]
    parsed = v1.parse_example(records, {"x": v1.FixedLenFeature([], tf.int64)})
    assert parsed["x"].numpy().tolist() == [0, 1, 2]


def test_an_iterator_says_that_there_is_no_file(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match="missing"):
        list(v1.python_io.tf_record_iterator(str(tmp_path / "missing")))


def test_files_and_folders(tmp_path):
    folder = str(tmp_path / "a" / "b")
    v1.gfile.MakeDirs(folder)
    assert v1.gfile.Exists(folder) and v1.gfile.IsDirectory(folder)
    with v1.gfile.Open(folder + "/c.txt", "w") as file:
        file.write("text")
    assert v1.read_file(folder + "/c.txt").numpy() == b"text"
    assert v1.gfile.ListDirectory(folder) == ["c.txt"]
    v1.gfile.DeleteRecursively(str(tmp_path / "a"))
    assert not v1.gfile.Exists(folder)


def test_patches_of_images():
    images = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    wanted = tf.image.extract_patches(images, [1, 2, 2, 1], [1, 2, 2, 1], [1] * 4, "SAME")
    found = v1.image.extract_image_patches(
        images, ksizes=[1, 2, 2, 1], strides=[1, 2, 2, 1], rates=[1] * 4, padding="SAME")
    assert (found.numpy() == wanted.numpy()).all()


def test_names_that_are_not_there():
    for module in (v1.io, v1.train):
        with pytest.raises(AttributeError, match=r"tf\.compat\.v1\..*cannot be found"):
            _ = module.surely_not_there


def test_a_dataset_becomes_a_file(tmp_path):
    path = str(tmp_path / "some.tfrecord")
    words = tf.data.Dataset.from_tensor_slices(["a", "", "ccc"])
    tf.data.experimental.TFRecordWriter(path, "GZIP").write(words)
    assert list(tf.data.TFRecordDataset(path, "GZIP").as_numpy_iterator()) == [b"a", b"", b"ccc"]


@pytest.mark.parametrize(("dataset", "text"), [
    (3, "expected a dataset. Received: dataset=3"),
    (tf.data.Dataset.range(2), "expected a dataset of string scalars. Received: element_spec="),
])
def test_what_a_writer_of_datasets_refuses(tmp_path, dataset, text):
    writer = tf.data.experimental.TFRecordWriter(str(tmp_path / "some.tfrecord"))
    with pytest.raises(TypeError, match=f"TFRecordWriter.write {text}"):
        writer.write(dataset)

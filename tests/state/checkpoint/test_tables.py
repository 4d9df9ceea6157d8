"""The messages that show a table, as a user reads them."""

import pytest

import eagre as tf

train = tf.train


def test_tables(tmp_path, golden):
    """All in one text: a difference, the error of a restore, those of its status."""
    saved = train.Checkpoint(
        weights=tf.Variable(tf.zeros([2, 3])), bias=tf.Variable([1.0]), step=tf.Variable(1),
        names=tf.Variable(["a"])).save(tmp_path / "ckpt")
    checkpoint = train.Checkpoint(
        weight=tf.Variable(tf.zeros([2, 3])), bias=tf.Variable([1.0, 2.0]), step=tf.Variable(1))
    texts = [str(checkpoint.diff(saved))]
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        checkpoint.restore(saved)
    texts.append(str(error.value))
    del checkpoint.bias
    with pytest.raises(tf.errors.NotFoundError) as error:
        checkpoint.restore(saved)
    texts.append(str(error.value))
    status = checkpoint.restore(saved, partial=True)
    with pytest.raises(AssertionError) as error:
        status.assert_consumed()
    texts.append(str(error.value))
    del checkpoint.weight
    with pytest.raises(AssertionError) as error:
        status.assert_consumed()
    texts.append(str(error.value))
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        checkpoint.bias = tf.Variable(1)
    texts.append(str(error.value))
    golden("tables", "\n\n".join(texts).replace(str(tmp_path), "FOLDER"))

"""Clipping by value, by norm and by global norm, as TensorFlow does it, slices and None too."""

import numpy as np
import pytest

import eagre as tf
from tests.oracle.make_optimizers import LISTS, cases, plain, tensor_of


def compare(found, wanted):
    assert (found is None) == (wanted is None)
    if found is not None:
        np.testing.assert_allclose(found, wanted, rtol=1e-6)


@pytest.mark.parametrize("name", LISTS)
def test_by_global_norm(name):
    tensors = [tensor_of(tf, each) for each in LISTS[name]]
    clipped, length = tf.clip_by_global_norm(tensors, 2.0)
    np.testing.assert_allclose(length, cases("clipped")[name]["length"], rtol=1e-6)
    for before, after, wanted in zip(
            tensors, clipped, cases("clipped")[name]["global"], strict=True):
        assert isinstance(after, tf.IndexedSlices) == isinstance(before, tf.IndexedSlices)
        compare(plain(tf, after), wanted)


@pytest.mark.parametrize("way", ["norm", "value"])
@pytest.mark.parametrize("name", LISTS)
def test_one_by_one(name, way):
    tensors = [tensor_of(tf, each) for each in LISTS[name] if each is not None]
    for tensor, wanted in zip(tensors, cases("clipped")[name][way], strict=True):
        if way == "norm":
            found = tf.clip_by_norm(tensor, 2.0)
        else:
            found = tf.clip_by_value(tensor, -1.0, 2.0)
        assert isinstance(found, tf.IndexedSlices) == isinstance(tensor, tf.IndexedSlices)
        compare(plain(tf, found), wanted)

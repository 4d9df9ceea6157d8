"""What is drawn by chance and in no oracle: each outcome is one of those that there may be."""

import numpy as np

import eagre as tf


def test_shuffle_and_repeat_gives_all_elements_in_each_pass():
    transformation = tf.data.experimental.shuffle_and_repeat(10, 3, seed=4)
    found = [int(x) for x in tf.data.Dataset.range(10).apply(transformation)]
    passes = [found[:10], found[10:20], found[20:]]
    assert all(sorted(each) == list(range(10)) for each in passes)
    assert len({tuple(each) for each in passes}) == 3


def test_random_flips_are_a_picture_or_its_mirror_image():
    picture = np.arange(6, dtype=np.float32).reshape(1, 6, 1)
    found = [tf.image.random_flip_left_right(picture, seed).numpy().ravel() for seed in range(40)]
    kinds = {tuple(each) for each in found}
    assert kinds == {tuple(range(6)), tuple(range(5, -1, -1))}

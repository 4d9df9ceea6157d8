"""k-means: Lloyd's algorithm finds the groups in a cloud of points.

The first centers are drawn as k-means++ does (Arthur and Vassilvitskii, SODA 2007): each new one
far from those that there are.

    python examples/k_means.py [--clusters 5] [--samples 2000]
"""

from __future__ import annotations

import argparse

import eagre as tf


def make_points(samples, clusters):
    """Points around random places, and the group that each belongs to."""
    places = tf.random.uniform([clusters, 2], -10.0, 10.0)
    groups = tf.random.uniform([samples], maxval=clusters, dtype=tf.int32)
    return tf.gather(places, groups) + tf.random.normal([samples, 2], stddev=0.7), groups


def squared_distances(points, centers):
    """From each point to each center: [points, centers]."""
    return tf.reduce_sum((points[:, tf.newaxis] - centers) ** 2, axis=-1)


def first_centers(points, clusters):
    """Points far from each other: chosen with odds in proportion to the squared distance."""
    chosen = tf.random.uniform([], maxval=len(points), dtype=tf.int32)
    centers = points[chosen][tf.newaxis]
    while len(centers) < clusters:
        nearest = tf.reduce_min(squared_distances(points, centers), axis=1)
        drawn = tf.random.categorical(tf.math.log(nearest)[tf.newaxis], 1)[0, 0]
        centers = tf.concat([centers, points[drawn][tf.newaxis]], axis=0)
    return centers


@tf.function
def update(points, centers):
    """One step: assign each point to its nearest center, move the centers to their means."""
    distances = squared_distances(points, centers)
    assignment = tf.argmin(distances, axis=1, output_type=tf.int32)
    inertia = tf.reduce_sum(tf.reduce_min(distances, axis=1))
    means = tf.math.unsorted_segment_mean(points, assignment, num_segments=centers.shape[0])
    counts = tf.math.bincount(assignment, minlength=centers.shape[0])
    # A center without points stays where it is.
    return tf.where((counts > 0)[:, tf.newaxis], means, centers), assignment, inertia


def main(clusters=5, samples=2000, seed=1):
    """Cluster until nothing moves; returns centers, assignment, true groups and the inertias."""
    tf.random.set_seed(seed)
    points, groups = make_points(samples, clusters)
    centers = first_centers(points, clusters)
    inertias = []
    for step in range(100):
        previous = centers
        centers, assignment, inertia = update(points, previous)
        inertias.append(float(inertia))
        print(f"step {step:2}: inertia {inertia:12.3f}")
        if tf.reduce_all(centers == previous):
            break
    for center, count in zip(centers, tf.math.bincount(assignment), strict=True):
        print(f"{count:5d} points around ({center[0]:6.2f}, {center[1]:6.2f})")
    return centers, assignment, groups, inertias


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clusters", type=int, default=5)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    main(**vars(parser.parse_args()))

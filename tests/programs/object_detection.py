"""Boxes around things: overlaps, anchors, the focal loss, and the suppression of neighbors.

Lin et al., Focal loss for dense object detection, ICCV 2017; generalized overlap by Rezatofighi et
al., CVPR 2019.
"""

import numpy as np

import eagre as tf


def areas(boxes):
    top, left, bottom, right = tf.unstack(boxes, axis=-1)
    return tf.maximum(bottom - top, 0.0) * tf.maximum(right - left, 0.0)


def overlaps(a, b):
    """Intersection over union of each of [n, 4] with each of [m, 4], and the generalized one."""
    a, b = a[:, tf.newaxis], b[tf.newaxis]
    inner = tf.concat([tf.maximum(a[..., :2], b[..., :2]), tf.minimum(a[..., 2:], b[..., 2:])], -1)
    outer = tf.concat([tf.minimum(a[..., :2], b[..., :2]), tf.maximum(a[..., 2:], b[..., 2:])], -1)
    inside = areas(inner)
    union = areas(a) + areas(b) - inside
    whole = areas(outer)
    return inside / union, inside / union - (whole - union) / whole


def make_anchors(size=4, scales=(0.2, 0.4)):
    centers = (tf.range(size, dtype=tf.float32) + 0.5) / size
    y, x, scale = tf.meshgrid(centers, centers, tf.constant(scales), indexing="ij")
    y, x, half = (tf.reshape(each, [-1]) for each in (y, x, scale / 2))
    return tf.stack([y - half, x - half, y + half, x + half], axis=1)


def match(anchors, truth, threshold=0.4):
    """For each anchor the number of its box, -1 where it has none; each box has its best anchor."""
    overlap, _ = overlaps(anchors, truth)
    best = tf.argmax(overlap, axis=1, output_type=tf.int32)
    matched = tf.where(tf.reduce_max(overlap, axis=1) >= threshold, best, -1)
    favorites = tf.argmax(overlap, axis=0)
    numbers = tf.range(tf.shape(truth)[0])
    return tf.tensor_scatter_nd_update(matched, favorites[:, tf.newaxis], numbers)


def focal_loss(labels, logits, alpha=0.25, gamma=2.0):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    probability = tf.sigmoid(logits)
    right = labels * probability + (1 - labels) * (1 - probability)
    weight = labels * alpha + (1 - labels) * (1 - alpha)
    return tf.reduce_sum(weight * (1 - right) ** gamma * entropy)


def main(steps=12):
    rng = np.random.default_rng(41)
    anchors = make_anchors()
    corner = rng.uniform(0, 0.6, (3, 2))
    truth = tf.constant(np.hstack([corner, corner + rng.uniform(0.2, 0.4, (3, 2))]), tf.float32)
    classes = tf.constant([0, 1, 1])
    matched = match(anchors, truth)
    positive = matched >= 0
    labels = tf.one_hot(tf.where(positive, tf.gather(classes, tf.maximum(matched, 0)), -1), 2)
    logits = tf.Variable(tf.fill([len(anchors), 2], -2.0))
    shifts = tf.Variable(tf.zeros([len(anchors), 4]))
    optimizer = tf.optimizers.Adam(0.1)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            found = tf.boolean_mask(anchors + shifts, positive)
            wanted = tf.gather(truth, tf.boolean_mask(matched, positive))
            _, generalized = overlaps(found, wanted)
            box_loss = tf.reduce_sum(1.0 - tf.linalg.diag_part(generalized))
            loss = focal_loss(labels, logits) + box_loss
        variables = [logits, shifts]
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss, box_loss

    history = [step() for _ in range(steps)]
    scores = tf.reduce_max(tf.sigmoid(logits), axis=1)
    boxes = anchors + shifts
    kept = tf.image.non_max_suppression(boxes, scores, 5, iou_threshold=0.3, score_threshold=0.1)
    soft, soft_scores = tf.image.non_max_suppression_with_scores(
        boxes, scores, 5, soft_nms_sigma=0.5)
    picture = tf.zeros([1, 24, 24, 3])
    drawn = tf.image.draw_bounding_boxes(picture, tf.gather(boxes, kept)[None], [[1.0, 0.0, 0.5]])
    crops = tf.image.crop_and_resize(drawn, tf.gather(boxes, kept[:2]), [0, 0], [5, 5])
    return {
        "losses": [loss for loss, _ in history],
        "box_losses": [loss for _, loss in history],
        "matched": matched,
        "kept": kept,
        "soft": soft,
        "soft_scores": soft_scores,
        "boxes": tf.gather(boxes, kept),
        "crops": crops,
    }

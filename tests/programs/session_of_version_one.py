"""Softmax regression as it was written in 2016: a graph by hand, placeholders and a session."""

import numpy as np

import eagre as tf

v1 = tf.compat.v1


def build(features, classes, seed=4):
    x = v1.placeholder(tf.float32, [None, features], name="x")
    labels = v1.placeholder(tf.int32, [None], name="labels")
    keep = v1.placeholder_with_default(1.0, [], name="keep")
    with v1.variable_scope("softmax", reuse=v1.AUTO_REUSE):
        w = v1.get_variable("w", [features, classes], initializer=v1.zeros_initializer())
        b = v1.get_variable("b", [classes], initializer=tf.constant_initializer(0.1))
    logits = tf.matmul(x * keep, w) + b
    with tf.name_scope("training"):
        losses = v1.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        loss = tf.reduce_mean(losses, name="loss")
        step = v1.train.get_or_create_global_step()
        rate = v1.train.exponential_decay(0.5, step, decay_steps=5, decay_rate=0.8)
        optimizer = v1.train.MomentumOptimizer(rate, momentum=0.5)
        train = optimizer.minimize(loss, global_step=step)
    gradients = v1.gradients(loss, [w, b])
    right = tf.equal(tf.argmax(logits, 1), tf.cast(labels, tf.int64))
    accuracy = tf.reduce_mean(tf.cast(right, tf.float32), name="accuracy")
    return {"x": x, "labels": labels, "keep": keep, "loss": loss, "train": train, "rate": rate,
            "gradients": gradients, "accuracy": accuracy, "step": step}


def main(steps=10, batch=20, features=5, classes=3):
    rng = np.random.default_rng(34)
    centers = rng.normal(size=(classes, features)) * 2
    with tf.Graph().as_default() as graph:
        nodes = build(features, classes)
        losses, rates = [], []
        with v1.Session(graph=graph) as session:
            session.run(v1.global_variables_initializer())
            for _ in range(steps):
                labels = rng.integers(classes, size=batch)
                x = centers[labels] + rng.normal(size=(batch, features))
                feed = {nodes["x"]: x, nodes["labels"]: labels}
                _, loss, rate = session.run([nodes["train"], nodes["loss"], nodes["rate"]], feed)
                losses.append(loss)
                rates.append(rate)
            accuracy, gradients = session.run([nodes["accuracy"], nodes["gradients"]], feed)
            dimmed = session.run("training/loss:0", {**feed, nodes["keep"]: 0.5})
            names = sorted(variable.name for variable in v1.trainable_variables())
            step = session.run(nodes["step"])
    return {"losses": losses, "rates": rates, "accuracy": accuracy, "gradients": gradients,
            "dimmed": dimmed, "step": step, "names": np.array(names, "S")}

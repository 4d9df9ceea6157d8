"""What TensorFlow's moving averages and views of checkpoints do, written to averages.json.

    /path/to/tensorflow/python tests/oracle/make_averages.py
"""

import json
import os
import tempfile
from pathlib import Path

import numpy as np

DECAYS = {
    "half": (0.5, None), "long": (0.999, None), "double": (np.float64(0.3), None),
    "beyond": (2.0, None), "none": (0.0, None), "all": (1.0, None),
    "first": (0.99, 0), "sixth": (0.99, 5), "late": (0.99, 1000), "fraction": (0.9, 2.5),
}
DTYPES = ("float16", "bfloat16", "float32", "float64")
VALUES = [[0.1, -2.0, 0.0], [1.0, 3.0, -0.0], [float("inf"), 1e-7, -0.0], [5.0, 7.0, 11.0]]


def averages(tf):
    """By decay and dtype the averages after each of the values."""
    return {
        f"{name} {dtype} {is_traced}": averages_of(tf, *DECAYS[name], dtype, is_traced)
        for name in DECAYS for dtype in DTYPES for is_traced in (False, True)
    }


def averages_of(tf, decay, count, dtype, is_traced):
    variable = tf.Variable(tf.cast(VALUES[0], dtype))
    counter = None if count is None else tf.Variable(count)
    found = tf.train.ExponentialMovingAverage(decay, counter)

    def step():
        found.apply([variable])
        if counter is not None:
            counter.assign_add(1)

    step = tf.function(step) if is_traced else step
    texts = []
    for value in VALUES:
        variable.assign(tf.cast(value, dtype))
        step()
        array = tf.cast(found.average(variable).value(), tf.float64).numpy()
        texts.append([each.hex() for each in array.tolist()])
    return texts


def program(tf, is_whole):
    """A checkpoint and, by a name for each, the objects in it."""
    model = tf.Module()
    model.first = tf.Variable(1.0)
    if is_whole:
        model.parts = [tf.Variable(2.0), tf.Module(), model]
        model.parts[1].deep = tf.Variable([1, 2])
        model.named = {"x": model.first, "y": (tf.Variable(3.0),)}
        found = {"parts": model.parts, "inner": model.parts[1], "deep": model.parts[1].deep,
                 "named": model.named, "pair": model.named["y"], "second": model.parts[0],
                 "third": model.named["y"][0]}
    else:
        model.other = tf.Variable(4.0)
        found = {"other": model.other}
    step = tf.Variable(5)
    checkpoint = tf.train.Checkpoint(model=model, step=step)
    return checkpoint, {"root": checkpoint, "model": model, "first": model.first, "step": step,
                        **found}


def views(tf, folder):
    """What both views tell, objects by their names."""
    checkpoint, names = program(tf, True)
    other, other_names = program(tf, False)
    path = checkpoint.save(f"{folder}/x")
    view, seen = tf.train.TrackableView(checkpoint), tf.train.CheckpointView(path)

    def name(value, table=names):
        return next((key for key, held in table.items() if held is value), "save_counter")

    def named(parts, table=names):
        return {str(key): name(value, table) for key, value in parts.items()}

    matched, unmatched, objects = seen.diff(other)
    return {
        "root": name(view.root),
        "children": {key: named(view.children(value)) for key, value in names.items()},
        "descendants": [name(each) for each in view.descendants()],
        "numbers": seen.descendants(),
        "parts": [seen.children(number) for number in seen.descendants()],
        "match": named(seen.match(checkpoint)),
        "diff": [named(matched, other_names), unmatched,
                 [name(each, other_names) for each in objects]],
        "beyond": error(lambda: seen.children(99)),
        "absent": error(lambda: tf.train.CheckpointView(f"{folder}/absent")),
        "no object": error(lambda: seen.match(3)),
    }


def error(call):
    """The name of the class of what a call raises."""
    try:
        call()
    except Exception as caught:
        return type(caught).__name__
    return None


def main():
    """Let TensorFlow write everything anew."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        data = {"version": tf.__version__, "averages": averages(tf), "views": views(tf, folder)}
    path = Path(__file__).with_name("averages.json")
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

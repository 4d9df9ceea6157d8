"""What TensorFlow's `CheckpointManager` does, written to checkpoint.json.

    /path/to/tensorflow/python tests/oracle/make_checkpoint.py
"""

import json
import os
import re
import tempfile
from pathlib import Path

SCRIPTS = {
    "keeps two": ({"max_to_keep": 2}, ["save"] * 4),
    "keeps all": ({"max_to_keep": None}, ["save"] * 4),
    "interval": ({"max_to_keep": 2, "checkpoint_interval": 3},
                 ["save", "step", "save", "step", "step", "save", "save", "always"]),
    "last step": ({"max_to_keep": 2, "checkpoint_interval": 3, "last_checkpoint_step": 0},
                  ["save", "step", "step", "step", "save"]),
    "numbers": ({"max_to_keep": 2}, ["number 7", "save", "number 3", "number 7", "save"]),
    "name": ({"max_to_keep": 1, "checkpoint_name": "model"}, ["save", "save"]),
    "nothing to restore": ({"max_to_keep": 1}, ["restore", "latest"]),
    "again": ({"max_to_keep": 2}, ["save", "save", "save", "new", "restore", "save", "latest"]),
    "one an hour": ({"max_to_keep": 1, "keep_checkpoint_every_n_hours": 1},
                    ["save", "hour", "save", "save", "hour", "save", "save", "new", "save"]),
}


def play(tf, clock, folder, options, script):
    """The results of a script of calls, with the names of the checkpoints after each."""
    step = tf.Variable(0)
    checkpoint = tf.train.Checkpoint(step=step)
    inits = []
    more = {"step_counter": step} if "checkpoint_interval" in options else {}

    def manager():
        return tf.train.CheckpointManager(
            checkpoint, folder, init_fn=lambda: inits.append(1), **options, **more)

    current, trace = manager(), []
    for action in script:
        clock[0] += 1.0
        result = None
        if action == "step":
            step.assign_add(1)
        elif action == "hour":
            clock[0] += 3600.0
        elif action == "new":
            current = manager()
        elif action == "latest":
            result = tf.train.latest_checkpoint(folder)
        elif action == "restore":
            result = current.restore_or_initialize()
        elif action == "always":
            result = current.save(check_interval=False)
        else:
            number = re.findall(r"\d+", action)
            result = current.save(*map(int, number))
        trace.append([action, base(result), [base(path) for path in current.checkpoints],
                      base(current.latest_checkpoint), int(checkpoint.save_counter), len(inits),
                      on_disk(folder)])
    return trace


def base(path):
    return None if path is None else os.path.basename(path)


def on_disk(folder):
    """The checkpoints whose files are there."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    ends = (".index", ".safetensors")
    return sorted(name.rsplit(".", 1)[0] for name in names if name.endswith(ends))


def main():
    """Let TensorFlow play all scripts."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf
    from tensorflow.python.checkpoint import checkpoint_management

    traces = {}
    for name, (options, script) in SCRIPTS.items():
        clock = [1000.0]
        checkpoint_management.time = type("Time", (), {"time": lambda clock=clock: clock[0]})
        with tempfile.TemporaryDirectory() as folder:
            traces[name] = play(tf, clock, folder + "/x", options, script)
    with tempfile.TemporaryDirectory() as folder:
        path = tf.train.Checkpoint(v=tf.Variable(1.0)).save(folder + '/a "b"')
        state = Path(folder, "checkpoint").read_text(encoding="utf-8")
        assert path.endswith("-1")
    data = {"traces": traces, "state": state}
    place = Path(__file__).with_name("checkpoint.json")
    place.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

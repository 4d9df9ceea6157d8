"""Saving and loading 1 GB of variables: eagre beside PyTorch, safetensors' torch binding and
TensorFlow.

Each contender runs in a process of its own, with files in one folder. Writing is timed until the
file is on the disk (what does not bring it there by itself is followed by fsync), and without the
fsync; reading until every byte has been looked at once. The subset is 1% of the variables.

    python benchmarks/checkpoint.py [--folder DIR] [--megabytes 1024] [--rounds 3]
        [--rival-python PATH] [--tensorflow-python PATH]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

COUNT = 100


def arrays(megabytes: int) -> dict[str, np.ndarray]:
    """A hundred matrices of the same size."""
    rows = megabytes * 2**20 // COUNT // 4 // 1024
    random = np.random.default_rng(0)
    return {f"v{n:03}": random.random((rows, 1024), np.float32) for n in range(COUNT)}


def flush(folder: Path) -> None:
    """Bring what lies in a folder to the disk."""
    for path in folder.iterdir():
        number = os.open(path, os.O_RDONLY)
        os.fsync(number)
        os.close(number)


class Eagre:
    """eagre's `Checkpoint`; `write` brings the file to the disk by itself."""

    def __init__(self, values):
        import eagre as tf

        self.tf = tf
        self.variables = {name: tf.Variable(value) for name, value in values.items()}
        self.checkpoint = tf.train.Checkpoint(**self.variables)

    def save(self, folder, is_durable):
        from eagre.state.checkpoint import durable

        fsync = durable.os.fsync
        if not is_durable:
            durable.os.fsync = lambda number: None
        self.checkpoint.write(folder / "x")
        durable.os.fsync = fsync

    def load(self, folder):
        return self.load_into(folder, self.variables)

    def load_one(self, folder):
        return self.load_into(folder, ["v000"])

    def load_unchecked(self, folder):
        options = self.tf.train.CheckpointOptions(verify=False)
        return self.load_into(folder, self.variables, options)

    def load_into(self, folder, names, options=None):
        tf = self.tf
        fresh = {name: tf.Variable(0.0, shape=tf.TensorShape(None)) for name in names}
        tf.train.Checkpoint(**fresh).restore(folder / "x", options)
        return [variable.handle.array.array for variable in fresh.values()]


class Torch:
    """`torch.save` and `torch.load`."""

    def __init__(self, values):
        import torch

        self.torch = torch
        self.values = {name: torch.from_numpy(value) for name, value in values.items()}

    def save(self, folder, is_durable):
        self.torch.save(self.values, folder / "x.pt")
        if is_durable:
            flush(folder)

    def load(self, folder):
        loaded = self.torch.load(folder / "x.pt")
        return [value.numpy() for value in loaded.values()]

    def load_one(self, folder):
        loaded = self.torch.load(folder / "x.pt", mmap=True)
        return [loaded["v000"].numpy()]


class Safetensors(Torch):
    """The torch binding of the safetensors package."""

    def save(self, folder, is_durable):
        from safetensors.torch import save_file

        save_file(self.values, folder / "x.safetensors")
        if is_durable:
            flush(folder)

    def load(self, folder):
        from safetensors.torch import load_file

        return [value.numpy() for value in load_file(folder / "x.safetensors").values()]

    def load_one(self, folder):
        from safetensors import safe_open

        with safe_open(folder / "x.safetensors", "pt") as file:
            return [file.get_tensor("v000").numpy()]


class Tensorflow:
    """TensorFlow's `Checkpoint`."""

    def __init__(self, values):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow as tf

        self.tf = tf
        self.variables = {name: tf.Variable(value) for name, value in values.items()}
        self.checkpoint = tf.train.Checkpoint(**self.variables)

    def save(self, folder, is_durable):
        self.checkpoint.write(str(folder / "x"))
        if is_durable:
            flush(folder)

    def load(self, folder):
        self.checkpoint.read(str(folder / "x"))
        return [np.asarray(variable.read_value()) for variable in self.variables.values()]

    def load_one(self, folder):
        variable = self.variables["v000"]
        self.tf.train.Checkpoint(v000=variable).read(str(folder / "x")).expect_partial()
        return [np.asarray(variable.read_value())]


CONTENDERS = {
    "eagre": Eagre, "torch": Torch, "safetensors": Safetensors, "tensorflow": Tensorflow,
}


def peak() -> int:
    """The most memory that this process has had, in bytes, since the last `forget`."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def forget() -> int:
    """Begin to measure the peak anew; returns what is in memory now."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def timed(function, *arguments) -> float:
    start = time.perf_counter()
    result = function(*arguments)
    if result is not None:
        # Every byte is looked at: what is only mapped into memory is not there yet.
        for array in result:
            np.add.reduce(array.reshape(-1).view(np.uint64))
    return time.perf_counter() - start


def run(name: str, folder: Path, megabytes: int, rounds: int) -> dict[str, float]:
    """The medians of one contender."""
    contender = CONTENDERS[name](arrays(megabytes))
    contender.save(folder, True)
    before = forget()
    contender.save(folder, True)
    extra = peak() - before
    times: dict[str, list[float]] = {"write": [], "durable": [], "read": [], "one": []}
    for _ in range(rounds):
        flush(folder)
        times["write"].append(timed(contender.save, folder, False))
        flush(folder)
        times["durable"].append(timed(contender.save, folder, True))
        times["read"].append(timed(contender.load, folder))
        times["one"].append(timed(contender.load_one, folder))
        if hasattr(contender, "load_unchecked"):
            times.setdefault("unchecked", []).append(timed(contender.load_unchecked, folder))
    found = {key: statistics.median(values) for key, values in times.items()}
    return {**found, "extra MB": extra / 1e6}


def main() -> None:
    """Run each contender in its interpreter and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default=".", type=Path)
    parser.add_argument("--megabytes", default=1024, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--rival-python", default=sys.executable)
    parser.add_argument("--tensorflow-python", default=sys.executable)
    parser.add_argument("--only", nargs="*", default=list(CONTENDERS))
    parser.add_argument("--run")
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run(options.run, options.folder, options.megabytes, options.rounds)))
        return
    pythons = {"eagre": sys.executable, "tensorflow": options.tensorflow_python}
    for name in options.only:
        folder = options.folder / f"checkpoint-benchmark-{name}"
        folder.mkdir(exist_ok=True)
        command = [pythons.get(name, options.rival_python), __file__, "--run", name, "--folder",
                   str(folder), "--megabytes", str(options.megabytes),
                   "--rounds", str(options.rounds)]
        output = subprocess.run(command, capture_output=True, text=True, check=False)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        if output.returncode:
            print(f"{name:12} absent: {output.stderr.strip().splitlines()[-1]}")
            continue
        found = json.loads(output.stdout.strip().splitlines()[-1])
        print(f"{name:12}" + "  ".join(f"{key} {value:.3f}" for key, value in found.items()))


if __name__ == "__main__":
    main()

"""Saving and loading 1 GB of variables: eagre beside PyTorch, safetensors' torch binding and
TensorFlow.

Each contender has a process and files of its own; they take turns, measure by measure, and the
table has medians and, in brackets, minima, in seconds. Writing is timed until the file is on the
disk (what does not bring it there by itself is followed by fsync), and without the fsync; reading
until every byte has been looked at once, since what is only mapped into memory is not there yet.
eagre compares checksums besides, which PyTorch and safetensors do not do; `unchecked` is without.
Files lie in the system's cache, but for `cold`. The subset is 1% of the variables.

    python benchmarks/checkpoint.py [--folder DIR] [--megabytes 1024] [--rounds 7]
        [--rival-python PATH] [--tensorflow-python PATH] [--only NAME ...]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
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


def forget_files(folder: Path) -> None:
    """Let the system's cache drop what lies in a folder, so that it is read from the disk."""
    flush(folder)
    for path in folder.iterdir():
        number = os.open(path, os.O_RDONLY)
        os.posix_fadvise(number, 0, 0, os.POSIX_FADV_DONTNEED)
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

        kept = durable.os.fsync, durable.os.fdatasync
        if not is_durable:
            durable.os.fsync = durable.os.fdatasync = lambda number: None
        self.checkpoint.write(folder / "x")
        durable.os.fsync, durable.os.fdatasync = kept

    def prepare(self):
        """Variables to restore into, as a program has them."""
        tf = self.tf
        self.fresh = {name: tf.Variable(0.0, shape=tf.TensorShape(None)) for name in self.variables}

    def load(self, folder, options=None):
        return self.load_into(folder, self.fresh, options)

    def load_one(self, folder):
        return self.load_into(folder, {"v000": self.fresh["v000"]}, None)

    def load_unchecked(self, folder):
        return self.load(folder, self.tf.train.CheckpointOptions(verify=False))

    def load_into(self, folder, fresh, options):
        self.tf.train.Checkpoint(**fresh).restore(folder / "x", options)
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


REPEATS = 9
"""How often the smallest measure is taken in each turn; its median counts."""
MEASURES = ("write", "durable", "read", "unchecked", "cold", "one")


def measure(contender, folder: Path, name: str) -> float | None:
    """One measure of one contender: seconds, or bytes for `extra`; None where it has no such."""
    if name == "extra":
        before = forget()
        contender.save(folder, True)
        return float(peak() - before)
    if name in ("write", "durable"):
        flush(folder)
        return timed(contender.save, folder, name == "durable")
    method = {"unchecked": "load_unchecked", "one": "load_one"}.get(name, "load")
    if not hasattr(contender, method):
        return None
    times = []
    for _ in range(REPEATS if name == "one" else 1):
        if hasattr(contender, "prepare"):
            contender.prepare()
        if name == "cold":
            forget_files(folder)
        times.append(timed(getattr(contender, method), folder))
    return statistics.median(times)


def serve(name: str, folder: Path, megabytes: int) -> None:
    """Be the process of a contender: a line for each measure that is asked for."""
    contender = CONTENDERS[name](arrays(megabytes))
    contender.save(folder, True)
    print("ready", flush=True)
    for line in sys.stdin:
        print("result", json.dumps(measure(contender, folder, line.strip())), flush=True)


class Runner:
    """A contender in its process."""

    def __init__(self, name: str, options) -> None:
        pythons = {"eagre": sys.executable, "tensorflow": options.tensorflow_python}
        self.name, self.times = name, {measure: [] for measure in MEASURES}
        self.folder = options.folder / f"checkpoint-benchmark-{name}"
        self.folder.mkdir(exist_ok=True)
        command = [pythons.get(name, options.rival_python), __file__, "--serve", name,
                   "--folder", str(self.folder), "--megabytes", str(options.megabytes)]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def answer(self, beginning: str) -> str:
        """The rest of the next line that begins so."""
        for line in self.process.stdout:
            if line.startswith(beginning):
                return line.removeprefix(beginning)
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines() or ["no message"]
        raise RuntimeError(f"{self.name:12} absent: {lines[-1]}")

    def ask(self, name: str) -> float | None:
        """The answer to one measure."""
        print(name, file=self.process.stdin, flush=True)
        return json.loads(self.answer("result "))

    def close(self) -> None:
        """End the process and remove the files."""
        self.process.communicate()
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


def start(options) -> list[Runner]:
    """The contenders that are installed."""
    runners = []
    for name in options.only:
        runner = Runner(name, options)
        try:
            runner.answer("ready")
            runners.append(runner)
        except RuntimeError as error:
            print(error)
            runner.close()
    return runners


def row(runner: Runner) -> str:
    """The line of a contender."""
    cells = [
        f"{name} {statistics.median(times):.4f} ({min(times):.4f})" if times else f"{name} -"
        for name, times in runner.times.items()
    ]
    return f"{runner.name:12} {'  '.join(cells)}  extra MB {runner.ask('extra') / 1e6:.1f}"


def main() -> None:
    """Let the contenders take turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default=".", type=Path)
    parser.add_argument("--megabytes", default=1024, type=int)
    parser.add_argument("--rounds", default=7, type=int)
    parser.add_argument("--rival-python", default=sys.executable)
    parser.add_argument("--tensorflow-python", default=sys.executable)
    parser.add_argument("--only", nargs="*", default=list(CONTENDERS))
    parser.add_argument("--serve")
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.folder, options.megabytes)
        return
    runners = start(options)
    try:
        for measure_name in MEASURES * options.rounds:
            for runner in runners:
                found = runner.ask(measure_name)
                runner.times[measure_name] += [] if found is None else [found]
        print("\n".join(map(row, runners)))
    finally:
        for runner in runners:
            runner.close()


if __name__ == "__main__":
    main()

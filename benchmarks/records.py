"""Records of files beside those of TensorFlow: reading, and parsing batches and single Examples.

Both libraries go through the same files, which eagre writes; they alternate, and of each the least
processor time of several rounds counts. TensorFlow is optional: where it is not installed, it is
left out.

    python benchmarks/records.py [--rounds 5] [--count 20000] [--batch 128] [--only texts]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import eagre

Features = dict[str, Any]


def example(**features: Any) -> bytes:
    """A serialized Example of bytes, floats and integers."""
    train = eagre.train
    found: dict[str, Any] = {}
    for name, value in features.items():
        values = value if isinstance(value, list) else [value]
        if isinstance(values[0], bytes):
            found[name] = train.Feature(bytes_list=train.BytesList(value=values))
        elif isinstance(values[0], float):
            found[name] = train.Feature(float_list=train.FloatList(value=values))
        else:
            found[name] = train.Feature(int64_list=train.Int64List(value=values))
    return train.Example(features=train.Features(feature=found)).SerializeToString()


def fixed(dtype: str, *shape: int) -> tuple[str, tuple[int, ...]]:
    """A feature of one shape."""
    return dtype, shape


def kinds(random: Any) -> Iterator[tuple[str, Callable[[int], bytes], Features]]:
    """Usual records: their name, how they are made, and what is read of them."""
    animals = [b"cat", b"dog", b"chicken", b"horse", b"goat"]
    yield (
        "four features",
        lambda i: example(
            flag=int(random.integers(2)), animal=animals[i % 5], class_=int(random.integers(5)),
            score=float(random.normal()),
        ),
        {"flag": fixed("int64"), "animal": fixed("string"), "class_": fixed("int64"),
         "score": fixed("float32")},
    )  # fmt: skip
    yield (
        "images of digits",
        lambda i: example(image=random.bytes(784), label=i % 10),
        {"image": fixed("string"), "label": fixed("int64")},
    )
    yield (
        "13 numbers and a label",
        lambda i: example(
            label=i % 2, **{f"x{n}": float(x) for n, x in enumerate(random.normal(size=13))}
        ),
        {"label": fixed("int64"), **{f"x{n}": fixed("float32") for n in range(13)}},
    )
    yield (
        "vectors of 256 numbers",
        lambda i: example(x=random.normal(size=256).tolist(), label=i % 10),
        {"x": fixed("float32", 256), "label": fixed("int64")},
    )
    yield (
        "texts of 20 to 400 bytes",
        lambda i: example(text=random.bytes(int(random.integers(20, 400))), number=i),
        {"text": fixed("string"), "number": fixed("int64")},
    )


def pipelines(tf: Any, path: str, features: Features, batch: int) -> dict[str, Any]:
    """The pipelines by TensorFlow's names, which are eagre's too."""
    spec = {
        name: tf.io.FixedLenFeature(list(shape), getattr(tf, dtype))
        for name, (dtype, shape) in features.items()
    }
    records = tf.data.TFRecordDataset(path)
    return {
        "read": records.batch(batch),
        "parse_example": records.batch(batch).map(lambda x: tf.io.parse_example(x, spec)),
        "parse_single_example": records.map(
            lambda x: tf.io.parse_single_example(x, spec)
        ).batch(batch),
    }


def processor_time(elements: Any) -> float:
    """The seconds that all processors together take to go through all elements."""
    start = time.process_time()
    for _ in elements:
        pass
    return time.process_time() - start


def main() -> None:
    """Print the microseconds per record, and how many times eagre is faster."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    libraries: dict[str, Any] = {"eagre": eagre}
    if importlib.util.find_spec("tensorflow"):
        import tensorflow

        libraries["tensorflow"] = tensorflow
    with tempfile.TemporaryDirectory() as folder:
        for name, make, features in kinds(np.random.default_rng(0)):
            if arguments.only not in name:
                continue
            path = os.path.join(folder, "records")
            with eagre.io.TFRecordWriter(path) as writer:
                for number in range(arguments.count):
                    writer.write(make(number))
            compare(name, path, features, libraries, arguments)


def compare(name: str, path: str, features: Features, libraries: Any, arguments: Any) -> None:
    """Print the lines for one kind of records."""
    cases = {key: pipelines(tf, path, features, arguments.batch) for key, tf in libraries.items()}
    for case in cases["eagre"]:
        best = dict.fromkeys(cases, float("inf"))
        for _ in range(arguments.rounds):
            for library, found in cases.items():
                best[library] = min(best[library], processor_time(found[case]))
        each = {key: spent / arguments.count * 1e6 for key, spent in best.items()}
        parts = [f"{library} {spent:.2f} us" for library, spent in each.items()]
        ratios = [f"{each[x] / each['eagre']:.1f}x {x}" for x in each if x != "eagre"]
        print(f"{name}, {case}: {', '.join(parts + ratios)}", flush=True)


if __name__ == "__main__":
    main()

"""Let TensorFlow run the programs of `tests/programs`, and write their results to `programs.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_programs [NAME ...]

A program imports `eagre` as `tf` and returns a dictionary of tensors, arrays and numbers from its
`main`; here it gets TensorFlow under that name. Functions run eagerly, since TensorFlow draws other
random numbers in graphs. Only `main` of this file imports TensorFlow.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.oracle.expressions import tensorflow

FILE = Path(__file__).with_name("programs.npz")
FOLDER = Path(__file__).parents[1] / "programs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("test_"))


def run(name: str) -> dict[str, Any]:
    """What a program returns: arrays by the path to them."""
    spec = importlib.util.spec_from_file_location(f"program_{name}", FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(_arrays(name, module.main()))


def _arrays(path: str, value: Any) -> Any:
    """The arrays of a structure, and lists of arrays of one shape as one array."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _arrays(f"{path}/{key}", each)
        return
    if isinstance(value, list | tuple):
        parts = [np.asarray(each) for each in value]
        if len({part.shape for part in parts}) != 1:
            for number, each in enumerate(value):
                yield from _arrays(f"{path}/{number}", each)
            return
        value = np.stack(parts)
    array = np.asarray(value)
    yield path, array.astype("S") if array.dtype == object else array


def main(*names: str) -> None:
    tf = tensorflow()
    sys.modules["eagre"] = tf
    tf.config.run_functions_eagerly(True)
    known = dict(np.load(FILE)) if names else {}
    kept = {key: value for key, value in known.items() if key.split("/")[0] not in names}
    for name in names or NAMES:
        kept |= run(name)
    kept["version"] = np.array(tf.__version__)
    np.savez_compressed(FILE, **kept)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What TensorFlow's AutoGraph makes of the programs in tests/functions/autograph/programs.py.

Writes autograph.json beside this file: for each program and call the leaves of the result, or
the class of the error. Run it with TensorFlow: python tests/oracle/make_autograph.py
"""

import importlib.util
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE.parent / "functions" / "autograph" / "programs.py"


def programs():
    """The table of programs, over TensorFlow."""
    text = PROGRAMS.read_text(encoding="utf-8").replace("import eagre", "import tensorflow")
    path = Path(tempfile.mkdtemp()) / "programs_of_tensorflow.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("programs_of_tensorflow", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["programs_of_tensorflow"] = module
    spec.loader.exec_module(module)
    return module.PROGRAMS


def leaf(value):
    array = tf.convert_to_tensor(value).numpy()
    return [np.asarray(array).dtype.name, np.asarray(array).tolist()]


def answer(function, specs, values):
    """The leaves of the result, or the class of the error."""
    try:
        traced = tf.function(function, input_signature=specs)
        arguments = [tf.constant(v, s.dtype) for v, s in zip(values, specs, strict=True)]
        return [leaf(each) for each in tf.nest.flatten(traced(*arguments))]
    except Exception as error:
        return type(error).__name__


def main():
    """Write the answers."""
    found = {}
    for name, (function, specs, calls) in programs().items():
        plain = [[v.tolist() if hasattr(v, "tolist") else v for v in call] for call in calls]
        found[name] = [answer(function, specs, values) for values in plain]
    (HERE / "autograph.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Namespaces within namespaces are imported by their names, as modules of TensorFlow are."""

import subprocess
import sys

import pytest

from eagre.core.later import WITHIN


def run(program):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("order", [1, -1])
def test_each_is_imported_and_is_the_attribute(order):
    lines = [
        f"import eagre.{name} as module\nassert module is eagre.{name}, {name!r}"
        for name in sorted(WITHIN.values())[::order]
    ]
    result = run("\n".join(["import eagre", *lines]))
    assert result.returncode == 0, result.stderr


def test_it_may_come_first():
    result = run("import eagre.experimental.numpy as np\nprint(np.arange(2).numpy().tolist())")
    assert result.stdout == "[0, 1]\n", result.stderr
    result = run("from eagre.optimizers.schedules import CosineDecay\nprint(CosineDecay.__name__)")
    assert result.stdout == "CosineDecay\n", result.stderr

"""Memory of arrays that are let go is used again."""

import math
import platform
import subprocess
import sys

PROGRAM = """
import resource
import eagre as tf

x = tf.ones([1 << 18])

def step():
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * tf.tanh(x * x + x) * x
    return tape.gradient(y, x)

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

step()
before = faults()
for _ in range(20):
    step()
print(faults() - before)
"""


def test_large_arrays_do_not_go_back_to_the_system():
    """An array of a megabyte is 256 pages, and each step makes more than ten; other libraries than
    glibc have other ways."""
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    most = 1000 if platform.libc_ver()[0] == "glibc" else math.inf
    assert int(output) < most

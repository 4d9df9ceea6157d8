"""What `import eagre` costs above `import numpy`, in CPU time, with bytecode cached.

    python benchmarks/import_time.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

PROBE = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"


def milliseconds(modules: str) -> float:
    """CPU milliseconds of importing in a fresh interpreter."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    output = subprocess.run(
        [sys.executable, "-c", PROBE.format(modules)],
        capture_output=True, text=True, check=True, env=environment,
    ).stdout
    return float(output) * 1000


def main() -> None:
    """Alternate the two imports and print medians and their difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    milliseconds("numpy, eagre")  # writes the bytecode
    pairs = [(milliseconds("numpy"), milliseconds("numpy, eagre")) for _ in range(rounds)]
    numpy, both = (statistics.median(each) for each in zip(*pairs, strict=True))
    above = statistics.median(b - a for a, b in pairs)
    print(f"numpy {numpy:.1f} ms, numpy and eagre {both:.1f} ms, difference {above:.1f} ms")


if __name__ == "__main__":
    main()

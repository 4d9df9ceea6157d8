"""What every test needs: the repository's root on the path, and texts to compare with."""

import difflib
import os
import sys
from pathlib import Path

import pytest

# Several processes run the tests, and each would start as many BLAS threads as there are cores.
for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden texts instead of comparing"
    )


@pytest.fixture
def golden(request):
    """Compares a text with the file `golden/NAME.txt` beside the test, or writes that file."""
    folder = request.path.parent / "golden"
    is_update = request.config.getoption("--update-golden")

    def compare(name, text):
        path = folder / f"{name}.txt"
        text = text.rstrip("\n") + "\n"
        if is_update:
            folder.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"{path} is missing: read the text and run with --update-golden"
        old, new = path.read_text(encoding="utf-8").splitlines(), text.splitlines()
        difference = "\n".join(difflib.unified_diff(old, new, path.name, "now", lineterm=""))
        assert not difference, f"the text has changed\n{difference}"

    return compare

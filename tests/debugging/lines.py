"""Finding a marked line of a test file."""

from pathlib import Path


def marked(file, mark):
    """The line of `file` that ends in a comment `# mark`, as `file:line`."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    [number] = [i for i, text in enumerate(lines, 1) if text.endswith(f"  # {mark}")]
    return f"{file}:{number}"

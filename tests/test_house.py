"""The house rules, held by reading the source: layers, sizes, names, exports, docstrings.

The rules themselves and their reasons stand in docs/architecture.md.
"""

import ast
import functools
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "eagre"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]

SOURCES = sorted(PACKAGE.rglob("*.py"))
FACES = [path for path in SOURCES if path.parent == PACKAGE and path.name != "__main__.py"]
LAYERED = [path for path in SOURCES if path.parent != PACKAGE]
STRICT = [path for path in SOURCES for strict in SETTINGS["pyright"]["strict"]
          if path.is_relative_to(ROOT / strict)]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def place(path: Path, line: int | None = None) -> str:
    """A file, or a line of it, as failures name it."""
    name = path.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"


def each(paths: list[Path]) -> pytest.MarkDecorator:
    """Runs a test once per file, under the file's name."""
    return pytest.mark.parametrize("path", paths, ids=place)


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(parse(path)) if isinstance(node, Function))


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


_UP_TO_GRAPH = {"core", "files", "primitives", "graph"}
_UP_TO_OPS = _UP_TO_GRAPH | {"gradients", "transforms", "control", "ops"}
_UP_TO_BACKENDS = _UP_TO_OPS | {"composites", "state", "native", "passes", "backends"}
_EVERYTHING = _UP_TO_BACKENDS | {"functions", "data", "export", "debugging", "compat"}

# What each layer may import besides itself: the table of docs/architecture.md.
MAY_IMPORT = {
    "core": set(),
    "files": {"core"},
    "primitives": {"core", "files"},
    "graph": {"core", "files", "primitives"},
    "gradients": _UP_TO_GRAPH,
    "transforms": _UP_TO_GRAPH | {"gradients"},
    "control": _UP_TO_GRAPH | {"gradients", "transforms"},
    "ops": _UP_TO_OPS,
    "arrays": _UP_TO_OPS,
    "composites": _UP_TO_OPS,
    "state": _UP_TO_OPS | {"composites"},
    "native": {"core"},
    "passes": _UP_TO_GRAPH | {"control"},
    "backends": {"core", "graph", "control", "passes", "native"},
    "functions": _UP_TO_BACKENDS,
    "data": _UP_TO_BACKENDS | {"functions"},
    "export": _UP_TO_BACKENDS | {"functions"},
    "debugging": _UP_TO_BACKENDS | {"functions"},
    "compat": _EVERYTHING,
    "contrib": _EVERYTHING,
}

# A function is traced and run without knowing how its variables are trained.
MUST_NOT_IMPORT = {
    "functions": "eagre.state.optimizers",
    "data": "eagre.state.optimizers",
}

FOREIGN = {
    "PIL", "cloudpickle", "google_crc32c", "llvmlite", "ml_dtypes", "pyarrow", "safetensors",
    "scipy", "tqdm",
}


def imports(path: Path) -> list[tuple[int, str]]:
    """The line and name of each module that a file imports, in functions too.

    What stands under `if TYPE_CHECKING:` is never imported and does not count.
    """
    found: list[tuple[int, str]] = []
    pending: list[ast.AST] = [parse(path)]
    while pending:
        node = pending.pop()
        if is_for_type_checkers(node):
            pending.extend(node.orelse)
            continue
        found.extend((node.lineno, name) for name in names_imported(node, path))
        pending.extend(ast.iter_child_nodes(node))
    return sorted(found)


def is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "TYPE_CHECKING", "typing.TYPE_CHECKING")


def names_imported(node: ast.AST, path: Path) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom():
            origin = absolute_origin(node, path)
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                yield full if is_module(full) else origin
        case ast.Call(args=[ast.Constant(value=str(name)), *_]) if ast.unparse(node.func) in (
                "import_module", "importlib.import_module", "__import__"):
            yield name


def absolute_origin(node: ast.ImportFrom, path: Path) -> str:
    """The module after `from`, whether written absolutely or with leading dots."""
    package = path.relative_to(ROOT).parts[:-1]
    package = package[:len(package) - node.level + 1] if node.level else ()
    return ".".join([*package, *(node.module or "").split(".")]).rstrip(".")


def is_module(name: str) -> bool:
    target = ROOT.joinpath(*name.split("."))
    return target.is_dir() or target.with_suffix(".py").is_file()


def may_import(layer: str, name: str) -> bool:
    """Whether a file of `layer` may import the module `name`."""
    parts = name.split(".")
    if parts[0] != "eagre" or layer in ("compat", "contrib"):
        return True
    if len(parts) == 1 or parts[1] not in MAY_IMPORT[layer] | {layer}:
        return False
    forbidden = MUST_NOT_IMPORT.get(layer)
    return forbidden is None or not f"{name}.".startswith(f"{forbidden}.")


# The array API standard wants a tensor to name its namespace, and a tape gives jacobians, which
# are batches of its gradients: both stand above and are loaded when they are asked for.
REACH_UP = {
    ("eagre/core/tensor.py", "eagre.array_api"),
    ("eagre/gradients/tape.py", "eagre.transforms.jacobian"),
}


@each(LAYERED)
def test_imports_point_one_way(path):
    layer = layer_of(path)
    assert layer in MAY_IMPORT, f"eagre/{layer} is no layer of docs/architecture.md"
    wrong = [f"{place(path, line)} imports {name}"
             for line, name in imports(path)
             if not may_import(layer, name) and (place(path), name) not in REACH_UP]
    assert not wrong, f"{layer} may import {sorted(MAY_IMPORT[layer])} of eagre"


def users_of_foreign_libraries() -> dict[str, set[str]]:
    """The files that import each library which is neither NumPy nor part of Python."""
    known = sys.stdlib_module_names | {"eagre", "numpy"}
    users: dict[str, set[str]] = {library: set() for library in FOREIGN}
    for path in SOURCES:
        for library in {name.split(".")[0] for _, name in imports(path)} - known:
            users.setdefault(library, set()).add(place(path))
    return users


@pytest.mark.parametrize(("library", "users"), sorted(users_of_foreign_libraries().items()))
def test_a_foreign_library_is_imported_in_one_file(library, users):
    assert len(users) <= 1, f"{library} is imported in {sorted(users)}"


# A namespace for another kind of value says `add` or `split` of its own, as in TensorFlow.
NAMESPACES_OF_OTHER_VALUES = {
    "sparse", "ragged", "strings", "sets", "initializers", "losses", "metrics", "optimizers",
    "experimental", "array_api", "array_api_fft", "array_api_linalg", "experimental_numpy",
    "experimental_numpy_random", "experimental_dlpack",
}
NAMES_OF_THEIR_OWN = {("image", "transpose"), ("random", "split"), ("linalg", "trace")}
NAMES_OF_THEIR_OWN |= {("autograph", "trace"), ("train", "Feature")}
NAMES_OF_THEIR_OWN |= {("signal", f"{name}nd") for name in ("fft", "ifft", "rfft", "irfft")}


def assigned_names(node: ast.stmt) -> set[str]:
    match node:
        case ast.Assign(targets=targets):
            return {ast.unparse(target) for target in targets}
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return {ast.unparse(target)}
    return set()


def has_exports(path: Path) -> bool:
    return any("__all__" in assigned_names(node) for node in parse(path).body)


def is_face_statement(node: ast.stmt, path: Path) -> bool:
    """Whether a statement only names things; the root may also load names on first touch."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.If() if is_for_type_checkers(node):
            return all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in node.body)
        case ast.FunctionDef(name="__getattr__" | "__dir__"):
            return path.name == "__init__.py"
    names = assigned_names(node)
    if path.name == "__init__.py":
        return bool(names) and all(name.startswith("_") for name in names)
    return names == {"__all__"}


@each(FACES)
def test_a_public_face_holds_names_only(path):
    other = [f"{place(path, node.lineno)} {ast.unparse(node).splitlines()[0]}"
             for node in parse(path).body if not is_face_statement(node, path)]
    assert not other, "a module directly under eagre/ is imports and __all__"
    assert has_exports(path), f"{place(path)} has no __all__"


@each([path for path in SOURCES if path in FACES or has_exports(path)])
def test_exported_names_exist(path):
    module = importlib.import_module(module_name(path))
    names = list(module.__all__)
    assert sorted(names) == sorted(set(names)), "__all__ repeats a name"
    missing = [name for name in names if not hasattr(module, name)]
    assert not missing, f"__all__ of {module.__name__} promises {missing}"


@each([path for path in FACES if path.stem not in NAMESPACES_OF_OTHER_VALUES])
def test_a_name_in_two_namespaces_is_one_object(path):
    here = importlib.import_module(module_name(path))
    for other_path in FACES:
        if other_path.stem in NAMESPACES_OF_OTHER_VALUES:
            continue
        other = importlib.import_module(module_name(other_path))
        different = [name for name in set(here.__all__) & set(other.__all__)
                     if getattr(here, name) is not getattr(other, name)
                     and not isinstance(getattr(here, name), ModuleType)
                     and not {(path.stem, name), (other_path.stem, name)} & NAMES_OF_THEIR_OWN]
        assert not different, f"{here.__name__} and {other.__name__} differ in {different}"


# Each costs more than it gives before the first tensor; `import numpy` may bring its own.
HEAVY = [
    "asyncio", "concurrent.futures", "dataclasses", "difflib", "email", "http", "inspect", "json",
    "logging", "multiprocessing", "sqlite3", "tempfile", "unittest", "zlib",
    "ml_dtypes", "scipy", "llvmlite", "safetensors", "pandas", "matplotlib", "sklearn",
    "eagre.transforms", "eagre.passes", "eagre.backends", "eagre.data", "eagre.arrays",
    "eagre.export", "eagre.debugging", "eagre.compat", "eagre.contrib", "eagre.composites",
    "eagre.files", "eagre.functions", "eagre.state.checkpoint", "eagre.state.optimizers",
    "eagre.state.generator", "eagre.core.devices", "eagre.core.wire_format", "eagre.graph.program",
    "eagre.graph.printing", "eagre.gradients.forward", "eagre.gradients.why_none",
    "eagre.primitives.convolution", "eagre.primitives.random_bits", "eagre.primitives.special",
    "eagre.ops.random",
]


def modules_after(statement: str) -> set[str]:
    """The names in `sys.modules` of a fresh interpreter that ran one statement."""
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True,
                         text=True, check=False)
    assert run.returncode == 0, f"`{statement}` failed in a fresh interpreter:\n{run.stderr}"
    return set(run.stdout.split())


@pytest.fixture(scope="module")
def modules_added() -> set[str]:
    """What `import eagre` loads beyond what `import numpy` loads."""
    return modules_after("import eagre") - modules_after("import numpy")


@pytest.mark.parametrize("heavy", HEAVY)
def test_import_is_light(heavy, modules_added):
    came = sorted(name for name in modules_added if f"{name}.".startswith(f"{heavy}."))
    assert not came, f"`import eagre` loads {came}, which `import numpy` alone does not"


FILE_LINES = 450
TEST_FILE_LINES = 900
FUNCTION_LINES = 60
INDENTATION_LEVELS = 4
COLUMNS = SETTINGS["ruff"]["line-length"]


@each(SOURCES + TESTS)
def test_files_are_short(path):
    limit = TEST_FILE_LINES if path in TESTS else FILE_LINES
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= limit, f"{place(path)} has {lines} lines"


@each(SOURCES + TESTS)
def test_lines_are_short(path):
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    long = [f"{place(path, number)} has {len(line)} columns"
            for number, line in lines if len(line) > COLUMNS]
    assert not long


@each(SOURCES)
def test_functions_are_short(path):
    lengths = {function: function.end_lineno - function.lineno + 1 for function in functions(path)}
    long = [f"{place(path, function.lineno)} {function.name} has {length} lines"
            for function, length in lengths.items() if length > FUNCTION_LINES]
    assert not long


@each(SOURCES)
def test_indentation_is_shallow(path):
    """The body of a function is its first level; `if x:` in it opens the second."""
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = [len(line) - len(line.lstrip()) for line in lines]
    deep = {node.lineno for function in functions(path) for node in ast.walk(function)
            if isinstance(node, ast.stmt)
            and columns[node.lineno - 1] - function.col_offset > 4 * INDENTATION_LEVELS}
    assert not deep, f"{place(path)} goes deeper than {INDENTATION_LEVELS} levels in these lines"


EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "impl", "misc", "ctx"}
PROMISES = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


@each(SOURCES)
def test_modules_are_named_for_what_they_hold(path):
    words = {word for part in path.relative_to(PACKAGE).with_suffix("").parts
             for word in part.split("_")}
    assert not words & EMPTY_WORDS


@each(SOURCES)
def test_no_exception_is_caught_unnamed(path):
    bare = [place(path, node.lineno) for node in ast.walk(parse(path))
            if isinstance(node, ast.ExceptHandler) and node.type is None]
    assert not bare


def is_print_to_the_screen(node: ast.AST) -> bool:
    """Whether a call prints where no `file` is named, as one does while searching a fault."""
    return (isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
            and all(keyword.arg != "file" for keyword in node.keywords))


@each(SOURCES)
def test_nothing_is_printed_by_the_way(path):
    prints = [place(path, node.lineno) for node in ast.walk(parse(path))
              if is_print_to_the_screen(node)]
    assert not prints


@each(SOURCES)
def test_nothing_is_put_off(path):
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    assert not [place(path, number) for number, line in lines if PROMISES.search(line)]


@each(STRICT)
def test_public_names_have_docstrings(path):
    """A method is explained by the interface that it fills, so methods are free of this rule."""
    module = parse(path)
    explained = [module, *(node for node in module.body if needs_docstring(node))]
    bare = [f"{place(path, getattr(node, 'lineno', 1))} {getattr(node, 'name', 'the module')}"
            for node in explained if not ast.get_docstring(node)]
    assert not bare, "no docstring"


def needs_docstring(node: ast.stmt) -> bool:
    """Whether a top-level statement is a class or a public function with a body of its own."""
    if isinstance(node, ast.ClassDef):
        return True
    return (isinstance(node, Function) and not node.name.startswith("_")
            and not any("overload" in ast.unparse(mark) for mark in node.decorator_list))

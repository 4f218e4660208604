"""The plan of the house: which room may use which, and which rooms touch the world. The plan is CONTRIBUTING.md's."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from outside import TOP, clean_environment

SOURCE = TOP / "src" / "cxaudit"

#: room -> its modules (a folder stands for all in it), from the words at the bottom to the command line at the top.
ROOMS = {
    "words": [
        "",
        "errors",
        "findings",
        "model",
        "versions",
        "lookup",
        "bytewise",
        "spelling",
        "standards",
        "days.spans",
        "days.zones",
        "monthly.model",
        "explain.model",
        "inspect.model",
        "compare.model",
    ],
    "time": ["days"],
    "promises": ["promises"],
    "table": ["read.table"],
    "read": ["read"],
    "recognise": ["recognise"],
    "pair": ["pair"],
    "merge": ["merge"],
    "judge": ["judge", "elapsed"],
    "tally": ["tally"],
    "records": ["records"],
    "audit": [
        "audit",
        "question",
        "intake",
        "counting",
        "notice",
        "volume",
        "usual",
        "explain",
        "compare",
        "inspect",
        "monthly",
    ],
    "render": ["render"],
    "write": ["write"],
    "command line": ["period", "commands", "cli", "__main__"],
}
VOCABULARY = ["words", "time", "promises", "table"]
STAGES = ["read", "recognise", "pair", "merge", "judge", "tally", "records"]
#: room -> the rooms it may use besides itself.
MAY_USE = {
    "words": [],
    "time": ["words"],
    "promises": ["words", "time"],
    "table": ["words"],
    **dict.fromkeys(STAGES, VOCABULARY),
    "audit": [*VOCABULARY, *STAGES],
    "render": ["words"],
    "write": ["words"],
    "command line": [*VOCABULARY, "judge", "audit", "render", "write"],
}
#: Who may import these, and nobody else.
ONLY_IMPORTERS = {"holidays": {"days.country_holidays"}, "tzdata": {"days.zones"}, "zoneinfo": {"days.zones"}}
#: Who may open files, print, read the clock and the environment: the reading and the writing room, the command line,
#: and three that read what is shipped or named with the standards.
TOUCH_THE_WORLD = {"read", "write", "cli", "commands"}
READ_WHAT_IS_SHIPPED = {
    "days.country_holidays",
    "days.zones",
    "standards.load",
    "recognise.library",
    "standards.words",
    "versions",
}

WORLD_NAMES = {"environ", "stdout", "stderr", "stdin", "argv"}
WORLD_FUNCTIONS = {"open", "print", "input", "breakpoint"}
WORLD_METHODS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rename", "mkdir", "touch", "iterdir", "glob",
    "rglob", "stat", "exists", "is_file", "is_dir", "now", "today", "utcnow", "monotonic", "perf_counter", "getenv",
    "getcwd", "cwd", "isatty", "get_terminal_size", "scan_csv", "read_csv", "scan_parquet", "read_parquet", "read_excel",
    "sink_csv", "sink_parquet", "from_path",
}  # fmt: skip
WORLD_MODULES = {"os", "sys", "shutil", "subprocess", "socket", "time", "tempfile", "glob", "random", "secrets"}


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(SOURCE.rglob("*.py"))}


def modules() -> list[object]:
    """All modules, each a test of its own."""
    return [pytest.param(name, id=name or "cxaudit") for name in MODULES]


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def is_in(module: str, place: str) -> bool:
    return module == place or (place != "" and module.startswith(f"{place}."))


def room(module: str) -> str:
    """The room with the longest name that fits: `read.table` before `read`."""
    fitting = [(len(place), name) for name, places in ROOMS.items() for place in places if is_in(module, place)]
    return max(fitting)[1] if fitting else ""


def imports(module: str) -> Iterator[str]:
    """What a module imports, anywhere in it, but for names that only annotations need."""
    skipped = {id(inner) for node in ast.walk(tree(module)) if is_type_checking(node) for inner in ast.walk(node)}
    for node in ast.walk(tree(module)):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def used_modules(module: str) -> set[str]:
    """The modules of cxaudit that a module uses."""
    used = set()
    for name in imports(module):
        if name.startswith("cxaudit."):
            inner = name.removeprefix("cxaudit.")
            used.add(inner if inner in MODULES else inner.rpartition(".")[0])
    return used


@pytest.mark.parametrize("module", modules())
def test_every_module_has_a_room(module: str) -> None:
    """A house without a plan is not one: a new module is put into a room here."""
    assert room(module)


@pytest.mark.parametrize("module", modules())
def test_a_room_uses_only_the_rooms_below_it(module: str) -> None:
    """Vocabulary imports no stage, stages do not import each other, and renderers know only the nouns."""
    allowed = {room(module), *MAY_USE[room(module)]}
    assert {used: room(used) for used in used_modules(module) if room(used) not in allowed} == {}


def packages_of(module: str) -> set[str]:
    """The packages that are loaded before a module is."""
    parts = module.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts))} & MODULES.keys()


def test_no_two_modules_import_each_other() -> None:
    """There is no circle of imports, so that each module can be loaded first; a package is loaded before what is in it."""
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join((*above[above.index(module) :], module))
        if module not in done:
            used_ones = used_modules(module)
            loaded = used_ones.union(*map(packages_of, used_ones)) - packages_of(module)
            for used in sorted(loaded - {module}):
                visit(used, (*above, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize("package", ONLY_IMPORTERS)
def test_some_packages_have_one_door(package: str) -> None:
    """Only one module knows the package of holidays, only the zones know the tables of time zones."""
    importers = {module for module in MODULES if any(name.split(".")[0] == package for name in imports(module))}
    assert importers <= ONLY_IMPORTERS[package]


def test_the_time_zone_tables_have_no_back_door() -> None:
    """Not even as a resource by its name does another module reach the package of time zones."""
    named = {
        m for m in MODULES for node in ast.walk(tree(m)) if isinstance(node, ast.Constant) and node.value == "tzdata"
    }
    assert named <= {"days.zones", "versions"}


@pytest.mark.parametrize("module", modules())
def test_only_the_edges_touch_the_world(module: str) -> None:
    """Between the edges nothing opens a file, prints, or reads the clock or the environment."""
    if any(is_in(module, place) for place in TOUCH_THE_WORLD | READ_WHAT_IS_SHIPPED):
        return
    assert sorted(set(world_names(module))) == []


def world_names(module: str) -> Iterator[str]:
    yield from (name.split(".")[0] for name in imports(module) if name.split(".")[0] in WORLD_MODULES)
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) if name in WORLD_FUNCTIONS | WORLD_METHODS:
                    yield name
                case ast.Attribute(attr=name) if name in WORLD_METHODS:
                    yield name
        elif isinstance(node, ast.Attribute) and node.attr in WORLD_NAMES:
            yield node.attr


def test_now_enters_once() -> None:
    """The clock is read at the command line, in one place."""
    readers = [
        module
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")
        and isinstance(node.value, ast.Attribute | ast.Name)
        and ast.unparse(node.value).rpartition(".")[2] in ("datetime", "date")
    ]  # fmt: skip
    assert readers == ["cli.parameters"]


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_is_quick(argument: str) -> None:
    """Help and version load neither polars nor anything else that is heavy."""
    code = (
        "import sys; sys.argv = ['cxaudit', sys.argv[1]]; from cxaudit.cli import main; code = main();"
        "print(code, *sorted({'polars', 'holidays', 'pydantic', 'yaml', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, argument], env=clean_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0"


@pytest.mark.parametrize("module", modules())
def test_modules_and_functions_stay_small(module: str) -> None:
    """A module over 300 lines or a function over 40 asks to be two; each module says what it is for."""
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= 300
    assert ast.get_docstring(tree(module)) or not tree(module).body
    assert [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None and lines_of_code(node) > 40
    ] == []


def lines_of_code(function: ast.FunctionDef) -> int:
    """The lines of the body, its docstring left aside: a command of many options is not long for that."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0

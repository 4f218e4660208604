"""The documents say what the program does: their commands are run, their outputs compared.

A fenced block in README.md, CONTRIBUTING.md or docs/ whose first line starts with `$ cxaudit` is run from a copy of the
project's root: samples/, docs/examples/ and standards.yaml are at hand, and what a block writes the next one of the same
document finds.
Every line that starts with `$ ` is a command; the lines up to the next one are its output:

- standard output, as into a pipe (add `--format table` for a table); with `2>&1` at its end, or when the command could not
  run (exit code 2), standard error as well, after it;
- `$ echo $?` gives the exit code of the command before it;
- a line that is only `…` stands for any lines.

`pytest tests/test_docs.py --update-golden` writes the outputs anew, except where a `…` fits.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from outside import TOP, run

from cxaudit.cli import app
from cxaudit.findings import CATALOGUE
from cxaudit.model import EXCLUSIONS

DOCUMENTS = [
    p for p in (TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").rglob("*.md"))) if p.is_file()
]
BLOCK = re.compile(r"^(?P<fence>```+)[^\n]*\n(?P<body>\$ cxaudit .*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
ANY = "…\n"
BOTH = "2>&1"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_shows_what_is_written_below_it(
    document: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What a document shows is what a reader who types it gets."""
    shutil.copytree(TOP / "samples", tmp_path / "samples")
    shutil.copytree(TOP / "docs" / "examples", tmp_path / "docs" / "examples")
    shutil.copy(TOP / "standards.yaml", tmp_path)
    written = document.read_text("utf-8")
    shown = BLOCK.sub(lambda match: match[0].replace(match["body"], told_again(match["body"], tmp_path)), written)
    if request.config.getoption("--update-golden"):
        document.write_bytes(shown.encode())
    else:
        assert shown == written


def told_again(block: str, folder: Path) -> str:
    """The block with the outputs that its commands give now."""
    told, code = "", 0
    for command, expected in commands(block):
        if command.strip() == "echo $?":
            output = f"{code}\n"
        else:
            output, code = output_of(command, folder)
        told += f"$ {command}" + (expected if fits(expected, output) else output)
    return told


def commands(block: str) -> Iterator[tuple[str, str]]:
    r"""The commands of a block, each with its output; a command may go on after a backslash.

    >>> list(commands("$ cxaudit check \\\n  x\nout\n$ echo $?\n0\n"))
    [('cxaudit check \\\n  x\n', 'out\n'), ('echo $?\n', '0\n')]
    """
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n", part)
        assert command is not None
        yield command[0], part[command.end() :]


def output_of(command: str, folder: Path) -> tuple[str, int]:
    words = shlex.split(command)
    assert words[0] == "cxaudit", f"only cxaudit is run: {command}"
    with_errors = words[-1] == BOTH
    found = run(*words[1 : len(words) - with_errors], cwd=folder)
    text = found.text + (found.err if with_errors or found.code == 2 else "")
    return re.sub(r"[ ]+$", "", text, flags=re.MULTILINE), found.code


def fits(expected: str, output: str) -> bool:
    """Whether an output is the expected one, `…` standing for any lines.

    >>> fits("a\\n…\\nd\\n", "a\\nb\\nc\\nd\\n"), fits("a\\n…\\nd\\n", "a\\nb\\nc\\n")
    (True, False)
    """
    pattern = "(?:.*\n)*".join(re.escape(part) for part in expected.split(ANY))
    return re.fullmatch(pattern, output) is not None


def all_commands() -> dict[str, typer.core.TyperCommand]:
    found, waiting = {}, {"cxaudit": typer.main.get_command(app)}
    while waiting:
        name, command = waiting.popitem()
        found[name] = command
        waiting |= {f"{name} {inner}": child for inner, child in getattr(command, "commands", {}).items()}
    return dict(sorted(found.items()))


@pytest.mark.parametrize("name", all_commands())
def test_every_command_and_option_has_help(name: str) -> None:
    """No option is left without a word about it, and none says it in two sentences without a full stop."""
    command = all_commands()[name]
    assert command.help
    assert [option.name for option in command.params if not getattr(option, "help", None)] == []


@pytest.mark.parametrize("name", all_commands())
def test_help_names_every_option(name: str) -> None:
    """`--help` shows each option by its name, on standard output."""
    found = run(*name.split()[1:], "--help")
    options = [max(o.opts, key=len) for o in all_commands()[name].params if o.param_type_name == "option"]
    assert found.code == 0
    assert found.err == ""
    assert [option for option in options if option not in found.text] == []


FINDINGS = (TOP / "docs" / "findings.md").read_text("utf-8") if (TOP / "docs" / "findings.md").is_file() else ""


def test_every_finding_code_is_documented_and_no_other() -> None:
    """Each code that a run may show has its row in docs/findings.md, and each row is about a code that there is."""
    rows = re.findall(r"^\| `([a-z_]+)` \|", FINDINGS, re.MULTILINE)
    assert sorted(rows) == sorted(set(rows))
    assert set(CATALOGUE) - set(rows) == set()
    assert set(rows) - set(CATALOGUE) - set(EXCLUSIONS) == set()


def test_rejecting_findings_stand_under_their_heading() -> None:
    """docs/findings.md tells which findings reject a row."""
    _, section = FINDINGS.split("## Rows that are rejected")
    rejected = re.findall(r"^\| `([a-z_]+)` \|", section.partition("\n## ")[0], re.MULTILINE)
    assert rejected == [code for code, (rejects, _) in CATALOGUE.items() if rejects]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """A link to a file of the project names a file that is there."""
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", document.read_text("utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []

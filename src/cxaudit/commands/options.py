"""The options that commands share: text as typed in, settled choices out.

Standard output carries data only; everything said about the run goes to standard error.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from cxaudit.audit import Question, WithReadings
from cxaudit.commands.progress import Progress
from cxaudit.days.zones import zone
from cxaudit.errors import UsageError
from cxaudit.period import now_as_of, parse_as_of, parse_period
from cxaudit.render import EXTENSIONS, RenderOptions
from cxaudit.spelling import near_miss
from cxaudit.standards.model import Standards
from cxaudit.standards.source import Role
from cxaudit.write.file import check_place, with_bom, write_bytes, write_standard_error, write_standard_output
from cxaudit.write.scratch import scratch_folder


@dataclass(frozen=True)
class Input:
    """The options that say what is read and judged, as typed; `now` is the clock (aware)."""

    files: list[str]
    period: str | None
    as_of: str | None
    standards: str | None
    channel: str | None
    source: str | None
    now: dt.datetime
    standards_as_of: str | None = None

    def question(
        self, standards: Standards, roles: Iterable[Role], *, reject_cells: bool, with_readings: WithReadings = "no"
    ) -> Question:
        city = zone(standards.timezone)
        as_of = parse_as_of(self.as_of, city) if self.as_of is not None else now_as_of(self.now, city)
        period = parse_period(self.period, as_of) if self.period is not None else None
        return Question(
            standards,
            as_of,
            period,
            self.channel,
            self.source,
            tuple(roles),
            reject_cells,
            with_readings,
            self.scenario,
        )

    @property
    def scenario(self) -> str | None:
        """In words, what makes the figures other ones than the standards file gives."""
        return None if self.standards_as_of is None else scenario_words(self.standards_as_of)


def require_one_of(option: str, word: str, known: Collection[str]) -> None:
    """Raise `UsageError` for a word that an option does not take, with those that it takes and the nearest of them."""
    if word not in known:
        raise UsageError(f"{option} {word} is not one of {', '.join(known)}.{near_miss(word, known)}")


_STANDARDS_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Output:
    """The options that say where the answer goes and in which form, as typed."""

    format: str | None = None
    file: str | None = None
    rejects: str | None = None
    reject_cells: bool = False
    strict: bool = False
    escape: bool = True
    quiet: bool = False

    def chosen(self, formats: Collection[str], piped: str = "csv") -> str:
        """The format: by option or by the file's ending, which must agree; else by where standard output goes."""
        if self.format is not None:
            require_one_of("--format", self.format, formats)
        if self.file is None or self.file == "-":
            if self.format == "xlsx" and sys.stdout.isatty():
                raise UsageError("a workbook is no text for a terminal.\nWrite it to a file: -o NAME.xlsx")
            return self.format or ("table" if sys.stdout.isatty() else piped)
        if Path(self.file).suffix.lower() == ".parquet":
            raise UsageError(f"-o {self.file}: only `cxaudit tally` writes Parquet files.\nName another file.")
        endings = {ending: form for ending, form in EXTENSIONS.items() if form in formats}
        by_name = endings.get(Path(self.file).suffix.lower())
        if by_name is None and self.format is None:
            known = ", ".join(endings)
            raise UsageError(f"the ending of {self.file} says no format.\nUse one of {known}, or add --format.")
        if by_name is not None and self.format is not None and by_name != self.format:
            raise UsageError(f"-o {self.file} asks for {by_name}, --format for {self.format}.\nLeave one of them out.")
        return self.format or by_name or piped

    def options(self) -> RenderOptions:
        is_terminal = (self.file is None or self.file == "-") and sys.stdout.isatty()
        colour = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        width = shutil.get_terminal_size().columns if is_terminal else None
        return RenderOptions(width, colour, self.escape, scratch=scratch_folder)

    def check_places(self) -> None:
        """Refuse places that cannot be written to before any work is done."""
        for path in (self.file, self.rejects):
            if path is not None and path != "-":
                check_place(Path(path))
                if Path(path).suffix.lower() in _STANDARDS_ENDINGS:
                    said = f"{path} is the standards file, or would be taken for one; no answer is."
                    raise UsageError(f"{said}\nName another file.")
        other = EXTENSIONS.get(Path(self.rejects).suffix.lower()) if self.rejects else None
        if other not in (None, "csv", "table"):
            raise UsageError(
                f"--rejects {self.rejects} asks for {other}: rejected rows are listed as CSV.\nName NAME.csv."
            )
        if (
            self.rejects is not None
            and self.file is not None
            and Path(self.rejects).resolve() == Path(self.file).resolve()
        ):
            raise UsageError(f"-o and --rejects both name {self.file}.\nName two files.")
        if self.reject_cells and self.rejects is None:
            raise UsageError("--reject-cells goes with --rejects FILE.")

    def spare_inputs(self, inputs: Iterable[Path], *standards: str | None) -> None:
        """Refuse to replace a file that is read in the same run: an export is evidence, and so are the standards."""
        read = {path.resolve(): "one of the files that are read" for path in inputs}
        read |= {Path(file).resolve(): "the standards file" for file in standards if file is not None}
        for path in (self.file, self.rejects):
            if path is not None and path != "-" and (what := read.get(Path(path).resolve())):
                raise UsageError(f"{path} is {what}; the answer would replace it.\nName another file.")

    def write(self, data: Iterable[bytes], form: str) -> None:
        if self.file is None or self.file == "-":
            write_standard_output(data)
            return
        with self.progress(1) as step:
            step(f"Writing {self.file}")
            write_bytes(Path(self.file), with_bom(data) if form == "csv" else data)

    def progress(self, steps: int) -> Progress:
        """What shows the steps of a run to a person who waits."""
        return Progress(steps, is_quiet=self.quiet)

    def say(self, lines: Iterable[str]) -> None:
        if not self.quiet:
            self.warn(lines)

    @staticmethod
    def warn(lines: Iterable[str]) -> None:
        """Say what nobody may miss, `-q` or not."""
        write_standard_error("".join(f"{line}\n" for line in lines))


def scenario_words(standards_as_of: str) -> str:
    """What `--standards-as-of` makes of a run."""
    return f"scenario: everything judged by the standards in force on {standards_as_of}"

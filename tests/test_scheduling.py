"""docs/scheduling.md: its cron line runs in the bare environment that cron gives, its units are sound."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from outside import SAMPLES, TOP

TEXT = (TOP / "docs" / "scheduling.md").read_text("utf-8")
UNITS = re.findall(r"`/etc/systemd/system/(\S+?)`:\n\n```ini\n(.*?)```", TEXT, re.DOTALL)


def placed(text: str, folder: Path) -> str:
    """The paths of the document, made those of this machine."""
    return text.replace("/srv/cxaudit", str(folder)).replace("/opt/cxaudit/bin/cxaudit", str(folder / "cxaudit"))


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A folder with exports and a command, as on a server."""
    shutil.copytree(SAMPLES, tmp_path / "exports")
    command = f'#!/bin/sh\nPYTHONPATH="{TOP / "src"}" exec "{sys.executable}" -m cxaudit "$@"\n'
    (tmp_path / "cxaudit").write_text(command)
    (tmp_path / "cxaudit").chmod(0o755)
    return tmp_path


def test_the_cron_line_runs_in_an_empty_environment(server: Path) -> None:
    """No HOME, no PATH, no language, no terminal: silent, and a folder is written; of a month without data it says so."""
    (line,) = re.findall(r"```cron\n(.*?)\n```", TEXT)
    schedule, command = re.match(r"((?:\S+ ){5})(.*)", line).groups()  # type: ignore[union-attr]
    assert schedule == "30 6 3 * * "
    assert "%" not in command  # to cron a line end
    command = placed(command, server)
    for period, code, names in (("2025-10", 0, ["2025-10"]), ("last-month", 3, ["2025-10"])):
        shell = ["env", "-i", "/bin/sh", "-c", command.replace("last-month", period)]
        done = subprocess.run(shell, capture_output=True, text=True, check=False, cwd="/", stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert (done.stderr == "") == (code == 0)
        assert [path.name for path in (server / "reports").iterdir()] == names


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_units_are_sound(server: Path) -> None:
    """systemd itself finds nothing to say about them."""
    assert [name for name, _ in UNITS] == ["cxaudit-report.service", "cxaudit-report.timer"]
    for name, text in UNITS:
        (server / name).write_text(placed(text, server).replace("User=cxaudit\n", ""))
    paths = [str(server / name) for name, _ in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "cxaudit" in line]
    assert (done.returncode, said) == (0, [])
    calendar = re.search(r"OnCalendar=(.*)", UNITS[1][1])
    assert calendar is not None
    subprocess.run(["systemd-analyze", "calendar", calendar[1]], capture_output=True, check=True)

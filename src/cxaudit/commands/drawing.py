"""Drawing: the charts of a report, drawn by a second process while this one reads, judges and writes.

Loading what draws takes longer than the drawing, and neither leaves Python free for anything else. Where no second process
can be started, or it ends without charts, they are drawn here.
"""

from __future__ import annotations

import gc
import json
import pickle
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Self

from cxaudit.render.report.story import Chart

#: The forms of a report that have charts.
DRAWN = frozenset({"html", "pdf"})
#: Seconds that the drawing may take, a hundred times what it does.
_PATIENCE = 60
#: At Ctrl-C the terminal interrupts both processes: one of them is enough. The second looks for modules where the first
#: does, and not where it was started (`-P`): a folder of exports is no place for programs. Taking apart what draws takes a
#: tenth of its time, so it is not done.
_PROGRAM = """\
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.path[:] = json.loads(sys.argv[1])
from cxaudit.commands.drawing import serve
from cxaudit.write.file import end_process
serve()
end_process(0)
"""


class Drawing:
    """Charts on their way: `begin` has some drawn, as often as some are known, `draw` waits for all. To be closed, as a
    context."""

    def __init__(self, formats: Iterable[str] | None) -> None:
        """For these forms of a report, or for those that are made where none is named."""
        is_needed = formats is None or any(name.strip().lower() in DRAWN for name in formats)
        self._process = _started() if is_needed else None
        self._drawn: dict[Chart, str] = {}
        self._begun: list[Chart] = []

    def begin(self, charts: Sequence[Chart]) -> None:
        """Have these charts drawn, and go on."""
        if self._process is None or self._process.stdin is None:
            return
        with suppress(Exception):  # then they are drawn here
            for chart in charts:
                if chart not in self._begun:
                    pickle.dump(chart, self._process.stdin)
                    self._begun.append(chart)
            self._process.stdin.flush()

    def draw(self, charts: Sequence[Chart]) -> list[str]:
        """These charts as SVG."""
        if self._begun:
            begun, self._begun = self._begun, []
            self._drawn.update(zip(begun, self._received(), strict=False))
        missing = [chart for chart in charts if chart not in self._drawn]
        if missing:
            from cxaudit.render.report.charts import draw

            self._drawn.update((chart, draw(chart)) for chart in missing)
        return [self._drawn[chart] for chart in charts]

    def _received(self) -> list[str]:
        if self._process is not None:
            with suppress(Exception):
                found: list[str] = pickle.loads(self._process.communicate(timeout=_PATIENCE)[0])
                return found
        return []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            with suppress(OSError), self._process:  # closes its ends and waits for it
                self._process.kill()


def _started() -> subprocess.Popen[bytes] | None:
    command = [sys.executable, "-P", "-c", _PROGRAM, json.dumps(sys.path)]
    ends: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with suppress(OSError, TypeError, ValueError):
        return subprocess.Popen(command, **ends)
    return None


def serve() -> None:
    """Draw the charts as they come in, once what draws is loaded; nothing where none come."""
    gc.disable()  # the process is short, and all that it loads stays
    from cxaudit.render.report.charts import draw, warm_up

    warm_up()
    drawn = []
    with suppress(EOFError):  # the last one has come
        while True:
            drawn.append(draw(pickle.load(sys.stdin.buffer)))
    if drawn:
        sys.stdout.buffer.write(pickle.dumps(drawn))

"""Progress: what a run that takes over a second is doing, on standard error, for a person who waits at a terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

#: Nobody needs to be told what is over before they look.
PATIENCE = 1.0


class Progress:
    """Steps of a run, shown as a bar that vanishes at the end. Into a file or a pipe, or with `-q`, nothing is shown."""

    def __init__(self, steps: int, *, is_quiet: bool) -> None:
        self._steps, self._done, self._words = steps, 0, ""
        self._bar: Bar | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(PATIENCE, self._show)
        self._timer.daemon = True
        self._is_shown = not is_quiet and _is_terminal()

    def __enter__(self) -> Progress:
        if self._is_shown:
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            self._is_shown = False
            if self._bar is not None:
                self._bar.stop()

    def __call__(self, words: str) -> None:
        """The next step begins."""
        with self._lock:
            self._done, self._words = self._done + bool(self._words), words
            self._update()

    def _update(self) -> None:
        if self._bar is not None:
            for task in self._bar.task_ids:
                self._bar.update(task, description=self._words, completed=self._done)

    def _show(self) -> None:
        """Runs once, beside the work, when it takes long."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        with self._lock:
            if not self._is_shown:
                return
            console = Console(file=sys.stderr, no_color=bool(os.environ.get("NO_COLOR")))
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=console, transient=True)
            self._bar.add_task(self._words, total=self._steps)
            self._update()
            self._bar.start()


def _is_terminal() -> bool:
    """Whether standard error is a real terminal that can move its cursor."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.isatty(sys.stderr.fileno()) and os.environ.get("TERM") != "dumb"
    return False

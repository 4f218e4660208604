"""The command `cxaudit`, also as `python -m cxaudit`. An interruption while the program is still loading is one too."""

from __future__ import annotations

import atexit
import gc
import signal
from typing import NoReturn

#: What is loaded stays: to look through it for garbage every 700 objects, as is usual, takes a fifth of a short run.
_OBJECTS = 300_000


def run() -> NoReturn:
    """The program: `main`, and the end of the process right after it."""
    ended: list[int] = []
    atexit.register(_end, ended)  # the first to be registered is the last to be run
    ended.append(main())
    # Scratch files are removed now, which takes a moment and is not to be broken off.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise SystemExit(ended[0])


def main() -> int:
    """Load the command line and run it."""
    gc.set_threshold(_OBJECTS)
    try:
        from cxaudit.cli import main as command

        return command()
    except KeyboardInterrupt:
        return 130
    finally:
        gc.freeze()  # the process ends: nothing is worth looking for any more


def _end(ended: list[int]) -> None:
    if ended:
        from cxaudit.write.file import end_process

        end_process(ended[0])


if __name__ == "__main__":
    run()

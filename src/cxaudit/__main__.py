"""The command `cxaudit`, also as `python -m cxaudit`. An interruption while the program is still loading is one too."""

from __future__ import annotations

import gc

#: What is loaded stays: to look through it for garbage every 700 objects, as is usual, takes a fifth of a short run.
_OBJECTS = 300_000


def main() -> int:
    """Load the command line and run it."""
    gc.set_threshold(_OBJECTS)
    try:
        from cxaudit.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130
    finally:
        gc.freeze()  # the process ends: nothing is worth looking for any more


if __name__ == "__main__":
    raise SystemExit(main())

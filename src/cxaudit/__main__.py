"""The command `cxaudit`, also as `python -m cxaudit`. An interruption while the program is still loading is one too."""

from __future__ import annotations


def main() -> int:
    """Load the command line and run it."""
    try:
        from cxaudit.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())

"""The command line: options in, exit code out. The only room that reads the clock, the environment and the terminal.

Exit codes: 0 ran · 1 a target was missed · 2 could not run · 3 ran, but the result is not to be relied on · 70 a bug · 130
interrupted; a closed pipe is 0. Source: DESIGN, section 6.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys

import typer

from cxaudit.cli import audits, dates, inputs, reports, standards
from cxaudit.cli.app import app
from cxaudit.errors import AuditError
from cxaudit.write.file import mute_standard_output, os_words, write_standard_error

#: Loading these modules adds their commands to the program.
COMMANDS = (audits, reports, inputs, dates, standards)


#: The signals that told the program to end. What it breaks off may fail in any way, in compiled code above all.
_heeded: list[int] = []


def main() -> int:
    """Run the command line and turn every outcome into an exit code."""
    _heeded.clear()
    _prepare_streams()
    _heed_signals()
    code = _outcome()
    return 128 + _heeded[0] if _heeded else code


def _outcome() -> int:
    try:
        code = typer.main.get_command(app).main(prog_name="cxaudit", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _closed_pipe()
    except AuditError as error:
        return _say(str(error))
    except SystemExit as error:  # Typer's own way out of a closed pipe
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            return _closed_pipe()
        return error.code if isinstance(error.code, int) else 2
    except OSError as error:
        if error.filename is None and error.errno in (errno.EPIPE, errno.EINVAL):
            return _closed_pipe()
        mute_standard_output()
        return _say(("" if error.filename or error.errno is None else "cannot write: ") + os_words(error))
    except MemoryError:
        return _say("not enough memory for this input.\nJudge fewer files at a time.")
    except BaseException as error:
        # What breaks down in compiled code is neither an `Exception` nor, left alone, anything but an exit code 1.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return _usage_or_bug(error)
    return code if isinstance(code, int) else 0


def _heed_signals() -> None:
    with contextlib.suppress(ValueError):  # not the main thread: then whoever started it decides
        for name in ("SIGTERM", "SIGHUP"):  # Windows has no hang-up; whoever is told to ignore one goes on
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _terminate)
        # A job in the background is not interrupted by what is meant for another.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)


def _terminate(number: int, frame: object) -> None:  # noqa: ARG001 - as signal handlers are called
    """Leave in order, so that scratch files are removed."""
    _heeded.append(number)
    sys.exit(128 + number)


def _interrupt(number: int, frame: object) -> None:  # noqa: ARG001 - as signal handlers are called
    """Ctrl-C. While rows are read polars tells of it first: once more would break off what is put in order at the end."""
    _heeded.append(number)
    if not isinstance(sys.exception(), KeyboardInterrupt):
        raise KeyboardInterrupt


def _prepare_streams() -> None:
    """Standard output and error that take any text, wherever they lead."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed before the start: what is said goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - until the interpreter ends
    for stream in (sys.stdout, sys.stderr):
        if (stream.encoding or "").lower().replace("-", "") != "utf8":
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def _closed_pipe() -> int:
    """Nobody reads any more: be quiet about it."""
    mute_standard_output()
    return 0


def _say(message: str) -> int:
    if not _heeded:
        write_standard_error(f"cxaudit: {message}\n")
    return 2


def _usage_or_bug(error: BaseException) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":  # `cxaudit` alone: show what there is
        write_standard_error(f"{error.format_message()}\n")  # type: ignore[attr-defined]
        return 2
    exit_code = getattr(error, "exit_code", None)
    if exit_code is not None and hasattr(error, "format_message"):
        context = getattr(error, "ctx", None)
        hint = f"\nSee {context.command_path} --help." if context is not None else ""
        return _say(f"{error.format_message()}{hint}") if exit_code else 0
    if type(error).__name__ == "Abort":
        return 130
    if os.environ.get("CXAUDIT_DEBUG"):
        raise error
    _say(
        f"a bug: {type(error).__name__}: {_first_line(error)}\nPlease report it. CXAUDIT_DEBUG=1 shows where it happened."
    )
    return 70


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:300]

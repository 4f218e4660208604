"""Errors about the whole run: the audit cannot go on, and the message says what to change.

What concerns one row is not an error but a finding (`findings.py`).
"""


class AuditError(Exception):
    """The audit cannot run. The first line says what happened and where, the next ones what to do."""


class InputError(AuditError):
    """A file cannot be read, or it is not clear what its columns mean."""


class StandardsError(AuditError):
    """The standards file is wrong. Carries every problem found, each with file, line and column."""


class UsageError(AuditError):
    """The command line asks for something impossible."""

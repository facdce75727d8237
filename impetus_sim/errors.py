"""The one error family: every message says what was given, what is allowed, where, and what to try.

The command line turns these into one clear text and an exit code; nothing else may reach a user as a
traceback. Exit codes: 1 a run or check failed, 2 invalid input (nothing was written), 130 interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass


class ImpetusError(Exception):
    """Base of all errors that a user can act on.

    Parameters
    ----------
    message
        What was given and what is allowed, in one sentence.
    hint
        What to try next; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class InvalidInputError(ImpetusError):
    """A file, an option or a value that cannot be used; nothing has been written."""

    exit_code = 2


class RunFailedError(ImpetusError):
    """A run that could not finish: a law was broken, a disk was full, a number was not finite."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault of one input file.

    Parameters
    ----------
    file, line, column
        Where; line and column count from 1, 0 where there is none.
    key
        Dotted key, such as ``crowd.populations.visitors.count``.
    message
        What was given and why it cannot be used.
    allowed
        What is allowed, as text; may be empty.
    nearest
        The nearest allowed name for a misspelt one; may be empty.
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        if self.allowed:
            text += f" (allowed: {self.allowed})"
        return text


class InvalidFilesError(InvalidInputError):
    """All faults of all input files at once.

    Parameters
    ----------
    problems
        At least one.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

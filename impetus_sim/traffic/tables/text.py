"""Lines of text tables, plain or gzipped, and a list of what is wrong with them."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from impetus_sim.errors import InvalidFilesError, InvalidInputError, Problem

MOST_PROBLEMS = 20
"""A broken file is given up after so many faults."""


class Faults:
    """Faults of one file, raised together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._problems: list[Problem] = []

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, line: int, message: str, *, column: str = "", allowed: str = "") -> None:
        """Note a fault; line 0 stands for the whole file.

        Raises
        ------
        InvalidFilesError
            When there are very many already.
        """
        self._problems.append(
            Problem(file=str(self.path), line=line, column=1, key=column, message=message, allowed=allowed)
        )
        if len(self._problems) >= MOST_PROBLEMS:
            self.require_none()

    def number(self, text: str, line: int, column: str, *, least: float | None = None) -> float:
        """Return a finite number, or note a fault and return 0."""
        try:
            value = float(text)
        except ValueError:
            self.add(line, f"'{text}' is not a number", column=column)
            return 0.0
        if not abs(value) < float("inf"):
            self.add(line, f"'{text}' is not finite", column=column)
            return 0.0
        if least is not None and value < least:
            self.add(line, f"{text} is too small", column=column, allowed=f"{least:g} or more")
            return 0.0
        return value

    def whole(self, text: str, line: int, column: str, *, least: int | None = None) -> int:
        """Return a whole number, or note a fault and return 0."""
        value = self.number(text, line, column, least=least)
        if value != int(value):
            self.add(line, f"'{text}' is not a whole number", column=column)
            return 0
        return int(value)

    def require_none(self) -> None:
        """Raise `InvalidFilesError` with all faults, if there are any."""
        if self._problems:
            raise InvalidFilesError(self._problems)


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file; names that end in ``.gz`` are unpacked.

    Raises
    ------
    InvalidInputError
        When the file cannot be read or is no text.
    """
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        return data.decode("utf-8-sig").splitlines()
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInputError(f"cannot read {path}: {error}") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not a text file: {error.reason} at byte {error.start}") from error

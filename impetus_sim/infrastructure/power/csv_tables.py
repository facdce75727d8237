"""Tables of semicolon-separated text whose every cell knows its place, and the faults that are found in them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from impetus_sim.errors import InvalidFilesError, Problem

NOTHING = ("", "NULL", "nan")
_MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Row:
    """One row: its line, and each cell with the column of text where it begins, both from 1."""

    line: int
    cells: Mapping[str, tuple[str, int]]

    def text(self, column: str) -> str:
        """Return a cell; empty where the file has nothing."""
        said = self.cells.get(column, ("", 0))[0]
        return "" if said in NOTHING else said


@dataclass
class CsvTables:
    """Tables by name of their file, and the problems of all of them.

    Parameters
    ----------
    folder
        Name of their folder in messages.
    files
        Text of each file by its name, such as ``Line.csv``.
    """

    folder: str
    files: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def rows(self, table: str, needed: Collection[str]) -> list[Row]:
        """Return the rows of a table, none where there is no such file; a missing column is a problem."""
        lines = self.files.get(f"{table}.csv", "").splitlines()
        if not lines:
            return []
        heading = [name.strip() for name in lines[0].split(";")]
        for column in needed:
            if column not in heading:
                self.problem(table, 1, 1, column, "the column is missing", ";".join(needed))
        if not set(needed) <= set(heading):
            return []
        found = []
        for number, line in enumerate(lines[1:], start=2):
            if not line.strip():
                continue
            cells = line.split(";")
            if len(cells) != len(heading):
                self.problem(
                    table, number, 1, "", f"{len(cells)} values", f"{len(heading)} as in the first line"
                )
                continue
            starts = [1 + sum(len(cell) + 1 for cell in cells[:k]) for k in range(len(cells))]
            places = zip(cells, starts, strict=True)
            found.append(
                Row(
                    number,
                    {name: (cell.strip(), at) for name, (cell, at) in zip(heading, places, strict=True)},
                )
            )
        return found

    def number(
        self, table: str, row: Row, column: str, default: float = math.nan, *, above: float = -math.inf
    ) -> float:
        """Return a cell as a number; one that is none, is missing without a default, or too low is a problem."""
        said = row.text(column)
        allowed = "a number" if above == -math.inf else f"a number above {above:g}"
        if not said:
            if math.isnan(default):
                self.fault(table, row, column, "is missing", allowed)
            return default
        try:
            value = float(said)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value > above):
            self.fault(table, row, column, f"'{said[:40]}'", allowed)
        return value

    def one_of(
        self, table: str, row: Row, column: str, known: Mapping[str, int], of: str, *, default: str = ""
    ) -> int:
        """Return what a cell names, by its number among the known; an unknown name is a problem, and 0."""
        said = row.text(column) or default
        if said in known:
            return known[said]
        self.fault(table, row, column, f"'{said[:60]}' is not there", of)
        return 0

    def fault(self, table: str, row: Row, column: str, message: str, allowed: str) -> None:
        """Note a problem of a cell."""
        self.problem(table, row.line, row.cells.get(column, ("", 1))[1], column, message, allowed)

    def problem(self, table: str, line: int, column: int, key: str, message: str, allowed: str) -> None:
        """Note a problem."""
        self.problems.append(
            Problem(
                file=f"{self.folder}/{table}.csv",
                line=line,
                column=column,
                key=key,
                message=message,
                allowed=allowed,
            )
        )

    def require_sound(self) -> None:
        """Raise what was found so far, the first twenty.

        Raises
        ------
        InvalidFilesError
            When there is any problem.
        """
        if self.problems:
            raise InvalidFilesError(self.problems[:_MOST_PROBLEMS])

"""What was dropped, bridged, mended, guessed, cut off or absent while a map was built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class RepairRow:
    """One line of the report.

    Parameters
    ----------
    kind
        A stable name such as ``ways_with_missing_nodes``; starts with the verb-like class of the finding:
        dropped, bridged, mended, guessed, cut_off, absent, excluded, kept, area.
    count
        How many things it concerns.
    length_m, area_m2
        How much of the map it concerns; 0 where that has no meaning.
    detail
        A sentence for people: what, why, and examples.
    """

    kind: str
    count: int
    length_m: float = 0.0
    area_m2: float = 0.0
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class RepairReport:
    """All rows of the report, in the order they were found."""

    rows: tuple[RepairRow, ...] = ()

    def __iter__(self) -> Iterator[RepairRow]:
        return iter(self.rows)

    def find(self, kind: str) -> RepairRow | None:
        """Return the first row of a kind, or None."""
        return next((row for row in self.rows if row.kind == kind), None)

    def to_records(self) -> list[dict[str, Any]]:
        """Return the rows as plain dictionaries, lengths and areas rounded to 0.1."""
        return [
            asdict(row) | {"length_m": round(row.length_m, 1), "area_m2": round(row.area_m2, 1)}
            for row in self.rows
        ]

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per finding."""
        import pandas as pd

        columns = ["kind", "count", "length_m", "area_m2", "detail"]
        return pd.DataFrame(self.to_records(), columns=columns)


@dataclass
class ReportBuilder:
    """Collects rows while a map is built; rows with a count of zero are left out."""

    rows: list[RepairRow] = field(default_factory=list)

    def add(
        self, kind: str, count: int, *, length_m: float = 0.0, area_m2: float = 0.0, detail: str = ""
    ) -> None:
        """Add a row when it counts anything."""
        if count:
            row = RepairRow(
                kind=kind, count=int(count), length_m=float(length_m), area_m2=float(area_m2), detail=detail
            )
            self.rows.append(row)

    def build(self) -> RepairReport:
        """Return the finished report."""
        return RepairReport(rows=tuple(self.rows))


def name_some(items: list[str], *, most: int = 12) -> str:
    """Return up to ``most`` items as text, and how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more

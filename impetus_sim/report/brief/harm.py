"""The section on casualties: ranges under the name of the law that gave them."""

from __future__ import annotations

from collections.abc import Sequence

from impetus_sim.report import caveats
from impetus_sim.report.brief.content import Cell, Paragraph, Row, Section, Table
from impetus_sim.report.casualties import CasualtyRow


def build_casualty_section(rows: Sequence[CasualtyRow]) -> list[Section]:
    """Return the section; none when harm was not followed."""
    if not rows:
        return []
    table = Table(
        caption="Casualties",
        note="low to high, central estimate",
        columns=("law", "option", "low to high", "central", "what the law rests on"),
        rows=tuple(
            Row(
                head=Cell(text=row.law),
                cells=(
                    Cell(text=row.option),
                    Cell(text=f"{row.low} to {row.high} people"),
                    Cell(text=f"{row.central} people"),
                    Cell(text=row.caution),
                ),
            )
            for row in rows
        ),
    )
    return [
        Section(
            key="casualties",
            title="Casualties, as ranges by law",
            blocks=(Paragraph(text=caveats.CASUALTIES, tone="note"), table),
        )
    ]

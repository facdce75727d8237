"""Rules on tables: no empty cell, nothing that is no number, and a unit to every number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from impetus_sim.report.brief.lint.fault import Fault
from impetus_sim.report.brief.lint.page import Page, PageTable, TableCell

NOT_A_NUMBER: Final = re.compile(
    r"(?<![\w-])(nan|none|null|inf|undefined|n/a)(?![\w-])|\{\{|\}\}", re.IGNORECASE
)
_WORDS_OF_NONE: Final = re.compile(r"^(none|none stated|none in any run)\b", re.IGNORECASE)
COUNTED: Final = re.compile(
    r"\b(people|persons?|person-hours?|staff|runs?|seeds?|replicates?|points?|number|vehicles|assets|EUR|euros?"
    r"|share|probability|ratio|correlation|index|s|min|h|m|km)\b|%",
    re.IGNORECASE,
)
"""Words in the header of a column that tell what its bare numbers count."""
_NUMBERS: Final = re.compile(r"[\u2212+<>~±-]?\d[\d\u202f\u2009,.]*")
_LINKS: Final = re.compile(r"\b(to|of|and|from|at|about|below|above|in)\b")


def check_cells(page: Page) -> Iterator[Fault]:
    """Find empty cells and values that are none."""
    for table in page.tables:
        for cell in (cell for row in table.rows for cell in row):
            if not cell.text:
                yield Fault(
                    line=cell.line,
                    rule="empty-cell",
                    message=f"an empty cell in the table '{_name(table)}'",
                    hint="write a value, a dash, or why there is none",
                )
            elif (found := NOT_A_NUMBER.search(cell.text)) and not _WORDS_OF_NONE.match(cell.text):
                yield Fault(
                    line=cell.line,
                    rule="not-a-number",
                    message=f"'{found[0]}' in the table '{_name(table)}'",
                    hint="say in words why there is no value, such as 'not defined'",
                )
    for text in page.texts:
        found = re.search(r"(?<![\w-])(nan|NaN|None|undefined)(?![\w-])|\{\{", text.text)
        if found and text.tag != "pre" and not re.search(r"\bNone (of|is|was|were)\b", text.text):
            yield Fault(
                line=text.line,
                rule="not-a-number",
                message=f"'{found[0]}' in a text: '{text.text[:60]}'",
                hint="say in words why there is no value",
            )


def check_units(page: Page) -> Iterator[Fault]:
    """Find numbers in tables whose unit stands neither beside them nor in the header of their column."""
    for table in page.tables:
        for cell in (cell for row in table.rows for cell in row):
            if cell.is_head or cell.is_code or not _is_bare(cell.first):
                continue
            column = table.columns[cell.column] if cell.column < len(table.columns) else ""
            if not COUNTED.search(column):
                yield Fault(
                    line=cell.line,
                    rule="unit",
                    message=f"'{_shown(cell)}' has no unit, in column '{column}' of the table '{_name(table)}'",
                    hint="write the unit beside the number, such as '12 s' or '3 people'",
                )


def _is_bare(text: str) -> bool:
    """Tell whether a text is of numbers alone."""
    if not re.search(r"\d", text):
        return False
    left = _LINKS.sub(" ", _NUMBERS.sub(" ", text))
    return not re.search(r"[^\W\d_]|%|°|€", left)


def _shown(cell: TableCell) -> str:
    return cell.first[:40]


def _name(table: PageTable) -> str:
    return table.caption[:50] or f"without caption, line {table.line}"

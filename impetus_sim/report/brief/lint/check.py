"""All rules applied to one brief."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from impetus_sim.errors import InvalidInputError
from impetus_sim.report.brief.lint import numbers, record, wording
from impetus_sim.report.brief.lint.fault import Fault
from impetus_sim.report.brief.lint.page import read_page

RULES: Final = (
    wording.check_answer,
    wording.check_certainty,
    wording.check_support,
    numbers.check_cells,
    numbers.check_units,
    record.check_figures,
    record.check_credit,
    record.check_sources,
    record.check_repeatable,
    record.check_requests,
    record.check_headings,
    record.check_sections,
)


def lint_html(html: str) -> list[Fault]:
    """Return the faults of a brief in the order of its lines; none when it may be signed."""
    page = read_page(html)
    return sorted(fault for rule in RULES for fault in rule(page))


def lint_file(path: Path) -> list[Fault]:
    """Return the faults of a brief's file.

    Raises
    ------
    InvalidInputError
        When it is no HTML.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise InvalidInputError(
            f"'{path}' is no HTML",
            hint="impetus report writes HTML and PDF with the same words: check the .html of the same study",
        )
    return lint_html(path.read_text("utf-8"))

"""Rules on the record: words for figures, credit, sources, how to repeat it, sound structure, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from impetus_sim.report.brief.lint.fault import Fault
from impetus_sim.report.brief.lint.page import Page

LEAST_WORDS: Final = 20
"""Letters that words for a figure have at least."""
_OSM: Final = re.compile(r"openstreetmap", re.IGNORECASE)
_CREDIT: Final = re.compile(r"©\s*OpenStreetMap contributors", re.IGNORECASE)
_ODBL: Final = re.compile(r"ODbL|Open Database Licen[cs]e", re.IGNORECASE)
_LICENCE: Final = re.compile(
    r"ODbL|Open Database Licen[cs]e|CC[ -]?(?:BY|0)|public domain|licen[cs]e|a sketch drawn for",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"\b(?:1[89]|20)\d\d\b")
_DATED: Final = re.compile(r"^(Map|Scenario|Data|Counts|Source)\b.*?:", re.IGNORECASE)
_SKETCH: Final = "a sketch drawn for"
_OUTSIDE: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|^(?:https?|ftp|file):", re.IGNORECASE)
REQUIRED_SECTIONS: Final = {
    "limits": "what it cannot say",
    "assumptions": "what it rests on",
    "sources": "data sources and credit",
    "repeat": "how to repeat it",
}


def check_figures(page: Page) -> Iterator[Fault]:
    """Find pictures without words."""
    for image in page.images:
        if image.alt is None or len(image.alt.strip()) < LEAST_WORDS:
            yield Fault(
                line=image.line,
                rule="alt",
                message="a figure without words for those who cannot see it"
                if not (image.alt or "").strip()
                else f"a figure with too few words: '{(image.alt or '').strip()}'",
                hint='say what it shows and its main numbers in alt="..."',
            )


def check_credit(page: Page) -> Iterator[Fault]:
    """Find maps without the credit that their licence asks for."""
    whole = page.whole_text
    has_map = any("map" in (image.alt or "").casefold() for image in page.images)
    if _OSM.search(whole) or (has_map and _SKETCH not in whole):
        sources = " ".join(text.text for text in page.of_section("sources"))
        if not _CREDIT.search(whole) or not _ODBL.search(sources or whole):
            yield Fault(
                line=_line_of(page, "sources"),
                rule="credit",
                message="a map is shown, but not its credit with the licence",
                hint="write '© OpenStreetMap contributors' and 'Open Database License (ODbL)' under the sources",
            )


def check_sources(page: Page) -> Iterator[Fault]:
    """Find sources without a date, and sources without any licence."""
    items = [text for text in page.of_section("sources") if text.tag in ("li", "p")]
    if not items:
        return  # `check_sections` says so
    for item in items:
        if _DATED.match(item.text) and not _YEAR.search(item.text) and _SKETCH not in item.text:
            yield Fault(
                line=item.line,
                rule="source-date",
                message=f"a source without a date: '{item.text[:70]}'",
                hint="say of which year the data are",
            )
    if not any(_LICENCE.search(item.text) for item in items):
        yield Fault(
            line=_line_of(page, "sources"),
            rule="source-licence",
            message="no source has a licence",
            hint="name the licence of the map and of every data set",
        )


def check_repeatable(page: Page) -> Iterator[Fault]:
    """Find a brief that cannot be repeated: no command, no seed, or no version."""
    line = _line_of(page, "repeat")
    texts = page.of_section("repeat")
    whole = page.whole_text
    if not any(text.tag == "pre" and re.search(r"\bimpetus \w+", text.text) for text in texts):
        yield Fault(
            line=line,
            rule="command",
            message="the command that repeats it is missing",
            hint="put it into <pre> under 'How to repeat it'",
        )
    rows = [row for table in page.tables for row in table.rows if row and row[0].text.casefold() == "seed"]
    said = any(re.search(r"\bseed \d+", text.text, re.IGNORECASE) for text in texts if text.tag != "pre")
    if not said and not any(len(row) > 1 and row[1].text for row in rows):
        yield Fault(
            line=line,
            rule="seed",
            message="the seed is missing",
            hint="write 'Seed N' under 'How to repeat it'",
        )
    if not re.search(r"\bimpetus_sim\s+\d", whole) and not any(
        row[0].text == "impetus_sim" for table in page.tables for row in table.rows if row
    ):
        yield Fault(
            line=line,
            rule="version",
            message="the version of impetus_sim is missing",
            hint="write it under 'How to repeat it'",
        )


def check_requests(page: Page) -> Iterator[Fault]:
    """Find what a browser would fetch from outside, and scripts."""
    for address in page.addresses:
        if address.tag == "script":
            yield Fault(
                line=address.line,
                rule="script",
                message="a script",
                hint="a brief is read as it is: remove it",
            )
        elif address.tag != "a" and not address.url.startswith(("data:", "#")):
            outside = "another place" if _OUTSIDE.match(address.url) else "another file"
            yield Fault(
                line=address.line,
                rule="request",
                message=f"<{address.tag}> needs {outside}: '{address.url[:60]}'",
                hint="put it into the page as a data: address",
            )


def check_headings(page: Page) -> Iterator[Fault]:
    """Find headings out of order, and a page without language or title."""
    if not page.language or not page.title.strip():
        yield Fault(
            line=1,
            rule="language",
            message="the page does not say its language and title",
            hint='<html lang="en"> and <title>',
        )
    last = 0
    for heading in page.headings:
        if heading.level > last + 1 or (heading.level == 1 and last):
            yield Fault(
                line=heading.line,
                rule="headings",
                message=f"heading '{heading.text[:50]}' has level {heading.level} after level {last}",
                hint="one <h1> first, then no level left out",
            )
        if not heading.text:
            yield Fault(
                line=heading.line, rule="headings", message="an empty heading", hint="write it or remove it"
            )
        last = heading.level


def check_sections(page: Page) -> Iterator[Fault]:
    """Find what every brief says missing or empty."""
    for key, title in REQUIRED_SECTIONS.items():
        if key not in page.section_keys or not page.of_section(key):
            yield Fault(
                line=_line_of(page, key),
                rule="section",
                message=f"it does not say {title}",
                hint=f'<h2 id="{key}"> and a list below it, as impetus report writes it',
            )


def _line_of(page: Page, key: str) -> int:
    texts = page.of_section(key)
    return texts[0].line if texts else page.n_lines

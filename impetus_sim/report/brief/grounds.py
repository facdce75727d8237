"""Sections that every brief has: what it rests on, what it cannot say, and where its data come from."""

from __future__ import annotations

from impetus_sim.report import caveats
from impetus_sim.report.brief.content import Block, Paragraph, Section, bullets
from impetus_sim.report.provenance import Provenance

ODBL = "Available under the Open Database License (ODbL), openstreetmap.org/copyright."


def say_where(provenance: Provenance) -> str:
    """Return map, start, duration and label in one line."""
    starts = f"starts {provenance.start} {provenance.zone}".strip() if provenance.start else ""
    follows = f"follows {provenance.duration}" if provenance.duration else ""
    parts = (provenance.map_name, starts, follows, provenance.label)
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


def say_assumptions(*more: str) -> Section:
    """Return what the numbers rest on; `more` are those of parts that not every run has."""
    return Section(
        key="assumptions", title="What this rests on", blocks=(bullets(*caveats.ASSUMPTIONS, *more),)
    )


def say_limits(*first: str) -> Section:
    """Return what the numbers cannot say."""
    return Section(key="limits", title="What it cannot say", blocks=(bullets(*first, *caveats.LIMITS),))


def say_sources(provenance: Provenance) -> Section:
    """Return map and scenario with their sources, dates and licences."""
    items = [_say_map(provenance)]
    items += [f"Scenario: {source}" for source in provenance.sources]
    if provenance.label:
        items.append(f"The scenario is {provenance.label}.")
    items.append("People: synthetic, drawn from published distributions; no personal data was used.")
    return Section(key="sources", title="Data sources and credit", blocks=(bullets(*items),))


def _say_map(provenance: Provenance) -> str:
    if not provenance.map_name:
        return (
            "Map: no recording was kept, so its name, date and credit are not known here. If it is OpenStreetMap "
            "data: © OpenStreetMap contributors, ODbL."
        )
    text = f"Map: {provenance.map_name}"
    if provenance.map_source:
        text += f", from {provenance.map_source}"
    if provenance.map_date:
        text += f", data of {provenance.map_date}"
    elif not provenance.is_osm:
        text += ", a sketch drawn for the scenario"
    if provenance.map_digest:
        text += f", content digest {provenance.map_digest[:16]}"
    text += "."
    if provenance.map_credit:
        text += f" {provenance.map_credit.rstrip('.')}."
    if provenance.map_licence:
        text += f" Licence: {provenance.map_licence}."
    return f"{text} {ODBL}" if provenance.is_osm else text


def say_versions(provenance: Provenance) -> tuple[Block, ...]:
    """Return the versions of the software as small print; nothing when they are not known."""
    if not provenance.versions:
        return ()
    named = ", ".join(f"{name} {version}" for name, version in provenance.versions)
    return (Paragraph(text=f"Software: {named}.", tone="small"),)

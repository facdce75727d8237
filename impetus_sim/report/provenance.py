"""Where a result comes from: scenario, map and its licence, seeds and versions, as a recording tells them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impetus_sim.maps.catalogue import list_entries
from impetus_sim.recording.reader import Recording
from impetus_sim.report.style import OSM_CREDIT, format_start


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a brief says about the origin of a result; empty texts where nothing is known.

    Parameters
    ----------
    title, description, label, sources
        Of the scenario, the label such as 'inspired by public reports'.
    start, zone, duration
        Simulated time, as text.
    map_name, map_digest, map_credit, map_date, map_licence, map_source
        Of the map; the date is that of its data.
    is_osm
        Whether the credit names OpenStreetMap.
    facts
        Names and values of everything needed to repeat a run.
    versions
        Names and versions of the software.
    """

    title: str = ""
    description: str = ""
    label: str = ""
    sources: tuple[str, ...] = ()
    start: str = ""
    zone: str = ""
    duration: str = ""
    map_name: str = ""
    map_digest: str = ""
    map_credit: str = ""
    map_date: str = ""
    map_licence: str = ""
    map_source: str = ""
    is_osm: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


_FACTS = (
    ("set of parameters", "parameters"),
    ("scenario digest", "scenario_digest"),
    ("map digest", "map_digest"),
    ("seed", "seed"),
    ("replicate", "replicate"),
    ("run key", "run_key"),
    ("impetus_sim", "engine_version"),
    ("compiled kernels", "kernel_hash"),
    ("platform", "platform"),
)


def read_provenance(recording: Recording | None) -> Provenance:
    """Return the provenance of a recording; an empty one without a recording."""
    if recording is None:
        return Provenance()
    attributes = recording.attributes
    scenario = read_scenario_text(str(attributes.get("scenario", "")))
    credit = str(attributes.get("map_credit", ""))
    facts = [(name, str(attributes[key])) for name, key in _FACTS if key in attributes]
    versions = _read_versions(attributes.get("versions", ""))
    if "digest" in recording.summary:
        facts.append(("digest of the run", str(recording.summary["digest"])))
    ticks = attributes.get("duration_ticks")
    return Provenance(
        title=str(attributes.get("title", recording.path.stem)),
        description=str(scenario.get("description") or "").strip(),
        label=str(scenario.get("label") or ""),
        sources=tuple(str(source) for source in _as_list(scenario.get("sources"))),
        start=format_start(str(attributes.get("start_time", ""))),
        zone=str(attributes.get("zone", "")),
        duration=f"{float(recording.seconds(int(ticks))):g} s" if ticks is not None else "",
        map_name=str(attributes.get("map_name", "")),
        map_digest=str(attributes.get("map_digest", "")),
        map_credit=credit,
        map_date=str(attributes.get("map_date", "")),
        map_licence=str(attributes.get("map_licence", "")),
        map_source=str(attributes.get("map_source", "")),
        is_osm="openstreetmap" in credit.casefold() or credit == OSM_CREDIT,
        facts=tuple(facts),
        versions=tuple((name, str(version)) for name, version in versions.items()),
    )


def read_folder_provenance(scenarios: Path, *names: str) -> Provenance:
    """Return what the scenarios of a study folder tell without a recording.

    Parameters
    ----------
    scenarios
        Folder with one resolved scenario per option.
    names
        Files to look for, the first that is there counts; then any.
    """
    files = [scenarios / name for name in names] + sorted(scenarios.glob("*.yaml"))
    path = next((path for path in files if path.is_file()), None)
    scenario = {} if path is None else read_scenario_text(path.read_text("utf-8"))
    named = scenario.get("map")
    entry = next((entry for entry in list_entries() if entry.name == named), None)
    sketch = str(named.get("sketch", "")) if isinstance(named, dict) else ""
    credit = "" if entry is None else entry.credit
    return Provenance(
        title=str(scenario.get("title") or ""),
        description=str(scenario.get("description") or "").strip(),
        label=str(scenario.get("label") or ""),
        sources=tuple(str(source) for source in _as_list(scenario.get("sources"))),
        map_name=sketch if entry is None else entry.name,
        map_credit=credit,
        map_date="" if entry is None else entry.date,
        map_licence="" if entry is None else entry.licence,
        is_osm="openstreetmap" in credit.casefold(),
    )


def read_scenario_text(text: str) -> dict[str, Any]:
    """Return a scenario's resolved text as plain values; empty when it cannot be read."""
    if not text.strip():
        return {}
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        values = YAML(typ="safe").load(text)
    except YAMLError:
        return {}
    return values if isinstance(values, dict) else {}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _read_versions(text: Any) -> dict[str, Any]:
    try:
        versions = json.loads(str(text))
    except ValueError:
        return {}
    return versions if isinstance(versions, dict) else {}

"""The ODD protocol as Markdown: of the engine with every parameter, or of one run with what its scenario uses."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from impetus_sim import registry
from impetus_sim.analysis.export.odd import prose
from impetus_sim.analysis.export.odd.entities import (
    TableText,
    systems,
    tables_of,
    tables_of_engine,
)
from impetus_sim.analysis.export.odd.parameters import (
    Section,
    describe_value,
    list_sections,
    section_of,
)
from impetus_sim.engine.branch import read_scenario
from impetus_sim.recording.reader import Recording
from impetus_sim.scenario.parameter_sets import SETS
from impetus_sim.scenario.spec import Spec, walk
from impetus_sim.version import __version__
from impetus_sim.world.phases import Phase

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario

ELEMENTS: Final = (
    "1. Purpose and patterns",
    "2. Entities, state variables and scales",
    "3. Process overview and scheduling",
    "4. Design concepts",
    "5. Initialization",
    "6. Input data",
    "7. Submodels",
)
"""The seven elements of the protocol (Grimm et al. 2020)."""
CHANGED: Final = "**changed**"
_HOW = """\
Generated from the code and, for one run, from its recording: parameters from the typed sections of scenarios, state
variables from the tables, processes from the systems. After Grimm et al. (2020), JASSS 23(2) 7."""


def describe_engine() -> str:
    """Return the protocol of the engine as a whole: every parameter of every section and part."""
    lines = [f"# ODD protocol of impetus_sim {__version__}", "", _HOW, ""]
    lines += [*_heading(0), prose.PURPOSE, "", prose.PATTERNS, ""]
    lines += [*_heading(1), *_scales(None), *_tables(tables_of_engine())]
    lines += [*_heading(2), *_processes({each.name for each in systems()}), ""]
    lines += [*_heading(3), *_concepts(), *_heading(4), prose.INITIALISATION, ""]
    lines += [*_heading(5), prose.INPUT_DATA, "", *_heading(6), *_parts(None)]
    lines += ["### Parameters", "", "Every key of scenario files. Numbers may also be distributions.", ""]
    lines += _sets()
    for section in list_sections():
        lines += _section(section)
    return "\n".join(lines)


def describe_run(recording: Recording) -> str:
    """Return the protocol of one run: what its scenario uses, values that differ from defaults marked."""
    said, scenario = recording.attributes, read_scenario(recording)
    acting = set(recording.summary.get("digest_parts", ())) or {"crowd", "hazards", "response"}
    lines = [f"# ODD protocol of the run '{said.get('title', '')}'", "", _HOW, ""]
    lines.append(
        f"impetus_sim {said.get('engine_version')}, scenario {str(said.get('scenario_digest'))[:16]}, seed "
        f"{said.get('seed')}, replicate {said.get('replicate')}, map {said.get('map_name')} "
        f"({str(said.get('map_digest'))[:16]}). {said.get('map_credit', '')}".rstrip()
    )
    lines += ["", *_heading(0), prose.PURPOSE, ""]
    lines += [f"This run: {scenario.description or scenario.title}", "", prose.PATTERNS, ""]
    lines += [*_heading(1), *_scales(recording), *_tables(tables_of(recording))]
    lines += [*_heading(2), *_processes(acting), ""]
    couplings = recording.summary.get("couplings", [])
    if couplings:
        lines += [
            "Couplings that were active: " + ", ".join(name.replace("_", " ") for name in couplings) + ".",
            "",
        ]
    lines += [*_heading(3), *_concepts(), *_heading(4), prose.INITIALISATION, ""]
    lines += [*_heading(5), prose.INPUT_DATA, "", *[f"- {source}" for source in scenario.sources], ""]
    kinds = {type(spec) for _, spec in walk(scenario) if isinstance(spec, Spec)}
    lines += [*_heading(6), *_parts(kinds), "### Parameters", ""]
    lines += [f"Sections that the scenario uses. {CHANGED}: differs from the default, or has none.", ""]
    given = _given_profiles(scenario)
    for path, spec in walk(scenario):
        if isinstance(spec, Spec) and path[:1] != ("variants",):
            lines += _used_section(".".join(map(str, path)) or "scenario", spec, given.get(path))
    return "\n".join(lines)


def _heading(element: int) -> list[str]:
    return [f"## {ELEMENTS[element]}", ""]


def _scales(recording: Recording | None) -> Iterator[str]:
    yield "Time runs in whole ticks of 10 ms (`time.resolution`); each system has its own step as a multiple."
    yield "Space is continuous, in metres of a local projection; raster fields have cells of 0.25 to 25 m."
    if recording is not None:
        yield (
            f"This run: {recording.followed_s:g} s, ticks of {recording.resolution_us / 1000:g} ms, crowd step "
            f"{recording.seconds(int(recording.attributes.get('crowd_step_ticks', 0))):g} s, "
            f"{len(recording.static('people')['uid'])} people."
        )
    yield ""
    yield "State is held in tables of named columns, one owner each; all of them are hashed and checkpointed."
    yield ""


def _tables(tables: Iterable[TableText]) -> Iterator[str]:
    for table in tables:
        yield f"### Table `{table.name}`"
        yield ""
        if table.summary:
            yield table.summary
            yield ""
        yield from _rows(
            ("variable", "type", "unit"), [(f"`{n}`", kind, unit) for n, kind, unit in table.columns]
        )


def _processes(acting: set[str]) -> Iterator[str]:
    yield " ".join((inspect.getdoc(Phase) or "").split())
    yield "Within a phase systems act in a fixed order; times that tie resolve by phase, then by serial number."
    yield ""
    rows = []
    for phase in Phase:
        held = [each for each in systems() if each.phase is phase and each.name in acting]
        words = "; ".join(f"`{each.name}`: {each.summary}" for each in held)
        rows.append((str(int(phase)), phase.name.lower(), words))
    yield from _rows(("order", "phase", "systems"), rows)


def _concepts() -> Iterator[str]:
    for name, text in prose.CONCEPTS.items():
        yield f"**{name}.** {text}"
        yield ""


def _parts(used: set[type[Spec]] | None) -> Iterator[str]:
    for system, pages in prose.SYSTEM_PAGES.items():
        yield f"- {system}: " + ", ".join(f"docs/models/{page}.md" for page in pages)
    yield ""
    rows = []
    for family in registry.FAMILIES:
        for kind, part in registry.catalogue(family).items():
            if used is None or part.Spec in used:
                words = (inspect.getdoc(part) or inspect.getdoc(part.Spec) or "").partition("\n")[0]
                rows.append((family.replace("_", " "), f"`{kind}`", words, prose.page_of(family, kind)))
    yield from _rows(("family", "part", "what it does", "explained in"), rows)


def _section(section: Section) -> Iterator[str]:
    yield from _section_head(section.name, section)
    rows = [(f"`{p.key}`", p.unit, p.default, p.meaning) for p in section.parameters]
    yield from _rows(("key", "unit", "default", "meaning"), rows)


def _given_profiles(scenario: Scenario) -> dict[tuple[str | int, ...], Spec]:
    """Return the sections that the scenario's set of parameters gives for profiles, by their place."""
    return {
        ("crowd", "profiles", name, *path): spec
        for name, profile in SETS[scenario.crowd.parameters].profiles.items()
        for path, spec in walk(profile)
        if isinstance(spec, Spec)
    }


def _sets() -> Iterator[str]:
    """Yield the sets of parameters for walking, and their profiles."""
    for name, held in SETS.items():
        values = {**held.settings, "model": dict(held.model)}
        yield f"#### crowd.parameters: {name}"
        yield ""
        yield held.title
        yield ""
        yield from _rows(
            ("key", "value"), [(f"`{key}`", describe_value(value)) for key, value in values.items()]
        )
        speeds = [(f"`{profile}`", *_profile(spec)) for profile, spec in held.profiles.items()]
        yield from _rows(("profile", "desired speed, m/s", "radius, m", "time gap, s"), speeds)


def _profile(profile: Any) -> tuple[str, str, str]:
    speed = profile.desired_speed
    words = f"{speed.mean:g} sd {speed.sd:g}, {speed.min:g} to {speed.max:g}"
    return words, f"{profile.radius:g}", f"{profile.time_gap:g}"


def _used_section(path: str, spec: Spec, given: Spec | None) -> Iterator[str]:
    section = section_of(type(spec))
    rows = []
    for each in section.parameters:
        value = getattr(spec, each.key, None)
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        if any(isinstance(part, Spec) for part in parts):
            continue  # a section of its own below
        shown = describe_value(value)
        default = each.default if given is None else describe_value(getattr(given, each.key))
        mark = "" if shown == default else CHANGED
        rows.append((f"`{each.key}`", shown, each.unit, default, mark, each.meaning))
    if rows:
        yield from _section_head(path, section)
        yield from _rows(("key", "value", "unit", "default", "", "meaning"), rows)


def _section_head(name: str, section: Section) -> Iterator[str]:
    yield f"#### {name}"
    yield ""
    for text in (section.summary, section.sources):
        if text:
            yield text
            yield ""


def _rows(titles: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(titles) + " |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""

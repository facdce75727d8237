"""Names that point to other entries: every exit, profile, population or hazard that is named must exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from impetus_sim.scenario.faults import Fault, nearest_name
from impetus_sim.scenario.spec import Spec, walk

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario

SECTION_OF = {
    "exits": ("crowd", "exits"),
    "gates": ("crowd", "gates"),
    "stages": ("crowd", "stages"),
    "profiles": ("crowd", "profiles"),
    "populations": ("crowd", "populations"),
    "hazards": ("hazards",),
    "interventions": ("interventions",),
    "control_rooms": ("response", "control_rooms"),
    "sensors": ("sensing", "sensors"),
    "pickups": ("traffic", "pickups"),
    "connections": ("crowd", "connections"),
    "demand": ("traffic", "demand"),
    "hand_assets": ("cyber", "assets"),
    "stations": ("response", "stations"),
}
"""Family of names to the section that holds the entries."""


def known_names(scenario: Scenario) -> dict[str, set[str]]:
    """Return the names of all entries by family."""
    return {
        "exits": set(scenario.crowd.exits),
        "gates": set(scenario.crowd.gates),
        "stages": set(scenario.crowd.stages),
        "profiles": set(scenario.crowd.profiles),
        "populations": set(scenario.crowd.populations),
        "hazards": set(scenario.hazards),
        "interventions": set(scenario.interventions),
        "control_rooms": set(scenario.response.control_rooms),
        "pickups": set() if scenario.traffic is None else set(scenario.traffic.pickups),
        "sensors": set() if scenario.sensing is None else set(scenario.sensing.sensors),
        "connections": set(scenario.crowd.connections),
        "demand": set() if scenario.traffic is None else set(scenario.traffic.demand),
        "stations": set(scenario.response.stations),
        "hand_assets": set() if scenario.cyber is None else set(scenario.cyber.assets),
    }


def references(scenario: Scenario) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Yield (path, family, name) of every name that a spec relies on."""
    for path, value in walk(scenario):
        if isinstance(value, Spec):
            for key, family, name in value.references():
                yield (*path, *key.split(".")), family, name


def has_exits_of_its_own(scenario: Scenario) -> bool:
    """Tell whether the map can add exits whose names only it knows: streets, drawn or made ones."""
    source = scenario.map
    return scenario.crowd.street_exits is not None or bool(source.sketch) or bool(source.synthetic)


def check_references(scenario: Scenario) -> Iterator[Fault]:
    """Yield a fault for every name that does not exist.

    Names of exits are left to the check against the map where the map can add exits.
    """
    known = known_names(scenario)
    for path, family, name in references(scenario):
        names = known.get(family, set())
        if name in names or (family == "exits" and has_exits_of_its_own(scenario)):
            continue
        section = ".".join(SECTION_OF.get(family, (family,)))
        yield Fault(
            path,
            f"'{name}' is not an entry of {section}",
            ", ".join(sorted(names)[:20]) or f"none: {section} is empty",
            nearest_name(name, names),
            name,
            family,
        )

"""Checking a scenario against its map: it exists, every place is on it, people stand on walkable ground."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from impetus_sim.errors import ImpetusError, Problem
from impetus_sim.scenario.city_map import MapSource, is_map_file
from impetus_sim.scenario.faults import Fault, nearest_name
from impetus_sim.scenario.model import Scenario
from impetus_sim.scenario.places import Place, locate
from impetus_sim.scenario.refer import references
from impetus_sim.scenario.spec import walk
from impetus_sim.scenario.tree import Node

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

_UNNAMED = "way out"
"""How the world names a way out of the focus that crosses no named street."""

OnCity = Callable[[Scenario, "City"], Iterable[Fault]]

Cities = dict[tuple[MapSource, Hashable, Path | None], "City | list[Fault]"]


def check_on_map(
    scenario: Scenario,
    tree: Node,
    note: Callable[[str], None],
    *,
    cities: Cities | None = None,
    on_city: OnCity | None = None,
) -> list[Problem]:
    """Return what is wrong with a scenario on its map.

    Parameters
    ----------
    scenario
        A valid scenario.
    tree
        What it was made from, for file and line.
    note
        Called when the map cannot be opened on this machine, so that places stay unchecked.
    cities
        Maps already opened, filled here; for scenarios that share one.
    on_city
        Returns more faults of a scenario on its map; asked when there are none here.
    """
    held = {} if cities is None else cities
    base = None if scenario.source is None else scenario.source.parent
    crowd = scenario.crowd
    key = (scenario.map, (crowd.storeys, crowd.focus) if crowd.storeys else None, base)
    if key not in held:
        held[key] = _open(scenario, base, note)
    city = held[key]
    faults = city if isinstance(city, list) else _check_city(scenario, city)
    if not faults and on_city is not None and not isinstance(city, list):
        faults = list(on_city(scenario, city))
    return [_to_problem(fault, tree) for fault in faults]


def _open(scenario: Scenario, base: Path | None, note: Callable[[str], None]) -> City | list[Fault]:
    """Return the city; or faults; or no faults and a note where only this machine lacks the map."""
    source = scenario.map.source
    unknown = None if source is None else _unknown_map(source, base)
    if unknown is not None:
        return [unknown]
    try:
        return scenario.open_map(progress=note)
    except ImpetusError as error:
        if source is not None and not is_map_file(source):
            note(f"map '{source}' cannot be opened here, so places were not checked: {error}")
            return []
        return [Fault(("map",), str(error))]


def _unknown_map(source: str, base: Path | None) -> Fault | None:
    from impetus_sim.maps.catalogue import list_entries
    from impetus_sim.maps.load import find_file

    if find_file(source, base=base) is not None:
        return None
    if is_map_file(source) or "/" in source:
        return Fault(
            ("map",), f"there is no file '{source}'", "a file relative to the scenario, or a map's name"
        )
    names = [entry.name for entry in list_entries()]
    if source in names:
        return None
    return Fault(("map",), f"there is no map '{source}'", ", ".join(names), nearest_name(source, names))


def _check_city(scenario: Scenario, city: City) -> list[Fault]:
    faults = [*_check_places(scenario, city), *_check_exits(scenario, city)]
    return faults or list(_check_focus(scenario, city))


def _check_places(scenario: Scenario, city: City) -> Iterator[Fault]:
    for path, place in walk(scenario):
        if not isinstance(place, Place):
            continue
        walkable = path[:2] in (("crowd", "populations"), ("crowd", "focus"), ("crowd", "exits"))
        try:
            locate(place, city, walkable=walkable)
        except ImpetusError as error:
            yield Fault(path, str(error))


def _check_focus(scenario: Scenario, city: City) -> Iterator[Fault]:
    """People must be where the simulated ground is."""
    import shapely

    from impetus_sim.maps.storeys import sheets_of

    spec = scenario.crowd.focus
    if spec is None:
        return
    area = locate(spec.at, city)
    if spec.radius is not None:
        area = (area if area.geom_type == "Point" else area.centroid).buffer(spec.radius)
    if area.area <= 0:
        yield Fault(("crowd", "focus"), f"'{spec.at}' is not an area", "an area, or a radius around it")
        return
    moved = [shapely.box(*sheet.bounds) for sheet in sheets_of(city).values() if sheet.prefix]
    area = shapely.union_all([area, *moved])
    for name, population in scenario.crowd.populations.items():
        if population.network is None and not locate(population.at, city).intersects(area):
            path = ("crowd", "populations", name, "at")
            yield Fault(path, f"'{population.at}' is outside the focus", "a place inside crowd.focus")


def _check_exits(scenario: Scenario, city: City) -> Iterator[Fault]:
    """Names of exits that the typed check left to the map: those of plans and of streets."""
    from impetus_sim.scenario.gazetteer import exit_names, street_names

    names = set(scenario.crowd.exits) | exit_names(city)
    streets = (*(name.casefold() for name in sorted(street_names(city))), _UNNAMED)
    for path, family, name in references(scenario):
        if family != "exits" or name in names:
            continue
        if scenario.crowd.street_exits is not None and name.casefold().startswith(streets):
            continue
        allowed = ", ".join(sorted(names)[:20]) or "none"
        if scenario.crowd.street_exits is not None:
            allowed += "; names of streets that leave the focus"
        yield Fault(path, f"'{name}' is not an exit", allowed, nearest_name(name, [*names, *streets]))


def _to_problem(fault: Fault, tree: Node) -> Problem:
    node, depth = tree.find(fault.path)
    mark = node.key_mark if depth < len(fault.path) and node.key_mark is not None else node.mark
    return Problem(
        file=mark.file,
        line=mark.line,
        column=mark.column,
        key=".".join(map(str, fault.path)),
        message=fault.message,
        allowed=fault.allowed,
        nearest=fault.nearest,
    )

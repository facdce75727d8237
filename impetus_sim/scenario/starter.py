"""A commented starter scenario on any map, for `impetus init`: it validates and runs as written."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.scenario.city_map import is_map_file
from impetus_sim.scenario.kinds import part_specs

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

_PEOPLE = 500
_PEOPLE_PER_M2 = 0.5
_SMALLEST_M2, _LARGEST_M2 = 400.0, 60_000.0
_SQUARE_KINDS = ("square", "pedestrian", "marketplace", "plaza", "park")
_HAZARDS = (
    ("false_alarm", "a rumour of danger that is none"),
    ("shots", "shots that people hear and flee from"),
)

_TEMPLATE = """\
# A starter scenario. Change a number, then: impetus validate {file} && impetus run {file}
# Numbers carry units ("15 min", "1.34 m/s") or are SI; a range ("400 to 600 people") is drawn anew for each
# replicate of a comparison. `impetus schema` tells an editor every key.
title: {title}
map: {map}

time:
  start: "2026-06-13 19:00"     # local time
  zone: UTC                     # such as Europe/Helsinki
  duration: 5 min

crowd:
  step: 0.05 s
{focus}  exits:{exits}
  populations:
    visitors:
      count: {count}
      at: {place}               # a name on the map, way/ID, [lon, lat] or file.geojson#name
      profiles: {{adult: 0.75, older_adult: 0.15, child: 0.08, wheelchair_user: 0.02}}   # shares, sum 1
      premovement: {{kind: lognormal, median: 10 s, sigma: 0.6}}   # from knowing to moving, per person
      activity: {activity}
{hazard}
record:
  frame_every: 0.5 s
  checkpoint_every: 60 s

run:
  seed: 1

# Variants are compared with the scenario above: impetus compare {file} {file}:half_as_many -o study
variants:
  half_as_many:
    title: Half as many people
    change:
      crowd:
        populations:
          visitors: {{count: {half}}}
"""


@dataclass(frozen=True)
class _Spot:
    """Where the starter plays: a place as YAML, its area in m2 and its local centre."""

    name: str
    place: str
    area_m2: float


def write_starter(map_ref: str, path: Path, *, progress: Callable[[str], None] | None = None) -> None:
    """Write a starter scenario for a map.

    Parameters
    ----------
    map_ref
        Name of a map, or a map file.
    path
        The scenario file to write.
    progress
        Called with a sentence when something slow starts.

    Raises
    ------
    InvalidInputError
        When the map cannot be opened or has no walkable ground.
    """
    from impetus_sim.maps.load import open_city

    city = open_city(map_ref, progress=progress)
    text = starter_text(city, _reference(map_ref, path.parent), file=path.name)
    _require_valid(text, path)
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InvalidInputError(f"cannot write '{path}': {error.strerror}") from error


def starter_text(city: City, map_entry: str, *, file: str) -> str:
    """Return the text of a starter scenario.

    Parameters
    ----------
    city
        The opened map.
    map_entry
        What stands under `map`.
    file
        Name of the scenario file, for the commands in its comments.
    """
    from impetus_sim.scenario.gazetteer import exit_names

    exits = sorted(exit_names(city))
    spot = _find_spot(city)
    count = max(10, min(_PEOPLE, int(spot.area_m2 * _PEOPLE_PER_M2)))
    hazard = _hazard(spot)
    if exits:
        focus = ""
        names = ", ".join(exits[:6]) + (", ..." if len(exits) > 6 else "")
        listed = f" {{}}                     # further ones; the map has: {' '.join(names.split())}"
    else:
        radius = min(max(math.sqrt(spot.area_m2 / math.pi) + 40.0, 60.0), 180.0)
        focus = (
            f"  focus: {{at: {spot.place}, radius: {radius:.0f} m}}   # the ground that is simulated\n"
            "  street_exits: true            # an exit wherever a street leaves the focus\n"
        )
        listed = " {}                     # further ones: {gate: {at: [lon, lat], width: 4 m}}"
    return _TEMPLATE.format(
        file=file,
        title=_quote(f"A crowd at {spot.name}"),
        map=map_entry,
        focus=focus,
        exits=listed,
        count=count,
        half=count // 2,
        place=spot.place,
        activity="stay                # until alarmed; 'leave' sets off at once" if hazard else "leave",
        hazard=hazard,
    )


def _reference(map_ref: str, folder: Path) -> str:
    if is_map_file(map_ref):
        try:
            return _quote(Path(os.path.relpath(Path(map_ref).resolve(), folder.resolve())).as_posix())
        except ValueError:  # another drive
            return _quote(str(Path(map_ref).resolve()))
    return _quote(map_ref)


def _find_spot(city: City) -> _Spot:
    """Return a named square of a good size, the most central one; else the largest walkable area."""
    walkable = city.layers["walkable"]
    if not len(walkable):
        raise InvalidInputError(f"map '{city.name}' has no walkable ground", hint="see its repair report")
    x0, y0, x1, y1 = city.bounds
    spots = []
    for name, kind, shape in zip(
        *(city.layers["places"][c] for c in ("name", "kind", "geometry")), strict=True
    ):
        if not name or kind == "exit" or shape.geom_type not in ("Polygon", "MultiPolygon"):
            continue
        area = _walkable_area(name, city)
        if area < min(_SMALLEST_M2, float(walkable.area.sum()) / 2):
            continue
        rank = next((i for i, word in enumerate(_SQUARE_KINDS) if word in str(kind)), len(_SQUARE_KINDS))
        off = math.hypot(shape.centroid.x - (x0 + x1) / 2, shape.centroid.y - (y0 + y1) / 2)
        spots.append((area > _LARGEST_M2, rank, round(off, 3), str(name), area))
    if spots:
        _, _, _, name, area = min(spots)
        return _Spot(name, _quote(name), area)
    largest = walkable.geometry.iloc[int(walkable.area.to_numpy().argmax())]
    point = largest.representative_point()
    area = float(largest.intersection(point.buffer(30.0)).area)
    if city.crs:
        lon, lat = city.to_lonlat(point.x, point.y)
        return _Spot(city.name, f"{{at: [{lon:.6f}, {lat:.6f}], radius: 30 m}}", area)
    return _Spot(city.name, f"{{at: {{xy: [{point.x:.2f}, {point.y:.2f}]}}, radius: 30 m}}", area)


def _walkable_area(name: str, city: City) -> float:
    """Return the walkable area, m2, of what the name stands for (several places may share it)."""
    from impetus_sim.scenario.places import Place, locate

    try:
        shape = locate(Place("name", name), city, walkable=True)
    except InvalidInputError:
        return 0.0
    return float(city.layers["walkable"].geometry.intersection(shape).area.sum())


def _hazard(spot: _Spot) -> str:
    """Return the `hazards` section with the first part of this version that needs only a place and a time."""
    specs = part_specs("hazards")
    for kind, meaning in _HAZARDS:
        fields: dict[str, Any] = {"at": "somewhere", "start": 30.0}
        try:
            known = kind in specs and specs[kind].model_validate(fields)
        except ValidationError:
            continue
        if known:
            return (
                f"\nhazards:\n  alarm:                        # {meaning}\n"
                f"    kind: {kind}\n    at: {spot.place}\n    start: 30 s\n"
            )
    return ""


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _require_valid(text: str, path: Path) -> None:
    from impetus_sim.scenario.load import check_text

    problems = check_text(text, name=path.name, folder=path.parent)
    if problems:  # a fault of ours, not of the user's: say it rather than write a file that does not run
        raise InvalidFilesError(problems)

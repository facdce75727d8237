"""Checking the assets that a scenario names, before a run: what the city runs on has them, where it is said.

The infrastructure is built for it from the map and from network files, once for scenarios that share all of them; a
scenario that names no assets and has no such file costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from impetus_sim.engine.build_hand_assets import build_hand_assets
from impetus_sim.engine.build_infrastructure import build_city
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.faults import Fault, nearest_name
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.scenario.places import locate
from impetus_sim.scenario.spec import Spec, walk
from impetus_sim.world.assets import ASSET_KINDS

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.assets import Assets

Path = tuple[str | int, ...]

NAMING: Final = ("assets", "needs", "asset")
"""Fields of specs that hold ids and kinds of assets, or one id, as texts."""


class AssetCheck:
    """Finds the faults of scenarios on cities; what it has built serves the next one that needs the same."""

    def __init__(self) -> None:
        self._built: dict[tuple[int, str], Assets | InvalidInputError] = {}
        self._cities: list[City] = []  # kept, so that no other city gets the same id

    def __call__(self, scenario: Scenario, city: City) -> list[Fault]:
        """Return a fault for each asset that the run would not have.

        Parameters
        ----------
        scenario
            Valid by itself, its places on the map.
        city
            Its map.
        """
        named = list(_named(scenario))
        if not named and not _has_files(scenario):
            return []
        try:
            assets = self._assets(scenario, city)
        except InvalidInputError as error:
            return [Fault(("infrastructure",), str(error))]
        if assets is None:
            return [_without_infrastructure(path, name) for path, name in named]
        faults = [fault for path, name in named if (fault := _check(path, name, assets)) is not None]
        return faults or list(_check_places(scenario, city, assets))

    def _assets(self, scenario: Scenario, city: City) -> Assets | None:
        spec = scenario.infrastructure
        if spec is None:
            cyber = scenario.cyber
            by_hand = cyber.assets if cyber is not None else None
            return build_hand_assets(by_hand, city, key="cyber.assets") if by_hand else None
        key = (id(city), spec.model_dump_json(include={"density", "power", "water"}))
        if key not in self._built:
            self._cities.append(city)
            try:
                self._built[key] = build_city(spec, city).assets
            except InvalidInputError as error:
                self._built[key] = error
        found = self._built[key]
        if isinstance(found, InvalidInputError):
            raise found
        return found


def _has_files(scenario: Scenario) -> bool:
    spec = scenario.infrastructure
    return spec is not None and (spec.power.network is not None or spec.water.network is not None)


def _named(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Yield every name of an asset or kind, and where it stands; those by hand name nothing."""
    for path, spec in walk(scenario):
        if not isinstance(spec, Spec) or path[:2] == ("cyber", "assets"):
            continue
        for field in (name for name in NAMING if name in type(spec).model_fields):
            value = getattr(spec, field)
            if isinstance(value, str):
                yield (*path, field), value
            elif isinstance(value, tuple):
                for k, name in enumerate(value):
                    if isinstance(name, str):
                        yield (*path, field, k), name


def _check(path: Path, name: str, assets: Assets) -> Fault | None:
    if path[0] == "cyber":  # patterns of ids
        if any(fnmatchcase(known, name) for known in assets.ids):
            return None
        known: tuple[str, ...] = assets.ids
        what = f"no asset fits '{name}'"
    else:
        if name in assets.ids or (name in ASSET_KINDS and path[-1] != "asset"):
            return None
        known = (*ASSET_KINDS, *assets.ids) if path[-1] != "asset" else assets.ids
        what = f"there is no asset{'' if path[-1] == 'asset' else ', and no kind of assets,'} '{name}'"
    allowed = "an id or a kind; `impetus map infrastructure MAP --assets` lists the ids"
    return Fault(path, what, allowed, nearest_name(name, known))


def _without_infrastructure(path: Path, name: str) -> Fault:
    what = f"'{name}' is about what the city runs on, and there is no infrastructure"
    return Fault(path, what, "a section infrastructure: {}")


def _check_places(scenario: Scenario, city: City, assets: Assets) -> Iterator[Fault]:
    """Yield a fault for each part whose kinds are not where it says."""
    for path, spec in walk(scenario):
        if isinstance(spec, OnAssets):
            try:
                find_assets(spec, assets, lambda place: locate(place, city))
            except InvalidInputError as error:
                yield Fault((*path, "at" if spec.at is not None else "assets"), error.message, error.hint)

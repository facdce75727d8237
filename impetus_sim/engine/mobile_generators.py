"""Mobile generators of a scenario: assets beside those of the city, which stand in for the supply of one each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.response.interventions.mobile_generator import MOBILE, MobileGeneratorSpec
from impetus_sim.scenario.on_assets import find_assets
from impetus_sim.world.assets import Assets, Needs, Rows, Service

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from impetus_sim.infrastructure.city.build import CityInfrastructure
    from impetus_sim.scenario.model import Scenario

_BASIS = "rule: brought by an intervention"


def add_mobile_generators(
    scenario: Scenario, built: CityInfrastructure, locate_place: Callable[[Any], BaseGeometry]
) -> CityInfrastructure:
    """Return the city with a generator for each asset that an intervention will bring one to; rows of others stay.

    Raises
    ------
    InvalidInputError
        When one of them needs no power.
    """
    assets, rows = built.assets, set[int]()
    for name, spec in scenario.interventions.items():
        if isinstance(spec, MobileGeneratorSpec):
            with about(f"interventions.{name}"):
                rows |= set(find_assets(spec, assets, locate_place).tolist())
    consumers = sorted(rows, key=lambda row: assets.ids[row])
    if not consumers:
        return built
    n, k = len(assets), len(consumers)
    none = np.full(k, -1, np.int64)  # they hang on no bus
    grown = dataclasses.replace(
        assets,
        ids=(*assets.ids, *(f"{MOBILE}{assets.ids[row]}" for row in consumers)),
        kinds=(*assets.kinds, *("generator" for _ in consumers)),
        x=np.append(assets.x, assets.x[consumers]),
        y=np.append(assets.y, assets.y[consumers]),
        is_mapped=np.append(assets.is_mapped, np.zeros(k, bool)),
        basis=(*assets.basis, *(_BASIS for _ in consumers)),
        people=np.append(assets.people, np.zeros(k)),
        needs=_with_alternatives(assets, {row: n + i for i, row in enumerate(consumers)}),
    )
    return dataclasses.replace(
        built,
        assets=grown,
        bus_of_asset=np.append(built.bus_of_asset, none),
        branch_of_asset=np.append(built.branch_of_asset, none),
        unit_of_asset=np.append(built.unit_of_asset, none),
    )


def rows_of_mobile_generators(assets: Assets) -> Rows:
    """Return their rows, which give nothing before they are brought."""
    return np.array([row for row, name in enumerate(assets.ids) if name.startswith(MOBILE)], np.int64)


def _with_alternatives(assets: Assets, generator_of: dict[int, int]) -> Needs:
    needs = assets.needs
    columns = {field.name: getattr(needs, field.name) for field in dataclasses.fields(Needs)}
    is_power = needs.service == Service.POWER
    added: list[int] = []
    for consumer in generator_of:
        mine = np.flatnonzero(is_power & (needs.consumer == consumer))
        if not len(mine):
            raise InvalidInputError(
                f"'{assets.ids[consumer]}' needs no power",
                hint="`impetus map infrastructure MAP --assets` shows what each asset needs",
            )
        _, first = np.unique(needs.group[mine], return_index=True)
        added += mine[first].tolist()  # one more alternative in each group, otherwise as its first
    grown = {name: np.append(values, values[added]) for name, values in columns.items()}
    grown["provider"][len(needs) :] = [generator_of[int(needs.consumer[row])] for row in added]
    order = np.lexsort((grown["provider"], grown["group"], grown["consumer"]))
    return Needs(**{name: values[order] for name, values in grown.items()})

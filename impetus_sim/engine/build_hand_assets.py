"""Assets that a scenario writes by hand, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.engine.naming import about
from impetus_sim.scenario.places import locate
from impetus_sim.world.assets import Assets, Needs, Service

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.hand_assets import HandAsset

BASIS = "written by hand in the scenario"
_MET_FROM = 0.5
"""A provider that gives less than half does not meet a need."""


def build_hand_assets(entries: Mapping[str, HandAsset], city: City | None, *, key: str) -> Assets:
    """Build assets from a scenario's entries.

    Parameters
    ----------
    entries
        By id; names in needs are known to be there.
    city
        For their places; without it they have none (nan).
    key
        Dotted key of the entries, for messages.

    Raises
    ------
    InvalidInputError
        When a place is not on the map.
    """
    ids = tuple(sorted(entries))
    row = {name: k for k, name in enumerate(ids)}
    rows: list[tuple[float, ...]] = []
    x, y = np.full(len(ids), np.nan), np.full(len(ids), np.nan)
    for k, name in enumerate(ids):
        asset = entries[name]
        if asset.at is not None and city is not None:
            with about(f"{key}.{name}.at"):
                centre = locate(asset.at, city).centroid
            x[k], y[k] = centre.x, centre.y
        for group, need in enumerate(asset.needs):
            service = Service[need.service.upper()]
            rows += [
                (k, row[provider], service, group, float(need.buffer), float(need.level_without))
                for provider in need.of
            ]
    table = np.array(rows, float).reshape(-1, 6)
    n = len(table)
    return Assets(
        ids=ids,
        kinds=tuple(entries[name].type for name in ids),
        x=x,
        y=y,
        is_mapped=np.zeros(len(ids), bool),
        basis=(BASIS,) * len(ids),
        people=np.array([float(entries[name].people) for name in ids]),
        needs=Needs(
            consumer=table[:, 0].astype(np.int64),
            provider=table[:, 1].astype(np.int64),
            service=table[:, 2].astype(np.uint8),
            group=table[:, 3].astype(np.int64),
            threshold=np.full(n, _MET_FROM),
            buffer_s=table[:, 4].copy(),
            refill_s=np.zeros(n),
            level_without=table[:, 5].copy(),
            probability=np.ones(n),
        ),
    )

"""Which assets of the city a part of a scenario is about."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import shapely
from pydantic import BeforeValidator, Field

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.assets import ASSET_KINDS, Assets, Rows

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class OnAssets(Spec):
    """Assets of the city (the scenario needs the section `infrastructure`).

    Parameters
    ----------
    assets
        Ids, such as ``feeder_3_2``, or kinds, such as ``signal``; `impetus map FILE --assets` lists them.
    at
        Of the kinds: those in an area, or else the one nearest to the place; all when left out.
    """

    assets: Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
    at: Place | None = None


def find_assets(spec: OnAssets, assets: Assets | None, locate: Callable[[Any], BaseGeometry]) -> Rows:
    """Return the rows that a part is about, ascending.

    Raises
    ------
    InvalidInputError
        When the run has no infrastructure, or there is none of an id or kind, or none in the area.
    """
    if assets is None:
        raise InvalidInputError(
            f"'{', '.join(spec.assets)}' is about what the city runs on, and there is no infrastructure",
            hint="add the section infrastructure: {}",
        )
    ids = [name for name in spec.assets if name in set(assets.ids)]
    kinds = [name for name in spec.assets if name in ASSET_KINDS and name not in ids]
    unknown = [name for name in spec.assets if name not in ids and name not in kinds]
    if unknown:
        close = difflib.get_close_matches(unknown[0], [*ASSET_KINDS, *assets.ids], n=5)
        raise InvalidInputError(
            f"assets: there is no asset, and no kind of assets, '{unknown[0]}'",
            hint=f"close to it: {', '.join(close)}" if close else f"kinds: {', '.join(ASSET_KINDS)}",
        )
    rows = [assets.row(name) for name in ids]
    for kind in kinds:
        rows += _those_at(spec.at, kind, assets, locate).tolist()
    return np.unique(np.array(rows, np.int64))


def _those_at(at: Place | None, kind: str, assets: Assets, locate: Callable[[Any], BaseGeometry]) -> Rows:
    rows = assets.of_kind(kind)
    if at is not None and len(rows):
        place = locate(at)
        apart = shapely.distance(shapely.points(assets.x[rows], assets.y[rows]), place)
        rows = rows[apart == 0.0] if place.area > 0.0 else rows[[int(np.argmin(apart))]]
    if not len(rows):
        where = "in this city" if at is None else f"at '{at}'"
        raise InvalidInputError(f"assets: there is no {kind} {where}", hint="widen the area, or name an id")
    return rows

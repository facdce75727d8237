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

_WIDER = "widen the area, or name an id"


class OnAssets(Spec):
    """Assets of the city (the scenario needs the section `infrastructure`).

    Parameters
    ----------
    assets
        Ids, such as ``feeder_3_2``, or kinds, such as ``signal``; `impetus map infrastructure MAP --assets` lists
        them.
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
    assets = _require_assets(assets, spec.assets)
    ids, kinds = _ids_and_kinds(spec.assets, assets)
    rows = [assets.row(name) for name in ids]
    for kind in kinds:
        rows += _those_at(spec.at, kind, assets, locate).tolist()
    return np.unique(np.array(rows, np.int64))


def find_assets_in(names: tuple[str, ...], assets: Assets | None, area: BaseGeometry, *, at: Place) -> Rows:
    """Return the rows of assets in an area, ascending: of ids or kinds, or all when none is named.

    Parameters
    ----------
    area, at
        In local metres, and as the scenario names it.

    Raises
    ------
    InvalidInputError
        When the run has no infrastructure, or none of an id or kind, or nothing at all, is in the area.
    """
    assets = _require_assets(assets, names)
    ids, _ = _ids_and_kinds(names, assets)
    is_inside = shapely.distance(shapely.points(assets.x, assets.y), area) == 0.0
    rows = np.flatnonzero(is_inside) if not names else np.empty(0, np.int64)
    for name in names:
        those = np.array([assets.row(name)], np.int64) if name in ids else assets.of_kind(name)
        those = those[is_inside[those]]
        if not len(those):
            raise InvalidInputError(f"assets: there is no {name} at '{at}'", hint=_WIDER)
        rows = np.union1d(rows, those)
    if not len(rows):
        raise InvalidInputError(f"assets: there is none at '{at}'", hint=_WIDER)
    return rows.astype(np.int64)


def _require_assets(assets: Assets | None, names: tuple[str, ...]) -> Assets:
    if assets is None:
        raise InvalidInputError(
            f"'{', '.join(names) or 'assets'}' is about what the city runs on, and there is no infrastructure",
            hint="add the section infrastructure: {}",
        )
    return assets


def _ids_and_kinds(names: tuple[str, ...], assets: Assets) -> tuple[list[str], list[str]]:
    known = set(assets.ids)
    ids = [name for name in names if name in known]
    kinds = [name for name in names if name in ASSET_KINDS and name not in known]
    unknown = [name for name in names if name not in known and name not in kinds]
    if unknown:
        close = difflib.get_close_matches(unknown[0], [*ASSET_KINDS, *assets.ids], n=5)
        raise InvalidInputError(
            f"assets: there is no asset, and no kind of assets, '{unknown[0]}'",
            hint=f"close to it: {', '.join(close)}" if close else f"kinds: {', '.join(ASSET_KINDS)}",
        )
    return ids, kinds


def _those_at(at: Place | None, kind: str, assets: Assets, locate: Callable[[Any], BaseGeometry]) -> Rows:
    rows = assets.of_kind(kind)
    if at is not None and len(rows):
        place = locate(at)
        apart = shapely.distance(shapely.points(assets.x[rows], assets.y[rows]), place)
        rows = rows[apart == 0.0] if place.area > 0.0 else rows[[int(np.argmin(apart))]]
    if not len(rows):
        where = "in this city" if at is None else f"at '{at}'"
        raise InvalidInputError(f"assets: there is no {kind} {where}", hint=_WIDER)
    return rows

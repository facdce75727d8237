"""Water, blast, heat or wind over an area: assets fail by their fragility curves, the weakest of them first.

What an asset bears is drawn once a run by its id and the measure, so it fails at one intensity whatever else
happens, in every hazard of the run and in every option that is compared on one seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import BeforeValidator, model_validator
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.hazards.fragility.breaking import Breaking
from impetus_sim.registry import register
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.on_assets import find_assets_in
from impetus_sim.scenario.places import listed
from impetus_sim.scenario.quantities import Number, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.world.context import PartContext

Intensity = Annotated[Number, limits(above=0.0, high=10_000.0)]


class Rise(Spec):
    """A higher intensity from a later time on.

    Parameters
    ----------
    after
        Time since the start, s.
    intensity
        At the centre, in the unit of the measure.
    """

    after: Annotated[Seconds, limits(above=0.0)]
    intensity: Intensity


class AssetDamageSpec(HazardSpec):
    """Assets of an area under something that breaks them (the scenario needs the section `infrastructure`).

    Parameters
    ----------
    assets
        Ids, such as ``feeder_3_2``, or kinds, such as ``signal``, of which those in the area count; all in the area
        when left out.
    measure
        ``flood_depth`` (water above the ground, m), ``blast_overpressure`` (peak incident, kPa), ``fire_heat_flux``
        (incident radiant heat, kW/m2) or ``wind_gust`` (3-second gust at 10 m, m/s).
    intensity
        At the centre of the area from the start on, in that unit.
    edge_share
        Share of it at the edge of the area; between centre and edge it falls along a straight line.
    rising
        Higher intensities at later times.
    repair_hours
        Work of a crew on each, h; the rule of its kind when left out.
    """

    assets: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    measure: Literal["flood_depth", "blast_overpressure", "fire_heat_flux", "wind_gust"]
    intensity: Intensity
    edge_share: Share = 1.0
    rising: Annotated[
        tuple[Rise, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, dict) else raw)
    ] = ()
    repair_hours: Annotated[Number, limits(above=0.0, high=10_000.0)] | None = None

    @model_validator(mode="after")
    def _check_rising(self) -> AssetDamageSpec:
        at_start = highest(self.intensity)
        for before, rise in pairwise((None, *self.rising)):
            assert rise is not None
            is_later = before is None or lowest(rise.after) > highest(before.after)
            least = at_start if before is None else highest(before.intensity)
            if not is_later or lowest(rise.intensity) <= least:
                refuse(
                    f"{rise.intensity} at {rise.after} s after the start does not rise",
                    key="rising",
                    allowed=f"times that ascend, intensities that rise from {at_start:g}",
                )
        return self

    def message(self) -> Message:
        """Return what it is to people who see it: nothing that they would flee from."""
        return Message(source="rumour")


@register("hazards", "asset_damage")
class AssetDamage(Hazard):
    """Comes, and rises; what it breaks stays broken until crews repair it."""

    Spec = AssetDamageSpec
    reported_as = "outage"

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        super().__init__(name, spec, context)
        area = self.area_of(context.locate(spec.at))
        assets = context.world.assets
        rows = find_assets_in(spec.assets, assets, area, at=spec.at)
        assert assets is not None
        self._shares = compute_shares(
            assets.x[rows], assets.y[rows], area, self.place, edge_share=float(spec.edge_share)
        )
        self._breaking = Breaking(self, context, rows, spec.measure)

    def find_place(self, context: PartContext) -> Point:
        """Return the centre: of gravity where that is inside the area."""
        area = context.locate(self.spec.at)
        centre = area.centroid
        return centre if area.intersects(centre) else area.representative_point()

    def times_s(self) -> Sequence[float]:
        """Return the start and the times of the rises."""
        start = self.spec.start
        return [start, *(start + rise.after for rise in self.spec.rising)]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Break the intact assets that bear no more than there is now."""
        s = self.spec
        intensity = float(s.rising[n - 1].intensity if n else s.intensity)
        return self._breaking.strike(
            "intensity_rose" if n else "assets_exposed",
            causes,
            intensity * self._shares,
            intensity,
            repair_hours=0.0 if s.repair_hours is None else float(s.repair_hours),
        )


def compute_shares(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    area: BaseGeometry,
    centre: Point,
    *,
    edge_share: float,
) -> npt.NDArray[np.float64]:
    """Return the share of the intensity of the centre at places in an area, float64 (n,).

    It falls linearly from 1 at the centre to `edge_share` where the straight line from the centre through the place
    first leaves the area beyond it.

    Parameters
    ----------
    x, y
        Places inside the area, local metres, float64 (n,).
    area, centre
        A polygon (or several) and a point in it, local metres.
    edge_share
        Between 0 and 1.
    """
    shares = np.ones(len(x))
    apart = np.hypot(x - centre.x, y - centre.y)
    off = np.flatnonzero(apart > 0.0)
    if edge_share == 1.0 or not len(off):
        return shares
    x0, y0, x1, y1 = area.bounds
    reach = np.hypot(x1 - x0, y1 - y0) / apart[off]
    here = np.column_stack([x[off], y[off]])
    beyond = here + (here - [centre.x, centre.y]) * reach[:, None]
    rays = shapely.linestrings(np.stack([here, beyond], axis=1))
    to_edge = shapely.distance(shapely.points(here), shapely.intersection(rays, area.boundary))
    shares[off] = 1.0 - (1.0 - edge_share) * apart[off] / (apart[off] + to_edge)
    return shares

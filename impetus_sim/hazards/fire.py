"""A fire that grows, gives off heat, smoke and gases, spreads by radiant heat, and burns out or is put out.

Model, sources and limits: docs/models/fire.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import shapely
from pydantic import BeforeValidator
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from impetus_sim.hazards import burning
from impetus_sim.hazards.base import HazardSpec
from impetus_sim.hazards.fragility.breaking import Breaking
from impetus_sim.hazards.lasting import Lasting
from impetus_sim.registry import register
from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.quantities import Metres, Number, Seconds, Share, limits
from impetus_sim.world.air import FRESH_O2_PERCENT
from impetus_sim.world.context import PartContext
from impetus_sim.world.fires import LEAST_APART_M, Burning, point_flux

STEP_S = 1.0
NOTICE_EVERY = 5
"""Steps between two moments at which people notice it."""
ASSETS_EVERY = 10
"""Steps between two looks at the heat on assets."""
FOUGHT_WITHIN_M = 40.0
"""How far hoses reach from where a unit stands, a chosen value."""
KW_PER_MW = 1000.0
PPM, PERCENT = 1e6, 100.0


class FireSpec(HazardSpec):
    """A fire.

    Parameters
    ----------
    growth
        ``slow``, ``medium``, ``fast`` or ``ultrafast``: 1055 kW after 600, 300, 150 or 75 s.
    peak
        Most heat it releases, kW: 5000 is a car.
    fuel
        What it can release in all, MJ.
    lasts
        It is followed for at most this long, s; what still burns then goes out.
    radiant_share
        Share of the heat that is radiated.
    spread_to
        Places such as stalls that can catch fire; each burns like the first.
    spread_within
        Buildings of the map within this distance can catch fire, m: none unless said. They burn with 250 kW and
        780 MJ for each m2 of their footprint.
    ignition_flux, ignition_after
        What is under this heat, kW/m2, for so long, s, catches fire: 12.5 lights wood with a pilot flame.
    unit_fights
        What each fire unit at work within 40 m of what burns takes off its heat, kW each second. A chosen value: 25
        puts out a car in three minutes.
    smoke_at_ground
        Share of smoke and gases that stays among people: the rest rises. A chosen value for the open.
    mixing_height
        Height over which that is mixed, m.
    seen_within, seen_share
        Distance in metres, and the share of people there who decide to leave, every five seconds.
    avoid_distance
        Within it people turn away, m.
    """

    growth: Literal["slow", "medium", "fast", "ultrafast"] = "medium"
    peak: Annotated[Number, limits(above=0.0, high=1e7)] = 5000.0
    fuel: Annotated[Number, limits(above=0.0, high=1e9)] = 6000.0
    lasts: Annotated[Seconds, limits(above=0.0, high=14_400.0)] = 3600.0
    radiant_share: Share = 0.35
    spread_to: Annotated[tuple[Place, ...], BeforeValidator(listed)] = ()
    spread_within: Annotated[Metres, limits(high=300.0)] = 0.0
    ignition_flux: Annotated[Number, limits(above=0.0, high=200.0)] = 12.5
    ignition_after: Annotated[Seconds, limits(high=3600.0)] = 60.0
    unit_fights: Annotated[Number, limits(low=0.0, high=1e6)] = 25.0
    smoke_at_ground: Share = 0.02
    mixing_height: Annotated[Metres, limits(low=0.5, high=100.0)] = 2.5
    seen_within: Annotated[Metres, limits(high=1000.0)] = 60.0
    seen_share: Share = 0.3
    avoid_distance: Annotated[Metres, limits(high=200.0)] = 10.0


@register("hazards", "fire")
class Fire(Lasting):
    """Burns a second at a time; what it lights burns on as part of it."""

    Spec = FireSpec
    harms_by_gas = True
    reported_as = "fire"

    def __init__(self, name: str, spec: FireSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        world = context.world
        self._fires, self._air = world.need_fires(), world.need_air()
        world.need_injuries()
        own = [self.place, *(context.locate(place) for place in spec.spread_to)]
        houses = self._houses(context, own[0])
        things = [*own, *houses]
        area = np.array([0.0] * len(own) + [house.area for house in houses])
        self._peak = np.where(area > 0.0, burning.BUILDING_KW_M2 * area, spec.peak)
        self._fuel = np.where(area > 0.0, burning.BUILDING_MJ_M2 * area, spec.fuel)
        centres = [thing.centroid for thing in things]
        self._x, self._y = np.array([c.x for c in centres]), np.array([c.y for c in centres])
        # from the middle of what burns to the nearest part of what it heats
        apart = shapely.distance(np.array(centres, object)[:, None], np.array(things, object)[None, :])
        self._apart = np.maximum(apart, LEAST_APART_M)
        self._vent_x, self._vent_y = self._vents()
        assets = world.assets
        rows = np.arange(0 if assets is None else len(assets))
        self._breaking = None if assets is None else Breaking(self, context, rows, "fire_heat_flux")

    def _houses(self, context: PartContext, start: BaseGeometry) -> list[BaseGeometry]:
        within = float(self.spec.spread_within)
        if within == 0.0:
            return []
        houses = context.buildings()
        return [house for house in houses if 0.0 < shapely.distance(house, start) <= within]

    def _vents(self) -> tuple[Any, Any]:
        # Smoke comes out at the ground nearest to each thing; nan where that is farther than its own size allows.
        smoke = self.world.smoke
        rows, columns = np.nonzero(smoke.open)
        x, y = smoke.x0 + (columns + 0.5) * smoke.cell, smoke.y0 + (rows + 0.5) * smoke.cell
        apart, near = cKDTree(np.column_stack([x, y])).query(np.column_stack([self._x, self._y]))
        reach = 3.0 * smoke.cell + np.sqrt(self._fuel / burning.BUILDING_MJ_M2)
        is_near = apart <= reach
        return np.where(is_near, x[near], np.nan), np.where(is_near, y[near], np.nan)

    def times_s(self) -> Sequence[float]:
        """Return the seconds at which it burns, and the end."""
        s = self.spec
        n = max(1, math.ceil(s.lasts / STEP_S))
        return [*(s.start + k * STEP_S for k in range(n)), s.start + s.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Begin, or burn for a second; be noticed now and then; or end."""
        if n == 0:
            return self._begin(causes)
        event, table = causes[-1], self._fires.table
        rows = self._fires.rows_of(self.name)
        burns = rows[table.state[rows] == Burning.BURNS]
        if not len(burns):
            return event
        if n == len(self.times_s()) - 1:
            for row in burns.tolist():
                event = self._go_out(row)
            return event
        for row in burns.tolist():
            event = self._burn(row, event)
        event = self._spread(rows, event)
        if self._breaking is not None and n % ASSETS_EVERY == 0:
            self._heat_assets(event)
        if self.spec.seen_within > 0.0 and n % NOTICE_EVERY == 0:
            self.be_seen(n, event)
        return event

    def _begin(self, causes: Sequence[int]) -> int:
        s, table = self.spec, self._fires.table
        event = self.log("fire", causes, growth=s.growth, peak_kw=s.peak, fuel_mj=s.fuel)
        for item in range(len(self._x)):
            table.append(
                {
                    "key": self.name.encode(),
                    "item": item,
                    "state": Burning.UNLIT if item else Burning.BURNS,
                    "ignited_tick": -1 if item else self.world.tick,
                    "x": self._x[item],
                    "y": self._y[item],
                    "peak_kw": self._peak[item],
                    "fuel_mj": self._fuel[item],
                    "radiant_share": s.radiant_share,
                    **dict.fromkeys(("heated_s", "hrr_kw", "burnt_mj", "fought_kw_s", "beaten_kw"), 0.0),
                    "cause": -1 if item else event,
                }
            )
        self.threaten(event, danger_m=0.0, avoid_m=s.avoid_distance, strength=1.0)
        self._air.add_source(self.name, self.place.x, self.place.y, event)
        if s.seen_within > 0.0:
            self.be_seen(0, event)
        return event

    def _burn(self, row: int, event: int) -> int:
        t, world = self._fires.table, self.world
        fighters = self._fighters(float(t.x[row]), float(t.y[row]))
        if len(fighters) and t.beaten_kw[row] == 0.0:
            assert world.units is not None
            came = [int(e) for e in world.units.units.event[fighters] if e >= 0]
            event = self.log("fire_fought", [event, *came], units=len(fighters), item=int(t.item[row]))
            t.cause[row] = event
        by_units = float(self.spec.unit_fights) * len(fighters)
        t.beaten_kw[row] += (t.fought_kw_s[row] + by_units) * STEP_S
        free = burning.heat_release_kw(
            self.spec.growth,
            world.seconds(world.tick - int(t.ignited_tick[row])),
            peak_kw=float(t.peak_kw[row]),
            burnt_share=float(t.burnt_mj[row] / t.fuel_mj[row]),
        )
        t.hrr_kw[row] = max(0.0, free - t.beaten_kw[row])
        t.burnt_mj[row] += t.hrr_kw[row] * STEP_S / KW_PER_MW
        is_dying = t.burnt_mj[row] > burning.DECAYS_FROM * t.fuel_mj[row]
        is_beaten = t.beaten_kw[row] > 0.0 and t.hrr_kw[row] == 0.0
        if is_beaten or (is_dying and t.hrr_kw[row] < burning.OUT_BELOW * t.peak_kw[row]):
            return self._go_out(row)
        self._give_off(int(t.item[row]), float(t.hrr_kw[row]))
        return event

    def _fighters(self, x: float, y: float) -> Any:
        # Rows of the fire units that are at work near enough.
        if self.world.units is None:
            return np.zeros(0, np.intp)
        units = self.world.units.units
        at_work = (units.kind == b"fire") & (units.is_acting == 1)
        return np.flatnonzero(at_work & (np.hypot(units.x - x, units.y - y) <= FOUGHT_WITHIN_M))

    def _give_off(self, item: int, hrr_kw: float) -> None:
        x, y = float(self._vent_x[item]), float(self._vent_y[item])
        if math.isnan(x):
            return
        s = self.spec
        burnt_kg = hrr_kw * STEP_S / KW_PER_MW / burning.HEAT_OF_COMBUSTION_MJ_KG
        mixed = s.smoke_at_ground / s.mixing_height
        self.world.smoke.emit(x, y, burnt_kg * burning.SOOT_YIELD * burning.SOOT_M2_KG * mixed)
        co = burnt_kg * burning.CO_YIELD * burning.M3_PER_KG["co"] * mixed
        co2 = burnt_kg * burning.CO2_YIELD * burning.M3_PER_KG["co2"] * mixed
        used = hrr_kw * STEP_S / KW_PER_MW / burning.OXYGEN_MJ_KG * burning.M3_PER_KG["o2"] * mixed
        displaced = FRESH_O2_PERCENT / PERCENT * (co + co2)
        self._air.emit(
            x, y, co_ppm=co * PPM, co2_percent=co2 * PERCENT, o2_deficit=(used + displaced) * PERCENT
        )

    def _spread(self, rows: Any, event: int) -> int:
        t, s = self._fires.table, self.spec
        burns, unlit = rows[t.state[rows] == Burning.BURNS], rows[t.state[rows] == Burning.UNLIT]
        if not len(burns) or not len(unlit):
            return event
        flux = np.zeros(len(unlit))
        for row in burns.tolist():
            radiant = float(t.radiant_share[row] * t.hrr_kw[row])
            flux += point_flux(radiant, self._apart[t.item[row], t.item[unlit]])
        is_hot = flux >= s.ignition_flux
        t.heated_s[unlit] = np.where(is_hot, t.heated_s[unlit] + STEP_S, 0.0)
        for row in unlit[is_hot & (t.heated_s[unlit] >= s.ignition_after)].tolist():
            event = self.world.log(
                "fire_spread",
                self.name,
                x=float(t.x[row]),
                y=float(t.y[row]),
                causes=[event],
                item=int(t.item[row]),
                peak_kw=round(float(t.peak_kw[row])),
            )
            t.state[row], t.ignited_tick[row], t.cause[row] = Burning.BURNS, self.world.tick, event
        return event

    def _go_out(self, row: int) -> int:
        t = self._fires.table
        how = "put_out" if t.beaten_kw[row] > 0.0 else "burnt_out"
        t.state[row], t.hrr_kw[row] = Burning.OUT, 0.0
        event = self.world.log(
            "fire_out",
            self.name,
            x=float(t.x[row]),
            y=float(t.y[row]),
            causes=[int(t.cause[row])],
            item=int(t.item[row]),
            how=how,
            burnt_mj=round(float(t.burnt_mj[row])),
        )
        rows = self._fires.rows_of(self.name)
        if not (t.state[rows] == Burning.BURNS).any():
            self.calm()
        return event

    def _heat_assets(self, cause: int) -> None:
        assets = self.world.assets
        assert assets is not None and self._breaking is not None
        flux = self._fires.flux_at(assets.x, assets.y, key=self.name)
        if self._breaking.is_any_due(flux):
            self._breaking.strike("assets_in_heat", [cause], flux, round(float(flux.max()), 3))

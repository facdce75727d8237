"""Water of a city without a network file: a balance of tanks, exact in time.

Use changes by the hour, pumps start and stop at two levels of their tank; in between all flows are constant, so a
tank is a straight line in time and the instant at which it is empty, full or at a level of its pumps is known. A
zone whose tank is empty shares what comes in among its people and the pumps that draw from it, in proportion.

Left out: pressure within a zone, mains that break, the head of a tank upon its pumps (docs/models/water.md).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.clock import HOUR_US, US_PER_S
from impetus_sim.infrastructure.water.supply import (
    GRAVITY_M_S2,
    HOLE_DISCHARGE,
    WATER_KG_M3,
    Floats,
    Input,
    PumpMode,
    Water,
    edge_kind,
)
from impetus_sim.infrastructure.water.zones import HOURS_OF_DAY, SOURCE, ZoneNetwork

_TOLERANCE_M3 = 1e-6
"""A tank this close to a level is at it: more than passes in the microsecond to which events are rounded."""
_STILL_M3_S = 1e-12
_FLOAT_VALVE_SHARE = 0.98
"""A full tank takes only what leaves it, until it is down to this share."""


class ZoneWater(Water):
    """Zones, tanks and pumps.

    Parameters
    ----------
    network
        What there is. Places are zones; links are their mains, of the same names: shut, no pump fills the zone.
    start_s
        Time of day at the start of the run, s.
    """

    def __init__(self, network: ZoneNetwork, *, start_s: int = 0) -> None:
        self.network, self._start_us = network, start_s * US_PER_S
        self._tank_zones = np.flatnonzero(network.tank_m3 > 0.0)
        super().__init__(
            network.zone_ids,
            tuple(network.zone_ids[z] for z in self._tank_zones),
            network.pump_ids,
            network.zone_ids,
        )
        self._stations = network.stations()
        self._known_flows: dict[tuple[int, bytes], Floats] = {}
        self._pumps_to = [np.flatnonzero(network.pump_to == z) for z in range(len(network.zone_ids))]
        amounts = (
            "factor",
            "leak_m2",
            "inflow_m3_s",
            "share",
            "volume_m3",
            "inflow_m3",
            "unserved_m3",
            "delivered_m3",
        )
        self.zones = Table(
            "water_zones",
            len(network.zone_ids),
            dict.fromkeys((*amounts, "leaked_m3", "drawn_m3"), "f8") | {"is_open": "u1", "edge": "i1"},
        )
        self.pumps = Table(
            "water_pumps",
            len(network.pump_ids),
            {"has_power": "u1", "mode": "u1", "is_told": "u1", "flow_m3_s": "f8"},
        )
        self.tables = [self.inputs, self.clock, self.zones, self.pumps]
        self.zones.factor[:] = 1.0
        self.zones.is_open[:] = 1
        self.zones.volume_m3[:] = network.first_share * network.tank_m3
        self.pumps.has_power[:] = 1
        self.pumps.is_told[:] = (network.tank_m3 == 0.0)[network.pump_to] | network.is_pumping_first
        self._settle([], {})

    # -- time --------------------------------------------------------------------------------------------------

    def advance(self, until_us: int) -> list[Change]:
        """Act on everything due up to and including a time, in its order."""
        changes: list[Change] = []
        while (next_us := self.next_event_us()) is not None and next_us <= until_us:
            self._pass_to(next_us)
            waiting = self._waiting()
            rows = waiting[self.inputs.at_us[waiting] <= next_us]
            causes = self._act(rows)
            self._settle(changes, causes)
        self.clock.done_us[0] = max(until_us, int(self.clock.done_us[0]))
        return changes

    def pass_time(self, until_us: int) -> None:
        """Let time pass up to which nothing is due, so that levels are those of then.

        Raises
        ------
        InvalidInputError
            When something is due by then.
        """
        due_us = self.next_event_us()
        if due_us is not None and due_us <= until_us:
            raise InvalidInputError(f"water: something is due before {until_us} us", hint="advance it first")
        self.clock.done_us[0] = max(until_us, int(self.clock.done_us[0]))

    def restored(self) -> None:
        """Rebuild nothing: the tables hold all there is."""

    def _pass_to(self, at_us: int) -> None:
        zones, s = self.zones, (at_us - int(self.clock.now_us[0])) / US_PER_S
        for name, rate in self._rates().items():
            getattr(zones, name)[:] += rate * s
        self.clock.now_us[0] = at_us

    def _rates(self) -> dict[str, Floats]:
        # By which the sums of zones grow now, m3/s.
        zones, asked = self.zones, self.requested_m3_s()
        delivered, leaked, drawn = zones.share * asked, zones.share * self._leaks_m3_s(), self._drawn_m3_s()
        has_tank = self.network.tank_m3 > 0.0
        return {
            "volume_m3": np.where(has_tank, zones.inflow_m3_s - delivered - leaked - drawn, 0.0),
            "inflow_m3": zones.inflow_m3_s,
            "delivered_m3": delivered,
            "leaked_m3": leaked,
            "drawn_m3": drawn,
            "unserved_m3": asked - delivered,
        }

    def _act(self, rows: npt.NDArray[np.int64]) -> dict[int, int]:
        causes = {}
        for row in rows:
            kind, subject = int(self.inputs.kind[row]), int(self.inputs.subject[row])
            value = float(self.inputs.value[row])
            if kind == Input.PUMP_POWER:
                self.pumps.has_power[subject] = value > 0.0
            elif kind == Input.PUMP_MODE:
                self.pumps.mode[subject] = int(value)
            elif kind == Input.LINK:
                self.zones.is_open[subject] = value > 0.0
            elif kind == Input.DEMAND:
                self.zones.factor[subject] = value
            else:
                self.zones.leak_m2[subject] = value
            if kind in (Input.PUMP_POWER, Input.PUMP_MODE):
                causes[subject] = int(self.inputs.cause[row])
            elif kind == Input.LINK:
                pumps = np.flatnonzero(self.network.pump_to == subject)
                causes |= dict.fromkeys(pumps.tolist(), int(self.inputs.cause[row]))
        kept = np.ones(len(self.inputs), bool)
        kept[rows] = False
        self.inputs.keep(kept)
        return causes

    # -- flows -------------------------------------------------------------------------------------------------

    def _settle(self, changes: list[Change], causes: dict[int, int]) -> None:
        # Controls, flows and edges of an instant, until none moves another; then the next event.
        zones, at_us = self.zones, int(self.clock.now_us[0])
        edges, ran = zones.edge.copy(), self.pumps.flow_m3_s > 0.0
        for _ in range(2 * len(zones) + 2):
            self._command()
            self._flow()
            if not self._move_edges():
                break
        runs = self.pumps.flow_m3_s > 0.0
        for k in np.flatnonzero(runs != ran) if at_us > 0 or causes else ():
            kind = "pump_started" if runs[k] else "pump_stopped"
            cause = causes.get(int(k), NO_CAUSE)
            changes.append(Change(at_us=at_us, kind=kind, subject=self.pump_ids[k], cause=cause))
        for z in np.flatnonzero(zones.edge != edges):
            kind = edge_kind(int(edges[z]), int(zones.edge[z]))
            changes.append(Change(at_us=at_us, kind=kind, subject=self.place_ids[z]))
        self.clock.due_us[0] = self._next_us()

    def _command(self) -> None:
        network, pumps = self.network, self.pumps
        volume, tank = self.zones.volume_m3[network.pump_to], network.tank_m3[network.pump_to]
        told = pumps.is_told.astype(bool)
        low = volume <= network.start_share * tank + _TOLERANCE_M3
        high = volume >= network.stop_share * tank - _TOLERANCE_M3
        by_level = np.where(tank > 0.0, low | (told & ~high), True)
        told = np.where(pumps.mode == PumpMode.AUTOMATIC, by_level, told)
        told = np.where(pumps.mode == PumpMode.OFF, False, told)
        pumps.is_told[:] = np.where(pumps.mode == PumpMode.ON, True, told)

    def _flow(self) -> None:
        # What pumps want from the last zone to the first, then what they get from the first to the last.
        network, zones, pumps = self.network, self.zones, self.pumps
        is_on = (pumps.is_told & pumps.has_power & zones.is_open[network.pump_to]).astype(bool)
        wanted = np.zeros(len(pumps))
        for k, rows in enumerate(self._stations):
            wanted[rows] = self._station_flows(k, is_on[rows])
        use = self.requested_m3_s() + self._leaks_m3_s()
        out = use.copy()
        for z in range(len(zones) - 1, -1, -1):
            rows = self._pumps_to[z]
            most = wanted[rows].sum()
            if (network.tank_m3[z] == 0.0 or zones.edge[z] == 1) and most > out[z]:
                wanted[rows] *= out[z] / most
            inner = rows[network.pump_from[rows] != SOURCE]
            np.add.at(out, network.pump_from[inner], wanted[inner])
        for z in range(len(zones)):
            rows = self._pumps_to[z]
            source = network.pump_from[rows]
            pumps.flow_m3_s[rows] = wanted[rows] * np.where(source == SOURCE, 1.0, zones.share[source])
            inflow = pumps.flow_m3_s[rows].sum()
            zones.inflow_m3_s[z] = inflow
            is_short = (network.tank_m3[z] == 0.0 or zones.edge[z] == -1) and inflow < out[z]
            zones.share[z] = inflow / out[z] if is_short else 1.0

    def _station_flows(self, k: int, is_on: npt.NDArray[np.bool_]) -> Floats:
        # Kept for each set of pumps that are on: the same few come again and again.
        key = (k, is_on.tobytes())
        if key not in self._known_flows:
            self._known_flows[key] = self.network.station_flows(self._stations[k], is_on)
        return self._known_flows[key]

    def _move_edges(self) -> bool:
        network, zones = self.network, self.zones
        net, tank, volume, edge = self._rates()["volume_m3"], network.tank_m3, zones.volume_m3, zones.edge
        now = edge.copy()
        now[(edge == 0) & (net < 0.0) & (volume <= _TOLERANCE_M3)] = -1
        now[(edge == 0) & (net > 0.0) & (volume >= tank - _TOLERANCE_M3)] = 1
        now[(edge == -1) & (zones.share == 1.0) & (net > _STILL_M3_S)] = (
            0  # not by rounding, while it is short
        )
        now[(edge == 1) & (volume <= _FLOAT_VALVE_SHARE * tank + _TOLERANCE_M3)] = 0
        now[tank == 0.0] = 0
        moved = bool((now != edge).any())
        edge[:] = now
        return moved

    def _next_us(self) -> int:
        network, zones, now_us = self.network, self.zones, int(self.clock.now_us[0])
        due_us = now_us + HOUR_US - (now_us + self._start_us) % HOUR_US
        net, volume, tank = self._rates()["volume_m3"], zones.volume_m3, network.tank_m3
        for z in self._tank_zones:
            if net[z] == 0.0:
                continue
            targets = (0.0, network.start_share * tank[z], _FLOAT_VALVE_SHARE * tank[z])
            if net[z] > 0.0:
                targets = (network.stop_share * tank[z], tank[z], tank[z])
            for target in targets:
                gap = (target - volume[z]) / net[z]
                if gap * abs(net[z]) > _TOLERANCE_M3:
                    due_us = min(due_us, now_us + max(1, math.ceil(gap * US_PER_S)))
        return due_us

    # -- outputs -----------------------------------------------------------------------------------------------

    def requested_m3_s(self) -> Floats:
        """Return what each zone asks for now, m3/s."""
        hour = (int(self.clock.now_us[0]) + self._start_us) // HOUR_US % HOURS_OF_DAY
        return self.network.demand_m3_s * self.network.hourly[hour] * self.zones.factor

    def delivered_m3_s(self) -> Floats:
        """Return what each zone gets now, m3/s, without what leaks."""
        return self.requested_m3_s() * self.zones.share

    def _leaks_m3_s(self) -> Floats:
        speed_m_s = np.sqrt(2.0 * GRAVITY_M_S2 * self.network.pressure_m)
        return HOLE_DISCHARGE * self.zones.leak_m2 * speed_m_s

    def _drawn_m3_s(self) -> Floats:
        inner = self.network.pump_from != SOURCE
        drawn = np.zeros(len(self.zones))
        np.add.at(drawn, self.network.pump_from[inner], self.pumps.flow_m3_s[inner])
        return drawn

    def _since_s(self) -> float:
        return max(0, int(self.clock.done_us[0] - self.clock.now_us[0])) / US_PER_S

    def sums_m3(self) -> dict[str, Floats]:
        """Return volume_m3 now, and since the start inflow_m3, delivered_m3, leaked_m3, drawn_m3, unserved_m3."""
        s = self._since_s()
        return {name: getattr(self.zones, name) + rate * s for name, rate in self._rates().items()}

    def unserved_m3(self) -> Floats:
        """Return what each zone asked for and did not get since the start, m3."""
        return self.sums_m3()["unserved_m3"]

    def pump_power_w(self) -> Floats:
        """Return what each pump draws now, W: rho g q H(q) over its efficiency."""
        network, flow = self.network, self.pumps.flow_m3_s
        shut_head, drop = network.curves(np.arange(len(flow)))
        return WATER_KG_M3 * GRAVITY_M_S2 * flow * (shut_head - drop * flow**2) / network.efficiency

    def tank_heights_m(self) -> Floats:
        """Return the level at which each tank is full, m above empty."""
        return self.network.tank_height_m[self._tank_zones]

    def tank_levels_m(self) -> Floats:
        """Return the level in each tank at the time that is done, m above empty."""
        network, z = self.network, self._tank_zones
        share = np.clip(self.sums_m3()["volume_m3"][z] / network.tank_m3[z], 0.0, 1.0)
        return share * network.tank_height_m[z]

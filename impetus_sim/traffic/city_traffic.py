"""Traffic as one of the systems of a run: the clock, what is recorded, what others ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.kernels.records import (
    ABANDONED,
    ARRIVED,
    AT_STOP,
    CANCELLED,
    HELD,
    NONE,
    ON_LINK,
    PLANNED,
    WAITING,
)
from impetus_sim.traffic.positions import offsets_m
from impetus_sim.traffic.transit.describe import describe_plan, is_in_service
from impetus_sim.traffic.vehicles import KINDS
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import Channels, System

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.traffic.abandoned import AbandonedCars
    from impetus_sim.traffic.background import Background
    from impetus_sim.traffic.emergency import EmergencyVehicles
    from impetus_sim.traffic.road_orders import RoadOrders
    from impetus_sim.traffic.system import TrafficSystem
    from impetus_sim.traffic.transit.service import Service
    from impetus_sim.traffic.unit_drives import UnitDrives
    from impetus_sim.world.world import World

STATES = {
    PLANNED: "planned",
    WAITING: "waiting",
    ON_LINK: "on_links",
    ARRIVED: "arrived",
    HELD: "held",
    ABANDONED: "abandoned",
    CANCELLED: "cancelled",
    AT_STOP: "at_stop",
}
_NO_OFFSET = 65535
_DM_PER_M = 10.0


@dataclass(frozen=True, kw_only=True)
class Streets:
    """How links are drawn and named, for recordings.

    points: float64 (points, 2), m, of link k from first[k] to first[k + 1]. names: of streets (links,).
    areas: links of each area that is measured by itself, by its name.
    """

    first: npt.NDArray[np.int64]
    points: npt.NDArray[np.float64]
    names: npt.NDArray[np.object_]
    areas: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)

    def at(
        self, links: npt.NDArray[np.int64], share: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the places at a share of the way along links, x and y, m."""
        x, y = np.empty(len(links)), np.empty(len(links))
        for k, link in enumerate(links):
            points = self.points[self.first[link] : self.first[link + 1]]
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
            x[k], y[k] = (np.interp(share[k] * along[-1], along, c) for c in points.T)
        return x, y


class CityTraffic(System):
    """The traffic system in a run.

    Parameters
    ----------
    flow
        Vehicles on the network.
    world
        For the clock.
    orders
        What others ask of streets and signals.
    uid
        Stable id of each vehicle, (vehicles,).
    streets
        For the recording.
    step_ticks, record_ticks
        Length of a step, and of the time between two recorded states.
    records_vehicles
        Whether every vehicle's place is recorded, or counts only.
    background
        Everyday trips that may be given up; none are when left out.
    abandoned
        Cars that may be left on the road; none are when left out.
    emergency, emergency_names
        Emergency vehicles, and the names of their entries.
    service
        Lines, car parks and bus stops.
    left_out
        Vehicles of each imported entry of the demand that have no place on the map, by reason.
    """

    name: ClassVar[str] = "traffic"
    phase: ClassVar[Phase] = Phase.MOVE
    digest_every_s: ClassVar[float] = 60.0

    def __init__(
        self,
        flow: TrafficSystem,
        world: World,
        *,
        orders: RoadOrders,
        uid: npt.NDArray[np.uint64],
        streets: Streets,
        step_ticks: int,
        record_ticks: int,
        records_vehicles: bool = True,
        background: Background | None = None,
        abandoned: AbandonedCars | None = None,
        emergency: EmergencyVehicles | None = None,
        emergency_names: tuple[str, ...] = (),
        service: Service | None = None,
        left_out: Mapping[str, Mapping[str, int]] | None = None,
    ) -> None:
        self.flow = flow
        self._background = background
        self.abandoned, self.emergency = abandoned, emergency
        self._emergency_names = emergency_names
        self.unit_drives: UnitDrives | None = None
        """Vehicles of units that dispatch sends."""
        self.service = service
        self._left_out = left_out or {}
        self.orders = orders
        self.step_ticks = step_ticks
        self._world = world
        self.uid = uid
        self.streets = streets
        self._record_ticks = record_ticks
        self._records_vehicles = records_vehicles

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads."""
        held = [*self.flow.state, *self.orders.state]
        held += [] if self.service is None else self.service.state
        parts = (self.abandoned, self.emergency, self.unit_drives)
        return held + [part.table for part in parts if part is not None]

    @property
    def optional_state(self) -> list[Table]:
        """All of it: a branch may add traffic to a run that had none, and what is asked of streets with it."""
        world = self._world
        assert world.roads is not None
        return [*self.state, world.roads, *(table for table in world.tables_at_kerbs if table is not None)]

    def advance(self, tick: int) -> None:
        """Move every vehicle to a tick, as the streets were left at the step before.

        What was ordered meanwhile acts from its own tick on.
        """
        assert self._world.roads is not None
        until_us, share = tick * self._world.resolution_us, self._world.roads.people_share
        turned: set[int] = set()
        if self.emergency is not None:
            share = share * self._advance_emergency(until_us, turned)
        if self.unit_drives is not None:
            share = share * self.unit_drives.advance(until_us, turned)
        self.orders.limits.leave_to_others(share)
        if self._background is not None:
            self._background.give_up(until_us)
        if self.abandoned is not None:
            self.abandoned.tow_due()
        due = self.orders.due()
        for ordered in due:
            self.flow.advance(ordered * self._world.resolution_us)
            self.orders.serve(ordered)
        if due and self._background is not None:
            self._background.look_again()
        self.flow.advance(until_us)
        self.orders.turn_lanes()
        if self.service is not None:
            self.service.advance()

    def _advance_emergency(self, until_us: int, turned: set[int]) -> npt.NDArray[np.float64]:
        # Move emergency vehicles and return the share of each link's capacity that they leave.
        world, emergency = self._world, self.emergency
        assert emergency is not None and world.roads is not None
        for row in emergency.advance(until_us, world.roads.people_share, world.impassable):
            table = emergency.table
            world.log(
                "emergency_arrived",
                self._emergency_names[table.entry[row]],
                travel_s=float(table.arrived_us[row] - table.depart_us[row]) * 1e-6,
                length_m=float(table.travelled_m[row]),
                on_walkways_m=float(table.walkway_m[row]),
            )
        emergency.turn_signals(turned)
        return emergency.share_left()

    @property
    def is_over(self) -> bool:
        """Whether nobody is left that could still drive."""
        if not self.flow.is_over or (self.emergency is not None and not self.emergency.is_over):
            return False
        service = self.service
        return service is None or (
            service.is_over and np.array_equal(self.n_came(service), service.stops.n_came)
        )

    def n_came(self, service: Service) -> npt.NDArray[np.int64]:
        """Return the people who came to each stop on foot, as the exits count them."""
        exit_of_stop = service.plan.stops.exit
        has_exit = exit_of_stop != NONE
        counts = np.zeros(len(exit_of_stop), np.int64)
        counts[has_exit] = self._world.exits.n_left[exit_of_stop[has_exit]]
        return counts

    def join_units(self, drives: UnitDrives) -> None:
        """Let vehicles of units drive through this traffic (before the run)."""
        self.unit_drives = drives

    def restored(self, tick: int) -> None:
        """Rebuild what follows from loaded tables.

        Raises
        ------
        InvalidInputError
            When a branch has a contraflow on a street that had none.
        """
        del tick
        self.flow.require_same_lanes()
        self.orders.restored()
        self.flow.refresh()

    def require_laws(self) -> None:
        """Check that no vehicle is lost and no lane holds more than fits."""
        self.flow.require_conserved()
        for part in (self.emergency, self.unit_drives):
            if part is not None:
                part.require_laws()
        if self.service is not None:
            self.service.require_laws(self.n_came(self.service))

    def counts(self) -> dict[str, Any]:
        """Return the number of vehicles by state."""
        counts = {f"vehicles_{name}": n for name, n in self.flow.counts().items()}
        if self._world.near_vehicles is not None:
            counts["people_before_vehicles"] = int(np.count_nonzero(self._world.near_vehicles.seconds))
        if (at_kerbs := self._world.people_at_kerbs) is not None:
            is_waiting = (at_kerbs.stretch >= 0) & (at_kerbs.may_go == 0)
            counts["people_waiting_at_kerbs"] = int(np.count_nonzero(is_waiting))
        return counts if self.service is None else counts | self.service.riders.counts()

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return the network, the vehicles and the signals for the header of a recording."""
        links, road, vehicles = self.flow.links, self.flow.road, self.flow.vehicles
        service = self.service
        return ({} if service is None else describe_plan(service.plan)) | {
            "drive_links": {
                "from_node": links.from_node,
                "to_node": links.to_node,
                "length_m": links.length_m,
                "speed_m_s": links.speed_m_s,
                "n_lanes": links.n_lanes,
                "lane_capacity": links.lane_capacity,
                "car_m": links.car_m,
                "first": self.streets.first,
                "x": self.streets.points[:, 0],
                "y": self.streets.points[:, 1],
                "name": self.streets.names,
            },
            "vehicles": {
                "uid": self.uid,
                "kind": vehicles["kind"].copy(),
                "depart_us": vehicles["depart_us"].copy(),
                "origin": links.junctions_of(vehicles["origin"]),
                "goal_node": self.flow.routing.goal_junctions[vehicles["goal"]],
                "in_service": np.zeros(len(vehicles), bool)
                if service is None
                else is_in_service(service.plan, len(vehicles)),
                "kind_names": np.array(KINDS, dtype=object),
                "state_names": np.array([STATES[k] for k in range(len(STATES))], dtype=object),
            },
            "signals": {
                "node": self.flow.signals.node.copy(),
                "is_guessed": np.array([plan.is_guessed for plan in self.flow.plans], bool),
                "group_of_lane": road.queues["group"].copy(),
            },
            "traffic_areas": self._describe_areas(),
            "traffic_left_out": self._describe_left_out(),
        }

    def _describe_areas(self) -> dict[str, npt.NDArray[Any]]:
        # names, and for each area its links: from first[k] to first[k + 1]
        areas = self.streets.areas
        return {
            "name": np.array([*areas], dtype=object),
            "first": np.cumsum([0, *(len(links) for links in areas.values())]),
            "link": np.concatenate([np.zeros(0, np.int64), *areas.values()]),
        }

    def _describe_left_out(self) -> dict[str, npt.NDArray[Any]]:
        rows = [(name, reason, n) for name, held in self._left_out.items() for reason, n in held.items()]
        return {
            "entry": np.array([name for name, _, _ in rows], dtype=object),
            "reason": np.array([reason for _, reason, _ in rows], dtype=object),
            "n": np.array([n for _, _, n in rows], np.int64),
        }

    def record(self, channels: Channels, tick: int, *, is_frame: bool) -> None:
        """Record the state of traffic at its own times."""
        del is_frame
        if tick % self._record_ticks == 0:
            channels.add_series("traffic", tick, self._recorded())

    def _recorded(self) -> dict[str, npt.NDArray[Any]]:
        flow, road = self.flow, self.flow.road
        values: dict[str, npt.NDArray[Any]] = {
            "n_entered": road.n_entered.astype(np.int32),
            "n_left": road.n_left.astype(np.int32),
            "green": flow.signals_now()["green"],
        }
        if self._records_vehicles:
            vehicles = flow.vehicles
            rows = np.flatnonzero(np.isin(vehicles["state"], (ON_LINK, ABANDONED)) & (vehicles["queue"] >= 0))
            link = np.full(len(vehicles), -1, np.int32)
            link[rows] = road.queues["link"][vehicles["queue"][rows]]
            offset = np.full(len(vehicles), _NO_OFFSET, np.uint16)
            offset[rows] = np.minimum(np.rint(offsets_m(flow)[rows] * _DM_PER_M), _NO_OFFSET)
            values |= {"link": link, "offset_dm": offset, "state": vehicles["state"].astype(np.uint8)}
            if flow.following is not None:
                values["lane"] = flow.following.lanes(vehicles)
        if (emergency := self.emergency) is not None:
            table, offset_m = emergency.table, emergency.offsets_m()
            values["emergency_link"] = table.link.copy()
            values["emergency_offset_dm"] = np.where(
                np.isnan(offset_m), _NO_OFFSET, np.rint(np.nan_to_num(offset_m) * _DM_PER_M)
            ).astype(np.uint16)
        return values

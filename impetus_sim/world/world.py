"""The world of one run: ground, goals, and the tables through which systems meet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.world import tables
from impetus_sim.world.air import AirField
from impetus_sim.world.alarms import Alarms
from impetus_sim.world.assets import Assets, Order, asset_orders_table
from impetus_sim.world.attackers import Attackers
from impetus_sim.world.blasts import blasts_table
from impetus_sim.world.coverage import Coverage
from impetus_sim.world.fires import Fires
from impetus_sim.world.flood import FloodField
from impetus_sim.world.gates import GateGrid, solid_walls
from impetus_sim.world.goals import Goals
from impetus_sim.world.ground import Ground
from impetus_sim.world.injuries import Injuries
from impetus_sim.world.network_orders import NetworkOrders
from impetus_sim.world.plumes import PlumeField
from impetus_sim.world.rumours import Rumours
from impetus_sim.world.sheets import Sheets
from impetus_sim.world.smoke import SmokeField
from impetus_sim.world.streams import Telemetry
from impetus_sim.world.surges import surges_table
from impetus_sim.world.units import Units
from impetus_sim.world.weather import Weather


class World:
    """What all systems see.

    Parameters
    ----------
    ground, goals
        Static geometry and fields.
    resolution_us
        Length of a tick in microseconds.
    areas
        Areas that orders refer to: name to flat cell indices of the ground grid.
    open_exits
        bool (lines,), which exits, and after them passages, are open at the start.
    connections
        Connections between storeys by name, in the order of their numbers, with the status of each at the start.
    sheets
        Where storeys lie in the plane; none when left out.
    open_gates
        bool (n_gates,), which gates are; all when left out.

    Whoever changes the arrays of `goals` during a run raises `fields_version` by one; others keep values of the
    fields until then. Whoever puts other `goals` in their place need not.
    """

    units: Units | None = None
    """Only in runs with units that can be sent."""
    attackers: Attackers | None = None
    """Only in runs with an armed attacker."""
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Smallest box around the city, x0, y0, x1, y1, m; set by whoever builds the world from one."""
    weather: Weather | None = None
    """Only where the scenario says it."""
    fires: Fires | None = None
    """What burns; only in runs with a fire."""
    flood: FloodField | None = None
    """Water on the ground; only in runs with a hazard that brings some."""
    impassable: npt.NDArray[np.bool_] | None = None
    """Links that not even emergency vehicles drive through, bool (links,); derived by whoever floods streets."""
    plumes: PlumeField | None = None
    """Puffs in the wind; only in runs with a hazard that releases some."""
    blasts: Table | None = None
    """Only in runs with a blast."""
    rumours: Rumours | None = None
    """Only in runs with a rumour."""
    surges: Table | None = None
    """Only in runs with a crowd surge."""

    def __init__(
        self,
        *,
        ground: Ground,
        goals: Goals,
        resolution_us: int,
        areas: dict[str, npt.NDArray[np.int64]],
        open_exits: npt.NDArray[np.bool_],
        connections: Mapping[str, int] | None = None,
        sheets: Sheets | None = None,
        open_gates: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.ground = ground
        self.goals = goals
        self.fields_version = 0
        self.resolution_us = resolution_us
        self.areas = areas
        self.tick = 0
        self.exits = tables.exits_table(len(ground.line_names))
        self.exits.is_open[:] = open_exits
        self.sheets = sheets or Sheets()
        self.connection_names = tuple(connections or ())
        self.connections = tables.connections_table(len(self.connection_names))
        self.connections.status[:] = list((connections or {}).values())
        self.gates = tables.gates_table(len(ground.gate_names))
        self.gates.is_open[:] = True if open_gates is None else open_gates
        self._solid = (self.gates.is_open.tobytes(), solid_walls(ground, self.gates.is_open))
        self.gate_grid = GateGrid(ground) if ground.gate_names else None
        self.loaded_gates: tuple[int, ...] = ()
        """Gates whose load the crowd measures, because a hazard asks for it."""
        self.threats = tables.threats_table()
        self.stimuli = tables.stimuli_table()
        self.orders = tables.orders_table()
        self.events = tables.events_table()
        self.smoke = SmokeField(ground)
        self.air: AirField | None = None
        """Gases and steady smoke; only in runs with a hazard that needs it."""
        self.streets: Table | None = None
        self.roads: Table | None = None
        """What is asked of the streets for vehicles; only in runs with traffic."""
        self.road_orders: Table | None = None
        """Orders about streets for vehicles and their signals; only in runs with traffic."""
        self.network_orders: NetworkOrders | None = None  # of runs with an intervention that gives some
        self.near_vehicles: Table | None = None
        """Time that people were before moving vehicles; only where streets for vehicles cross the ground."""
        self.crossings: Table | None = None
        """Stretches of carriageway as people at the kerb see them; only there, and where people obey kerbs."""
        self.people_at_kerbs: Table | None = None
        """Who waits at a kerb; the same."""
        self.assets: Assets | None = None
        """What the city runs on; only in runs with infrastructure, as are the next three."""
        self.asset_states: Table | None = None
        """Written by infrastructure."""
        self.asset_orders: Table | None = None
        self.coverage: Coverage | None = None
        """Where phones have a cell."""
        self.telemetry: Telemetry | None = None
        """What sensors say; only in runs with sensors."""
        self.alarms: Alarms | None = None
        """Only in runs in which somebody raises alerts, keeps incidents or asks for units."""
        self.injuries: Injuries | None = None
        """Only in runs with a hazard that injures."""

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads."""
        held = [self.exits, self.threats, self.stimuli, self.orders, self.events, self.smoke.table]
        held += [self.connections] if self.connection_names else []
        if self.air is not None:
            held += [self.air.table, self.air.sources]
        held += [self.fires.table] if self.fires is not None else []
        held += [self.flood.table] if self.flood is not None else []
        held += self.plumes.tables if self.plumes is not None else []
        if len(self.gates):
            held.append(self.gates)
        held += self.coverage.tables if self.coverage is not None else []
        groups = (self.telemetry, self.alarms, self.injuries, self.attackers, self.rumours, self.units)
        for group in (*groups, self.network_orders):
            held += group.tables if group is not None else []
        of_some_runs = (self.streets, self.roads, self.road_orders, *self.tables_at_kerbs, self.asset_orders)
        of_some_runs += (self.blasts, self.surges)
        return [*held, *(table for table in of_some_runs if table is not None)]

    def have_assets(self, assets: Assets) -> None:
        """Give the run assets (before the run)."""
        self.assets = assets
        self.asset_orders = asset_orders_table()

    def need_alarms(self) -> Alarms:
        """Return alerts, incidents and requests, made at the first call (by whoever writes one, before the run)."""
        if self.alarms is None:
            self.alarms = Alarms()
        return self.alarms

    def need_injuries(self) -> Injuries:
        """Return the injured, made at the first call (by a hazard that injures, before the run)."""
        if self.injuries is None:
            self.injuries = Injuries()
        return self.injuries

    def need_attackers(self) -> Attackers:
        """Return attackers and their shots, made at the first call (by the hazard, before the run)."""
        if self.attackers is None:
            self.attackers = Attackers()
        return self.attackers

    def need_rumours(self) -> Rumours:
        """Return the rumours, made at the first call (by the hazard, before the run)."""
        if self.rumours is None:
            self.rumours = Rumours()
        return self.rumours

    def need_surges(self) -> Table:
        """Return the surges, made at the first call (by the hazard, before the run)."""
        if self.surges is None:
            self.surges = surges_table()
        return self.surges

    def need_blasts(self) -> Table:
        """Return the blasts, made at the first call (by the hazard, before the run)."""
        if self.blasts is None:
            self.blasts = blasts_table()
        return self.blasts

    @property
    def tables_at_kerbs(self) -> tuple[Table | None, ...]:
        """Tables of runs in which streets for vehicles cross the ground: people before vehicles, and at kerbs."""
        return (self.near_vehicles, self.crossings, self.people_at_kerbs)

    def need_air(self) -> AirField:
        """Return the field of gases and steady smoke, built at the first call (by a hazard, before the run)."""
        if self.air is None:
            self.air = AirField(self.ground)
        return self.air

    def need_fires(self) -> Fires:
        """Return what burns, made at the first call (by a fire, before the run)."""
        if self.fires is None:
            self.fires = Fires()
        return self.fires

    def need_flood(self) -> FloodField:
        """Return the water, made at the first call (by a hazard that brings some, before the run)."""
        if self.flood is None:
            self.flood = FloodField()
        return self.flood

    def need_plumes(self) -> PlumeField:
        """Return the puffs, made at the first call (by a hazard that releases some, before the run).

        Raises
        ------
        InvalidInputError
            When the scenario says nothing of the weather.
        """
        if self.weather is None:
            raise InvalidInputError(
                "nothing is known of the wind",
                hint="add the section weather: {wind_speed: 3, wind_from: 270}",
            )
        if self.plumes is None:
            self.plumes = PlumeField(self.weather)
        return self.plumes

    def extinction_at(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Return the extinction coefficient of all smoke at points, 1/m."""
        extinction = self.smoke.at(x, y)
        return extinction if self.air is None else extinction + self.air.extinction_at(x, y)

    @property
    def has_smoke(self) -> bool:
        """Whether there is or was smoke anywhere in this run."""
        return self.smoke.is_present or (self.air is not None and self.air.is_present)

    @property
    def time_s(self) -> float:
        """Simulated seconds since the start: tick times resolution, never a sum."""
        return self.seconds(self.tick)

    def seconds(self, tick: int) -> float:
        """Return the time of a tick."""
        return tick * self.resolution_us / 1e6

    def ticks(self, seconds: float) -> int:
        """Return the tick at or next after a time."""
        return int(np.ceil(round(seconds * 1e6 / self.resolution_us, 6)))

    def wall_is_open(self) -> npt.NDArray[np.uint8]:
        """Return, per wall, 1 where it is the line of an open exit or gate."""
        is_exit = self.ground.wall_exit >= 0
        is_open = np.zeros(len(is_exit), np.uint8)
        is_open[is_exit] = self.exits.is_open[self.ground.wall_exit[is_exit]]
        if len(self.gates):
            is_gate = self.ground.wall_gate >= 0
            is_open[is_gate] = self.gates.is_open[self.ground.wall_gate[is_gate]]
        return is_open

    def solid_walls(self) -> npt.NDArray[np.float64]:
        """Return the walls, float64 (walls, 4), with open gates out of the way; do not write to it."""
        key = self.gates.is_open.tobytes()
        if key != self._solid[0]:
            self._solid = (key, solid_walls(self.ground, self.gates.is_open))
        return self._solid[1]

    def set_gate(self, name: str, *, is_open: bool, causes: Sequence[int], kind: str = "") -> int:
        """Open or close a gate and return the event, of another `kind` where given."""
        index = self.ground.gate_names.index(name)
        was_open = bool(self.gates.is_open[index])
        self.gates.is_open[index] = is_open
        middle = self.ground.gate_segments(index).reshape(-1, 2).mean(axis=0)
        return self.log(
            kind or ("gate_opened" if is_open else "gate_closed"),
            name,
            x=middle[0],
            y=middle[1],
            causes=causes,
            was_open=was_open,
        )

    def set_exit(self, name: str, *, is_open: bool, causes: Sequence[int]) -> int:
        """Open or close an exit and return the event."""
        index = self.ground.exit_names.index(name)
        was_open = bool(self.exits.is_open[index])
        self.exits.is_open[index] = is_open
        middle = self.ground.exit_segments(index).reshape(-1, 2).mean(axis=0)
        return self.log(
            "exit_opened" if is_open else "exit_closed",
            name,
            x=middle[0],
            y=middle[1],
            causes=causes,
            was_open=was_open,
        )

    def set_connection(self, name: str, *, status: int, causes: Sequence[int]) -> int:
        """Set the status of a connection between storeys (`tables.RUNNING` and others) and return the event."""
        index = self.connection_names.index(name)
        was = int(self.connections.status[index])
        self.connections.status[index] = status
        kind = ("connection_closed", "connection_opened", "connection_stopped")[status]
        return self.log(kind, name, causes=causes, was=was)

    def order_roads(self, key: str, kind: int, value: float, *, cause: int) -> None:
        """Order something about the streets or signals of a part (`tables.ROAD_CLOSED` and others)."""
        assert self.road_orders is not None
        self.road_orders.append(
            {"tick": self.tick, "kind": kind, "value": value, "cause": cause, "key": key.encode()}
        )

    def order_asset(self, asset: int, kind: Order, value: float, *, cause: int) -> None:
        """Order something about an asset (`assets.Order`), by its row."""
        assert self.asset_orders is not None
        self.asset_orders.append(
            {"tick": self.tick, "asset": asset, "kind": kind, "value": value, "cause": cause}
        )

    def was_status(self, event: int) -> int:
        """Return the status that the connection an event set had before it."""
        return int(json.loads(self.events.data[event])["was"])

    def was_open(self, event: int) -> bool:
        """Return whether the exit or gate that an event set was open before it."""
        return bool(json.loads(self.events.data[event])["was_open"])

    def log(
        self,
        kind: str,
        subject: str,
        *,
        x: float = float("nan"),
        y: float = float("nan"),
        causes: Sequence[int] = (),
        **data: Any,
    ) -> int:
        """Append an event at the present tick and return its id.

        x, y are local metres; nan for events that have no place.
        """
        event = len(self.events)
        self.events.append(
            {
                "id": event,
                "tick": self.tick,
                "kind": kind.encode(),
                "subject": _fit(subject, 64),
                "x": x,
                "y": y,
                "causes": ",".join(str(c) for c in causes).encode(),
                "data": json.dumps(data, sort_keys=True).encode() if data else b"",
            }
        )
        return event


def _fit(text: str, width: int) -> bytes:
    # Names of streets may be long: cut between characters, so that what is stored can be read.
    return text.encode()[:width].decode(errors="ignore").encode()

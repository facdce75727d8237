"""Which arrays of a road are state, as tables that can be saved and restored."""

from __future__ import annotations

from impetus_sim.arrays import RecordTable, Table
from impetus_sim.traffic.kernels.road import Road

QUEUES = "traffic_queues"


def road_tables(road: Road) -> list[Table]:
    """Return tables that share the arrays of a road which change: what is written to one is in the other."""
    return [
        RecordTable(QUEUES, road.queues),
        RecordTable("traffic_exits", road.exits),
        _sharing(
            "traffic_links",
            is_closed=road.is_closed,
            speed_mm_s=road.speed_mm_s,
            n_entered=road.n_entered,
            n_left=road.n_left,
            time_us=road.time_us,
            served=road.link_served,
        ),
        _sharing("traffic_junctions", open_us=road.node_open_us, pace=road.node_pace),
        _sharing("traffic_events", at_us=road.times),
        _sharing("traffic_looks", at_us=road.look_us),
        _sharing("traffic_turns", finish=road.turn_finish),
    ]


def _sharing(name: str, **columns: object) -> Table:
    table = Table(name, 0, {})
    table.adopt(columns)  # type: ignore[arg-type]
    return table

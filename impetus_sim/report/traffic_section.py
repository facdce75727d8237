"""The traffic section of a run's brief: map, curves, and the streets that lost most time."""

from __future__ import annotations

from dataclasses import dataclass

from impetus_sim.analysis.traffic.diagram import read_areas
from impetus_sim.analysis.traffic.recorded import CHANNEL, has_traffic, read_network
from impetus_sim.analysis.traffic.worst import WorstStreet
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.brief.content import Figure
from impetus_sim.report.brief.figures import encode
from impetus_sim.report.traffic_picture import plot_traffic, plot_traffic_curves, read_worst_streets


@dataclass(frozen=True, kw_only=True)
class StreetRow:
    """One street as texts."""

    name: str
    lost: str
    speed: str
    queue: str


@dataclass(frozen=True, kw_only=True)
class TrafficSection:
    """What the section shows."""

    page: Figure
    curves: Figure
    streets: tuple[StreetRow, ...]


def describe_traffic(recording: Recording) -> TrafficSection | None:
    """Return the section; None for runs without vehicles, or cut before their first state and checkpoint.

    Figures are drawn in the style that is set (`style.page_style`).
    """
    if not has_traffic(recording) or "traffic_vehicles" not in recording.table_names:
        return None
    if next(recording.series(CHANNEL), None) is None:
        return None
    worst = read_worst_streets(recording)
    place = "an area" if read_areas(recording, read_network(recording)) else "a quarter of the map"
    said = "; ".join(f"{row.name} {row.lost}" for row in map(_row, worst[:5]))
    return TrafficSection(
        page=encode(
            plot_traffic(recording),
            alt="Map of streets by the speed of vehicles in the five minutes with the most delay. "
            f"Most time lost: {said}.",
            caption="Streets in the five minutes in which vehicles lost most time.",
        ),
        curves=encode(
            plot_traffic_curves(recording),
            alt="Vehicles that wanted to set out and that arrived over time; flow against density.",
            caption="Left: the area between the dashed and the blue line is the time that all vehicles lost. "
            f"Right: each dot is five minutes of {place}; flow that falls as density grows is a jam.",
        ),
        streets=tuple(_row(street) for street in worst),
    )


def _row(street: WorstStreet) -> StreetRow:
    queue = f"{street.queue_m:.0f} m at {style.format_time(street.queue_s)}" if street.queue_m > 0 else "none"
    return StreetRow(
        name=street.name,
        lost=f"{style.format_quantity(street.delay_h, 'vehicle-h')}",
        speed=f"{100 * street.speed_share:.0f} %",
        queue=queue,
    )

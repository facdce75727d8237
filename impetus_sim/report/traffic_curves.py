"""Curves of traffic: vehicles by state, cumulative trips, zone diagrams, vehicles along a street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.traffic.diagram import ZoneDiagram
from impetus_sim.analysis.traffic.recorded import Floats
from impetus_sim.analysis.traffic.trips import Trips
from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STATES = (
    ("on_links", "driving", "#0072b2"),
    ("waiting", "waiting to enter", "#d55e00"),
    ("held", "no way open", "#a3123a"),
    ("abandoned", "abandoned", "#56626e"),
    ("at_stop", "at a stop", "#009e73"),
)
_PER_HOUR, _PER_KM = 3600.0, 1000.0


def draw_time_axis(axes: Axes, end_s: float) -> None:
    """Mark a time axis in round minutes or hours since the start."""
    step = style.choose_time_step(max(end_s, 1.0))
    ticks = np.arange(0.0, end_s + 0.5 * step, step)
    in_hours = end_s > 2 * 3600.0
    axes.set_xlim(0.0, max(end_s, 1.0))
    axes.set_xticks(ticks, [f"{tick / (3600 if in_hours else 60):g}" for tick in ticks])
    axes.set_xlabel(f"time since the start, {'hours' if in_hours else 'minutes'}")


def draw_states(axes: Axes, times_s: Floats, states: dict[str, Floats]) -> None:
    """Draw the vehicles that are on their way, stacked by what they do."""
    shown = [
        (states[name], label, colour)
        for name, label, colour in _STATES
        if states.get(name, np.zeros(1)).any()
    ]
    if shown:
        axes.stackplot(
            times_s,
            *(values for values, _, _ in shown),
            labels=[label for _, label, _ in shown],
            colors=[colour for _, _, colour in shown],
            linewidth=0,
        )
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.98), fontsize=8, ncols=4, columnspacing=1.0)
        axes.set_ylim(0.0, 1.08 * float(np.sum([values for values, _, _ in shown], axis=0).max()))
    axes.set_ylabel("vehicles under way")
    draw_time_axis(axes, float(times_s[-1]) if len(times_s) else 1.0)


def draw_trip_curves(axes: Axes, trips: Trips) -> None:
    """Draw the cumulative curves of trips: set out, would have arrived on empty streets, arrived."""
    due = trips.was_due
    free = trips.depart_s + trips.free_s
    for times, label, colour, dashes in (
        (trips.depart_s[due], "wanted to set out", style.MUTED, "-"),
        (free[due & ~np.isnan(free)], "arrived, were streets empty", "#009e73", "--"),
        (trips.arrive_s[trips.has_arrived], "arrived", "#0072b2", "-"),
    ):
        ordered = np.sort(times[times <= trips.followed_s])
        x = np.concatenate([[0.0], ordered, [trips.followed_s]])
        y = np.concatenate([[0], np.arange(1, len(ordered) + 1), [len(ordered)]])
        axes.step(x, y, where="post", color=colour, linestyle=dashes, linewidth=1.6, label=label)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("vehicles so far")
    axes.legend(loc="upper left", fontsize=8)
    draw_time_axis(axes, trips.followed_s)


def draw_zone_diagrams(axes: Axes, zones: list[ZoneDiagram]) -> None:
    """Draw flow against density of each zone; points of consecutive intervals are joined."""
    for zone, colour in zip(zones, style.EXIT_COLOURS, strict=False):
        axes.plot(
            zone.density * _PER_KM,
            zone.flow * _PER_HOUR,
            color=colour,
            linewidth=0.8,
            marker="o",
            markersize=3.5,
            alpha=0.9,
            label=zone.name,
        )
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("density, vehicles per km of lane")
    axes.set_ylabel("flow, vehicles per hour and lane")
    axes.legend(loc="lower right", fontsize=8)

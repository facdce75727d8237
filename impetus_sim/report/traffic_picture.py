"""Pages of traffic: the streets at their worst moment or another, and the curves of the whole run."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.traffic.diagram import compute_diagrams, find_quarters, read_areas
from impetus_sim.analysis.traffic.links import compute_link_intervals
from impetus_sim.analysis.traffic.queues import compute_queues
from impetus_sim.analysis.traffic.recorded import read_counts
from impetus_sim.analysis.traffic.states import read_states
from impetus_sim.analysis.traffic.trips import read_trips
from impetus_sim.analysis.traffic.worst import (
    WorstStreet,
    find_interval,
    find_worst_interval,
    find_worst_streets,
)
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.traffic_curves import draw_states, draw_trip_curves, draw_zone_diagrams
from impetus_sim.report.traffic_map import By, choose_view, classify, draw_traffic_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 14.0, 9.6
_MAP = (0.03, 0.075, 0.62, 0.79)
EVERY_S = 300.0
"""Length of the intervals of maps and diagrams: several signal cycles."""
_LISTED = 8
_LINE = 0.115
ONE_RUN = "One run shows what can happen, not what will: compare options over many runs before deciding."


def plot_traffic(recording: Recording, *, at_s: float | None = None, by: By = "speed") -> Figure:
    """Return the page of the streets at a time, or at their worst.

    Parameters
    ----------
    recording
        Of a run with traffic.
    at_s
        A time within the wanted five minutes; when left out, the five minutes with the most delay.
    by
        What colours mean: ``speed`` or ``queue``.

    Raises
    ------
    InvalidInputError
        When the run had no traffic.
    """
    counts = read_counts(recording)
    network = counts.network
    intervals = compute_link_intervals(counts, every_s=EVERY_S)
    queues = compute_queues(counts)
    interval = find_worst_interval(intervals) if at_s is None else find_interval(intervals, at_s)
    worst = find_worst_streets(network, intervals, queues, only=interval, most=_LISTED)
    classes = classify(network, intervals, queues, interval, by=by)

    figure = style.new_figure(WIDTH_IN, HEIGHT_IN)
    start, end = float(intervals.start_s[interval]), float(intervals.end_s[interval])
    moment = f"{'the worst moment: ' if at_s is None else ''}{_say_times(recording, start, end)}"
    _write_head(figure, recording, moment)
    axes = figure.add_axes(_MAP)
    west, east, south, north = choose_view(network, aspect=_MAP[2] * WIDTH_IN / (_MAP[3] * HEIGHT_IN))
    axes.set(xlim=(west, east), ylim=(south, north))
    signals = np.asarray(recording.static("signals")["node"], np.int64)
    handles = draw_traffic_map(axes, network, classes, signals, worst, width_in=_MAP[2] * WIDTH_IN)
    figure.legend(
        handles=handles,
        title=classes.title,
        title_fontproperties={"weight": "bold", "size": 9},
        loc="upper left",
        bbox_to_anchor=(0.66, 0.87),
        fontsize=8.5,
        alignment="left",
        ncols=2,
        columnspacing=1.5,
    )
    _list_streets(figure.add_axes((0.67, 0.335, 0.31, 0.35)), worst)
    state_axes = figure.add_axes((0.72, 0.105, 0.25, 0.15))
    state_axes.set_title("Vehicles under way", pad=22)
    times, states = read_states(recording)
    draw_states(state_axes, times, states)
    state_axes.axvspan(start, end, color=style.INK, alpha=0.25, linewidth=0)
    _write_foot(figure, recording)
    return figure


def plot_traffic_curves(recording: Recording) -> Figure:
    """Return trips over time beside the macroscopic diagram of the scenario's areas, or of quarters of the map."""
    counts = read_counts(recording)
    figure = style.new_figure(12.0, 4.4)
    left = figure.add_axes((0.07, 0.14, 0.4, 0.74))
    left.set_title("Trips over time")
    draw_trip_curves(left, read_trips(recording))
    right = figure.add_axes((0.57, 0.14, 0.4, 0.74))
    areas = read_areas(recording, counts.network)
    right.set_title(f"Flow against density, by {'area' if areas else 'quarter of the map'}")
    zones = areas or find_quarters(counts.network)
    draw_zone_diagrams(right, compute_diagrams(counts, zones, every_s=EVERY_S))
    return figure


def read_worst_streets(recording: Recording, *, most: int = 10) -> list[WorstStreet]:
    """Return the streets with the most delay over a whole run."""
    counts = read_counts(recording)
    intervals = compute_link_intervals(counts, every_s=EVERY_S)
    return find_worst_streets(counts.network, intervals, compute_queues(counts), most=most)


def save_traffic_picture(
    recording: Recording, path: Path, *, at_s: float | None = None, by: By = "speed"
) -> Path:
    """Write the page of the streets as PNG."""
    with style.page_style():
        return style.save_png(plot_traffic(recording, at_s=at_s, by=by), path)


def _say_times(recording: Recording, start_s: float, end_s: float) -> str:
    since = f"{style.format_minutes(start_s)} to {style.format_time(end_s)} after the start"
    began = str(recording.attributes.get("start_time", ""))
    if not began:
        return since
    first, last = (datetime.fromisoformat(began) + timedelta(seconds=t) for t in (start_s, end_s))
    return f"{first:%H:%M} to {last:%H:%M} ({since})"


def _write_head(figure: Figure, recording: Recording, moment: str) -> None:
    attributes = recording.attributes
    title = textwrap.shorten(str(attributes.get("title", recording.path.stem)), 80, placeholder=" …")
    figure.text(0.03, 0.955, title, fontsize=20, fontweight="bold", va="center")
    figure.text(0.03, 0.915, f"Traffic at {moment}", fontsize=13, va="center")
    n = int(read_trips(recording).was_due.sum())
    parts = [f"{style.format_count(n)} vehicles"]
    if "seed" in attributes:
        parts.append(f"seed {attributes['seed']}, replicate {attributes.get('replicate', 0)}")
    guessed = int(np.asarray(recording.static("signals")["is_guessed"]).sum())
    if guessed:
        parts.append(f"plans of {guessed} traffic lights guessed")
    figure.text(0.03, 0.885, "  ·  ".join(parts), fontsize=9.5, color=style.MUTED, va="center")


def _write_foot(figure: Figure, recording: Recording) -> None:
    figure.text(0.03, 0.02, ONE_RUN, fontsize=8.5, color=style.MUTED, va="center")
    credit = str(recording.attributes.get("map_credit", ""))
    figure.text(0.97, 0.02, credit, fontsize=8, color=style.MUTED, va="center", ha="right")


def _list_streets(axes: Axes, worst: list[WorstStreet]) -> None:
    """Write the streets with the most delay, numbered as on the map."""
    axes.axis("off")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_title("Most time lost in these minutes")
    if not worst:
        axes.text(0.0, 0.9, "no street lost time", fontsize=9)
        return
    for x, head in ((0.68, "lost,\nvehicle-min"), (0.84, "speed,\nof limit"), (1.0, "longest\nqueue")):
        axes.text(x, 1.0, head, fontsize=7.5, color=style.MUTED, ha="right", va="top")
    for row, street in enumerate(worst):
        y = 0.83 - row * _LINE
        name = textwrap.shorten(street.name, 34, placeholder=" …")
        name = name if len(street.name.split()) > 1 else street.name[:34]
        axes.text(0.0, y, f"{row + 1}  {name}", fontsize=8.5, va="center")
        axes.text(0.68, y, style.format_count(60.0 * street.delay_h), fontsize=8.5, ha="right", va="center")
        axes.text(0.84, y, f"{100 * street.speed_share:.0f} %", fontsize=8.5, ha="right", va="center")
        axes.text(1.0, y, f"{street.queue_m:.0f} m", fontsize=8.5, ha="right", va="center")

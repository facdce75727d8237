"""One page about one run: key figures, density map, paths, egress curve with what happened."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.causes import Event, first_of_each, read_trace
from impetus_sim.analysis.density import compute_density
from impetus_sim.analysis.egress import compute_egress_curves
from impetus_sim.analysis.metric import Metric
from impetus_sim.analysis.metrics import KEY_METRICS, compute_metrics
from impetus_sim.analysis.people import read_people
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.density_map import draw_density_key, draw_density_map
from impetus_sim.report.egress_curve import MAX_MARKS, choose_end_s, draw_egress_curve
from impetus_sim.report.provenance import read_scenario_text
from impetus_sim.report.scene import Scene, read_scene
from impetus_sim.report.trajectories import collect_trajectories, draw_trajectories

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 14.0, 9.6
TALL = 0.9
"""Maps narrower than this share of their height get the tall layout."""
Box = tuple[float, float, float, float]
ONE_RUN = "One run shows what can happen, not what will: compare options over many runs before deciding."


def plot_run(recording: Recording) -> Figure:
    """Return the one-page figure of a run."""
    scene = read_scene(recording)
    people = read_people(recording)
    density = compute_density(recording)
    metrics = compute_metrics(recording, density=density)
    n_people = int(np.count_nonzero(people.has_entered))
    curves = compute_egress_curves(people, scene.ground)
    figure = style.new_figure(WIDTH_IN, HEIGHT_IN)
    write_head(
        figure, str(recording.attributes.get("title", recording.path.stem)), describe_run(recording, n_people)
    )
    draw_tiles(figure, [metrics[name] for name in KEY_METRICS])
    layout = choose_layout(scene)
    density_axes = figure.add_axes(layout.density, anchor="NW")
    draw_density_map(density_axes, density, scene)
    density_axes.set_title("How dense it got")
    draw_density_key(figure, density_axes, width=layout.key_width)
    path_axes = figure.add_axes(layout.paths, anchor="NW")
    draw_trajectories(path_axes, collect_trajectories(recording), people, scene, with_key=False)
    path_axes.set_title("How people walked (colour: exit)")
    curve_axes = figure.add_axes(layout.curve)
    curve_axes.set_title("People out over time", pad=26)
    draw_egress_curve(
        curve_axes,
        curves,
        n_people=n_people,
        end_s=choose_end_s(curves[:1], people.followed_s, n_people),
        events=choose_marks(list(read_trace(recording).events.values())),
    )
    write_foot(figure, scene, ONE_RUN)
    return figure


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the parts of the page are: left, bottom, width, height in shares of the page."""

    density: Box
    paths: Box
    curve: Box
    key_width: float


def choose_layout(scene: Scene) -> Layout:
    """Return a layout for the shape of the map: tall maps stand side by side, wide ones above the curve."""
    west, east, south, north = scene.view
    aspect = (east - west) / (north - south)
    bottom, height = 0.13, 0.61
    width = min(aspect * height * HEIGHT_IN / WIDTH_IN, 0.55)
    if aspect < TALL:
        second = 0.03 + width + 0.025
        left = second + width + 0.06
        return Layout(
            density=(0.03, bottom, width, height),
            paths=(second, bottom, width, height),
            curve=(left, 0.36, 0.9 - left, 0.335),
            key_width=max(width - 0.02, 0.2),
        )
    second = max(0.03 + width + 0.03, 0.44)
    return Layout(
        density=(0.03, bottom, width, height),
        paths=(second, 0.46, 0.97 - second, 0.28),
        curve=(second + 0.045, 0.185, 0.9 - second - 0.045, 0.19),
        key_width=min(0.33, width),
    )


def save_run_picture(recording: Recording, path: Path) -> Path:
    """Write the one-page figure of a run as PNG."""
    with style.page_style():
        return style.save_png(plot_run(recording), path)


def choose_marks(events: list[Event]) -> list[Event]:
    """Return the events worth marking: the first of each kind and subject, in the order of time."""
    return first_of_each(events)[:MAX_MARKS]


def describe_run(recording: Recording, n_people: int) -> str:
    """Return what a picture says under its title: where, how many people, when, which seed."""
    attributes = recording.attributes
    plan = read_scenario_text(str(attributes.get("scenario", ""))).get("map")
    is_synthetic = isinstance(plan, dict) and "synthetic" in plan  # its name is only its kind
    parts = [
        "" if is_synthetic else str(attributes.get("map_name", "")),
        f"{style.format_count(n_people)} people",
    ]
    if attributes.get("start_time"):
        parts.append(f"start {style.format_start(str(attributes['start_time']))}")
    if "seed" in attributes:
        parts.append(f"seed {attributes['seed']}, replicate {attributes.get('replicate', 0)}")
    if not recording.is_complete:
        parts.append(f"unfinished: up to {style.format_time(recording.recorded_until_s)}")
    return "  ·  ".join(part for part in parts if part)


def write_head(figure: Figure, title: str, subtitle: str) -> None:
    """Write title and subtitle at the top of a page."""
    short = textwrap.shorten(title, 80, placeholder=" …")
    figure.text(0.03, 0.955, short, fontsize=20, fontweight="bold", va="center")
    figure.text(0.03, 0.92, subtitle, fontsize=10.5, color=style.MUTED, va="center")


def write_foot(figure: Figure, scene: Scene, note: str) -> None:
    """Write a note and the credit of the map at the bottom of a page."""
    figure.text(0.03, 0.02, note, fontsize=8.5, color=style.MUTED, va="center")
    figure.text(0.97, 0.02, scene.credit, fontsize=8, color=style.MUTED, va="center", ha="right")


def draw_tiles(figure: Figure, metrics: list[Metric]) -> None:
    """Draw a row of key figures: a large number over its name."""
    width = 0.94 / len(metrics)
    axes = figure.add_axes((0.03, 0.805, 0.94, 0.085))
    axes.set_xlim(0, 0.94)
    axes.set_ylim(0, 1)
    axes.axis("off")
    for index, metric in enumerate(metrics):
        left = index * width
        axes.plot([left, left], [0.05, 0.95], color=style.FAINT, linewidth=1.2)
        value, note = tile_texts(metric)
        axes.text(left + 0.009, 0.68, value, fontsize=15.5, fontweight="bold", va="center")
        axes.text(left + 0.009, 0.3, metric.label, fontsize=9.5, va="center")
        axes.text(left + 0.009, 0.06, note, fontsize=8, va="center", color=style.MUTED)


def tile_texts(metric: Metric) -> tuple[str, str]:
    """Return the large text and the small note of a key figure."""
    if metric.value is None:
        return "\u2013", metric.note
    value = style.format_quantity(metric.value, metric.unit)
    note = metric.note.split(",")[0] if metric.name == "peak_density" else metric.note
    return (f"> {value}" if metric.is_censored else value), note

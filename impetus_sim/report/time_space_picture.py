"""Time-space diagram of a street: the way of every vehicle along it over time, coloured by speed."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.traffic.recorded import Floats, Ints, Network, read_network
from impetus_sim.analysis.traffic.streets import find_street
from impetus_sim.analysis.traffic.timespace import TimeSpace, read_time_space
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.traffic_curves import draw_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 12.0, 6.8
_PER_KM_H = 3.6
_NAME_SHARE = 0.036
"""Names of crossing streets closer than this share of the axis are left out."""
SPEEDS_KM_H = (5.0, 15.0, 30.0)
"""Edges of the classes of speed."""
_COLOURS = ("#a3123a", "#e8871e", "#56b4e9", "#0072b2")
_LABELS = ("below 5 km/h: stands", "5 to 15 km/h", "15 to 30 km/h", "30 km/h and more")


def plot_time_space(recording: Recording, street: str) -> Figure:
    """Return the diagram of the longest run of links of a street, in its direction of travel.

    Parameters
    ----------
    recording
        Of a run with traffic in which vehicles' places were recorded.
    street
        Its name.

    Raises
    ------
    InvalidInputError
        When there is no such street, or no place was recorded.
    """
    network = read_network(recording)
    links = find_street(network, street)
    diagram = read_time_space(recording, links)
    if not len(diagram.t_s):
        raise InvalidInputError(
            f"nobody was recorded on '{street}'", hint="another street, or traffic.record_vehicles: true"
        )
    end_s = float(recording.seconds(int(recording.attributes["duration_ticks"])))
    figure = style.new_figure(WIDTH_IN, HEIGHT_IN)
    title = textwrap.shorten(
        str(recording.attributes.get("title", recording.path.stem)), 80, placeholder=" …"
    )
    n = len(diagram.paths())
    every_s = float(np.diff(np.unique(diagram.t_s)).min(initial=end_s))
    figure.text(
        0.03, 0.945, f"{street}: every vehicle over time", fontsize=17, fontweight="bold", va="center"
    )
    said = f"{style.format_count(n)} drives along {diagram.joints_m[-1]:.0f} m towards {_towards(network, links)}"
    figure.text(0.03, 0.9, f"{title}  ·  {said}", fontsize=10, color=style.MUTED, va="center")
    axes = figure.add_axes((0.075, 0.12, 0.745, 0.68))
    _draw_paths(axes, diagram)
    draw_time_axis(axes, end_s)
    axes.set_ylim(0.0, diagram.joints_m[-1])
    axes.set_ylabel("distance along the street, m")
    _mark_crossings(axes, network, links, diagram.joints_m, street)
    figure.text(
        0.03,
        0.03,
        "A flat line is a vehicle that stands; flat lines that reach farther and farther down are a queue that "
        "grows. Lines begin and end where\nvehicles turn in or off, to the nearest of the places recorded every "
        f"{every_s:g} s. Dotted: junctions. One direction of the street, all lanes.",
        fontsize=8.5,
        color=style.MUTED,
        va="center",
    )
    return figure


def save_time_space_picture(recording: Recording, path: Path, *, street: str) -> Path:
    """Write the diagram as PNG."""
    with style.page_style():
        return style.save_png(plot_time_space(recording, street), path)


def _draw_paths(axes: Axes, diagram: TimeSpace) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    same = np.diff(diagram.path) == 0
    points = np.column_stack([diagram.t_s, diagram.distance_m])
    pieces = np.stack([points[:-1][same], points[1:][same]], axis=1)
    speed = _speed_km_h(pieces)
    of_class = np.searchsorted(SPEEDS_KM_H, speed, side="right")
    # the slow ones are drawn last, so that a queue is seen under those who still drive
    for number in reversed(range(len(_COLOURS))):
        chosen = pieces[of_class == number]
        axes.add_collection(LineCollection([*chosen], colors=_COLOURS[number], linewidths=0.8))
    handles = [Line2D([], [], color=c, label=label) for c, label in zip(_COLOURS, _LABELS, strict=True)]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=4, fontsize=8.5, frameon=False
    )


def _speed_km_h(pieces: Floats) -> Floats:
    moved, lasted = pieces[:, 1, 1] - pieces[:, 0, 1], pieces[:, 1, 0] - pieces[:, 0, 0]
    return np.asarray(_PER_KM_H * moved / lasted)


def _mark_crossings(axes: Axes, network: Network, links: Ints, joints_m: Floats, street: str) -> None:
    """Draw a line at each junction, and beside it the streets that cross there, as many as have room."""
    ends = np.append(network.from_node[links[0]], network.to_node[links])
    last_m = -np.inf
    for node, at_m in zip(ends.tolist(), joints_m.tolist(), strict=True):
        axes.axhline(at_m, color=style.MUTED, linewidth=0.5, linestyle=":", zorder=0)
        meets = (network.from_node == node) | (network.to_node == node)
        names = sorted(set(network.name[meets].tolist()) - {"", street})
        if names and at_m - last_m >= _NAME_SHARE * joints_m[-1]:
            text = textwrap.shorten(" / ".join(names[:2]), 36, placeholder=" …")
            axes.text(1.01, at_m, text, transform=axes.get_yaxis_transform(), fontsize=8, va="center")
            last_m = at_m


def _towards(network: Network, links: Ints) -> str:
    """Return the point of the compass in which the street leads, from its first point to its last."""
    first, last = network.line(int(links[0]))[0], network.line(int(links[-1]))[-1]
    angle = np.degrees(np.arctan2(last[0] - first[0], last[1] - first[1])) % 360.0
    names = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
    return names[int((angle + 22.5) // 45.0) % 8]

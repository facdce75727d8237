"""Streets coloured by how fast traffic moved, or by how far queues filled them, over a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.traffic.links import LinkIntervals
from impetus_sim.analysis.traffic.queues import Queues
from impetus_sim.analysis.traffic.recorded import Floats, Ints, Network
from impetus_sim.analysis.traffic.streets import find_chains
from impetus_sim.analysis.traffic.worst import WorstStreet
from impetus_sim.report import style
from impetus_sim.report.map_labels import MapLabels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

By = Literal["speed", "queue"]

EMPTY = "#d3d6d9"
_SLOW_TO_FREE = ("#7d0f2b", "#dd5a1f", "#f9b44a", "#8fbcd9", "#3f7fae")
_SPEED_EDGES = (0.2, 0.4, 0.6, 0.8)
_SPEED_LABELS = ("under 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "over 80 %")
_QUEUE_EDGES = (0.05, 0.25, 0.5, 0.8)
_QUEUE_LABELS = ("none", "up to a quarter", "up to a half", "up to 80 %", "full")
_LABELS = 16
_MARGIN = 0.03
SIGNAL = "#1c2733"


@dataclass(frozen=True, kw_only=True)
class MapClasses:
    """Links in classes, the worst first. number: int64 (links,), -1 where nobody was."""

    title: str
    number: Ints
    colours: tuple[str, ...]
    labels: tuple[str, ...]


def classify(
    network: Network, intervals: LinkIntervals, queues: Queues, interval: int, *, by: By
) -> MapClasses:
    """Return the classes of all links in one interval.

    By speed: mean speed over the speed limit. By queue: greatest share of the link that a queue took.
    """
    was_there = intervals.spent_s[interval] > 0.0
    if by == "speed":
        share = np.nan_to_num(intervals.speed_m_s[interval] / network.speed_m_s, nan=1.0)
        number = np.digitize(share, _SPEED_EDGES)
        title, labels = "speed, of the speed limit", _SPEED_LABELS
    else:
        start, end = intervals.start_s[interval], intervals.end_s[interval]
        rows = (queues.times_s >= start) & (queues.times_s <= end)
        share = queues.length_m[rows].max(axis=0) / network.length_m
        number = len(_QUEUE_EDGES) - np.digitize(share, _QUEUE_EDGES)
        title, labels = "longest queue, of the street's length", _QUEUE_LABELS[::-1]
    return MapClasses(
        title=title,
        number=np.where(was_there, number, -1).astype(np.int64),
        colours=_SLOW_TO_FREE,
        labels=labels,
    )


def choose_view(network: Network, *, aspect: float) -> tuple[float, float, float, float]:
    """Return west, east, south, north, m, of the whole network with a margin, in the shape of a box.

    aspect: width over height of the box.
    """
    (west, south), (east, north) = network.points.min(axis=0), network.points.max(axis=0)
    width, height = (east - west) * (1 + 2 * _MARGIN), (north - south) * (1 + 2 * _MARGIN)
    width, height = max(width, aspect * height, 1.0), max(height, width / aspect, 1.0)
    x, y = (west + east) / 2, (south + north) / 2
    return float(x - width / 2), float(x + width / 2), float(y - height / 2), float(y + height / 2)


def draw_traffic_map(
    axes: Axes,
    network: Network,
    classes: MapClasses,
    signals: Ints,
    worst: list[WorstStreet],
    *,
    width_in: float,
) -> list[Any]:
    """Draw the streets, lights and names; return legend handles. The view must be set."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    axes.set_facecolor(style.GROUND)
    handles: list[Any] = []
    # From those with nobody to the worst, which lie on top.
    for number in (-1, *reversed(range(len(classes.colours)))):
        links = np.flatnonzero(classes.number == number)
        is_bad = 0 <= number <= 2
        colour = EMPTY if number < 0 else classes.colours[number]
        base = 0.7 if number < 0 else 2.6 if is_bad else 1.3
        axes.add_collection(
            LineCollection(
                [network.line(int(k)) for k in links],
                colors=colour,
                linewidths=base + 0.35 * np.minimum(network.n_lanes[links] - 1, 3),
                capstyle="round",
                zorder=3 + (len(classes.colours) - number if number >= 0 else 0),
            )
        )
        label = "no vehicle" if number < 0 else classes.labels[number]
        handles.append(Line2D([], [], color=colour, linewidth=4 if number >= 0 else 2, label=label))
    handles.reverse()
    if len(signals):
        place = network.node_place(signals)
        handles.append(
            axes.scatter(
                place[:, 0],
                place[:, 1],
                s=9,
                marker="o",
                facecolors=style.PAPER,
                edgecolors=SIGNAL,
                linewidths=0.8,
                zorder=12,
                label=f"traffic lights ({len(signals)})",
            )
        )
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=style.FAINT)
    style.draw_scale_bar(axes)
    style.draw_north(axes)
    _write_names(axes, network, worst, width_in=width_in)
    return handles


def _write_names(axes: Axes, network: Network, worst: list[WorstStreet], *, width_in: float) -> None:
    """Write the names of the worst streets, numbered as in the list, then of the longest where there is room."""
    labels = MapLabels(axes, width_in=width_in)
    written = set()
    for rank, street in enumerate(worst, start=1):
        # Streets without a name, and those whose name finds no room anywhere, have their number alone.
        own = np.flatnonzero(network.name == street.name)
        links = [street.link, *own.tolist()]
        texts = [f"{rank} {street.name}"] * len(own) + [str(rank)]
        for text in dict.fromkeys(texts):
            if any(_write_at(labels, network, link, text, fontsize=8.5, fontweight="bold") for link in links):
                written.add(street.name)
                break
    chains = [chain for chain in find_chains(network) if network.name[chain[0]]]
    chains.sort(key=lambda chain: -float((network.length_m * network.n_lanes)[chain].sum()))
    for chain in chains:
        if len(written) >= _LABELS:
            return
        name = str(network.name[chain[0]])
        middle = int(chain[len(chain) // 2])
        if name not in written and _write_at(labels, network, middle, name, fontsize=7, color=style.MUTED):
            written.add(name)


def _write_at(labels: MapLabels, network: Network, link: int, text: str, **look: Any) -> bool:
    return labels.write(*_middle(network.line(link)), text, **look)


def _middle(line: Floats) -> tuple[float, float]:
    step: npt.NDArray[np.float64] = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    half = along[-1] / 2
    return float(np.interp(half, along, line[:, 0])), float(np.interp(half, along, line[:, 1]))

"""The map beneath a picture: ground, buildings, streets, exits with their names, threats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.analysis.causes import read_trace
from impetus_sim.analysis.ground import Backdrop, Exit, Ground, read_backdrop, read_ground, read_texts
from impetus_sim.analysis.ways import WayMarks, read_ways
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.map_labels import hold_inside
from impetus_sim.report.provenance import read_scenario_text
from impetus_sim.report.way_marks import draw_ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_MARGIN = 0.05
_STRIP = 0.125  # below a plan, for the scale bar and the north arrow: a share of the view
_LABEL_OFFSET = 0.035
_LABEL_LINE, _LABEL_REACH = 0.03, 0.2  # closer labels (shares of the view) would overlap
GROUND_EDGE = "#8d949b"


@dataclass(frozen=True, kw_only=True)
class Threat:
    """Something that frightened people, real or not.

    Parameters
    ----------
    name
        Of the hazard.
    x, y
        Where, metres.
    t_s
        Since when, seconds.
    danger_m
        Within this distance people count as exposed; 0 for a false alarm.
    """

    name: str
    x: float
    y: float
    t_s: float
    danger_m: float


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that stands still in a picture.

    Parameters
    ----------
    ground
        Walkable polygon and exits.
    backdrop
        Buildings, streets, water and green.
    threats
        Each once, by its first appearance.
    view
        West, east, south, north, metres.
    credit
        Whose map data it is; empty for synthetic plans.
    ways
        Gates and queues.
    """

    ground: Ground
    backdrop: Backdrop
    threats: tuple[Threat, ...]
    view: tuple[float, float, float, float]
    credit: str
    ways: WayMarks = field(default_factory=WayMarks)


def read_scene(recording: Recording) -> Scene:
    """Return the scene of a recording."""
    ground = read_ground(recording)
    credit = str(recording.attributes.get("map_credit", ""))
    return Scene(
        ground=ground,
        backdrop=read_backdrop(recording),
        threats=read_threats(recording),
        view=_choose_view(ground, recording, is_plan=not credit),
        credit=credit,
        ways=read_ways(recording),
    )


def read_threats(recording: Recording) -> tuple[Threat, ...]:
    """Return the threats of a run and its false alarms, in the order of time.

    Threats come from the final table of that name; other hazards from their first event with a place.
    """
    trace = read_trace(recording)
    table = recording.tables("threats") if "threats" in recording.table_names else {}
    found: dict[str, Threat] = {}
    for i, name in enumerate(read_texts(table.get("key"))):
        cause = trace.events.get(int(table["cause"][i]))
        found.setdefault(
            name,
            Threat(
                name=name,
                x=float(table["x"][i]),
                y=float(table["y"][i]),
                t_s=cause.t_s if cause else 0.0,
                danger_m=float(table["danger_m"][i]),
            ),
        )
    hazards = read_scenario_text(str(recording.attributes.get("scenario", ""))).get("hazards") or {}
    for event in trace.events.values():
        if event.subject in hazards and event.has_place:
            found.setdefault(
                event.subject, Threat(name=event.subject, x=event.x, y=event.y, t_s=event.t_s, danger_m=0.0)
            )
    return tuple(sorted(found.values(), key=lambda threat: (threat.t_s, threat.name)))


def _choose_view(ground: Ground, recording: Recording, *, is_plan: bool) -> tuple[float, float, float, float]:
    if ground.polygon is not None and not ground.polygon.is_empty:
        west, south, east, north = ground.polygon.bounds
    elif len(recording.ticks) and len(recording.frame_at(0).x):
        frame = recording.frame_at(0)
        west, east, south, north = frame.x.min(), frame.x.max(), frame.y.min(), frame.y.max()
    else:
        west, east, south, north = 0.0, 1.0, 0.0, 1.0
    margin = max(_MARGIN * max(east - west, north - south), 1.0)
    below = max(margin, (north - south + margin) * _STRIP / (1.0 - _STRIP)) if is_plan else margin
    return float(west - margin), float(east + margin), float(south - below), float(north + margin)


def draw_scene(
    axes: Axes, scene: Scene, *, exit_labels: Sequence[str] | None = None, t_s: float | None = None
) -> None:
    """Draw the map and set the view.

    Parameters
    ----------
    axes
        To draw on.
    scene
        What to draw.
    exit_labels
        One text per exit; default: the names. An empty sequence leaves labels out.
    t_s
        Moment at which gates are shown; the end when left out.
    """
    axes.set_facecolor(style.OUTSIDE)
    _fill(axes, scene.backdrop.water, facecolor=style.WATER, zorder=1)
    _fill(axes, scene.backdrop.green, facecolor=style.GREEN, zorder=1)
    _draw_streets(axes, scene.backdrop.streets)
    if scene.ground.polygon is not None:
        _fill(
            axes,
            [scene.ground.polygon],
            facecolor=style.GROUND,
            edgecolor=GROUND_EDGE,
            linewidth=0.7,
            zorder=2,
        )
    _fill(
        axes,
        scene.backdrop.buildings,
        facecolor=style.BUILDING,
        edgecolor=style.BUILDING_EDGE,
        linewidth=0.4,
        zorder=3,
    )
    west, east, south, north = scene.view
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(style.FAINT)
    labels = [way_out.name for way_out in scene.ground.exits] if exit_labels is None else list(exit_labels)
    _draw_storeys(axes, scene)
    _draw_exits(axes, scene, labels)
    draw_ways(axes, scene.ways, t_s=t_s)
    _draw_threats(axes, scene.threats)
    style.draw_scale_bar(axes)
    style.draw_north(axes)


def draw_outline(axes: Axes, scene: Scene) -> None:
    """Draw the edge of the ground over what has been drawn on it."""
    if scene.ground.polygon is not None:
        _fill(
            axes, [scene.ground.polygon], facecolor="none", edgecolor=GROUND_EDGE, linewidth=0.7, zorder=4.5
        )


def _fill(axes: Axes, shapes: Sequence[BaseGeometry], **fill: Any) -> None:
    from matplotlib.collections import PathCollection

    paths = [path for shape in shapes for path in to_paths(shape)]
    if paths:
        axes.add_collection(PathCollection(paths, **({"edgecolor": "none"} | fill)), autolim=False)


def to_paths(shape: BaseGeometry) -> list[Any]:
    """Return a polygon's parts as matplotlib paths, holes included."""
    from matplotlib.path import Path

    paths = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        rings = [np.asarray(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors)]
        codes = [
            np.array([Path.MOVETO] + [Path.LINETO] * (len(ring) - 2) + [Path.CLOSEPOLY], np.uint8)
            for ring in rings
        ]
        paths.append(Path(np.concatenate(rings), np.concatenate(codes)))
    return paths


def _draw_streets(axes: Axes, streets: Sequence[BaseGeometry]) -> None:
    from matplotlib.collections import LineCollection

    lines = [
        np.asarray(part.coords)[:, :2]
        for street in streets
        for part in shapely.get_parts(street)
        if part.geom_type == "LineString"
    ]
    if lines:
        collection = LineCollection(lines, colors=style.STREET, linewidths=2.0, zorder=1.5, capstyle="round")
        axes.add_collection(collection, autolim=False)
    _fill(
        axes,
        [street for street in streets if "Polygon" in street.geom_type],
        facecolor=style.STREET,
        zorder=1.5,
    )


def _draw_storeys(axes: Axes, scene: Scene) -> None:
    """Title each storey and flight, and draw the lines between them."""
    from matplotlib.collections import LineCollection

    west, east, _, _ = scene.view
    for sheet in scene.ground.sheets:
        x0, _, _, y1 = sheet.box
        height = "" if sheet.elevation_m is None else f", {sheet.elevation_m:+g} m"
        size, weight = (8.5, "bold") if sheet.elevation_m is not None else (7.0, "normal")
        axes.text(
            x0,
            y1 + _LABEL_OFFSET * 0.3 * (east - west),
            f"{sheet.name.replace('_', ' ')}{height}",
            fontsize=size,
            fontweight=weight,
            color=style.MUTED,
            zorder=15,
        )
    lines = [line for passage in scene.ground.passages for line in passage.segments.reshape(-1, 2, 2)]
    if lines:
        axes.add_collection(
            LineCollection(lines, colors=style.QUIET_EXIT, linewidths=2.5, zorder=11), autolim=False
        )


def _draw_exits(axes: Axes, scene: Scene, labels: Sequence[str]) -> None:
    from matplotlib.collections import LineCollection

    for is_shut, colour in ((False, style.EXIT), (True, style.MUTED)):
        exits = [way_out for way_out in scene.ground.exits if way_out.is_shut == is_shut]
        lines = [line for way_out in exits for line in way_out.segments.reshape(-1, 2, 2)]
        if lines:
            white = LineCollection(lines, colors=style.PAPER, linewidths=6.5, zorder=11, capstyle="butt")
            axes.add_collection(white, autolim=False)
            inner = LineCollection(lines, colors=colour, linewidths=4.0, zorder=12, capstyle="butt")
            axes.add_collection(inner, autolim=False)
    west, east, south, north = scene.view
    line = _LABEL_LINE * (north - south)
    taken: list[tuple[float, float]] = []
    for way_out, label in zip(scene.ground.exits, labels, strict=False):
        if len(way_out.segments):
            text, colour = (f"{label} (shut)", style.MUTED) if way_out.is_shut else (label, style.EXIT)
            x, y, across, up = _place_label(way_out, scene)
            if across == "center":
                x = hold_inside(axes, x, text, fontsize=style.PLACE_FONT)
            while any(abs(x - u) < _LABEL_REACH * (east - west) and abs(y - v) < line for u, v in taken):
                y += line if y < (south + north) / 2 else -line
            taken.append((x, y))
            style.label_place(axes, x, y, text, ha=across, va=up, color=colour, fontweight="bold")


def _place_label(way_out: Exit, scene: Scene) -> tuple[float, float, str, str]:
    """Return a place just inside the exit, and how the text aligns to it, so that it stays in the picture."""
    west, east, south, north = scene.view
    x, y = way_out.centre
    toward_x, toward_y = (west + east) / 2 - x, (south + north) / 2 - y
    is_sideways = abs(toward_x) / (east - west) > abs(toward_y) / (north - south)
    offset = _LABEL_OFFSET * max(east - west, north - south)
    if is_sideways:
        return x + np.sign(toward_x) * offset, y, "left" if toward_x > 0 else "right", "center"
    return x, y + np.sign(toward_y) * offset, "center", "bottom" if toward_y > 0 else "top"


def _draw_threats(axes: Axes, threats: Sequence[Threat]) -> None:
    from matplotlib.patches import Circle

    for threat in threats:
        if threat.danger_m > 0.0:
            reach = Circle((threat.x, threat.y), threat.danger_m, fill=False, color=style.THREAT)
            reach.set(linewidth=1.1, linestyle=(0, (4, 3)), zorder=13)
            axes.add_patch(reach)
        axes.plot(
            threat.x, threat.y, "X", markersize=11, color=style.THREAT, mec=style.PAPER, mew=1.4, zorder=14
        )
        axes.annotate(
            f"{threat.name.replace('_', ' ')}, {style.format_time(threat.t_s)}",
            (threat.x, threat.y),
            xytext=(9, 6),
            textcoords="offset points",
            fontsize=8.5,
            fontweight="bold",
            color=style.THREAT,
            zorder=16,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.85},
        )

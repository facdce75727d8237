"""A picture of a city's infrastructure in two maps: electricity; water, telecom and what is controlled.

What stands on the map of the city is drawn filled, what a rule made is drawn hollow. Feeders that meet have
different colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.report import style
from impetus_sim.report.city_picture import WALKABLE, draw_lines, fill_shapes, view_of
from impetus_sim.report.map_labels import MapLabels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from impetus_sim.infrastructure.city import CityInfrastructure
    from impetus_sim.maps.city import City

PALE_BUILDING: Final = "#e9e6df"
PALE_STREET: Final = "#d5d3ce"
MAPPED_LINE: Final = "#b9a35c"
RING: Final = "#1c2733"
TIE: Final = "#1c2733"
ZONE_TINTS: Final = ("#9ecae1", "#c7d9b7", "#f2d6a2", "#d9c3e0", "#b9d8d3", "#f0c4b8")
MOST_LABELS: Final = 40
ROUND_FROM: Final = 2000.0
"""More people than this are given in hundreds."""
LONG_KM: Final = 5.0
"""Maps wider than this have thinner cables and smaller signs."""


@dataclass(frozen=True)
class Sign:
    """How a kind of asset is drawn: marker, colour, area in points, label of one and of many."""

    kind: str
    marker: str
    colour: str
    size: float
    label: str


POWER_SIGNS: Final = (
    Sign("transformer", "o", "#3d4650", 9.0, "transformer"),
    Sign("substation", "D", "#8a6d00", 80.0, "substation, grid supply"),
    Sign("power_plant", "P", "#8a6d00", 70.0, "power plant"),
)
OTHER_SIGNS: Final = (
    Sign("cell", "^", "#5d3a9b", 30.0, "phone cell"),
    Sign("exchange", "X", "#5d3a9b", 60.0, "exchange"),
    Sign("control_centre", "*", "#1c2733", 150.0, "control centres"),
    Sign("pumping_station", "h", "#0072b2", 46.0, "pumping station"),
    Sign("water_tank", "s", "#0072b2", 38.0, "tank or tower"),
    Sign("water_source", "p", "#0072b2", 75.0, "water source"),
    Sign("signal", ".", "#009e73", 22.0, "signal with controller"),
    Sign("camera", "v", "#cc79a7", 12.0, "camera"),
    Sign("siren", "d", "#d55e00", 30.0, "siren"),
    Sign("hospital", "P", "#c1121f", 60.0, "hospital"),
)


def plot_infrastructure(
    city: City, infrastructure: CityInfrastructure, path: Path, *, title: str | None = None
) -> Path:
    """Draw a city's infrastructure into a PNG file.

    Parameters
    ----------
    city, infrastructure
        The city, and what was built from it.
    path
        Where the picture goes; replaced in one step.
    title
        Default: the city's title or name.
    """
    with style.page_style():
        return style.save_png(draw_infrastructure(city, infrastructure, title=title), path)


def draw_infrastructure(city: City, infrastructure: CityInfrastructure, *, title: str | None) -> Figure:
    """Return the figure: maps beside each other where the city is tall, below each other where it is wide."""
    x0, y0, x1, y1 = view_of(city)
    width, height = x1 - x0, y1 - y0
    is_wide = width > 1.35 * height
    map_width = 9.6 if is_wide else 6.4
    map_height = float(np.clip(map_width * height / width, 3.2, 8.6))
    map_width = map_height * width / height
    legend, top, low, gap = 2.75, 0.85, 0.35, 0.5
    if is_wide:
        total = (map_width + legend + 0.2, 2 * map_height + gap + top + low)
        places = [(0.2, low + map_height + gap), (0.2, low)]
    else:
        total = (2 * (map_width + legend) + 0.2, map_height + top + low + 0.15)
        places = [(0.2, low), (0.2 + map_width + legend, low)]
    figure = style.new_figure(*total)
    for (left, bottom), name, draw in zip(
        places, ("Electricity", "Water, telecom and control"), (_draw_power, _draw_others), strict=True
    ):
        box = (left / total[0], bottom / total[1], map_width / total[0], map_height / total[1])
        axes = figure.add_axes(box)
        axes.set(xlim=(x0, x1), ylim=(y0, y1), aspect="equal", xticks=[], yticks=[], facecolor="#f6f5f2")
        for spine in axes.spines.values():
            spine.set(visible=True, color=style.FAINT)
        axes.set_title(name, fontsize=10.5, pad=4.0)
        _draw_ground(axes, city)
        handles = draw(axes, city, infrastructure, map_width)
        style.draw_scale_bar(axes)
        if city.crs:
            style.draw_north(axes)
        figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=((left + map_width + 0.08) / total[0], (bottom + map_height + 0.06) / total[1]),
            fontsize=7.6,
            handlelength=1.6,
            labelspacing=0.62,
        )
    _write_texts(figure, city, infrastructure, title)
    return figure


def _draw_ground(axes: Axes, city: City) -> None:
    """Draw water, buildings and streets pale beneath, and the ground of plans without streets."""
    layers = city.layers
    if not len(layers["drive_edges"]):
        fill_shapes(axes, layers["walkable"].geometry, facecolor=WALKABLE, zorder=0.5)
    fill_shapes(axes, layers["water"].geometry, facecolor=style.WATER, alpha=0.6, zorder=1)
    fill_shapes(axes, layers["buildings"].geometry, facecolor=PALE_BUILDING, zorder=2)
    draw_lines(axes, layers["drive_edges"].geometry, PALE_STREET, 0.5, "", zorder=3)


def _draw_power(axes: Axes, city: City, infra: CityInfrastructure, width_in: float) -> list[Any]:
    """Draw feeders, ties, ring, transformers and substations; return legend handles."""
    from matplotlib.lines import Line2D

    is_long = _is_long(axes)
    parts, thin = infra.parts, 0.9 if is_long else 1.5
    colours = [style.EXIT_COLOURS[c % len(style.EXIT_COLOURS)] for c in _colour_feeders(infra)]
    for station in np.argsort(-parts.feeders.path_m, kind="stable").tolist():
        colour = colours[int(parts.feeders.of_station[station])]
        _draw_route(axes, infra, parts.feeders.route[station], color=colour, linewidth=thin, zorder=5)
    for route in parts.ties.route:
        _draw_route(axes, infra, route, color=TIE, linewidth=0.8 * thin, linestyle=(0, (1, 1.6)), zorder=6)
    _draw_joints(axes, infra)
    _draw_ring(axes, infra)
    signs = [
        sign
        if sign.kind != "transformer" or not is_long
        else Sign("transformer", "o", sign.colour, 4.0, sign.label)
        for sign in POWER_SIGNS
    ]
    handles = _draw_signs(axes, infra, signs)
    labels = MapLabels(axes, width_in=width_in)
    for row in infra.assets.of_kind("substation").tolist():
        labels.keep_free(float(infra.assets.x[row]), float(infra.assets.y[row]), radius_points=7.0)
    _label_feeders(labels, infra, colours)
    feeders, cable = parts.feeders, parts.feeders.cable_m().sum() / 1000.0
    handles += [
        Line2D(
            [], [], color=style.EXIT_COLOURS[0], linewidth=2, label=f"feeder ({len(feeders)}; {cable:.0f} km)"
        ),
        Line2D([], [], color=TIE, linewidth=1, linestyle=(0, (1, 1.6)), label=f"open tie ({_n_ties(infra)})"),
        Line2D([], [], color=RING, linewidth=1.2, linestyle=(0, (6, 3)), label=_name_ring(infra)),
    ]
    lines = city.layers["power_lines"].geometry
    handles += draw_lines(axes, lines, MAPPED_LINE, 1.0, "power line on the map", zorder=3)
    if (~parts.graph.is_street).any():
        handles.append(Line2D([], [], color="#b5523b", linewidth=1.2, label="direct synthetic cable"))
    return handles + _key_of_fill()


def _is_long(axes: Axes) -> bool:
    west, east = axes.get_xlim()
    return bool(east - west > LONG_KM * 1000)


def _name_ring(infra: CityInfrastructure) -> str:
    mapped = sum(section.mapped_m for section in infra.parts.ring.sections) / 1000.0
    return f"110 kV ring ({mapped:.1f} km on mapped lines)" if mapped > 0.0 else "110 kV ring, schematic"


def _n_ties(infra: CityInfrastructure) -> int:
    return int((~infra.grid.is_in).sum())


def _draw_others(axes: Axes, city: City, infra: CityInfrastructure, width_in: float) -> list[Any]:
    """Draw zones, cells with their reach, exchanges, pumps and what is controlled; return legend handles."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle

    del city, width_in
    graph, zones = infra.parts.graph, infra.zones
    zone = zones.of_node[graph.from_node]
    shade = _colour_zones(infra)
    ends = np.stack(
        [
            np.column_stack([graph.x[graph.from_node], graph.y[graph.from_node]]),
            np.column_stack([graph.x[graph.to_node], graph.y[graph.to_node]]),
        ],
        axis=1,
    )
    shown = (zone >= 0) & graph.is_street
    tints = [ZONE_TINTS[shade[z] % len(ZONE_TINTS)] for z in zone[shown].tolist()]
    axes.add_collection(
        LineCollection(list(ends[shown]), colors=tints, linewidths=1.4 if _is_long(axes) else 3.0, zorder=4)
    )
    reach = infra.cells.range_m
    for x, y, r in zip(infra.cells.x.tolist(), infra.cells.y.tolist(), reach.tolist(), strict=True):
        axes.add_patch(
            Circle((x, y), r, facecolor="none", edgecolor="#5d3a9b", linewidth=0.3, alpha=0.35, zorder=5)
        )
    handles = _draw_signs(axes, infra, list(OTHER_SIGNS))
    handles += [
        Line2D([], [], color=ZONE_TINTS[0], linewidth=3, label=f"streets of a water zone ({len(zones)})"),
        Line2D(
            [],
            [],
            color="#5d3a9b",
            linewidth=0.5,
            label=f"reach of a cell ({reach.min():.0f}-{reach.max():.0f} m)",
        ),
    ]
    return handles + _key_of_fill()


def _key_of_fill() -> list[Any]:
    from matplotlib.lines import Line2D

    look: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 5, "markeredgecolor": style.INK}
    return [
        Line2D([], [], label=" ", linestyle="none"),
        Line2D([], [], markerfacecolor=style.INK, label="filled: on the map", **look),
        Line2D([], [], markerfacecolor=style.PAPER, label="hollow: by rule", **look),
    ]


def _draw_route(axes: Axes, infra: CityInfrastructure, route: npt.NDArray[np.int64], **look: Any) -> None:
    graph = infra.parts.graph
    axes.plot(graph.x[route], graph.y[route], solid_capstyle="round", **look)


def _draw_joints(axes: Axes, infra: CityInfrastructure) -> None:
    """Draw the direct cables that join parts of the streets."""
    graph = infra.parts.graph
    for piece in np.flatnonzero(~graph.is_street).tolist():
        ends = [graph.from_node[piece], graph.to_node[piece]]
        axes.plot(graph.x[ends], graph.y[ends], color="#b5523b", linewidth=1.2, zorder=4)


def _draw_ring(axes: Axes, infra: CityInfrastructure) -> None:
    """Draw the high-voltage ring."""
    for section in infra.parts.ring.sections:
        axes.plot(*section.points.T, color=RING, linewidth=1.2, linestyle=(0, (6, 3)), zorder=7)


def _draw_signs(axes: Axes, infra: CityInfrastructure, signs: list[Sign]) -> list[Any]:
    """Draw the assets of some kinds, filled where mapped; return legend handles with counts."""
    from matplotlib.lines import Line2D

    assets, handles = infra.assets, []
    for sign in signs:
        rows = assets.of_kind(sign.kind)
        if not len(rows):
            continue
        mapped = assets.is_mapped[rows]
        for is_mapped, face in ((False, style.PAPER), (True, sign.colour)):
            some = rows[mapped == is_mapped]
            axes.scatter(
                assets.x[some],
                assets.y[some],
                s=sign.size,
                marker=sign.marker,
                facecolors=face,
                edgecolors=sign.colour,
                linewidths=0.7 if sign.size > 10 else 0.5,
                clip_on=sign.kind != "substation",
                zorder=10 + is_mapped,
            )
        n_mapped = int(mapped.sum())
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=sign.marker,
                markersize=max(4.0, min(9.0, sign.size**0.5)),
                markerfacecolor=sign.colour if n_mapped else style.PAPER,
                markeredgecolor=sign.colour,
                label=f"{sign.label} ({len(rows)}, {n_mapped} on the map)"
                if n_mapped
                else f"{sign.label} ({len(rows)})",
            )
        )
    return handles


def _colour_feeders(infra: CityInfrastructure) -> list[int]:
    """Return a colour per feeder so that feeders that meet along streets differ where the palette allows it."""
    parts = infra.parts
    feeder = _feeder_of_nodes(infra)
    a, b = feeder[parts.graph.from_node], feeder[parts.graph.to_node]
    return _colour(len(parts.feeders), a, b, len(style.EXIT_COLOURS))


def _feeder_of_nodes(infra: CityInfrastructure) -> npt.NDArray[np.int64]:
    station = infra.parts.stations.of_node
    return np.where(station >= 0, infra.parts.feeders.of_station[station], -1)


def _colour_zones(infra: CityInfrastructure) -> list[int]:
    zone, graph = infra.zones.of_node, infra.parts.graph
    return _colour(len(infra.zones), zone[graph.from_node], zone[graph.to_node], len(ZONE_TINTS))


def _colour(n: int, a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], n_colours: int) -> list[int]:
    """Return colours so that neighbours differ: most neighbours first, each the colour its neighbours use least."""
    pairs = np.unique(np.sort(np.column_stack([a, b])[(a != b) & (a >= 0) & (b >= 0)], axis=1), axis=0)
    beside: list[set[int]] = [set() for _ in range(n)]
    for one, other in pairs.tolist():
        beside[one].add(other)
        beside[other].add(one)
    colour = [-1] * n
    used = [0] * n_colours
    for one in sorted(range(n), key=lambda k: (-len(beside[k]), k)):
        taken = [sum(colour[other] == c for other in beside[one]) for c in range(n_colours)]
        colour[one] = min(range(n_colours), key=lambda c: (taken[c], used[c], c))
        used[colour[one]] += 1
    return colour


def _label_feeders(labels: MapLabels, infra: CityInfrastructure, colours: list[str]) -> None:
    """Write the number of each feeder at the middle of its stations, the largest first, where there is room."""
    parts = infra.parts
    ids, load = parts.feeder_ids(), parts.feeders.load_kw(parts.stations)
    for feeder in np.argsort(-load, kind="stable")[:MOST_LABELS].tolist():
        nodes = parts.stations.node[parts.feeders.of_station == feeder]
        x, y = parts.graph.x[nodes], parts.graph.y[nodes]
        middle = int(np.argmin(np.hypot(x - x.mean(), y - y.mean())))
        text = ids[feeder].removeprefix("feeder_").replace("_", ".")
        labels.write(
            float(x[middle]), float(y[middle]), text, fontsize=6.5, color=colours[feeder], fontweight="bold"
        )


def _write_texts(figure: Figure, city: City, infra: CityInfrastructure, title: str | None) -> None:
    """Write title, facts and credit."""
    width, height = figure.get_size_inches()
    name = title or str(city.meta.get("title") or city.name)
    figure.text(
        0.2 / width, 1 - 0.36 / height, f"{name}: infrastructure", fontsize=14, fontweight="bold", va="bottom"
    )
    load = float(infra.grid.load_mw.sum())
    people = float(infra.parts.premises.people.sum())
    mapped = int(infra.assets.is_mapped.sum())
    facts = [
        f"{style.format_count(round(people, -2 if people > ROUND_FROM else 0))} people at peak",
        f"{load:.1f} MW" if load >= 1.0 else f"{1000.0 * load:.0f} kW",
        f"{style.format_count(len(infra.assets))} assets, {style.format_count(mapped)} on the map, others by rule",
    ]
    text = "  ·  ".join(facts)
    figure.text(0.2 / width, 1 - 0.55 / height, text, fontsize=8.5, color=style.MUTED, va="bottom")
    credit = str(city.meta.get("credit") or ("" if not city.crs else "own drawing"))
    credit = f"Map data {credit}" if credit.startswith("©") else credit
    grid = city.crs or "plan in local metres"
    text = "  ·  ".join(
        part for part in (credit, grid, "synthetic parts are no record of real cables") if part
    )
    figure.text(0.2 / width, 0.12 / height, text, fontsize=7.5, color=style.MUTED)

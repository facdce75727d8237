"""A picture of a city: ground, buildings, water, streets by class, what is cut off, assets, names and
credit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from impetus_sim.report import style
from impetus_sim.report.map_labels import MapLabels
from impetus_sim.report.scene import to_paths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from impetus_sim.maps.city import City

WALKABLE = "#fbf3dc"
SQUARE = "#f3dcae"
CUT_OFF = "#e6c7c0"
ROAD = "#8c97a3"
BARRIER = "#8a6d5a"
WIDE_ROADS = ("motorway", "trunk", "primary", "secondary")
STREET_LABELS, AREA_LABELS, MOST_EXIT_LABELS = 14, 12, 24
DETAIL_KM = 2.5
"""Maps wider than this leave out small signs and walls."""

ASSET_SIGNS: dict[str, tuple[str, str, str]] = {
    "hospital": ("P", "#c1121f", "hospital"),
    "clinic": ("P", "#e08a8f", "clinic"),
    "police": ("s", "#1d3f8f", "police"),
    "fire_station": ("^", "#d55e00", "fire station"),
    "substation": ("D", "#8a6d00", "substation"),
    "power_tower": ("1", "#8a6d00", "power tower"),
    "communications_tower": ("X", "#5d3a9b", "communications tower"),
    "pumping_station": ("h", "#0072b2", "pumping station"),
    "station": ("o", "#1c2733", "station or metro entrance"),
    "traffic_signals": (".", "#009e73", "traffic signals"),
    "camera": ("v", "#7a4fb5", "camera"),
}
"""Kind to marker, colour and label, in the order of the legend."""
SMALL_SIGNS = ("traffic_signals", "camera", "power_tower", "station")


def plot_city(city: City, path: Path, *, title: str | None = None, with_assets: bool = True) -> Path:
    """Draw a city into a PNG file.

    Parameters
    ----------
    city
        Any city: built, drawn or synthetic.
    path
        Where the picture goes; replaced in one step.
    title
        Default: the city's title or name.
    with_assets
        Whether hospitals, signals, cameras and so on are shown.
    """
    with style.page_style():
        figure = draw_city(city, title=title, with_assets=with_assets)
        return style.save_png(figure, path)


def draw_city(city: City, *, title: str | None, with_assets: bool) -> Figure:
    """Return the figure of a city."""
    x0, y0, x1, y1 = view_of(city)
    width, height = x1 - x0, y1 - y0
    map_width = float(np.clip(9.5 * np.sqrt(width / height), 5.5, 12.0))
    map_height = float(np.clip(map_width * height / width, 2.2, 13.0))
    map_width = map_height * width / height if map_height * width / height >= 2.0 else map_width
    total_width, total_height = max(map_width + 3.1, 7.5), max(map_height, 3.2) + 1.15
    figure = style.new_figure(total_width, total_height)
    axes = figure.add_axes(
        (0.2 / total_width, 0.45 / total_height, map_width / total_width, map_height / total_height)
    )
    axes.set(xlim=(x0, x1), ylim=(y0, y1), aspect="equal", xticks=[], yticks=[], facecolor=style.OUTSIDE)
    for spine in axes.spines.values():
        spine.set(visible=True, color=style.FAINT)
    is_detailed = max(width, height) <= DETAIL_KM * 1000
    handles = _draw_ground(axes, city, is_detailed=is_detailed)
    handles += _draw_roads(axes, city, width)
    handles += _draw_exits(axes, city)
    if with_assets:
        handles += _draw_assets(axes, city, is_detailed=is_detailed)
    _label_places(MapLabels(axes, width_in=map_width), city)
    style.draw_scale_bar(axes)
    if city.crs:
        style.draw_north(axes)
    _write_texts(figure, city, title=title, top=(0.45 + map_height) / total_height, left=0.2 / total_width)
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=((0.35 + map_width) / total_width, (0.48 + map_height) / total_height),
        fontsize=8,
        handlelength=1.4,
        labelspacing=0.55,
    )
    return figure


def view_of(city: City) -> tuple[float, float, float, float]:
    """Return the part shown: the working area when the ground fills it, else the ground with a margin."""
    x0, y0, x1, y1 = city.meta.get("bbox_local") or city.bounds
    margin = 0.0 if city.crs and "bbox_lonlat" in city.meta and len(city.layers["drive_edges"]) else 0.17
    pad = margin * max(x1 - x0, y1 - y0)
    return (x0 - pad, y0 - pad, x1 + pad, y1 + pad)


def _draw_ground(axes: Axes, city: City, *, is_detailed: bool) -> list[Any]:
    """Draw water, walkable ground, squares, parks, buildings and walls; return legend handles."""
    from matplotlib.patches import Patch

    layers = city.layers
    surfaces = layers["surfaces"]
    walkable = shapely.union_all(layers["walkable"].geometry.to_numpy())
    handles = [Patch(facecolor=WALKABLE, edgecolor=style.FAINT, label="walkable ground")]
    fill_shapes(axes, layers["water"].geometry, facecolor=style.WATER, zorder=1)
    fill_shapes(axes, layers["walkable"].geometry, facecolor=WALKABLE, zorder=2)
    for kind, colour, label in (("park", style.GREEN, "park or green"), ("square", SQUARE, "square")):
        chosen = surfaces[(surfaces["kind"] == kind)].geometry
        if not len(chosen) or not city.crs:
            continue
        shown = shapely.intersection(shapely.union_all(chosen.to_numpy(), grid_size=0.001), walkable)
        fill_shapes(axes, [shown], facecolor=colour, zorder=3)
        handles.append(Patch(facecolor=colour, edgecolor=style.FAINT, label=label))
    if len(layers["walkable_cut_off"]):
        fill_shapes(axes, layers["walkable_cut_off"].geometry, facecolor=CUT_OFF, zorder=3)
        handles.append(Patch(facecolor=CUT_OFF, edgecolor=style.FAINT, label="ground cut off"))
    if len(layers["buildings"]):
        line = 0.3 if is_detailed else 0.1
        fill = {"facecolor": style.BUILDING, "edgecolor": style.BUILDING_EDGE, "linewidth": line}
        fill_shapes(axes, layers["buildings"].geometry, zorder=5, **fill)
        is_plan = not city.crs or not len(layers["drive_edges"])
        label = "building or obstacle" if is_plan else "building"
        handles.append(Patch(facecolor=style.BUILDING, edgecolor=style.BUILDING_EDGE, label=label))
    if len(layers["water"]):
        handles.append(Patch(facecolor=style.WATER, edgecolor=style.FAINT, label="water"))
    if len(layers["barriers"]) and is_detailed:
        handles += draw_lines(
            axes, layers["barriers"].geometry, BARRIER, 0.7, "wall, fence or hedge", zorder=6
        )
    return handles


def _draw_roads(axes: Axes, city: City, width_m: float) -> list[Any]:
    """Draw the drive network thin, main roads wider, and streets cut off dashed; return legend handles."""
    edges, cut = city.layers["drive_edges"], city.layers["drive_cut_off"]
    if not len(edges) and not len(cut):
        return []
    tunnels = [*edges[edges["tunnel"]].geometry, *cut[cut["tunnel"]].geometry]
    edges, cut = edges[~edges["tunnel"]], cut[~cut["tunnel"]]
    thin = float(np.clip(1500 / width_m, 0.25, 0.8))
    wide = edges["highway"].str.startswith(WIDE_ROADS)
    handles = draw_lines(axes, edges[~wide].geometry, ROAD, thin, "street for vehicles", zorder=7)
    handles += draw_lines(axes, edges[wide].geometry, style.MUTED, 2.4 * thin, "main road", zorder=7)
    label = "street cut off (one-way, map edge)" if len(cut) else ""
    below = {"linestyle": (0, (1, 2)), "zorder": 4}
    handles += draw_lines(axes, tunnels, style.MUTED, 1.2 * thin, "tunnel or underground street", **below)
    return handles + draw_lines(
        axes, cut.geometry, "#b5523b", 1.6 * thin, label, zorder=7, linestyle=(0, (3, 2))
    )


def _draw_exits(axes: Axes, city: City) -> list[Any]:
    """Draw the exits of a plan with their names; return legend handles."""
    exits = city.layers["places"][city.layers["places"]["kind"] == "exit"]
    handles = draw_lines(axes, exits.geometry, style.EXIT, 3.2, "exit", zorder=9)
    if len(exits) <= MOST_EXIT_LABELS:
        ground = shapely.union_all(city.layers["walkable"].geometry.to_numpy())
        for name, shape in zip(exits["name"], exits.geometry, strict=True):
            _label_exit(axes, name, shape, ground)
    return handles


def _label_exit(axes: Axes, name: str, line: Any, ground: Any) -> None:
    """Write the name of an exit beside it, outside the ground."""
    (ax, ay), (bx, by) = line.coords[0], line.coords[-1]
    step = 0.022 * (axes.get_xlim()[1] - axes.get_xlim()[0])
    across = np.array([ay - by, bx - ax]) / max(np.hypot(ay - by, bx - ax), 1e-9)
    middle = np.array([(ax + bx) / 2, (ay + by) / 2])
    side = -1.0 if shapely.contains_xy(ground, *(middle + 0.3 * across)) else 1.0
    x, y = middle + side * step * across
    lean = "center" if abs(across[0]) < 0.7 else "left" if side * across[0] > 0 else "right"
    nudge = 0.5 * step if lean != "center" else 0.0
    x -= nudge * float(np.sign(side * across[0]))
    style.label_place(axes, x, y, name, ha=lean, fontsize=7.5, color=style.EXIT, fontweight="bold")


def _draw_assets(axes: Axes, city: City, *, is_detailed: bool) -> list[Any]:
    """Draw the assets with a sign each; return legend handles with counts."""
    assets = city.layers["assets"]
    handles = []
    for kind, (marker, colour, label) in ASSET_SIGNS.items():
        chosen = assets[assets["kind"] == kind]
        if not len(chosen):
            continue
        size = (12 if is_detailed else 5) if kind in SMALL_SIGNS else 46
        edge: dict[str, Any] = {} if marker in ("1", ".") else {"edgecolors": style.PAPER, "linewidths": 0.5}
        points = axes.scatter(
            chosen.geometry.x, chosen.geometry.y, s=size, marker=marker, c=colour, zorder=12, **edge
        )
        points.set_label(f"{label} ({len(chosen)})")
        handles.append(points)
    return handles


def _label_places(labels: MapLabels, city: City) -> None:
    """Write the names of the largest squares and parks, then of the largest streets, where there is room."""
    places = city.layers["places"]
    areas = places[places["kind"].isin(["square", "park"])]
    _label_largest(labels, areas, AREA_LABELS, fontweight="bold", fontsize=7.5)
    streets = places[places["kind"] == "street"]
    _label_largest(labels, streets, STREET_LABELS, fontsize=6.5, color=style.MUTED)


def _label_largest(labels: MapLabels, places: Any, most: int, **look: Any) -> None:
    """Write the names of the largest places, at most so many, each name once."""
    written: set[str] = set()
    for index in np.argsort(-places.area.to_numpy(), kind="stable"):
        name, shape = places["name"].iloc[index], places.geometry.iloc[index]
        if len(written) >= most:
            return
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        point = largest.representative_point()
        if name not in written and labels.write(point.x, point.y, name, **look):
            written.add(name)


def _write_texts(figure: Figure, city: City, *, title: str | None, top: float, left: float) -> None:
    """Write the title, a line of facts and the credit."""
    height = figure.get_size_inches()[1]
    name = title or str(city.meta.get("title") or city.name)
    figure.text(left, top + 0.30 / height, name, fontsize=14, fontweight="bold", va="bottom")
    people = float(city.layers["buildings"]["people_estimate"].sum())
    facts = [f"{city.layers['walkable'].area.sum() / 1e4:.1f} ha walkable"]
    if len(city.layers["buildings"]) and people > 0:
        facts.append(f"{style.format_count(len(city.layers['buildings']))} buildings")
        facts.append(f"room for about {style.format_count(round(people, -2))} people at peak (estimate)")
    if city.meta.get("date"):
        facts.append(f"data of {city.meta['date']}")
    figure.text(left, top + 0.12 / height, "  ·  ".join(facts), fontsize=8.5, color=style.MUTED, va="bottom")
    credit = str(city.meta.get("credit") or ("" if not city.crs else "own drawing"))
    credit = f"Map data {credit}" if credit.startswith("©") else credit
    grid = f"{city.crs}" if city.crs else "plan in local metres"
    figure.text(
        left, 0.16 / height, "  ·  ".join(x for x in (credit, grid) if x), fontsize=7.5, color=style.MUTED
    )


def fill_shapes(axes: Axes, shapes: Any, **look: Any) -> None:
    """Fill polygons."""
    from matplotlib.collections import PathCollection

    paths = [path for shape in shapes for path in to_paths(shape)]
    axes.add_collection(PathCollection(paths, **({"edgecolor": "none"} | look)))


def draw_lines(axes: Axes, shapes: Any, colour: str, width: float, label: str, **look: Any) -> list[Any]:
    """Draw lines and the outlines of polygons; return a legend handle when there is a label and a line."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    parts = [line for shape in shapes for line in shapely.get_parts(shape) if line.geom_type == "LineString"]
    axes.add_collection(
        LineCollection([shapely.get_coordinates(p) for p in parts], colors=colour, linewidths=width, **look)
    )
    if not parts or not label:
        return []
    return [
        Line2D(
            [], [], color=colour, linewidth=max(width, 1.0), linestyle=look.get("linestyle", "-"), label=label
        )
    ]

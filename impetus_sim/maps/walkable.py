"""The walkable area: squares, streets, parks and platforms, minus buildings, water and barriers.

Steps, all in local metres on a 1 mm grid:
1. union of areas and buffered ways; gaps up to ``GAP_M`` are closed;
2. buildings, water and barrier lines are taken out; gates and mapped crossings open barriers, passages open
buildings,
   bridges and piers lie over water;
3. slivers narrower than ``NARROWEST_M`` go, the rest is cut to the working area;
4. the largest part and every part above ``KEPT_AREA_M2`` stay; smaller ones are set apart with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.maps.overlay import clip, get_polygons, keep_polygons, subtract, unite
from impetus_sim.maps.repair_report import ReportBuilder
from impetus_sim.maps.surfaces import Surface

GAP_M = 3.0
"""Kerb strips, parking lanes and verges between a carriageway and its separately mapped footway, and errors
of
guessed widths, are of this order; what really stops people (buildings, water, fences) is taken out later."""
NARROWEST_M = 0.5
CLEAR_OF_WALLS_M = 0.01
BARRIER_WIDTH_M = 0.3
OPENING_RADIUS_M = 1.25
SMALLEST_AREA_M2 = 10.0
KEPT_AREA_M2 = 5_000.0
BRIDGE_CONFLICT_SHARE = 0.35
BRIDGE_END_M = 12.0
UNDERPASS_END_M = 3.0
NEAR_M = 0.5
SIMPLIFY_M = 0.1


@dataclass(frozen=True, kw_only=True)
class Obstacles:
    """What stops people, in local metres.

    Parameters
    ----------
    buildings, water
        Polygons.
    barriers
        Lines and polygons.
    openings
        Points where barriers let people through.
    """

    buildings: list[BaseGeometry]
    water: list[BaseGeometry]
    barriers: list[BaseGeometry]
    openings: list[BaseGeometry]


@dataclass(frozen=True, kw_only=True)
class WalkableArea:
    """The result.

    Parameters
    ----------
    parts
        Polygons that stay, largest first.
    cut_off
        (polygon, reason) of smaller parts that are not joined to the largest.
    """

    parts: list[BaseGeometry]
    cut_off: list[tuple[BaseGeometry, str]]


def build_walkable(
    surfaces: list[Surface], obstacles: Obstacles, *, box: BaseGeometry, report: ReportBuilder
) -> WalkableArea:
    """Return the walkable area.

    Parameters
    ----------
    surfaces
        From ``build_surfaces``.
    obstacles
        What is taken out.
    box
        Working area as a polygon.
    report
        Gets bridges, gaps, gates, slivers and what is cut off.
    """
    decks = [item for item in surfaces if _is_off_ground(item)]
    ground = unite([item.shape for item in surfaces if not _is_off_ground(item)])
    decks, hidden = _choose_decks(decks, ground, report)
    over_water = unite([deck.shape for deck in decks if not deck.is_underpass])
    ground = _close_gaps(unite([ground, *(deck.shape for deck in decks)]), report)
    ground = shapely.simplify(ground, SIMPLIFY_M)
    water = subtract(unite(obstacles.water), over_water)
    walls = _build_walls(surfaces, obstacles, report)
    solid = shapely.buffer(unite(obstacles.buildings), CLEAR_OF_WALLS_M, join_style="mitre")
    free = ground
    for taken in (water, walls, solid):
        free = subtract(free, taken)
    free = _drop_slivers(free, report)
    free = clip(free, box)
    free = subtract(free, solid)
    return _sort_parts(free, solid=solid, walls=walls, water=water, hidden=hidden, box=box, report=report)


def _is_off_ground(item: Surface) -> bool:
    """Return whether a surface is a bridge, a pier or an underpass."""
    return item.is_bridge or item.is_underpass or item.kind == "pier"


def _choose_decks(
    decks: list[Surface], ground: BaseGeometry, report: ReportBuilder
) -> tuple[list[Surface], list[BaseGeometry]]:
    """Return bridges and underpasses that cross no walkable ground, and the shapes of those that do.

    On a flat map a flyover would join the levels: it is left out, the ground on the surface is kept.
    """
    if not decks:
        return [], []
    shapely.prepare(ground)
    kept: list[Surface] = []
    out: list[Surface] = []
    for deck in decks:
        middle = deck.shape
        if deck.axis is not None:
            reach = UNDERPASS_END_M if deck.is_underpass else BRIDGE_END_M
            ends = shapely.buffer(shapely.points([deck.axis.coords[0], deck.axis.coords[-1]]), reach)
            middle = shapely.difference(deck.shape, shapely.union_all(ends))
        below = shapely.intersection(middle, ground).area if shapely.intersects(middle, ground) else 0.0
        (
            out if below > BRIDGE_CONFLICT_SHARE * max(middle.area, 1.0) and deck.kind != "pier" else kept
        ).append(deck)
    report.add(
        "kept_bridges",
        len(kept),
        area_m2=sum(deck.shape.area for deck in kept),
        detail="bridges, piers and underpasses taken as ground: they cross only what is not walkable",
    )
    report.add(
        "excluded_flyovers",
        len(out),
        area_m2=sum(deck.shape.area for deck in out),
        detail="bridges and underpasses across walkable ground on another level; the surface stays",
    )
    return kept, [deck.shape for deck in out]


def _close_gaps(ground: BaseGeometry, report: ReportBuilder) -> BaseGeometry:
    """Close gaps up to ``GAP_M`` between neighbouring pieces of ground."""
    before = len(shapely.get_parts(ground))
    wide = shapely.buffer(ground, GAP_M / 2, join_style="mitre", mitre_limit=2.0)
    closed = shapely.buffer(wide, -GAP_M / 2, join_style="mitre", mitre_limit=2.0)
    closed = keep_polygons(closed)
    joined = before - len(shapely.get_parts(closed))
    report.add(
        "bridged_walkable_gaps",
        max(joined, 0),
        area_m2=closed.area - ground.area,
        detail=f"pieces of ground less than {GAP_M} m apart, joined",
    )
    return closed


def _build_walls(surfaces: list[Surface], obstacles: Obstacles, report: ReportBuilder) -> BaseGeometry:
    """Return barriers as thin polygons, open at gates and where mapped ways cross them."""
    if not obstacles.barriers:
        return shapely.Polygon()
    barriers = np.array(obstacles.barriers, dtype=object)
    thin = shapely.buffer(
        barriers, BARRIER_WIDTH_M / 2, cap_style="flat", join_style="mitre", mitre_limit=2.0
    )
    gates = np.array(obstacles.openings, dtype=object)
    tree = shapely.STRtree(barriers)
    empty = np.empty(0, dtype=int)
    on_wall = np.unique(tree.query(gates, predicate="dwithin", distance=0.3)[0]) if len(gates) else empty
    axes = np.array(
        [item.axis for item in surfaces if item.axis is not None and not item.is_bridge], dtype=object
    )
    pairs = tree.query(axes, predicate="intersects") if len(axes) else np.empty((2, 0), dtype=int)
    crossings = (
        shapely.get_parts(shapely.intersection(axes[pairs[0]], barriers[pairs[1]])) if pairs.size else []
    )
    crossings = [point for point in crossings if point.geom_type == "Point"]
    openings = shapely.buffer([*gates[on_wall], *crossings], OPENING_RADIUS_M, quad_segs=2)
    report.add("kept_gates", len(on_wall), detail="gates and entrances open walls and fences")
    report.add(
        "opened_barriers_at_crossings",
        len(crossings),
        detail="a mapped way crosses a wall or fence without a gate",
    )
    return subtract(unite(list(thin)), unite(list(openings)))


def _drop_slivers(free: BaseGeometry, report: ReportBuilder) -> BaseGeometry:
    """Drop what is narrower than ``NARROWEST_M``, so that nobody is squeezed between walls."""
    half = NARROWEST_M / 2
    thin = shapely.buffer(free, -half, join_style="mitre", mitre_limit=2.0)
    opened = shapely.buffer(thin, half, join_style="mitre", mitre_limit=2.0)
    opened = clip(opened, free)
    lost = free.area - opened.area
    report.add("dropped_slivers", int(lost > 0), area_m2=lost, detail=f"ground narrower than {NARROWEST_M} m")
    return opened


def _sort_parts(
    free: BaseGeometry,
    *,
    solid: BaseGeometry,
    walls: BaseGeometry,
    water: BaseGeometry,
    hidden: list[BaseGeometry],
    box: BaseGeometry,
    report: ReportBuilder,
) -> WalkableArea:
    """Sort parts into those that stay and those that are cut off, and report the shares."""
    parts = get_polygons(free)
    if not parts:
        report.add("absent_walkable_ground", 1, detail="the data holds no walkable ground")
        return WalkableArea(parts=[], cut_off=[])
    parts = sorted(parts, key=lambda part: (-part.area, part.bounds))
    tiny = [part for part in parts[1:] if part.area < SMALLEST_AREA_M2]
    rest = [part for part in parts[1:] if part.area >= SMALLEST_AREA_M2]
    reasons = _explain(rest, solid=solid, walls=walls, water=water, hidden=hidden, box=box)
    stays = [part.area >= KEPT_AREA_M2 for part in rest]
    kept = [parts[0], *(part for part, stay in zip(rest, stays, strict=True) if stay)]
    total = sum(part.area for part in parts)
    report.add(
        "kept_walkable_main_part",
        1,
        area_m2=parts[0].area,
        detail=f"{100 * parts[0].area / total:.1f} % of walkable area is one connected part; with the "
        f"{len(kept) - 1} other parts that stay the layer holds "
        f"{100 * sum(part.area for part in kept) / total:.1f} %",
    )
    small = f"pieces smaller than {SMALLEST_AREA_M2:.0f} m2"
    report.add("dropped_walkable_pieces", len(tiny), area_m2=sum(part.area for part in tiny), detail=small)
    for stay, kind in ((True, "kept_walkable_islands"), (False, "cut_off_walkable")):
        for reason in sorted(set(reasons)):
            areas = [
                p.area for p, why, s in zip(rest, reasons, stays, strict=True) if why == reason and s is stay
            ]
            report.add(
                kind,
                len(areas),
                area_m2=sum(areas),
                detail=f"{reason}; largest {max(areas, default=0):.0f} m2",
            )
    cut = [(part, reason) for part, reason, stay in zip(rest, reasons, stays, strict=True) if not stay]
    return WalkableArea(parts=kept, cut_off=cut)


def _explain(
    parts: list[BaseGeometry],
    *,
    solid: BaseGeometry,
    walls: BaseGeometry,
    water: BaseGeometry,
    hidden: list[BaseGeometry],
    box: BaseGeometry,
) -> list[str]:
    """Return for each part why it is not joined to the largest."""
    if not parts:
        return []
    linked = np.zeros(len(parts), dtype=bool)
    if hidden:
        linked[shapely.STRtree(hidden).query(parts, predicate="intersects")[0]] = True
    at_edge = shapely.dwithin(parts, shapely.boundary(box), 1.0)
    shares = {
        "enclosed by buildings (courtyard)": _border_share(parts, solid),
        "behind walls, fences or hedges": _border_share(parts, walls),
        "on the far side of water": _border_share(parts, water),
    }
    reasons = []
    for index, (edge, link) in enumerate(zip(at_edge, linked, strict=True)):
        name, share = max(
            ((name, values[index]) for name, values in shares.items()), key=lambda item: item[1]
        )
        if edge:
            reasons.append("joined only beyond the map edge")
        elif link:
            reasons.append("joined only by a bridge or an underpass that crosses other ground")
        else:
            reasons.append(name if share > 0.2 else "no mapped way leads there")
    return reasons


def _border_share(parts: list[BaseGeometry], other: BaseGeometry) -> Any:
    """Return the share of each part's outline that lies against something."""
    rings = shapely.get_exterior_ring(parts)
    pieces = shapely.get_parts(other)
    if not len(pieces):
        return np.zeros(len(parts))
    tree = shapely.STRtree(pieces)
    part_of, piece_of = tree.query(rings, predicate="dwithin", distance=NEAR_M)
    near = np.zeros(len(parts))
    touching = shapely.intersection(rings[part_of], shapely.buffer(pieces[piece_of], NEAR_M, quad_segs=1))
    np.add.at(near, part_of, shapely.length(touching))
    return near / np.maximum(shapely.length(rings), 1e-9)

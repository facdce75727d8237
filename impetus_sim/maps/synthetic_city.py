"""A town of equal square blocks: streets, buildings, networks and exits where streets meet the edge."""

from __future__ import annotations

from itertools import product

import numpy as np
from shapely import LineString, Point, box

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.city import City
from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.plan import NamedShape, build_plan

SPEED_M_S = 30 / 3.6
MOST_BLOCKS = 40_000


def build_grid_city(
    *, columns: int = 4, rows: int = 3, block: float = 60.0, street_width: float = 12.0, storeys: int = 4
) -> City:
    """Build a town of ``columns`` x ``rows`` blocks with streets all around and between them.

    The middle block is left open as a place named ``square``. Exits are named ``west_0``, ``south_1``, ...
    where streets meet the edge.

    Parameters
    ----------
    columns, rows
        Numbers of blocks along x and y.
    block
        Side of a block in metres.
    street_width
        Width of every street in metres.
    storeys
        Storeys of each building.
    """
    _require(columns >= 1 and rows >= 1, f"{columns} x {rows} blocks; both must be at least 1")
    _require(columns * rows <= MOST_BLOCKS, f"{columns} x {rows} blocks; at most {MOST_BLOCKS} are allowed")
    _require(block > 0 and street_width > 0, "block and street_width must be above 0 m")
    _require(storeys >= 1, f"storeys is {storeys}, but must be at least 1")
    columns, rows, step = int(columns), int(rows), block + street_width
    width, depth = columns * step + street_width, rows * step + street_width
    middle = (columns // 2, rows // 2) if columns * rows > 1 else None
    blocks = [cell for cell in product(range(columns), range(rows)) if cell != middle]
    houses = [
        NamedShape(name=f"block_{i}_{j}", kind="apartments", shape=_cell(i, j, block, street_width))
        for i, j in blocks
    ]
    holes = [list(house.shape.exterior.coords) for house in houses]
    outline = box(0, 0, width, depth)
    ground = type(outline)(outline.exterior.coords, holes)
    places = _edge_exits(columns, rows, step, street_width)
    if middle is not None:
        places.append(NamedShape(name="square", kind="area", shape=_cell(*middle, block, street_width)))
    places.append(NamedShape(name="town", kind="area", shape=ground))
    meta = {"source": "synthetic grid_city", "licence": "none", "credit": "", "date": ""}
    city = build_plan(name="grid_city", ground=ground, places=places, obstacles=houses, meta=meta)
    layers = dict(city.layers)
    people = block * block * storeys * 3.1 / 92.903
    layers["buildings"] = layers["buildings"].assign(
        storeys=int(storeys), people_estimate=people, people_source="FEMA P-58-1 multi-unit residential"
    )
    layers |= _networks(columns, rows, step, street_width)
    return City(name=city.name, crs="", layers=layers, meta=city.meta, report=city.report)


def _cell(column: int, row: int, block: float, street_width: float) -> box:
    """Return the square of one block."""
    x0 = street_width + column * (block + street_width)
    y0 = street_width + row * (block + street_width)
    return box(x0, y0, x0 + block, y0 + block)


def _edge_exits(columns: int, rows: int, step: float, street: float) -> list[NamedShape]:
    """Return one exit at each end of each street."""
    width, depth = columns * step + street, rows * step + street
    exits = []
    for i in range(columns + 1):
        x0, x1 = i * step, i * step + street
        exits.append(NamedShape(name=f"south_{i}", kind="exit", shape=LineString([(x0, 0), (x1, 0)])))
        exits.append(NamedShape(name=f"north_{i}", kind="exit", shape=LineString([(x0, depth), (x1, depth)])))
    for j in range(rows + 1):
        y0, y1 = j * step, j * step + street
        exits.append(NamedShape(name=f"west_{j}", kind="exit", shape=LineString([(0, y0), (0, y1)])))
        exits.append(NamedShape(name=f"east_{j}", kind="exit", shape=LineString([(width, y0), (width, y1)])))
    return exits


def _networks(columns: int, rows: int, step: float, street: float) -> dict[str, object]:
    """Return walk and drive networks along the middle of the streets, both directions."""
    ids = np.arange((columns + 1) * (rows + 1)).reshape(columns + 1, rows + 1)
    points = {
        int(ids[i, j]): Point(i * step + street / 2, j * step + street / 2)
        for i, j in product(range(columns + 1), range(rows + 1))
    }
    pairs = [(int(ids[i, j]), int(ids[i + 1, j])) for i, j in product(range(columns), range(rows + 1))]
    pairs += [(int(ids[i, j]), int(ids[i, j + 1])) for i, j in product(range(columns + 1), range(rows))]
    pairs += [(v, u) for u, v in pairs]
    lines = [LineString([points[u], points[v]]) for u, v in pairs]
    edge = {
        "u": [u for u, _ in pairs],
        "v": [v for _, v in pairs],
        "highway": "residential",
        "length_m": [line.length for line in lines],
    }
    drive = {"lanes": 1, "lanes_source": "plan", "speed_m_s": SPEED_M_S, "speed_source": "plan"}
    rim = {
        int(ids[i, j])
        for i, j in product(range(columns + 1), range(rows + 1))
        if i in (0, columns) or j in (0, rows)
    }
    nodes = {"node_id": list(points), "at_map_edge": [node in rim for node in points]}
    walk = {"width_m": street, "width_source": "plan"}
    return {
        "walk_nodes": make_layer("walk_nodes", nodes, points.values(), crs=""),
        "walk_edges": make_layer("walk_edges", edge | walk, lines, crs=""),
        "drive_nodes": make_layer("drive_nodes", nodes, points.values(), crs=""),
        "drive_edges": make_layer("drive_edges", edge | drive, lines, crs=""),
    }


def _require(holds: bool, message: str) -> None:
    """Raise when a condition on the parameters does not hold."""
    if not holds:
        raise InvalidInputError(f"synthetic map 'grid_city': {message}")

"""Towns drawn from a few numbers: streets in a grid, some missing, in one part or on islands, with houses."""

import numpy as np
import pytest
import shapely

from impetus_sim.maps.city import City
from impetus_sim.maps.layers import empty_layers, make_layer

CRS = "EPSG:32632"


@pytest.fixture(scope="session")
def draw_town():
    """Return a function that draws a town; its `places` are (kind, tag, x, y)."""
    return draw


def draw(*, columns, rows, seed=0, dropped=0.0, islands=1, houses_per_street=4, step=120.0, places=()):
    random = np.random.default_rng(seed)
    lines, houses = [], []
    for island in range(islands):
        x0 = island * (columns * step + 700.0)
        for i in range(columns + 1):
            for j in range(rows + 1):
                for di, dj in ((1, 0), (0, 1)):
                    if i + di > columns or j + dj > rows or random.random() < dropped:
                        continue
                    a = (x0 + i * step, j * step)
                    b = (x0 + (i + di) * step, (j + dj) * step)
                    lines.append(shapely.LineString([a, b]))
                    for k in range(houses_per_street):
                        share = (k + 0.5) / houses_per_street
                        x = a[0] + share * (b[0] - a[0]) + 12.0 * dj
                        y = a[1] + share * (b[1] - a[1]) + 12.0 * di
                        houses.append(shapely.box(x - 6, y - 6, x + 6, y + 6))
    layers = empty_layers(CRS)
    if lines:
        ends = (
            shapely.get_coordinates(shapely.get_point(lines, [0])),
            shapely.get_coordinates(shapely.get_point(lines, [-1])),
        )
        at, node = np.unique(np.round(np.concatenate(ends), 3), axis=0, return_inverse=True)
        node = node.reshape(-1)
        layers["drive_nodes"] = make_layer(
            "drive_nodes", {"node_id": np.arange(len(at))}, shapely.points(at), crs=CRS
        )
        columns_of = {
            "u": node[: len(lines)],
            "v": node[len(lines) :],
            "highway": ["residential"] * len(lines),
            "lanes": [1] * len(lines),
            "speed_m_s": [8.33] * len(lines),
            "length_m": shapely.length(lines),
        }
        layers["drive_edges"] = make_layer("drive_edges", columns_of, lines, crs=CRS)
    if houses:
        facts = {
            "osm_id": [f"way/{k}" for k in range(len(houses))],
            "use": random.choice(["residential", "office", "retail", "unknown"], len(houses)),
            "storeys": random.integers(1, 6, len(houses)),
            "people_estimate": random.uniform(4.0, 30.0, len(houses)),
        }
        shapes = shapely.multipolygons([[house] for house in houses])
        layers["buildings"] = make_layer("buildings", facts, shapes, crs=CRS)
    if places:
        kinds, tags, x, y = zip(*places, strict=True)
        facts = {"kind": kinds, "tag": tags, "osm_id": [f"node/{k}" for k in range(len(places))]}
        layers["assets"] = make_layer("assets", facts, shapely.points(x, y), crs=CRS)
    return City(name="town", crs=CRS, layers=layers)

"""Faults of a city: what would break a run (fatal) and what a reader should know (warning)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from impetus_sim.maps.city import City
from impetus_sim.maps.layers import LAYERS

FATAL, WARNING = "fatal", "warning"
WANTED_SHARE = 0.95
OVERLAP_M2 = 1.0
LENGTH_SLACK = 0.02


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault.

    Parameters
    ----------
    severity
        ``fatal`` or ``warning``.
    layer
        Where it is.
    count
        How many rows it concerns; 0 where it concerns the whole.
    message
        What is wrong and what to do.
    """

    severity: str
    layer: str
    count: int
    message: str


def check_city(city: City, *, stored_digest: str = "") -> list[Fault]:
    """Return the faults of a city, fatal ones first.

    Parameters
    ----------
    city
        Any city.
    stored_digest
        The digest its file carries; a difference means that the content was changed since.
    """
    faults = [
        *_check_content(city),
        *_check_shapes(city),
        *_check_ground(city),
        *_check_network(city, "drive"),
        *_check_network(city, "walk"),
        *_check_values(city),
    ]
    if stored_digest and stored_digest != city.digest:
        text = "the content was changed since the file was built, for instance in QGIS"
        faults.append(Fault(severity=WARNING, layer="metadata", count=0, message=text))
    return sorted(faults, key=lambda fault: (fault.severity != FATAL, fault.layer, fault.message))


def _check_content(city: City) -> list[Fault]:
    """Return faults of what is there at all."""
    n_ground, n_streets = len(city.layers["walkable"]), len(city.layers["drive_edges"])
    faults = []
    if not n_ground:
        severity = WARNING if n_streets else FATAL
        faults.append(Fault(severity=severity, layer="walkable", count=0, message="no walkable ground"))
    if city.crs and not len(city.layers["buildings"]):
        faults.append(Fault(severity=WARNING, layer="buildings", count=0, message="no buildings in the data"))
    if city.crs and not len(city.layers["assets"]) and n_streets:
        faults.append(Fault(severity=WARNING, layer="assets", count=0, message="no assets in the data"))
    return faults


def _check_shapes(city: City) -> list[Fault]:
    """Return faults of geometries: missing, not finite, self-crossing."""
    faults = []
    for name in LAYERS:
        shapes = city.layers[name].geometry.to_numpy()
        missing = sum(shape is None or shape.is_empty for shape in shapes)
        if missing:
            faults.append(Fault(severity=FATAL, layer=name, count=missing, message="rows without geometry"))
        if len(shapes) and not np.isfinite(shapely.get_coordinates(shapes)).all():
            faults.append(
                Fault(severity=FATAL, layer=name, count=0, message="coordinates that are not finite")
            )
        bad = int((~shapely.is_valid(shapes)).sum()) if len(shapes) else 0
        if bad:
            severity = FATAL if name in ("walkable", "buildings") else WARNING
            text = "self-crossing shapes; mend them in QGIS or build the map again"
            faults.append(Fault(severity=severity, layer=name, count=bad, message=text))
    return faults


def _check_ground(city: City) -> list[Fault]:
    """Return faults of the walkable area: overlaps with buildings, too many pieces."""
    ground = city.layers["walkable"].geometry.to_numpy()
    houses = city.layers["buildings"].geometry.to_numpy()
    if not len(ground) or not shapely.is_valid(ground).all():
        return []
    faults = []
    tree = shapely.STRtree(ground)
    if len(houses) and shapely.is_valid(houses).all():
        house_of, part_of = tree.query(houses, predicate="intersects")
        shared = shapely.area(shapely.intersection(houses[house_of], ground[part_of]))
        overlapping = len({int(i) for i, area in zip(house_of, shared, strict=True) if area > 0.01})
        if shared.sum() > OVERLAP_M2:
            text = f"walkable ground reaches {shared.sum():.1f} m2 into buildings"
            faults.append(Fault(severity=FATAL, layer="walkable", count=overlapping, message=text))
    areas = shapely.area(ground)
    share = areas.max() / areas.sum()
    if share < WANTED_SHARE:
        text = f"the largest connected part holds {100 * share:.1f} % of walkable area; see the repair report"
        faults.append(Fault(severity=WARNING, layer="walkable", count=len(ground) - 1, message=text))
    return faults


def _check_network(city: City, kind: str) -> list[Fault]:
    """Return faults of a network: edges without nodes, wrong lengths, not connected."""
    import networkx as nx

    edges, nodes = city.layers[f"{kind}_edges"], city.layers[f"{kind}_nodes"]
    layer = f"{kind}_edges"
    if not len(edges):
        return []
    faults = []
    known = set(nodes["node_id"])
    lost = int((~edges["u"].isin(known) | ~edges["v"].isin(known)).sum())
    if lost:
        faults.append(
            Fault(severity=FATAL, layer=layer, count=lost, message="edges to nodes that do not exist")
        )
    drawn, said = edges.geometry.length.to_numpy(), edges["length_m"].to_numpy()
    wrong = int((np.abs(drawn - said) > 0.5 + LENGTH_SLACK * drawn).sum())
    if wrong:
        faults.append(
            Fault(severity=WARNING, layer=layer, count=wrong, message="length_m differs from the line")
        )
    graph = nx.MultiDiGraph()
    for u, v, length in zip(edges["u"], edges["v"], said, strict=True):
        graph.add_edge(u, v, length=length)
    find = nx.strongly_connected_components if kind == "drive" else nx.weakly_connected_components
    largest = max(graph.subgraph(part).size(weight="length") for part in find(graph))
    share = largest / max(said.sum(), 1e-9)
    if share < WANTED_SHARE:
        text = f"the largest connected part holds {100 * share:.1f} % of length"
        faults.append(Fault(severity=WARNING, layer=layer, count=0, message=text))
    if kind == "drive":
        cut = city.layers["drive_cut_off"]
        total = said.sum() + cut["length_m"].sum()
        if said.sum() / total < WANTED_SHARE:
            share = 100 * cut["length_m"].sum() / total
            text = f"{share:.1f} % of drive length is cut off; reasons are in the layer"
            faults.append(Fault(severity=WARNING, layer="drive_cut_off", count=len(cut), message=text))
    return faults


def _check_values(city: City) -> list[Fault]:
    """Return faults of numbers: speeds, lanes, storeys, people."""
    rules = (
        ("drive_edges", "speed_m_s", 0.1, 70.0),
        ("drive_edges", "lanes", 1, 20),
        ("drive_edges", "length_m", 0.0, 1e6),
        ("walk_edges", "length_m", 0.0, 1e6),
        ("buildings", "storeys", 1, 200),
        ("buildings", "people_estimate", 0.0, 1e6),
    )
    faults = []
    for layer, column, low, high in rules:
        values = city.layers[layer][column].to_numpy(dtype=float)
        bad = int((~((values >= low) & (values <= high))).sum())
        if bad:
            text = f"{column} outside {low:g} to {high:g}"
            faults.append(Fault(severity=FATAL, layer=layer, count=bad, message=text))
    return faults

"""Read an OpenStreetMap file (.osm, .osm.xml, .osm.pbf) through pyosmium, in bounded memory, trusting
nothing.

The format is told by content, not by name. Two passes are made, first over node locations and then over
everything else, so ways may come before their nodes (as Overpass writes them). References to nodes that are
not in the file are dropped and counted. Files that are broken, truncated, empty, hostile or of another kind
raise one clear error.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.osm_data import Box, OsmData, OsmNode, OsmRelation, OsmRestriction, OsmWay

MOST_BYTES = {"pbf": 1_500_000_000, "xml": 4_000_000_000}
MOST_TAGS = 1_000
MOST_WAY_NODES = 50_000
MOST_MEMBERS = 100_000
MOST_OBJECTS = 3_000_000
MOST_WAYS = 500_000
"""About ten times a city of 100 000 people; more would take hours and belongs in several maps."""
AREA_RELATIONS = ("multipolygon",)
PBF_HEADER_MOST_BYTES = 64 * 1024
OTHER_KINDS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "a GeoPackage or SQLite file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"{", "a JSON or GeoJSON file"),
)


def read_osm(path: Path, *, bbox: Box | None = None) -> OsmData:
    """Read a file.

    Parameters
    ----------
    path
        An OSM XML or PBF file.
    bbox
        West, south, east, north in degrees; ways without a node inside and nodes outside are left out.

    Raises
    ------
    InvalidInputError
        Missing, empty, broken, truncated, hostile or of another kind; nothing is read half.
    """
    kind = sniff_format(path)
    import osmium

    try:
        return _Reader(path, kind, bbox).read()
    except InvalidInputError:
        raise
    except (
        RuntimeError,
        ValueError,
        OSError,
        MemoryError,
        osmium.InvalidLocationError,
        UnicodeError,
    ) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise InvalidInputError(
            f"'{path}' is a broken or truncated OSM {kind.upper()} file: {reason}",
            hint="fetch or export it again",
        ) from error


def sniff_format(path: Path) -> str:
    """Return "pbf" or "xml", or say what the file is instead."""
    if path.is_dir():
        raise InvalidInputError(f"'{path}' is a folder, not an OSM file")
    if not path.is_file():
        raise InvalidInputError(f"map source '{path}' does not exist", hint="check the path")
    try:
        with path.open("rb") as file:
            start = file.read(8192)
    except OSError as error:
        raise InvalidInputError(f"map source '{path}' cannot be read: {error.strerror}") from error
    if not start:
        raise InvalidInputError(f"'{path}' is empty, not an OSM file")
    kind = _kind_of(start)
    if kind is None:
        found = next(
            (text for magic, text in OTHER_KINDS if start.lstrip().startswith(magic)), "of another kind"
        )
        raise InvalidInputError(
            f"'{path}' is {found}, not OpenStreetMap data", hint="allowed: .osm, .osm.xml, .osm.pbf"
        )
    if path.stat().st_size > MOST_BYTES[kind]:
        raise InvalidInputError(
            f"'{path}' is larger than {MOST_BYTES[kind] // 1_000_000} MB, too large for one city",
            hint="cut it first, for instance with `osmium extract -b W,S,E,N`",
        )
    return kind


def _kind_of(start: bytes) -> str | None:
    """Return the OSM format that the first bytes belong to."""
    length = int.from_bytes(start[:4], "big")
    if 0 < length < PBF_HEADER_MOST_BYTES and b"OSMHeader" in start[4:64]:
        return "pbf"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if (
        text.startswith(b"<")
        and (b"<osm" in text or text.startswith(b"<?xml"))
        and b"<html" not in text.lower()
    ):
        return "xml"
    return None


class _Reader:
    """Reads one file and counts what it had to leave out."""

    def __init__(self, path: Path, kind: str, bbox: Box | None) -> None:
        self.path, self.kind, self.bbox = path, kind, bbox
        self.missing_nodes = self.ways_with_missing = self.ways_without_nodes = 0
        self.nodes: list[OsmNode] = []
        self.ways: list[OsmWay] = []
        self.relations: list[OsmRelation] = []
        self.restrictions: list[OsmRestriction] = []

    def read(self) -> OsmData:
        """Read the file in two passes."""
        import osmium

        file = osmium.io.File(str(self.path), "pbf" if self.kind == "pbf" else "osm")
        store = osmium.index.create_map("flex_mem")
        locations = osmium.NodeLocationsForWays(store)
        locations.ignore_errors()
        with osmium.io.Reader(file, osmium.osm.NODE) as reader:
            header = reader.header()
            header_box, date = _header_box(header), header.get("osmosis_replication_timestamp", "")
            osmium.apply(reader, locations)
        processor = osmium.FileProcessor(file).with_locations(store)
        processor.with_filter(osmium.filter.EmptyTagFilter().enable_for(osmium.osm.NODE))
        for item in processor:
            self._take(item)
        return OsmData(
            nodes=tuple(self.nodes),
            ways=tuple(self.ways),
            relations=tuple(self.relations),
            restrictions=tuple(self.restrictions),
            header_box=header_box,
            date=date,
            missing_nodes=self.missing_nodes,
            ways_with_missing=self.ways_with_missing,
            ways_without_nodes=self.ways_without_nodes,
        )

    def _take(self, item: Any) -> None:
        """Keep one object of the file."""
        if item.deleted:
            return
        if len(item.tags) > MOST_TAGS:
            kind = "node" if item.is_node() else "way" if item.is_way() else "relation"
            raise InvalidInputError(
                f"'{self.path}': {kind} {item.id} carries {len(item.tags)} tags; "
                f"at most {MOST_TAGS} are allowed"
            )
        if item.is_node():
            self._take_node(item)
        elif item.is_way():
            self._take_way(item)
        elif item.is_relation() and _is_area_relation(item):
            members = tuple((member.ref, member.role) for member in item.members if member.type == "w")
            self.relations.append(OsmRelation(id=item.id, members=members, tags=dict(item.tags)))
        elif item.is_relation() and _is_restriction(item):
            self.restrictions.append(_to_restriction(item))
        n_objects = len(self.nodes) + len(self.ways) + len(self.relations) + len(self.restrictions)
        if n_objects > MOST_OBJECTS or len(self.ways) > MOST_WAYS:
            raise InvalidInputError(
                f"'{self.path}' holds more than {MOST_WAYS} ways or {MOST_OBJECTS} objects, "
                "too many for one city",
                hint="give --bbox W,S,E,N",
            )

    def _take_node(self, node: Any) -> None:
        """Keep a tagged node inside the working area."""
        location = node.location
        if not location.valid():
            return
        lon, lat = location.lon, location.lat
        if self.bbox is None or _inside(lon, lat, self.bbox):
            self.nodes.append(OsmNode(id=node.id, x=lon, y=lat, tags=dict(node.tags)))

    def _take_way(self, way: Any) -> None:
        """Keep a way that reaches the working area, without the nodes that are missing."""
        if len(way.nodes) > MOST_WAY_NODES:
            raise InvalidInputError(
                f"'{self.path}': way {way.id} has {len(way.nodes)} nodes; "
                f"at most {MOST_WAY_NODES} are allowed"
            )
        refs: list[int] = []
        points: list[tuple[float, float]] = []
        breaks: list[int] = []
        n_all = len(way.nodes)
        for node in way.nodes:
            location = node.location
            if location.valid():
                refs.append(node.ref)
                points.append((location.lon, location.lat))
            elif not breaks or breaks[-1] != len(refs):
                breaks.append(len(refs))
        missing = n_all - len(refs)
        if self.bbox is not None and not any(_inside(lon, lat, self.bbox) for lon, lat in points):
            return
        self.missing_nodes += missing
        if len(refs) < 2:
            self.ways_without_nodes += 1
            return
        self.ways_with_missing += missing > 0
        self.ways.append(
            OsmWay(
                id=way.id,
                refs=np.array(refs, dtype=np.int64),
                points=np.array(points, dtype=np.float64),
                breaks=tuple(breaks),
                closed=way.is_closed() and n_all > 3,
                tags=dict(way.tags),
            )
        )


def _is_area_relation(relation: Any) -> bool:
    """Return whether a relation makes an area and is not absurdly large."""
    return relation.tags.get("type") in AREA_RELATIONS and len(relation.members) <= MOST_MEMBERS


def _is_restriction(relation: Any) -> bool:
    """Return whether a relation restricts a turn and is not absurdly large."""
    return relation.tags.get("type") == "restriction" and len(relation.members) <= MOST_MEMBERS


def _to_restriction(relation: Any) -> OsmRestriction:
    """Return a turn restriction with its members by role."""
    held: dict[tuple[str, str], list[int]] = {}
    for member in relation.members:
        held.setdefault((member.role, member.type), []).append(member.ref)
    return OsmRestriction(
        id=relation.id,
        from_ways=tuple(held.get(("from", "w"), ())),
        via_nodes=tuple(held.get(("via", "n"), ())),
        via_ways=tuple(held.get(("via", "w"), ())),
        to_ways=tuple(held.get(("to", "w"), ())),
        tags=dict(relation.tags),
    )


def _header_box(header: Any) -> Box | None:
    """Return the box a file claims, when it is one."""
    box = header.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    values = (low.lon, low.lat, high.lon, high.lat)
    good = all(math.isfinite(value) for value in values) and values[0] < values[2] and values[1] < values[3]
    return values if good else None


def _inside(lon: float, lat: float, box: Box) -> bool:
    """Return whether a point lies in a box."""
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]

"""A tiny town as OSM XML, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

LON, LAT = 11.87, 45.40
METRE_LON, METRE_LAT = 1 / 78_200.0, 1 / 111_140.0


class Town:
    """Collects nodes, ways and relations in metres from a corner, and writes them as OSM XML."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.node_of: dict[tuple[float, float], int] = {}
        self.last = 0

    def node(self, x: float, y: float, **tags: str) -> int:
        """Add a node, or find the one that is there."""
        if (x, y) not in self.node_of or tags:
            self.last += 1
            self.node_of[(x, y)] = self.last
            lon, lat = LON + x * METRE_LON, LAT + y * METRE_LAT
            self.texts.append(f'<node id="{self.last}" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>')
        return self.node_of[(x, y)]

    def way(self, points: Sequence[tuple[float, float]], *, missing: Sequence[int] = (), **tags: str) -> int:
        """Add a way; ``missing`` are ids of nodes that are not in the file, put at its end."""
        refs = [self.node(x, y) for x, y in points] + list(missing)
        self.last += 1
        nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        self.texts.append(f'<way id="{self.last}">{nodes}{_tags(tags)}</way>')
        return self.last

    def box(self, x0: float, y0: float, x1: float, y1: float, **tags: str) -> int:
        """Add a closed way around a box."""
        return self.way([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], **tags)

    def relation(self, members: Mapping[int, str], **tags: str) -> int:
        """Add a multipolygon of ways and their roles."""
        self.last += 1
        inner = "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for ref, role in members.items())
        tags = {"type": "multipolygon"} | tags
        self.texts.append(f'<relation id="{self.last}">{inner}{_tags(tags)}</relation>')
        return self.last

    def write(self, path: Path) -> Path:
        """Write the file."""
        path.write_text(
            '<?xml version="1.0"?><osm version="0.6">' + "".join(self.texts) + "</osm>", encoding="utf-8"
        )
        return path


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(
        f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>" for key, value in tags.items()
    )


def make_small_town() -> Town:
    """Return a square of 60 x 60 m with four streets in a ring around it, a house, a courtyard, a wall and a
    hospital."""
    town = Town()
    ring = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    for start, end, name in zip(ring[:-1], ring[1:], ("South", "East", "North", "West"), strict=True):
        town.way([start, end], highway="residential", name=f"{name} Street", lanes="2", maxspeed="30")
    town.box(20, 20, 80, 80, highway="pedestrian", area="yes", name="Main Square", name__it="Piazza")
    town.way([(50, 0), (50, 20)], highway="footway")
    town.box(30, 30, 40, 40, building="apartments", building__levels="4")
    town.node(60, 60, amenity="hospital", name="Saint Luke")
    town.node(100, 0, highway="traffic_signals")
    return town


@pytest.fixture
def town() -> Town:
    """Return an empty town to draw in."""
    return Town()


@pytest.fixture
def small_town() -> Town:
    """Return a ring of streets around a square, with a house, a hospital and a signal."""
    return make_small_town()

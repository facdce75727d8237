"""Any file with bytes changed or cut is read or refused in one clear way; it never raises anything else."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.build import build_city

TOWN = (
    b'<osm version="0.6"><node id="1" lat="45.4" lon="11.8"/>'
    b'<node id="2" lat="45.401" lon="11.8"/><node id="3" lat="45.401" lon="11.801"/>'
    b'<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>'
    b'<tag k="highway" v="residential"/></way>'
    b'<way id="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/></way>'
    b'<relation id="1"><member type="way" ref="2" role="outer"/><tag k="type" v="multipolygon"/></relation>'
    b"</osm>"
)


@given(
    places=st.lists(st.tuples(st.integers(0, len(TOWN) - 1), st.integers(0, 255)), max_size=6),
    length=st.one_of(st.just(len(TOWN)), st.integers(0, len(TOWN))),
)
@settings(deadline=None, max_examples=60)
def test_damaged_xml(places: list[tuple[int, int]], length: int) -> None:
    content = bytearray(TOWN)
    for position, value in places:
        content[position] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.osm"
        path.write_bytes(bytes(content[:length]))
        try:
            city = build_city(path)
        except InvalidInputError as error:
            assert "\n" not in str(error)
        else:
            assert len(city.layers["walkable"]) or len(city.layers["drive_edges"])

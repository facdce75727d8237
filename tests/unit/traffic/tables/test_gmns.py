"""Reading GMNS tables, whole and broken."""

from __future__ import annotations

import pytest

from impetus_sim.errors import InvalidFilesError
from impetus_sim.traffic.tables import gmns

NODES = "node_id,x_coord,y_coord,zone_id\n10,0,0,1\n20,1,0,\n30,2,0,2\n"
LINKS = (
    "link_id,from_node_id,to_node_id,directed,length,lanes,capacity,free_speed,toll\n"
    "1,10,20,true,2,2,1000,60,0\n"
    "2,20,30,false,1,1,800,30,1.5\n"
    "3,20,10,true,1,0,0,5,0\n"
)
DEMAND = "o_zone_id,d_zone_id,volume\n1,2,100\n1,2,50\n2,1,5\n"


def write(folder, nodes=NODES, links=LINKS, demand=DEMAND):
    (folder / "node.csv").write_text(nodes)
    (folder / "link.csv").write_text(links)
    (folder / "demand.csv").write_text(demand)
    return folder


def test_tables_are_read(tmp_path):
    network = gmns.read_network(write(tmp_path))
    assert network.node_name.tolist() == [10, 20, 30]
    assert network.zone_name.tolist() == [1, 2]
    assert network.zone_node.tolist() == [0, 2]
    # the second is open both ways, the third is not for vehicles
    assert list(zip(network.from_node, network.to_node, strict=True)) == [(0, 1), (1, 2), (2, 1)]
    assert network.capacity.tolist() == [2000.0, 800.0, 800.0]
    assert network.free_time.tolist() == [2.0, 2.0, 2.0]
    assert network.toll.tolist() == [0.0, 1.5, 1.5]
    assert network.b.tolist() == [0.15] * 3
    assert network.n_lanes.tolist() == [2, 1, 1]
    demand = gmns.read_demand(tmp_path / "demand.csv", network)
    assert demand.volume.tolist() == [150.0, 5.0]


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("links", "2,20,30", "2,20,31", "link.csv:3:1: to_node_id: node 31 is not in node.csv"),
        ("links", "false", "perhaps", "link.csv:3:1: directed: 'perhaps' (allowed: true, false)"),
        ("links", "1000,60", "1000,", "link.csv:2:1: free_speed: is missing, and there is no vdf_fftt"),
        ("links", "1000,60", "many,60", "link.csv:2:1: capacity: 'many' is not a number"),
        ("links", "from_node_id", "from", "link.csv:1:1: from_node_id: no such column"),
        ("nodes", "20,1,0,", "10,1,0,", "node.csv:3:1: node_id: node 10 is there twice"),
        ("demand", "2,1,5", "3,1,5", "demand.csv:4:1: o_zone_id: zone 3 has no node"),
        ("demand", "2,1,5", "2,1,-5", "demand.csv:4:1: volume: -5 is too small"),
    ],
)
def test_broken_tables_say_where(tmp_path, part, old, new, message):
    given = {"nodes": NODES, "links": LINKS, "demand": DEMAND}
    given[part] = given[part].replace(old, new)
    folder = write(tmp_path, **given)
    with pytest.raises(InvalidFilesError) as error:
        gmns.read_demand(folder / "demand.csv", gmns.read_network(folder))
    assert message in str(error.value)

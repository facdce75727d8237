"""Reading TNTP files, whole and broken."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.traffic.tables import tntp

NETWORK = """<NUMBER OF ZONES> 2\t
<NUMBER OF NODES> 4
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 3
<ORIGINAL HEADER>~ \tInit node ...
<END OF METADATA>\t

~ \tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t3\t10\t1.5\t2\t0.15\t4\t0\t3\t1\t;
\t3\t4\t10\t1\t2\t0.15\t4\t0\t0\t1;
3 2 10 1 0 0 0 ;
"""
TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 7.5
<END OF METADATA>

~ a comment
Origin \t1
    1 :  1.0;    2 :  6.5;
Origin 2
"""


def write(folder, text):
    path = folder / "it.tntp"
    path.write_text(text)
    return path


def test_network_is_read(tmp_path):
    network = tntp.read_network(write(tmp_path, NETWORK))
    assert (network.n_nodes, network.n_links, network.n_zones) == (4, 3, 2)
    assert network.is_through.tolist() == [False, False, True, True]
    assert network.from_node.tolist() == [0, 2, 2]
    assert network.toll.tolist() == [3.0, 0.0, 0.0]
    assert network.length.tolist() == [1.5, 1.0, 1.0]
    assert network.link_label(1) == "3-4"


def test_demand_is_read_also_packed(tmp_path):
    demand = tntp.read_demand(write(tmp_path, TRIPS), n_zones=2)
    assert demand.origin.tolist() == [0, 0]
    assert demand.destination.tolist() == [0, 1]
    assert demand.total == demand.declared_total == 7.5
    packed = tmp_path / "it.tntp.gz"
    packed.write_bytes(gzip.compress(TRIPS.encode()))
    assert tntp.read_demand(packed).volume.tolist() == [1.0, 6.5]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\t3\t4\t10", "\t3\t5\t10", "it.tntp:10:1: term_node: node 5 (allowed: 1 to 4)"),
        ("\t3\t4\t10", "\t3\t4\tten", "it.tntp:10:1: capacity: 'ten' is not a number"),
        ("\t3\t4\t10", "\t3\t4\t-1", "it.tntp:10:1: capacity: -1 is too small"),
        ("\t3\t4\t10", "\t3\t4\t0", "it.tntp:10:1: capacity: no capacity, but a time that depends on it"),
        ("3 2 10 1 0 0 0 ;", "3 2 10", "it.tntp:11:1: a link needs 7 columns or more, here are 3"),
        ("3 2 10 1 0 0 0 ;", "", "NUMBER OF LINKS: 2 links, but the header says 3"),
        ("<NUMBER OF NODES> 4", "", "NUMBER OF NODES: is missing in the header"),
        ("<NUMBER OF NODES> 4", "<NUMBER OF NODES> x", "it.tntp:2:1: NUMBER OF NODES: 'x' is not a number"),
        ("<END OF METADATA>", "", "no line <END OF METADATA>"),
    ],
)
def test_broken_network_says_where(tmp_path, old, new, message):
    with pytest.raises(InvalidFilesError) as error:
        tntp.read_network(write(tmp_path, NETWORK.replace(old, new)))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2 :  6.5", "3 :  6.5", "it.tntp:7:1: destination: zone '3' (allowed: 1 to 2)"),
        ("2 :  6.5", "2 :  -1", "it.tntp:7:1: trips: -1 is too small"),
        ("2 :  6.5", "2 6.5", "it.tntp:7:1: '2 6.5'"),
        ("2 :  6.5", "2 :  nan", "it.tntp:7:1: trips: 'nan' is not finite"),
        ("Origin \t1\n", "", "it.tntp:6:1: trips before any 'Origin' line"),
        ("Origin 2", "Origin two", "it.tntp:8:1: origin: 'two' is not a number"),
    ],
)
def test_broken_demand_says_where(tmp_path, old, new, message):
    with pytest.raises(InvalidFilesError) as error:
        tntp.read_demand(write(tmp_path, TRIPS.replace(old, new)))
    assert message in str(error.value)


def test_all_faults_come_at_once_up_to_a_limit(tmp_path):
    with pytest.raises(InvalidFilesError) as error:
        tntp.read_network(write(tmp_path, NETWORK.replace("\t10\t", "\tx\t")))
    assert len(error.value.problems) == 2
    many = NETWORK.replace("LINKS> 3", "LINKS> 103") + "1 2 x 1 1 1 1 ;\n" * 100
    with pytest.raises(InvalidFilesError) as error:
        tntp.read_network(write(tmp_path, many))
    assert len(error.value.problems) == 20


def test_flows_and_nodes(tmp_path):
    flows = tntp.read_flows(write(tmp_path, "From\tTo\tVolume\tCost\n1 \t3 \t7.5 \t1.25 \n"))
    assert (flows.from_name[0], flows.to_name[0], flows.volume[0], flows.cost[0]) == (1, 3, 7.5, 1.25)
    older = tntp.read_flows(
        write(tmp_path, "<NUMBER OF NODES> 2\n~ Tail Head : Volume Cost ;\n1 2 : 3 4 ;\n")
    )
    assert older.volume.tolist() == [3.0]
    names, at = tntp.read_nodes(write(tmp_path, "Node\tX\tY\t;\n1\t-96.5\t43.25\t;\n"))
    assert names.tolist() == [1]
    assert at.tolist() == [[-96.5, 43.25]]
    with pytest.raises(InvalidFilesError, match="holds no rows"):
        tntp.read_nodes(write(tmp_path, "Node X Y\n"))


def test_unreadable_files(tmp_path):
    with pytest.raises(InvalidInputError, match="cannot read"):
        tntp.read_network(tmp_path / "none.tntp")
    path = tmp_path / "cut.tntp.gz"
    path.write_bytes(gzip.compress(TRIPS.encode())[:30])
    with pytest.raises(InvalidInputError, match="cannot read"):
        tntp.read_demand(path)
    path = tmp_path / "binary.tntp"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInputError, match="not a text file"):
        tntp.read_demand(path)


@pytest.mark.parametrize(
    ("name", "nodes", "links", "zones", "trips"),
    [
        ("SiouxFalls", 24, 76, 24, 360600.0),
        ("Anaheim", 416, 914, 38, 104694.4),
        ("Braess", 4, 5, 2, 6.0),
        ("ChicagoSketch", 933, 2950, 387, 1260907.44),
        ("berlin-mitte-center", 398, 871, 36, 11481.924),
    ],
)
def test_published_networks(data_folder, name, nodes, links, zones, trips):
    folder = data_folder / "traffic" / "tntp"
    network = tntp.read_network(folder / f"{name}_net.tntp")
    assert (network.n_nodes, network.n_links, network.n_zones) == (nodes, links, zones)
    path = folder / f"{name}_trips.tntp"
    demand = tntp.read_demand(path if path.exists() else folder / f"{name}_trips.tntp.gz", n_zones=zones)
    assert demand.total == pytest.approx(trips, rel=1e-9)
    assert np.all(np.diff(demand.origin * zones + demand.destination) > 0)

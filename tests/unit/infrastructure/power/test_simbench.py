"""SimBench folders: a small one by hand, and what is said of tables that cannot be used."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidFilesError
from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.simbench import read_simbench

TABLES = {
    "Node": """id;type;vmSetp;vaSetp;vmR;vmMin;vmMax;substation;coordID;subnet;voltLvl
hv;double busbar;1.02;0.0;110;0.9;1.1;NULL;c1;HV1;3
mv;busbar;NULL;NULL;20;0.9;1.1;NULL;c2;MV1;5
mv behind;auxiliary;NULL;NULL;20;0.9;1.1;NULL;c2;MV1;5
town;busbar;NULL;NULL;20;0.9;1.1;NULL;NULL;MV1;5
""",
    "Coordinates": "id;x;y;subnet;voltLvl\nc1;9.1;52.1;HV1;3\nc2;9.2;52.2;MV1;5\n",
    "LineType": "id;r;x;b;iMax;type\ncable;0.206;0.122;72.3;319;cable\n",
    "Line": """id;nodeA;nodeB;type;length;loadingMax;subnet;voltLvl
line 1;mv behind;town;cable;2;100;MV1;5
line 2;mv;town;cable;1;100;MV1;5
""",
    "TransformerType": """id;sR;vmHV;vmLV;va0;vmImp;pCu;pFe;iNoLoad;tapable;tapside;dVm;dVa;tapNeutr;tapMin;tapMax
40;40;110;20;150;16.2;136;18;0.05;1;HV;1.5;0;0;-9;9
""",
    "Transformer": """id;nodeHV;nodeLV;type;tappos;autoTap;autoTapSide;loadingMax;substation;subnet;voltLvl
trafo;hv;mv;40;2;0;NULL;100;NULL;MV1;4
""",
    "Switch": """id;nodeA;nodeB;type;cond;substation;subnet;voltLvl
cb;mv;mv behind;CB;1;NULL;MV1;5
""",
    "ExternalNet": """id;node;calc_type;dspf;pExtNet;qExtNet;pWardShunt;qWardShunt;subnet;voltLvl
grid;hv;vavm;1;NULL;NULL;NULL;NULL;HV1;3
""",
    "Load": "id;node;profile;pLoad;qLoad;sR;subnet;voltLvl\nhouses;town;H0;9;3;9.5;MV1;5\n",
    "RES": """id;node;type;profile;calc_type;pRES;qRES;sR;subnet;voltLvl
roofs;mv;PV;PV1;pq;3;0;3;MV1;5
""",
}


@pytest.fixture
def write(tmp_path):
    """Write the folder after a change: table, what is replaced, by what."""

    def written(table="", old="", new=""):
        for name, text in TABLES.items():
            if name == table:
                assert old in text
            changed = text.replace(old, new) if name == table else text
            (tmp_path / f"{name}.csv").write_text(changed)
        return tmp_path

    return written


def test_flows_and_values(write):
    found = read_simbench(write())
    network = found.network
    assert network.bus_names == ("hv", "mv", "town")  # the closed breaker joins two
    flow = dict(zip(network.branch_names, DcGrid(network).flow_mw, strict=True))
    assert flow["trafo"] == pytest.approx(6.0)
    assert flow["line 1"] == pytest.approx(3.0)
    assert flow["line 2"] == pytest.approx(6.0)
    rating = dict(zip(network.branch_names, network.rating_mw, strict=True))
    assert rating["line 1"] == pytest.approx(np.sqrt(3.0) * 20.0 * 0.319)
    assert rating["trafo"] == 40.0
    assert (network.x[0], network.y[1]) == (9.1, 52.2)
    susceptance = dict(zip(network.branch_names, network.susceptance_mw, strict=True))
    assert susceptance["line 1"] == pytest.approx(20.0**2 / (2.0 * 0.122))
    # 16.2 % and 0.34 % of 40 MVA; the tap stands two steps of 1.5 % up
    x = np.sqrt(0.162**2 - 0.0034**2)
    assert susceptance["trafo"] == pytest.approx(40.0 / x / 1.03, rel=1e-4)


def test_an_open_breaker_takes_its_line_off(write):
    network = read_simbench(write("Switch", "CB;1", "CB;0")).network
    flow = dict(zip(network.branch_names, DcGrid(network).flow_mw, strict=True))
    assert flow["line 1"] == pytest.approx(0.0)
    assert flow["line 2"] == pytest.approx(9.0)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("Line", "line 2;mv;", "line 2;mw;", "Line.csv:3:8: nodeA: 'mw' is not there"),
        ("Line", "cable;1;", "cable;one;", "Line.csv:3:22: length: 'one'"),
        ("Line", "cable;1;", "cable;-1;", "Line.csv:3:22: length: '-1'"),
        ("Line", ";length", ";laenge", "Line.csv:1:1: length: the column is missing"),
        ("Line", "line 2;mv;town;", "line 2;mv;", "Line.csv:3:1: 7 values"),
        ("LineType", "0.122", "", "LineType.csv:2:13: x: is missing"),
        ("Transformer", "mv;40", "mv;41", "Transformer.csv:2:13: type: '41' is not there"),
        ("Node", "town;", "mv;", "Node.csv:5:1: id: 'mv' is there twice"),
        ("ExternalNet", "vavm", "pq", "ExternalNet.csv:2:9: calc_type: 'pq' is not there"),
        ("ExternalNet", TABLES["ExternalNet"].split("\n")[1], "", "ExternalNet.csv:1:1: there is none"),
        ("Load", "9;3", "nine;3", "Load.csv:2:16: pLoad: 'nine'"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place(write, table, old, new, said):
    with pytest.raises(InvalidFilesError) as raised:
        read_simbench(write(table, old, new))
    assert said in str(raised.value)


def test_all_problems_are_told_at_once(write):
    folder = write("Load", "houses;town", "houses;village")
    (folder / "RES.csv").write_text(TABLES["RES"].replace(";3;0;3", ";much;0;3"))
    with pytest.raises(InvalidFilesError) as raised:
        read_simbench(folder)
    assert len(raised.value.problems) == 2


def test_a_missing_table_is_named(write):
    folder = write()
    (folder / "ExternalNet.csv").unlink()
    with pytest.raises(InvalidFilesError, match=r"ExternalNet\.csv: the table is missing"):
        read_simbench(folder)

"""The grid of a file above a city: what fails in it reaches the city, exactly, and back."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError

CASE = """function mpc = tiny
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
\t1\t3\t0\t0\t0\t0\t1\t1\t0\t110\t1\t1.1\t0.9;
\t2\t1\t50\t15\t0\t0\t1\t1\t0\t110\t1\t1.1\t0.9;
\t3\t1\t0.02\t0\t0\t0\t1\t1\t0\t110\t1\t1.1\t0.9;
];
mpc.gen = [
\t1\t50\t0\t99\t-99\t1.02\t100\t1\t200\t0;
];
mpc.branch = [
\t1\t2\t0.01\t0.1\t0\t80\t0\t0\t0\t0\t1\t-360\t360;
\t2\t3\t0.01\t0.1\t0\t80\t0\t0\t0\t0\t1\t-360\t360;
\t1\t3\t0.01\t0.1\t0\t80\t0\t0\t0\t0\t0\t-360\t360;
];
"""
HANG = {
    "time": {"duration": 300},
    "infrastructure": {"hour_load": 1},
    "hazards": {"storm": {"kind": "asset_failure", "assets": "line_1", "start": 5, "lasts": 60}},
}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Return the path of the file: the city hangs at bus 3, behind line 1; line 2 is out of service."""
    path = tmp_path_factory.mktemp("grid") / "tiny.m"
    path.write_text(CASE)
    return str(path)


@pytest.fixture(scope="module")
def hanging(room, case):
    """Return a function that gives the scenario with some changes."""
    return lambda **more: room(HANG, {"infrastructure": {"power": {"network": case, "at": 3, **more}}})


@pytest.fixture(scope="module")
def dark(hanging, start):
    """Return a run in which the line that feeds the city is broken from 5 to 65 s, at 100 s."""
    return start(hanging(), until=100.0)


def levels(simulation, kind):
    rows = simulation.world.assets.of_kind(kind)
    return simulation.world.asset_states.level[rows]


def test_a_broken_line_above_leaves_the_city_in_the_dark_and_says_why(dark):
    events = dark.world.events
    fell = [
        k
        for k in range(len(events))
        if events.kind[k] == b"level_fell" and events.subject[k].startswith(b"block")
    ]
    assert fell
    assert int(events.tick[fell[0]]) >= 500
    kinds, event = [], fell[0]
    while True:
        kinds.append(events.kind[event])
        causes = events.causes[event].decode()
        if not causes:
            break
        event = int(causes.split(",")[0])
    assert kinds[-1] == b"assets_failed"
    assert b"branch_failed" in kinds


def test_it_is_lit_again_once_the_line_is_repaired(dark):
    """A part that was lost is built up again step by step, which takes longer than this run."""
    assert b"branch_repaired" in dark.world.events.kind.tolist()
    lines = dark.world.assets.of_kind("line")
    names = [dark.world.assets.ids[row] for row in lines]
    assert dict(zip(names, levels(dark, "line"), strict=True))["line_1"] == 1.0


def test_the_citys_load_is_part_of_what_its_bus_draws(hanging, start):
    simulation = start(hanging())
    grid = simulation.systems.infrastructure.supplies[0].grid
    city = grid.load_mw[: grid.bus("grid_bus_1")].sum()
    assert 0.0 < city < 0.02
    assert grid.load_mw[grid.bus("grid_bus_3")] == pytest.approx(0.02 - city)
    assert grid.load_mw.sum() == pytest.approx(50.02)
    assert grid.flow_mw[grid.branch("link_grid_supply_1")] == pytest.approx(-city)
    assert grid.flow_mw[grid.branch("line_0")] == pytest.approx(50.02)


def test_without_a_bus_the_city_hangs_where_the_load_is_just_enough(hanging, start):
    grid = start(hanging(at=None)).systems.infrastructure.supplies[0].grid
    link = grid.branch("link_grid_supply_1")
    assert grid.network.bus_names[grid.network.to_bus[link]] == "grid_bus_3"


def test_a_stopped_plant_takes_everything_down(hanging, start, dark):
    stop = {"hazards": {"storm": {"kind": "asset_failure", "assets": "plant_0", "start": 5}}}
    simulation = start(hanging().with_(hazards=stop["hazards"]), until=20.0, city=dark.city)
    assert (levels(simulation, "block") == 0.0).all()


@pytest.mark.parametrize("moment", [5.0, 20.33, 66.0])
def test_a_branch_goes_on_exactly(hanging, start, dark, moment):
    walking = start(hanging(), until=moment, city=dark.city)
    fresh = start(hanging(), city=dark.city)
    fresh.take_over(walking.capture())
    fresh.run_until(100.0)
    assert fresh.digest.parts == dark.digest.parts


def test_the_file_is_in_the_scenario(hanging, case, start, tmp_path):
    """The resolved text needs no file."""
    from impetus_sim.scenario.load import read_scenario_text

    scenario = hanging()
    again = read_scenario_text(scenario.to_text())
    assert again.digest == scenario.digest
    assert case not in scenario.to_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": 7}, "has no bus 'bus_7'"),
        ({"at": {"substation_9": 3}}, "the city has no 'substation_9'"),
    ],
)
def test_what_the_city_cannot_hang_on(hanging, start, change, said):
    with pytest.raises(InvalidInputError, match=said):
        start(hanging(**change))


def test_a_fault_of_the_file_has_its_place(room, start, tmp_path):
    bad = tmp_path / "bad.m"
    bad.write_text(CASE.replace("\t2\t3\t0.01", "\t2\tthree\t0.01"))
    with pytest.raises(InvalidInputError, match=r"infrastructure.power.network: bad.m:14:4: 'three'"):
        start(room(HANG, {"infrastructure": {"power": {"network": str(bad)}}}))


def test_every_substation_may_have_a_bus_of_its_own(hanging, start, dark):
    grid = start(hanging(at={"substation_1": 3}), city=dark.city).systems.infrastructure.supplies[0].grid
    network = grid.network
    ring = [row for row, name in enumerate(network.branch_names) if name.startswith("ring_")]
    assert not network.is_in[ring].any()
    assert np.isfinite(grid.flow_mw).all()
    assert grid.is_live[grid.bus("grid_supply_1")]

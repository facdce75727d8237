"""Lines in a run: buses on streets, people who come on foot and others, closures, checkpoints, threads."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError

pytestmark = pytest.mark.slow

BY_FOOT = "way out south-west 1"
SQUARE = {"place": {"xy": [78, 75]}, "name": "square", "exit": BY_FOOT}
NORTH = {"place": {"xy": [186, 369]}, "name": "north"}
EAST = {"place": {"xy": [369, 186]}, "name": "east"}
LINES = {
    "crowd": {
        "links": None,
        "populations": {"through": None, "visitors": None, "here": {"exits": [BY_FOOT]}},
    },
    "time": {"duration": 900},
    "traffic": {
        "lines": {
            "out": {
                "kind": "line", "stops": [SQUARE, NORTH, EAST], "vehicles": 2, "seats": 25, "every": 120,
                "first": 60, "leaves_full": True,
            },
        },
        "passengers": {
            "visitors": {"origin": "north", "destination": "east", "people": 30, "start": 0, "end": 300},
            "hasty": {"origin": "north", "people": 5, "start": 0, "end": 10, "walk_after": 5},
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def recording(town):
    return simulate(town(LINES), seed=1, check=True)


def test_everybody_rides_or_walks_and_the_two_buses_go_round(recording):
    counts = recording.counts()
    states = {name: counts[f"riders_{name}"] for name in ("waiting", "on_board", "delivered", "walked")}
    # people who have come by foot are told once a second, those at stops come over five minutes
    assert sum(column[-1] for column in states.values()) == 60 + 35
    assert states["walked"][-1] == 5 and states["delivered"][-1] == 90 and states["waiting"].max() > 0
    assert states["on_board"].max() <= 50
    calls, plan = recording.tables("transit_calls"), recording.static("transit_call_plan")
    first = plan["stop"] == 0
    served = np.asarray(calls["vehicle"])[first]
    assert set(served[:4].tolist()) == {0, 1} and served[2] >= 0
    assert np.asarray(calls["n_on"]).sum() == np.asarray(calls["n_off"]).sum() == 90
    names = recording.static("transit_stops")["name"]
    assert [str(name) for name in names] == ["square", "north", "east"]


def test_a_bus_stands_before_its_stop_on_the_right_and_is_no_trip(town):
    simulation = Simulation(town(LINES), seed=1)
    traffic = simulation.systems.traffic
    links, service = traffic.flow.links, traffic.service
    place = service.plan.runs.place[:3]
    link = place - links.n_nodes
    ends = traffic.streets.points[traffic.streets.first[link + 1] - 1]
    # those who drive east have the stop at the top on their left, so buses come from the east; at the right edge
    # north
    assert ends.tolist() == [[78, 78], [150, 366], [366, 222]]
    assert service.plan.stops.moved_m.tolist() == pytest.approx([3.0, np.hypot(36, 3), np.hypot(36, 3)])
    described = traffic.describe()["vehicles"]
    assert described["in_service"].sum() == 2 and (described["origin"] < links.n_nodes).all()


@pytest.mark.slow
def test_restored_run_is_the_run_never_stopped(town, recording, tmp_path):
    half = Simulation(town(LINES), seed=1)
    half.run_until(150.0)
    assert (half.systems.traffic.service.carriers.state == 2).any()
    assert half.systems.traffic.service.carriers.n_aboard.sum() > 0
    branch = Simulation.restore(half.checkpoint(tmp_path / "half.h5"))
    branch.run_until(900.0)
    assert branch.digest.value == recording.summary["digest"]


@pytest.mark.slow
def test_one_thread_gives_the_same(town, recording):
    assert simulate(town(LINES), seed=1, threads=1).summary["digest"] == recording.summary["digest"]


@pytest.mark.slow
def test_a_closure_between_two_stops_is_driven_round(town, recording):
    closed = {
        "interventions": {
            "closed": {"kind": "road_closure", "at": {"box": [100, 290, 260, 372]}, "at_time": 1}
        },
        "time": {"duration": 300},
    }
    run = simulate(town(LINES, closed), seed=1, check=True)
    calls = run.tables("transit_calls")
    left_out = np.asarray(calls["arrived_us"])[1]
    assert left_out == -1 and np.asarray(calls["arrived_us"])[2] > 0


def _line(**changes):
    return {"lines": {"out": changes}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_line(stops=[SQUARE, {"place": {"xy": [186, 300]}, "name": "square"}]), "two stops are named"),
        (_line(stops=[SQUARE, NORTH | {"exit": BY_FOOT}]), "two are behind exit"),
        (_line(stops=[SQUARE, NORTH | {"exit": "nowhere"}]), "nowhere"),
        (_line(first=1000), "no bus leaves before the end"),
        (
            {"passengers": {"visitors": {"origin": "east", "destination": "north"}}},
            "no line goes from 'east'",
        ),
    ],
)
def test_lines_that_cannot_be_run_are_refused(town, change, said):
    with pytest.raises(InvalidInputError, match=said):
        others = {} if "passengers" in change else {"traffic": {"passengers": None}}
        Simulation(town(LINES, others, {"traffic": change}), seed=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stops": [SQUARE]}, "1 stops"),
        ({"every": None}, "needs `every` or `departures`"),
        ({"departures": [60, 120]}, "needs `every` or `departures`"),
        ({"every": None, "departures": [120, 60]}, "not in the order of time"),
    ],
)
def test_lines_that_make_no_sense_are_refused_when_read(town, change, said):
    with pytest.raises(InvalidInputError, match=said):
        town(LINES, {"traffic": {"lines": {"out": change}}})

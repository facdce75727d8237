"""Gates: walls while closed, nothing while open; people find other ways; fences give way."""

import numpy as np
import pytest
import shapely

from impetus_sim.world.cut_off import CUT_OFF_M
from impetus_sim.world.gates import GateLine, cut_gates

LINE_X = 8.0


def gate(x=LINE_X, y0=0.0, y1=8.0, **more):
    return {"at": {"line": [[x, y0], [x, y1]]}} | more


@pytest.fixture
def begin(room, start):
    """Start the room with a gate across it, everybody in the west leaving through the east."""

    def run(gates=None, *, until=None, people=None, **more):
        guests = {"count": 30, "at": {"box": [1, 1, 5, 7]}, "activity": "leave", "exits": ["east"]}
        guests |= {"premovement": "none"} | (people or {})
        crowd = {"gates": {"gate": gate()} if gates is None else gates, "populations": {"guests": guests}}
        crowd |= more.pop("crowd", {})
        return start(room({"crowd": crowd, "time": {"duration": 90}}, more), until=until)

    return run


def close_at(t, **more):
    return {"shut": {"kind": "gate_control", "gate": "gate", "action": "close", "at_time": t} | more}


def crossings(simulation, until, x=LINE_X):
    """Run, and return the times at which somebody inside passes the line."""
    people, times = simulation.crowd.people, []
    was = [people.x.copy(), people.state.copy()]

    def note(s):
        passed = (was[0] - x) * (people.x - x) < 0.0
        times.extend([s.time_s] * int((passed & (was[1] == 1) & (people.state == 1)).sum()))
        was[0], was[1] = people.x.copy(), people.state.copy()

    simulation.run_until(until, after_tick=note)
    return np.array(times)


def test_a_closed_gate_is_a_wall_and_people_wait_before_it(begin):
    simulation = begin(until=40)
    people = simulation.crowd.people
    assert (people.state == 1).all() and (people.x < LINE_X).all()
    assert people.x.max() > LINE_X - 0.6 and np.median(people.x) > 5.5


def test_an_open_gate_is_not_there(begin, room, start):
    opened = begin({"gate": gate(open=True)}, until=60)
    without = begin({}, until=60)
    # the last step of a sum may differ, for walls lie in the lists in another order; nobody takes another way
    assert opened.crowd.counts()["left"] == without.crowd.counts()["left"] == 30
    assert opened.crowd.people.left_tick == pytest.approx(without.crowd.people.left_tick, abs=1)


def test_a_gate_that_closes_and_opens_again(begin, events_of):
    """The road closes at 5 s and opens again at 25 s: nobody passes in between, everybody afterwards."""
    simulation = begin({"gate": gate(open=True)}, interventions=close_at(5, undo_after=20))
    times = crossings(simulation, 60)
    assert len(times) == 30
    assert not ((times > 5.0) & (times <= 25.0)).any()
    assert (times <= 5.0).any() and (times > 25.0).any()
    assert simulation.crowd.counts()["left"] == 30
    kinds = [row["kind"] for row in events_of(simulation)]
    assert kinds == ["ordered", "gate_closed", "gate_opened"]


def test_a_gate_closed_on_people_leaves_them_on_their_side(begin):
    simulation = begin({"gate": gate(open=True)}, interventions=close_at(4))
    simulation.run_until(4)
    people = simulation.crowd.people
    east = (people.x > LINE_X) & (people.state == 1)
    near = np.abs(people.x - LINE_X) < people.radius
    assert near.any()  # somebody's body is across the line
    assert not len(crossings(simulation, 40))
    assert (people.state[east] == 2).all()
    assert (people.x[people.state == 1] < LINE_X).all()


def test_people_go_round_where_they_can(begin):
    """The gate leaves 2 m free at the north wall."""
    simulation = begin({"gate": gate(y1=6.0)}, until=60)
    assert simulation.crowd.counts()["left"] == 30


def test_those_cut_off_choose_another_exit_at_once(begin):
    people = {"exits": ["east", "west"], "at": {"box": [6.8, 1, 7.4, 7]}, "count": 8, "profiles": "slow"}
    simulation = begin(
        {"gate": gate(open=True)},
        people=people,
        crowd={"exit_choice": {"taste": 0}, "profiles": {"slow": {"desired_speed": 0.4}}},
        interventions=close_at(1),
        until=1,
    )
    goal = simulation.crowd.people.goal
    assert (goal == 0).all()  # all for the east
    simulation.run_until(1.1)
    assert (simulation.crowd.people.x < LINE_X).all() and (goal == 1).all()
    simulation.run_until(60)
    assert simulation.crowd.counts()["left"] == 8


def test_costs_beyond_a_closed_gate(begin):
    simulation = begin()
    ground, costs = simulation.world.ground, simulation.world.goals.costs[0]

    def at(x, y):
        return costs[int((y - ground.y0) / ground.cell), int((x - ground.x0) / ground.cell)]

    assert at(9.0, 4.0) < 5.0 and CUT_OFF_M < at(4.0, 1.5) < CUT_OFF_M + 20.0
    assert at(LINE_X, 4.0) == np.inf


def test_a_fence_gives_way_at_its_time(begin, events_of):
    fall = {"fall": {"kind": "fence_falls", "gate": "gate", "start": 12}}
    simulation = begin(hazards=fall)
    times = crossings(simulation, 60)
    assert times.min() > 12.0 and simulation.crowd.counts()["left"] == 30
    failed, opened = events_of(simulation)
    assert (failed["kind"], failed["subject"], failed["tick"]) == ("fence_failed", "fall", 1200)
    assert (opened["kind"], opened["causes"]) == ("gate_opened", [failed["id"]])


def test_a_fence_gives_way_under_the_crowd_and_something_follows(begin, events_of):
    fall = {"fall": {"kind": "fence_falls", "gate": "gate", "density": 1.5, "lasting": 3}}
    after = {"shut": {"kind": "exit_control", "exit": "east", "action": "close", "after": "fall", "delay": 2}}
    simulation = begin(hazards=fall, interventions=after, until=40)
    rows = events_of(simulation)
    assert [row["kind"] for row in rows] == ["fence_failed", "gate_opened", "ordered", "exit_closed"]
    assert rows[0]["tick"] > 300 and rows[2]["causes"] == [rows[0]["id"]]
    assert simulation.world.gates.density[0] >= 0.0 and "crowd_loads_fences" in simulation.couplings


def test_a_strong_fence_stands(begin, events_of):
    fall = {"fall": {"kind": "fence_falls", "gate": "gate", "density": 9.0}}
    simulation = begin(hazards=fall, until=40)
    assert not events_of(simulation) and simulation.world.gates.density[0] > 1.0


def test_a_cordon_closes_gates_while_it_stands(begin, events_of):
    hold = {"kind": "cordon", "at": {"box": [9, 0, 11, 8]}, "gates": ["gate"], "at_time": 5, "hold_for": 15}
    simulation = begin({"gate": gate(open=True)}, interventions={"line": hold})
    times = crossings(simulation, 60)
    assert not ((times > 5.0) & (times <= 20.0)).any() and len(times) == 30
    rows = events_of(simulation)
    closed, opened = (
        next(row for row in rows if row["kind"] == kind) for kind in ("gate_closed", "gate_opened")
    )
    assert rows[closed["causes"][0]]["kind"] == "cordon_set" and opened["tick"] == 2000


def test_pictures_show_gates_and_queues(begin, tmp_path):
    from impetus_sim.analysis.ways import read_ways
    from impetus_sim.engine.record import simulate
    from impetus_sim.report.scene import read_scene
    from impetus_sim.report.situation import plot_situation

    queue = {"kind": "queue", "line": {"line": [[5, 2], [2, 2]]}}
    people = {"journey": "check"}
    shut = close_at(5, undo_after=20)
    simulation = begin(
        {"gate": gate(open=True)}, people=people, crowd={"stages": {"check": queue}}, interventions=shut
    )
    recording = simulate(simulation.scenario, seed=3, path=tmp_path / "run.h5")
    ways = read_ways(recording)
    (mark,), (line,) = ways.gates, ways.queues
    assert [mark.is_open(t) for t in (0, 4.9, 5.0, 24.9, 25.0, None)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]
    assert line.line[0].tolist() == [5, 2] and line.desks.tolist() == [[6, 2]]
    plot_situation(recording, read_scene(recording), t_s=10.0)


def test_gates_are_drawn_on_to_walls_close_by():
    room = shapely.box(0, 0, 10, 4)
    short = GateLine(name="short", geometry=shapely.LineString([(5, 0.15), (5, 3.0)]))
    across = GateLine(name="across", geometry=shapely.LineString([(7, -2), (7, 9)]))
    segments, of_gate = cut_gates(room, [short, across])
    assert segments[of_gate == 0].tolist() == [[5, 0, 5, 0.15], [5, 0.15, 5, 3.0]]
    assert segments[of_gate == 1].tolist() == [[7, 0, 7, 4]]

"""Storeys: nobody is lost, appears on others or goes where they cannot; stairs, escalators and lifts keep time."""

import json

import numpy as np
import pytest
import shapely

from impetus_sim.crowd.population import BETWEEN, INSIDE, LEFT
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import read_scenario_text

DOOR = {"name": "door", "wall": "east", "width": 2.0}
STAIR = {
    "kind": "stair", "length": 10.0, "up_factor": 0.5, "down_factor": 0.8,
    "lower": {"storey": "low", "line": [[4, 6], [6, 6]]},
    "upper": {"storey": "high", "line": [[4, 0], [6, 0]]},
}  # fmt: skip
ESCALATOR = {
    "kind": "escalator", "direction": "up",
    "lower": {"storey": "low", "line": [[9, 6], [10.2, 6]]},
    "upper": {"storey": "high", "line": [[9, 0], [10.2, 0]]},
}  # fmt: skip
LIFT = {
    "kind": "lift", "capacity": 4, "speed": 1.0, "door_time": 2.0, "dwell": 4.0,
    "stops": {
        "low": {"storey": "low", "line": [[7, 0], [8.2, 0]]},
        "high": {"storey": "high", "line": [[7, 6], [8.2, 6]]},
    },
}  # fmt: skip
EXACT = {"desired_speed": 1.0}


def plan(exits=()):
    return {"synthetic": {"kind": "room", "width": 12, "depth": 6, "exits": list(exits)}}


def document(connections, people, *, low_exits=(), high_exits=(DOOR,), **more):
    """Two rooms 12 x 6 m, one 5 m above the other; the one above is the scenario's map."""
    return {
        "title": "two storeys",
        "map": plan(high_exits),
        "time": {"duration": 300},
        "crowd": {
            "profiles": {"walker": EXACT},
            "storeys": {"high": {"elevation": 5}, "low": {"map": plan(low_exits), "elevation": 0}},
            "connections": connections,
            "populations": {
                name: {"activity": "leave", "profiles": "walker", **given} for name, given in people.items()
            },
        },
        **more,
    }


def below(count, **more):
    return {"count": count, "at": {"storey": "low", "box": [1, 1, 11, 5]}, **more}


@pytest.fixture
def begin(start):
    return lambda *args, **more: start(read_scenario_text(json.dumps(document(*args, **more))))


def follow(simulation, row=0, until=120.0):
    """Return time, x, y and state of one person after each step."""
    track = []
    people = simulation.crowd.people

    def note(s):
        track.append((s.time_s, people.x[row], people.y[row], people.state[row]))

    simulation.run_until(until, after_tick=note)
    return np.array(track)


def strip_of(simulation, name):
    return next(strip.shape for strip in simulation.systems.layout.strips if strip.name == name)


@pytest.mark.parametrize(("goes_up", "factor"), [(True, 0.5), (False, 0.8)])
def test_ten_metres_of_stair_take_ten_metres_over_the_speed(begin, goes_up, factor):
    if goes_up:
        simulation = begin({"stair": STAIR}, {"one": below(1)})
    else:
        people = {"one": {"count": 1, "at": {"box": [3, 2, 7, 5]}, "exits": ["low/door"]}}
        simulation = begin({"stair": STAIR}, people, low_exits=(DOOR,))
    west, south, east, north = strip_of(simulation, "stair").bounds
    t, x, y, _ = follow(simulation).T
    on = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    assert np.ptp(t[on]) == pytest.approx(10.0 / factor, rel=0.05)
    assert simulation.crowd.counts()["left"] == 1


def test_nobody_is_lost_or_put_on_others_and_a_jam_spills_back(begin):
    people = {"crowd": below(60, profiles="adult")}
    simulation = begin({"stair": STAIR | {"width": 1.2}}, people)
    table = simulation.crowd.people
    strip = strip_of(simulation, "stair")
    before = np.array([False] * len(table))
    waiting = 0
    while not simulation.is_over:
        simulation.run_until(simulation.time_s + 0.05)
        x, y = table.x, table.y
        inside = table.state == INSIDE
        on = inside & (x >= strip.bounds[0]) & (x <= strip.bounds[2])
        for i in np.flatnonzero(on & ~before):
            others = np.flatnonzero(on)
            apart = np.hypot(x[i] - x[others], y[i] - y[others])
            # those who were there have moved by one step, of at most 0.11 m, since
            assert np.sort(apart)[1:2].min(initial=9.0) > 2 * 0.2 - 0.12
        before = on
        edge = simulation.systems.layout.sheets["low"].bounds[3]
        near = inside & (np.abs(x - 5.0) < 2.0) & (np.abs(y - edge + 1.0) < 1.0)
        waiting = max(waiting, int(np.count_nonzero(near)))
    assert (table.state == LEFT).all()
    assert waiting >= 10


def test_a_stair_lets_in_what_handbooks_allow(begin):
    simulation = begin({"stair": STAIR | {"up_factor": None}}, {"crowd": below(70, profiles="adult")})
    table, strip = simulation.crowd.people, strip_of(simulation, "stair")
    arrived = []

    def note(s):
        is_past = (table.state == LEFT) | (table.x >= strip.bounds[0]) | (table.y > -1.0)
        arrived.append((s.time_s, np.count_nonzero(is_past)))

    simulation.run_until(60.0, after_tick=note)
    t, n = np.array(arrived).T
    flow = (np.interp(30.0, t, n) - np.interp(8.0, t, n)) / 22.0
    assert flow / 2.0 == pytest.approx(0.88, abs=0.12)


def test_opposite_streams_pass_on_a_stair(begin):
    people = {
        "up": below(10, exits=["door"]),
        "down": {"count": 10, "at": {"box": [1, 1, 11, 5]}, "exits": ["low/door"]},
    }
    simulation = begin({"stair": STAIR}, people, low_exits=(DOOR,))
    simulation.run_until(300.0)
    assert simulation.crowd.counts()["left"] == 20


def test_two_who_stand_in_each_others_way_at_a_line_swap(begin):
    people = {
        "up": {**below(1), "at": {"storey": "low", "box": [4.5, 4.5, 5.5, 5.5]}, "exits": ["door"]},
        "down": {"count": 1, "at": {"box": [4.5, 0.5, 5.5, 1.5]}, "exits": ["low/door"]},
    }
    narrow = {
        "kind": "ramp", "length": 30.0, "width": 0.8, "up_factor": 1.0, "down_factor": 1.0,
        "lower": {"storey": "low", "line": [[4.6, 6], [5.4, 6]]},
        "upper": {"storey": "high", "line": [[4.6, 0], [5.4, 0]]},
    }  # fmt: skip
    simulation = begin({"ramp": narrow}, people, low_exits=(DOOR,))
    table, strip = simulation.crowd.people, strip_of(simulation, "ramp")
    layout = simulation.systems.layout
    down, up = (
        int(k) for k in np.argsort([simulation.crowd.roster.populations[p] for p in table.population])
    )
    x0, y0 = strip.bounds[0], 0.5 * (strip.bounds[1] + strip.bounds[3])
    table.x[down], table.y[down] = x0 + 0.15, y0
    table.x[up], table.y[up] = 5.0, layout.sheets["low"].bounds[3] - 0.15
    simulation.run_until(3.0)
    assert shapely.contains_xy(strip, table.x[up], table.y[up])
    assert table.y[down] < 0.0 and table.x[down] < strip.bounds[0]


def test_an_escalator_takes_its_time_and_no_more_than_its_capacity(begin):
    simulation = begin({"escalator": ESCALATOR}, {"crowd": below(60, profiles="adult")})
    belt = simulation.crowd.behaviours[0].escalators.table
    begun = follow(simulation, until=30.0)
    rate = int(belt.n_carried[0]) / 30.0 * 60.0
    assert 60.0 <= rate <= 101.0
    t, _, _, state = np.concatenate([begun, follow(simulation, until=300.0)]).T
    riding = t[state == BETWEEN]
    assert np.ptp(riding) == pytest.approx(10.0 / 0.5, abs=0.11)  # 5 m up at 30 degrees
    assert simulation.crowd.counts()["left"] == 60


def test_a_stopped_escalator_is_a_stair_and_a_closed_one_is_none(begin):
    stop = {"kind": "connection_control", "connection": "escalator", "action": "stop", "at_time": 0.5}
    simulation = begin({"escalator": ESCALATOR}, {"one": below(1)}, interventions={"stop": stop})
    t, _, _, state = follow(simulation).T
    # half the rise in each metre: Weidmann's 0.610 / 1.34 horizontally, at a level speed of 1 m/s
    along = 0.610 / 1.34 / np.cos(np.radians(30.0))
    assert np.ptp(t[state == BETWEEN]) == pytest.approx(10.0 / along, rel=0.02)

    close = stop | {"action": "close"}
    both = {"escalator": ESCALATOR, "stair": STAIR}
    simulation = begin(both, {"some": below(10)}, interventions={"close": close})
    simulation.run_until(120.0)
    assert simulation.crowd.behaviours[0].escalators.table.n_carried[0] == 0
    assert simulation.crowd.counts()["left"] == 10


def test_a_lift_keeps_to_its_times(begin):
    simulation = begin({"lift": LIFT}, {"one": below(1)})
    t, _, _, state = follow(simulation).T
    # dwell 4 s with open doors, closing 2 s, 5 m at 1 m/s, opening 2 s
    assert np.ptp(t[state == BETWEEN]) == pytest.approx(4.0 + 2.0 + 5.0 + 2.0, abs=0.2)
    assert simulation.crowd.counts()["left"] == 1


def test_a_lift_takes_no_more_than_its_capacity_and_first_come_first_served(begin):
    simulation = begin({"lift": LIFT}, {"crowd": below(11)})
    riders = simulation.crowd.behaviours[0].riders
    since, boarded, most = {}, [], 0

    def note(s):
        nonlocal most
        on = np.flatnonzero(riders.connection >= 0)
        most = max(most, len(on))
        for i in np.flatnonzero(riders.since_tick >= 0):
            since.setdefault(int(i), int(riders.since_tick[i]))
        boarded.extend(int(i) for i in on if i not in boarded)

    simulation.run_until(200.0, after_tick=note)
    assert most == 4
    assert simulation.crowd.counts()["left"] == 11
    # trips of four, four and three: whoever rides in a later trip began to wait no sooner
    waits = [since[i] for i in boarded]
    assert max(waits[:4]) <= min(waits[4:8]) and max(waits[4:8]) <= min(waits[8:])


def test_wheelchairs_take_the_lift_and_the_others_the_stair(begin):
    people = {
        "chairs": below(3, profiles="wheelchair_user"),
        "walkers": {**below(20), "at": {"storey": "low", "box": [1, 3, 11, 5.5]}},
    }
    lift = LIFT | {"users": "step_free"}
    simulation = begin({"lift": lift, "stair": STAIR}, people)
    strip, table = strip_of(simulation, "stair"), simulation.crowd.people
    chairs = table.radius > 0.3
    used_stair = np.zeros(len(table), bool)

    def note(s):
        used_stair[(table.state == INSIDE) & (table.x > strip.bounds[0])] = True

    simulation.run_until(200.0, after_tick=note)
    assert (table.state == LEFT).all()
    assert not used_stair[chairs].any() and used_stair[~chairs].all()
    assert simulation.crowd.behaviours[0].lifts.table.n_carried[0] == 3


def test_who_cannot_get_out_is_named_before_the_run(begin):
    with pytest.raises(InvalidInputError, match="cannot use steps need a ramp or a lift"):
        begin({"stair": STAIR}, {"chairs": below(2, profiles="wheelchair_user")})


def test_a_lift_out_of_service_lets_everybody_out_and_people_find_another_way(begin):
    close = {"kind": "connection_control", "connection": "lift", "action": "close", "at_time": 8}
    both = {"lift": LIFT | {"dwell": 60.0}, "stair": STAIR | {"reluctance": 20}}
    simulation = begin(both, {"some": below(6)}, interventions={"close": close})
    simulation.run_until(7.5)
    assert (simulation.crowd.people.state == BETWEEN).any()
    simulation.run_until(200.0)
    assert simulation.crowd.counts()["left"] == 6


def test_a_restored_run_goes_on_bit_for_bit(begin, tmp_path):
    both = {"lift": LIFT, "stair": STAIR, "escalator": ESCALATOR}
    people = {"chairs": below(3, profiles="wheelchair_user"), "walkers": below(25, profiles="adult")}
    stop = {"kind": "connection_control", "connection": "escalator", "action": "stop", "at_time": 15}
    simulation = begin(both, people, interventions={"stop": stop})
    for moment in (9.0, 20.0):
        simulation.run_until(moment)
        simulation.checkpoint(tmp_path / f"at{moment:.0f}.h5")
    assert (simulation.crowd.people.state == BETWEEN).any()
    simulation.run_until(40.0)
    for moment in (9, 20):
        again = Simulation.restore(tmp_path / f"at{moment}.h5")
        again.run_until(40.0)
        assert again.digest.value == simulation.digest.value


def test_arrivals_walk_to_a_place_on_another_storey(begin):
    people = {
        "coming": {
            "count": 12, "at": {"storey": "low", "box": [2, 1, 10, 4]}, "activity": "stay",
            "arrive": {"through": "door", "start": 0, "end": 5},
        }
    }  # fmt: skip
    simulation = begin({"stair": STAIR}, people)
    simulation.run_until(100.0)
    table, low = simulation.crowd.people, simulation.systems.layout.sheets["low"].bounds
    assert (table.state == INSIDE).all() and (table.y > low[1] + 0.9).all() and (table.y < low[3] - 0.9).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lower": STAIR["upper"], "upper": STAIR["lower"]}, "'upper' is on low at 0 m, not above 'lower'"),
        ({"length": 4.0}, "a length of 4 m along the slope does not reach 5 m up"),
        ({"lower": {"storey": "cellar", "line": [[1, 0], [2, 0]]}}, "there is no storey 'cellar'"),
        ({"lower": {"storey": "low", "line": [[4, 3], [6, 3]]}}, "exit 'stair/lower' is 3.0 m away"),
        ({"lower": {"storey": "low", "box": [4, 5, 6, 6]}}, "is not a line"),
    ],
)
def test_faults_name_the_connection_and_what_to_do(begin, change, message):
    with pytest.raises(InvalidInputError, match=message):
        begin({"stair": STAIR | change}, {"some": below(2)})


def test_an_alarm_reaches_as_far_as_it_is_in_space(begin):
    alarm = {"kind": "false_alarm", "at": {"xy": [6, 3]}, "start": 1, "believed_share": 1.0}
    people = {"crowd": {**below(12), "activity": "stay"}}
    near = begin({"stair": STAIR}, people, hazards={"alarm": alarm | {"noticed_within": 10}})
    near.run_until(2.0)
    assert (near.crowd.people.aware_tick >= 0).all()
    # nobody of those below is nearer than the floor is high
    far = begin({"stair": STAIR}, people, hazards={"alarm": alarm | {"noticed_within": 4.9}})
    far.run_until(2.0)
    assert (far.crowd.people.aware_tick < 0).all()


def test_a_recording_says_where_storeys_lie_and_pictures_name_them(begin, tmp_path):
    from matplotlib.figure import Figure

    from impetus_sim.engine.record import simulate
    from impetus_sim.report.scene import draw_scene, read_scene

    text = json.dumps(document({"stair": STAIR, "lift": LIFT}, {"some": below(6)}))
    recording = simulate(read_scenario_text(text), path=tmp_path / "run.h5", check=True)
    scene = read_scene(recording)
    assert [(sheet.name, sheet.elevation_m) for sheet in scene.ground.sheets] == [
        ("high", 5.0), ("low", 0.0), ("stair", None),
    ]  # fmt: skip
    assert [way.name for way in scene.ground.exits] == ["door"]
    assert len(scene.ground.passages) == 6
    axes = Figure().add_subplot()
    draw_scene(axes, scene)
    assert {"high, +5 m", "low, +0 m", "stair"} <= {text.get_text() for text in axes.texts}
    counts = recording.counts()
    assert (counts["entered"] == counts["inside"] + counts["away"] + counts["left"]).all()
    assert counts["away"].max() >= 0 and counts["left"][-1] == 6


@pytest.mark.parametrize("width", [1.0, 1.4, 1.8])
def test_the_flow_down_two_storeys_rises_with_the_width_of_the_stairs(start, width):
    tree = document({}, {"top": {**below(60), "at": {"storey": "top", "box": [1, 1, 11, 5]}}})
    tree["crowd"]["storeys"] = {
        "high": {"elevation": 0}, "middle": {"map": plan(), "elevation": 3}, "top": {"map": plan(), "elevation": 6},
    }  # fmt: skip
    flight = {"kind": "stair", "width": width}
    tree["crowd"]["connections"] = {
        "first": flight | {
            "lower": {"storey": "high", "line": [[1, 6], [3, 6]]},
            "upper": {"storey": "middle", "line": [[1, 0], [3, 0]]},
        },
        "second": flight | {
            "lower": {"storey": "middle", "line": [[8, 6], [10, 6]]},
            "upper": {"storey": "top", "line": [[8, 0], [10, 0]]},
        },
    }  # fmt: skip
    simulation = start(read_scenario_text(json.dumps(tree)), until=250.0)
    left = np.sort(simulation.crowd.people.left_tick) * simulation.world.seconds(1)
    assert (left > 0).all()
    flow = 36 / (left[47] - left[11])
    assert 0.8 * 1.1 <= flow / width <= 1.02 * 1.1

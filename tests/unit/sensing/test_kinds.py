"""Each kind in a run: what it says follows from what happened there, and nothing else."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.world.assets import Order

TRAFFIC = {"traffic": {"demand": {"everyday": {"kind": "gravity", "trips": 300, "through": 1.0, "end": 100}}}}
STOPS = [{"place": {"xy": [186, 369]}, "name": "a"}, {"place": {"xy": [369, 186]}, "name": "b"}]
LINES = {
    "traffic": {
        "lines": {"out": {"kind": "line", "stops": STOPS, "vehicles": 2, "every": 60, "first": 30}},
        "passengers": {"riders": {"origin": "a", "destination": "b", "people": 30, "start": 0, "end": 200}},
    }
}
INFRASTRUCTURE = {"infrastructure": {}, "time": {"duration": 300}}


def sensing(**sensors):
    return {"sensing": {"sensors": sensors}}


def follow(simulation, until, stream):
    """Run on and return every reading of a stream: values and causes."""
    telemetry = simulation.world.telemetry
    row = telemetry.streams.ids.index(stream)
    seen, values, causes = int(telemetry.readings.serial[row]), [], []

    def look(sim):
        nonlocal seen
        readings = sim.world.telemetry.readings
        if readings.serial[row] > seen:
            seen = int(readings.serial[row])
            values.append(float(readings.value[row]))
            causes.append(int(readings.cause[row]))

    simulation.run_until(until, after_tick=look)
    return np.array(values), causes


@pytest.mark.slow
def test_a_loop_counts_who_drives_past_and_nobody_else(town, start):
    there = {"kind": "loop_counter", "at": {"xy": [150, 114]}, "miss": 0, "every": 10}
    simulation = start(
        town(TRAFFIC, {"time": {"duration": 200}}, sensing(both=there, north={**there, "heading": 0}))
    )
    sensors = {s.name: s for s in simulation.systems.sensing.sensors}
    (both,), (north,) = sensors["both"].links, sensors["north"].links
    assert len(both) == 2 and len(north) == 1 and north[0] in both
    values, _ = follow(simulation, 180, "both.vehicles_passing")
    n_left = simulation.systems.traffic.flow.road.n_left
    assert values.sum() == n_left[both].sum() > 10
    assert simulation.world.telemetry.readings.serial.tolist() == [18, 18]


def test_a_loop_must_lie_on_a_street(town, start, room):
    with pytest.raises(InvalidInputError, match=r"sensing.sensors.loop: at: no street .* within 5 m"):
        start(town(TRAFFIC, sensing(loop={"kind": "loop_counter", "at": {"xy": [186, 186]}, "within": 5})))
    with pytest.raises(InvalidInputError, match="there is no traffic"):
        start(room(sensing(loop={"kind": "loop_counter", "at": {"xy": [1, 1]}})))


@pytest.mark.slow
def test_a_bluetooth_pair_says_what_vehicles_needed(town, start):
    pair = {
        "kind": "bluetooth", "at": {"xy": [150, 114]}, "to": {"xy": [150, 258]}, "reach": 3, "penetration": 1,
        "scan": 1, "every": 30,
    }  # fmt: skip
    simulation = start(town(TRAFFIC, {"time": {"duration": 200}}, sensing(pair=pair)))
    values, _ = follow(simulation, 180, "pair.travel_time")
    # two blocks of 72 m at 50 km/h or less, from the start of one link to the start of another
    assert len(values) and (values >= 5).all() and (values < 170).all()


def test_shots_in_range_are_heard_with_their_event(room, start):
    shots = {
        "hazards": {"bang": {"kind": "shots", "at": {"xy": [9, 2]}, "start": 3.3, "count": 5, "interval": 2}}
    }
    sure = {"kind": "gunshot", "at": {"xy": [2, 2]}, "hit": 1, "false_per_hour": 0, "lag": 0.5}
    simulation = start(room(shots, sensing(near=sure, far={**sure, "range": 5})))
    values, causes = follow(simulation, 15.9, "near.bangs")
    events = simulation.world.events
    assert values.sum() == 5 and values.max() == 1
    assert [events.kind[c] for c in causes if c >= 0] == [b"shot"] * 5
    assert [c >= 0 for c in causes] == (values > 0).tolist()
    row = simulation.world.telemetry.streams.ids.index("far.bangs")
    assert simulation.world.telemetry.readings.value[row] == 0


def test_a_sampler_measures_where_it_stands(room, start):
    fumes = {"kind": "gas_area", "at": {"box": [1, 1, 6, 7]}, "start": 5, "co": 1000}
    exact = {"kind": "air_sampler", "noise": 0, "lag": 0, "every": 1}
    sensors = sensing(
        inside={**exact, "at": {"xy": [3, 4]}},
        outside={**exact, "at": {"xy": [10, 4]}},
        mean={**exact, "at": {"xy": [3, 4]}, "averages": True, "every": 10},
    )
    simulation = start(room({"hazards": {"fumes": fumes}}, sensors), until=10)
    said = dict(
        zip(simulation.world.telemetry.streams.ids, simulation.world.telemetry.readings.value, strict=True)
    )
    assert said["inside.concentration"] == pytest.approx(1000 * 28.01 / 24.45)
    assert said["outside.concentration"] == 0
    row = simulation.world.telemetry.streams.ids.index("inside.concentration")
    cause = int(simulation.world.telemetry.readings.cause[row])
    assert simulation.world.events.kind[cause] == b"gas_area"
    # scans at 1 to 10 s; the area fills at 5 s
    assert said["mean.concentration"] == pytest.approx(0.6 * 1000 * 28.01 / 24.45)


def test_a_sampler_of_what_is_not_there_is_refused(room, start):
    with pytest.raises(InvalidInputError, match=r"the run has no 'radon' \(one of co, co2, smoke\)"):
        start(room(sensing(nose={"kind": "air_sampler", "at": {"xy": [3, 4]}, "substance": "radon"})))


def test_telemetry_tells_an_outage_and_falls_silent_without_view(room, start):
    grid = {"kind": "scada", "needs": "transformer", "every": 1}
    simulation = start(room(INFRASTRUCTURE, sensing(grid=grid)), until=2)
    world = simulation.world
    row = int(world.telemetry.streams.asset[0])
    assert world.telemetry.readings.value[0] == 1.0
    world.order_asset(row, Order.DAMAGE, 1, cause=world.log("storm", "x"))
    simulation.run_until(4)
    assert world.telemetry.readings.value[0] == 0.0 and world.telemetry.readings.serial[0] == 4
    forged = world.log("attack", "x")
    world.order_asset(row, Order.READING, 1, cause=forged)
    simulation.run_until(6)
    cause = int(world.telemetry.readings.cause[0])
    assert world.telemetry.readings.value[0] == 1.0 and world.events.causes[cause] == b"%d" % forged
    world.order_asset(row, Order.VIEW, 0, cause=forged)
    simulation.run_until(9)
    assert world.telemetry.readings.serial[0] == 6


def test_calls_at_a_cell_are_about_those_it_carries(room, start):
    cells = {"kind": "cell_load", "every": 1}
    simulation = start(room(INFRASTRUCTURE, sensing(cells=cells)))
    calls = simulation.systems.sensing.sensors[0].scene.calls()
    rows = simulation.world.telemetry.streams.asset
    assert set(rows.tolist()) <= set(calls)
    expected = calls[int(rows[0])]
    values, _ = follow(simulation, 200, simulation.world.telemetry.streams.ids[0])
    assert len(values) == 200
    assert abs(values.sum() - 200 * expected) <= 3.2905 * np.sqrt(200 * expected) + 0.5


def test_people_made_aware_post_about_it(room, start):
    alarm = {
        "hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 4]}, "start": 5, "believed_share": 1}}
    }
    feed = {
        "kind": "posts",
        "at": {"box": [0, 0, 12, 8]},
        "per_hour": 0,
        "react": 1,
        "delay": 3,
        "every": 1,
        "lag": 0,
    }
    elsewhere = {**feed, "at": {"box": [0, 0, 0.1, 0.1]}}
    simulation = start(room(alarm, sensing(feed=feed, elsewhere=elsewhere)))
    values, causes = follow(simulation, 20, "feed.posts")
    assert values[:5].sum() == 0 and values.sum() > 15
    kinds = {simulation.world.events.kind[c] for c, n in zip(causes, values, strict=True) if n}
    assert kinds == {b"false_alarm"}
    telemetry = simulation.world.telemetry
    row = telemetry.streams.ids.index("elsewhere.posts")
    assert telemetry.readings.value[row] == 0
    assert telemetry.readings.serial[telemetry.streams.ids.index("elsewhere.sentiment")] == 0
    sentiment = telemetry.readings.value[telemetry.streams.ids.index("feed.sentiment")]
    assert -1 <= sentiment < 0


def test_a_feed_is_no_asset(room):
    with pytest.raises(InvalidFilesError, match="a feed is no asset"):
        room(sensing(feed={"kind": "posts", "at": {"box": [0, 0, 1, 1]}, "needs": "cell"}))


@pytest.mark.slow
def test_the_feed_of_lines_says_who_boarded(town, start):
    feed = {"kind": "transit_feed", "miss": 0, "every": 20, "lag": 0}
    simulation = start(town(LINES, {"time": {"duration": 400}}, sensing(feed=feed)))
    values, _ = follow(simulation, 380, "feed.boardings")
    assert values.sum() == simulation.systems.traffic.service.calls.n_on.sum() > 5
    with pytest.raises(InvalidInputError, match="there is no line '9'"):
        start(town(LINES, sensing(feed={**feed, "lines": "9"})))


def test_a_dry_gauge_says_its_noise(room, start):
    gauge = {"kind": "water_level", "at": {"xy": [3, 4]}, "noise": 0.02, "every": 0.1}
    values, _ = follow(start(room(sensing(gauge=gauge))), 20, "gauge.water_level")
    assert len(values) == 200 and (values >= 0).all() and 0.3 < np.mean(values == 0) < 0.7
    assert values.max() < 0.02 * 5


def test_a_gauge_in_a_flood_says_its_depth_and_names_it(room, start):
    flood = {"kind": "flood", "at": {"box": [0, 0, 6, 8]}, "start": 2, "levels": [{"level": 0.4}]}
    exact = {"kind": "water_level", "noise": 0, "every": 1}
    gauges = sensing(wet={**exact, "at": {"xy": [3, 4]}}, dry={**exact, "at": {"xy": [9, 4]}})
    simulation = start(room({"hazards": {"rain": flood}}, gauges), until=6)
    readings, events = simulation.world.telemetry.readings, simulation.world.events
    assert readings.value.tolist() == pytest.approx([0.0, 0.4])
    assert readings.cause[0] == -1 and events.kind[readings.cause[1]] == b"flood"


def test_a_plume_is_measured_by_the_name_of_its_hazard(room, start):
    leak = {"kind": "plume", "at": {"xy": [3, 4]}, "start": 1, "substance": "chlorine", "mass": 2, "lasts": 6}
    wind = {"weather": {"wind_speed": 1, "wind_from": 270}}
    nose = {
        "kind": "air_sampler",
        "at": {"xy": [8, 4]},
        "substance": "leak",
        "noise": 0,
        "lag": 0,
        "every": 1,
    }
    simulation = start(room({"hazards": {"leak": leak}}, wind, sensing(nose=nose)), until=12)
    world = simulation.world
    expected = 1e6 * world.plumes.concentration_at(np.array([8.0]), np.array([4.0]))[0]
    assert world.telemetry.readings.value[0] == pytest.approx(expected) and expected > 0
    assert world.events.kind[world.telemetry.readings.cause[0]] == b"release"


def test_what_made_people_leave_is_the_cause_of_a_count(room, start):
    alarm = {
        "hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 4]}, "start": 2, "believed_share": 1}}
    }
    doors = {"kind": "exit_counter", "every": 2, "miss": 0, "twice": 0}
    simulation = start(room(alarm, sensing(doors=doors)))
    values, causes = follow(simulation, 19, "doors_west.people_passing")
    assert values.sum() > 5
    assert [c >= 0 for c in causes] == (values > 0).tolist()
    assert {simulation.world.events.kind[c] for c in causes if c >= 0} == {b"false_alarm"}


def test_a_line_counts_who_crosses_by_direction(room, start):
    alarm = {
        "hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 4]}, "start": 2, "believed_share": 1}}
    }
    west = {"crowd": {"populations": {"guests": {"at": {"box": [3, 1, 11, 7]}, "exits": ["west"]}}}}
    line = {
        "kind": "line_counter",
        "at": {"line": [[2, 0], [2, 4], [2, 8]]},
        "miss": 0,
        "twice": 0,
        "every": 1,
    }
    there = sensing(both=line, to_west={**line, "heading": 270}, to_east={**line, "heading": 90})
    simulation = start(room(alarm, west, there, {"time": {"duration": 60}}))
    totals = np.zeros(3)
    seen = np.zeros(3, int)

    def look(sim):
        readings = sim.world.telemetry.readings
        new = readings.serial > seen
        totals[new] += readings.value[new]
        seen[:] = readings.serial

    simulation.run_until(30, after_tick=look)
    people = simulation.crowd.people
    beyond = (people.exit >= 0) | (people.x < 2)
    both, to_east, to_west = totals
    assert beyond.sum() > 20
    assert both == to_east + to_west and to_west - to_east == beyond.sum()


def test_a_line_counter_needs_a_line(room):
    with pytest.raises(InvalidFilesError, match="is no line"):
        room(sensing(gate={"kind": "line_counter", "at": {"xy": [3, 4]}}))


def test_what_stands_alone_needs_a_place(room):
    with pytest.raises(InvalidFilesError, match="nothing says where it stands"):
        room(sensing(eye={"kind": "camera"}))
    with pytest.raises(InvalidFilesError, match="a counter stands where its exit is"):
        room(sensing(doors={"kind": "exit_counter", "at": {"xy": [1, 1]}}))


def test_a_counter_stands_at_an_exit_that_is_there(room, start):
    with pytest.raises(InvalidInputError, match=r"'norht' is not an exit here \(exits: east, west\)"):
        start(room(sensing(doors={"kind": "exit_counter", "exits": "norht"})))

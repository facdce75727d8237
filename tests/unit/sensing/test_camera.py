"""Cameras: what they see past walls, whom they miss, when they are blind, false or discreet."""

import math

import numpy as np
import pytest
import shapely

from impetus_sim.errors import InvalidFilesError
from impetus_sim.world.assets import Order

EYE = {"kind": "camera", "needs": "eye", "miss": 0, "false_people": 0}
ALARM = {"hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 12}}}


def sensing(**sensors):
    return {"sensing": {"sensors": sensors}}


def sensor_of(simulation, name):
    return next(s for s in simulation.systems.sensing.sensors if s.name == name)


def sees(scene, point, target, *, reach, bearing=0.0, angle=360.0):
    """Plain twin: shapely's answer to whether a point is seen."""
    dx, dy = target[0] - point[0], target[1] - point[1]
    d = math.hypot(dx, dy)
    if d > reach:
        return False
    if angle < 360.0 and d > 0.0:
        off = (math.degrees(math.atan2(dx, dy)) - bearing + 180.0) % 360.0 - 180.0
        if abs(off) > angle / 2.0:
            return False
    return not shapely.LineString([point, target]).intersects(scene)


@pytest.mark.parametrize(
    ("point", "bearing", "angle"),
    [((6.03, 7.51), 0.0, 360.0), ((1.02, 3.97), 90.0, 70.0), ((10.9, 1.07), 300.0, 120.0)],
)
def test_the_field_of_view_is_that_of_a_plain_twin(room, start, point, bearing, angle):
    turned = {} if angle == 360.0 else {"facing": bearing, "field_of_view": angle}
    there = {"kind": "camera", "at": {"xy": list(point)}, "range": 7.3, **turned}
    simulation = start(room(sensing(eye=there)))
    camera = sensor_of(simulation, "eye")
    walls = shapely.union_all(simulation.city.layers["buildings"].geometry.to_numpy())
    grid = camera.scene.sight.grid
    seen = set(camera.cells_of(0).tolist())
    expected = {
        row * grid.columns + column
        for row in range(grid.rows)
        for column in range(grid.columns)
        if sees(
            walls, point, (grid.x0 + column + 0.5, grid.y0 + row + 0.5),
            reach=7.3, bearing=bearing, angle=angle,
        )
    }  # fmt: skip
    assert len(expected) > 10
    assert seen == expected


def test_recordings_say_where_each_stream_looks(room, start):
    turned = {"kind": "camera", "at": {"xy": [1, 4]}, "range": 7.5, "facing": 90.0, "field_of_view": 70.0}
    door = {"kind": "exit_counter", "exits": ["east"]}
    said = start(room(sensing(eye=turned, door=door))).systems.sensing.describe()["streams"]
    eye = said["device"].tolist().index("eye")
    assert [said[side][eye] for side in ("bearing_deg", "angle_deg", "reach_m")] == [90.0, 70.0, 7.5]
    others = [row for row, device in enumerate(said["device"]) if device != "eye"]
    assert others and np.isnan(said["reach_m"][others]).all()


def test_a_block_between_hides_who_stands_behind_it(room, start):
    """From the middle of the west wall the obstacle covers the ground behind it."""
    simulation = start(room(sensing(eye={"kind": "camera", "at": {"xy": [3, 4]}, "range": 9})))
    camera = sensor_of(simulation, "eye")
    grid, cells = camera.scene.sight.grid, set(camera.cells_of(0).tolist())

    def cell(x, y):
        return int(y - grid.y0) * grid.columns + int(x - grid.x0)

    assert cell(8.5, 4.5) not in cells and cell(8.5, 3.5) not in cells
    assert cell(2.5, 4.5) in cells and cell(8.5, 0.5) in cells


def test_without_errors_everybody_in_view_is_counted(room, start, assets, reading_of):
    simulation = start(room(assets, sensing(eye=EYE)), until=4)
    people, camera = simulation.crowd, sensor_of(simulation, "eye")
    grid, cells = camera.scene.sight.grid, set(camera.cells_of(0).tolist())
    x, y = people.positions.T
    rows, columns = ((y - grid.y0) / grid.cell).astype(int), ((x - grid.x0) / grid.cell).astype(int)
    in_view = sum(int(c) in cells for c in rows * grid.columns + columns)
    assert in_view > 10
    assert reading_of(simulation, "eye.people_in_view") == (in_view, 4, -1)


def test_misses_and_false_people_are_as_often_as_set(room, start, band):
    noisy = {"kind": "camera", "at": {"xy": [6, 7.5]}, "miss": 0.2, "false_people": 0.7, "every": 0.1}
    clean = {**noisy, "false_people": 0}
    simulation = start(room(sensing(clean=clean, noisy=noisy)))
    said, true, with_false = [], [], []

    def note(sim):
        readings = sim.world.telemetry.readings
        if sim.tick % 10 == 0 and sim.tick:
            said.append(readings.value[0])
            with_false.append(readings.value[1])
            true.append(int(sensor_of(sim, "clean").n_true[0]))

    simulation.run_until(20, after_tick=note)
    n = int(np.sum(true))
    low, high = band(n, 0.8)
    assert n > 3000 and low <= np.sum(said) <= high
    extra, mean = np.sum(with_false) - 0.8 * n, 0.7 * len(said)
    assert abs(extra - mean) < 3.2905 * math.sqrt(mean + 0.16 * n)


def test_a_dense_crowd_hides_people(room, start):
    close = {"crowd": {"populations": {"guests": {"at": {"box": [1, 1, 4, 4]}}}}}
    plain = {"kind": "camera", "at": {"xy": [6, 7.5]}, "miss": 0, "false_people": 0, "height": 2.5}
    simulation = start(room(close, sensing(plain=plain, real={**plain, "crowd_hides": True})), until=1)
    streams, values = simulation.world.telemetry.streams.ids, simulation.world.telemetry.readings.value
    assert values[streams.index("real.people_in_view")] < 0.6 * values[streams.index("plain.people_in_view")]


def test_smoke_hides_people(room, start, reading_of):
    smoke = {
        "hazards": {
            "fumes": {"kind": "smoke_area", "at": {"box": [0, 0, 12, 8]}, "start": 2, "extinction": 5}
        }
    }
    there = {"kind": "camera", "at": {"xy": [6, 7.5]}, "miss": 0, "false_people": 0}
    simulation = start(room(smoke, sensing(eye=there)), until=1)
    before = reading_of(simulation, "eye.people_in_view")[0]
    simulation.run_until(4)
    assert before > 10 and reading_of(simulation, "eye.people_in_view")[0] < 0.2 * before


def test_without_power_it_says_nothing_and_then_speaks_again(room, start, assets, reading_of):
    cut = {"hazards": {"cut": {"kind": "asset_failure", "assets": "feeder", "start": 3.5, "lasts": 6}}}
    simulation = start(room(assets, sensing(eye=EYE), cut), until=3)
    assert reading_of(simulation, "eye.people_in_view")[1] == 3
    simulation.run_until(9)
    assert reading_of(simulation, "eye.people_in_view")[1] == 3
    simulation.run_until(14)
    assert reading_of(simulation, "eye.people_in_view")[1] == 3 + 5


@pytest.mark.parametrize(("order", "value"), [(Order.VIEW, 0), (Order.DAMAGE, 1), (Order.LEVEL, 0)])
def test_blinded_broken_or_switched_off_it_says_nothing(room, start, assets, reading_of, order, value):
    simulation = start(room(assets, sensing(eye=EYE)), until=2.5)
    world = simulation.world
    world.order_asset(world.assets.row("eye"), order, value, cause=world.log("attack", "eye"))
    simulation.run_until(9)
    assert reading_of(simulation, "eye.people_in_view")[1] == 2


def test_spoofed_it_says_the_spoof_and_names_the_event(room, start, assets, reading_of):
    simulation = start(room(assets, sensing(eye=EYE)), until=2.5)
    world = simulation.world
    attack = world.log("attack", "eye")
    world.order_asset(world.assets.row("eye"), Order.READING, 0.25, cause=attack)
    simulation.run_until(5)
    value, serial, cause = reading_of(simulation, "eye.people_in_view")
    assert (value, serial) == (0.25, 5)
    assert world.events.kind[cause] == b"telemetry_false" and world.events.causes[cause] == b"%d" % attack
    world.order_asset(world.assets.row("eye"), Order.READING, math.nan, cause=attack)
    simulation.run_until(7)
    value, _, cause = reading_of(simulation, "eye.people_in_view")
    assert value >= 1 and cause == -1


@pytest.mark.parametrize("pictures", ["on_trigger", "nothing_before_trigger"])
def test_pictures_only_after_an_alert(room, start, reading_of, pictures):
    there = {
        "kind": "camera", "at": {"xy": [6, 7.5]}, "pictures": pictures, "trigger_within": 20, "trigger_lasts": 3,
    }  # fmt: skip
    simulation = start(room(sensing(eye=there)))
    world = simulation.world
    alerts = world.need_alarms().alerts
    simulation.run_until(4.5)
    assert reading_of(simulation, "eye.people_in_view")[1] == (0 if "nothing" in pictures else 4)
    table = sensor_of(simulation, "eye").state[0]
    assert table.person_s[0] == 0.0
    for x, tick in ((900.0, 450), (10.0, 450)):
        event = world.log("alert", "someone")
        where = {"stream": -1, "x": x, "y": 4.0}
        alerts.append(
            {"tick": tick, "source": b"d", "kind": b"gunshot", **where, "score": 1.0, "event": event}
        )
    simulation.run_until(5)
    assert reading_of(simulation, "eye.people_in_view")[2] >= 0
    simulation.run_until(12)
    kinds = [kind.decode() for kind in world.events.kind]
    began = kinds.index("pictures_begin")
    assert world.events.causes[began] == b"%d" % event
    assert world.events.causes[kinds.index("pictures_end")] == b"%d" % began
    assert kinds.count("pictures_begin") == 1
    assert 100 < table.person_s[0] <= 40 * 4
    assert reading_of(simulation, "eye.people_in_view")[1] == (4 if "nothing" in pictures else 12)


def test_a_restart_and_threads_give_the_same(room, start, assets):
    cameras = sensing(
        eye={**EYE, "miss": 0.2, "false_people": 0.5, "crowd_hides": True},
        other={"kind": "camera", "at": {"xy": [2, 2]}, "looks_at": {"xy": [6, 4]}, "lag": 0.7},
    )
    scenario = room(assets, cameras, ALARM)
    whole = start(scenario, until=20, threads=2)
    for moment in (2.5, 12.3):
        fresh = start(scenario, city=whole.city, threads=1)
        fresh.take_over(start(scenario, until=moment, city=whole.city).capture())
        fresh.run_until(20)
        assert fresh.digest.parts == whole.digest.parts


def test_it_cannot_face_two_ways(room):
    with pytest.raises(InvalidFilesError, match="two ways"):
        room(sensing(eye={"kind": "camera", "at": {"xy": [2, 2]}, "facing": 10, "looks_at": {"xy": [6, 4]}}))

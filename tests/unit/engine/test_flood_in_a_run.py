"""Water over people and streets: they wade, fall and drown; streets close and open again; assets fail by depth."""

import json
from typing import ClassVar

import numpy as np
import pytest

from impetus_sim.arrays import Table
from impetus_sim.engine.couplings.flood import FloodedStreets, water_key
from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.water import safe_car_speed_m_s, walking_factor
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.traffic.city_traffic import Streets
from impetus_sim.world.flood import Basin, FloodField
from impetus_sim.world.injuries import Severity
from impetus_sim.world.tables import ROAD_CLOSED, ROAD_SPEED

ALL = {"box": [-1, -1, 13, 9]}


def flood(**changes):
    keys = {"kind": "flood", "at": ALL, "start": 1, "every": 1, "levels": {"level": 0.35}}
    return {"hazards": {"water": {**keys, **changes}}}


@pytest.fixture
def run(room, start):
    return lambda until=15, *more, **changes: start(room(flood(**changes), *more), until=until)


def worst(simulation):
    injured = simulation.world.injuries.injured
    found = np.zeros(len(simulation.crowd.people), int)
    np.maximum.at(found, injured.person, injured.severity)
    return found


def test_people_wade_at_the_speed_of_the_depth(run):
    simulation = run(2)
    people, rows = simulation.crowd.people, simulation.crowd.inside
    assert people.speed_factor[rows] == pytest.approx(0.583, abs=1e-6)
    assert "water_slows_people" in simulation.couplings
    assert not worst(simulation).any()


def test_depths_are_recorded_with_where_their_cells_are(run):
    class Channels:
        fields: ClassVar[dict] = {}

        def add_field(self, tick, name, values):
            self.fields[name] = tick, values

    simulation, channels = run(2), Channels()
    hazards = simulation.systems.hazards
    hazards.record(channels, simulation.world.ticks(30.0), is_frame=False)
    tick, depth = channels.fields["flood_depth_m_water"]
    grid = hazards.describe()["flood_depth_m_water_grid"]
    basin, filled = simulation.world.flood.raster("water")
    assert tick == simulation.world.ticks(30.0)
    assert depth.max() == pytest.approx(0.35) and depth.shape == filled.shape
    assert (float(grid["x0"]), float(grid["cell_m"])) == (basin.x0, basin.cell_m)
    channels.fields.clear()
    hazards.record(channels, simulation.world.ticks(31.0), is_frame=False)
    assert channels.fields == {}


def test_smoke_and_water_slow_together(room, start):
    smoke = {"kind": "smoke_area", "at": ALL, "start": 1, "extinction": 2.0}
    simulation = start(room(flood(), {"hazards": {"smoke": smoke}}), until=2)
    factor = simulation.crowd.people.speed_factor[simulation.crowd.inside]
    expected = (1.0 - 0.057 * 2.0 / 0.706) * walking_factor(np.array([0.35]))[0]
    assert factor == pytest.approx(expected)


def test_after_the_water_they_walk_as_before(run):
    levels = [{"level": 0.4}, {"after": 4, "level": 0.0}]
    simulation = run(8, levels=levels)
    assert simulation.crowd.people.speed_factor[simulation.crowd.inside] == pytest.approx(1.0)


def test_swift_water_takes_footing_of_some_and_deep_water_of_all(run):
    swift = worst(run(3, levels={"level": 0.5, "speed": 1.8}))
    deep = worst(run(3, levels={"level": 1.3}))
    assert 0 < (swift == Severity.IMMEDIATE).sum() < 40
    assert (deep == Severity.IMMEDIATE).all()


def test_who_lies_in_it_for_long_drowns_and_in_shallow_water_does_not(run, events_of):
    drowned = run(14, levels={"level": 1.3}, drowns_after=6)
    assert (worst(drowned) == Severity.DEAD).all()
    assert events_of(drowned, "people_injured")[0]["causes"] == [events_of(drowned, "flood")[0]["id"]]
    falls = [{"level": 1.3}, {"after": 2, "level": 0.2}]
    assert (worst(run(14, levels=falls, drowns_after=6)) == Severity.IMMEDIATE).all()


def test_terrain_keeps_high_ground_dry(run):
    grid = "ncols 12\nnrows 8\nxllcorner 0\nyllcorner 0\ncellsize 1\n" + "\n".join(
        " ".join("2" if column >= 6 else "0" for column in range(12)) for _ in range(8)
    )
    simulation = run(2, at={"xy": [1, 1]}, terrain=grid, levels={"level": 0.5})
    depth = simulation.world.flood.depth_at(np.array([2.0, 9.0, -3.0]), np.array([4.0, 4.0, 4.0]))
    assert depth.tolist() == [0.5, 0.0, 0.0]


def test_a_source_off_the_terrain_is_refused(run):
    grid = "ncols 1\nnrows 1\nxllcorner 50\nyllcorner 50\ncellsize 1\n0\n"
    with pytest.raises(InvalidInputError, match="is not on the terrain"):
        run(1, at={"xy": [1, 1]}, terrain=grid)


def test_assets_fail_by_the_depth_where_they_are(room, start):
    boxes = {f"box_{k}": {"type": "controller", "at": {"xy": [0.3 + 0.2 * k, 4]}} for k in range(50)}
    half = flood(at={"box": [0, 0, 5, 8]}, levels={"level": 8.0})
    simulation = start(room(half, {"cyber": {"assets": boxes}}), until=3)
    world = simulation.world
    broken = world.assets.x[world.asset_states.is_intact == 0]
    assert len(broken) > 20 and (broken < 5.0).all()


@pytest.mark.parametrize("moment", [0.5, 3.0, 6.33])
def test_a_run_cut_in_the_middle_is_the_same(room, start, moment):
    levels = [{"level": 0.1}, {"after": 4, "level": 0.9, "speed": 1.2}, {"after": 8, "level": 0.0}]
    scenario = room(flood(levels=levels, drowns_after=3))
    whole = start(scenario, until=14)
    first, second = start(scenario, until=moment, city=whole.city), start(scenario, city=whole.city)
    second.take_over(first.capture())
    second.run_until(14)
    assert second.digest.value == whole.digest.value
    assert start(scenario, until=14, threads=2).digest.value == whole.digest.value


ENDS = np.array([[1.0, 5], [12, 5], [18, 5], [29, 5]])


class FakeWorld:
    """Water, orders and events of a world, without the rest."""

    def __init__(self):
        self.flood, self.impassable, self.tick = FloodField(), None, 0
        self.orders = []

    def ticks(self, seconds):
        return round(100 * seconds)

    def log(self, kind, subject, **data):
        self.orders.append((kind, subject))
        return 7

    def order_roads(self, key, kind, value, *, cause):
        self.orders.append((key, kind, value))


def test_streets_slow_close_and_open_again_when_the_water_falls():
    world = FakeWorld()
    elevation = np.zeros((10, 30))
    elevation[:, 15:] = 0.1
    world.flood.add_basin("water", Basin(x0=0.0, y0=0.0, cell_m=1.0, elevation_m=elevation))
    streets = Streets(first=np.array([0, 2, 4]), points=ENDS, names=("a", "b"))
    flooded = FloodedStreets(world, streets)
    flooded.advance(0)
    assert world.orders == [] and flooded.next_tick(0) is None
    world.flood.begin("water", 3)
    seen = {}
    for level in (0.12, 0.32, 0.7, 0.32, 0.12, 0.0):
        world.flood.set_level("water", level, 0.0)
        world.orders.clear()
        flooded.advance(0)
        seen[level] = list(world.orders)
        if level == 0.7:
            assert world.impassable.tolist() == [True, True]
        elif level == 0.32:
            assert world.impassable.tolist() == [False, False]
    assert (water_key(0), ROAD_CLOSED, 0) in seen[0.12]
    assert (water_key(0), ROAD_SPEED, float(safe_car_speed_m_s(0.15))) in seen[0.12]
    assert (water_key(0), ROAD_SPEED, 0.0) in seen[0.0]
    assert flooded.table.is_closed.tolist() == [0, 0] and not flooded.table.speed_m_s.any()
    assert isinstance(flooded.state[0], Table)


STREETS = {
    "title": "Flooded streets",
    "map": {"synthetic": {"kind": "grid_city", "columns": 4, "rows": 4}},
    "time": {"duration": 600},
    "traffic": {"demand": {"everyday": {"kind": "gravity", "trips": 150, "through": 1.0, "end": 500}}},
    "hazards": {
        "water": {
            "kind": "flood",
            "at": {"box": [60, 60, 200, 200]},
            "start": 60,
            "levels": [
                {"level": 0}, {"after": 120, "level": 0.5}, {"after": 240, "level": 0.5}, {"after": 360, "level": 0}
            ],
        }
    },
}  # fmt: skip


def test_traffic_drives_round_the_water_and_back_when_it_has_gone(start):
    scenario = read_scenario_text(json.dumps(STREETS))
    whole = start(scenario, until=60)
    flow = whole.systems.traffic.flow
    free = flow.road.speed_mm_s.copy()
    whole.run_until(110)
    assert (flow.road.speed_mm_s < free).any()
    whole.run_until(270)
    flooded = whole.systems.flooded.table.depth_m >= 0.3
    assert flooded.any() and not flooded.all()
    assert ((flow.road.is_closed == 1) == flooded).all()
    first = whole.capture()
    whole.run_until(480)
    assert not flow.road.is_closed.any()
    assert (flow.road.speed_mm_s == free).all()
    assert "water_slows_and_closes_streets" in whole.couplings
    again = start(scenario, city=whole.city)
    again.take_over(first)
    again.run_until(480)
    assert again.digest.value == whole.digest.value

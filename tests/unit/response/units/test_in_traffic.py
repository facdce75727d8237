"""Units drive through the traffic of a run: set out, turned on the way, restored, the same on two threads."""

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.traffic.emergency import DRIVES
from impetus_sim.world.injuries import Severity
from impetus_sim.world.units import Drive

TRAFFIC = {
    "demand": {"everyday": {"kind": "gravity", "trips": 300, "through": 1.0, "end": 600}},
    "signals": {"at": [{"xy": [131, 131]}]},
}


@pytest.fixture
def begin(city_with_units):
    def start(until, **more):
        simulation = Simulation(city_with_units(traffic=TRAFFIC), seed=3, check=True, **more)
        simulation.run_until(until)
        return simulation

    return start


def test_a_unit_is_on_the_streets_and_gets_there(begin, rows_of):
    simulation = begin(70.0)
    units, table = simulation.systems.units, simulation.systems.traffic.unit_drives.table
    names = [one.name for one in units.roster.units]
    row = names.index("amb_1")
    assert table.state[row] == DRIVES and table.link[row] >= 0
    x, y = units.fleet.place(row)
    assert 0.0 < x + y < 300.0  # between its station and the square
    simulation.run_until(200.0)
    assert len(rows_of(simulation, "unit_arrived")) == 2
    assert simulation.world.units.drives.state[row] == Drive.NONE
    assert table.travelled_m[row] > 200.0


def test_times_of_ways_are_those_of_the_drives(begin):
    simulation = begin(1.0)
    drives = simulation.systems.traffic.unit_drives
    there = drives.to(np.array([[0.0, 0.0], [372.0, 372.0]]), (186.0, 186.0))
    back = drives.out((186.0, 186.0), np.array([[0.0, 0.0], [372.0, 372.0]]))
    assert (there > 10.0).all() and (back > 10.0).all()
    assert drives.to(np.array([[186.0, 186.0]]), (186.0, 186.0))[0] == 0.0


def test_a_unit_under_way_is_turned_at_its_next_junction(begin, rows_of):
    simulation = begin(70.0)
    units = simulation.systems.units
    units._crews.recall(0)
    simulation.run_until(150.0)
    recalled = int(units.missions.table.unit[0])
    home = units.roster.stations[units.roster.units[recalled].home]
    assert np.hypot(*np.subtract(units.fleet.place(recalled), (home.x, home.y))) < 10.0
    assert len(rows_of(simulation, "unit_arrived")) == 1


def test_a_run_restored_in_the_middle_of_a_drive_goes_on_as_the_same(begin, hurt, tmp_path):
    simulation = begin(1.0)
    hurt(simulation, Severity.IMMEDIATE, Severity.DELAYED)
    simulation.run_until(75.0)
    path = simulation.checkpoint(tmp_path / "mid.h5")
    simulation.run_until(240.0)
    other = Simulation.restore(path)
    other.run_until(240.0)
    assert other.digest.value == simulation.digest.value


def test_two_threads_give_the_same(begin, hurt):
    digests = []
    for threads in (1, 2):
        simulation = begin(1.0, threads=threads)
        hurt(simulation, Severity.IMMEDIATE, Severity.DELAYED)
        simulation.run_until(180.0)
        digests.append(simulation.digest.value)
    assert digests[0] == digests[1]

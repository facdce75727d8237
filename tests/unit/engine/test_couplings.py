"""Each coupling in isolation, and that it is named when active."""

import numpy as np
import pytest

from impetus_sim.engine import couple


@pytest.fixture
def simulation(room, start):
    return start(room(), until=0.0)


def test_only_stimuli_at_first(simulation):
    assert list(couple.active_couplings(simulation.world, simulation.systems)) == ["stimuli_reach_people"]
    assert simulation.couplings == ["stimuli_reach_people"]


def test_stimuli_reach_people(simulation):
    world, crowd = simulation.world, simulation.crowd
    world.stimuli.append({"key": b"a:0", "tick": 0, "x": 0.0, "y": 0.0, "radius_m": np.inf, "share": 1.0,
                          "delay_factor": 1.0, "overrides_hold": 0, "cause": 0})  # fmt: skip
    assert (crowd.people.aware_tick < 0).all()
    couple.stimuli_reach_people(world, simulation.systems, 0.05)
    assert (crowd.people.aware_tick == 0).all()


def test_smoke_slows_by_the_published_law_and_adds_up(simulation):
    world, people = simulation.world, simulation.crowd.people
    world.smoke.emit(people.x[0], people.y[0], 4.0)
    k = 4.0 / world.smoke.cell**2
    couple.smoke_slows_people(world, simulation.systems, 0.05)
    couple.smoke_slows_people(world, simulation.systems, 0.05)
    assert people.speed_factor[0] == pytest.approx(1 - 0.057 * k / 0.706)
    assert people.smoke_dose[0] == pytest.approx(0.1 * k)
    clear = world.smoke.at(people.x, people.y) == 0
    assert clear.any() and (people.speed_factor[clear] == 1).all() and (people.smoke_dose[clear] == 0).all()
    world.smoke.emit(people.x[0], people.y[0], 1e3)
    couple.smoke_slows_people(world, simulation.systems, 0.05)
    assert people.speed_factor[0] == 0.1


def test_threats_expose_those_within_danger_once_per_step(simulation):
    world, people = simulation.world, simulation.crowd.people
    row = {
        "key": b"a",
        "x": 3.0,
        "y": 4.0,
        "danger_m": 2.0,
        "avoid_m": 5.0,
        "strength": 1.0,
        "is_active": 1,
        "cause": 0,
    }
    world.threats.append(row)
    world.threats.append(row)  # two at one place count once
    couple.threats_expose_people(world, simulation.systems, 0.05)
    near = np.hypot(people.x - 3, people.y - 4) < 2
    assert near.any() and (people.exposure_s[near] == 0.05).all() and (people.exposure_s[~near] == 0).all()
    world.threats.is_active[:] = 0
    couple.threats_expose_people(world, simulation.systems, 0.05)
    assert people.exposure_s.max() == 0.05


def test_dense_smoke_exposes(simulation):
    world, people = simulation.world, simulation.crowd.people
    world.smoke.emit(people.x[0], people.y[0], 2 * couple.DENSE_SMOKE_PER_M * world.smoke.cell**2)
    couple.threats_expose_people(world, simulation.systems, 0.05)
    assert people.exposure_s[0] == 0.05


def test_smoke_without_a_threat_still_exposes(simulation):
    simulation.world.smoke.emit(3.0, 4.0, 1.0)
    assert "threats_expose_people" in couple.active_couplings(simulation.world, simulation.systems)


def test_all_are_named_in_an_eventful_run(eventful, start):
    names = start(eventful(), until=5).couplings
    assert names == ["smoke_slows_people", "stimuli_reach_people", "threats_expose_people"]

"""People at kerbs: who waits, for what, and who stops for them; each coupling by itself."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.crowd.gap_acceptance import accepts_gap, adams_delay_s, critical_gap_s
from impetus_sim.crowd.perceive import AT_KERB
from impetus_sim.engine.couplings.drivers_yield import (
    crossings_show_lights_and_vehicles,
    drivers_yield_to_people,
    first_to_yield_us,
)
from impetus_sim.engine.couplings.kerbs import Kerbs
from impetus_sim.engine.couplings.people_at_kerbs import people_wait_at_kerbs
from impetus_sim.engine.couplings.vehicles_near import stopping_distance_m
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.crossings import Crossings
from impetus_sim.traffic.approaches import Comers, find_comers
from impetus_sim.traffic.kernels.records import NEVER, NONE, ON_LINK
from impetus_sim.traffic.people_lights import GREEN, NO_LIGHT, RED
from impetus_sim.traffic.positions import offsets_m

SIGNAL_AT = [150, 150]
CARS = {
    "crowd": {
        "links": None,
        "populations": {
            "through": None,
            "visitors": None,
            "here": {"count": 30, "at": "square", "activity": "leave"},
        },
    },
    "traffic": {
        "signals": {"at": [{"xy": SIGNAL_AT}]},
        "demand": {"cars": {"kind": "gravity", "trips": 100, "end": 60.0, "mean_distance": 200.0}},
    },
}
S = 1_000_000


@pytest.fixture
def simulation(town):
    return Simulation(town(CARS), seed=1)


def at_kerb(simulation, stretch, *, n=1):
    """Put the first n people beside a stretch, walking straight at it, and all others off the streets."""
    carriageway, ground, people = (
        simulation.systems.carriageway,
        simulation.world.ground,
        simulation.crowd.people,
    )
    free = np.setdiff1d(np.flatnonzero(ground.walkable.ravel()), carriageway.cell)
    row, column = divmod(int(free[len(free) // 2]), ground.shape[1])
    people.x[:], people.y[:] = ground.x0 + (column + 0.5) * ground.cell, ground.y0 + (row + 0.5) * ground.cell
    people.is_walking[:] = 0
    cells = carriageway.cell[carriageway.stretch == stretch]
    row, column = np.divmod(cells, ground.shape[1])
    middle = np.array(
        [ground.x0 + (column.mean() + 0.5) * ground.cell, ground.y0 + (row.mean() + 0.5) * ground.cell]
    )
    along = simulation.systems.kerbs.along[stretch]
    across = np.array([-along[1], along[0]])
    place = middle + across * (simulation.systems.kerbs.crossing_m[stretch] / 2.0 + 0.3)
    people.x[:n], people.y[:n] = place
    people.facing_x[:n], people.facing_y[:n] = -across
    people.is_walking[:n] = 1
    people.held_by[:n] = 0


def is_held(simulation):
    return bool(simulation.crowd.people.held_by[0] & AT_KERB)


def stretch_without_light(simulation):
    return int(np.flatnonzero(simulation.systems.kerbs.signal == NONE)[10])


def test_the_critical_gap_is_the_handbooks():
    # HCM 2010: 12 ft lanes times two at 3.5 ft/s, 3 s
    assert critical_gap_s(np.array([7.3]), np.array([1.07]))[0] == pytest.approx(9.82, abs=0.01)
    assert adams_delay_s(0.2, 8.0) == pytest.approx((np.exp(1.6) - 2.6) / 0.2)


def test_a_gap_is_accepted_when_nobody_is_there_or_comes_within_it():
    arrives, leaves = np.array([[10 * S, 25 * S]]), np.array([[12 * S, 27 * S]])
    went = [bool(accepts_gap(t * S, np.array([8.0]), arrives, leaves)[0]) for t in (1, 3, 11, 12, 17, 18, 28)]
    assert went == [True, False, False, True, True, False, True]


def test_a_person_waits_for_a_gap_and_goes(simulation):
    world, stretch = simulation.world, stretch_without_light(simulation)
    at_kerb(simulation, stretch)
    world.crossings.arrives_us[stretch, 0], world.crossings.leaves_us[stretch, 0] = 2 * S, 4 * S
    people_wait_at_kerbs(world, simulation.systems, 0.05)
    assert is_held(simulation) and world.people_at_kerbs.waited_s[0] == 0.05
    assert world.crossings.n_waiting[stretch] == 1
    world.tick = world.ticks(5.0)
    people_wait_at_kerbs(world, simulation.systems, 0.05)
    assert not is_held(simulation) and world.people_at_kerbs.may_go[0] == 1
    # who has begun goes on, whatever comes
    world.crossings.arrives_us[stretch, 0], world.crossings.leaves_us[stretch, 0] = 6 * S, 7 * S
    people_wait_at_kerbs(world, simulation.systems, 0.05)
    assert not is_held(simulation)


def test_both_directions_of_a_street_must_be_free(simulation):
    world, carriageway, stretch = (
        simulation.world,
        simulation.systems.carriageway,
        stretch_without_light(simulation),
    )
    shared = carriageway.stretch[np.isin(carriageway.cell, carriageway.cell[carriageway.stretch == stretch])]
    other = np.argmax(np.bincount(shared[shared != stretch]))
    at_kerb(simulation, stretch)
    world.crossings.arrives_us[other, 0], world.crossings.leaves_us[other, 0] = 2 * S, 4 * S
    people_wait_at_kerbs(world, simulation.systems, 0.05)
    assert is_held(simulation)


def test_a_light_is_obeyed_but_by_those_who_ignore_it_lose_patience_or_flee(simulation):
    world, kerbs, people = simulation.world, simulation.systems.kerbs, simulation.crowd.people
    stretch = int(np.flatnonzero(kerbs.signal != NONE)[0])
    kerbs.ignores_red[:] = False

    def waits(light, tick=0):
        world.people_at_kerbs.stretch[:] = NONE
        at_kerb(simulation, stretch)
        world.tick, world.crossings.light[:] = 0, light
        people_wait_at_kerbs(world, simulation.systems, 0.05)
        if tick:
            world.tick = tick
            people_wait_at_kerbs(world, simulation.systems, 0.05)
        return is_held(simulation)

    assert waits(RED) and not waits(GREEN) and not waits(NO_LIGHT)
    assert waits(RED, world.ticks(59.0)) and not waits(RED, world.ticks(60.0))
    kerbs.ignores_red[0] = True
    assert not waits(RED)
    kerbs.ignores_red[0] = False
    people.aware_tick[0], people.is_leaving[0] = 0, 1
    assert waits(RED)
    threat = dict.fromkeys(world.threats.columns, 1)
    world.threats.append(threat | {"key": b"shots"})
    assert not waits(RED)


def test_arms_of_a_junction_go_by_its_light(simulation):
    kerbs, carriageway = simulation.systems.kerbs, simulation.systems.carriageway
    flow = simulation.systems.traffic.flow
    ruled = np.flatnonzero(kerbs.signal != NONE)
    assert len(ruled) == 8  # both directions of four arms
    for k in ruled:
        link = carriageway.link[k]
        node = flow.plans[0].node
        assert node in (flow.links.from_node[link], flow.links.to_node[link])
        own = int(flow.road.queues["group"][flow.road.first_lane[link]])
        assert own in (NONE, kerbs.group[k])
    crossings_show_lights_and_vehicles(simulation.world, simulation.systems, 1.0)
    assert set(simulation.world.crossings.light[ruled]) == {GREEN, RED}
    flow.set_fault(0, "dark")
    crossings_show_lights_and_vehicles(simulation.world, simulation.systems, 1.0)
    assert (simulation.world.crossings.light == NO_LIGHT).all()


def _kerbs(rules, driver):
    none = np.array([NONE])
    return Kerbs(
        rules=rules, crossing_m=np.array([6.5]), along=np.array([[1.0, 0.0]]), signal=none, group=none,
        clear_s=np.array([6.0]), is_marked=np.array([True]), ignores_red=np.zeros(1, bool), driver=driver,
    )  # fmt: skip


def test_as_many_vehicles_pass_before_one_stops_as_the_share_says():
    share, n = 0.4, 40_000
    kerbs = _kerbs(Crossings(yield_marked=share), np.random.default_rng(1).uniform(size=n))
    passed = []
    for first in range(0, n - 40, 40):
        row = np.arange(first, first + 40)
        arrives_us = np.arange(40) * 3 * S + 10 * S
        comers = Comers(
            row=row, place=np.zeros(40, int), arrives_us=arrives_us, leaves_us=arrives_us,
            way_m=np.full(40, 100.0), speed_m_s=np.full(40, 10.0), is_on_link=np.ones(40, bool),
        )  # fmt: skip
        passed.append(round((first_to_yield_us(comers, 0, kerbs, 0) / S - 10.0) / 3.0))
    # geometric: (1 - y) / y = 1.5, standard error 0.06
    assert np.mean(passed) == pytest.approx((1.0 - share) / share, abs=0.2)


def test_nobody_stops_who_cannot():
    kerbs = _kerbs(Crossings(yield_marked=1.0), np.zeros(2))
    comers = Comers(
        row=np.arange(2), place=np.zeros(2, int), arrives_us=np.array([1, 9]) * S, leaves_us=np.zeros(2, int),
        way_m=np.array([10.0, 90.0]), speed_m_s=np.full(2, 10.0), is_on_link=np.ones(2, bool),
    )  # fmt: skip
    assert first_to_yield_us(comers, 0, kerbs, 0) == pytest.approx(9 * S, abs=0.2 * S)


def test_a_driver_stops_while_somebody_waits_and_drives_on_afterwards(town):
    change = {"traffic": {"crossings": {"yield_unmarked": 1.0}, "signals": {"control": "none"}}}
    simulation = Simulation(town(CARS, change), seed=1)
    simulation.run_until(25.0)
    world, systems, carriageway = simulation.world, simulation.systems, simulation.systems.carriageway
    flow, crossings = systems.traffic.flow, world.crossings
    at_kerb(simulation, 0)
    crossings.n_waiting[:] = 0
    drivers_yield_to_people(world, systems, 1.0)
    comers = find_comers(flow, carriageway.link, carriageway.start, carriageway.end)
    able = comers.is_on_link & (comers.way_m > stopping_distance_m(comers.speed_m_s))
    able &= carriageway.start[comers.place] > 7.5
    comer = int(np.flatnonzero(able)[0])
    stretch, row = int(comers.place[comer]), int(comers.row[comer])

    def drive(seconds, n_waiting):
        for _ in range(seconds):
            crossings.n_waiting[:] = n_waiting * (np.arange(len(crossings)) == stretch)
            drivers_yield_to_people(world, systems, 1.0)
            crossings_show_lights_and_vehicles(world, systems, 1.0)
            flow.advance(flow.now_us + S)

    drive(30, 1)
    assert flow.vehicles["stands"][row] == 1
    assert offsets_m(flow)[row] == pytest.approx(carriageway.start[stretch], abs=0.1)
    assert (crossings.arrives_us[stretch] == NEVER).all()
    drive(30, 0)
    assert flow.vehicles["stands"][row] == 0
    link = flow.road.queues["link"][flow.vehicles["queue"][row]]
    assert flow.vehicles["state"][row] != ON_LINK or link != carriageway.link[stretch]
    flow.require_conserved()


def test_a_run_with_kerbs_keeps_its_laws_and_is_the_same_again(town):
    tree = town(CARS, {"traffic": {"crossings": {"yield_unmarked": 0.5}}})
    first = simulate(tree, seed=1, check=True).summary
    assert {"people_wait_at_kerbs", "drivers_yield_to_people"} <= set(first["couplings"])
    assert first["digest"] == simulate(tree, seed=1).summary["digest"]


def test_people_walk_freely_where_the_scenario_says_so(town):
    change = {"traffic": {"crossings": {"kerbs": False}}}
    assert Simulation(town(CARS, change), seed=1).systems.kerbs is None


def test_a_marked_crossing_must_be_on_the_ground(town):
    with pytest.raises(InvalidInputError, match="no carriageway"):
        Simulation(town(CARS, {"traffic": {"crossings": {"marked": [{"xy": [10, 10]}]}}}), seed=1)
    kerbs = Simulation(
        town(CARS, {"traffic": {"crossings": {"marked": [{"xy": [186, 150]}]}}}), seed=1
    ).systems.kerbs
    assert 2 <= kerbs.is_marked.sum() <= 4

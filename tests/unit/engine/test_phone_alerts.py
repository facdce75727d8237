"""Alerts to phones in a run: over cells that work, in the time they need, read or not, and whom they missed."""

import json

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import read_scenario_text

READ = {"read_share": 1.0, "read_after": {"kind": "constant", "value": 2}}
TOWN = {
    "title": "town",
    "map": {"synthetic": {"kind": "grid_city", "columns": 6, "rows": 5}},
    "time": {"duration": 400},
    "crowd": {
        "focus": {"at": {"box": [114, 114, 258, 258]}},
        "street_exits": True,
        "populations": {"here": {"count": 150, "at": "square", "activity": "stay"}},
    },
    "infrastructure": {},
}


def alert(**given):
    return {"interventions": {"tell": {"kind": "phone_alert", "at_time": 5, **READ, **given}}}


def told(simulation):
    return int((simulation.systems.crowd.people.aware_tick >= 0).sum())


def events(simulation, kind):
    found = simulation.world.events
    return [k for k in range(len(found)) if found.kind[k].decode() == kind]


@pytest.fixture(scope="module")
def run(start):
    """Return a function from changes of the town to its simulation at a time."""

    def begin(*changes, until, city=None):
        document = dict(TOWN)
        for change in changes:
            document |= change
        return start(read_scenario_text(json.dumps(document)), until=until, city=city)

    return begin


@pytest.fixture(scope="module")
def broadcast(run):
    return run(alert(), until=330.0)


def test_a_broadcast_reaches_the_capable_and_says_whom_it_missed(broadcast):
    simulation = broadcast
    n = told(simulation)
    assert 0.8 * 150 < n < 0.98 * 150  # nine in ten phones take it, all who have it read
    (over,) = events(simulation, "phone_alert_over")
    data = simulation.world.events.data[over].decode()
    assert f'"received": {n}' in data and f'"not_reached": {150 - n}' in data and '"no_cell": 0' in data
    (done,) = events(simulation, "alert_delivered")
    assert '"missed"' in simulation.world.events.data[done].decode()


def test_nobody_has_it_before_the_first_broadcast(broadcast):
    people = broadcast.systems.crowd.people
    ticks = people.aware_tick[people.aware_tick >= 0]
    # ordered at 5 s, first broadcast 10 s later, read 2 s after; seen at whole seconds
    assert ticks.min() * broadcast.world.resolution_us / 1e6 == pytest.approx(17.0, abs=1.05)
    assert np.median(ticks) * broadcast.world.resolution_us / 1e6 < 20.0


def test_without_cells_nobody_is_warned(run, broadcast):
    cut = {"hazards": {"cut": {"kind": "asset_failure", "assets": "cell", "start": 1}}}
    simulation = run(alert(), cut, until=330.0, city=broadcast.city)
    assert told(simulation) == 0
    (over,) = events(simulation, "phone_alert_over")
    assert '"no_cell": 150' in simulation.world.events.data[over].decode()


@pytest.mark.slow
def test_messages_take_longer_and_those_who_are_not_in_the_area_get_none(run, broadcast):
    simulation = run(alert(by="messages"), until=330.0, city=broadcast.city)
    assert told(simulation) < told(broadcast)
    part = run(alert(at={"box": [220, 120, 243, 250]}), until=60.0, city=broadcast.city)
    assert 0 < told(part) < 0.9 * told(broadcast)


@pytest.mark.slow
def test_a_restart_goes_on_the_same(run, broadcast):
    walking = run(alert(), until=30.3, city=broadcast.city)
    fresh = run(alert(), until=0.0, city=broadcast.city)
    fresh.take_over(walking.capture())
    fresh.run_until(330.0)
    assert fresh.digest.parts == broadcast.digest.parts


def test_an_alert_needs_cells(start):
    document = {key: value for key, value in TOWN.items() if key != "infrastructure"} | alert()
    with pytest.raises(InvalidInputError, match="goes over the city's cells"):
        start(read_scenario_text(json.dumps(document)))

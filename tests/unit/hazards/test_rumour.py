"""Rumours from mouth to mouth."""

import numpy as np

from impetus_sim.hazards.rumour import find_talks
from impetus_sim.world.rumours import Hearer

KEY = np.array([1, 2], np.uint32)


def rumour(**more):
    return {"hazards": {"talk": {"kind": "rumour", "at": {"xy": [6, 6.5]}, "start": 1, "rate": 1, **more}}}


def test_it_goes_round_and_believers_leave(room, start, events_of):
    simulation = start(room(rumour(believed_share=1, talk_within=4)), until=20)
    heard, people = simulation.world.rumours.heard, simulation.crowd.people
    assert len(set(heard.person.tolist())) == len(heard) > 20
    told = heard.told_by >= 0
    assert told.any() and not told.all()
    assert np.isin(heard.told_by[told], heard.person).all()
    assert (people.aware_tick[heard.person] >= 0).all() and (people.state[heard.person] != 1).any()
    begun, *hearings = events_of(simulation)
    assert begun["kind"] == "rumour" and all(row["causes"] == [begun["id"]] for row in hearings)
    assert "rumours_spread" in simulation.couplings


def test_whoever_does_not_believe_is_silent_and_stays(room, start):
    simulation = start(room(rumour(believed_share=0)), until=10)
    heard, people = simulation.world.rumours.heard, simulation.crowd.people
    assert len(heard) and (heard.state == Hearer.SILENT).all() and (heard.told_by == -1).all()
    assert (people.aware_tick < 0).all()


def test_belief_counts_where_the_scenario_has_it(room, start):
    deaf = {"crowd": {"information": {"credibility": {"rumour": 0}}}}
    simulation = start(room(rumour(), deaf), until=5)
    assert (simulation.world.rumours.heard.state == Hearer.SILENT).all()
    assert (simulation.crowd.people.aware_tick < 0).all()


def test_talks_are_near_by_and_keyed(warm):
    draws = np.random.default_rng(1)
    x, y = draws.random(300) * 30, draws.random(300) * 30
    ids, spreaders = np.arange(300, dtype=np.uint64), np.arange(0, 300, 2)
    how = {"key": KEY, "second": 4, "rate": 0.5, "talk_within_m": 3.0}
    talkers, told, _ = find_talks(x, y, ids, spreaders, **how)
    assert np.isin(talkers, spreaders).all() and (talkers != told).all()
    assert np.hypot(x[talkers] - x[told], y[talkers] - y[told]).max() <= 3.0
    fewer, told_by_fewer, _ = find_talks(
        x, y, ids, spreaders[:40], **how
    )  # the others' talks stay as they are
    both = np.isin(talkers, fewer)
    assert np.array_equal(talkers[both], fewer) and np.array_equal(told[both], told_by_fewer)


def test_a_checkpoint_and_two_threads_change_nothing(room, start, tmp_path):
    from impetus_sim.engine.simulation import Simulation

    scenario = room(rumour())
    whole = start(scenario, until=12)
    half = start(scenario, until=4.35)
    again = Simulation.restore(half.checkpoint(tmp_path / "half.h5"))
    again.run_until(12)
    assert again.digest.value == whole.digest.value
    assert start(scenario, until=12, threads=2).digest.value == whole.digest.value

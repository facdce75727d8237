"""A blast among people and assets."""

import numpy as np
import pytest

from impetus_sim.engine.couplings.blasts import find_severity
from impetus_sim.hazards import blast_law
from impetus_sim.world.injuries import Severity


def blast(**more):
    return {"hazards": {"bomb": {"kind": "blast", "at": {"xy": [6, 6.5]}, "start": 2, **more}}}


def test_people_are_hurt_by_their_distance_and_flee(room, start, events_of):
    simulation = start(room(blast(charge=2)), until=2.5)
    injured, people = simulation.world.injuries.injured, simulation.crowd.people
    assert 0 < len(injured) < 41
    apart = np.hypot(injured.x - 6, injured.y - 6.5)
    is_minor = injured.severity == Severity.MINOR
    assert is_minor.any() and not is_minor.all()
    assert apart[~is_minor].mean() < apart[is_minor].mean()
    (event,) = events_of(simulation, "blast")
    assert (injured.cause == event["id"]).all()
    assert all(row["causes"] == [event["id"]] for row in events_of(simulation, "people_injured"))
    assert (people.aware_tick >= 0).mean() > 0.8 and "blasts_hurt_people" in simulation.couplings
    simulation.run_until(20)
    assert len(simulation.world.injuries.injured) == len(injured)


def test_shares_follow_the_law():
    rng = np.random.default_rng(1)
    n, charge = 40_000, 50.0
    draws, distance = rng.random((n, 4)), np.full(n, 12.0)
    z = blast_law.scaled_distance(distance[:1], charge)
    pressure, impulse = blast_law.overpressure_kpa(z), blast_law.impulse_kpa_ms(z, charge)
    found = find_severity(
        distance, charge, draws, beside_wall=np.zeros(n, bool), panes="new", glass_share=0.1
    )
    hurt = blast_law.lung_chance(pressure, impulse, share_of_lethal=blast_law.LUNGS_HURT)[0]
    ear = blast_law.eardrum_chance(pressure)[0]
    assert (found >= Severity.DELAYED).mean() == pytest.approx(hurt, abs=0.01)
    assert (found == 0).mean() == pytest.approx((1 - hurt) * (1 - ear), abs=0.01)


def test_glass_cuts_only_beside_walls():
    n = 10_000
    draws = np.random.default_rng(2).random((n, 4))
    beside = np.arange(n) % 2 == 0
    found = find_severity(np.full(n, 100.0), 100.0, draws, beside_wall=beside, panes="old", glass_share=1.0)
    z = blast_law.scaled_distance(np.array([100.0]), 100.0)
    chance = blast_law.pane_chance(blast_law.overpressure_kpa(z), "old")[0]
    assert (found[beside] > 0).mean() == pytest.approx(chance, abs=0.02) and 0.5 < chance < 1
    assert (found[~beside] > 0).mean() < 0.01


def test_a_checkpoint_and_two_threads_change_nothing(room, start, tmp_path):
    from impetus_sim.engine.simulation import Simulation

    scenario = room(blast(charge=0.5))
    whole = start(scenario, until=10)
    half = start(scenario, until=2.0)  # the blast has gone off
    again = Simulation.restore(half.checkpoint(tmp_path / "half.h5"))
    again.run_until(10)
    assert again.digest.value == whole.digest.value
    assert start(scenario, until=10, threads=2).digest.value == whole.digest.value


def test_another_population_changes_nobodys_draw(room, start):
    more = {"crowd": {"populations": {"others": {"count": 0, "at": {"box": [1, 1, 11, 7]}}}}}
    found = [start(room(blast(charge=0.5), change), until=2.2) for change in ({}, more)]
    hurt = [
        dict(
            zip(
                s.crowd.people.uid[s.world.injuries.injured.person].tolist(),
                s.world.injuries.injured.severity.tolist(),
                strict=True,
            )
        )
        for s in found
    ]
    assert hurt[0] == hurt[1]

"""The order of repairs: sequences are near the best of all, and the rules do what their names say."""

from itertools import permutations

import numpy as np
import pytest

from impetus_sim.infrastructure.repair.plan import Hand, Job, Outlook, best_order, person_hours
from impetus_sim.infrastructure.repair.rules import RULES, Choice
from impetus_sim.infrastructure.services.build import Need, assemble_assets
from impetus_sim.infrastructure.services.unserved import UnservedPeople
from impetus_sim.world.assets import Service


def travel_h(start, end):
    return float(np.hypot(end[0] - start[0], end[1] - start[1])) / 20_000.0


def random_case(seed, n=6):
    """A tree of feeders, transformers and blocks of which some are broken, and one to three crews."""
    rng = np.random.default_rng(seed)
    kinds, needs, people, places = {}, [], {}, {}
    for k in range(12):
        name = f"asset_{k:02d}"
        kinds[name] = "transformer"
        places[name] = tuple(rng.uniform(0, 8000, 2))
        people[name] = float(rng.integers(0, 500))
        if k:
            providers = tuple(
                f"asset_{p:02d}" for p in rng.choice(k, min(k, int(rng.integers(1, 3))), replace=False)
            )
            needs.append(Need(consumer=name, providers=providers, service=Service.POWER))
    assets = assemble_assets(kinds, needs, people=people, places=places)
    jobs = [
        Job(asset=int(row), place=places[f"asset_{row:02d}"], work_h=float(rng.uniform(1, 12)), skill="power")
        for row in rng.choice(12, n, replace=False)
    ]
    hands = tuple(
        Hand(place=(4000.0, 4000.0), free_h=float(rng.uniform(0, 4)), skills=frozenset({"power"}))
        for _ in range(int(rng.integers(1, 4)))
    )
    outlook = Outlook(hands=hands, under_way=(), travel_h=travel_h, unserved=UnservedPeople(assets))
    return jobs, outlook


def test_sequences_are_near_the_best_of_all():
    over = []
    for seed in range(30):
        jobs, outlook = random_case(seed)
        least = min(person_hours(order, outlook) for order in permutations(jobs))
        order = best_order(jobs, outlook)
        assert sorted(job.asset for job in order) == sorted(job.asset for job in jobs)
        over.append(person_hours(order, outlook) / least - 1.0)
    assert min(over) > -1e-9
    assert max(over) < 0.02 and np.mean(np.array(over) < 1e-9) >= 0.9


def test_one_crew_and_separate_jobs_follow_smiths_rule():
    # without coupling and travel the best sequence is known: most people per hour of work first (Smith 1956)
    people = {"a": 100.0, "b": 900.0, "c": 300.0, "d": 50.0}
    assets = assemble_assets(dict.fromkeys(people, "transformer"), [], people=people)
    work = {"a": 1.0, "b": 6.0, "c": 1.5, "d": 0.2}
    jobs = [Job(asset=assets.row(name), place=(0.0, 0.0), work_h=work[name], skill="power") for name in work]
    hand = Hand(place=(0.0, 0.0), free_h=0.0, skills=frozenset({"power"}))
    outlook = Outlook(hands=(hand,), under_way=(), travel_h=travel_h, unserved=UnservedPeople(assets))
    order = [assets.ids[job.asset] for job in best_order(jobs, outlook)]
    assert order == sorted(people, key=lambda name: -people[name] / work[name])
    # 0.2 h until d is back, then c, b and a: people still without, times the hours until the next
    by_hand = 1350 * 0.2 + 1300 * 1.5 + 1000 * 6.0 + 100 * 1.0
    assert person_hours([jobs["abcd".index(name)] for name in "dcba"], outlook) == pytest.approx(by_hand)


def test_a_job_that_nobody_can_do_stands_in_the_way_of_none():
    jobs, outlook = random_case(3)
    other = Job(asset=jobs[0].asset, place=jobs[0].place, work_h=1.0, skill="water")
    assert person_hours([other, *jobs[1:]], outlook) == person_hours(jobs[1:], outlook)


@pytest.fixture
def choice():
    assets = assemble_assets(
        {"near": "transformer", "many": "transformer", "vital": "transformer", "clinic": "hospital"},
        [Need(consumer="clinic", providers=("vital",), service=Service.POWER)],
        people={"near": 10.0, "many": 1000.0, "vital": 1.0},
        places={"near": (100.0, 0.0), "many": (5000.0, 0.0), "vital": (9000.0, 0.0)},
    )
    jobs = [
        Job(asset=assets.row(name), place=(x, 0.0), work_h=2.0, skill="power")
        for name, x in (("near", 100.0), ("many", 5000.0), ("vital", 9000.0))
    ]
    hand = Hand(place=(0.0, 0.0), free_h=0.0, skills=frozenset({"power"}))
    outlook = Outlook(hands=(hand,), under_way=(), travel_h=travel_h, unserved=UnservedPeople(assets))
    return assets, Choice(
        jobs=jobs,
        waiting=jobs,
        place=(0.0, 0.0),
        outlook=outlook,
        serves_hospital=frozenset({assets.row("vital")}),
    )


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("nearest_first", "near"),
        ("people_per_hour", "many"),
        ("hospitals_first", "vital"),
        ("optimised", "many"),
    ],
)
def test_rules_take_what_they_say(choice, rule, first):
    assets, given = choice
    assert assets.ids[RULES[rule](given).asset] == first

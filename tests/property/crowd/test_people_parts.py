"""Everything that people do, at once: restored mid-way exactly, for any threads, whatever the order of entries."""

import pytest

from impetus_sim.engine.simulation import Simulation

PLAN = {
    "kind": "room", "width": 40, "depth": 24, "obstacles": [[18, 4, 20, 16]],
    "exits": [{"name": "east", "wall": "east", "width": 3}, {"name": "west", "wall": "west", "width": 3}],
}  # fmt: skip
LATE = {"kind": "lognormal", "median": 5, "sigma": 0.6}
POPULATIONS = {
    "families": {
        "count": 90, "at": {"box": [2, 2, 17, 22]}, "profiles": {"adult": 0.6, "child": 0.4}, "premovement": LATE,
        "groups": {"share": 0.8, "leader": "adult", "wait_for": 4, "search_share": 1.0},
        "reactions": {"flight": 0.5, "freeze": 0.2, "hide": 0.1, "follow": 0.2}, "trust": 0.7,
        "knows_exits": 0.4, "came_by": {"west": 1.0},
    },
    "visitors": {
        "count": 60, "at": {"box": [21, 2, 38, 22]}, "premovement": LATE, "reactions": {"flight": 0.7, "follow":
        0.3}, "familiar": {"east": 3},
    },
    "late": {
        "count": 20, "at": {"box": [21, 2, 38, 22]}, "arrive": {"through": "east", "start": 0, "end": 8},
        "premovement": LATE, "groups": {"share": 1.0},
    },
    "patients": {
        "count": 3, "at": {"box": [4, 4, 16, 20]}, "profiles": "wheelchair_user", "premovement": LATE,
        "assistance": {"by": ["visitors", "families"]},
    },
}  # fmt: skip
CHANGE = {
    "map": {"synthetic": PLAN},
    "time": {"duration": 40},
    "crowd": {
        "information": {}, "contagion": {"rate": 0.1}, "threat_perception": {"seen_within": 15},
        "hiding_places": {"corner": {"box": [1, 18, 6, 23]}}, "exit_choice": {"herding": {}},
    },
    "hazards": {"bang": {"kind": "shots", "at": {"xy": [30, 12]}, "start": 3, "count": 3, "heard_within": 14}},
    "interventions": {
        "phone": {
            "kind": "phone_message", "at_time": 5, "exit": "west",
            "read_after": {"kind": "uniform", "low": 1, "high": 15},
        },
        "sign": {"kind": "guidance", "at": {"box": [0, 0, 20, 24]}, "exit": "west", "at_time": 6, "lasts": 20},
        "siren": {"kind": "siren", "at_time": 2, "repeats": 1, "every": 10},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def busy(room):
    def build(names=tuple(POPULATIONS)):
        populations = {"guests": None} | {name: POPULATIONS[name] for name in names}
        return room(CHANGE, {"crowd": {"populations": populations}})

    return build


def digest(scenario, **more):
    simulation = Simulation(scenario, seed=4, check=True, **more)
    simulation.run_until(40)
    return simulation.digest.value


def test_threads_and_order_of_entries_do_not_matter(busy):
    one = digest(busy(), threads=1)
    assert digest(busy(), threads=2) == one
    assert digest(busy(tuple(reversed(POPULATIONS))), threads=1) == one


@pytest.mark.parametrize("at", [6.0, 13.35])
def test_restored_midway_it_goes_on_exactly(busy, at):
    scenario = busy()
    whole = digest(scenario)
    first = Simulation(scenario, seed=4)
    first.run_until(at)
    second = Simulation(scenario, seed=4, check=True)
    second.take_over(first.capture())
    second.run_until(40)
    assert second.digest.value == whole


def test_another_population_changes_nobodys_draws(busy):
    """Groups, reactions, trust and knowledge are keyed by person."""
    few, all_ = Simulation(busy(("families",)), seed=4), Simulation(busy(), seed=4)
    state = {}
    for simulation in (few, all_):
        people, roster = simulation.crowd.people, simulation.crowd.roster
        rows = people.population == roster.populations.index("families")
        groups = next(b for b in simulation.crowd.behaviours if type(b).__name__ == "GroupsStay").groups
        heads = people.uid[groups.head[rows]]
        state[simulation is few] = [heads.tolist(), people.premovement_s[rows].tolist()]
    assert state[True] == state[False]


def test_a_branch_may_bring_a_message(busy, room):
    """A checkpoint of a scenario without guidance goes on in one that has it."""
    base = room(CHANGE, {"crowd": {"populations": {"guests": None} | POPULATIONS}, "interventions": None})
    first = Simulation(base, seed=4)
    first.run_until(8)
    second = Simulation(busy(), seed=4, check=True)
    second.take_over(first.capture())
    second.run_until(40)
    assert (second.crowd.people.left_tick >= 0).any()

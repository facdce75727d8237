"""Journeys and gates: exact after a restore in the middle of a queue, the same for one and two threads."""

import numpy as np
import pytest

from impetus_sim.crowd.journeys.tables import AT_SERVER, IN_LINE, ON_WAY, WAITING

QUEUE = {"service": {"kind": "lognormal", "median": 2, "sigma": 0.5}, "servers": 2}
BUSY = {
    "time": {"duration": 30},
    "crowd": {
        "gates": {
            "rope": {"at": {"line": [[3, 0], [3, 5]]}, "open": True},
            "fence": {"at": {"line": [[8.5, 0], [8.5, 8]]}},
        },
        "stuck": {"after": 4},
        "stages": {
            "check": {"kind": "queue", "line": {"line": [[5, 6.5], [2, 6.5], [2, 5.5]]}, **QUEUE},
            "desk": {"kind": "queue", "line": {"line": [[5, 1.5], [2, 1.5]]}, **QUEUE},
            "corner": {"kind": "way_point", "at": {"xy": [7, 1]}},
            "lobby": {
                "kind": "waiting_area",
                "at": {"box": [6.6, 4, 8.2, 7.5]},
                "wait": {"kind": "uniform", "low": 2, "high": 6},
                "until": {"hazard": "fall"},
                "reaction": {"kind": "uniform", "low": 0, "high": 2},
            },
        },
        "populations": {
            "guests": {"count": 10, "at": {"box": [9, 1, 11, 7]}},
            "visitors": {
                "count": 25,
                "at": {"box": [9, 1, 11, 7]},
                "arrive": {"through": "west", "start": 0, "end": 12},
                "journey": [["check", "desk"], {"corner": 0.5, "lobby": 0.5}, "lobby"],
                "activity": "leave",
                "exits": ["east"],
            },
        },
    },
    "hazards": {
        "fall": {"kind": "fence_falls", "gate": "fence", "density": 0.8, "lasting": 1, "start": 14},
        "cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 26, "believed_share": 0.5},
    },
    "interventions": {
        "close": {"kind": "gate_control", "gate": "rope", "action": "close", "at_time": 5, "undo_after": 6}
    },
}
MOMENTS = [0.0, 2.0, 4.99, 5.0, 5.03, 7.77, 11.0, 14.0, 17.5, 23.0, 26.0, 28.4]
"""People in line, being served, waiting; a gate closed; just when it closes; a fence under load."""


@pytest.fixture(scope="module")
def unbroken(room, start):
    return start(room(BUSY), until=30)


def journeys_of(simulation):
    return next(b for b in simulation.crowd.behaviours if type(b).__name__ == "Journeys").table


def test_the_scene_has_everything(room, start, events_of):
    simulation, seen = start(room(BUSY)), set()
    simulation.run_until(30, after_tick=lambda s: seen.update(np.unique(journeys_of(s).phase).tolist()))
    assert {ON_WAY, IN_LINE, AT_SERVER, WAITING} <= seen
    kinds = {row["kind"] for row in events_of(simulation)}
    assert {"gate_closed", "gate_opened", "fence_failed", "people_stuck"} <= kinds


def test_from_any_moment_on_a_new_simulation(room, start, unbroken):
    walking = start(room(BUSY), city=unbroken.city)
    for moment in MOMENTS:
        walking.run_until(moment)
        fresh = start(room(BUSY), city=unbroken.city)
        fresh.take_over(walking.capture())
        fresh.run_until(30)
        assert fresh.digest.parts == unbroken.digest.parts, moment


def test_back_in_time_on_the_same_simulation(room, start, unbroken):
    simulation = start(room(BUSY), until=4, city=unbroken.city)
    early = simulation.capture()
    simulation.run_until(20)
    simulation.take_over(early)
    simulation.run_until(30)
    assert simulation.digest.value == unbroken.digest.value


def test_a_branch_that_leaves_the_fence_standing(room, start, unbroken, tmp_path):
    from impetus_sim.engine.branch import branch_run
    from impetus_sim.engine.record import simulate

    parent = simulate(room(BUSY), seed=3, path=tmp_path / "parent.h5")
    same = branch_run(parent, tmp_path / "same.h5", at_s=7.5)
    assert same.summary["digest"] == parent.summary["digest"] == unbroken.digest.value
    strong = branch_run(
        parent,
        tmp_path / "strong.h5",
        at_s=7.5,
        change=lambda _: room(BUSY, {"hazards": {"fall": {"density": 19}}}),
    )
    assert not (strong.tables("gates")["is_open"] == 1).all()


WAIT = {"kind": "constant", "value": 3}
LARGE = {
    "map": {"synthetic": {"width": 60, "depth": 40, "obstacles": [[28, 15, 32, 25]]}},
    "time": {"duration": 8},
    "crowd": {
        "gates": {"rope": {"at": {"line": [[20, 0], [20, 30]]}, "open": True}},
        "stages": {
            "check": {"kind": "queue", "line": {"line": [[15, 20], [5, 20]]}, "servers": 4},
            "lobby": {"kind": "waiting_area", "at": {"box": [22, 2, 50, 14]}, "wait": WAIT},
        },
        "populations": {"guests": {"count": 2600, "at": {"box": [1, 1, 59, 39]}, "premovement": "none",
                                   "activity": "leave", "journey": [{"check": 0.1, "lobby": 0.9}]}},
    },
    "interventions": {"close": {"kind": "gate_control", "gate": "rope", "action": "close", "at_time": 3}},
}  # fmt: skip


def test_threads(room, start):
    one, two = (start(room(LARGE), threads=threads, until=8) for threads in (1, 2))
    assert one.digest.parts == two.digest.parts


def test_a_branch_keeps_its_stages(room, tmp_path):
    from impetus_sim.engine.branch import branch_run
    from impetus_sim.engine.record import simulate
    from impetus_sim.errors import InvalidInputError

    short = {"time": {"duration": 5}, "hazards": None, "interventions": None}
    lobby = {"crowd": {"stages": {"lobby": {"until": None}}}}
    parent = simulate(room(BUSY, short, lobby), seed=3, path=tmp_path / "parent.h5")
    with pytest.raises(InvalidInputError, match=r"crowd\.stages"):
        branch_run(
            parent,
            tmp_path / "more.h5",
            at_s=2,
            change=lambda s: s.with_(**{"crowd.stages.check.servers": 1}),
        )

"""Alarm that spreads by sight: with a chain of causes, not through walls, and not without anybody running."""

import numpy as np
import pytest

ROW = {
    "kind": "room", "width": 40, "depth": 8, "exits": [{"name": "east", "wall": "east", "width": 4}],
    "obstacles": None,
}  # fmt: skip


def row(room, *, wall=False, **contagion):
    plan = ROW | ({"obstacles": [[19.4, 0.0, 20.0, 7.0]]} if wall else {})
    crowd = {
        "contagion": {"rate": 0.3, "radius": 12} | contagion,
        "populations": {
            "guests": None,
            "first": {"count": 10, "at": {"box": [30, 1, 38, 7]}, "premovement": "none"},
            "others": {
                "count": 60,
                "at": {"box": [1, 1, 19, 7]},
                "premovement": {"kind": "constant", "value": 2},
            },
        },
    }
    cry = {"kind": "false_alarm", "at": {"xy": [36, 4]}, "start": 1, "noticed_within": 8, "believed_share": 1}
    return room(
        {"map": {"synthetic": plan}, "time": {"duration": 60}, "hazards": {"cry": cry}, "crowd": crowd}
    )


def test_it_spreads_and_every_chain_leads_back(room, start, events_of):
    scenario = row(room, radius=20)
    simulation = start(scenario, until=12)
    people, events = simulation.crowd.people, {e["id"]: e for e in events_of(simulation)}
    caught = np.flatnonzero(people.population == simulation.crowd.roster.populations.index("others"))
    caught = caught[people.aware_tick[caught] >= 0]
    assert len(caught) > 5
    for cause in np.unique(people.aware_cause[caught]):
        event = events[int(cause)]
        assert event["kind"] == "seen_running"
        while event["causes"]:
            event = events[event["causes"][0]]
        assert event["kind"] == "false_alarm"


def test_nobody_is_caught_who_sees_nobody_run(room, start, events_of):
    assert not events_of(start(row(room, radius=5), until=4), "seen_running")
    assert not events_of(start(row(room, radius=20, running_speed=5.0), until=8), "seen_running")


def test_the_share_caught_follows_the_rate(room, start):
    """From one runner in sight for one second: 1 - exp(-rate)."""
    from impetus_sim.crowd.contagion import Contagion

    simulation = start(row(room, rate=0.5))
    contagion = next(b for b in simulation.crowd.behaviours if isinstance(b, Contagion))
    people, world = simulation.crowd.people, simulation.world
    runner = int(np.flatnonzero(people.x > 30)[0])
    calm = np.flatnonzero(people.x < 20)
    people.x[runner], people.y[runner] = 10.0, 4.0
    people.is_leaving[runner], people.aware_cause[runner], people.vx[runner] = 1, 0, 2.0
    world.log("cry", "")
    caught = total = 0
    for second in range(1, 9):
        people.aware_tick[calm], people.aware_cause[calm] = -1, -1
        near = calm[np.hypot(people.x[calm] - 10.0, people.y[calm] - 4.0) < 12.0]
        world.tick = 100 * second
        contagion.after_move(simulation.crowd, world.tick)
        caught, total = caught + int((people.aware_tick[near] >= 0).sum()), total + len(near)
    assert caught / total == pytest.approx(1 - np.exp(-0.5), abs=0.07)

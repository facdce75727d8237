"""People who get nowhere are reported and look for another way; nobody else is."""

import numpy as np


def scene(room, **crowd):
    guests = {"count": 20, "at": {"box": [1, 1, 4, 7]}, "activity": "leave", "premovement": "none"}
    return room(
        {
            "time": {"duration": 120},
            "crowd": {"populations": {"guests": guests | crowd.pop("guests", {})}} | crowd,
        }
    )


def test_people_at_a_closed_gate_are_stuck_until_it_opens(room, start, events_of):
    gates = {"gate": {"at": {"line": [[8, 0], [8, 8]]}}}
    lift = {"lift": {"kind": "gate_control", "gate": "gate", "action": "open", "at_time": 40}}
    scenario = scene(room, gates=gates, stuck={"after": 10}, guests={"exits": ["east"]})
    simulation = start(scenario.with_(interventions=lift), until=39)
    counts = simulation.crowd.counts()
    assert counts["stuck"] >= 17 and counts["stuck_ever"] == 20  # some are still let through to the gate
    assert len(events_of(simulation, "people_stuck")) >= 1
    simulation.run_until(90)
    counts = simulation.crowd.counts()
    assert counts["stuck"] == 0 and counts["left"] == counts["stuck_ever"] == 20


def test_nobody_is_stuck_who_gets_on(room, start, events_of):
    simulation = start(scene(room, stuck=True), until=60)
    counts = simulation.crowd.counts()
    assert counts["left"] == 20 and counts["stuck_ever"] == 0 and not events_of(simulation)


def test_who_is_stuck_takes_another_exit_for_a_while(room, start):
    """Somebody stands in the only way to the nearer exit: a corridor one body wide."""
    people = {"exits": ["east", "west"]}
    scenario = scene(room, stuck={"after": 5, "penalty": 300}, guests=people)
    simulation = start(scenario, until=0.2)
    crowd = simulation.crowd
    near = crowd.people.goal.copy()
    # nobody can cross the line of the exit that most make for
    closed = int(np.bincount(near[near >= 0]).argmax())
    simulation.crowd.doors.open_for_step = lambda: (np.arange(2) != closed).astype(np.uint8)
    simulation.run_until(60)
    assert crowd.counts()["stuck_ever"] > 0
    assert simulation.world.exits.n_left[1 - closed] == 20

"""From calls over operators and a playbook to units at the scene, each event with the one that it follows from."""

from impetus_sim.engine.simulation import Simulation

ATTACK = {
    "gun": {
        "kind": "attacker", "at": {"xy": [186, 186]}, "start": 1, "lasts": 1200, "rate": 4, "hit_range": 500,
        "heard_share": 0.1, "seen_share": 0, "dead": 0.0, "immediate": 0.6, "delayed": 0.2, "minor": 0.2,
    }
}  # fmt: skip
PLAYBOOK = {
    "attack": {
        "title": "Attack",
        "source": "test",
        "trigger": {"incident": ["gunshot"]},
        "owner": "police",
        "steps": {
            "armed": {"request": {"armed": {"unit": "police", "n": 1, "priority": 0}}},
            "care": {"request": {"care": {"unit": "ambulance", "n": 2, "priority": 0}}, "after": 30},
        },
    }
}


def test_units_follow_from_calls_and_end_the_attack(city_with_units, rows_of):
    scenario = city_with_units(
        hazards=ATTACK,
        interventions={},
        response__control_rooms={"police": {"operators": 3, "handles": ["gunshot"]}},
        response__calls={"share": 1.0, "after": {"kind": "constant", "value": 20}},
        response__playbooks=PLAYBOOK,
    )
    simulation = Simulation(scenario, seed=4, check=True)
    simulation.run_until(700.0)
    sent = rows_of(simulation, "unit_sent")
    assert {row["unit"] for row in sent} == {"police", "ambulance"}
    met = rows_of(simulation, "attacker_met")
    assert len(met) == 1
    events = simulation.world.events

    def roots(event):
        held = [int(c) for c in events.causes[event].decode().split(",") if c]
        return {events.kind[event].decode()}.union(*(roots(cause) for cause in held))

    behind = set().union(*(roots(cause) for cause in met[0]["causes"]))
    assert {"unit_arrived", "unit_sent", "decision", "alert", "attack"} <= behind

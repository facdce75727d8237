"""Sirens, loudspeakers and phones: who is reached, and when."""

import numpy as np

PLAN = {"width": 40, "depth": 20, "obstacles": None}


def told(room, start, channel, until=60, **crowd):
    people = {"count": 300, "at": {"box": [1, 1, 39, 19]}, "premovement": {"kind": "constant", "value": 500}}
    scenario = room(
        {"map": {"synthetic": PLAN}, "time": {"duration": 600}, "interventions": {"tell": channel}},
        {"crowd": {"populations": {"guests": None, "people": people}, **crowd}},
    )
    simulation = start(scenario, until=until)
    return simulation, simulation.crowd.people


def test_a_siren_reaches_its_area(room, start):
    siren = {"kind": "siren", "at": {"box": [0, 0, 20, 20]}, "at_time": 1, "heard_share": 1, "repeats": 0}
    _, people = told(room, start, siren, until=3)
    assert ((people.aware_tick >= 0) == (people.x < 20)).mean() > 0.97


def test_loudspeakers_reach_their_surroundings(room, start):
    speakers = [{"xy": [5, 10]}, {"xy": [35, 10]}]
    warning = {
        "kind": "warning",
        "loudspeakers": speakers,
        "audible_within": 6,
        "at_time": 1,
        "heard_share": 1,
    }
    _, people = told(room, start, warning, until=3)
    near = np.minimum(np.hypot(people.x - 5, people.y - 10), np.hypot(people.x - 35, people.y - 10)) < 6
    assert 0.05 < near.mean() < 0.5
    assert ((people.aware_tick >= 0) == near).mean() > 0.95


def test_phones_are_read_after_a_delay_by_the_share_covered(room, start):
    delay = {"kind": "uniform", "low": 10, "high": 30}
    phone = {"kind": "phone_message", "at_time": 1, "coverage": 0.8, "read_share": 0.5, "read_after": delay}
    simulation, people = told(room, start, phone, until=60)
    aware = people.aware_tick[people.aware_tick >= 0] * simulation.world.seconds(1)
    assert abs(len(aware) / 300 - 0.4) < 0.09
    assert aware.min() >= 11 and aware.max() <= 31.1 and 17 < aware.mean() < 25


def test_a_message_that_names_an_exit_sends_people_there(room, start):
    phone = {
        "kind": "phone_message",
        "at_time": 1,
        "coverage": 1,
        "read_share": 1,
        "exit": "west",
        "exit_worth": 300,
    }
    phone["read_after"] = "none"
    scenario = room(
        {"map": {"synthetic": PLAN}, "time": {"duration": 90}, "interventions": {"tell": phone}},
        {
            "crowd": {
                "populations": {
                    "guests": None,
                    "people": {"count": 40, "at": {"box": [22, 1, 38, 19]}, "premovement": "none"},
                }
            }
        },
    )
    people = start(scenario, until=90).crowd.people
    assert (people.exit[people.left_tick >= 0] == 1).all() and (people.left_tick >= 0).mean() > 0.9


def test_belief_holds_back_a_siren_but_a_second_channel_helps(room, start):
    siren = {"kind": "siren", "at_time": 1, "heard_share": 1, "repeats": 0}
    _, people = told(room, start, siren, until=3, information={})
    assert abs((people.aware_tick >= 0).mean() - 0.3) < 0.08

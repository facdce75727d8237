"""Control rooms in a run: phases at their times, words to others, errors and their correction, restarts."""

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.world.alarms import IncidentPhase

POLICE = {"operators": 1, "handles": ["gunshot"]}
FALSE = {"kind": "false_alarm", "at": {"xy": [9, 6]}, "start": 2.4, "believed_share": 1.0}


def alert(simulation, kind, x, y, cause=-1):
    """Write an alert as a detector would."""
    world = simulation.world
    event = world.log("alert", "test", x=x, y=y, causes=[cause] if cause >= 0 else [])
    row = {
        "source": b"test",
        "kind": kind.encode(),
        "stream": -1,
        "x": x,
        "y": y,
        "score": 2.0,
        "event": event,
    }
    world.alarms.alerts.append({"tick": world.tick, **row})


def test_the_four_phases_have_their_times(control, start, seconds):
    simulation = start(control({"police": POLICE}), until=240)
    assert seconds(simulation) == [
        (2.4, "shot"),
        (8.0, "alert"),  # heard at 2.4 s, on the line after 5.3 s, put through at the next whole second
        (9.0, "incident_opened"),  # couplings come after decisions: seen at the next
        (19.0, "incident_confirmed"),  # 10 s to collect
        (39.0, "decision"),  # 20 s to analyse
        (77.0, "incident_evaluated"),  # response under way at 44 s; 30 s later a look of 3 s
        (110.0, "incident_closed"),  # 30 s after that another: nothing new for 90 s
    ]
    phases = simulation.systems.control_rooms.state[3]
    assert phases.name == "control_phases"
    assert (phases.tick / 100).tolist() == [9, 19, 39, 44, 110]
    assert phases.phase.tolist() == [0, 1, 2, 3, 4]


def test_every_event_leads_back_to_the_shot(control, start, events_of):
    rows = events_of(start(control({"police": POLICE}), until=240))
    chain, row = [], rows[-1]
    while row["causes"]:
        chain.append(row["kind"])
        row = rows[row["causes"][0]]
    assert chain == ["incident_closed", "decision", "incident_confirmed", "alert"]
    assert row["kind"] == "shot"


def test_a_message_takes_time_and_is_believed(control, start, seconds):
    rooms = {"police": {**POLICE, "tells": ["fire"]}, "fire": {"operators": 1}}
    simulation = start(control(rooms), until=60)
    found = seconds(simulation, "message_sent", "message_received", "incident_confirmed", "decision")
    assert found == [
        (19.0, "incident_confirmed"),
        (19.0, "message_sent"),
        (26.0, "message_received"),
        (26.0, "incident_confirmed"),
        (39.0, "decision"),
        (46.0, "decision"),
    ]
    incidents = simulation.world.alarms.incidents
    assert incidents.organisation.tolist() == [b"police", b"fire"]
    assert incidents.n_alerts.tolist() == [1, 0]


def test_a_lost_message_is_sent_again_until_it_is_given_up(control, start, seconds):
    messages = {"takes": {"kind": "constant", "value": 7}, "loss": 1, "attempts": 2, "again_after": 10}
    rooms = {"police": {**POLICE, "tells": ["fire"], "messages": messages}, "fire": {}}
    simulation = start(control(rooms), until=120)
    assert seconds(simulation, "message_sent", "message_received", "message_lost") == [
        (19.0, "message_sent"),
        (26.0, "message_lost"),
        (36.0, "message_sent"),
        (43.0, "message_lost"),
    ]
    assert simulation.world.alarms.incidents.organisation.tolist() == [b"police"]


def test_a_false_alarm_is_dismissed_by_who_does_not_err(control, start, seconds):
    simulation = start(control({"police": POLICE}, hazard=FALSE), until=120)
    assert seconds(simulation)[-1] == (19.0, "incident_dismissed")
    incidents = simulation.world.alarms.incidents
    assert incidents.phase.tolist() == [IncidentPhase.CLOSED] and incidents.is_confirmed.tolist() == [2]


def test_what_was_wrongly_believed_is_corrected(control, start, seconds, data_of, events_of):
    # an even chance to err at first, and none of the later looks is fooled: seeds in which it was
    erring = {**POLICE, "false": 0.5, "evaluate_every": 5}
    fates = []
    for seed in range(12):
        simulation = start(control({"police": erring}, hazard=FALSE), until=120, seed=seed)
        kinds = [kind for _, kind in seconds(simulation)]
        for row in events_of(simulation, "incident_dismissed"):
            was_believed = "incident_confirmed" in kinds
            assert data_of(simulation, row["id"])["corrected"] == was_believed
            fates.append(was_believed)
    assert 2 <= sum(fates) <= 10 and len(fates) == 12


def test_a_dismissed_incident_comes_up_again_with_new_alerts(control, start, seconds):
    simulation = start(control({"police": POLICE}, hazard=FALSE), until=30)
    assert seconds(simulation)[-1][1] == "incident_dismissed"
    alert(simulation, "gunshot", 9.0, 6.0, cause=0)
    simulation.run_until(60)
    assert [kind for _, kind in seconds(simulation)[-2:]] == ["alert", "incident_dismissed"]
    incidents = simulation.world.alarms.incidents
    assert len(incidents) == 1 and incidents.n_alerts.tolist() == [2]


def test_alerts_join_by_kind_and_place(control, start):
    far = {**POLICE, "handles": ["gunshot", "smoke"], "join_radius": 5}
    simulation = start(control({"police": far}, calls={"share": 0}), until=1)
    for kind, x in (("gunshot", 0.0), ("gunshot", 4.0), ("gunshot", 20.0), ("smoke", 0.0), ("egress", 0.0)):
        alert(simulation, kind, x, 0.0)
    simulation.run_until(2)
    incidents = simulation.world.alarms.incidents
    assert [(k.decode(), int(n)) for k, n in zip(incidents.kind, incidents.n_alerts, strict=True)] == [
        ("gunshot", 2), ("gunshot", 1), ("smoke", 1),
    ]  # fmt: skip


def test_alerts_wait_for_a_free_operator(control, start, seconds):
    simulation = start(control({"police": {**POLICE, "handles": ["smoke"]}}, calls={"share": 0}), until=1)
    for x in (0.0, 1000.0, 2000.0):
        alert(simulation, "smoke", x, 0.0)
    simulation.run_until(60)
    assert [t for t, _ in seconds(simulation, "incident_dismissed")] == [12.0, 22.0, 32.0]
    two = {**POLICE, "operators": 2, "handles": ["smoke"]}
    simulation = start(control({"police": two}, calls={"share": 0}), until=1)
    for x in (0.0, 1000.0, 2000.0):
        alert(simulation, "smoke", x, 0.0)
    simulation.run_until(60)
    assert [t for t, _ in seconds(simulation, "incident_dismissed")] == [12.0, 12.0, 22.0]


def test_shares_of_errors_are_within_their_band(control, start, events_of):
    # 400 single false alerts far apart, of which a tenth is believed: 99.9 % band of the binomial is 21 to 61
    room = {**POLICE, "operators": 100, "handles": ["gas"], "false": 0.1, "miss": 0.1}
    simulation = start(control({"police": room}, calls={"share": 0}), until=1)
    for k in range(400):
        alert(simulation, "gas", 1000.0 * k, 0.0)
    simulation.run_until(100)
    assert 21 <= len(events_of(simulation, "incident_confirmed")) <= 61
    assert np.count_nonzero(simulation.world.alarms.incidents.is_confirmed) == 400


def test_operators_are_agents_of_the_city(control, start):
    simulation = start(control({"police": {**POLICE, "operators": 3}, "fire": {}}))
    assert [agent.name for agent in simulation.model.agents] == [
        "commander", "fire 1", "fire 2", "police 1", "police 2", "police 3",
    ]  # fmt: skip


def test_restored_runs_go_on_the_same(control):
    rooms = {"police": {"operators": 2, "handles": ["gunshot"], "tells": ["fire"]}, "fire": {}}
    crowd = {"crowd": {"populations": {"guests": {"count": 30}}}}
    scenario = control(rooms, crowd, calls={"share": 0.5})
    whole = Simulation(scenario, seed=5)
    whole.run_until(120)
    for moment in (1.0, 20.0, 45.5, 90.0):
        part, fresh = Simulation(scenario, seed=5), Simulation(scenario, seed=5)
        part.run_until(moment)
        fresh.take_over(part.capture())
        fresh.run_until(120)
        assert fresh.digest.parts == whole.digest.parts, moment


def test_another_room_changes_no_draw_of_the_first(control, start):
    crowd = {"crowd": {"populations": {"guests": {"count": 30}}}}
    natural = {"miss": 0.2, "false": 0.2, "skill_spread": 0.3, "service_times": {}}
    alone = start(control({"police": {**POLICE, **natural}}, crowd, calls={"share": 0.5}), until=100)
    rooms = {"police": {**POLICE, **natural}, "ambulance": {**natural, "handles": ["gunshot"]}}
    both = start(control(rooms, crowd, calls={"share": 0.5}), until=100)
    for column in ("started_us", "done_us", "luck", "keenness"):
        one, other = (
            getattr(run.systems.control_rooms.desks["police"].room.jobs, column) for run in (alone, both)
        )
        assert np.array_equal(one, other), column


def test_a_person_alarmed_by_staff_does_not_call(control, start, seconds):
    warn = {"interventions": {"tell": {"kind": "warning", "at_time": 1, "heard_share": 1.0, "repeats": 0}}}
    simulation = start(control({"police": POLICE}, warn, {"hazards": {"bang": {"start": 200}}}), until=60)
    assert seconds(simulation, "alert", "call_blocked") == []


def test_a_room_of_an_asset_needs_infrastructure(control, start):
    with pytest.raises(InvalidInputError, match=r"police\.asset: there is no infrastructure"):
        start(control({"police": {**POLICE, "asset": "telecom_core"}}))


@pytest.mark.parametrize(
    ("rooms", "says"),
    [
        ({"police": {"tells": ["fyre"]}, "fire": {}}, "'fyre' is not an entry of response.control_rooms"),
        ({"police": {"tells": ["police"]}}, "a room does not tell itself"),
        ({"police": {"handles": ["gunshots"]}}, "gunshot"),
        ({"police": {"handles": ["gas", "gas"]}}, "a name stands twice"),
        ({"police": {"acts_for": ["fire"]}, "fire": {}}, "'fire' has a room of its own"),
        ({"a": {"acts_for": ["fire"]}, "b": {"acts_for": ["fire"]}}, "is acted for by 'a' too"),
        ({"police": {"operators": 0}}, "too low"),
    ],
)
def test_faults_are_told(control, rooms, says):
    with pytest.raises(InvalidFilesError, match=says):
        control(rooms)


def test_a_branch_may_add_a_room(control, start, seconds):
    without = start(control({}), until=6)
    assert not any(name == "control_rooms" for name in without.tables)
    branch = start(control({"police": POLICE}))
    branch.take_over(without.capture())
    branch.run_until(60)
    assert (39.0, "decision") in seconds(branch)  # as if the room had been there

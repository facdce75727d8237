"""Playbooks in a run: steps at their times, by whom, and what became of them; bundled ones; faults with a place."""

import json

import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidFilesError
from impetus_sim.scenario.load import load_scenario
from impetus_sim.scenario.playbook_files import bundled_playbooks

ROOMS = {"police": {"operators": 1, "handles": ["gunshot"], "tells": ["fire"]}, "fire": {"operators": 1}}
PLAN = {
    "title": "Attack",
    "source": "a test",
    "trigger": {"incident": "gunshot"},
    "owner": "police",
    "steps": {
        "announce": {"order": "tell", "after": 10},
        "units": {"follows": "announce", "after": 20, "request": {"cars": {"unit": "police", "n": 3}}},
        "stand_by": {"owner": "fire", "note": "Stand by."},
        "shut": {"order": "exit_control", "after": 5},
    },
}
TELL = {"tell": {"kind": "warning", "by_playbook": True, "repeats": 0}}


def playing(control, plan=PLAN, interventions=TELL, rooms=ROOMS, **more):
    return control(
        rooms, {"response": {"playbooks": {"attack": plan}}, "interventions": interventions}, **more
    )


def test_steps_are_done_at_their_times(control, start, seconds, data_of, events_of):
    simulation = start(playing(control), until=120)
    steps = [
        (row["tick"] / 100, row["kind"], row["subject"])
        for row in events_of(simulation)
        if row["kind"].startswith(("step_", "playbook_")) or row["kind"] in ("decision", "warning")
    ]
    assert steps == [
        (39.0, "decision", "police: gunshot"),
        (39.0, "playbook_started", "attack"),
        (44.0, "step_lacking", "attack: shut"),
        # fire was told at 26 s; it gets its response under way until 51 s, then 4 s of the step
        (46.0, "decision", "fire: gunshot"),
        (53.0, "step_done", "attack: announce"),  # due at 49 s, 4 s
        (53.0, "warning", "tell"),
        (55.0, "step_done", "attack: stand_by"),
        (77.0, "step_done", "attack: units"),  # 20 s after the announcement, 4 s
    ]
    late = {
        row["subject"]: data_of(simulation, row["id"])["late_s"] for row in events_of(simulation, "step_done")
    }
    assert late == {"attack: announce": 4.0, "attack: stand_by": 16.0, "attack: units": 8.0}
    requests = simulation.world.alarms.unit_requests
    assert requests.key.tolist() == [b"attack:cars"] and requests.unit.tolist() == [b"police"]
    assert (
        requests.n.tolist() == [3] and requests.incident.tolist() == [0] and requests.tick.tolist() == [7700]
    )


def test_the_chain_leads_from_the_warning_to_the_shot(control, start, events_of):
    rows = events_of(start(playing(control), until=60))
    (row,) = (row for row in rows if row["kind"] == "warning")
    chain = []
    while row["causes"]:
        chain.append(row["kind"])
        row = rows[row["causes"][0]]
    expected = ["warning", "ordered", "step_done", "decision", "incident_confirmed", "alert"]
    assert chain == expected and row["kind"] == "shot"


def test_a_forgotten_step_is_omitted_and_what_follows_goes_on(control, start, seconds):
    rooms = {**ROOMS, "police": {**ROOMS["police"], "omission": 1}}
    simulation = start(playing(control, rooms=rooms), until=120)
    found = seconds(simulation, "step_omitted", "step_done", "warning")
    assert found == [(53.0, "step_omitted"), (55.0, "step_done"), (77.0, "step_omitted")]


def test_a_playbook_that_needs_no_confirmation_starts_at_once(control, start, seconds):
    plan = {**PLAN, "trigger": {"incident": "gunshot", "confirmed": False}}
    simulation = start(playing(control, plan), until=30)
    found = seconds(simulation, "incident_opened", "playbook_started", "step_done", "incident_confirmed")
    # the step of 4 s is due at 19 s and goes before the analysis
    assert found[:2] == [(9.0, "incident_opened"), (9.0, "playbook_started")]
    assert (23.0, "step_done") in found and (19.0, "incident_confirmed") in found


def test_a_score_that_is_too_low_starts_nothing(control, start, seconds):
    plan = {**PLAN, "trigger": {"incident": "gunshot", "score": 1.5}}
    assert not seconds(start(playing(control, plan), until=60), "playbook_started")


def test_steps_of_what_turns_out_false_are_cancelled(control, start, seconds):
    false = {"kind": "false_alarm", "at": {"xy": [9, 6]}, "start": 2.4, "believed_share": 1.0}
    erring = {**ROOMS["police"], "false": 0.5, "evaluate_every": 5, "tells": []}
    plan = {**PLAN, "steps": {"late": {"note": "Later.", "after": 100}}}
    for seed in range(12):
        scenario = playing(control, plan, {}, {"police": erring}, hazard=false)
        simulation = start(scenario, until=110, seed=seed)
        kinds = [kind for _, kind in seconds(simulation)]
        assert ("step_cancelled" in kinds) == ("playbook_started" in kinds)
        if "step_cancelled" in kinds:
            break
    else:
        pytest.fail("no seed in which it was believed")


def test_restored_runs_go_on_the_same(control):
    scenario = playing(control)
    whole = Simulation(scenario, seed=5)
    whole.run_until(90)
    for moment in (8.5, 26.0, 41.0, 52.0, 60.0):
        part, fresh = Simulation(scenario, seed=5), Simulation(scenario, seed=5)
        part.run_until(moment)
        fresh.take_over(part.capture())
        fresh.run_until(90)
        assert fresh.digest.parts == whole.digest.parts, moment


def test_metrics_tell_how_it_was_kept_to(control):
    scenario = playing(control).with_(**{"time.duration": 60.0})
    recording = simulate(scenario, seed=5)
    from impetus_sim.analysis.metrics import compute_metrics
    from impetus_sim.cli.info import build_tables, describe_recording

    metrics = compute_metrics(recording)
    # due by 60 s: shut (lacking), announce and stand_by (done); units was planned at 69 s
    assert metrics["playbook_adherence"].value == pytest.approx(2 / 3)
    assert metrics["playbook_lateness"].value == pytest.approx(10.0)
    assert metrics["time_to_confirm"].value == pytest.approx(10.0)  # of the police; fire was told
    assert metrics["time_to_decide"].value == pytest.approx(30.0)
    assert metrics["true_incidents_dismissed"].value == metrics["false_incidents_confirmed"].value == 0
    document = describe_recording(recording)
    assert [row["fate"] for row in document["playbooks"]] == ["done", "lacking", "done", "planned"]
    assert "Playbooks" in [str(table.title) for table in build_tables(document)]


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / "scenario.yaml"


SCENARIO = """
title: Playbooks from files
map: {synthetic: {kind: room}}
time: {duration: 60 s}
response:
  control_rooms:
    police: {handles: [gunshot], acts_for: [fire, ambulance, municipality, it_security]}
  playbooks: [PLAYBOOKS]
interventions:
  tell: {kind: warning, by_playbook: true}
"""
FILE = """\
title: Mine
source: mine
trigger: {incident: gunshot}
owner: police
steps:
  one: {order: tell}
  two: {note: Two., follows: one}
"""


@pytest.mark.parametrize("name", bundled_playbooks())
def test_bundled_ones_are_valid_and_say_where_they_come_from(tmp_path, name):
    text = SCENARIO.replace("PLAYBOOKS", f"{name}, mine.yaml")
    scenario = load_scenario(write(tmp_path, scenario=text, mine=FILE))
    assert list(scenario.response.playbooks) == sorted([name, "mine"])
    assert any(year in scenario.response.playbooks[name].source for year in map(str, range(2005, 2027)))


def test_there_is_one_for_each_kind_of_crisis():
    assert set(bundled_playbooks()) == {
        "armed_attack", "blackout", "crowd_crush", "cyber_loss_of_view", "false_alarm", "flood", "plume",
        "signal_hack",
    }  # fmt: skip


def test_the_text_of_a_scenario_holds_its_playbooks(tmp_path):
    from impetus_sim.scenario.load import read_scenario_text

    scenario = load_scenario(write(tmp_path, scenario=SCENARIO.replace("PLAYBOOKS", "mine.yaml"), mine=FILE))
    again = read_scenario_text(scenario.to_text())
    assert again.digest == scenario.digest and again.response.playbooks == scenario.response.playbooks


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (("follows: one", "follows: oen"), "mine.yaml:7:30", "there is no step 'oen'"),
        (("order: tell", "order: tall"), "mine.yaml:6:16", "'tall' is no intervention"),
        (("owner: police", "owner: polcie"), "mine.yaml:4:8", "no control room is or acts for 'polcie'"),
        (("note: Two.", "tell: navy, note: Two."), "mine.yaml:7:15", "no control room is or acts for 'navy'"),
        (("note: Two.", "nota: Two."), "mine.yaml:7:9", "nota"),
        (("incident: gunshot", "incident: gunshots"), "mine.yaml:3:", "gunshot"),
        (("{order: tell}", "{order: tell, follows: two}"), "mine.yaml:6:31", "steps follow each other"),
        (("title: Mine", "title: [Mine"), "mine.yaml:", ""),
    ],
)
def test_faults_have_file_line_and_column(tmp_path, change, place, says):
    path = write(tmp_path, scenario=SCENARIO.replace("PLAYBOOKS", "mine.yaml"), mine=FILE.replace(*change))
    with pytest.raises(InvalidFilesError) as caught:
        load_scenario(path)
    assert any(place in str(problem) and says in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("PLAYBOOKS", "armed_atack"), "there is no playbook 'armed_atack'"),
        (("PLAYBOOKS", "mine.yaml, mine.yaml"), "is named twice"),
        (("PLAYBOOKS", ""), "no step of a playbook orders it"),
        (("by_playbook: true", "at_time: 5 s"), "'tell' has another trigger"),
        (("by_playbook: true", "by_playbook: true, at_time: 5 s"), "several triggers"),
        (("by_playbook: true", "by_playbook: true, delay: 5 s"), "a delay beside by_playbook"),
    ],
)
def test_faults_of_the_scenario_are_told(tmp_path, change, says):
    text = SCENARIO.replace(*change).replace("PLAYBOOKS", "mine.yaml")
    with pytest.raises(InvalidFilesError) as caught:
        load_scenario(write(tmp_path, scenario=text, mine=FILE))
    assert any(says in str(problem) for problem in caught.value.problems), json.dumps(
        [str(problem) for problem in caught.value.problems]
    )

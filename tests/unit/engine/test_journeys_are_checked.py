"""Journeys, stages and gates are checked before the run, with the key at fault."""

import pytest

from impetus_sim.errors import InvalidFilesError, InvalidInputError

QUEUE = {"kind": "queue", "line": {"line": [[8, 2], [3, 2]]}}
HALL = {"kind": "waiting_area", "at": {"box": [7, 5, 11, 7]}, "wait": {"kind": "constant", "value": 5}}


def crowd(journey=(), **sections):
    return {"crowd": {"populations": {"guests": {"journey": list(journey)}}, **sections}}


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (crowd(["lobby"]), "journey.0", "'lobby' is not an entry of crowd.stages"),
        (crowd([{"a": 0.5, "b": 0.4}], stages={"a": HALL, "b": HALL}), "journey.0.among", "sum to 0.9"),
        (crowd(stages={"a": {"kind": "hall"}}), "stages.a.kind", "unknown kind 'hall'"),
        (crowd(stages={"a": QUEUE | {"servers": 0}}), "stages.a.servers", "0"),
        (crowd(stages={"a": QUEUE | {"servers": 2, "desks": [{"xy": [9, 2]}]}}), "stages.a.servers", "2 servers"),
        (crowd(stages={"a": {"kind": "waiting_area", "at": HALL["at"]}}), "stages.a.wait", "no end"),
        (crowd(stages={"a": HALL | {"until": {}}}), "stages.a.until", "nothing to wait for"),
        (crowd(stages={"a": HALL | {"until": {"gate": "x"}}}), "stages.a.until.gate", "crowd.gates"),
        (crowd(gates={"g": {"at": {"box": [1, 1, 2, 2]}}}), "gates.g.at", "not a line"),
        ({"interventions": {"i": {"kind": "gate_control", "gate": "g", "action": "open", "at_time": 1}}},
         "interventions.i.gate", "crowd.gates"),
        ({"hazards": {"h": {"kind": "fence_falls", "gate": "g", "start": 1}}}, "hazards.h.gate", "crowd.gates"),
        (crowd(gates={"g": {"at": {"line": [[1, 1], [2, 2]]}}})
         | {"hazards": {"h": {"kind": "fence_falls", "gate": "g"}}}, "hazards.h.start", "nothing makes it fall"),
    ],
)  # fmt: skip
def test_files_are_refused(room, change, key, words):
    with pytest.raises(InvalidFilesError) as caught:
        room(change)
    text = str(caught.value)
    assert key in text and words in text


@pytest.mark.parametrize(
    ("stages", "key", "words"),
    [
        ({"a": {**HALL, "at": {"box": [20, 20, 30, 30]}}}, "crowd.stages.a.at", "20"),
        ({"a": {**QUEUE, "line": {"line": [[8, 2], [6, 4]]}}}, "crowd.stages.a.line", "leaves the walkable ground"),
        ({"a": {**QUEUE, "line": {"box": [1, 1, 2, 2]}}}, "crowd.stages.a.line", "not one line"),
        ({"a": {**QUEUE, "servers": 5}}, "crowd.stages.a.servers", "the server at"),
        ({"a": {**QUEUE, "desks": [{"xy": [9.1, 0.1]}]}}, "crowd.stages.a.desks.0", "too close to a wall"),
    ],
)  # fmt: skip
def test_places_are_refused(room, start, stages, key, words):
    with pytest.raises(InvalidInputError) as caught:
        start(room(crowd(["a"], stages=stages)))
    assert key in str(caught.value) and words in str(caught.value)


def test_unlike_stages_have_no_least_crowded(room, start):
    with pytest.raises(InvalidInputError, match=r"journey\.0: the least crowded of queues and waiting areas"):
        start(room(crowd([["a", "b"]], stages={"a": QUEUE, "b": HALL})))


def test_a_gate_off_the_ground_is_refused(room, start):
    with pytest.raises(InvalidInputError, match=r"crowd\.gates\.g\.at"):
        start(room(crowd(gates={"g": {"at": {"line": [[5.6, 3.5], [6.4, 4.5]]}}})))


def test_short_forms_of_journeys_come_back_equal(room):
    from impetus_sim.scenario.load import read_scenario_text

    stages = {"a": HALL, "b": HALL, "q": QUEUE}
    scenario = room(crowd(["q", {"a": 0.25, "b": 0.75}, ["a", "b"]], stages=stages))
    first, second, third = scenario.crowd.populations["guests"].journey
    assert dict(first.among) == {"q": 1.0} and dict(second.among) == {"a": 0.25, "b": 0.75}
    assert third.by == "least_crowded" and set(third.among) == {"a", "b"}
    assert read_scenario_text(scenario.to_text()).digest == scenario.digest

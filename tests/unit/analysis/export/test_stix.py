"""A run's attack as STIX 2.1: whole, marked as simulated, the same every time, and read by OASIS's own library."""

import json
import re
from datetime import UTC, datetime

import pytest

from impetus_sim.analysis.causes import Event
from impetus_sim.analysis.export.stix import STATEMENT, to_bundle
from impetus_sim.errors import InvalidInputError

BEGAN = datetime(2026, 9, 12, 20, 30, tzinfo=UTC)


def event(number, t_s, kind, subject, *causes, **data):
    nan = float("nan")
    return Event(id=number, t_s=t_s, kind=kind, subject=subject, x=nan, y=nan, causes=causes, data=data)


EVENTS = [
    event(0, 0.0, "attack_began", "red", at_s=0.0),
    event(1, 5.01, "attack_step", "streets.office", 0, at_s=5.004, technique="T0865", step="streets.mail"),
    event(2, 9.0, "asset_attacked", "signal_1", 1, at_s=9.0, technique="T0831", effect="all_red"),
    event(3, 12.0, "attack_noticed", "cabinet_1", 2, at_s=12.0, technique="T0831", dwell_s=7.0),
    event(4, 20.0, "node_isolated", "cabinet_1", 3, at_s=20.0, person_hours=0.5),
    event(5, 30.0, "asset_by_hand", "signal_1", 3, at_s=30.0, person_hours=1.5),
    event(6, 31.0, "crossing_closed", "north"),
]


def bundle(events=EVENTS, run="abc"):
    return to_bundle(events, run=run, began=BEGAN)


def of(kind, document):
    return [thing for thing in document["objects"] if thing["type"] == kind]


def test_who_did_what_to_whom_when():
    document = bundle()
    names = {thing["id"]: thing.get("name") for thing in document["objects"]}
    (actor,) = of("threat-actor", document)
    sightings = of("sighting", document)
    assert actor["name"] == "red"
    assert [names[s["where_sighted_refs"][0]] for s in sightings] == ["streets.office", "signal_1"]
    assert [names[s["sighting_of_ref"]] for s in sightings] == [
        "Spearphishing Attachment",
        "Manipulation of Control",
    ]
    assert sightings[0]["first_seen"] == "2026-09-12T20:30:05.004Z"
    assert "caused by 1" in sightings[1]["description"]
    pattern = of("attack-pattern", document)[1]
    assert pattern["external_references"][0]["external_id"] == "T0831"
    uses = {names[r["target_ref"]] for r in of("relationship", document) if r["relationship_type"] == "uses"}
    assert uses == {"Spearphishing Attachment", "Manipulation of Control"}
    assert {n["abstract"] for n in of("note", document)} == {
        "An attack was noticed at cabinet_1",
        "Isolate a node: cabinet_1",
        "Work an asset by hand: signal_1",
    }
    assert "crossing_closed" not in json.dumps(document)


def test_every_object_is_marked_and_every_reference_is_there():
    document = bundle()
    ids = [thing["id"] for thing in document["objects"]]
    assert len(set(ids)) == len(ids)
    (marking,) = of("marking-definition", document)
    assert marking["definition"]["statement"] == STATEMENT
    for thing in document["objects"]:
        assert re.fullmatch(
            rf"{thing['type']}--[0-9a-f]{{8}}-[0-9a-f]{{4}}-5[0-9a-f]{{3}}-[0-9a-f-]{{17}}", thing["id"]
        )
        assert thing["spec_version"] == "2.1"
        if thing is marking:
            continue
        assert thing["object_marking_refs"] == [marking["id"]] and "simulated" in thing["labels"]
        assert thing["modified"] >= thing["created"]
        for key, value in thing.items():
            if key.endswith(("_ref", "_refs")):
                assert set([value] if isinstance(value, str) else value) <= set(ids), key


def test_the_same_run_gives_the_same_bundle_and_another_run_another():
    assert bundle() == bundle()
    assert not {t["id"] for t in bundle()["objects"]} & {t["id"] for t in bundle(run="xyz")["objects"]}


def test_a_run_without_an_attack_is_refused():
    with pytest.raises(InvalidInputError, match="nobody attacks"):
        bundle(EVENTS[-1:])


def test_the_library_of_oasis_reads_it():
    stix2 = pytest.importorskip("stix2")
    read = stix2.parse(json.dumps(bundle()), allow_custom=False)
    assert {thing.type for thing in read.objects} == {
        "attack-pattern",
        "course-of-action",
        "identity",
        "marking-definition",
        "note",
        "relationship",
        "sighting",
        "threat-actor",
    }

"""CAP 1.2: every message is complete, in order, allowed by the schema's rules, and says it is an exercise."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner

from impetus_sim.analysis.export.cap import NAMESPACE, SENDER
from impetus_sim.analysis.run import open_recording, simulate
from impetus_sim.cli.export import export_command
from impetus_sim.errors import InvalidInputError

# Section 3.4 of the standard: elements in their order, with how often they may stand there.
ALERT = {
    "identifier": (1, 1), "sender": (1, 1), "sent": (1, 1), "status": (1, 1), "msgType": (1, 1), "source": (0, 1),
    "scope": (1, 1), "restriction": (0, 1), "addresses": (0, 1), "code": (0, 99), "note": (0, 1),
    "references": (0, 1), "incidents": (0, 1), "info": (0, 99),
}  # fmt: skip
INFO = {
    "language": (0, 1), "category": (1, 99), "event": (1, 1), "responseType": (0, 99), "urgency": (1, 1),
    "severity": (1, 1), "certainty": (1, 1), "audience": (0, 1), "eventCode": (0, 99), "effective": (0, 1),
    "onset": (0, 1), "expires": (0, 1), "senderName": (0, 1), "headline": (0, 1), "description": (0, 1),
    "instruction": (0, 1), "web": (0, 1), "contact": (0, 1), "parameter": (0, 99), "resource": (0, 99),
    "area": (0, 99),
}  # fmt: skip
AREA = {
    "areaDesc": (1, 1), "polygon": (0, 99), "circle": (0, 99), "geocode": (0, 99), "altitude": (0, 1),
    "ceiling": (0, 1),
}  # fmt: skip
ALLOWED = {
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
SCENARIO = {
    "crowd": {"hiding_places": {"corner": {"box": [1, 6, 3, 7]}}, "threat_perception": {}},
    "detection": {
        "detectors": {"many": {"kind": "threshold", "streams": ["eye*"], "above": 3, "alert": "crush"}}
    },
    "sensing": {"sensors": {"eye": {"kind": "camera", "at": {"xy": [6, 7]}}}},
    "interventions": {
        "tell": {
            "kind": "warning",
            "at": {"xy": [6, 4]},
            "radius": 5,
            "at_time": 2,
            "repeats": 1,
            "every": 4,
        },
        "inside": {"kind": "shelter_in_place", "at": {"box": [7, 1, 11, 7]}, "at_time": 3, "lasts": 5},
    },
}


def require_order(element, rules):
    names = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    assert names == sorted(names, key=list(rules).index), names
    for name, (least, most) in rules.items():
        assert least <= names.count(name) <= most, name


@pytest.fixture(scope="module")
def messages(room, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cap")
    run = simulate(room(SCENARIO), seed=3, path=folder / "run.h5")
    shown = CliRunner().invoke(export_command, [str(run.path), "--to", "cap", "-o", str(folder / "alerts")])
    assert shown.exit_code == 0, shown.output
    return [ET.parse(path).getroot() for path in sorted((folder / "alerts").iterdir())]


def text(element, *path):
    return element.findtext("/".join(f"{{{NAMESPACE}}}{name}" for name in path))


def test_every_message_follows_the_schema(messages):
    assert len(messages) >= 5
    for alert in messages:
        assert alert.tag == f"{{{NAMESPACE}}}alert"
        require_order(alert, ALERT)
        for info in alert.iter(f"{{{NAMESPACE}}}info"):
            require_order(info, INFO)
        for area in alert.iter(f"{{{NAMESPACE}}}area"):
            require_order(area, AREA)
        for name, allowed in ALLOWED.items():
            for element in alert.iter(f"{{{NAMESPACE}}}{name}"):
                assert element.text in allowed.split()
        for name in ("sent", "effective"):
            assert all(STAMP.fullmatch(each.text) for each in alert.iter(f"{{{NAMESPACE}}}{name}"))
        assert not re.search(r"[\s,<&]", text(alert, "identifier") + text(alert, "sender"))
        assert (text(alert, "restriction") is not None) == (text(alert, "scope") == "Restricted")


def test_nothing_can_be_taken_for_real(messages):
    for alert in messages:
        assert text(alert, "status") == "Exercise"
        assert "EXERCISE" in text(alert, "note")
        for name in ("headline", "description"):
            assert text(alert, "info", name).startswith("EXERCISE")


def test_updates_and_cancels_refer_to_what_they_change(messages):
    sent = [f"{SENDER},{text(alert, 'identifier')},{text(alert, 'sent')}" for alert in messages]
    assert len(set(sent)) == len(sent)
    by_type = {}
    for alert in messages:
        by_type.setdefault(text(alert, "msgType"), []).append(alert)
        assert set((text(alert, "references") or "").split()) <= set(sent)
    assert [text(a, "info", "event") for a in by_type["Update"]] == ["Announcement"]
    (clear,) = by_type["Cancel"]
    (shelter,) = [a for a in messages if text(a, "info", "event") == "Shelter in place"]
    assert text(clear, "references").split(",")[1] == text(shelter, "identifier")
    restricted = [a for a in messages if text(a, "scope") == "Restricted"]
    assert restricted and all("crush" in text(a, "info", "event") for a in restricted)


def test_places_are_circles_on_earth(room, tmp_path):
    from impetus_sim.analysis.export.cap import to_cap

    simulate(room(SCENARIO), seed=3, path=tmp_path / "run.h5")
    run = open_recording(tmp_path / "run.h5")
    run.attributes["map_crs"] = "+proj=tmerc +lat_0=45.4 +lon_0=11.87 +units=m +ellps=WGS84"
    (first, *_) = [alert for name, alert in to_cap(run) if "_warning_" in name]
    circle = first.findtext("info/area/circle")
    place, radius_km = circle.split()
    assert [float(part) for part in place.split(",")] == pytest.approx([45.4, 11.87], abs=1e-3)
    assert float(radius_km) == 0.005


def test_a_run_without_alerts_is_refused(room, tmp_path):
    run = simulate(room({"time": {"duration": 2}}), seed=1, path=tmp_path / "run.h5")
    shown = CliRunner().invoke(export_command, [str(run.path), "--to", "cap", "-o", str(tmp_path / "out")])
    assert isinstance(shown.exception, InvalidInputError)
    assert not (tmp_path / "out").exists()

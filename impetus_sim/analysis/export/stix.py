"""Events of an attack as a STIX 2.1 bundle, for tools that read threat intelligence.

Attackers are threat actors, techniques attack patterns with their ATT&CK for ICS identifiers, assets and nodes
identities of class system; what was done is a sighting of a pattern at an identity, what defenders did a note on a
course of action and an identity. Everything is marked as simulated. Identifiers and times follow from the run, so
that the same run gives the same bundle.

Source: OASIS (2021), STIX Version 2.1, OASIS Standard.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from impetus_sim.analysis.causes import Event, read_trace
from impetus_sim.analysis.clock import start_of
from impetus_sim.cyber.template import read_techniques
from impetus_sim.errors import InvalidInputError
from impetus_sim.files import write_whole
from impetus_sim.recording.reader import Recording

STATEMENT = "EXERCISE ONLY: events of a simulation by impetus_sim. Nothing of this has happened."
LABELS = ("simulated", "exercise")
ATTACKS = ("attack_step", "asset_attacked")
COURSES = {
    "attack_assessed": "Look into what was noticed",
    "node_isolated": "Isolate a node",
    "node_restored": "Restore a node",
    "node_patched": "Patch a node",
    "asset_by_hand": "Work an asset by hand",
}
_SPACE = uuid.UUID("5b9a0c9e-5a3b-5d0e-9a5f-6f1f0b1f5c1d")


def export_stix(recording: Recording, path: Path) -> int:
    """Write the attack of a run as a STIX bundle and return the number of its objects.

    Raises
    ------
    InvalidInputError
        When nobody attacked in the run.
    """
    began = start_of(recording)
    events = read_trace(recording).events.values()
    bundle = to_bundle(events, run=str(recording.attributes.get("digest", "")), began=began)
    write_whole(path, f"{json.dumps(bundle, indent=1, ensure_ascii=False)}\n".encode())
    return len(bundle["objects"])


def to_bundle(events: Iterable[Event], *, run: str, began: datetime) -> dict[str, Any]:
    """Return the bundle of a run's events.

    Parameters
    ----------
    run
        What tells this run from others.
    began
        When the run began, with a time zone.

    Raises
    ------
    InvalidInputError
        When nobody attacked.
    """
    builder = _Bundle(run, began)
    ordered = sorted(events, key=lambda event: (event.t_s, event.id))
    if not any(event.kind == "attack_began" for event in ordered):
        raise InvalidInputError(
            "nobody attacks in this run", hint="STIX holds attacks: add cyber.attackers to the scenario"
        )
    by_id = {event.id: event for event in ordered}
    for event in ordered:
        builder.add(event, _attacker_of(event, by_id))
    return builder.close()


def _attacker_of(event: Event, by_id: Mapping[int, Event]) -> str:
    """Return whose attack an event belongs to, by its causes; empty for nobody's."""
    seen: set[int] = set()
    todo = [event]
    while todo:
        at = todo.pop()
        if at.kind == "attack_began":
            return at.subject
        new = [c for c in at.causes if c in by_id and c not in seen]
        seen.update(new)
        todo += [by_id[c] for c in new]
    return ""


class _Bundle:
    """Objects of a bundle by id, in the order in which they were first needed."""

    def __init__(self, run: str, began: datetime) -> None:
        self._run, self._began = run, began
        self._objects: dict[str, dict[str, Any]] = {}
        self._techniques = read_techniques()
        self._marking = self._id("marking-definition", "statement")
        self._objects[self._marking] = {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": self._marking,
            "created": _stamp(began),
            "definition_type": "statement",
            "definition": {"statement": STATEMENT},
        }
        self._author = ""
        self._author = self._put("identity", "author", name="impetus_sim", identity_class="system")

    def add(self, event: Event, attacker: str) -> None:
        """Add an event and what it speaks of."""
        if event.kind == "attack_began":
            self._actor(event.subject)
        elif event.kind in ATTACKS:
            self._sighting(event, attacker)
        elif event.kind == "attack_noticed":
            about = [self._system(event.subject)]
            self._note(event, f"An attack was noticed at {event.subject}", about)
        elif event.kind in COURSES:
            course = self._put("course-of-action", event.kind, name=COURSES[event.kind])
            self._note(
                event, f"{COURSES[event.kind]}: {event.subject}", [course, self._system(event.subject)]
            )

    def close(self) -> dict[str, Any]:
        """Return the whole."""
        return {
            "type": "bundle",
            "id": self._id("bundle", self._run),
            "objects": list(self._objects.values()),
        }

    def _sighting(self, event: Event, attacker: str) -> None:
        technique = str(event.data["technique"])
        pattern = self._pattern(technique)
        system = self._system(event.subject)
        if attacker:
            self._relate(self._actor(attacker), "uses", pattern)
        self._relate(pattern, "targets", system)
        when = _stamp(self._time_of(event))
        self._put(
            "sighting",
            str(event.id),
            at=event,
            sighting_of_ref=pattern,
            where_sighted_refs=[system],
            first_seen=when,
            last_seen=when,
            count=1,
            description=_describe(event),
        )

    def _note(self, event: Event, abstract: str, about: list[str]) -> None:
        self._put(
            "note", str(event.id), at=event, abstract=abstract, content=_describe(event), object_refs=about
        )

    def _actor(self, name: str) -> str:
        return self._put("threat-actor", name, name=name, threat_actor_types=["unknown"])

    def _system(self, name: str) -> str:
        return self._put("identity", f"system {name}", name=name, identity_class="system")

    def _pattern(self, technique: str) -> str:
        url = f"https://attack.mitre.org/techniques/{technique}"
        reference = {"source_name": "mitre-attack", "external_id": technique, "url": url}
        return self._put(
            "attack-pattern",
            technique,
            name=self._techniques.names[technique],
            external_references=[reference],
        )

    def _relate(self, source: str, kind: str, target: str) -> None:
        name = f"{source} {kind} {target}"
        self._put("relationship", name, relationship_type=kind, source_ref=source, target_ref=target)

    def _put(self, kind: str, key: str, /, *, at: Event | None = None, **fields: Any) -> str:
        made = self._id(kind, key)
        if made not in self._objects:
            when = _stamp(self._began if at is None else self._time_of(at))
            self._objects[made] = {
                "type": kind,
                "spec_version": "2.1",
                "id": made,
                **({"created_by_ref": self._author} if self._author else {}),
                "created": when,
                "modified": when,
                "labels": list(LABELS),
                "object_marking_refs": [self._marking],
                **fields,
            }
        return made

    def _id(self, kind: str, name: str) -> str:
        return f"{kind}--{uuid.uuid5(_SPACE, f'{self._run} {kind} {name}')}"

    def _time_of(self, event: Event) -> datetime:
        return self._began + timedelta(seconds=float(event.data.get("at_s", event.t_s)))


def _describe(event: Event) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in sorted(event.data.items()))
    causes = f"; caused by {', '.join(map(str, event.causes))}" if event.causes else ""
    return f"event {event.id}: {event.kind} at {event.subject}" + (f" ({facts})" if facts else "") + causes


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

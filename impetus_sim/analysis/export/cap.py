"""Alerts of a run as CAP 1.2 messages, one XML file each, all of them with status Exercise.

What was said to the public (announcements, sirens, messages to phones, orders to shelter or leave) has scope
Public; what detectors and callers told operators has scope Restricted. Further announcements are updates of earlier
ones, an all-clear cancels them. How severe, certain or urgent something is the run does not say, beyond that people
are told to act at once: such elements are Unknown. Identifiers and times follow from the run, so that the same run
gives the same files.

Source: OASIS (2010), Common Alerting Protocol Version 1.2, sections 3.2 (data dictionary) and 3.4 (schema).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj

from impetus_sim.analysis.causes import Event, read_trace
from impetus_sim.analysis.clock import start_of
from impetus_sim.errors import InvalidInputError
from impetus_sim.files import write_whole
from impetus_sim.recording.reader import Recording

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER: Final = "simulation@impetus-sim.invalid"
STATUS: Final = "Exercise"
"""The only one: nothing of this has happened."""
NOTE: Final = "EXERCISE ONLY: a message of a simulation by impetus_sim. Nothing of this has happened."
OPERATORS: Final = "Operators of the simulated control rooms"
M_PER_KM: Final = 1000.0


@dataclass(frozen=True, kw_only=True)
class _Words:
    """What an event says: the kind of event in words, what people are to do (CAP's responseType), and how."""

    event: str
    response: str
    instruction: str


PUBLIC: Final = {
    "warning": _Words(
        event="Announcement", response="Evacuate", instruction="Leave as the loudspeakers tell you."
    ),
    "siren": _Words(event="Siren", response="Monitor", instruction="Find out what the siren is about."),
    "phone_message": _Words(event="Message to phones", response="Evacuate", instruction="Leave the area."),
    "phone_alert": _Words(event="Alert to phones", response="Evacuate", instruction="Leave the area."),
    "zone_told": _Words(
        event="Evacuation of a zone", response="Evacuate", instruction="Leave your zone now."
    ),
    "shelter_ordered": _Words(
        event="Shelter in place", response="Shelter", instruction="Go inside, stay there."
    ),
}
"""Events by which the public is told something."""
ALL_CLEAR: Final = "all_clear"
ALERT: Final = "alert"
CATEGORIES: Final = {
    "cyber": "Infra",
    "outage": "Infra",
    "explosion": "Security",
    "gunshot": "Security",
    "brawl": "Security",
    "unrest": "Security",
    "fire": "Fire",
    "smoke": "Fire",
    "flood": "Met",
    "gas": "CBRNE",
    "traffic": "Transport",
    "transit": "Transport",
}
"""CAP's categories of what alerts to operators are about (`world.alarms.AlertKind`); Safety for others."""


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A circle, m; `radius_m` infinite for everywhere."""

    x: float
    y: float
    radius_m: float


def export_cap(recording: Recording, folder: Path) -> dict[str, int]:
    """Write one message to a file into a folder that is there; return 1 for each, by file name.

    Raises
    ------
    InvalidInputError
        When nobody was alerted in the run.
    """
    messages = list(to_cap(recording))
    if not messages:
        raise InvalidInputError(
            f"nobody is alerted in '{recording.path}'",
            hint="CAP holds alerts: add an intervention warning, siren or phone_message, or a section detection",
        )
    for name, alert in messages:
        ET.indent(alert)
        text = ET.tostring(alert, encoding="utf-8", xml_declaration=True)
        write_whole(folder / name, text + b"\n")
    return {name: 1 for name, _ in messages}


def to_cap(recording: Recording) -> Iterator[tuple[str, ET.Element]]:
    """Yield file name and ``alert`` element of each message, in the order of time."""
    writer = _Writer(recording)
    for event in read_trace(recording).events.values():
        if event.kind in PUBLIC or event.kind in (ALL_CLEAR, ALERT):
            yield writer.write(event)


class _Writer:
    """Writes messages one after the other, and remembers those that later ones refer to."""

    def __init__(self, recording: Recording) -> None:
        self._began = start_of(recording)
        self._run = str(recording.summary.get("digest") or recording.attributes.get("run_key", ""))[:16]
        self._note = f"{NOTE} Run {self._run}: {recording.attributes.get('title', '')}"
        crs = str(recording.attributes.get("map_crs") or "")
        self._to_lonlat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True) if crs else None
        self._places = _read_places(recording)
        self._earlier: dict[str, list[str]] = {}
        self._n = 0

    def write(self, event: Event) -> tuple[str, ET.Element]:
        """Return the file name and the message of an event."""
        self._n += 1
        identifier = f"impetus-sim.{self._run}.{event.id}"
        sent = _stamp(self._began + timedelta(seconds=event.t_s))
        is_public = event.kind != ALERT
        earlier = self._earlier.setdefault(event.subject, []) if is_public else []
        alert = ET.Element("alert", xmlns=NAMESPACE)
        _add(alert, "identifier", identifier)
        _add(alert, "sender", SENDER)
        _add(alert, "sent", sent)
        _add(alert, "status", STATUS)
        _add(alert, "msgType", "Cancel" if event.kind == ALL_CLEAR else "Update" if earlier else "Alert")
        _add(alert, "scope", "Public" if is_public else "Restricted")
        if not is_public:
            _add(alert, "restriction", OPERATORS)
        _add(alert, "note", self._note)
        if earlier:
            _add(alert, "references", " ".join(earlier))
        earlier.append(f"{SENDER},{identifier},{sent}")
        self._add_info(ET.SubElement(alert, "info"), event, sent)
        return f"{self._n:04d}_{event.kind}_{re.sub(r'[^A-Za-z0-9_-]+', '-', event.subject)}.xml", alert

    def _add_info(self, info: ET.Element, event: Event, sent: str) -> None:
        about = str(event.data.get("alert", event.data.get("says", "")))
        words = PUBLIC.get(event.kind)
        title = words.event if words else f"Alert: {about}" if event.kind == ALERT else "All clear"
        _add(info, "language", "en")
        _add(info, "category", CATEGORIES.get(about, "Safety"))
        _add(info, "event", title)
        _add(
            info, "responseType", words.response if words else "Assess" if event.kind == ALERT else "AllClear"
        )
        _add(info, "urgency", "Immediate" if words else "Past" if event.kind == ALL_CLEAR else "Unknown")
        _add(info, "severity", "Unknown")
        _add(info, "certainty", "Possible" if event.kind == ALERT else "Unknown")
        _add(info, "effective", sent)
        _add(info, "senderName", "impetus_sim (exercise)")
        _add(info, "headline", f"EXERCISE: {title}")
        _add(
            info, "description", f"EXERCISE ONLY. {title} by '{event.subject}' at {event.t_s:g} s of the run."
        )
        if words:
            _add(info, "instruction", f"EXERCISE ONLY. {words.instruction}")
        for name, value in [*event.data.items(), ("causes", " ".join(map(str, event.causes)))]:
            parameter = ET.SubElement(info, "parameter")
            _add(parameter, "valueName", str(name))
            _add(parameter, "value", str(value))
        self._add_area(ET.SubElement(info, "area"), event)

    def _add_area(self, area: ET.Element, event: Event) -> None:
        place = self._places.get(event.id)
        if place is None and event.has_place:
            place = _Place(x=event.x, y=event.y, radius_m=0.0)
        if place is None or np.isnan(place.radius_m):
            _add(area, "areaDesc", f"Area of '{event.subject}' in the scenario")
        elif np.isinf(place.radius_m):
            _add(area, "areaDesc", "The whole ground of the run")
        elif self._to_lonlat is None:
            _add(
                area,
                "areaDesc",
                f"Within {place.radius_m:g} m of x {place.x:.1f} m, y {place.y:.1f} m of a plan",
            )
        else:
            _add(area, "areaDesc", f"Within {place.radius_m:g} m of a place" if place.radius_m else "A place")
            lon, lat = self._to_lonlat.transform(place.x, place.y)
            _add(area, "circle", f"{lat:.6f},{lon:.6f} {place.radius_m / M_PER_KM:g}")


def _read_places(recording: Recording) -> Mapping[int, _Place]:
    """Return where what was announced by an event could be heard, by the event's id."""
    if "stimuli" not in recording.table_names:
        return {}
    held: dict[str, Any] = recording.tables("stimuli")
    columns = (held[name].tolist() for name in ("cause", "x", "y", "radius_m"))
    return {cause: _Place(x=x, y=y, radius_m=radius) for cause, x, y, radius in zip(*columns, strict=True)}


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _stamp(when: datetime) -> str:
    """Return date and time as CAP wants them: whole seconds, and -00:00 for UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")

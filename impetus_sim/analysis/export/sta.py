"""Streams of sensors as OGC SensorThings entities in one JSON document, written and read back exactly.

The document has one list for each entity set (Things, Locations, Sensors, ObservedProperties, Datastreams,
FeaturesOfInterest, Observations); entities refer to others by ``@iot.id``, as in requests to a service. A device
is a Thing at a Location, each of its streams a Datastream. phenomenonTime is what a reading is about, resultTime
when it could be read. Ids follow from the run, so the same run gives the same document.

Source: OGC 18-088 (2021), SensorThings API Part 1: Sensing, version 1.1, clause 8 (data model).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj

from impetus_sim.analysis.clock import start_of
from impetus_sim.analysis.sensing.recorded import RecordedStreams, read_streams
from impetus_sim.files import write_whole
from impetus_sim.recording.reader import Recording

Entity = dict[str, Any]
Floats = npt.NDArray[np.float64]

MEASUREMENT: Final = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
COUNT: Final = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"
GEOJSON: Final = "application/geo+json"
PLAIN: Final = "application/json"
"""Encoding of places on maps that lie nowhere on Earth: x_m and y_m."""
_SPACE: Final = uuid.UUID("0b6a1f5e-8a55-5f0c-9d43-64e0f5a0b9c7")

PROPERTIES: Final = {
    "people_in_view": "People counted in the field of view of a camera",
    "people_passing": "People counted passing a line since the last reading",
    "vehicles_passing": "Vehicles counted passing since the last reading",
    "travel_time": "Median travel time between two places",
    "bangs": "Bangs heard since the last reading",
    "concentration": "Concentration of a substance in the air",
    "asset_reading": "Level that the telemetry of an asset reports, 0 to 1",
    "phones": "Calls in progress at a cell",
    "posts": "Posts about an area since the last reading",
    "sentiment": "Mean sentiment of these posts, -1 to 1",
    "boardings": "People counted boarding since the last reading",
    "late": "Mean lateness of departures since the last reading",
    "water_level": "Depth of water above ground",
}
"""Description of each kind of `world.streams.STREAM_KINDS`."""


def export_sta(recording: Recording, path: Path) -> int:
    """Write what the sensors of a run said and return the number of observations.

    Raises
    ------
    InvalidInputError
        When the run had no sensors.
    """
    document = to_sta(
        read_streams(recording),
        run=str(recording.summary.get("digest") or recording.attributes.get("run_key", "")),
        began=start_of(recording),
        crs=str(recording.attributes.get("map_crs") or ""),
    )
    write_whole(path, f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode())
    return len(document["Observations"])


def to_sta(said: RecordedStreams, *, run: str, began: datetime, crs: str) -> dict[str, list[Entity]]:
    """Return the entities of some streams.

    Parameters
    ----------
    said
        Streams and readings.
    run
        What tells this run from others; ids follow from it.
    began
        Time 0, with a time zone.
    crs
        System of the streams' local metres; empty for none on Earth.
    """
    streams = said.streams
    devices = [stream.rpartition(".")[0] for stream in streams.ids]
    first = {device: row for row, device in reversed(list(enumerate(devices)))}
    places = _Places(crs)
    document: dict[str, list[Entity]] = {
        "Things": [
            {
                **_named(
                    run,
                    "thing",
                    device,
                    f"{said.sensor_kinds[row]} of the simulated sensor {said.sensors[row]}",
                ),
                "properties": {
                    "sensor": said.sensors[row],
                    "kind": said.sensor_kinds[row],
                    "asset": int(streams.asset[row]),
                    "x_m": float(streams.x[row]),
                    "y_m": float(streams.y[row]),
                },
                "Locations": [_ref(run, "location", device)],
            }
            for device, row in sorted(first.items())
        ],
        "Locations": [
            {
                **_named(run, "location", device, f"Where {device} stands"),
                **places.place(float(streams.x[row]), float(streams.y[row])),
            }
            for device, row in sorted(first.items())
        ],
        "FeaturesOfInterest": [
            {
                **_named(run, "feature", device, f"What {device} observes"),
                **places.place(float(streams.x[row]), float(streams.y[row]), key="feature"),
            }
            for device, row in sorted(first.items())
        ],
        "Sensors": [
            {
                **_named(run, "sensor", name, f"Virtual {kind} of impetus_sim"),
                "encodingType": "text/html",
                "metadata": f"docs/models/sensors.md#{kind}",
            }
            for name, kind in sorted(set(zip(said.sensors, said.sensor_kinds, strict=True)))
        ],
        "ObservedProperties": [
            {
                **_named(run, "property", kind, PROPERTIES[kind]),
                "definition": f"docs/models/sensors.md#{kind}",
            }
            for kind in sorted(set(streams.kinds))
        ],
    }
    document["Datastreams"] = [
        {
            **_named(run, "datastream", stream, f"{PROPERTIES[streams.kinds[row]]}, by {devices[row]}"),
            "observationType": COUNT if streams.units[row].startswith("{") else MEASUREMENT,
            "unitOfMeasurement": {
                "name": streams.units[row].strip("{}"),
                "symbol": streams.units[row],
                "definition": "https://ucum.org/ucum",
            },
            "properties": {"every_s": float(streams.every_s[row]), "lag_s": float(said.lag_s[row])},
            "Thing": _ref(run, "thing", devices[row]),
            "Sensor": _ref(run, "sensor", said.sensors[row]),
            "ObservedProperty": _ref(run, "property", streams.kinds[row]),
        }
        for row, stream in enumerate(streams.ids)
    ]
    document["Observations"] = _observations(said, devices, run, began)
    return document


def _observations(said: RecordedStreams, devices: list[str], run: str, began: datetime) -> list[Entity]:
    found = []
    refs = [_ref(run, "datastream", stream) for stream in said.streams.ids]
    features = [_ref(run, "feature", device) for device in devices]
    n_of = [0] * len(refs)
    for k, row in np.argwhere(~np.isnan(said.values)).tolist():
        arrived_us = round(said.times_s[k] * 1e6)
        about_us = arrived_us - round(said.lag_s[row] * 1e6)
        n_of[row] += 1
        cause = int(said.causes[k, row])
        found.append(
            {
                "@iot.id": _id(run, "observation", f"{said.streams.ids[row]}:{n_of[row]}"),
                "phenomenonTime": _stamp(began + timedelta(microseconds=about_us)),
                "resultTime": _stamp(began + timedelta(microseconds=arrived_us)),
                "result": float(said.values[k, row]),
                **({"parameters": {"cause": cause}} if cause >= 0 else {}),
                "Datastream": refs[row],
                "FeatureOfInterest": features[row],
            }
        )
    return found


class _Places:
    """Locations in longitude and latitude; in local metres where a map lies nowhere on Earth."""

    def __init__(self, crs: str) -> None:
        self._transformer = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True) if crs else None

    def place(self, x: float, y: float, *, key: str = "location") -> Mapping[str, Any]:
        if self._transformer is None:
            return {"encodingType": PLAIN, key: {"x_m": x, "y_m": y}}
        lon, lat = self._transformer.transform(x, y)
        coordinates = [round(lon, 8), round(lat, 8)]
        return {"encodingType": GEOJSON, key: {"type": "Point", "coordinates": coordinates}}


def _id(run: str, entity: str, name: str) -> str:
    return str(uuid.uuid5(_SPACE, f"{run}/{entity}/{name}"))


def _ref(run: str, entity: str, name: str) -> Entity:
    return {"@iot.id": _id(run, entity, name)}


def _named(run: str, entity: str, name: str, description: str) -> Entity:
    return {**_ref(run, entity, name), "name": name, "description": description}


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

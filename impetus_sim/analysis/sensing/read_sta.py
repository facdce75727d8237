"""Streams from OGC SensorThings entities in one JSON document: of a run, or of a city's own service.

Read are Things, Locations, ObservedProperties, Datastreams and Observations, each a list or, as services answer, an
object with a list under ``value``. Time 0 is the earliest phenomenonTime of the document unless it is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj

from impetus_sim.analysis.sensing.recorded import RecordedStreams
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.streams import STREAM_KINDS, Streams

Entity = Mapping[str, Any]


class _Stream(NamedTuple):
    name: str
    kind: str
    unit: str
    x: float
    y: float
    asset: int
    every_s: float
    lag_s: float
    sensor: str
    sensor_kind: str


def read_sta(path: Path | str, *, began: datetime | None = None) -> RecordedStreams:
    """Return the streams and readings of a document.

    Parameters
    ----------
    path
        JSON file.
    began
        Date and time of time 0, with a time zone; the earliest phenomenonTime when left out.

    Returns
    -------
    As of a recording: what `export_sta` wrote comes back exactly. Where Datastreams do not say ``every_s`` and
    ``lag_s`` in their properties, these are the medians of what their Observations show; where Things do not say
    ``x_m`` and ``y_m``, points are metres east and north of the mean of all places (azimuthal equidistant).

    Raises
    ------
    InvalidInputError
        When the file is no such document, names an entity that is not there, has a result that is no number, or an
        ObservedProperty whose name is no kind of stream.
    """
    document = _load(Path(path))
    things = {_id_of(e): e for e in _entities(document, "Things")}
    locations = {_id_of(e): e for e in _entities(document, "Locations")}
    kinds = {_id_of(e): _kind_of(e) for e in _entities(document, "ObservedProperties")}
    datastreams = sorted(_entities(document, "Datastreams"), key=lambda e: str(e.get("name", "")))
    rows = {_id_of(e): row for row, e in enumerate(datastreams)}
    said = [_observation(e, rows) for e in _entities(document, "Observations")]
    zero = began or min((about for _, about, _, _, _ in said), default=datetime.fromtimestamp(0, UTC))
    arrived_us = np.array([_microseconds(arrived - zero) for _, _, arrived, _, _ in said], np.int64)
    about_us = np.array([_microseconds(about - zero) for _, about, _, _, _ in said], np.int64)
    of = np.array([row for row, *_ in said], np.int64)
    places = _places(things, locations)
    found = [
        _stream(e, things, kinds, places, about_us[of == row], arrived_us[of == row])
        for row, e in enumerate(datastreams)
    ]
    times, at = np.unique(arrived_us, return_inverse=True)
    values = np.full((len(times), len(found)), np.nan)
    causes = np.full((len(times), len(found)), -1, np.int32)
    values[at, of] = [result for *_, result, _ in said]
    causes[at, of] = [cause for *_, cause in said]
    return RecordedStreams(
        streams=Streams(
            ids=tuple(s.name for s in found),
            kinds=tuple(s.kind for s in found),
            units=tuple(s.unit for s in found),
            x=np.array([s.x for s in found], np.float64),
            y=np.array([s.y for s in found], np.float64),
            every_s=np.array([s.every_s for s in found], np.float64),
            asset=np.array([s.asset for s in found], np.int64),
        ),
        lag_s=np.array([s.lag_s for s in found], np.float64),
        sensors=tuple(s.sensor for s in found),
        sensor_kinds=tuple(s.sensor_kind for s in found),
        times_s=times / 1e6,
        values=values,
        causes=causes,
        end_s=float(times[-1] / 1e6) if len(times) else 0.0,
    )


def _load(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInputError(f"'{path}' cannot be read: {error.strerror}", hint="a JSON file") from error
    except ValueError as error:
        raise InvalidInputError(
            f"'{path}' is no JSON: {error}", hint="impetus export RUN.h5 --to sta"
        ) from error
    if not isinstance(document, dict) or "Datastreams" not in document:
        raise InvalidInputError(
            f"'{path}' has no Datastreams", hint="one JSON object with lists of SensorThings entities"
        )
    return document


def _entities(document: Mapping[str, Any], name: str) -> list[Entity]:
    held = document.get(name, [])
    if isinstance(held, dict):
        held = held.get("value", [])
    if not isinstance(held, list) or not all(isinstance(e, dict) for e in held):
        raise InvalidInputError(f"{name} is not a list of entities", hint="a list, or an object with value")
    return held


def _id_of(entity: Entity) -> str:
    if "@iot.id" not in entity:
        raise InvalidInputError(f"an entity has no @iot.id: {str(dict(entity))[:120]}")
    return str(entity["@iot.id"])


def _kind_of(entity: Entity) -> str:
    kind = str(entity.get("name", ""))
    if kind not in STREAM_KINDS:
        raise InvalidInputError(
            f"the ObservedProperty '{kind}' is no kind of stream", hint=f"one of {', '.join(STREAM_KINDS)}"
        )
    return kind


def _linked(entity: Entity, name: str, known: Mapping[str, Any]) -> Any:
    to = entity.get(name)
    found = str(to.get("@iot.id")) if isinstance(to, dict) else ""
    if found not in known:
        raise InvalidInputError(
            f"'{entity.get('name', entity.get('@iot.id'))}' names a {name} that is not in the document"
        )
    return known[found]


def _observation(entity: Entity, rows: Mapping[str, int]) -> tuple[int, datetime, datetime, float, int]:
    row = _linked(entity, "Datastream", rows)
    result = entity.get("result")
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise InvalidInputError(f"observation {_id_of(entity)}: result {result!r} is no number")
    about = _moment(entity, "phenomenonTime")
    arrived = _moment(entity, "resultTime") if entity.get("resultTime") else about
    return row, about, arrived, float(result), int((entity.get("parameters") or {}).get("cause", -1))


def _moment(entity: Entity, name: str) -> datetime:
    text = str(entity.get(name, "")).rpartition("/")[2]  # the end of an interval
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            f"observation {_id_of(entity)}: {name} '{text}' is no ISO 8601 time"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _stream(
    entity: Entity,
    things: Mapping[str, Entity],
    kinds: Mapping[str, str],
    places: Mapping[str, tuple[float, float]],
    about_us: npt.NDArray[np.int64],
    arrived_us: npt.NDArray[np.int64],
) -> _Stream:
    thing = _linked(entity, "Thing", things)
    own, of_thing = entity.get("properties") or {}, thing.get("properties") or {}
    x, y = places.get(_id_of(thing), (np.nan, np.nan))
    steps, lags = np.diff(np.sort(about_us)), arrived_us - about_us
    return _Stream(
        name=str(entity.get("name", "")),
        kind=_linked(entity, "ObservedProperty", kinds),
        unit=str((entity.get("unitOfMeasurement") or {}).get("symbol") or "1"),
        x=x,
        y=y,
        asset=int(of_thing.get("asset", -1)),
        every_s=float(own.get("every_s", np.median(steps) / 1e6 if len(steps) else 0.0)),
        lag_s=float(own.get("lag_s", np.median(lags) / 1e6 if len(lags) else 0.0)),
        sensor=str(of_thing.get("sensor", thing.get("name", ""))),
        sensor_kind=str(of_thing.get("kind", "")),
    )


def _places(things: Mapping[str, Entity], locations: Mapping[str, Entity]) -> dict[str, tuple[float, float]]:
    # local metres of each Thing: its own, or from longitude and latitude; Things without a point have none
    places, lonlat = {}, {}
    for name, thing in things.items():
        own = thing.get("properties") or {}
        if "x_m" in own and "y_m" in own:
            places[name] = float(own["x_m"]), float(own["y_m"])
            continue
        refs = [str(ref.get("@iot.id")) for ref in thing.get("Locations", [])]
        points = [locations[ref].get("location", {}) for ref in refs if ref in locations]
        points = [p.get("geometry", p) for p in points]
        points = [p["coordinates"] for p in points if p.get("type") == "Point"]
        if points:
            lonlat[name] = points[0]
    if lonlat:
        lon, lat = (np.array([p[k] for p in lonlat.values()], np.float64) for k in (0, 1))
        plane = f"+proj=aeqd +lat_0={lat.mean()} +lon_0={lon.mean()} +units=m +type=crs"
        transformer = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
        x, y = transformer.transform(lon, lat)
        places |= {n: (float(a), float(b)) for n, a, b in zip(lonlat, x, y, strict=True)}
    return places

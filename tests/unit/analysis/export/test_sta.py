"""SensorThings: what is written comes back exactly, ids are the run's, and a city's own document is read."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from impetus_sim.analysis.clock import start_of
from impetus_sim.analysis.export.sta import PROPERTIES, export_sta
from impetus_sim.analysis.sensing.read_sta import read_sta
from impetus_sim.analysis.sensing.recorded import read_streams
from impetus_sim.engine.record import simulate
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.streams import STREAM_KINDS

SENSING = {
    "sensing": {
        "sensors": {
            "doors": {"kind": "exit_counter", "every": 2},
            "eye": {"kind": "camera", "at": {"xy": [1 / 3, 4]}, "lag": 0.33, "drop_out": 0.2},
            "ear": {"kind": "gunshot", "at": {"xy": [2, 2]}},
            "feed": {"kind": "posts", "at": {"box": [0, 0, 12, 8]}, "every": 3, "lag": 1},
        }
    },
    "hazards": {"bang": {"kind": "shots", "at": {"xy": [9, 2]}, "start": 3.31, "count": 2}},
}


@pytest.fixture(scope="module")
def recording(room, tmp_path_factory):
    return simulate(room(SENSING), seed=3, path=tmp_path_factory.mktemp("sta") / "run.h5")


@pytest.fixture(scope="module")
def document(recording, tmp_path_factory):
    path = tmp_path_factory.mktemp("sta") / "run.json"
    n = export_sta(recording, path)
    assert n == np.count_nonzero(~np.isnan(read_streams(recording).values)) > 50
    return path


def test_every_kind_is_described():
    assert set(PROPERTIES) == set(STREAM_KINDS)


def test_a_round_trip_is_exact(recording, document):
    said, again = read_streams(recording), read_sta(document, began=start_of(recording))
    assert again.sensors == said.sensors and again.sensor_kinds == said.sensor_kinds
    for name in ("ids", "kinds", "units"):
        assert getattr(again.streams, name) == getattr(said.streams, name)
    for name in ("x", "y", "every_s", "asset"):
        assert np.array_equal(getattr(again.streams, name), getattr(said.streams, name))
    assert np.array_equal(again.lag_s, said.lag_s)
    assert np.array_equal(again.times_s, said.times_s)
    assert np.array_equal(again.values, said.values, equal_nan=True)
    assert np.array_equal(again.causes, said.causes) and (said.causes >= 0).any()


def test_ids_are_unique_and_those_of_the_run(recording, document, tmp_path):
    held = json.loads(document.read_text())
    ids = [e["@iot.id"] for entities in held.values() for e in entities]
    assert len(set(ids)) == len(ids)
    export_sta(recording, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == document.read_bytes()


def test_entities_hold_what_the_data_model_requires(document):
    held = json.loads(document.read_text())
    required = {
        "Things": ("name", "description", "Locations"),
        "Locations": ("name", "description", "encodingType", "location"),
        "Sensors": ("name", "description", "encodingType", "metadata"),
        "ObservedProperties": ("name", "definition", "description"),
        "Datastreams": (
            "name", "description", "unitOfMeasurement", "observationType", "Thing", "Sensor", "ObservedProperty",
        ),
        "FeaturesOfInterest": ("name", "description", "encodingType", "feature"),
        "Observations": ("phenomenonTime", "result", "resultTime", "Datastream", "FeatureOfInterest"),
    }  # fmt: skip
    assert set(held) == set(required)
    for entities, keys in required.items():
        assert held[entities] and all(set(keys) <= set(e) for e in held[entities]), entities


OF_BRIDGE = {"Datastream": {"@iot.id": 1}}
CITY = {
    "Things": {"value": [{"@iot.id": 7, "name": "bridge", "Locations": [{"@iot.id": 8}]}]},
    "Locations": [{"@iot.id": 8, "location": {"type": "Point", "coordinates": [11.87, 45.40]}}],
    "ObservedProperties": [{"@iot.id": 9, "name": "vehicles_passing"}],
    "Datastreams": [
        {"@iot.id": 1, "name": "bridge.n", "Thing": {"@iot.id": 7}, "ObservedProperty": {"@iot.id": 9}}
    ],
    "Observations": [
        {"@iot.id": k, "phenomenonTime": f"2026-05-01T10:0{k}:00+02:00", "result": 5 + k, **OF_BRIDGE}
        for k in range(4)
    ],
}


def test_a_service_of_a_city_is_read(tmp_path):
    path = tmp_path / "city.json"
    path.write_text(json.dumps(CITY))
    said = read_sta(path)
    times, values = said.of("bridge.n")
    assert times.tolist() == [0.0, 60.0, 120.0, 180.0] and values.tolist() == [5, 6, 7, 8]
    assert said.streams.every_s.tolist() == [60.0] and said.lag_s.tolist() == [0.0]
    assert said.streams.kinds == ("vehicles_passing",)
    assert np.hypot(said.streams.x[0], said.streams.y[0]) < 1e-6
    later = read_sta(path, began=datetime(2026, 5, 1, 7, 59, tzinfo=UTC))
    assert later.times_s[0] == 60.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Datastreams": None}, "no Datastreams"),
        ({"ObservedProperties": [{"@iot.id": 9, "name": "noise"}]}, "'noise' is no kind"),
        ({"Things": []}, "names a Thing"),
        ({"Observations": [{"@iot.id": 1, "result": "x", **OF_BRIDGE}]}, "no number"),
        ({"Observations": [{"@iot.id": 1, "result": 1, "phenomenonTime": "soon", **OF_BRIDGE}]}, "ISO"),
    ],
)
def test_faults_are_named(tmp_path, change, message):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({k: v for k, v in (CITY | change).items() if v is not None}))
    with pytest.raises(InvalidInputError, match=message):
        read_sta(path)


def test_a_run_without_sensors_is_refused(room, tmp_path):
    plain = simulate(room({"time": {"duration": 1}}), seed=3, path=tmp_path / "run.h5")
    with pytest.raises(InvalidInputError, match="no sensors"):
        export_sta(plain, tmp_path / "run.json")

"""The editor schema knows all parts; the starter validates; the estimate grows with the work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.synthetic import build_synthetic
from impetus_sim.scenario.estimate import estimate
from impetus_sim.scenario.load import check_files, load_scenario
from impetus_sim.scenario.schema import scenario_schema
from impetus_sim.scenario.starter import starter_text, write_starter


def test_the_schema_holds_every_part_and_no_loose_end() -> None:
    schema = scenario_schema()
    assert schema["$defs"]["hazards.alarm"]["properties"]["kind"] == {"const": "alarm"}
    assert {"$ref": "#/$defs/interventions.gate"} in schema["$defs"]["interventions"]["oneOf"]
    assert "x-family" not in json.dumps(schema)
    stack: list[object] = [schema]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item.get("$ref"), str):
                assert item["$ref"].removeprefix("#/$defs/") in schema["$defs"]
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


@pytest.mark.parametrize("kind", ["room", "grid_city", "t_junction"])
def test_the_starter_validates(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "start.yaml"
    path.write_text(starter_text(build_synthetic(kind), f"{{synthetic: {kind}}}", file="start.yaml"), "utf-8")
    assert check_files([path]) == []
    assert load_scenario(f"{path}:half_as_many").n_people <= 250


def test_the_starter_of_an_unknown_map(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        write_starter("atlantis", tmp_path / "x.yaml")
    assert not (tmp_path / "x.yaml").exists()


def test_the_estimate(scenario_file: Path) -> None:
    scenario = load_scenario(scenario_file)
    one = estimate(scenario)
    assert (one.people, one.steps, one.frames, one.checkpoints) == (120, 12_000, 1_201, 11)
    more = estimate(scenario.with_(**{"crowd.populations.visitors.count": 5000}))
    assert more.wall_s > one.wall_s
    assert more.memory_bytes > one.memory_bytes
    assert more.disk_bytes > one.disk_bytes
    assert "120 people, 12000 steps" in str(one)


def test_the_estimate_counts_vehicles(scenario_file: Path) -> None:
    plain = load_scenario(scenario_file)
    driven = plain.with_(traffic={"demand": {"everyday": {"kind": "gravity", "trips": 9000}}})
    few, more = estimate(plain), estimate(driven)
    assert (few.vehicles, more.vehicles) == (0, 9000)
    assert more.wall_s > few.wall_s
    assert more.disk_bytes > few.disk_bytes
    assert "9000 vehicles, 12000 steps" in str(more)
    flight = {"kind": "flight", "at": {"at": [1.0, 1.0], "radius": 5.0}}
    fled = driven.with_(**{"traffic.demand.flight": flight})
    assert "9000 vehicles and those who flee, " in str(estimate(fled))
    lean = driven.with_(**{"traffic.record_vehicles": False})
    assert estimate(lean).disk_bytes < more.disk_bytes

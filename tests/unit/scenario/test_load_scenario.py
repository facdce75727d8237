"""Reading, merging, changing and writing scenarios."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from impetus_sim.errors import InvalidFilesError
from impetus_sim.scenario.load import load_scenario, read_scenario_text


def _problems(path: Path | str, *overrides: str) -> str:
    with pytest.raises(InvalidFilesError) as caught:
        load_scenario(path, overrides=overrides)
    return str(caught.value)


def test_attributes_mirror_the_keys_in_si(scenario_file: Path) -> None:
    scenario = load_scenario(scenario_file)
    assert scenario.time.duration == 600.0
    assert scenario.time.resolution_us == 10_000
    assert scenario.time.duration_ticks == 60_000
    assert scenario.step_ticks == 5
    assert scenario.hazards["rumour"].kind == "alarm"
    assert scenario.hazards["rumour"].start == 60.0
    assert scenario.crowd.populations["visitors"].exits == ("north",)
    assert scenario.crowd.profiles["porter"].desired_speed.max == pytest.approx(1.4)
    assert scenario.crowd.profiles["porter"].radius == 0.2
    assert "wheelchair_user" in scenario.crowd.profiles
    assert scenario.n_people == 120
    assert scenario.source == scenario_file


def test_a_scenario_cannot_be_changed(scenario_file: Path) -> None:
    scenario = load_scenario(scenario_file)
    with pytest.raises(ValidationError):
        scenario.title = "other"
    with pytest.raises(TypeError):
        scenario.crowd.exits["west"] = scenario.crowd.exits["north"]
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_variant_and_overrides(scenario_file: Path) -> None:
    early = load_scenario(f"{scenario_file}:early", overrides=["crowd.step=0.1 s", "title=Other"])
    assert early.hazards["rumour"].start == 0.0
    assert (early.crowd.step, early.title, early.variant) == (0.1, "Other", "early")
    assert not load_scenario(f"{scenario_file}:calm").hazards
    assert "there is no variant 'erly'; did you mean 'early'?" in _problems(f"{scenario_file}:erly")


def test_override_faults_name_the_option(scenario_file: Path) -> None:
    text = _problems(scenario_file, "crowd.stepp=3", "nonsense", "time.duration=[", "hazards.rumour.start=-1")
    for part in (
        "--set crowd.stepp=3: crowd.stepp: is not a key here; did you mean 'step'?",
        "--set nonsense: not a change of one key",
        "--set time.duration=[: the value is not YAML",
        "--set hazards.rumour.start=-1: hazards.rumour.start: -1 is too low",
    ):
        assert part in text


def test_extends_merges_and_keeps_places(tmp_path: Path, scenario_file: Path) -> None:
    folder = tmp_path / "options"
    folder.mkdir()
    option = folder / "wide.yaml"
    option.write_text(
        "extends: ../room.yaml:early\ntitle: Wide\ncrowd:\n  exits:\n    north: {width: 4 m}\n"
        "    south: null\n  populations:\n    visitors: {premovement: {kind: none}, "
        "count: {normal: {mean: 90, sd: 5}}}\n"
        "interventions: {close_south: null}\n"
    )
    scenario = load_scenario(option)
    assert scenario.title == "Wide"
    assert scenario.hazards["rumour"].start == 0.0
    assert list(scenario.crowd.exits) == ["north"]
    assert scenario.crowd.exits["north"].width == 4.0
    assert scenario.crowd.populations["visitors"].premovement.kind == "none"
    scenario_file.write_text(scenario_file.read_text().replace("start: 60 s", "start: 60 x"))
    option.write_text(option.read_text().replace(":early", "") + "response: {stewards: -1}\n")
    text = _problems(option)
    assert f"{option}:10:22: response.stewards" in text
    assert "room.yaml:19:50: hazards.rumour.start: unknown unit 'x'" in text


def test_extends_cycles_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\n")
    assert "b.yaml:1:10: extends: files extend each other: a.yaml > b.yaml > a.yaml" in _problems(
        tmp_path / "a.yaml"
    )
    (tmp_path / "c.yaml").write_text("extends: bb.yaml\n")
    assert "there is no file 'bb.yaml'; did you mean 'b.yaml'?" in _problems(tmp_path / "c.yaml")
    (tmp_path / "d.yaml").write_text(f"extends: {'x' * 300}.yaml\n")
    assert "d.yaml:1:10: extends: there is no file" in _problems(tmp_path / "d.yaml")


def test_the_text_is_the_scenario_without_files(scenario_file: Path) -> None:
    scenario = load_scenario(scenario_file)
    again = read_scenario_text(scenario.to_text())
    assert again.digest == scenario.digest
    assert again.to_text() == scenario.to_text()
    assert str(scenario_file.parent) not in scenario.to_text()
    assert "run" not in json.loads(scenario.to_text())


def test_order_in_the_file_does_not_matter(scenario_file: Path) -> None:
    one = load_scenario(scenario_file)
    lines = scenario_file.read_text().splitlines()
    lines[6], lines[7] = lines[7], lines[6]
    scenario_file.write_text("\n".join(lines[17:19] + lines[:17] + lines[19:]))
    two = load_scenario(scenario_file)
    assert two.digest == one.digest
    assert list(two.crowd.exits) == list(one.crowd.exits)


def test_with_gives_a_checked_copy(scenario_file: Path) -> None:
    scenario = load_scenario(scenario_file)
    other = scenario.with_(**{"crowd.step": 0.1, "hazards.rumour": None, "response": {"stewards": 3}})
    assert (other.crowd.step, dict(other.hazards), other.response.stewards) == (0.1, {}, 3)
    assert other.source == scenario.source
    assert scenario.crowd.step == 0.05
    with pytest.raises(InvalidFilesError, match=r"crowd\.step"):
        scenario.with_(**{"crowd.step": "0.033 s"})


def test_draws_have_their_own_streams(scenario_file: Path) -> None:
    scenario = load_scenario(scenario_file)
    assert list(scenario.draws()) == ["crowd.populations.visitors.count"]
    counts = {scenario.draw(7, r).crowd.populations["visitors"].count for r in range(30)}
    assert all(isinstance(count, int) and 80 <= count <= 120 for count in counts)
    assert len(counts) > 10
    option = load_scenario(f"{scenario_file}:early", overrides=["hazards.rumour.start=10 to 20 s"])
    for replicate in range(5):
        base, other = scenario.draw(7, replicate), option.draw(7, replicate)
        assert base.crowd.populations == other.crowd.populations
        assert 10 <= other.hazards["rumour"].start <= 20
        assert not other.draws()


def test_drawn_places_are_taken_in(tmp_path: Path, scenario_file: Path) -> None:
    square = {
        "type": "Polygon",
        "coordinates": [[[24.95, 60.17], [24.951, 60.17], [24.951, 60.171], [24.95, 60.17]]],
    }
    feature = {"type": "Feature", "properties": {"name": "stage"}, "geometry": square}
    drawing = tmp_path / "square.geojson"
    drawing.write_text(
        json.dumps(
            {"type": "FeatureCollection", "features": [feature, {**feature, "properties": {"name": "bar"}}]}
        )
    )
    scenario = load_scenario(scenario_file, overrides=[f"crowd.focus={{at: '{drawing}#stage'}}"])
    drawing.unlink()
    again = read_scenario_text(scenario.to_text())
    assert again.digest == scenario.digest
    assert json.loads(again.crowd.focus.at.drawn)["type"] == "Polygon"
    assert "cannot read" in _problems(scenario_file, f"crowd.focus={{at: '{drawing}#stage'}}")


def test_a_feature_that_is_not_drawn(tmp_path: Path, scenario_file: Path) -> None:
    (tmp_path / "x.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", '
        '"properties": {"name": "stage"}, "geometry": {"type": "Point", "coordinates": [500, 1]}}]}'
    )
    text = scenario_file.read_text()
    scenario_file.write_text(text.replace("{xy: [5, 5]}", "x.geojson#stag"))
    assert "no feature 'stag'; did you mean 'stage'?" in _problems(scenario_file)
    scenario_file.write_text(text.replace("{xy: [5, 5]}", "x.geojson#stage"))
    assert "coordinate 500 is not in degrees" in _problems(scenario_file)

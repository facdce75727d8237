"""ODD protocol: all seven elements, every parameter of the schema with unit and default, changed values marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from impetus_sim.analysis.export.odd import prose
from impetus_sim.analysis.export.odd.document import CHANGED, ELEMENTS, describe_engine
from impetus_sim.analysis.export.odd.entities import unit_of_column
from impetus_sim.cli.export import export_command
from impetus_sim.scenario.schema import scenario_schema
from impetus_sim.world.phases import Phase

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def engine_text():
    return describe_engine()


@pytest.fixture(scope="module")
def run_text(room_run, tmp_path_factory):
    path = tmp_path_factory.mktemp("odd") / "odd.md"
    shown = CliRunner().invoke(export_command, [str(room_run.path), "--to", "odd", "-o", str(path)])
    assert shown.exit_code == 0, shown.output
    return path.read_text("utf-8")


def sections_of(text):
    """Return the rows of cells of each section of parameters, by its heading."""
    found = {}
    for part in text.split("\n#### ")[1:]:
        name, _, body = part.partition("\n")
        rows = [re.split(r" (?<!\\)\| ", line[2:-2]) for line in body.splitlines() if line.startswith("| `")]
        found[name] = {row[0].strip("`"): row[1:] for row in rows}
    return found


def test_both_have_the_seven_elements_in_order(engine_text, run_text):
    for text in (engine_text, run_text):
        assert re.findall(r"^## (.+)$", text, re.M) == list(ELEMENTS)
        assert all(f"**{concept}.**" in text for concept in prose.CONCEPTS)
    assert len(ELEMENTS) == 7 and len(prose.CONCEPTS) == 11


def test_every_parameter_of_the_schema_has_a_unit_and_a_default(engine_text):
    found, schema = sections_of(engine_text), scenario_schema()
    n = 0
    for name, body in {"scenario": schema, **schema["$defs"]}.items():
        held = body if "properties" in body else next(iter(body.get("anyOf", [{}])))
        for key, described in held.get("properties", {}).items():
            if "const" in described:
                continue
            unit, default, _ = found[name][key]
            assert unit and default, f"{name}.{key}"
            n += 1
    assert n > 1000


def test_units_and_defaults_are_those_of_the_code(engine_text):
    found = sections_of(engine_text)
    assert found["Time"]["resolution"][:2] == ["s", "0.01"]
    assert found["Time"]["duration"][:2] == ["s", "must be given"]
    assert found["interventions.warning"]["heard_share"][:2] == ["1", "0.85"]
    assert found["interventions.warning"]["audible_within"][:2] == ["m", "40"]
    assert found["crowd.parameters: design"]["door_capacity"] == ["1.3"]
    assert "Weidmann" in engine_text  # the source of speeds


def test_phases_and_systems_are_listed(engine_text, run_text):
    for phase in Phase:
        assert f"| {phase.value} | {phase.name.lower()} |" in engine_text
    for system in (
        "crowd",
        "traffic",
        "infrastructure",
        "cyber",
        "sensing",
        "detection",
        "units",
        "control_rooms",
    ):
        assert f"`{system}`:" in engine_text
    assert "`sensing`:" in run_text and "`traffic`:" not in run_text


def test_tables_say_units(run_text, room_run):
    for name in room_run.table_names:
        assert f"### Table `{name}`" in run_text
    assert "| `desired_speed` | float64 | m/s |" in run_text
    assert unit_of_column("left_tick") == "ticks" and unit_of_column("exposure_s") == "s"
    assert unit_of_column("state") == "1"


def test_changed_values_of_the_run_are_marked(run_text):
    found = sections_of(run_text)
    value, unit, default, mark, _ = found["time"]["duration"]
    assert (value, unit, default, mark) == ("20", "s", "must be given", CHANGED)
    assert found["time"]["resolution"][3] == ""
    assert found["record"]["frame_every"][3] == "" and found["record"]["checkpoint_every"][3] == CHANGED
    assert found["crowd.profiles.adult.desired_speed"]["mean"][3] == ""  # as the set of parameters gives it
    assert "| hazards | `asset_failure` |" in run_text and "`blast`" not in run_text


def test_pages_exist(engine_text):
    for page in set(re.findall(r"docs/[\w/]+\.md", engine_text)):
        assert (ROOT / page).is_file(), page

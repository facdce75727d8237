"""`impetus validate`, `schema` and `init`: exit codes, one JSON document, nothing overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from impetus_sim.cli.init import init_command
from impetus_sim.cli.schema import schema_command
from impetus_sim.cli.validate import validate_command
from impetus_sim.errors import InvalidInputError


def test_validate(scenario_file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("titel: x\n")
    good = CliRunner().invoke(validate_command, [str(scenario_file), f"{scenario_file}:early"])
    assert (good.exit_code, good.stdout) == (0, f"{scenario_file}: ok\n{scenario_file}:early: ok\n")
    mixed = CliRunner().invoke(validate_command, [str(scenario_file), str(bad)])
    assert mixed.exit_code == 2
    assert f"{bad}:1:1: titel: is not a key here; did you mean 'title'?" in mixed.stderr
    as_json = CliRunner().invoke(validate_command, ["--json", "--no-map", str(bad)])
    document = json.loads(as_json.stdout)
    assert as_json.exit_code == 2
    assert {problem["key"] for problem in document["problems"]} == {"titel", "title", "map", "time"}


def test_schema(tmp_path: Path) -> None:
    assert json.loads(CliRunner().invoke(schema_command, []).stdout)["title"] == "impetus_sim scenario"
    result = CliRunner().invoke(schema_command, ["-o", str(tmp_path / "s.json"), "--json"])
    assert json.loads(result.stdout) == {"schema": str(tmp_path / "s.json")}
    assert json.loads((tmp_path / "s.json").read_text())["$defs"]


def test_init_does_not_overwrite(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("mine")
    for arguments in (
        ["x", "-o", str(path)],
        ["x", "-o", "a.txt"],
        ["x", "-o", str(tmp_path / "no" / "a.yaml")],
    ):
        with pytest.raises(InvalidInputError):
            CliRunner().invoke(init_command, arguments, catch_exceptions=False)
    assert path.read_text() == "mine"

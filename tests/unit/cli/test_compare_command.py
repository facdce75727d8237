"""The command line of a comparison: references, refused combinations, tables and the JSON document."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from impetus_sim.cli.compare import (
    compare_command,
    resolve_options,
    show_study,
    split_reference,
    write_command,
)
from impetus_sim.cli.compare_table import build_tables
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.study import Study


def make_entry(mean: float, difference: float | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "mean": mean,
        "low": mean - 2.0,
        "high": mean + 2.0,
        "half_width": 2.0,
        "n": 20,
        "p5": mean - 8.0,
        "p50": mean,
        "p95": mean + 8.0,
        "cvar95": mean + 9.0,
        "cvar95_tail": "upper",
        "probability_best": 0.5,
        "regret": 0.25,
        "unit": "s",
        "label": "mean egress time",
        "better": "lower",
        "restricted_to": None,
        "difference": None,
    }
    if difference is not None:
        entry["difference"] = {
            "mean": difference,
            "low": difference - 1.0,
            "high": difference + 1.0,
            "half_width": 1.0,
            "n": 20,
            "bootstrap_low": difference - 0.9,
            "bootstrap_high": difference + 1.2,
            "is_identical": difference == 0.0,
            "is_distinguishable": difference != 0.0,
            "correlation": 0.9,
            "variance_ratio": 6.3,
            "variance_ratio_low": 4.0,
            "variance_ratio_high": 9.0,
        }
    return entry


@pytest.fixture
def study(tmp_path: Path) -> Study:
    options = [
        {"name": "baseline", "title": "Square", "n_failed": 0, "mean_egress_time": make_entry(100.0, None)},
        {"name": "open", "title": "Open", "n_failed": 0, "mean_egress_time": make_entry(58.0, -42.0)},
        {"name": "broken", "title": "Broken", "n_failed": 20},
    ]
    comparison = {
        "answer": "Open shortens the mean egress time by 42 s.",
        "primary": "mean_egress_time",
        "replicates": 20,
        "seeds": [{"seed": 7, "replicate": 0}],
        "rule": {"replicates": 20, "precision": None, "confidence": 0.95, "max_replicates": None},
        "options": options,
    }
    return Study(folder=tmp_path, comparison=comparison)


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("square.yaml", ("square.yaml", "")),
        ("a/square.yaml:warn_early", ("a/square.yaml", "warn_early")),
        ("C:\\plans\\square.yaml", ("C:\\plans\\square.yaml", "")),
    ],
)
def test_references(reference: str, parts: tuple[str, str]) -> None:
    assert split_reference(reference) == parts


def test_options_are_named_by_variant_or_file() -> None:
    assert resolve_options("a/base.yaml:x", (":open", "b/close.yaml")) == {
        "open": "a/base.yaml:open",
        "close": "b/close.yaml",
    }
    with pytest.raises(InvalidInputError, match="named 'open'"):
        resolve_options("base.yaml", (":open", "open.yaml"))


def test_a_fixed_number_and_a_precision_exclude_each_other(tmp_path: Path) -> None:
    arguments = ["a.yaml", "b.yaml", "--replicates", "5", "--precision", "0.1", "-o", str(tmp_path / "s")]
    result = CliRunner().invoke(compare_command, arguments)
    assert isinstance(result.exception, InvalidInputError)
    assert not (tmp_path / "s").exists()


def test_table_shows_difference_interval_and_pairing(study: Study) -> None:
    console = Console(width=160, record=True, file=io.StringIO())
    for table in build_tables(study):
        console.print(table)
    text = console.export_text()
    assert "\u221242.0 [\u221243.0 to \u221241.0]" in text
    assert "0.90" in text and "6.3 [4.0 to 9.0]" in text
    assert "20 runs failed" in text


def test_details_and_the_worst_off_have_tables_of_their_own(study: Study) -> None:
    study.comparison["recommended"] = "open"
    study.comparison["worst_off"] = [
        {
            "by": "profile", "metric": "mean_egress_time", "label": "mean egress time", "unit": "s",
            "group": "wheelchair_user", "mean": 90.0, "difference_group": "older_adult",
            "difference": -3.0, "difference_low": -5.0, "difference_high": -1.0, "is_worse": False,
        }
    ]  # fmt: skip
    console = Console(width=160, record=True, file=io.StringIO())
    for table in build_tables(study, has_details=True):
        console.print(table)
    text = console.export_text()
    assert "worst 5 % (highest)" in text and "67.0" in text
    assert "[\u221242.9 to \u221240.8]" in text
    assert "wheelchair user (90 s)" in text and "older adult (\u22123.0 s)" in text


def test_json_is_one_document(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    show_study(study, pages={"brief": study.folder / "brief.html"}, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["options"][1]["mean_egress_time"]["mean"] == 58.0
    assert document["brief"].endswith("brief.html")


def test_the_command_that_repeats_a_study_is_noted(study: Study) -> None:
    study.note_command(write_command("square.yaml", (":warn early",), study))
    assert study.command == (
        "impetus compare square.yaml ':warn early' --replicates 20 --confidence 0.95 "
        f"--metric mean_egress_time --seed 7 -o {study.folder.name}"
    )


def test_help_has_an_example() -> None:
    result = CliRunner().invoke(compare_command, ["--help"])
    assert result.exit_code == 0
    assert "impetus compare square.yaml" in result.output

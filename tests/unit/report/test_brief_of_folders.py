"""Briefs of plans and experiments, and of a comparison with an experiment on what would change its answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from impetus_sim.cli.report import report_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.report.brief.html import render_html
from impetus_sim.report.brief.lint.check import lint_file, lint_html
from impetus_sim.report.brief.study import build_study_brief

BASE = """
title: Shots on the square
description: People leave a square.
label: invented
sources: ["Drawn for this test, 2026"]
map: helsinki_centre
"""


def make_set(name: str, mean: float, *, cost: float, is_finalist: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "choices": [] if name == "baseline" else [{"variant": name, "setting": 1}],
        "cost": cost,
        "staff": 3,
        "lead_time_s": 120.0,
        "replicates": 12 if is_finalist else 3,
        "is_finalist": is_finalist,
        "is_pareto": is_finalist,
        "probability_best": 0.7 if is_finalist else None,
        "standing": ("best" if name == "open_gate" else "as_good") if is_finalist else None,
        "objectives": {"mean_egress_time": {"mean": mean, "low": mean - 2, "high": mean + 2, "failed": 0}},
    }


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    document = {
        "objectives": {"mean_egress_time": {"label": "mean egress time", "unit": "s", "better": "lower"}},
        "limits": {"budget": 500.0, "staff": 12, "lead_time_s": None},
        "matters": {"share": 0.06, "value": 4.8},
        "feasible_sets": 3,
        "runs": 27,
        "sets": [
            make_set("open_gate", 60.0, cost=400.0),
            make_set("warn_early", 64.0, cost=100.0),
            make_set("baseline", 80.0, cost=0.0, is_finalist=False),
        ],
        "seed": 4,
        "engine_version": "0.1.0",
    }
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "base.yaml").write_text(BASE, "utf-8")
    (tmp_path / "plan.json").write_text(json.dumps(document), "utf-8")
    return tmp_path


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    effects = [
        {"value": value, "mean": mean, "standard_error": 1.0, "points": 3}
        for value, mean in ((30.0, 120.0), (90.0, 150.0))
    ]
    document = {
        "title": "How late may the warning come",
        "question": "How much does a minute of delay cost?",
        "expected": "",
        "design": {"kind": "factorial"},
        "factors": {"delay": {"label": "delay of the warning", "key": "hazards.shots.delay", "unit": "s"}},
        "points": 2,
        "replicates": 3,
        "runs": 6,
        "failed": 0,
        "metrics": {"mean_egress_time": {"unit": "s", "label": "mean egress time"}},
        "effects": {"mean_egress_time": {"delay": effects}},
        "sensitivity": {},
        "seed": 4,
        "engine_version": "0.1.0",
        "kernel_hash": "9a8b7c",
    }
    folder = tmp_path / "experiment"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios" / "p0.yaml").write_text(BASE, "utf-8")
    (folder / "experiment.json").write_text(json.dumps(document), "utf-8")
    return folder


def write(source: Path, output: Path, *words: str) -> str:
    CliRunner().invoke(report_command, [str(source), "-o", str(output), *words], catch_exceptions=False)
    return output.read_text("utf-8")


def test_the_brief_of_a_plan_says_what_the_best_set_takes(plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan.html"
    page = write(plan, output)
    for text in (
        "Best on mean egress time: open gate, 60 s (95 % interval 58 s to 62 s, 12 paired runs",
        "for at most 500 EUR, with at most 12 people as staff",
        "400 EUR",
        "As good as the best within 6 % (4.8 s): warn early (costs 300 EUR less).",
        "as good within 6 % (4.8 s)",
        "The two are as good: what they take may decide.",
        "With less money: warn early takes 100 EUR",
        "data of 2019-04",
        "Licence: ODbL 1.0.",
        "--budget 500 --staff 12 --objective mean_egress_time --matters 0.06",
    ):
        assert text in page
    assert lint_file(output) == []


def test_the_brief_of_an_experiment_says_what_moved_with_what(experiment: Path, tmp_path: Path) -> None:
    output = tmp_path / "experiment.html"
    page = write(experiment, output)
    assert "delay of the warning" in page
    assert "120 s" in page and "150 s" in page and "30 s" in page
    assert lint_file(output) == []


def test_an_experiment_tells_what_would_change_the_answer(study_document, experiment: Path) -> None:
    document = json.loads((experiment / "experiment.json").read_text("utf-8"))
    page = render_html(build_study_brief(study_document, sensitivity=document))
    change = page[page.index('id="change"') : page.index('id="limits"')]
    assert "delay of the warning" in change
    assert "Varied in an experiment of 6 runs" in change
    assert lint_html(page) == []


def test_sensitivity_goes_with_a_comparison_only(plan: Path, experiment: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="goes with a comparison"):
        write(plan, tmp_path / "b.html", "--sensitivity", str(experiment))


def test_without_recordings_the_scenario_tells_where_data_come_from(study_document, plan: Path) -> None:
    bare = {key: value for key, value in study_document.items() if key != "recordings"}
    page = render_html(build_study_brief({**bare, "folder": str(plan)}))
    assert "data of 2019-04" in page
    assert lint_html(page) == []

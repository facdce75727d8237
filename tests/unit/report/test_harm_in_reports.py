"""Casualties in the brief and on the command line are ranges under their law's name; how people walked is drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from impetus_sim.cli.info import info_command
from impetus_sim.engine.record import simulate
from impetus_sim.recording.reader import open_recording
from impetus_sim.report.brief.write import render_run_brief
from impetus_sim.report.casualties import describe_run_casualties, describe_study_casualties
from impetus_sim.report.measures_picture import plot_measures
from impetus_sim.report.study_content import read_study_content

LAW = {"kind": "density_time", "density": 1.0, "high_after": 2, "central_after": 4, "low_after": 60}


@pytest.fixture(scope="module")
def recording(room: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    crowd = {"crowd": {"harm": {"laws": {"near": LAW}}, "populations": {"guests": {"activity": "leave"}}}}
    return simulate(room(crowd), seed=3, path=tmp_path_factory.mktemp("harm") / "run.h5")


def test_the_brief_of_a_run_has_the_range_and_its_caution(recording: Any, tmp_path: Path) -> None:
    (row,) = describe_run_casualties(recording)
    assert row.low == "0" and int(row.high) >= int(row.central) > 0
    page = render_run_brief(recording, tmp_path / "run.html").read_text()
    assert "No casualty curve for crowds has been validated" in page
    assert f"<td>0 to {row.high} people</td><td>{row.central} people</td>" in page
    assert page.count("<img ") == 2


def test_a_run_that_did_not_follow_harm_says_nothing_of_casualties(
    room: Callable[..., Any], tmp_path: Path
) -> None:
    plain = simulate(room({"record": {"positions": False}}), seed=3, path=tmp_path / "plain.h5")
    assert plot_measures(plain) is None
    page = render_run_brief(plain, tmp_path / "plain.html").read_text()
    assert "Casualties, as ranges" not in page
    assert page.count("<img ") == 1


def test_info_names_the_law(recording: Any) -> None:
    result = CliRunner().invoke(info_command, [str(recording.path), "--json"])
    (found,) = json.loads(result.output)["casualties"]
    assert (found["law"], found["kind"]) == ("near", "density_time")
    assert found["text"].endswith("(law near, density_time)")
    words = CliRunner().invoke(info_command, [str(recording.path)]).output
    assert "not forecasts" in words and "law near" in words


def test_a_study_lists_every_option_under_its_law() -> None:
    def option(name: str, central: float) -> dict[str, Any]:
        entry = {"unit": "people", "label": "", "better": "lower", "low": 0.0, "high": 1.0, "n": 2}
        means = {"casualties_low.near": 0.0, "casualties.near": central, "casualties_high.near": 9.0}
        return {"name": name, "title": name, **{key: {**entry, "mean": mean} for key, mean in means.items()}}

    content = read_study_content(
        {
            "answer": "None.",
            "primary": "casualties.near",
            "options": [option("base", 3.0), option("early", 1.0)],
            "replicates": 2,
        }
    )
    rows = describe_study_casualties(content)
    assert [(r.law, r.option, r.low, r.central, r.high) for r in rows] == [
        ("near", "Baseline", "0", "3", "9"),
        ("near", "early", "0", "1", "9"),
    ]


def test_the_picture_of_a_run_is_drawn(recording: Any) -> None:
    figure = plot_measures(open_recording(recording.path))
    assert figure is not None
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes]
    assert "Speed of those who walk" in titles

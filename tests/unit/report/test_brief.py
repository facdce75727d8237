"""The brief and the comparison picture: self-contained, complete, honest, the same every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.cli.report import report_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.answer import answer
from impetus_sim.planning.evaluate import compare_groups, compare_runs
from impetus_sim.report import style
from impetus_sim.report.brief import render_brief, split_sentences
from impetus_sim.report.comparison_picture import choose_pair, plot_comparison, save_comparison_picture
from impetus_sim.report.provenance import read_scenario_text
from impetus_sim.report.study_content import read_study_content
from impetus_sim.report.tables import build_group_rows, build_metric_tables

TITLES = {"baseline": "Shots on the square", "open_gate": "Open the <wide> gate", "nothing": "Change nothing"}
VOID = {"meta", "img", "br"}


def make_run(mean_s: float) -> dict[str, Any]:
    def measure(
        value: float, unit: str, label: str, better: str, is_censored: bool = False
    ) -> dict[str, Any]:
        row = {"value": value, "unit": unit, "label": label, "better": better, "is_censored": is_censored}
        return row

    egress = measure(mean_s, "s", "mean egress time", "lower")
    return {
        "metrics": {
            "clearance_time": measure(
                min(2 * mean_s, 145.0), "s", "clearance time", "lower", 2 * mean_s > 145.0
            ),
            "mean_egress_time": egress,
            "share_out": measure(0.9, "", "share out at the end", "higher"),
            "peak_density": measure(5.0 + mean_s / 100, "people/m²", "peak density", "lower"),
            "flow.North Gate": measure(4.0, "people/s", "highest flow, North Gate", ""),
        },
        "groups": {
            "profile=adult": {"mean_egress_time": egress | {"value": mean_s - 5}},
            "profile=wheelchair_user": {"mean_egress_time": egress | {"value": mean_s + 9}},
        },
    }


@pytest.fixture(scope="module")
def document(square, square_with_wide_gate) -> dict[str, Any]:
    times = 70 + np.random.default_rng(3).normal(0, 2, 10)
    runs = [[make_run(float(t)) for t in row] for row in (times, times - 6 + 0.1 * np.sin(times), times)]
    table = compare_runs([[run["metrics"] for run in row] for row in runs], seed=1, confidence=0.95)
    groups = compare_groups(runs, seed=1, confidence=0.95)
    options = [
        {
            "name": name,
            "title": title,
            "scenario_digest": "a1b2c3d4e5f60718",
            "map_digest": "3c9d1f0e77a1",
            "n_failed": 0,
            "run_keys": ["0f5be2c4a9d1"] * 10,
            **metrics,
        }
        for (name, title), metrics in zip(TITLES.items(), table, strict=True)
    ]
    return {
        "answer": answer(options, "mean_egress_time", confidence=0.95),
        "primary": "mean_egress_time",
        "replicates": 10,
        "seeds": [{"seed": 5, "replicate": r} for r in range(10)],
        "rule": {"replicates": None, "precision": 0.05, "confidence": 0.95, "max_replicates": 50},
        "is_precise": True,
        "options": options,
        "groups": [
            {
                "group": group,
                "options": [{"name": name, **m} for name, m in zip(TITLES, metrics, strict=True)],
            }
            for group, metrics in groups.items()
        ],
        "notes": ["One note to mind."],
        "methods": {"interval": "Student t over replicates"},
        "engine_version": "0.1.0",
        "kernel_hash": "9a8b7c",
        "recordings": {
            "baseline": str(square.path),
            "open_gate": str(square_with_wide_gate.path),
            "nothing": None,
        },
    }


@pytest.fixture(scope="module")
def brief(document, tmp_path_factory) -> str:
    path = render_brief(document, tmp_path_factory.mktemp("brief") / "brief.html")
    return path.read_text("utf-8")


class Checker(HTMLParser):
    """Notes unclosed elements, links to the outside, and pictures without words."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.n_pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("script", "link", "iframe"):
            self.faults.append(f"<{tag}>")
        if tag == "img":
            self.n_pictures += 1
            if not (values.get("src") or "").startswith("data:image/png;base64,"):
                self.faults.append("picture that is not inlined")
            if len(values.get("alt") or "") < 20:
                self.faults.append("picture without words")
        if tag == "th" and values.get("scope") not in ("col", "row"):
            self.faults.append("header cell without scope")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"stray </{tag}>")


def check(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    return checker


def test_brief_is_one_sound_self_contained_page(brief: str) -> None:
    checker = check(brief)
    assert checker.faults == []
    assert checker.open == []
    assert checker.n_pictures == 3
    assert '<html lang="en">' in brief
    assert not re.search(r"(href|src)=\"https?:", brief)
    assert "@import" not in brief
    assert "nan" not in re.sub(r"base64,[^\"]+", "", brief).casefold().replace("finance", "")


@pytest.mark.parametrize(
    "text",
    [
        "Open the &lt;wide&gt; gate shortens the mean egress time by",
        "95 % interval",
        "10 paired runs",
        "The question.",
        "no change at all",
        "&#9650; better",
        "chance of being best",
        "Who is worst off",
        "<strong>wheelchair user</strong>",
        "What this rests on",
        "What it cannot say",
        "Open Database License (ODbL)",
        "impetus compare BASE.yaml BASE.yaml:open_gate BASE.yaml:nothing --precision 0.05",
        "--seed 5",
        "Seed 5, replicates 0 to 9.",
        "a1b2c3d4e5f60718",
        "impetus_sim 0.1.0",
        "One note to mind.",
        "runs ended before it was over",
        "The runs stopped at 10, when the difference was known to 5 %",
    ],
)
def test_brief_says(brief: str, text: str) -> None:
    assert text in brief.replace("&#39;", "'")


def test_brief_is_the_same_every_time(document, brief: str, tmp_path: Path) -> None:
    again = render_brief(document, tmp_path / "again.html")
    assert again.read_text("utf-8") == brief
    assert str(tmp_path.parent) not in brief


def test_brief_without_recordings_or_groups(document, tmp_path: Path) -> None:
    bare = {key: value for key, value in document.items() if key not in ("recordings", "groups", "methods")}
    page = render_brief(bare, tmp_path / "bare.html").read_text("utf-8")
    checker = check(page)
    assert checker.faults == []
    assert checker.n_pictures == 1
    assert "cannot say who is worst off" in page


def test_option_without_results_is_named_but_not_compared(document, tmp_path: Path) -> None:
    broken = {
        "name": "broken",
        "title": "Fails",
        "n_failed": 10,
        "run_keys": [],
        "scenario_digest": "",
        "map_digest": "",
    }
    page = render_brief(
        document | {"options": [*document["options"], broken]}, tmp_path / "broken.html"
    ).read_text("utf-8")
    assert "10 of its 10 runs failed" in page


def test_tables_put_the_primary_metric_first_and_judge(document) -> None:
    tables = build_metric_tables(read_study_content(document))
    assert [table.name for table in tables] == [
        "mean_egress_time",
        "clearance_time",
        "share_out",
        "peak_density",
        "flow.North Gate",
    ]
    base, wide, same = tables[0].rows
    assert (base.title, base.difference, base.verdict) == ("Baseline", "", "")
    assert wide.verdict == "better"
    assert wide.difference.endswith(" s")
    assert wide.best == "above 99 %"
    assert same.difference == "0, identical in every run"
    assert same.verdict == "no change at all"
    assert tables[2].unit == "%"
    assert tables[2].rows[0].mean == "90 %"


def test_worst_off_group(document) -> None:
    rows = build_group_rows(read_study_content(document), "mean_egress_time")
    assert [(row.name, row.is_worst) for row in rows] == [("adult", False), ("wheelchair user", True)]


def test_pair_of_maps_is_baseline_and_best(document) -> None:
    content = read_study_content(document)
    assert content.find_best().name == "open_gate"
    assert [option.name for option in choose_pair(content)] == ["baseline", "open_gate"]


def test_comparison_picture(document, tmp_path: Path) -> None:
    from matplotlib.text import Text

    with style.page_style():
        texts = "\n".join(
            text.get_text() for text in plot_comparison(read_study_content(document)).findobj(Text)
        )
    assert "Difference in mean egress time from the baseline" in texts
    assert "10 paired runs of each option" in texts
    path = save_comparison_picture(document | {"recordings": {}}, tmp_path / "c.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_report_of_a_run(square, tmp_path: Path) -> None:
    output = tmp_path / "run.html"
    result = CliRunner().invoke(report_command, [str(square.path), "-o", str(output)], catch_exceptions=False)
    assert result.exit_code == 0
    page = output.read_text("utf-8")
    assert check(page).faults == []
    assert "no choice between options should rest on it" in page
    assert "Out last on average: <strong>wheelchair user</strong>" in page


@pytest.mark.parametrize(
    ("name", "message"), [("b.pdf", "PDF comes with a later version"), ("b.txt", "HTML")]
)
def test_report_refuses_other_formats(square, tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        report_command.main([str(square.path), "-o", str(tmp_path / name)], standalone_mode=False)


def test_report_of_a_folder_that_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no finished comparison"):
        report_command.main([str(tmp_path), "-o", str(tmp_path / "b.html")], standalone_mode=False)


def test_sentences() -> None:
    text = "A shortens it by 5.8 s (95 % interval 5 to 6 s). B is worse. Best: A."
    assert split_sentences(text) == [
        "A shortens it by 5.8 s (95 % interval 5 to 6 s).",
        "B is worse.",
        "Best: A.",
    ]


def test_scenario_text_that_cannot_be_read_is_left_out() -> None:
    assert read_scenario_text("{unclosed: [") == {}
    assert read_scenario_text("title: x\nsources: [a]") == {"title": "x", "sources": ["a"]}


def test_few_runs_are_called_a_first_look(document) -> None:
    assert "a first look" in read_study_content(document | {"replicates": 4}).notes[0]
    assert read_study_content(document).notes == ("One note to mind.",)

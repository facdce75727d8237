"""The brief and the comparison picture: self-contained, complete, honest, the same every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from impetus_sim.cli.report import report_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.report import style
from impetus_sim.report.brief.study import split_sentences
from impetus_sim.report.brief.write import render_brief
from impetus_sim.report.comparison_picture import choose_pair, plot_comparison, save_comparison_picture
from impetus_sim.report.provenance import read_scenario_text
from impetus_sim.report.study_content import read_study_content
from impetus_sim.report.tables import build_group_rows, build_metric_tables

VOID = {"meta", "img", "br"}


@pytest.fixture(scope="module")
def document(study_document) -> dict[str, Any]:
    return study_document


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
            if not (values.get("src") or "").startswith("data:image/svg+xml;base64,"):
                self.faults.append("picture that is not inlined")
            if len(values.get("alt") or "") < 20:
                self.faults.append("picture without words")
        if tag == "th" and values.get("scope") not in ("col", "row", "rowgroup"):
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
        "is worst for: wheelchair user.",
        "What would change the answer",
        "Casualties, economic and public effects",
        "What the options take",
        "250 EUR",
        "2 people",
        "1:30 min",
        "worst 5 % of runs: ",
        '<span class="small">regret 0.0 s</span>',
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
    bare = {
        key: value
        for key, value in document.items()
        if key not in ("recordings", "groups", "methods", "curves")
    }
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
    assert "Out last on average: wheelchair user" in page


def test_report_refuses_other_formats(square, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="HTML or PDF"):
        report_command.main([str(square.path), "-o", str(tmp_path / "b.txt")], standalone_mode=False)


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

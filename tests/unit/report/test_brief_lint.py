"""`impetus brief lint`: ten seeded faults of ten are found, and our own briefs are clean."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from impetus_sim.cli.brief import brief_group
from impetus_sim.errors import InvalidInputError
from impetus_sim.report.brief.html import render_html
from impetus_sim.report.brief.lint.check import lint_file, lint_html
from impetus_sim.report.brief.run import build_run_brief
from impetus_sim.report.brief.study import build_study_brief


@pytest.fixture(scope="module")
def page(study_document) -> str:
    return render_html(build_study_brief(study_document))


def replace(page: str, pattern: str, by: str) -> str:
    changed, n = re.subn(pattern, by, page, count=1, flags=re.DOTALL)
    assert n == 1, pattern
    return changed


SEEDED = {
    "certainty": (r"shortens the mean egress time by", "will guarantee a shorter mean egress time by"),
    "interval": (r"\(95 % interval [^)]*, 10 paired runs\)", "(10 paired runs)"),
    "runs": (r"(<p class=\"finding lead\">[^<]*), 10 paired runs\)", r"\1)"),
    "unit": (r"(<td><b>[\d.]+) s</b>", r"\1</b>"),
    "alt": (r'alt="Paired differences[^"]*"', 'alt=""'),
    "credit": (r"© OpenStreetMap contributors \(ODbL\)\. ", ""),
    "source-date": (r"data of 2025-03-01", "data of some time"),
    "command": (r'<pre class="command">.*?</pre>', ""),
    "request": (r'src="data:image/svg\+xml;base64,[^"]*"', 'src="https://tiles.example.org/map.svg"'),
    "headings": (r'<h2 id="groups">(.*?)</h2>', r'<h4 id="groups">\1</h4>'),
    "not-a-number": (r"(<td><b>)[\d.]+ s</b>", r"\1nan s</b>"),
    "empty-cell": (r"<td>(<b>)?below 1 %.*?</td>", "<td></td>"),
    "seed": (r"Seed 5, replicates 0 to 9\.", ""),
    "section": (r'<h2 id="limits">.*?</ul>', ""),
    "numbers": (r'(<p class="finding lead">)[^<]*', r"\1The wide gate shortens the egress clearly."),
    "answer": (r'<section class="answer".*?</section>', ""),
    "source-licence": (r"(?s)Open Database License \(ODbL\)|ODbL 1\.0|\(ODbL\)", ""),
    "script": (r"</head>", "<script>1</script></head>"),
}


@pytest.mark.parametrize("rule", list(SEEDED))
def test_a_seeded_fault_is_found(page: str, rule: str) -> None:
    pattern, by = SEEDED[rule]
    if rule == "source-licence":
        changed = re.sub(
            r"Available under the Open Database License \(ODbL\), |\(ODbL\)|Licence: ODbL 1\.0\.", "", page
        )
    elif rule == "credit":
        changed = re.sub(r"© OpenStreetMap contributors", "", page)
    else:
        changed = replace(page, pattern, by)
    assert changed != page
    found = {fault.rule for fault in lint_html(changed)}
    assert rule in found
    assert len(found) <= 3, found


def test_ten_seeded_faults_of_ten_are_found_with_their_lines(page: str) -> None:
    ten = list(SEEDED)[:10]
    changed = page
    for rule in ten:
        if rule == "credit":
            changed = changed.replace("© OpenStreetMap contributors", "")
        else:
            pattern, by = SEEDED[rule]
            if rule == "runs":
                pattern, by = r"\(10 paired runs\)", ""
            if rule == "certainty":
                pattern, by = r"these runs do not tell the two apart", "this is certainly so"
            changed = replace(changed, pattern, by)
    faults = lint_html(changed)
    assert set(ten) <= {fault.rule for fault in faults}
    lines = changed.splitlines()
    assert all(1 <= fault.line <= len(lines) for fault in faults)
    certainty = next(fault for fault in faults if fault.rule == "certainty")
    assert "certainly" in lines[certainty.line - 1]
    assert all(fault.message and fault.hint for fault in faults)


def test_our_own_briefs_are_clean(page: str, study_document, square) -> None:
    assert lint_html(page) == []
    assert lint_html(render_html(build_run_brief(square))) == []
    bare = {key: value for key, value in study_document.items() if key not in ("groups", "methods", "curves")}
    assert lint_html(render_html(build_study_brief(bare))) == []


@pytest.mark.parametrize(
    "text",
    [
        "This is no guarantee.",
        "It does not prove that it is so.",
        "Nobody was without power in 9 of 10 runs.",
    ],
)
def test_what_is_denied_is_no_claim(page: str, text: str) -> None:
    assert lint_html(page.replace("</section>", f"<p>{text}</p></section>")) == []


def test_command_says_what_where_and_what_to_try(page: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.html", tmp_path / "bad.html"
    good.write_text(page, "utf-8")
    bad.write_text(page.replace('<html lang="en">', "<html>"), "utf-8")
    runner = CliRunner()
    result = runner.invoke(brief_group, ["lint", str(good)])
    assert (result.exit_code, result.output) == (0, "0 faults in 1 briefs\n")
    result = runner.invoke(brief_group, ["lint", str(good), str(bad)])
    assert result.exit_code == 1
    assert f"{bad}:1: language: the page does not say its language and title (try: " in result.output
    result = runner.invoke(brief_group, ["lint", str(bad), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.output)["faults"][0]["rule"] == "language"


def test_a_pdf_is_sent_back(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is no HTML"):
        lint_file(tmp_path / "brief.pdf")

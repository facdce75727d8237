"""The verification report as one self-contained HTML file: cases down, models across."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from html import escape

from impetus_sim.verification.case import Case, Result
from impetus_sim.version import __version__

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 84rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b2733; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; }
p { margin: .3rem 0 1.2rem; color: #46535f; max-width: 60rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid #d9e0e6; }
th { border-bottom: 2px solid #1b2733; }
table.sum { width: auto; }
table.sum td, table.sum th { text-align: right; }
table.sum td:first-child, table.sum th:first-child { text-align: left; }
small { color: #5f6d79; }
.passed { color: #14663a; font-weight: 600; }
.failed { color: #a3211b; font-weight: 600; }
td.failing { background: #fdf2f1; }
@media print { body { margin: 0; max-width: none; font-size: 10px; } }
"""


def write_page(results: Sequence[Result], *, families: Sequence[str], command: str = "") -> str:
    """Return the page.

    Parameters
    ----------
    results
        Of every case with every model.
    families
        What was run.
    command
        How to repeat it.
    """
    failed = [result for result in results if not result.passed]
    verdict = f"{len(results) - len(failed)} of {len(results)} cases passed"
    date = datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    repeat = command or f"impetus verify {' '.join(families)}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>impetus_sim verification: {escape(verdict)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Verification: {escape(", ".join(families))}</h1>
<p>{escape(verdict)}. A model that fails a case is listed as failing, never left out.<br>
impetus_sim {escape(__version__)}, Python {escape(platform.python_version())}, {escape(platform.machine())},
{date}.
Repeat it with <code>{escape(repeat)}</code>.</p>
{_summary(results)}
{_failures(failed)}
<h2>All cases</h2>
<div class="wide">
{_matrix(results)}
</div>
</body>
</html>
"""


def _columns(results: Sequence[Result]) -> list[str]:
    """Return the models in the order of the run; one column alone where each case has one model."""
    models = list(dict.fromkeys(result.model for result in results))
    cases = {result.case.id for result in results}
    return models if len(results) > len(cases) else ["measured"]


def _summary(results: Sequence[Result]) -> str:
    groups = list(dict.fromkeys(_group(result.case) for result in results))
    columns = _columns(results)
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    rows = []
    for group in groups:
        cells = []
        for column in columns:
            chosen = [r for r in results if _group(r.case) == group and column in (r.model, "measured")]
            if not chosen:
                cells.append("<td></td>")
                continue
            n = sum(r.passed for r in chosen)
            word = "passed" if n == len(chosen) else "failed"
            cells.append(f'<td class="{word}">{n} of {len(chosen)}</td>')
        rows.append(f"<tr><td>{escape(group)}</td>{''.join(cells)}</tr>")
    return f'<table class="sum"><thead><tr><th>Passed</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _group(case: Case) -> str:
    return case.standard.split(",")[0]


def _failures(failed: Sequence[Result]) -> str:
    if not failed:
        return ""
    items = "".join(
        f"<li><code>{escape(r.case.id)}</code> ({escape(r.model)}): {escape(r.case.title)}. Expected "
        f"{escape(r.case.expected)}; measured {escape(r.text)}.</li>"
        for r in failed
    )
    return f"<h2>What fails</h2><ul>{items}</ul>"


def _matrix(results: Sequence[Result]) -> str:
    columns = _columns(results)
    head = "".join(
        f"<th>{escape(column.capitalize() if column == 'measured' else column)}</th>" for column in columns
    )
    by_case: dict[str, list[Result]] = {}
    for result in results:
        by_case.setdefault(result.case.id, []).append(result)
    rows = "\n".join(_row(found, columns) for found in by_case.values())
    return (
        f"<table><thead><tr><th>Standard</th><th>Case</th><th>Expected</th>{head}</tr></thead>"
        f"<tbody>\n{rows}\n</tbody></table>"
    )


def _row(found: Sequence[Result], columns: Sequence[str]) -> str:
    case = found[0].case
    cells = []
    for column in columns:
        chosen = [result for result in found if column in (result.model, "measured")]
        cells.append(_cell(chosen[0], names_model=column == "measured") if chosen else "<td></td>")
    return (
        f"<tr><td>{escape(case.standard)}</td><td>{escape(case.title)}<br>"
        f"<small>{escape(case.id)} · {escape(case.source)}</small></td>"
        f"<td>{escape(case.expected)}</td>{''.join(cells)}</tr>"
    )


def _cell(result: Result, *, names_model: bool) -> str:
    word = "passed" if result.passed else "failed"
    style = "" if result.passed else ' class="failing"'
    model = f"<br><small>{escape(result.model)}</small>" if names_model else ""
    return f'<td{style}><span class="{word}">{word}</span> {escape(result.text)}{model}</td>'

"""The verification report as one self-contained HTML file."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from html import escape

from impetus_sim.verification.case import Result
from impetus_sim.version import __version__

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b2733; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; }
p { margin: .3rem 0 1.2rem; color: #46535f; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid #d9e0e6; }
th { border-bottom: 2px solid #1b2733; }
small { color: #5f6d79; }
.passed { color: #14663a; font-weight: 600; }
.failed { color: #a3211b; font-weight: 600; }
tr.failing td { background: #fdf2f1; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } }
"""


def write_page(results: Sequence[Result], *, families: Sequence[str]) -> str:
    """Return the page: a sentence, then every case with what was measured beside what is expected."""
    failed = [result for result in results if not result.passed]
    verdict = f"{len(results) - len(failed)} of {len(results)} cases passed"
    rows = "\n".join(_row(result) for result in results)
    date = datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
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
Repeat it with <code>impetus verify {escape(" ".join(families))}</code>.</p>
<table>
<thead><tr><th>Standard</th><th>Case</th><th>Model</th><th>Expected</th><th>Measured</th><th>Result</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _row(result: Result) -> str:
    case = result.case
    word = "passed" if result.passed else "failed"
    return (
        f'<tr class="{"" if result.passed else "failing"}"><td>{escape(case.standard)}</td>'
        f"<td>{escape(case.title)}<br><small>{escape(case.id)} · {escape(case.source)}</small></td>"
        f"<td>{escape(result.model)}</td><td>{escape(case.expected)}</td>"
        f'<td>{escape(result.text)}</td><td class="{word}">{word}</td></tr>'
    )

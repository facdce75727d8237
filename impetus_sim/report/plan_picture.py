"""A plan on one page: what the best sets gain and take, the Pareto set, and how sets stand in uncertain states."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.analysis.metric import format_number
from impetus_sim.planning.comparison.answer import format_share
from impetus_sim.planning.search.as_good import say_as_good, say_within
from impetus_sim.report import style
from impetus_sim.report.front_picture import draw_front

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN: Final = 13.0
MOST_SETS: Final = 10
"""Rows; all sets are in plan.json."""
_ROW_IN: Final = 0.46
_FRONT_IN: Final = 5.2
_LINE_IN: Final = 0.26
_LABEL: Final = 0.34
"""Where the axes of the rows begin, as a share of the width."""
_COLUMNS: Final = (0.735, 0.81, 0.862, 0.925)

Row = Mapping[str, Any]


def save_plan_picture(document: Mapping[str, Any], path: Path) -> Path:
    """Write the page of a plan as PNG.

    Parameters
    ----------
    document
        Of ``plan.json``.
    path
        Of the PNG.
    """
    with style.page_style():
        return style.save_png(plot_plan(document), path)


def plot_plan(document: Mapping[str, Any]) -> Figure:
    """Return the page."""
    rows = [row for row in document["sets"] if row["choices"]][:MOST_SETS]
    robust = document.get("robust")
    tried = robust["sets"] if robust else []
    heights = [("gains", 1.35 + _ROW_IN * len(rows))]
    if len(document["objectives"]) > 1:
        heights.append(("front", _FRONT_IN))
    sentences = _fail_sentences(robust, document) if robust else []
    if tried:
        heights.append(("robust", 1.35 + _ROW_IN * len(tried) + 0.24 * len(sentences)))
    as_good = textwrap.wrap(say_as_good(document, _call_in_line), 150)
    head = 1.15 + _LINE_IN * len(as_good)
    total = head + sum(height for _, height in heights)
    figure = style.new_figure(WIDTH_IN, total)
    _write_head(figure, document, as_good, total)
    top = total - head
    for part, height in heights:
        if part == "gains":
            _draw_gains(figure, document, rows, top=top, total=total)
        elif part == "front":
            draw_front(
                figure.add_axes((0.08, (top - height + 0.75) / total, 0.86, (height - 1.3) / total)), document
            )
        else:
            _draw_robust(figure, document, sentences, top=top, total=total)
        top -= height
    return figure


def _write_head(figure: Figure, document: Mapping[str, Any], as_good: Sequence[str], total: float) -> None:
    title = textwrap.shorten(document["title"], 80, placeholder=" …")
    figure.text(0.03, 1.0 - 0.42 / total, title, fontsize=19, fontweight="bold", va="center")
    limits = document["limits"]
    kept = [
        text
        for value, text in (
            (limits["budget"], f"at most {format_number(limits['budget'] or 0.0)} EUR"),
            (limits["staff"], f"at most {limits['staff']} staff"),
            (limits["lead_time_s"], f"standing within {style.format_time(limits['lead_time_s'] or 0.0)}"),
        )
        if value is not None
    ]
    within = ", ".join(kept) or "no limits on cost, staff or lead time"
    told = f"{document['sets_looked_at']} sets of measures in {document['runs']} paired runs; {within}."
    figure.text(0.03, 1.0 - 0.82 / total, told, fontsize=10.5, color=style.MUTED, va="center")
    for k, line in enumerate(as_good):
        figure.text(0.03, 1.0 - (0.82 + _LINE_IN * (k + 1)) / total, line, fontsize=10.5, va="center")


def _draw_gains(
    figure: Figure, document: Mapping[str, Any], rows: Sequence[Row], *, top: float, total: float
) -> None:
    name, described = next(iter(document["objectives"].items()))
    height = _ROW_IN * len(rows)
    axes = figure.add_axes(
        (_LABEL, (top - 0.5 - height) / total, _COLUMNS[0] - _LABEL - 0.02, height / total)
    )
    _prepare(axes, len(rows))
    unit = f" ({described['unit']})" if described["unit"] else ""
    better = "less" if described["better"] != "higher" else "more"
    told = f"how much {better} than without measures{unit}; bar: 95 % interval of the paired runs"
    axes.set_xlabel(told + _shade_as_good(axes, document, name))
    figure.text(0.03, (top - 0.1) / total, f"Gain in {described['label']}", fontsize=12, fontweight="bold")
    for x, head in zip(_COLUMNS, ("cost (EUR)", "staff", "lead time", "best with"), strict=True):
        figure.text(x, (top - 0.36) / total, head, fontsize=9, color=style.MUTED)
    axes.axvline(0.0, color=style.INK, linewidth=1.0)
    for k, row in enumerate(rows):
        colour = style.OPTION_COLOURS[1] if row["is_finalist"] else style.QUIET_EXIT
        _draw_mean(axes, k, row["objectives"][name]["gain"], colour)
        y = (top - 0.5 - _ROW_IN * (k + 0.5)) / total
        figure.text(_LABEL - 0.01, y, _call(row), ha="right", va="center", fontsize=9.5)
        chance = row["probability_best"]
        sure = f"{row['replicates']} runs only" if chance is None else format_share(chance)
        cells = (
            format_number(row["cost"]),
            str(row["staff"]),
            style.format_time(row["lead_time_s"]),
            f"{sure}\nas good" if row["standing"] == "as_good" else sure,
        )
        for x, text in zip(_COLUMNS, cells, strict=True):
            figure.text(x, y, text, fontsize=9.5, va="center")


def _shade_as_good(axes: Axes, document: Mapping[str, Any], name: str) -> str:
    # the gains that differ from the best one by less than what matters; returns what the shade is
    gain = document["sets"][0]["objectives"][name]["gain"]
    best = 0.0 if gain is None else gain["mean"]  # doing nothing more is the best
    if best is None or not document["matters"]["value"]:
        return ""
    axes.axvspan(best - document["matters"]["value"], best, color=style.GREEN, zorder=0)
    return f"\nshaded: {say_within(document)} of the best set"


def _draw_robust(
    figure: Figure, document: Mapping[str, Any], sentences: Sequence[str], *, top: float, total: float
) -> None:
    robust = document["robust"]
    described = document["objectives"][robust["objective"]]
    rows = robust["sets"]
    height = _ROW_IN * len(rows)
    axes = figure.add_axes(
        (_LABEL, (top - 0.5 - height) / total, _COLUMNS[0] - _LABEL - 0.02, height / total)
    )
    _prepare(axes, len(rows))
    unit = f" ({described['unit']})" if described["unit"] else ""
    axes.set_xlabel(f"{described['label']}{unit}; circle: mean of all states, triangle: worst state")
    title = f"In {robust['states']} states of the world that nobody can rule out"
    figure.text(0.03, (top - 0.1) / total, title, fontsize=12, fontweight="bold")
    columns = ((_COLUMNS[0], "largest regret"), (_COLUMNS[2], "good enough in"))
    for x, head in columns:
        figure.text(x, (top - 0.36) / total, head, fontsize=9, color=style.MUTED)
    called = {row["name"]: _call(row) for row in document["sets"]}
    for k, row in enumerate(rows):
        _draw_mean(axes, k, row, style.OPTION_COLOURS[1])
        axes.plot([row["mean"], row["worst"]], [k, k], color=style.FAINT, linewidth=1.0, zorder=1)
        axes.plot(row["worst"], k, "v", color=style.THREAT, markersize=7)
        y = (top - 0.5 - _ROW_IN * (k + 0.5)) / total
        figure.text(_LABEL - 0.01, y, called[row["name"]], ha="right", va="center", fontsize=9.5)
        share = row["satisficing_share"]
        good = "no limit given" if share is None else f"{100.0 * share:.0f} % of the states"
        for (x, _), text in zip(columns, (format_number(row["minimax_regret"]), good), strict=True):
            figure.text(x, y, text, fontsize=9.5, va="center")
    for k, sentence in enumerate(sentences):
        figure.text(0.03, (top - 1.2 - height - 0.24 * k) / total, sentence, fontsize=9.5, va="center")


def _prepare(axes: Axes, n_rows: int) -> None:
    axes.set_ylim(n_rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.06)


def _draw_mean(axes: Axes, place: int, summary: Mapping[str, Any], colour: str) -> None:
    if summary["mean"] is None:
        return
    if summary["low"] is not None:
        ends = [summary["low"], summary["high"]]
        axes.plot(ends, [place, place], color=colour, linewidth=3.0, solid_capstyle="butt")
    axes.plot(summary["mean"], place, "o", color=colour, markersize=8, mec=style.PAPER)


def _call(row: Row) -> str:
    # titles where they are short enough, with what was chosen of ranges
    if not row["choices"]:
        return "nothing more"
    set_to = [_plain(value) for choice in row["choices"] for value in choice["setting"].values()]
    told = row["title"] + (f" ({', '.join(set_to)})" if set_to else "")
    return "\n".join(textwrap.wrap(told, 48, max_lines=2, placeholder=" …"))


def _call_in_line(row: Row) -> str:
    return _call(row).replace("\n", " ")


def _plain(value: Any) -> str:
    return format_number(value) if isinstance(value, int | float) else str(value)


def _fail_sentences(robust: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    # of the best set and of doing nothing
    names = {row["name"]: _call_in_line(row) for row in document["sets"]}
    lines: list[str] = []
    for row in robust["sets"]:
        if "failures" not in row:
            continue
        found = row["failures"]
        text = "; ".join(box["text"] for box in found["boxes"]) or found["note"]
        lines += textwrap.wrap(f"{names[row['name']]}: {text}.", 150)
    return [f"Fails: {robust['fail_when']['text']}.", *lines] if lines else []

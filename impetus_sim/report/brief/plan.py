"""The brief of a plan: which set of interventions does best within budget, staff and lead time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from impetus_sim.analysis.metric import format_value
from impetus_sim.planning.comparison.answer import format_share
from impetus_sim.planning.runs.store import read_finished
from impetus_sim.planning.search.as_good import say_as_good, say_within
from impetus_sim.report import style
from impetus_sim.report.brief.content import (
    Brief,
    Cell,
    Command,
    Finding,
    Paragraph,
    Row,
    Section,
    Table,
    bullets,
)
from impetus_sim.report.brief.grounds import say_assumptions, say_limits, say_sources, say_where
from impetus_sim.report.provenance import read_folder_provenance

MOST_SETS: Final = 15
NOTHING: Final = "doing nothing more"


def build_plan_brief(folder: Path) -> Brief:
    """Return the brief of a search.

    Parameters
    ----------
    folder
        Of ``impetus plan``.

    Raises
    ------
    InvalidInputError
        When it holds no finished plan.
    """
    document = read_finished(folder, "plan.json", what="plan", command="impetus plan")
    provenance = read_folder_provenance(folder / "scenarios", "base.yaml")
    return Brief(
        title=provenance.title or "Plan",
        subtitle="the best sets of interventions",
        where=say_where(provenance),
        question="Which set of interventions does best " + _name_limits(document["limits"]) + "?",
        findings=tuple(_find(document)),
        below_answer=(
            Paragraph(
                text=f"{len(document['sets'])} sets within the limits were looked at; {document['runs']} runs were "
                "made, more for the sets that looked better."
            ),
        ),
        sections=(
            Section(key="sets", title="The sets", blocks=_say_sets(document)),
            Section(key="change", title="What would change the answer", blocks=(_say_changes(document),)),
            say_limits(),
            say_assumptions(),
            say_sources(provenance),
            Section(key="repeat", title="How to repeat it", blocks=_say_how_to_repeat(document)),
        ),
    )


def _name_limits(limits: Mapping[str, Any]) -> str:
    parts = []
    if limits.get("budget") is not None:
        parts.append(f"for at most {style.format_count(limits['budget'])} EUR")
    if limits.get("staff") is not None:
        parts.append(f"with at most {limits['staff']} people as staff")
    if limits.get("lead_time_s") is not None:
        parts.append(f"within {style.format_time(limits['lead_time_s'])}")
    return ", ".join(parts) if parts else "without limits of cost, staff or time"


def _find(document: Mapping[str, Any]) -> list[Finding]:
    name, described = next(iter(document["objectives"].items()))
    best = document["sets"][0]
    summary = best["objectives"][name]
    interval = _interval(summary, described["unit"])
    chance = best["probability_best"]
    sure = "" if chance is None else f"; best of the last round with a chance of {format_share(chance)}"
    text = (
        f"Best on {described['label']}: {_title(best)}, {_value(summary['mean'], described['unit'])}"
        f" (95 % interval {interval or 'not known'}, {best['replicates']} paired runs{sure})."
    )
    findings = [Finding(text=text, n_runs=best["replicates"])]
    as_good = say_as_good(document, lambda row: _title_with_price(row, best))
    if as_good:
        findings.append(Finding(text=as_good, n_runs=best["replicates"]))
    return findings


def _title(row: Mapping[str, Any]) -> str:
    return str(row["name"]).replace("_", " ").replace("+", " and ") if row["choices"] else NOTHING


def _title_with_price(row: Mapping[str, Any], best: Mapping[str, Any]) -> str:
    # what a set that does as well takes less or more
    more = row["cost"] - best["cost"]
    if not more:
        return _title(row)
    return f"{_title(row)} (costs {style.format_count(abs(more))} EUR {'more' if more > 0.0 else 'less'})"


def _value(value: float | None, unit: str) -> str:
    return "not defined" if value is None else format_value(value, unit)


def _interval(summary: Mapping[str, Any], unit: str) -> str:
    if summary["low"] is None or summary["high"] is None:
        return ""
    return f"{format_value(summary['low'], unit)} to {format_value(summary['high'], unit)}"


def _say_sets(document: Mapping[str, Any]) -> tuple[Table | Paragraph, ...]:
    objectives = document["objectives"]
    rows = []
    for each in document["sets"][:MOST_SETS]:
        cells = [
            Cell(text=f"{style.format_count(each['cost'])} EUR"),
            Cell(text=f"{each['staff']} people"),
            Cell(text=style.format_time(each["lead_time_s"])),
        ]
        for name, described in objectives.items():
            summary = each["objectives"][name]
            interval = _interval(summary, described["unit"])
            cells.append(
                Cell(text=_value(summary["mean"], described["unit"]), small=(interval,) if interval else ())
            )
        chance = each["probability_best"]
        cells.append(Cell(text=f"{each['replicates']} runs"))
        cells.append(
            Cell(
                text="\N{EN DASH}" if chance is None else format_share(chance),
                small=(f"as good {say_within(document)}",) if each["standing"] == "as_good" else (),
            )
        )
        small = ("no set is better in all",) if each["is_pareto"] and len(objectives) > 1 else ()
        rows.append(Row(head=Cell(text=_title(each), small=small), cells=tuple(cells)))
    left = len(document["sets"]) - MOST_SETS
    table = Table(
        caption="The best sets within the limits",
        note="mean and 95 % interval; best first",
        columns=(
            "set",
            "cost",
            "staff",
            "lead time",
            *(described["label"] for described in objectives.values()),
            "runs",
            "chance of being best",
        ),
        rows=tuple(rows),
    )
    if left <= 0:
        return (table,)
    return table, Paragraph(text=f"{left} more sets are in plan.json.", tone="small")


def _say_changes(document: Mapping[str, Any]) -> Any:
    best, *others = document["sets"]
    name, described = next(iter(document["objectives"].items()))
    told = []
    rivals = [each for each in others if each["is_finalist"]]
    if rivals:
        rival = rivals[0]
        chance = rival["probability_best"]
        mean = _value(rival["objectives"][name]["mean"], described["unit"])
        told.append(
            f"Next on {described['label']}: {_title(rival)}, {mean}"
            + ("" if chance is None else f", with a chance of {format_share(chance)} of being best")
            + (
                ". The two are as good: what they take may decide."
                if rival["standing"] == "as_good"
                else ". More runs (--max-runs) would tell the two apart better."
            )
        )
    told.append(f"What counts as no difference: here, {say_within(document)} (--matters).")
    cheaper = [each for each in others if each["cost"] < best["cost"]]
    if cheaper:
        each = cheaper[0]
        told.append(
            f"With less money: {_title(each)} takes {style.format_count(each['cost'])} EUR and has "
            f"{described['label']} {_value(each['objectives'][name]['mean'], described['unit'])}."
        )
    told.append(
        "Another measure to decide by (--objective), other limits, or variants that are not in the scenario."
    )
    return bullets(*told)


def _say_how_to_repeat(document: Mapping[str, Any]) -> tuple[Command | Paragraph, ...]:
    limits = document["limits"]
    words = ["impetus plan SCENARIO.yaml"]
    for key, option in (("budget", "--budget"), ("staff", "--staff"), ("lead_time_s", "--lead-time")):
        if limits.get(key) is not None:
            words.append(f"{option} {limits[key]:g}")
    words += [f"--objective {name}" for name in document["objectives"]]
    words.append(f"--matters {document['matters']['share']:g}")
    words += [f"--max-runs {document['runs']}", f"--seed {document['seed']}", "-o PLAN"]
    text = f"Seed {document['seed']}; impetus_sim {document['engine_version']}."
    return Command(text=" ".join(words)), Paragraph(text=text, tone="small")

"""``impetus plan``: which set of a scenario's variants is best within a budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.cli.computing import choose_computing, computing_options

if TYPE_CHECKING:
    from impetus_sim.planning.search.search import PlanResult

_MOST_ROWS = 15


@click.command("plan")
@click.argument("scenario", metavar="SCENARIO")
@click.option("--budget", type=click.FloatRange(min=0.0), help="A set may cost this much.")
@click.option("--staff", type=click.IntRange(min=0), help="A set may bind this many staff.")
@click.option(
    "--lead-time",
    type=click.FloatRange(min=0.0),
    metavar="SECONDS",
    help="A set must stand within this time.",
)
@click.option(
    "--objective", "objectives", multiple=True, metavar="METRIC", help="May be repeated; the first decides."
)
@click.option(
    "--candidate", "candidates", multiple=True, metavar="VARIANT", help="Only these variants; repeatable."
)
@click.option("--max-runs", type=click.IntRange(min=2), help="Runs at most.  [default: 5 for each set]")
@computing_options
@click.option("--seed", type=int, help="Root of all randomness.  [default: the scenario's]")
@click.option(
    "--keep", type=click.Choice(["first", "none", "all"]), default="none", show_default=True,
    help="Recordings to keep: replicate 0 of each set, none, or all.",
)  # fmt: skip
@click.option("-o", "--output", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def plan_command(
    scenario: str,
    *,
    budget: float | None,
    staff: int | None,
    lead_time: float | None,
    objectives: tuple[str, ...],
    candidates: tuple[str, ...],
    max_runs: int | None,
    seed: int | None,
    keep: Any,
    folder: Path,
    as_json: bool,
    **computing: Any,
) -> None:
    """Find the sets of SCENARIO's variants that do best within budget, staff and lead time.

    Every combination of variants that change different keys is a set. Runs are spent by paired successive
    halving: few for every set, more for those that stay. Started again with the same DIR, it goes on.

    \b
    Example:
      impetus plan scenarios/padova/market_alarm.yaml --staff 12 -o plan
    """
    from rich.console import Console

    from impetus_sim.cli.run_bar import RunBar
    from impetus_sim.planning.search.candidates import Limits
    from impetus_sim.planning.search.search import search_plan
    from impetus_sim.scenario.load import load_scenario

    base = load_scenario(scenario)
    with RunBar(Console(stderr=True), what="runs", folder=folder) as progress:
        result = search_plan(
            base,
            limits=Limits(budget=budget, staff=staff, lead_time_s=lead_time),
            folder=folder,
            candidates=candidates,
            objectives=objectives,
            max_runs=max_runs,
            seed=seed,
            **choose_computing(**computing),
            keep=keep,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps({**result.document, "folder": str(result.folder)}))
        return
    _show(result)


def _show(result: PlanResult) -> None:
    from rich.console import Console
    from rich.table import Table

    console, document = Console(), result.document
    names = document["objectives"]
    heads = [each["label"] + (f" [{each['unit']}]" if each["unit"] else "") for each in names.values()]
    table = Table(
        "set", "cost", "staff", "lead time [s]", *heads, "runs", "best with", "",
        title=f"{document['feasible_sets']} sets, {document['runs']} runs",
    )  # fmt: skip
    for row in document["sets"][:_MOST_ROWS]:
        chance = "" if row["probability_best"] is None else f"{100.0 * row['probability_best']:.0f} %"
        table.add_row(
            row["name"],
            f"{row['cost']:g}",
            str(row["staff"]),
            f"{row['lead_time_s']:g}",
            *(_interval(row["objectives"][name]) for name in names),
            str(row["replicates"]),
            chance,
            "no set is better in all" if row["is_pareto"] and len(names) > 1 else "",
        )
    console.print(table)
    left = len(document["sets"]) - _MOST_ROWS
    if left > 0:
        console.print(f"{left} more sets are in plan.json", highlight=False)
    console.print(_answer(document), highlight=False)
    console.print(f"results: {result.folder}", highlight=False, soft_wrap=True)


def _interval(summary: dict[str, Any]) -> str:
    if summary["mean"] is None:
        return "not defined"
    if summary["low"] is None:
        return f"{summary['mean']:.4g}"
    return f"{summary['mean']:.4g} ({summary['low']:.4g} to {summary['high']:.4g})"


def _answer(document: dict[str, Any]) -> str:
    best = document["sets"][0]
    label = next(iter(document["objectives"].values()))["label"]
    chance = best["probability_best"]
    sure = "" if chance is None else f", best of the last round with probability {100.0 * chance:.0f} %"
    what = "doing nothing more" if not best["choices"] else best["name"]
    return f"On {label}: {what}{sure} ({best['replicates']} paired runs of each set in that round)."

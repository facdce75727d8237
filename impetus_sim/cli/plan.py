"""``impetus plan``: which set of a scenario's variants is best within a budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.cli.computing import choose_computing, computing_options

if TYPE_CHECKING:
    from impetus_sim.planning.search.search import PlanResult


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
@click.option(
    "--search",
    "method",
    type=click.Choice(["auto", "every", "guided"]),
    default="auto",
    show_default=True,
    help="Look at every set, or breed sets; auto: every one of up to 5 000.",
)
@click.option(
    "--uncertain",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="States of the world in which the best sets are tried, too.",
)
@click.option(
    "--matters", type=click.FloatRange(min=0.0, max=1.0, min_open=True, max_open=True), metavar="SHARE",
    default=0.02, show_default=True,
    help="Smaller differences, as a share of the baseline's mean, do not matter: such sets are as good.",
)  # fmt: skip
@click.option(
    "--max-runs", type=click.IntRange(min=2),
    help="Runs at most, without uncertain states.  [default: 5 for each set; 2 000 guided]",
)  # fmt: skip
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
    method: Any,
    uncertain: Path | None,
    matters: float,
    max_runs: int | None,
    seed: int | None,
    keep: Any,
    folder: Path,
    as_json: bool,
    **computing: Any,
) -> None:
    """Find the sets of SCENARIO's variants that do best within budget, staff and lead time.

    Every combination of variants that change different keys is a set. Few sets are all looked at, many are bred
    (NSGA-II). Runs are spent by paired successive halving: few for every set, more for those that stay. Started
    again with the same DIR, it goes on.

    \b
    Example:
      impetus plan scenarios/padova/market_alarm.yaml --staff 12 -o plan
    """
    from rich.console import Console

    from impetus_sim.cli.run_bar import RunBar
    from impetus_sim.planning.comparison.effort import Limits
    from impetus_sim.planning.search.search import search_plan
    from impetus_sim.planning.search.uncertain import UncertainSpec
    from impetus_sim.report.plan_picture import save_plan_picture
    from impetus_sim.scenario.load import load_scenario
    from impetus_sim.scenario.spec_file import read_spec_file

    base = load_scenario(scenario)
    states = None if uncertain is None else read_spec_file(uncertain, UncertainSpec)
    with RunBar(Console(stderr=True), what="runs", folder=folder) as progress:
        result = search_plan(
            base,
            limits=Limits(budget=budget, staff=staff, lead_time_s=lead_time),
            folder=folder,
            candidates=candidates,
            objectives=objectives,
            max_runs=max_runs,
            method=method,
            uncertain=states,
            matters=matters,
            seed=seed,
            **choose_computing(**computing),
            keep=keep,
            progress=progress,
        )
    picture = save_plan_picture(result.document, result.folder / "plan.png")
    if as_json:
        click.echo(json.dumps({**result.document, "folder": str(result.folder), "picture": str(picture)}))
        return
    _show(result, picture=picture)


def _show(result: PlanResult, *, picture: Path) -> None:
    from rich.console import Console

    from impetus_sim.cli.plan_table import describe_plan

    console = Console()
    for part in describe_plan(result.document):
        console.print(part, highlight=False)
    for name, path in {"results": result.folder, "picture": picture}.items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)

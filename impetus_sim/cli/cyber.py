"""``impetus cyber``: the attack surface of a city's control network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impetus_sim.cli.cyber_mal import mal_command
from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.table import Table

    from impetus_sim.cyber.surface import Surface

SHOWN = 12
"""Rows of a table for people; --json holds all."""


@click.group("cyber", epilog="Example: impetus cyber surface town.yaml -o surface.png")
def cyber_group() -> None:
    """Plan the defence of a city's control network."""


@cyber_group.command(
    "surface", epilog="Example: impetus cyber surface town.yaml --horizon '30 days' -o surface.png"
)
@click.argument("scenario", metavar="SCENARIO")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a key; may be repeated.")
@click.option(
    "--horizon", default="30 days", show_default=True, metavar="TIME", help="What is counted, from the start."
)
@click.option(
    "--episodes",
    type=click.IntRange(100, 1_000_000),
    default=1000,
    show_default=True,
    help="Sampled attacks.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the draws; default that of the scenario.")
@click.option("--threads", type=click.IntRange(1, 256), help="Default as in the scenario.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PNG", help="Also draw it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def surface_command(
    *,
    scenario: str,
    overrides: tuple[str, ...],
    horizon: str,
    episodes: int,
    seed: int | None,
    threads: int | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Show what attackers can get to, what all their ways pass, and what each defence saves.

    Sampled attacks on the control network of SCENARIO (`cyber:`; without attackers there, anybody from outside who
    wants everything), each with and without every defence on the same draws. Assets are those under `cyber.assets`,
    or those of the map's infrastructure. For planning: nothing here says how an attack is carried out.
    """
    from impetus_sim.cli.animate import require_png
    from impetus_sim.engine.cyber_surface import find_surface
    from impetus_sim.kernels.compile import set_threads
    from impetus_sim.report.cyber_tables import surface_to_dict
    from impetus_sim.scenario.load import load_scenario
    from impetus_sim.units import parse_quantity

    if output is not None:
        require_png(output)
    horizon_s = parse_quantity(horizon, "time")
    if horizon_s <= 0.0:
        raise InvalidInputError(f"--horizon: '{horizon}' is not above 0", hint="such as '30 days'")
    spec = load_scenario(scenario, overrides=overrides)
    set_threads(threads or spec.run.threads)
    chosen = spec.run.seed if seed is None else seed
    surface = find_surface(spec, horizon_h=horizon_s / 3600.0, n=episodes, seed=chosen, progress=_say)
    if output is not None:
        from impetus_sim.report.cyber_picture import save_surface_picture

        save_surface_picture(surface, output, title=spec.title)
    if as_json:
        document = {"scenario": scenario, "seed": chosen, **surface_to_dict(surface)}
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    _print(surface)
    if output is not None:
        click.echo(f"picture: {output}")


cyber_group.add_command(mal_command)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _print(surface: Surface) -> None:
    from rich.console import Console

    from impetus_sim.report.cyber_tables import CAVEAT, answer

    console = Console()
    for table in (_exposed(surface), _weak_points(surface), _savings(surface)):
        if table.row_count:
            console.print(table)
    nodes = surface.plan.network.nodes
    if surface.cut is None:
        click.echo("no set of nodes shuts all ways: some lead to the devices themselves")
    else:
        names = [nodes[node].id for node in surface.cut[:SHOWN]]
        more = f" and {len(surface.cut) - SHOWN} more" if len(surface.cut) > SHOWN else ""
        click.echo(f"these {len(surface.cut)} nodes together stand in all ways: {', '.join(names)}{more}")
    click.echo(answer(surface))
    click.echo(CAVEAT)


def _exposed(surface: Surface) -> Table:
    from impetus_sim.report.cyber_tables import kind_name

    assets = surface.plan.assets
    title = f"Most exposed of {len(surface.exposed)} assets"
    table = _table(title, "asset", "kind", "attacked within the horizon", "median time")
    for found in surface.exposed[:SHOWN]:
        median = "-" if found.median_h is None else f"{found.median_h:.3g} h"
        chance = f"{found.chance.value:.0%} ± {found.chance.half_width:.0%}"
        table.add_row(assets.ids[found.row], kind_name(assets.kinds[found.row]), chance, median)
    return table


def _weak_points(surface: Surface) -> Table:
    table = _table("What ways must pass", "place", "what", "assets' states behind it", "share")
    for point in surface.weak_points[:SHOWN]:
        table.add_row(point.id, point.what, str(point.n_goals), f"{point.share:.0%}")
    return table


def _savings(surface: Surface) -> Table:
    from impetus_sim.report.cyber_tables import format_mean, is_told_apart, saving_unit, unit_name

    unit = saving_unit(surface)
    table = _table(f"What each defence saves, {unit_name(unit)}", "defence", "in place", "saves (95 %)", "")
    for saving in sorted(surface.savings, key=lambda s: -getattr(s, unit).value):
        mean = getattr(saving, unit)
        told = "" if is_told_apart(mean) else "cannot be told apart from nothing"
        table.add_row(saving.title, "yes" if saving.is_in_place else "no", format_mean(mean), told)
    return table


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table

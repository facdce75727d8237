"""``impetus cyber mal``: the attack surface of a model in the Meta Attack Language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.table import Table

    from impetus_sim.cyber.mal_surface import MalSurface

SHOWN = 20
"""Rows of a table for people; --json holds all."""


@click.command(
    "mal",
    epilog="Example: impetus cyber mal org.mal-lang.icslang-0.0.2.mar plant.yml --from 'Internet:access'",
)
@click.argument("language", type=click.Path(path_type=Path), metavar="LANGUAGE.mar")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL.yml")
@click.option(
    "--from",
    "entries",
    multiple=True,
    required=True,
    metavar="ASSET:STEP",
    help="Begins here; may be repeated.",
)
@click.option(
    "--to", "wanted", multiple=True, default=("*",), metavar="PATTERN", help="Steps that count, with * and ?."
)
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
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draws.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def mal_command(
    *,
    language: Path,
    model: Path,
    entries: tuple[str, ...],
    wanted: tuple[str, ...],
    horizon: str,
    episodes: int,
    seed: int,
    as_json: bool,
) -> None:
    """Show which steps of a MAL model attackers reach, when, and what its defences bar.

    LANGUAGE is a .mar archive or .mal source, MODEL a file of mal-toolbox (extra 'mal'). Times and chances
    are those of the model. For planning: nothing here says how an attack is carried out.
    """
    from impetus_sim.cyber.mal import read_mal
    from impetus_sim.cyber.mal_surface import compute_mal_surface
    from impetus_sim.units import parse_quantity

    horizon_s = parse_quantity(horizon, "time")
    if horizon_s <= 0.0:
        raise InvalidInputError(f"--horizon: '{horizon}' is not above 0", hint="such as '30 days'")
    found = compute_mal_surface(
        read_mal(language, model),
        entries=entries,
        wanted=wanted,
        horizon_h=horizon_s / 3600.0,
        n=episodes,
        seed=seed,
    )
    if as_json:
        document = {"language": str(language), "model": str(model), "seed": seed, **found.to_dict()}
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    from rich.console import Console

    console = Console()
    for table in (_steps(found), _defences(found)):
        if table.row_count:
            console.print(table)


def _steps(found: MalSurface) -> Table:
    table = _table(
        f"Most likely of {len(found.steps)} steps", "step", "done within the horizon", "median time"
    )
    for row in found.steps[:SHOWN]:
        median = "-" if row.median_h is None else f"{row.median_h:.3g} h"
        table.add_row(row.step, f"{row.chance.value:.0%} ± {row.chance.half_width:.0%}", median)
    return table


def _defences(found: MalSurface) -> Table:
    table = _table("What each defence bars", "defence", "on in the model", "steps fewer when on (95 %)")
    for row in found.defences[:SHOWN]:
        barred = f"{row.steps_barred.value:.3g} ± {row.steps_barred.half_width:.2g}"
        table.add_row(row.defence, f"{row.chance_on:.0%}", barred)
    return table


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table

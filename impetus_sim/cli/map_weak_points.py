"""`impetus map weak-points`: circular and hidden dependencies of what a city runs on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from impetus_sim.infrastructure.services.weak_points import WeakPoints

_WIDTH = 160
"""Columns of a table that does not go to a terminal."""


@click.command(name="weak-points", epilog="Example: impetus map weak-points helsinki_centre --buffers '24 h'")
@click.argument("city")
@click.option(
    "--buffers",
    default="72 h",
    show_default=True,
    metavar="TIME",
    help="How long batteries, tanks and fuel may take to run out.",
)
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Rows of each table.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, with all rows.")
def weak_points_command(city: str, buffers: str, *, top: int, as_json: bool) -> None:
    """Find circles, hidden common providers and single points of failure in what CITY runs on.

    Each asset is broken alone for good, generators are not refuelled, and what falls is set beside what was
    declared.
    """
    from impetus_sim.infrastructure.city import build_city_infrastructure
    from impetus_sim.infrastructure.city.needs_of_feeders import add_feeders_as_needs
    from impetus_sim.infrastructure.services.weak_points import find_weak_points
    from impetus_sim.maps.load import open_city
    from impetus_sim.units import parse_quantity

    horizon_s = parse_quantity(buffers, "time")
    opened = open_city(city, progress=lambda step: click.echo(f"map: {step}", err=True))
    found = find_weak_points(add_feeders_as_needs(build_city_infrastructure(opened)), horizon_s=horizon_s)
    if as_json:
        click.echo(json.dumps({"city": city, "buffers_s": horizon_s, **found.to_dict()}, ensure_ascii=False))
    else:
        _print(found, top)


def _print(found: WeakPoints, top: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    for title, columns, rows in found.tables():
        table: Any = Table(box=box.SIMPLE_HEAD, title=f"{title} ({len(rows)})", title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows[:top]:
            table.add_row(*row)
        console.print(table, markup=False, highlight=False)

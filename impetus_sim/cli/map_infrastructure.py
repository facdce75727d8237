"""`impetus map infrastructure`: what a city runs on, as a picture and a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.cli.map_assets import list_assets, print_assets

if TYPE_CHECKING:
    from impetus_sim.infrastructure.city import CityInfrastructure


@click.command(
    name="infrastructure",
    epilog="Example: impetus map infrastructure helsinki_centre -o infrastructure.png",
)
@click.argument("city")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PNG", help="Draw it as a picture.")
@click.option("--title", help="Title of the picture; default the name of the city.")
@click.option("--assets", "with_assets", is_flag=True, help="List each asset, and what it needs of others.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def infrastructure_command(
    city: str, *, output: Path | None, title: str | None, with_assets: bool, as_json: bool
) -> None:
    """Build what CITY runs on: feeders, phone sites, water zones, controllers.

    What the map does not hold is made by rule and marked; `impetus verify infrastructure --map CITY` checks it.
    """
    from impetus_sim.cli.animate import require_png
    from impetus_sim.infrastructure.city import build_city_infrastructure
    from impetus_sim.maps.load import open_city

    if output is not None:
        require_png(output)
    opened = open_city(city, progress=lambda step: click.echo(f"map: {step}", err=True))
    infrastructure = build_city_infrastructure(opened)
    if output is not None:
        from impetus_sim.report.infrastructure_map import plot_infrastructure

        plot_infrastructure(opened, infrastructure, output, title=title)
    counts = _count_kinds(infrastructure)
    if as_json:
        document: dict[str, Any] = {
            "city": city,
            "picture": str(output) if output is not None else None,
            "people": round(float(infrastructure.parts.premises.people.sum())),
            "load_mw": round(float(infrastructure.grid.load_mw.sum()), 3),
            "cable_km": round(float(infrastructure.parts.feeders.cable_m().sum()) / 1000.0, 3),
            "ties": int((~infrastructure.grid.is_in).sum()),
            "assets": {kind: {"total": n, "mapped": mapped} for kind, n, mapped in counts},
            "needs": len(infrastructure.assets.needs),
            "findings": list(infrastructure.findings),
        }
        if with_assets:
            document["list"] = list_assets(infrastructure.assets)
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    if with_assets:
        print_assets(list_assets(infrastructure.assets))
    _print_counts(counts)
    for finding in infrastructure.findings:
        click.echo(f"- {finding}")
    if output is not None:
        click.echo(f"picture: {output}")


def _count_kinds(infrastructure: CityInfrastructure) -> list[tuple[str, int, int]]:
    """Return kinds with the number of assets, and how many of them are on the map."""
    from impetus_sim.world.assets import ASSET_KINDS

    assets = infrastructure.assets
    rows = [(kind, assets.of_kind(kind)) for kind in ASSET_KINDS]
    return [(kind, len(some), int(assets.is_mapped[some].sum())) for kind, some in rows if len(some)]


def _print_counts(counts: Sequence[tuple[str, int, int]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table: Any = Table(box=box.SIMPLE_HEAD)
    table.add_column("assets")
    table.add_column("number", justify="right")
    table.add_column("on the map", justify="right")
    table.add_column("by rule", justify="right")
    for kind, n, mapped in counts:
        table.add_row(kind.replace("_", " "), str(n), str(mapped), str(n - mapped))
    Console().print(table, markup=False, highlight=False)

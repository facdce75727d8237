"""`impetus map`: build, check and show cities, and list the known ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.cli.map_infrastructure import infrastructure_command
from impetus_sim.cli.map_weak_points import weak_points_command
from impetus_sim.errors import InvalidFilesError, InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.maps.city import City


WIDTH = 160
"""Columns of a table that does not go to a terminal."""


@click.group(name="map", epilog="Example: impetus map build helsinki.osm.pbf -o helsinki.gpkg")
def map_group() -> None:
    """Build, check and show maps."""


map_group.add_command(infrastructure_command)
map_group.add_command(weak_points_command)


@map_group.command(
    name="build",
    epilog="Examples: impetus map build town.osm.pbf -o town.gpkg --bbox 24.93,60.16,24.96,60.18   |   "
    'impetus map build "Padova, Italy" -o padova.gpkg',
)
@click.argument("source")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="CITY.gpkg")
@click.option("--bbox", metavar="W,S,E,N", help="Part to build, in degrees of longitude and latitude.")
@click.option("--name", help="Name of the city; default that of the source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def build_command(source: str, output: Path, bbox: str | None, name: str | None, as_json: bool) -> None:
    """Build a city file from SOURCE and print the repair report.

    SOURCE is an .osm, .osm.xml or .osm.pbf file, a known map (see `map list`), a place name, or a box
    W,S,E,N; the last two are fetched online.
    """
    from impetus_sim.maps.bundle import require_replaceable, require_writable, save_city

    with _one_line():
        require_writable(output)
        require_replaceable(output)
        city = _build(source, bbox=bbox, name=name)
        save_city(city, output)
    if as_json:
        click.echo(
            json.dumps(
                {"city": str(output), **_describe(city), "report": city.report.to_records()},
                ensure_ascii=False,
            )
        )
        return
    _print_report(city)
    click.echo(f"{output}: {_summary(city)}")


@map_group.command(name="check", epilog="Example: impetus map check helsinki.gpkg")
@click.argument("city")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check_command(city: str, as_json: bool) -> None:
    """Print the faults of CITY as a table; exit 1 if any is fatal."""
    from dataclasses import asdict

    from impetus_sim.maps.bundle import read_metadata
    from impetus_sim.maps.check import FATAL, check_city
    from impetus_sim.maps.load import find_file, open_city

    with _one_line():
        opened = open_city(city, progress=_say)
        path = find_file(city)
        is_file = path is not None and path.suffix.lower() == ".gpkg"
        stored = str(read_metadata(path).get("digest", "")) if path is not None and is_file else ""
        faults = check_city(opened, stored_digest=stored)
    n_fatal = sum(fault.severity == FATAL for fault in faults)
    if as_json:
        document = {
            "city": city,
            "faults": [asdict(fault) for fault in faults],
            "fatal": n_fatal,
            **_describe(opened),
        }
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        rows = [(fault.severity, fault.layer, str(fault.count or ""), fault.message) for fault in faults]
        _print_table(("severity", "layer", "count", "fault"), rows)
        click.echo(f"{city}: {n_fatal} fatal, {len(faults) - n_fatal} warnings; {_summary(opened)}")
    if n_fatal:
        sys.exit(1)


@map_group.command(name="show", epilog="Example: impetus map show helsinki_centre -o helsinki.png")
@click.argument("city")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="PNG")
@click.option("--title", help="Title of the picture; default the name of the city.")
@click.option("--assets/--no-assets", default=True, help="Show hospitals, signals, cameras and so on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show_command(city: str, output: Path, title: str | None, assets: bool, as_json: bool) -> None:
    """Draw CITY (a city file, a known map, an OSM file or a drawn plan) as a PNG picture."""
    from impetus_sim.cli.animate import require_png
    from impetus_sim.maps.load import open_city
    from impetus_sim.report.city_picture import plot_city

    with _one_line():
        require_png(output)
        opened = open_city(city, progress=_say)
        plot_city(opened, output, title=title, with_assets=assets)
    if as_json:
        click.echo(json.dumps({"picture": str(output), **_describe(opened)}, ensure_ascii=False))
    else:
        click.echo(f"{output}: {_summary(opened)}")


@map_group.command(name="list", epilog="Example: impetus map list --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_command(as_json: bool) -> None:
    """List the maps known by name and the kinds of synthetic maps."""
    from impetus_sim.maps.catalogue import list_entries
    from impetus_sim.maps.synthetic import BUILDERS, parameter_names

    entries = list_entries()
    if as_json:
        maps = [
            {
                "name": e.name,
                "title": e.title,
                "date": e.date,
                "bbox": e.bbox,
                "licence": e.licence,
                "credit": e.credit,
            }
            for e in entries
        ]
        synthetic = {kind: parameter_names(kind) for kind in BUILDERS}
        click.echo(json.dumps({"maps": maps, "synthetic": synthetic}, ensure_ascii=False))
        return
    rows = [(e.name, e.title, e.date, ", ".join(f"{v:g}" for v in e.bbox or ()), e.licence) for e in entries]
    _print_table(("map", "title", "date", "box W, S, E, N", "licence"), rows)
    _print_table(
        ("synthetic map", "parameters"), [(kind, ", ".join(parameter_names(kind))) for kind in BUILDERS]
    )


def _build(source: str, *, bbox: str | None, name: str | None) -> City:
    """Return the city of a source."""
    import tempfile

    from impetus_sim.maps.build import build_city
    from impetus_sim.maps.catalogue import list_entries
    from impetus_sim.maps.fetch import fetch_osm, find_place, is_box, parse_box

    box = parse_box(bbox) if bbox else None
    path = Path(source).expanduser()
    if path.exists() or _looks_like_file(source):
        return build_city(path, name=name, bbox=box, progress=_say)
    entry = next((entry for entry in list_entries() if entry.name == source), None)
    if entry is not None:
        meta = {"date": entry.date, "licence": entry.licence, "credit": entry.credit, "title": entry.title}
        return build_city(
            entry.find_source(), name=name or source, bbox=box or entry.bbox, meta=meta, progress=_say
        )
    _say(f"'{source}' is no file here; asking OpenStreetMap online")
    area = parse_box(source) if is_box(source) else find_place(source)
    with tempfile.TemporaryDirectory(prefix="impetus-map-") as folder:
        fetched = fetch_osm(box or area, Path(folder))
        facts = {"source": f"OpenStreetMap, fetched for {source}"}
        return build_city(
            fetched, name=name or source.partition(",")[0], bbox=box or area, meta=facts, progress=_say
        )


def _looks_like_file(source: str) -> bool:
    """Return whether a text that names nothing here was meant as a file."""
    return "/" in source or Path(source).suffix.lower() in (
        ".osm",
        ".xml",
        ".pbf",
        ".gpkg",
        ".geojson",
        ".json",
        ".gz",
    )


def _describe(city: City) -> dict[str, Any]:
    """Return the facts of a city for JSON."""
    return {
        "name": city.name,
        "crs": city.crs,
        "digest": city.digest,
        "layers": {name: len(layer) for name, layer in city.layers.items()},
        "walkable_m2": round(float(city.layers["walkable"].area.sum()), 1),
        "drive_km": round(float(city.layers["drive_edges"]["length_m"].sum()) / 1000, 3),
        "people_estimate": round(float(city.layers["buildings"]["people_estimate"].sum())),
        "meta": dict(city.meta),
    }


def _summary(city: City) -> str:
    """Return one line about a city."""
    layers = city.layers
    return (
        f"{layers['walkable'].area.sum() / 1e4:.1f} ha walkable, "
        f"{layers['drive_edges']['length_m'].sum() / 1000:.1f} km of "
        f"lanes to drive, {len(layers['buildings'])} buildings, {len(layers['assets'])} assets, "
        f"{len(layers['places'])} named places; digest {city.digest[:12]}"
    )


def _print_report(city: City) -> None:
    """Print the repair report as a table."""
    rows = [
        (
            row.kind.replace("_", " "),
            str(row.count),
            f"{row.length_m:,.0f}".replace(",", " ") if row.length_m else "",
            f"{row.area_m2:,.0f}".replace(",", " ") if row.area_m2 else "",
            row.detail,
        )
        for row in city.report
    ]
    _print_table(("finding", "count", "length m", "area m2", "detail"), rows)


def _print_table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table for people."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for title in titles:
        right = title in ("count", "length m", "area m2")
        table.add_column(title, justify="right" if right else "left", overflow="fold", no_wrap=right)
    for row in rows:
        table.add_row(*row)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    console.print(table, markup=False, highlight=False) if rows else console.print("nothing found")


def _say(step: str) -> None:
    """Print a step of the work on standard error."""
    click.echo(f"map: {step}", err=True)


@contextmanager
def _one_line() -> Iterator[None]:
    """Give every fault of the input as one line."""
    try:
        yield
    except InvalidFilesError:
        raise
    except InvalidInputError as error:
        raise InvalidInputError(" ".join(str(error).split())) from error

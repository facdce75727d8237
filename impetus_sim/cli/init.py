"""`impetus init`: a commented starter scenario on a map."""

from __future__ import annotations

import json
from pathlib import Path

import click

from impetus_sim.errors import InvalidInputError


@click.command(name="init", epilog="Example: impetus init helsinki_centre -o my_square.yaml")
@click.argument("map_ref", metavar="MAP")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="SCENARIO.yaml")
@click.option("--force", is_flag=True, help="Overwrite a file that exists.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def init_command(map_ref: str, output: Path, force: bool, as_json: bool) -> None:
    """Write a commented starter scenario on MAP that validates and runs as it is.

    MAP is a map's name (`impetus map list`), a city file (.gpkg), an OpenStreetMap file or a drawn plan
    (.geojson).
    """
    if output.suffix.lower() not in (".yaml", ".yml"):
        raise InvalidInputError(f"'{output}' does not end in .yaml", hint="scenarios are YAML files")
    if output.exists() and not force:
        raise InvalidInputError(f"'{output}' exists", hint="--force overwrites it")
    if not output.parent.is_dir():
        raise InvalidInputError(f"there is no folder '{output.parent}'", hint="make it first")
    from impetus_sim.scenario.starter import write_starter

    write_starter(map_ref, output, progress=lambda text: click.echo(text, err=True))
    if as_json:
        click.echo(json.dumps({"scenario": str(output), "map": map_ref}))
    else:
        click.echo(f"scenario: {output}\nnext: impetus run {output} -o {output.with_suffix('.h5')}")

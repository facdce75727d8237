"""`impetus validate`: everything that is wrong with scenario files, at once."""

from __future__ import annotations

import json
import sys

import click


@click.command(
    name="validate",
    epilog="Example: impetus validate scenarios/square.yaml scenarios/square.yaml:warn_early",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--no-map", is_flag=True, help="Do not open the map to look places up on it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def validate_command(files: tuple[str, ...], no_map: bool, as_json: bool) -> None:
    """Check scenario files with all their variants; FILE.yaml:variant checks one variant.

    Every fault comes with file, line, column, key, what is allowed and the nearest name. Exit code 0 when
    there are none, 2 otherwise.
    """
    from impetus_sim.engine.check_assets import AssetCheck
    from impetus_sim.scenario.load import check_files

    check_assets = AssetCheck()
    found = {
        file: check_files(
            [file],
            places=not no_map,
            note=lambda text: click.echo(f"note: {text}", err=True),
            on_city=check_assets,
        )
        for file in files
    }
    problems = list(dict.fromkeys(problem for listed in found.values() for problem in listed))
    if as_json:
        from dataclasses import asdict

        document = {
            "ok": not problems,
            "files": {file: not listed for file, listed in found.items()},
            "problems": [asdict(problem) for problem in problems],
        }
        click.echo(json.dumps(document, indent=2))
    else:
        for problem in problems:
            click.echo(str(problem), err=True)
        for file, listed in found.items():
            if listed:
                click.echo(f"{file}: {len(listed)} problem{'s' if len(listed) > 1 else ''}", err=True)
            else:
                click.echo(f"{file}: ok")
    if problems:
        sys.exit(2)

"""`impetus brief`: checks of finished briefs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.group("brief")
def brief_group() -> None:
    """Check a brief before it is signed."""


@brief_group.command("lint", epilog="Example: impetus brief lint brief.html")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="BRIEF.html...")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def lint_command(files: tuple[Path, ...], as_json: bool) -> None:
    """Find claims of certainty, numbers without unit, interval or runs, figures without words, missing sources.

    Reads what impetus report wrote, also after somebody edited it. Exit code 1 when there are faults.
    """
    from impetus_sim.report.brief.lint.check import lint_file

    found = {str(path): lint_file(path) for path in files}
    n_faults = sum(map(len, found.values()))
    if as_json:
        rows = [{"file": file, **asdict(fault)} for file, faults in found.items() for fault in faults]
        click.echo(json.dumps({"files": list(found), "faults": rows}, ensure_ascii=False))
    else:
        for file, faults in found.items():
            for fault in faults:
                click.echo(f"{file}:{fault.line}: {fault.rule}: {fault.message} (try: {fault.hint})")
        click.echo(f"{n_faults} {'fault' if n_faults == 1 else 'faults'} in {len(found)} briefs")
    if n_faults:
        raise click.exceptions.Exit(1)

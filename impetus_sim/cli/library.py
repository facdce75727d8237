"""``impetus library``: situations run ahead, and the one that observed counts look like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.cli.computing import choose_computing, computing_options

if TYPE_CHECKING:
    from impetus_sim.planning.library.entries import Entries


@click.group("library")
def library_group() -> None:
    """Run situations ahead, and match observed counts to them within a second."""


@library_group.command("build")
@click.argument("file", metavar="LIBRARY.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path))
@computing_options
@click.option("--dry-run", is_flag=True, help="Only check the file and count the runs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def build_command(file: Path, *, folder: Path, dry_run: bool, as_json: bool, **computing: Any) -> None:
    """Run every situation of a design with every option, and measure how well the library answers.

    Started again with the same DIR, it goes on where it stopped.

    \b
    Example:
      impetus library build experiments/square_library.yaml -o square_library
    """
    from rich.console import Console

    from impetus_sim.cli.run_bar import RunBar
    from impetus_sim.planning.library.build import LibraryPlan

    plan = LibraryPlan.load(file)
    if dry_run:
        situations = plan.situations()
        count = {
            "situations": situations.n_design,
            "held_back": len(situations.plan.points) - situations.n_design,
            "options": len(plan.spec.options),
            "replicates": int(plan.spec.replicates),
        }
        count["runs"] = len(situations.scenarios) * count["replicates"]
        text = (
            f"({count['situations']} situations + {count['held_back']} held back) x {count['options']} options x "
            f"{count['replicates']} replicates = {count['runs']} runs"
        )
        click.echo(json.dumps(count) if as_json else text)
        return
    with RunBar(Console(stderr=True), what="runs", folder=folder) as progress:
        entries = plan.build(folder, progress=progress, **choose_computing(**computing))
    if as_json:
        click.echo(json.dumps({**entries.about, "folder": str(folder)}))
        return
    click.echo(f"{entries.about['title']}: {len(entries.design)} situations, {len(entries.streams)} streams")
    for line in _describe_quality(entries.about["quality"]):
        click.echo(line)
    click.echo(f"library: {folder}")


@library_group.command("match")
@click.argument("counts", metavar="COUNTS.csv", type=click.Path(path_type=Path))
@click.option("--library", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path))
@click.option(
    "--fresh/--no-fresh",
    default=True,
    help="Where the match is poor, run the situation between the nearest ones.  [default: yes]",
)
@computing_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def match_command(counts: Path, *, folder: Path, fresh: bool, as_json: bool, **computing: Any) -> None:
    """Find the situations that observed counts look like, and what to do then.

    COUNTS.csv has the columns time (s from the start of the library's runs), sensor and count.

    \b
    Example:
      impetus library match counts.csv --library square_library
    """
    from impetus_sim.cli.library_table import describe_fresh, describe_match
    from impetus_sim.planning.library.entries import Entries
    from impetus_sim.planning.library.match import match_counts

    entries = Entries.load(folder)
    match = match_counts(counts, entries)
    if not as_json:
        click.echo("\n".join(describe_match(match.document)))
    document: dict[str, Any] = {**match.document, "fresh": None}
    if match.is_poor and fresh:
        click.echo("fresh runs of the situation between the nearest ones begin now", err=True)
        document["fresh"] = _run_fresh(match, entries, folder, choose_computing(**computing))
        if not as_json:
            click.echo("\n".join(describe_fresh(document["fresh"])))
    elif match.is_poor and not as_json:
        click.echo("No fresh runs were made (--no-fresh): there is no advice.")
    if as_json:
        click.echo(json.dumps(document))


def _run_fresh(match: Any, entries: Entries, folder: Path, computing: dict[str, Any]) -> dict[str, Any]:
    from rich.console import Console

    from impetus_sim.cli.run_bar import RunBar
    from impetus_sim.planning.library.build import LibraryPlan
    from impetus_sim.planning.library.fresh import run_fresh

    plan = LibraryPlan.read_back(folder)
    home = folder / "fresh"
    with RunBar(Console(stderr=True), what="runs", folder=home) as progress:
        return run_fresh(match, entries, plan, home, progress=progress, **computing)


def _describe_quality(quality: dict[str, Any]) -> list[str]:
    lines = []
    for name, words in (("left_out", "left out one by one"), ("held_back", "held back")):
        told = quality[name]
        if told is not None:
            lines.append(
                f"{words}: {told['situations']} situations, mean regret of the recommended option "
                f"{100 * told['regret_mean']:.1f} % (95 % of them below {100 * told['regret_p95']:.1f} %); "
                f"one option for all {100 * told['regret_fixed']:.1f} %, "
                f"an option at random {100 * told['regret_random']:.1f} %; "
                f"{100 * told['inside']:.0f} % of outcomes inside their 90 % intervals"
            )
    return lines

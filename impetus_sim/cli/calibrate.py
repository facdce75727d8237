"""``impetus calibrate``: parameters of a scenario fitted to what was observed, and how well that holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from impetus_sim.cli.computing import choose_computing, computing_options


@click.command("calibrate")
@click.argument("file", metavar="CALIBRATION.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path))
@computing_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def calibrate_command(file: Path, *, folder: Path, as_json: bool, **computing: Any) -> None:
    """Fit keys of a scenario to observed series; part of them is held back and tests the fit.

    Started again with the same DIR, it goes on where it stopped.

    \b
    Example:
      impetus calibrate experiments/square_calibration.yaml -o fit
    """
    from rich.console import Console

    from impetus_sim.cli.run_bar import RunBar
    from impetus_sim.planning.calibration.calibrate import calibrate
    from impetus_sim.report.calibration_picture import save_calibration_picture

    with RunBar(Console(stderr=True), what="runs", folder=folder) as progress:
        found = calibrate(file, folder, progress=progress, **choose_computing(**computing))
    picture = save_calibration_picture(found.document, folder / "calibration.png")
    if as_json:
        click.echo(json.dumps({**found.document, "folder": str(folder), "picture": str(picture)}))
        return
    click.echo("\n".join(describe(found.document)))
    click.echo(f"fitted scenario: {folder / 'scenarios' / 'fitted.yaml'}\npicture: {picture}")


def describe(document: dict[str, Any]) -> list[str]:
    """Return what is printed of a calibration."""
    lines = [f"{document['title']}: {document['points']} points of {document['replicates']} runs"]
    for part, words in (("fitted", "where it was fitted"), ("held_back", "where it was held back")):
        before, after = (_format(document["errors"][part][name]) for name in ("base", "fitted"))
        lines.append(f"error {words}: {after} fitted, {before} as the scenario was")
    lines.append("(in standard deviations of the observed series, of further runs on other random numbers)")
    for name, told in document["factors"].items():
        before = "not told" if told["before"] is None else f"{told['before']:.4g}"
        lines.append(
            f"  {name} = {told['best']:.4g} (was {before}); the {document['points_near_best']} points that are not "
            f"told apart from the best: {told['low']:.4g} to {told['high']:.4g}  {told['key']}"
        )
    return lines


def _format(error: dict[str, Any]) -> str:
    return "none" if error["value"] is None else f"{error['value']:.3f} ± {error['standard_error']:.3f}"

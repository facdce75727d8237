"""`impetus export`: a recording's positions in formats that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from impetus_sim.errors import InvalidInputError


@click.command(name="export", epilog="Example: impetus export run.h5 --to pedpy -o run.txt")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option(
    "--to",
    "form",
    type=click.Choice(["pedpy", "csv"]),
    required=True,
    help="pedpy: trajectory text and, beside it, the walkable area as WKT; csv: uid, time, x, y, state.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="PATH")
def export_command(run: Path, form: Literal["pedpy", "csv"], output: Path) -> None:
    """Write where everybody was, frame by frame.

    PedPy reads the text with load_trajectory_from_txt and the area with WalkableArea(Path("RUN.wkt").read_text()).
    """
    from impetus_sim.analysis.ground import read_ground
    from impetus_sim.analysis.measures.export import export_positions
    from impetus_sim.cli.animate import require_folder
    from impetus_sim.recording.reader import open_recording

    require_folder(output)
    recording = open_recording(run)
    if not len(recording.ticks):
        raise InvalidInputError(
            f"'{run}' holds no positions", hint="run with record.positions: true, and to the first frame"
        )
    n = export_positions(recording, output, form=form)
    click.echo(f"positions: {output} ({n:,} rows)".replace(",", " "))
    polygon = read_ground(recording).polygon
    if form == "pedpy" and polygon is not None:
        area = output.with_suffix(".wkt")
        area.write_text(polygon.wkt + "\n")
        click.echo(f"area:      {area}")

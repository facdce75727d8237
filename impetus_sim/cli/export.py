"""`impetus export`: a recording's positions, traffic, attacks and sensors in formats that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from impetus_sim.errors import InvalidInputError

_EXAMPLES = """\b
Examples:
  impetus export run.h5 --to pedpy -o run.txt
  impetus export run.h5 --to geoparquet -o folder
  impetus export run.h5 --to stix -o attack.json
  impetus export run.h5 --to sta -o sensors.json"""


@click.command(name="export", epilog=_EXAMPLES)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option(
    "--to",
    "form",
    type=click.Choice(["pedpy", "csv", "geoparquet", "stix", "sta"]),
    required=True,
    help="pedpy: trajectory text and, beside it, the walkable area as WKT; csv: uid, time, x, y, state; "
    "geoparquet: a folder with streets by intervals and the ways of vehicles, in longitude and latitude; "
    "stix: attacks and what was done about them, STIX 2.1; sta: what sensors said, OGC SensorThings 1.1.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="PATH")
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.0, min_open=True),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="With geoparquet: length of the intervals.",
)
def export_command(
    run: Path, form: Literal["pedpy", "csv", "geoparquet", "stix", "sta"], output: Path, every_s: float
) -> None:
    """Write where everybody was, frame by frame, what passed each street, who attacked what, or what sensors said.

    PedPy reads the text with load_trajectory_from_txt and the area with WalkableArea(Path("RUN.wkt").read_text()).
    """
    from impetus_sim.analysis.export.positions import export_positions
    from impetus_sim.analysis.ground import read_ground
    from impetus_sim.cli.animate import require_folder
    from impetus_sim.recording.reader import open_recording

    if form == "geoparquet":
        _export_traffic(run, output, every_s)
        return
    require_folder(output)
    recording = open_recording(run)
    if form == "stix":
        from impetus_sim.analysis.export.stix import export_stix

        click.echo(f"bundle: {output} ({export_stix(recording, output)} objects)")
        return
    if form == "sta":
        from impetus_sim.analysis.export.sta import export_sta

        click.echo(f"document: {output} ({export_sta(recording, output)} observations)")
        return
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


def _export_traffic(run: Path, folder: Path, every_s: float) -> None:
    from impetus_sim.analysis.export.traffic import export_geoparquet
    from impetus_sim.recording.reader import open_recording

    recording = open_recording(run)
    if folder.exists() and not folder.is_dir():
        raise InvalidInputError(f"'{folder}' is a file", hint="GeoParquet goes to a folder")
    is_new = not folder.exists()
    if is_new:
        if not folder.parent.is_dir():
            raise InvalidInputError(f"there is no folder '{folder.parent}'", hint="make it first")
        folder.mkdir()
    try:
        written = export_geoparquet(recording, folder, every_s=every_s)
    except InvalidInputError:
        if is_new:
            folder.rmdir()
        raise
    for name, n in written.items():
        click.echo(f"table: {folder / name} ({n:,} rows)".replace(",", " "))

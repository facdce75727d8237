"""`impetus export`: what a run holds, in the formats that others read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import write_whole

if TYPE_CHECKING:
    from impetus_sim.recording.reader import Recording

_EXAMPLES = """\b
Examples:
  impetus export run.h5 --to netcdf -o run.nc
  impetus export run.h5 --to csv -o folder
  impetus export run.h5 --to geoparquet -o folder
  impetus export run.h5 --to cap -o alerts
  impetus export study --to rocrate -o crate --author "A. Planner" --licence https://creativecommons.org/licenses/by/4.0/"""

Lines = Iterator[str]
"""What was written, a line each."""


@click.command(name="export", epilog=_EXAMPLES)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option(
    "--to",
    "form",
    type=click.Choice(["geoparquet", "csv", "netcdf", "cap", "sta", "stix", "rocrate", "odd", "pedpy"]),
    required=True,
    help="geoparquet: a folder of people's ways, ground, buildings, assets and traffic, in longitude and latitude; "
    "csv: a folder of tables, or only positions where PATH ends in .csv; "
    "netcdf: everything, by the CF conventions; "
    "cap: a folder of alerts, CAP 1.2, status Exercise; "
    "sta: what sensors said, OGC SensorThings 1.1; "
    "stix: attacks and what was done about them, STIX 2.1; "
    "rocrate: a folder with the run, or the study, and all that made it, RO-Crate 1.1; "
    "odd: the model as this run used it, by the ODD protocol, Markdown; "
    "pedpy: trajectory text and, beside it, the walkable area as WKT.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="PATH")
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.0, min_open=True),
    metavar="SECONDS",
    help="geoparquet: length of the intervals of streets (300); netcdf: time between rasters of density (10).",
)
@click.option(
    "--author", metavar="NAME", help="rocrate: who is responsible for the run; default: the user's name."
)
@click.option("--licence", default="", metavar="URL", help="rocrate: licence of the results.")
def export_command(
    run: Path, form: str, output: Path, every_s: float | None, author: str | None, licence: str
) -> None:
    """Write a run for other tools: positions, densities, states, events, metrics, alerts, readings, attacks.

    With rocrate RUN.h5 may also be the folder of a comparison or an experiment.

    docs/exports.md says what each format holds. PedPy reads its text with load_trajectory_from_txt and the area
    with WalkableArea(Path("RUN.wkt").read_text()).
    """
    from impetus_sim.recording.reader import open_recording

    if form == "rocrate":
        click.echo(_write_crate(run, output, author, licence))
        return
    recording = open_recording(run)
    for line in _WRITERS[form](recording, output, every_s):
        click.echo(line)


def _write_geoparquet(recording: Recording, folder: Path, every_s: float | None) -> Lines:
    from impetus_sim.analysis.export.geoparquet import export_geoparquet

    with _folder(folder, "GeoParquet"):
        written = export_geoparquet(recording, folder, every_s=300.0 if every_s is None else every_s)
    yield from _tables(folder, written)


def _write_csv(recording: Recording, output: Path, every_s: float | None) -> Lines:
    del every_s
    if output.suffix and not output.is_dir():
        yield _write_positions(recording, output, form="csv")
        return
    from impetus_sim.analysis.export.csv_folder import export_csv

    with _folder(output, "a set of tables"):
        written = export_csv(recording, output)
    yield from _tables(output, written)


def _write_netcdf(recording: Recording, output: Path, every_s: float | None) -> Lines:
    from impetus_sim.analysis.export.netcdf.write import DENSITY_EVERY_S, write_netcdf
    from impetus_sim.cli.animate import require_folder

    require_folder(output)
    sizes = write_netcdf(recording, output, density_every_s=DENSITY_EVERY_S if every_s is None else every_s)
    yield f"dataset: {output} ({', '.join(f'{name} {size}' for name, size in sizes.items())})"


def _write_cap(recording: Recording, folder: Path, every_s: float | None) -> Lines:
    del every_s
    from impetus_sim.analysis.export.cap import export_cap

    with _folder(folder, "a set of alerts"):
        written = export_cap(recording, folder)
    yield f"alerts: {folder} ({len(written)} messages, status Exercise)"


def _write_stix(recording: Recording, output: Path, every_s: float | None) -> Lines:
    del every_s
    from impetus_sim.analysis.export.stix import export_stix
    from impetus_sim.cli.animate import require_folder

    require_folder(output)
    yield f"bundle: {output} ({export_stix(recording, output)} objects)"


def _write_sta(recording: Recording, output: Path, every_s: float | None) -> Lines:
    del every_s
    from impetus_sim.analysis.export.sta import export_sta
    from impetus_sim.cli.animate import require_folder

    require_folder(output)
    yield f"document: {output} ({export_sta(recording, output)} observations)"


def _write_odd(recording: Recording, output: Path, every_s: float | None) -> Lines:
    del every_s
    from impetus_sim.analysis.export.odd.document import describe_run
    from impetus_sim.cli.animate import require_folder

    require_folder(output)
    write_whole(output, f"{describe_run(recording)}\n".encode())
    yield f"document: {output}"


def _write_crate(source: Path, folder: Path, author: str | None, licence: str) -> str:
    import getpass

    from impetus_sim.planning.crate.provenance import METADATA, Maker
    from impetus_sim.planning.crate.run_crate import export_run_crate
    from impetus_sim.planning.crate.study_crate import export_study_crate
    from impetus_sim.recording.reader import open_recording

    maker = Maker(author=author or getpass.getuser(), licence=licence)
    if source.is_dir() and source.suffix != ".parts":
        names = export_study_crate(source, folder, maker=maker)
    else:
        names = export_run_crate(open_recording(source), folder, maker=maker)
    return f"crate: {folder / METADATA} ({len(names)} files)"


def _write_pedpy(recording: Recording, output: Path, every_s: float | None) -> Lines:
    del every_s
    from impetus_sim.analysis.ground import read_ground

    yield _write_positions(recording, output, form="pedpy")
    polygon = read_ground(recording).polygon
    if polygon is not None:
        area = output.with_suffix(".wkt")
        write_whole(area, f"{polygon.wkt}\n".encode())
        yield f"area:      {area}"


_WRITERS: Mapping[str, Callable[[Recording, Path, float | None], Lines]] = {
    "geoparquet": _write_geoparquet,
    "csv": _write_csv,
    "netcdf": _write_netcdf,
    "cap": _write_cap,
    "sta": _write_sta,
    "stix": _write_stix,
    "odd": _write_odd,
    "pedpy": _write_pedpy,
}


def _write_positions(recording: Recording, output: Path, *, form: Literal["pedpy", "csv"]) -> str:
    from impetus_sim.analysis.export.positions import export_positions
    from impetus_sim.cli.animate import require_folder

    require_folder(output)
    if not len(recording.ticks):
        raise InvalidInputError(
            f"'{recording.path}' holds no positions",
            hint="run with record.positions: true, and to the first frame",
        )
    return f"positions: {output} ({_count(export_positions(recording, output, form=form))} rows)"


def _tables(folder: Path, written: Mapping[str, int]) -> Lines:
    return (f"table: {folder / name} ({_count(n)} rows)" for name, n in written.items())


def _count(n: int) -> str:
    return f"{n:,}".replace(",", " ")


@contextmanager
def _folder(folder: Path, what: str) -> Iterator[None]:
    """Make the folder if it is not there, and take it away again where nothing could be written."""
    if folder.exists() and not folder.is_dir():
        raise InvalidInputError(f"'{folder}' is a file", hint=f"{what} goes to a folder")
    is_new = not folder.exists()
    if is_new:
        if not folder.parent.is_dir():
            raise InvalidInputError(f"there is no folder '{folder.parent}'", hint="make it first")
        folder.mkdir()
    try:
        yield
    except InvalidInputError:
        if is_new:
            folder.rmdir()
        raise

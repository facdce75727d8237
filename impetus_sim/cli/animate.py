"""`impetus animate`: a recording as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from impetus_sim.errors import InvalidInputError

_FILMS = (".mp4", ".gif", ".webm", ".mov")


@click.command(name="animate", epilog="Example: impetus animate run.h5 -o run.png")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="X.png")
@click.option("--streets", is_flag=True, help="The streets around the focus, by density (crowd.links).")
@click.option("--traffic", is_flag=True, help="The streets by speed of vehicles, at their worst (traffic).")
@click.option(
    "--without",
    type=click.Choice(["power", "water", "phone"]),
    help="Who was without it, where and for how long (infrastructure).",
)
@click.option(
    "--plume", is_flag=True, help="Where gas went: the highest concentration, or with --at of a moment."
)
@click.option("--street", metavar="NAME", help="With --traffic: vehicles along this street over time.")
@click.option("--at", "at_s", type=float, metavar="SECONDS", help="With --traffic or --plume: at this time.")
@click.option(
    "--by", type=click.Choice(["speed", "queue"]), help="With --traffic: colours.  [default: speed]"
)
def animate_command(
    run: Path,
    *,
    output: Path,
    streets: bool,
    traffic: bool,
    without: Literal["power", "water", "phone"] | None,
    plume: bool,
    street: str | None,
    at_s: float | None,
    by: Literal["speed", "queue"] | None,
) -> None:
    """Draw a recording on one page: density map, paths, people out over time; or its streets; or lacks."""
    require_png(output)
    if sum((streets, traffic, plume, without is not None)) > 1:
        raise InvalidInputError(
            "--streets, --traffic, --plume and --without are different pictures", hint="ask for one at a time"
        )
    if plume and (by is not None or street is not None):
        raise InvalidInputError("--by and --street go with --traffic", hint="leave them out")
    if not (traffic or plume) and (at_s is not None or by is not None or street is not None):
        raise InvalidInputError("--at, --by and --street go with --traffic", hint="add --traffic")
    if street is not None and (at_s is not None or by is not None):
        raise InvalidInputError("--street shows a whole run by speed", hint="leave out --at and --by")
    from impetus_sim.recording.reader import open_recording
    from impetus_sim.report.lacks_picture import save_lacks_picture
    from impetus_sim.report.link_map import save_link_picture
    from impetus_sim.report.picture import save_run_picture
    from impetus_sim.report.plume_picture import save_plume_picture
    from impetus_sim.report.time_space_picture import save_time_space_picture
    from impetus_sim.report.traffic_picture import save_traffic_picture

    recording = open_recording(run)
    if without is not None:
        path = save_lacks_picture(recording, output, of=without)
    elif plume:
        path = save_plume_picture(recording, output, at_s=at_s)
    elif street is not None:
        path = save_time_space_picture(recording, output, street=street)
    elif traffic:
        path = save_traffic_picture(recording, output, at_s=at_s, by=by or "speed")
    else:
        path = (save_link_picture if streets else save_run_picture)(recording, output)
    click.echo(f"picture: {path}")


def require_png(output: Path) -> None:
    """Refuse what cannot be written before anything is computed.

    Raises
    ------
    InvalidInputError
        For another kind of picture, a film, or a folder that is not there.
    """
    if output.suffix.lower() in _FILMS:
        raise InvalidInputError(
            f"'{output}' would be a film, and films come with a later version",
            hint=f"a picture of the whole run: -o {output.with_suffix('.png')}",
        )
    if output.suffix.lower() != ".png":
        raise InvalidInputError(f"'{output}' does not end in .png", hint="pictures are written as PNG")
    require_folder(output)


def require_folder(output: Path) -> None:
    """Refuse an output file whose folder is not there.

    Raises
    ------
    InvalidInputError
        When there is no such folder, or the output is itself a folder.
    """
    if output.is_dir():
        raise InvalidInputError(f"'{output}' is a folder", hint="name a file in it")
    if not output.parent.is_dir():
        raise InvalidInputError(f"there is no folder '{output.parent}'", hint="make it first")

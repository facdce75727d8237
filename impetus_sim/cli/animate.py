"""`impetus animate`: a recording as a film or a picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import click

from impetus_sim.errors import InvalidInputError

_EXAMPLES = """\b
Examples:
  impetus animate run.h5 -o run.png
  impetus animate run.h5 -o run.mp4 --speed 4
  impetus animate run.h5 -o run.gif --from 60 --to 180
  impetus animate run.h5 -o moment.png --at 120"""
_FILMS = (".mp4", ".gif")
"""As in `report.film.encode`, which is not imported before it is needed."""


@click.command(name="animate", epilog=_EXAMPLES)
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="X")
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
@click.option(
    "--at",
    "at_s",
    type=float,
    metavar="SECONDS",
    help="One moment as in a film; with --traffic or --plume: their page at this time.",
)
@click.option(
    "--by", type=click.Choice(["speed", "queue"]), help="With --traffic: colours.  [default: speed]"
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0.01),
    metavar="X",
    help="Film: simulated seconds in a second.  [default: at most 45 s of film]",
)
@click.option(
    "--fps",
    type=click.IntRange(1, 60),
    metavar="N",
    help="Film: pictures in a second.  [default: 20, GIF 10]",
)
@click.option("--from", "from_s", type=float, metavar="SECONDS", help="Film: begin here.")
@click.option("--to", "to_s", type=float, metavar="SECONDS", help="Film: end here.")
@click.option("--whole", is_flag=True, help="Film, or --at: all that moved, not the crowd's ground alone.")
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
    speed: float | None,
    fps: int | None,
    from_s: float | None,
    to_s: float | None,
    whole: bool,
) -> None:
    """Make a film (MP4, GIF) or a picture (PNG) of a recording.

    A picture shows the whole run on one page: density map, paths, people out over time; or its streets; or
    lacks; or one moment.
    """
    is_page = streets or traffic or plume or without is not None
    is_film = output.suffix.lower() in _FILMS
    if not is_film:
        require_png(output)
    has_street_options = by is not None or street is not None
    _refuse_first(
        (
            (
                is_film and (is_page or has_street_options or at_s is not None),
                "--streets, --traffic, --plume, --without, --by, --street and --at are for pictures",
                "end the output in .png",
            ),
            (
                not is_film and any(each is not None for each in (speed, fps, from_s, to_s)),
                "--speed, --fps, --from and --to go with a film",
                "end the output in .mp4 or .gif",
            ),
            (
                not is_film and whole and (is_page or at_s is None),
                "--whole goes with a film or with --at alone",
                "leave it out",
            ),
            (
                sum((streets, traffic, plume, without is not None)) > 1,
                "--streets, --traffic, --plume and --without are different pictures",
                "ask for one at a time",
            ),
            (plume and has_street_options, "--by and --street go with --traffic", "leave them out"),
            (
                not (is_film or traffic or plume) and has_street_options,
                "--by and --street go with --traffic",
                "add --traffic",
            ),
            (
                at_s is not None and (streets or without is not None),
                "--at goes with --traffic, with --plume or alone",
                "leave it out",
            ),
            (
                street is not None and (at_s is not None or by is not None),
                "--street shows a whole run by speed",
                "leave out --at and --by",
            ),
        )
    )
    if is_film:
        _make_film(run, output, speed=speed, fps=fps, from_s=from_s, to_s=to_s, is_whole=whole)
        return
    from impetus_sim.recording.reader import open_recording
    from impetus_sim.report.film.film import save_still
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
    elif at_s is not None:
        path = save_still(recording, output, at_s=at_s, is_whole=whole)
    else:
        path = (save_link_picture if streets else save_run_picture)(recording, output)
    click.echo(f"picture: {path}")


def _refuse_first(rules: Iterable[tuple[bool, str, str]]) -> None:
    """Raise the first of (is wrong, what, what to try) that is wrong."""
    for is_wrong, said, hint in rules:
        if is_wrong:
            raise InvalidInputError(said, hint=hint)


def _make_film(
    run: Path,
    output: Path,
    *,
    speed: float | None,
    fps: int | None,
    from_s: float | None,
    to_s: float | None,
    is_whole: bool,
) -> None:
    from impetus_sim.cli.progress import FilmProgress
    from impetus_sim.recording.reader import open_recording
    from impetus_sim.report.film.encode import require_encoder
    from impetus_sim.report.film.film import save_film

    require_folder(output)
    require_encoder(output)
    default_fps = 10 if output.suffix.lower() == ".gif" else 20
    with FilmProgress() as progress:
        timing = save_film(
            open_recording(run),
            output,
            fps=fps or default_fps,
            speed=speed,
            from_s=from_s,
            to_s=to_s,
            is_whole=is_whole,
            progress=progress,
        )
    click.echo(f"film: {output} ({timing.film_s:.0f} s, {timing.speed:g} times as fast as it happened)")


def require_png(output: Path) -> None:
    """Refuse what cannot be written before anything is computed.

    Raises
    ------
    InvalidInputError
        For another kind of picture, or a folder that is not there.
    """
    if output.suffix.lower() != ".png":
        raise InvalidInputError(
            f"'{output}' does not end in .png",
            hint="pictures are written as PNG, films by animate as MP4 or GIF",
        )
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

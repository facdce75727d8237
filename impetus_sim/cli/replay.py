"""`impetus replay`: recordings in a browser, on one clock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from impetus_sim.replay.session import Session


@click.command(name="replay", epilog="Example: impetus replay run.h5 branch.h5")
@click.argument(
    "runs", type=click.Path(path_type=Path), metavar="RUN.h5 [RUN2.h5 ...]", nargs=-1, required=True
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, help="Of this machine; 0 takes a free one."
)
@click.option("--no-browser", is_flag=True, help="Only print the link.")
def replay_command(runs: tuple[Path, ...], *, port: int, no_browser: bool) -> None:
    """Play recordings in a browser: see what happened and why, stop, and ask "what if we had...?".

    The pages are served to this machine alone; the link opens one browser.
    """
    from impetus_sim.replay.serve import serve

    def ready(link: str, session: Session) -> None:
        for broken in session.broken:
            click.echo(f"cannot be shown: {broken.name}: {broken.error} (try: {broken.hint})", err=True)
        click.echo(f"viewer: {link}")
        click.echo("stop it with Ctrl-C", err=True)
        if not no_browser:
            click.launch(link)

    serve(runs, port=port, ready=ready)

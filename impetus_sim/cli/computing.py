"""Where the runs of a study are computed: the options that its commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def computing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--workers``, ``--scheduler`` and ``--reuse`` to a command (decorator)."""
    options = (
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            help="Processes of this machine at a time.  [default: one per processor]",
        ),
        click.option(
            "--scheduler",
            metavar="ADDRESS",
            help="Let the workers of a Dask cluster compute, such as tcp://host:8786 (extra 'cluster').",
        ),
        click.option(
            "--reuse",
            metavar="DIR",
            multiple=True,
            type=click.Path(path_type=Path),
            help="Take equal finished runs from another study's folder; repeatable.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def choose_computing(
    *, workers: int | None, scheduler: str | None, reuse: tuple[Path, ...]
) -> dict[str, Any]:
    """Return the options as `planning.runs.executors.open_executor` takes them.

    Raises
    ------
    InvalidInputError
        When both workers and a scheduler are given.
    """
    from impetus_sim.cli.run_bar import count_processors
    from impetus_sim.errors import InvalidInputError

    if workers is not None and scheduler is not None:
        raise InvalidInputError(
            "--workers was given together with --scheduler",
            hint="the scheduler's workers are started with 'dask worker': give one of the two",
        )
    return {"workers": workers or count_processors(), "scheduler": scheduler, "reuse": reuse}

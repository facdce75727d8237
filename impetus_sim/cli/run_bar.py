"""Progress of many runs: how many are done and failed, and the time left."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from rich.console import Console

    from impetus_sim.planning.runs.execute import ProgressFunction


INTERRUPTED = 130


def count_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class RunBar:
    """Show runs done, runs failed and time left on a console; a context manager that ends well on Ctrl-C.

    Parameters
    ----------
    console
        Where.
    what
        What the runs are called.
    folder
        Study folder, in which finished runs are kept.
    """

    def __init__(self, console: Console, *, what: str, folder: Path) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._folder = folder
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task = self._bar.add_task(what, total=None, left="")
        self._said = ""

    def __enter__(self) -> ProgressFunction:
        self._bar.start()
        return self._update

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        if isinstance(error, KeyboardInterrupt):
            click.echo(
                f"interrupted: finished runs are kept in {self._folder}; the same command goes on", err=True
            )
            sys.exit(INTERRUPTED)

    def _update(self, progress: Any) -> None:
        if progress.note and progress.note != self._said:
            self._said = progress.note
            self._bar.console.print(progress.note, highlight=False, markup=False, soft_wrap=True)
        parts = [f"{progress.n_failed} failed"] if progress.n_failed else []
        if progress.seconds_left:
            minutes, seconds = divmod(round(progress.seconds_left), 60)
            parts.append(f"{minutes} min {seconds:02d} s left" if minutes else f"{seconds} s left")
        self._bar.update(self._task, completed=progress.n_done, total=progress.n_total, left=", ".join(parts))

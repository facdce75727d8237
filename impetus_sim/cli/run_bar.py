"""Progress of many runs: how many are done and failed, and the time left."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from impetus_sim.planning.execute import ProgressFunction


def count_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class RunBar:
    """Show runs done, runs failed and time left on a console; a context manager."""

    def __init__(self, console: Console, *, what: str) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task = self._bar.add_task(what, total=None, left="")

    def __enter__(self) -> ProgressFunction:
        self._bar.start()
        return self._update

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _update(self, progress: Any) -> None:
        parts = [progress.note] if progress.note else []
        if progress.n_failed:
            parts.append(f"{progress.n_failed} failed")
        if progress.seconds_left:
            minutes, seconds = divmod(round(progress.seconds_left), 60)
            parts.append(f"{minutes} min {seconds:02d} s left" if minutes else f"{seconds} s left")
        self._bar.update(self._task, completed=progress.n_done, total=progress.n_total, left=", ".join(parts))

"""Progress of one run or one film, on standard error."""

from __future__ import annotations

from types import TracebackType
from typing import Any


class RunProgress:
    """A progress bar over simulated time; a context manager that is the run's progress callback.

    Nothing is drawn where standard error is not a terminal, except a line at the start of slow work.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("simulating"),
            BarColumn(),
            TextColumn("{task.completed:.0f} of {task.total:.0f} s, {task.fields[inside]} people inside"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=quiet or not self.console.is_terminal,
        )
        self._task: Any = None

    def __enter__(self) -> RunProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def __call__(self, time_s: float, duration_s: float, inside: int) -> None:
        """Show how far the run is."""
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("run", total=duration_s, inside=inside)
        self._bar.update(self._task, completed=time_s, inside=inside)

    def say(self, text: str) -> None:
        """Print a line of its own."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)


class FilmProgress:
    """A bar over the pictures of a film; a context manager that is the film's progress callback."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("drawing"),
            BarColumn(),
            TextColumn("{task.completed} of {task.total} pictures"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: Any = None

    def __enter__(self) -> FilmProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show how many pictures are drawn."""
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("film", total=total)
        self._bar.update(self._task, completed=done)

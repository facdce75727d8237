"""``impetus branch``: go on from a moment of a recording, with a change or with none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from impetus_sim.scenario.model import Scenario


@click.command("branch")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option(
    "--at", "at_s", type=float, required=True, metavar="SECONDS", help="The moment, s from the start."
)
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="OUT.h5",
    help="The new recording; an old one is replaced at the end.",
)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a key; may be repeated.")
@click.option(
    "--inject",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A YAML file of hazards and interventions to add or change.",
)
@click.option("--threads", type=click.IntRange(1, 256), help="Threads; the result stays the same.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def branch_command(
    run: Path,
    *,
    at_s: float,
    path: Path,
    changes: tuple[str, ...],
    inject: Path | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Go on from a moment of RUN.h5; what happened before stays, what comes after may differ.

    Without --set and --inject the result is identical to the parent, digest included.

    \b
    Example:
      impetus branch run.h5 --at 120 --set interventions.warn.at_time=125 -o branch.h5
    """
    from impetus_sim.cli.progress import RunProgress
    from impetus_sim.cli.run import show_run
    from impetus_sim.engine.branch import branch_run
    from impetus_sim.engine.warmup import warm_up
    from impetus_sim.recording.reader import open_recording

    parent = open_recording(run)
    with RunProgress() as progress:
        warm_up(progress.say)
        branched = branch_run(
            parent,
            path,
            at_s=at_s,
            change=_make_change(changes, inject),
            threads=threads,
            progress=progress,
        )
    same = branched.summary["digest"] == parent.summary.get("digest")
    if not as_json and parent.is_complete:
        click.echo(
            "identical to the parent" if same else f"differs from the parent after {at_s:g} s", err=True
        )
    show_run(branched, as_json=as_json)


def _make_change(changes: tuple[str, ...], inject: Path | None) -> Callable[[Scenario], Scenario] | None:
    if not changes and inject is None:
        return None

    def change(scenario: Scenario) -> Scenario:
        from impetus_sim.scenario.load import change_recorded

        return change_recorded(scenario, overrides=changes, inject=inject)

    return change

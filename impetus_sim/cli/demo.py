"""``impetus demo``: the main job on a real city, offline: a baseline against one intervention, paired."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from impetus_sim.planning.comparison.study import Study

SCENARIO = "demo/railway_square_demo.yaml"
OPTION = ":warn_early"
REPLICATES = 10


@click.command("demo")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the results go; started again with the same folder, it goes on.  [default: demo_results]",
)
@click.option("--workers", type=click.IntRange(1), help="Processes at a time.  [default: one per processor]")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def demo_command(folder: Path | None, *, workers: int | None, as_json: bool) -> None:
    """Shots at a concert on Helsinki's Railway Square: does a fast announcement help?

    Runs ten pairs of simulations on a real OpenStreetMap extract, without a network, and ends with a table,
    the answer in one sentence, a picture and a brief. Takes a few minutes the first time.

    \b
    Example:
      impetus demo -o demo_results
    """
    from impetus_sim.cli.progress import RunProgress
    from impetus_sim.engine.warmup import warm_up
    from impetus_sim.maps.bundled import bundled_folder
    from impetus_sim.scenario.load import load_scenario

    base = str(bundled_folder("scenarios") / SCENARIO)
    with RunProgress() as progress:
        progress.say(f"scenario: {base}")
        progress.say("opening the map of Helsinki's centre (built once, then kept)...")
        city = load_scenario(base).open_map()
        progress.say(
            f"map: {city.name}, {len(city.layers['buildings'])} buildings, {city.meta.get('credit', '')}"
        )
        warm_up(progress.say)
    study = _compare(base, folder, workers=workers, as_json=as_json)
    if not as_json:
        click.echo(f"recording: {study.recording_path('baseline', 0)}")
        click.echo(
            "next:      impetus init helsinki_centre -o my_scenario.yaml && impetus run my_scenario.yaml"
        )


def _compare(base: str, folder: Path | None, *, workers: int | None, as_json: bool) -> Study:
    # The default folder may hold the demo of another engine version: then take the next name.
    from impetus_sim.cli.compare import run_comparison
    from impetus_sim.planning.runs.store import OtherStudyError

    for number in itertools.count(1):
        default = Path("demo_results" if number == 1 else f"demo_results_{number}")
        try:
            return run_comparison(
                base,
                (OPTION,),
                folder=folder or default,
                replicates=REPLICATES,
                workers=workers,
                as_json=as_json,
            )
        except OtherStudyError:
            if folder is not None:
                raise
    raise AssertionError("unreachable")

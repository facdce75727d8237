"""``impetus run``: one run of a scenario, recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from impetus_sim.recording.reader import Recording

OUTPUT = click.Path(path_type=Path, dir_okay=False)


@click.command("run")
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="Root of all randomness.  [default: run.seed]"
)
@click.option("--replicate", type=click.IntRange(0), default=0, show_default=True, help="Of a study's seed.")
@click.option(
    "-o",
    "--output",
    "path",
    type=OUTPUT,
    metavar="RUN.h5",
    help="The recording; an old one is replaced at the end.",
)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a key; may be repeated.")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads; the result stays the same.")
@click.option("--resume", is_flag=True, help="Finish an unfinished recording; start it where there is none.")
@click.option("--check", is_flag=True, help="Verify conservation laws after every step.")
@click.option("--map", "map_file", metavar="FILE", help="Use this city in place of the scenario's map.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def run_command(
    scenario: str,
    *,
    seed: int | None,
    replicate: int,
    path: Path | None,
    changes: tuple[str, ...],
    threads: int | None,
    resume: bool,
    check: bool,
    map_file: str | None,
    as_json: bool,
) -> None:
    """Run SCENARIO once and record it.

    SCENARIO is a file, or FILE.yaml:variant. Without -o the recording is written to runs/.

    \b
    Example:
      impetus run scenarios/padova/market_alarm.yaml --seed 7 --set crowd.step=0.1 -o run.h5
    """
    from impetus_sim.cli.progress import RunProgress
    from impetus_sim.engine.record import simulate
    from impetus_sim.engine.warmup import warm_up
    from impetus_sim.scenario.estimate import estimate
    from impetus_sim.scenario.load import load_scenario

    overrides = [*changes, *([f"map={json.dumps(str(Path(map_file).resolve()))}"] if map_file else [])]
    loaded = load_scenario(scenario, overrides=overrides)
    seed = loaded.run.seed if seed is None else seed
    with RunProgress() as progress:
        progress.say(f"{loaded.title}: {estimate(loaded, threads=threads)}")
        warm_up(progress.say)
        target = path or default_path(scenario, seed)
        with _folder_of(target, is_ours=path is None):
            recording = simulate(
                loaded,
                seed=seed,
                replicate=replicate,
                path=target,
                threads=threads,
                resume=resume,
                check=check,
                progress=progress,
            )
    show_run(recording, as_json=as_json)


def default_path(scenario: str, seed: int) -> Path:
    """Return runs/NAME-seedN.h5 below the working folder."""
    file, _, variant = scenario.partition(".yaml:")
    name = Path(file).stem + (f"-{variant}" if variant else "")
    return Path("runs") / f"{name}-seed{seed}.h5"


@contextmanager
def _folder_of(target: Path, *, is_ours: bool) -> Iterator[None]:
    # The folder runs/ is made when it is needed, and goes again where nothing came of the run.
    is_new = is_ours and not target.parent.exists()
    if is_new:
        target.parent.mkdir(parents=True)
    try:
        yield
    finally:
        if is_new:
            with suppress(OSError):  # not empty: there is a recording
                target.parent.rmdir()


def describe_run(recording: Recording) -> dict[str, Any]:
    """Return what ``--json`` prints of a finished run."""
    from impetus_sim.analysis.injuries import describe_injuries
    from impetus_sim.analysis.metrics import compute_metrics
    from impetus_sim.analysis.people import read_people
    from impetus_sim.analysis.response.units import describe_units
    from impetus_sim.cli.info_services import describe_services

    attributes, summary = recording.attributes, recording.summary
    n_people = len(recording.static("people")["uid"])
    vehicles = recording.tables("traffic_vehicles") if "traffic_vehicles" in recording.table_names else {}
    n_vehicles = len(vehicles.get("state", ()))
    return {
        "run": str(recording.path),
        "title": attributes["title"],
        "scenario": attributes.get("scenario_file", ""),
        "scenario_digest": attributes["scenario_digest"],
        "map": attributes["map_name"],
        "map_digest": attributes["map_digest"],
        "seed": int(attributes["seed"]),
        "replicate": int(attributes["replicate"]),
        "run_key": attributes["run_key"],
        "digest": summary["digest"],
        "digest_parts": summary["digest_parts"],
        "sim_seconds": summary["end_s"],
        "wall_seconds": summary["wall_seconds"],
        "setup_seconds": summary.get("setup_seconds"),
        "agents": {"pedestrians": n_people, "vehicles": n_vehicles},
        "couplings": summary["couplings"],
        "phases": _phases(),
        "metrics": {name: metric.to_dict() for name, metric in compute_metrics(recording).items()},
        "services": describe_services(recording),
        "casualties": describe_casualties(recording),
        "injured_by_group": describe_injuries(read_people(recording)),
        "units": describe_units(recording, read_people(recording)),
        "warnings": warnings_of(recording),
        "versions": json.loads(str(attributes["versions"])),
    }


def describe_casualties(recording: Recording) -> list[dict[str, Any]]:
    """Return the range of each law of harm; empty for a run that did not follow harm."""
    from dataclasses import asdict

    from impetus_sim.analysis.harm import read_harm

    harm = read_harm(recording)
    return [] if harm is None else [{**asdict(found), "text": found.text} for found in harm.ranges]


def _phases() -> list[str]:
    from impetus_sim.world.phases import Phase

    return [phase.name.lower() for phase in Phase]


def show_run(recording: Recording, *, as_json: bool) -> None:
    """Print a finished run: one JSON document, or a table and three lines."""
    document = describe_run(recording)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from impetus_sim.analysis.metrics import compute_metrics

    table = Table(title=Text(f"{document['title']}, seed {document['seed']}"), title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    for name, metric in compute_metrics(recording).items():
        table.add_row(Text(name.replace("_", " ")), Text(metric.text))
    console = Console()
    console.print(table)
    click.echo(f"result:    {headline(recording)} (digest {str(document['digest'])[:16]})")
    for found in document["casualties"]:
        click.echo(f"harm:      {found['text']}; a range by a stated law, not a forecast")
    for line in warnings_of(recording):
        click.echo(f"warning:   {line}")
    click.echo(f"recording: {recording.path}")
    click.echo(f"show it:   {_show_command(recording)}")


def _show_command(recording: Recording) -> str:
    """Return the command that opens the viewer, or draws a picture where the viewer is not installed."""
    from importlib.util import find_spec

    if find_spec("fastapi") and find_spec("uvicorn"):
        return f"impetus replay {recording.path}"
    return f"impetus animate {recording.path} -o {recording.path.with_suffix('.png')}"


def warnings_of(recording: Recording) -> list[str]:
    """Return what a planner should look at: people who got nowhere, people with no way out."""
    lines = []
    if "stuck" in recording.table_names:
        n = int((recording.tables("stuck")["n_times"] > 0).sum())
        if n:
            lines.append(
                f"{n} people wanted to walk and came no nearer to their goal for a while (crowd.stuck); see the "
                "events people_stuck for when and where"
            )
    people = recording.tables("crowd")
    lost = (people["state"] == 1) & (people["is_leaving"] == 1) & (people["is_walking"] == 1)
    n = int((lost & (people["goal"] < 0)).sum())
    if n:
        lines.append(f"{n} people want to leave at the end and find no open exit that they may use and reach")
    return lines


def headline(recording: Recording) -> str:
    """Return the outcome in a clause or two: how many got out or arrived, and by when."""
    from impetus_sim.analysis.traffic.recorded import has_traffic

    if not has_traffic(recording):
        return _headline_of_people(recording)
    parts = [_headline_of_vehicles(recording)]
    if int(recording.counts()["entered"][-1]):
        parts.insert(0, _headline_of_people(recording))
    return "; ".join(parts)


def _headline_of_vehicles(recording: Recording) -> str:
    from impetus_sim.analysis.traffic.trips import read_trips

    trips = read_trips(recording)
    n_due, n_under_way = int(trips.was_due.sum()), int(trips.is_under_way.sum())
    if n_under_way:
        arrived, due, rest = (f"{n:,}".replace(",", " ") for n in (n_due - n_under_way, n_due, n_under_way))
        return f"{arrived} of {due} vehicles arrived, {rest} still under way at {trips.followed_s:.0f} s"
    end_s = float(max(trips.arrive_s[trips.was_due], default=0.0))
    return f"all {n_due:,}".replace(",", " ") + f" vehicles arrived by {end_s:.0f} s"


def _headline_of_people(recording: Recording) -> str:
    counts = recording.counts()
    entered, left, inside = (int(counts[name][-1]) for name in ("entered", "left", "inside"))
    end = float(recording.summary["end_s"])
    if not entered:
        return f"nobody on foot until {end:.0f} s"
    if inside:
        return f"{left:,} of {entered:,} people out, {inside:,} still inside at {end:.0f} s".replace(",", " ")
    people = recording.tables("crowd")
    last = recording.seconds(int(people["left_tick"].max(initial=0)))
    return f"all {entered:,} people out after {last:.0f} s".replace(",", " ")

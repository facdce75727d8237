"""`impetus info`: what a recording holds and what came out, finished or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from impetus_sim.recording.reader import Recording

_PEOPLE = ("entered", "inside", "away", "left", "removed")
_IDENTITY = (
    "title",
    "parameters",
    "map_name",
    "seed",
    "replicate",
    "scenario_digest",
    "engine_version",
    "map_credit",
)


@click.command(name="info", epilog="Example: impetus info run.h5 --json")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def info_command(run: Path, as_json: bool) -> None:
    """Show what a recording holds: the run, its people, exits, events and metrics.

    An unfinished recording (of a run that goes on or was killed) is shown up to where it can be read.
    """
    from impetus_sim.recording.reader import open_recording

    recording = open_recording(run)
    document = describe_recording(recording)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    from rich.console import Console

    console = Console()
    for table in build_tables(document):
        console.print(table)
    if not recording.is_complete:
        console.print(
            f"Unfinished, up to {recording.recorded_until_s:.1f} s; "
            f"finish it with: impetus run SCENARIO -o {recording.path} --resume",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )


def describe_recording(recording: Recording) -> dict[str, Any]:
    """Return what `impetus info --json` prints."""
    from impetus_sim.analysis.metrics import compute_metrics
    from impetus_sim.analysis.people import read_people
    from impetus_sim.analysis.response.units import describe_units
    from impetus_sim.cli.info_sensors import describe_sensors
    from impetus_sim.cli.info_services import describe_services
    from impetus_sim.cli.info_traffic import describe_traffic
    from impetus_sim.cli.run import describe_casualties

    attributes = recording.attributes
    duration_ticks = attributes.get("duration_ticks")
    return {
        "recording": str(recording.path),
        "files": str(recording.files_path),
        "complete": recording.is_complete,
        **{name: attributes.get(name) for name in _IDENTITY},
        "digest": recording.summary.get("digest"),
        "duration_s": None if duration_ticks is None else recording.seconds(int(duration_ticks)),
        "recorded_until_s": recording.recorded_until_s,
        "frames": len(recording.ticks),
        "checkpoints_s": [recording.seconds(tick) for tick in recording.checkpoint_ticks],
        **_describe_people(recording),
        "events": _describe_events(recording),
        "metrics": {name: metric.to_dict() for name, metric in compute_metrics(recording).items()},
        "casualties": describe_casualties(recording),
        "links": _describe_links(recording),
        "traffic": describe_traffic(recording),
        "sensors": describe_sensors(recording),
        "playbooks": _describe_playbooks(recording),
        "units": describe_units(recording, read_people(recording)),
        "services": describe_services(recording),
    }


def _describe_people(recording: Recording) -> dict[str, Any]:
    counts = recording.counts()
    people = {name: int(counts[name][-1]) for name in _PEOPLE if name in counts and counts[name].ndim == 1}
    exits: dict[str, int] = {}
    if "exit_left" in counts and "exits" in recording.static_names:
        names = recording.static("exits").get("name", [])
        exits = {str(name): int(n) for name, n in zip(names, counts["exit_left"][-1], strict=False)}
    return {"people": people, "exits": exits}


def _describe_links(recording: Recording) -> dict[str, Any]:
    """Return what became of the people on the walk network; empty for runs without."""
    from impetus_sim.analysis.link_density import compute_link_density

    found = compute_link_density(recording)
    if found is None:
        return {}
    static, counts = recording.static("links"), recording.counts()
    described: dict[str, Any] = {
        "links": len(found.peak),
        "speed by density": str(static["relation"]),
        "widths guessed": int(static["width_guessed"].sum()),
        "most on links": found.n_most,
        "most at s": found.most_t_s,
        "densest link /m2": float(found.peak.max(initial=0.0)),
    }
    for name, title in (("border_in", "came in"), ("border_out", "went out"), ("left_network", "arrived")):
        if name in counts:
            described[title] = int(counts[name][-1].sum())
    return described


def _describe_events(recording: Recording) -> list[dict[str, Any]]:
    """Return one row per kind of event, by the time of its first."""
    events = recording.events_frame()
    if events.empty or "kind" not in events or "t_s" not in events:
        return []
    rows = [
        {
            "kind": str(kind),
            "count": len(group),
            "first_s": float(group["t_s"].iloc[0]),
            "last_s": float(group["t_s"].iloc[-1]),
            "first_subject": str(group["subject"].iloc[0]) if "subject" in group else "",
        }
        for kind, group in events.sort_values("t_s", kind="stable").groupby("kind", sort=False)
    ]
    return sorted(rows, key=lambda row: row["first_s"])


def _describe_playbooks(recording: Recording) -> list[dict[str, Any]]:
    """Return one row per step of a playbook that was started."""
    from impetus_sim.analysis.response.playbooks import read_steps

    return [{**asdict(step), "late_s": step.late_s} for step in read_steps(recording)]


def build_tables(document: Mapping[str, Any]) -> list[Table]:
    """Return the tables that `impetus info` prints, without empty ones."""
    from impetus_sim.cli.info_services import service_rows
    from impetus_sim.cli.info_units import unit_tables

    run = {
        "title": document["title"],
        "map": document["map_name"],
        "parameters": document["parameters"],
        "seed": document["seed"],
        "replicate": document["replicate"],
        "digest": document["digest"],
        "duration": _seconds(document["duration_s"]),
        "recorded": f"{document['frames']} frames up to {_seconds(document['recorded_until_s'])}",
        "state": "complete" if document["complete"] else "unfinished",
        "engine": document["engine_version"],
        "map credit": document["map_credit"],
    }
    tables = [_pairs(document["recording"], run)]
    tables.append(_pairs("People", document["people"]))
    tables.append(_pairs("Left through", document["exits"]))
    tables.append(_pairs("Walk network", document["links"]))
    tables.append(_pairs("Traffic", document["traffic"]))
    tables.append(_pairs("Services", service_rows(document["services"])))
    if document["events"]:
        events = _table("Events", "kind", "number", "first", "last", "first about")
        for row in document["events"]:
            first, last = _seconds(row["first_s"]), _seconds(row["last_s"])
            events.add_row(
                _plain(row["kind"]), _plain(row["count"]), first, last, _plain(row["first_subject"])
            )
        tables.append(events)
    if document["sensors"]:
        sensors = _table("Sensors", "sensor", "kind", "streams", "due", "heard", "with a cause")
        for row in document["sensors"]:
            sensors.add_row(*map(_plain, row.values()))
        tables.append(sensors)
    if document["playbooks"]:
        steps = _table("Playbooks", "playbook", "step", "by", "planned", "done", "")
        for row in document["playbooks"]:
            planned, actual = _seconds(row["planned_s"]), _seconds(row["actual_s"]) or ""
            words = (row["playbook"], row["step"], row["owner"], planned, actual, row["fate"])
            steps.add_row(*map(_plain, words))
        tables.append(steps)
    tables += unit_tables(document["units"])
    metrics = document["metrics"].values()
    tables.append(_pairs("Metrics", {found["name"].replace("_", " "): found["text"] for found in metrics}))
    ranges = {f"law {found['law']}": found["text"] for found in document["casualties"]}
    tables.append(_pairs("Casualties: ranges by stated laws, not forecasts", ranges))
    return [table for table in tables if table.row_count]


def _pairs(title: str, values: Mapping[str, Any]) -> Table:
    table = _table(title, "", "")
    table.show_header = False
    for name, value in values.items():
        if value is not None:
            table.add_row(_plain(name), _plain(value))
    return table


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(title=_plain(title), title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _plain(value: Any) -> Any:
    """Return a cell: whole numbers with spaces, others short, text as it is (never as markup)."""
    from rich.text import Text

    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, int):
        return Text(f"{value:,}".replace(",", " "))
    if isinstance(value, float):
        return Text(f"{value:.4g}")
    if isinstance(value, Mapping | list):
        return Text(json.dumps(value, ensure_ascii=False))
    return Text(str(value))


def _seconds(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f} s"

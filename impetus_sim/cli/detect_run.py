"""``impetus detect score RUN.h5``: alerts of a run against what happened, as text or JSON."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.analysis.detection import RunScore


def score_run(path: Path, *, after_s: float, radius_m: float, as_json: bool) -> None:
    """Read a recording, match, and print.

    Raises
    ------
    InvalidInputError
        When the run had no detectors.
    """
    from impetus_sim.analysis.causes import read_trace
    from impetus_sim.analysis.detection import score_trace
    from impetus_sim.engine.branch import read_scenario
    from impetus_sim.recording.reader import open_recording

    recording = open_recording(path)
    scenario = read_scenario(recording)
    if scenario.detection is None or not scenario.detection.detectors:
        raise InvalidInputError(
            f"'{path}' had no detectors", hint="add a section detection, and run it again"
        )
    names = [*scenario.hazards, *(() if scenario.cyber is None else scenario.cyber.attackers)]
    score = score_trace(
        read_trace(recording),
        names,
        duration_s=recording.followed_s,
        after_s=after_s,
        radius_m=radius_m,
    )
    document = _document(path, score)
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
    else:
        _print(document)


def _document(path: Path, score: RunScore) -> dict[str, Any]:
    return {
        "run": str(path),
        "hours": round(score.hours, 4),
        "hit_rate": _or_none(score.hit_rate),
        "incidents": [
            {
                "name": one.name,
                "start_s": one.start_s,
                "found_by": None if one.alert is None else one.alert.subject,
                "alert": None if one.alert is None else one.alert.data.get("alert"),
                "delay_s": _or_none(one.delay_s),
                "distance_m": _or_none(one.distance_m),
                "by": None if one.alert is None else "cause" if one.is_by_cause else "time and place",
            }
            for one in score.incidents
        ],
        "detectors": [
            {
                "name": one.name,
                "alerts": one.n_alerts,
                "false": one.n_false,
                "false_per_hour": round(one.false_per_hour, 4),
            }
            for one in score.detectors
        ],
    }


def _print(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table(title="What happened", title_justify="left")
    for heading in ("", "began", "found by", "alert", "after", "off by", "known by"):
        table.add_column(heading)
    for one in document["incidents"]:
        after = "missed" if one["delay_s"] is None else f"{one['delay_s']:.1f} s"
        off = "" if one["distance_m"] is None else f"{one['distance_m']:.0f} m"
        words = (one["found_by"] or "", one["alert"] or "", after, off, one["by"] or "")
        table.add_row(one["name"], f"{one['start_s']:.1f} s", *words)
    console.print(table)
    table = Table(title=f"Detectors in {document['hours']:.2f} h", title_justify="left")
    for heading in ("", "alerts", "about nothing", "in an hour"):
        table.add_column(heading)
    for one in document["detectors"]:
        table.add_row(one["name"], str(one["alerts"]), str(one["false"]), f"{one['false_per_hour']:.2f}")
    console.print(table)


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)

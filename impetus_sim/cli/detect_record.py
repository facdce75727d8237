"""``impetus detect score --data``: a plant's record, its alarms and its score as text or JSON."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.detection.plant import Watched
    from impetus_sim.detection.scoring.attacks import AttackScore
    from impetus_sim.detection.scoring.batadal import Record

FOLDER = Path("infra", "batadal")
TRAIN, TUNE = "dataset03_normal.csv.gz", "dataset04_attacks.csv.gz"
"""Where the competition's two training sets are below IMPETUS_DATA."""


def score_record(
    data: Path, *, train: Sequence[Path], tune: Sequence[Path], is_left_out: bool, as_json: bool
) -> None:
    """Learn, watch, and print what was found.

    Raises
    ------
    InvalidInputError
        When there is nothing to learn from, or files do not fit together.
    """
    from impetus_sim.detection.plant import LOOKS
    from impetus_sim.detection.scoring import batadal

    record = batadal.read_record(data)
    learned = [*train, *tune] or _default_files()
    if is_left_out:
        learned = [path for path in learned if path.resolve() != data.resolve()]
    others = [batadal.read_record(path, is_clean=path in train) for path in learned]
    _say(f"learning from {', '.join(str(path) for path in learned)}")
    document: dict[str, Any] = {"data": str(data), "learned_from": [str(path) for path in learned]}
    document["configuration"] = {
        "factor": batadal.FACTOR,
        "margin": batadal.MARGIN,
        "hold_h": batadal.HOLD_H,
    }
    score: AttackScore | None
    if is_left_out:
        alarms, score = batadal.leave_one_out(record, others)
        document["left_out"] = "each part of the record that holds one attack"
        periods = _periods(record, alarms)
    else:
        monitor = batadal.learn(batadal.join([other.clean() for other in others]))
        found, score = batadal.watch(record, monitor)
        alarms = found.alarms
        periods = _periods(record, alarms, found)
    document |= {
        "hours": len(alarms),
        "alarm_hours": int(alarms.sum()),
        "alarms": periods,
        "score": None if score is None else _score(record, score),
        "published": _published(),
    }
    if as_json:
        click.echo(json.dumps(_finite(document), allow_nan=False))
    else:
        _print(document, LOOKS)


def _default_files() -> list[Path]:
    folder = Path(os.environ.get("IMPETUS_DATA", "")) / FOLDER
    files = [folder / TRAIN, folder / TUNE]
    if "IMPETUS_DATA" not in os.environ or not files[0].is_file():
        raise InvalidInputError(
            "there is nothing to learn from",
            hint=f"--train FILE, or set IMPETUS_DATA to the folder that holds {FOLDER / TRAIN}",
        )
    return [path for path in files if path.is_file()]


def _periods(record: Record, alarms: Any, found: Watched | None = None) -> list[dict[str, Any]]:
    # Alarms as periods, with what first gave rise to each.
    from impetus_sim.detection.plant import LOOKS
    from impetus_sim.detection.scoring.attacks import find_attacks

    periods: list[dict[str, Any]] = []
    for start, stop in find_attacks(alarms):
        period: dict[str, Any] = {
            "first_hour": record.hours[start],
            "last_hour": record.hours[stop - 1],
            "hours": stop - start,
        }
        if found is not None:
            period["look"] = LOOKS[int(found.scores[start].argmax())]
            period["signal"] = record.signals[int(found.signals[start])]
        periods.append(period)
    return periods


def _score(record: Record, score: AttackScore) -> dict[str, Any]:
    attacks = [
        {
            "first_hour": record.hours[attack.start],
            "hours": attack.stop - attack.start,
            "found_after_h": None if attack.first_alarm < 0 else attack.delay,
            "s_ttd": attack.s_ttd,
            "tpr": attack.hit_share,
        }
        for attack in score.attacks
    ]
    parts = {"s": score.s, "s_ttd": score.s_ttd, "tpr": score.tpr, "tnr": score.tnr}
    return {**parts, "found": score.n_found, "of": len(attacks), "attacks": attacks}


def _published() -> list[dict[str, Any]]:
    from impetus_sim.detection.scoring.attacks import PUBLISHED

    return [
        {"who": p.who, "s": p.s, "s_ttd": p.s_ttd, "tpr": p.tpr, "tnr": p.tnr, "found": p.found}
        for p in PUBLISHED
    ]


def _print(document: dict[str, Any], looks: Sequence[str]) -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 120)
    score = document["score"]
    if score is None:
        console.print("No score: the record does not say of every hour whether there was an attack.")
        console.print(_alarm_table(document["alarms"]))
        return
    console.print(_ranking(score))
    console.print(_attack_table(score["attacks"]))
    n_other = sum(1 for period in document["alarms"])
    console.print(
        f"{document['alarm_hours']} of {document['hours']} hours under alarm, in {n_other} periods. "
        "Published scores are of the competition's test set. Always an alarm: S 0.750, never: 0.250."
    )
    if all("look" in period for period in document["alarms"]):
        counts = {look: sum(p["look"] == look for p in document["alarms"]) for look in looks}
        console.print("First look to alarm: " + ", ".join(f"{look} {n}" for look, n in counts.items()))


def _ranking(score: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(title="Score, beside the published ranking", title_justify="left")
    for heading in ("", "S", "S_TTD", "TPR", "TNR", "found"):
        table.add_column(heading)
    rows = [*_published(), {"who": "this monitor, on this record", **score}]
    for row in sorted(rows, key=lambda row: -row["s"]):
        is_ours = "of" in row
        values = [_number(row[key]) for key in ("s", "s_ttd", "tpr", "tnr")]
        found = "" if row["found"] is None else f"{row['found']} of {row['of'] if is_ours else 7}"
        table.add_row(row["who"], *values, found, style="bold" if is_ours else None)
    return table


def _attack_table(attacks: Sequence[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table(title="Attacks", title_justify="left")
    for heading in ("first hour", "hours", "found after h", "S_TTD", "TPR"):
        table.add_column(heading)
    for attack in attacks:
        delay = "missed" if attack["found_after_h"] is None else str(attack["found_after_h"])
        numbers = _number(attack["s_ttd"]), _number(attack["tpr"])
        table.add_row(attack["first_hour"], str(attack["hours"]), delay, *numbers)
    return table


def _alarm_table(periods: Sequence[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table(title="Alarms", title_justify="left")
    for heading in ("first hour", "last hour", "hours", "found by", "most off"):
        table.add_column(heading)
    for period in periods:
        words = [str(period[key]) for key in ("first_hour", "last_hour", "hours", "look", "signal")]
        table.add_row(*words)
    return table


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.3f}"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _say(text: str) -> None:
    click.echo(text, err=True)

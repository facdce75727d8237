"""``impetus detect``: how good detectors are."""

from __future__ import annotations

import json
from pathlib import Path

import click

from impetus_sim.errors import InvalidInputError


@click.group("detect", epilog="Example: impetus detect score --data telemetry.csv")
def detect_group() -> None:
    """Score detectors: those of a run, or of a plant's record with attacks."""


@detect_group.command(
    "score", epilog="Example: impetus detect score --data dataset04.csv --train dataset03.csv"
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hourly telemetry of a water network in the form of BATADAL (.csv, .csv.gz) to watch and to score.",
)
@click.option(
    "--train",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Record without attacks to learn from; may be repeated. Left out, with --tune: the competition's two "
    "training sets below IMPETUS_DATA.",
)
@click.option(
    "--tune",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Labelled record whose hours well away from attacks are learned from too; may be repeated.",
)
@click.option(
    "--leave-one-out",
    is_flag=True,
    help="Judge each attack of --data by what is learned from the other parts of it, and from --train and --tune.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def score_command(
    data: Path | None,
    *,
    train: tuple[Path, ...],
    tune: tuple[Path, ...],
    leave_one_out: bool,
    as_json: bool,
) -> None:
    """Tell how soon and how well incidents are found, beside published scores.

    Without labels in the record the alarms are listed and nothing is scored.
    """
    from impetus_sim.cli.detect_record import score_record

    if data is None:
        raise InvalidInputError("nothing to score", hint="impetus detect score --data FILE")
    score_record(data, train=train, tune=tune, is_left_out=leave_one_out, as_json=as_json)


@detect_group.command("egress", epilog="Example: impetus detect egress --seeds 200 --days 200")
@click.option(
    "--seeds", type=click.IntRange(1, 100_000), default=200, show_default=True, help="Days with an egress."
)
@click.option(
    "--days", type=click.IntRange(1, 100_000), default=200, show_default=True, help="Days without one."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Root of all draws.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def egress_command(*, seeds: int, days: int, seed: int, as_json: bool) -> None:
    """Try the detector of an egress on counts at the exits of a made square.

    Counts have groups, showers, shows that end, schools that let out and counters that fail; the detector learns
    from 28 other days.
    """
    from impetus_sim.detection.scoring import egress_trials as trials

    click.echo("learning from 28 days, then trying", err=True)
    result = trials.run_trials(n_trials=seeds, n_days=days, seed=seed)
    document = trials.summarise(result)
    click.echo(json.dumps(document) if as_json else "\n".join(trials.describe(document)))

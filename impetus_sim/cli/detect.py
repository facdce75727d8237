"""``impetus detect``: how good detectors are."""

from __future__ import annotations

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

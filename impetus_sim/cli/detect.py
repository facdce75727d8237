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
    "score", epilog="Examples: impetus detect score run.h5; impetus detect score --data dataset04.csv"
)
@click.argument("run", required=False, type=click.Path(path_type=Path), metavar="[RUN.h5]")
@click.option(
    "--after",
    default="5 min",
    show_default=True,
    metavar="TIME",
    help="Of a run: alerts until this time after the last act of a hazard may be about it.",
)
@click.option(
    "--radius",
    default="150 m",
    show_default=True,
    metavar="LENGTH",
    help="Of a run: alerts within this distance of a hazard may be about it.",
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
    run: Path | None,
    *,
    after: str,
    radius: str,
    data: Path | None,
    train: tuple[Path, ...],
    tune: tuple[Path, ...],
    leave_one_out: bool,
    as_json: bool,
) -> None:
    """Tell how soon and how well incidents are found: in a run, or in a record beside published scores.

    Of RUN.h5 the alerts are matched with hazards and attackers, by the chain of causes or by time and place. Of a
    record without labels the alarms are listed and nothing is scored.
    """
    if (run is None) == (data is None):
        raise InvalidInputError(
            "nothing to score" if run is None else "a run and a record at once",
            hint="impetus detect score RUN.h5, or impetus detect score --data FILE",
        )
    if run is not None:
        from impetus_sim.cli.detect_run import score_run
        from impetus_sim.units import parse_quantity

        lengths = {"after_s": parse_quantity(after, "time"), "radius_m": parse_quantity(radius, "length")}
        score_run(run, **lengths, as_json=as_json)
        return
    from impetus_sim.cli.detect_record import score_record

    assert data is not None
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

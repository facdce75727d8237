"""``impetus bench``: agent-steps per second on this machine, beside a peer where it is installed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click


def _whole_numbers(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    del context
    try:
        numbers = tuple(int(part) for part in value.replace("_", "").split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) < 1:
        raise click.BadParameter(f"'{value}' is not a list of whole numbers such as 1,2", param=parameter)
    return numbers


@click.command("bench", epilog="Example: impetus bench crowd --people 5000,20000 --threads 1,2 --json")
@click.argument("family", type=click.Choice(["crowd"]), default="crowd")
@click.option("--people", callback=_whole_numbers, default="1000,5000", show_default=True, help="How many.")
@click.option("--threads", callback=_whole_numbers, default="1,2", show_default=True, help="Of our kernels.")
@click.option(
    "--case",
    "grounds",
    type=click.Choice(["room", "plaza", "neck"]),
    multiple=True,
    default=("room", "plaza", "neck"),
    show_default=True,
    help="Ground; may be repeated.",
)
@click.option(
    "--horizon", type=click.FloatRange(0.5, 600.0), default=2.0, show_default=True, help="Simulated s."
)
@click.option("--no-peer", is_flag=True, help="Ours alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def bench_command(
    family: str,
    *,
    people: tuple[int, ...],
    threads: tuple[int, ...],
    grounds: tuple[str, ...],
    horizon: float,
    no_peer: bool,
    as_json: bool,
) -> None:
    """Measure the walking model beside JuPedSim's CollisionFreeSpeedModelV2.

    Same ground, people, parameters and step (0.01 s), nothing recorded. The peer runs where it is installed
    (pip install "impetus_sim[bench]"). A row counts only when both sides agree in the outcome and
    cpu/wall is near the number of threads: a busy machine measures the other work. For one thread ratio/cpu
    compares agent-steps per second of processor time, which other work disturbs less.
    """
    del family  # crowd is the only one so far
    from impetus_sim.engine.warmup import warm_up
    from impetus_sim.verification.speed.compare import compare_speed
    from impetus_sim.verification.speed.peer import peer_version

    warm_up(_say)
    if not no_peer and not peer_version():
        _say('the peer JuPedSim is not installed, so ours runs alone: pip install "impetus_sim[bench]"')
    rows = compare_speed(
        grounds, people, threads=threads, horizon_s=horizon, with_peer=not no_peer, progress=_say
    )
    if as_json:
        click.echo(json.dumps({"rows": rows}))
    else:
        _print_table(rows)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _print_table(rows: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Agent-steps per second at a step of 0.01 s", title_justify="left")
    for heading in (
        "case",
        "people",
        "threads",
        "ours",
        "peer",
        "ratio",
        "ratio/cpu",
        "cpu/wall",
        "out: ours, peer",
        "m/s",
        "end s",
    ):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for row in rows:
        ours, peer = row["ours_accuracy"], row["peer_accuracy"] or {}
        table.add_row(
            row["case"],
            str(row["n"]),
            str(row["threads"]),
            f"{row['ours'] / 1e3:.0f} k",
            "-" if row["peer"] is None else f"{row['peer'] / 1e3:.0f} k",
            "-" if row["ratio"] is None else f"{row['ratio']:.2f}",
            "-" if row["ratio_per_cpu"] is None else f"{row['ratio_per_cpu']:.2f}",
            f"{row['cpu_per_wall']:.2f}",
            *(
                f"{ours[key]:g}, {peer[key]:g}" if peer else f"{ours[key]:g}"
                for key in ("out", "mean_speed_m_s", "end_s")
            ),
        )
    Console(width=130).print(table)
    versions = {row["peer_version"] for row in rows if row["peer_version"]}
    click.echo(f"peer: {', '.join(sorted(versions)) or 'none'}; the peer uses one thread")

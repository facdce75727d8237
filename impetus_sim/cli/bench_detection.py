"""``impetus bench detection``: a shift in the mean, found by ours and by detectors of river and ruptures."""

from __future__ import annotations

import click

from impetus_sim.cli.bench_table import Rows, name_peers, say, show_rows


@click.command("detection", epilog="Example: impetus bench detection --shift 1 --shift 1.5")
@click.option(
    "--shift",
    "shifts",
    type=click.FloatRange(0.0, 100.0, min_open=True),
    multiple=True,
    default=(0.5, 1.5),
    show_default=True,
    help="Standard deviations; may be repeated.",
)
@click.option(
    "--series", type=click.IntRange(2, 10_000), default=20, show_default=True, help="Series of 2000 readings."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def detection_command(*, shifts: tuple[float, ...], series: int, as_json: bool) -> None:
    """Measure detectors of a shift beside those of river and ruptures, where the extra `bench` is installed."""
    from impetus_sim.verification.detection_speed.compare import compare_shift

    rows = [row for shift in shifts for row in compare_shift(shift, n_series=series, say=say)]
    show_rows(rows, as_json=as_json, print_table=_print_table)


def _print_table(rows: Rows) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Mean shifts at reading 1500 of 2000", title_justify="left")
    for heading in ("", "shift", "missed", "delay, readings", "false in 1000 readings", "us a reading"):
        table.add_column(heading, justify="right")
    for row in rows:
        delay = "-" if row["delay"] is None else f"{row['delay']:.1f}"
        cells = (f"{row['missed']:.0%}", delay, f"{row['false_per_1000']:.2f}", f"{row['us']:.3g}")
        table.add_row(row["finder"], f"{row['shift']:g}", *cells)
    Console(width=120).print(table)
    click.echo(f"peers: {name_peers(rows)}")

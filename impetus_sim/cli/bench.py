"""``impetus bench``: how fast this machine is beside a peer, one command per family."""

from __future__ import annotations

import click

from impetus_sim.cli.bench_crowd import crowd_command
from impetus_sim.cli.bench_cyber import cyber_command
from impetus_sim.cli.bench_detection import detection_command
from impetus_sim.cli.bench_power import power_command
from impetus_sim.cli.bench_traffic import traffic_command
from impetus_sim.cli.bench_water import water_command


class _Families(click.Group):
    """Families; without one, that of crowds is meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["crowd", *args]
        return super().parse_args(ctx, args)


@click.group("bench", cls=_Families)
def bench_command() -> None:
    """Measure the speed of this machine against a peer."""


bench_command.add_command(crowd_command)
bench_command.add_command(cyber_command)
bench_command.add_command(detection_command)
bench_command.add_command(traffic_command)
bench_command.add_command(power_command)
bench_command.add_command(water_command)

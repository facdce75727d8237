"""Curves of how power, water and phones were lost and came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from impetus_sim.analysis.infrastructure.service_loss import ServiceLoss
from impetus_sim.report import style
from impetus_sim.report.traffic_curves import draw_time_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SERVICE_COLOURS: Final = {"power": "#d55e00", "water": "#0072b2", "phone": "#5d3a9b"}
_DASHES: Final = {"power": "-", "water": "--", "phone": ":"}
_LEAST_SHOWN: Final = 0.1
"""The axis starts this far below the lowest share."""


def plot_restoration(losses: Sequence[ServiceLoss], *, credit: str) -> Figure:
    """Return a figure of the share of people with each service over time.

    The area above the curve of the service that was lost most is filled: as hours of full service it is the
    equivalent outage time.

    Parameters
    ----------
    losses
        One at least.
    credit
        Of the map.
    """
    figure = style.new_figure(9.0, 4.2)
    axes = figure.add_axes((0.09, 0.2, 0.88, 0.68))
    worst = max(losses, key=lambda loss: loss.restoration.lost_h)
    if worst.person_hours > 0.0:
        axes.fill_between(
            worst.times_s,
            100.0 * worst.share,
            100.0,
            step="post",
            color=SERVICE_COLOURS[worst.service],
            alpha=0.15,
            linewidth=0,
        )
    for loss in losses:
        axes.step(
            loss.times_s,
            100.0 * loss.share,
            where="post",
            color=SERVICE_COLOURS[loss.service],
            linestyle=_DASHES[loss.service],
            linewidth=2.0,
            label=loss.service,
        )
    lowest = min(loss.restoration.lowest for loss in losses)
    axes.set_ylim(max(0.0, 100.0 * (lowest - _LEAST_SHOWN)), 101.0)
    axes.set_ylabel("people with it, %")
    axes.set_title("Service lost and restored")
    axes.legend(loc="lower right", fontsize=9)
    draw_time_axis(axes, float(worst.times_s[-1]))
    figure.text(0.97, 0.03, credit, fontsize=7.5, color=style.MUTED, ha="right")
    return figure

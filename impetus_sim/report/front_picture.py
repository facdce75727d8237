"""Two objectives against each other: the Pareto set with names and intervals, dominated sets faint."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDEST: Final = 34


def draw_front(axes: Axes, document: Mapping[str, Any]) -> None:
    """Draw the first two objectives of a plan.

    Parameters
    ----------
    axes
        Where.
    document
        Of ``plan.json``, with two objectives or more.
    """
    (x, x_described), (y, y_described) = list(document["objectives"].items())[:2]
    known = [
        row for row in document["sets"] if all(row["objectives"][name]["mean"] is not None for name in (x, y))
    ]
    front = sorted(
        (row for row in known if row["is_pareto"]), key=lambda row: float(row["objectives"][x]["mean"])
    )
    for row in known:
        if not row["is_pareto"]:
            axes.plot(_mean(row, x), _mean(row, y), "o", color=style.FAINT, markersize=5, zorder=1)
    axes.plot(
        [_mean(row, x) for row in front],
        [_mean(row, y) for row in front],
        color=style.OPTION_COLOURS[1],
        linewidth=0.8,
        linestyle=":",
        zorder=2,
    )
    for k, row in enumerate(front):
        axes.errorbar(
            _mean(row, x),
            _mean(row, y),
            xerr=_reach(row, x),
            yerr=_reach(row, y),
            fmt="o",
            color=style.OPTION_COLOURS[1],
            ecolor=style.MUTED,
            elinewidth=0.9,
            markersize=8,
            mec=style.PAPER,
            zorder=3,
        )
        label = row["title"] or "nothing more"
        axes.annotate(
            "\n".join(textwrap.wrap(label, _WIDEST, max_lines=3, placeholder=" …")),
            (_mean(row, x), _mean(row, y)),
            xytext=(9, 9 if k % 2 == 0 else -9),
            textcoords="offset points",
            va="bottom" if k % 2 == 0 else "top",
            fontsize=9,
            zorder=4,
        )
    axes.set_xlabel(_axis(x_described))
    axes.set_ylabel(_axis(y_described))
    axes.margins(0.12)
    axes.set_title("What no other set beats in both (blue, with 95 % intervals); all others are grey")


def _mean(row: Mapping[str, Any], name: str) -> float:
    return float(row["objectives"][name]["mean"])


def _reach(row: Mapping[str, Any], name: str) -> list[list[float]]:
    summary = row["objectives"][name]
    if summary["low"] is None:
        return [[0.0], [0.0]]
    return [[summary["mean"] - summary["low"]], [summary["high"] - summary["mean"]]]


def _axis(described: Mapping[str, str]) -> str:
    unit = f" ({described['unit']})" if described["unit"] else ""
    better = f", {described['better']} is better" if described["better"] else ""
    return f"{described['label']}{unit}{better}"

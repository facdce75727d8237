"""People over time in every option of a study: the median over its runs, with a band of nine runs in ten."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from impetus_sim.report import style
from impetus_sim.report.egress_curve import format_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GAP: Final = 0.075  # between names at the ends of lines, as a share of the axis
_DASHES: Final[tuple[Any, ...]] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
_ROOM: Final = 0.26  # right of the axis for names, as a share of the figure
_LETTERS: Final = 26


@dataclass(frozen=True, kw_only=True)
class _Name:
    """What a line is called; at_end and mean are its height where the axis ends and on average."""

    text: str
    colour: str
    at_end: float
    mean: float


def plot_bands(curve: Mapping[str, Any], titles: Mapping[str, str]) -> Figure:
    """Return the figure of one curve.

    Parameters
    ----------
    curve
        Of ``curves`` in a comparison's document (`planning.comparison.curves`).
    titles
        Option name to what it is called, the baseline first.
    """
    figure = style.new_figure(9.0, 3.9)
    axes = figure.add_axes((0.085, 0.16, 0.9 - _ROOM, 0.7))
    options = [option for option in curve["options"] if option["name"] in titles]
    order = list(titles)
    end_s = max(_last_change_s(option) for option in options)
    names = []
    for option in options:
        index = order.index(option["name"])
        colour = style.OPTION_COLOURS[index % len(style.OPTION_COLOURS)]
        times_s = np.linspace(0.0, option["end_s"], len(option["median"]))
        axes.fill_between(times_s, option["low"], option["high"], color=colour, alpha=0.22, linewidth=0)
        dash = _DASHES[index % len(_DASHES)]
        axes.plot(times_s, option["median"], color=colour, linewidth=2.2, linestyle=dash)
        names.append(
            _Name(
                text=textwrap.fill(titles[option["name"]], _LETTERS, max_lines=2, placeholder=" …"),
                colour=colour,
                at_end=float(np.interp(end_s, times_s, option["median"])),
                mean=float(np.mean(option["median"])),
            )
        )
    top = max(max(option["high"]) for option in options)
    axes.set_ylim(0, 1.1 * top)
    format_time_axis(axes, end_s)
    axes.set_ylabel(curve["label"])
    axes.set_title(f"{curve['label'][:1].upper()}{curve['label'][1:]} over time")
    _name_lines(axes, names, end_s=end_s, top=1.1 * top)
    return figure


def _last_change_s(option: Mapping[str, Any]) -> float:
    """Return a little after the time from which nothing changes in any run."""
    curves = np.array([option["low"], option["median"], option["high"]])
    changed = np.flatnonzero((curves[:, :-1] != curves[:, -1:]).any(axis=0))
    last = (int(changed[-1]) + 1) / (curves.shape[1] - 1) if len(changed) else 1.0
    return float(option["end_s"] * min(1.0, 1.05 * last))


def _name_lines(axes: Axes, names: list[_Name], *, end_s: float, top: float) -> None:
    """Write each name beside the end of its line, tied to it where lines that end together push names apart."""
    ordered = sorted(names, key=lambda name: (name.at_end, name.mean))
    halves = [0.5 * _GAP * top * (name.text.count("\n") + 1.5) for name in ordered]
    for name, place in zip(ordered, spread_apart([n.at_end for n in ordered], halves, top=top), strict=True):
        axes.plot(
            [end_s, 1.03 * end_s], [name.at_end, place],
            color=name.colour, linewidth=1.0, clip_on=False, scalex=False, scaley=False,
        )  # fmt: skip
        axes.text(
            1.04 * end_s, place, name.text,
            color=name.colour, fontsize=8.5, fontweight="bold", va="center",
        )  # fmt: skip


def spread_apart(wanted: Sequence[float], halves: Sequence[float], *, top: float) -> list[float]:
    """Return where to put the middles of names so that none touches the next and none passes the top.

    Parameters
    ----------
    wanted
        Heights at which they would best stand, ascending.
    halves
        Half of the height of each.
    top
        Of the axis.
    """
    places = [max(height, half) for height, half in zip(wanted, halves, strict=True)]
    for k in range(1, len(places)):
        places[k] = max(places[k], places[k - 1] + halves[k - 1] + halves[k])
    ceiling = top
    for k in reversed(range(len(places))):
        places[k] = min(places[k], ceiling - halves[k])
        ceiling = places[k] - halves[k]
    return places

"""The page of who was without power, water or a phone: where, how long, how many over time, because of what."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.causes import Event, Trace, read_trace
from impetus_sim.analysis.infrastructure.lacks import PEOPLE_LACK, Lack
from impetus_sim.analysis.infrastructure.recorded import RecordedAssets, read_assets
from impetus_sim.analysis.traffic.recorded import has_traffic, read_network
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.restoration_picture import SERVICE_COLOURS
from impetus_sim.world.assets import WORKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 14.0, 9.6
_MAP = (0.03, 0.075, 0.6, 0.77)
_EDGES_MIN: Final = (0.0, 15.0, 60.0, 240.0)
"""Minutes without at which colours change; the last class is open."""
_COLOURS: Final = ("#f2c14e", "#e07a2f", "#b3312c", "#5c1330")
_NAMES: Final = ("up to 15 min", "15 min to 1 h", "1 to 4 h", "more than 4 h")

_MOST_POINTS: Final = 700.0
"""Area of the circle of the most people, square points."""
_LISTED: Final = 5
ONE_RUN = "One run shows what can happen, not what will. What the map does not hold is made by rule."


def plot_lacks(recording: Recording, *, of: str) -> Figure:
    """Return the page of who was without a service.

    Parameters
    ----------
    recording
        Of a run with infrastructure.
    of
        ``power``, ``water`` or ``phone``: what the map shows; the curve shows all three.

    Raises
    ------
    InvalidInputError
        When the run had no infrastructure, or the assets that it wrote by hand supply nobody.
    """
    assets = read_assets(recording)
    lacks = {name: compute(recording, assets) for name, compute in PEOPLE_LACK.items()}
    lack = lacks[of]
    if not len(lack.people):
        raise InvalidInputError(
            f"'{recording.path}' knows of nobody who is supplied with {of}",
            hint="run a scenario with a section infrastructure on a map of a city",
        )
    figure = style.new_figure(WIDTH_IN, HEIGHT_IN)
    _write_head(figure, recording, assets, lack, of)
    axes = figure.add_axes(_MAP)
    _draw_map(axes, recording, assets, lack)
    _draw_key(figure, lack, of)
    curve = figure.add_axes((0.71, 0.46, 0.26, 0.2))
    curve.set_title("People without, over time")
    _draw_curves(curve, assets, lacks)
    _list_causes(figure.add_axes((0.67, 0.075, 0.31, 0.27)), read_trace(recording))
    figure.text(0.03, 0.02, ONE_RUN, fontsize=8.5, color=style.MUTED, va="center")
    credit = str(recording.attributes.get("map_credit", ""))
    figure.text(0.97, 0.02, credit, fontsize=8, color=style.MUTED, va="center", ha="right")
    return figure


def save_lacks_picture(recording: Recording, path: Path, *, of: str) -> Path:
    """Write the page of who was without a service as PNG."""
    with style.page_style():
        return style.save_png(plot_lacks(recording, of=of), path)


def _write_head(figure: Figure, recording: Recording, assets: RecordedAssets, lack: Lack, of: str) -> None:
    attributes = recording.attributes
    title = textwrap.shorten(str(attributes.get("title", recording.path.stem)), 80, placeholder=" …")
    figure.text(0.03, 0.955, title, fontsize=20, fontweight="bold", va="center")
    hours = lack.person_hours(assets.spans_s)
    n = float(lack.n_without.max(initial=0.0))
    said = f"Without {of}: {style.format_count(n)} people at most, {style.format_count(hours)} person-hours"
    end = f"in {style.format_time(assets.end_s)}"
    figure.text(0.03, 0.915, f"{said} {end}", fontsize=13, va="center")
    n_mapped = int(assets.is_mapped.sum())
    parts = [
        f"{style.format_count(len(assets.ids))} assets, {style.format_count(n_mapped)} of them on the map"
    ]
    if "seed" in attributes:
        parts.append(f"seed {attributes['seed']}, replicate {attributes.get('replicate', 0)}")
    figure.text(0.03, 0.885, "  ·  ".join(parts), fontsize=9.5, color=style.MUTED, va="center")


def _draw_map(axes: Axes, recording: Recording, assets: RecordedAssets, lack: Lack) -> None:
    from matplotlib.collections import LineCollection

    axes.set_facecolor(style.GROUND)
    if has_traffic(recording):
        network = read_network(recording)
        lines = np.split(network.points, network.first[1:-1])
        axes.add_collection(LineCollection(lines, colors=style.FAINT, linewidths=0.7))
    placed = np.isfinite(assets.x)
    west, east = float(assets.x[placed].min()), float(assets.x[placed].max())
    south, north = float(assets.y[placed].min()), float(assets.y[placed].max())
    aspect = _MAP[2] * WIDTH_IN / (_MAP[3] * HEIGHT_IN)
    half_m = 0.53 * max((east - west) / aspect, north - south, 100.0)
    x, y = 0.5 * (west + east), 0.5 * (south + north)
    axes.set(xlim=(x - half_m * aspect, x + half_m * aspect), ylim=(y - half_m, y + half_m))
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    minutes = lack.is_without.T @ assets.spans_s / 60.0
    size = _MOST_POINTS * lack.people / max(float(lack.people.max(initial=0.0)), 1.0) + 6.0
    never = minutes == 0.0
    axes.scatter(
        lack.x[never], lack.y[never], s=size[never], facecolors="none", edgecolors=style.MUTED, lw=0.6
    )
    for k in np.argsort(-size):
        if not never[k]:
            colour = _COLOURS[_class_of(float(minutes[k]))]
            axes.scatter(
                lack.x[k],
                lack.y[k],
                s=size[k],
                color=colour,
                alpha=0.85,
                edgecolors="white",
                lw=0.6,
                zorder=3,
            )
    signals = assets.of_kind("signal")
    out = signals[(assets.level[:, signals] < WORKS).any(axis=0)]
    axes.scatter(assets.x[out], assets.y[out], marker="x", s=26, color=style.INK, lw=1.3, zorder=4)
    style.draw_scale_bar(axes)
    style.draw_north(axes)


def _class_of(minutes: float) -> int:
    return int(np.searchsorted(_EDGES_MIN, minutes, side="left")) - 1


def _draw_key(figure: Figure, lack: Lack, of: str) -> None:
    from matplotlib.lines import Line2D

    def circle(colour: str, fill: str, label: str) -> Line2D:
        return Line2D(
            [], [], marker="o", ls="none", ms=9, markeredgecolor=colour, markerfacecolor=fill, label=label
        )

    handles = [circle(colour, colour, name) for colour, name in zip(_COLOURS, _NAMES, strict=True)]
    handles.append(circle(style.MUTED, "none", "never without"))
    out = Line2D([], [], marker="x", linestyle="none", color=style.INK, label="traffic signal that went out")
    most = style.format_count(float(lack.people.max(initial=0.0)))
    figure.legend(
        handles=[*handles, out],
        title=f"People by how long without {of}\n(largest circle: {most} people)",
        title_fontproperties={"weight": "bold", "size": 9},
        loc="upper left",
        bbox_to_anchor=(0.655, 0.87),
        fontsize=8.5,
        alignment="left",
        ncols=2,
    )


def _draw_curves(axes: Axes, assets: RecordedAssets, lacks: dict[str, Lack]) -> None:
    minutes = np.append(assets.times_s, assets.end_s) / 60.0
    for name, lack in lacks.items():
        n: npt.NDArray[np.float64] = lack.n_without
        axes.step(
            minutes, np.append(n, n[-1:]), where="post", color=SERVICE_COLOURS[name], label=name, lw=1.8
        )
    axes.set(xlim=(0.0, max(float(minutes[-1]), 1e-6)), xlabel="minutes after the start")
    axes.set_ylim(bottom=0.0)
    axes.yaxis.set_major_formatter(lambda value, _: style.format_count(value))
    axes.legend(fontsize=8.5, loc="best")


def _list_causes(axes: Axes, trace: Trace) -> None:
    """Write the first causes by how much followed from each."""
    axes.axis("off")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_title("First causes, by what followed")
    roots: list[tuple[int, Event]] = [(len(trace.reach(root)) - 1, root) for root in trace.roots]
    roots = sorted((row for row in roots if row[0]), key=lambda row: (-row[0], row[1].id))[:_LISTED]
    if not roots:
        axes.text(0.0, 0.9, "nothing happened", fontsize=9)
    for row, (n, event) in enumerate(roots):
        y = 0.88 - 0.15 * row
        what = f"{style.format_minutes(event.t_s)}  {event.kind.replace('_', ' ')}: {event.subject}"
        axes.text(0.0, y, textwrap.shorten(what, 46, placeholder=" …"), fontsize=8.5, va="center")
        axes.text(1.0, y, f"{style.format_count(n)} events", fontsize=8.5, va="center", ha="right")

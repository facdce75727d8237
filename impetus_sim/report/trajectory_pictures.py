"""Measured trajectories beside simulated ones, as pictures for docs/verification.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.report import style
from impetus_sim.verification.trajectories.cases import MODEL, Pair, compare
from impetus_sim.verification.trajectories.experiments import EXPERIMENTS
from impetus_sim.verification.trajectories.widths import WIDTHS_M, flow_at_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIMULATED = style.OPTION_COLOURS[2]
MEASURED = style.INK
BIN_PER_M2 = 0.25
LEAST_FRAMES = 20
SEYFRIED_PER_M_S = 1.9
"""Slope of flow against width, Seyfried et al. (2009), Transportation Science 43(3)."""


def draw_pictures(folder: Path) -> list[Path]:
    """Draw the four comparisons into a folder and return the files.

    Parameters
    ----------
    folder
        There already.
    """
    pairs = [compare(experiment, MODEL) for experiment in EXPERIMENTS]
    drawings = {
        "trajectories_bottleneck.png": _draw_bottleneck,
        "trajectories_corridor.png": _draw_corridor,
        "trajectories_bidirectional.png": _draw_bidirectional,
        "trajectories_corner.png": _draw_corner,
    }
    files = []
    with style.page_style():
        for name, draw in drawings.items():
            figure = style.new_figure(9.0, 4.0)
            axes = figure.subplots(1, 2)
            draw(axes[0], axes[1], pairs)
            figure.tight_layout(w_pad=2.5)
            files.append(style.save_png(figure, folder / name))
    return files


def _of(pairs: list[Pair], group: str) -> list[Pair]:
    return [pair for pair in pairs if pair.experiment.group == group]


def _draw_bottleneck(left: Axes, right: Axes, pairs: list[Pair]) -> None:
    gates = [p for p in _of(pairs, "corridor") if p.experiment.width_m < 1.8] + _of(pairs, "bottleneck")
    widths = [pair.experiment.width_m for pair in gates]
    for axes, per_metre in ((left, False), (right, True)):
        scale = np.array(widths) if per_metre else np.ones(len(widths))
        swept = np.array([flow_at_width(width) for width in WIDTHS_M])
        line = swept / np.array(WIDTHS_M) if per_metre else swept
        axes.plot(WIDTHS_M, line, color=SIMULATED, linewidth=1.2, label="simulated, room with a gate")
        axes.plot(
            widths,
            [p.simulated.flow for p in gates] / scale,
            "o",
            color=SIMULATED,
            label="simulated, as measured",
        )
        axes.plot(widths, [p.measured.flow for p in gates] / scale, "D", color=MEASURED, label="measured")
        known = np.array([0.7, 3.0])
        axes.plot(
            known,
            SEYFRIED_PER_M_S * (np.ones(2) if per_metre else known),
            color=style.MUTED,
            linestyle=(0, (4, 3)),
            linewidth=0.9,
            label="1.9 /(m s), Seyfried 2009",
        )
        axes.set_xlim(0.0, 3.2)
        axes.set_ylim(0.0, 3.2 if per_metre else None)
        axes.set_xlabel("width of the bottleneck, m")
    left.set_title("Flow of bottlenecks")
    left.set_ylabel("flow, persons per s")
    right.set_title("Per metre of width")
    right.set_ylabel("specific flow, persons per (m s)")
    left.legend(fontsize=8, loc="upper left")


def _draw_corridor(left: Axes, right: Axes, pairs: list[Pair]) -> None:
    runs = _of(pairs, "corridor")
    for side, colour, mark, word in (
        ("measured", MEASURED, "D", "measured"),
        ("simulated", SIMULATED, "o", "simulated"),
    ):
        figures = [getattr(pair, side) for pair in runs]
        density, speed = [f.density for f in figures], [f.speed for f in figures]
        left.plot(density, speed, mark, color=colour, label=f"{word}, mean of a run")
        right.plot(density, np.multiply(density, speed), mark, color=colour)
        all_density = np.concatenate([f.densities for f in figures])
        all_speed = np.concatenate([f.speeds for f in figures])
        x, y = bin_speeds(all_density, all_speed)
        left.plot(x, y, color=colour, linewidth=1.2, label=f"{word}, by density")
        right.plot(x, x * y, color=colour, linewidth=1.2)
    steady = np.linspace(0.3, 5.0, 60)
    weidmann = 1.34 * (1.0 - np.exp(-1.913 * (1.0 / steady - 1.0 / 5.4)))
    left.plot(
        steady,
        weidmann,
        color=style.MUTED,
        linestyle=(0, (4, 3)),
        linewidth=0.9,
        label="Weidmann 1993 (design)",
    )
    right.plot(steady, steady * weidmann, color=style.MUTED, linestyle=(0, (4, 3)), linewidth=0.9)
    for axes in (left, right):
        axes.set_xlim(0.0, 5.0)
        axes.set_ylim(0.0, None)
        axes.set_xlabel("density, persons per m²")
    left.set_title("Corridor of 1.8 m: speed")
    left.set_ylabel("speed, m/s")
    right.set_title("Flow per metre of width")
    right.set_ylabel("density times speed, persons per (m s)")
    left.legend(fontsize=8)


def bin_speeds(
    density: npt.NDArray[np.float64], speed: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return mean density and speed per bin of density, bins of few frames left out; NaN speeds are."""
    known = np.isfinite(speed)
    density, speed = density[known], speed[known]
    which = np.round(density / BIN_PER_M2).astype(np.int64)
    n = np.bincount(which)
    kept = n >= LEAST_FRAMES
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = np.bincount(which, weights=density) / n, np.bincount(which, weights=speed) / n
    return x[kept], y[kept]


def _draw_bidirectional(left: Axes, right: Axes, pairs: list[Pair]) -> None:
    (pair,) = _of(pairs, "bidirectional")
    _draw_counts(left, pair, "Bidirectional corridor of 4 m")
    _draw_speeds(right, pair)


def _draw_corner(left: Axes, right: Axes, pairs: list[Pair]) -> None:
    (pair,) = _of(pairs, "corner")
    _draw_counts(left, pair, "Corner of a 3 m corridor")
    _draw_speeds(right, pair)


def _draw_counts(axes: Axes, pair: Pair, title: str) -> None:
    for figures, colour, word in (
        (pair.measured, MEASURED, "measured"),
        (pair.simulated, SIMULATED, "simulated"),
    ):
        times = figures.crossings_s
        axes.step(times, np.arange(1, len(times) + 1), color=colour, where="post", label=word)
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("time, s")
    axes.set_ylabel("persons past the line")
    axes.legend(fontsize=8)


def _draw_speeds(axes: Axes, pair: Pair) -> None:
    for figures, colour, mark, word in (
        (pair.measured, MEASURED, "D", "measured"),
        (pair.simulated, SIMULATED, "o", "simulated"),
    ):
        x, y = bin_speeds(figures.densities, figures.speeds)
        axes.plot(x, y, color=colour, linewidth=1.2, marker=".", label=f"{word}, by density")
        axes.plot([figures.density], [figures.speed], mark, color=colour, label=f"{word}, mean")
    axes.set_xlim(0.0, None)
    axes.set_ylim(0.0, 1.7)
    axes.set_title("Speed in the box", fontsize=10)
    axes.set_xlabel("density, persons per m²")
    axes.set_ylabel("speed, m/s")
    axes.legend(fontsize=8)

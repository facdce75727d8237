"""How people walked: speed against density beside Weidmann's curve, and density and speed over the ground.

Source of the curve: Weidmann (1993), Transporttechnik der Fußgänger, ETH Zürich, IVT 90.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.measures.sample import CUT_OFF, RunSample, sample_run
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.scene import Scene, draw_outline, draw_scene, read_scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BIN = 0.25
"""Width of a bin of density, people/m2."""
LEAST_IN_BIN = 20
WEIDMANN = (1.34, 1.913, 5.4)
"""Free speed (m/s), constant (people/m2), density at standstill (people/m2)."""
_LEAST_DENSITY = 0.02  # people/m2 over the run: less is one person passing by


def plot_measures(recording: Recording) -> Figure | None:
    """Return the figure of a run; None when there is nothing to measure."""
    sample = sample_run(recording)
    if sample is None:
        return None
    scene = read_scene(recording)
    figure = style.new_figure(14.0, 5.2)
    draw_diagram(figure.add_axes((0.055, 0.15, 0.25, 0.72)), sample)
    for left, values, label, colours, most in (
        (0.36, sample.density_profile, "people per m², mean over the run", "YlOrBr", None),
        (0.69, sample.speed_profile, "speed of those who walk, m/s", "viridis", 1.6),
    ):
        axes = figure.add_axes((left, 0.15, 0.28, 0.72))
        draw_profile(axes, sample, values, scene, label=label, colours=colours, most=most)
    figure.text(0.055, 0.015, scene.credit, fontsize=7.5, color=style.MUTED)
    return figure


def draw_diagram(axes: Axes, sample: RunSample) -> None:
    """Draw everybody's speed against density, the middle of each bin, and Weidmann's curve."""
    axes.scatter(sample.density, sample.speed, s=1.5, c=style.FAINT, linewidths=0, rasterized=True)
    middles, quarters = bin_speeds(sample)
    if len(middles):
        axes.fill_between(middles, quarters[:, 0], quarters[:, 2], color="#0072b2", alpha=0.25, linewidth=0)
        axes.plot(middles, quarters[:, 1], "o-", color="#0072b2", markersize=4, label="middle half of people")
    free, constant, jam = WEIDMANN
    rho = np.linspace(0.3, jam, 100)
    axes.plot(
        rho, free * (1 - np.exp(-constant * (1 / rho - 1 / jam))), color=style.INK, label="Weidmann 1993"
    )
    axes.set_xlim(0, max(2.0, float(np.quantile(sample.density, 0.999)) * 1.05))
    axes.set_ylim(0, max(1.6, float(np.quantile(sample.speed, 0.999))))
    axes.set_xlabel(f"people per m² (Voronoi, cut off at {CUT_OFF.radius_m:g} m)")
    axes.set_ylabel("speed in m/s")
    axes.set_title("Speed of those who walk")
    axes.legend(loc="upper right", fontsize=8.5)


def bin_speeds(sample: RunSample) -> tuple[np.ndarray, np.ndarray]:
    """Return the middles of bins of density and the quartiles of speed in them, shape (bins, 3)."""
    number = np.floor(sample.density / BIN).astype(np.intp)
    middles, quarters = [], []
    for k in np.flatnonzero(np.bincount(number) >= LEAST_IN_BIN):
        middles.append((k + 0.5) * BIN)
        quarters.append(np.quantile(sample.speed[number == k], [0.25, 0.5, 0.75]))
    return np.array(middles), np.array(quarters).reshape(-1, 3)


def draw_profile(
    axes: Axes,
    sample: RunSample,
    values: np.ndarray,
    scene: Scene,
    *,
    label: str,
    colours: str,
    most: float | None,
) -> None:
    """Draw a profile over the ground with its own key.

    Parameters
    ----------
    axes
        To draw on.
    sample, values
        Grid, and values over it.
    scene
        The map.
    label
        Title.
    colours
        Colour map.
    most
        Top of the scale; the highest value when left out.
    """
    draw_scene(axes, scene, exit_labels=())
    shown = np.ma.masked_where(~np.isfinite(values) | (sample.density_profile < _LEAST_DENSITY), values)
    top = most if most is not None else max(float(shown.max()) if shown.count() else 0.0, 0.1)
    image = axes.imshow(
        shown,
        extent=sample.grid.extent,
        origin="lower",
        cmap=colours,
        vmin=0.0,
        vmax=top,
        interpolation="nearest",
        zorder=4,
    )
    draw_outline(axes, scene)
    axes.set_title(label)
    key = axes.inset_axes((0.1, -0.09, 0.8, 0.03))
    axes.figure.colorbar(image, cax=key, orientation="horizontal")

"""The city around the focus: how dense its streets became, as coloured lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.link_density import LinkDensity, compute_link_density
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.scene import Scene, read_scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DENSEST = 4.0
"""Persons/m2 at the end of the colour scale."""
_WIDTH_IN, _HEIGHT_IN = 12.0, 8.6


def draw_link_map(axes: Axes, links: LinkDensity, scene: Scene) -> object:
    """Draw each link in the colour of its highest density; return the collection for a colour bar."""
    from matplotlib.collections import LineCollection

    order = np.argsort(links.peak, kind="stable")  # the densest on top
    lines = LineCollection(
        [links.line(int(k)) for k in order],
        array=links.peak[order],
        cmap="YlOrRd",
        linewidths=0.6 + 2.4 * np.minimum(links.peak[order] / DENSEST, 1.0),
        capstyle="round",
    )
    lines.set_clim(0.0, DENSEST)
    axes.add_collection(lines)
    if scene.ground.polygon is not None:
        west, south, east, north = scene.ground.polygon.bounds
        axes.plot(
            [west, east, east, west, west],
            [south, south, north, north, south],
            color=style.EXIT,
            linewidth=1.6,
        )
        axes.annotate("focus", (west, north), color=style.EXIT, fontsize=9, va="bottom")
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(style.OUTSIDE)
    return lines


def plot_links(recording: Recording) -> Figure:
    """Return the figure of a run's streets.

    Raises
    ------
    InvalidInputError
        When nobody in the run walks on links.
    """
    links = compute_link_density(recording)
    if links is None:
        raise InvalidInputError(
            f"'{recording.path}' has no people on links", hint="run a scenario with crowd.links"
        )
    scene = read_scene(recording)
    figure = style.new_figure(_WIDTH_IN, _HEIGHT_IN)
    axes = figure.add_axes((0.03, 0.08, 0.85, 0.78))
    drawn = draw_link_map(axes, links, scene)
    key = figure.add_axes((0.9, 0.2, 0.018, 0.5))
    figure.colorbar(drawn, cax=key, extend="max").set_label("highest density, persons/m²")  # type: ignore[arg-type]
    style.draw_scale_bar(axes)
    style.draw_north(axes)
    title = str(recording.attributes.get("title", recording.path.stem))
    figure.text(0.03, 0.93, f"{title}: streets of the city", fontsize=18, fontweight="bold", va="center")
    most = style.format_count(links.n_most)
    note = f"most people on links: {most} at {style.format_time(links.most_t_s)}"
    figure.text(0.03, 0.885, note, fontsize=10.5, color=style.MUTED, va="center")
    figure.text(0.97, 0.02, scene.credit, fontsize=8, color=style.MUTED, va="center", ha="right")
    return figure


def save_link_picture(recording: Recording, path: Path) -> Path:
    """Write the figure of a run's streets as PNG."""
    with style.page_style():
        return style.save_png(plot_links(recording), path)

"""Where it got dense: the highest density at every place over a run, in fixed steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.density import Density
from impetus_sim.report import style
from impetus_sim.report.scene import Scene, draw_outline, draw_scene, to_paths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_VISIBLE = 0.02  # people/m2: less than one person's kernel two metres away


def draw_density_map(axes: Axes, density: Density | None, scene: Scene, *, with_labels: bool = True) -> None:
    """Draw the highest density over time, people/m2, with a line around dangerous ground.

    Parameters
    ----------
    axes
        To draw on.
    density
        Of the run; None draws the map alone.
    scene
        The map.
    with_labels
        Name the exits.
    """
    draw_scene(axes, scene, exit_labels=None if with_labels else ())
    if density is None or density.peak is None:
        return
    from matplotlib.colors import BoundaryNorm, ListedColormap

    colours = ListedColormap(list(style.DENSITY_COLOURS))
    norm = BoundaryNorm([*style.DENSITY_EDGES, 1e9], colours.N)
    shown = np.ma.masked_less(density.maximum, _VISIBLE)
    image = axes.imshow(
        shown,
        extent=density.grid.extent,
        origin="lower",
        cmap=colours,
        norm=norm,
        interpolation="nearest",
        zorder=4,
    )
    _clip_to_ground(axes, image, scene)
    draw_outline(axes, scene)
    if density.peak >= style.DANGER:
        west, east, south, north = density.grid.extent
        half = density.grid.cell_m / 2
        x = np.linspace(west + half, east - half, density.grid.n_columns)
        y = np.linspace(south + half, north - half, density.grid.n_rows)
        axes.contour(
            x, y, density.maximum, levels=[style.DANGER], colors=[style.INK], linewidths=0.9, zorder=5
        )


def _clip_to_ground(axes: Axes, image: object, scene: Scene) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if scene.ground.polygon is None:
        return
    paths = to_paths(scene.ground.polygon)
    if paths:
        outline = PathPatch(Path.make_compound_path(*paths), facecolor="none", transform=axes.transData)
        image.set_clip_path(outline)  # type: ignore[attr-defined]


def draw_density_key(
    figure: Figure, above: Axes, *, centre: float | None = None, width: float = 0.33
) -> None:
    """Draw the colour key of densities below a map.

    Parameters
    ----------
    figure
        To draw on.
    above
        The map.
    centre, width
        Shares of the figure's width; default: centred below the map.
    """
    above.apply_aspect()
    box = above.get_position()
    height = 0.17 / figure.get_figheight()
    middle = box.x0 + box.width / 2 if centre is None else centre
    axes = figure.add_axes((middle - width / 2, box.y0 - 3.2 * height, width, height))
    n = len(style.DENSITY_COLOURS)
    for index, colour in enumerate(style.DENSITY_COLOURS):
        axes.add_patch(
            style.make_rectangle(index, 0, 1, 1, facecolor=colour, edgecolor=style.MUTED, linewidth=0.4)
        )
        axes.text(index, -0.25, style.DENSITY_LABELS[index], ha="center", va="top", fontsize=8.5)
    axes.text(n, -0.25, style.DENSITY_LABELS[-1], ha="center", va="top", fontsize=8.5)
    danger = style.DENSITY_EDGES.index(style.DANGER)
    axes.plot([danger, danger], [-0.1, 1.5], color=style.INK, linewidth=1.2, clip_on=False)
    axes.text(danger + 0.12, 1.2, "dangerous", ha="left", va="bottom", fontsize=8.5, fontweight="bold")
    axes.text(0, 1.2, "people per m², highest over the run", ha="left", va="bottom", fontsize=8.5)
    axes.set_xlim(0, n)
    axes.set_ylim(0, 1)
    axes.axis("off")

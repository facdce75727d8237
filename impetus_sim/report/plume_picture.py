"""Where a plume went: the highest concentration at each place over a run, or that of one moment."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.plume_classes import PLUME_COLOURS, PLUME_EDGES, PLUME_FIELD
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.scene import draw_scene, read_scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 11.0, 9.0
_ALPHA: Final = 0.7
_MARGIN_CELLS: Final = 2
SAYS: Final = (
    "A neutral gas over flat ground: streets and buildings do not steer it, and a dense gas spreads lower."
)


def plot_plume(recording: Recording, *, at_s: float | None = None) -> Figure:
    """Return the page of a run's plumes.

    Parameters
    ----------
    recording
        Of a run with a plume.
    at_s
        A moment; the highest over the run when left out.

    Raises
    ------
    InvalidInputError
        When the run recorded no plume.
    """
    if PLUME_FIELD not in recording.field_names:
        raise InvalidInputError(
            f"'{recording.path}' has no plume", hint="run a scenario with a hazard of kind plume"
        )
    grid = {name: float(np.asarray(value)) for name, value in recording.static("plume_grid").items()}
    values = _highest(recording) if at_s is None else np.asarray(recording.field(PLUME_FIELD, t_s=at_s))
    extent = _extent(values, grid)
    scene = read_scene(recording)
    shown = np.ma.masked_less(values, PLUME_EDGES[0])
    scene = replace(scene, view=_view(scene.view, shown, grid))

    from matplotlib.colors import BoundaryNorm, ListedColormap

    figure = style.new_figure(WIDTH_IN, HEIGHT_IN)
    axes = figure.add_axes((0.03, 0.12, 0.94, 0.76))
    draw_scene(axes, scene, exit_labels=())
    colours = ListedColormap(list(PLUME_COLOURS))
    axes.imshow(
        shown,
        extent=extent,
        origin="lower",
        cmap=colours,
        norm=BoundaryNorm([*PLUME_EDGES, 1e12], colours.N),
        interpolation="nearest",
        alpha=_ALPHA,
        zorder=3.5,
    )
    title = textwrap.shorten(
        str(recording.attributes.get("title", recording.path.stem)), 80, placeholder=" …"
    )
    figure.text(0.03, 0.955, title, fontsize=20, fontweight="bold", va="center")
    when = "highest over the run" if at_s is None else f"after {style.format_time(at_s)}"
    said = f"Concentration 1.5 m above the ground, mg/m³, {when}"
    figure.text(0.03, 0.91, said, fontsize=11, color=style.MUTED, va="center")
    _draw_key(figure)
    figure.text(0.03, 0.02, SAYS, fontsize=8.5, color=style.MUTED, va="center")
    figure.text(0.97, 0.02, scene.credit, fontsize=8, color=style.MUTED, va="center", ha="right")
    return figure


def save_plume_picture(recording: Recording, path: Path, *, at_s: float | None = None) -> Path:
    """Write the page of a run's plumes as PNG."""
    with style.page_style():
        return style.save_png(plot_plume(recording, at_s=at_s), path)


def _highest(recording: Recording) -> npt.NDArray[np.float32]:
    fields = recording.fields(PLUME_FIELD)
    _, highest = next(fields)
    for _, values in fields:
        highest = np.maximum(highest, values)
    return np.asarray(highest, np.float32)


def _extent(values: npt.NDArray[np.float32], grid: dict[str, float]) -> tuple[float, float, float, float]:
    rows, columns = values.shape
    x0, y0, cell = grid["x0"], grid["y0"], grid["cell_m"]
    return x0, x0 + columns * cell, y0, y0 + rows * cell


def _view(
    view: tuple[float, float, float, float], shown: np.ma.MaskedArray, grid: dict[str, float]
) -> tuple[float, float, float, float]:
    """Return the scene's view widened to where the plume is."""
    rows, columns = np.nonzero(~np.ma.getmaskarray(shown))
    if not len(rows):
        return view
    x0, y0, cell = grid["x0"], grid["y0"], grid["cell_m"]
    west, east, south, north = view
    return (
        min(west, x0 + (columns.min() - _MARGIN_CELLS) * cell),
        max(east, x0 + (columns.max() + 1 + _MARGIN_CELLS) * cell),
        min(south, y0 + (rows.min() - _MARGIN_CELLS) * cell),
        max(north, y0 + (rows.max() + 1 + _MARGIN_CELLS) * cell),
    )


def _draw_key(figure: Figure) -> None:
    axes = figure.add_axes((0.3, 0.07, 0.4, 0.02))
    for index, colour in enumerate(PLUME_COLOURS):
        axes.add_patch(
            style.make_rectangle(
                index, 0, 1, 1, facecolor=colour, alpha=_ALPHA, edgecolor=style.MUTED, linewidth=0.4
            )
        )
        axes.text(index, -0.3, f"{PLUME_EDGES[index]:g}", ha="center", va="top", fontsize=8.5)
    axes.set_xlim(0, len(PLUME_COLOURS))
    axes.set_ylim(0, 1)
    axes.axis("off")

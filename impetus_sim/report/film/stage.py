"""What stands still in a film: map, title, legend, scale bar, credit; drawn once and copied for every picture."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.moving.base import Moving
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.picture import describe_run
from impetus_sim.report.scene import Scene, draw_scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 1280, 720
_DPI: Final = 100
_MAP: Final = (20, 84, 948, 684)
PANEL_LEFT: Final = 972
"""Left edge of the panel of clock, counts, legend and events, pixels."""
LEGEND_TOP: Final = 262
LEGEND_LINE: Final = 24
_LEGEND_LINES: Final = 9

View = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The standing part of a film.

    Parameters
    ----------
    pixels
        uint8 (height, width, 3).
    map_box
        Left, top, right, bottom of the map, pixels.
    view
        West, east, south, north of the map, metres.
    legend_bottom
        Where the panel is free again, pixels from the top.
    """

    pixels: npt.NDArray[np.uint8]
    map_box: tuple[int, int, int, int]
    view: View
    legend_bottom: int

    @property
    def pixels_per_m(self) -> float:
        """Scale of the map."""
        return (self.map_box[2] - self.map_box[0]) / (self.view[1] - self.view[0])

    def to_pixels(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return metres as pixels from the upper left corner."""
        left, _, _, bottom = self.map_box
        scale = self.pixels_per_m
        return left + (x - self.view[0]) * scale, bottom - (y - self.view[2]) * scale


def build_stage(recording: Recording, scene: Scene, kinds: Sequence[Moving], *, n_people: int) -> Stage:
    """Draw what stands still.

    Parameters
    ----------
    recording
        For title and subtitle.
    scene
        The map and its view; threats are left to the moments at which they appear.
    kinds
        What moves, for the legend.
    n_people
        Said under the title.
    """
    with style.page_style():
        figure = style.new_figure(WIDTH / _DPI, HEIGHT / _DPI)
        figure.set_dpi(_DPI)
        view = fit_view(scene.view, aspect=(_MAP[2] - _MAP[0]) / (_MAP[3] - _MAP[1]))
        axes = figure.add_axes(
            (
                _MAP[0] / WIDTH,
                1 - _MAP[3] / HEIGHT,
                (_MAP[2] - _MAP[0]) / WIDTH,
                (_MAP[3] - _MAP[1]) / HEIGHT,
            )
        )
        draw_scene(axes, replace(scene, view=view))
        title = str(recording.attributes.get("title", recording.path.stem))
        left = _MAP[0] / WIDTH
        figure.text(
            left,
            1 - 30 / HEIGHT,
            textwrap.shorten(title, 84, placeholder=" …"),
            fontsize=17,
            fontweight="bold",
            va="center",
        )
        figure.text(
            left,
            1 - 61 / HEIGHT,
            describe_run(recording, n_people),
            fontsize=10.5,
            color=style.MUTED,
            va="center",
        )
        figure.text(
            left,
            18 / HEIGHT,
            "One run shows what can happen, not what will.",
            fontsize=8.5,
            color=style.MUTED,
            va="center",
        )
        if scene.credit:
            figure.text(
                _MAP[2] / WIDTH,
                18 / HEIGHT,
                scene.credit,
                fontsize=8,
                color=style.MUTED,
                va="center",
                ha="right",
            )
        bottom = _draw_legend(figure, kinds)
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()  # type: ignore[attr-defined]
    return Stage(pixels=pixels, map_box=_MAP, view=view, legend_bottom=bottom)


def fit_view(view: View, *, aspect: float) -> View:
    """Return a view widened to the shape of a box (width over height)."""
    west, east, south, north = view
    width, height = max(east - west, aspect * (north - south)), max(north - south, (east - west) / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return x - width / 2, x + width / 2, y - height / 2, y + height / 2


def _draw_legend(figure: Figure, kinds: Sequence[Moving]) -> int:
    """Draw the marks of the states that occur; return where they end, pixels from the top."""
    from matplotlib.lines import Line2D

    lines: list[tuple[str, str, str]] = []
    for kind in kinds:
        for mark in kind.states.values():
            name = mark.label if kind.key == "people" else f"{kind.title}, {mark.label}"
            lines.append(("o" if kind.key == "people" else "s", mark.colour, name))
    for row, (marker, colour, text) in enumerate(lines[:_LEGEND_LINES]):
        y = 1 - (LEGEND_TOP + row * LEGEND_LINE) / HEIGHT
        figure.add_artist(
            Line2D(
                [(PANEL_LEFT + 7) / WIDTH],
                [y],
                marker=marker,
                markersize=8,
                color=colour,
                linestyle="none",
                markeredgecolor=style.PAPER,
            )
        )
        figure.text((PANEL_LEFT + 22) / WIDTH, y, text, fontsize=9.5, va="center_baseline")
    return LEGEND_TOP + min(len(lines), _LEGEND_LINES) * LEGEND_LINE

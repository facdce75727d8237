"""Options side by side: highest densities, people out over time, paired differences with their intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.analysis.density import compute_density
from impetus_sim.analysis.egress import compute_egress_curves
from impetus_sim.analysis.people import read_people
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.density_map import draw_density_key, draw_density_map
from impetus_sim.report.egress_curve import choose_end_s, draw_option_curves
from impetus_sim.report.picture import write_foot
from impetus_sim.report.scene import Scene, read_scene
from impetus_sim.report.study_content import OptionContent, StudyContent, read_study_content
from impetus_sim.report.tables import format_difference, format_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN = 14.0
PAGE_WIDTH_IN = 9.4
"""Of figures in briefs: on A4 their letters shrink to three quarters."""
_MAP_SHARE, _HIGHEST_MAP_IN = 0.455, 5.2  # of the width for each of two maps; on paper, in
_TITLE_IN, _KEY_IN = 0.85, 0.75
EXAMPLE = "Maps and curves show the first run of each option; the numbers rest on all runs."


def choose_pair(content: StudyContent) -> list[OptionContent]:
    """Return the baseline and the best option (else the first one), as far as they were recorded."""
    best = content.find_best()
    if best is content.base:
        best = next((option for option in content.compared[1:]), content.base)
    pair = [content.base] if best is content.base else [content.base, best]
    return [option for option in pair if option.recording is not None]


Recorded = tuple[str, Recording, Scene]
"""What an option is called above its map, its recording, and where that is."""


def _read_pair(content: StudyContent) -> list[Recorded]:
    return [
        (
            "Baseline" if option is content.base else option.title,
            option.recording,
            read_scene(option.recording),
        )
        for option in choose_pair(content)
        if option.recording is not None
    ]


def draw_density_pair(
    figure: Figure, recorded: Sequence[Recorded], *, bottom: float, height: float, letters: int = 58
) -> None:
    """Draw the density maps of the baseline and of one option beside each other, with one key.

    Titles have lines of so many letters.
    """
    axes = None
    for index, (heading, recording, scene) in enumerate(recorded):
        axes = figure.add_axes((0.03 + 0.485 * index, bottom, _MAP_SHARE, height), anchor="N")
        density = compute_density(recording)
        draw_density_map(axes, density, scene)
        peak = "" if density is None or density.peak is None else f"\npeak {density.peak:.1f} people/m²"
        axes.set_title(f"{textwrap.fill(heading, letters, max_lines=2, placeholder=' …')}{peak}")
    if axes is not None:
        draw_density_key(
            figure, axes, centre=0.5 if len(recorded) > 1 else None, width=4.7 / figure.get_figwidth()
        )


def draw_recorded_curves(axes: Axes, content: StudyContent) -> None:
    """Draw people out over time for every option with a kept recording."""
    curves = {}
    n_people, ends = 0, [1.0]
    for option in content.compared:
        if option.recording is None:
            continue
        people = read_people(option.recording)
        total = compute_egress_curves(people, read_scene(option.recording).ground)[0]
        n_entered = int(np.count_nonzero(people.has_entered))
        n_people = max(n_people, n_entered)
        ends.append(choose_end_s([total], people.followed_s, n_entered))
        curves["Baseline" if option is content.base else option.title] = [total]
    if curves:
        draw_option_curves(axes, curves, n_people=n_people, end_s=max(ends))
    axes.set_title("People out over time")


def draw_differences(axes: Axes, content: StudyContent) -> None:
    """Draw each option's paired difference of the primary metric from the baseline, with its interval."""
    rows = [option for option in content.compared[1:] if content.primary in option.metrics]
    base = content.base.metrics[content.primary]
    axes.axvline(0.0, color=style.INK, linewidth=1.0)
    for index, option in enumerate(rows):
        entry = option.metrics[content.primary]
        difference = entry["difference"]
        colour = style.OPTION_COLOURS[(1 + index) % len(style.OPTION_COLOURS)]
        low, high = difference["low"], difference["high"]
        if low is not None and high is not None:
            axes.plot([low, high], [index, index], color=colour, linewidth=3.0, solid_capstyle="butt")
        axes.plot(difference["mean"], index, "o", color=colour, markersize=8, mec=style.PAPER)
        label = textwrap.shorten(option.title, 80, placeholder=" …")
        axes.text(
            0.0, index - 0.27, f" {label}", transform=axes.get_yaxis_transform(), fontsize=9.5, va="bottom"
        )
        interval = format_interval(entry, difference)
        text = f" {format_difference(entry)}" + (f" ({interval})" if interval else "")
        axes.text(
            0.0,
            index + 0.2,
            text,
            transform=axes.get_yaxis_transform(),
            fontsize=8.5,
            color=style.MUTED,
            va="top",
        )
    axes.set_ylim(len(rows) - 0.4, -0.75)
    _set_difference_limits(axes, rows, content.primary)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title(f"Difference in {base['label']} from the baseline")
    better = {"lower": "left of the line is better", "higher": "right of the line is better"}.get(
        base["better"], ""
    )
    unit = f"{base['unit']}; " if base["unit"] else ""
    axes.set_xlabel(f"{unit}bar: {100 * content.confidence:g} % interval; {better}")


def _set_difference_limits(axes: Axes, rows: list[OptionContent], primary: str) -> None:
    ends = [0.0]
    for option in rows:
        difference = option.metrics[primary]["difference"]
        ends += [v for v in (difference["low"], difference["high"], difference["mean"]) if v is not None]
    low, high = min(ends), max(ends)
    pad = 0.12 * (high - low) if high > low else 1.0
    axes.set_xlim(low - pad, high + pad)


def plot_density_pair(content: StudyContent) -> Figure:
    """Return the figure of the density maps alone."""
    recorded = _read_pair(content)
    views = [scene.view for _, _, scene in recorded]
    steepest = max((north - south) / (east - west) for west, east, south, north in views)
    map_in = min(_MAP_SHARE * PAGE_WIDTH_IN * steepest, _HIGHEST_MAP_IN)
    figure = style.new_figure(PAGE_WIDTH_IN, map_in + _TITLE_IN + _KEY_IN)
    inch = 1.0 / figure.get_figheight()
    draw_density_pair(figure, recorded, bottom=_KEY_IN * inch, height=map_in * inch, letters=44)
    return figure


def plot_curves(content: StudyContent) -> Figure:
    """Return the figure of people out over time alone."""
    figure = style.new_figure(9.0, 4.2)
    draw_recorded_curves(figure.add_axes((0.09, 0.15, 0.87, 0.74)), content)
    return figure


def plot_differences(content: StudyContent) -> Figure:
    """Return the figure of paired differences alone."""
    figure = style.new_figure(9.0, 1.5 + 0.8 * max(len(content.compared) - 1, 1))
    bottom = 0.62 / figure.get_figheight()
    draw_differences(figure.add_axes((0.03, bottom, 0.94, 1.0 - 2 * bottom)), content)
    return figure


def plot_comparison(content: StudyContent) -> Figure:
    """Return the one-page figure of a comparison."""
    recorded = _read_pair(content)
    answer = textwrap.wrap(content.answer, 128, max_lines=4, placeholder=" …")
    title = textwrap.shorten(content.title, 80, placeholder=" …")
    head_in = 1.15 + 0.25 * len(answer)
    figure = style.new_figure(WIDTH_IN, head_in + (8.2 if recorded else 3.6))
    inch = 1.0 / figure.get_figheight()
    figure.text(0.03, 1.0 - 0.42 * inch, title, fontsize=20, fontweight="bold", va="center")
    figure.text(0.03, 1.0 - 0.78 * inch, "\n".join(answer), fontsize=11.5, va="top", linespacing=1.45)
    if recorded:
        draw_density_pair(figure, recorded, bottom=4.2 * inch, height=4.0 * inch)
        draw_recorded_curves(figure.add_axes((0.075, 0.95 * inch, 0.4, 2.1 * inch)), content)
        draw_differences(figure.add_axes((0.55, 0.95 * inch, 0.41, 2.1 * inch)), content)
    else:
        draw_differences(figure.add_axes((0.03, 0.95 * inch, 0.94, 2.3 * inch)), content)
    note = f"{content.replicates} paired runs of each option. {EXAMPLE if recorded else ''}"
    if recorded:
        write_foot(figure, recorded[0][2], note)
    return figure


def save_comparison_picture(document: Mapping[str, Any], path: Path) -> Path:
    """Write the one-page figure of a comparison as PNG.

    Parameters
    ----------
    document
        From `planning.comparison.study.Study.content`.
    path
        Of the PNG.
    """
    with style.page_style():
        return style.save_png(plot_comparison(read_study_content(document)), path)

"""One page about an attack surface: the control network by zones, what is exposed, and what defences save."""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.report import style
from impetus_sim.report.cyber_tables import (
    CAVEAT,
    answer,
    exposure_by_kind,
    format_horizon,
    format_number,
    is_told_apart,
    saving_unit,
    unit_name,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from impetus_sim.cyber.surface import Surface

WIDTH_IN, HEIGHT_IN = 14.0, 9.6
MAX_CENTRES, MAX_BARS = 4, 10
STEPS = (0.0, 0.1, 0.25, 0.5, 0.75)
COLOURS = ("#dbe8f1", "#7fb0d1", "#f9b44a", "#dd5a1f", "#7d0f2b")
"""Chance that a node is in an attacker's hand, from each step on."""
ZONE_COLUMNS = {"office": 1, "dmz": 2, "control": 3, "field": 4}
ZONE_NAMES = {"office": "Office", "dmz": "In between", "control": "Control room", "field": "On the street"}
_ABBREVIATIONS = {"scada": "SCADA", "rtu": "RTU", "plc": "PLC"}
_BOX = 0.86


def save_surface_picture(surface: Surface, path: Path, *, title: str) -> Path:
    """Write the page as PNG."""
    with style.page_style():
        return style.save_png(plot_surface(surface, title=title), path)


def plot_surface(surface: Surface, *, title: str) -> Figure:
    """Return the page about an attack surface."""
    figure = style.new_figure(WIDTH_IN, HEIGHT_IN)
    heading = textwrap.shorten(f"Attack surface: {title}", 80, placeholder=" …")
    figure.text(0.03, 0.955, heading, fontsize=20, fontweight="bold", va="center")
    figure.text(0.03, 0.92, _subtitle(surface), fontsize=10.5, color=style.MUTED, va="center")
    figure.text(
        0.03, 0.868, textwrap.fill(answer(surface), 135), fontsize=12.5, fontweight="bold", va="center"
    )
    _draw_network(figure.add_axes((0.03, 0.11, 0.55, 0.66)), surface)
    _draw_exposure(figure.add_axes((0.735, 0.52, 0.235, 0.25)), surface)
    _draw_savings(figure.add_axes((0.735, 0.11, 0.235, 0.31)), surface)
    figure.text(0.03, 0.02, CAVEAT, fontsize=8.5, color=style.MUTED, va="center")
    if surface.plan.assets.is_mapped.any():
        figure.text(0.97, 0.02, style.OSM_CREDIT, fontsize=8, color=style.MUTED, va="center", ha="right")
    return figure


def _subtitle(surface: Surface) -> str:
    in_place = sorted(surface.plan.spec.defences)
    titles = [surface.plan.template.defences[name].title.lower() for name in in_place]
    parts = [
        f"{style.format_count(surface.n_episodes)} sampled attacks, {format_horizon(surface.horizon_h)}",
        f"attackers: {', '.join(attack.name for attack in surface.attacks)}",
        f"in place: {', '.join(titles) or 'nothing'}",
    ]
    return textwrap.shorten("  ·  ".join(parts), 170, placeholder=" …")


def _colour(chance: float) -> str:
    return COLOURS[int(np.searchsorted(STEPS, chance, side="right")) - 1]


def _draw_network(axes: Axes, surface: Surface) -> None:
    """Draw each control centre as a row of zones from left to right, with its nodes."""
    assets, plan = surface.plan.assets, surface.plan
    centres = _most_held(surface)[:MAX_CENTRES]
    n_rows = max(len(centres), 1)
    axes.set_xlim(0.0, 4.9)
    axes.set_ylim(n_rows + 0.02, -0.16)
    axes.axis("off")
    more = len(plan.network.centres) - len(centres)
    title = "The control network, and how often attackers hold it"
    axes.set_title(title + (f" ({len(centres)} of {len(plan.network.centres)} centres)" if more > 0 else ""))
    for zone, column in ZONE_COLUMNS.items():
        axes.text(column + _BOX / 2, -0.07, ZONE_NAMES[zone], ha="center", fontsize=9, color=style.MUTED)
    for row, centre in enumerate(centres):
        name = assets.ids[centre]
        _draw_box(axes, 0.16, row + 0.36, _BOX - 0.2, 0.26, style.PAPER)
        axes.text(0.16 + (_BOX - 0.2) / 2, row + 0.49, "Outside", ha="center", va="center", fontsize=9)
        axes.text(1.0, row + 0.045, name.replace("_", " "), fontsize=9.5, fontweight="bold", va="center")
        for zone, column in ZONE_COLUMNS.items():
            _draw_zone(axes, surface, f"{name}.{zone}", column, row)
        for conduit in plan.template.conduits.values():
            source = ZONE_COLUMNS.get(conduit.from_, 0)
            target = ZONE_COLUMNS.get(conduit.to)
            if target is not None:
                _draw_way(axes, source, target, row)
    _draw_key(axes)


def _most_held(surface: Surface) -> list[int]:
    """Return the control centres, those most often held first."""
    highest = dict.fromkeys(surface.plan.network.centres, 0.0)
    for node, chance in zip(surface.plan.network.nodes, surface.held, strict=True):
        if node.is_host:
            highest[node.asset] = max(highest[node.asset], float(chance))
    return sorted(highest, key=lambda centre: (-highest[centre], centre))


def _draw_zone(axes: Axes, surface: Surface, zone: str, column: int, row: int) -> None:
    lines = _lines_of(surface, zone)
    top, height = row + 0.12, 0.74
    _draw_box(axes, column, top, _BOX, height, style.GROUND)
    each = height / max(len(lines), 3)
    for k, (text, chance) in enumerate(lines):
        low = top + k * each + 0.012
        _draw_box(axes, column + 0.03, low, _BOX - 0.06, each - 0.024, _colour(chance))
        ink = style.PAPER if chance >= STEPS[3] else style.INK
        axes.text(
            column + _BOX / 2,
            low + (each - 0.024) / 2,
            f"{text}\n{chance:.0%}",
            ha="center",
            va="center",
            fontsize=7.8,
            color=ink,
        )


def _lines_of(surface: Surface, zone: str) -> list[tuple[str, float]]:
    """Return the hosts of a zone by name, and its devices by kind, with the chance that they are held."""
    nodes = surface.plan.network.nodes
    hosts: list[tuple[str, float]] = []
    devices: dict[str, list[float]] = {}
    for node, chance in zip(nodes, surface.held, strict=True):
        if zone not in node.zones:
            continue
        if node.is_host:
            hosts.append((_name(node.kind), float(chance)))
        else:
            devices.setdefault(node.kind, []).append(float(chance))
    grouped = [
        (f"{len(chances)} {_name(kind)}{'s' if len(chances) > 1 else ''}", float(np.mean(chances)))
        for kind, chances in sorted(devices.items())
    ]
    return (hosts + grouped)[:5]


def _name(kind: str) -> str:
    return " ".join(_ABBREVIATIONS.get(word, word) for word in kind.split("_"))


def _draw_box(axes: Axes, x: float, y: float, width: float, height: float, colour: str) -> None:
    axes.add_patch(
        style.make_rectangle(x, y, width, height, facecolor=colour, edgecolor=style.FAINT, linewidth=0.8)
    )


def _draw_way(axes: Axes, source: int, target: int, row: int) -> None:
    """Draw a conduit: straight to the next zone, below those that it passes by."""
    arrow: dict[str, Any] = {
        "arrowstyle": "-|>",
        "color": style.MUTED,
        "linewidth": 1.0,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    if target - source == 1:
        begin = source + _BOX if source else 0.16 + _BOX - 0.2
        axes.annotate("", xy=(target, row + 0.49), xytext=(begin, row + 0.49), arrowprops=arrow)
        return
    low = row + 0.885 + 0.03 * source
    left, right = source + (0.55 if source else 0.5), target + (0.3 if source else 0.2)
    top = row + (0.86 if source else 0.62)
    axes.plot([left, left, right], [top, low, low], color=style.MUTED, linewidth=1.0, linestyle=(0, (3, 2)))
    axes.annotate("", xy=(right, row + 0.86), xytext=(right, low), arrowprops=arrow)


def _draw_key(axes: Axes) -> None:
    from matplotlib.patches import Patch

    labels = [f"{low:.0%} to {high:.0%}" for low, high in zip(STEPS, (*STEPS[1:], 1.0), strict=True)]
    patches = [Patch(facecolor=c, edgecolor=style.FAINT) for c in COLOURS]
    axes.legend(
        patches,
        labels,
        title="held by an attacker at some time",
        loc="upper left",
        bbox_to_anchor=(0.0, 0.0),
        ncols=5,
        fontsize=8.5,
        title_fontsize=8.5,
    )


def _draw_exposure(axes: Axes, surface: Surface) -> None:
    """Draw the chance that something is done to assets: each of a few, kinds of many."""
    assets = surface.plan.assets
    if len(surface.exposed) <= MAX_BARS:
        rows = [(assets.ids[e.row].replace("_", " "), e.chance.value) for e in surface.exposed]
        what = "assets"
    else:
        rows = [(f"{kind} ({n})", chance) for kind, n, chance in exposure_by_kind(surface)][:MAX_BARS]
        what = "kinds of assets"
    axes.set_title(f"Most exposed {what}")
    y = np.arange(len(rows))
    axes.barh(y, [100 * chance for _, chance in rows], color=[_colour(c) for _, c in rows], height=0.66)
    for k, (_, chance) in enumerate(rows):
        axes.text(100 * chance + 1.5, k, f"{chance:.0%}", va="center", fontsize=8.5)
    axes.set_yticks(y, [textwrap.shorten(name, 30, placeholder=" …") for name, _ in rows])
    axes.set_ylim(max(len(rows), 4) - 0.4, -0.6)
    axes.set_xlim(0, 112)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel(f"attacked within {format_horizon(surface.horizon_h)}, % of attacks")


def _draw_savings(axes: Axes, surface: Surface) -> None:
    """Draw what each defence saves, with its 95 % interval; those that cannot be told apart are grey."""
    unit = saving_unit(surface)
    rows = sorted(surface.savings, key=lambda s: -getattr(s, unit).value)
    axes.set_title("What each defence saves")
    means = [getattr(saving, unit) for saving in rows]
    counts = Counter(saving.is_in_place for saving in rows)
    for k, (saving, mean) in enumerate(zip(rows, means, strict=True)):
        told = is_told_apart(mean)
        colour = style.FAINT if not told else style.OPTION_COLOURS[3 if saving.is_in_place else 1]
        axes.barh(k, mean.value, color=colour, height=0.62)
        axes.plot(
            [mean.value - mean.half_width, mean.value + mean.half_width],
            [k, k],
            color=style.INK,
            linewidth=1.1,
        )
    names = [textwrap.fill(saving.title, 30) for saving in rows]
    axes.set_yticks(np.arange(len(rows)), names, fontsize=8.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvline(0.0, color=style.INK, linewidth=0.8)
    axes.xaxis.set_major_formatter(lambda value, _: format_number(value) if value else "0")
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel(f"{unit_name(unit)}, per attack")
    notes = "Line: 95 % interval. Grey: not told apart from nothing."
    notes += " Green: in place already." if counts[True] else ""
    axes.text(
        1.0, -0.23, notes, transform=axes.transAxes, ha="right", va="top", fontsize=8, color=style.MUTED
    )

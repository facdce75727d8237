"""An attack surface as plain data and in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.cyber.template import read_techniques

if TYPE_CHECKING:
    from impetus_sim.cyber.surface import Mean, Saving, Surface

KIND_NAMES = {
    "control_centre": "control centre",
    "power_plant": "power plant",
    "pumping_station": "pumping station",
    "water_source": "water source",
    "water_tank": "water tank",
}
CAVEAT = (
    "Times and chances are planning assumptions (docs/models/cyber.md): read what differs between defences, "
    "not the level."
)


def surface_to_dict(surface: Surface) -> dict[str, Any]:
    """Return an attack surface as plain data: what ``impetus cyber surface --json`` prints."""
    assets, nodes = surface.plan.assets, surface.plan.network.nodes
    techniques = read_techniques()
    return {
        "horizon_h": surface.horizon_h,
        "episodes": surface.n_episodes,
        "attackers": [attack.name for attack in surface.attacks],
        "defences_in_place": sorted(surface.plan.spec.defences),
        "attack_graph": {
            "n_steps": len(surface.graph),
            "n_ways": len(surface.graph.parent),
            "nodes": [
                {
                    "id": node.id,
                    "kind": node.kind,
                    "zones": list(node.zones),
                    "commands": [assets.ids[row] for row in node.commands],
                    "servers": list(node.servers),
                    "chance_held": round(float(chance), 6),
                }
                for node, chance in zip(nodes, surface.held, strict=True)
            ],
            "techniques": {
                "source": techniques.source,
                "release": techniques.release,
                "names": {k: techniques.names[k] for k in sorted({s.technique for s in surface.graph.steps}) if k},
            },
        },
        "exposed": [
            {
                "asset": assets.ids[found.row],
                "kind": assets.kinds[found.row],
                "chance": found.chance.value,
                "half_width": found.chance.half_width,
                "median_h": found.median_h,
            }
            for found in surface.exposed
        ],
        "weak_points": [
            {"id": point.id, "what": point.what, "goals_behind": point.n_goals, "share": point.share}
            for point in surface.weak_points
        ],
        "cut": None if surface.cut is None else [nodes[node].id for node in surface.cut],
        "asset_hours": _mean(surface.asset_hours),
        "person_hours": _mean(surface.person_hours),
        "noticed_before_share": None
        if math.isnan(surface.noticed_before)
        else surface.noticed_before,
        "defences": [
            {
                "defence": saving.defence,
                "title": saving.title,
                "in_place": saving.is_in_place,
                "saves_person_hours": _mean(saving.person_hours),
                "saves_asset_hours": _mean(saving.asset_hours),
            }
            for saving in surface.savings
        ],
    }  # fmt: skip


def _mean(mean: Mean) -> dict[str, float]:
    return {"mean": mean.value, "half_width_95": mean.half_width}


def exposure_by_kind(surface: Surface) -> list[tuple[str, int, float]]:
    """Return for each kind of asset how many are wanted, and their mean chance; the most exposed kind first."""
    kinds: dict[str, list[float]] = {}
    for found in surface.exposed:
        kinds.setdefault(surface.plan.assets.kinds[found.row], []).append(found.chance.value)
    rows = [(kind_name(kind), len(chances), float(np.mean(chances))) for kind, chances in kinds.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def kind_name(kind: str) -> str:
    """Return the name of a kind of asset for people."""
    return KIND_NAMES.get(kind, kind.replace("_", " "))


def is_told_apart(mean: Mean) -> bool:
    """Whether a mean is told apart from zero."""
    return abs(mean.value) > mean.half_width


def best_defence(surface: Surface) -> Saving | None:
    """Return the defence not yet in place that saves most and is told apart from nothing; None for none."""
    unit = saving_unit(surface)
    for saving in sorted(surface.savings, key=lambda s: -getattr(s, unit).value):
        mean = getattr(saving, unit)
        if not saving.is_in_place and is_told_apart(mean) and mean.value > 0.0:
            return saving
    return None


def saving_unit(surface: Surface) -> str:
    """Return what savings are shown in: ``person_hours``, or ``asset_hours`` where nobody loses a service."""
    return "person_hours" if surface.person_hours.value > 0.0 else "asset_hours"


def unit_name(unit: str) -> str:
    """Return the words for a unit of savings."""
    return "person-hours without a service" if unit == "person_hours" else "hours of assets under attack"


def answer(surface: Surface) -> str:
    """Return the answer in two sentences."""
    unit = saving_unit(surface)
    total = getattr(surface, unit)
    days = format_horizon(surface.horizon_h)
    first = f"An attack costs {format_mean(total)} {unit_name(unit)} in {days}"
    best = best_defence(surface)
    if best is None:
        return f"{first}. No further defence is told apart from doing nothing more."
    saved = getattr(best, unit)
    share = saved.value / total.value if total.value else 0.0
    name = best.title[0].lower() + best.title[1:]
    return f"{first}. Of what is not in place, most is saved by {name}: {format_mean(saved)} ({share:.0%})."


def format_mean(mean: Mean) -> str:
    """Return a mean with half the width of its interval."""
    return f"{format_number(mean.value)} ± {format_number(mean.half_width)}"


def format_horizon(hours: float) -> str:
    """Return a horizon in hours or days."""
    return f"{hours / 24:g} days" if hours >= 48 and hours % 24 == 0 else f"{hours:g} h"


def format_number(value: float) -> str:
    """Return a number with two digits that count, and thousands apart."""
    if abs(value) >= 100:
        digits = max(0, math.floor(math.log10(abs(value))) - 1)
        return f"{round(value / 10**digits) * 10**digits:,}".replace(",", "\u202f")
    return f"{value:.2g}"

"""What an option takes: cost, staff and lead time of what it adds to the baseline, and limits to them.

They follow from the interventions that it adds or changes, and from what its variants say themselves.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from impetus_sim import registry


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a set may cost at most; None for no limit.

    Parameters
    ----------
    budget
        EUR.
    staff
        Staff that its interventions bind together.
    lead_time_s
        Time until the slowest of its interventions stands, once ordered, s.
    """

    budget: float | None = None
    staff: int | None = None
    lead_time_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What a set takes: EUR, staff, and s until it stands."""

    cost: float
    staff: int
    lead_time_s: float

    def measure_excess(self, limits: Limits) -> float:
        """Return by how much it breaks the limits, as a sum of shares of them; 0 where it keeps all."""
        pairs = (
            (self.cost, limits.budget),
            (self.staff, limits.staff),
            (self.lead_time_s, limits.lead_time_s),
        )
        return math.fsum(
            (taken - limit) / (limit or 1.0) for taken, limit in pairs if limit is not None and taken > limit
        )

    def is_within(self, limits: Limits) -> bool:
        """Tell whether it keeps all limits."""
        return self.measure_excess(limits) == 0.0


def describe_effort(base: Any, scenario: Any, name: str) -> dict[str, Any] | None:
    """Return cost in EUR, staff and ``lead_time_s`` as plain values; None when scenarios have no interventions.

    Parameters
    ----------
    base, scenario
        The baseline and the option.
    name
        Of the option: when it is one of the baseline's variants, what that variant says to cost is added.
    """
    if not hasattr(base, "interventions") or not hasattr(scenario, "interventions"):
        return None
    variant = getattr(base, "variants", {}).get(name)
    return asdict(measure_effort(base, scenario, 0.0 if variant is None else float(variant.cost)))


def measure_effort(base: Any, scenario: Any, cost: float) -> Effort:
    """Return what a scenario takes beyond its baseline: that of interventions that are new or changed.

    Parameters
    ----------
    cost
        What variants cost besides.
    """
    added = [
        spec
        for name, spec in scenario.interventions.items()
        if name not in base.interventions or base.interventions[name] != spec
    ]
    return Effort(
        cost=cost + sum(_cost(spec) for spec in added),
        staff=sum(int(spec.staff) for spec in added),
        lead_time_s=max((float(spec.lead_time) for spec in added), default=0.0),
    )


def _cost(spec: Any) -> float:
    # what the scenario says, or else the typical cost of one use
    if spec.cost is not None:
        return float(spec.cost)
    return float(registry.catalogue("interventions")[spec.kind].terms.cost_eur)

"""What an option of a comparison takes: cost, staff and lead time of what it adds to the baseline."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from impetus_sim.planning.search.sets import measure_effort


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

"""Building and running the small scenarios of the cases, through the same scenario text that users write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import read_scenario_text

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

WALKER = "walker"
"""The profile of the cases: an adult unless a case says otherwise."""


def build(
    plan: Mapping[str, Any],
    populations: Mapping[str, Mapping[str, Any]],
    *,
    model: str,
    duration_s: float,
    profile: Mapping[str, Any] | None = None,
    seed: int = 1,
    step_s: float | None = None,
    threads: int = 1,
    check: bool = False,
    city: City | None = None,
    crowd: Mapping[str, Any] | None = None,
    profiles: Mapping[str, Mapping[str, Any]] | None = None,
    **sections: Any,
) -> Simulation:
    """Build a simulation.

    Parameters
    ----------
    plan
        Synthetic map: kind and measures.
    populations
        As in a scenario; they leave at once unless they say otherwise.
    profile
        Of everybody; as in a scenario.
    step_s
        The scenario's default when left out.
    crowd
        More keys of the crowd section.
    profiles
        More profiles, by name.
    sections
        Other sections of the scenario: hazards, interventions.
    city
        A plan that no synthetic kind offers; `plan` then only stands in for it.
    """
    everybody = {"profiles": WALKER, "activity": "leave"}
    section: dict[str, Any] = {
        "model": {"kind": model},
        "profiles": {WALKER: dict(profile or {"extends": "adult"}), **dict(profiles or {})},
        "populations": {name: everybody | dict(given) for name, given in populations.items()},
    }
    if step_s is not None:
        section["step"] = step_s
    section |= dict(crowd or {})
    document = {
        "title": "verification",
        "map": {"synthetic": dict(plan)},
        "time": {"duration": duration_s},
        "crowd": section,
        **sections,
    }
    scenario = read_scenario_text(json.dumps(document))
    return Simulation(scenario, seed=seed, threads=threads, check=check, city=city)


def run_to_end(simulation: Simulation) -> npt.NDArray[np.float64]:
    """Run until everybody is out or the time is up; return the times of leaving in s, ascending."""
    simulation.run_until(simulation.world.seconds(simulation.duration_ticks))
    ticks = simulation.crowd.people.left_tick
    return np.sort(ticks[ticks >= 0]) * simulation.world.seconds(1)


def middle_flow(times_s: npt.NDArray[np.float64]) -> float:
    """Return the flow between the first and the last fifth of those who leave, people per second."""
    n = len(times_s)
    first, last = int(0.2 * n), int(0.8 * n)
    return (last - first) / float(times_s[last] - times_s[first]) if n > 4 else 0.0

"""impetus_sim: agent-based urban crisis simulation, from a street map to a plan.

The names below are the public Python interface; each is imported when first used.
"""

from __future__ import annotations

import importlib
from typing import Any

from impetus_sim.version import __version__

_WHERE = {
    "load_scenario": "impetus_sim.scenario.load",
    "Simulation": "impetus_sim.engine.simulation",
    "simulate": "impetus_sim.analysis.run",
    "restore": "impetus_sim.engine.branch",
    "branch": "impetus_sim.analysis.run:branch_run",
    "open_recording": "impetus_sim.analysis.run",
    "Recording": "impetus_sim.recording.reader",
    "compare": "impetus_sim.planning.comparison.compare",
    "Experiment": "impetus_sim.planning.experiments.experiment",
    "LibraryPlan": "impetus_sim.planning.library.build",
    "Library": "impetus_sim.planning.library.entries:Entries",
    "match_counts": "impetus_sim.planning.library.match",
    "calibrate": "impetus_sim.planning.calibration.calibrate",
    "search_plan": "impetus_sim.planning.search.search",
    "compute_metrics": "impetus_sim.analysis.metrics",
    "open_city": "impetus_sim.maps.load",
}

__all__ = ["__version__", *_WHERE]  # noqa: PLE0604 - the keys are texts


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'impetus_sim' has no attribute '{name}'")
    module, _, attribute = _WHERE[name].partition(":")
    return getattr(importlib.import_module(module), attribute or name)


def __dir__() -> list[str]:
    return sorted(__all__)

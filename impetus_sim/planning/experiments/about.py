"""The scenario that a file of an experiment, a library or a calibration is about, with the variants it names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from impetus_sim.planning.experiments.points import BASE
from impetus_sim.scenario.extend import split_variant
from impetus_sim.scenario.load import load_scenario


def load_variants(file: Path, scenario: str, wanted: Iterable[str]) -> dict[str, Any]:
    """Return a scenario as `BASE`, and those of the wanted variants that it has, by name.

    Parameters
    ----------
    file
        The file that names it; a relative name starts from its folder.
    scenario
        ``FILE.yaml`` or ``FILE.yaml:variant``.
    wanted
        Names of variants.

    Raises
    ------
    InvalidFilesError
        With every problem of the scenario.
    """
    reference, variant = split_variant(scenario)
    beside = file.parent / reference
    reference = str(beside) if beside.exists() else reference
    base = load_scenario(f"{reference}:{variant}" if variant else reference)
    names = sorted(name for name in set(wanted) - {BASE} if name in base.variants)
    return {BASE: base, **{name: load_scenario(f"{reference}:{name}") for name in names}}

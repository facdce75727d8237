"""A run once more without one of its first causes: same seed, same replicate, all else as it was."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from impetus_sim.analysis.causes import read_trace
from impetus_sim.analysis.counterfactual import (
    Difference,
    HarmDifference,
    Told,
    compare_harm,
    compare_traces,
    tell_story,
)
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.engine.branch import read_scenario
from impetus_sim.engine.record import Progress, simulate
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import change_recorded

if TYPE_CHECKING:
    from impetus_sim.recording.reader import Recording
    from impetus_sim.scenario.model import Scenario


@dataclass(frozen=True, kw_only=True)
class Counterfactual:
    """A run beside the run without a cause.

    Parameters
    ----------
    removed
        Dotted keys of the scenario that were taken out: the cause, and what waited for it.
    differences
        Events that came in one run only, or at another time.
    harm
        Measures of harm in both.
    story
        What the cause led to, in steps, with what the run without it has of each.
    without
        The second recording.
    """

    removed: tuple[str, ...]
    differences: tuple[Difference, ...]
    harm: tuple[HarmDifference, ...]
    story: tuple[Told, ...]
    without: Recording


def run_without(
    recording: Recording,
    cause: str,
    *,
    path: Path | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Counterfactual:
    """Run a recording's scenario again without a hazard, an attacker or an intervention.

    Parameters
    ----------
    recording
        A complete one, not a branch.
    cause
        Name of the hazard, attacker or intervention.
    path
        Where to keep the second recording; a temporary file when left out.

    Raises
    ------
    InvalidInputError
        When the scenario has no such cause, or the recording is of a branch, which no scenario alone repeats.
    """
    if int(recording.attributes.get("branched_at_tick", -1)) >= 0:
        raise InvalidInputError(
            f"'{recording.path}' is a branch: its scenario alone does not repeat it",
            hint="ask the run that it was branched from",
        )
    scenario = read_scenario(recording)
    removed = find_keys(scenario, cause)
    changed = change_recorded(scenario, overrides=[f"{key}=null" for key in removed])
    without = simulate(
        changed,
        seed=int(recording.attributes["seed"]),
        replicate=int(recording.attributes["replicate"]),
        path=path,
        threads=threads,
        progress=progress,
    )
    trace = read_trace(recording)
    differences = compare_traces(trace, read_trace(without))
    return Counterfactual(
        removed=removed,
        differences=tuple(differences),
        story=tuple(tell_story(trace, cause, differences)),
        harm=tuple(compare_harm(compute_metrics(recording), compute_metrics(without))),
        without=without,
    )


def find_keys(scenario: Scenario, cause: str) -> tuple[str, ...]:
    """Return the dotted keys of a cause and of the interventions that wait for it.

    Raises
    ------
    InvalidInputError
        When the scenario has no hazard, attacker or intervention of that name.
    """
    attackers: Sequence[str] = () if scenario.cyber is None else tuple(scenario.cyber.attackers)
    if cause in scenario.hazards:
        waiting = [
            f"interventions.{name}"
            for name, spec in scenario.interventions.items()
            if getattr(spec, "after", None) == cause
        ]
        return (f"hazards.{cause}", *waiting)
    if cause in attackers:
        return (f"cyber.attackers.{cause}",)
    if cause in scenario.interventions:
        return (f"interventions.{cause}",)
    known = [*scenario.hazards, *attackers, *scenario.interventions]
    near = difflib.get_close_matches(cause, known, n=3) or known
    raise InvalidInputError(
        f"--without {cause}: the scenario has no hazard, attacker or intervention of that name",
        hint=f"it has {', '.join(near)}" if near else "it has none at all",
    )

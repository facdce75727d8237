"""Measured trajectories against the `laboratory` set: flow within 10 %, speed within 15 %.

One set of parameters for all runs. Speed is judged where the measured density is 0.5 to 3 persons per m2; where
it is higher, the figures are printed but not judged, for there the experiments differ among one another by more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from impetus_sim.scenario.parameter_sets import SETS
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.trajectories.data import read_run
from impetus_sim.verification.trajectories.experiments import EXPERIMENTS, Experiment
from impetus_sim.verification.trajectories.measure import Figures, measure
from impetus_sim.verification.trajectories.simulate import simulate_experiment

SEEDS = (1, 2, 3)
MODEL = str(SETS["laboratory"].model["kind"])
FLOW_BAND, SPEED_BAND = 0.10, 0.15


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One experiment, measured and simulated: means over the seeds; crossings of the first."""

    experiment: Experiment
    measured: Figures
    simulated: Figures


@cache
def compare(experiment: Experiment, model: str) -> Pair:
    """Simulate an experiment and measure both sides."""
    tracks = read_run(experiment)
    crowd = {"model": {"kind": model}}
    found = [
        measure(simulate_experiment(experiment, tracks, seed=seed, crowd=crowd), experiment) for seed in SEEDS
    ]
    mean = {
        name: float(np.mean([getattr(each, name) for each in found])) for name in ("flow", "density", "speed")
    }
    simulated = Figures(
        **mean,
        n_crossed=min(each.n_crossed for each in found),
        crossings_s=found[0].crossings_s,
        densities=np.concatenate([each.densities for each in found]),
        speeds=np.concatenate([each.speeds for each in found]),
    )
    return Pair(experiment=experiment, measured=measure(tracks, experiment), simulated=simulated)


def flow_ratio(effort: Effort, *, experiment: Experiment) -> Measured:
    """Return simulated over measured flow; 0 when more than one in a hundred never crossed."""
    pair = compare(experiment, effort.model)
    here, there = pair.simulated, pair.measured
    lost = there.n_crossed - here.n_crossed
    text = f"{here.flow:.2f} /s, measured {there.flow:.2f} /s ({here.flow / there.flow - 1.0:+.0%})"
    if lost > 0:
        text += f", {lost} of {there.n_crossed} never crossed"
    is_stuck = lost > 0.01 * there.n_crossed or np.isnan(here.flow)
    return Measured(value=0.0 if is_stuck else here.flow / there.flow, text=text)


def speed_ratio(effort: Effort, *, experiment: Experiment) -> Measured:
    """Return simulated over measured mean speed in the box."""
    pair = compare(experiment, effort.model)
    here, there = pair.simulated, pair.measured
    return Measured(
        value=here.speed / there.speed,
        text=f"{here.speed:.2f} m/s at {here.density:.2f} /m2, measured {there.speed:.2f} m/s at "
        f"{there.density:.2f} /m2 ({here.speed / there.speed - 1.0:+.0%})",
    )


def _cases(experiment: Experiment) -> list[Case]:
    source = f"{experiment.source}; mean of {len(SEEDS)} seeds"
    flow = Case(
        id=f"{experiment.name}-flow",
        standard=f"measured, {experiment.group}",
        title=f"{experiment.title}: flow",
        source=source,
        low=1.0 - FLOW_BAND,
        high=1.0 + FLOW_BAND,
        expected="within 10 % of the measured flow",
        default_model=MODEL,
        run=partial(flow_ratio, experiment=experiment),
    )
    speed = Case(
        id=f"{experiment.name}-speed",
        standard=f"measured, {experiment.group}",
        title=f"{experiment.title}: speed in the box",
        source=source,
        low=1.0 - SPEED_BAND,
        high=1.0 + SPEED_BAND,
        expected="within 15 % of the measured speed",
        default_model=MODEL,
        run=partial(speed_ratio, experiment=experiment),
    )
    return [flow, speed] if experiment.judges_speed else [flow]


CASES = tuple(case for experiment in EXPERIMENTS for case in _cases(experiment))

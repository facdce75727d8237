"""The runs of a library: every situation with every option, and what they counted and brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.sensing.binned import COUNT_KINDS, bin_readings
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.experiments.designs import Points
from impetus_sim.planning.experiments.points import BASE, Plan, make_takers, place_points
from impetus_sim.planning.library.spec import LibrarySpec, Observation
from impetus_sim.planning.runs.run_table import Found

Floats = npt.NDArray[np.float64]
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Situations:
    """What may be met, design first and then those held back; and each with every option as a scenario.

    Parameters
    ----------
    plan
        The situations without an option.
    n_design
        How many of them are matched to.
    scenarios
        ``SITUATION.OPTION`` to scenario, situation by situation.
    """

    plan: Plan
    n_design: int
    scenarios: dict[str, Any]


def list_situations(spec: LibrarySpec, variants: Mapping[str, Any], *, seed: int) -> Situations:
    """Return every situation and its options; nothing is run.

    Raises
    ------
    InvalidInputError
        When a factor or an option does not fit the scenario.
    """
    for option in spec.options:
        if option not in variants:
            raise InvalidInputError(
                f"options: the scenario has no variant '{option}'", hint=f"it has {', '.join(variants)}"
            )
    takers = make_takers(spec.factors, variants)
    design = spec.design.points([taker.n_values for taker in takers.values()], seed=seed)
    cube = np.concatenate([design, _draw_held_back(int(spec.held_back), len(spec.factors), seed=seed)])
    plans = [cross(cube, spec, variants, option) for option in spec.options]
    scenarios = {
        f"{point.name}.{option}": plan.points[k].scenario
        for k, point in enumerate(plans[0].points)
        for option, plan in zip(spec.options, plans, strict=True)
    }
    return Situations(plan=plans[0], n_design=len(design), scenarios=scenarios)


def cross(cube: Points, spec: LibrarySpec, variants: Mapping[str, Any], option: str) -> Plan:
    """Return the situations at points of the unit cube (points, factors), with one option."""
    return place_points(cube, spec.factors, {**variants, BASE: variants[option]})


def _draw_held_back(n: int, n_factors: int, *, seed: int) -> Points:
    from impetus_sim.rng import draw_uniforms

    individuals = np.arange(n * n_factors, dtype=np.uint64)
    drawn = draw_uniforms(seed, 0, "planning.library.held_back", individuals)[:, 0]
    return np.asarray(drawn, np.float64).reshape(n, n_factors)


@dataclass(frozen=True, kw_only=True)
class Features:
    """The counts of a signature: each of one stream over one stretch of time.

    Parameters
    ----------
    streams, kinds
        Names and kinds of the streams.
    edges_s
        Ends of the stretches, float64 (stretches + 1,), s.
    """

    streams: tuple[str, ...]
    kinds: tuple[str, ...]
    edges_s: Floats


def choose_features(observe: Observation, readings: Mapping[str, Any]) -> Features:
    """Return what is counted.

    Parameters
    ----------
    observe
        What the library asks for.
    readings
        Of one run.

    Raises
    ------
    InvalidInputError
        When a stream is unknown or does not count, or speaks too seldom for the stretches asked for.
    """
    counting = [name for name, each in readings.items() if each["kind"] in COUNT_KINDS]
    wanted = counting if ALL in observe.streams else list(observe.streams)
    unknown = [name for name in wanted if name not in counting]
    if unknown or not wanted:
        raise InvalidInputError(
            f"observe.streams: no stream '{unknown[0]}' that counts" if unknown else "nothing counts here",
            hint=f"these count: {', '.join(counting) or 'none; add sensing.sensors to the scenario'}",
        )
    slow = [name for name in wanted if readings[name]["every_s"] > float(observe.every) + 1e-9]
    if slow:
        raise InvalidInputError(
            f"observe.every: '{slow[0]}' speaks every {readings[slow[0]]['every_s']:g} s only",
            hint="observe.every at least as long",
        )
    n = round((float(observe.until) - float(observe.begin)) / float(observe.every))
    return Features(
        streams=tuple(wanted),
        kinds=tuple(readings[name]["kind"] for name in wanted),
        edges_s=float(observe.begin) + float(observe.every) * np.arange(n + 1, dtype=np.float64),
    )


def require_stream(run: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the readings of a stream of a run.

    Raises
    ------
    InvalidInputError
        When the run holds none, as those taken from a study that keeps no readings.
    """
    readings: Mapping[str, Any] = run.get("readings", {})
    if name not in readings:
        raise InvalidInputError(
            f"a run holds no readings of '{name}'", hint="leave out --reuse, and give a new folder to -o"
        )
    return dict(readings[name])


def collect_signatures(found: Found, rows: slice, features: Features) -> Floats:
    """Return the counts of some scenarios of a run table, float64 (scenarios, replicates, counts).

    Stream by stream; nan where a run failed, or nothing was read.
    """
    empty = np.full(len(features.streams) * (len(features.edges_s) - 1), np.nan)
    return np.array(
        [
            [
                empty
                if run is None
                else np.concatenate(
                    [bin_readings(require_stream(run, name), features.edges_s) for name in features.streams]
                )
                for run in row
            ]
            for row in found.results[rows]
        ],
        np.float64,
    )


def differ(signatures: Floats, others: Floats) -> bool:
    """Tell whether any count differs that both have, float64 (scenarios, replicates, counts)."""
    is_told = np.isfinite(signatures) & np.isfinite(others)
    return bool((signatures[is_told] != others[is_told]).any())


def collect_values(found: Found, metric: str) -> Floats:
    """Return a metric of all scenarios of a run table, float64 (scenarios, replicates); nan where undefined."""
    return np.array(
        [
            [
                np.nan if run is None or (told := run["metrics"].get(metric)) is None else told["value"]
                for run in row
            ]
            for row in found.results
        ],
        np.float64,
    )

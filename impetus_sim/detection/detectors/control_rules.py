"""Switches that do not follow the level by which they are controlled.

A pump or valve that is switched by a tank starts and stops at levels; which tank, and which levels, is learned from
a clean record. Whoever lies to the controller about the level, moves its limits or works the pump himself has it
switch at others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from impetus_sim.detection.base import Detector, DetectorSpec, Floats, require_whole_rows
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import Number, limits

LEAST_SEEN = 20
"""Times that a switch must have been seen before its levels are taken for all that occur."""
LEAST_APART = 1.0
"""How far apart the levels at which it starts and stops must be, in standard deviations, to be its control."""


class ControlRulesSpec(DetectorSpec):
    """Switches with the levels that control them; it needs a record without incidents.

    Parameters
    ----------
    switches
        Streams that are 0 or 1, by the beginning of their ids.
    levels
        Streams of which one may control a switch, by the beginning of their ids.
    margin
        Alarm at this distance beyond all levels seen, in standard deviations of the level.
    """

    switches: Texts = ("S_",)
    levels: Texts = ("L_",)
    margin: Annotated[Number, limits(above=0.0)] = 0.1


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a switch does by which level.

    Parameters
    ----------
    switch, level
        Columns.
    lows, highs
        Least and greatest of the lower, and of the higher, of the two levels before and after a step in which it
        stayed off, started, stopped or stayed on, float64 (4, 2); infinite where that was hardly seen.
    spread
        Standard deviation of the level.
    """

    switch: int
    level: int
    lows: Floats
    highs: Floats
    spread: float

    def beyond(self, change: int, low: float, high: float) -> float:
        """Return how far levels are beyond those seen at a change (0 to 3), in `spread`; below 0 for inside."""
        (a, b), (c, d) = self.lows[change], self.highs[change]
        return float(max(a - low, low - b, c - high, high - d) / self.spread)


def find_rule(switch: int, state: npt.NDArray[np.int64], levels: Floats, columns: list[int]) -> Rule | None:
    """Return the rule of a switch, or None where no level tells its starts from its stops.

    Parameters
    ----------
    switch
        Its column.
    state
        0 or 1, int64 (m,).
    levels, columns
        Levels that may control it, float64 (m, k), and their columns.
    """
    change = 2 * state[:-1] + state[1:]
    low, high = np.minimum(levels[:-1], levels[1:]), np.maximum(levels[:-1], levels[1:])
    starts, stops = change == 1, change == 2
    if min(starts.sum(), stops.sum()) < LEAST_SEEN:
        return None
    middle = (low + high) / 2.0
    width = np.sqrt(middle[starts].var(axis=0) + middle[stops].var(axis=0))
    apart = np.abs(middle[starts].mean(axis=0) - middle[stops].mean(axis=0)) / np.maximum(width, 1e-12)
    k = int(apart.argmax())
    if apart[k] < LEAST_APART:
        return None
    lows, highs = np.tile([-np.inf, np.inf], (4, 1)), np.tile([-np.inf, np.inf], (4, 1))
    for kind in range(4):
        seen = change == kind
        if seen.sum() >= LEAST_SEEN:
            lows[kind] = low[seen, k].min(), low[seen, k].max()
            highs[kind] = high[seen, k].min(), high[seen, k].max()
    return Rule(switch=switch, level=columns[k], lows=lows, highs=highs, spread=float(levels[:, k].std()))


@register("detectors", "control_rules")
class ControlRules(Detector):
    """Score: the distance of the level beyond those seen, over the margin, at the switch."""

    Spec = ControlRulesSpec
    says = "cyber"

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        self.rules: list[Rule] | None = None
        self.memory.last[:] = np.nan

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn which level controls each switch, and how."""
        del times_s
        values = values[require_whole_rows(self.name, values)]
        levels = [k for k, name in enumerate(self.streams) if name.startswith(tuple(self.spec.levels))]
        switches = [k for k, name in enumerate(self.streams) if name.startswith(tuple(self.spec.switches))]
        if not levels:
            raise InvalidInputError(
                f"detector '{self.name}': no stream begins with {' or '.join(self.spec.levels)}",
                hint="name the levels that control switches in `levels`",
            )
        found = (find_rule(k, values[:, k].astype(np.int64), values[:, levels], levels) for k in switches)
        self.rules = [rule for rule in found if rule is not None]

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Compare what each switch did with what it does at such levels."""
        del time_s
        if self.rules is None:
            raise InvalidInputError(
                f"detector '{self.name}' has not learned", hint="give it a record without incidents"
            )
        before, scores = self.memory.last.copy(), np.zeros(len(values))
        self.memory.last[:] = values
        for rule in self.rules:
            a, b, was, now = before[rule.switch], values[rule.switch], before[rule.level], values[rule.level]
            if np.isfinite([a, b, was, now]).all():
                beyond = rule.beyond(2 * int(a) + int(b), min(was, now), max(was, now))
                scores[rule.switch] = max(0.0, beyond / self.spec.margin)
        return scores

"""A stand-in for the engine: a run is the value of a function of its scenario's numbers.

Worker processes import this file by name.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from impetus_sim.planning.runs.outcome import Measure, Outcome
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.worker import RunRequest
from impetus_sim.scenario.draw import Draw, parse_draw


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What an experiment needs of a scenario: numbers by key, each one value or a range."""

    title: str = "Function"
    values: Mapping[str, Any] = field(default_factory=dict)
    noise: float = 0.0
    variants: Mapping[str, Any] = field(default_factory=dict)
    interventions: Mapping[str, Any] = field(default_factory=dict)
    source: Path | None = None

    def with_(self, **changes: Any) -> Numbers:
        """Return a copy with other values."""
        return replace(self, values={**self.values, **changes})

    def draws(self) -> dict[str, Draw]:
        """Return the ranges."""
        parsed = {key: parse_draw(value, "number") for key, value in self.values.items()}
        return {key: draw for key, draw in parsed.items() if draw is not None}

    def to_text(self) -> str:
        """Return the canonical text."""
        return json.dumps({"values": dict(self.values), "noise": self.noise}, sort_keys=True)

    @property
    def digest(self) -> str:
        """Digest of the text."""
        return hashlib.sha256(self.to_text().encode()).hexdigest()


def ishigami(request: RunRequest, recording_path: Path) -> Outcome:
    """Return sin x1 + 7 sin2 x2 + 0.1 x3^4 sin x1 (Ishigami and Homma 1990), and noise."""
    del recording_path
    values = request.scenario.values
    x1, x2, x3 = (float(values[key]) for key in ("x1", "x2", "x3"))
    y = math.sin(x1) + 7.0 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1)
    noise = np.random.default_rng([request.seed, request.replicate]).normal()
    measure = Measure(value=y + request.scenario.noise * noise, unit="m", label="height", better="lower")
    return Outcome(metrics={"y": measure}, digest=str(y))


FUNCTION = Runner(
    run=ishigami,
    find_map_digest=lambda scenario: "none",
    find_kernel_hash=lambda: "none",
    is_warm=lambda: True,
)

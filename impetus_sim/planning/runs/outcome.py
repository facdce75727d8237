"""What one run hands back: its measures, described well enough to be compared and printed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Better = Literal["lower", "higher", ""]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number of one run.

    Parameters
    ----------
    value
        SI unit; None when the run does not define it (a mean over nobody).
    unit
        Such as ``s`` or ``people``; empty for a share.
    label
        Words for a planner, such as ``clearance time``.
    better
        Which way is better; empty when neither is.
    is_censored
        The run ended first: the true value is at least `value`.
    """

    value: float | None
    unit: str = ""
    label: str = ""
    better: Better = ""
    is_censored: bool = False

    def to_row(self) -> dict[str, Any]:
        """Return the measure as plain values for JSON; a number that is not finite becomes None."""
        value = None if self.value is None else float(self.value)
        return {
            "value": value if value is not None and math.isfinite(value) else None,
            "unit": self.unit,
            "label": self.label,
            "better": self.better,
            "is_censored": bool(self.is_censored),
        }


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All that a study keeps of one run.

    Parameters
    ----------
    metrics
        Metric name to measure.
    groups
        Group name, such as ``profile=wheelchair_user``, to metric name to measure.
    digest
        Digest of the run's states and events.
    curves
        Curve name to label, ``end_s``, ``of`` and values (`analysis.run_curves`), plain values.
    readings
        Stream of a sensor to its readings, where the study asks for them: `read_readings` of `analysis.sensing`.
    """

    metrics: Mapping[str, Measure]
    groups: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)
    digest: str = ""
    curves: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    readings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def to_row(self) -> dict[str, Any]:
        """Return the outcome as plain values for JSON."""
        row: dict[str, Any] = {
            "digest": self.digest,
            "metrics": {name: measure.to_row() for name, measure in self.metrics.items()},
            "groups": {
                group: {name: measure.to_row() for name, measure in metrics.items()}
                for group, metrics in self.groups.items()
            },
            "curves": {name: dict(curve) for name, curve in self.curves.items()},
        }
        if self.readings:
            row["readings"] = {name: dict(readings) for name, readings in self.readings.items()}
        return row

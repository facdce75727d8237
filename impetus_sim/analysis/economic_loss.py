"""What a run's delays and outages cost in euros, at the values that its scenario states (section `economics`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from impetus_sim.analysis.metric import Metric, format_value
from impetus_sim.recording.reader import Recording
from impetus_sim.scenario.load import read_scenario_text

EUROS: Final = "EUR"
ECONOMIC_LOSS: Final = "economic_loss"

VALUED: Final = {
    "vehicle_hour": "total_delay",
    "person_hour_without_power": "person_hours_without_power",
    "person_hour_without_water": "person_hours_without_water",
    "person_hour_without_phone": "person_hours_without_phone",
}
"""Key of `scenario.economics.Economics`, and the metric, in hours, that it values."""


def read_values(recording: Recording) -> dict[str, float]:
    """Return what an hour is worth, EUR, by key, as drawn for the run; empty when not stated."""
    attributes = recording.attributes
    text = str(attributes.get("scenario", "{}"))  # a recording may have been made without one
    if "economics" not in json.loads(text):
        return {}
    scenario = read_scenario_text(text).draw(int(attributes["seed"]), int(attributes.get("replicate", 0)))
    values = {key: getattr(scenario.economics, key) for key in VALUED}
    return {key: float(value) for key, value in values.items() if value is not None}


def compute_economic_loss(values: Mapping[str, float], metrics: Mapping[str, Metric]) -> list[Metric]:
    """Return the loss as one metric, EUR; nothing where no value is stated.

    It is the sum of hours lost times their value. A part that the run does not define is left out and named, and
    without any part there is no loss to tell.

    Parameters
    ----------
    values
        From `read_values`.
    metrics
        The run's other metrics.
    """
    if not values:
        return []
    lost = {key: metrics.get(VALUED[key]) for key in VALUED if key in values}
    parts = {
        key: (metric, values[key] * metric.value)
        for key, metric in lost.items()
        if metric is not None and metric.value is not None
    }
    said = [
        f"{metric.label}: {format_value(loss, EUROS)} at {format_value(values[key], EUROS)} an hour"
        for key, (metric, loss) in parts.items()
    ]
    missing = [VALUED[key].replace("_", " ") for key in lost if key not in parts]
    return [
        Metric(
            name=ECONOMIC_LOSS,
            value=sum(loss for _, loss in parts.values()) if parts else None,
            unit=EUROS,
            label="economic loss",
            better="lower",
            is_censored=any(metric.is_censored for metric, _ in parts.values()),
            note="; ".join([*said, *([f"not measured: {', '.join(missing)}"] if missing else [])]),
        )
    ]

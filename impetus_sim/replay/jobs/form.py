"""What a branch may change at a moment: keys of the scenario with their present values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from impetus_sim.engine.branch import read_scenario
from impetus_sim.replay.opened import OpenedRecording
from impetus_sim.scenario.model import Scenario

_SECTIONS: Final = ("interventions", "hazards")
_HIDDEN: Final = frozenset({"kind", "at"})
_EXAMPLE_AFTER_S: Final = 10.0


def describe_form(opened: OpenedRecording, t_s: float) -> dict[str, Any]:
    """Return the answer of ``/api/r/{rid}/branch-form``.

    Parameters
    ----------
    opened
        The recording.
    t_s
        The moment on the clock; what lies outside the recording is moved to its end.

    Raises
    ------
    InvalidInputError
        When the scenario in the recording cannot be read.
    """
    recording = opened.recording
    scenario = read_scenario(recording)
    at_s = min(max(t_s, 0.0), recording.recorded_until_s)
    tick = round(at_s * 1e6 / recording.resolution_us)
    at_s = float(recording.seconds(tick))
    begun = {event.subject for event in opened.trace.events.values() if event.t_s <= at_s}
    return {
        "at_s": at_s,
        "keys": [*_keys(scenario, begun), *_choice_keys(scenario)],
        "example_inject": _example(scenario, at_s),
    }


def _keys(scenario: Scenario, begun: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the single values of every intervention and hazard; of those that have begun, marked as such."""
    for section in _SECTIONS:
        for name, spec in getattr(scenario, section).items():
            note = "has begun; " if name in begun else ""
            yield from _values_of(spec, f"{section}.{name}", note)


def _choice_keys(scenario: Scenario) -> Iterator[dict[str, Any]]:
    yield from _values_of(scenario.crowd.exit_choice, "crowd.exit_choice", "")


def _values_of(spec: Any, prefix: str, note: str) -> Iterator[dict[str, Any]]:
    described = type(spec).model_json_schema(by_alias=True).get("properties", {})
    for field, value in spec.model_dump(mode="json", by_alias=True).items():
        if field in _HIDDEN or not isinstance(value, str | int | float | bool):
            continue
        told = described.get(field, {})
        key = {
            "key": f"{prefix}.{field}",
            "value": value if isinstance(value, str) else json.dumps(value),
            "unit_text": note + str(told.get("description", "")),
        }
        choices = [str(choice) for choice in told.get("enum", ())]
        if isinstance(value, bool):
            choices = ["true", "false"]
        yield key | ({"choices": choices} if choices else {})


def _example(scenario: Scenario, at_s: float) -> str:
    """Return YAML that lets something more happen: a warning, which every run understands."""
    free = next(name for k in range(1, 1000) if (name := f"new_warning_{k}") not in scenario.interventions)
    return f"interventions:\n  {free}: {{kind: warning, at_time: {at_s + _EXAMPLE_AFTER_S:g} s}}\n"

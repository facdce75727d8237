"""Small stand-ins for the parts, so that these tests do not move with any hazard or walking model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from impetus_sim import registry
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Metres, Seconds, limits
from impetus_sim.scenario.spec import Spec


class WalkSpec(Spec):
    strength: float = 8.0
    range: Metres = 0.1
    wall_strength: float = 5.0
    wall_range: Metres = 0.02


class AheadSpec(Spec):
    strength: float = 2.0
    wall_buffer: Metres = 0.1


class SmokeSpeedSpec(Spec):
    factor: float = 1.0


class HarmLawSpec(Spec):
    limit: float = 1.0


class AlarmSpec(Spec):
    at: Place
    start: Seconds
    reach: Annotated[Metres, limits(above=0.0)] = 30.0


class GateSpec(Spec):
    exit: str
    at_time: Seconds = 0.0

    def references(self) -> list[tuple[str, str, str]]:
        return [("exit", "exits", self.exit)]


TERMS = Terms(cost_eur=100, lead_time_s=60, staff=1, legal="None.")
"""Of the stand-ins that are interventions."""


def _part(kind: str, spec: type[Spec]) -> Any:
    return type(kind, (), {"Spec": spec, "kind": kind, "terms": TERMS})


PARTS = {
    "walking_models": {
        "collision_free_speed": _part("collision_free_speed", WalkSpec),
        "anticipation_velocity": _part("anticipation_velocity", AheadSpec),
    },
    "smoke_speed_laws": {"frantzich_nilsson": _part("frantzich_nilsson", SmokeSpeedSpec)},
    "harm_laws": {"density_time": _part("density_time", HarmLawSpec)},
    "hazards": {"alarm": _part("alarm", AlarmSpec)},
    "interventions": {"gate": _part("gate", GateSpec)},
}

TEXT = """\
title: Room
map: {synthetic: {kind: room, width: 30 m, depth: 20 m}}
time: {start: "2026-09-12 20:30", zone: Europe/Helsinki, duration: 10 min}
crowd:
  step: 0.05 s
  exits:
    north: {at: {line: [[10, 20], [12, 20]]}}
    south: {at: {line: [[10, 0], [12, 0]]}}
  profiles:
    porter: {extends: adult, desired_speed: {mean: 1.1 m/s, sd: 0.1 m/s}}
  populations:
    visitors:
      count: 80 to 120 people
      at: {box: [1, 1, 25, 15]}
      profiles: {adult: 0.7, porter: 0.3}
      premovement: {kind: lognormal, median: 20 s, sigma: 0.6}
      exits: [north]
hazards:
  rumour: {kind: alarm, at: {xy: [5, 5]}, start: 60 s}
interventions:
  close_south: {kind: gate, exit: south}
variants:
  early:
    title: Alarm at once
    change: {hazards: {rumour: {start: 0 s}}}
  calm:
    change: {hazards: {rumour: null}}
"""


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-ins in place of the real parts."""
    monkeypatch.setattr(
        registry, "_parts", {family: dict(PARTS.get(family, {})) for family in registry.FAMILIES}
    )
    monkeypatch.setattr(registry, "_discover", lambda family: None)


@pytest.fixture
def scenario_file(tmp_path: Path) -> Path:
    """Return a valid scenario file."""
    path = tmp_path / "room.yaml"
    path.write_text(TEXT, "utf-8")
    return path

"""Compiling the kernels of ordinary runs once, before anything is timed or fanned out to workers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from impetus_sim.kernels.compile import leave_marker, marker

COMPILED_WHEN_USED = (
    "anticipation_velocity",
    "border",
    "generalized_centrifugal_force",
    "inertia",
    "lanes",
    "links",
    "nearby",
    "social_force",
)
"""Modules of kernels that most runs do not use: links of the network, walking models other than the default. They
are compiled, and kept, by the first run that uses them."""
PACKAGES_COMPILED_WHEN_USED = (
    "traffic",
    "infrastructure",
    "cyber",
    "sensing",
    "detection",
    "response",
    "world",
)
"""The same for whole packages: their kernels are compiled by the first run with vehicles, a power network, an
attacker, sensors, detectors, a control room or a plume."""

READY = "ready"
"""Marker of the kernels of ordinary runs."""

_TINY = """
title: warm-up
map: {synthetic: {kind: room, width: 12 m, depth: 10 m}}
time: {duration: 30 s}
crowd:
  harm: true
  exit_choice: {herding: {}}
  information: {}
  contagion: {rate: 10, running_speed: 0}
  threat_perception: {}
  hiding_places: {corner: {box: [9, 7, 11, 9]}}
  populations:
    families:
      count: 16
      at: {box: [1, 1, 11, 9]}
      activity: leave
      groups: {share: 0.8}
      reactions: {flight: 0.5, hide: 0.5}
    wheelchair:
      {count: 1, at: {box: [1, 1, 2, 9]}, profiles: wheelchair_user, activity: leave, assistance: {by: here}}
    calm: {count: 4, at: {box: [4, 1, 11, 9]}}
    here: {count: 20, at: {box: [1, 1, 11, 9]}, activity: leave, reactions: {flight: 0.2, follow: 0.8}}
    coming:
      {count: 3, at: {box: [4, 4, 8, 8]}, activity: stay, arrive: {through: EXIT, start: 0 s, end: 2 s}}
hazards:
  smoke: {kind: smoke, at: {xy: [6, 5]}, start: 1 s, lasts: 5 s, seen_within: 4 m, seen_share: 1}
interventions:
  hold: {kind: cordon, at: {box: [1, 1, 4, 4]}, at_time: 1 s, hold_for: 5 s}
"""


def is_warm() -> bool:
    """Tell whether the kernels of exactly these sources have been compiled on this machine."""
    return marker(READY).exists()


def warm_up(say: Callable[[str], None] | None = None) -> None:
    """Compile the kernels by a tiny run, unless that is done; not those of `COMPILED_WHEN_USED`.

    Parameters
    ----------
    say
        Called with a sentence before the slow part.
    """
    if is_warm():
        return
    from impetus_sim.engine.record import simulate
    from impetus_sim.scenario.load import load_scenario

    if say:
        say(
            "compiling the kernels of ordinary runs, once on this machine: about a minute, more where it is "
            "busy; other walking models, crowd.links and traffic are compiled by the first run that uses them..."
        )
    with tempfile.TemporaryDirectory(prefix="impetus-") as folder:
        path = Path(folder) / "warm_up.yaml"
        from impetus_sim.maps.synthetic import build_synthetic

        places = build_synthetic("room", width=12.0, depth=10.0).layers["places"]
        name = str(places.loc[places["kind"] == "exit", "name"].iloc[0])
        path.write_text(_TINY.replace("EXIT", f"'{name}'"), "utf-8")
        simulate(load_scenario(path), seed=1, threads=1, path=Path(folder) / "warm_up.h5")
    leave_marker(READY)

"""Named sets of parameters for walking: what a scenario gets where it says nothing itself.

``design``: conservative, for planning; judged by the guidelines for evacuation design (RiMEA, IMO, NIST, ISO),
which allow a door no more than 1.33 persons per second and metre. ``laboratory``: calibrated on measured
trajectories of willing, mostly young people in experiments, whose doors pass up to 2.4; judged by those
trajectories (docs/verification.md). One set cannot hold both.

A set gives the walking model and its parameters, the step, the limit of doors, the resolution of the ground and
the profiles' speed, radius and time gap. What a scenario says itself goes before the set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from impetus_sim import registry
from impetus_sim.scenario.profiles import BUILT_IN, Profile, Speed

SetName = Literal["design", "laboratory"]


@dataclass(frozen=True, kw_only=True)
class ParameterSet:
    """One named set.

    Parameters
    ----------
    title
        What it is for, in a few words.
    model
        Kind and parameters of the walking model.
    settings
        Other keys of the crowd section.
    profiles
        The built-in profiles, complete.
    """

    title: str
    model: Mapping[str, Any]
    settings: Mapping[str, Any]
    profiles: Mapping[str, Profile]


def _laboratory_profiles() -> dict[str, Profile]:
    # Everybody's radius shrinks in the same measure as the adult's; speeds of others than adults stay.
    narrower = LABORATORY_RADIUS_M / float(BUILT_IN["adult"].radius or 1.0)
    profiles = {}
    for name, profile in BUILT_IN.items():
        speed = LABORATORY_SPEED if name == "adult" else profile.desired_speed
        radius = round(float(profile.radius or 0.0) * narrower, 4)
        profiles[name] = profile.model_copy(
            update={"desired_speed": speed, "radius": radius, "time_gap": LABORATORY_TIME_GAP_S}
        )
    return profiles


# Calibrated on the measured runs (docs/verification.md), with the push aside of the model: four numbers in all.
LABORATORY_RADIUS_M = 0.188
LABORATORY_TIME_GAP_S = 0.48
LABORATORY_SPEED = Speed(mean=1.38, sd=0.15, min=1.0, max=1.9)
LABORATORY_STRENGTH = 0.5

SETS: Mapping[str, ParameterSet] = MappingProxyType(
    {
        "design": ParameterSet(
            title="conservative, for planning; judged by design guidelines",
            model={"kind": "collision_free_speed"},
            settings={
                "step": 0.05,
                "door_capacity": 1.3,
                "beyond_exits": 1.5,
                "ways_around": 0.0,
                "untangle_after": 5.0,
                "wall_clearance": 1.0,
                "ground_cell": 0.25,
            },
            profiles=BUILT_IN,
        ),
        "laboratory": ParameterSet(
            title="calibrated on laboratory trajectories; judged by measured flow and speed",
            model={
                "kind": "anticipation_velocity",
                "strength": LABORATORY_STRENGTH,
                "wall_buffer": 0.0,  # heads come as near to walls as `wall_clearance` lets them
            },
            settings={
                "step": 0.05,
                "door_capacity": 100.0,
                "beyond_exits": 1.5,
                "ways_around": 0.5,
                "untangle_after": 5.0,
                "wall_clearance": 0.58,
                "ground_cell": 0.1,
            },
            profiles=MappingProxyType(_laboratory_profiles()),
        ),
    }
)
"""The sets by name; ``design`` is the default."""


def fill_in(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return a crowd section with the values of its set where it says nothing.

    A model of the set's kind gets the set's parameters; one of another kind keeps its own defaults.
    """
    name = section.get("parameters", "design")
    if not isinstance(name, str) or name not in SETS:
        return dict(section)  # the field's own validator says what is allowed
    chosen = SETS[name]
    filled = {**chosen.settings, **section}
    model = section.get("model", chosen.model)
    if isinstance(model, str):
        model = {"kind": model}
    if isinstance(model, Mapping) and model.get("kind") == chosen.model["kind"]:
        model = {**chosen.model, **model}
    filled["model"] = model
    return filled


def leave_out(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resolved crowd section without the values that its set gave: the counterpart of `fill_in`.

    A value equal to the set's counts as the set's, so that another set can take its place.
    """
    from impetus_sim.scenario.canonical import to_plain

    chosen = SETS[section.get("parameters", "design")]
    kept = {key: value for key, value in section.items() if chosen.settings.get(key) != value}
    model = kept.get("model")
    if isinstance(model, Mapping) and model.get("kind") == chosen.model["kind"]:
        spec = registry.catalogue("walking_models")[chosen.model["kind"]].Spec
        given = to_plain(spec(**{key: value for key, value in chosen.model.items() if key != "kind"}))
        own = {key: value for key, value in model.items() if key != "kind" and given.get(key) != value}
        kept["model"] = {"kind": chosen.model["kind"], **own}
        if not own:
            del kept["model"]
    profiles = {}
    for name, profile in dict(kept.get("profiles", {})).items():
        given = to_plain(chosen.profiles.get(name, chosen.profiles["adult"]))
        own = {key: value for key, value in profile.items() if given.get(key) != value}
        if own or name not in chosen.profiles:
            profiles[name] = own
    kept["profiles"] = profiles
    return kept

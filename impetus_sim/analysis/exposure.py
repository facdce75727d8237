"""Exposure to threats: how many people were within reach, and for how long altogether."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.analysis.metric import PEOPLE, PERSON_SECONDS, Metric
from impetus_sim.analysis.people import Mask, People

NOT_RECORDED = "exposure was not recorded"


def compute_people_exposed(people: People, who: Mask | None = None) -> Metric:
    """Return how many people were within a threat's reach for any time at all."""
    value = None
    if people.exposure_s is not None:
        chosen = people.exposure_s if who is None else people.exposure_s[who]
        value = float(np.count_nonzero(chosen > 0.0))
    return Metric(
        name="people_exposed",
        value=value,
        unit=PEOPLE,
        label="people exposed to danger",
        better="lower",
        note="" if value is not None else NOT_RECORDED,
    )


def compute_exposure_time(people: People, who: Mask | None = None) -> Metric:
    """Return the time all people together spent within a threat's reach."""
    value = None
    if people.exposure_s is not None:
        chosen = people.exposure_s if who is None else people.exposure_s[who]
        value = math.fsum(chosen.tolist())
    return Metric(
        name="exposure_time",
        value=value,
        unit=PERSON_SECONDS,
        label="time exposed to danger",
        better="lower",
        note="" if value is not None else NOT_RECORDED,
    )

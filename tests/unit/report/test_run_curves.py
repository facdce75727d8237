"""Curves that a study keeps of every run."""

from __future__ import annotations

import numpy as np

from impetus_sim.analysis.people import read_people
from impetus_sim.analysis.run_curves import N_STEPS, PEOPLE_OUT, compute_run_curves


def test_the_curve_of_a_recording_ends_with_everybody_who_left(square) -> None:
    curve = compute_run_curves(square)[PEOPLE_OUT]
    people = read_people(square)
    assert len(curve.values) == N_STEPS + 1
    assert curve.values[-1] == np.count_nonzero(people.has_left)
    assert np.all(np.diff(curve.values) >= 0)
    assert curve.of == 800

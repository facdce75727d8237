"""Chances and severities of doses."""

import numpy as np
import pytest

from impetus_sim.hazards.probit import Probit, worst_severity
from impetus_sim.world.injuries import Severity

LETHAL = Probit(-8.29, 0.92)


def test_half_die_of_the_dose_for_half():
    assert LETHAL.probability(LETHAL.dose_for(0.5)) == pytest.approx(0.5)
    assert LETHAL.probability(0.0) == 0.0


def test_a_share_of_the_dose_moves_the_curve():
    minor = LETHAL.at_share_of_dose(0.01)
    assert minor.probability(0.01 * LETHAL.dose_for(0.3)) == pytest.approx(0.3)


def test_severity_rises_with_dose_and_hits_as_many_as_the_probit_says():
    laws = [(Severity.DELAYED, LETHAL.at_share_of_dose(0.1)), (Severity.DEAD, LETHAL)]
    bears = (np.arange(10_000) + 0.5) / 10_000
    dose = float(LETHAL.dose_for(0.2))
    worst = worst_severity(np.full(10_000, dose), laws, bears)
    assert (worst == Severity.DEAD).mean() == pytest.approx(0.2, abs=1e-3)
    assert (worst >= Severity.DELAYED).mean() == pytest.approx(laws[0][1].probability(dose), abs=1e-3)
    more = worst_severity(np.full(10_000, 3.0 * dose), laws, bears)
    assert (more >= worst).all()

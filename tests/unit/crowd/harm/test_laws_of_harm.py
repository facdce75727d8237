"""Laws: speeds in smoke, the dose of gases, and ranges of casualties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from impetus_sim import registry
from impetus_sim.crowd.harm.law import Conditions
from impetus_sim.crowd.harm.laws.density_time import DensityTime, DensityTimeSpec
from impetus_sim.crowd.harm.laws.pressure_dose import PressureDose, PressureDoseSpec
from impetus_sim.crowd.harm.laws.toxic_dose import ToxicDose, ToxicDoseSpec
from impetus_sim.crowd.harm.smoke_speed.constant import Constant, ConstantSpec
from impetus_sim.crowd.harm.smoke_speed.frantzich_nilsson import FrantzichNilsson
from impetus_sim.crowd.harm.smoke_speed.fridolf import Fridolf
from impetus_sim.crowd.harm.toxicity import dose_rate

SPEED = np.full(4, 1.25)


def test_frantzich_and_nilsson() -> None:
    k = np.array([0.0, 1.0, 7.0, 100.0])
    assert FrantzichNilsson().factor(k, SPEED) == pytest.approx(
        [1.0, 1 - 0.057 / 0.706, 1 - 0.399 / 0.706, 0.1]
    )


def test_one_factor_with_a_floor() -> None:
    law = Constant(ConstantSpec(at_factor=0.1, least_speed=0.3))
    assert law.factor(np.array([0.0, 1.0, 2.0, 3.0]), SPEED) == pytest.approx([1.0, 0.24, 0.24, 0.24])
    slow = np.full(4, 0.2)  # smoke makes nobody faster than without it
    assert law.factor(np.array([0.0, 1.0, 2.0, 3.0]), slow) == pytest.approx([1.0, 1.0, 1.0, 1.0])


def test_visibility() -> None:
    factor = Fridolf().factor(np.array([1.0, 2.0, 3.0, 1000.0]), SPEED)  # 3, 1.5, 1 m, nothing
    assert factor * 1.25 == pytest.approx([1.25, 1.25 - 0.34 * 1.5, 1.25 - 0.34 * 2.0, 1.25 - 0.34 * 2.997])
    assert Fridolf().factor(np.array([30.0]), np.array([0.8])) * 0.8 == pytest.approx(0.2)


def test_the_dose_of_gases_is_pursers() -> None:
    rate = dose_rate(np.array([5000.0]), np.array([2.0]), np.array([2.9]), hyperventilation=0.193)
    co = 4.607e-7 * 5000**1.036
    assert rate[0] == pytest.approx(
        co * math.exp(0.193 * 2 + 2.0004) / 7.1 + 1 / (60 * math.exp(8.13 - 0.54 * 2.9))
    )
    alone = dose_rate(np.array([5000.0]), np.zeros(1), np.zeros(1), hyperventilation=0.193)
    assert alone[0] == pytest.approx(co)
    assert dose_rate(np.zeros(1), np.zeros(1), np.zeros(1), hyperventilation=0.193)[0] == 0.0


def conditions(density: float, pressure: float = 0.0, gas: float = 0.0) -> Conditions:
    return Conditions(np.array([density]), np.array([pressure]), np.array([gas]), 10.0)


def test_time_above_a_density() -> None:
    law = DensityTime(DensityTimeSpec())
    dose = np.zeros(1)
    passed = []
    for _ in range(40):
        dose = law.add(law.add(dose, conditions(7.5)), conditions(6.5))
        passed.append(tuple(float(c[0]) for c in law.chances(dose)))
    assert dose[0] == 400.0
    assert passed[1] == (0.0, 0.0, 0.0)
    assert passed[2] == (0.0, 0.0, 1.0)
    assert passed[9] == (0.0, 1.0, 1.0)
    assert passed[35] == (1.0, 1.0, 1.0)


def test_pressure_counts_in_dense_crowds_only_and_up_to_a_weight() -> None:
    law = PressureDose(PressureDoseSpec())
    assert law.add(np.zeros(1), conditions(2.0, pressure=0.5))[0] == 0.0
    assert law.add(np.zeros(1), conditions(5.0, pressure=0.01))[0] == 0.0
    assert law.add(np.zeros(1), conditions(5.0, pressure=0.04))[0] == pytest.approx(20.0)
    assert law.add(np.zeros(1), conditions(5.0, pressure=9.0))[0] == pytest.approx(50.0)


def test_dose_of_gases_as_a_range() -> None:
    law = ToxicDose(ToxicDoseSpec())
    dose = law.add(np.zeros(1), conditions(0.0, gas=0.5))
    assert [c[0] for c in law.chances(dose)] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("kind", sorted(registry.catalogue("harm_laws")))
def test_every_law_gives_ascending_estimates_that_grow_with_the_dose(kind: str) -> None:
    part = registry.catalogue("harm_laws")[kind]
    assert part.caution and part.dose_unit
    law = part(part.Spec())
    dose = np.linspace(0.0, 1000.0, 2001)
    low, central, high = law.chances(dose)
    assert (low <= central).all() and (central <= high).all()
    for chance in (low, central, high):
        assert (np.diff(chance) >= 0).all() and chance.min() >= 0 and chance.max() <= 1


def test_limits_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="low_after is sooner than central_after"):
        DensityTimeSpec(low_after=50.0)
    with pytest.raises(ValidationError, match="central_from is less"):
        ToxicDoseSpec(central_from=0.1)

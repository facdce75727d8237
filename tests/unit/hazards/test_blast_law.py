"""Pressure, impulse and chances of a blast against published values and limits."""

import numpy as np
import pytest

from impetus_sim.hazards import blast_law


def at(distance_m, charge_kg):
    z = blast_law.scaled_distance(np.array([distance_m]), charge_kg)
    return float(blast_law.overpressure_kpa(z)[0]), float(blast_law.impulse_kpa_ms(z, charge_kg)[0])


def test_the_published_point():
    pressure, impulse = at(500.0, 10_000.0)
    assert pressure == pytest.approx(5.05496, rel=1e-4) and impulse == pytest.approx(295.88, rel=1e-4)


def test_ranges_join():
    for fits in (blast_law.PRESSURE, blast_law.IMPULSE):
        for end, _ in fits[:-1]:
            z = np.array([end * (1 - 1e-9), end * (1 + 1e-9)])
            pressure = blast_law.overpressure_kpa(z) if fits is blast_law.PRESSURE else None
            values = blast_law.impulse_kpa_ms(z, 1.0) if pressure is None else pressure
            assert values[1] == pytest.approx(values[0], rel=0.03)


def test_pressure_falls_with_distance():
    z = np.geomspace(0.2, 198.0, 2000)
    pressure = blast_law.overpressure_kpa(z)
    is_join = np.isin(np.searchsorted([2.9, 23.8], z[1:]) - np.searchsorted([2.9, 23.8], z[:-1]), [1])
    assert (np.diff(pressure)[~is_join] < 0.0).all()


@pytest.mark.parametrize(("kpa", "chance"), [(103.6, 0.5), (22.5, 0.01)])
def test_eardrums(kpa, chance):
    assert blast_law.eardrum_chance(np.array([kpa]))[0] == pytest.approx(chance, abs=0.005)


def test_long_blasts_kill_half_near_the_published_pressure():
    endless = np.array([1e9])
    kpa = np.geomspace(50, 1000, 4000)
    death = blast_law.lung_chance(kpa, np.broadcast_to(endless, kpa.shape))
    hurt = blast_law.lung_chance(
        kpa, np.broadcast_to(endless, kpa.shape), share_of_lethal=blast_law.LUNGS_HURT
    )
    assert 230 < kpa[np.searchsorted(death, 0.5)] < 270  # with its wind 425 kPa on the body
    assert kpa[np.searchsorted(hurt, 0.5)] == pytest.approx(69.0, rel=0.02)  # 10 psi


def test_short_blasts_need_more():
    chance = blast_law.lung_chance(np.array([300.0, 300.0]), np.array([200.0, 1e6]))
    assert chance[0] < 1e-6 and chance[1] > 0.5


def test_reach_is_the_inverse():
    assert at(blast_law.reach_m(35.0, 50.0), 50.0)[0] == pytest.approx(35.0, rel=1e-6)


def test_who_is_very_near_is_taken_to_be_at_the_end_of_the_fit():
    assert at(0.0, 10.0) == at(0.2 * 10 ** (1 / 3), 10.0)

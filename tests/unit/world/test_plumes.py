"""Puffs drift, grow, merge and thin; sizes and concentrations beside plain arithmetic."""

import math

import numpy as np
import pytest

from impetus_sim.kernels.compile import set_threads
from impetus_sim.world.dispersion import RURAL_Y, RURAL_Z, URBAN_Y, URBAN_Z, virtual_distance
from impetus_sim.world.plumes import PlumeField, Release
from impetus_sim.world.weather import Weather, Wind

STEADY = (Wind(speed_m_s=2.0, from_deg=270.0, stability="D"),)


def field(release=None, *, winds=STEADY, times=(0.0,)):
    made = PlumeField(Weather(is_urban=True, times_s=times, winds=winds))
    made.add_release("gas", release or Release())
    return made


def drift(made, seconds, *, first=0):
    for second in range(first, first + seconds):
        made.move(1.0, time_s=float(second))


def test_a_west_wind_blows_east_and_a_south_wind_north():
    for bearing, ahead in ((270.0, (60.0, 0.0)), (180.0, (0.0, 60.0)), (45.0, (-42.426, -42.426))):
        made = field(winds=(Wind(speed_m_s=2.0, from_deg=bearing, stability="D"),))
        made.emit("gas", 1.0, 10.0, 20.0, 1.0, sigma_m=1.0, time_s=0.0)
        drift(made, 30)
        assert (made.puffs.x[0] - 10.0, made.puffs.y[0] - 20.0) == pytest.approx(ahead, abs=1e-3)


def test_a_change_of_wind_turns_puffs_where_they_are():
    winds = (
        Wind(speed_m_s=2.0, from_deg=270.0, stability="D"),
        Wind(speed_m_s=1.0, from_deg=180.0, stability="D"),
    )
    made = field(winds=winds, times=(0.0, 10.0))
    made.emit("gas", 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=0.0)
    drift(made, 15)
    assert (made.puffs.x[0], made.puffs.y[0]) == pytest.approx((20.0, 5.0))


@pytest.mark.parametrize("curve", {*RURAL_Y, *RURAL_Z, *URBAN_Y, *URBAN_Z})
def test_virtual_distance_is_the_inverse(curve):
    x = np.array([0.0, 3.0, 150.0, 2000.0])
    assert virtual_distance(curve, curve.at(x)) == pytest.approx(x, rel=1e-9, abs=1e-9)


def test_a_puff_begins_at_its_size_and_keeps_its_mass():
    made = field()
    made.emit("gas", 3.0, 0.0, 0.0, 2.0, sigma_m=4.0, time_s=0.0)
    here = made.concentration_at(np.array([0.0]), np.array([0.0]), 2.0)[0]
    image = 1.0 + math.exp(-0.5 * (4.0 / 4.0) ** 2)
    assert here == pytest.approx(3.0 / ((2.0 * math.pi) ** 1.5 * 4.0**3) * image)
    drift(made, 100)
    assert made.puffs.mass_kg.sum() == 3.0


def test_concentration_is_that_of_a_plain_sum():
    made = field()
    for second in range(40):
        made.emit("gas", 0.5, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=float(second))
        drift(made, 1, first=second)
    rng = np.random.default_rng(3)
    x, y, z = rng.uniform(-20, 120, 3000), rng.uniform(-60, 60, 3000), rng.uniform(0, 20, 3000)
    p, expected = made.puffs, np.zeros(3000)
    for k in range(len(p)):
        sy, sz = p.sigma_y_m[k], p.sigma_z_m[k]
        flat = np.exp(-((x - p.x[k]) ** 2 + (y - p.y[k]) ** 2) / (2 * sy**2))
        up = np.exp(-((z - p.z[k]) ** 2) / (2 * sz**2)) + np.exp(-((z + p.z[k]) ** 2) / (2 * sz**2))
        expected += p.mass_kg[k] * flat * up / ((2 * math.pi) ** 1.5 * sy**2 * sz)
    found = made.concentration_at(x, y, z)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-5 * expected.max())
    assert (found > 0.0).sum() > 1000
    bits = []
    for threads in (1, 2):
        set_threads(threads)
        bits.append(made.concentration_at(x, y, z).tobytes())
    assert bits[0] == bits[1] == found.tobytes()


def test_long_rows_stay_short_and_keep_mass_and_centre():
    made = field()
    for second in range(900):
        made.emit("gas", 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=float(second))
        drift(made, 1, first=second)
    p = made.puffs
    assert len(p) < 80
    assert p.mass_kg.sum() == pytest.approx(900.0)
    assert (p.mass_kg * p.x).sum() / 900.0 == pytest.approx(901.0)  # 2 m/s for 450.5 s on average


def test_two_releases_do_not_merge_or_mix():
    made = field()
    made.add_release("other", Release())
    for name in ("gas", "other"):
        made.emit(name, 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=0.0)
    drift(made, 50)
    assert len(made.puffs) == 2
    at = np.array([100.0]), np.array([0.0])
    alone = made.concentration_at(*at, release="gas")
    assert made.concentration_at(*at) == pytest.approx(2.0 * alone)


def test_decay_halves_and_settling_takes_from_the_ground():
    made = field(Release(decay_per_s=math.log(2.0) / 60.0))
    made.emit("gas", 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=0.0)
    drift(made, 60)
    assert made.puffs.mass_kg[0] == pytest.approx(0.5)
    low, high = field(Release(deposition_m_s=0.02)), field(Release(deposition_m_s=0.02))
    low.emit("gas", 1.0, 0.0, 0.0, 0.0, sigma_m=1.0, time_s=0.0)
    high.emit("gas", 1.0, 0.0, 0.0, 100.0, sigma_m=1.0, time_s=0.0)
    for made in (low, high):
        drift(made, 30)
    assert low.puffs.mass_kg[0] < 0.95
    assert high.puffs.mass_kg[0] > 0.999


def test_indoor_air_follows_slowly_and_stays_after_the_puff_has_gone():
    made = field(Release(air_changes_per_s=2.0 / 3600.0))
    made.boxes = np.array([[50.0, 0.0, 1.5]])
    made.emit("gas", 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=0.0)
    inside, outside = [], []
    for second in range(200):
        drift(made, 1, first=second)
        inside.append(made.indoor_at("gas", np.array([0]))[0])
        outside.append(made.concentration_at(np.array([50.0]), np.array([0.0]))[0])
    assert max(inside) < 0.05 * max(outside)
    assert outside[-1] < inside[-1]
    # what came in at each second, less what went out since
    rate = 2.0 / 3600.0
    came_in = rate * sum(c * math.exp(-rate * (199 - k)) for k, c in enumerate(outside))
    assert inside[-1] == pytest.approx(came_in, rel=1e-3)


def test_puffs_that_have_left_are_dropped():
    made = field(winds=(Wind(speed_m_s=20.0, from_deg=270.0, stability="D"),))
    made.emit("gas", 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=0.0)
    drift(made, 1001)
    assert len(made.puffs) == 0
    assert not made.is_present

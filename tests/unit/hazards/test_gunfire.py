"""What a shot does: chances, severities and paths against closed forms."""

import numpy as np
import pytest

from impetus_sim.hazards.attacker import MEDIAN_S, SIGMA
from impetus_sim.hazards.gunfire import SEVERITY_SHARES, draw_severity, first_in_path, hit_chance
from impetus_sim.scenario.draw import Draw
from impetus_sim.world.injuries import Severity


def test_the_hit_law_meets_the_two_published_rates():
    close, far = hit_chance(np.array([1.0, 10.0]), at_muzzle=0.46, falls_by_e_m=13.6)
    assert close == pytest.approx(0.43, abs=0.005) and far == pytest.approx(185 / 836, abs=0.005)


def test_severities_come_by_their_shares():
    found = draw_severity((np.arange(10_000) + 0.5) / 10_000)
    for severity, share in zip(Severity, SEVERITY_SHARES, strict=True):
        assert (found == severity).mean() == pytest.approx(share, abs=1e-3)


def test_half_of_the_immediate_make_up_the_share_of_the_dead():
    assert SEVERITY_SHARES[3] + 0.5 * SEVERITY_SHARES[2] == pytest.approx(486 / (486 + 557), abs=0.01)


def test_durations_meet_the_counts():
    lasts = Draw("lognormal", (MEDIAN_S, SIGMA), 5.0, 3600.0)
    times = np.array([lasts.quantile(u) for u in (np.arange(5000) + 0.5) / 5000])
    assert (times <= 120).mean() == pytest.approx(23 / 63, abs=0.003)
    assert (times <= 300).mean() == pytest.approx(44 / 63, abs=0.003)


@pytest.mark.parametrize(
    ("angle", "met"),
    [(0.0, 0), (np.pi, -1), (np.arctan2(0.25, 5.0), 0), (np.arctan2(0.35, 5.0), 1), (np.pi / 2, 2)],
)
def test_a_path_meets_the_first_body(angle, met):
    x, y = np.array([5.0, 20.0, 0.0]), np.array([0.0, 1.4, 9.0])
    assert first_in_path(0.0, 0.0, angle, x, y, np.full(3, 0.3), 30.0) == met
    assert first_in_path(0.0, 0.0, angle, x, y, np.full(3, 0.3), 4.0) == -1

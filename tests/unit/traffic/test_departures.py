"""Departure times by the profile of an entry of the demand."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.demand.departures import Departures

DRAWS = (np.arange(24_000) + 0.5) / 24_000


def test_even_departures_are_evenly_spread():
    times = Departures(start_s=100.0, end_s=500.0).quantiles(DRAWS)
    assert np.allclose(np.histogram(times, 4, (100.0, 500.0))[0], 6000)


def test_hourly_shares_follow_the_clock_of_the_day():
    shares = [0.0] * 24
    shares[7], shares[8] = 3.0, 1.0
    when = Departures(start_s=0.0, end_s=2 * 3600.0, profile=tuple(shares), start_of_day_s=7.5 * 3600.0)
    times = when.quantiles(DRAWS)
    # half an hour of the hour with three shares, then the hour with one, then none
    assert times.min() >= 0.0 and times.max() <= 1.5 * 3600.0
    assert (times < 1800.0).mean() == pytest.approx(0.6, abs=1e-3)
    assert when.share_of_day() == pytest.approx(2.5 / 4.0)


def test_hourly_shares_go_on_after_midnight():
    shares = [0.0] * 24
    shares[0] = 1.0
    when = Departures(start_s=0.0, end_s=3 * 3600.0, profile=tuple(shares), start_of_day_s=23 * 3600.0)
    times = when.quantiles(DRAWS)
    assert times.min() > 3600.0 - 1.0 and times.max() < 7200.0 + 1.0


def test_steps_hold_until_the_next_one_and_are_cut_at_the_ends():
    when = Departures(start_s=300.0, end_s=1200.0, profile=((0.0, 0.5), (600.0, 0.0), (900.0, 0.5)))
    times = when.quantiles(DRAWS)
    assert ((times >= 300.0) & (times <= 1200.0)).all()
    assert not ((times > 601.0) & (times < 899.0)).any()
    # of the first step only its second half lies after the start
    assert (times < 700.0).mean() == pytest.approx(1.0 / 3.0, abs=1e-3)


def test_even_share_of_a_day():
    assert Departures(start_s=0.0, end_s=3600.0).share_of_day() == pytest.approx(1.0 / 24.0)

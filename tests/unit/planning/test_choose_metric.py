"""Which metric decides when none is named."""

from __future__ import annotations

from impetus_sim.planning.comparison.comparison import choose_metric


def test_runs_with_vehicles_alone_are_decided_by_the_delay_of_all():
    assert (
        choose_metric(None, {"people_exposed": {}, "mean_trip_time": {}, "total_delay": {}}) == "total_delay"
    )


def test_people_on_foot_come_first():
    assert choose_metric(None, {"total_delay": {}, "mean_egress_time": {}}) == "mean_egress_time"

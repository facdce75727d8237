"""Which streets and signals hazards and interventions are about, and what is said when there are none."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError

TRAFFIC = {
    "traffic": {
        "signals": {"at": [{"xy": [131, 131]}]},
        "demand": {"everyday": {"kind": "gravity", "trips": 60, "through": 1.0, "end": 15}},
    }
}


@pytest.fixture(scope="module")
def closing(town):
    """A function from the keys of a closure to the ends of the links that it closes, in local metres."""

    def ends(**keys):
        part = {"kind": "road_closure", "at_time": 1.0, **keys}
        sim = Simulation(town(TRAFFIC, {"interventions": {"part": part}}), seed=3)
        city, flow = sim.systems.traffic, sim.systems.traffic.flow
        links = city.orders._about.links["part"]
        first = city.streets.first
        start, end = city.streets.points[first[links]], city.streets.points[first[links + 1] - 1]
        assert flow.links.n_links > len(links)
        return np.round(np.hstack([start, end])).astype(int).tolist()

    return ends


def test_a_point_is_about_both_directions_of_the_nearest_street_and_towards_about_one(closing):
    both = closing(at={"xy": [36, 8]})
    assert len(both) == 2
    assert both[0][:2] == both[1][2:]
    (one,) = closing(at={"xy": [36, 8]}, towards={"xy": [370, 8]})
    assert one[2] > one[0]


def test_into_only_leaves_the_ways_out_open(closing):
    area = {"box": [100, 100, 280, 280]}
    inward = closing(at=area, into_only=True)
    assert len(inward) < len(closing(at=area))
    for x0, y0, x1, y1 in inward:
        assert not (100 <= x0 <= 280 and 100 <= y0 <= 280)
        assert 100 <= x1 <= 280 and 100 <= y1 <= 280


def test_a_line_across_streets_is_about_those_it_crosses(closing):
    assert len(closing(at={"line": [[36, 0], [36, 60]]})) == 2


def test_without_traffic_a_closure_is_refused(town):
    part = {"kind": "road_closure", "at_time": 1.0, "at": {"xy": [30, 6]}}
    with pytest.raises(InvalidInputError, match=r"interventions\.part.*no traffic"):
        Simulation(town({"interventions": {"part": part}}), seed=3)


def test_a_place_far_from_signals_is_refused(town):
    part = {"kind": "signal_fault", "start": 1.0, "at": {"xy": [8, 8]}}
    with pytest.raises(InvalidInputError, match=r"hazards\.part\.at: there is no signal"):
        Simulation(town(TRAFFIC, {"hazards": {"part": part}}), seed=3)

"""The cases of water hold, and the ones that need other people's records say so."""

import os

import pytest

pytest.importorskip("wntr")

from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure import water, water_records
from impetus_sim.verification.suite import run_case

SLOW = ("water-ky4-wntr", "water-micropolis-flow")
CASES = [
    pytest.param(c, id=c.id, marks=pytest.mark.slow if c.id in SLOW else ())
    for c in (*water.CASES, *water_records.CASES)
]


@pytest.mark.parametrize("case", CASES)
def test_case_holds(case):
    if case.needs_data and "IMPETUS_DATA" not in os.environ:
        pytest.skip("IMPETUS_DATA is not set")
    result = run_case(case, effort=Effort(model=case.default_model))
    assert result.passed, result.text


def test_without_the_records_a_case_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("IMPETUS_DATA", raising=False)
    result = run_case(water_records.CASES[-1], effort=Effort(model=""))
    assert not result.passed
    assert "IMPETUS_DATA" in result.text


@pytest.mark.skipif("IMPETUS_DATA" not in os.environ, reason="IMPETUS_DATA is not set")
def test_pipes_shut_on_both_sides_do_not_fail_the_solver():
    # EPANET's error 110 at 4500 s, while nothing held the heads of parts without a source
    pipes = [pipe for pipe, *_ in water_records._MICROPOLIS_REPAIRS]
    town, areas = water_records._open("micropolis/water.inp", pipes, step="0:05")
    for pipe in pipes:
        leak = town.place_ids.index(f"{pipe}_leak_node")
        town.set_leak(leak, 0.5 * areas[pipe], at_us=180 * 10**6)
        town.set_leak(leak, 0.0, at_us=600 * 10**6)
        for half in (pipe, f"{pipe}_B"):
            town.set_link(town.link_ids.index(half), False, at_us=600 * 10**6)
    for pump in range(len(town.pump_ids)):
        town.set_pump_power(pump, False, at_us=180 * 10**6)
    town.advance(6000 * 10**6)
    assert town.served_shares().min() == 0.0

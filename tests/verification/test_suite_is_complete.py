"""Every test of the guidelines is there under its own number, and the quick ones pass."""

import pytest

from impetus_sim.verification.case import Effort, Measured
from impetus_sim.verification.crowd.fundamental import weidmann
from impetus_sim.verification.page import write_page
from impetus_sim.verification.suite import list_cases, run_case, run_suite

RIMEA = [f"rimea-{n}" for n in range(1, 17)]
IMO = [f"imo-{n}" for n in range(1, 12)]
NIST = [
    f"nist-{n}" for n in ("1.1", *(f"2.{k}" for k in range(1, 11)), "3.1", "3.2", "3.3", "4.1", "5.1", "5.2")
]
ISO = [f"iso-{n}" for n in range(1, 20)]
QUICK = (
    "rimea-1",
    "imo-1",
    "rimea-2",
    "rimea-3",
    "imo-2",
    "imo-3",
    "iso-3",
    "iso-5",
    "nist-1.1-uniform",
    "nist-2.10",
    "nist-4.1",
    "iso-13",
    "iso-17",
    "rimea-14",
    "rimea-13",
    "imo-11",
    "nist-2.5",
    "nist-2.6",
    "nist-2.7",
    "nist-2.9",
    "iso-14",
    "nist-3.3",
    "rimea-7",
    "rimea-8",
)


@pytest.mark.parametrize("number", [*RIMEA, *IMO, *NIST, *ISO])
def test_every_test_of_the_guidelines_is_there(number):
    ids = [case.id for case in list_cases("crowd")]
    assert any(name == number or name.startswith((f"{number}-", f"{number}a")) for name in ids), number


def test_ids_are_unique_and_cases_say_what_they_rest_on():
    cases = list_cases("crowd")
    assert len({case.id for case in cases}) == len(cases)
    for case in cases:
        assert case.standard and case.title and case.source and case.expected and case.low <= case.high


@pytest.mark.parametrize("name", QUICK)
def test_quick_cases_pass(verify, name):
    result = verify(name)
    assert result.passed, result.text


def test_what_guidelines_share_runs_once():
    results = run_suite("crowd", only=["rimea-6", "imo-6", "iso-4"])
    assert [result.case.id for result in results] == ["rimea-6", "imo-6", "iso-4"]
    assert len({result.measured for result in results}) == 1
    assert [result.seconds > 0 for result in results] == [True, False, False]


def test_the_page_lists_a_failing_model_beside_a_passing_one():
    case = next(case for case in list_cases("crowd") if case.id == "rimea-1")
    results = [run_case(case, effort=Effort(model="collision_free_speed"))]
    bad = case.also("rimea-1", case.standard, run=lambda effort: Measured(value=99.0, text="99 s"))
    results.append(run_case(bad, effort=Effort(model="another_model")))
    page = write_page(results, families=["crowd"])
    assert "<th>collision_free_speed</th><th>another_model</th>" in page
    assert "1 of 2 cases passed" in page
    assert "What fails" in page and "99 s" in page


def test_weidmann_is_the_published_curve():
    # reference values of the handbook at 0.5, 1, 2, 4 persons per m2
    expected = {0.5: 1.298, 1.0: 1.058, 2.0: 0.606, 4.0: 0.156}
    for density, speed in expected.items():
        assert weidmann(density) == pytest.approx(speed, abs=0.002)

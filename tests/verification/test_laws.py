"""Laws: people conserved, nobody through walls (10^6 person-steps with -m slow), threads change nothing."""

import pytest


def test_people_are_conserved(verify):
    result = verify("law-people")
    assert result.passed, result.text


def test_nobody_passes_a_wall(verify):
    result = verify("law-walls", person_steps=1_000_000)
    assert result.passed, result.text
    assert "0 in 10" in result.text


def test_threads_change_nothing(verify):
    result = verify("law-threads")
    assert result.passed, result.text


@pytest.mark.slow
def test_nobody_passes_a_wall_in_ten_million_steps(verify):
    result = verify("law-walls", person_steps=10_000_000)
    assert result.passed, result.text

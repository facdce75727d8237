"""RiMEA test 1: 26 to 34 s for 40 m at 1.33 m/s (5 % speed, 1 s reaction, 0.4 m body); ISO test 2: +-5 %."""

import pytest


@pytest.mark.parametrize("case_id", ["rimea-1", "iso-2"])
def test_speed_in_corridor(verify, case_id):
    result = verify(case_id)
    assert result.passed, result.text


def test_nothing_slows_a_lone_walker(verify):
    # tighter than the guideline: the model has no reason to be slow on empty ground
    assert verify("iso-2").measured == pytest.approx(1.0, abs=0.005)

"""RiMEA tests 9 (two of four exits closed: time about doubles, band 1.6 to 2.4) and 10 (allocated exits)."""

import pytest


@pytest.mark.slow
def test_closing_two_of_four_exits(verify):
    result = verify("rimea-9")
    assert result.passed, result.text


def test_allocated_exits(verify):
    result = verify("rimea-10")
    assert result.passed, result.text

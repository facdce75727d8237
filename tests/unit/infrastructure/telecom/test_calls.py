"""Erlang's loss formula against published tables, callers who try again, and signalling as the limit."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.telecom.calls import settle_calls
from impetus_sim.infrastructure.telecom.erlang import blocked_share, lines_needed
from impetus_sim.infrastructure.telecom.rules import PhoneRules

TABLE = [
    # lines, blocked, offered Erlang as printed in traffic tables
    (1, 0.01, 0.0101),
    (5, 0.01, 1.361),
    (10, 0.01, 4.461),
    (20, 0.01, 12.03),
    (50, 0.01, 37.90),
    (100, 0.01, 84.06),
    (10, 0.02, 5.084),
    (20, 0.02, 13.18),
    (30, 0.02, 21.93),
    (50, 0.02, 40.26),
    (100, 0.02, 87.97),
    (10, 0.05, 6.216),
    (50, 0.05, 44.53),
]


@pytest.mark.parametrize(("lines", "blocked", "offered"), TABLE)
def test_the_formula_gives_the_printed_tables(lines, blocked, offered):
    # a last printed digit of the traffic is up to 0.5 % of the smallest, and moves the blocking by no more than 1 %
    assert blocked_share(np.array([offered]), np.array([lines]))[0] == pytest.approx(blocked, rel=0.01)


def test_the_formula_equals_its_sum():
    offered, lines = 7.3, 9
    terms = [offered**k / np.prod(np.arange(1, k + 1), initial=1.0) for k in range(lines + 1)]
    assert blocked_share(np.array([offered]), np.array([lines]))[0] == pytest.approx(
        terms[-1] / sum(terms), rel=1e-12
    )


def test_edges():
    blocked = blocked_share(np.array([0.0, 0.0, 5.0]), np.array([3, 0, 0]))
    assert blocked.tolist() == [0.0, 1.0, 1.0]
    with pytest.raises(InvalidInputError):
        blocked_share(np.array([-1.0]), np.array([3]))


@pytest.mark.parametrize("offered", [0.0, 0.4, 5.0, 62.5, 300.0])
def test_as_many_lines_as_needed_and_not_one_more(offered):
    n = lines_needed(offered, 0.02)
    assert blocked_share(np.array([offered]), np.array([n]))[0] <= 0.02
    assert n <= 1 or blocked_share(np.array([offered]), np.array([n - 1]))[0] > 0.02


PLENTY = np.array([1e9])


def test_without_recalls_calls_are_plain_erlang():
    calls = settle_calls(np.array([40.26]), np.array([50]), PLENTY, PhoneRules(recall_share=0.0))
    assert calls.served[0] == pytest.approx(0.98, abs=1e-4)
    assert calls.attempts[0] == 40.26


def test_recalls_solve_the_fixed_point():
    rules = PhoneRules(recall_share=0.5)
    fresh, lines = 80.0, np.array([50])
    calls = settle_calls(np.array([fresh]), lines, PLENTY, rules)
    attempts = calls.attempts
    blocked = blocked_share(attempts, lines)[0]
    assert attempts[0] == pytest.approx(fresh + 0.5 * attempts[0] * blocked, rel=1e-9)
    assert calls.served[0] == pytest.approx((1.0 - blocked) / (1.0 - 0.5 * blocked), rel=1e-9)


def test_signalling_is_a_limit_of_its_own():
    rules = PhoneRules(recall_share=0.0)
    # 0.1 channels pass 0.1 x 120 / 3 = 4 Erlang of attempts, of which 100 lines block none
    calls = settle_calls(np.array([40.0]), np.array([100]), np.array([0.1]), rules)
    assert calls.served[0] == pytest.approx(0.1)
    assert calls.signalling[0] == pytest.approx(0.1)


def test_more_calls_never_serve_a_larger_share():
    rules = PhoneRules()
    fresh = np.linspace(0.0, 800.0, 81)
    lines = np.full(81, 74)
    served = settle_calls(fresh, lines, lines * rules.signalling_per_line, rules).served
    assert (np.diff(served) <= 1e-9).all() and served[0] == 1.0 and served[-1] < 0.2

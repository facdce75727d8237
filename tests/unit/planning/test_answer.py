"""Answers in plain words: a number with its interval, or that nobody can tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from impetus_sim.planning.comparison.answer import answer, format_number, format_share
from impetus_sim.planning.comparison.evaluate import MetricColumn, compare_metric


def make_options(*effects: float, noise: float = 1.0, better: str = "lower") -> list[dict[str, Any]]:
    rng = np.random.default_rng(4)
    shared = 100.0 + 10.0 * rng.normal(size=20)
    rows = [shared] + [shared + effect + noise * rng.normal(size=20) for effect in effects]
    values = np.stack(rows)
    column = MetricColumn(
        values=values,
        is_censored=np.zeros(values.shape, bool),
        unit="s",
        label="mean egress time",
        better=better,
    )
    entries = compare_metric(column, seed=1, confidence=0.95)
    return [{"name": f"o{i}", "title": f"Plan {i}", "egress": entry} for i, entry in enumerate(entries)]


def test_a_clear_difference_has_a_direction_a_size_and_an_interval() -> None:
    text = answer(make_options(-42.0), "egress", confidence=0.95)
    assert text.startswith("Plan 1 shortens the mean egress time by 4")
    assert "95 % interval" in text and "20 paired runs" in text


def test_an_unclear_difference_is_said_to_be_unclear() -> None:
    text = answer(make_options(0.0, noise=30.0), "egress", confidence=0.95)
    assert "Plan 1 and the baseline cannot be told apart on mean egress time" in text


def test_an_option_that_does_nothing_is_identical() -> None:
    text = answer(make_options(0.0, noise=0.0), "egress", confidence=0.95)
    assert text == "Plan 1 changes nothing: the mean egress time is identical in all 20 paired runs."


def test_one_pair_says_nothing() -> None:
    column = MetricColumn(
        values=np.array([[3.0], [2.0]]),
        is_censored=np.zeros((2, 1), bool),
        unit="s",
        label="clearance time",
        better="lower",
    )
    entries = compare_metric(column, seed=1, confidence=0.95)
    options = [{"name": "o", "title": "Plan", "egress": entry} for entry in entries]
    assert "only one pair of runs" in answer(options, "egress", confidence=0.95)


def test_shares_differ_by_percentage_points() -> None:
    values = np.array([[0.2, 0.3, 0.25, 0.3], [0.4, 0.5, 0.46, 0.5]])
    column = MetricColumn(
        values=values, is_censored=values > 1.0, unit="", label="share out at the end", better="higher"
    )
    entries = compare_metric(column, seed=1, confidence=0.95)
    options = [{"name": "o", "title": "Plan", "egress": entry} for entry in entries]
    text = answer(options, "egress", confidence=0.95)
    assert text.startswith("Plan raises the share out at the end by 20.25 percentage points")


def test_durations_are_cut_off_and_sums_count_up_to_the_end() -> None:
    values = np.array([[60.0, 70.0, 65.0], [80.0, 95.0, 84.0]])
    went_on = np.ones(values.shape, bool)
    for unit, difference in (("s", 0.0), ("vehicle-h", 21.333)):
        column = MetricColumn(values=values, is_censored=went_on, unit=unit, label="delay", better="lower")
        entry = compare_metric(column, seed=1, confidence=0.95)[1]
        assert entry["difference"]["mean"] == pytest.approx(difference, abs=1e-3)
        assert entry["restricted_to"] == (60.0 if unit == "s" else None)
        assert entry["n_censored"] == 3


def test_several_options_come_best_first_with_a_probability() -> None:
    text = answer(make_options(-5.0, -42.0), "egress", confidence=0.95)
    assert text.index("Plan 2") < text.index("Plan 1")
    assert "Best on mean egress time: Plan 2, with probability above 99 %." in text


def test_options_that_are_alike_are_best_together() -> None:
    text = answer(make_options(0.0, 30.0, noise=0.0), "egress", confidence=0.95)
    assert "Best on mean egress time: the baseline and Plan 1 alike, with probability above 99 %." in text


@pytest.mark.parametrize(
    ("value", "spread", "text"),
    [
        (42.13, 11.0, "42"),
        (42.13, 1.1, "42.1"),
        (-0.001, 3.0, "0.0"),
        (-12345.6, 900.0, "\u221212\u202f346"),
        (0.0, None, "0"),
        (0.01234, 0.004, "0.0123"),
    ],
)
def test_numbers_have_the_digits_they_deserve(value: float, spread: float | None, text: str) -> None:
    assert format_number(value, spread) == text


def test_probabilities_are_never_certain() -> None:
    assert [format_share(share) for share in (1.0, 0.0, 0.73)] == ["above 99 %", "below 1 %", "73 %"]

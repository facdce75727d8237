"""Who is worst off: in the option looked at, and by what it changes."""

from __future__ import annotations

from typing import Any

from impetus_sim.planning.comparison.evaluate import compare_groups
from impetus_sim.planning.comparison.worst_off import choose_recommended, describe_worst_off, find_worst_off


def measure(value: float, better: str = "lower", unit: str = "s") -> dict[str, Any]:
    return {"value": value, "unit": unit, "label": "mean egress time", "better": better, "is_censored": False}


def run(**times: float) -> dict[str, Any]:
    people = {"profile=wheelchair_user": 12.0, "profile=adult": 500.0, "profile=mascot": 1.0}
    groups = {f"profile={name}": time for name, time in times.items()}
    return {
        "groups": {
            group: {"people": measure(people[group], "", "people"), "mean_egress_time": measure(time)}
            for group, time in groups.items()
        }
    }


RESULTS = [
    [run(adult=100.0 + r, wheelchair_user=200.0 + r, mascot=900.0) for r in range(4)],
    [run(adult=105.0 + r * 1.1, wheelchair_user=150.0 + r, mascot=990.0) for r in range(4)],
]
GROUPS = compare_groups(RESULTS, seed=1, confidence=0.95)


def test_who_is_worst_off_and_whose_change_is_worst_may_differ() -> None:
    (row,) = find_worst_off(GROUPS, option=1)
    assert (row["by"], row["metric"]) == ("profile", "mean_egress_time")
    assert (row["group"], row["mean"]) == ("wheelchair_user", 151.5)  # the one mascot is too few to be named
    assert row["difference_group"] == "adult" and row["is_worse"]
    (sentence,) = describe_worst_off([row], "mean_egress_time", title="Opening the gate")
    assert sentence == (
        "Worst off by profile with Opening the gate: wheelchair user (mean egress time 152 s); "
        "adult loses most: 5.15 s."
    )


def test_where_all_gain_who_gains_least_is_named() -> None:
    faster = [run(adult=95.0 + r, wheelchair_user=150.0 + r) for r in range(4)]
    (row,) = find_worst_off(compare_groups([RESULTS[0], faster], seed=1, confidence=0.95), option=1)
    assert row["difference_group"] == "adult" and row["is_better"]
    (sentence,) = describe_worst_off([row], "mean_egress_time", title="both gates")
    assert sentence.endswith("; adult gains least: \N{MINUS SIGN}5.0 s.")


def test_the_baseline_has_no_change() -> None:
    (row,) = find_worst_off(GROUPS, option=0)
    assert row["group"] == "wheelchair_user" and row["difference_group"] is None
    assert describe_worst_off([row], "share_out", title="the baseline") == []


def test_equal_groups_have_no_worst() -> None:
    alike = [[run(adult=100.0, wheelchair_user=100.0)], [run(adult=90.0, wheelchair_user=90.0)]]
    assert find_worst_off(compare_groups(alike, seed=1, confidence=0.95), option=0) == []


def test_the_recommended_option_has_the_best_mean() -> None:
    options = [
        {"name": "baseline", "m": {"mean": 2.0, "better": "lower"}},
        {"name": "open", "m": {"mean": 1.0, "better": "lower"}},
        {"name": "broken"},
    ]
    assert choose_recommended(options, "m") == "open"

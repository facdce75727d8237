"""Flow, exposure, groups and the whole set of metrics against cases worked out by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from impetus_sim.analysis.by_group import compute_by_group, find_worst_off
from impetus_sim.analysis.exposure import compute_exposure_time, compute_people_exposed
from impetus_sim.analysis.flow import compute_flow_series, compute_max_flow, compute_specific_flow
from impetus_sim.analysis.metric import Metric, format_number, format_value
from impetus_sim.analysis.metrics import METRIC_ORDER, compute_metrics
from impetus_sim.analysis.people import LEFT, read_people


def test_highest_flow_is_over_any_ten_seconds() -> None:
    times_s = np.array([0.0, 8.0, 9.0, 12.0, 17.9, 30.0])
    assert compute_max_flow(times_s) == 4 / 10  # 8.0 to 17.9
    assert compute_max_flow(np.array([])) == 0.0
    assert compute_max_flow(np.array([5.0, 15.0])) == 1 / 10  # (5, 15] leaves out its start


def test_flow_series_counts_consecutive_windows() -> None:
    ends, flow = compute_flow_series(np.array([1.0, 10.0, 11.0, 25.0]), until_s=30.0)
    assert ends.tolist() == [10.0, 20.0, 30.0]
    assert flow.tolist() == [0.2, 0.1, 0.1]


def test_specific_flow_between_a_tenth_and_nine_tenths() -> None:
    """100 people, two a second: from the 10th at 5 s to the 90th at 45 s, 80 people through 2.5 m."""
    times_s = np.arange(1, 101) / 2
    assert compute_specific_flow(times_s, width_m=2.5) == pytest.approx(80 / 40 / 2.5)
    assert compute_specific_flow(times_s[:19], width_m=2.5) is None
    assert compute_specific_flow(np.full(50, 3.0), width_m=2.5) is None


def test_exposure(write_recording, make_crowd) -> None:
    people = read_people(write_recording(make_crowd(4, exposure_s=[0.0, 1.5, 0.0, 10.0])))
    assert compute_people_exposed(people).value == 2.0
    assert compute_exposure_time(people).value == 11.5
    assert compute_people_exposed(people, np.array([True, True, False, False])).value == 1.0


def test_exposure_that_was_not_recorded(write_recording, make_crowd) -> None:
    crowd = make_crowd(2)
    del crowd["exposure_s"]
    assert compute_people_exposed(read_people(write_recording(crowd))).text.startswith("not defined")


def test_groups_and_the_worst_off(write_recording, make_crowd) -> None:
    crowd = make_crowd(
        11,
        state=[LEFT] * 11,
        left_tick=[10] * 5 + [40] * 5 + [99],
        profile=[0] * 5 + [1] * 5 + [0],
        population=[0] * 10 + [1],
        exposure_s=[0.0] * 5 + [2.0] * 5 + [0.0],
    )
    groups = compute_by_group(read_people(write_recording(crowd)))
    assert [(group.key, group.n_people) for group in groups] == [
        ("profile=adult", 6),
        ("profile=wheelchair_user", 5),
        ("population=visitors", 10),
        ("population=staff", 1),
    ]
    assert groups[0].metrics["mean_egress_time"].value == pytest.approx(149 / 6)
    assert groups[1].metrics["share_exposed"].value == 1.0
    assert groups[1].metrics["mean_exposure_time"].value == 2.0
    assert find_worst_off(groups, "mean_egress_time").name == "wheelchair_user"
    assert find_worst_off(groups, "mean_egress_time", by="population") is None  # one member of staff
    assert find_worst_off(groups, "share_out") is None  # all equal


def test_all_metrics_of_a_run(write_recording, make_crowd) -> None:
    crowd = make_crowd(1, state=[LEFT], left_tick=[12], exit=[1])
    metrics = compute_metrics(write_recording(crowd, frames={0: [(5.0, 5.0)], 10: [(15.0, 10.0)], 20: []}))
    assert tuple(metrics)[: len(METRIC_ORDER)] == METRIC_ORDER
    assert [name for name in metrics if "." in name] == [
        "flow.west",
        "mean_flow.west",
        "specific_flow.west",
        "flow.east",
        "mean_flow.east",
        "specific_flow.east",
    ]
    assert all(metric.name == name and metric.label for name, metric in metrics.items())
    assert metrics["clearance_time"].value == 12.0
    assert metrics["flow.east"].value == 0.1
    assert metrics["flow.west"].value == 0.0
    json.dumps({name: metric.to_dict() for name, metric in metrics.items()}, allow_nan=False)


def test_all_metrics_of_an_empty_run(write_recording) -> None:
    metrics = compute_metrics(write_recording())
    assert {metrics[name].value for name in METRIC_ORDER} == {None}
    assert all(metrics[name].note for name in METRIC_ORDER)


def test_a_metric_is_never_nan() -> None:
    with pytest.raises(ValueError, match="not defined"):
        Metric(name="x", value=float("nan"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1800, "1 800"),
        (412.4, "412"),
        (41.26, "41.3"),
        (4.0, "4"),
        (0.0123456, "0.0123"),
        (-5.5, "-5.5"),
    ],
)
def test_numbers_as_text(value: float, text: str) -> None:
    assert format_number(value) == text
    assert format_value(0.257, "") == "25.7 %"

"""Bands of curves over the runs of options."""

from __future__ import annotations

from typing import Any

import pytest

from impetus_sim.planning.comparison.curves import summarise_curves


def make_run(values: list[float], *, end_s: float = 60.0) -> dict[str, Any]:
    return {"curves": {"people_out": {"label": "people out", "end_s": end_s, "of": 10.0, "values": values}}}


def test_band_is_of_quantiles_at_each_time() -> None:
    runs = [[make_run([0.0, float(k), 10.0]) for k in range(11)]]
    option = summarise_curves(["baseline"], runs)["people_out"]["options"][0]
    assert option["runs"] == 11
    assert option["median"] == [0.0, 5.0, 10.0]
    assert option["low"] == pytest.approx([0.0, 0.5, 10.0])
    assert option["high"] == pytest.approx([0.0, 9.5, 10.0])
    assert (option["end_s"], option["of"]) == (60.0, 10.0)


def test_what_some_run_lacks_or_nobody_saw_is_left_out() -> None:
    whole, short = make_run([0.0, 4.0]), make_run([0.0, 4.0], end_s=30.0)
    found = summarise_curves(["a", "b", "c"], [[whole, whole], [whole, {}], [whole, short]])
    assert [option["name"] for option in found["people_out"]["options"]] == ["a"]
    assert summarise_curves(["a"], [[make_run([0.0, 0.0])]]) == {}
    assert summarise_curves(["a"], [[{}]]) == {}

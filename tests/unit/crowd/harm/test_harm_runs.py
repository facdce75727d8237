"""Runs that follow harm: gases, smoke, doses per person, events with causes, and runs that do not follow it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impetus_sim.analysis.causes import read_trace
from impetus_sim.analysis.harm import compute_harm_metrics, read_harm
from impetus_sim.crowd.harm.toxicity import dose_rate
from impetus_sim.engine.record import simulate

GAS = {"kind": "gas_area", "at": {"box": [0, 0, 12, 8]}, "start": 2, "co": 60000, "co2": 2, "o2": 18}
RATE = float(dose_rate(np.array([60000.0]), np.array([2.0]), np.array([2.9]), hyperventilation=0.193)[0])
"""1 per 16 s."""


def follow(room: Callable[..., Any], *more: dict[str, Any], path: Path, **how: Any) -> Any:
    return simulate(room({"crowd": {"harm": True}}, *more), seed=3, path=path / "run.h5", check=True, **how)


def test_gases_stop_people_within_one_step_of_the_closed_form(
    room: Callable[..., Any], tmp_path: Path
) -> None:
    recording = follow(room, {"hazards": {"leak": GAS}}, path=tmp_path)
    ticks = recording.tables("harm")["incapacitated_tick"]
    # the gas comes at 2 s; the first step in it ends one step later
    assert (ticks > 0).all()
    assert np.abs(ticks * 0.01 - (2.0 + 1.0 / RATE)).max() <= 0.05 + 1e-9
    found = {m.name: m.value for m in compute_harm_metrics(recording)}
    assert found["people_incapacitated"] == len(ticks)
    assert found["casualties.toxic_dose"] == len(ticks)
    assert found["casualties_low.toxic_dose"] == 0.0
    assert found["casualties_high.density_time"] == 0.0


def test_the_incapacitated_stay_where_they_are_or_are_removed(
    room: Callable[..., Any], tmp_path: Path
) -> None:
    alarm = {"bell": {"kind": "false_alarm", "at": {"xy": [6, 4]}, "start": 17.0, "believed_share": 1.0}}
    leak = {"leak": {**GAS, "at": {"box": [0, 0, 6, 8]}}}
    staying = follow(room, {"hazards": {**leak, **alarm}}, path=tmp_path)
    crowd, harm = staying.tables("crowd"), staying.tables("harm")
    down = harm["incapacitated_tick"] >= 0
    assert down.any() and not down.all()
    assert (crowd["state"][down] == 1).all()
    assert np.hypot(crowd["vx"][down], crowd["vy"][down]).max() == 0.0
    assert (crowd["is_walking"][down] == 0).all()
    gone = {"crowd": {"harm": {"toxicity": {"incapacitated": "remove"}}}}
    removed = simulate(room(gone, {"hazards": leak}), seed=3, path=tmp_path / "gone.h5", check=True)
    state, ticks = removed.tables("crowd")["state"], removed.tables("harm")["incapacitated_tick"]
    assert ((state == 3) == (ticks >= 0)).all() and (state == 3).any()
    assert removed.counts()["removed"][-1] == np.count_nonzero(state == 3)


def test_people_bear_gases_differently_when_asked(room: Callable[..., Any], tmp_path: Path) -> None:
    spread = {"crowd": {"harm": {"toxicity": {"spread": 1.0}}}}
    recording = follow(room, spread, {"hazards": {"leak": GAS}}, path=tmp_path)
    ticks = recording.tables("harm")["incapacitated_tick"]
    assert len(np.unique(ticks)) > 10


def test_harm_has_its_cause(room: Callable[..., Any], tmp_path: Path) -> None:
    recording = follow(room, {"hazards": {"leak": GAS}}, path=tmp_path)
    trace = read_trace(recording)
    fallen = next(e for e in trace.events.values() if e.kind == "people_incapacitated")
    assert [e.kind for e in trace.origins(fallen)] == ["gas_area", "people_incapacitated"]
    assert fallen.data["people"] == 40
    high = [e for e in trace.events.values() if e.kind == "harm_threshold"]
    assert {e.subject for e in high} == {"toxic_dose"}
    assert all(trace.causes_of(e)[0].kind == "gas_area" for e in high)


def test_a_crush_is_caused_by_what_made_people_set_out(room: Callable[..., Any], tmp_path: Path) -> None:
    low = {"kind": "density_time", "density": 0.5, "high_after": 1, "central_after": 2, "low_after": 3}
    recording = follow(
        room,
        {"crowd": {"harm": {"laws": {"near": low}}}},
        {
            "hazards": {
                "bell": {"kind": "false_alarm", "at": {"xy": [6, 4]}, "start": 1, "believed_share": 1.0}
            }
        },
        path=tmp_path,
    )
    trace = read_trace(recording)
    passed = [e for e in trace.events.values() if e.kind == "harm_threshold"]
    assert passed and {e.data["estimate"] for e in passed} == {"high", "central", "low"}
    late = [e for e in passed if e.t_s > 2]
    assert late and all(trace.causes_of(e)[0].kind == "false_alarm" for e in late)
    harm = read_harm(recording)
    assert harm is not None
    (found,) = harm.ranges
    assert (found.law, found.kind) == ("near", "density_time")
    assert 0 < found.low <= found.central <= found.high
    assert "(law near, density_time)" in found.text


def test_laws_of_gases_need_gases(room: Callable[..., Any], tmp_path: Path) -> None:
    harm = read_harm(follow(room, path=tmp_path))
    assert harm is not None and [found.law for found in harm.ranges] == ["density_time"]


def test_velocities_are_means_since_the_last_look(
    room: Callable[..., Any], start: Callable[..., Any]
) -> None:
    leaving = {"crowd": {"harm": True, "populations": {"guests": {"activity": "leave", "premovement": None}}}}
    simulation = start(room(leaving), until=1.0)
    before = simulation.crowd.people.x.copy()
    simulation.run_until(2.0)
    rows = simulation.crowd.inside
    harm = simulation.crowd.behaviours[-1].table
    np.testing.assert_allclose(harm.vx[rows], simulation.crowd.people.x[rows] - before[rows])


def test_levels_of_service_cover_the_time_inside(room: Callable[..., Any], tmp_path: Path) -> None:
    recording = follow(room, path=tmp_path)
    harm = read_harm(recording)
    assert harm is not None
    assert harm.walkway_s.sum(axis=1) == pytest.approx(20.0)
    assert harm.queue_s.sum(axis=1) == pytest.approx(20.0)
    assert (harm.peak_density > 0).all()


def test_a_run_without_the_section_is_the_same_run(room: Callable[..., Any], tmp_path: Path) -> None:
    plain = simulate(room(), seed=3, path=tmp_path / "plain.h5")
    followed = follow(room, path=tmp_path)
    assert "harm" not in plain.table_names
    assert read_harm(plain) is None and compute_harm_metrics(plain) == []
    for name, column in plain.tables("crowd").items():
        np.testing.assert_array_equal(column, followed.tables("crowd")[name])


def test_gases_are_followed_without_the_section(room: Callable[..., Any], tmp_path: Path) -> None:
    recording = simulate(room({"hazards": {"leak": GAS}}), seed=3, path=tmp_path / "run.h5")
    assert read_harm(recording) is not None
    assert "gases_harm_people" in recording.summary["couplings"]


def test_threads_and_a_restored_checkpoint_change_nothing(
    room: Callable[..., Any], start: Callable[..., Any]
) -> None:
    plume = {"kind": "gas", "at": {"xy": [4, 4]}, "start": 1, "lasts": 8, "co": 300, "co2": 50}
    scenario = room({"crowd": {"harm": True}, "hazards": {"fire": plume}})
    whole = start(scenario, until=20)
    assert whole.systems.world.air.table.co_ppm.max() > 0
    halfway = start(scenario, until=7.3, city=whole.city, threads=2)
    fresh = start(scenario, city=whole.city)
    fresh.take_over(halfway.capture())
    fresh.run_until(20)
    assert fresh.digest.parts == whole.digest.parts


def test_a_plume_spreads_and_thins(start: Callable[..., Any], room: Callable[..., Any]) -> None:
    plume = {"kind": "gas", "at": {"xy": [4, 4]}, "start": 1, "lasts": 3, "co": 300, "co2": 50}
    simulation = start(room({"hazards": {"fire": plume}}), until=4.5)
    air = simulation.world.air
    near, far = (air.gases_at(np.array([x]), np.array([4.0])).co_ppm[0] for x in (4.0, 11.0))
    assert near > far >= 0
    # 3 s of 300 l/s over 2.5 m: 0.36 m2 of pure CO, less what has thinned
    total = air.table.co_ppm.sum() * air.cell**2
    assert total == pytest.approx(0.36e6, rel=0.05)
    simulation.run_until(19)
    assert air.table.co_ppm.sum() * air.cell**2 < 0.95 * total


@pytest.mark.parametrize(
    ("law", "seconds"),
    [
        ({"kind": "constant", "at_factor": 0.5}, 160.0),
        ({"kind": "frantzich_nilsson"}, 100 / 1.25 / (1 - 0.057 / 0.706)),
        pytest.param(
            {"kind": "constant", "at_factor": 0.01, "least_speed": 0.3}, 100 / 0.3, marks=pytest.mark.slow
        ),
    ],
)
def test_smoke_corridor_of_nist_2_5(
    room: Callable[..., Any], tmp_path: Path, law: Any, seconds: float
) -> None:
    speed = {"mean": 1.25, "sd": 0, "min": 1.25, "max": 1.25}
    corridor = {
        "map": None,
        "time": {"duration": 400},
        "crowd": {
            "harm": {"smoke_speed": law},
            "profiles": {"walker": {"extends": "adult", "desired_speed": speed}},
            "populations": {
                "guests": None,
                "one": {
                    "count": 1, "at": {"box": [0.5, 0.5, 1.5, 1.5]}, "activity": "leave",
                    "exits": ["east"], "profiles": "walker",
                },
            },
        },
        "hazards": {
            "smoke": {"kind": "smoke_area", "at": {"box": [0, 0, 110, 2]}, "start": 0, "extinction": 1}
        },
    }  # fmt: skip
    synthetic = {"map": {"synthetic": {"kind": "corridor", "length": 110, "width": 2}}}
    recording = simulate(room(corridor, synthetic), seed=1, path=tmp_path / "run.h5")
    frames = [f for f in recording.frames() if len(f.x)]
    x, t = np.array([f.x[0] for f in frames]), np.array([f.t_s for f in frames])
    taken = np.interp(107.0, x, t) - np.interp(7.0, x, t)
    assert taken == pytest.approx(seconds, abs=0.5)

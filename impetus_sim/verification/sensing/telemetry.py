"""What is heard of sensors: lags, losses, silence without power, line or view, and false readings."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from impetus_sim.sensing.base import SensorContext
from impetus_sim.sensing.scene import FalseReadings
from impetus_sim.sensing.system import SensingSystem
from impetus_sim.verification.case import Case, Effort, Measured, worst
from impetus_sim.verification.sensing.setup import Z_999, build_sensor, build_stage, off_binomial, uncaused
from impetus_sim.world.assets import Assets, Needs, asset_states_table

HERE = {"xy": [30, 30]}


def _stage_with_camera(**shown: Any) -> SensorContext:
    stage = build_stage(**shown)
    none, nothing = np.zeros(0), np.zeros(0, np.int64)
    stage.world.assets = Assets(
        ids=("camera_1",),
        kinds=("camera",),
        x=np.array([30.0]),
        y=np.array([30.0]),
        is_mapped=np.ones(1, bool),
        basis=("case",),
        people=np.zeros(1),
        needs=Needs(
            consumer=nothing,
            provider=nothing,
            service=np.zeros(0, np.uint8),
            group=nothing,
            threshold=none,
            buffer_s=none,
            refill_s=none,
            level_without=none,
            probability=none,
        ),
    )
    states = stage.world.asset_states = asset_states_table(1)
    states.level[:] = 1.0
    states.has_view[:] = 1
    return stage


def bio_lag(effort: Effort) -> Measured:
    """Have a bio-collector say the mean of ten minutes, twelve minutes later."""
    del effort
    now = np.zeros(1)
    stage = build_stage(substances={"spores": uncaused(lambda x, y: now)})
    sampler = build_sensor(
        stage, "air_sampler", at=HERE, substance="spores", noise=0, averages=True, every=600, lag=720
    )
    system = SensingSystem({"bio": sampler}, stage.world)
    readings, off = system.telemetry.readings, []
    for second in range(1, 3001):
        now[0] = second
        stage.world.tick = 100 * second
        system.advance(stage.world.tick)
        if readings.arrived_tick[0] == stage.world.tick:
            about = stage.world.seconds(int(readings.observed_tick[0]))
            mean = about - 600 + (600 + 1) / 2
            off += [abs(second - about - 720.0), abs(readings.value[0] - mean)]
    if len(off) != 2 * 3:
        return Measured(value=math.inf, text=f"{len(off) // 2} readings in 3 000 s, expected 3")
    return Measured(value=max(off), text=f"3 readings, off by at most {max(off):g} s and mg/m3")


def drop_outs(effort: Effort) -> Measured:
    """Lose 12 % of 50 000 readings."""
    del effort
    stage = build_stage()
    system = SensingSystem(
        {"gauge": build_sensor(stage, "water_level", at=HERE, every=1, drop_out=0.12)}, stage.world
    )
    for second in range(1, 50_001):
        stage.world.tick = 100 * second
        system.advance(stage.world.tick)
    return off_binomial(50_000, 50_000 - int(system.telemetry.readings.serial[0]), 0.12, "lost")


def silence(effort: Effort) -> Measured:
    """Take power or view from a camera: what it says then is counted."""
    del effort
    stage = _stage_with_camera()
    system = SensingSystem({"eye": build_sensor(stage, "camera", "eye", needs="camera_1")}, stage.world)
    states, found = stage.world.asset_states, []
    assert states is not None
    second = 0
    for level, view, expected in (
        (1.0, 1, 20),
        (0.49, 1, 0),
        (0.5, 1, 20),
        (1.0, 0, 0),
        (0.0, 0, 0),
        (1.0, 1, 20),
    ):
        states.level[:], states.has_view[:] = level, view
        before = int(system.telemetry.readings.serial[0])
        for _ in range(20):
            second += 1
            stage.world.tick = 100 * second
            system.advance(stage.world.tick)
        said = int(system.telemetry.readings.serial[0]) - before
        found.append(
            Measured(
                value=abs(said - expected),
                text=f"level {level:g}, view {view}: {said} of {expected} readings",
            )
        )
    return worst(found)


def false_readings(effort: Effort) -> Measured:
    """Put a false value in a camera's place: all it says is that, with the event as the cause."""
    del effort
    stage = _stage_with_camera(
        false_readings=lambda rows: FalseReadings(np.full(len(rows), 0.25), np.full(len(rows), 42))
    )
    camera = build_sensor(stage, "camera", "eye", needs="camera_1", false_people=5)
    system = SensingSystem({"eye": camera}, stage.world)
    readings, n_wrong = system.telemetry.readings, 0
    for second in range(1, 201):
        stage.world.tick = 100 * second
        system.advance(stage.world.tick)
        n_wrong += not (
            readings.value[0] == 0.25 and readings.cause[0] == 42 and readings.serial[0] == second
        )
    return Measured(value=n_wrong, text=f"{n_wrong} of 200 readings differ")


def _exact(id: str, title: str, run: Callable[[Effort], Measured], expected: str) -> Case:
    return Case(
        id=id,
        standard="telemetry",
        title=title,
        source="as set in the scenario",
        low=0.0,
        high=0.0,
        expected=expected,
        run=run,
    )


CASES = (
    _exact(
        "sensing-bio-lag",
        "a bio-collector that needs twelve minutes",
        bio_lag,
        "the mean, exactly 720 s later",
    ),
    _exact("sensing-silence", "a camera without power or view", silence, "no reading"),
    _exact(
        "sensing-spoof", "a camera whose telemetry is forged", false_readings, "the false value and its event"
    ),
    Case(
        id="sensing-drop-out",
        standard="rates as set",
        title="readings that are lost",
        source="binomial law",
        low=0.0,
        high=Z_999,
        expected=f"12 %, within {Z_999} standard errors (99.9 %)",
        run=drop_outs,
    ),
)

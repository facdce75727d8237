"""Realised rates of misses, false counts and noise against what was set."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import shapely

from impetus_sim.sensing.scene import AwareNow, Streets
from impetus_sim.sensing.sensors.camera import BODY_M, HEAD_M, TARGET_M
from impetus_sim.sensing.sensors.posts import rate_at
from impetus_sim.verification.case import Case, Effort, Measured, worst
from impetus_sim.verification.sensing.setup import (
    SIDE_M,
    Z_999,
    Crowd,
    build_sensor,
    build_stage,
    off_binomial,
    off_mean,
    off_poisson,
    read,
    uncaused,
)

HERE = {"xy": [30, 30]}


def camera_misses(effort: Effort) -> Measured:
    """Count 400 people in view 250 times."""
    del effort
    rng = np.random.default_rng(3)
    crowd = Crowd(*rng.uniform(20, 40, (2, 400)))
    camera = build_sensor(build_stage(crowd), "camera", at=HERE, miss=0.13, false_people=0.0, range=25)
    seen = read(camera, 250)
    return off_binomial(400 * 250, 400 * 250 - seen.sum(), 0.13, "missed")


def camera_false(effort: Effort) -> Measured:
    """Look at an empty square 20 000 times."""
    del effort
    camera = build_sensor(build_stage(), "camera", at=HERE, false_people=0.4)
    seen = read(camera, 20_000)[:, 0, 0]
    spread = off_mean((seen - 0.4) ** 2, 0.4, "variance")
    return worst([off_poisson(seen.sum(), 0.4 * 20_000, "false people"), spread])


def camera_crowd(effort: Effort) -> Measured:
    """Stand nine people in each square metre: the chance to be seen is exp(-rho w L), rho without oneself."""
    del effort
    grid = np.arange(0.5 / 3, 45, 1 / 3)
    x, y = (a.ravel() for a in np.meshgrid(grid, grid))
    stage = build_stage(Crowd(x, y))
    camera = build_sensor(
        stage, "camera", at={"xy": [22.5, 22.5]}, miss=0, false_people=0, range=14, height=8, crowd_hides=True
    )
    seen = read(camera, 20).sum()
    cells = set(camera.cells_of(0).tolist())
    columns = stage.scene.sight.grid.columns
    in_view = np.array([int(b) * columns + int(a) in cells for a, b in zip(x, y, strict=True)])
    d = np.hypot(x[in_view] - 22.5, y[in_view] - 22.5)
    chance = np.exp(-(80 / 9) * BODY_M * d * (HEAD_M - TARGET_M) / (8 - TARGET_M))
    expected, error = 20 * chance.sum(), math.sqrt(20 * (chance * (1 - chance)).sum())
    off = abs(seen - expected) / error
    return Measured(value=off, text=f"seen {seen:.0f}, expected {expected:.1f}: {off:.2f} standard errors")


def exit_counter(effort: Effort) -> Measured:
    """Let 40 people through a door 2 500 times."""
    del effort
    found = []
    for miss, twice in ((0.07, 0.0), (0.0, 0.04)):
        stage = build_stage()
        counter = build_sensor(stage, "exit_counter", miss=miss, twice=twice)
        total = 0.0
        for serial in range(1, 2501):
            stage.world.exits.n_left[0] += 40
            total += counter.read(serial).values[0, 0]
        n = 40 * 2500
        if miss:
            found.append(off_binomial(n, n - total, miss, "missed"))
        else:
            found.append(off_binomial(n, total - n, twice, "twice"))
    return worst(found)


def _street(n_left: Callable[[], np.ndarray], n_vehicles: int) -> Streets:
    lines = shapely.linestrings([[(0, 30), (SIDE_M, 30)], [(0, 50), (SIDE_M, 50)]])
    return Streets(
        lines=lines,
        bearing_deg=np.array([90.0, 90.0]),
        n_left=n_left,
        vehicles=np.arange(n_vehicles, dtype=np.uint64),
        link_of_vehicle=lambda: np.full(n_vehicles, -1, np.int64),
    )


def loop_counter(effort: Effort) -> Measured:
    """Let 50 vehicles past a loop 2 000 times, and others along the next street."""
    del effort
    passed = np.zeros(2, np.int64)
    loop = build_sensor(build_stage(streets=_street(lambda: passed, 1)), "loop_counter", at=HERE, miss=0.05)
    total = 0.0
    for serial in range(1, 2001):
        passed += (50, 7)
        total += loop.read(serial).values[0, 0]
    return off_binomial(100_000, 100_000 - total, 0.05, "missed")


def bluetooth(effort: Effort) -> Measured:
    """Let 20 000 vehicles past two readers: how many can be told apart, and that each takes what it took."""
    del effort
    n, at = 20_000, np.zeros(20_000, np.int64)
    streets = _street(lambda: np.zeros(2, np.int64), n)
    streets = Streets(**{**vars(streets), "link_of_vehicle": lambda: at})
    stage = build_stage(streets=streets)
    pair = build_sensor(
        stage, "bluetooth", at=HERE, to={"xy": [30, 50]}, reach=5, penetration=0.3, scan=2, every=60
    )
    for second, link in ((2, 0), (40, -1), (58, 1)):
        stage.world.tick, at[:] = 100 * second, link
        pair.scan()
    stage.world.tick = 6000
    said = float(pair.read(1).values[0, 0])
    share = off_binomial(n, int(np.count_nonzero(pair.state[0].second_tick >= 0)), 0.3, "told apart")
    wrong = Measured(value=0.0 if said == 56.0 else math.inf, text=f"travel time {said:g} s of 56 s")
    return worst([share, wrong])


def gunshot(effort: Effort) -> Measured:
    """Fire 20 000 shots in range and 1 000 out of range; then listen to 20 000 hours of nothing."""
    del effort
    stage = build_stage()
    ear = build_sensor(stage, "gunshot", at=HERE, range=25, hit=0.8, false_per_hour=0)
    for k in range(21_000):
        stage.world.log("shot" if k % 2 else "blast", "case", x=30.0, y=31.0 if k < 20_000 else 59.0)
    heard = off_binomial(20_000, 20_000 - ear.read(1).values[0, 0], 0.2, "missed")
    quiet = build_sensor(build_stage(), "gunshot", at=HERE, false_per_hour=0.5, every=3600)
    return worst([heard, off_poisson(read(quiet, 20_000).sum(), 10_000, "false bangs")])


def air(effort: Effort) -> Measured:
    """Measure 4 mg/m3 with 10 % of noise, and what lies below the limit."""
    del effort
    level = np.array([4.0])
    stage = build_stage(substances={"co": uncaused(lambda x, y: level)})
    sampler = build_sensor(stage, "air_sampler", at=HERE, noise=0.1, limit=1.0)
    said = read(sampler, 20_000)[:, 0, 0]
    level[0] = 0.99
    below = np.abs(read(sampler, 100)).max()
    return worst(
        [
            off_mean(said, 4.0, "mean"),
            off_mean((said - 4.0) ** 2, 0.16, "variance"),
            Measured(value=0.0 if below == 0.0 else math.inf, text=f"below the limit {below:g}"),
        ]
    )


def posts(effort: Effort) -> Measured:
    """Follow 20 000 minutes at noon of everyday posts, then 2 000 times what 1 000 people made aware write."""
    del effort
    noon = build_stage(second_of_day=0.0)
    feed = build_sensor(noon, "posts", at={"box": [0, 0, 60, 60]}, per_hour=600, dispersion=4, every=60)
    mean = rate_at(600, 12 * 3600.0) * 60.0
    noon.world.tick = 12 * 360_000
    n = np.array([feed.read(serial).values[0, 0] for serial in range(1, 20_001)])
    found = [
        off_mean(n, mean, "posts a minute"),
        off_mean((n - mean) ** 2, mean + mean**2 / 4, "variance"),
    ]
    rows = 1000
    aware = AwareNow(
        np.full(rows, 9.0), np.full(rows, 9.0), np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    )
    stage = build_stage(aware=lambda: aware)
    react = build_sensor(
        stage, "posts", at={"box": [0, 0, 60, 60]}, per_hour=0, react=0.1, delay=120, every=30
    )
    stage.world.tick = 9000
    total = sum(react.read(serial).values[0, 0] for serial in range(1, 2001))
    expected = 2000 * 100 * (math.exp(-60 / 120) - math.exp(-90 / 120))
    return worst([*found, off_poisson(total, expected, "posts by people made aware")])


def _case(id: str, title: str, run: Callable[[Effort], Measured], expected: str) -> Case:
    return Case(
        id=id,
        standard="rates as set",
        title=title,
        source="binomial, Poisson and negative binomial laws",
        low=0.0,
        high=Z_999,
        expected=f"{expected}, within {Z_999} standard errors (99.9 %)",
        run=run,
    )


CASES = (
    _case("sensing-camera-miss", "people whom a camera misses", camera_misses, "13 %"),
    _case(
        "sensing-camera-false", "people whom a camera sees in an empty square", camera_false, "0.4 a reading"
    ),
    _case("sensing-camera-crowd", "people who hide each other", camera_crowd, "exp(-rho w L)"),
    _case(
        "sensing-exit-counter", "people whom a counter misses or counts twice", exit_counter, "7 % and 4 %"
    ),
    _case("sensing-loop", "vehicles that a loop misses", loop_counter, "5 %"),
    _case("sensing-bluetooth", "vehicles told apart, and their time", bluetooth, "30 %, 56 s"),
    _case("sensing-gunshot", "shots missed, and false bangs", gunshot, "20 %, 0.5 an hour"),
    _case("sensing-air", "noise and limit of a sampler", air, "10 % about 4 mg/m3; 0 below 1 mg/m3"),
    _case("sensing-posts", "posts, everyday and about something", posts, "negative binomial; Poisson"),
)

"""The relation of speed to density that a walking model has, measured in a corridor without ends.

People walk round a wide ring at several densities until it is steady; their mean speed over the mean free
speed is the share. The result is kept on disk under a hash of model, people and kernels.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim import registry, rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.move import move_people
from impetus_sim.crowd.links.speed import SpeedDensity, from_points
from impetus_sim.crowd.placement import place_population
from impetus_sim.crowd.population import COLUMNS, INSIDE, Roster
from impetus_sim.errors import RunFailedError
from impetus_sim.files import write_whole
from impetus_sim.kernels.compile import cache_folder, fit_threads, kernel_hash
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.ground import WALL_CELL_M, Ground, build_ground

DENSITIES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)
"""Persons/m2; from the last one on the speed falls linearly to the jam density."""
RADIUS_M, WIDTH_M = 12.0, 4.0
"""Of the ring's middle line, and of the ring."""
SETTLE_S, MEASURE_S = 15.0, 10.0


@dataclass(frozen=True, kw_only=True)
class Walker:
    """People of the measurement, in equal shares of `speeds`.

    radius, time_gap: m, s. speeds: free speeds, m/s, at equal steps of their distribution.
    """

    radius: float
    time_gap: float
    speeds: tuple[float, ...]


def measure_relation(spec: Spec, walker: Walker, *, step_s: float, jam_density: float) -> SpeedDensity:
    """Measure (or load) the relation of a walking model.

    Parameters
    ----------
    spec
        The model's section.
    walker
        Of whom the crowd is.
    step_s
        Crowd step, s.
    jam_density
        Density at which nobody moves, persons/m2.
    """
    asked = {
        "model": spec.kind,
        "parameters": json.loads(spec.model_dump_json()),
        "walker": [walker.radius, walker.time_gap, *walker.speeds],
        "step_s": step_s,
        "densities": DENSITIES,
        "ring": [RADIUS_M, WIDTH_M, SETTLE_S, MEASURE_S],
        "kernels": kernel_hash("crowd"),
    }
    key = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]
    path = cache_folder().parent.parent / "speed_density" / f"{key}.json"
    try:
        share = [float(value) for value in json.loads(path.read_text("utf-8"))["share"]]
        if len(share) != len(DENSITIES):
            raise ValueError(path)
    except (OSError, ValueError, KeyError, TypeError):
        share = [measure_share(spec, walker, density, step_s=step_s) for density in DENSITIES]
        _store(path, {**asked, "share": share})
    return from_points(
        np.array(DENSITIES), np.array(share), jam_density=jam_density, free_speed=float(np.mean(walker.speeds)),
        name="measured",
    )  # fmt: skip


def _store(path: Path, document: Mapping[str, Any]) -> None:
    with suppress(OSError):  # a full or read-only cache costs time, not the run
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(document).encode())


def measure_share(spec: Spec, walker: Walker, density: float, *, step_s: float, seed: int = 1) -> float:
    """Return the mean speed over the mean free speed at a density in persons/m2, in [0, 1]."""
    ground = _ring()
    people = _people(ground, walker, round(density * ground.polygon.area), seed)
    model = registry.catalogue("walking_models")[spec.kind](spec, people, ground, step_s=step_s)
    cells = CellList(len(people), ground)
    rows = np.arange(len(people), dtype=np.int32)
    speed, desired_x, desired_y = people.desired_speed.copy(), np.zeros(len(people)), np.zeros(len(people))
    is_open, lets = np.zeros(len(ground.walls), np.uint8), np.zeros(1, np.uint8)
    crossed = np.full(len(people), -1, np.int16)
    mean_speeds = []
    for step in range(round((SETTLE_S + MEASURE_S) / step_s)):
        _along_ring(people, desired_x, desired_y)
        fit_threads(len(people))
        cells.update(people, rows, len(people))
        model.propose(cells, speed, desired_x, desired_y, is_open)
        move_people(
            cells.order, cells.n, cells.is_here, step_s, ground.walls, is_open, ground.wall_exit, lets, ground.x0,
            ground.y0, WALL_CELL_M, ground.wall_columns, ground.near.start, ground.near.of, people.x, people.y,
            people.radius, people.vx, people.vy, crossed,
        )  # fmt: skip
        if (step + 1) * step_s > SETTLE_S:
            mean_speeds.append(float((people.vx * desired_x + people.vy * desired_y).mean()))
    found = float(np.mean(mean_speeds)) / float(people.desired_speed.mean())
    if not np.isfinite(found):
        raise RunFailedError(
            f"the walking model '{spec.kind}' has no speed at {density:g} persons/m2",
            hint="crowd.links.speed_density: weidmann",
        )
    return min(1.0, max(0.0, found))


def _ring() -> Ground:
    middle = shapely.Point(0.0, 0.0)
    outer = middle.buffer(RADIUS_M + WIDTH_M / 2, quad_segs=24)
    return build_ground(outer.difference(middle.buffer(RADIUS_M - WIDTH_M / 2, quad_segs=24)), exits=[])


def _people(ground: Ground, walker: Walker, n: int, seed: int) -> Table:
    people = Table("crowd", n, COLUMNS)
    people.uid[:] = np.arange(n)
    people.state[:] = INSIDE
    people.is_walking[:] = 1
    people.goal[:] = -1
    people.radius[:] = walker.radius
    people.time_gap[:] = walker.time_gap
    people.speed_factor[:] = 1.0
    order = np.argsort(rng.draw_uniforms(seed, 0, "crowd.links.ring", people.uid)[:, 0], kind="stable")
    people.desired_speed[order] = _spread(walker.speeds, n)
    place_population(
        people, Roster(populations=("ring",), profiles=("walker",)), ground,
        {"ring": np.flatnonzero(ground.walkable.ravel())}, seed=seed, replicate=0,
    )  # fmt: skip
    _along_ring(people, people.facing_x, people.facing_y)
    return people


def _spread(values: Sequence[float], n: int) -> npt.NDArray[np.float64]:
    at = ((np.arange(n) + 0.5) / n * len(values)).astype(np.intp)
    return np.asarray(values, np.float64)[at]


def _along_ring(people: Table, out_x: npt.NDArray[np.float64], out_y: npt.NDArray[np.float64]) -> None:
    # Round the ring anticlockwise, and gently back to the circle that somebody walks on when walls or others
    # have pushed them outwards: none is asked for here, so lanes form by themselves.
    r = np.hypot(people.x, people.y)
    np.divide(-people.y, r, out=out_x)
    np.divide(people.x, r, out=out_y)

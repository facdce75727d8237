"""Local density on a fixed grid: its peak, what people experienced, and time above dangerous levels.

Everyone is spread by a Gaussian kernel of radius R = 1 m, f(d) = exp(-d^2 / R^2) / (pi R^2), and the sum is
divided by the kernel's share on walkable ground, so that an even crowd has the same density at a wall as
in the open. The kernel does not know walls: it reaches through those thinner than about 1 m.

Source: Helbing, Johansson and Al-Abideen (2007), Phys. Rev. E 75:046109 (kernel and radius). Levels: above
4 people/m2 a standing crowd moves with difficulty, above 6 it flows like a fluid and falls are dangerous
(Still (2014), Introduction to Crowd Science; Fruin (1993), The causes and prevention of crowd disasters).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.ndimage import correlate1d
from shapely.geometry.base import BaseGeometry

from impetus_sim.analysis.grid import Grid, build_grid, compute_walkable_share
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.metric import AREA_SECONDS, PER_SQUARE_METRE, PERSON_SECONDS, Metric
from impetus_sim.analysis.people import read_resolution_s
from impetus_sim.crowd.harm.levels import QUEUE, WALKWAY
from impetus_sim.recording.reader import Recording

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

CELL_M = 0.5
KERNEL_RADIUS_M = 1.0
KERNEL_REACH_M = 3.0
"""Where the kernel is cut off: 0.01 % of its height is left there."""
SAMPLE_EVERY_S = 1.0
"""Frames closer together than this add cost and no information: people walk about a metre a second."""
LEVELS = (4.0, 6.0)
LEVEL_E = {"walkway": float(WALKWAY[3]), "queue": float(QUEUE[3])}
"""Fruin's levels of service E and F begin at these densities, people/m2, on walkways and in queues."""
MIN_KERNEL_ON_GROUND = 0.1
"""Smallest share of the kernel divided by; below it (a slot of a few centimetres) density means nothing."""

NO_FRAMES = "no positions were recorded"
ONE_MOMENT = "positions of one moment only were recorded"


@dataclass(frozen=True, kw_only=True)
class Density:
    """Densities of a whole run.

    Parameters
    ----------
    grid
        Cells.
    walkable_share
        Walkable share of each cell.
    maximum
        Highest density over time in each cell, people/m2, shape of the grid; 0 off the ground.
    n_samples
        Number of moments sampled.
    peak, peak_s, peak_at
        Highest of all, when (seconds) and where (metres); None without a sample.
    mean_experienced
        Mean density at a person, over people and time; None when nobody was inside or time did not pass.
    person_s_above, area_s_above
        Level to person-seconds in, and square-metre-seconds of, denser ground.
    person_s_in_los_ef
        ``walkway`` and ``queue`` to person-seconds in Fruin's levels E and F of either.
    """

    grid: Grid
    walkable_share: Floats
    maximum: Floats
    n_samples: int = 0
    peak: float | None = None
    peak_s: float | None = None
    peak_at: tuple[float, float] | None = None
    mean_experienced: float | None = None
    person_s_above: dict[float, float] = field(default_factory=dict)
    area_s_above: dict[float, float] = field(default_factory=dict)
    person_s_in_los_ef: dict[str, float] = field(default_factory=dict)


class DensityField:
    """Computes the density of one moment after another over the same ground.

    Parameters
    ----------
    polygon
        Walkable ground.
    cell_m
        Side of a cell.
    """

    def __init__(self, polygon: BaseGeometry, *, cell_m: float = CELL_M) -> None:
        self.grid = build_grid(polygon.bounds, cell_m=cell_m)
        self.walkable_share = compute_walkable_share(polygon, self.grid)
        self._reach = round(KERNEL_REACH_M / cell_m)
        offsets = np.arange(-self._reach, self._reach + 1) * cell_m
        weights = np.exp(-((offsets / KERNEL_RADIUS_M) ** 2))
        self._weights = weights / weights.sum()
        self._on_ground = np.maximum(self._smooth(self.walkable_share), MIN_KERNEL_ON_GROUND)

    def _smooth(self, values: Floats) -> Floats:
        along_rows = correlate1d(values, self._weights, axis=0, mode="constant")
        return correlate1d(along_rows, self._weights, axis=1, mode="constant")

    def compute(self, x: Floats, y: Floats) -> tuple[tuple[slice, slice], Floats, Floats]:
        """Return the density of one moment.

        Parameters
        ----------
        x, y
            Positions of at least one person, metres, shape (n,).

        Returns
        -------
        The window of the grid outside which density is 0; people/m2 in that window (cells that cannot be
        walked on included); people/m2 at each person, shape (n,).
        """
        row, down = _split((y - self.grid.y0) / self.grid.cell_m - 0.5, self.grid.n_rows)
        column, right = _split((x - self.grid.x0) / self.grid.cell_m - 0.5, self.grid.n_columns)
        window = self._window(row, column)
        shape = (window[0].stop - window[0].start, window[1].stop - window[1].start)
        # Shared among the four nearest centres, so that the grid does not shift anybody on average.
        corners = []
        for step_down, share_down in ((0, 1.0 - down), (1, down)):
            for step_right, share_right in ((0, 1.0 - right), (1, right)):
                cell = (row + step_down - window[0].start) * shape[1] + column + step_right - window[1].start
                corners.append((cell, share_down * share_right))
        counts = np.zeros(shape[0] * shape[1])
        for cell, share in corners:
            counts += np.bincount(cell, weights=share, minlength=len(counts))
        density = self._smooth(counts.reshape(shape)) / self.grid.cell_m**2 / self._on_ground[window]
        at_people = np.zeros(len(x))
        for cell, share in corners:
            at_people += share * density.ravel()[cell]
        return window, density, at_people

    def _window(self, row: Indices, column: Indices) -> tuple[slice, slice]:
        top, left = max(int(row.min()) - self._reach, 0), max(int(column.min()) - self._reach, 0)
        bottom = min(int(row.max()) + self._reach + 2, self.grid.n_rows)
        right = min(int(column.max()) + self._reach + 2, self.grid.n_columns)
        return slice(top, bottom), slice(left, right)


def _split(position: Floats, n: int) -> tuple[Indices, Floats]:
    """Return the cell centre at or before each position (in cells), and the fraction beyond it."""
    position = np.clip(position, 0.0, n - 1.0)
    first = np.minimum(np.floor(position).astype(np.intp), n - 2)
    return first, position - first


@dataclass(frozen=True, kw_only=True)
class _Sample:
    """Density of one moment in numbers: highest value and its cell, sums over people and ground."""

    peak: float = 0.0
    peak_row: int = 0
    peak_column: int = 0
    n_people: int = 0
    sum_at_people: float = 0.0
    people_above: tuple[float, ...] = (0.0,) * len(LEVELS)
    people_in_los_ef: tuple[float, ...] = (0.0,) * len(LEVEL_E)
    area_above: tuple[float, ...] = (0.0,) * len(LEVELS)


def compute_density(recording: Recording, *, cell_m: float = CELL_M) -> Density | None:
    """Return the densities of a run, or None when the recording does not hold the ground."""
    polygon = read_ground(recording).polygon
    if polygon is None or polygon.is_empty:
        return None
    moments = DensityField(polygon, cell_m=cell_m)
    maximum = np.zeros(moments.grid.shape)
    resolution_s = read_resolution_s(recording)
    ticks = choose_ticks(recording.ticks, every=int(np.ceil(SAMPLE_EVERY_S / resolution_s - 1e-9)))
    chosen = set(ticks)
    samples = {}
    for frame in recording.frames():
        if frame.tick in chosen:
            samples[frame.tick] = _take_sample(moments, frame.x, frame.y, maximum)
    return _summarise(moments, maximum, ticks, [samples[tick] for tick in ticks], resolution_s)


def choose_ticks(ticks: npt.NDArray[np.int64], *, every: int) -> list[int]:
    """Return the first tick, and then each that is at least `every` ticks after the last one chosen."""
    chosen: list[int] = []
    for tick in np.sort(ticks).tolist():
        if not chosen or tick - chosen[-1] >= every:
            chosen.append(tick)
    return chosen


def _take_sample(moments: DensityField, x: Floats, y: Floats, maximum: Floats) -> _Sample:
    """Measure one moment and raise `maximum` where it is exceeded."""
    if not len(x):
        return _Sample()
    window, density, at_people = moments.compute(x, y)
    area_m2 = moments.walkable_share[window] * moments.grid.cell_m**2
    on_ground = np.where(area_m2 > 0.0, density, 0.0)
    np.maximum(maximum[window], on_ground, out=maximum[window])
    row, column = divmod(int(np.argmax(on_ground)), on_ground.shape[1])
    return _Sample(
        peak=float(on_ground[row, column]),
        peak_row=row + window[0].start,
        peak_column=column + window[1].start,
        n_people=len(x),
        sum_at_people=math.fsum(at_people.tolist()),
        people_above=tuple(float(np.count_nonzero(at_people > level)) for level in LEVELS),
        people_in_los_ef=tuple(float(np.count_nonzero(at_people >= least)) for least in LEVEL_E.values()),
        area_above=tuple(float(area_m2[on_ground > level].sum()) for level in LEVELS),
    )


def _summarise(
    moments: DensityField, maximum: Floats, ticks: list[int], samples: list[_Sample], resolution_s: float
) -> Density:
    grid = moments.grid
    if not samples:
        return Density(grid=grid, walkable_share=moments.walkable_share, maximum=maximum)
    # Each moment stands for the time until the next one; the last one for no time.
    seconds = np.diff(np.array([*ticks, ticks[-1]])) * resolution_s
    highest = max(range(len(samples)), key=lambda index: samples[index].peak)
    top = samples[highest]
    person_s = math.fsum(dt * s.n_people for dt, s in zip(seconds, samples, strict=True))
    weighted = math.fsum(dt * s.sum_at_people for dt, s in zip(seconds, samples, strict=True))
    return Density(
        grid=grid,
        walkable_share=moments.walkable_share,
        maximum=maximum,
        n_samples=len(samples),
        peak=top.peak,
        peak_s=ticks[highest] * resolution_s,
        peak_at=grid.centre(top.peak_row, top.peak_column),
        mean_experienced=weighted / person_s if person_s > 0.0 else None,
        person_s_above={
            level: math.fsum(dt * s.people_above[i] for dt, s in zip(seconds, samples, strict=True))
            for i, level in enumerate(LEVELS)
        },
        area_s_above={
            level: math.fsum(dt * s.area_above[i] for dt, s in zip(seconds, samples, strict=True))
            for i, level in enumerate(LEVELS)
        },
        person_s_in_los_ef={
            kind: math.fsum(dt * s.people_in_los_ef[i] for dt, s in zip(seconds, samples, strict=True))
            for i, kind in enumerate(LEVEL_E)
        },
    )


def describe_density(density: Density | None) -> list[Metric]:
    """Return the density measures of a run as metrics."""
    no_ground = density is None
    peak = None if density is None else density.peak
    mean = None if density is None else density.mean_experienced
    reason = "the walkable ground was not recorded" if no_ground else NO_FRAMES if peak is None else ""
    time_reason = reason or (ONE_MOMENT if density is not None and density.n_samples < 2 else "")
    note = reason
    if density is not None and density.peak_s is not None and density.peak_at is not None and density.peak:
        note = f"at {density.peak_s:g} s, x {density.peak_at[0]:.1f} m, y {density.peak_at[1]:.1f} m"
    metrics = [
        Metric(
            name="peak_density",
            value=peak,
            unit=PER_SQUARE_METRE,
            label="peak density",
            better="lower",
            note=note,
        ),
        Metric(
            name="mean_density",
            value=mean,
            unit=PER_SQUARE_METRE,
            label="density experienced on average",
            better="lower",
            note="" if mean is not None else time_reason or "nobody was inside",
        ),
    ]
    for kind, unit, what in (
        ("time_above", PERSON_SECONDS, "time people spent"),
        ("area_time_above", AREA_SECONDS, "ground and time"),
    ):
        for level in LEVELS:
            value = None
            if density is not None and not time_reason:
                by_level = density.person_s_above if kind == "time_above" else density.area_s_above
                value = by_level[level]
            metrics.append(
                Metric(
                    name=f"{kind}_{level:g}",
                    value=value,
                    unit=unit,
                    label=f"{what} above {level:g} people/m²",
                    better="lower",
                    note="" if value is not None else time_reason,
                )
            )
    for kind, least in LEVEL_E.items():
        value = None if density is None or time_reason else density.person_s_in_los_ef[kind]
        metrics.append(
            Metric(
                name=f"time_{kind}_los_ef",
                value=value,
                unit=PERSON_SECONDS,
                label=f"time in {kind} levels of service E and F ({least:g} people/m² or more)",
                better="lower",
                note="" if value is not None else time_reason,
            )
        )
    return metrics

"""Rasters over time: the density of people, and the fields of hazards that the run recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from impetus_sim.analysis.density import DensityField, choose_ticks
from impetus_sim.analysis.export.netcdf.conventions import Conventions
from impetus_sim.analysis.export.netcdf.sections import BLOCK_VALUES, Array, Block, Fixed, Section, Variable
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.people import read_resolution_s
from impetus_sim.recording.reader import Recording

Rasters = Callable[[], Iterator[tuple[int, Array]]]
"""Starts over at each call: ticks and values, (rows, columns)."""


@dataclass(frozen=True, kw_only=True)
class _Field:
    """A recorded field: its static group with x0, y0 and cell_m, unit and words."""

    grid: str
    units: str
    words: str


FIELDS = {
    "smoke_extinction": _Field(grid="smoke_grid", units="m-1", words="extinction coefficient of smoke"),
    "plume_mg_m3": _Field(
        grid="plume_grid", units="mg m-3", words="concentration of gas at breathing height"
    ),
}
"""Fields that hazards record, by name."""
_FLOOD = "flood_depth_m_"


def _find(name: str) -> _Field | None:
    # each flood has a field of its own
    if name.startswith(_FLOOD):
        of = name.removeprefix(_FLOOD).replace("_", " ")
        return _Field(grid=f"{name}_grid", units="m", words=f"depth of water, {of}")
    return FIELDS.get(name)


def field_sections(recording: Recording, say: Conventions) -> list[Section]:
    """Return the recorded fields; those of which the recording does not say where they lie count cells."""
    sections = []
    for name in recording.field_names:
        known = _find(name)
        _, first = next(recording.fields(name))
        grid = None
        if known is not None and known.grid in recording.static_names:
            grid = recording.static(known.grid)
        middles = [
            np.arange(n) + 0.5
            if grid is None
            else float(grid[origin]) + (np.arange(n) + 0.5) * float(grid["cell_m"])
            for n, origin in zip(first.shape, ("y0", "x0"), strict=True)
        ]
        variable = Variable(
            name=name,
            dimensions=(f"{name}_time", f"{name}_y", f"{name}_x"),
            dtype=first.dtype,
            attributes={
                "long_name": known.words if known else name,
                "units": known.units if known else "1",
                **say.mapped(),
            },
        )
        sections.append(_section(say, variable, middles, partial(recording.fields, name), recording))
    return sections


def density_sections(recording: Recording, say: Conventions, *, every_s: float | None) -> list[Section]:
    """Return the density of people at moments, people/m2; missing where nobody can walk.

    Parameters
    ----------
    every_s
        Least time between two moments, s; None: no density.
    """
    polygon = read_ground(recording).polygon
    if every_s is None or polygon is None or polygon.is_empty or not len(recording.ticks):
        return []
    moments = DensityField(polygon)
    ticks = choose_ticks(recording.ticks, every=int(np.ceil(every_s / read_resolution_s(recording) - 1e-9)))
    grid = moments.grid
    middles = [
        start + (np.arange(n) + 0.5) * grid.cell_m
        for n, start in zip(grid.shape, (grid.y0, grid.x0), strict=True)
    ]
    variable = Variable(
        name="density",
        dimensions=("density_time", "density_y", "density_x"),
        dtype=np.float32,
        attributes={"long_name": "density of people, Gaussian kernel of 1 m", "units": "m-2", **say.mapped()},
        fill=np.nan,
    )
    return [_section(say, variable, middles, lambda: _densities(recording, moments, set(ticks)), recording)]


def _densities(recording: Recording, moments: DensityField, ticks: set[int]) -> Iterator[tuple[int, Array]]:
    for frame in recording.frames():
        if frame.tick in ticks:
            values = np.zeros(moments.grid.shape)
            if len(frame.x):
                window, density, _ = moments.compute(frame.x, frame.y)
                values[window] = density
            yield frame.tick, np.where(moments.walkable_share > 0.0, values, np.nan).astype(np.float32)


def _section(
    say: Conventions, variable: Variable, middles: list[Array], rasters: Rasters, recording: Recording
) -> Section:
    when, *where = variable.dimensions
    fixed = tuple(
        Fixed(
            variable=Variable(
                name=dimension,
                dimensions=(dimension,),
                dtype=np.float64,
                attributes={**say.place(axis, f"{axis} of the middles of cells"), "axis": axis.upper()},
            ),
            values=middle,
        )
        for dimension, axis, middle in zip(where, "yx", middles, strict=True)
    )

    def blocks() -> Iterator[Block]:
        at_a_time = max(1, BLOCK_VALUES // max(1, len(middles[0]) * len(middles[1])))
        held: list[tuple[int, Array]] = []
        for each in rasters():
            held.append(each)
            if len(held) == at_a_time:
                yield _stack(held)
                held = []
        if held:
            yield _stack(held)

    def _stack(held: list[tuple[int, Array]]) -> Block:
        ticks = np.array([tick for tick, _ in held], np.int64)
        return {
            when: np.asarray(recording.seconds(ticks), np.float64),
            variable.name: np.stack([v for _, v in held]),
        }

    return Section(dimension=when, variables=(say.time(when, when), variable), blocks=blocks, fixed=fixed)

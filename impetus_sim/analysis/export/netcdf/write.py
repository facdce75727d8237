"""A recording as a netCDF file, written in blocks, and as an `xarray.Dataset`, held whole; the same content.

Source: CF Conventions 1.11; netCDF-4 as h5netcdf writes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.analysis.export.libraries import import_library
from impetus_sim.analysis.export.netcdf.conventions import Conventions
from impetus_sim.analysis.export.netcdf.events import event_sections
from impetus_sim.analysis.export.netcdf.grids import density_sections, field_sections
from impetus_sim.analysis.export.netcdf.positions import people_fixed, position_sections
from impetus_sim.analysis.export.netcdf.sections import Fixed, Section, Variable
from impetus_sim.analysis.export.netcdf.series import channel_sections, count_sections
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.files import written_whole
from impetus_sim.recording.reader import Recording

if TYPE_CHECKING:
    import xarray

DENSITY_EVERY_S = 10.0
"""Between two rasters of density: they are the bulk of a file."""
_COMPRESSION = {"compression": "gzip", "compression_opts": 4, "shuffle": True}
_CHUNK_ROWS, _CHUNK_TEXTS = 65_536, 256  # texts are not compressed
_TEXT = np.dtype("O", metadata={"vlen": str})
"""Text of any length: how numpy marks the type that HDF5 stores."""


def write_netcdf(
    recording: Recording, path: Path, *, density_every_s: float | None = DENSITY_EVERY_S
) -> dict[str, int]:
    """Write all that a recording holds, one block in memory at a time, and return the size of each dimension.

    Parameters
    ----------
    recording
        Finished or cut short.
    path
        The file; it appears when it is whole.
    density_every_s
        Least time between two rasters of density, s; None: none.

    Raises
    ------
    InvalidInputError
        When h5netcdf is not installed.
    """
    h5netcdf = import_library("h5netcdf", extra="study", what="netCDF")
    with written_whole(path) as temporary, h5netcdf.File(temporary, "w") as file:
        fixed, sections, attributes = _describe(recording, density_every_s)
        for name, value in attributes.items():
            file.attrs[name] = value
        for each in fixed:
            _write_fixed(file, each)
        for section in sections:
            _write_section(file, section)
        return {name: int(dimension.size) for name, dimension in file.dimensions.items()}


def to_xarray(recording: Recording, *, density_every_s: float | None = DENSITY_EVERY_S) -> xarray.Dataset:
    """Return all that a recording holds as one dataset in memory, as xarray reads it from `write_netcdf`'s file.

    Parameters
    ----------
    density_every_s
        Least time between two rasters of density, s; None: none.

    Raises
    ------
    InvalidInputError
        When xarray is not installed.

    Examples
    --------
    >>> held = run.to_xarray()  # doctest: +SKIP
    >>> held.density.max("density_time").plot()  # doctest: +SKIP
    """
    xr = import_library("xarray", extra="study", what="a dataset")
    fixed, sections, attributes = _describe(recording, density_every_s)
    variables = {}
    for each in fixed:
        variables[each.variable.name] = xr.Variable(
            each.variable.dimensions, np.asarray(each.values), each.variable.described()
        )
    for section in sections:
        blocks = list(section.blocks())
        for variable in section.variables:
            held = [block[variable.name] for block in blocks]
            values = (
                np.concatenate(held) if held else np.empty((0,) * len(variable.dimensions), variable.dtype)
            )
            variables[variable.name] = xr.Variable(variable.dimensions, values, variable.described())
    return xr.decode_cf(xr.Dataset(variables, attrs=attributes))


def _describe(
    recording: Recording, density_every_s: float | None
) -> tuple[list[Fixed], list[Section], dict[str, Any]]:
    say = Conventions(recording)
    sections = [
        *position_sections(recording, say),
        *count_sections(recording, say),
        *density_sections(recording, say, every_s=density_every_s),
        *field_sections(recording, say),
        *channel_sections(recording, say),
        *event_sections(recording, say),
    ]
    fixed = [*say.crs(), *people_fixed(recording), *(each for section in sections for each in section.fixed)]
    return fixed, sections, say.whole(compute_metrics(recording))


def _write_fixed(file: Any, fixed: Fixed) -> None:
    variable, values = fixed.variable, np.asarray(fixed.values)
    for dimension, size in zip(variable.dimensions, values.shape, strict=True):
        if dimension not in file.dimensions:
            file.dimensions[dimension] = size
    held = file.create_variable(
        variable.name, variable.dimensions, _stored(variable), data=values, fillvalue=variable.fill
    )
    _set_attributes(held, variable)


def _write_section(file: Any, section: Section) -> None:
    file.dimensions[section.dimension] = None
    held = {}
    for variable in section.variables:
        held[variable.name] = _create(file, variable)
    n = 0
    for block in section.blocks():
        size = len(next(iter(block.values())))
        file.resize_dimension(section.dimension, n + size)
        for name, values in block.items():
            held[name][n : n + size] = values
        n += size


def _create(file: Any, variable: Variable) -> Any:
    others = tuple(file.dimensions[name].size for name in variable.dimensions[1:])
    row = max(1, int(np.prod(others, dtype=np.int64)))
    rows = _CHUNK_TEXTS if variable.dtype is str else _CHUNK_ROWS
    chunks = (max(1, rows // row), *(max(1, size) for size in others))
    settings: dict[str, Any] = {} if variable.dtype is str else dict(_COMPRESSION)
    created = file.create_variable(
        variable.name,
        variable.dimensions,
        _stored(variable),
        chunks=chunks,
        fillvalue=variable.fill,
        **settings,
    )
    _set_attributes(created, variable)
    return created


def _stored(variable: Variable) -> Any:
    return _TEXT if variable.dtype is str else variable.dtype


def _set_attributes(held: Any, variable: Variable) -> None:
    for name, value in variable.attributes.items():
        held.attrs[name] = value

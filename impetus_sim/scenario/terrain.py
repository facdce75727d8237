"""Terrain rasters: ESRI ASCII grids beside a scenario, held in it as text once read.

Header lines ncols, nrows, xllcorner, yllcorner (or xllcenter, yllcenter), cellsize and NODATA_value, then rows from
north to south. Coordinates are the map's own metres (its projected system).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.held_file import path_beside, refuse_unreadable
from impetus_sim.scenario.spec import refuse

MAX_CELLS = 1_000_000
_FORMS = "an ESRI ASCII grid (.asc) in the map's metres, relative to the scenario"
_NEEDED = ("ncols", "nrows", "cellsize")


@dataclass(frozen=True, kw_only=True)
class Raster:
    """Elevation on square cells.

    Parameters
    ----------
    x0, y0
        South-west corner, m.
    cell_m
        Side of a cell.
    elevation_m
        float64 (rows, columns), rows from south to north; nan where nothing is known.
    """

    x0: float
    y0: float
    cell_m: float
    elevation_m: npt.NDArray[np.float64]


def parse_terrain(raw: Any) -> str:
    """Read a file, or text that holds a grid, check it and return its text (validator of a field)."""
    if not isinstance(raw, str):
        refuse(f"{str(raw)[:60]!r} is not a terrain", allowed=_FORMS)
    text = str(raw) if "\n" in raw else _read_file(raw)
    raster_of(text)
    return text


TerrainText = Annotated[
    str, PlainValidator(parse_terrain), WithJsonSchema({"type": "string", "description": _FORMS})
]


def raster_of(text: str) -> Raster:
    """Return the raster of a text.

    Raises
    ------
    PydanticCustomError
        When it is no such grid.
    """
    lines = text.split("\n")
    header: dict[str, float] = {}
    n_header = 0
    for line in lines:
        words = line.split()
        if len(words) != 2 or words[0][0] not in "ncxyNCXY":
            break
        header[words[0].lower()] = _number(words[1], line)
        n_header += 1
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        refuse(f"the terrain has no {', '.join(missing)}", allowed=_FORMS)
    columns, rows, cell = int(header["ncols"]), int(header["nrows"]), header["cellsize"]
    if not (0 < columns * rows <= MAX_CELLS) or cell <= 0.0:
        refuse(f"{columns} x {rows} cells of {cell:g} m", allowed=f"at most {MAX_CELLS} cells")
    words = " ".join(lines[n_header:]).split()
    if len(words) != columns * rows:
        refuse(f"{len(words)} values for {columns} x {rows} cells", allowed=_FORMS)
    try:
        values = np.array(words, np.float64)
    except ValueError as error:
        refuse(f"the terrain holds something that is not a number: {error}"[:120], allowed=_FORMS)
    values[values == header.get("nodata_value", -9999.0)] = np.nan
    if not np.isfinite(values).any():
        refuse("the terrain holds no elevation", allowed=_FORMS)
    half = 0.5 * cell
    return Raster(
        x0=header.get("xllcorner", header.get("xllcenter", half) - half),
        y0=header.get("yllcorner", header.get("yllcenter", half) - half),
        cell_m=cell,
        elevation_m=np.where(np.isfinite(values), values, np.nan).reshape(rows, columns)[::-1].copy(),
    )


def _number(word: str, line: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        refuse(f"'{line[:60]}' is not a line of its header", allowed=_FORMS)
    return value


def _read_file(raw: str) -> str:
    try:
        return path_beside(raw).read_text("ascii")
    except (OSError, ValueError) as error:
        refuse_unreadable(raw, error, forms=_FORMS)

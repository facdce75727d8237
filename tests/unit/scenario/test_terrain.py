"""ESRI ASCII grids: what is read, and what is refused."""

import numpy as np
import pytest
from pydantic_core import PydanticCustomError

from impetus_sim.scenario.terrain import parse_terrain, raster_of

GRID = "ncols 3\nnrows 2\nxllcorner 10\nyllcorner 20\ncellsize 5\nNODATA_value -9999\n1 2 3\n4 -9999 6\n"


def test_rows_go_from_south_to_north_and_gaps_are_unknown():
    raster = raster_of(GRID)
    assert (raster.x0, raster.y0, raster.cell_m) == (10.0, 20.0, 5.0)
    assert raster.elevation_m[1].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(raster.elevation_m[0, 1])


def test_centres_are_half_a_cell_inside():
    raster = raster_of(GRID.replace("xllcorner", "xllcenter").replace("yllcorner", "YLLCENTER"))
    assert (raster.x0, raster.y0) == (7.5, 17.5)


def test_a_file_is_held_as_text(tmp_path, monkeypatch):
    (tmp_path / "ground.asc").write_text(GRID)
    monkeypatch.chdir(tmp_path)
    assert parse_terrain("ground.asc") == GRID
    assert parse_terrain(GRID) == GRID


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("missing.asc", "cannot read"),
        (GRID.replace("ncols 3\n", ""), "has no ncols"),
        (GRID.replace("4 -9999 6", "4 -9999"), "5 values for 3 x 2"),
        (GRID.replace("4 -9999", "four -9999"), "not a number"),
        (GRID.replace("cellsize 5", "cellsize 0"), "cells of 0 m"),
        (GRID.replace("nrows 2", "nrows nan"), "not a line of its header"),
        (GRID.replace("1 2 3\n4 -9999 6", "-9999 -9999 -9999\n-9999 -9999 -9999"), "no elevation"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(PydanticCustomError, match=said):
        parse_terrain(text)

"""A recording as a folder of GeoParquet tables in longitude and latitude: people, ground, assets, traffic.

Format: GeoParquet 1.0 as geopandas writes it, CRS OGC:CRS84 order (EPSG:4326), metres and seconds in columns.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from impetus_sim.analysis.density import choose_ticks
from impetus_sim.analysis.export.lonlat import in_lonlat, require_place_on_earth
from impetus_sim.analysis.export.tables import asset_state_table, asset_table, people_table
from impetus_sim.analysis.export.traffic import traffic_tables
from impetus_sim.analysis.ground import read_backdrop, read_ground
from impetus_sim.analysis.traffic.recorded import has_traffic
from impetus_sim.analysis.ways import read_ways
from impetus_sim.errors import InvalidInputError
from impetus_sim.files import written_whole
from impetus_sim.recording.reader import Recording

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

PEOPLE_FILE, AREAS_FILE, BUILDINGS_FILE = "people.parquet", "areas.parquet", "buildings.parquet"
ASSETS_FILE, ASSET_STATES_FILE = "assets.parquet", "asset_states.parquet"
POSITION_EVERY_S = 1.0
"""Frames closer together than this are left out of ways: people walk about a metre a second."""


def export_geoparquet(recording: Recording, folder: Path, *, every_s: float = 300.0) -> dict[str, int]:
    """Write the tables of a run into a folder and return the number of rows by file name; none without rows.

    Parameters
    ----------
    folder
        There already.
    every_s
        Length of the intervals of streets.

    Raises
    ------
    InvalidInputError
        When the map lies nowhere on Earth (a drawn plan), or there is nothing to write.
    """
    require_place_on_earth(recording, what="GeoParquet")
    tables: dict[str, pd.DataFrame] = {
        PEOPLE_FILE: build_people_table(recording),
        AREAS_FILE: build_area_table(recording),
        BUILDINGS_FILE: build_building_table(recording),
        ASSETS_FILE: build_asset_table(recording),
        ASSET_STATES_FILE: asset_state_table(recording),
    }
    if has_traffic(recording):
        tables |= traffic_tables(recording, every_s=every_s)
    written = {name: table for name, table in tables.items() if len(table)}
    if not written:
        raise InvalidInputError(f"'{recording.path}' holds nothing with a place yet", hint="let it run on")
    for name, table in written.items():
        with written_whole(folder / name) as temporary:
            table.to_parquet(temporary, index=False)
    return {name: len(table) for name, table in written.items()}


def build_people_table(recording: Recording) -> gpd.GeoDataFrame:
    """Return one row per person who was ever seen inside: what became of them, and their way as a line.

    The line joins the places of frames at least `POSITION_EVERY_S` apart; ``t_s`` holds the time of each of its
    points. Who was seen once has a point. All places are in memory, 28 bytes each.
    """
    chosen = set(choose_ticks(recording.ticks, every=round(POSITION_EVERY_S * 1e6 / recording.resolution_us)))
    frames = [frame for frame in recording.frames() if frame.tick in chosen]
    rows = np.concatenate([np.zeros(0, np.int32), *(frame.rows for frame in frames)])
    times = np.concatenate([np.zeros(0), *(np.full(len(frame.rows), frame.t_s) for frame in frames)])
    x, y = (np.concatenate([np.zeros(0), *(getattr(frame, axis) for frame in frames)]) for axis in "xy")
    order = np.argsort(rows, kind="stable")
    row, first = np.unique(rows[order], return_index=True)
    points = np.split(np.column_stack([x, y])[order], first[1:]) if len(row) else []
    held = people_table(recording)
    columns: dict[str, Any] = {"person": row} | {
        name: values.to_numpy()[row] for name, values in held.items() if len(held) > row.max(initial=-1)
    }
    columns["uid"] = np.asarray(recording.static("people")["uid"], np.uint64)[row].astype(str)
    columns["t_s"] = [part.tolist() for part in np.split(times[order], first[1:])] if len(row) else []
    ways = [shapely.LineString(part) if len(part) > 1 else shapely.Point(part[0]) for part in points]
    return in_lonlat(recording, columns, np.array(ways, object))


def build_area_table(recording: Recording) -> gpd.GeoDataFrame:
    """Return the walkable ground, storeys, exits, passages and gates: ``kind``, ``name``, shape."""
    ground = read_ground(recording)
    found: list[tuple[str, str, Any]] = []
    if ground.polygon is not None and not ground.polygon.is_empty:
        found.append(("walkable ground", "", ground.polygon))
    found += [
        ("storey" if s.elevation_m is not None else "stairs", s.name, shapely.box(*s.box))
        for s in ground.sheets
    ]
    found += [("exit", each.name, _lines(each.segments)) for each in ground.exits if len(each.segments)]
    found += [("passage", each.name, _lines(each.segments)) for each in ground.passages if len(each.segments)]
    found += [("gate", gate.name, _lines(gate.segments)) for gate in read_ways(recording).gates]
    columns = {"kind": [kind for kind, _, _ in found], "name": [name for _, name, _ in found]}
    return in_lonlat(recording, columns, np.array([shape for _, _, shape in found], object))


def build_building_table(recording: Recording) -> gpd.GeoDataFrame:
    """Return the buildings around the people that the recording keeps."""
    shapes = read_backdrop(recording).buildings
    columns = {"building": np.arange(len(shapes))}
    return in_lonlat(recording, columns, np.array(shapes, object))


def build_asset_table(recording: Recording) -> gpd.GeoDataFrame:
    """Return one row per asset as `asset_table` does, with its point."""
    table = asset_table(recording)
    points = shapely.points(table["x_m"], table["y_m"]) if len(table) else np.empty(0, object)
    return in_lonlat(recording, {name: table[name].to_numpy() for name in table}, points)


def _lines(segments: Any) -> Any:
    return shapely.MultiLineString(np.asarray(segments, float).reshape(-1, 2, 2).tolist())

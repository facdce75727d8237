"""A recording as a folder of comma-separated tables: positions, events, metrics, people, trips, assets."""

from __future__ import annotations

from pathlib import Path

from impetus_sim.analysis.export.positions import export_positions
from impetus_sim.analysis.export.tables import (
    asset_state_table,
    asset_table,
    metric_table,
    people_table,
    trip_table,
)
from impetus_sim.files import written_whole
from impetus_sim.recording.reader import Recording

POSITIONS = "positions.csv"
TABLES = {
    "events.csv": Recording.events_frame,
    "metrics.csv": metric_table,
    "people.csv": people_table,
    "trips.csv": trip_table,
    "assets.csv": asset_table,
    "asset_states.csv": asset_state_table,
}
"""By file name; a table without rows is not written."""


def export_csv(recording: Recording, folder: Path) -> dict[str, int]:
    """Write the tables into a folder that is there, and return the number of rows by file name.

    Positions are written frame by frame; each of the other tables is in memory while it is written.
    """
    written = {}
    if len(recording.ticks):
        written[POSITIONS] = export_positions(recording, folder / POSITIONS, form="csv")
    for name, build in TABLES.items():
        table = build(recording)
        if table.empty:
            continue
        with written_whole(folder / name) as temporary:
            table.to_csv(temporary, index=False)
        written[name] = len(table)
    return written

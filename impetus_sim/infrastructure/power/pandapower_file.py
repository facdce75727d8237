"""Power networks of pandapower files (``to_json``), SimBench's among them; pandapower itself is not needed."""

from __future__ import annotations

from pathlib import Path

from impetus_sim.infrastructure.power.branch_tables import BRANCH_TABLES
from impetus_sim.infrastructure.power.bus_tables import BUS_TABLES
from impetus_sim.infrastructure.power.frames import Frames, parse_frames
from impetus_sim.infrastructure.power.pandapower_check import NOT_READ, require_sound
from impetus_sim.infrastructure.power.table_network import TableNetwork, build_network


def read_pandapower(path: Path, *, keep_switches: bool = False) -> TableNetwork:
    """Read a file that pandapower's ``to_json`` wrote, of format 2 or 3.

    Parameters
    ----------
    keep_switches
        As in `build_network`.

    Raises
    ------
    InvalidFilesError
        With everything in the file that cannot be used.
    InvalidInputError
        When it is no file of pandapower.
    """
    return build_network(pandapower_frames(path.read_bytes(), str(path)), keep_switches=keep_switches)


def pandapower_frames(data: bytes, name: str) -> Frames:
    """Return the tables of a file by its content and its name in messages; raises as `read_pandapower`."""
    frames = parse_frames(data, name, {"bus", "bus_geodata", *BRANCH_TABLES, *BUS_TABLES, *NOT_READ})
    require_sound(frames)
    return frames

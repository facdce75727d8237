"""Names and layout of a recording; everything that reads or writes one takes its names from here."""

from __future__ import annotations

FORMAT = "impetus_sim recording"
SCHEMA_VERSION = 1
"""Raised when a reader of the previous layout would misread the new one. Newer files are refused."""

# Root attributes that the recording itself owns; the engine's header attributes stand beside them.
FORMAT_KEY = "format"
SCHEMA_VERSION_KEY = "schema_version"
ROLE_KEY = "role"
RECORDING_ID_KEY = "recording_id"
README_KEY = "README"
OWN_ATTRIBUTES = (FORMAT_KEY, SCHEMA_VERSION_KEY, ROLE_KEY, RECORDING_ID_KEY, README_KEY)

ROLE_RECORDING = "recording"  # a complete RUN.h5
ROLE_HEADER = "header"  # parts/header.h5
ROLE_SEGMENT = "segment"  # parts/seg-000001.h5
ROLE_FINAL = "final"  # parts/final.h5

# Groups and datasets.
STATIC = "static"
SEGMENTS = "segments"
FRAMES = "frames"
COUNTS = "counts"
FIELDS = "fields"
LINKS = "links"
TRAFFIC = "traffic"
ASSETS = "assets"
READINGS = "readings"
VOLTAGES = "voltages"
UNITS = "units"
CHANNELS = (LINKS, TRAFFIC, ASSETS, READINGS, VOLTAGES, UNITS)
"""Arrays that a system records at its own times."""
EVENTS = "events"
CHECKPOINT = "checkpoint"
TABLES = "tables"
FINAL = "final"
SUMMARY = "summary"
TICK = "tick"

# Attributes of a segment.
NUMBER_KEY = "number"
N_FRAMES_KEY = "n_frames"
FIRST_TICK_KEY = "first_tick"
LAST_TICK_KEY = "last_tick"
CHECKPOINT_TICK_KEY = "checkpoint_tick"
NO_TICK = -1

# Of a segment's frames.
KEYS = "keys"
BOX_KEY = "box_mm"

MM_PER_M = 1000
DEFAULT_RESOLUTION_US = 10_000

README = """\
A recording of one impetus_sim run. Times are integer ticks; seconds = tick * resolution_us / 1e6.
Lengths are metres in the local projected system of the map unless a name ends in _mm.

/ (attributes)        title, scenario (resolved text), seed, versions, digests, resolution_us, ...
/static/<group>/      what does not change: ground, exits, people (one row per person), backdrop, threats
/segments/000001/     consecutive stretches of time, each with any of
    frames/           tick[F]; one column per stay of a person inside: person_row[P] (row in /static/people),
                      first_frame[P], last_frame[P] (inclusive); dx_mm[F, P], dy_mm[F, P]: int32 millimetres,
                      coded as differences along time, the first from origin_x_mm, origin_y_mm;
                      state[F, P] uint8. Outside first_frame..last_frame a column means nothing.
                      worst_error_m: largest rounding error of a coordinate in this segment; box_mm: west,
                      south, east, north of all. keys/ repeats frame[K], every tenth of the recording, so that
                      one can begin there: x_mm[K, P], y_mm[K, P] from the origin, state[K, P]
    counts/           tick[K] and one array [K, ...] per count (entered, inside, left, removed, ...)
    fields/<name>/    tick[K], values[K, rows, columns]
    links/            people on the links of the walk network (crowd.links), at their own times: tick[L];
                      link[L, N] int32, one per person of /static/people: directed link 2 k (from its first to
                      its last point in /static/links) or 2 k + 1 (back), -1 for nobody on a link;
                      offset_dm[L, N] uint16, decimetres from the start of that way;
                      n_on[L, 2 * links] people on each directed link; is_closed[L, links]
    traffic/          vehicles (traffic), at their own times: tick[T]; link[T, V] int32, one per vehicle of
                      /static/vehicles: link of /static/drive_links, -1 for none; offset_dm[T, V] uint16,
                      decimetres from its start (none: 65535 where a link is longer than 6.5 km); state[T, V] uint8;
                      lane[T, V] uint8 with traffic.focus: on its links the lane, from 0 at the right, else 255;
                      n_entered[T, links], n_left[T, links] vehicles so far; green[T, signals] bits of the groups
                      that have green
    voltages/         of the grid (infrastructure.power.ac), after each change: tick[W]; pu[W, buses] float32 in the
                      order of /static/power_buses, nan where dark or unsolved; is_solved[W, 1]
    events/           one array per column: id, tick, kind, subject, x, y, causes, data (JSON)
    checkpoint/       attributes and tables/<table>/<column>: the whole state at one tick
/final/tables/        one group per table, one array per column: the state at the end
/final/summary        JSON text: digest, duration, couplings

Reading the positions with h5py alone:

import h5py
import numpy as np

with h5py.File("RUN.h5", "r") as file:
    for name, segment in file["segments"].items():
        if "frames" not in segment:
            continue
        frames = segment["frames"]
        x_mm = frames.attrs["origin_x_mm"] + np.cumsum(frames["dx_mm"][:], axis=0, dtype="int64")
        y_mm = frames.attrs["origin_y_mm"] + np.cumsum(frames["dy_mm"][:], axis=0, dtype="int64")
        for i, tick in enumerate(frames["tick"]):
            inside = (frames["first_frame"][:] <= i) & (i <= frames["last_frame"][:])
            t_s, rows = tick * file.attrs["resolution_us"] / 1e6, frames["person_row"][:][inside]
            x_m, y_m = x_mm[i, inside] / 1000, y_mm[i, inside] / 1000
"""


def segment_name(number: int) -> str:
    """Return the name of a segment's group, such as ``000001``."""
    return f"{number:06d}"

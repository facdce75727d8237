"""People: who they are and what became of them, and where they were at each frame.

Trajectories stand as an indexed ragged array (CF 1.11, H.4.4): one place after another in the order of time,
with the person it belongs to, so that a long run is written as it is read.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from impetus_sim.analysis.export.netcdf.conventions import Conventions
from impetus_sim.analysis.export.netcdf.sections import (
    BLOCK_VALUES,
    Block,
    Fixed,
    Section,
    Variable,
    flags,
    numbers_of,
)
from impetus_sim.analysis.export.tables import person_times
from impetus_sim.analysis.ground import read_static, read_texts
from impetus_sim.analysis.people import read_people
from impetus_sim.crowd.population import FRAME_STATES
from impetus_sim.recording.reader import Frame, Recording
from impetus_sim.world.injuries import Severity

PERSON, PLACE, FRAME = "person", "obs", "frame_time"


def people_fixed(recording: Recording) -> list[Fixed]:
    """Return one value for each person: id, group, size, and when they entered, knew, set out and left, s."""
    static = read_static(recording, "people")
    uid = np.asarray(static.get("uid", ()), np.uint64)
    if not len(uid):
        return []
    variable = Variable(
        name="uid",
        dimensions=(PERSON,),
        dtype=np.uint64,
        attributes={"cf_role": "trajectory_id", "long_name": "stable id"},
    )
    fixed = [Fixed(variable=variable, values=uid)]
    for name, words in (("population", "population"), ("profile", "profile")):
        if name in static:
            meaning = flags(read_texts(static.get(f"{name}_names")), np.int32)
            fixed.append(numbers_of(PERSON, name, np.asarray(static[name], np.int32), words, **meaning))
    for name, words, units in (
        ("radius", "radius of the body", "m"),
        ("desired_speed", "desired speed", "m s-1"),
    ):
        if name in static:
            fixed.append(numbers_of(PERSON, name, np.asarray(static[name]), words, units))
    return fixed + _fates(recording, len(uid))


def _fates(recording: Recording, n: int) -> list[Fixed]:
    people = read_people(recording)
    if len(people) != n:
        return []  # cut short before its first checkpoint
    words = {"entered_s": "entered", "aware_s": "became aware", "moved_s": "set out", "left_s": "left"}
    fixed = [
        numbers_of(
            PERSON, name, values, f"when the person {words[name]}, since the run began; nan: never", "s"
        )
        for name, values in person_times(recording, people).items()
    ]
    exits = " ".join(
        "_".join(name.split()) for name in read_texts(read_static(recording, "exits").get("name"))
    )
    by = f"index of the exit the person left by, of: {exits}; -1: none"
    fixed.append(numbers_of(PERSON, "exit", people.exit.astype(np.int32), by))
    if people.exposure_s is not None:
        fixed.append(numbers_of(PERSON, "exposure_s", people.exposure_s, "time in reach of a threat", "s"))
    if people.severity is not None:
        meaning = flags([one.name.lower() for one in Severity])
        fixed.append(numbers_of(PERSON, "severity", people.severity, "worst injury", **meaning))
    return fixed


def position_sections(recording: Recording, say: Conventions) -> list[Section]:
    """Return where everybody was, and where each frame's places begin; nothing where no positions were recorded."""
    if not len(recording.ticks):
        return []
    auxiliary = {"coordinates": "time x y", **say.mapped()}
    places = (
        say.time("time", PLACE),
        Variable(
            name="x", dimensions=(PLACE,), dtype=np.float64, attributes={**say.place("x", "x"), "axis": "X"}
        ),
        Variable(
            name="y", dimensions=(PLACE,), dtype=np.float64, attributes={**say.place("y", "y"), "axis": "Y"}
        ),
        Variable(
            name="person_index",
            dimensions=(PLACE,),
            dtype=np.int32,
            attributes={"long_name": "which person this is", "instance_dimension": PERSON},
        ),
        Variable(
            name="state",
            dimensions=(PLACE,),
            dtype=np.uint8,
            attributes={"long_name": "what the person is doing", **flags(FRAME_STATES), **auxiliary},
        ),
    )
    frames = (
        say.time(FRAME, FRAME, "time of the frame"),
        Variable(
            name="first_obs",
            dimensions=(FRAME,),
            dtype=np.int64,
            attributes={"long_name": "first place of the frame along obs"},
        ),
        Variable(
            name="n_obs",
            dimensions=(FRAME,),
            dtype=np.int64,
            attributes={"long_name": "people inside", "units": "1"},
        ),
    )
    return [
        Section(dimension=PLACE, variables=places, blocks=lambda: _place_blocks(recording)),
        Section(dimension=FRAME, variables=frames, blocks=lambda: _frame_blocks(recording)),
    ]


def _place_blocks(recording: Recording) -> Iterator[Block]:
    held: list[Frame] = []
    n = 0
    for frame in recording.frames():
        held.append(frame)
        n += len(frame.rows)
        if n >= BLOCK_VALUES:
            yield _join(held)
            held, n = [], 0
    if held:
        yield _join(held)


def _join(frames: list[Frame]) -> Block:
    return {
        "time": np.concatenate([np.full(len(frame.rows), frame.t_s) for frame in frames]),
        "x": np.concatenate([frame.x for frame in frames]),
        "y": np.concatenate([frame.y for frame in frames]),
        "person_index": np.concatenate([frame.rows for frame in frames]).astype(np.int32),
        "state": np.concatenate([frame.state for frame in frames]),
    }


def _frame_blocks(recording: Recording) -> Iterator[Block]:
    n = np.array([len(frame.rows) for frame in recording.frames()], np.int64)
    yield {FRAME: recording.times_s, "first_obs": np.cumsum(n) - n, "n_obs": n}

"""What systems record at their own times: counts, people on links, vehicles, assets, readings, voltages, units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from impetus_sim.analysis.export.netcdf.conventions import Conventions
from impetus_sim.analysis.export.netcdf.fixed import CHANNEL_FIXED
from impetus_sim.analysis.export.netcdf.positions import PERSON
from impetus_sim.analysis.export.netcdf.sections import (
    BLOCK_VALUES,
    Array,
    Block,
    Section,
    Variable,
    flags,
    masks,
    names_of,
)
from impetus_sim.analysis.ground import read_static, read_texts
from impetus_sim.recording import schema
from impetus_sim.recording.reader import Recording
from impetus_sim.world.assets import Service

DECIMETRE: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class _Column:
    """One array of a channel: its name in the dataset, its second dimension, type, unit and words.

    fill: what xarray reads as missing. pad: what stands for vehicles before they joined the run, where nothing is
    read as missing.
    """

    name: str
    along: str
    dtype: Any
    words: str
    units: str = "1"
    fill: float | int | None = None
    pad: int = 0
    more: dict[str, Any] = field(default_factory=dict)


_OFFSET: Final = {"scale_factor": DECIMETRE, "add_offset": 0.0}
_ON = "the start of the link"
COLUMNS: Final[dict[str, dict[str, _Column]]] = {
    schema.LINKS: {
        "link": _Column(
            name="person_way",
            along=PERSON,
            dtype=np.int32,
            words="directed link of the walk network; -1: none",
            pad=-1,
        ),
        "offset_dm": _Column(
            name="person_way_offset",
            along=PERSON,
            dtype=np.uint16,
            words="way from the start of the link",
            units="m",
            more=_OFFSET,
        ),
        "n_on": _Column(
            name="people_on_way", along="way", dtype=np.int32, words="people on each directed link"
        ),
        "is_closed": _Column(
            name="walk_link_closed", along="walk_link", dtype=np.uint8, words="whether it is closed"
        ),
    },
    schema.TRAFFIC: {
        "n_entered": _Column(
            name="link_entered", along="link", dtype=np.int32, words="vehicles that entered so far"
        ),
        "n_left": _Column(name="link_left", along="link", dtype=np.int32, words="vehicles that left so far"),
        "link": _Column(
            name="vehicle_link",
            along="vehicle",
            dtype=np.int32,
            words="link the vehicle is on; -1: none",
            pad=-1,
        ),
        "offset_dm": _Column(
            name="vehicle_offset",
            along="vehicle",
            dtype=np.uint16,
            words=f"way from {_ON}",
            units="m",
            fill=65535,
            more=_OFFSET,
        ),
        "state": _Column(
            name="vehicle_state",
            along="vehicle",
            dtype=np.uint8,
            words="state of the vehicle; 255: not yet in the run",
            pad=255,
        ),
        "lane": _Column(
            name="vehicle_lane",
            along="vehicle",
            dtype=np.uint8,
            words="lane, from 0 at the right; 255: none",
            pad=255,
        ),
    },
    schema.ASSETS: {
        "level": _Column(
            name="asset_level", along="asset", dtype=np.float32, words="level of service, 0 to 1"
        ),
        "unmet": _Column(
            name="asset_unmet",
            along="asset",
            dtype=np.uint8,
            words="services that are lacking",
            more=masks(one.name.lower() for one in Service),
        ),
    },
    schema.READINGS: {
        "value": _Column(
            name="reading",
            along="stream",
            dtype=np.float64,
            words="new readings, in the unit of the stream",
            fill=np.nan,
            more={"comment": "units stand in stream_unit"},
        ),
        "cause": _Column(
            name="reading_cause",
            along="stream",
            dtype=np.int32,
            words="event that made the reading what it is; -1: none",
            pad=-1,
        ),
    },
    schema.VOLTAGES: {
        "pu": _Column(
            name="bus_voltage", along="bus", dtype=np.float32, words="voltage per unit", fill=np.nan
        ),
        "is_solved": _Column(
            name="voltages_solved", along="solution", dtype=np.uint8, words="whether the flow converged"
        ),
    },
    schema.UNITS: {
        "x": _Column(name="unit_x", along="unit", dtype=np.float32, words="x of the unit", units="m"),
        "y": _Column(name="unit_y", along="unit", dtype=np.float32, words="y of the unit", units="m"),
        "stage": _Column(name="unit_stage", along="unit", dtype=np.int8, words="what the unit is doing"),
        "beds_taken": _Column(name="beds_taken", along="hospital", dtype=np.int32, words="beds taken"),
    },
}
"""What the dataset holds of each channel (`recording.schema`), by the name of the array there. Bits of signals
(``green``) and the rows of emergency vehicles stay in the recording."""
_STAGES = {("traffic", "state"): ("vehicles", "state_names"), ("units", "stage"): ("units", "stage_names")}
"""Static groups with the words for the numbers of a column."""


def count_sections(recording: Recording, say: Conventions) -> list[Section]:
    """Return the counts at each frame: how many people inside, left, by exit, and what else systems count."""
    counts = recording.counts()
    if not counts:
        return []
    ticks = counts.pop(schema.TICK)
    exits = read_texts(read_static(recording, "exits").get("name"))
    variables = [say.time("count_time", "count_time", "time of the counts")]
    fixed = []
    for name, values in counts.items():
        along: tuple[str, ...] = ()
        if values.ndim == 2:
            along = ("exit_line",) if values.shape[1] == len(exits) else (f"{name}_index",)
            if along == ("exit_line",):
                fixed = [names_of("exit_line", "exit_name", exits, "name of the exit")]
            else:
                fixed.append(names_of(along[0], along[0], range(values.shape[1]), f"index of {name}"))
        words = name.replace("_", " ")
        attributes = {"long_name": words, "units": "1"}
        variables.append(
            Variable(
                name=f"n_{name}", dimensions=("count_time", *along), dtype=values.dtype, attributes=attributes
            )
        )

    def blocks() -> Iterator[Block]:
        when = np.asarray(recording.seconds(ticks), np.float64)
        yield {"count_time": when, **{f"n_{name}": values for name, values in counts.items()}}

    return [Section(dimension="count_time", variables=tuple(variables), blocks=blocks, fixed=tuple(fixed))]


def channel_sections(recording: Recording, say: Conventions) -> list[Section]:
    """Return what each system recorded at its own times; nothing for systems that the run did not have."""
    return [
        section for channel in COLUMNS if (section := _channel_section(recording, say, channel)) is not None
    ]


def _channel_section(recording: Recording, say: Conventions, channel: str) -> Section | None:
    columns = COLUMNS[channel]
    widths: dict[str, int] = {}
    for _, state in recording.series(channel):
        for name in columns.keys() & state.keys():
            widths[name] = max(widths.get(name, 0), state[name].size)
    if not widths:
        return None
    held = {name: column for name, column in columns.items() if name in widths}
    when = f"{channel}_time"
    fixed = CHANNEL_FIXED[channel](recording, say)
    known = {each.variable.dimensions[0] for each in fixed if each.variable.dimensions}
    for name, column in held.items():  # a dimension has a size also where nothing names its places
        if column.along not in known and column.along != PERSON:
            known.add(column.along)
            fixed.append(names_of(column.along, column.along, range(widths[name]), "index"))
    sizes = {f.variable.dimensions[0]: len(f.values) for f in fixed if f.variable.dimensions}
    variables = [
        Variable(
            name=column.name,
            dimensions=(when, column.along),
            dtype=column.dtype,
            attributes={
                "long_name": column.words,
                "units": column.units,
                **column.more,
                **_meaning(recording, channel, name, column),
            },
            fill=column.fill,
        )
        for name, column in held.items()
    ]
    wide = {name: max(widths[name], sizes.get(column.along, 0)) for name, column in held.items()}
    return Section(
        dimension=when,
        variables=(say.time(when, when), *variables),
        blocks=lambda: _channel_blocks(recording, channel, held, wide),
        fixed=tuple(fixed),
    )


def _meaning(recording: Recording, channel: str, name: str, column: _Column) -> dict[str, Any]:
    group, key = _STAGES.get((channel, name), ("", ""))
    return flags(read_texts(read_static(recording, group)[key]), column.dtype) if group else {}


def _channel_blocks(
    recording: Recording, channel: str, columns: dict[str, _Column], widths: dict[str, int]
) -> Iterator[Block]:
    at_a_time = max(1, BLOCK_VALUES // max(1, *widths.values()))
    held: list[tuple[int, dict[str, Array]]] = []

    def stack() -> Block:
        ticks = np.array([tick for tick, _ in held], np.int64)
        block = {f"{channel}_time": np.asarray(recording.seconds(ticks), np.float64)}
        for name, column in columns.items():
            empty = column.pad if column.fill is None else column.fill
            values = np.full((len(held), widths[name]), empty, column.dtype)
            for row, (_, state) in enumerate(
                held
            ):  # vehicles may join during a run: earlier rows are shorter
                if name in state:
                    values[row, : state[name].size] = state[name].ravel()
            block[column.name] = values
        return block

    for each in recording.series(channel):
        held.append(each)
        if len(held) == at_a_time:
            yield stack()
            held = []
    if held:
        yield stack()

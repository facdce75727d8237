"""Events with their causes, one row each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from impetus_sim.analysis.export.netcdf.conventions import Conventions
from impetus_sim.analysis.export.netcdf.sections import Block, Section, Variable
from impetus_sim.recording.reader import Recording

EVENT = "event"
_TEXTS = {
    "kind": "what happened",
    "subject": "to whom or what",
    "causes": "ids of the events that caused it, by commas",
    "data": "more, a JSON document",
}


def event_sections(recording: Recording, say: Conventions) -> list[Section]:
    """Return the events of a run; nothing where nothing happened."""
    table = recording.events_frame()
    columns = [name for name in _TEXTS if name in table]
    if table.empty or "id" not in table:
        return []
    variables = [
        say.time("event_time", EVENT, "time of the event"),
        Variable(
            name="event_id",
            dimensions=(EVENT,),
            dtype=np.int64,
            attributes={"long_name": "id that causes refer to"},
        ),
        *(
            Variable(
                name=f"event_{axis}",
                dimensions=(EVENT,),
                dtype=np.float64,
                attributes=say.place(axis, f"{axis} of the event"),
                fill=np.nan,
            )
            for axis in "xy"
            if axis in table
        ),
        *(
            Variable(
                name=f"event_{name}", dimensions=(EVENT,), dtype=str, attributes={"long_name": _TEXTS[name]}
            )
            for name in columns
        ),
    ]

    def blocks() -> Iterator[Block]:
        block = {"event_time": table["t_s"].to_numpy(np.float64), "event_id": table["id"].to_numpy(np.int64)}
        block |= {f"event_{axis}": table[axis].to_numpy(np.float64) for axis in "xy" if axis in table}
        block |= {f"event_{name}": table[name].astype(str).to_numpy(object) for name in columns}
        yield block

    return [Section(dimension=EVENT, variables=tuple(variables), blocks=blocks)]

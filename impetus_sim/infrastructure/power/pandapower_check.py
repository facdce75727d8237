"""Everything in the tables of a pandapower file that cannot be used, told at once."""

from __future__ import annotations

import numpy as np

from impetus_sim.errors import InvalidFilesError, Problem
from impetus_sim.infrastructure.power.branch_tables import BRANCH_TABLES
from impetus_sim.infrastructure.power.bus_tables import BUS_TABLES
from impetus_sim.infrastructure.power.frames import Frames
from impetus_sim.infrastructure.power.network import Ints

NOT_READ = {
    "tcsc": "a controlled series capacitor",
    "vsc": "a converter",
    "b2b_vsc": "a converter",
    "line_dc": "a direct-current line",
}


def require_sound(frames: Frames) -> None:
    """Raise `InvalidFilesError` with all problems, each with table, row, value and what is allowed."""
    checks = (_not_read, _unknown_buses, _wrong_numbers, _tap_tables, _no_source)
    problems = [problem for check in checks for problem in check(frames)]
    if problems:
        raise InvalidFilesError(problems)


def _not_read(frames: Frames) -> list[Problem]:
    return [
        _problem(frames, name, 0, f"{what} is not read", "a load and a generator in its place")
        for name, what in NOT_READ.items()
        if len(frames[name])
    ]


def _unknown_buses(frames: Frames) -> list[Problem]:
    known = frames["bus"].index
    found = []
    for name, spec in (BRANCH_TABLES | BUS_TABLES).items():
        for column in spec.buses if len(frames[name]) else ():
            values = _named_buses(frames, name, column)
            for row in np.flatnonzero(~np.isin(values, known)).tolist():
                said = f"{column} is {values[row]}, and there is no such bus"
                found.append(_problem(frames, name, row, said, "an index of table bus"))
    return found


def _named_buses(frames: Frames, name: str, column: str) -> Ints:
    values = frames[name].ints(column)
    if (name, column) != ("switch", "element"):
        return values
    between = np.array([kind == "b" for kind in frames["switch"].texts("et")], np.bool_)
    return np.where(between, values, frames["switch"].ints("bus"))


def _wrong_numbers(frames: Frames) -> list[Problem]:
    found = []
    for name, spec in (BRANCH_TABLES | BUS_TABLES).items():
        frame = frames[name]
        for column in (*spec.positive, *spec.finite) if len(frame) else ():
            values = frame.floats(column)
            above = column in spec.positive
            bad = ~(values > 0.0) if above else ~np.isfinite(values)
            for row in np.flatnonzero(bad).tolist():
                said = f"{column} is {'missing' if np.isnan(values[row]) else f'{values[row]:g}'}"
                found.append(_problem(frames, name, row, said, "above 0" if above else "a number"))
    return found


def _tap_tables(frames: Frames) -> list[Problem]:
    return [
        _problem(
            frames, name, row, "its tap depends on a table, which is not read", "tap_dependency_table false"
        )
        for name in ("trafo", "trafo3w")
        for row in np.flatnonzero(frames[name].flags("tap_dependency_table", default=False)).tolist()
    ]


def _no_source(frames: Frames) -> list[Problem]:
    if len(frames["ext_grid"]) or frames["gen"].flags("slack", default=False).any():
        return []
    said = "there is no ext_grid and no slack generator"
    return [_problem(frames, "ext_grid", 0, said, "at least one that balances the network")]


def _problem(frames: Frames, table: str, row: int, message: str, allowed: str) -> Problem:
    frame = frames[table]
    key = f"{table}[{int(frame.index[row])}]" if len(frame) else table
    return Problem(file=frames.file, line=0, column=0, key=key, message=message, allowed=allowed)

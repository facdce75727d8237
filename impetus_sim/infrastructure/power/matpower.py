"""MATPOWER case files: plain tables of buses, generators and branches.

Format: Zimmerman, Murillo-Sanchez, MATPOWER User's Manual, appendix B (case format version 2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.ac_data import AcData
from impetus_sim.infrastructure.power.network import Bools, Floats, Generators, Ints, PowerNetwork

_HOLDS_VOLTAGE, _REFERENCE, _ISOLATED = 2, 3, 4
_COLUMNS = {"bus": 13, "gen": 10, "branch": 11}
_MOST_COLUMNS = {"bus": 13, "gen": 21, "branch": 11}
_RAMP, _PARTICIPATION = 16, 20
_TABLE = re.compile(r"mpc\.(bus|gen|branch)\s*=\s*\[(.*?)\]\s*;?", re.DOTALL)
_BASE = re.compile(r"mpc\.baseMVA\s*=\s*([^;\n]+)")
_COMPUTES = re.compile(r"^\s*mpc\.(?:bus|gen|branch)\s*\(", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class CaseTables:
    """A case as its file has it: columns of the MATPOWER manual, rows of all elements.

    base_mva: of the per-unit values. bus: (buses, 13). gen: (units, 21), zeros where the file has fewer columns.
    branch: (branches, 11). lines: line of the file of each row, by table; empty for tables of another origin.
    """

    base_mva: float
    bus: Floats
    gen: Floats
    branch: Floats
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def read_tables(path: Path) -> CaseTables:
    """Read the tables of a case file; raises as `parse_tables`."""
    return parse_tables(path.read_text("utf-8", errors="replace"), str(path))


def read_matpower(path: Path) -> PowerNetwork:
    """Read a case file as a network; raises as `parse_tables` and `build_case`."""
    return build_case(read_tables(path), str(path))


def parse_tables(text: str, name: str) -> CaseTables:
    """Read the tables of a case.

    Parameters
    ----------
    text, name
        Content of its file, and the name of that in messages.

    Raises
    ------
    InvalidInputError
        When a table is missing or is no table of numbers, or when the file computes with its tables; with file and
        line.
    """
    text = _without_comments(text)
    computes = _COMPUTES.search(text)
    if computes:
        raise InvalidInputError(
            f"{name}:{_line(text, computes.start())}: the file computes with its tables, which is not read",
            hint="run it in MATPOWER or Octave and save the case with savecase",
        )
    found = {match[1]: match for match in _TABLE.finditer(text)}
    missing = [table for table in _COLUMNS if table not in found]
    base = _BASE.search(text)
    if missing or not base:
        what = f"mpc.{missing[0]}" if missing else "mpc.baseMVA"
        raise InvalidInputError(f"{name}: no table {what}; is it a MATPOWER case, version 2?")
    tables, lines = {}, {}
    for table, match in found.items():
        tables[table], lines[table] = _read_table(name, text, match)
    return CaseTables(base_mva=_base_mva(base, text, name), **tables, lines=lines)


def build_case(tables: CaseTables, name: str) -> PowerNetwork:
    """Return a case as a network; isolated buses and what hangs on them are left out.

    Raises
    ------
    InvalidInputError
        When a branch or generator names a bus that is not there, a branch has no reactance, or no bus balances the
        others; with file and line.
    """
    bus = tables.bus[tables.bus[:, 1] != _ISOLATED]
    isolated = tables.bus[tables.bus[:, 1] == _ISOLATED][:, 0]
    ids = bus[:, 0].astype(np.int64)
    if len(np.unique(ids)) != len(ids):
        raise InvalidInputError(f"{name}: mpc.bus has a bus number twice")
    if not (bus[:, 1] == _REFERENCE).any():
        raise InvalidInputError(f"{name}: no bus of mpc.bus is of type {_REFERENCE} (reference)")
    is_kept = {
        "gen": ~np.isin(tables.gen[:, 0], isolated),
        "branch": ~np.isin(tables.branch[:, :2], isolated).any(axis=1),
    }
    gen, branch = tables.gen[is_kept["gen"]], tables.branch[is_kept["branch"]]

    def rows(table: str, named: Floats) -> Ints:
        found = _rows(named, ids)
        if (found < 0).any():
            wrong = int(np.flatnonzero(found < 0)[0])
            at = _place(name, tables, table, int(np.flatnonzero(is_kept[table])[wrong]))
            raise InvalidInputError(
                f"{at}: mpc.{table} names bus {named[wrong]:g}, which mpc.bus does not have"
            )
        return found

    still = np.flatnonzero(branch[:, 3] == 0.0)
    if len(still):
        at = _place(name, tables, "branch", int(np.flatnonzero(is_kept["branch"])[still[0]]))
        raise InvalidInputError(f"{at}: a branch has no reactance", hint="DC flow needs x other than 0")
    tap = np.where(branch[:, 8] == 0.0, 1.0, branch[:, 8])
    at_bus = rows("gen", gen[:, 0])
    holds = np.isin(bus[at_bus, 1], (_HOLDS_VOLTAGE, _REFERENCE))
    generators = _read_generators(gen, at_bus, holds)
    running = generators.is_in
    return PowerNetwork(
        bus_id=ids,
        load_mw=bus[:, 2] + bus[:, 4],
        generation_mw=np.bincount(generators.bus[running], generators.output_mw[running], len(ids)).astype(
            np.float64
        ),
        is_reference=bus[:, 1] == _REFERENCE,
        from_bus=rows("branch", branch[:, 0]),
        to_bus=rows("branch", branch[:, 1]),
        branch_id=np.flatnonzero(is_kept["branch"]),
        susceptance_mw=tables.base_mva / (branch[:, 3] * tap),
        shift_rad=np.deg2rad(branch[:, 9]),
        rating_mw=np.where(branch[:, 5] == 0.0, np.inf, branch[:, 5]),
        is_in=branch[:, 10] > 0,
        generators=generators,
        ac=_ac_data(tables.base_mva, bus, branch, tap, generators),
    )


def _ac_data(base_mva: float, bus: Floats, branch: Floats, tap: Floats, generators: Generators) -> AcData:
    set_pu = np.ones(len(bus))
    held = np.isfinite(generators.set_pu) & generators.is_in
    set_pu[generators.bus[held]] = generators.set_pu[held]
    return AcData(
        base_mva=base_mva,
        kv=bus[:, 9],
        load_mvar=bus[:, 3],
        shunt_mvar=bus[:, 5],
        set_pu=set_pu,
        resistance_pu=branch[:, 2],
        reactance_pu=branch[:, 3],
        charging_pu=branch[:, 4],
        ratio=tap,
        shift_deg=branch[:, 9],
    )


def _place(name: str, tables: CaseTables, table: str, row: int) -> str:
    lines = tables.lines.get(table, ())
    return f"{name}:{lines[row]}" if row < len(lines) else name


def _base_mva(match: re.Match[str], text: str, name: str) -> float:
    try:
        value = float(match[1])
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise InvalidInputError(
            f"{name}:{_line(text, match.start(1))}: mpc.baseMVA is '{match[1].strip()[:40]}', not a number above 0"
        )
    return value


def _without_comments(text: str) -> str:
    return re.sub(r"%.*", "", text.replace("\r\n", "\n"))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _read_table(name: str, text: str, match: re.Match[str]) -> tuple[Floats, tuple[int, ...]]:
    table, rows, lines = match[1], [], []
    first = _line(text, match.start(2))
    starts = text.split("\n")
    for number, line in enumerate(match[2].split("\n"), start=first):
        for row in line.split(";"):
            words = row.replace(",", " ").split()
            if not words:
                continue
            values = [_number(word) for word in words]
            if None in values:
                word = words[values.index(None)]
                column = starts[number - 1].find(word) + 1
                raise InvalidInputError(
                    f"{name}:{number}:{column}: '{word[:40]}' in mpc.{table} is no number"
                )
            if len(values) < _COLUMNS[table]:
                raise InvalidInputError(
                    f"{name}:{number}: {len(values)} columns in mpc.{table}, at least {_COLUMNS[table]} expected"
                )
            n = _MOST_COLUMNS[table]
            rows.append(values[:n] + [0.0] * (n - len(values)))
            lines.append(number)
    return np.array(rows, np.float64).reshape(-1, _MOST_COLUMNS[table]), tuple(lines)


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return None if np.isnan(value) else value


def _read_generators(gen: Floats, bus: Ints, holds: Bools) -> Generators:
    output, most = gen[:, 1], np.maximum(gen[:, 8], gen[:, 1])
    return Generators(
        bus=bus,
        output_mw=output,
        least_mw=np.minimum(gen[:, 9], output),
        most_mw=most,
        ramp_mw_min=np.where(gen[:, _RAMP] > 0.0, gen[:, _RAMP], np.inf),
        participation=np.where(gen[:, _PARTICIPATION] > 0.0, gen[:, _PARTICIPATION], np.maximum(most, 0.0)),
        is_in=gen[:, 7] > 0,
        names=tuple(f"generator_{k}" for k in range(len(gen))),
        set_pu=np.where(holds, gen[:, 5], np.nan),
        mvar=np.where(holds, 0.0, gen[:, 2]),
    )


def _rows(named: Floats, ids: Ints) -> Ints:
    """Return the row of each number, -1 where there is none."""
    order = np.argsort(ids)
    at = np.minimum(np.searchsorted(ids[order], named), len(ids) - 1)
    rows = order[at].astype(np.int64)
    rows[ids[rows] != named] = -1
    return rows

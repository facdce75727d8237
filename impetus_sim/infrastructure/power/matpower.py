"""MATPOWER case files: plain tables of buses, generators and branches.

Format: Zimmerman, Murillo-Sanchez, MATPOWER User's Manual, appendix B (case format version 2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.network import Floats, Generators, Ints, PowerNetwork

_REFERENCE, _ISOLATED = 3, 4
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
    branch: (branches, 11).
    """

    base_mva: float
    bus: Floats
    gen: Floats
    branch: Floats


def read_tables(path: Path) -> CaseTables:
    """Read the tables of a case file.

    Raises
    ------
    InvalidInputError
        When a table is missing or is no table of numbers, or when the file computes with its tables; with file and
        line.
    """
    text = _without_comments(path.read_text("utf-8", errors="replace"))
    computes = _COMPUTES.search(text)
    if computes:
        raise InvalidInputError(
            f"{path}:{_line(text, computes.start())}: the file computes with its tables, which is not read",
            hint="run it in MATPOWER or Octave and save the case with savecase",
        )
    found = {match[1]: match for match in _TABLE.finditer(text)}
    missing = [name for name in _COLUMNS if name not in found]
    base = _BASE.search(text)
    if missing or not base:
        what = f"mpc.{missing[0]}" if missing else "mpc.baseMVA"
        raise InvalidInputError(f"{path}: no table {what}; is it a MATPOWER case, version 2?")
    tables = {name: _read_table(path, text, match) for name, match in found.items()}
    return CaseTables(base_mva=float(base[1]), **tables)


def read_matpower(path: Path) -> PowerNetwork:
    """Read a case file; isolated buses and what hangs on them are left out.

    Raises
    ------
    InvalidInputError
        When the file cannot be read, or when a branch or generator names a bus that is not there; with the file.
    """
    return _build(path, read_tables(path))


def _without_comments(text: str) -> str:
    return re.sub(r"%.*", "", text.replace("\r\n", "\n"))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _read_table(path: Path, text: str, match: re.Match[str]) -> Floats:
    name, rows = match[1], []
    first = _line(text, match.start(2))
    for number, line in enumerate(match[2].split("\n"), start=first):
        for row in line.split(";"):
            words = row.replace(",", " ").split()
            if not words:
                continue
            try:
                values = [float(word) for word in words]
            except ValueError:
                raise InvalidInputError(
                    f"{path}:{number}: '{row.strip()}' in mpc.{name} is no row of numbers"
                ) from None
            if len(values) < _COLUMNS[name]:
                raise InvalidInputError(
                    f"{path}:{number}: {len(values)} columns in mpc.{name}, at least {_COLUMNS[name]} expected"
                )
            n = _MOST_COLUMNS[name]
            rows.append(values[:n] + [0.0] * (n - len(values)))
    return np.array(rows, np.float64).reshape(-1, _MOST_COLUMNS[name])


def _build(path: Path, tables: CaseTables) -> PowerNetwork:
    bus = tables.bus[tables.bus[:, 1] != _ISOLATED]
    isolated = tables.bus[tables.bus[:, 1] == _ISOLATED][:, 0]
    ids = bus[:, 0].astype(np.int64)
    if len(np.unique(ids)) != len(ids):
        raise InvalidInputError(f"{path}: mpc.bus has a bus number twice")
    gen, branch = tables.gen, tables.branch
    gen = gen[~np.isin(gen[:, 0], isolated)]
    connects = ~np.isin(branch[:, :2], isolated).any(axis=1)
    branch, branch_id = branch[connects], np.flatnonzero(connects)
    tap = np.where(branch[:, 8] == 0.0, 1.0, branch[:, 8])
    with np.errstate(divide="ignore"):
        susceptance = tables.base_mva / (branch[:, 3] * tap)
    generators = _read_generators(gen, _rows(path, "gen", gen[:, 0], ids))
    running = generators.is_in
    return PowerNetwork(
        bus_id=ids,
        load_mw=bus[:, 2] + bus[:, 4],
        generation_mw=np.bincount(generators.bus[running], generators.output_mw[running], len(ids)).astype(
            np.float64
        ),
        is_reference=bus[:, 1] == _REFERENCE,
        from_bus=_rows(path, "branch", branch[:, 0], ids),
        to_bus=_rows(path, "branch", branch[:, 1], ids),
        branch_id=branch_id,
        susceptance_mw=susceptance,
        shift_rad=np.deg2rad(branch[:, 9]),
        rating_mw=np.where(branch[:, 5] == 0.0, np.inf, branch[:, 5]),
        is_in=branch[:, 10] > 0,
        generators=generators,
    )


def _read_generators(gen: Floats, bus: Ints) -> Generators:
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
    )


def _rows(path: Path, table: str, named: Floats, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    order = np.argsort(ids)
    at = np.minimum(np.searchsorted(ids[order], named), len(ids) - 1)
    rows = order[at]
    wrong = np.flatnonzero(ids[rows] != named)
    if len(wrong):
        raise InvalidInputError(
            f"{path}: mpc.{table} names bus {named[wrong[0]]:g}, which mpc.bus does not have"
        )
    return rows.astype(np.int64)

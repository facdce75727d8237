"""Entities, state variables and processes, read from the tables and systems themselves."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

import impetus_sim
from impetus_sim.arrays import Table
from impetus_sim.crowd.population import COLUMNS as PEOPLE
from impetus_sim.recording.reader import Recording
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import System

UNITS: Final = (
    ("_m_s", "m/s"), ("_mm_s", "mm/s"), ("_us", "µs"), ("_ms", "ms"), ("_mm", "mm"), ("_m2", "m²"), ("_m", "m"),
    ("_s", "s"), ("_h", "h"), ("tick", "ticks"), ("_mw", "MW"), ("_pu", "per unit"),
)  # fmt: skip
"""Unit by the end of a column's name, the first that fits."""
PLAIN_UNITS: Final = {
    "x": "m", "y": "m", "vx": "m/s", "vy": "m/s", "radius": "m", "desired_speed": "m/s", "time_gap": "s",
    "spot_x": "m", "spot_y": "m", "smoke_dose": "s/m", "extinction": "1/m",
}  # fmt: skip
_SYSTEM_PACKAGES = (
    "crowd", "traffic", "infrastructure", "cyber", "hazards", "sensing", "detection", "response", "world", "engine",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TableText:
    """One table: its name, what it is, and its columns with type and unit."""

    name: str
    summary: str
    columns: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class SystemText:
    """One system: its part of the digest, the phase of a tick in which it acts, and what it is."""

    name: str
    phase: Phase
    summary: str


def unit_of_column(name: str) -> str:
    """Return the unit of a column by its name; 1 for counts, codes, shares and flags."""
    if name in PLAIN_UNITS:
        return PLAIN_UNITS[name]
    return next((unit for end, unit in UNITS if name.endswith(end)), "1")


def tables_of(recording: Recording) -> list[TableText]:
    """Return the tables of a run: all state that a later step reads."""
    known = {table.name: table.summary for table in tables_of_engine()}
    return [
        _table_text(
            name, known.get(name, ""), {key: held.dtype for key, held in recording.tables(name).items()}
        )
        for name in sorted(recording.table_names)
    ]


@cache
def tables_of_engine() -> tuple[TableText, ...]:
    """Return the people, and every table that a function without needs of its own makes (``..._table``)."""
    people = "Everybody on foot, one row each: who they are, where, and what has become of them."
    found = {"crowd": _table_text("crowd", people, PEOPLE)}
    for module in _modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.endswith("_table") and function.__module__ == module.__name__ and not _needs(function):
                table = function()
                if isinstance(table, Table):
                    summary = " ".join((inspect.getdoc(function) or "").split())
                    dtypes = {key: held.dtype for key, held in table.columns.items()}
                    found[table.name] = _table_text(table.name, summary, dtypes)
    return tuple(found[name] for name in sorted(found))


@cache
def systems() -> tuple[SystemText, ...]:
    """Return every system, in the order of the phases in which they act."""
    _modules()
    found: list[SystemText] = []
    waiting: list[type[System]] = [System]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if isinstance(kind.__dict__.get("name"), str) and kind.__module__.startswith("impetus_sim."):
                summary = (inspect.getdoc(kind) or "").partition("\n")[0]
                found.append(SystemText(name=kind.name, phase=kind.phase, summary=summary))
    return tuple(sorted(found, key=lambda each: (each.phase, each.name)))


@cache
def _modules() -> tuple[Any, ...]:
    modules: list[Any] = []
    for package in _SYSTEM_PACKAGES:
        root = importlib.import_module(f"{impetus_sim.__name__}.{package}")
        found = pkgutil.walk_packages(root.__path__, f"{root.__name__}.")
        modules += [importlib.import_module(each.name) for each in found]
    return tuple(modules)


def _needs(function: Any) -> bool:
    return any(p.default is p.empty for p in inspect.signature(function).parameters.values())


def _table_text(name: str, summary: str, dtypes: Mapping[str, Any]) -> TableText:
    columns = tuple((key, str(np.dtype(dtype)), unit_of_column(key)) for key, dtype in dtypes.items())
    return TableText(name=name, summary=summary, columns=columns)

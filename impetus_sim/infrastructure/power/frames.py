"""Tables of a power network in pandapower's columns, and reading them from its files (``to_json``) without it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One table: its name, the index of its rows, and its columns as lists."""

    name: str
    index: Ints
    columns: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.index)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def floats(self, column: str, default: float = np.nan) -> Floats:
        """Return a column as numbers; `default` where the file has nothing."""
        values = self.columns.get(column, [None] * len(self))
        return np.array([default if value is None else float(value) for value in values], np.float64)

    def ints(self, column: str) -> Ints:
        """Return a column as whole numbers, -1 where the file has nothing."""
        values = self.columns.get(column, [None] * len(self))
        return np.array([-1 if value is None else int(value) for value in values], np.int64)

    def flags(self, column: str, *, default: bool) -> Bools:
        """Return a column as truth values."""
        values = self.columns.get(column, [None] * len(self))
        return np.array([default if value is None else bool(value) for value in values], np.bool_)

    def texts(self, column: str) -> list[str]:
        """Return a column as texts, empty where the file has nothing."""
        return ["" if value is None else str(value) for value in self.columns.get(column, [None] * len(self))]

    def labels(self) -> list[str]:
        """Return the names of the rows; the table's name and the index where the file has none."""
        found = self.texts("name")
        return [name or f"{self.name}_{row}" for name, row in zip(found, self.index.tolist(), strict=True)]


@dataclass(frozen=True, kw_only=True)
class Frames:
    """All tables of a network, the name of its file, base power in MVA and frequency in Hz."""

    file: str
    tables: dict[str, Frame]
    base_mva: float
    hz: float

    def __getitem__(self, name: str) -> Frame:
        empty = Frame(name=name, index=np.empty(0, np.int64), columns={})
        return self.tables.get(name, empty)


def parse_frames(data: bytes, name: str, wanted: Collection[str]) -> Frames:
    """Read some tables of a file that pandapower's ``to_json`` wrote, of format 2 or 3.

    Parameters
    ----------
    data, name
        Content of the file, and its name in messages.

    Raises
    ------
    InvalidInputError
        When it is no JSON, no pandapower network, or one of its tables cannot be read.
    """
    try:
        document = json.loads(data.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"{name}:{error.lineno}:{error.colno}: no JSON: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{name}: no JSON: {error}") from None
    objects = document.get("_object") if isinstance(document, dict) else None
    if not isinstance(objects, dict) or "bus" not in objects:
        raise InvalidInputError(
            f"{name}: no network of pandapower", hint="write it with pandapower.to_json(net, path)"
        )
    tables = {}
    for table, value in objects.items():
        if table in wanted and isinstance(value, dict) and value.get("_class") == "DataFrame":
            tables[table] = _read_frame(name, table, value)
    return Frames(
        file=name,
        tables=tables,
        base_mva=float(objects.get("sn_mva", 1.0)),
        hz=float(objects.get("f_hz", 50.0)),
    )


def _read_frame(file: str, name: str, value: dict[str, Any]) -> Frame:
    held = value.get("_object")
    if isinstance(held, str):
        held = json.loads(held)
    if not isinstance(held, dict) or not {"columns", "data"} <= set(held):
        raise InvalidInputError(
            f"{file}: table '{name}' is not split into columns, index and data",
            hint="read and write it anew with a pandapower of version 2 or 3",
        )
    columns, rows = [str(column) for column in held["columns"]], held["data"]
    index = held.get("index", list(range(len(rows))))
    for row in rows:
        if len(row) != len(columns):
            raise InvalidInputError(f"{file}: table '{name}': a row of {len(row)} values, not {len(columns)}")
    return Frame(
        name=name,
        index=np.array([int(k) for k in index] if index else [], np.int64),
        columns={column: [_plain(row[k]) for row in rows] for k, column in enumerate(columns)},
    )


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value

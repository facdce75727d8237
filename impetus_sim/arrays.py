"""Tables: named arrays of fixed dtype with one owner.

The owner writes a table's columns; everyone else reads them or asks through `world`. Checkpoints and the
digest see every column of every table, so whatever a later step reads belongs in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt


class Table:
    """Named columns of equal length, in a fixed row order.

    Parameters
    ----------
    name
        Name of the table, such as ``crowd``.
    n_rows
        Number of rows.
    dtypes
        Column name to dtype, or to ``(dtype, width)`` for a column of shape (n_rows, width).

    Columns are attributes: ``table.x`` is the array itself, not a copy.
    """

    def __init__(self, name: str, n_rows: int, dtypes: Mapping[str, Any]) -> None:
        self.name = name
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self._buffers: dict[str, npt.NDArray[Any]] = {}
        for column, spec in dtypes.items():
            dtype, width = spec if isinstance(spec, tuple) else (spec, None)
            shape = (n_rows,) if width is None else (n_rows, width)
            self._columns[column] = np.zeros(shape, dtype)

    def __getattr__(self, column: str) -> npt.NDArray[Any]:
        columns = self.__dict__.get("_columns", {})
        if column in columns:
            return columns[column]
        raise AttributeError(f"table '{self.__dict__.get('name', '?')}' has no column '{column}'")

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    @property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Column name to array, in the order of declaration."""
        return dict(self._columns)

    def adopt(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Add arrays of equal length as columns, without copying: who made them goes on using them."""
        self._columns.update(arrays)

    def load(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Overwrite every column from saved arrays (the counterpart of `columns`).

        Raises
        ------
        ValueError
            When names, dtypes or trailing shapes differ. A different number of rows is allowed only for
            tables that grow (event logs, agendas).
        """
        if set(arrays) != set(self._columns):
            raise ValueError(f"table '{self.name}': columns {sorted(arrays)}, not {sorted(self._columns)}")
        for column, held in self._columns.items():
            saved = np.asarray(arrays[column])
            if saved.dtype != held.dtype or saved.shape[1:] != held.shape[1:]:
                raise ValueError(f"table '{self.name}', column '{column}': {saved.dtype}{saved.shape[1:]}")
            if saved.shape == held.shape:
                held[...] = saved
            else:
                self._columns[column] = saved.copy()

    def append(self, row: Mapping[str, Any]) -> int:
        """Append one row and return its index. For tables that grow; columns are replaced."""
        if set(row) != set(self._columns):
            raise ValueError(f"table '{self.name}': row has {sorted(row)}, not {sorted(self._columns)}")
        index = len(self)
        for column, held in self._columns.items():
            buffer = self._buffers.get(column)
            if buffer is None or held.base is not buffer or len(buffer) == index:
                # twice the room, so that n rows one by one are not n copies of all
                buffer = np.zeros((max(8, 2 * index), *held.shape[1:]), held.dtype)
                buffer[:index] = held
                self._buffers[column] = buffer
            buffer[index] = row[column]
            self._columns[column] = buffer[: index + 1]
        return index

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Drop the rows that `mask` does not select. For small tables that shrink."""
        for column, held in self._columns.items():
            self._columns[column] = held[mask]

    def select(self, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        """Return the row indices where `mask` holds."""
        return np.flatnonzero(mask)

    def agg(
        self, column: str, function: Callable[..., Any], mask: npt.NDArray[np.bool_] | None = None
    ) -> Any:
        """Return `function` of a column, over the rows of `mask` where given."""
        values = self._columns[column]
        return function(values if mask is None else values[mask])


class RecordTable(Table):
    """A table that keeps each row in one record: for rows that are read and written whole, one after another.

    Parameters
    ----------
    name
        Name of the table.
    records
        Structured array, taken over; columns are views of its fields.
    """

    def __init__(self, name: str, records: npt.NDArray[Any]) -> None:
        super().__init__(name, 0, {})
        self._take(records)

    def _take(self, records: npt.NDArray[Any]) -> None:
        self.records = records
        self._columns = {field: records[field] for field in records.dtype.names or ()}

    def load(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Overwrite every column from saved arrays; the number of rows may differ."""
        n_rows = len(next(iter(arrays.values()), ()))
        if n_rows != len(self.records):
            self._take(np.zeros(n_rows, self.records.dtype))
        super().load(arrays)

    def extend(self, records: npt.NDArray[Any]) -> None:
        """Append rows; `records` and the columns are replaced."""
        self._take(np.concatenate([self.records, records.astype(self.records.dtype)]))

    def append(self, row: Mapping[str, Any]) -> int:
        """Append one row and return its index."""
        if set(row) != set(self._columns):
            raise ValueError(f"table '{self.name}': row has {sorted(row)}, not {sorted(self._columns)}")
        one = np.zeros(1, self.records.dtype)
        for column, value in row.items():
            one[column] = value
        self.extend(one)
        return len(self.records) - 1

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Drop the rows that `mask` does not select."""
        self._take(self.records[mask])

"""The digest of a run: SHA-256 chained over all state columns at fixed times, one chain per system.

Columns are hashed unquantised and little-endian, with table name, column name, dtype and shape. The order
in which systems, tables or columns are passed does not matter; the order of rows does (the engine keeps rows
in the order of stable ids). The chains of systems are independent: adding a system changes the run's value
but no other system's part. Nothing here depends on what is recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from impetus_sim.recording.encode import Attribute

ALGORITHM = "impetus-sha256-1"
_PREFIX = "digest."
_ALGORITHM_KEY = "digest_algorithm"


class HasColumns(Protocol):
    """What the chain asks of a table (`impetus_sim.arrays.Table` has it)."""

    name: str

    @property
    def columns(self) -> dict[str, npt.NDArray[Any]]: ...


class DigestChain:
    """SHA-256 chains over the state of every system of a run."""

    def __init__(self, parts: Mapping[str, str] | None = None) -> None:
        self._parts = dict(parts or {})

    def update(self, tick: int, systems: Mapping[str, Iterable[HasColumns]]) -> None:
        """Chain the state of each given system at a tick.

        Parameters
        ----------
        tick
            Integer time of the state.
        systems
            System name to its tables.
        """
        for system, tables in systems.items():
            chain = hashlib.sha256()
            _feed_text(chain, ALGORITHM)
            _feed_text(chain, system)
            _feed_text(chain, self._parts.get(system, ""))
            _feed_number(chain, tick)
            for table in sorted(tables, key=lambda table: table.name):
                _feed_table(chain, table)
            self._parts[system] = chain.hexdigest()

    @property
    def parts(self) -> dict[str, str]:
        """System name to the hex value of its own chain, by name."""
        return dict(sorted(self._parts.items()))

    @property
    def value(self) -> str:
        """Hex value over all systems."""
        whole = hashlib.sha256()
        _feed_text(whole, ALGORITHM)
        for system, part in self.parts.items():
            _feed_text(whole, system)
            _feed_text(whole, part)
        return whole.hexdigest()

    def to_attributes(self) -> dict[str, str]:
        """Return the chain as attributes of a checkpoint."""
        return {_ALGORITHM_KEY: ALGORITHM} | {_PREFIX + system: part for system, part in self.parts.items()}

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Attribute]) -> DigestChain:
        """Return the chain that a checkpoint's attributes hold; other attributes are passed over.

        Raises
        ------
        ValueError
            When the attributes hold no chain or one of another algorithm.
        """
        found = attributes.get(_ALGORITHM_KEY)
        if found != ALGORITHM:
            raise ValueError(f"the digest chain is of kind {found!r}, not {ALGORITHM!r}")
        return cls(
            {key[len(_PREFIX) :]: str(part) for key, part in attributes.items() if key.startswith(_PREFIX)}
        )


def _feed_table(chain: hashlib._Hash, table: HasColumns) -> None:
    columns = table.columns
    chain.update(_table_head(table.name, len(columns)))
    for name in sorted(columns):
        column = np.asarray(columns[name])
        if column.dtype.kind not in "biufcSU":
            raise TypeError(f"table '{table.name}', column '{name}': dtype {column.dtype} has no digest")
        chain.update(_column_head(name, column.dtype, column.shape))
        if column.size and column.dtype.itemsize:
            little = np.ascontiguousarray(column, column.dtype.newbyteorder("<"))
            chain.update(little.reshape(-1).view(np.uint8).data)


# Heads are kept, as they are the same every second of a run; of an empty table they are all there is.


@lru_cache(maxsize=1024)
def _table_head(name: str, n_columns: int) -> bytes:
    """Return what is hashed before a table's columns."""
    head = _Collected()
    _feed_text(head, name)
    _feed_number(head, n_columns)
    return bytes(head.held)


@lru_cache(maxsize=8192)
def _column_head(name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return what is hashed before a column's values."""
    head = _Collected()
    _feed_text(head, name)
    _feed_text(head, dtype.newbyteorder("<").str)
    _feed_number(head, max(1, len(shape)))
    for length in shape:
        _feed_number(head, length)
    return bytes(head.held)


class _Collected:
    """Takes bytes as a hash does."""

    def __init__(self) -> None:
        self.held = bytearray()

    def update(self, data: bytes) -> None:
        """Take more."""
        self.held += data


def _feed_text(chain: hashlib._Hash | _Collected, text: str) -> None:
    encoded = text.encode()
    _feed_number(chain, len(encoded))
    chain.update(encoded)


def _feed_number(chain: hashlib._Hash | _Collected, number: int) -> None:
    chain.update(int(number).to_bytes(8, "little", signed=True))

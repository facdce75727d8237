"""A checkpoint: the whole state of a run at one tick, as plain arrays and attributes, never pickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import h5py

from impetus_sim.recording import schema
from impetus_sim.recording.encode import (
    Attribute,
    Tables,
    read_attributes,
    read_tables,
    write_attributes,
    write_tables,
)


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """State from which a run continues bit for bit.

    Parameters
    ----------
    tick
        The state is the one after everything due at this tick.
    tables
        Table name to column name to array.
    attributes
        Plain values beside the tables, such as the digest chain (`DigestChain.to_attributes`).
    """

    tick: int
    tables: Tables
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def write_checkpoint(group: h5py.Group, checkpoint: Checkpoint) -> None:
    """Write a checkpoint into an empty group."""
    if schema.TICK in checkpoint.attributes:
        raise ValueError("a checkpoint's attributes cannot contain 'tick'")
    write_attributes(group, checkpoint.attributes)
    write_attributes(group, {schema.TICK: int(checkpoint.tick)})
    write_tables(group.create_group(schema.TABLES), checkpoint.tables)


def read_checkpoint(group: h5py.Group) -> Checkpoint:
    """Return the checkpoint that `write_checkpoint` wrote."""
    attributes = read_attributes(group)
    tick = int(attributes.pop(schema.TICK))
    return Checkpoint(tick=tick, tables=read_tables(group[schema.TABLES]), attributes=attributes)

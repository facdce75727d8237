"""The header of a recording: who, what and where; written once, before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import h5py
import numpy.typing as npt

from impetus_sim.recording import schema
from impetus_sim.recording.encode import Attribute, read_attributes, write_attributes, write_columns


@dataclass(frozen=True, kw_only=True)
class Header:
    """What does not change during a run.

    Parameters
    ----------
    attributes
        Plain values: title, scenario text, seed, digests, versions, ``resolution_us`` and so on.
    static
        Group name to array name to array (or text).
    """

    attributes: Mapping[str, Attribute]
    static: Mapping[str, Mapping[str, npt.ArrayLike]] = field(default_factory=dict)


def write_header(file: h5py.File, header: Header, *, recording_id: str) -> None:
    """Write the header and the layout's own description.

    Raises
    ------
    ValueError
        When the header claims another schema version or uses a name that belongs to the layout.
    """
    attributes = dict(header.attributes)
    claimed = attributes.pop(schema.SCHEMA_VERSION_KEY, schema.SCHEMA_VERSION)
    if claimed != schema.SCHEMA_VERSION:
        raise ValueError(
            f"the header says schema version {claimed}, this writer writes {schema.SCHEMA_VERSION}"
        )
    taken = set(attributes) & set(schema.OWN_ATTRIBUTES)
    if taken:
        raise ValueError(f"header attributes {sorted(taken)} belong to the recording itself")
    mark(file, role=schema.ROLE_HEADER)
    attributes.setdefault("resolution_us", schema.DEFAULT_RESOLUTION_US)
    write_attributes(file, {schema.RECORDING_ID_KEY: recording_id, schema.README_KEY: schema.README})
    write_attributes(file, attributes)
    static = file.create_group(schema.STATIC)
    for name, arrays in header.static.items():
        write_columns(static.create_group(name), arrays)


def mark(file: h5py.Group, *, role: str) -> None:
    """Write the attributes by which any of our files is known."""
    write_attributes(
        file,
        {
            schema.FORMAT_KEY: schema.FORMAT,
            schema.SCHEMA_VERSION_KEY: schema.SCHEMA_VERSION,
            schema.ROLE_KEY: role,
        },
    )


def read_header_attributes(file: h5py.File) -> dict[str, Attribute]:
    """Return all root attributes except the README."""
    attributes = read_attributes(file)
    attributes.pop(schema.README_KEY, None)
    return attributes

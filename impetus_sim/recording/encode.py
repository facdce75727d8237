"""Attributes and arrays to HDF5 and back: text as UTF-8, numbers as they are, nothing pickled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

Attribute = str | int | float | bool
Columns = Mapping[str, npt.NDArray[Any]]
Tables = Mapping[str, Columns]

COMPRESSION: dict[str, Any] = {
    "compression": "gzip",
    "compression_opts": 1,
    "shuffle": True,
    "fletcher32": True,
}
_COMPRESS_FROM_BYTES = 1024  # below this the filters cost more than they save
_PLAIN = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
_PLAIN.set_obj_track_times(False)
_PLAIN.set_attr_creation_order(0)


def write_attributes(target: h5py.Group, attributes: Mapping[str, Attribute]) -> None:
    """Write plain attributes.

    Raises
    ------
    TypeError
        For a value that is not text, a whole number of at most 64 bits, a number or a truth value.
    """
    for key, value in attributes.items():
        if not isinstance(value, str | int | float | bool | np.integer | np.floating | np.bool_):
            raise TypeError(
                f"attribute '{key}' is a {type(value).__name__}: only text and numbers are recorded"
            )
        if isinstance(value, int) and not -(2**63) <= value < 2**64:
            raise TypeError(f"attribute '{key}' is {value}, which needs more than 64 bits")
        target.attrs[key] = value


def read_attributes(source: h5py.Group) -> dict[str, Attribute]:
    """Return a group's attributes as plain Python values."""
    return {key: _plain(value) for key, value in source.attrs.items()}


def _plain(value: Any) -> Attribute:
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if isinstance(value, np.generic) else value


def write_array(group: h5py.Group, name: str, value: npt.ArrayLike) -> None:
    """Write one array or text; arrays of a kilobyte or more are compressed and carry checksums.

    Raises
    ------
    TypeError
        For dtypes other than truth values, integers, floats, bytes and text.
    """
    if not name or "/" in name or name in (".", ".."):
        raise ValueError(f"'{name}' cannot be the name of an array in a recording")
    if isinstance(value, str):
        group.create_dataset(name, data=value, dtype=h5py.string_dtype())
        return
    array = np.asarray(value)
    if array.dtype.kind == "U" or (array.dtype.kind == "O" and all(isinstance(v, str) for v in array.flat)):
        group.create_dataset(name, data=array.astype(object), dtype=h5py.string_dtype())
        return
    if array.dtype.kind not in "biufS":
        raise TypeError(f"array '{name}' has dtype {array.dtype}, which recordings do not hold")
    if array.dtype.itemsize == 0:
        array = array.astype("S1")
    if array.ndim and array.nbytes >= _COMPRESS_FROM_BYTES:
        group.create_dataset(name, data=array, **COMPRESSION)
    elif name.isascii():
        _create_plain(group, name, array)
    else:
        group.create_dataset(name, data=array)


def _create_plain(group: h5py.Group, name: str, array: npt.NDArray[Any]) -> None:
    # A checkpoint is hundreds of short columns: the same bytes as of `create_dataset`, in half the time.
    held = h5py.h5d.create(
        group.id,
        name.encode(),
        h5py.h5t.py_create(array.dtype, logical=True),
        h5py.h5s.create_simple(array.shape),
        dcpl=_PLAIN,
    )
    if array.size:
        held.write(h5py.h5s.ALL, h5py.h5s.ALL, np.require(array, requirements="C"))


def read_array(dataset: h5py.Dataset) -> Any:
    """Return what `write_array` wrote: an array, or text for a single text."""
    string = h5py.check_string_dtype(dataset.dtype)
    if string is not None and string.length is None:
        text = dataset.asstr()[()]
        return text if isinstance(text, str) else np.array(text, dtype=str)
    return dataset[()]


def write_columns(group: h5py.Group, columns: Mapping[str, npt.ArrayLike]) -> None:
    """Write the columns of one table into a group."""
    for name, column in columns.items():
        write_array(group, name, column)


def read_columns(group: h5py.Group) -> dict[str, Any]:
    """Return the columns of one table."""
    return {name: read_array(dataset) for name, dataset in group.items()}


def write_tables(group: h5py.Group, tables: Mapping[str, Mapping[str, npt.ArrayLike]]) -> None:
    """Write each table as a group of columns."""
    for name, columns in tables.items():
        write_columns(group.create_group(name), columns)


def read_tables(group: h5py.Group) -> dict[str, dict[str, Any]]:
    """Return every table of a group."""
    return {name: read_columns(table) for name, table in group.items()}

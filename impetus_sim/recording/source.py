"""Where a recording's groups come from: one merged file or a folder of parts, asked in the same way.

Files are opened for one question and closed again: no HDF5 object leaves this module, and a recording can be
passed to another process. Whatever goes wrong in reading becomes one clear message.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import h5py

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording import schema
from impetus_sim.recording.encode import Attribute
from impetus_sim.recording.header import read_header_attributes
from impetus_sim.recording.parts import PartsFolder

T = TypeVar("T")
Read = Callable[[h5py.Group], T]

# What h5py and numpy raise, at one place or another, for files with damaged content.
_DAMAGE = (OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, MemoryError)
_PARTIAL_ROLES = (schema.ROLE_HEADER, schema.ROLE_SEGMENT, schema.ROLE_FINAL)


def read_file(path: Path, role: str, read: Read[T], *, of_any_layout: bool = False) -> T:
    """Open one of our files, check that it is what it should be, and return what `read` returns.

    A newer layout is refused unless `of_any_layout`: `read` may then ask for root attributes alone.

    Raises
    ------
    InvalidInputError
        When the file is missing, foreign, truncated, damaged, or of a newer layout.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            _require_ours(file, path, role, of_any_layout=of_any_layout)
            return read(file)
    except FileNotFoundError as error:
        raise InvalidInputError(
            f"there is no file '{path}'", hint="it may have been removed or finished while being read"
        ) from error
    except PermissionError as error:
        raise InvalidInputError(f"'{path}' cannot be read: permission denied") from error
    except _DAMAGE as error:
        raise InvalidInputError(
            _describe_damage(path), hint="copy it again, or run the scenario again"
        ) from error


def _require_ours(file: h5py.File, path: Path, role: str, *, of_any_layout: bool) -> None:
    if file.attrs.get(schema.FORMAT_KEY) != schema.FORMAT:
        raise InvalidInputError(
            f"'{path}' is an HDF5 file, but not a recording of impetus_sim",
            hint="give a file made by impetus run",
        )
    version = int(file.attrs[schema.SCHEMA_VERSION_KEY])
    if version > schema.SCHEMA_VERSION and not of_any_layout:
        raise InvalidInputError(
            f"'{path}' has recording layout {version}; this impetus_sim reads up to {schema.SCHEMA_VERSION}",
            hint="install a newer impetus_sim",
        )
    found = file.attrs[schema.ROLE_KEY]
    if found == role:
        return
    if found in _PARTIAL_ROLES and role == schema.ROLE_RECORDING:
        raise InvalidInputError(
            f"'{path}' is only one part of a recording", hint=f"give the folder '{path.parent}' instead"
        )
    raise InvalidInputError(f"'{path}' is the {found} of a recording, not its {role}")


def _describe_damage(path: Path) -> str:
    if path.is_dir():
        return f"'{path}' is a folder, not a recording"
    if path.stat().st_size == 0:
        return f"'{path}' is empty, not a recording"
    if not h5py.is_hdf5(path):
        return f"'{path}' is not a recording (not an HDF5 file), or its beginning is damaged"
    return f"'{path}' is truncated or damaged and cannot be read"


class Source(ABC):
    """The groups of one recording."""

    path: Path

    @abstractmethod
    def read_header(self, read: Read[T]) -> T:
        """Return what `read` makes of the group with the header's attributes and ``static``."""

    @abstractmethod
    def segment_numbers(self) -> list[int]:
        """Return the numbers of all segments, ascending."""

    @abstractmethod
    def read_segment(self, number: int, read: Read[T]) -> T:
        """Return what `read` makes of one segment's group."""

    @property
    @abstractmethod
    def has_final(self) -> bool:
        """Whether the run has ended and its final state is there."""

    @abstractmethod
    def read_final(self, read: Read[T]) -> T:
        """Return what `read` makes of the group with the final state."""


class FileSource(Source):
    """A merged RUN.h5.

    Parameters
    ----------
    path
        The file; replaced while being read it gives an error, never a mixture.
    """

    has_final = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._recording_id = read_file(path, schema.ROLE_RECORDING, read_header_attributes).get(
            schema.RECORDING_ID_KEY
        )

    def read_header(self, read: Read[T]) -> T:
        return read_file(self.path, schema.ROLE_RECORDING, self._same(read))

    def segment_numbers(self) -> list[int]:
        return self.read_header(lambda file: sorted(int(name) for name in file[schema.SEGMENTS]))

    def read_segment(self, number: int, read: Read[T]) -> T:
        name = schema.segment_name(number)
        return self.read_header(lambda file: read(file[schema.SEGMENTS][name]))

    def read_final(self, read: Read[T]) -> T:
        return self.read_header(lambda file: read(file[schema.FINAL]))

    def _same(self, read: Read[T]) -> Read[T]:
        def checked(file: h5py.Group) -> T:
            if file.attrs[schema.RECORDING_ID_KEY] != self._recording_id:
                raise InvalidInputError(f"'{self.path}' was replaced while being read", hint="open it again")
            return read(file)

        return checked


class PartsSource(Source):
    """A folder of parts, of a run that goes on, was killed, or could not be merged.

    Parameters
    ----------
    path
        The folder, RUN.h5.parts.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parts = PartsFolder(path)
        if not self._parts.header_file.is_file():
            raise InvalidInputError(
                f"the folder '{path}' is not a recording: it has no {self._parts.header_file.name}"
            )
        self.read_header(read_header_attributes)

    def read_header(self, read: Read[T]) -> T:
        return read_file(self._parts.header_file, schema.ROLE_HEADER, read)

    def segment_numbers(self) -> list[int]:
        return self._parts.segment_numbers()

    def read_segment(self, number: int, read: Read[T]) -> T:
        return read_file(self._parts.segment_file(number), schema.ROLE_SEGMENT, read)

    @property
    def has_final(self) -> bool:
        return self._parts.final_file.is_file()

    def read_final(self, read: Read[T]) -> T:
        return read_file(self._parts.final_file, schema.ROLE_FINAL, read)


def read_identity(source: Source) -> dict[str, Attribute]:
    """Return the header's attributes of a source."""
    return source.read_header(read_header_attributes)


def read_recording_id(path: Path) -> str:
    """Return the unique name of a merged recording, also of one of a newer layout.

    Raises
    ------
    InvalidInputError
        When the file is not a recording, or damaged.
    """
    return read_file(
        path,
        schema.ROLE_RECORDING,
        lambda file: str(file.attrs[schema.RECORDING_ID_KEY]),
        of_any_layout=True,
    )

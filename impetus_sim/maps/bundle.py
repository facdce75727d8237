"""A city as one GeoPackage that QGIS, GDAL and pyogrio read: every layer, ``metadata`` and ``repair_report``.

The two tables hold text: ``metadata`` has key and JSON value, ``repair_report`` one row per finding. Files
are written under a temporary name in the same folder and renamed, so a city file is whole or not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import warnings
from pathlib import Path
from typing import Any

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.files import written_whole
from impetus_sim.maps.city import City
from impetus_sim.maps.layers import ADDED, GEOMETRY_TYPES, LAYERS, WIDTH, make_layer
from impetus_sim.maps.repair_report import RepairReport, RepairRow

CITY_FORMAT = "impetus city"
CITY_SCHEMA = 1
SQLITE_MAGIC = b"SQLite format 3\x00"


def require_writable(path: Path) -> None:
    """Refuse an output path that cannot be written, before any work is done."""
    folder = path.parent if str(path.parent) else Path()
    if path.is_dir():
        raise InvalidInputError(f"output '{path}' is a folder", hint="name a .gpkg file")
    if not folder.is_dir():
        raise InvalidInputError(f"output folder '{folder}' does not exist", hint="create it or name another")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise InvalidInputError(
            f"output '{path}' cannot be written", hint="check the permissions of the folder"
        )


def require_replaceable(path: Path) -> None:
    """Refuse an output path at which something stands that is not a city file, of whatever schema."""
    try:
        is_city = not path.exists() or _read_facts(path).get("format") == CITY_FORMAT
    except (InvalidInputError, OSError):
        is_city = False
    if not is_city:
        raise InvalidInputError(
            f"output '{path}' is there and is not a city file",
            hint="give another name with -o, or move it away: only city files are replaced",
        )


def save_city(city: City, path: Path | str) -> Path:
    """Save a city as one GeoPackage, replacing the file in one step.

    Parameters
    ----------
    city
        Any city: built, drawn or synthetic.
    path
        Usually ``NAME.gpkg``.
    """
    path = Path(path)
    require_writable(path)
    try:
        with written_whole(path) as temporary:
            _write_geopackage(city, temporary)
    except (OSError, sqlite3.Error, RuntimeError) as error:
        raise RunFailedError(
            f"city file '{path}' could not be written: {str(error).splitlines()[0]}", hint="is the disk full?"
        ) from error
    return path


def load_city(path: Path | str) -> City:
    """Load a city file.

    Raises
    ------
    InvalidInputError
        Missing, not a GeoPackage, a GeoPackage that is not a city, a newer schema, or damaged.
    """
    path = Path(path)
    facts = read_metadata(path)
    crs = str(facts["crs"])
    try:
        layers = _read_layers(path, crs)
        report = _read_report(path)
    except InvalidInputError:
        raise
    except Exception as error:  # GDAL raises many kinds for damaged files
        raise InvalidInputError(
            f"city file '{path}' is damaged: {(str(error).splitlines() or [type(error).__name__])[0]}",
            hint="build it again with `impetus map build`",
        ) from error
    return City(name=str(facts["name"]), crs=crs, layers=layers, meta=facts["meta"], report=report)


def read_metadata(path: Path) -> dict[str, Any]:
    """Return name, crs and meta of a city file without reading its layers."""
    facts = _read_facts(path)
    if facts.get("format") != CITY_FORMAT or not {"name", "crs", "meta", "schema"} <= set(facts):
        raise InvalidInputError(f"'{path}' is a GeoPackage, but not an impetus city")
    if facts["schema"] != CITY_SCHEMA:
        raise InvalidInputError(
            f"city file '{path}' has schema {facts['schema']}, this version reads {CITY_SCHEMA}",
            hint="build it again with `impetus map build`",
        )
    return facts


def _read_facts(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise InvalidInputError(f"city file '{path}' {'is a folder' if path.is_dir() else 'does not exist'}")
    with path.open("rb") as file:
        if file.read(16) != SQLITE_MAGIC:
            raise InvalidInputError(
                f"'{path}' is not a city file (GeoPackage)",
                hint="build one with `impetus map build SOURCE -o CITY.gpkg`",
            )
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as base:
            rows = dict(base.execute("SELECT key, value FROM metadata").fetchall())
        facts = {str(key): json.loads(value) for key, value in rows.items()}
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise InvalidInputError(
            f"'{path}' is a GeoPackage or SQLite file, but not a readable impetus city: {error}",
            hint="build one with `impetus map build SOURCE -o CITY.gpkg`",
        ) from error
    return facts


def _write_geopackage(city: City, path: Path) -> None:
    try:
        _write_layers(city, path)
        _write_tables(city, path)
    finally:
        for leftover in (Path(f"{path}-journal"), Path(f"{path}-wal")):  # of a transaction that was cut short
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)


def _write_layers(city: City, path: Path) -> None:
    """Write every layer, empty ones included."""
    import pyogrio

    for name in LAYERS:
        layer = city.layers[name]
        kind = GEOMETRY_TYPES[name]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*crs.*", category=UserWarning)
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=kind,
                promote_to_multi=False,
                append=path.exists(),
                SPATIAL_INDEX="YES" if len(layer) > 1000 else "NO",
            )


def _write_tables(city: City, path: Path) -> None:
    """Write the metadata and the repair report as attribute tables of the GeoPackage."""
    facts = {
        "format": CITY_FORMAT,
        "schema": CITY_SCHEMA,
        "name": city.name,
        "crs": city.crs,
        "digest": city.digest,
        "meta": dict(city.meta),
    }
    tables: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
        "metadata": (
            "key TEXT, value TEXT",
            [(key, json.dumps(value, ensure_ascii=False)) for key, value in facts.items()],
        ),
        "repair_report": (
            "kind TEXT, count INTEGER, length_m REAL, area_m2 REAL, detail TEXT",
            [(row.kind, row.count, row.length_m, row.area_m2, row.detail) for row in city.report],
        ),
    }
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        for name, (columns, rows) in tables.items():
            base.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY AUTOINCREMENT, {columns})")
            n_columns = columns.count(",") + 1
            base.executemany(f"INSERT INTO {name} VALUES (NULL, {', '.join('?' * n_columns)})", rows)
            base.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) "
                "VALUES (?, 'attributes', ?, '')",
                (name, name),
            )


def _read_layers(path: Path, crs: str) -> dict[str, Any]:
    """Return every layer; those that were added since the file was made are empty."""
    import pyogrio

    held = set(pyogrio.list_layers(path)[:, 0])
    return {
        name: make_layer(name, {}, [], crs=crs)
        if name in ADDED and name not in held
        else _read_layer(path, name, crs)
        for name in LAYERS
    }


def _read_layer(path: Path, name: str, crs: str) -> Any:
    """Return one layer with the types of its schema."""
    import pyogrio

    frame = pyogrio.read_dataframe(path, layer=name, use_arrow=True)
    missing = [column for column in LAYERS[name] if column not in frame.columns and column not in WIDTH]
    if missing:
        raise InvalidInputError(f"city file '{path}': layer '{name}' has no column {', '.join(missing)}")
    columns = {column: frame[column].to_numpy() for column in LAYERS[name] if column in frame.columns}
    return make_layer(name, columns, frame.geometry.to_numpy(), crs=crs)


def _read_report(path: Path) -> RepairReport:
    """Return the repair report of a city file."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as base:
        rows = base.execute(
            "SELECT kind, count, length_m, area_m2, detail FROM repair_report ORDER BY fid"
        ).fetchall()
    return RepairReport(
        rows=tuple(
            RepairRow(kind=kind, count=count, length_m=length, area_m2=area, detail=detail)
            for kind, count, length, area, detail in rows
        )
    )

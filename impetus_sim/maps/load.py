"""Open a city by whatever names it: a known map, a city file, or an OSM file (built once, then cached)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.maps.bundle import load_city, save_city
from impetus_sim.maps.cache import cached_path
from impetus_sim.maps.catalogue import find_entry
from impetus_sim.maps.city import City

Box = tuple[float, float, float, float]


def open_city(ref: str, *, base: Path | None = None, progress: Callable[[str], None] | None = None) -> City:
    """Open a city.

    Parameters
    ----------
    ref
        Name of an entry in ``maps/``, or the path of a .gpkg, .osm, .osm.xml or .osm.pbf file.
    base
        Folder that relative paths start from (a scenario's own folder); default the current one.
    progress
        Called with a sentence when something slow starts.

    Raises
    ------
    InvalidInputError
        Unknown name, missing file, or a file that is no map.
    """
    path = find_file(ref, base=base)
    if path is not None:
        if path.suffix.lower() == ".gpkg":
            return load_city(path)
        if path.suffix.lower() in (".geojson", ".json"):
            from impetus_sim.maps.sketch import load_sketch

            return load_sketch(path)
        return _open_built(path, name=path.name.split(".")[0], bbox=None, meta={}, progress=progress)
    if Path(ref).suffix or "/" in ref:
        raise InvalidInputError(
            f"map file '{ref}' does not exist",
            hint="check the path, or see `impetus map list` for known maps",
        )
    entry = find_entry(ref)
    meta = {"date": entry.date, "licence": entry.licence, "credit": entry.credit, "title": entry.title}
    return _open_built(entry.find_source(), name=entry.name, bbox=entry.bbox, meta=meta, progress=progress)


def find_file(ref: str, *, base: Path | None = None) -> Path | None:
    """Return the file a reference names, looked up from ``base`` first, or None."""
    candidates = (
        [Path(ref).expanduser()] if base is None else [base / Path(ref).expanduser(), Path(ref).expanduser()]
    )
    return next((path for path in candidates if path.is_file()), None)


def _open_built(
    source: Path, *, name: str, bbox: Box | None, meta: dict[str, str], progress: Callable[[str], None] | None
) -> City:
    """Return the city of an OSM file from the cache, building it first when needed."""
    kept = cached_path(source, bbox=bbox, name=name)
    if kept.is_file():
        try:
            return load_city(kept)
        except ImpetusError:
            kept.unlink(missing_ok=True)
    from impetus_sim.maps.build import build_city

    if progress is not None:
        progress(f"building map '{name}' (once; it is cached)")
    city = build_city(source, name=name, bbox=bbox, meta=meta)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        save_city(city, kept)
    except (OSError, ImpetusError) as error:
        warnings.warn(f"map '{name}' was built but not cached in '{kept.parent}': {error}", stacklevel=2)
    else:
        # what was just built and what the next run loads must be the same object, bit for bit
        return load_city(kept)
    return city

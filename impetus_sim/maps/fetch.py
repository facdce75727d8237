"""Fetch OpenStreetMap data of a named place or a box, online: OSMnx finds the place, Overpass sends the data.

The data arrives as OSM XML and goes the same way as a file. Nothing here runs unless a place or a box is
asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.osm_data import Box

TIMEOUT_S = 60
MOST_BYTES = 400_000_000
MOST_SIDE_DEGREES = 0.35
QUERY = (
    "[out:xml][timeout:{timeout}];"
    "(node({box});way({box});relation({box})[type=multipolygon];);(._;>;);out body;"
)


def parse_box(text: str) -> Box:
    """Return west, south, east, north from "W,S,E,N" in degrees.

    Raises
    ------
    InvalidInputError
        Not four numbers, or no box.
    """
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    try:
        values = tuple(float(part) for part in parts)
    except ValueError:
        values = ()
    if len(values) != 4:
        raise InvalidInputError(
            f"box '{text}' must be four numbers W,S,E,N in degrees",
            hint="for instance 24.93,60.16,24.96,60.18",
        )
    west, south, east, north = values
    if not (-180 <= west < east <= 180 and -84 <= south < north <= 84):
        raise InvalidInputError(
            f"box '{text}' must have west < east within -180 to 180 and south < north within -84 to 84"
        )
    return (west, south, east, north)


def is_box(text: str) -> bool:
    """Return whether a text looks like a box: four numbers separated by commas."""
    return re.fullmatch(r"\s*-?\d+(\.\d+)?(\s*,\s*-?\d+(\.\d+)?){3}\s*", text) is not None


def find_place(place: str) -> Box:
    """Return the box of a named place, through OSMnx.

    Raises
    ------
    InvalidInputError
        No network, or no such place.
    """
    with _osmnx_settings() as osmnx, _clear_errors(f"place '{place}'"):
        west, south, east, north = osmnx.geocode_to_gdf(place).total_bounds
    return (float(west), float(south), float(east), float(north))


def fetch_osm(box: Box, folder: Path) -> Path:
    """Download the data of a box as OSM XML into a folder and return the file.

    Parameters
    ----------
    box
        West, south, east, north in degrees, at most 0.35 degrees wide and high.
    folder
        Where the file goes.
    """
    import requests

    west, south, east, north = box
    if max(east - west, north - south) > MOST_SIDE_DEGREES:
        raise InvalidInputError(
            f"the box is {east - west:.2f} x {north - south:.2f} degrees; "
            f"at most {MOST_SIDE_DEGREES} are fetched online",
            hint="give a smaller --bbox, or download an extract and build from the file",
        )
    path = folder / "fetched.osm"
    query = QUERY.format(timeout=TIMEOUT_S, box=f"{south},{west},{north},{east}")
    with _osmnx_settings() as osmnx, _clear_errors("the data of the box"):
        url = f"{osmnx.settings.overpass_url.rstrip('/')}/interpreter"
        headers = {"User-Agent": osmnx.settings.http_user_agent}
        with requests.post(
            url, data={"data": query}, headers=headers, timeout=TIMEOUT_S, stream=True
        ) as answer:
            answer.raise_for_status()
            _save(answer, path)
    return path


def _save(answer: Any, path: Path) -> None:
    """Write an answer to a file, up to a limit."""
    size = 0
    with path.open("wb") as file:
        for block in answer.iter_content(1 << 20):
            size += len(block)
            if size > MOST_BYTES:
                raise InvalidInputError(
                    f"the answer is larger than {MOST_BYTES // 1_000_000} MB", hint="give a smaller box"
                )
            file.write(block)


@contextmanager
def _osmnx_settings() -> Iterator[Any]:
    """Lend OSMnx with a short timeout and without a cache in the current folder; its settings are put
    back."""
    import osmnx

    settings = osmnx.settings
    before = (settings.use_cache, settings.requests_timeout)
    settings.use_cache, settings.requests_timeout = False, TIMEOUT_S
    try:
        yield osmnx
    finally:
        settings.use_cache, settings.requests_timeout = before


@contextmanager
def _clear_errors(what: str) -> Iterator[None]:
    """Turn errors of the network and of the services into one clear line."""
    try:
        yield
    except InvalidInputError:
        raise
    except Exception as error:  # requests, urllib3 and osmnx raise many kinds
        kind = type(error).__name__
        offline = isinstance(error, OSError) or "Connection" in kind or "Timeout" in kind
        reason = (
            "no network, or the service does not answer"
            if offline
            else (str(error).splitlines() or [kind])[0][:160]
        )
        raise InvalidInputError(
            f"{what} could not be fetched: {reason}",
            hint="give a .osm or .osm.pbf file, which needs no network",
        ) from error

"""The digest of a city: of what it says, not of the file that holds it (SQLite and QGIS touch files)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from impetus_sim.maps.layers import ADDED, LAYERS

if TYPE_CHECKING:
    import geopandas as gpd

MILLIMETRES = 1000.0


def compute_digest(layers: Mapping[str, gpd.GeoDataFrame], *, crs: str) -> str:
    """Return the SHA-256 of the canonical content.

    Each row becomes text of its columns (floats to 6 decimals) and the WKB of its normalised geometry with
    coordinates rounded to 1 mm; rows are sorted, so neither the order of rows nor the start of a ring
    matters.

    Parameters
    ----------
    layers
        All layers of a city.
    crs
        Its projected CRS, part of the content.
    """
    chain = hashlib.sha256(f"impetus city 1\n{crs}\n".encode())
    for name in sorted(LAYERS):
        layer = layers[name]
        if name in ADDED and not len(layer):
            continue
        chain.update(f"layer {name} {len(layer)}\n".encode())
        texts = zip(
            *(_column_texts(layer[column], dtype) for column, dtype in LAYERS[name].items()), strict=True
        )
        shapes = shapely.to_wkb(round_to_millimetres(layer.geometry.to_numpy()), byte_order=1)
        rows = ["\x1f".join(row).encode() + b"\x1e" + shape for row, shape in zip(texts, shapes, strict=True)]
        for row in sorted(rows):
            chain.update(len(row).to_bytes(8, "little"))
            chain.update(row)
    return chain.hexdigest()


def round_to_millimetres(geometry: Any) -> Any:
    """Return normalised copies of geometries with coordinates rounded to 1 mm."""
    rounded = shapely.transform(geometry, lambda points: np.round(points * MILLIMETRES) / MILLIMETRES + 0.0)
    return shapely.normalize(rounded)


def _column_texts(values: Any, dtype: str) -> list[str]:
    """Return each value as text that does not depend on the file it was read from."""
    if dtype == "float64":
        return [f"{value:.6f}" for value in values.to_numpy(dtype=float)]
    if dtype == "str":
        return [str(value) for value in values]
    return [str(int(value)) for value in values]

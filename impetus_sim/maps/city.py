"""A city: every layer in one local projected system, where it came from, and what was repaired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.repair_report import RepairReport

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

ODBL_CREDIT = "© OpenStreetMap contributors (ODbL)"


@dataclass(frozen=True, kw_only=True)
class City:
    """One place, ready for the world to turn into arrays.

    Parameters
    ----------
    name
        Short name for people.
    crs
        Projected CRS in metres such as "EPSG:32635"; "" for a plan in local metres without a place on Earth.
    layers
        Layer name to GeoDataFrame, all in ``crs``; every name of ``layers.LAYERS`` is present.
    meta
        source, licence, credit, date, bbox_lonlat, bbox_local, built_with; plain JSON values.
    report
        What was dropped, bridged, mended, guessed, cut off or absent.
    """

    name: str
    crs: str
    layers: Mapping[str, gpd.GeoDataFrame]
    meta: Mapping[str, Any] = field(default_factory=dict)
    report: RepairReport = field(default_factory=RepairReport)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical content: sorted rows, geometry rounded to 1 mm; not of the file."""
        from impetus_sim.maps.digest import compute_digest

        return compute_digest(self.layers, crs=self.crs)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest box around walkable ground and buildings, in local metres: x0, y0, x1, y1."""
        import numpy as np

        boxes = [
            layer.total_bounds for name in ("walkable", "buildings") if len(layer := self.layers[name])
        ] or [layer.total_bounds for layer in self.layers.values() if len(layer)]
        if not boxes:
            return (0.0, 0.0, 0.0, 0.0)
        stack = np.array(boxes)
        x0, y0 = stack[:, :2].min(axis=0)
        x1, y1 = stack[:, 2:].max(axis=0)
        return (float(x0), float(y0), float(x1), float(y1))

    def to_local(self, lon: float, lat: float) -> tuple[float, float]:
        """Return local metres of a longitude and latitude in degrees."""
        x, y = self._transformer().transform(lon, lat)
        return float(x), float(y)

    def to_lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude in degrees of local metres."""
        lon, lat = self._transformer().transform(x, y, direction="INVERSE")
        return float(lon), float(lat)

    def _transformer(self) -> pyproj.Transformer:
        """Return the transformer between degrees and local metres."""
        if not self.crs:
            raise InvalidInputError(
                f"map '{self.name}' is a plan in local metres and has no longitude and latitude",
                hint="give places as {xy: [x, y]} or {box: [x0, y0, x1, y1]} in metres",
            )
        return _make_transformer(self.crs)


@lru_cache(maxsize=16)
def _make_transformer(crs: str) -> pyproj.Transformer:
    """Return the transformer from degrees to a projected CRS, axes as lon, lat and x, y."""
    import pyproj

    return pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)

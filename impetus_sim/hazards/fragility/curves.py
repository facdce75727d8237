"""Fragility curves by hazard and kind of asset, from a table with sources.

Model: the strength of a hazard that an asset bears is lognormal; P(failure | x) = Phi(ln(x / median) / sigma).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from impetus_sim.errors import InvalidInputError
from impetus_sim.world.assets import ASSET_KINDS

HAZARDS: Final = MappingProxyType(
    {"flood_depth": "m", "blast_overpressure": "kPa", "fire_heat_flux": "kW/m2", "wind_gust": "m/s"}
)
"""Hazard to the unit of its strength: depth of water above the ground; peak incident overpressure; incident radiant
heat; 3-second gust at 10 m."""
BASES: Final = ("published", "recalled", "assumed")
_BUNDLED: Final = Path(__file__).parent / "data" / "curves.csv"
_COLUMNS: Final = ("hazard", "unit", "kinds", "median", "sigma", "basis", "source")


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A lognormal fragility curve.

    Parameters
    ----------
    median, sigma
        Strength at which half of all fail, in the unit of the hazard; standard deviation of its logarithm.
    basis
        Of `BASES`: read in the source, written down from memory of it, or without one.
    source
        In words.
    """

    median: float
    sigma: float
    basis: str
    source: str

    def failure_probability(self, strength: float) -> float:
        """Return the chance that a strength breaks an asset; 0 at 0."""
        if strength <= 0.0:
            return 0.0
        return 0.5 * math.erfc(-math.log(strength / self.median) / (self.sigma * math.sqrt(2.0)))


Curves = Mapping[tuple[str, str], Curve]
"""Hazard and kind of asset to the curve."""


@cache
def bundled_curves() -> Curves:
    """Return the curves that come with the package."""
    return load_curves(_BUNDLED)


def load_curves(path: Path) -> Curves:
    """Return the curves of a CSV file with the columns hazard, unit, kinds, median, sigma, basis, source.

    Raises
    ------
    InvalidInputError
        When the file cannot be read, a row is not sound, or a kind has no curve or two for a hazard.
    """
    curves: dict[tuple[str, str], Curve] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != _COLUMNS:
                raise InvalidInputError(
                    f"{path}: columns {reader.fieldnames}", hint=f"columns {', '.join(_COLUMNS)}"
                )
            for row in reader:
                curve = _curve(row, f"{path}:{reader.line_num}")
                for kind in row["kinds"].split():
                    if (row["hazard"], kind) in curves:
                        raise InvalidInputError(
                            f"{path}:{reader.line_num}: '{kind}' has a curve for {row['hazard']} already"
                        )
                    curves[row["hazard"], kind] = curve
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
    missing = [
        f"{kind} ({hazard})" for hazard in HAZARDS for kind in ASSET_KINDS if (hazard, kind) not in curves
    ]
    if missing:
        raise InvalidInputError(
            f"{path}: no curve for {', '.join(missing[:5])}", hint="every kind and hazard has one"
        )
    return MappingProxyType(curves)


def _curve(row: Mapping[str, str], where: str) -> Curve:
    if HAZARDS.get(row["hazard"]) != row["unit"]:
        allowed = ", ".join(f"{hazard} in {unit}" for hazard, unit in HAZARDS.items())
        raise InvalidInputError(f"{where}: hazard '{row['hazard']}' in '{row['unit']}'", hint=allowed)
    unknown = set(row["kinds"].split()) - set(ASSET_KINDS)
    if unknown:
        raise InvalidInputError(f"{where}: kinds {', '.join(sorted(unknown))} are unknown")
    try:
        median, sigma = float(row["median"]), float(row["sigma"])
    except ValueError as error:
        raise InvalidInputError(f"{where}: median and sigma are numbers") from error
    if not (0.0 < median < math.inf and 0.0 < sigma < math.inf):
        raise InvalidInputError(f"{where}: median {median} and sigma {sigma}", hint="both above 0")
    if row["basis"] not in BASES or not row["source"]:
        raise InvalidInputError(
            f"{where}: basis '{row['basis']}'", hint=f"one of {', '.join(BASES)}, and a source"
        )
    return Curve(median=median, sigma=sigma, basis=row["basis"], source=row["source"])

"""How the CF conventions say when and where: units of time, places, the system of coordinates, the whole.

Source: CF Conventions 1.11 (2023), sections 4.4 (time), 5.6 (grid mappings), 9 (discrete sampling geometries),
appendices F and H.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import numpy as np
import pyproj

from impetus_sim.analysis.clock import start_of
from impetus_sim.analysis.export.netcdf.sections import Fixed, Variable
from impetus_sim.analysis.metric import Metric
from impetus_sim.recording.reader import Recording

CONVENTIONS = "CF-1.11"
CRS = "crs"
_SAME_NAME = (
    "title", "scenario_digest", "scenario_file", "variant", "map_name", "map_digest", "map_crs", "seed",
    "replicate", "run_key", "engine_version", "kernel_hash", "platform", "start_time", "zone",
)  # fmt: skip
"""Attributes of the recording that the dataset repeats under the same name."""


@dataclass(frozen=True)
class Conventions:
    """When and where a recording takes place, in the words of the conventions."""

    recording: Recording

    @property
    def is_on_earth(self) -> bool:
        """Whether the map has a system of coordinates."""
        return bool(self.recording.attributes.get("map_crs"))

    def time(self, name: str, dimension: str, words: str = "time", **more: Any) -> Variable:
        """Return the time coordinate of a dimension: seconds since the run began, by the calendar if it has one."""
        attributes: dict[str, Any] = {"long_name": words, **more}
        if self.recording.attributes.get("start_time"):
            began = start_of(self.recording).astimezone(UTC)
            attributes |= {"standard_name": "time", "units": f"seconds since {began:%Y-%m-%d %H:%M:%S}"}
            attributes |= {
                "calendar": "proleptic_gregorian",
                "units_metadata": "leap_seconds: none",
                "axis": "T",
            }
        else:
            attributes |= {"units": "s", "comment": "since the run began"}
        return Variable(name=name, dimensions=(dimension,), dtype=np.float64, attributes=attributes)

    def place(self, axis: str, words: str) -> dict[str, Any]:
        """Return the attributes of x or y, m."""
        attributes = {"units": "m", "long_name": words}
        return attributes | ({"standard_name": f"projection_{axis}_coordinate"} if self.is_on_earth else {})

    def mapped(self) -> dict[str, Any]:
        """Return the attribute that ties a variable to the system of coordinates, as all tools read it."""
        return {"grid_mapping": CRS} if self.is_on_earth else {}

    def crs(self) -> list[Fixed]:
        """Return the grid mapping; nothing for a map that lies nowhere on Earth."""
        if not self.is_on_earth:
            return []
        described = pyproj.CRS.from_user_input(str(self.recording.attributes["map_crs"])).to_cf()
        variable = Variable(name=CRS, dimensions=(), dtype=np.int32, attributes=described)
        return [Fixed(variable=variable, values=np.int32(0))]

    def whole(self, metrics: Mapping[str, Metric]) -> dict[str, Any]:
        """Return the global attributes: conventions, where it comes from, and the run's metrics.

        Each metric that the run defines is a number ``metric_NAME``; ``metrics`` is a JSON document of all, with
        units, labels, and why some are not defined.
        """
        said = self.recording.attributes
        attributes: dict[str, Any] = {
            "Conventions": CONVENTIONS,
            "featureType": "trajectory",
            "source": f"impetus_sim {said.get('engine_version', '')}, agent-based simulation".replace(
                " ,", ","
            ),
            "history": f"simulated and exported by impetus_sim {said.get('engine_version', '')}".rstrip(),
            "comment": "Synthetic people: nobody in this file exists.",
            **{name: said[name] for name in _SAME_NAME if name in said},
            "digest": str(self.recording.summary.get("digest", "")),
            "is_complete": int(self.recording.is_complete),
            "license_of_map": str(said.get("map_credit", "")),
            "metrics": json.dumps(
                {name: metric.to_dict() for name, metric in metrics.items()}, ensure_ascii=False
            ),
        }
        for name, metric in metrics.items():
            if metric.value is not None:
                attributes[f"metric_{_in_ascii(name)}"] = float(metric.value)
        return attributes


def _in_ascii(name: str) -> str:
    """Return a name as the conventions want it: letters without accents, digits, underscores."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", plain)

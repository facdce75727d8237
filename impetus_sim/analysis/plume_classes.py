"""Classes in which concentrations of a plume are shown, the same in pictures and in the viewer."""

from __future__ import annotations

from typing import Final

PLUME_FIELD: Final = "plume_mg_m3"
"""Name of the field in recordings."""
PLUME_EDGES: Final = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""mg/m3 at which colours change; the last class is open."""
PLUME_COLOURS: Final = ("#f3eec3", "#d9d36b", "#9fb23c", "#4f7d2f", "#1f3d1a")

"""The unit of time inside the infrastructure: integer microseconds since the start of the run."""

from __future__ import annotations

from typing import Final

US_PER_S: Final = 1_000_000
HOUR_US: Final = 3600 * US_PER_S

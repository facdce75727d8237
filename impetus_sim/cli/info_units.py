"""Tables of units, casualties and hospitals that `impetus info` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from impetus_sim.analysis.response.units import CHAIN


def unit_tables(units: Mapping[str, Any]) -> list[Table]:
    """Return the tables of what `analysis.response.units.describe_units` found; none without units."""
    if not units:
        return []
    kinds = Table(
        "unit", "units", "asked", "arrived", "median s", "90 % s", "busy", title="Units: request to arrival"
    )
    for row in units["by_kind"]:
        kinds.add_row(
            row["unit"],
            str(row["units"]),
            str(row["asked"]),
            str(row["arrived"]),
            _number(row["response_median_s"], 0),
            _number(row["response_p90_s"], 0),
            _number(row["utilisation"], 2),
        )
    chain = Table("", "hurt", *(step.replace("_", " ") for step in CHAIN), "preventable", title="Casualties")
    for row in units["casualties"]:
        name = row["name"] if row["by"] == "all" else f"{row['by']} {row['name']}"
        chain.add_row(name, *(str(row[key]) for key in ("hurt", *CHAIN, "preventable")))
    beds = Table("hospital", "beds", "taken", title="Hospitals")
    for row in units["hospitals"]:
        beds.add_row(row["name"], str(row["beds"]), str(row["taken"]))
    return [kinds, chain, beds]


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"

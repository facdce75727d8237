"""What others ask of the streets for vehicles; traffic serves it at each of its steps."""

from __future__ import annotations

from impetus_sim.arrays import Table


def roads_table(n_links: int) -> Table:
    """Asks per link (written by the engine's couplings, served by traffic).

    people_share: share of its capacity that people on its carriageway leave to a link, 1 where nobody is.
    """
    table = Table("roads", n_links, {"people_share": "f8"})
    table.people_share[:] = 1.0
    return table


def near_vehicles_table(n_people: int) -> Table:
    """How long each person was on the carriageway before moving vehicles, s (written by the engine's couplings)."""
    return Table("near_vehicles", n_people, {"seconds": "f8"})

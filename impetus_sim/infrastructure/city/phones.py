"""The phones of a city: its cells, with its people where they live and work."""

from __future__ import annotations

from impetus_sim.infrastructure.city.build import CityInfrastructure
from impetus_sim.infrastructure.telecom.phone_network import PhoneNetwork
from impetus_sim.infrastructure.telecom.rules import PhoneRules


def build_phone_network(infrastructure: CityInfrastructure, rules: PhoneRules | None = None) -> PhoneNetwork:
    """Return the phone network of a city; cells are in the order of `cell_assets`, people at their buildings.

    Parameters
    ----------
    infrastructure
        Of the city.
    rules
        Of calls, signalling and broadcasts; the defaults when left out.
    """
    cells, premises = infrastructure.cells, infrastructure.parts.premises
    ids = tuple(infrastructure.assets.ids[row] for row in infrastructure.cell_assets.tolist())
    network = PhoneNetwork(ids, cells.x, cells.y, cells.range_m, cells.lines, rules)
    network.place_people(premises.x, premises.y, premises.people, at_us=0)
    return network

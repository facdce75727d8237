"""The infrastructure of a city from its map: what is mapped, and the rest by stated rules, marked as synthetic."""

from impetus_sim.infrastructure.city.build import CityInfrastructure, build_city_infrastructure
from impetus_sim.infrastructure.city.networks import build_phone_network, build_zone_water
from impetus_sim.infrastructure.city.spec import CitySpec

__all__ = [
    "CityInfrastructure",
    "CitySpec",
    "build_city_infrastructure",
    "build_phone_network",
    "build_zone_water",
]

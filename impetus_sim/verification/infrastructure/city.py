"""Laws of an infrastructure built from a map, as cases: of a named city, or of a synthetic grid of streets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np

from impetus_sim.infrastructure.city import CityInfrastructure, CitySpec, build_city_infrastructure
from impetus_sim.maps.city import City
from impetus_sim.maps.synthetic import build_synthetic
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.infrastructure import city_laws as laws

LEAST_KW_PER_PERSON: Final = 0.3
MOST_KW_PER_PERSON: Final = 3.0
MOST_PATH_KM: Final = 20.0
MOST_CABLE_KM: Final = 30.0
HALF_A_CABLE_MW: Final = 6.86
"""0.417 kA at 20 kV and power factor 0.95 are 13.72 MW."""


@dataclass(frozen=True, kw_only=True)
class _Law:
    name: str
    title: str
    measure: Callable[[CityInfrastructure], Measured]
    high: float
    expected: str
    source: str
    low: float = 0.0


_LAWS: Final = (
    _Law(
        name="fed",
        title="every building is fed by exactly one radial feeder with a tie",
        measure=laws.count_wrongly_fed,
        high=0.0,
        expected="0 that are not",
        source="open ring, the usual form of medium voltage in European towns (JRC, EUR 27927)",
    ),
    _Law(
        name="radial",
        title="no loops, and one substation to each part of the medium voltage",
        measure=laws.count_loops_and_shared_feeders,
        high=0.0,
        expected="0 parts with a loop or not one substation",
        source="law",
    ),
    _Law(
        name="feeder-path",
        title="longest way along cables from a substation",
        measure=laws.longest_path_km,
        high=MOST_PATH_KM,
        expected=f"at most {MOST_PATH_KM:g} km",
        source="rule of thumb of 1 kV per km, at 20 kV (ding0, issue 121)",
    ),
    _Law(
        name="feeder-cable",
        title="cable of one feeder, branches included",
        measure=laws.most_cable_km,
        high=MOST_CABLE_KM,
        expected=f"at most {MOST_CABLE_KM:g} km",
        source="practice of European feeders outside towns (recalled)",
    ),
    _Law(
        name="feeder-load",
        title="flow through a feeder's breaker, per cable",
        measure=laws.most_feeder_mw,
        high=HALF_A_CABLE_MW,
        expected=f"at most {HALF_A_CABLE_MW:g} MW, half of what a cable carries",
        source="open ring: one half takes over the other; NA2XS2Y 1x240, 417 A at 20 kV (pandapower)",
    ),
    _Law(
        name="transformer-load",
        title="peak load over the size of a distribution transformer",
        measure=laws.most_transformer_loading,
        high=1.0,
        expected="at most 100 %",
        source="size of the unit; sizes after JRC, EUR 27927, table 4-3",
    ),
    _Law(
        name="high-voltage",
        title="loading of any branch with one part of the ring or one unit of a substation out",
        measure=laws.most_loading,
        high=1.0,
        expected="at most 100 % of the rating",
        source="law: n-1 of the 110 kV level",
    ),
    _Law(
        name="balance",
        title="the solved network serves all load and balances at every bus",
        measure=laws.unserved_mw,
        high=1e-6,
        expected="at most 1e-6 MW off",
        source="law: Kirchhoff",
    ),
    _Law(
        name="load-per-person",
        title="peak load per person",
        measure=laws.kw_per_person,
        low=LEAST_KW_PER_PERSON,
        high=MOST_KW_PER_PERSON,
        expected=f"{LEAST_KW_PER_PERSON:g} to {MOST_KW_PER_PERSON:g} kW",
        source="bounds of European cities",
    ),
    _Law(
        name="connected",
        title="every signal, camera, pump, cell and breaker has feed, backhaul and a controller with a centre",
        measure=laws.count_unconnected,
        high=0.0,
        expected="0 missing",
        source="law",
    ),
    _Law(
        name="coverage",
        title="people within reach of a cell",
        measure=laws.share_of_people_covered,
        low=1.0,
        high=1.0,
        expected="all",
        source="law",
    ),
    _Law(
        name="marked",
        title="every asset is marked mapped, with its tag, or synthetic, with its rule",
        measure=laws.count_unmarked,
        high=0.0,
        expected="0 that are not",
        source="law",
    ),
)


def city_cases(city: City, spec: CitySpec | None = None) -> tuple[Case, ...]:
    """Return the laws as cases for one city; its infrastructure is built once, by the first case that runs.

    Parameters
    ----------
    city
        Any city.
    spec
        Rules of synthesis; the defaults when left out.
    """

    @cache
    def built() -> CityInfrastructure:
        return build_city_infrastructure(city, spec)

    def make(law: _Law) -> Case:
        def run(effort: Effort) -> Measured:
            del effort
            return law.measure(built())

        return Case(
            id=f"city-{law.name}",
            standard="law",
            title=law.title,
            source=law.source,
            low=law.low,
            high=law.high,
            expected=law.expected,
            run=run,
        )

    def same(effort: Effort) -> Measured:
        del effort
        return _count_differences(city, spec, built())

    shuffled = Case(
        id="city-same",
        standard="law",
        title="the same infrastructure when the rows of the map come in another order",
        source="law",
        low=0.0,
        high=0.0,
        expected="0 differences",
        run=same,
    )
    return (*(make(law) for law in _LAWS), shuffled)


def _count_differences(city: City, spec: CitySpec | None, built: CityInfrastructure) -> Measured:
    """Build again from shuffled layers and compare assets, needs and network."""
    random = np.random.default_rng(1)
    layers = {}
    for name, layer in city.layers.items():
        layers[name] = layer.iloc[random.permutation(len(layer))].reset_index(drop=True)
    again = build_city_infrastructure(replace(city, layers=layers), spec)
    one, other = digest_of(built), digest_of(again)
    differ = [name for name in one if one[name] != other[name]]
    digest = hashlib.sha256(" ".join(one.values()).encode()).hexdigest()[:12]
    text = f"{len(differ)} of {len(one)} parts differ {' '.join(differ)}".strip()
    return Measured(value=float(len(differ)), text=f"{text}; digest {digest}")


def digest_of(infra: CityInfrastructure) -> dict[str, str]:
    """Return a SHA-256 of assets, needs and network each."""
    assets, grid, needs = infra.assets, infra.grid, infra.assets.needs
    names = (*assets.ids, *assets.kinds, *assets.basis, *grid.bus_names, *grid.branch_names)
    columns: dict[str, list[Any]] = {
        "names": [" ".join(names).encode()],
        "assets": [assets.x, assets.y, assets.is_mapped, assets.people],
        "needs": [
            needs.consumer,
            needs.provider,
            needs.service,
            needs.group,
            needs.threshold,
            needs.buffer_s,
        ],
        "network": [
            grid.load_mw,
            grid.from_bus,
            grid.to_bus,
            grid.susceptance_mw,
            grid.rating_mw,
            grid.is_in,
        ],
        "rows": [infra.bus_of_asset, infra.branch_of_asset, infra.cells.lines, infra.zones.tank_m3],
    }
    return {
        name: hashlib.sha256(
            b"".join(
                part if isinstance(part, bytes) else np.ascontiguousarray(part).tobytes() for part in parts
            )
        ).hexdigest()
        for name, parts in columns.items()
    }


CASES = city_cases(build_synthetic("grid_city", columns=6, rows=5))

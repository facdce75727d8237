"""What is measured on the infrastructure of a city: feeders, loads, who is fed, connected and commanded, marks.

The electric laws are read off the finished network, not off the way it was built.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from impetus_sim.infrastructure.city import CityInfrastructure
from impetus_sim.infrastructure.city.asset_book import RULE
from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.verification.case import Measured
from impetus_sim.world.assets import Assets, Service

Ints = npt.NDArray[np.int64]

COMMANDED: Final = ("signal", "camera", "pumping_station", "cell", "feeder")
FED: Final = ("signal", "camera", "pumping_station", "cell", "controller", "exchange", "control_centre")


def count_wrongly_fed(infra: CityInfrastructure) -> Measured:
    """Count buildings that are not fed by exactly one radial feeder with a tie to another feeder."""
    names = np.array(infra.grid.bus_names)
    at_feeder = np.flatnonzero(np.char.startswith(names, "feeder_"))
    part, n_parts, is_tree = _parts(infra, without_breakers=True)
    feeders_in = np.bincount(part[at_feeder], minlength=n_parts)
    has_tie = _parts_with_tie(infra, part, n_parts)
    good = (feeders_in == 1) & is_tree & has_tie
    rows = infra.transformer_of_building
    bus = np.where(rows >= 0, infra.bus_of_asset[rows], -1)
    fed = (bus >= 0) & good[part[bus]]
    stations = infra.bus_of_asset[infra.assets.of_kind("transformer")]
    customers = ~good[part[stations]]
    wrong = int((~fed).sum()) + int(customers.sum())
    text = (
        f"{wrong} of {len(rows)} buildings and {len(stations)} transformers; {len(at_feeder)} feeders, "
        f"{int(has_tie[part[at_feeder]].sum())} with a tie"
    )
    return Measured(value=float(wrong), text=text)


def count_loops_and_shared_feeders(infra: CityInfrastructure) -> Measured:
    """Count parts of the medium voltage that hold a loop, or not exactly one substation's busbar."""
    names = np.array(infra.grid.bus_names)
    bars = infra.bus_of_asset[np.setdiff1d(infra.assets.of_kind("substation"), _supply_rows(infra))]
    part, n_parts, is_tree = _parts(infra, without_breakers=False)
    bars_in = np.bincount(part[bars], minlength=n_parts)
    is_low = np.ones(n_parts, bool)
    is_low[part[np.char.endswith(names, "_high") | (names == "grid_supply_1")]] = False
    wrong = int((is_low & (~is_tree | (bars_in != 1))).sum())
    return Measured(
        value=float(wrong), text=f"{wrong} of {int(is_low.sum())} parts below {len(bars)} substations"
    )


def _supply_rows(infra: CityInfrastructure) -> Ints:
    return np.array([infra.assets.row("grid_supply_1")], np.int64)


def _parts(infra: CityInfrastructure, *, without_breakers: bool) -> tuple[Ints, int, npt.NDArray[np.bool_]]:
    """Return the connected part of each bus below the substations' transformers, and whether each is a tree."""
    grid = infra.grid
    names = np.array(grid.branch_names)
    kept = grid.is_in & ~np.char.startswith(names, "ring_") & ~np.char.startswith(names, "substation_")
    if without_breakers:
        kept &= ~np.char.endswith(names, "_breaker")
    a, b = grid.from_bus[kept], grid.to_bus[kept]
    links = sparse.csr_matrix((np.ones(len(a)), (a, b)), shape=(grid.n_buses, grid.n_buses))
    n_parts, part = csgraph.connected_components(links, directed=False)
    n_buses = np.bincount(part, minlength=n_parts)
    n_links = np.bincount(part[a], minlength=n_parts)
    return part.astype(np.int64), n_parts, n_links == n_buses - 1


def _parts_with_tie(infra: CityInfrastructure, part: Ints, n_parts: int) -> npt.NDArray[np.bool_]:
    grid = infra.grid
    is_open = ~grid.is_in
    a, b = part[grid.from_bus[is_open]], part[grid.to_bus[is_open]]
    has = np.zeros(n_parts, bool)
    has[a[a != b]] = True
    has[b[a != b]] = True
    return has


def longest_path_km(infra: CityInfrastructure) -> Measured:
    """Measure the longest way along cables from a substation to a transformer."""
    longest = infra.parts.feeders.longest_path_m() / 1000.0
    names = infra.parts.feeder_ids()
    at = int(np.argmax(longest))
    return Measured(
        value=float(longest[at]),
        text=f"{longest[at]:.2f} km ({names[at]}); median {np.median(longest):.2f} km of {len(longest)}",
    )


def most_cable_km(infra: CityInfrastructure) -> Measured:
    """Measure the cable of the longest feeder, branches included."""
    cable = infra.parts.feeders.cable_m() / 1000.0
    at = int(np.argmax(cable))
    text = f"{cable[at]:.2f} km ({infra.parts.feeder_ids()[at]}); {cable.sum():.1f} km in all"
    return Measured(value=float(cable[at]), text=text)


def most_feeder_mw(infra: CityInfrastructure) -> Measured:
    """Measure the highest flow through a feeder's breaker, per cable, from the solved network."""
    grid = infra.grid
    flow = np.abs(DcGrid(grid).flow_mw)
    feeders = infra.assets.of_kind("feeder")
    breakers = infra.branch_of_asset[feeders]
    per_cable = flow[breakers] / np.maximum(
        np.round(grid.rating_mw[breakers] / infra.parts.spec.cable_mw), 1.0
    )
    at = int(np.argmax(per_cable))
    text = f"{per_cable[at]:.2f} MW ({infra.assets.ids[feeders[at]]}); median {np.median(per_cable):.2f} MW"
    return Measured(value=float(per_cable[at]), text=text)


def most_loading(infra: CityInfrastructure) -> Measured:
    """Measure the highest share of its rating that a branch carries with one part of the ring or unit out."""
    grid = infra.grid
    names = np.array(grid.branch_names)
    is_high = np.char.startswith(names, "ring_") | np.char.startswith(names, "substation_")
    solved = DcGrid(grid)
    outages = np.flatnonzero(is_high)
    flows = np.vstack([solved.flow_mw[None, :], solved.run_outages(outages).flow_mw])
    loading = np.abs(flows) / grid.rating_mw[None, :]
    outage, branch = np.unravel_index(int(np.argmax(loading)), loading.shape)
    without = names[outages[outage - 1]] if outage else "nothing"
    return Measured(
        value=float(loading[outage, branch]),
        text=f"{100 * loading[outage, branch]:.1f} % ({names[branch]} without {without}); {len(outages)} outages",
    )


def unserved_mw(infra: CityInfrastructure) -> Measured:
    """Measure how far the solved network is from serving all load, MW."""
    grid = infra.grid
    solved = DcGrid(grid)
    missing = abs(float(grid.load_mw.sum()) - solved.drawn_mw)
    balance = np.zeros(grid.n_buses)
    np.add.at(balance, grid.from_bus, -solved.flow_mw)
    np.add.at(balance, grid.to_bus, solved.flow_mw)
    error = float(np.abs(balance + grid.base_injections_mw()).max())
    return Measured(
        value=max(missing, error), text=f"{missing:.1e} MW unserved, {error:.1e} MW off at the worst bus"
    )


def kw_per_person(infra: CityInfrastructure) -> Measured:
    """Measure peak load over people."""
    load = float(infra.grid.load_mw.sum()) * 1000.0
    people = float(infra.assets.people[infra.assets.of_kind("block")].sum())
    ratio = load / people if people > 0.0 else np.inf
    return Measured(value=ratio, text=f"{ratio:.3f} kW: {load / 1000:.1f} MW for {people:.0f} people")


def most_transformer_loading(infra: CityInfrastructure) -> Measured:
    """Measure the highest peak load over the size of a transformer."""
    stations = infra.parts.stations
    loading = stations.load_kw / (stations.kva * infra.parts.spec.power_factor)
    sizes, counts = np.unique(stations.kva / stations.units, return_counts=True)
    mix = ", ".join(f"{count} x {size:.0f} kVA" for size, count in zip(sizes, counts, strict=True))
    return Measured(value=float(loading.max()), text=f"{100 * loading.max():.1f} %; {mix}")


def count_unconnected(infra: CityInfrastructure) -> Measured:
    """Count assets without feed, or commanded ones without controller, backhaul and centre."""
    assets = infra.assets
    fed = _has_need(assets, Service.POWER, ("transformer",))
    online = _has_need(assets, Service.TELECOM, ("exchange", "telecom_core"))
    led = _has_need(assets, Service.CONTROL, ("control_centre",))
    kinds = np.array(assets.kinds)
    controllers = _controllers_of(assets)
    missing = [f"{assets.ids[row]} feed" for row in np.flatnonzero(np.isin(kinds, FED) & ~fed)]
    for row in np.flatnonzero(np.isin(kinds, COMMANDED)):
        mine = controllers.get(int(row), [])
        if not any(fed[c] and online[c] and led[c] for c in mine):
            missing.append(f"{assets.ids[row]} controller")
        if not (online[row] or any(online[c] for c in mine)):
            missing.append(f"{assets.ids[row]} backhaul")
    counts = ", ".join(f"{int((kinds == kind).sum())} {kind.replace('_', ' ')}s" for kind in COMMANDED)
    first = f" ({', '.join(missing[:3])})" if missing else ""
    return Measured(value=float(len(missing)), text=f"{len(missing)} missing{first}; {counts}")


def _has_need(assets: Assets, service: Service, kinds: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    needs = assets.needs
    provider = np.isin(np.array(assets.kinds)[needs.provider], kinds)
    has = np.zeros(len(assets), bool)
    has[needs.consumer[(needs.service == service) & provider]] = True
    return has


def _controllers_of(assets: Assets) -> dict[int, list[int]]:
    needs = assets.needs
    is_control = (needs.service == Service.CONTROL) & (np.array(assets.kinds)[needs.provider] == "controller")
    found: dict[int, list[int]] = {}
    for consumer, provider in zip(
        needs.consumer[is_control].tolist(), needs.provider[is_control].tolist(), strict=True
    ):
        found.setdefault(consumer, []).append(provider)
    return found


def count_unmarked(infra: CityInfrastructure) -> Measured:
    """Count assets whose mark does not hold: a mapped one names its tag and stands on a place of that tag in the
    map, or is a junction with lights; a synthetic one names its rule."""
    assets, places = infra.assets, infra.parts.places
    spots = zip(places.x.tolist(), places.y.tolist(), places.tag.tolist(), strict=True)
    tags = {(round(x, 3), round(y, 3), tag) for x, y, tag in spots}
    wrong = 0
    for row, (is_mapped, basis) in enumerate(zip(assets.is_mapped.tolist(), assets.basis, strict=True)):
        if not is_mapped:
            wrong += not basis.startswith(RULE)
        elif assets.kinds[row] == "signal":
            wrong += "=traffic_signals" not in basis
        else:
            at = (round(float(assets.x[row]), 3), round(float(assets.y[row]), 3), basis.partition(" (")[0])
            wrong += at not in tags
    mapped = int(assets.is_mapped.sum())
    text = f"{wrong} of {len(assets)}; {mapped} mapped, {len(assets) - mapped} synthetic"
    return Measured(value=float(wrong), text=text)


def share_of_people_covered(infra: CityInfrastructure) -> Measured:
    """Measure the share of people within reach of a cell."""
    cells, premises = infra.cells, infra.parts.premises
    covered = np.zeros(len(premises), bool)
    for x, y, reach in zip(cells.x, cells.y, cells.range_m, strict=True):
        covered |= np.hypot(premises.x - x, premises.y - y) <= reach
    people = premises.people
    share = float(people[covered].sum() / people.sum())
    return Measured(
        value=share, text=f"{100 * share:.2f} % of {people.sum():.0f} people by {len(cells)} cells"
    )

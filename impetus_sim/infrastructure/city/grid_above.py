"""A transmission or distribution grid of a file above the city's substations: one network of both.

The city hangs on buses of the file, of whose load it is a part: what it draws is taken off there. The file's
branches and units stand for themselves in the run, at the place where the city hangs on them, since files have no
places or those of another country.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.grid import CityGrid
from impetus_sim.infrastructure.power.ac_data import AcData
from impetus_sim.infrastructure.power.commands import find_row
from impetus_sim.infrastructure.power.names import unique_names
from impetus_sim.infrastructure.power.network import Generators, PowerNetwork

Ints = npt.NDArray[np.int64]

SUPPLY: Final = "grid_supply_1"
LINK_MW_PER_RAD: Final = 1e5
"""Of the busbar between a bus of the file and the city: next to nothing beside any line (X of 1e-3 at 100 MVA)."""
_MOST_NAME: Final = 58


@dataclass(frozen=True, kw_only=True)
class GridAbove:
    """The network of a file, and where the city hangs on it.

    network: of the file. at: bus of the grid supply point, or of every substation by its id; the file's names or
    numbers. Empty: the supply point, at the bus with the least load that is the city's peak or more, or else with
    the most.
    """

    network: PowerNetwork
    at: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Joined:
    """One network of city and file.

    network: buses, branches of the city first. links: rows of (bus of the city, bus of the file), int64 (links, 2).
    first_bus, first_branch: row of the file's first ones. units: rows of the file's units that can feed in.
    """

    network: PowerNetwork
    links: Ints
    first_bus: int
    first_branch: int
    units: Ints

    @property
    def lines(self) -> Ints:
        """Rows of the file's branches."""
        return np.arange(self.first_branch, self.network.n_branches)

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Ids of the units that can feed in."""
        names = self.network.units().names
        return tuple(names[row] for row in self.units)


def join_above(grid: CityGrid, above: GridAbove) -> Joined:
    """Hang a city's grid on that of a file.

    With one bus for each substation the ring between them is open: it is no way for what flows through the file's
    grid.

    Raises
    ------
    InvalidInputError
        When there is no such bus or substation, or not every substation has one.
    """
    own = grid.network
    at = dict(above.at) or {SUPPLY: _bus_for(own, above.network)}
    links = np.array(
        [(_own_bus(grid, name), _file_bus(above.network, bus)) for name, bus in sorted(at.items())], np.int64
    )
    names = [f"link_{name}" for name in sorted(at)]
    is_in = own.is_in.copy()
    if SUPPLY not in at:
        _require_all(grid, at)
        is_in[[row for row, name in enumerate(own.branch_names) if name.startswith("ring_")]] = False
        links = np.vstack([links, (grid.supply_bus, links[0, 1])])
        names.append(f"link_{SUPPLY}")
    network = _concatenate(dataclasses.replace(own, is_in=is_in), above.network, links, names)
    units = network.units()
    return Joined(
        network=network,
        links=links,
        first_bus=own.n_buses,
        first_branch=own.n_branches + len(links),
        units=np.flatnonzero(units.is_in & (units.most_mw > 0.0)),
    )


def load_of_hour(joined: Joined, share: float) -> PowerNetwork:
    """Return the network with the city's load at a share of its peak, and the file's less that at its buses."""
    network, n = joined.network, joined.first_bus
    load = network.load_mw.copy()
    load[:n] *= share
    city = _city_load(joined, load)
    at = n + joined.links[:, 1]
    np.subtract.at(load, at, np.minimum(city, np.maximum(load[at], 0.0)))
    if network.ac is None:
        return dataclasses.replace(network, load_mw=load)
    factor = np.ones(len(load))
    np.divide(load, network.load_mw, out=factor, where=network.load_mw > 0.0)
    ac = dataclasses.replace(network.ac, load_mvar=network.ac.load_mvar * factor)
    return dataclasses.replace(network, load_mw=load, ac=ac)


def _city_load(joined: Joined, load: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return what hangs on each link, MW (links,)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    network, n = joined.network, joined.first_bus
    own = network.is_in & (network.from_bus < n) & (network.to_bus < n)
    i, j = network.from_bus[own], network.to_bus[own]
    part = connected_components(coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n)), directed=False)[1]
    return np.bincount(part, load[:n])[part[joined.links[:, 0]]]


def _bus_for(own: PowerNetwork, file: PowerNetwork) -> str:
    peak = float(own.load_mw.sum())
    enough = np.flatnonzero(file.load_mw >= peak)
    row = enough[np.argmin(file.load_mw[enough])] if len(enough) else np.argmax(file.load_mw)
    return file.bus_names[int(row)]


def _own_bus(grid: CityGrid, name: str) -> int:
    known = {SUPPLY: grid.supply_bus}
    known |= {f"substation_{k + 1}": _high_bus(grid, k) for k in range(len(grid.busbar_of_substation))}
    if name not in known:
        raise InvalidInputError(f"the city has no '{name}'", hint=f"one of {', '.join(known)}")
    return known[name]


def _high_bus(grid: CityGrid, row: int) -> int:
    return grid.network.bus_names.index(f"substation_{row + 1}_high")


def _file_bus(file: PowerNetwork, name: str) -> int:
    numbered = name.isdigit() and name not in file.bus_names
    return find_row("bus", file.bus_names, f"bus_{name}" if numbered else name)


def _require_all(grid: CityGrid, at: Mapping[str, str]) -> None:
    lacking = [
        f"substation_{k + 1}"
        for k in range(len(grid.busbar_of_substation))
        if f"substation_{k + 1}" not in at
    ]
    if lacking:
        raise InvalidInputError(
            f"{', '.join(lacking)} have no bus of the file",
            hint=f"name one for every substation, or one for {SUPPLY} alone, from which the ring feeds all",
        )


def _short(name: str, prefix: str) -> str:
    words = "_".join(name.split())
    if len(words.encode()) > _MOST_NAME:
        raise InvalidInputError(f"the name '{name}' of the file's network is longer than {_MOST_NAME} bytes")
    return f"{prefix}_{words}"


def _concatenate(own: PowerNetwork, file: PowerNetwork, links: Ints, names: list[str]) -> PowerNetwork:
    n, m = own.n_buses, len(links)
    units = file.units()

    def branches(name: str, of_link: Any) -> npt.NDArray[Any]:
        return np.concatenate([getattr(own, name), np.full(m, of_link), getattr(file, name)])

    def buses(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(own, name), getattr(file, name)])

    at = float(own.x[links[0, 0]]), float(own.y[links[0, 0]])
    lines = [_short(name.removeprefix("branch_"), "line") for name in file.branch_names]
    plants = [_short(name.removeprefix("generator_"), "plant") for name in units.names]
    return PowerNetwork(
        bus_id=np.arange(n + file.n_buses),
        load_mw=buses("load_mw"),
        generation_mw=buses("generation_mw"),
        is_reference=np.concatenate([np.zeros(n, bool), file.is_reference]),
        from_bus=np.concatenate([own.from_bus, links[:, 0], n + file.from_bus]),
        to_bus=np.concatenate([own.to_bus, n + links[:, 1], n + file.to_bus]),
        branch_id=np.arange(own.n_branches + m + file.n_branches),
        susceptance_mw=branches("susceptance_mw", LINK_MW_PER_RAD),
        shift_rad=branches("shift_rad", 0.0),
        rating_mw=branches("rating_mw", np.inf),
        is_in=branches("is_in", True),
        has_breaker=branches("has_breaker", True),
        bus_names=(*own.bus_names, *unique_names([_short(name, "grid") for name in file.bus_names])),
        branch_names=(*own.branch_names, *names, *unique_names(lines)),
        x=np.concatenate([own.x, np.full(file.n_buses, at[0])]),
        y=np.concatenate([own.y, np.full(file.n_buses, at[1])]),
        generators=Generators(**{**units.__dict__, "bus": n + units.bus, "names": unique_names(plants)}),
        ac=_join_ac(own.ac, file.ac, m),
    )


def _join_ac(own: AcData | None, file: AcData | None, n_links: int) -> AcData | None:
    if own is None or file is None:
        return None
    own = own.rebased(file.base_mva)
    link = {"reactance_pu": file.base_mva / LINK_MW_PER_RAD, "ratio": 1.0}
    per_bus = ("kv", "load_mvar", "shunt_mvar", "set_pu")
    return AcData(
        base_mva=file.base_mva,
        **{
            field.name: np.concatenate(
                [
                    getattr(own, field.name),
                    np.full(0 if field.name in per_bus else n_links, link.get(field.name, 0.0)),
                    getattr(file, field.name),
                ]
            )
            for field in dataclasses.fields(AcData)
            if field.name != "base_mva"
        },
    )

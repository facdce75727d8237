"""A power network as arrays, and the DC injections of its base case.

Model: DC power flow. Flow f = b (theta_from - theta_to - shift) with b = 1 / (x tap); lossless, voltages 1 pu.
Source: Stott, Jardim, Alsac (2009), DC power flow revisited, IEEE Transactions on Power Systems 24; conventions of
the MATPOWER manual, section 3.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.ac_data import AcData

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def _not_given() -> npt.NDArray[Any]:
    return np.empty(0)


@dataclass(frozen=True, kw_only=True)
class Generators:
    """Units that feed in, several at a bus where the file has them.

    Parameters
    ----------
    bus
        int (units,), rows of buses.
    output_mw
        float (units,), set point.
    least_mw, most_mw
        float (units,), limits of the output.
    ramp_mw_min
        float (units,), how fast the output can change; inf where the file says nothing.
    participation
        float (units,), weight of its governor in an imbalance; the upper limit where the file says nothing.
    is_in
        bool (units,), running.
    names
        Ids of the units.
    set_pu, mvar
        float (units,), voltage that a unit holds, nan for those that hold none, and what these feed in; only AC
        flow asks for them. None of them holds any when left out.
    """

    bus: Ints
    output_mw: Floats
    least_mw: Floats
    most_mw: Floats
    ramp_mw_min: Floats
    participation: Floats
    is_in: Bools
    names: tuple[str, ...]
    set_pu: Floats = field(default_factory=_not_given)
    mvar: Floats = field(default_factory=_not_given)

    def __post_init__(self) -> None:
        for name, value in (("set_pu", np.nan), ("mvar", 0.0)):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(len(self.bus), value))

    def __len__(self) -> int:
        return len(self.bus)


@dataclass(frozen=True, kw_only=True)
class PowerNetwork:
    """Buses, and branches in service or out of it (ties, open breakers).

    Parameters
    ----------
    bus_id
        int (buses,), numbers of the buses in the file.
    load_mw, generation_mw
        float (buses,), what is drawn (shunt conductances at 1 pu included) and fed in.
    is_reference
        bool (buses,), where the base case is balanced.
    from_bus, to_bus
        int (branches,), rows of the buses.
    branch_id
        int (branches,), rows in the file.
    susceptance_mw
        float (branches,), b in MW per radian; negative for series capacitors.
    shift_rad
        float (branches,), angle of phase shifters.
    rating_mw
        float (branches,), long-term rating; inf where none is given.
    is_in
        bool (branches,), in service at the start; all when left out. Several may connect the same two buses.
    has_breaker
        bool (branches,), whether a breaker of its own clears a fault on it; all when left out. Where it has none,
        the breakers around its section do.
    bus_names, branch_names
        Stable ids of at most 64 characters; ``bus_`` or ``branch_`` and the number in the file when left out.
    x, y
        float (buses,), metres; nan where unknown.
    generators
        Units behind `generation_mw`; one at each bus with generation, of limits 0 and its output, when left out.
    ac
        What AC flow needs besides; None where it is not known.
    """

    bus_id: Ints
    load_mw: Floats
    generation_mw: Floats
    is_reference: Bools
    from_bus: Ints
    to_bus: Ints
    branch_id: Ints
    susceptance_mw: Floats
    shift_rad: Floats
    rating_mw: Floats
    is_in: Bools = field(default_factory=_not_given)
    has_breaker: Bools = field(default_factory=_not_given)
    bus_names: tuple[str, ...] = ()
    branch_names: tuple[str, ...] = ()
    x: Floats = field(default_factory=_not_given)
    y: Floats = field(default_factory=_not_given)
    generators: Generators | None = None
    ac: AcData | None = None

    def __post_init__(self) -> None:
        if not self.n_buses:
            raise InvalidInputError("the power network has no bus")
        self._fill_in()
        self._require_lengths()
        if not np.isfinite(self.susceptance_mw).all() or not self.susceptance_mw.all():
            bad = int(np.flatnonzero(~np.isfinite(self.susceptance_mw) | (self.susceptance_mw == 0.0))[0])
            raise InvalidInputError(
                f"branch {int(self.branch_id[bad])} has no reactance", hint="DC flow needs x other than 0"
            )
        loops = np.flatnonzero(self.from_bus == self.to_bus)
        if len(loops):
            raise InvalidInputError(f"branch {int(self.branch_id[loops[0]])} has both ends at one bus")

    def _fill_in(self) -> None:
        rows = {"bus": self.bus_id, "branch": self.branch_id}
        for name, n, value in (
            ("is_in", self.n_branches, True),
            ("has_breaker", self.n_branches, True),
            ("x", self.n_buses, np.nan),
            ("y", self.n_buses, np.nan),
        ):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(n, value))
        for kind, ids in rows.items():
            if not getattr(self, f"{kind}_names"):
                object.__setattr__(
                    self, f"{kind}_names", tuple(f"{kind}_{number}" for number in ids.tolist())
                )

    def _require_lengths(self) -> None:
        per_branch = (
            "to_bus",
            "branch_id",
            "susceptance_mw",
            "shift_rad",
            "rating_mw",
            "is_in",
            "has_breaker",
        )
        per_bus = ("load_mw", "generation_mw", "is_reference", "x", "y", "bus_names")
        for names, n in ((per_bus, self.n_buses), ((*per_branch, "branch_names"), self.n_branches)):
            for name in names:
                if len(getattr(self, name)) != n:
                    raise InvalidInputError(f"{name} of a power network: {len(getattr(self, name))}, not {n}")
        for kind in ("bus", "branch"):
            found = getattr(self, f"{kind}_names")
            if len(set(found)) != len(found):
                twice = next(name for name in found if found.count(name) > 1)
                raise InvalidInputError(f"two of the power network's {kind} names are '{twice}'")

    @property
    def n_buses(self) -> int:
        """Number of buses."""
        return len(self.bus_id)

    @property
    def n_branches(self) -> int:
        """Number of branches."""
        return len(self.from_bus)

    def units(self) -> Generators:
        """Return the generators; one at each bus with generation where the file does not tell them apart."""
        if self.generators is not None:
            return self.generators
        bus = np.flatnonzero(self.generation_mw > 0.0).astype(np.int64)
        output = self.generation_mw[bus]
        return Generators(
            bus=bus,
            output_mw=output,
            least_mw=np.zeros(len(bus)),
            most_mw=output.copy(),
            ramp_mw_min=np.full(len(bus), np.inf),
            participation=output.copy(),
            is_in=np.ones(len(bus), np.bool_),
            names=tuple(f"generator_{self.bus_names[row]}" for row in bus),
        )

    def base_injections_mw(self) -> Floats:
        """Return the net injection of each bus in the base case, MW (buses,).

        What the whole lacks or has too much is fed in or taken at the reference buses, in equal shares.

        Raises
        ------
        InvalidInputError
            When there is no reference bus.
        """
        net = self.generation_mw - self.load_mw
        n = int(self.is_reference.sum())
        if not n:
            raise InvalidInputError("the power network has no reference bus")
        net[self.is_reference] -= net.sum() / n
        return net

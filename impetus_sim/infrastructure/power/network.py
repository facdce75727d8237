"""A power network as arrays, and the DC injections of its base case.

Model: DC power flow. Flow f = b (theta_from - theta_to - shift) with b = 1 / (x tap); lossless, voltages 1 pu.
Source: Stott, Jardim, Alsac (2009), DC power flow revisited, IEEE Transactions on Power Systems 24; conventions of
the MATPOWER manual, section 3.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class PowerNetwork:
    """Buses and branches in service.

    Parameters
    ----------
    bus_id
        int (buses,), names of the buses in the file.
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
    """

    bus_id: Ints
    load_mw: Floats
    generation_mw: Floats
    is_reference: npt.NDArray[np.bool_]
    from_bus: Ints
    to_bus: Ints
    branch_id: Ints
    susceptance_mw: Floats
    shift_rad: Floats
    rating_mw: Floats

    def __post_init__(self) -> None:
        if not self.n_buses:
            raise InvalidInputError("the power network has no bus")
        if not np.isfinite(self.susceptance_mw).all() or not self.susceptance_mw.all():
            bad = int(np.flatnonzero(~np.isfinite(self.susceptance_mw) | (self.susceptance_mw == 0.0))[0])
            raise InvalidInputError(
                f"branch {int(self.branch_id[bad])} has no reactance", hint="DC flow needs x other than 0"
            )
        loops = np.flatnonzero(self.from_bus == self.to_bus)
        if len(loops):
            raise InvalidInputError(f"branch {int(self.branch_id[loops[0]])} has both ends at one bus")

    @property
    def n_buses(self) -> int:
        """Number of buses."""
        return len(self.bus_id)

    @property
    def n_branches(self) -> int:
        """Number of branches."""
        return len(self.from_bus)

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

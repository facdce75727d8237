"""What loads of a network file get while some of its components have failed."""

from __future__ import annotations

from collections.abc import Sequence

from impetus_sim.infrastructure.power.commands import find_row
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.table_network import TableNetwork


def served_loads(town: TableNetwork, failed: Sequence[str]) -> dict[str, float]:
    """Return what each load gets right after some branches failed, MW by name of the load.

    Parameters
    ----------
    town
        From `read_pandapower`; with switches kept where switches may fail.
    failed
        Names of branches (lines, transformers, kept switches), as the file has them.

    Raises
    ------
    InvalidInputError
        When there is no branch of a name.
    """
    names = town.network.branch_names
    grid = PowerGrid(town.network)
    for name in failed:
        grid.break_branch(find_row("branch", names, name), at_us=0)
    grid.advance(0)
    share = grid.share
    return {
        name: float(mw * share[bus]) if bus >= 0 else 0.0
        for name, bus, mw in zip(town.loads.names, town.loads.bus, town.loads.mw, strict=True)
    }

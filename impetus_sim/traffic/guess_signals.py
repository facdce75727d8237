"""Signal plans where a map only says that there is a traffic light."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.road import Links
from impetus_sim.traffic.signals import Phase, SignalPlan

SAME_AXIS = math.radians(40.0)
"""Approaches within this angle of one line go together: those from opposite sides do not cross."""
CROSSING_GREEN = 0.75
"""Share of the cycle that vehicles get at a light for people on foot in mid-street."""
LEAST_GREEN_S = 7.0
MOST_GREEN_FACTOR = 1.5


def guess_plan(
    node: int,
    links: Links,
    bearing: npt.NDArray[np.float64],
    *,
    control: str,
    cycle_s: float,
    clearance_s: float,
    favoured: npt.NDArray[np.int64] | None = None,
    green_share: float = 0.5,
) -> SignalPlan | None:
    """Return a plan for a junction: one phase for each axis, green in proportion to its lanes.

    The phases are the same for every control and cycle, and whoever is favoured.

    Parameters
    ----------
    bearing
        float64 (links,), direction in which each link reaches its end, radians.
    favoured, green_share
        Links whose axes get this share of the green, where other axes share the rest; by lanes when left out.

    Returns
    -------
    None where no link ends at the junction.
    """
    into = np.flatnonzero(links.to_node == node)
    if not len(into):
        return None
    axes = _axes(into, links, bearing)
    n = len(axes)
    if n == 1:
        green = max(LEAST_GREEN_S, cycle_s * CROSSING_GREEN)
        phases = [Phase(groups=(0,), green_s=green, clear_s=max(cycle_s - green, clearance_s))]
    else:
        lanes = np.array([max(int(links.n_lanes[k]) * links.lane_capacity[k] for k in axis) for axis in axes])
        shares = lanes / lanes.sum()
        if favoured is not None:
            is_favoured = np.array([bool(np.isin(axis, favoured).any()) for axis in axes])
            shares = _favour(shares, is_favoured, green_share)
        greens = np.maximum((cycle_s - n * clearance_s) * shares, LEAST_GREEN_S)
        phases = [
            Phase(
                groups=(g,),
                green_s=LEAST_GREEN_S if control == "actuated" else float(green),
                most_s=float(green) * MOST_GREEN_FACTOR,
                clear_s=clearance_s,
            )
            for g, green in enumerate(greens)
        ]
    return SignalPlan(
        node=node,
        phases=phases,
        group_of_link={int(k): g for g, axis in enumerate(axes) for k in axis},
        control=control if n > 1 else "fixed",
        is_guessed=True,
    )


def divides_green(plan: SignalPlan, favoured: npt.NDArray[np.int64]) -> bool:
    """Tell whether a plan divides its green between some of these links and others."""
    groups = {group for link, group in plan.group_of_link.items() if link in favoured}
    return 0 < len(groups) < len(plan.phases)


def _favour(
    shares: npt.NDArray[np.float64], is_favoured: npt.NDArray[np.bool_], green_share: float
) -> npt.NDArray[np.float64]:
    # Shares of the green, (axes,), such that those favoured have so much of it together.
    if is_favoured.all() or not is_favoured.any():
        return shares
    part = np.where(is_favoured, green_share, 1.0 - green_share)
    return np.asarray(
        part * shares / np.where(is_favoured, shares[is_favoured].sum(), shares[~is_favoured].sum())
    )


def webster_cycle_s(lost_s: float, load: float) -> float:
    """Return the cycle of least delay under random arrivals, s (Webster 1958).

    Parameters
    ----------
    lost_s
        Time of the cycle in which nobody may go, s.
    load
        Sum over the phases of flow over saturation flow, of the fullest lane each.

    Raises
    ------
    InvalidInputError
        When the load is not below 1: no cycle is long enough.
    """
    if not 0.0 <= load < 1.0:
        raise InvalidInputError(
            f"a load of {load:g} has no best cycle", hint="it must be at least 0 and below 1"
        )
    return (1.5 * lost_s + 5.0) / (1.0 - load)


def _axes(into: npt.NDArray[np.int64], links: Links, bearing: npt.NDArray[np.float64]) -> list[list[int]]:
    # Approaches by the line they lie on, the widest first.
    order = sorted(into, key=lambda k: (-links.n_lanes[k] * links.lane_capacity[k], k))
    axes: list[list[int]] = []
    for k in order:
        for axis in axes:
            turn = abs(math.remainder(float(bearing[k] - bearing[axis[0]]), math.pi))
            if turn <= SAME_AXIS:
                axis.append(int(k))
                break
        else:
            axes.append([int(k)])
    return axes

"""Signal plans where a map only says that there is a traffic light.

People cross an arm while vehicles of that arm have red, that is with the vehicles beside them; every phase lasts
long enough for it. A light in mid-street has a phase of its own for them. When they may start follows from the
phases (`people_lights`).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.people_lights import PEOPLE_GREEN_S, people_clear_s
from impetus_sim.traffic.road import Links
from impetus_sim.traffic.signals import Phase, SignalPlan

SAME_AXIS = math.radians(40.0)
"""Approaches within this angle of one line go together: those from opposite sides do not cross."""
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
    crossing_m: npt.NDArray[np.float64],
    favoured: npt.NDArray[np.int64] | None = None,
    green_share: float = 0.5,
) -> SignalPlan | None:
    """Return a plan for a junction: one phase for each axis, green in proportion to its lanes.

    No phase is shorter than people need to cross the other axes in it: their least green, and their clearance time
    less the red for all that follows. Where the cycle leaves no room for that it is longer.

    The phases are the same for every control and cycle, and whoever is favoured.

    Parameters
    ----------
    bearing
        float64 (links,), direction in which each link reaches its end, radians.
    crossing_m
        float64 (links,), way across each link's street, both directions, m.
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
    for_people = np.array([PEOPLE_GREEN_S + people_clear_s(crossing_m[axis].max()) for axis in axes])
    if n == 1:
        green = max(LEAST_GREEN_S, cycle_s - clearance_s - float(for_people[0]))
        people_s = max(1.0, float(for_people[0]) - clearance_s)
        phases = [
            Phase(groups=(0,), green_s=green, clear_s=clearance_s),
            Phase(groups=(), green_s=people_s, most_s=people_s, clear_s=clearance_s),
        ]
    else:
        lanes = np.array([max(int(links.n_lanes[k]) * links.lane_capacity[k] for k in axis) for axis in axes])
        shares = lanes / lanes.sum()
        if favoured is not None:
            is_favoured = np.array([bool(np.isin(axis, favoured).any()) for axis in axes])
            shares = _favour(shares, is_favoured, green_share)
        others = np.array([np.delete(for_people, g).max() for g in range(n)])
        least = np.maximum(others - clearance_s, LEAST_GREEN_S)
        greens = _share_out(cycle_s - n * clearance_s, shares, least)
        phases = [
            Phase(
                groups=(g,),
                green_s=float(least[g]) if control == "actuated" else float(green),
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
    return 0 < len(groups) < len({group for phase in plan.phases for group in phase.groups})


def _share_out(
    total_s: float, shares: npt.NDArray[np.float64], least_s: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    # Green times in proportion to shares, none below its least; what those need is taken from the others.
    is_least = np.zeros(len(shares), bool)
    while True:
        rest_s = total_s - least_s[is_least].sum()
        part = np.where(is_least, 0.0, shares)
        greens = np.where(is_least, least_s, rest_s * part / max(float(part.sum()), 1e-12))
        short = ~is_least & (greens < least_s)
        if not short.any():
            return greens
        is_least |= short


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
            if on_one_axis(float(bearing[k]), float(bearing[axis[0]])):
                axis.append(int(k))
                break
        else:
            axes.append([int(k)])
    return axes


def on_one_axis(bearing: float, other: float) -> bool:
    """Tell whether streets of these bearings, radians, lie on one line through a junction."""
    return abs(math.remainder(bearing - other, math.pi)) <= SAME_AXIS

"""What a shot does: the chance that it hits by range, whom a miss may hit, and how badly. Stated laws, few data.

Hit law: chance p0 exp(-r / r0) at range r. Police know how rarely shots under stress hit: New York counted 43 % at
0 to 6 feet and 185 of 836 bullets fired at people in 2005 and 2006, 22 % (Firearms Discharge Reports, quoted by
Baker, The New York Times, 9 December 2007; Rostker and others 2008, RAND MG-717, have 18 % in exchanges of fire).
The ranges of those 836 were not published: taking 1 m and a mean of 10 m (chosen) gives p0 = 0.46, r0 = 13.6 m.

Miss: the shot flies on at an angle uniform within a spread, and the first body that it meets before a wall is hit
with a chance (the rest pass above or below); both chosen.

Severity: 486 died and 557 were wounded of those whom 160 attackers of 2000 to 2013 in the United States hit (Blair
and Schweit 2014, FBI, A study of active shooter incidents), 47 %. How many of them died at once was not published:
35 % dead and 25 % who die without treatment in time are chosen so that half of the latter make up that share; the
rest are split into those who cannot and those who can walk, chosen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.world.injuries import Severity

Floats = npt.NDArray[np.float64]

HIT_AT_MUZZLE: Final = 0.46
HIT_RANGE_M: Final = 13.6
SEVERITIES: Final = (Severity.MINOR, Severity.DELAYED, Severity.IMMEDIATE, Severity.DEAD)
SEVERITY_SHARES: Final = (0.15, 0.25, 0.25, 0.35)


def hit_chance(range_m: Floats | float, *, at_muzzle: float, falls_by_e_m: float) -> Floats:
    """Return the chance that a shot hits whom it is aimed at.

    Parameters
    ----------
    range_m
        Distance, m.
    at_muzzle
        p0, the chance at range 0.
    falls_by_e_m
        r0, the range over which the chance falls to 1 / e of itself, m.
    """
    return np.asarray(at_muzzle * np.exp(-np.asarray(range_m) / falls_by_e_m), np.float64)


def draw_severity(uniforms: Floats, shares: tuple[float, ...] = SEVERITY_SHARES) -> npt.NDArray[np.uint8]:
    """Return a `Severity` for each uniform in (0, 1), by the shares of minor, delayed, immediate and dead."""
    edges = np.cumsum(shares)
    which = np.minimum(np.searchsorted(edges, uniforms * edges[-1], side="right"), len(SEVERITIES) - 1)
    return np.array(SEVERITIES, np.uint8)[which]


def first_in_path(
    x: float, y: float, angle: float, bodies_x: Floats, bodies_y: Floats, radius: Floats, reach_m: float
) -> int:
    """Return the index of the first body that a straight path meets within reach, -1 for none.

    Parameters
    ----------
    x, y, angle
        Where it starts, m, and its direction, rad.
    bodies_x, bodies_y, radius
        Discs, m, shape (n,).
    reach_m
        Length of the path, m.
    """
    ux, uy = np.cos(angle), np.sin(angle)
    along = (bodies_x - x) * ux + (bodies_y - y) * uy
    across = np.abs((bodies_y - y) * ux - (bodies_x - x) * uy)
    is_met = (along > 0.0) & (along <= reach_m) & (across <= radius)
    if not is_met.any():
        return -1
    return int(np.argmin(np.where(is_met, along, np.inf)))

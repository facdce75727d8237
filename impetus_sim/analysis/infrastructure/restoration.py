"""How much service was lost, for how long and by whom: pure functions over recorded series of levels.

Resilience triangle: Bruneau et al. (2003), A framework to quantitatively assess and enhance the seismic resilience
of communities, Earthquake Spectra 19. Levels between two records hold (``is_held``), as they do in recordings of
changes, or go straight from one to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
_HOUR_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Restoration:
    """What a curve of service says.

    lost_h: hours of full service lost, which is the area of the triangle and the equivalent outage hours. lowest:
    least share. fell_s: when it was first below 1, nan for never. back_s: when it was 1 for good, nan for never.
    resilience: mean share over the horizon.
    """

    lost_h: float
    lowest: float
    fell_s: float
    back_s: float
    resilience: float


def restoration_curve(*, levels: Floats, weights: Floats) -> Floats:
    """Return the share of service at each time.

    Parameters
    ----------
    levels
        float64 (times, assets), 0 to 1.
    weights
        What each asset counts for (people, MW), float64 (assets,), 0 or more.

    Returns
    -------
    float64 (times,); exactly 1 while nothing is lost, and where nothing counts.
    """
    total = float(weights.sum())
    if not total > 0.0:
        return np.ones(len(levels))
    given, lost = levels @ weights, (1.0 - levels) @ weights
    return np.asarray(given / (given + lost), np.float64)  # exactly 1 and 0 where nothing or all is lost


def measure_restoration(*, times_s: Floats, share: Floats, is_held: bool) -> Restoration:
    """Return what a curve of service says, over the horizon from the first to the last time.

    Parameters
    ----------
    times_s
        float64 (times,), not falling; a time that stands twice is a jump.
    share
        float64 (times,), 1 for full service.
    is_held
        Whether a share holds until the next time.

    Raises
    ------
    InvalidInputError
        When there are fewer than two times, or they fall.
    """
    lost_h = float(_lost_h(times_s, share[:, None], is_held)[0])
    horizon_h = float(times_s[-1] - times_s[0]) / _HOUR_S
    below = np.flatnonzero(share < 1.0)
    fell_s = back_s = float("nan")
    if len(below):
        first, last = int(below[0]), int(below[-1])
        fell_s = float(times_s[first if is_held or first == 0 else first - 1])
        back_s = float(times_s[last + 1]) if last + 1 < len(share) else float("nan")
    return Restoration(
        lost_h=lost_h,
        lowest=float(share.min()),
        fell_s=fell_s,
        back_s=back_s,
        resilience=1.0 - lost_h / horizon_h,
    )


def unserved_hours(*, times_s: Floats, levels: Floats, is_held: bool = True) -> Floats:
    """Return the hours of full service that each asset did not give, float64 (assets,).

    Times weights such as people or MW these are person-hours without service or MWh not supplied.

    Raises
    ------
    InvalidInputError
        When there are fewer than two times, or they fall.
    """
    return _lost_h(times_s, levels, is_held)


def person_hours_by(
    *, unserved_h: Floats, people: Floats, labels: npt.NDArray[np.int64], n_labels: int
) -> Floats:
    """Return person-hours without service by district or group of people.

    Parameters
    ----------
    unserved_h
        Of each asset, from `unserved_hours`, float64 (assets,).
    people
        float64 (assets,) when each asset lies in one district, or (assets, groups) with the people of each group.
    labels
        District of each asset, int64 (assets,), 0 to `n_labels` - 1; -1 for none.

    Returns
    -------
    float64 (n_labels,), or (n_labels, groups).
    """
    hours = (unserved_h if people.ndim == 1 else unserved_h[:, None]) * people
    total = np.zeros((n_labels, *people.shape[1:]))
    np.add.at(total, labels[labels >= 0], hours[labels >= 0])
    return total


def _lost_h(times_s: Floats, levels: Floats, is_held: bool) -> Floats:
    steps = np.diff(times_s)
    if len(times_s) < 2 or (steps < 0.0).any() or times_s[-1] <= times_s[0]:
        raise InvalidInputError("a curve of service needs times that rise, two at least")
    lost = 1.0 - levels
    mean = lost[:-1] if is_held else 0.5 * (lost[:-1] + lost[1:])
    result: Floats = steps @ mean / _HOUR_S
    return result

"""How people got out: egress curves, clearance time with censoring, restricted mean egress time, share out.

A run that ends with people inside only says 'longer than'. Clearance is then censored, and the mean
egress time is restricted: everybody counts, those not out with the time they were followed. A mean over
the people who made it would reward the option that gets fewest out.

Source: Royston and Parmar (2013), BMC Med. Res. Methodol. 13:152 (restricted mean).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.ground import Ground
from impetus_sim.analysis.metric import SECONDS, SHARE, Metric
from impetus_sim.analysis.people import NEVER, Mask, People

Floats = npt.NDArray[np.float64]

TOTAL = "all exits"
NOBODY_HAD_TO = "nobody had a reason to leave"
NOBODY_ENTERED = "nobody was inside"


@dataclass(frozen=True, kw_only=True)
class EgressCurve:
    """People out as a step function of time.

    Parameters
    ----------
    name
        Exit, or `TOTAL`.
    times_s
        Times at which somebody left, ascending, without repeats.
    n_left
        People out just after each of these times.
    """

    name: str
    times_s: Floats
    n_left: npt.NDArray[np.int64]

    def at(self, times_s: Floats) -> npt.NDArray[np.int64]:
        """Return the people out at any times, in seconds; same shape."""
        index = np.searchsorted(self.times_s, times_s, side="right")
        return np.concatenate([[0], self.n_left])[index]


def compute_egress_curves(people: People, ground: Ground) -> list[EgressCurve]:
    """Return the curve of all exits, then one per exit in the recording's order."""
    curves = [_curve(TOTAL, people, people.has_left)]
    for index, way_out in enumerate(ground.exits):
        curves.append(_curve(way_out.name, people, people.has_left & (people.exit == index)))
    return curves


def _curve(name: str, people: People, who: Mask) -> EgressCurve:
    ticks, counts = np.unique(people.left_tick[who], return_counts=True)
    return EgressCurve(
        name=name, times_s=np.asarray(ticks * people.resolution_s, np.float64), n_left=np.cumsum(counts)
    )


def select_leavers(people: People) -> Mask:
    """Return who counts as having to leave.

    As soon as anybody was alarmed or set out to leave, that is everybody who was ever inside: whoever was
    never warned is still in the place. The set is then the same in all options of a pair.
    """
    had_reason = (people.aware_tick != NEVER) | (people.move_tick != NEVER) | people.has_left
    entered = people.has_entered
    return entered if bool(np.any(had_reason & entered)) else np.zeros(len(people), bool)


def compute_egress_times(people: People, who: Mask) -> Floats:
    """Return each one's time from start (or entering) to leaving, cut off at the time followed.

    People who did not leave (inside, or removed by harm) count with the full time they were followed.

    Parameters
    ----------
    people
        Of one recording.
    who
        Which rows, shape (n,).
    """
    left = people.has_left[who]
    end = np.where(left, people.left_tick[who], people.followed_tick)
    start = np.clip(people.enter_tick[who], 0, None)
    return np.maximum(end - start, 0) * people.resolution_s


def compute_clearance_time(people: People) -> Metric:
    """Return when the last person left, from the start of the run; censored when somebody is still inside."""
    who = select_leavers(people)
    label = "clearance time"
    if not who.any():
        return Metric(
            name="clearance_time",
            value=None,
            unit=SECONDS,
            label=label,
            better="lower",
            note=NOBODY_HAD_TO if people.has_entered.any() else NOBODY_ENTERED,
        )
    n_inside = int(np.count_nonzero(people.is_inside & who))
    left = people.has_left & who
    note = ""
    value = float(people.left_tick[left].max()) * people.resolution_s if left.any() else 0.0
    if n_inside:
        value = people.followed_s
        note = f"{n_inside:,} inside".replace(",", " ")
        n_unaware = int(
            np.count_nonzero(people.is_inside & (people.aware_tick == NEVER) & (people.move_tick == NEVER))
        )
        if n_unaware:
            note += f" ({n_unaware:,} never warned)".replace(",", " ")
    elif not left.any():
        return Metric(
            name="clearance_time",
            value=None,
            unit=SECONDS,
            label=label,
            better="lower",
            note="nobody left by an exit",
        )
    return Metric(
        name="clearance_time",
        value=value,
        unit=SECONDS,
        label=label,
        better="lower",
        is_censored=n_inside > 0,
        note=note,
    )


def compute_mean_egress_time(people: People, who: Mask | None = None) -> Metric:
    """Return the restricted mean egress time of everybody who had to leave, or of those in `who`."""
    chosen = select_leavers(people) if who is None else who & select_leavers(people)
    value = float(np.mean(compute_egress_times(people, chosen))) if chosen.any() else None
    n_out = int(np.count_nonzero(people.has_left & chosen))
    note = NOBODY_HAD_TO
    if value is not None:
        n_in = int(np.count_nonzero(chosen)) - n_out
        note = f"{n_in:,} not out counted with {people.followed_s:g} s".replace(",", " ") if n_in else ""
    return Metric(
        name="mean_egress_time",
        value=value,
        unit=SECONDS,
        label="mean egress time",
        better="lower",
        note=note,
    )


def compute_share_out(people: People, who: Mask | None = None) -> Metric:
    """Return the share of everybody who had to leave that was out at the end."""
    chosen = select_leavers(people) if who is None else who & select_leavers(people)
    value = float(np.mean(people.has_left[chosen])) if chosen.any() else None
    note = "" if value is not None else NOBODY_HAD_TO
    return Metric(
        name="share_out", value=value, unit=SHARE, label="share out at the end", better="higher", note=note
    )

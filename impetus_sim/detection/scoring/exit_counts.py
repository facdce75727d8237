"""Counts at the exits of a square, day by day, and what is counted there when everybody leaves at once.

What makes everyday counts hard is in it, each drawn anew every day: people come in groups (a compound Poisson
process whose Fano factor is above 3 for any interval), the level wanders, shows end with a surge at a time known
to a quarter of an hour only, schools let out, a shower sends people away, counters fail and say nothing or zero.
All values are chosen ones, written below; none is fitted to a place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DAY_S = 86400.0


@dataclass(frozen=True, kw_only=True)
class Square:
    """A square with counters at its exits, and its days.

    Parameters
    ----------
    every_s
        Time between two readings.
    widths_m
        Width of each exit.
    shares
        Of the people who leave on an everyday, by exit.
    peak_per_s
        People who leave per second at the busiest hour, all exits, without any event.
    group_stop
        Groups have one person more with probability 1 minus this: Fano factor (2 - p) / p.
    wander
        Coefficient of variation of the level, and over what time it wanders, s.
    shows_a_week, show_people, show_lasts_s
        Evening shows: their number, least and most people, time in which most of them have left.
    school_people
        Of each time that schools let out, on working days, through the first two exits.
    showers_a_day, shower_factor, shower_onset_s, shower_lasts_s
        Rain: by how much more people leave, how fast it comes, how long it lasts; least and most.
    failures_a_day, failure_lasts_s
        Of each counter; half of them say nothing, the others zero.
    """

    every_s: float = 5.0
    widths_m: tuple[float, ...] = (3.0, 3.0, 2.5, 4.0)
    shares: tuple[float, ...] = (0.35, 0.3, 0.15, 0.2)
    peak_per_s: float = 1.0
    group_stop: float = 0.45
    wander: tuple[float, float] = (0.3, 300.0)
    shows_a_week: float = 3.0
    show_people: tuple[float, float] = (300.0, 900.0)
    show_lasts_s: tuple[float, float] = (300.0, 720.0)
    school_people: tuple[float, float] = (150.0, 400.0)
    showers_a_day: float = 0.5
    shower_factor: tuple[float, float] = (1.5, 3.0)
    shower_onset_s: tuple[float, float] = (30.0, 180.0)
    shower_lasts_s: tuple[float, float] = (300.0, 1200.0)
    failures_a_day: float = 0.5
    failure_lasts_s: tuple[float, float] = (60.0, 3600.0)

    @property
    def n_counters(self) -> int:
        """Exits."""
        return len(self.widths_m)

    @property
    def n_readings(self) -> int:
        """Of a day."""
        return int(DAY_S / self.every_s)

    @property
    def fano(self) -> float:
        """Variance over mean of the counts of any interval in which the level stands still."""
        return (2.0 - self.group_stop) / self.group_stop


_HOURS = (0, 3, 6, 8, 10, 13, 15, 18, 21, 23, 24)
_WORKING = (0.12, 0.02, 0.08, 0.45, 0.4, 0.7, 0.5, 0.95, 0.7, 0.3, 0.12)
_WEEKEND = (0.2, 0.04, 0.03, 0.15, 0.4, 0.7, 0.8, 1.0, 0.9, 0.5, 0.2)
"""Share of the peak at hours of the day."""
_SCHOOL_S = (8.0 * 3600, 13.0 * 3600, 16.25 * 3600)
_SHOW_S = 22.5 * 3600
_SHOW_JITTER_S, _SCHOOL_JITTER_S = 900.0, 300.0
PERSONS_PER_M_S = 1.3
"""Flow of people through a door, per metre (SFPE Handbook)."""


def draw_day(square: Square, day: int, rng: np.random.Generator) -> Floats:
    """Return the counts of a day without an egress, nan where a counter says nothing, float64 (readings, counters).

    Parameters
    ----------
    square
        What is counted.
    day
        Days since a Monday.
    rng
        Source of all draws.
    """
    counts = _draw_groups(_rates(square, day, rng) * square.every_s, square, rng)
    _fail(counts, square, rng)
    return counts


def _rates(square: Square, day: int, rng: np.random.Generator) -> Floats:
    # Expected people per second, float64 (readings, counters).
    at = np.asarray((np.arange(square.n_readings) + 0.5) * square.every_s, np.float64)
    is_weekend = day % 7 >= 5
    total = square.peak_per_s * np.interp(at / 3600.0, _HOURS, _WEEKEND if is_weekend else _WORKING)
    total = total * _wander(square, rng)
    for begin in rng.uniform(0.0, DAY_S, rng.poisson(square.showers_a_day)):
        factor, onset, lasts = (
            rng.uniform(*span)
            for span in (square.shower_factor, square.shower_onset_s, square.shower_lasts_s)
        )
        rise = np.clip((at - begin) / onset, 0.0, 1.0) * np.exp(
            -np.clip(at - begin - lasts, 0.0, None) / lasts
        )
        total = total * (1.0 + (factor - 1.0) * rise)
    rates = total[:, None] * np.array(square.shares)
    if rng.random() < square.shows_a_week / 7.0:
        people, lasts = rng.uniform(*square.show_people), rng.uniform(*square.show_lasts_s)
        end = _SHOW_S + rng.uniform(-_SHOW_JITTER_S, _SHOW_JITTER_S)
        rates += _surge(at, end, people, lasts)[:, None] * rng.dirichlet(8.0 * np.array(square.shares))
    for moment in () if is_weekend else _SCHOOL_S:
        people = rng.uniform(*square.school_people)
        begin = moment + rng.uniform(-_SCHOOL_JITTER_S, _SCHOOL_JITTER_S)
        rates[:, :2] += _surge(at, begin, people, 300.0)[:, None] / 2.0
    return rates


def _surge(at: Floats, begin: float, people: float, lasts: float) -> Floats:
    # A gamma of shape 2 in time, nine tenths of it within `lasts`; people per second.
    scale = lasts / 3.89
    since = np.clip(at - begin, 0.0, None)
    return people * since / scale**2 * np.exp(-since / scale)


def _wander(square: Square, rng: np.random.Generator) -> Floats:
    spread, over_s = square.wander
    keep = np.exp(-square.every_s / over_s)
    steps = rng.normal(size=square.n_readings) * np.sqrt(1.0 - keep**2)
    level = np.empty(square.n_readings)
    now = rng.normal()
    for k, step in enumerate(steps.tolist()):
        now = keep * now + step
        level[k] = now
    return np.exp(spread * level - spread**2 / 2.0)


def _draw_groups(expected: Floats, square: Square, rng: np.random.Generator) -> Floats:
    p = square.group_stop
    groups = rng.poisson(expected * p)
    more = rng.negative_binomial(np.maximum(groups, 1), p)
    return np.where(groups > 0, groups + more, 0).astype(np.float64)


def _fail(counts: Floats, square: Square, rng: np.random.Generator) -> None:
    for k in range(square.n_counters):
        for begin in rng.uniform(0.0, DAY_S, rng.poisson(square.failures_a_day)):
            end = begin + rng.uniform(*square.failure_lasts_s)
            lost = slice(int(begin / square.every_s), int(end / square.every_s))
            counts[lost, k] = np.nan if rng.random() < 0.5 else 0.0


@dataclass(frozen=True, kw_only=True)
class Egress:
    """Everybody leaves: when each person crosses an exit.

    Parameters
    ----------
    crossed_s
        After the onset, ascending, s, float64 (people,).
    exits
        Through which, int64 (people,).
    """

    crossed_s: Floats
    exits: npt.NDArray[np.int64]

    def when_crossed(self, share: float) -> float:
        """Return the time after the onset at which a share of the people has crossed, s."""
        return float(self.crossed_s[max(0, int(np.ceil(share * len(self.crossed_s))) - 1)])

    def add_to(self, counts: Floats, onset_s: float, square: Square) -> None:
        """Add its people to the counts of a day; failed counters count nobody."""
        reading = ((onset_s + self.crossed_s) / square.every_s).astype(np.int64)
        inside = reading < len(counts)
        added = np.zeros_like(counts)
        np.add.at(added, (reading[inside], self.exits[inside]), 1.0)
        failed = np.isnan(counts)
        counts += np.where(failed, 0.0, added)


def draw_egress(square: Square, rng: np.random.Generator) -> Egress:
    """Draw an egress: 500 to 4000 people, who notice, walk to an exit and queue there.

    Delays before they walk are lognormal (median 5 to 40 s, sigma 0.6), ways 5 to 60 m at 1.3 m/s (standard
    deviation 0.25 m/s); exits are chosen by width and by chance, and let 1.3 people through per metre and second.
    """
    n = int(rng.uniform(500, 4000))
    delay = rng.uniform(5.0, 40.0) * np.exp(0.6 * rng.normal(size=n))
    speed = np.clip(rng.normal(1.3, 0.25, n), 0.5, 2.0)
    arrived = delay + np.sqrt(rng.uniform(5.0**2, 60.0**2, n)) / speed
    widths = np.array(square.widths_m)
    exits = rng.choice(len(widths), n, p=rng.dirichlet(6.0 * widths / widths.mean()))
    crossed = np.empty(n)
    for k, width in enumerate(widths):
        mine = np.flatnonzero(exits == k)
        order = mine[np.argsort(arrived[mine], kind="stable")]
        headway = 1.0 / (PERSONS_PER_M_S * width)
        turns = np.arange(len(order)) * headway
        crossed[order] = np.maximum.accumulate(arrived[order] - turns) + turns
    order = np.argsort(crossed, kind="stable")
    return Egress(crossed_s=crossed[order], exits=exits[order].astype(np.int64))

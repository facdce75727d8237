"""Time of a link as a function of its volume: ``free_time * (1 + b * (volume / capacity) ** power) + fixed``.

Source: Bureau of Public Roads (1964), Traffic Assignment Manual; `fixed` holds tolls and distances in units of
time. Any b and power from zero on are legal; a link without b, power or free time has a constant time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from impetus_sim.kernels.compile import event_kernel, kernel

LEAST_RATIO = 1e-9
"""Least share of the capacity at which slopes are taken: for powers below one they are infinite at zero."""


class Delay(NamedTuple):
    """float64 (links,) each: free_time, fixed, scale, power, capacity.

    The time is ``free_time + fixed + scale * (volume / capacity) ** power`` where scale is free time times b;
    constant parts of power zero are in `fixed`, their scale is zero.
    """

    free_time: Any
    fixed: Any
    scale: Any
    power: Any
    capacity: Any


@event_kernel
def power_of(base, power):  # type: ignore[no-untyped-def]
    """Return base ** power, fast for the usual powers."""
    if power == 4.0:
        square = base * base
        return square * square
    if power == 1.0:
        return base
    if power == 3.0:
        return base * base * base
    return base**power


@event_kernel
def time_of(link, volume, delay):  # type: ignore[no-untyped-def]
    """Return the time of a link at a volume."""
    time = delay.free_time[link] + delay.fixed[link]
    if delay.scale[link] == 0.0 or volume <= 0.0:
        return time
    return time + delay.scale[link] * power_of(volume / delay.capacity[link], delay.power[link])


@event_kernel
def slope_of(link, volume, delay):  # type: ignore[no-untyped-def]
    """Return the derivative of a link's time by its volume."""
    if delay.scale[link] == 0.0:
        return 0.0
    power, capacity = delay.power[link], delay.capacity[link]
    ratio = max(volume / capacity, LEAST_RATIO)
    return delay.scale[link] * power / capacity * power_of(ratio, power - 1.0)


@kernel
def fill_times(volume, delay, out_time, out_slope):  # type: ignore[no-untyped-def]
    """Fill time and slope of every link."""
    for link in range(len(volume)):
        out_time[link] = time_of(link, volume[link], delay)
        out_slope[link] = slope_of(link, volume[link], delay)


@kernel
def sum_objective(volume, delay):  # type: ignore[no-untyped-def]
    """Return the sum over links of the integral of time over volume (Beckmann, McGuire, Winsten 1956)."""
    total = 0.0
    for link in range(len(volume)):
        x = volume[link]
        total += (delay.free_time[link] + delay.fixed[link]) * x
        if delay.scale[link] > 0.0 and x > 0.0:
            power = delay.power[link]
            total += delay.scale[link] * x * power_of(x / delay.capacity[link], power) / (power + 1.0)
    return total

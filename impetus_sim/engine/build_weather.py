"""The wind of a run, from the section `weather`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.world.weather import Weather, Wind

if TYPE_CHECKING:
    from impetus_sim.scenario.weather import WeatherSection


def build_weather(spec: WeatherSection | None) -> Weather | None:
    """Return the wind of a drawn scenario; None where it says nothing of it."""
    if spec is None:
        return None
    winds = [Wind(speed_m_s=spec.wind_speed, from_deg=spec.wind_from, stability=spec.stability)]
    for change in spec.changes:
        last = winds[-1]
        winds.append(
            Wind(
                speed_m_s=last.speed_m_s if change.wind_speed is None else change.wind_speed,
                from_deg=last.from_deg if change.wind_from is None else change.wind_from,
                stability=change.stability or last.stability,
            )
        )
    times = (0.0, *(float(change.after) for change in spec.changes))
    return Weather(is_urban=spec.surroundings == "urban", times_s=times, winds=tuple(winds))

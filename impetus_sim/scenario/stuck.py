"""Noticing who wants to walk and gets nowhere."""

from __future__ import annotations

from typing import Annotated, Any

from impetus_sim.scenario.quantities import FixedMetres, FixedSeconds, limits
from impetus_sim.scenario.spec import Spec


def stuck_section(raw: Any) -> Any:
    """Let ``stuck: true`` stand for the section with all defaults, false for none."""
    if raw is True:
        return {}
    return None if raw is False else raw


class Stuck(Spec):
    """When people count as stuck, and how long they then keep away from that way.

    Parameters
    ----------
    after
        Whoever wants to walk and has come no nearer to their goal for this long is stuck, s.
    progress
        Coming nearer by less than this does not count, m of way.
    avoid_for
        So long they prefer any other exit to the one they could not get to, s.
    penalty
        Seconds that this exit seems to take longer meanwhile.
    """

    after: Annotated[FixedSeconds, limits(low=1.0, high=3600.0)] = 60.0
    progress: Annotated[FixedMetres, limits(above=0.0, high=10.0)] = 0.5
    avoid_for: Annotated[FixedSeconds, limits(high=3600.0)] = 60.0
    penalty: Annotated[FixedSeconds, limits(high=3600.0)] = 120.0

"""Helpers of people who cannot leave alone: who needs how many, who helps, and how fast both move.

Source of the speed: Boyce, Shields and Silcock (1999), Fire Technology 35: on the level, people in manual
wheelchairs alone 0.69 m/s, assisted ambulant people 0.78 m/s, wheelchair users with a helper faster (1.30 m/s,
few subjects). The default is the assisted ambulant one, the more careful choice.
"""

from __future__ import annotations

from typing import Annotated

from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import Count, Metres, MetresPerSecond, Share, limits
from impetus_sim.scenario.spec import Spec


class Assistance(Spec):
    """Help for people of some profiles of a population.

    Parameters
    ----------
    profiles
        Profiles whose people need help.
    share
        Share of them who do; the others manage alone.
    helpers
        Helpers that each needs.
    by
        Populations whose people help: carers, staff, or anybody. Only people without need and without a charge
        help.
    speed
        At which the helped person and the helpers move.
    reach
        Helpers come from as far as this, m in a straight line.
    """

    profiles: Texts = ("wheelchair_user",)
    share: Share = 1.0
    helpers: Annotated[Count, limits(low=1, high=8)] = 1
    by: Texts
    speed: Annotated[MetresPerSecond, limits(low=0.1, high=3.0)] = 0.78
    reach: Annotated[Metres, limits(above=0.0, high=5000.0)] = 200.0

    def references(self) -> list[tuple[str, str, str]]:
        """Return the profiles and populations it names."""
        named = [(f"profiles.{i}", "profiles", name) for i, name in enumerate(self.profiles)]
        return named + [(f"by.{i}", "populations", name) for i, name in enumerate(self.by)]

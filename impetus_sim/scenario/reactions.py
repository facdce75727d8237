"""How people react to a threat they have seen or heard: flight, freezing, hiding, following.

Caution. Mass flight, freezing and hiding are all reported after attacks, but their shares are hardly measured
and differ by event. Flight is the rule and helping is common (Drury, Cocking and Reicher 2009; Johnson 1988);
freezing is reported for a minority (Leach 2004, Aviation, Space and Environmental Medicine 75: 10 to 15 % of
survivors' accounts tell of people frozen or confused). Shares and times here are assumptions to be varied,
never a forecast.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from impetus_sim.scenario.distributions import ConstantTime, LognormalTime, TimeDistribution
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.quantities import FixedNumber, Metres, Share, limits
from impetus_sim.scenario.spec import Spec, refuse


class Reactions(Spec):
    """Shares of a population by reaction; they sum to 1.

    Parameters
    ----------
    flight
        Make for an exit, away from where they believe the threat is.
    freeze
        Stand still for a while, then flee.
    hide
        Go to the nearest of `crowd.hiding_places` and stay there for a while.
    follow
        Go where the nearest leaving person in sight goes; alone they flee.
    freeze_for, hide_for
        How long, per person.
    """

    flight: Share = 1.0
    freeze: Share = 0.0
    hide: Share = 0.0
    follow: Share = 0.0
    freeze_for: TimeDistribution = Field(default_factory=lambda: LognormalTime(median=15.0, sigma=0.8))
    hide_for: TimeDistribution = Field(default_factory=lambda: ConstantTime(value=1800.0))

    @model_validator(mode="after")
    def _check(self) -> Reactions:
        shares = (self.flight, self.freeze, self.hide, self.follow)
        low, high = sum(lowest(s) for s in shares), sum(highest(s) for s in shares)
        if high < 1.0 - 1e-6 or low > 1.0 + 1e-6:
            refuse(f"the shares sum to {high:g}, not to 1", allowed="flight + freeze + hide + follow = 1")
        return self


class ThreatPerception(Spec):
    """What people know of a threat: a believed place, exact where they see it, off where they only hear it.

    With this section people turn away from where they believe a threat is; without it, from where it is.

    Parameters
    ----------
    seen_within
        Whoever is within this distance with free sight sees the place, m.
    hearing_error
        Standard deviation of the believed place along each axis, as a share of the distance; a gunshot between
        buildings echoes, so that its direction is often mistaken (assumption; free-field hearing errs by a few
        degrees).
    avoid_within, strength
        People turn away within this distance of the believed place, m, with this pull relative to that of their
        goal.
    run_factor
        Those who flee a threat walk faster by this factor where there is room (assumption; sprinting is left out).
    follow_within
        Those who follow look for others within this distance, m.
    """

    seen_within: Annotated[Metres, limits(high=1000.0)] = 40.0
    hearing_error: Share = 0.25
    avoid_within: Annotated[Metres, limits(above=0.0, high=1000.0)] = 50.0
    strength: Annotated[FixedNumber, limits(low=0.0, high=100.0)] = 1.5
    run_factor: Annotated[FixedNumber, limits(low=1.0, high=3.0)] = 1.3
    follow_within: Annotated[Metres, limits(above=0.0, high=100.0)] = 15.0

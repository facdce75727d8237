"""How people choose among exits: the `crowd.exit_choice` section."""

from __future__ import annotations

from typing import Annotated

from impetus_sim.scenario.quantities import FixedNumber, FixedSeconds, Metres, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec


class Herding(Spec):
    """People prefer the exit that others in sight make for.

    Sources: Lovreglio, Fonzone and dell'Olio (2016), Transportation Research Part A 92: others' choices enter
    exit choice with either sign, by person and situation; Kinateder et al. (2014), Fire Safety Journal 67. The
    worth is an assumption.

    Parameters
    ----------
    worth
        s taken off the time through an exit that everybody in sight makes for; with n people in sight of
        whom k make for it, worth x k / (n + 1).
    radius
        Who is within this distance, in free sight, counts, m.
    """

    worth: Annotated[Seconds, limits(high=600.0)] = 20.0
    radius: Annotated[Metres, limits(above=0.0, high=100.0)] = 15.0


class ExitChoice(Spec):
    """How people choose among exits.

    Parameters
    ----------
    reconsider_every
        Time between two looks at the other exits, s; a whole number of crowd steps.
    capacity
        People per second and metre of width that they expect a door to let through; 1.3 is the handbook value
        (SFPE: 1.32).
    taste
        Scale of personal taste between exits, s (Gumbel; 0: everybody takes the fastest).
    gain, gain_share
        An exit chosen before is changed only for a gain of at least this many seconds and this share.
    threat_penalty
        Seconds that a threat right on the way adds.
    known_worth
        Seconds for which somebody who does not know the exits keeps to the one they came in by.
    herding
        Whether, and how far, people go where others go; not when left out.
    """

    reconsider_every: Annotated[FixedSeconds, limits(above=0.0)] = 5.0
    capacity: Annotated[FixedNumber, limits(low=0.1, high=10.0)] = 1.3
    taste: Annotated[Seconds, limits(high=600.0)] = 4.0
    gain: Annotated[Seconds, limits(high=600.0)] = 5.0
    gain_share: Share = 0.2
    threat_penalty: Annotated[Seconds, limits(high=3600.0)] = 120.0
    known_worth: Annotated[Seconds, limits(high=3600.0)] = 30.0
    herding: Herding | None = None

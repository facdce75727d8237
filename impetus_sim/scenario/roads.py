"""Which streets for vehicles a part of a scenario is about."""

from __future__ import annotations

from impetus_sim.scenario.places import Place
from impetus_sim.scenario.spec import Spec


class OnRoads(Spec):
    """Streets of the drive network (the scenario needs the section `traffic`).

    Parameters
    ----------
    at
        An area: every street that touches it; a street by its name or id: all of it; a line across streets:
        those that it crosses; a point: the street nearest to it.
    towards
        Only the directions that end nearer to this place than they begin; both when left out.
    """

    at: Place
    towards: Place | None = None


class AtSignals(Spec):
    """Junctions with signals (the scenario needs the section `traffic`).

    Parameters
    ----------
    at
        An area: every signal in it; anything else: the signal nearest to it.
    """

    at: Place

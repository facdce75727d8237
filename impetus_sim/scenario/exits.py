"""Which ground is simulated, and across which lines people leave it."""

from __future__ import annotations

from typing import Annotated

from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import FixedMetres, Metres, limits
from impetus_sim.scenario.spec import Spec


class Focus(Spec):
    """The part of the walkable ground that is simulated in two dimensions.

    Parameters
    ----------
    at
        An area, or the centre when `radius` is given.
    radius
        Everything within this distance of `at`, m.
    """

    at: Place
    radius: Annotated[FixedMetres, limits(above=0.0, high=5000.0)] | None = None


class StreetExits(Spec):
    """An exit wherever the focus border cuts walkable ground, named by the street.

    Parameters
    ----------
    min_width
        Narrower cuts are closed, m.
    """

    min_width: Annotated[FixedMetres, limits(high=100.0)] = 2.0


class Exit(Spec):
    """A line across which people leave.

    Parameters
    ----------
    at
        A line, an area, or a point (then `width` says how far it reaches).
    width
        m; the place's own width when left out.
    open
        Whether it is open at the start; interventions change that.
    """

    at: Place
    width: Annotated[Metres, limits(low=0.3, high=1000.0)] | None = None
    open: bool = True

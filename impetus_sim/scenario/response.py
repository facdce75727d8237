"""The `response` section: who is there to act."""

from __future__ import annotations

from typing import Annotated

from impetus_sim.scenario.quantities import Count, limits
from impetus_sim.scenario.spec import Spec


class Response(Spec):
    """Who is there to act.

    Parameters
    ----------
    stewards
        Staff who carry out interventions.
    """

    stewards: Annotated[Count, limits(high=10_000)] = 0

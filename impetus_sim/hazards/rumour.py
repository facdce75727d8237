"""A rumour: a false belief that goes from mouth to mouth, and makes those who believe it leave.

Model of Maki and Thompson (1973), Mathematical Models and Applications, after Daley and Kendall (1964), Nature
204:1118: who spreads a rumour tells somebody near by at a rate; who hears it for the first time and believes it
spreads it too; who tells somebody who knows it already falls silent (with a chance, 1 in the model). Among people
who all meet alike 0.2032 of them never hear it. Who believes follows from `crowd.information` (channel
``rumour``) where the scenario has it, and from a share otherwise. Rates and distances are chosen: none have been
measured in crowds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.kernels.philox import fill_uniforms
from impetus_sim.registry import register
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.quantities import Metres, PerSecond, Share, limits
from impetus_sim.world.context import PartContext

TALK_EVERY_S = 1.0
TALKS, TO_WHOM, FALLS_SILENT = range(3)
"""Columns of a spreader's uniforms of a second."""


class RumourSpec(HazardSpec):
    """A rumour.

    Parameters
    ----------
    begins_within, begins_share
        Distance in metres, and the share of people there who are the first to hear it.
    believed_share
        Of those who hear it, where the scenario has no ``crowd.information``.
    rate
        At which who spreads it tells somebody, per second.
    talk_within
        How far apart the two are at most, m.
    silent_share
        Chance that who tells somebody who knows falls silent.
    delay_factor
        Multiplies pre-movement times of those who believe.
    """

    begins_within: Annotated[Metres, limits(above=0.0, high=2000.0)] = 5.0
    begins_share: Share = 0.5
    believed_share: Share = 0.7
    rate: Annotated[PerSecond, limits(above=0.0, high=5.0)] = 0.1
    talk_within: Annotated[Metres, limits(above=0.0, high=100.0)] = 2.0
    silent_share: Share = 1.0
    delay_factor: Share = 0.7

    def message(self) -> Message:
        """Return what it is to people: a rumour of a threat."""
        return Message(source="rumour", is_threat=True)


@register("hazards", "rumour")
class Rumour(Hazard):
    """Begins once; how it goes on is a matter of people (`impetus_sim.engine.couplings.rumours`)."""

    Spec = RumourSpec
    reported_as = "gunshot"
    is_real = False

    def __init__(self, name: str, spec: RumourSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._rumours = context.world.need_rumours()
        self.key = context.stream_key(f"hazards.{name}")
        """Of the draws of who hears and tells it."""

    def times_s(self) -> Sequence[float]:
        """Return the one moment."""
        return [self.spec.start]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Begin."""
        del n
        event = self.log("rumour", causes)
        self._rumours.rumours.append(
            {
                "tick": self.world.tick,
                "key": self.name.encode(),
                "x": self.place.x,
                "y": self.place.y,
                "event": event,
                "is_begun": 0,
            }
        )
        return event


def find_talks(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    ids: npt.NDArray[np.uint64],
    spreaders: npt.NDArray[np.intp],
    *,
    key: npt.NDArray[np.uint32],
    second: int,
    rate: float,
    talk_within_m: float,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return who tells a rumour to whom in one second.

    Parameters
    ----------
    x, y, ids
        Places and stable ids of everybody, shape (n,).
    spreaders
        Indices of those who spread it, ascending.
    key, second
        Of the draws.
    rate, talk_within_m
        As in `RumourSpec`.

    Returns
    -------
    Indices of those who tell, of those whom they tell, and the uniforms of falling silent, each of shape (talks,).
    """
    draws = np.empty((len(spreaders), 4))
    fill_uniforms(key, np.ascontiguousarray(ids[spreaders]), second, 0, draws)
    is_talking = draws[:, TALKS] < -np.expm1(-rate * TALK_EVERY_S)
    talkers, draws = spreaders[is_talking], draws[is_talking]
    if not len(talkers):
        return talkers, talkers, draws[:, FALLS_SILENT]
    places = np.column_stack([x, y])
    near = cKDTree(places).query_ball_point(places[talkers], talk_within_m, return_sorted=True)
    told = np.full(len(talkers), -1, np.intp)
    for k, others in enumerate(near):
        heard = [i for i in others if i != talkers[k]]
        if heard:
            told[k] = heard[min(int(draws[k, TO_WHOM] * len(heard)), len(heard) - 1)]
    has_met = told >= 0
    return talkers[has_met], told[has_met], draws[has_met, FALLS_SILENT]

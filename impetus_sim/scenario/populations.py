"""Populations of the `crowd` section: who is there, from when on, and what they know."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.assistance import Assistance
from impetus_sim.scenario.distributions import NoTime, TimeDistribution
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.groups import Groups
from impetus_sim.scenario.links import NetworkTrip
from impetus_sim.scenario.messages import Trust
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Number, Seconds, Share, limits
from impetus_sim.scenario.reactions import Reactions
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse
from impetus_sim.scenario.stages import JourneyLegs


class Arrivals(Spec):
    """People who come in over time through an exit and walk to their population's place.

    Parameters
    ----------
    through
        Name of the exit.
    start, end
        Arrival times are uniform between them, s from the start of the run.
    """

    through: str
    start: Seconds = 0.0
    end: Seconds

    @model_validator(mode="after")
    def _check(self) -> Arrivals:
        if highest(self.start) > lowest(self.end):
            refuse(f"end is before start ({highest(self.start):g} s)", key="end")
        return self

    def references(self) -> list[tuple[str, str, str]]:
        """Return the exit through which they come."""
        return [("through", "exits", self.through)]


def _shares(raw: Any) -> Any:
    return {str(raw): 1.0} if isinstance(raw, str) else raw


class Population(Spec):
    """People who share a place, a mix of profiles and a purpose.

    Parameters
    ----------
    count
        How many.
    at
        The area where they are, or to which they walk when they `arrive`.
    profiles
        Share of each profile; the shares sum to 1.
    premovement
        Time from knowing to moving, drawn per person.
    activity
        ``stay`` until alarmed, or ``leave`` from the start (after the pre-movement time).
    arrive
        Come in over time instead of being there at the start.
    exits
        Names of the exits they may use; empty for all.
    familiar
        Exit to the odds at which it is preferred, other things equal; 1 for exits not named.
    knows_exits, came_by
        Share of the people who know all exits; the others prefer the one they came in by, drawn from the shares
        in `came_by` (or the one they `arrive` through).
    groups
        Families and friends who stay together.
    assistance
        Help for those who cannot leave alone.
    reactions
        To a threat; needs `crowd.threat_perception`.
    trust
        In messages by channel; needs `crowd.information`.
    network
        Start on the walk network (with `crowd.links`) instead of on the simulated ground.
    in_vehicles
        They sit in cars at the start, and step out where those are left on the simulated ground
        (`traffic.abandonment`); `at` may be any place on it.
    journey
        Stages to go through one after the other, then `activity`: leave, or stay (at the end of the journey, or
        `at` for people who `arrive`). An alarm breaks the journey off.
    """

    count: Count
    at: Place
    profiles: Annotated[Entries[Share], BeforeValidator(_shares)] = Field(
        default_factory=lambda: Named({"adult": 1.0})
    )
    premovement: TimeDistribution = Field(default_factory=NoTime)
    activity: Literal["stay", "leave"] = "stay"
    arrive: Arrivals | None = None
    exits: Texts = ()
    familiar: Entries[Annotated[Number, limits(low=0.0, above=0.0, high=1e6)]] = Field(default_factory=Named)
    knows_exits: Share = 1.0
    came_by: Entries[Share] = Field(default_factory=Named)
    groups: Groups | None = None
    assistance: Assistance | None = None
    reactions: Reactions | None = None
    trust: Trust = Field(default_factory=Named)
    journey: JourneyLegs = ()
    network: NetworkTrip | None = None
    in_vehicles: bool = False

    @model_validator(mode="after")
    def _check_knowledge(self) -> Population:
        if lowest(self.knows_exits) < 1.0 and not self.came_by and self.arrive is None:
            refuse(
                "those who do not know the exits need one they came in by",
                key="came_by",
                allowed="shares by exit, or arrive",
            )
        return self

    @model_validator(mode="after")
    def _check_network(self) -> Population:
        if self.network is not None and self.arrive is not None:
            refuse("people come over the network or through an exit, not both", key="network")
        return self

    @model_validator(mode="after")
    def _check_vehicles(self) -> Population:
        if self.in_vehicles and (self.network is not None or self.arrive is not None):
            refuse("people sit in vehicles, or come on foot, not both", key="in_vehicles")
        if self.in_vehicles and (self.activity != "leave" or self.journey):
            refuse("people who step out of cars leave the area", key="in_vehicles", allowed="activity: leave")
        return self

    def references(self) -> list[tuple[str, str, str]]:
        """Return the profiles and exits it names."""
        named = [(f"profiles.{name}", "profiles", name) for name in self.profiles]
        named += [(f"exits.{i}", "exits", name) for i, name in enumerate(self.exits)]
        named += [(f"familiar.{name}", "exits", name) for name in self.familiar]
        named += [
            (f"journey.{i}", "stages", name) for i, leg in enumerate(self.journey) for name in leg.among
        ]
        return named + [(f"came_by.{name}", "exits", name) for name in self.came_by]

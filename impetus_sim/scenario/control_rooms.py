"""Control rooms of a scenario: who watches, for what, how long each piece of work takes, and whom they tell."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.distributions import LognormalTime, TimeDistribution
from impetus_sim.scenario.names import AlertKinds, Texts
from impetus_sim.scenario.quantities import Count, FixedMetres, FixedSeconds, Number, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec, none_is_empty, refuse


def _about(median_s: float) -> LognormalTime:
    return LognormalTime(median=median_s, sigma=0.5)


class ServiceTimes(Spec):
    """How long a rested operator of usual skill takes. All are chosen values, to be set from a room's own log.

    Parameters
    ----------
    collect
        To look at an alert or take a call, and judge whether it is true.
    analyse
        To find out what a confirmed incident needs, and decide.
    respond
        To get the response under way.
    step
        To carry out one step of a playbook.
    evaluate
        To look again at how an incident develops.
    """

    collect: TimeDistribution = Field(default_factory=lambda: _about(45.0))
    analyse: TimeDistribution = Field(default_factory=lambda: _about(90.0))
    respond: TimeDistribution = Field(default_factory=lambda: _about(60.0))
    step: TimeDistribution = Field(default_factory=lambda: _about(20.0))
    evaluate: TimeDistribution = Field(default_factory=lambda: _about(30.0))


class Messages(Spec):
    """How one organisation tells another of an incident. Chosen values.

    Parameters
    ----------
    takes
        From sending to being understood.
    loss
        Share that does not get through although the lines are up.
    attempts, again_after
        How often it is tried, and time from one try to the next, s.
    """

    takes: TimeDistribution = Field(default_factory=lambda: _about(30.0))
    loss: Share = 0.02
    attempts: Annotated[Count, limits(low=1, high=100)] = 2
    again_after: Seconds = 60.0


class ControlRoom(Spec):
    """The control room of an organisation.

    Parameters
    ----------
    operators
        People at work.
    handles
        Kinds of alerts that come to this room, such as ``gunshot``.
    service_times
        How long pieces of work take.
    skill_spread
        Standard deviation of ln(skill) between operators: who is better is faster and errs less. A chosen value.
    awake
        How long operators have been awake at the start, s.
    fatigue, vigilance
        Whether hours awake, and a watch without work, make them worse.
    overload
        By how much of itself work slows, and judgement worsens, for each piece of work that waits beyond one for
        each operator. A chosen value.
    slowest
        What waits never slows work by more than this factor. A chosen value.
    miss, false
        Shares of single true alerts that a rested operator takes for false, and of single false ones for true.
        Chosen values.
    join_radius, join_time
        An alert of an incident's kind is put to it within this distance and time. Chosen values.
    evaluate_every, close_after
        Time between two looks at an incident under way, and time without an alert after which it is closed, s.
    tells
        Rooms that hear of every incident confirmed here.
    messages
        How they hear of it.
    acts_for
        Organisations without a room of their own whose steps of playbooks are carried out here.
    omission
        Share of steps that an operator forgets: 0.003 for one item of a written list (THERP, NUREG/CR-1278, 1983).
    asset
        Asset without which the room neither sends nor hears, an id or a kind. When left out: where there is
        infrastructure, the first police station or fire station for rooms called so, else the telecom core.
    """

    operators: Annotated[Count, limits(low=1, high=1000)] = 2
    handles: AlertKinds = ()
    service_times: Annotated[ServiceTimes, BeforeValidator(none_is_empty)] = Field(
        default_factory=ServiceTimes
    )
    skill_spread: Annotated[Number, limits(high=1.0)] = 0.2
    awake: Seconds = 14_400.0
    fatigue: bool = True
    vigilance: bool = True
    overload: Annotated[Number, limits(high=10.0)] = 0.05
    slowest: Annotated[Number, limits(low=1.0, high=100.0)] = 2.0
    miss: Annotated[Share, limits(high=0.5)] = 0.05
    false: Annotated[Share, limits(high=0.5)] = 0.1
    join_radius: Annotated[FixedMetres, limits(above=0.0)] = 150.0
    join_time: Annotated[FixedSeconds, limits(above=0.0)] = 900.0
    evaluate_every: Annotated[FixedSeconds, limits(above=0.0)] = 300.0
    close_after: Annotated[FixedSeconds, limits(above=0.0)] = 1800.0
    tells: Texts = ()
    messages: Annotated[Messages, BeforeValidator(none_is_empty)] = Field(default_factory=Messages)
    acts_for: Texts = ()
    omission: Share = 0.003
    asset: str | None = None

    @model_validator(mode="after")
    def _check_lists(self) -> ControlRoom:
        for key in ("handles", "tells", "acts_for"):
            names = getattr(self, key)
            if len(set(names)) < len(names):
                refuse("a name stands twice", key=key)
        return self

    def references(self) -> list[tuple[str, str, str]]:
        """Return the rooms it tells."""
        return [("tells", "control_rooms", name) for name in self.tells]


class EmergencyCalls(Spec):
    """Calls for help of people who noticed a threat.

    Parameters
    ----------
    share
        Share of those who call. A chosen value: most see that others do, or flee.
    after
        Time from noticing to being on the line, per person. A chosen value.
    tries, again_after
        How often somebody tries where the network does not take the call, and time between two tries, s.
    """

    share: Share = 0.05
    after: TimeDistribution = Field(default_factory=lambda: LognormalTime(median=60.0, sigma=0.8))
    tries: Annotated[Count, limits(low=1, high=100)] = 3
    again_after: Annotated[Seconds, limits(above=0.0)] = 20.0

"""The `crowd` section: who is there, where they are, how they decide, and where they can leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario import parameter_sets
from impetus_sim.scenario import profiles as profile_table
from impetus_sim.scenario.assistance import Assistance
from impetus_sim.scenario.distributions import NoTime, TimeDistribution
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.gates import Gate
from impetus_sim.scenario.groups import Groups
from impetus_sim.scenario.harm import Harm, harm_section
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.links import Links, NetworkTrip
from impetus_sim.scenario.messages import Contagion, Information, Trust
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.profiles import Profile
from impetus_sim.scenario.quantities import (
    Count,
    FixedMetres,
    FixedNumber,
    FixedSeconds,
    Metres,
    Number,
    Seconds,
    Share,
    limits,
)
from impetus_sim.scenario.reactions import Reactions, ThreatPerception
from impetus_sim.scenario.slopes import SlopeKind
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse
from impetus_sim.scenario.stages import JourneyLegs, StageKind
from impetus_sim.scenario.storeys import ConnectionKind, Storey
from impetus_sim.scenario.stuck import Stuck, stuck_section


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

    @model_validator(mode="after")
    def _check_knowledge(self) -> Population:
        if lowest(self.knows_exits) < 1.0 and not self.came_by and self.arrive is None:
            refuse(
                "those who do not know the exits need one they came in by",
                key="came_by",
                allowed="shares by exit, or arrive",
            )
        return self

    network: NetworkTrip | None = None

    @model_validator(mode="after")
    def _check_network(self) -> Population:
        if self.network is not None and self.arrive is not None:
            refuse("people come over the network or through an exit, not both", key="network")
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


def _default_model() -> Any:
    return {"kind": "collision_free_speed"}  # validated like any value, so the part is looked up late


def _street_exits(raw: Any) -> Any:
    if raw is True:
        return {}
    return None if raw is False else raw


class Crowd(Spec):
    """People on foot.

    Parameters
    ----------
    parameters
        The set that gives `step`, `model`, `door_capacity`, `beyond_exits`, `ground_cell` and the built-in
        profiles where they are not said: ``design`` or ``laboratory``, see
        `impetus_sim.scenario.parameter_sets`.
    step
        Time step of the walking model, s; a whole number of ticks.
    model
        Walking model; see the family ``walking_models``.
    focus
        Ground that is simulated; all walkable ground when left out.
    street_exits
        Exits where streets leave the focus; none when left out.
    exits, profiles, populations
        By name. After validation `profiles` holds the built-in ones too, each complete.
    slopes
        Stairs and ramps by name.
    storeys, connections
        Levels, each with its plan, and what joins them, by name.
    gates
        Gates, fences and barriers inside the ground, by name: walls while they are closed.
    stages
        Way-points, waiting areas and queues by name, for the journeys of populations.
    stuck
        When people who get nowhere are reported and look for another way; not watched when left out.
    exit_choice
        How exits are chosen.
    door_capacity
        The most people per second and metre of width that an exit lets through; 1.3 is the handbooks' value
        for design (SFPE 1.32, IMO 1.33). A high value, such as 10, leaves it to the walking model.
    beyond_exits
        How long people who have left still stand in the way of those behind, s; in 1.5 s a walking adult is
        2 m away, farther than anybody reacts to.
    harm
        What density, pressure and gases do to people; not followed when left out.
    untangle_after
        Whoever wants to walk and is still in the same place after this time tries another direction for a second,
        s; 0 for never.
    wall_clearance
        How near to a wall people's centres come, as a share of their radius: less than 1 for shoulders that turn.
    ground_cell
        Cell of the grid on which ways are found, m; passages narrower than about three cells may count as closed.
    information
        How messages are believed; without it everybody who notices one acts on it.
    contagion
        Alarm by seeing others run; none when left out.
    threat_perception
        What people know of a threat; when left out everybody knows its place.
    hiding_places
        Areas to which those who hide go, by name.
    links
        The rest of the city, walked link by link; not there when left out.
    """

    parameters: parameter_sets.SetName = "design"
    step: Annotated[FixedSeconds, limits(low=0.001, high=10.0)] = 0.05
    model: Annotated[Spec, OneOf("walking_models")] = Field(default_factory=_default_model)
    focus: Focus | None = None
    street_exits: Annotated[StreetExits | None, BeforeValidator(_street_exits)] = None
    exits: Entries[Exit] = Field(default_factory=Named)
    profiles: Entries[Profile] = Field(default_factory=Named)
    populations: Entries[Population] = Field(default_factory=Named)
    slopes: Entries[SlopeKind] = Field(default_factory=Named)
    storeys: Entries[Storey] = Field(default_factory=Named)
    connections: Entries[ConnectionKind] = Field(default_factory=Named)
    gates: Entries[Gate] = Field(default_factory=Named)
    stages: Entries[StageKind] = Field(default_factory=Named)
    stuck: Annotated[Stuck | None, BeforeValidator(stuck_section)] = None
    exit_choice: ExitChoice = Field(default_factory=ExitChoice)
    door_capacity: Annotated[FixedNumber, limits(low=0.1, high=100.0)] = 1.3
    beyond_exits: Annotated[FixedSeconds, limits(high=60.0)] = 1.5
    harm: Annotated[Harm | None, BeforeValidator(harm_section)] = None
    untangle_after: Annotated[FixedSeconds, limits(high=3600.0)] = 5.0
    wall_clearance: Annotated[FixedNumber, limits(low=0.2, high=1.0)] = 1.0
    ground_cell: Annotated[FixedMetres, limits(low=0.05, high=1.0)] = 0.25
    links: Links | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, raw: Any) -> Any:
        return parameter_sets.fill_in(raw) if isinstance(raw, Mapping) else raw

    information: Information | None = None
    contagion: Contagion | None = None
    threat_perception: ThreatPerception | None = None
    hiding_places: Entries[Place] = Field(default_factory=Named)

    @model_validator(mode="after")
    def _check_behaviour(self) -> Crowd:
        for name, population in self.populations.items():
            at = f"populations.{name}"
            reactions = population.reactions
            if reactions is not None and self.threat_perception is None:
                refuse(
                    "reactions need crowd.threat_perception", key=f"{at}.reactions", allowed="that section"
                )
            if reactions is not None and highest(reactions.hide) > 0.0 and not self.hiding_places:
                refuse("there is nowhere to hide", key=f"{at}.reactions.hide", allowed="0, or hiding_places")
            if population.trust and self.information is None:
                refuse("trust needs crowd.information", key=f"{at}.trust", allowed="that section")
            if population.familiar and highest(self.exit_choice.taste) == 0.0:
                refuse(
                    "odds of exits need a personal taste",
                    key="exit_choice.taste",
                    allowed="above 0: the scale at which a time is traded for a familiar exit",
                )
        return self

    @model_validator(mode="after")
    def _check_storeys(self) -> Crowd:
        own = [name for name, storey in self.storeys.items() if storey.map is None]
        if self.storeys and len(own) != 1:
            given = " and ".join(f"'{name}'" for name in own) or "no storey"
            refuse(
                f"{given} without a map of its own",
                key="storeys",
                allowed="one storey without map: it is the scenario's map",
            )
        if self.connections and not self.storeys:
            refuse("connections without storeys", key="connections", allowed="together with crowd.storeys")
        return self

    @model_validator(mode="after")
    def _complete_profiles(self) -> Crowd:
        complete = profile_table.resolve(self.profiles, parameter_sets.SETS[self.parameters].profiles)
        self.__dict__["profiles"] = Named(sorted(complete.items()))
        return self

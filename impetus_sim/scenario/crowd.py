"""The `crowd` section: its keys, and what must hold between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario import parameter_sets
from impetus_sim.scenario import profiles as profile_table
from impetus_sim.scenario.draw import highest
from impetus_sim.scenario.exit_choice import ExitChoice
from impetus_sim.scenario.exits import Exit, Focus, StreetExits
from impetus_sim.scenario.gates import Gate
from impetus_sim.scenario.harm import Harm, harm_section
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.links import Links
from impetus_sim.scenario.messages import Contagion, Information
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.populations import Population
from impetus_sim.scenario.profiles import Profile
from impetus_sim.scenario.quantities import FixedMetres, FixedNumber, FixedSeconds, limits
from impetus_sim.scenario.reactions import ThreatPerception
from impetus_sim.scenario.slopes import SlopeKind
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse
from impetus_sim.scenario.stages import StageKind
from impetus_sim.scenario.storeys import ConnectionKind, Storey
from impetus_sim.scenario.stuck import Stuck, stuck_section


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
    ways_around
        How often ways are laid anew around the crowd as it stands, s, a whole number of crowd steps; 0: never,
        people take the shortest way.
    untangle_after
        Whoever wants to walk and is still in the same place after this time tries another direction for a second,
        and within 1 m of an exit turns sideways until they get on, s; 0 for never.
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
    ways_around: Annotated[FixedSeconds, limits(high=60.0)] = 0.0
    untangle_after: Annotated[FixedSeconds, limits(high=3600.0)] = 5.0
    wall_clearance: Annotated[FixedNumber, limits(low=0.2, high=1.0)] = 1.0
    ground_cell: Annotated[FixedMetres, limits(low=0.05, high=1.0)] = 0.25
    links: Links | None = None
    information: Information | None = None
    contagion: Contagion | None = None
    threat_perception: ThreatPerception | None = None
    hiding_places: Entries[Place] = Field(default_factory=Named)

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, raw: Any) -> Any:
        return parameter_sets.fill_in(raw) if isinstance(raw, Mapping) else raw

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

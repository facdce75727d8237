"""Which streets for vehicles a part of a scenario is about."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.spec import Spec, refuse


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


class AtTurns(Spec):
    """Turns at junctions (the scenario needs the section `traffic`).

    Parameters
    ----------
    at
        An area: every junction in it; anything else: the junction nearest to it.
    turns
        ``left``, ``right``, ``straight``, ``u_turn``, or ``all``, as they are drawn on the map.
    from_street, to_street
        Only turns from streets at this place, and only into streets at that; any when left out.
    """

    at: Place
    turns: Literal["left", "right", "straight", "u_turn", "all"] = "all"
    from_street: Place | None = None
    to_street: Place | None = None

    @model_validator(mode="after")
    def _check_turns(self) -> AtTurns:
        if self.turns == "all" and self.from_street is None and self.to_street is None:
            refuse(
                "every turn at a junction: nobody could pass it",
                allowed="turns, from_street or to_street; a road_closure closes a street",
            )
        return self


class IntoArea(Spec):
    """Ways into an area for vehicles (the scenario needs the section `traffic`).

    Parameters
    ----------
    at
        The area.
    allowed
        Classes that may enter all the same: ``truck``, ``bus``, ``emergency``; emergency vehicles of
        `traffic.emergency` always may.
    residents
        Whether those whose trip ends inside may.
    """

    at: Place
    allowed: Annotated[tuple[Literal["truck", "bus", "emergency"], ...], BeforeValidator(listed)] = (
        "bus",
        "emergency",
    )
    residents: bool = True

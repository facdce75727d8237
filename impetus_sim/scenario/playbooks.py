"""Playbooks: what is to be done when an incident of a kind is confirmed, by whom, how soon, and who says so."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from impetus_sim.scenario.names import AlertKinds, Texts
from impetus_sim.scenario.quantities import Count, FixedNumber, Seconds, limits
from impetus_sim.scenario.spec import Entries, Spec, none_is_empty, refuse

Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
UnitKind = Literal["police", "fire", "ambulance", "road_crew", "grid_crew"]


class Trigger(Spec):
    """What starts a playbook.

    Parameters
    ----------
    incident
        Kinds of incidents, such as ``gunshot``.
    confirmed
        Whether operators must have confirmed and analysed it; else it starts when an incident is opened.
    score
        Highest score of its alerts, at least; in the detector's own measure.
    """

    incident: Annotated[AlertKinds, Field(min_length=1)]
    confirmed: bool = True
    score: FixedNumber = 0.0


class UnitRequest(Spec):
    """Units that a step asks for.

    Parameters
    ----------
    unit
        Kind of unit.
    n
        How many.
    priority
        0 is the most urgent.
    """

    unit: UnitKind
    n: Annotated[Count, limits(low=1, high=1000)] = 1
    priority: Annotated[Count, limits(high=9)] = 0


class Step(Spec):
    """A step of a playbook.

    Parameters
    ----------
    owner
        The organisation that carries it out: a control room, or one that a room acts for. The playbook's when left
        out.
    after
        Planned time, s: from the decision to start the playbook, or from the end of the step it follows.
    follows
        Step that must be done before.
    order
        Interventions of the scenario with ``by_playbook: true``: their names, or kinds for all of a kind.
    request
        Units, by names of your own.
    tell
        Rooms that are told of the incident.
    note
        What is done, in words; a step may be words only, such as declaring a major incident.
    source
        Document and year, where not that of the playbook.
    """

    owner: str | None = None
    after: Seconds = 0.0
    follows: str | None = None
    order: Texts = ()
    request: Entries[UnitRequest] = Field(default_factory=dict)
    tell: Texts = ()
    note: Words | None = None
    source: Words | None = None

    @model_validator(mode="after")
    def _check_acts(self) -> Step:
        if not (self.order or self.request or self.tell or self.note):
            refuse("nothing is done", allowed="order, request, tell or note")
        return self


class Playbook(Spec):
    """What is to be done.

    Parameters
    ----------
    title
        For tables and briefs.
    source
        The guidance it follows: document and year.
    trigger
        What starts it.
    owner
        The organisation of steps that name none.
    steps
        By name.
    """

    title: Words
    source: Words
    trigger: Trigger
    owner: str
    steps: Annotated[Entries[Step], BeforeValidator(none_is_empty), Field(min_length=1)]

    def owner_of(self, step: str) -> str:
        """Return the organisation that carries out a step."""
        return self.steps[step].owner or self.owner

"""Stages of journeys: way-points, waiting areas, queues with service; and the legs of a journey.

A journey is a list of legs. A leg names a stage, or several with shares, or several of which the least crowded
is taken: ``journey: [forecourt, {left_lane: 0.6, right_lane: 0.4}, [gate_a, gate_b], hall]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.distributions import ConstantTime, NoTime, TimeDistribution
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, FixedMetres, Seconds, Share, limits
from impetus_sim.scenario.spec import Entries, Spec, refuse

_SHARE_TOLERANCE = 1e-6
MAX_SERVERS = 200


class Stage(Spec):
    """Base of the kinds of stages."""


class WayPoint(Stage):
    """A place to pass.

    Parameters
    ----------
    at
        An area, a line or a point.
    distance
        Whoever is this near to a line or point has passed it, m; of an area only its inside counts.
    """

    kind: ClassVar[str] = "way_point"
    at: Place
    distance: Annotated[FixedMetres, limits(low=0.25, high=100.0)] = 1.0


def _until(raw: Any) -> Any:
    return raw if raw is None or isinstance(raw, (Mapping, Until)) else {"time": raw}


class Until(Spec):
    """A moment or an event that ends waiting: exactly one of these.

    Parameters
    ----------
    time
        s from the start of the run.
    exit, gate
        When this exit or gate is open.
    hazard, intervention
        When this hazard has begun, or this intervention has been ordered.
    """

    time: Seconds | None = None
    exit: str | None = None
    gate: str | None = None
    hazard: str | None = None
    intervention: str | None = None

    @model_validator(mode="after")
    def _check_one(self) -> Until:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            refuse(
                "nothing to wait for" if not given else f"{' and '.join(given)} are given",
                allowed=f"one of {', '.join(type(self).model_fields)}",
            )
        return self

    def references(self) -> list[tuple[str, str, str]]:
        """Return the entry that is waited for."""
        keys = ("exit", "gate", "hazard", "intervention")
        named = {key: getattr(self, key) for key in keys}
        return [(key, f"{key}s", name) for key, name in named.items() if name is not None]


class WaitingArea(Stage):
    """An area where each person walks to a free spot and waits.

    With both `wait` and `until` people go on when both are over.

    Parameters
    ----------
    at
        The area; a line reaches 2 m, a point 5 m.
    wait
        How long, counted from when a person stands; drawn per person.
    until
        A time, or ``{exit: NAME}``, ``{gate: NAME}``, ``{hazard: NAME}``, ``{intervention: NAME}``.
    reaction
        Time from the end of waiting to walking on, drawn per person.
    """

    kind: ClassVar[str] = "waiting_area"
    at: Place
    wait: TimeDistribution | None = None
    until: Annotated[Until | None, BeforeValidator(_until)] = None
    reaction: TimeDistribution = Field(default_factory=NoTime)

    @model_validator(mode="after")
    def _check_end(self) -> WaitingArea:
        if self.wait is None and self.until is None:
            refuse("the waiting has no end", key="wait", allowed="wait, until, or both")
        return self


class Queue(Stage):
    """A line in front of one or more servers: a security check, ticket gates, a desk.

    People come in at the tail, stand at places along the line, and are served first come, first served. When the
    line is full, those who come crowd at its tail.

    Parameters
    ----------
    line
        From the head of the line to its tail.
    servers
        How many; they stand side by side across the head of the line.
    server_spacing
        Distance between them, m.
    server_ahead
        How far beyond the head of the line they are, m.
    desks
        Points where people are served, instead of `servers`.
    service
        Time that serving one person takes, drawn per person.
    spacing
        Distance from place to place, m.
    """

    kind: ClassVar[str] = "queue"
    line: Place
    servers: Annotated[Count, limits(low=1, high=MAX_SERVERS)] = 1
    server_spacing: Annotated[FixedMetres, limits(low=0.5, high=20.0)] = 1.0
    server_ahead: Annotated[FixedMetres, limits(low=0.4, high=10.0)] = 1.0
    desks: tuple[Place, ...] = ()
    service: TimeDistribution = Field(default_factory=lambda: ConstantTime(value=10.0))
    spacing: Annotated[FixedMetres, limits(low=0.4, high=5.0)] = 0.7

    @model_validator(mode="after")
    def _check_desks(self) -> Queue:
        if self.desks and "servers" in self.model_fields_set and highest(self.servers) != len(self.desks):
            refuse(
                f"{highest(self.servers):g} servers at {len(self.desks)} desks",
                key="servers",
                allowed="leave out servers where desks are given",
            )
        if len(self.desks) > MAX_SERVERS:
            refuse(f"{len(self.desks)} desks", key="desks", allowed=f"at most {MAX_SERVERS}")
        return self


STAGE_KINDS = (WayPoint, WaitingArea, Queue)

StageKind = Annotated[Stage, OneOf("stages", STAGE_KINDS)]
"""Field type: ``{kind: queue, line: PLACE, servers: 2, service: {kind: lognormal, median: 20 s, sigma: 0.4}}``."""


class Leg(Spec):
    """One leg of a journey: which stage comes next.

    Parameters
    ----------
    among
        Stages with the share of people who take each; the shares sum to 1.
    by
        ``shares``, or ``least_crowded``: the stage with the shortest time to be served, or the most room.
    """

    among: Entries[Share]
    by: Literal["shares", "least_crowded"] = "shares"

    @model_validator(mode="after")
    def _check_shares(self) -> Leg:
        if not self.among:
            refuse("no stage is named", key="among", allowed="a stage, or stages with shares")
        low = sum(lowest(share) for share in self.among.values())
        high = sum(highest(share) for share in self.among.values())
        if self.by == "shares" and max(abs(low - 1.0), abs(high - 1.0)) > _SHARE_TOLERANCE:
            refuse(
                f"the shares sum to {low:g}" if low == high else f"the shares sum to {low:g} to {high:g}",
                key="among",
                allowed="shares that sum to 1",
            )
        return self


def _leg(raw: Any) -> Any:
    if isinstance(raw, str):
        return {"among": {str(raw): 1.0}}
    if isinstance(raw, (list, tuple)):
        names = [str(name) for name in raw]
        return {"among": dict.fromkeys(names, 1.0 / max(1, len(names))), "by": "least_crowded"}
    if isinstance(raw, Mapping) and "among" not in raw:
        return {"among": raw}
    return raw


JourneyLegs = Annotated[
    tuple[Annotated[Leg, BeforeValidator(_leg)], ...],
    BeforeValidator(lambda raw: (raw,) if isinstance(raw, str) else raw),
]
"""Field type of a journey; one name alone is a journey of one leg."""

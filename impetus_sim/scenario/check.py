"""Checks between sections: the clock, names that must exist, times within the run, sizes that can be run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from impetus_sim.scenario.check_response import check_response
from impetus_sim.scenario.clock import MAX_STEPS, microseconds
from impetus_sim.scenario.cyber import check_goals
from impetus_sim.scenario.draw import Draw, highest, lowest
from impetus_sim.scenario.faults import Fault
from impetus_sim.scenario.quantities import MAX_COUNT
from impetus_sim.scenario.refer import check_references

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario

_MAX_FRAMES = 2_000_000
_SHARE_TOLERANCE = 1e-6
_NO_AREA = ("lonlat", "xy", "line")
_MOMENTS = ("start", "at_time")


def check_scenario(scenario: Scenario) -> None:
    """Raise every fault between sections at once, as one pydantic error with a place for each."""
    faults = [
        *_check_clock(scenario),
        *_check_moments(scenario),
        *_check_people(scenario),
        *_check_shares(scenario),
        *_check_focus(scenario),
        *_check_links(scenario),
        *check_references(scenario),
        *check_response(scenario),
        *(check_goals(scenario.cyber) if scenario.cyber is not None else ()),
    ]
    if faults:
        raise ValidationError.from_exception_data("Scenario", [_details(fault) for fault in faults])


def _details(fault: Fault) -> InitErrorDetails:
    context = {
        "text": fault.message,
        "key": "",
        "allowed": fault.allowed,
        "nearest": fault.nearest,
        "name": fault.name,
        "family": fault.family,
        "rests_on": fault.rests_on,
    }
    return InitErrorDetails(
        type=PydanticCustomError("refused", "{text}", context), loc=fault.path, input=None
    )


def _check_clock(scenario: Scenario) -> Iterator[Fault]:
    time, crowd, record = scenario.time, scenario.crowd, scenario.record
    step_us = microseconds(crowd.step)
    if step_us % time.resolution_us or not _is_exact(crowd.step):
        yield Fault(
            ("crowd", "step"),
            f"{crowd.step:g} s is not a whole number of ticks",
            f"multiples of {time.resolution:g} s (time.resolution)",
            rests_on=("time.resolution",),
        )
        return
    multiples: list[tuple[tuple[str | int, ...], float]] = [
        (("time", "duration"), time.duration),
        (("record", "frame_every"), record.frame_every),
        (("record", "checkpoint_every"), record.checkpoint_every),
        (("crowd", "exit_choice", "reconsider_every"), crowd.exit_choice.reconsider_every),
        (("crowd", "ways_around"), crowd.ways_around),
    ]
    if crowd.links is not None:
        multiples.append((("crowd", "links", "step"), crowd.links.step))
    for path, value in multiples:
        if microseconds(value) % step_us or not _is_exact(value):
            yield Fault(
                path,
                f"{value:g} s is not a whole number of crowd steps",
                f"multiples of {crowd.step:g} s (crowd.step)",
                rests_on=("crowd.step",),
            )
    n_steps = microseconds(time.duration) // step_us
    if n_steps > MAX_STEPS:
        allowed = f"at most {MAX_STEPS} steps: a shorter duration or a longer crowd.step"
        yield Fault(
            ("time", "duration"),
            f"{time.duration:g} s is {n_steps} crowd steps",
            allowed,
            rests_on=("crowd.step",),
        )
    n_frames = microseconds(time.duration) // max(microseconds(record.frame_every), 1)
    if n_frames > _MAX_FRAMES:
        allowed = f"at most {_MAX_FRAMES} frames: a longer frame_every"
        yield Fault(
            ("record", "frame_every"),
            f"{n_frames} frames would be recorded",
            allowed,
            rests_on=("time.duration",),
        )


def _check_links(scenario: Scenario) -> Iterator[Fault]:
    crowd, links = scenario.crowd, scenario.crowd.links
    if links is None:
        for name, population in crowd.populations.items():
            if population.network is not None:
                where = ("crowd", "populations", name, "network")
                yield Fault(where, "there are no links to walk on", "together with crowd.links: {}")
        return
    if crowd.focus is None:
        yield Fault(
            ("crowd", "links"),
            "there is no focus for the links to surround",
            "together with crowd.focus: {at: PLACE, radius: 120 m} and crowd.street_exits: true",
        )
    if microseconds(links.record_every) % microseconds(links.step) or not _is_exact(links.record_every):
        path = ("crowd", "links", "record_every")
        message = f"{links.record_every:g} s is not a whole number of link steps"
        allowed = f"multiples of {links.step:g} s (crowd.links.step)"
        yield Fault(path, message, allowed, rests_on=("crowd.links.step",))


def _is_exact(seconds: float) -> bool:
    return abs(seconds * 1e6 - microseconds(seconds)) <= 1e-3 + 1e-9 * abs(seconds * 1e6)


def _check_moments(scenario: Scenario) -> Iterator[Fault]:
    duration = scenario.time.duration
    allowed = f"before the end of the run at {duration:g} s (time.duration)"
    for section in ("hazards", "interventions"):
        for name, spec in getattr(scenario, section).items():
            for key in _MOMENTS:
                value = getattr(spec, key, None)
                if isinstance(value, (int, float, Draw)) and lowest(value) >= duration:
                    yield Fault((section, name, key), f"{lowest(value):g} s is after the run", allowed)
    for name, population in scenario.crowd.populations.items():
        if population.arrive is not None and lowest(population.arrive.start) >= duration:
            path = ("crowd", "populations", name, "arrive", "start")
            yield Fault(path, f"{lowest(population.arrive.start):g} s is after the run", allowed)


def _check_focus(scenario: Scenario) -> Iterator[Fault]:
    crowd = scenario.crowd
    if crowd.street_exits is not None and crowd.focus is None:
        yield Fault(
            ("crowd", "street_exits"),
            "there is no focus whose border streets could cross",
            "together with crowd.focus: {at: PLACE, radius: 120 m}",
        )
    if crowd.focus is not None and crowd.focus.radius is None and crowd.focus.at.form in _NO_AREA:
        yield Fault(
            ("crowd", "focus"), f"'{crowd.focus.at}' is not an area", "an area, or a radius around it"
        )


def _check_shares(scenario: Scenario) -> Iterator[Fault]:
    for name, population in scenario.crowd.populations.items():
        shares: dict[tuple[str, ...], dict[str, float]] = {("profiles",): population.profiles}
        if population.came_by:
            shares["came_by",] = population.came_by
        if population.groups is not None and not population.groups.of:
            shares[("groups", "size")] = population.groups.size
        for key, entries in shares.items():
            low = sum(lowest(share) for share in entries.values())
            high = sum(highest(share) for share in entries.values())
            if abs(low - 1.0) > _SHARE_TOLERANCE or abs(high - 1.0) > _SHARE_TOLERANCE:
                total = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                path = ("crowd", "populations", name, *key)
                yield Fault(path, f"the shares sum to {total}", "shares that sum to 1")


def _check_people(scenario: Scenario) -> Iterator[Fault]:
    if scenario.n_people > MAX_COUNT:
        yield Fault(("crowd", "populations"), f"{scenario.n_people} people", f"at most {MAX_COUNT}")
    crowd = scenario.crowd
    has_own_exits = scenario.map.synthetic is not None or scenario.map.sketch is not None
    if crowd.exits or crowd.street_exits is not None or has_own_exits:
        return
    for name, population in crowd.populations.items():
        if population.activity == "leave":
            yield Fault(
                ("crowd", "populations", name, "activity"),
                "there is no exit through which they could leave",
                "crowd.exits or crowd.street_exits: true",
            )

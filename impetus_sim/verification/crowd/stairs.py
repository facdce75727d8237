"""Stairs: RiMEA tests 2, 3, 13, 14, IMO tests 2, 3, 11, NIST 2.2 and 5.1, ISO 20414 tests 3, 10, 12."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import LineString, box

from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, middle_flow, run_to_end

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

RUN_M, RISE_M = 8.0, 6.0
"""Horizontal run and height of the stair: 10 m along the slope."""
UP_M_S, DOWN_M_S = 0.610, 0.694
"""Weidmann (1993): horizontal speeds on stairs, beside 1.34 m/s on the level."""
DENSITIES = (0.6, 0.9, 1.2, 1.5)


def pass_time(
    model: str, stair: dict[str, Any], *, speed: float, length_m: float, is_up: bool = True
) -> float:
    """Return the time in s of one person over a stair of the given plan length, from edge to edge."""
    simulation = build(
        {"kind": "corridor", "length": length_m + 4.0, "width": 2.0},
        {WALKER: {"count": 1, "at": {"box": [0.2, 0.5, 1.0, 1.5]}, "exits": ["east"]}},
        model=model,
        profile={"desired_speed": speed},
        duration_s=400.0,
        crowd={
            "slopes": {
                "stair": {
                    "kind": "stair",
                    "at": {"box": [2.0, 0.0, 2.0 + length_m, 2.0]},
                    "up": "east" if is_up else "west",
                    **stair,
                }
            }
        },
    )
    track: list[tuple[float, float]] = []
    simulation.run_until(
        400.0, after_tick=lambda running: track.append((running.time_s, float(running.crowd.people.x[0])))
    )
    times, x = np.array(track).T
    if x.max() < 2.0 + length_m:
        return np.inf
    return float(np.ptp(np.interp([2.0, 2.0 + length_m], x, times)))


def handbook_stair(effort: Effort, *, is_up: bool) -> Measured:
    """Return the time over 10 m of stair at the handbook's speed, over the expected time."""
    time = pass_time(effort.model, {"rise": RISE_M}, speed=1.34, length_m=RUN_M, is_up=is_up)
    expected = RUN_M / (UP_M_S if is_up else DOWN_M_S)
    return Measured(value=time / expected, text=f"{time:.2f} s, expected {expected:.2f} s")


def given_stair(effort: Effort, *, length_m: float, factor: float, is_up: bool = True) -> Measured:
    """Return the speed along a stair with a given factor, for somebody who walks 1 m/s on the level."""
    stair = {"up_factor": factor, "down_factor": factor}
    time = pass_time(effort.model, stair, speed=1.0, length_m=length_m, is_up=is_up)
    return Measured(value=length_m / time, text=f"{length_m / time:.3f} m/s, {time:.1f} s for {length_m:g} m")


@cache
def stair_speed(model: str, density: float, *, is_up: bool) -> tuple[float, float]:
    """Return measured density and mean horizontal speed of a crowd on a wide stair."""
    simulation = build(
        {"kind": "corridor", "length": 40.0, "width": 4.0},
        {
            WALKER: {
                "count": round(density * 4.0 * 26.0),
                "at": {"box": [4.0, 0.0, 30.0, 4.0]},
                "exits": ["east"],
            }
        },
        model=model,
        duration_s=16.0,
        crowd={
            "slopes": {
                "stair": {
                    "kind": "stair",
                    "at": {"box": [2.0, 0.0, 38.0, 4.0]},
                    "up": "east" if is_up else "west",
                    "rise": 36.0 * RISE_M / RUN_M,
                }
            }
        },
    )
    people = simulation.crowd.people
    x = people.x.copy()
    counts: list[int] = []
    paces: list[float] = []

    def note(running: Simulation) -> None:
        nonlocal x
        if running.tick % 100:
            return
        rows = running.crowd.inside
        if running.time_s > 3.0:
            pace = people.x[rows] - x[rows]
            here = (people.x[rows] > 16.0) & (people.x[rows] < 20.0)
            counts.append(int(here.sum()))
            paces.extend(pace[here].tolist())
        x = people.x.copy()

    simulation.run_until(16.0, after_tick=note)
    return float(np.mean(counts)) / 16.0, float(np.mean(paces))


def slower_up(effort: Effort) -> Measured:
    """Return the least excess of the speed down over the speed up, over the densities, m/s."""
    pairs = [
        (d, stair_speed(effort.model, d, is_up=False)[1], stair_speed(effort.model, d, is_up=True)[1])
        for d in DENSITIES
    ]
    words = ", ".join(f"{down:.2f} down and {up:.2f} up at {d:g}" for d, down, up in pairs)
    return Measured(value=min(down - up for _, down, up in pairs), text=f"m/s at persons per m2: {words}")


def within_stair_band(effort: Effort) -> Measured:
    """Return the share of points, up and down, between the handbooks' lowest and highest curves."""
    inside, words = [], []
    for is_up in (True, False):
        for density in DENSITIES:
            found, speed = stair_speed(effort.model, density, is_up=is_up)
            low, high = stair_band(found, is_up=is_up)
            inside.append(low <= speed <= high)
            words.append(f"{speed:.2f} ({low:.2f} to {high:.2f})")
    return Measured(value=float(np.mean(inside)), text=f"m/s (band), up then down: {', '.join(words)}")


def stair_band(density: float, *, is_up: bool) -> tuple[float, float]:
    """Return the least and greatest horizontal speed of handbooks at a density.

    Weidmann's curve with his stair speeds, 25 % lower; Nelson and Mowrer's for 7 to 11 inch steps,
    1.08 (1 - 0.266 rho) along the slope, at most their free speed.
    """
    free = UP_M_S if is_up else DOWN_M_S
    shape = 1.0 - float(np.exp(-1.913 * (1.0 / density - 1.0 / 5.4)))
    slope = 11.0 / float(np.hypot(7.0, 11.0))
    return 0.75 * free * shape, 1.08 * (1.0 - 0.266 * max(density, 0.54)) * slope


def two_ways() -> Any:
    """Return a room joined to a hall by a short corridor and by a long one around."""
    parts = [
        box(0.0, 0.0, 10.0, 10.0),
        box(10.0, 4.0, 22.0, 6.0),
        box(22.0, 0.0, 32.0, 10.0),
        box(4.0, 10.0, 6.0, 16.0),
        box(4.0, 14.0, 28.0, 16.0),
        box(26.0, 10.0, 28.0, 16.0),
    ]
    places = [
        NamedShape(name="start", kind="area", shape=parts[0]),
        NamedShape(name="out", kind="exit", shape=LineString([(32.0, 3.0), (32.0, 7.0)])),
    ]
    return build_plan(name="two-ways", ground=shapely.union_all(parts), places=places)


def choose_by_reluctance(effort: Effort) -> Measured:
    """Return how much larger the share over the stairs is without reluctance than with a strong one."""
    shares = []
    for reluctance in (1.0, 6.0):
        simulation = build(
            {"kind": "room"},
            {WALKER: {"count": 40, "at": "start"}},
            model=effort.model,
            duration_s=150.0,
            city=two_ways(),
            crowd={
                "slopes": {
                    "stair": {
                        "kind": "stair",
                        "at": {"box": [12.0, 4.0, 20.0, 6.0]},
                        "up": "east",
                        "rise": 2.0,
                        "reluctance": reluctance,
                    }
                }
            },
        )
        people = simulation.crowd.people
        over = np.zeros(len(people), bool)

        def note(running: Simulation, over: Any = over, people: Any = people) -> None:
            rows = running.crowd.inside
            over[rows[(people.x[rows] > 14.0) & (people.x[rows] < 18.0) & (people.y[rows] < 8.0)]] = True

        simulation.run_until(150.0, after_tick=note)
        shares.append(float(over.mean()))
    return Measured(
        value=shares[0] - shares[1],
        text=f"{shares[0]:.0%} over the stairs with reluctance 1, {shares[1]:.0%} with reluctance 6",
    )


@cache
def congestion(model: str) -> tuple[float, float, float]:
    """Return the peak densities before the neck, in the middle of the corridor and at the stair foot, per m2."""
    parts = [box(0.0, 0.0, 10.0, 6.0), box(10.0, 2.0, 32.0, 4.0)]
    places = [
        NamedShape(name="room", kind="area", shape=parts[0]),
        NamedShape(name="out", kind="exit", shape=LineString([(32.0, 2.0), (32.0, 4.0)])),
    ]
    simulation = build(
        {"kind": "room"},
        {WALKER: {"count": 150, "at": "room"}},
        model=model,
        duration_s=120.0,
        city=build_plan(name="congestion", ground=shapely.union_all(parts), places=places),
        crowd={
            "slopes": {
                "stair": {
                    "kind": "stair",
                    "at": {"box": [22.0, 2.0, 30.0, 4.0]},
                    "up": "east",
                    "up_factor": 0.5,
                    "down_factor": 0.5,
                }
            }
        },
    )
    people = simulation.crowd.people
    areas = ((8.0, 10.0), (13.0, 15.0), (20.0, 22.0))
    series: list[list[float]] = []

    def note(running: Simulation) -> None:
        if running.tick % 100 == 0 and 15.0 <= running.time_s <= 60.0:
            rows = running.crowd.inside
            x, y = people.x[rows], people.y[rows]
            in_lane = (y > 2.0) & (y < 4.0)
            series.append([float(((x > a) & (x < b) & in_lane).sum()) / 4.0 for a, b in areas])

    simulation.run_until(120.0, after_tick=note)
    neck, middle, foot = np.percentile(np.array(series), 90, axis=0)
    return float(neck), float(middle), float(foot)


def jams_at_both(effort: Effort) -> Measured:
    """Return the lesser of the two jams over the density between them."""
    neck, middle, foot = congestion(effort.model)
    return Measured(
        value=min(neck, foot) / middle if middle else np.inf,
        text=f"{neck:.1f} before the neck, {middle:.1f} mid corridor, {foot:.1f} at the stair foot, per m2",
    )


def wider_stairs(effort: Effort) -> Measured:
    """Return the least rise of the flow over a stair from one width to the next, 1/s."""
    flows = []
    widths = (1.0, 1.2, 1.4, 1.6, 1.8)
    for width in widths:
        low, high = 3.0 - width / 2.0, 3.0 + width / 2.0
        parts = [box(0.0, 0.0, 8.0, 6.0), box(8.0, low, 16.0, high)]
        places = [
            NamedShape(name="room", kind="area", shape=parts[0]),
            NamedShape(name="out", kind="exit", shape=LineString([(16.0, low), (16.0, high)])),
        ]
        simulation = build(
            {"kind": "room"},
            {WALKER: {"count": 80, "at": "room"}},
            model=effort.model,
            duration_s=200.0,
            city=build_plan(name="stair", ground=shapely.union_all(parts), places=places),
            crowd={
                "slopes": {
                    "stair": {
                        "kind": "stair",
                        "at": {"box": [9.0, low, 15.0, high]},
                        "up": "east",
                        "rise": 3.0,
                    }
                }
            },
        )
        times = run_to_end(simulation)
        flows.append(middle_flow(times) if len(times) == 80 else -np.inf)
    words = ", ".join(f"{w:g} m {flow:.2f} /s" for w, flow in zip(widths, flows, strict=True))
    return Measured(value=float(np.diff(flows).min()), text=words)


def _handbook(id: str, standard: str, *, is_up: bool) -> Case:
    way = "up" if is_up else "down"
    return Case(
        id=id,
        standard=standard,
        title=f"10 m of stair {way} (8 m run, 6 m rise) at the handbook's speed",
        source=f"RiMEA 4.1.1 (2022); Weidmann (1993): {UP_M_S if is_up else DOWN_M_S:g} m/s horizontally",
        low=0.95,
        high=1.05,
        expected="within 5 % of the expected time",
        run=partial(handbook_stair, is_up=is_up),
    )


def _given(id: str, standard: str, length_m: float, factor: float, *, is_up: bool = True) -> Case:
    return Case(
        id=id,
        standard=standard,
        title=f"stair of {length_m:g} m {'up' if is_up else 'down'}, factor {factor:g}, free speed 1 m/s",
        source="the speed that is set is kept",
        low=factor - 0.05,
        high=factor + 0.05,
        expected=f"{factor:g} +- 0.05 m/s",
        run=partial(given_stair, length_m=length_m, factor=factor, is_up=is_up),
    )


_CONGESTION = Case(
    id="imo-11",
    standard="IMO MSC.1/Circ.1533, test 11",
    title="150 persons from a room through a 2 m corridor to a stair",
    source="IMO MSC.1/Circ.1533; NIST TN 1822 (2013); ISO 20414:2020; peak (90 %) of 2 x 2 m, 15 to 60 s",
    low=1.0001,
    high=100.0,
    expected="denser before the neck and at the stair foot than in between",
    run=jams_at_both,
)
CASES = (
    _handbook("rimea-2", "RiMEA 4.1.1, test 2", is_up=True),
    _handbook("rimea-3", "RiMEA 4.1.1, test 3", is_up=False),
    _given("imo-2", "IMO MSC.1/Circ.1533, test 2", 10.0, 1.0),
    _given("imo-3", "IMO MSC.1/Circ.1533, test 3", 10.0, 1.0, is_up=False),
    _given("nist-2.2", "NIST TN 1822, 2.2", 100.0, 1.0),
    _given("iso-3", "ISO 20414, test 3", 10.0, 0.5),
    Case(
        id="rimea-13",
        standard="RiMEA 4.1.1, test 13",
        title="crowd on a stair, 0.6 to 1.5 persons per m2: down is faster than up",
        source="RiMEA 4.1.1 (2022)",
        low=0.001,
        high=1.0,
        expected="faster at every density",
        run=slower_up,
    ),
    Case(
        id="rimea-13-band",
        standard="RiMEA 4.1.1, test 13",
        title="crowd on a stair: speed within the handbooks' curves",
        source="Weidmann (1993) less 25 %; Nelson and Mowrer (SFPE), 7/11 inch steps",
        low=0.5,
        high=1.0,
        expected="at least half of the points",
        run=within_stair_band,
    ),
    Case(
        id="rimea-14",
        standard="RiMEA 4.1.1, test 14",
        title="a short way over a stair or a long level one: the choice can be set",
        source="RiMEA 4.1.1 (2022) asks for the choice to be documented; key `reluctance` of the stair",
        low=0.5,
        high=1.0,
        expected="the share over the stairs falls by half or more with reluctance",
        run=choose_by_reluctance,
    ),
    _CONGESTION,
    _CONGESTION.also("nist-5.1", "NIST TN 1822, 5.1"),
    _CONGESTION.also("iso-10", "ISO 20414, test 10"),
    Case(
        id="iso-12",
        standard="ISO 20414, test 12",
        title="flow over a stair 1.0 to 1.8 m wide",
        source="ISO 20414:2020",
        low=0.01,
        high=2.0,
        expected="rises with every width",
        run=wider_stairs,
    ),
)

"""Dispatch, care and transport of units against cases solved by hand; START and survival against their tables."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.response.units.roster import CareRules, Hospital, Roster, Station, Unit
from impetus_sim.response.units.survival import HALF_HOUR_S, survival_at
from impetus_sim.response.units.triage import Tag, start
from impetus_sim.response.units.vitals import Vitals
from impetus_sim.response.units.walking import FREE_SPEED_M_S
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.response.town import SEED, SPEED_M_S, Town
from impetus_sim.world.assets import asset_states_table
from impetus_sim.world.injuries import Severity

MODEL: Final = "units"
CLOSE_S: Final = 0.5
"""Steps on foot end at the next tick of 10 ms, 2 s apart; over 100 m that adds up to less than this."""
N_REQUESTS: Final = 2000
N_UNITS: Final = 3
STAY_S: Final = 100.0


def _unit(name: str, kind: str, home: int, *, turnout_s: float = 60.0, stay_s: float = 600.0) -> Unit:
    return Unit(name=name, kind=kind, home=home, crew=2, turnout_s=turnout_s, stay_s=stay_s)


def start_tree(effort: Effort) -> Measured:
    """Go through all combinations of signs that START asks for, and compare with the tree written out."""
    del effort
    wrong = n = 0
    for walks, breaths, has_pulse, motor in product(
        (True, False), (0, 1, 29, 30, 31, 60), (True, False), range(5)
    ):
        if walks:
            expected = Tag.MINOR
        elif breaths == 0:
            expected = Tag.DEAD
        else:
            is_delayed = breaths in (1, 29, 30) and has_pulse and motor == 4
            expected = Tag.DELAYED if is_delayed else Tag.IMMEDIATE
        vitals = Vitals(
            walks=walks, breaths_min=breaths, pulse_min=90, has_radial_pulse=has_pulse, motor=motor
        )
        n += 1
        wrong += start(vitals) != expected
    return Measured(value=wrong, text=f"{wrong} of {n} combinations")


def survival_table(effort: Effort) -> Measured:
    """Compare chances at the printed times: those of scores 8, 6 and 4 over three half hours."""
    del effort
    printed = {8: (0.84, 0.84, 0.75, 0.63), 6: (0.63, 0.35, 0.23, 0.15), 4: (0.35, 0.15, 0.089, 0.052)}
    off = max(
        abs(survival_at(rpm, k * HALF_HOUR_S) - chance)
        for rpm, chances in printed.items()
        for k, chance in enumerate(chances)
    )
    return Measured(value=off, text=f"largest difference {off:.2e}")


def by_time(effort: Effort) -> Measured:
    """Ask for one unit 300 m from a slow station (60 s away) and 800 m from a fast one (40 s away)."""
    del effort
    stations = (Station(name="near", x=0.0, y=0.0), Station(name="fast", x=1100.0, y=0.0))
    roster = Roster(
        units=(_unit("a", "fire", 0, turnout_s=80.0), _unit("b", "fire", 1, turnout_s=80.0)),
        stations=stations,
        redeploys=False,
    )
    town = Town(roster, speed_at={(0.0, 0.0): 5.0, (1100.0, 0.0): 20.0})
    town.ask("fire", (300.0, 0.0))
    town.run_until(300.0)
    arrived = town.events("unit_arrived")
    if [row["subject"] for row in arrived] != ["b"]:
        return Measured(value=np.inf, text=f"sent: {[row['subject'] for row in arrived]}")
    off = abs(arrived[0]["response_s"] - 120.0)
    return Measured(value=off, text=f"b there after {arrived[0]['response_s']:.2f} s, expected 80 + 40 s")


def by_priority(effort: Effort) -> Measured:
    """Let three requests of priorities 2, 0 and 1 wait for the only unit."""
    del effort
    roster = Roster(
        units=(_unit("a", "police", 0, turnout_s=0.0, stay_s=30.0),),
        stations=(Station(name="s", x=0.0, y=0.0),),
    )
    town = Town(roster)
    town.ask("police", (100.0, 0.0), time_s=0.0)
    for k, priority in enumerate((2, 0, 1)):
        town.ask("police", (0.0, 100.0 * (k + 1)), priority=priority, time_s=5.0 + k)
    town.run_until(600.0)
    order = [int(row["priority"]) for row in town.events("unit_arrived")]
    wrong = sum(a != b for a, b in zip(order, (0, 0, 1, 2), strict=False)) + abs(len(order) - 4)
    return Measured(value=wrong, text=f"priorities in the order of arrival: {order}, expected [0, 0, 1, 2]")


def chain(effort: Effort) -> Measured:
    """Follow one badly hurt person, 100 m from where the ambulance stops, to a hospital 2 km away."""
    del effort
    roster = Roster(
        units=(_unit("a", "ambulance", 0),),
        stations=(Station(name="s", x=0.0, y=0.0),),
        hospitals=(Hospital(name="h", x=1000.0, y=2000.0, beds=1),),
        care=CareRules(),
    )
    town = Town(roster)
    town.hurt(7, Severity.IMMEDIATE, (1000.0, 100.0))
    town.units.advance(0)
    town.units.casualties.table.dies[:] = -1  # the times are at issue, not the outcome
    town.ask("ambulance", (1000.0, 0.0))
    town.run_until(4000.0)
    walk = 100.0 / FREE_SPEED_M_S
    arrived = 60.0 + 1000.0 / SPEED_M_S
    triaged = arrived + walk + 30.0
    loaded = triaged + 600.0 + 180.0
    at_hospital = loaded + walk + 2000.0 / SPEED_M_S
    expected = {
        "unit_arrived": arrived,
        "casualty_found": arrived + walk,
        "casualty_triaged": triaged,
        "casualty_treated": triaged + 600.0,
        "casualty_loaded": loaded,
        "casualty_at_hospital": at_hospital,
        "casualty_handed_over": at_hospital + 900.0,
    }
    found = {kind: [row["time_s"] for row in town.events(kind)] for kind in expected}
    if any(len(times) != 1 for times in found.values()):
        return Measured(value=np.inf, text=f"times: {found}")
    off = max(abs(found[kind][0] - time_s) for kind, time_s in expected.items())
    text = ", ".join(
        f"{kind.split('_', 1)[1]} {found[kind][0]:.1f} ({t:.1f})" for kind, t in expected.items()
    )
    return Measured(value=off, text=f"s after the start (expected): {text}")


def diversion(effort: Effort) -> Measured:
    """Fill the nearest hospital with one, send the next on, and black out the second while one is on the way."""
    del effort
    hospitals = tuple(
        Hospital(name=name, x=x, y=0.0, beds=beds, asset=k)
        for k, (name, x, beds) in enumerate((("near", 200.0, 1), ("middle", 400.0, 2), ("far", 900.0, 5)))
    )
    units = tuple(_unit(name, "ambulance", 0, turnout_s=0.0) for name in ("a", "b"))
    care = CareRules(triage_s=10.0, immediate_s=10.0, loading_s=10.0, handover_s=10.0)
    roster = Roster(units=units, stations=(Station(name="s", x=0.0, y=0.0),), hospitals=hospitals, care=care)
    town = Town(roster)
    states = town.world.asset_states = asset_states_table(len(hospitals))
    states.level[:] = 1.0
    for person in range(3):
        town.hurt(person, Severity.IMMEDIATE, (0.0, 0.0))
    town.units.advance(0)
    town.units.casualties.table.dies[:] = -1
    town.ask("ambulance", (0.0, 0.0), n=2)
    while town.world.seconds(town.world.tick) < 600.0:
        town.run_until(town.world.seconds(town.world.tick) + 1.0)
        if town.units.hospitals.beds.taken[1]:
            states.level[1] = 0.4  # of two beds none is left
    taken = sorted(row["hospital"] for row in town.events("casualty_at_hospital"))
    diverted = [(row["hospital"], row["to"]) for row in town.events("casualty_diverted")]
    wrong = (taken != ["far", "far", "near"]) + (diverted != [("middle", "far")])
    return Measured(value=wrong, text=f"taken to {taken}, diverted {diverted}")


def queue(effort: Effort) -> Measured:
    """Send 3 units on 2000 requests at random times, each for a constant time: waits of every single request.

    Waits in a queue of several servers follow from arrivals and services by the recursion of Kiefer and Wolfowitz.
    """
    del effort
    units = tuple(_unit(f"u{k}", "police", 0, turnout_s=0.0, stay_s=STAY_S) for k in range(N_UNITS))
    roster = Roster(units=units, stations=(Station(name="s", x=0.0, y=0.0),), redeploys=False)
    draws = rng.draw_uniforms(SEED, 0, "verify.units.requests", np.arange(N_REQUESTS, dtype=np.uint64))
    asked = np.floor(np.cumsum(-np.log(draws[:, 0]) * STAY_S / (0.8 * N_UNITS)) * 100.0) / 100.0
    town = Town(roster)
    for time_s in asked.tolist():
        town.ask("police", (0.0, 0.0), time_s=time_s)
    town.run_until(float(asked[-1]) + 10.0 * STAY_S)
    waited = np.array([row["waited_s"] for row in town.events("unit_sent")])
    sent = {row["subject"]: row["time_s"] for row in reversed(town.events("unit_sent"))}
    freed = {row["subject"]: row["time_s"] for row in reversed(town.events("unit_free"))}
    service = freed["u0"] - sent["u0"]
    off = float(np.abs(waited - kiefer_wolfowitz(asked, service)).max())
    text = (
        f"largest difference {off:.2f} s; mean wait {waited.mean():.2f} s, {(waited > 1.0).mean():.2f} waited"
    )
    return Measured(value=off, text=text)


def kiefer_wolfowitz(asked: npt.NDArray[np.float64], service_s: float) -> npt.NDArray[np.float64]:
    """Return the wait of each request, first come, first served, `N_UNITS` servers, constant service, s."""
    free_at, waits = [0.0] * N_UNITS, []
    for time_s in asked.tolist():
        first = min(free_at)
        begins = max(first, time_s)
        free_at[free_at.index(first)] = begins + service_s
        waits.append(begins - time_s)
    return np.array(waits)


def _case(
    id: str, title: str, expected: str, run: Callable[[Effort], Measured], *, source: str, high: float = 0.0
) -> Case:
    return Case(
        id=id,
        standard="units",
        title=title,
        source=source,
        low=0.0,
        high=high,
        expected=expected,
        run=run,
        default_model=MODEL,
    )


_BY_HAND: Final = "worked out by hand"
_START: Final = "Benson, Koenig, Schultz 1996"
_SACCO: Final = "Sacco et al. 2005"
CASES = (
    _case("units-start", "START over all signs", "no combination differs", start_tree, source=_START),
    _case(
        "units-survival",
        "chance of survival by score and wait",
        "1e-3",
        survival_table,
        source=_SACCO,
        high=1e-3,
    ),
    _case(
        "units-by-time",
        "the unit that is there first, not the nearest",
        "120 s, within 0.05 s",
        by_time,
        source=_BY_HAND,
        high=0.05,
    ),
    _case("units-priority", "requests of three priorities", "0, 1, 2", by_priority, source=_BY_HAND),
    _case(
        "units-chain",
        "one person from injury to hospital",
        f"each step within {CLOSE_S:g} s",
        chain,
        source=_BY_HAND,
        high=CLOSE_S,
    ),
    _case("units-diversion", "full and dark hospitals", "near, far, far", diversion, source=_BY_HAND),
    _case(
        "units-queue",
        f"{N_UNITS} units, {N_REQUESTS} requests at random times",
        "every wait within 2 s of the recursion, 100 s of service",
        queue,
        source="Kiefer and Wolfowitz 1955",
        high=2.0,
    ),
)

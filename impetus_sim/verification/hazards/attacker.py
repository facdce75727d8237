"""Cases of the attacker: hits, severities, durations and sight against closed forms and a plain twin."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from impetus_sim import rng
from impetus_sim.crowd.kernels.look import is_in_sight_of
from impetus_sim.engine.simulation import Simulation
from impetus_sim.hazards.attacker import MEDIAN_S, SIGMA, STEP_S
from impetus_sim.hazards.gunfire import HIT_AT_MUZZLE, HIT_RANGE_M, SEVERITY_SHARES, draw_severity
from impetus_sim.scenario.draw import Draw
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.hazards.printed import off_printed
from impetus_sim.world.attackers import AttackerState
from impetus_sim.world.injuries import Severity
from impetus_sim.world.units import Units

RANGES_M = (3.0, 10.0, 25.0)
N_SHOTS = 1000
N_HITS = 100_000
N_SIGHTS = 4000
_MINOR = {"minor": 1.0, "delayed": 0.0, "immediate": 0.0, "dead": 0.0}
"""Shares of severities of somebody who goes on standing."""
_FBI = "Blair and Schweit (2014), FBI, A study of active shooter incidents 2000 to 2013"


def hits_by_range(effort: Effort) -> Measured:
    """Fire at one person at each of three ranges; shares of hits in standard errors from p0 exp(-r / r0)."""
    del effort
    off = {}
    for range_m in RANGES_M:
        simulation = _gallery(range_m, _MINOR)
        simulation.run_until(1e9)
        attackers = simulation.world.attackers
        assert attackers is not None
        n, at_m = len(attackers.shots), attackers.shots.range_m
        chance = float((HIT_AT_MUZZLE * np.exp(-at_m / HIT_RANGE_M)).mean())
        share = float((attackers.shots.is_hit == 1).mean())
        off[range_m] = (abs(share - chance) / np.sqrt(chance * (1.0 - chance) / n), share, chance, n)
    worst = max(off, key=lambda range_m: off[range_m][0])
    z, share, chance, n = off[worst]
    return Measured(
        value=float(z),
        text=f"{n} shots a range; farthest at {worst:g} m: {share:.4f} for {chance:.4f} ({z:.1f} standard errors)",
    )


def severities(effort: Effort) -> Measured:
    """Draw many hits, keyed as in a run; shares of severities in standard errors from those that were set."""
    del effort
    draws = rng.draw_uniforms(1, 0, "hazards.attack", np.arange(N_HITS, dtype=np.uint64))
    numbers = np.bincount(draw_severity(draws[:, 1]), minlength=len(Severity) + 1)
    off = {
        kind: abs(numbers[kind] / N_HITS - share) / np.sqrt(share * (1.0 - share) / N_HITS)
        for kind, share in zip(Severity, SEVERITY_SHARES, strict=True)
    }
    worst = max(off, key=lambda kind: off[kind])
    return Measured(
        value=float(off[worst]),
        text=f"{N_HITS} hits; farthest {worst.name.lower()}: {numbers[worst] / N_HITS:.4f} for "
        f"{SEVERITY_SHARES[worst - 1]:.4f} ({off[worst]:.1f} standard errors)",
    )


def durations(effort: Effort) -> Measured:
    """Compare the shares of durations up to two and five minutes with the counts."""
    del effort
    lasts = Draw("lognormal", (MEDIAN_S, SIGMA), 1e-3, 1e9)
    times = np.array([lasts.quantile((k + 0.5) / 100_000) for k in range(100_000)])
    return off_printed(
        {
            "120 s": (float((times <= 120.0).mean()), 23 / 63),
            "300 s": (float((times <= 300.0).mean()), 44 / 63),
        }
    )


def sight(effort: Effort) -> Measured:
    """Compare the grid's sight with exact geometry in a room with an obstacle; count the pairs that are wrong.

    Lines that keep a cell from every wall must be clear, lines that cut a cell or more off an obstacle must not.
    """
    del effort
    simulation = _gallery(5.0, {}, obstacles=[[9.0, 3.0, 12.0, 5.5], [20.0, 1.0, 21.0, 7.0]])
    ground = simulation.world.ground
    draws = np.random.default_rng(4)
    left, bottom, right, top = ground.polygon.bounds
    points = draws.uniform((left, bottom), (right, top), (20 * N_SIGHTS, 2))
    points = points[shapely.contains_xy(ground.polygon, points)][: 2 * N_SIGHTS]
    x, y = points[:N_SIGHTS].T.copy()
    out = np.zeros(1, np.uint8)
    free, holes = (
        ground.polygon.buffer(-ground.cell),
        shapely.union_all([shapely.Polygon(ring).buffer(-ground.cell) for ring in ground.polygon.interiors]),
    )
    n_judged, wrong = 0, 0
    for k, (qx, qy) in enumerate(points[N_SIGHTS:]):
        is_in_sight_of(np.array([k]), x, y, qx, qy, ground.inside, ground.x0, ground.y0, ground.cell, out)
        line = LineString([(x[k], y[k]), (qx, qy)])
        if free.covers(line):
            n_judged, wrong = n_judged + 1, wrong + int(out[0] == 0)
        elif line.intersection(holes).length >= ground.cell:
            n_judged, wrong = n_judged + 1, wrong + int(out[0] == 1)
    return Measured(
        value=float(wrong), text=f"{wrong} of {n_judged} lines seen otherwise than exact geometry says"
    )


def met_by_police(effort: Effort) -> Measured:
    """Put police in sight of an attacker; time until the attack is over."""
    del effort
    simulation = _gallery(10.0, _MINOR, met_within=30.0)
    simulation.world.units = Units()
    simulation.run_until(20.0)
    simulation.world.units.units.append(
        {"key": b"car", "kind": b"police", "x": 10.0, "y": 5.0, "is_acting": 1, "crew": 2, "event": -1}
    )
    simulation.run_until(40.0)
    assert simulation.world.attackers is not None
    table, shots = simulation.world.attackers.attackers, simulation.world.attackers.shots
    last = simulation.world.seconds(int(shots.tick.max())) - 20.0
    is_met = table.state[0] == AttackerState.MET
    return Measured(
        value=last if is_met else np.inf, text=f"last shot {last:.2f} s after police came in sight"
    )


def _gallery(
    range_m: float,
    shares: dict[str, float],
    *,
    obstacles: list[list[float]] | None = None,
    **more: Any,
) -> Simulation:
    """Return a room with somebody at a range from an attacker who stands, heard and seen by nobody."""
    at = [1.5 + range_m, 3.5, 2.5 + range_m, 4.5]
    spec = {
        "kind": "attacker",
        "at": {"xy": [2.0, 4.0]},
        "start": 1.0,
        "lasts": N_SHOTS * STEP_S / 5.0,
        "rate": 600.0,
        "magazine": 1000,
        "reload": 0.0,
        "shots": N_SHOTS,
        "speed": 0.0,
        "range": 100.0,
        "stray_share": 0.0,
        "heard_share": 0.0,
        "seen_share": 0.0,
        "avoid_distance": 0.0,
        "danger_distance": 0.0,
        "feared_for": 0.0,
        **shares,
        **more,
    }
    document = {
        "title": "verification",
        "map": {"synthetic": {"kind": "room", "width": 30.0, "depth": 8.0, "obstacles": obstacles or []}},
        "time": {"duration": N_SHOTS * STEP_S / 5.0 + 2.0},
        "crowd": {"populations": {"them": {"count": 1, "at": {"box": at}, "activity": "stay"}}},
        "hazards": {"attack": spec},
    }
    return Simulation(read_scenario_text(json.dumps(document)), seed=1)


CASES = (
    Case(
        id="attacker-hits", standard="law", title="Hits of one person at 3, 10 and 25 m",
        source="p0 exp(-r / r0); binomial band, 99.9 %", low=0.0, high=3.29,
        expected="within 3.29 standard errors at each range", run=hits_by_range,
    ),
    Case(
        id="attacker-severity", standard="law", title="Severity of hits", source=_FBI, low=0.0, high=3.29,
        expected="within 3.29 standard errors of each share", run=severities,
    ),
    Case(
        id="attacker-duration", standard="FBI", title="How long attacks last", source=_FBI, low=0.0, high=1e-3,
        expected="23 of 63 by 2 min, 44 of 63 by 5 min, to 1e-3", run=durations,
    ),
    Case(
        id="attacker-sight", standard="law", title="Lines of sight past obstacles", source="Exact geometry",
        low=0.0, high=0.0, expected="none wrong by more than a cell of the ground", run=sight,
    ),
    Case(
        id="attacker-met", standard="law", title="Police in sight end an attack", source="Rule of the hazard",
        low=-1.0, high=STEP_S, expected="no shot later than one step (0.5 s)", run=met_by_police,
    ),
)  # fmt: skip
"""Cases of this file."""

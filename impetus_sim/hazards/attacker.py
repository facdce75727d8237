"""An armed attacker among people: moves, is seen and heard, and harms by a stated law until met or over.

What is modelled are effects on people, for those who plan against them: who sees and hears what, who flees, who is
hit, when police end it. Laws and their sources are in `impetus_sim.hazards.gunfire`.

Duration: of 63 attacks of known length 44 ended within five minutes and 23 within two (Blair and Schweit 2014, FBI,
A study of active shooter incidents 2000 to 2013); a lognormal time through both has its median at 173 s. Reload
pauses, rate and speed are chosen. Bounds: people on the two-dimensional ground can be hit, those on links of the
network or in buildings cannot; walls and obstacles of the ground stop sight and shots, fences do not; nobody fights
back, and nobody is shot at while lying.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Final

import numpy as np
from pydantic import BeforeValidator, model_validator
from shapely.geometry import LineString

from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.gunfire import HIT_AT_MUZZLE, HIT_RANGE_M, SEVERITY_SHARES
from impetus_sim.hazards.heard import HeardHazard, HeardSpec
from impetus_sim.kernels.straight_ways import is_straight
from impetus_sim.registry import register
from impetus_sim.scenario.draw import Draw, highest
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.quantities import (
    Count,
    Degrees,
    FixedShare,
    Metres,
    MetresPerSecond,
    Number,
    Seconds,
    Share,
    limits,
)
from impetus_sim.scenario.spec import refuse
from impetus_sim.world.attackers import Attackers, AttackerState
from impetus_sim.world.context import PartContext
from impetus_sim.world.stimuli import stimulate

STEP_S: Final = 0.5
SEEN_EVERY: Final = 2
"""Steps between two moments at which people may notice the attacker by sight."""
KEEPS_OFF_M: Final = 2.0
"""An attacker without a path comes no nearer to people than this."""
MEDIAN_S, SIGMA = 172.9, 1.0596
"""Of the lognormal duration: 23 of 63 by 120 s, 44 of 63 by 300 s."""
LONGEST_S: Final = 3600.0
SEEN: Final = "/seen"
"""Ends the name under which people notice the attacker by sight, not by ear."""


class AttackerSpec(HeardSpec):
    """An armed attacker.

    Parameters
    ----------
    lasts
        The attack ends by itself after this, s, if police have not ended it before.
    path
        Places passed one after another, in straight lines; without it the attacker makes for the nearest person in
        sight.
    speed
        Of walking, m/s.
    rate
        Aimed shots per minute while somebody is in sight.
    magazine, reload
        Shots between two pauses, and the length of a pause, s.
    shots
        At most so many in all.
    range
        Nobody farther away is shot at, m.
    hit_at_muzzle, hit_range
        p0 and r0 of the hit law p0 exp(-r / r0).
    spread, stray_share
        Half angle within which a miss flies on, degrees, and the chance that it hits whom it meets first.
    minor, delayed, immediate, dead
        Shares of hits by severity; their sum is 1.
    heard_within
        Distance within which a shot is heard, m.
    seen_within, seen_share
        The same of people with the attacker in sight, every second.
    danger_distance, avoid_distance
        Within the first people are exposed, within the second they turn away, m.
    feared_for
        The place stays feared this long after the end, s.
    met_within
        Police who act within this distance and in sight end the attack, m.
    """

    lasts: Annotated[Seconds, limits(above=0.0, high=LONGEST_S)] = Draw(  # type: ignore[assignment]
        "lognormal", (MEDIAN_S, SIGMA), 5.0, LONGEST_S
    )
    path: Annotated[tuple[Place, ...], BeforeValidator(listed)] = ()
    speed: Annotated[MetresPerSecond, limits(high=5.0)] = 1.0
    rate: Annotated[Number, limits(above=0.0, high=600.0)] = 30.0
    magazine: Annotated[Count, limits(low=1, high=1000)] = 15
    reload: Annotated[Seconds, limits(high=120.0)] = 5.0
    shots: Annotated[Count, limits(low=0, high=5000)] = 200
    range: Annotated[Metres, limits(above=0.0, high=500.0)] = 60.0
    hit_at_muzzle: Share = HIT_AT_MUZZLE
    hit_range: Annotated[Metres, limits(above=0.0, high=1000.0)] = HIT_RANGE_M
    spread: Annotated[Degrees, limits(low=0.0, high=45.0)] = 5.0
    stray_share: Share = 0.5
    minor: FixedShare = SEVERITY_SHARES[0]
    delayed: FixedShare = SEVERITY_SHARES[1]
    immediate: FixedShare = SEVERITY_SHARES[2]
    dead: FixedShare = SEVERITY_SHARES[3]
    heard_within: Annotated[Metres, limits(high=2000.0)] = 150.0
    seen_within: Annotated[Metres, limits(high=500.0)] = 40.0
    seen_share: Share = 0.9
    danger_distance: Annotated[Metres, limits(high=500.0)] = 25.0
    avoid_distance: Annotated[Metres, limits(high=1000.0)] = 50.0
    feared_for: Seconds = 300.0
    met_within: Annotated[Metres, limits(high=200.0)] = 30.0

    @model_validator(mode="after")
    def _check(self) -> AttackerSpec:
        total = sum(self.severity_shares)
        if abs(total - 1.0) > 1e-6:
            refuse(
                f"the shares sum to {total:g}, not to 1",
                key="dead",
                allowed="minor + delayed + immediate + dead = 1",
            )
        return self

    @property
    def severity_shares(self) -> tuple[float, ...]:
        """Shares of minor, delayed, immediate and dead among hits."""
        return (self.minor, self.delayed, self.immediate, self.dead)

    def messages(self) -> dict[str, Message]:
        """Return that, and what the sight of it is."""
        return {"": self.message(), SEEN: Message(source="threat_seen", is_threat=True, needs_sight=True)}


@register("hazards", "attacker")
class Attacker(HeardHazard):
    """One attacker: acts every `STEP_S`; the last two acts are the end and the end of fear."""

    Spec = AttackerSpec
    reported_as = "gunshot"

    def __init__(self, name: str, spec: AttackerSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self.world.need_injuries()
        self._attackers: Attackers = self.world.need_attackers()
        self.key = context.stream_key(f"hazards.{name}")
        """Of the draws of its shots."""
        self._n_steps = max(1, int(np.ceil(spec.lasts / STEP_S - 1e-9)))
        points = [context.locate(place) for place in spec.path]
        self._points = [p if p.geom_type == "Point" else p.representative_point() for p in points]
        self._require_clear_path()

    def _require_clear_path(self) -> None:
        ground = self.world.ground.polygon.buffer(1e-6)
        places = [self.place, *self._points]
        for k, (here, there) in enumerate(pairwise(places)):
            if not ground.covers(LineString([here, there])):
                raise InvalidInputError(
                    f"path: the straight way to point {k + 1} leaves the walkable ground",
                    hint="add points so that the way goes round what stands between",
                )

    def times_s(self) -> Sequence[float]:
        """Return the steps, the end, and the end of fear."""
        s = self.spec
        end = s.start + s.lasts
        return [*(s.start + k * STEP_S for k in range(self._n_steps)), end, end + s.feared_for]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Begin, go on, or end."""
        if n == 0:
            return self._begin(causes)
        row, n_steps = self._row(), self._n_steps
        table = self._attackers.attackers
        event = int(table.event[row])
        if n == n_steps + 1:
            self.end_fear([event])
        elif n == n_steps and table.state[row] == AttackerState.ACTIVE:
            self._end(row, AttackerState.OVER, "attack_ended", [event])
        elif table.state[row] == AttackerState.MET and table.ready_tick[row] >= 0:
            met = [event, int(table.met_by[row])] if table.met_by[row] >= 0 else [event]
            self._end(row, AttackerState.MET, "attacker_met", met)
        elif n < n_steps and table.state[row] == AttackerState.ACTIVE:
            self._move(row)
            self._fire(row)
            self._be_seen(n, row)
        return event

    def _begin(self, causes: Sequence[int]) -> int:
        s = self.spec
        event = self.log("attack", causes, lasts_s=round(float(s.lasts), 1))
        self._attackers.attackers.append(
            {
                "key": self.name.encode(),
                "state": AttackerState.ACTIVE,
                "x": self.place.x,
                "y": self.place.y,
                "leg": 0,
                "rounds": int(s.magazine),
                "ready_tick": self.world.tick,
                "event": event,
                "n_seen": 0,
                "aim_x": np.nan,
                "aim_y": np.nan,
                "n_served": 0,
                "met_by": -1,
            }
        )
        self.be_feared(event)
        self._be_seen(0, self._row())
        return event

    def _end(self, row: int, state: AttackerState, kind: str, causes: Sequence[int]) -> None:
        table = self._attackers.attackers
        table.state[row] = state
        table.ready_tick[row] = -1
        mine = self._attackers.shots.attacker == row
        self.world.log(
            kind,
            self.name,
            x=float(table.x[row]),
            y=float(table.y[row]),
            causes=causes,
            shots=int(np.count_nonzero(mine)),
            hits=int(np.count_nonzero(self._attackers.shots.is_hit[mine])),
        )

    def _row(self) -> int:
        return int(np.flatnonzero(self._attackers.attackers.key == self.name.encode())[0])

    def _move(self, row: int) -> None:
        table, stride = self._attackers.attackers, float(self.spec.speed) * STEP_S
        x, y = float(table.x[row]), float(table.y[row])
        if self._points:
            x, y = self._along_path(row, x, y, stride)
        elif np.isfinite(table.aim_x[row]):
            x, y = self._towards(x, y, float(table.aim_x[row]), float(table.aim_y[row]), stride)
        table.x[row], table.y[row] = x, y
        threats = self.world.threats
        mine = threats.key == self.name.encode()
        threats.x[mine], threats.y[mine] = x, y

    def _along_path(self, row: int, x: float, y: float, stride: float) -> tuple[float, float]:
        table = self._attackers.attackers
        while table.leg[row] < len(self._points) and stride > 0.0:
            goal = self._points[int(table.leg[row])]
            away = float(np.hypot(goal.x - x, goal.y - y))
            if away > stride:
                return x + stride * (goal.x - x) / away, y + stride * (goal.y - y) / away
            x, y, stride = goal.x, goal.y, stride - away
            table.leg[row] += 1
        return x, y

    def _towards(self, x: float, y: float, to_x: float, to_y: float, stride: float) -> tuple[float, float]:
        away = float(np.hypot(to_x - x, to_y - y))
        stride = min(stride, away - KEEPS_OFF_M)
        if stride <= 0.0:
            return x, y
        new_x, new_y = x + stride * (to_x - x) / away, y + stride * (to_y - y) / away
        walls = self.world.solid_walls()
        can_go = self.world.ground.holds(new_x, new_y) and is_straight(x, y, new_x, new_y, walls, 0.0)
        return (new_x, new_y) if can_go else (x, y)

    def _fire(self, row: int) -> None:
        s, table, shots, world = self.spec, self._attackers.attackers, self._attackers.shots, self.world
        if table.n_seen[row] == 0:
            return
        interval, pause = world.ticks(60.0 / s.rate), world.ticks(s.reload)
        number = int(np.count_nonzero(shots.attacker == row))
        # who was idle until now begins now: no shots are made up for
        ready = max(int(table.ready_tick[row]), world.tick - world.ticks(STEP_S) + 1)
        first = number
        while ready <= world.tick and number < s.shots:
            if number == first:
                event = self._log_shots(row)
            shots.append(
                {
                    "tick": world.tick,
                    "attacker": row,
                    "number": number,
                    "x": table.x[row],
                    "y": table.y[row],
                    "event": event,
                    "person": -1,
                    "range_m": np.nan,
                    "is_hit": 0,
                }
            )
            number += 1
            table.rounds[row] -= 1
            ready += max(1, interval)
            if table.rounds[row] == 0:
                table.rounds[row] = int(s.magazine)
                ready += pause
        table.ready_tick[row] = ready

    def _log_shots(self, row: int) -> int:
        # One event and one sound for what is fired within a step.
        s, table = self.spec, self._attackers.attackers
        x, y = float(table.x[row]), float(table.y[row])
        event = self.world.log("shot", self.name, x=x, y=y, causes=[int(table.event[row])])
        self._notify("", event, x, y, radius_m=float(s.heard_within), share=float(s.heard_share))
        return event

    def _be_seen(self, n: int, row: int) -> None:
        s, table = self.spec, self._attackers.attackers
        if n % SEEN_EVERY == 0 and highest(s.seen_within) > 0.0:
            x, y = float(table.x[row]), float(table.y[row])
            radius_m, share = float(s.seen_within), float(s.seen_share)
            self._notify(SEEN, int(table.event[row]), x, y, radius_m=radius_m, share=share)

    def _notify(self, suffix: str, event: int, x: float, y: float, *, radius_m: float, share: float) -> None:
        stimulate(
            self.world,
            f"{self.name}{suffix}:{self.world.tick}",
            x=x,
            y=y,
            radius_m=radius_m,
            share=share,
            delay_factor=float(self.spec.delay_factor),
            overrides_hold=True,
            cause=event,
        )

"""Feed of public transport: boardings since the last reading, and how late vehicles left their stops, s.

Boardings are counted by door counters, each person missed with a chance. Lateness is the mean over the departures
since the last reading that had a time, and nothing when there was none; early departures count as negative.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import model_validator

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import FixedSeconds, Share, limits
from impetus_sim.scenario.spec import refuse
from impetus_sim.sensing.base import Devices, Reading, Said, Sensor, SensorContext, SensorSpec, stand_alone
from impetus_sim.sensing.draws import Decision, binomials
from impetus_sim.sensing.scene import NO_TIME_US


class TransitFeedSpec(SensorSpec):
    """A feed.

    Parameters
    ----------
    lines
        Names of lines, one device each; all lines in one device when left out.
    at
        Not given: a feed stands nowhere.
    every, lag
        Time between two readings, and until one can be read, s.
    miss
        Share of boardings that are not counted.
    """

    lines: Texts = ()
    every: Annotated[FixedSeconds, limits(above=0.0)] = 60.0
    lag: FixedSeconds = 30.0
    miss: Share = 0.05

    @model_validator(mode="after")
    def _check_at(self) -> TransitFeedSpec:
        if self.at is not None:
            refuse("a feed stands nowhere", key="at", allowed="lines: names")
        return self

    @property
    def has_place(self) -> bool:
        """It needs none."""
        return True


@register("sensors", "transit_feed")
class TransitFeed(Sensor):
    """Reports boardings and lateness."""

    Spec = TransitFeedSpec
    says: ClassVar[tuple[Said, ...]] = (Said("boardings", "{people}"), Said("late", "s"))

    def __init__(self, name: str, spec: TransitFeedSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self._table = Table(f"sensor_{name}", len(self.devices), {"n_seen": "i8"})

    def place_devices(self, context: SensorContext) -> Devices:
        """Return one device for each line, in the middle of the ground."""
        transit = context.scene.transit
        if transit is None:
            raise InvalidInputError("it reports lines, and the run has none", hint="add traffic.lines")
        self._transit = transit
        lines = sorted(set(self.spec.lines))
        unknown = [line for line in lines if line not in transit.lines]
        if unknown:
            raise InvalidInputError(
                f"lines: there is no line '{unknown[0]}'", hint=f"lines: {', '.join(sorted(transit.lines))}"
            )
        of_line = [transit.line_of_call == transit.lines.index(line) for line in lines]
        self._calls: list[npt.NDArray[np.bool_]] = of_line or [np.ones(len(transit.due_us), bool)]
        ids = [self.name] if len(lines) < 2 else [f"{self.name}_{line}" for line in lines]
        middle = shapely.Point(context.world.ground.polygon.centroid)
        n = len(ids)
        return self.share_asset(stand_alone(ids, [middle.x] * n, [middle.y] * n), context)

    @property
    def state(self) -> list[Table]:
        """How many have boarded in truth."""
        return [self._table]

    def begin(self) -> None:
        """Take who has boarded so far as counted."""
        self._table.n_seen[:] = self._n_boarded()

    def _n_boarded(self) -> npt.NDArray[np.int64]:
        n = self._transit.n_boarded()
        return np.array([n[calls].sum() for calls in self._calls], np.int64)

    def read(self, serial: int) -> Reading:
        """Return boardings and mean lateness since the last reading."""
        so_far = self._n_boarded()
        boarded = so_far - self._table.n_seen
        self._table.n_seen[:] = so_far
        counted = boarded - binomials(self.keys, serial, Decision.MISS, boarded, self.spec.miss)
        return self.without_cause(np.column_stack([counted.astype(np.float64), self._late_s()]))

    def _late_s(self) -> npt.NDArray[np.float64]:
        left_us, due_us = self._transit.left_us(), self._transit.due_us
        now_us = self.world.tick * self.world.resolution_us
        since_us = now_us - round(self.spec.every * 1e6)
        is_told = (left_us > since_us) & (left_us <= now_us) & (due_us > 0) & (due_us < NO_TIME_US)
        late = (left_us - due_us) * 1e-6
        return np.array(
            [late[is_told & calls].mean() if (is_told & calls).any() else np.nan for calls in self._calls]
        )

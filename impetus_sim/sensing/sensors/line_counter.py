"""People counters over a line inside the ground, such as a gate or a narrow street: who crosses, by direction.

Twice a second the counter compares where people are with where they were: who went from one side to the other
across the line has passed, to and fro twice. Misses and double counts follow the law of `exit_counter`. Who crosses
twice within one look, or comes or leaves at the line itself, is not seen to pass.
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
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Degrees, FixedSeconds, Share, limits
from impetus_sim.scenario.spec import refuse
from impetus_sim.sensing.base import Devices, Reading, Said, Sensor, SensorContext, SensorSpec, stand_alone
from impetus_sim.sensing.draws import miscounts
from impetus_sim.sensing.scene import Floats

LOOK_EVERY_S = 0.5


class LineCounterSpec(SensorSpec):
    """A counter over a line.

    Parameters
    ----------
    at
        The line, such as ``{line: [[0, 0], [4, 0]]}``.
    needs
        One asset that it needs, or ``none``.
    heading
        Compass bearing of those who are counted, within 90 degrees; both directions when left out.
    every
        Time between two readings, s.
    miss, twice
        Share of people who are not counted, and of those counted who are counted twice.
    """

    at: Place
    heading: Degrees | None = None
    every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
    miss: Share = 0.05
    twice: Share = 0.02

    @model_validator(mode="after")
    def _check_line(self) -> LineCounterSpec:
        if self.at.form in ("xy", "lonlat", "box", "circle"):
            refuse(f"'{self.at}' is no line", key="at", allowed="{line: [[x, y], [x, y]]}, or a line by name")
        return self


@register("sensors", "line_counter")
class LineCounter(Sensor):
    """Counts people who cross a line."""

    Spec = LineCounterSpec
    says: ClassVar[tuple[Said, ...]] = (Said("people_passing", "{people}"),)

    def __init__(self, name: str, spec: LineCounterSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self.scan_every_s = LOOK_EVERY_S
        line = context.locate(spec.at)
        if line.geom_type not in ("LineString", "MultiLineString"):
            raise InvalidInputError(f"at: '{spec.at}' is no line", hint="{line: [[x, y], [x, y]]}")
        points = [shapely.get_coordinates(part) for part in shapely.get_parts(line)]
        self._pieces: Floats = np.concatenate([np.column_stack([p[:-1], p[1:]]) for p in points])
        self._people = Table(
            f"sensor_{name}", context.scene.n_people, {"x": "f8", "y": "f8", "is_seen": "u1"}
        )
        self._passed = Table(f"sensor_{name}_passed", 1, {"n": "i8"})

    def place_devices(self, context: SensorContext) -> Devices:
        """Return the one device, in the middle of its line."""
        middle = context.locate(self.spec.at).centroid
        return self.share_asset(stand_alone([self.name], [middle.x], [middle.y]), context)

    @property
    def state(self) -> list[Table]:
        """Where everybody was at the last look, and how many have passed since the last reading."""
        return [self._people, self._passed]

    def begin(self) -> None:
        """Look where people are."""
        n = self.scene.n_people
        self._people.load({"x": np.zeros(n), "y": np.zeros(n), "is_seen": np.zeros(n, np.uint8)})
        self._look()

    def scan(self) -> None:
        """Count those who have crossed since the last look."""
        rows, x, y = self.scene.people()
        was = self._people
        before = was.is_seen[rows] == 1
        rows, x, y = rows[before], x[before], y[before]
        if self.is_on[0]:
            self._passed.n[0] += self._n_crossed(was.x[rows], was.y[rows], x, y)
        self._look()

    def _look(self) -> None:
        rows, x, y = self.scene.people()
        self._people.is_seen[:] = 0
        self._people.is_seen[rows] = 1
        self._people.x[rows], self._people.y[rows] = x, y

    def _n_crossed(self, px: Floats, py: Floats, qx: Floats, qy: Floats) -> int:
        dx, dy = qx - px, qy - py
        may: npt.NDArray[np.bool_] = (dx != 0.0) | (dy != 0.0)
        if self.spec.heading is not None:
            bearing = np.radians(float(self.spec.heading))
            may &= dx * np.sin(bearing) + dy * np.cos(bearing) > 0.0
        n = 0
        for ax, ay, bx, by in self._pieces:
            before = (bx - ax) * (py - ay) - (by - ay) * (px - ax) > 0.0
            after = (bx - ax) * (qy - ay) - (by - ay) * (qx - ax) > 0.0
            side_a = dx * (ay - py) - dy * (ax - px) > 0.0
            side_b = dx * (by - py) - dy * (bx - px) > 0.0
            n += int(np.count_nonzero(may & (before != after) & (side_a != side_b)))
        return n

    def read(self, serial: int) -> Reading:
        """Return the people counted since the last reading."""
        passed = self._passed.n.copy()
        self._passed.n[0] = 0
        spec = self.spec
        counted = miscounts(self.keys, serial, passed, miss=spec.miss, twice=spec.twice)
        return self.without_cause(counted)

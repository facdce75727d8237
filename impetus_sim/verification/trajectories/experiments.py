"""The experiments: ground, ways out, lines and boxes of measurement.

Jülich pedestrian dynamics archive; walls and lines as published with the files. Of the corridor runs (name:
widths of entrance, corridor, exit in cm) the entrance is outside the camera's view, and the exit is a gate at
y = -4.05 m, as the trajectories show. The file of the corridor with a wider outlet says 50 frames per second; at
that rate people would walk 2.0 m/s at 1.7 persons per m2, twice what every other run shows, so 25 is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import shapely
from shapely import LineString, Polygon, box

from impetus_sim.maps.plan import NamedShape, build_plan

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

Point = tuple[float, float]
Line = tuple[Point, Point]


@dataclass(frozen=True, kw_only=True, eq=False)
class Experiment:
    """One measured run.

    Parameters
    ----------
    name
        Of its file, without ``.txt.gz``.
    group
        ``corridor``, ``bottleneck``, ``bidirectional``, ``corner`` or ``obstacle``.
    fps, unit
        Frames per second and unit of length of the file.
    ground
        Walkable polygon, m.
    exits
        Name to line on its edge.
    line
        Where flow is counted.
    box
        Where density and speed are taken: x0, y0, x1, y1.
    window_s
        Measured interval from the first frame 0; None: from 10 to 90 % of the crossings.
    width_m
        Of the bottleneck or corridor.
    title, source
        For the report.
    judges_speed
        Whether the density in the box is 0.5 to 3 persons per m2, where speed is judged.
    """

    name: str
    group: str
    fps: float
    unit: Literal["m", "cm"]
    ground: Polygon
    exits: dict[str, Line]
    line: Line
    box: tuple[float, float, float, float]
    window_s: tuple[float, float] | None = None
    width_m: float
    title: str
    judges_speed: bool = True
    source: str = "Jülich archive of pedestrian dynamics"

    def build_city(self) -> City:
        """Return the plan of the ground with its exits."""
        places = [
            NamedShape(name=name, kind="exit", shape=LineString(line)) for name, line in self.exits.items()
        ]
        places.append(NamedShape(name="ground", kind="area", shape=self.ground))
        return build_plan(name=self.name, ground=self.ground, places=places)


GATE_Y_M = -4.05
GATE_WALL_M = 0.1
BEYOND_M = 15.0
"""People walk on beyond what the camera saw, up to here."""


def corridor_run(name: str, first: int, last: int) -> Experiment:
    """Return one of the corridor runs; `first` and `last` frame bound its steady interval."""
    exit_m = int(name.rsplit("-", 1)[1]) / 100.0
    parts = [box(0.0, -4.0, 1.8, 4.0), box(-1.0, 4.0, 2.8, 8.0), box(-1.0, -BEYOND_M, 2.8, -4.0)]
    ground = shapely.union_all(parts)
    if exit_m < 1.8:
        left, right = 0.9 - exit_m / 2.0, 0.9 + exit_m / 2.0
        low, high = GATE_Y_M - GATE_WALL_M / 2.0, -4.0
        ground = ground.difference(box(-1.0, low, left, high)).difference(box(right, low, 2.8, high))
    return Experiment(
        name=name,
        group="corridor",
        fps=16.0,
        unit="cm",
        ground=ground,
        exits={"out": ((-1.0, -BEYOND_M), (2.8, -BEYOND_M))},
        line=((0.0, 0.0), (1.8, 0.0)),
        box=(0.0, -2.0, 1.8, 0.0),
        window_s=(first / 16.0, last / 16.0),
        width_m=exit_m,
        title=f"corridor 1.8 m, entrance {int(name[3:6]) / 100:g} m, exit {exit_m:g} m",
        source="Jülich archive, corridor runs of 2009 (Seyfried et al.)",
    )


EXPERIMENTS: tuple[Experiment, ...] = (
    corridor_run("uo-050-180-180", 211, 800),
    corridor_run("uo-060-180-180", 243, 771),
    corridor_run("uo-070-180-180", 203, 1113),
    corridor_run("uo-100-180-180", 200, 790),
    corridor_run("uo-180-180-180", 400, 1284),
    corridor_run("uo-180-180-120", 300, 1099),
    corridor_run("uo-180-180-070", 500, 1399),
    Experiment(
        name="040_c_56_h-",
        group="bottleneck",
        fps=25.0,
        unit="m",
        ground=shapely.union_all(
            [
                box(-2.8, 0.0, 2.8, 8.0),
                Polygon(
                    [(-0.4, 0.0), (-0.25, -0.15), (-0.25, -1.1), (0.25, -1.1), (0.25, -0.15), (0.4, 0.0)]
                ),
                box(-0.7, -2.0, 0.7, -1.1),
            ]
        ),
        exits={"out": ((-0.7, -2.0), (0.7, -2.0))},
        line=((-0.25, 0.0), (0.25, 0.0)),
        box=(-1.0, 0.3, 1.0, 2.3),
        width_m=0.5,
        title="bottleneck 0.5 m, 75 persons, low motivation",
        judges_speed=False,
    ),
    Experiment(
        name="traj_AO_300",
        group="bottleneck",
        fps=16.0,
        unit="m",
        ground=shapely.union_all(
            [box(-2.25, -8.1, 4.0, -0.53), box(-0.6, -0.53, 2.4, 0.53), box(-2.25, 0.53, 4.0, BEYOND_M)]
        ),
        exits={"out": ((-2.25, BEYOND_M), (4.0, BEYOND_M))},
        line=((-0.6, 0.0), (2.4, 0.0)),
        box=(-0.1, -3.0, 1.9, -1.0),
        width_m=3.0,
        title="bottleneck 3.0 m, 348 persons",
        judges_speed=False,
    ),
    Experiment(
        name="bi_corr_400_b_03",
        group="bidirectional",
        fps=25.0,
        unit="cm",
        ground=box(-2.0 * BEYOND_M, 0.0, 2.0 * BEYOND_M, 4.0),
        exits={
            "east": ((2.0 * BEYOND_M, 0.0), (2.0 * BEYOND_M, 4.0)),
            "west": ((-2.0 * BEYOND_M, 0.0), (-2.0 * BEYOND_M, 4.0)),
        },
        line=((0.0, 0.0), (0.0, 4.0)),
        box=(-1.0, 0.0, 1.0, 4.0),
        width_m=4.0,
        title="bidirectional corridor 4 m, 480 persons",
    ),
    Experiment(
        name="corner_traj",
        group="corner",
        fps=16.0,
        unit="m",
        ground=shapely.union_all([box(-3.0, -3.0, 0.0, 5.0), box(-3.0, -3.0, 5.0, 0.0)]),
        exits={"out": ((-3.0, 5.0), (0.0, 5.0))},
        line=((-3.0, 2.0), (0.0, 2.0)),
        box=(-3.0, -3.0, 0.0, 0.0),
        width_m=3.0,
        title="corner of a 3 m corridor, 137 persons",
    ),
    Experiment(
        name="traj_corridor_with_obstacle",
        group="obstacle",
        fps=25.0,
        unit="m",
        ground=Polygon(
            [(-BEYOND_M, 0.0), (-BEYOND_M, 2.0), (-6.5, 2.0), (-5.15, 1.5), (6.0, 1.5), (6.0, 0.0)]
        ),
        exits={"out": ((-BEYOND_M, 0.0), (-BEYOND_M, 2.0))},
        line=((0.0, 0.0), (0.0, 1.5)),
        box=(-1.0, 0.0, 1.0, 1.5),
        width_m=1.5,
        title="corridor 1.5 m with a wider outlet, 105 tracks",
    ),
)

"""Gas in the wind reaches people: outdoors as it is where they stand, indoors as the box they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from impetus_sim.crowd.kernels.links import AT_HOME
from impetus_sim.crowd.population import ON_LINK
from impetus_sim.engine.couplings.exposure import Dose, Floats, Rows
from impetus_sim.hazards.probit import worst_severity
from impetus_sim.world.plumes import BREATHING_M

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from impetus_sim.arrays import Table
    from impetus_sim.hazards.plume import Plume
    from impetus_sim.world.world import World

AT_HOME_WITHIN_M = 60.0
"""People at home beside a street are in the nearest building within this distance; farther ones stand outdoors."""
OUTDOORS = -1


class Shelters:
    """Which box of indoor air each person is in.

    Boxes: buildings of the map, then storeys and strips of the run's sheets, then areas that hazards say are
    indoors.

    Parameters
    ----------
    buildings
        Footprints, object (n,).
    world
        Its sheets.
    areas
        Of hazards.
    people, link_mode
        The crowd, and mode of people on links (`crowd.kernels.links`); None without links.
    """

    def __init__(
        self,
        buildings: npt.NDArray[np.object_],
        world: World,
        areas: list[BaseGeometry],
        *,
        people: Table,
        link_mode: npt.NDArray[np.uint8] | None,
    ) -> None:
        self._world, self._areas, self._people, self._link_mode = world, areas, people, link_mode
        points = shapely.centroid(buildings)
        xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)]).reshape(-1, 2)
        sheets = [(np.array(f.west) + np.array(f.east)) / 2.0 for f in world.sheets.frames]
        self._first_sheet, self._first_area = len(xy), len(xy) + len(sheets)
        rows = [np.column_stack([xy, np.full(len(xy), BREATHING_M)]), *(s[None, :] for s in sheets)]
        rows += [np.array([[a.centroid.x, a.centroid.y, BREATHING_M]]) for a in areas]
        self.boxes = np.concatenate(rows)
        self._tree = cKDTree(xy) if len(xy) else None
        for area in areas:
            shapely.prepare(area)

    def box_of(self, rows: Rows, x: Floats, y: Floats) -> npt.NDArray[np.intp]:
        """Return the box of each person, `OUTDOORS` for none."""
        box = np.full(len(rows), OUTDOORS, np.intp)
        if self._link_mode is not None and self._tree is not None:
            at_home = (self._people.state[rows] == ON_LINK) & (self._link_mode[rows] == AT_HOME)
            if at_home.any():
                apart, near = self._tree.query(np.column_stack([x[at_home], y[at_home]]))
                box[at_home] = np.where(apart <= AT_HOME_WITHIN_M, near, OUTDOORS)
        if len(self._world.sheets):
            sheet = self._world.sheets.number(x, y)
            box[sheet >= 0] = self._first_sheet + sheet[sheet >= 0]
        for k, area in enumerate(self._areas):
            box[shapely.contains_xy(area, x, y)] = self._first_area + k
        return box


class PlumeDose(Dose):
    """The toxic load of one release.

    Parameters
    ----------
    plume
        The hazard.
    shelters
        Who is indoors; shared by all releases.
    """

    coupling = "plumes_harm_people"

    def __init__(self, plume: Plume, shelters: Shelters, world: World, n_people: int) -> None:
        super().__init__(plume.name, n_people)
        assert world.plumes is not None
        self._substance, self._laws = plume.substance, plume.laws()
        self._shelters, self._plumes, self._world = shelters, world.plumes, world

    @property
    def is_present(self) -> bool:
        """Whether something was released and has not drifted away."""
        return self._plumes.is_present

    def grow(self, rows: Rows, x: Floats, y: Floats, seconds: float) -> None:
        """Let people breathe."""
        there = self.breathed_kg_m3(rows, x, y)
        breathing = there > 0.0
        rate = self._substance.load_rate(there[breathing])
        self.table.dose[rows[breathing]] += rate * seconds

    def severity(self, rows: Rows, bears: Floats) -> npt.NDArray[np.uint8]:
        """Return how badly people are hurt."""
        worst = np.zeros(len(rows), np.uint8)
        dosed = self.table.dose[rows] > 0.0
        worst[dosed] = worst_severity(self.table.dose[rows[dosed]], self._laws, bears[dosed])
        return worst

    def breathed_kg_m3(self, rows: Rows, x: Floats, y: Floats) -> Floats:
        """Return the concentration that people at places breathe, kg/m3."""
        box = self._shelters.box_of(rows, x, y)
        outside = box == OUTDOORS
        there = np.empty(len(rows))
        there[outside] = self._plumes.concentration_at(x[outside], y[outside], release=self.name)
        there[~outside] = self._plumes.indoor_at(self.name, box[~outside])
        return there

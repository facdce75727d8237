"""The crowd's step, as a list of what happens in it.

    arrive -> start -> choose an exit -> wish -> propose velocities -> move -> leave -> settle

Stimuli and orders are served in the coupling phase (`perceive`), after everything has moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.arrive import Arrivals
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.beyond import walk_on_beyond
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.checks import require_laws
from impetus_sim.crowd.decide import ExitChoice
from impetus_sim.crowd.doors import Doors
from impetus_sim.crowd.harm.smoke_law import SmokeSpeedLaw
from impetus_sim.crowd.harm.smoke_speed.frantzich_nilsson import FrantzichNilsson
from impetus_sim.crowd.kernels.move import move_people
from impetus_sim.crowd.kernels.rows import list_crossed, list_present, start_walking
from impetus_sim.crowd.models.base import WalkingModel
from impetus_sim.crowd.perceive import Perception
from impetus_sim.crowd.placement import place_at
from impetus_sim.crowd.population import (
    BETWEEN,
    INSIDE,
    LEFT,
    ON_LINK,
    PENDING,
    REMOVED,
    Roster,
    frame_state,
)
from impetus_sim.crowd.settle import settle, update_in_goal
from impetus_sim.crowd.wishes import Wishes
from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.kernels.compile import fit_threads
from impetus_sim.maps.storeys import GAP_M
from impetus_sim.world.ground import WALL_CELL_M
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import Channels, System
from impetus_sim.world.world import World


class CrowdSystem(System):
    """People on foot in the focus area.

    Parameters
    ----------
    people, roster
        From `population.build_people`, with places from `placement.place_population`.
    model
        A walking model of the registry family ``walking_models``.
    beyond_ticks
        How long people who have left still stand in the way of those behind.
    step_ticks
        Length of a step in ticks.
    behaviours
        Parts that join the step, in the order in which they act.
    wall_clearance
        How near to walls people come, as a share of their radius.
    smoke_speed
        How smoke slows people; Frantzich and Nilsson's law when left out.
    threats_are_known
        Whether everybody knows where threats are; False where a behaviour keeps what each believes.
    mobility
        int16 (people,): class of mobility, where the ways have several.
    records_positions
        Whether frames hold where everybody is.
    """

    name = "crowd"
    phase = Phase.MOVE

    def __init__(
        self,
        people: Table,
        roster: Roster,
        world: World,
        *,
        model: WalkingModel,
        choice: ExitChoice,
        arrivals: Arrivals,
        perception: Perception,
        doors: Doors,
        beyond_ticks: int,
        step_ticks: int,
        behaviours: Sequence[Behaviour] = (),
        wall_clearance: float = 1.0,
        smoke_speed: SmokeSpeedLaw | None = None,
        threats_are_known: bool = True,
        mobility: npt.NDArray[np.int16] | None = None,
        records_positions: bool = True,
    ) -> None:
        self.people, self.roster, self.world = people, roster, world
        self.model, self.choice, self.arrivals, self.perception = model, choice, arrivals, perception
        self.doors, self.behaviours = doors, tuple(behaviours)
        self.smoke_speed: SmokeSpeedLaw = smoke_speed or FrantzichNilsson()
        self._threats_are_known = threats_are_known
        self.beyond_ticks = beyond_ticks
        self.mobility = mobility
        self._records_positions = records_positions
        self.step_ticks = step_ticks
        n = len(people)
        self._cells = CellList(n, world.ground)
        self._inside = np.zeros(n, np.int32)
        self._present = np.zeros(n, np.int32)
        self._is_present = np.zeros(n, np.uint8)
        self._gone = np.zeros(n, np.int32)
        self._wishes = Wishes(n, world, mobility=mobility)
        self._crossed = np.full(n, -1, np.int16)
        self._is_refused = np.zeros(len(world.exits), np.uint8)
        self.n_inside = 0
        self._n_beyond = 0
        self._wall_radius = people.radius if wall_clearance == 1.0 else wall_clearance * people.radius
        self.refresh()

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.people, *self.perception.state, *(t for b in self.behaviours for t in b.state)]

    @property
    def optional_state(self) -> list[Table]:
        """Tables of the behaviours: those that only a branch has start as they are built."""
        return [table for behaviour in self.behaviours for table in behaviour.state]

    @property
    def step_s(self) -> float:
        """Length of a step, s."""
        return self.world.seconds(self.step_ticks)

    @property
    def positions(self) -> npt.NDArray[np.float64]:
        """Positions of the people inside, float64 (n, 2), m; a copy, in row order."""
        rows = self.inside
        return np.column_stack([self.people.x[rows], self.people.y[rows]])

    @property
    def inside(self) -> npt.NDArray[np.int32]:
        """Rows of the people inside, ascending; a view that the next step overwrites."""
        return self._inside[: self.n_inside]

    @property
    def is_over(self) -> bool:
        """Whether everybody has come and gone."""
        state = self.people.state
        if self.n_inside or not len(state):
            return False
        return not ((state == PENDING) | (state == ON_LINK) | (state == BETWEEN)).any()

    def join(self, behaviour: Behaviour) -> None:
        """Let one more behaviour join the step, after those there are (before the run)."""
        self.behaviours = (*self.behaviours, behaviour)

    def begin(self) -> None:
        """Let behaviours act once before the first step."""
        for behaviour in self.behaviours:
            behaviour.begin(self)

    def restored(self, tick: int) -> None:
        """Rebuild what is derived from the tables, after a restore."""
        del tick
        self.refresh()
        for behaviour in self.behaviours:
            behaviour.restored(self)

    def require_laws(self) -> None:
        """Raise RunFailedError unless everybody is accounted for, on the ground, and finite."""
        require_laws(self)

    def next_tick(self, after: int) -> int | None:
        """Return the tick of the next step; a run without people has none."""
        return super().next_tick(after) if len(self.people) else None

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return what behaviours say of themselves for the header of a recording."""
        groups: dict[str, dict[str, Any]] = {}
        for behaviour in self.behaviours:
            groups |= behaviour.describe()
        return groups

    def record(self, channels: Channels, tick: int, *, is_frame: bool) -> None:
        """Record where people are: at frames on the ground, on links when they have moved."""
        if is_frame and self._records_positions:
            people, rows = self.people, self.inside.copy()
            channels.add_frame(tick, rows, people.x[rows], people.y[rows], frame_state(people, rows))
        for behaviour in self.behaviours:
            if (links := behaviour.record_links(tick)) is not None:
                channels.add_series("links", tick, links)

    def counts(self) -> dict[str, npt.NDArray[np.int64] | int]:
        """Return the numbers of people by state, and those who left by exit."""
        by_state = np.bincount(self.people.state, minlength=6)
        away = int(by_state[ON_LINK] + by_state[BETWEEN])
        held: dict[str, npt.NDArray[np.int64] | int] = {
            "entered": int(by_state[INSIDE] + by_state[LEFT] + by_state[REMOVED]) + away,
            "inside": int(by_state[INSIDE]),
            "away": away,
            "left": int(by_state[LEFT]),
            "removed": int(by_state[REMOVED]),
            "pending": int(by_state[PENDING]),
            "exit_left": self.world.exits.n_left[: len(self.world.ground.exit_names)].copy(),
        }
        for behaviour in self.behaviours:
            held |= behaviour.counts()
        return held

    def place(self, population: str, positions: npt.ArrayLike) -> None:
        """Put the people of a population on given places before the run begins: thousands in one call.

        Parameters
        ----------
        population
            Its name in the scenario.
        positions
            float64 (people of the population, 2): local x and y, m.

        Raises
        ------
        InvalidInputError
            When the run has begun, the number differs, or a place is not on walkable ground.

        Examples
        --------
        >>> scenario = scenario.with_(**{"crowd.populations.guests.count": len(xy)})  # doctest: +SKIP
        >>> Simulation(scenario).crowd.place("guests", xy)                            # doctest: +SKIP
        """
        if self.world.tick > 0:
            raise InvalidInputError(
                f"people cannot be placed at {self.world.time_s:g} s: the run has begun",
                hint="place them before the first step, or let them arrive through an exit",
            )
        place_at(self.people, self.roster, self.world.ground, population, positions)
        self.refresh()

    def refresh(self) -> None:
        """Rebuild what is derived from the tables; after a restore and whenever somebody comes or goes."""
        people = self.people
        self.n_inside, n_present = list_present(
            people.state, people.beyond_tick, self.world.tick, self._inside, self._present, self._is_present
        )
        self._n_beyond = n_present - self.n_inside

    def resize(self, rows: npt.NDArray[np.int32], radius: npt.NDArray[np.float64]) -> None:
        """Give some of the people inside another body radius from this step on, m, at most that of the start."""
        if (self.people.radius[rows] != radius).any():
            self.people.radius[rows] = radius
            self._cells.sort()  # sorted copies and lists of neighbours hold the radius

    def advance(self, tick: int) -> None:
        """Advance everybody from ``tick - step_ticks`` to `tick`."""
        if self.arrivals.admit(tick, self._inside, self.n_inside) or self._n_beyond:
            self.refresh()
        people = self.people
        if self.n_inside:
            start_walking(
                self._inside, self.n_inside, tick, people.move_tick, people.held_by, people.is_leaving,
                people.is_walking, people.is_in_goal, people.goal,
            )  # fmt: skip
        self.choice.is_led[:] = 0
        for behaviour in self.behaviours:
            behaviour.before_choice(self, tick)
        if self.n_inside:
            self._walk(tick)
        for behaviour in self.behaviours:
            behaviour.after_move(self, tick)

    def _walk(self, tick: int) -> None:
        people, world, rows = self.people, self.world, self.inside
        threats = self._threats()
        self.choice.choose(tick, self.step_ticks, self._inside, self.n_inside, threats)
        update_in_goal(people, world, rows)

        fit_threads(self.n_inside)
        cells, wishes, ground, present = self._cells, self._wishes, world.ground, self._present
        n_present = self.n_inside + self._n_beyond
        cells.update(people, present, n_present, is_present=self._is_present, slack_m=self.model.slack_m)
        wall_is_open = world.wall_is_open()
        wishes.update(people, cells, threats)
        for behaviour in self.behaviours:
            behaviour.adjust_wishes(self, tick, wishes.speed, wishes.x, wishes.y)
        self.model.propose(cells, wishes.speed, wishes.x, wishes.y, wall_is_open)
        lets = self.doors.open_for_step()
        for behaviour in self.behaviours:
            behaviour.limit_exits(self, tick, lets)
        move_people(
            cells.order, cells.n, cells.is_here, self.step_s, ground.walls, wall_is_open, ground.wall_exit, lets,
            ground.x0, ground.y0, WALL_CELL_M, ground.wall_columns, ground.near.start, ground.near.of,
            people.x, people.y, self._wall_radius, people.vx, people.vy, self._crossed,
        )  # fmt: skip
        if self._n_beyond:
            walk_on_beyond(people, present[:n_present], self.step_s)
        self._leave(tick)
        settle(people, self.inside, self.step_s)

    def _threats(self) -> npt.NDArray[np.float64]:
        t = self.world.threats
        active = (t.is_active == 1) & self._threats_are_known
        avoid_m = t.avoid_m[active]
        if len(self.world.sheets):
            avoid_m = np.minimum(avoid_m, GAP_M)  # no farther than the next storey's sheet
        return np.column_stack([t.x[active], t.y[active], avoid_m, t.strength[active]])

    def _leave(self, tick: int) -> None:
        people = self.people
        n_gone = list_crossed(self._inside, self.n_inside, self._crossed, self._gone, self._is_refused)
        self.doors.note_waiting(self._is_refused)
        gone = self._gone[:n_gone]
        if not len(gone):
            return
        gone = gone.copy()
        self.doors.let_through(self._crossed[gone])
        for behaviour in self.behaviours:
            gone = behaviour.take_over(self, tick, gone, self._crossed[gone])
        people.state[gone] = LEFT
        people.left_tick[gone] = tick
        people.beyond_tick[gone] = tick + self.beyond_ticks
        people.exit[gone] = self._crossed[gone]
        people.is_walking[gone] = 0
        people.vx[gone] = 0.0
        people.vy[gone] = 0.0
        self.doors.count(self._crossed[gone])
        self.refresh()

    def check_finite(self) -> None:
        """Raise when a number of somebody inside is not finite (NaN never travels)."""
        if not self.n_inside:
            return
        people, rows = self.people, self.inside
        for column in ("x", "y", "vx", "vy"):
            bad = rows[~np.isfinite(people.columns[column][rows])]
            if len(bad):
                raise RunFailedError(
                    f"at {self.world.time_s:g} s: '{column}' of person {int(people.uid[bad[0]])} is not finite"
                    f" ({len(bad)} people)",
                    hint="please report this with the scenario and seed",
                )

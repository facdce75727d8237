"""Where people stand at the start: free ground of their area, nobody touching anybody."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.place import place_people
from impetus_sim.crowd.population import INSIDE, Roster
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.ground import Ground

GAPS_M = (0.1, 0.03, 0.0)
"""Free distance between bodies; the next is used where an area is too full for the last."""
TRIES = 2000
MOST_COVER = 0.42
STRIP_M = 0.8
"""People with neighbouring rows in the table stand side by side in strips of this width."""


def place_population(
    people: Table,
    roster: Roster,
    ground: Ground,
    cells_of: dict[str, npt.NDArray[np.int64]],
    *,
    seed: int,
    replicate: int,
) -> None:
    """Give everybody a spot in their population's area; people who are there from the start stand on it.

    Parameters
    ----------
    cells_of
        Population name to flat indices of its ground cells; the others stand elsewhere.

    Raises
    ------
    InvalidInputError
        When an area is too small for its people.
    """
    radius = float(people.radius.max(initial=0.1))
    size = 2.0 * radius + max(GAPS_M)
    rows = int(np.ceil(ground.shape[0] * ground.cell / size)) + 1
    columns = int(np.ceil(ground.shape[1] * ground.cell / size)) + 1
    x, y = people.spot_x, people.spot_y
    key = rng.stream_key(seed, replicate, "crowd.placement")
    standing = np.empty(0, np.int64)
    for k, name in enumerate(roster.populations):
        members = np.flatnonzero(people.population == k)
        if not len(members) or name not in cells_of:  # who goes elsewhere over the network has no spot
            continue
        # the widest first: a wheelchair finds no room once everybody else stands
        members = members[np.argsort(-people.radius[members], kind="stable")]
        # its own linked cells over everybody placed before: populations may share an area
        head = np.full(rows * columns, -1, np.int32)
        following = np.full(len(people), -1, np.int32)
        _link_all(standing, x, y, head, following, ground, size, columns)
        cells = cells_of[name]
        area = len(cells) * ground.cell**2
        first = 0
        for gap in _gaps(people.radius[members], area):
            first = place_people(
                key, people.uid, members, first, cells, ground.x0, ground.y0, ground.cell, ground.shape[1],
                ground.wall_distance.ravel(), people.radius, gap, TRIES, head, following,
                ground.x0, ground.y0, size, columns, rows, x, y,
            )  # fmt: skip
        if first < len(members):
            raise InvalidInputError(
                f"population '{name}': {len(members)} people do not fit on the {area:.0f} m2 of walkable ground "
                f"at its place (room was found for {first})",
                hint="enlarge the place or lower the count; about 3.5 people per m2 is the most that stands",
            )
        _hand_out(people, members)
        standing = np.concatenate([standing, members])
    inside = people.state == 1
    people.x[inside] = x[inside]
    people.y[inside] = y[inside]


def place_at(
    people: Table, roster: Roster, ground: Ground, population: str, positions: npt.ArrayLike
) -> None:
    """Put the people of a population on given places, in one call.

    Parameters
    ----------
    positions
        float64 (people of the population, 2): local x and y, m, in the order of their rows.

    Raises
    ------
    InvalidInputError
        When there is no such population, the number differs, or a place is not on walkable ground.
    """
    if population not in roster.populations:
        raise InvalidInputError(
            f"there is no population '{population}'", hint=f"one of {', '.join(roster.populations)}"
        )
    rows = np.flatnonzero(people.population == roster.populations.index(population))
    places = np.asarray(positions, np.float64)
    if places.shape != (len(rows), 2):
        raise InvalidInputError(
            f"population '{population}': positions have the shape {places.shape}, not ({len(rows)}, 2)",
            hint="set crowd.populations.<name>.count to their number",
        )
    shapely.prepare(ground.polygon)
    is_off = ~(np.isfinite(places).all(axis=1) & shapely.contains_xy(ground.polygon, *places.T))
    if is_off.any():
        first = int(np.flatnonzero(is_off)[0])
        raise InvalidInputError(
            f"population '{population}': {int(is_off.sum())} of {len(rows)} positions are not on walkable ground,"
            f" the first is number {first}: ({places[first, 0]:g}, {places[first, 1]:g})"
        )
    people.spot_x[rows], people.spot_y[rows] = places.T
    inside = rows[people.state[rows] == INSIDE]
    people.x[inside], people.y[inside] = people.spot_x[inside], people.spot_y[inside]


def _hand_out(people: Table, members: npt.NDArray[np.int64]) -> None:
    # Who stands on which spot is a draw between people of the same size. This one puts neighbours in the table
    # side by side on the ground too: a step then reads the table almost in order, up to twice as fast.
    for radius in np.unique(people.radius[members]):
        rows = np.sort(members[people.radius[members] == radius])
        x, y = people.spot_x[rows], people.spot_y[rows]
        by_place = np.lexsort((x, np.floor(y / STRIP_M)))
        people.spot_x[rows], people.spot_y[rows] = x[by_place], y[by_place]


def _gaps(radius: npt.NDArray[np.float64], area: float) -> list[float]:
    # Random sequential placing stalls near 54.7 % cover: begin with a gap that leaves room, then close up.
    cover = [np.pi * float(((radius + gap / 2.0) ** 2).sum()) / area for gap in GAPS_M]
    return [gap for gap, share in zip(GAPS_M, cover, strict=True) if share < MOST_COVER] or [GAPS_M[-1]]


def _link_all(
    rows: npt.NDArray[np.int64],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    head: npt.NDArray[np.int32],
    following: npt.NDArray[np.int32],
    ground: Ground,
    size: float,
    columns: int,
) -> None:
    from impetus_sim.crowd.kernels.place import link

    for i in rows:
        link(i, x, y, head, following, ground.x0, ground.y0, size, columns)

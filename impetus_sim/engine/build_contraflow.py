"""Which lanes the contraflows of a scenario are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.response.interventions.contraflow import ContraflowSpec
from impetus_sim.scenario.roads import OnRoads
from impetus_sim.traffic.lanes import Contraflow

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.drive_network import DriveNetwork

MOST_LANES = 16
"""As many as any street has in one direction."""

Ints = npt.NDArray[np.int64]


def build_contraflows(
    scenario: Scenario, network: DriveNetwork, links_of: Callable[[OnRoads], Ints]
) -> dict[str, Contraflow]:
    """Return what each contraflow of a drawn scenario is about, by name.

    Parameters
    ----------
    links_of
        From a part to the links that it is about.

    Raises
    ------
    InvalidInputError
        When a street has no lanes the other way on the same line.
    """
    specs = {name: spec for name, spec in scenario.interventions.items() if isinstance(spec, ContraflowSpec)}
    if not specs:
        return {}
    opposite = opposite_links(network)
    found = {}
    for name, spec in specs.items():
        with about(f"interventions.{name}.at"):
            gets = links_of(spec)
            gives = opposite[gets]
            pairs = np.column_stack([gets, gives])[gives >= 0]
            if not len(pairs):
                raise InvalidInputError(
                    f"no street at '{spec.at}' has lanes both ways",
                    hint="carriageways apart from each other have none; choose a street with both directions",
                )
        found[name] = Contraflow(
            pairs=pairs,
            lanes=MOST_LANES if spec.lanes is None else int(spec.lanes),
            clearance_us=round(float(spec.clearance) * 1e6),
        )
    return found


def opposite_links(network: DriveNetwork) -> Ints:
    """Return the link of the same street in the other direction, (links,); -1 where there is none.

    Of several between the same junctions the one whose length is nearest.
    """
    opposite = np.full(network.n_links, -1, np.int64)
    by_ends: dict[tuple[int, int], list[int]] = {}
    ends = list(zip(network.from_node.tolist(), network.to_node.tolist(), strict=True))
    for link, pair in enumerate(ends):
        by_ends.setdefault(pair, []).append(link)
    length = network.length
    for link, (start, end) in enumerate(ends):
        others = by_ends.get((end, start), [])
        if others:
            opposite[link] = min(others, key=lambda k: (abs(length[k] - length[link]), k))
    # of streets side by side each belongs to one other only
    is_mutual = (opposite >= 0) & (opposite[opposite] == np.arange(network.n_links))
    return np.where(is_mutual, opposite, -1)

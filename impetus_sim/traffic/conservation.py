"""The laws that traffic keeps at every moment: no vehicle is lost or doubled, and no lane holds more than fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.kernels.records import ABANDONED, ON_LINK, WAITING

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem


def require_conserved(traffic: TrafficSystem) -> None:
    """Check that queues hold exactly the vehicles that say so, no lane more than fits, and nobody overlaps.

    Raises
    ------
    RunFailedError
        With the place where it does not hold.
    """
    _require_counted(traffic)
    _require_room(traffic)
    if traffic.following is not None:
        traffic.following.require_apart(traffic.vehicles)


def _require_counted(traffic: TrafficSystem) -> None:
    v, queues = traffic.vehicles, traffic.road.queues
    inside = np.isin(v["state"], (WAITING, ON_LINK, ABANDONED)) & (v["queue"] >= 0)
    n = np.bincount(v["queue"][inside], minlength=len(queues))
    wrong = np.flatnonzero(n != queues["n_inside"])
    if len(wrong):
        k = int(wrong[0])
        raise RunFailedError(
            f"link {int(queues['link'][k])} counts {queues['n_inside'][k]} vehicles but {n[k]} are there at "
            f"{traffic.now_us / 1e6:g} s"
        )


def _require_room(traffic: TrafficSystem) -> None:
    v, queues = traffic.vehicles, traffic.road.queues
    on_link = v["state"] == ON_LINK
    length_mm = np.bincount(v["queue"][on_link], v["size_mm"][on_link], minlength=len(queues))
    is_over = (length_mm > queues["length_mm"]) & (queues["n_inside"] > 1) & (queues["is_source"] == 0)
    wrong = np.flatnonzero(is_over)
    if len(wrong):
        k = int(wrong[0])
        raise RunFailedError(
            f"a lane of link {int(queues['link'][k])} holds {length_mm[k] / 1000:g} m of vehicles, more than "
            f"its {queues['length_mm'][k] / 1000:g} m, at {traffic.now_us / 1e6:g} s"
        )

"""Whether outcomes agree: evacuation time and flow over seeds, ours beside the peer's, and by length of step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from impetus_sim.verification.crowd.setup import middle_flow
from impetus_sim.verification.speed.compare import Progress, tell
from impetus_sim.verification.speed.grounds import AGREE_PEOPLE
from impetus_sim.verification.speed.measure import mean_interval
from impetus_sim.verification.speed.ours import OurRun
from impetus_sim.verification.speed.pairs import Pair
from impetus_sim.verification.speed.peer import PeerRun, peer_version

PIECE_S = 5.0
LATEST_S = 600.0
STILL_S = 60.0
"""A run in which nobody has left for so long, or that is not over at the latest time, is blocked for good."""
LAST_SHARE = 0.95
"""Evacuation time counts up to this share of the people: the very last ones decide by chance."""


class _Emptying(Protocol):
    @property
    def n_inside(self) -> int: ...

    @property
    def time_s(self) -> float: ...

    def advance(self, steps: int) -> int: ...

    def leave_times(self) -> npt.NDArray[np.float64]: ...


def compare_with_peer(
    grounds: Sequence[str],
    *,
    pair: Pair,
    seeds: int,
    step_s: float,
    peer_ways: bool = True,
    progress: Progress = None,
) -> list[dict[str, Any]]:
    """Run both sides over seeds 1 to `seeds` from the same starts until everybody is out.

    Parameters
    ----------
    peer_ways
        Whether ours take the peer's ways (`aims`), so that the walking models alone differ; else each side its
        own.

    Returns
    -------
    A row for each ground: for each measure the means of both sides, the relative difference of means and half
    the width of its 95 % interval (Student's t over pairs of the same start); in how many runs of each side people
    blocked one another for good, and in how many the peer gave up, with its reason (its people can leave the
    ground). Times are compared over the seeds in which both sides emptied.
    """
    rows = []
    for ground in grounds:
        found: dict[str, list[dict[str, float]]] = {"ours": [], "peer": []}
        gave_up: list[str] = []
        for seed in range(1, seeds + 1):
            tell(progress, f"{pair.kind}, {ground}: seed {seed} of {seeds}")
            ours = OurRun(
                ground, AGREE_PEOPLE[ground], pair=pair, seed=seed, step_s=step_s, peer_ways=peer_ways
            )
            found["ours"].append(_empty(ours, step_s))
            peer = _empty_peer(PeerRun(ours.start(), pair=pair, step_s=step_s), step_s)
            if isinstance(peer, str):
                gave_up.append(peer)
                found["ours"].pop()
            else:
                found["peer"].append(peer)
        row = _row(ground, pair, seeds, found["ours"], found["peer"])
        rows.append(row | {"what": "peer", "peer_version": f"jupedsim {peer_version()}", "gave_up": gave_up})
    return rows


def compare_steps(
    grounds: Sequence[str], *, pair: Pair, steps_s: Sequence[float], seeds: int, progress: Progress = None
) -> list[dict[str, Any]]:
    """Run our defaults with each step over seeds 1 to `seeds`; every step is compared with the first.

    Returns
    -------
    Rows as of `compare_with_peer`, the first step in the place of the peer.
    """
    rows = []
    for ground in grounds:
        found: dict[float, list[dict[str, float]]] = {step: [] for step in steps_s}
        for seed in range(1, seeds + 1):
            tell(progress, f"{pair.kind}, {ground}: seed {seed} of {seeds}")
            for step in steps_s:
                run = OurRun(ground, AGREE_PEOPLE[ground], pair=pair, seed=seed, step_s=step, like_peer=False)
                found[step].append(_empty(run, step))
        first = steps_s[0]
        for step in steps_s[1:]:
            row = _row(ground, pair, seeds, found[step], found[first])
            rows.append(row | {"gave_up": [], "what": "step", "step_s": step, "first_step_s": first})
    return rows


def _empty(run: _Emptying, step_s: float) -> dict[str, float]:
    n, last_out_s, last_inside = run.n_inside, 0.0, run.n_inside
    while run.n_inside and run.time_s <= min(LATEST_S, last_out_s + STILL_S):
        run.advance(round(PIECE_S / step_s))
        if run.n_inside < last_inside:
            last_out_s, last_inside = run.time_s, run.n_inside
    return _outcome(run, n)


def _empty_peer(run: PeerRun, step_s: float) -> dict[str, float] | str:
    n = run.n_inside
    try:
        return _empty(run, step_s)
    except RuntimeError as error:  # the peer's own
        return f"{error} ({n - run.n_inside} of {n} were out)"


def _outcome(run: _Emptying, n: int) -> dict[str, float]:
    times = run.leave_times()
    is_empty = run.n_inside == 0
    return {
        "evacuation_s": float(times[-1]) if is_empty else np.nan,
        "most_out_s": float(times[int(LAST_SHARE * len(times)) - 1]) if is_empty else np.nan,
        "flow_per_s": middle_flow(times),
        "share_out": len(times) / n,
    }


def _row(
    ground: str,
    pair: Pair,
    seeds: int,
    ours: Sequence[Mapping[str, float]],
    other: Sequence[Mapping[str, float]],
) -> dict[str, Any]:
    measures = {}
    for name in ours[0] if ours else ():
        a, b = np.array([one[name] for one in ours]), np.array([one[name] for one in other])
        are_both = np.isfinite(a) & np.isfinite(b)
        a, b = a[are_both], b[are_both]
        if len(b) < 2 or not b.mean():
            continue
        difference, half = mean_interval((a - b) / b.mean())
        measures[name] = {
            "ours": list(_rounded(*mean_interval(a))),
            "other": list(_rounded(*mean_interval(b))),
            "difference": round(difference, 4),
            "half_width": round(half, 4),
        }
    return {
        "case": ground,
        "model": pair.kind,
        "n": AGREE_PEOPLE[ground],
        "seeds": seeds,
        "blocked": {"ours": _count_blocked(ours), "other": _count_blocked(other)},
        "measures": measures,
    }


def _count_blocked(runs: Sequence[Mapping[str, float]]) -> int:
    return sum(run["share_out"] < 1.0 for run in runs)


def _rounded(mean: float, half: float) -> tuple[float, float]:
    return round(mean, 4), round(half, 4)

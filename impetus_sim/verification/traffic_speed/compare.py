"""Rows of the bench of traffic: ours beside a peer, in turns."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from impetus_sim.verification.traffic_speed.ours import OurSide
from impetus_sim.verification.traffic_speed.outcome import Outcome, Side

LONG_S = 15.0
"""A run that takes longer is not repeated: one is long enough to be measured."""


def compare_sides(
    case_name: str, ours: OurSide, peer: Side | None, *, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Run both sides in turns, and return a row: medians of the rounds, and the median of their ratios.

    ours, peer: trips done per second of wall time. See the contract of ``impetus bench --json``.
    """
    mine: list[Outcome] = []
    theirs: list[Outcome] = []
    for _ in range(rounds):
        say(f"{case_name}: ours, {ours.name}")
        mine.append(ours.prepare()())
        if peer is not None and (not theirs or theirs[-1].wall_s < LONG_S):
            say(f"{case_name}: {peer.name}")
            theirs.append(peer.prepare()())
    last = mine[-1]
    row: dict[str, Any] = {
        "case": case_name,
        "model": ours.name,
        "n": last.n_trips,
        "threads": ours.threads,
        "ours": _rate(mine),
        "ours_s": round(statistics.median(one.wall_s for one in mine), 3),
        "ours_accuracy": last.accuracy(),
        "cpu_per_wall": _share(mine),
        "peer": None,
        "peer_s": None,
        "peer_model": None,
        "peer_version": None,
        "peer_accuracy": None,
        "peer_cpu_per_wall": None,
        "ratio": None,
        "ratio_per_cpu": None,
    }
    if theirs:
        row |= {
            "peer": _rate(theirs),
            "peer_s": round(statistics.median(one.wall_s for one in theirs), 3),
            "peer_model": peer.name if peer else None,
            "peer_version": peer.version if peer else None,
            "peer_accuracy": theirs[-1].accuracy(),
            "peer_cpu_per_wall": _share(theirs),
            "ratio": _ratio([one.wall_s for one in mine], [one.wall_s for one in theirs]),
            "ratio_per_cpu": _ratio([one.cpu_s for one in mine], [one.cpu_s for one in theirs]),
        }
    return row


def _rate(runs: list[Outcome]) -> int:
    return round(statistics.median(one.n_done / one.wall_s for one in runs))


def _share(runs: list[Outcome]) -> float:
    return round(statistics.median(one.cpu_s / one.wall_s for one in runs), 3)


def _ratio(mine: list[float], theirs: list[float]) -> float:
    if len(theirs) < len(mine):  # the long one ran once
        return round(theirs[0] / statistics.median(mine), 2)
    return round(statistics.median(b / a for a, b in zip(mine, theirs, strict=True)), 2)

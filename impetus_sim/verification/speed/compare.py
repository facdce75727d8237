"""Rows of the bench: ours beside the peer's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from impetus_sim.verification.speed.grounds import NECK_PEOPLE
from impetus_sim.verification.speed.measure import Speed
from impetus_sim.verification.speed.ours import run_ours
from impetus_sim.verification.speed.peer import peer_version, run_peer

NECK_HORIZON_S = 200.0
MODEL = "collision_free_speed"


def compare_speed(
    grounds: Sequence[str],
    people: Sequence[int],
    *,
    threads: Sequence[int],
    horizon_s: float,
    with_peer: bool = True,
    progress: Callable[[str], None] | None = None,
) -> list[dict[str, Any]]:
    """Measure each ground with each number of people and threads; the peer once for each ground and number.

    Parameters
    ----------
    grounds
        Of `grounds.GROUNDS`, or ``neck``, which is run until everybody is out and ignores `people`.
    horizon_s
        Simulated time.
    with_peer
        Whether to run the peer where it is installed.
    progress
        Called with a sentence before each slow part.

    Returns
    -------
    Rows as plain data; see PRODUCT contract of ``impetus bench --json``.
    """
    version = peer_version() if with_peer else ""
    rows = []
    for ground in grounds:
        for n in (NECK_PEOPLE,) if ground == "neck" else people:
            horizon = NECK_HORIZON_S if ground == "neck" else horizon_s
            ours, start = {}, None
            for count in (1,) if ground == "neck" else threads:
                _tell(progress, f"{ground}, {n} people: ours, {count} thread{'s' * (count > 1)}")
                ours[count], start = run_ours(ground, n, threads=count, horizon_s=horizon, model=MODEL)
            peer = None
            if version and start is not None:
                _tell(progress, f"{ground}, {n} people: JuPedSim {version}")
                peer = run_peer(start, horizon_s=horizon)
            rows += [_row(ground, n, count, speed, peer, version) for count, speed in ours.items()]
    return rows


def _tell(progress: Callable[[str], None] | None, text: str) -> None:
    if progress:
        progress(text)


def _row(ground: str, n: int, threads: int, ours: Speed, peer: Speed | None, version: str) -> dict[str, Any]:
    return {
        "case": ground,
        "model": MODEL,
        "n": n,
        "threads": threads,
        "ours": round(ours.rate),
        "peer": None if peer is None else round(peer.rate),
        "peer_version": f"jupedsim {version}" if version else None,
        "ratio": None if peer is None or not peer.rate else round(ours.rate / peer.rate, 3),
        "ratio_per_cpu": None if peer is None or not peer.rate else round(_per_cpu(ours) / _per_cpu(peer), 3),
        "ours_accuracy": ours.accuracy(),
        "peer_accuracy": None if peer is None else peer.accuracy(),
        "cpu_per_wall": round(ours.cpu_per_wall, 3),
        "peer_cpu_per_wall": None if peer is None else round(peer.cpu_per_wall, 3),
        "ours_setup_s": round(ours.setup_s, 3),
        "peer_setup_s": None if peer is None else round(peer.setup_s, 3),
    }


def _per_cpu(speed: Speed) -> float:
    # Agent-steps per second of processor time: what a busy machine leaves comparable, for one thread.
    return speed.rate / max(speed.cpu_per_wall, 1e-3)

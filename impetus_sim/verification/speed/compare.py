"""Rows of the bench: agent-steps per second, ours beside the peer's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from impetus_sim.verification.speed.grounds import NECK_PEOPLE
from impetus_sim.verification.speed.measure import STEP_S, Run, Speed, median_ratio, take_turns
from impetus_sim.verification.speed.ours import OurRun
from impetus_sim.verification.speed.pairs import Pair
from impetus_sim.verification.speed.peer import PeerRun, peer_version

PEER = "peer"
Progress = Callable[[str], None] | None


def compare_speed(
    grounds: Sequence[str],
    people: Sequence[int],
    *,
    pair: Pair,
    threads: Sequence[int],
    horizon_s: float,
    step_s: float = STEP_S,
    with_peer: bool = True,
    progress: Progress = None,
) -> list[dict[str, Any]]:
    """Measure each ground with each number of people and threads.

    Parameters
    ----------
    grounds
        Of `grounds.GROUNDS`; ``neck`` holds the same number of people always.
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
            tell(progress, f"{pair.kind}, {ground}, {n} people")
            ours = {
                count: OurRun(ground, n, pair=pair, threads=count, step_s=step_s)
                for count in ((1,) if ground == "neck" else threads)
            }
            runs: dict[str, Run] = {str(count): run for count, run in ours.items()}
            if version:
                tell(progress, f"{pair.kind}, {ground}, {n} people: JuPedSim {version}")
                runs[PEER] = PeerRun(next(iter(ours.values())).start(), pair=pair, step_s=step_s)
            speeds = take_turns(runs, steps=round(horizon_s / step_s) - 1)
            rows += [_row(ground, n, count, pair, step_s, runs, speeds, version) for count in ours]
    return rows


def tell(progress: Progress, text: str) -> None:
    """Pass a sentence on to whoever wants to hear of the progress."""
    if progress:
        progress(text)


def _row(
    ground: str,
    n: int,
    threads: int,
    pair: Pair,
    step_s: float,
    runs: dict[str, Run],
    speeds: dict[str, Speed],
    version: str,
) -> dict[str, Any]:
    ours, peer = speeds[str(threads)], speeds.get(PEER)
    run, peer_run = runs[str(threads)], runs.get(PEER)
    return {
        "case": ground,
        "model": pair.kind,
        "n": n,
        "threads": threads,
        "step_s": step_s,
        "ours": round(ours.rate),
        "ours_real_time": round(ours.real_time, 3),
        "peer": None if peer is None else round(peer.rate),
        "peer_model": pair.peer,
        "peer_version": f"jupedsim {version}" if version else None,
        "peer_real_time": None if peer is None else round(peer.real_time, 3),
        "ratio": None if peer is None else median_ratio(ours.rates, peer.rates),
        "ratio_per_cpu": None if peer is None else median_ratio(ours.cpu_rates, peer.cpu_rates),
        "ours_accuracy": run.outcome(),
        "peer_accuracy": None if peer_run is None else peer_run.outcome(),
        "cpu_per_wall": round(ours.cpu_per_wall, 3),
        "peer_cpu_per_wall": None if peer is None else round(peer.cpu_per_wall, 3),
        "ours_setup_s": round(run.setup_s, 3),
        "peer_setup_s": None if peer_run is None else round(peer_run.setup_s, 3),
    }

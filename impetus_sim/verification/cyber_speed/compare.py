"""Rows of the bench of attacks: episodes of ours, and one of mal-simulator on the same graph, in turns."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from impetus_sim.cyber.ensemble import Attack, sample_episodes
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels.compile import set_threads
from impetus_sim.verification.cyber_speed.devices import MEAN_DAYS, STEPS, build_devices, draw_links

_PEER = Path(__file__).parent / "peer_malsim.py"
_PEER_TIMEOUT_S = 500.0
_SEED = 1


def compare_episodes(
    n_devices: int,
    *,
    threads: int,
    n_episodes: int,
    rounds: int,
    peer_python: str | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Measure one size, sides in turns, and return a row: medians of the rounds, times of one episode.

    Parameters
    ----------
    n_devices
        Devices of seven steps each.
    peer_python
        Interpreter that has mal-simulator; ours alone when left out.

    Raises
    ------
    InvalidInputError
        When that interpreter cannot run mal-simulator.
    """
    links = draw_links(n_devices, seed=_SEED)
    began = time.perf_counter()
    graph = build_devices(n_devices, links)
    build_s = time.perf_counter() - began
    rows = graph.rows()
    attack = Attack(name="bench", entries=np.array([rows["d0:reach"]]), goals=np.zeros(0, np.int64))
    watched = np.array([rows[f"d{k}:control"] for k in range(n_devices)])
    set_threads(threads)
    try:
        sampled = sample_episodes(graph, attack, n=16, seed=_SEED, watched=watched)  # compiled now
        ours: list[tuple[float, float]] = []
        peers: list[dict[str, Any]] = []
        for _ in range(rounds):
            say(f"{n_devices} devices: ours")
            wall, cpu = time.perf_counter(), time.process_time()
            sample_episodes(graph, attack, n=n_episodes, seed=_SEED, watched=watched)
            ours.append(((time.perf_counter() - wall) / n_episodes, (time.process_time() - cpu) / n_episodes))
            if peer_python is not None:
                say(f"{n_devices} devices: mal-simulator")
                peers.append(_run_peer(peer_python, n_devices, links))
    finally:
        set_threads(1)
    wall_s, cpu_s = (statistics.median(turn[k] for turn in ours) for k in (0, 1))
    row: dict[str, Any] = {
        "case": "devices",
        "model": "and_or_times",
        "n": n_devices,
        "threads": threads,
        "ours": wall_s,
        "ours_cpu": cpu_s,
        "ours_build": build_s,
        "cpu_per_wall": cpu_s / wall_s,
        "ours_accuracy": f"{float((sampled.times_us < NEVER).mean()):.0%} of devices held in the end",
        "peer": None,
        "peer_cpu": None,
        "peer_build": None,
        "peer_version": None,
        "peer_accuracy": None,
        "ratio": None,
        "ratio_cpu": None,
    }
    if peers:
        row |= {
            "peer": statistics.median(p["episode_s"] for p in peers),
            "peer_cpu": statistics.median(p["cpu_s"] for p in peers),
            "peer_build": statistics.median(p["build_s"] for p in peers),
            "peer_version": f"mal-simulator {peers[0]['version']}",
            "peer_accuracy": f"{peers[0]['n_done']} of {peers[0]['n_total']} steps done",
            "ratio": statistics.median(p["episode_s"] / o[0] for p, o in zip(peers, ours, strict=True)),
            "ratio_cpu": statistics.median(p["cpu_s"] / o[1] for p, o in zip(peers, ours, strict=True)),
        }
    return row


def _run_peer(python: str, n_devices: int, links: list[tuple[int, int]]) -> dict[str, Any]:
    spec = {"devices": n_devices, "steps": STEPS, "mean_days": MEAN_DAYS, "links": links, "seed": _SEED}
    try:
        done = subprocess.run(
            [python, str(_PEER)],
            input=json.dumps(spec),
            capture_output=True,
            text=True,
            timeout=_PEER_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        raise InvalidInputError(
            f"'{python}' cannot run mal-simulator: {said[-1] if said else error}",
            hint="an interpreter in whose environment 'pip install mal-simulator' was done",
        ) from error
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result

"""Overload cascades from single outages beside a loop of pandapower, in turns.

    python benchmarks/power_cascade.py --peer peer/bin/python --case case118 --threads 2

The peer's Python is of an environment of its own (pip install pandapower==3.5.6 numba), since its pins clash with
the project's. Ratings are 120 % of the base flow on both sides.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.matpower import read_matpower
from impetus_sim.kernels.compile import set_threads
from impetus_sim.verification.power_speed.compare import CASCADE_MARGIN, find_case

PEER_OUTAGES = 8


def main() -> None:
    """Print a line per case: milliseconds per outage of both, and the medians of their ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", required=True, help="Python with pandapower")
    parser.add_argument("--case", action="append", help="default: case118")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--outages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    set_threads(options.threads)
    for name in options.case or ["case118"]:
        grid = DcGrid(read_matpower(find_case(name)))
        n = min(options.outages, grid.network.n_branches)
        rows = np.linspace(0, grid.network.n_branches - 1, n).astype(np.int64)
        grid.run_cascades(rows[:16], margin=CASCADE_MARGIN)
        ours, cpu, peers = [], [], []
        for _ in range(options.rounds):
            wall, processor = time.perf_counter(), time.process_time()
            found = grid.run_cascades(rows, margin=CASCADE_MARGIN)
            ours.append((time.perf_counter() - wall) / n)
            cpu.append((time.process_time() - processor) / n)
            command = [
                options.peer,
                str(Path(__file__).with_name("power_cascade_peer.py")),
                name,
                str(PEER_OUTAGES),
            ]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            peers.append(json.loads(done.stdout.splitlines()[-1]))
        ratio = statistics.median(peer["wall_s"] / mine for peer, mine in zip(peers, ours, strict=True))
        ratio_cpu = statistics.median(peer["cpu_s"] / mine for peer, mine in zip(peers, cpu, strict=True))
        print(
            f"{name}, {options.threads} threads: {statistics.median(ours) * 1e3:.3g} ms per outage "
            f"({statistics.median(cpu) * 1e3:.3g} ms of processor time, {found.stages.mean():.1f} solutions); "
            f"pandapower {peers[0]['version']} {statistics.median(p['wall_s'] for p in peers) * 1e3:.4g} ms "
            f"({peers[0]['solutions']:.1f} solutions); ratio {ratio:.0f}, of processor time {ratio_cpu:.0f}"
        )


if __name__ == "__main__":
    main()

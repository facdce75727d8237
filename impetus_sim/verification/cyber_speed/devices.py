"""A graph of devices for timing: seven steps on each, and links from each to three others."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from impetus_sim.cyber.attack_graph import AttackGraph, Duration, Step, join
from impetus_sim.cyber.kernels.draw import EXPONENTIAL

STEPS = ("reach", "probe", "login", "gain", "elevate", "discover", "control")
MEAN_DAYS = (0.2, 0.5, 1.0, 2.0, 1.0, 0.5, 0.2)
LINKS_PER_DEVICE = 3
DAY_S = 86400.0


def draw_links(n_devices: int, *, seed: int) -> list[tuple[int, int]]:
    """Draw links from each device to others; the next one is always among them, so that all can be reached."""
    rng = np.random.default_rng(seed)
    links = []
    for device in range(n_devices):
        others = {(device + 1) % n_devices} | set(map(int, rng.integers(0, n_devices, LINKS_PER_DEVICE - 1)))
        links += [(device, other) for other in sorted(others - {device})]
    return links


def build_devices(n_devices: int, links: list[tuple[int, int]]) -> AttackGraph:
    """Build the graph: from the control of a device to the reach of those that it is linked to."""
    steps, edges = [], []
    for device in range(n_devices):
        names = [f"d{device}:{step}" for step in STEPS]
        steps += [
            Step(id=name, takes=Duration(kind=EXPONENTIAL, a=days * DAY_S))
            for name, days in zip(names, MEAN_DAYS, strict=True)
        ]
        edges += list(pairwise(names))
    edges += [(f"d{a}:control", f"d{b}:reach") for a, b in links]
    return join(steps, edges)

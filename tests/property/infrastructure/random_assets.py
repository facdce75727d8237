"""Random systems of assets with short buffers, and their plain twin that goes from microsecond to microsecond."""

import numpy as np

from impetus_sim.infrastructure.services.network import build_net
from impetus_sim.world.assets import Assets, Needs, Service

US = 1e-6
KEY = np.array([3, 5], np.uint32)
SERVICES = (Service.POWER, Service.TELECOM, Service.WATER, Service.FUEL)


def random_assets(rng, n=7, n_groups=9):
    """Assets with needs in any direction: chains, alternatives, generators with fuel, and circles."""
    rows = []
    kinds = tuple(str(kind) for kind in rng.choice(["feeder", "cell", "generator"], n, p=[0.4, 0.35, 0.25]))
    for k in range(n_groups):
        consumer = int(rng.integers(n))
        service = SERVICES[rng.choice(4, p=[0.5, 0.2, 0.2, 0.1])]
        buffer_us = int(rng.choice([2, 5] if service == Service.FUEL else [0, 0, 1, 3, 7]))
        group = (
            float(buffer_us) * US,
            float(rng.choice([0, 1, 4, 10])) * US,
            float(rng.choice([0.0, 0.0, 0.5])),
            float(rng.choice([1.0, 0.7])),
        )
        for provider in rng.choice(n, int(rng.integers(1, 4)), replace=False):
            threshold = float(rng.choice([0.5, 1.0]))
            rows.append((consumer, k, int(provider), int(service), threshold, *group))
    rows.sort(key=lambda row: row[:2])
    columns = list(zip(*rows, strict=True))
    needs = Needs(
        consumer=np.array(columns[0]),
        group=np.array(columns[1]),
        provider=np.array(columns[2]),
        service=np.array(columns[3], np.uint8),
        threshold=np.array(columns[4]),
        buffer_s=np.array(columns[5]),
        refill_s=np.array(columns[6]),
        level_without=np.array(columns[7]),
        probability=np.array(columns[8]),
    )
    zeros = np.zeros(n)
    return Assets(
        ids=tuple(f"a{k:02d}" for k in range(n)),
        kinds=kinds,
        x=zeros,
        y=zeros,
        is_mapped=np.zeros(n, np.bool_),
        basis=("random",) * n,
        people=zeros,
        needs=needs,
    )


def random_supply(rng, n, until):
    """What reaches each asset at each microsecond, float64 (until, n): dips of random length."""
    supply = np.ones((until, n))
    for _ in range(int(rng.integers(1, 4))):
        dip(rng, supply)
    return supply


def dip(rng, supply):
    """Lower what reaches a random asset for a random time, in place."""
    until, n = supply.shape
    begins, asset = int(rng.integers(until)), int(rng.integers(n))
    ends = begins + int(rng.integers(1, until))
    supply[begins:ends, asset] = np.minimum(supply[begins:ends, asset], rng.choice([0.0, 0.5]))


def levels_stepwise(assets, supply):
    """Levels at each microsecond, (until, n), by the definitions alone: from the top down at every single one."""
    net = build_net(assets, KEY)
    n_groups = len(net.consumer)
    stored = net.full.copy()
    levels = np.empty_like(supply)
    for t, own in enumerate(supply):
        level, unmet = own.copy(), net.is_fuel.copy()
        while True:
            for g in np.flatnonzero(~net.is_fuel):
                unmet[g] = not any(level[net.provider[r]] >= net.threshold[r] for r in _rows(net, g))
            lowered = own.copy()
            for g in np.flatnonzero(unmet & net.is_felt & (stored == 0)):
                lowered[net.consumer[g]] = min(lowered[net.consumer[g]], net.level_without[g])
            if (lowered == level).all():
                break
            level = lowered
        levels[t] = level
        running = _running(net, level)
        for g in range(n_groups):
            if net.is_fuel[g]:
                drains = not net.is_standby[net.consumer[g]] or net.consumer[g] in running
                stored[g] -= net.drain[g] if drains and net.is_felt[g] else 0
            elif unmet[g]:
                stored[g] -= net.drain[g]
            else:
                stored[g] = net.full[g] if net.fill[g] == 0 else stored[g] + net.fill[g]
            stored[g] = min(max(stored[g], 0), net.full[g])
    return levels


def _rows(net, g):
    return range(net.first_row[g], net.first_row[g + 1])


def _running(net, level):
    running = set()
    for g in np.flatnonzero(net.is_felt & ~net.is_fuel):
        for r in _rows(net, g):
            if net.is_standby[net.provider[r]]:
                running.add(net.provider[r])
            if level[net.provider[r]] >= net.threshold[r]:
                break
    return running

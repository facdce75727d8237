"""The plain twin of the dependency layer: from microsecond to microsecond, by the definitions alone."""

import numpy as np

from impetus_sim.infrastructure.services.network import build_net
from impetus_sim.verification.infrastructure.random_needs import KEY


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

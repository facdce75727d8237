"""A small city's assets with their control: two centres, feeders with blocks behind them, signals with cabinets."""

import numpy as np
import pytest

from impetus_sim.world.assets import Assets, Needs, Service

BATTERY_S = 4 * 3600.0


def make_assets(rows):
    """Make assets of (id, kind, people, [(provider, service, buffer_s, level_without)]), groups as they come."""
    rows = sorted(rows)
    at = {row[0]: k for k, row in enumerate(rows)}
    needs = [
        (k, at[provider], service, group, buffer_s, left)
        for k, row in enumerate(rows)
        for group, (provider, service, buffer_s, left) in enumerate(row[3])
    ]
    table = np.array(needs, float).reshape(-1, 6)
    n = len(needs)
    return Assets(
        ids=tuple(row[0] for row in rows),
        kinds=tuple(row[1] for row in rows),
        x=np.arange(len(rows)) * 100.0,
        y=np.zeros(len(rows)),
        is_mapped=np.zeros(len(rows), bool),
        basis=("by hand",) * len(rows),
        people=np.array([row[2] for row in rows], float),
        needs=Needs(
            consumer=table[:, 0].astype(np.int64),
            provider=table[:, 1].astype(np.int64),
            service=table[:, 2].astype(np.uint8),
            group=table[:, 3].astype(np.int64),
            threshold=np.full(n, 0.5),
            buffer_s=table[:, 4].copy(),
            refill_s=np.zeros(n),
            level_without=table[:, 5].copy(),
            probability=np.ones(n),
        ),
    )


def make_city(n_feeders=2, n_signals=3):
    """Make two centres; feeders with their RTU and a block of 3 000 people; signals with a cabinet on battery."""
    rows = [("power", "control_centre", 0, []), ("streets", "control_centre", 0, [])]
    for k in range(n_feeders):
        rows += [
            (f"rtu_{k}", "controller", 0, [("power", Service.CONTROL, 0.0, 1.0)]),
            (f"feeder_{k}", "feeder", 0, [(f"rtu_{k}", Service.CONTROL, 0.0, 1.0)]),
            (f"block_{k}", "block", 3000, [(f"feeder_{k}", Service.POWER, 0.0, 0.0)]),
        ]
    for k in range(n_signals):
        feeder = (f"feeder_{k % n_feeders}", Service.POWER, BATTERY_S, 0.0)
        rows += [
            (f"cabinet_{k}", "controller", 0, [("streets", Service.CONTROL, 0.0, 1.0), feeder]),
            (f"signal_{k}", "signal", 0, [(f"cabinet_{k}", Service.CONTROL, 0.0, 0.0)]),
        ]
    return make_assets(rows)


@pytest.fixture
def city():
    return make_city()

"""Load shedding that spares some customers."""

import numpy as np

from impetus_sim.infrastructure.power.rules import spare


def test_what_is_spared_and_what_is_shed_whole(build_network):
    n = 40
    network = build_network(
        [(0, k) for k in range(1, n + 2)],
        load_mw=[0.0, *[1.0] * n, 60.0],
        units=[{"bus": 0, "mw": 100.0, "most": 200.0}],
    )
    is_whole = np.arange(n + 2) <= n
    is_kept = np.isin(np.arange(n + 2), [3, 4])
    plan = spare(network, is_whole=is_whole, is_kept=is_kept)
    whole = plan.share[1 : n + 1]
    assert set(np.unique(whole)) == {0.0, 1.0}
    np.testing.assert_array_equal(whole.sum(axis=0), [3.0] * 6)  # 7.5 % of 40 MW each
    assert plan.share[[3, 4]].sum() == 0.0
    np.testing.assert_array_equal(plan.share[n + 1], [0.075] * 6)

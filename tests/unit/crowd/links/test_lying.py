"""People who are hurt on a link lie beside it; queues close up behind them."""

import numpy as np
import pytest

from impetus_sim.crowd.kernels.links import LYING, QUEUED


@pytest.mark.parametrize("place", ["head", "middle", "tail"])
def test_a_queue_closes_up(walk, make_chain, place):
    crowd = walk(make_chain([30.0, 30.0], [4.0, 0.5]), 60, to=[2])
    crowd.put(np.arange(60), 0, 20.0)
    crowd.run(10)
    system = crowd.system
    queue = []
    row = int(system.links.head[0])
    while row >= 0:
        queue.append(row)
        row = int(system.people.behind[row])
    assert len(queue) > 5
    fallen = {"head": queue[0], "middle": queue[len(queue) // 2], "tail": queue[-1]}[place]
    system.lie_beside(np.array([fallen]))
    system.require_counts(pytest.fail)
    assert system.people.mode[fallen] == LYING and system.links.n_queue[0] == len(queue) - 1
    crowd.run(400)
    assert np.isnan(crowd.arrived[fallen]) and np.isfinite(np.delete(crowd.arrived, fallen)).all()
    assert not (system.people.mode == QUEUED).any()


def test_who_lies_is_where_they_were(walk, make_chain):
    crowd = walk(make_chain([50.0], [4.0]), 2, to=[0])  # against the direction of the link
    crowd.put([0, 1], 0, [40.0, 30.0])
    crowd.run(5)
    system = crowd.system
    x, y = np.zeros(2), np.zeros(2)
    system.find_positions(x, y, np.zeros(2, bool))
    before = x.copy()
    system.lie_beside(np.array([0]))
    system.find_positions(x, y, np.zeros(2, bool))
    assert x[0] == pytest.approx(before[0], abs=1e-9)
    system.lie_beside(np.array([0]))  # again changes nothing
    assert system.links.n_on.sum() == 1

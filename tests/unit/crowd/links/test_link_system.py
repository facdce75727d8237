"""Link-level walking against closed forms: free time, capacity, spillback, counterflow, speed by density."""

import numpy as np
import pytest

from impetus_sim.crowd.links.speed import weidmann


def test_one_person_takes_the_free_time_to_the_microsecond(walk, make_chain):
    alone = walk(make_chain([100.0, 33.0], [3.0, 2.0]), 1, to=[2])
    alone.put([0], 0, 0.0)
    alone.run(120)
    assert alone.arrived[0] == pytest.approx(133.0 / 1.34, abs=2e-6)


def test_counts_say_who_ended_their_way_and_who_went_on(walk, make_chain):
    crowd = walk(make_chain([20.0, 20.0], [3.0, 3.0]), 8, to=[2, 1])
    crowd.put(np.arange(5), 0, 0.0)
    crowd.put(np.arange(5, 8), 0, 10.0, destination=1)
    links = crowd.run(120).system.links
    forward = slice(0, None, 2)
    assert links.n_joined[forward].tolist() == [8, 0]
    assert links.n_out[forward].tolist() == [8, 5]
    assert links.n_ended[forward].tolist() == [3, 5]  # the other five of the first link went on
    assert links.n_in[forward].tolist() == [0, 5]


@pytest.mark.parametrize("width", [1.0, 2.5])
def test_outflow_is_the_capacity_of_the_width(walk, make_chain, width):
    n = 500
    crowd = walk(make_chain([50.0, 20.0], [8.0, width]), n, to=[2])
    crowd.put(np.arange(n), 0, np.linspace(0.0, 50.0, n))
    crowd.run(700)
    times = np.sort(crowd.arrived[np.isfinite(crowd.arrived)])
    middle = times[len(times) // 4 : 3 * len(times) // 4]
    flow = (len(middle) - 1) / (middle[-1] - middle[0]) / width
    assert flow <= weidmann().capacity * 1.0001
    assert flow == pytest.approx(weidmann().capacity, rel=0.05)


def test_a_full_link_holds_people_back_on_the_one_before(walk, make_chain):
    n = 300
    crowd = walk(make_chain([50.0, 10.0, 100.0], [4.0, 2.0, 0.3]), n, to=[3])
    crowd.put(np.arange(n), 0, np.linspace(0.0, 50.0, n))
    on_second, on_first = [], []
    for _ in range(40):
        crowd.run(10)
        assert (crowd.system.links.n_on[0::2] + crowd.system.links.n_on[1::2] <= crowd.system.storage).all()
        on = crowd.system.links.n_on
        on_first.append(on[0])
        on_second.append(on[2])
    assert max(on_second) <= crowd.system.storage[1]
    assert max(on_second) > 0.5 * crowd.system.storage[1]  # the bottleneck of 0.3 m has filled it
    assert on_first[20] > n / 4  # and many still wait on the first link
    flow = np.diff([np.count_nonzero(crowd.arrived < t) for t in (250, 400)])[0] / 150
    assert 0.8 * weidmann().capacity * 0.3 <= flow <= weidmann().capacity * 0.3 * 1.02
    crowd.run(1500)
    assert np.isfinite(crowd.arrived).all()  # and in the end everybody gets through


@pytest.mark.parametrize("density", [0.3, 1.0, 2.0, 3.0, 4.0])
def test_speed_by_density_is_weidmanns(walk, make_chain, density):
    n = round(density * 1000 * 5)
    crowd = walk(make_chain([1000.0], [5.0]), n, to=[1])
    crowd.put(np.arange(n), 0, np.linspace(0.0, 500.0, n))
    before = crowd.system.people.offset.copy()
    crowd.run(20)
    speed = (crowd.system.people.offset - before).mean() / 20
    law = 1.34 * (1.0 - np.exp(-1.913 * (1.0 / density - 1.0 / 5.4)))
    assert speed == pytest.approx(law, rel=0.02)


def test_counterflow_lowers_speed_and_shares_the_capacity(walk, make_chain):
    def mean_time(n_back):
        crowd = walk(make_chain([100.0], [3.0]), 150 + n_back, to=[1, 0])
        crowd.put(np.arange(150), 0, np.linspace(0, 60, 150))
        crowd.put(np.arange(150, 150 + n_back), 0, np.linspace(40, 100, n_back), destination=1)
        crowd.run(400)
        return float(np.mean(crowd.arrived[:150]))

    assert mean_time(300) > 1.2 * mean_time(0)


def test_two_crowds_in_each_others_way_change_places(walk, make_chain):
    """Two short links full of people who each want on to the other must not lock for good."""
    n = 2 * 200
    crowd = walk(make_chain([20.0, 20.0], [2.0, 2.0]), n, to=[2, 0])
    crowd.put(np.arange(200), 0, 15.0)
    crowd.put(np.arange(200, 400), 1, 5.0, destination=1)
    crowd.run(1500)
    assert np.isfinite(crowd.arrived).all()


def test_closing_a_link_reroutes_and_reopening_restores(walk, make_network):
    # from 0 to 3: straight over 1 (200 m), or round over 2 (about 283 m)
    network = make_network(
        [(0, 0), (100, 0), (100, 100), (200, 0)], [(0, 1), (1, 3), (0, 2), (2, 3)], [3.0] * 4
    )
    crowd = walk(network, 3, to=[3])
    hops = crowd.system.routes.hops[0, 0].copy()
    assert hops[0] == 0
    crowd.put([0], 0, 1.0)
    crowd.run(10)
    assert crowd.system.set_open(np.array([True, False, True, True]), np.ones(0, bool))
    assert crowd.system.routes.hops[0, 0][0] == 4  # link 2 forward
    crowd.put([1], 0, 1.0)  # beside the first link: back and round
    crowd.run(400)
    # the first had set out over node 1: the way on was shut, so they turned round there
    free = (99 + 100 + 2 * np.sqrt(20_000)) / 1.34
    assert crowd.arrived[0] == pytest.approx(free, abs=0.01)
    assert crowd.arrived[1] == pytest.approx(10 + (1 + 2 * np.sqrt(20_000)) / 1.34, abs=1.01)
    assert crowd.system.set_open(np.ones(4, bool), np.ones(0, bool))
    assert np.array_equal(crowd.system.routes.hops[0, 0], hops)
    assert not crowd.system.set_open(np.ones(4, bool), np.ones(0, bool))


def test_who_has_nowhere_to_go_waits_aside_and_sets_out_again(walk, make_chain):
    crowd = walk(make_chain([50.0, 50.0], [2.0, 2.0]), 1, to=[2])
    crowd.put([0], 0, 0.0)
    crowd.run(5)
    crowd.system.set_open(np.array([True, False]), np.ones(0, bool))
    crowd.run(100)
    assert np.isnan(crowd.arrived[0]) and crowd.system.links.n_on.sum() == 0
    crowd.system.set_open(np.ones(2, bool), np.ones(0, bool))
    crowd.run(60)
    assert 105 + 50 / 1.34 <= crowd.arrived[0] <= 106 + 50 / 1.34 + 0.01


def test_positions_follow_the_line(walk, make_network):
    network = make_network([(0, 0), (30, 40)], [(0, 1)], [2.0])
    pair = walk(network, 2, to=[1, 0])
    pair.put([0], 0, 10.0)
    pair.put([1], 0, 20.0, destination=1)
    x, y = np.zeros(2), np.zeros(2)
    pair.system.find_positions(x, y, np.zeros(2, bool))
    assert np.allclose(np.column_stack([x, y]), [(6, 8), (12, 16)])


def test_the_order_of_rows_in_a_step_does_not_depend_on_the_step(walk, make_chain):
    """Halving the step changes arrivals by little: event times inside a step are exact."""
    times = []
    for per_second in (1, 2):
        crowd = walk(make_chain([80.0, 40.0], [3.0, 2.0]), 120, to=[2])
        crowd.put(np.arange(120), 0, np.linspace(0, 40, 120))
        found = np.full(120, np.nan)
        for k in range(300 * per_second):
            step = 1_000_000 // per_second
            done = crowd.system.advance(k * step, (k + 1) * step)
            found[done] = crowd.system.people.arrival_us[done] * 1e-6
        times.append(found)
    assert np.nanmax(np.abs(np.sort(times[0]) - np.sort(times[1]))) < 3.0
    assert abs(times[0].mean() - times[1].mean()) < 1.0

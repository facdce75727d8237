"""Static user equilibrium: hand-solved networks, odd volume-delay functions, published solutions."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels.compile import set_threads
from impetus_sim.traffic.equilibrium.static import find_equilibrium
from impetus_sim.traffic.tables import tntp
from impetus_sim.traffic.tables.table import NetworkTable, build_demand


def network_of(rows, *, n_zones=2, first_through=0):
    """Return a network of rows (from, to, capacity, free time, b, power[, toll, length]), nodes from 0."""
    table = np.array([tuple(row) + (0.0, 0.0)[: 8 - len(row)] for row in rows], np.float64)
    n_nodes = int(table[:, :2].max()) + 1
    return NetworkTable(
        node_name=np.arange(n_nodes),
        zone_name=np.arange(n_zones),
        zone_node=np.arange(n_zones),
        is_through=np.arange(n_nodes) >= first_through,
        from_node=table[:, 0].astype(np.int64),
        to_node=table[:, 1].astype(np.int64),
        capacity=table[:, 2],
        free_time=table[:, 3],
        b=table[:, 4],
        power=table[:, 5],
        toll=table[:, 6],
        length=table[:, 7],
        link_type=np.zeros(len(table), np.int64),
        n_lanes=np.zeros(len(table), np.int64),
    )


def trips(volume, n_zones=2):
    """Return trips from zone 0 to zone 1."""
    return build_demand(np.array([0]), np.array([1]), np.array([float(volume)]), n_zones=n_zones)


BRAESS = [
    (0, 2, 1, 1e-8, 1e9, 1),
    (0, 3, 1, 50, 0.02, 1),
    (2, 1, 1, 50, 0.02, 1),
    (2, 3, 1, 10, 0.1, 1),
    (3, 1, 1, 1e-8, 1e9, 1),
]


def test_braess_with_and_without_the_bridge():
    found = find_equilibrium(network_of(BRAESS), trips(6))
    assert found.volume == pytest.approx([4, 2, 2, 2, 4], abs=1e-6)
    assert found.total_cost == pytest.approx(552.0, rel=1e-6)
    assert found.objective == pytest.approx(386.0, rel=1e-6)
    without = find_equilibrium(network_of([row for row in BRAESS if row[:2] != (2, 3)]), trips(6))
    assert without.total_cost == pytest.approx(498.0, rel=1e-6)
    assert without.cost @ without.volume == pytest.approx(6 * 83.0, rel=1e-6)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 3.0, 4.0, 5.5, 16.0])
def test_two_parallel_roads_have_equal_times(power):
    found = find_equilibrium(
        network_of([(0, 1, 10, 5, 0.15, power), (0, 1, 30, 6, 0.8, power)]), trips(200), relative_gap=1e-10
    )
    assert found.relative_gap <= 1e-10
    assert found.cost[0] == pytest.approx(found.cost[1], rel=1e-8)
    assert found.volume.sum() == pytest.approx(200.0)


def test_constant_times_zero_times_and_zero_powers():
    # a chain of free links, then a road whose b counts although its power is 0 (3 * 1.5) beside one that fills
    rows = [
        (0, 2, 0, 0, 0, 0),
        (2, 3, 0, 0, 0.15, 4),
        (3, 1, 0, 3, 0.5, 0),
        (3, 1, 10, 4, 1.0, 1),
        (3, 2, 1, 0, 0, 0),
    ]
    found = find_equilibrium(network_of(rows), trips(20), relative_gap=1e-12)
    assert found.cost[2:4] == pytest.approx([4.5, 4.5])
    assert found.volume == pytest.approx([20, 20, 18.75, 1.25, 0])


def test_nobody_crosses_a_zone():
    # by way of zone 2 would be shorter
    rows = [(0, 2, 1, 1, 0, 0), (2, 1, 1, 1, 0, 0), (0, 3, 1, 5, 0, 0), (3, 1, 1, 5, 0, 0)]
    found = find_equilibrium(network_of(rows, n_zones=3, first_through=3), trips(1, n_zones=3))
    assert found.volume.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert find_equilibrium(network_of(rows), trips(1)).volume.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_tolls_and_distances_count_by_weight():
    rows = [(0, 1, 1, 10, 0, 0, 5, 1), (0, 1, 1, 10, 0, 0, 1, 10)]
    network = network_of(rows)
    assert find_equilibrium(network, trips(3), toll_weight=1.0).volume.tolist() == [0.0, 3.0]
    assert find_equilibrium(network, trips(3), toll_weight=1.0, distance_weight=1.0).volume.tolist() == [
        3.0,
        0.0,
    ]


def test_impossible_trips_and_costs_are_refused():
    with pytest.raises(InvalidInputError, match="trips from node 0 have a destination to which no way leads"):
        find_equilibrium(network_of([(1, 0, 1, 1, 0, 0)]), trips(1))
    with pytest.raises(InvalidInputError, match="link 0-1: its cost is negative"):
        find_equilibrium(network_of([(0, 1, 1, 1, 0, 0, -5, 0)]), trips(1), toll_weight=1.0)
    with pytest.raises(InvalidInputError, match="link 0-1: no capacity"):
        find_equilibrium(network_of([(0, 1, 0, 1, 1, 1)]), trips(1))


def test_no_trips_no_volumes():
    nothing = build_demand(np.zeros(0, int), np.zeros(0, int), np.zeros(0), n_zones=2)
    found = find_equilibrium(network_of(BRAESS), nothing)
    assert found.volume.tolist() == [0.0] * 5
    assert found.relative_gap == 0.0


def test_random_networks_reach_a_gap_near_rounding():
    generator = np.random.default_rng(5)
    for _ in range(5):
        n = 30
        ring = [(k, (k + 1) % n) for k in range(n)]
        more = [tuple(generator.choice(n, 2, replace=False)) for _ in range(70)]
        rows = [
            (
                *ends,
                generator.uniform(5, 20),
                generator.uniform(0, 10) * (generator.random() > 0.2),
                generator.uniform(0, 1),
                generator.choice([0, 1, 2.5, 4]),
            )
            for ends in ring + more
        ]
        origin, destination = np.divmod(np.arange(100), 10)
        demand = build_demand(origin, destination, generator.uniform(0, 5, 100), n_zones=10)
        found = find_equilibrium(network_of(rows, n_zones=10), demand, relative_gap=1e-10)
        assert found.relative_gap <= 1e-10
        assert len(found.rounds) < 500


@pytest.mark.parametrize(
    ("name", "objective", "total"),
    [("SiouxFalls", 4_231_335.2871, 7_480_225.345), ("Anaheim", 1_286_032.171, 1_419_913.851)],
)
def test_published_solutions(data_folder, name, objective, total):
    folder = data_folder / "traffic" / "tntp"
    network = tntp.read_network(folder / f"{name}_net.tntp")
    demand = tntp.read_demand(folder / f"{name}_trips.tntp")
    best = tntp.read_flows(folder / f"{name}_flow.tntp")
    found = find_equilibrium(network, demand)
    assert found.relative_gap <= 1e-8
    assert found.objective == pytest.approx(objective, rel=1e-9)
    assert found.total_cost == pytest.approx(total, rel=1e-6)
    known = {(a, b): volume for a, b, volume in zip(best.from_name, best.to_name, best.volume, strict=True)}
    volume = np.array([known[a + 1, b + 1] for a, b in zip(network.from_node, network.to_node, strict=True)])
    assert np.abs(found.volume - volume).sum() <= 1e-4 * volume.sum()


def test_same_for_two_threads(data_folder):
    folder = data_folder / "traffic" / "tntp"
    network = tntp.read_network(folder / "Anaheim_net.tntp")
    demand = tntp.read_demand(folder / "Anaheim_trips.tntp")
    results = []
    for threads in (1, 2):
        set_threads(threads)
        results.append(find_equilibrium(network, demand, relative_gap=1e-6))
    set_threads(1)
    assert results[0].volume.tobytes() == results[1].volume.tobytes()
    assert results[0].relative_gap == results[1].relative_gap

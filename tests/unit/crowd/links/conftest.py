"""Small networks and people on them."""

import numpy as np
import pytest

from impetus_sim.crowd.links.routes import Destination
from impetus_sim.crowd.links.speed import weidmann
from impetus_sim.crowd.links.system import LinkSystem
from impetus_sim.world.walk_network import WalkNetwork


def straight_network(nodes, links, widths, lengths=None):
    """Return a network of straight links between points; lengths may say otherwise."""
    nodes = np.array(nodes, float)
    u, v = np.array(links).T
    chord = np.hypot(*(nodes[v] - nodes[u]).T)
    length = chord if lengths is None else np.array(lengths, float)
    n = len(u)
    return WalkNetwork(
        node_x=nodes[:, 0],
        node_y=nodes[:, 1],
        is_map_edge=np.zeros(len(nodes), bool),
        node_area=np.full(len(nodes), -1),
        u=u,
        v=v,
        length=length,
        width=np.array(widths, float),
        is_width_guessed=np.zeros(n, bool),
        link_area=np.full(n, -1),
        first=2 * np.arange(n + 1),
        point_x=np.column_stack([nodes[u, 0], nodes[v, 0]]).ravel(),
        point_y=np.column_stack([nodes[u, 1], nodes[v, 1]]).ravel(),
        along=np.column_stack([np.zeros(n), length]).ravel(),
        names=("",) * n,
    )


def chain(lengths, widths):
    """Return links one after the other along x."""
    x = np.concatenate([[0.0], np.cumsum(lengths)])
    k = np.arange(len(lengths))
    return straight_network(np.column_stack([x, 0 * x]), np.column_stack([k, k + 1]), widths)


class Walk:
    """People of one free speed on a network; times in s."""

    def __init__(self, network, n, *, to, speed=1.34, **more):
        destinations = [Destination(name=str(k), nodes=np.array([node])) for k, node in enumerate(to)]
        self.system = LinkSystem(
            network,
            np.full(n, speed),
            destinations=destinations,
            relation=more.pop("relation", weidmann()),
            **more,
        )
        self.rows, self.arrived, self.now_s = np.arange(n), np.full(n, np.nan), 0

    def put(self, rows, link, offset, destination=0):
        """Put people on a link at once, whatever there is room for, walking towards their destination."""
        p = self.system.people
        self.system.put_beside(np.asarray(rows), np.full(len(rows), link), np.broadcast_to(offset, len(rows)))
        p.destination[rows] = destination
        storage, area = self.system.storage, self.system.area
        self.system.storage, self.system.area = storage + 10**6, area * 1e6  # however crowded
        self.system.set_out(np.asarray(rows), self.now_s * 1_000_000)
        self.system.storage, self.system.area = storage, area

    def run(self, seconds):
        """Run in steps of 1 s; people beside a link set out as there is room."""
        for _ in range(seconds):
            waiting = np.flatnonzero(self.system.people.mode == 0)
            if len(waiting):
                self.system.set_out(waiting, self.now_s * 1_000_000)
            done = self.system.advance(self.now_s * 1_000_000, (self.now_s + 1) * 1_000_000)
            self.arrived[done] = self.system.people.arrival_us[done] * 1e-6
            self.now_s += 1
            self.system.require_counts(pytest.fail)
        return self


@pytest.fixture
def walk():
    """Return the class of walks."""
    return Walk


@pytest.fixture
def make_chain():
    """Return a function that makes links one after the other."""
    return chain


@pytest.fixture
def make_network():
    """Return a function that makes straight networks."""
    return straight_network

"""Streets as chains of links: which link of a street follows which."""

from __future__ import annotations

import numpy as np

from impetus_sim.analysis.traffic.recorded import Ints, Network
from impetus_sim.errors import InvalidInputError

NO_LINK = -1
MOST_TURN_RAD = 1.75
"""A link that leads more than this (100 degrees) off the way of a street may be coming back on its other side."""


def find_followers(network: Network) -> Ints:
    """Return the link of the same street, straight on, that each link leads into; `NO_LINK` where none does.

    Of several the straightest is taken, never the way back, and no link follows two. A ring (a named roundabout)
    is cut at its link with the lowest number.
    """
    out_of: dict[int, list[int]] = {}
    for link, node in enumerate(network.from_node.tolist()):
        out_of.setdefault(node, []).append(link)
    bearing_in = _bearing(network, at_end=True)
    bearing_out = _bearing(network, at_end=False)
    wanted = []
    for link, node in enumerate(network.to_node.tolist()):
        name = network.name[link]
        for other in out_of.get(node, ()) if name else ():
            if network.name[other] == name and network.to_node[other] != network.from_node[link]:
                turn = abs(float(np.angle(np.exp(1j * (bearing_out[other] - bearing_in[link])))))
                wanted.append((turn, link, other))
    follower = np.full(len(network), NO_LINK, np.int64)
    is_taken = np.zeros(len(network), bool)
    for _, link, other in sorted(wanted):
        if follower[link] == NO_LINK and not is_taken[other]:
            follower[link], is_taken[other] = other, True
    _cut_rings(follower)
    return follower


def _bearing(network: Network, *, at_end: bool) -> np.ndarray:
    if at_end:
        step = network.points[network.first[1:] - 1] - network.points[network.first[1:] - 2]
    else:
        step = network.points[network.first[:-1] + 1] - network.points[network.first[:-1]]
    return np.arctan2(step[:, 1], step[:, 0])


def _cut_rings(follower: Ints) -> None:
    state = np.zeros(len(follower), np.int8)  # 0 not seen, 1 on this walk, 2 done
    for start in range(len(follower)):
        walk, link = [], start
        while link != NO_LINK and state[link] == 0:
            state[link] = 1
            walk.append(link)
            link = int(follower[link])
        if link != NO_LINK and state[link] == 1:
            ring = walk[walk.index(link) :]
            last = ring[ring.index(min(ring)) - 1]
            follower[last] = NO_LINK
        state[walk] = 2


def find_chains(network: Network) -> list[Ints]:
    """Return every street as chains of links in the direction of travel, int64 each; every link is in one."""
    follower = find_followers(network)
    is_led_into = np.zeros(len(network), bool)
    is_led_into[follower[follower != NO_LINK]] = True
    chains = []
    for start in np.flatnonzero(~is_led_into).tolist():
        chain = [start]
        while follower[chain[-1]] != NO_LINK:
            chain.append(int(follower[chain[-1]]))
        chains.append(np.array(chain, np.int64))
    return chains


def find_street(network: Network, name: str) -> Ints:
    """Return the longest chain of a street that leads one way: round its longest link, until it turns back.

    Raises
    ------
    InvalidInputError
        When no street has the name.
    """
    chains = [
        _part_one_way(network, chain) for chain in find_chains(network) if network.name[chain[0]] == name
    ]
    if not chains or not name:
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(set(network.name.tolist()) - {""}), n=3, cutoff=0.4)
        hint = f"nearest: {', '.join(near)}" if near else "give a street of the map"
        raise InvalidInputError(f"no street for vehicles is called '{name}'", hint=hint)
    return max(chains, key=lambda chain: float(network.length_m[chain].sum()))


def _part_one_way(network: Network, chain: Ints) -> Ints:
    # The links around the longest one that lead less than MOST_TURN_RAD off its direction.
    first, last = network.points[network.first[chain]], network.points[network.first[chain + 1] - 1]
    bearing = np.arctan2(*(last - first).T[::-1])
    longest = int(np.argmax(network.length_m[chain]))
    off = np.abs(np.angle(np.exp(1j * (bearing - bearing[longest])))) > MOST_TURN_RAD
    before, after = np.flatnonzero(off[:longest]), np.flatnonzero(off[longest:])
    begin = int(before[-1]) + 1 if len(before) else 0
    end = longest + int(after[0]) if len(after) else len(chain)
    return chain[begin:end]

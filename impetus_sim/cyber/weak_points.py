"""What attackers must pass: nodes, zones and conduits without which goals are out of reach, and a set of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.control_network import ControlNetwork
from impetus_sim.cyber.cut_set import find_cut
from impetus_sim.cyber.ensemble import Attack
from impetus_sim.cyber.kernels.reachable import count_lost


@dataclass(frozen=True, kw_only=True)
class WeakPoint:
    """A node, a zone or a conduit that ways to goals must pass.

    Parameters
    ----------
    id
        Of the node, the zone or the conduit.
    what
        node, zone or conduit.
    n_goals, share
        Goals on other nodes that nobody can reach without it, and their share of all that can be reached.
    """

    id: str
    what: str
    n_goals: int
    share: float


def find_weak_points(
    network: ControlNetwork, graph: AttackGraph, attacks: Sequence[Attack]
) -> tuple[WeakPoint, ...]:
    """Find what ways to goals must pass, most goals first.

    Parameters
    ----------
    attacks
        With goals.
    """
    # Zones and conduits are held by nobody: each of their steps stands for itself here.
    n_nodes = len(network.nodes)
    loose = [row for row, s in enumerate(graph.steps) if s.is_attack and s.owner < 0 and s.zone]
    places = [(node.id, "node") for node in network.nodes]
    places += [_place(graph.steps[row].id) for row in loose]
    owner = graph.owner
    owner[loose] = n_nodes + np.arange(len(loose))
    barred = np.array([step.exists <= 0.0 for step in graph.steps], np.uint8)
    needs, first_child = graph.needs(), graph.first_child
    lost, own, reachable = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64), 0
    for attack in attacks:
        is_goal = np.zeros(len(graph), np.uint8)
        is_goal[attack.goals] = 1
        counted = np.empty(len(places) + 1, np.int64)
        # one owner more, of nothing: what is out of reach anyway
        count_lost(
            needs, first_child, graph.child, attack.entries, owner, barred, is_goal, len(counted), counted
        )
        lost += counted[:-1] - counted[-1]
        reachable += len(attack.goals) - int(counted[-1])
        owners = owner[attack.goals]
        own += np.bincount(owners[owners >= 0], minlength=len(places))
    others = lost - np.minimum(own, lost)
    return tuple(
        WeakPoint(id=places[k][0], what=places[k][1], n_goals=int(others[k]), share=others[k] / reachable)
        for k in sorted(np.flatnonzero(others), key=lambda k: (-others[k], k))
        if places[k][1]
    )


def _place(step: str) -> tuple[str, str]:
    # that a zone is held says no more than that it is entered
    stem, _, last = step.rpartition(".")
    return (stem, "zone") if last == "entered" else (step, "" if last == "held" else "conduit")


def find_cut_of_all(
    graph: AttackGraph, attacks: Sequence[Attack], goals: npt.NDArray[np.int64]
) -> tuple[int, ...] | None:
    """Find a smallest set of nodes that shuts all ways of all attackers; None where there is none."""
    wanted = [attack.wanted(graph) for attack in attacks]
    tried = np.logical_or.reduce([w for w in wanted if w is not None])
    entries = np.unique(np.concatenate([attack.entries for attack in attacks]))
    steps = tuple(step if tried[row] else replace(step, exists=0.0) for row, step in enumerate(graph.steps))
    found = find_cut(
        replace(graph, steps=steps),
        entries=entries[tried[entries]],
        goals=goals,
        kept={graph.steps[row].owner for row in goals},
    )
    return None if found is None else tuple(found)

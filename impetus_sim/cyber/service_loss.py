"""What is lost with an asset: services that need it, once their buffers are empty, as further steps of a graph.

A service is lost when the asset was attacked so that it gives none, or when one group of its needs fails; a group
fails, after its buffer, when all alternatives in it are lost. That is again a graph of AND and OR steps, with fixed
times, so that the same kernel gives the time from an attack to everybody who is without. Levels in between, radial
and meshed flow, and refilling belong to `infrastructure`: here a need that leaves half of the service or more does
not count as a loss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impetus_sim.cyber.attack_graph import Duration, Step
from impetus_sim.world.assets import Assets

LOST_BELOW = 0.5
"""An asset that keeps at least this level without a need goes on serving."""


def loss_steps(assets: Assets, attack: Sequence[Step]) -> tuple[list[Step], list[tuple[str, str]]]:
    """Return steps and edges for the services that the attack can take away, and for what needs them.

    Parameters
    ----------
    assets
        With their needs.
    attack
        Steps of the attack, of which those with an effect that `loses` begin the losses.
    """
    needs = assets.needs
    edges, steps = _first_losses(assets, attack)
    counts = needs.level_without < LOST_BELOW
    groups: dict[tuple[int, int], list[int]] = {}
    for k in np.flatnonzero(counts):
        groups.setdefault((int(needs.consumer[k]), int(needs.group[k])), []).append(int(k))
    lost = {step.target for step in attack if step.effect and step.effect.loses}
    failing = _failing(groups, assets, lost)
    for consumer, group in sorted(failing):
        rows = groups[consumer, group]
        name = f"{loss_id(assets, consumer)}:{group}"
        steps.append(
            Step(
                id=name,
                needs_all=True,
                takes=Duration(a=float(needs.buffer_s[rows[0]])),
                exists=float(needs.probability[rows[0]]),
                is_attack=False,
            )
        )
        edges += [(loss_id(assets, int(needs.provider[k])), name) for k in rows]
        edges.append((name, loss_id(assets, consumer)))
        lost.add(consumer)
    steps += [Step(id=loss_id(assets, row), target=row, is_attack=False) for row in sorted(lost)]
    return steps, edges


def _first_losses(assets: Assets, attack: Sequence[Step]) -> tuple[list[tuple[str, str]], list[Step]]:
    """Return the edges from the attack to what is lost by it, and steps for buffers that run empty in between."""
    edges, steps = [], {}
    for step in attack:
        if step.effect is None or not step.effect.loses:
            continue
        lost = loss_id(assets, step.target)
        if not step.effect.after_buffer:
            edges.append((step.id, lost))
            continue
        emptied = f"emptied:{assets.ids[step.target]}"
        mine = assets.needs.consumer == step.target
        buffer_s = float(assets.needs.buffer_s[mine].max(initial=0.0))
        steps[emptied] = Step(id=emptied, takes=Duration(a=buffer_s), is_attack=False)
        edges += [(step.id, emptied), (emptied, lost)]
    return edges, list(steps.values())


def loss_id(assets: Assets, row: int) -> str:
    """Return the id of the step at which an asset's service is lost."""
    return f"lost:{assets.ids[row]}"


def _failing(
    groups: dict[tuple[int, int], list[int]], assets: Assets, lost: set[int]
) -> set[tuple[int, int]]:
    """Return the groups of which every alternative can be lost, from what is lost at first."""
    left = {key: {int(assets.needs.provider[k]) for k in rows} for key, rows in groups.items()}
    of_provider: dict[int, list[tuple[int, int]]] = {}
    for key, providers in left.items():
        for provider in providers:
            of_provider.setdefault(provider, []).append(key)
    failing: set[tuple[int, int]] = set()
    todo, seen = sorted(lost), set(lost)
    while todo:
        provider = todo.pop()
        for key in of_provider.get(provider, ()):
            left[key].discard(provider)
            if left[key]:
                continue
            failing.add(key)
            if key[0] not in seen:
                seen.add(key[0])
                todo.append(key[0])
    return failing

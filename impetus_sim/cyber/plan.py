"""The control network of a scenario: graphs with any defences, attackers found in them, and who responds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.build_graph import build_attack_graph
from impetus_sim.cyber.control_network import ControlNetwork, build_control_network
from impetus_sim.cyber.defence import Effort, Responders, Work
from impetus_sim.cyber.ensemble import Attack
from impetus_sim.cyber.template import OUTSIDE, ControlTemplate, read_template
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.cyber import ZONES, Attacker, Cyber, Defenders
from impetus_sim.world.assets import Assets


@dataclass(frozen=True, kw_only=True)
class ControlPlan:
    """The control network of a scenario, which graphs of any defences are built from."""

    assets: Assets
    template: ControlTemplate
    network: ControlNetwork
    spec: Cyber

    def graph(self, defences: Collection[str], *, with_losses: bool = False) -> AttackGraph:
        """Build the attack graph with these defences."""
        return build_attack_graph(
            self.network, self.template, self.assets, defences=defences, with_losses=with_losses
        )

    def attacks(self, graph: AttackGraph) -> list[Attack]:
        """Find the attackers' entries and goals in a graph.

        Raises
        ------
        InvalidInputError
            When an entry or a goal fits nothing.
        """
        found = []
        for name, attacker in self.spec.attackers.items():
            try:
                found.append(self._attack(name, attacker, graph))
            except InvalidInputError as error:
                key = f"cyber.attackers.{name}"
                raise InvalidInputError(f"{key}: {error.message}", hint=error.hint) from error
        return found

    def responders(self, defences: Collection[str]) -> Responders:
        """Return who responds, with what; restoring is quicker where a defence makes it so."""
        return _responders(self.spec.defenders, self.template, defences)

    def _attack(self, name: str, attacker: Attacker, graph: AttackGraph) -> Attack:
        is_effect = np.array([step.effect is not None for step in graph.steps])
        strike_us = 0 if attacker.strike is None else round(float(attacker.strike) * 1e6)
        return Attack(
            name=name,
            entries=self._entries(attacker, graph),
            goals=self._goals(attacker, graph),
            start_us=round(float(attacker.start) * 1e6),
            time_factor=float(attacker.pace),
            not_before_us=np.where(is_effect, strike_us, 0).astype(np.int64),
        )

    def _entries(self, attacker: Attacker, graph: AttackGraph) -> npt.NDArray[np.int64]:
        rows = graph.rows()
        found: set[int] = set()
        for entry in attacker.entry:
            if entry == OUTSIDE:
                found.add(rows[OUTSIDE])
                continue
            names = (
                [step for step in rows if step.endswith(f".{entry}.entered")]
                if entry in ZONES
                else [f"{self.network.nodes[node].id}.reached" for node in self.network.matching(entry)]
            )
            if not names:
                raise InvalidInputError(
                    f"entry: '{entry}' fits no zone and no node",
                    hint=f"{', '.join(ZONES)}, or a node such as {self.network.nodes[0].id}"
                    if self.network.nodes
                    else "the assets have nothing that is commanded over a network",
                )
            found.update(rows[step] for step in names)
        return np.array(sorted(found), np.int64)

    def _goals(self, attacker: Attacker, graph: AttackGraph) -> npt.NDArray[np.int64]:
        ids = self.assets.ids
        found: list[int] = []
        for k, goal in enumerate(attacker.goals):
            hit = [
                row
                for row, step in enumerate(graph.steps)
                if step.effect
                and step.effect.name == goal.effect
                and any(fnmatchcase(ids[step.target], pattern) for pattern in goal.assets)
            ]
            if not hit:
                raise InvalidInputError(
                    f"goals.{k}: nothing that fits '{', '.join(goal.assets)}' can be left '{goal.effect}'",
                    hint=_possible(graph, self.assets),
                )
            found += hit
        return np.array(sorted(set(found)), np.int64)


def plan_control(spec: Cyber, assets: Assets) -> ControlPlan:
    """Build the control network of assets, as the package's template has it."""
    template = read_template()
    network = build_control_network(assets, template)
    return ControlPlan(assets=assets, template=template, network=network, spec=spec)


def _responders(spec: Defenders | None, template: ControlTemplate, defences: Collection[str]) -> Responders:
    if spec is None:
        return Responders()
    restore = float(np.prod([template.defences[name].restore for name in defences]))
    efforts = {}
    for work in Work:
        task = getattr(spec, work.name.lower())
        if task is not None:
            factor = restore if work is Work.RESTORE else 1.0
            takes_us = round(float(task.takes) * factor * 1e6)
            efforts[work] = Effort(takes_us=takes_us, staff=int(task.staff))
    return Responders(staff=int(spec.staff), efforts=efforts)


def _possible(graph: AttackGraph, assets: Assets) -> str:
    pairs = sorted({(assets.kinds[s.target], s.effect.name) for s in graph.steps if s.effect})
    by_kind: dict[str, list[str]] = {}
    for kind, effect in pairs:
        by_kind.setdefault(kind, []).append(effect)
    return "; ".join(f"{kind}: {', '.join(effects)}" for kind, effects in by_kind.items())

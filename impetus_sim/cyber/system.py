"""Attackers and defenders of the control network in one run."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.campaign import DONE, Campaign
from impetus_sim.cyber.control_network import ControlNetwork
from impetus_sim.cyber.defence import Defence, Responders, Work
from impetus_sim.cyber.effects import Effects
from impetus_sim.cyber.ensemble import Attack
from impetus_sim.cyber.segment_orders import SegmentOrders
from impetus_sim.world.assets import Order
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import System
from impetus_sim.world.world import World

_HOUR_US = 3.6e9


class CyberSystem(System):
    """Attackers by name, the defenders, and what becomes of the assets.

    At one instant defenders finish first, then attackers, in the order of their names, then what is noticed.

    Parameters
    ----------
    world
        With assets (`World.have_assets`).
    network, graph
        The control network, and its attack graph with the defences in place.
    attacks
        Who attacks, with names of their own.
    responders
        Who responds.
    seed, replicate
        Root of the draws.
    """

    name = "cyber"
    phase = Phase.HAZARDS
    digest_every_s: ClassVar[float] = 10.0

    def __init__(
        self,
        world: World,
        *,
        network: ControlNetwork,
        graph: AttackGraph,
        attacks: Sequence[Attack],
        responders: Responders,
        seed: int,
        replicate: int,
    ) -> None:
        assert world.assets is not None
        self._world, self._assets, self._graph = world, world.assets, graph
        self.network = network
        self._owner = graph.owner
        self._agenda: list[int] = []
        self.effects = Effects(world)
        self.defence = Defence(responders, network, graph, len(self._assets), due=self._add)
        self._orders = SegmentOrders(world, network, self.defence, log=self._log)
        ordered = sorted(attacks, key=lambda attack: attack.name)
        self.campaigns = [Campaign(a, graph, a.key(seed, replicate), due=self._add) for a in ordered]
        self._rebuild_agenda(0)

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads."""
        defence = [self.defence.nodes, self.defence.assets, self.defence.tasks]
        attackers = [table for campaign in self.campaigns for table in (campaign.status, campaign.table)]
        return [self.effects.table, *defence, *attackers]

    @property
    def optional_state(self) -> list[Table]:
        """Attackers of a branch start as they are built; so does the rest where the run had none."""
        return self.state

    def next_tick(self, after: int) -> int | None:
        """Return the next tick after `after` at which something is due; None for never."""
        if self._orders.is_waiting:
            return after + 1
        if not self._agenda:
            return None
        return max(after + 1, -(-self._agenda[0] // self._world.resolution_us))

    def is_due(self, tick: int) -> bool:
        """Whether something is due by a tick."""
        has_come = bool(self._agenda) and self._agenda[0] <= tick * self._world.resolution_us
        return has_come or self._orders.is_waiting

    def advance(self, tick: int) -> None:
        """Act on everything due by the tick, in the order of time."""
        until_us = tick * self._world.resolution_us
        while self._agenda and self._agenda[0] <= until_us:
            now = heapq.heappop(self._agenda)
            while (task := self.defence.next_finished(now)) is not None:
                self._finish_task(task)
            for campaign in self.campaigns:
                if not campaign.has_begun and campaign.attack.start_us <= now:
                    event = self._log("attack_began", campaign.attack.name, now, ())
                    campaign.begin(now, event, self.defence.is_barred)
                while (step := campaign.next_done(now)) is not None:
                    self._finish_step(campaign, step)
            for campaign in self.campaigns:
                for step in campaign.noticed_by(now):
                    self._notice(campaign, step, now)
        if self._orders.serve(until_us):
            for campaign in self.campaigns:
                if campaign.has_begun:
                    campaign.settle(until_us, self.defence.is_barred)

    def restored(self, tick: int) -> None:
        """Rebuild the agenda from the tables."""
        self._rebuild_agenda(tick * self._world.resolution_us)

    def counts(self) -> dict[str, Any]:
        """Return numbers for recordings: nodes held, effects in force, person-hours of the defenders."""
        return {
            "cyber_nodes_held": len(self._nodes_held()),
            "cyber_effects": len(self.effects.in_force()),
            "cyber_person_hours": self.defence.staff_us / _HOUR_US,
        }

    def _add(self, at_us: int) -> None:
        heapq.heappush(self._agenda, at_us)

    def _rebuild_agenda(self, now_us: int) -> None:
        # An attacker whom only a branch has cannot have begun before it.
        times = [*self.defence.times(), *(time for c in self.campaigns for time in c.times())]
        self._agenda[:] = [max(now_us, time) for time in times]
        heapq.heapify(self._agenda)

    def _nodes_held(self) -> set[int]:
        done = [self._owner[campaign.table.state == DONE] for campaign in self.campaigns]
        return {int(owner) for owners in done for owner in np.unique(owners) if owner >= 0}

    def _finish_step(self, campaign: Campaign, number: int) -> None:
        step, at_us = self._graph.steps[number], int(campaign.table.due_us[number])
        event = int(campaign.table.cause[number])
        if step.owner >= 0 and campaign.status.first_hold_us[0] < 0:
            campaign.status.first_hold_us[0] = at_us
        if step.effect is not None:
            order = Order(step.effect.order).name.lower()
            told = {"effect": step.effect.name, "order": order, "value": step.effect.value}
            event = self._log(
                "asset_attacked",
                self._assets.ids[step.target],
                at_us,
                (event,),
                asset=step.target,
                technique=step.technique,
                **told,
            )
            self.effects.put(step, at_us, event)
        elif step.technique:
            event = self._log(
                "attack_step", self._place(number), at_us, (event,), technique=step.technique, step=step.id
            )
        campaign.finish(number, event, self.defence.is_barred)

    def _notice(self, campaign: Campaign, number: int, at_us: int) -> None:
        event = self._log(
            "attack_noticed",
            self._place(number),
            at_us,
            (int(campaign.table.cause[number]),),
            technique=self._graph.steps[number].technique,
            dwell_s=_dwell_s(campaign, at_us),
        )
        if campaign.status.noticed_us[0] < 0:
            campaign.status.noticed_us[0] = at_us
        self.defence.alert(self._graph.steps[number].zone, at_us, event)

    def _finish_task(self, task: int) -> None:
        tasks = self.defence.tasks
        at_us, subject, work = int(tasks.done_us[task]), int(tasks.subject[task]), Work(tasks.work[task])
        act: Callable[[int, int, int], None] = {
            Work.ASSESS: self._assess,
            Work.ISOLATE: self._isolate,
            Work.RESTORE: self._restore,
            Work.PATCH: self._patch,
            Work.BY_HAND: self._work_by_hand,
        }[work]
        act(task, subject, at_us)
        self.defence.finish(task, at_us)
        for campaign in self.campaigns:
            if campaign.has_begun and work is not Work.ASSESS:
                campaign.settle(at_us, self.defence.is_barred)

    def _assess(self, task: int, zone: int, at_us: int) -> None:
        nodes = self.defence.nodes_in(zone)
        held = sorted(self._nodes_held() & set(nodes))
        hit = [row for node in nodes for row in self.effects.in_force(node=node)]
        assets = sorted({int(self.effects.table.asset[row]) for row in hit})
        held = sorted({*held, *(int(self.effects.table.node[row]) for row in hit)})
        event = self._log_task(task, "attack_assessed", self.defence.zones[zone], at_us, n_found=len(held))
        self.defence.respond(held, assets, at_us, event)

    def _isolate(self, task: int, node: int, at_us: int) -> None:
        self.defence.nodes.is_isolated[node] = 1
        event = self._log_task(task, "node_isolated", self.network.nodes[node].id, at_us)
        self.defence.follow_up(task, at_us, event)

    def _restore(self, task: int, node: int, at_us: int) -> None:
        event = self._log_task(task, "node_restored", self.network.nodes[node].id, at_us)
        self.effects.end(self.effects.in_force(node=node), at_us, event)
        for campaign in self.campaigns:
            campaign.restore(np.flatnonzero(self._owner == node))
        self._give_back(node, Work.RESTORE, event)
        self.defence.follow_up(task, at_us, event)

    def _patch(self, task: int, node: int, at_us: int) -> None:
        self.defence.nodes.is_patched[node] = 1
        event = self._log_task(task, "node_patched", self.network.nodes[node].id, at_us)
        self._give_back(node, Work.PATCH, event)

    def _give_back(self, node: int, work: Work, event: int) -> None:
        # After the last task on a node it is connected again, and its assets obey the network again.
        if not self.defence.is_last(work):
            return
        self.defence.nodes.is_isolated[node] = 0
        for asset in self.network.nodes[node].commands:
            if self.defence.assets.by_hand[asset]:
                self.defence.assets.by_hand[asset] = 0
                self._world.order_asset(asset, Order.CONTROL, 1.0, cause=event)

    def _work_by_hand(self, task: int, asset: int, at_us: int) -> None:
        event = self._log_task(task, "asset_by_hand", self._assets.ids[asset], at_us, asset=asset)
        self.effects.end(self.effects.in_force(asset=asset), at_us, event)
        self.defence.assets.by_hand[asset] = 1
        self._world.order_asset(asset, Order.CONTROL, 0.0, cause=event)

    def _place(self, number: int) -> str:
        step = self._graph.steps[number]
        return self.network.nodes[step.owner].id if step.owner >= 0 else step.zone or step.id

    def _log_task(self, task: int, kind: str, subject: str, at_us: int, **data: Any) -> int:
        tasks = self.defence.tasks
        hours = int(tasks.takes_us[task]) * int(tasks.staff[task]) / _HOUR_US
        return self._log(kind, subject, at_us, (int(tasks.cause[task]),), person_hours=hours, **data)

    def _log(self, kind: str, subject: str, at_us: int, causes: tuple[int, ...], **data: Any) -> int:
        row = data.pop("asset", None)
        x, y = (
            (float("nan"), float("nan"))
            if row is None
            else (float(self._assets.x[row]), float(self._assets.y[row]))
        )
        return self._world.log(kind, subject, x=x, y=y, causes=causes, at_s=at_us / 1e6, **data)


def _dwell_s(campaign: Campaign, at_us: int) -> float:
    first = int(campaign.status.first_hold_us[0])
    return 0.0 if first < 0 else (at_us - first) / 1e6

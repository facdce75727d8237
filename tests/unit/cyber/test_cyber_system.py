"""On the clock: the times of an episode, orders about assets, events with causes, defenders, exact restores."""

import json

import numpy as np
import pytest
from shapely.geometry import box

from impetus_sim.cyber.build_graph import build_attack_graph
from impetus_sim.cyber.control_network import build_control_network
from impetus_sim.cyber.defence import Effort, Responders, Work
from impetus_sim.cyber.ensemble import Attack, sample_episodes
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.cyber.system import CyberSystem
from impetus_sim.cyber.template import read_template
from impetus_sim.world.assets import Order

TEMPLATE = read_template()
MINUTE = 60_000_000
SEED = 4
"""An attacker who is noticed before anything is done to a signal, and gets to every signal and feeder."""


class Case:
    """A city, its graph, and systems on worlds of their own."""

    def __init__(self, build_world, city, defences=()):
        self._build_world, self.city = build_world, city
        self.network = build_control_network(city, TEMPLATE)
        self.graph = build_attack_graph(self.network, TEMPLATE, city, defences=defences)
        self.rows = self.graph.rows()

    def goals(self, *names):
        return np.array([k for k, s in enumerate(self.graph.steps) if s.effect and s.effect.name in names])

    def attack(self, *effects, name="red", entry="outside", **more):
        return Attack(name=name, entries=np.array([self.rows[entry]]), goals=self.goals(*effects), **more)

    def system(self, *attacks, staff=0, **takes_min):
        world = self._build_world(box(0, 0, 10, 10), {})
        world.have_assets(self.city)
        efforts = {Work[k.upper()]: Effort(takes_us=round(v * MINUTE), staff=1) for k, v in takes_min.items()}
        return CyberSystem(
            world,
            network=self.network,
            graph=self.graph,
            attacks=attacks,
            responders=Responders(staff=staff, efforts=efforts),
            seed=SEED,
            replicate=0,
        )


@pytest.fixture
def case(build_world, city):
    return Case(build_world, city)


def run(system, until=2**45, stop=None):
    world = system._world
    while (tick := system.next_tick(world.tick)) is not None and tick <= until:
        world.tick = tick
        system.advance(tick)
        if stop and stop(world):
            break
    return world


def events(world, kind=""):
    table = world.events
    found = [
        {
            "id": int(table.id[k]),
            "kind": table.kind[k].decode(),
            "subject": table.subject[k].decode(),
            "causes": [int(c) for c in table.causes[k].decode().split(",") if c],
            **json.loads(table.data[k] or b"{}"),
        }
        for k in range(len(table))
    ]
    return [event for event in found if kind in ("", event["kind"])]


def orders(world):
    table = world.asset_orders
    return [(int(table.asset[k]), Order(table.kind[k]), float(table.value[k])) for k in range(len(table))]


def test_without_defenders_times_are_those_of_the_episode(case):
    attack = case.attack("all_red", "switched_off", "false_reading", start_us=5 * MINUTE)
    system = case.system(attack)
    world = run(system)
    expected = sample_episodes(case.graph, attack, n=1, seed=SEED)
    done = {k: t for k, t in enumerate(expected.times_us[0]) if t < NEVER}
    assert done and set(np.flatnonzero(system.campaigns[0].table.state == 2)) == set(done)
    by_step = {case.graph.steps[k].id: t for k, t in done.items()}
    for event in events(world, "attack_step"):
        assert round(event["at_s"] * 1e6) == by_step[event["step"]]
    hits = {(e["subject"], e["effect"]): e["at_s"] for e in events(world, "asset_attacked")}
    wanted = {
        (case.city.ids[case.graph.steps[k].target], case.graph.steps[k].effect.name): t / 1e6
        for k, t in done.items()
        if case.graph.steps[k].effect
    }
    assert hits == pytest.approx(wanted)
    noticed = events(world, "attack_noticed")
    assert round(min(e["at_s"] for e in noticed) * 1e6) == expected.noticed_us[0]


def test_effects_are_orders_with_the_event_that_caused_them(case):
    attack = case.attack("all_red", "switched_off")
    world = run(case.system(attack))
    hits = events(world, "asset_attacked")
    assert len(hits) == len(orders(world)) == 5  # three signals, two feeders: this episode gets to all
    signals = {case.city.row(f"signal_{k}") for k in range(3)}
    assert {order for order in orders(world) if order[0] in signals} == {
        (row, Order.MODE, 3.0) for row in signals
    }
    assert [int(c) for c in world.asset_orders.cause] == [e["id"] for e in hits]
    # every chain of causes leads back to the beginning of the attack
    by_id = {event["id"]: event for event in events(world)}
    for hit in hits:
        at = hit
        while at["causes"]:
            at = by_id[at["causes"][0]]
        assert at["kind"] == "attack_began" and at["subject"] == "red"
    assert all(event["technique"].startswith("T0") for event in hits)


def test_effects_wait_for_the_strike(case):
    plain = case.attack("all_red")
    not_before = np.where([s.effect is not None for s in case.graph.steps], 10**13, 0)
    world = run(case.system(case.attack("all_red", not_before_us=not_before)))
    assert {e["at_s"] >= 1e7 for e in events(world, "asset_attacked")} == {True}
    assert len(events(world, "attack_step")) == len(events(run(case.system(plain)), "attack_step"))


def test_defenders_take_time_and_staff_and_undo_what_was_done(case):
    attack = case.attack("all_red")
    system = case.system(attack, staff=2, assess=1200, isolate=5, restore=60, patch=30, by_hand=45)
    world = run(system)
    assert events(world, "asset_attacked"), "they come too late to prevent it"
    first = min(e["at_s"] for e in events(world, "attack_noticed"))
    assessed = events(world, "attack_assessed")
    assert assessed[0]["at_s"] == pytest.approx(first + 72_000.0)
    isolated = events(world, "node_isolated")
    restored = {e["subject"]: e["at_s"] for e in events(world, "node_restored")}
    patched = {e["subject"]: e["at_s"] for e in events(world, "node_patched")}
    assert isolated and set(patched) <= set(restored)
    for node, at_s in patched.items():
        assert at_s >= restored[node] + 1800.0 - 1e-6
    # whatever was done to a signal was undone in the end
    last = {(asset, kind): value for asset, kind, value in orders(world)}
    assert not system.effects.in_force() and events(world, "asset_by_hand")
    for (_, kind), value in last.items():
        assert value == (1.0 if kind is Order.CONTROL else 0.0)
    hours = sum(e.get("person_hours", 0.0) for e in events(world))
    assert hours == pytest.approx(system.counts()["cyber_person_hours"]) and hours > 0.0


def test_defenders_in_time_prevent_it(build_world, city):
    case = Case(build_world, city, defences=["monitoring"])
    attack = case.attack("all_red")
    world = run(case.system(attack, staff=4, assess=10, isolate=5, restore=60, patch=30))
    assert events(world, "node_patched")
    assert len(events(world, "asset_attacked")) < len(events(run(case.system(attack)), "asset_attacked"))


def test_tasks_wait_for_staff_first_come_first_served(case):
    attack = case.attack("all_red", "switched_off")
    one = run(case.system(attack, staff=1, assess=10, isolate=120))
    many = run(case.system(attack, staff=50, assess=10, isolate=120))
    waited, quick = (events(world, "node_isolated") for world in (one, many))
    gaps = np.diff([e["at_s"] for e in waited])
    assert len(waited) > 1 and (gaps >= 7200.0 - 1e-6).all()
    assert quick[0]["at_s"] <= waited[0]["at_s"]


def test_an_attacker_who_is_cut_off_loses_what_lies_behind(case):
    attack = case.attack("all_red")
    system = case.system(attack)

    def is_far(world):
        return any(e["subject"] == "streets.traffic_server" for e in events(world, "attack_step"))

    world = run(system, stop=is_far)
    campaign = system.campaigns[0]
    row = case.network.matching("streets.traffic_server")[0]
    before = int((campaign.table.state == 2).sum())
    system.defence.nodes.is_isolated[:] = 1
    campaign.settle(world.tick * 10_000, system.defence.is_barred)
    owner = case.graph.owner
    assert not (campaign.table.state[owner >= 0] == 2).any() and before > 3
    # once it is connected again he has to come back, at the same pace
    system.defence.nodes.is_isolated[:] = 0
    campaign.settle(world.tick * 10_000, system.defence.is_barred)
    run(system)
    assert (campaign.table.state[owner == row] == 2).any()


def test_patched_nodes_stay_shut_and_restored_ones_need_new_draws(case):
    attack = case.attack("all_red")
    system = case.system(attack, staff=9, assess=1, isolate=1, restore=1, patch=1)
    world = run(system)
    campaign = system.campaigns[0]
    patched = np.flatnonzero(system.defence.nodes.is_patched)
    assert len(patched)
    assert not (campaign.table.state[np.isin(case.graph.owner, patched)] == 2).any()
    assert campaign.table.attempts.max() >= 1
    assert not (system.defence.nodes.is_isolated).any()
    assert events(world, "node_patched")


def test_false_leads_cost_time_and_nothing_else(case):
    # the office is held by nobody once it is patched, and knocking at its door goes on
    attack = case.attack("all_red")
    system = case.system(attack, staff=1, assess=1)
    system.defence.alert("power.office", 0, -1)
    world = run(system, until=6_000)
    assert [e["n_found"] for e in events(world, "attack_assessed")] == [0]
    assert system.counts()["cyber_person_hours"] == pytest.approx(1 / 60)
    assert not orders(world)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_restored_run_goes_on_as_if_it_had_never_stopped(case, share):
    attacks = [case.attack("all_red"), case.attack("switched_off", name="blue", start_us=MINUTE)]
    options = {"staff": 2, "assess": 10, "isolate": 5, "restore": 60, "patch": 30, "by_hand": 45}
    whole = case.system(*attacks, **options)
    end = run(whole)
    broken = case.system(*attacks, **options)
    half = run(broken, until=round(end.tick * share))
    saved = {t.name: {n: c.copy() for n, c in t.columns.items()} for t in [*broken.state, *half.state]}
    again = case.system(*attacks, **options)
    for table in [*again.state, *again._world.state]:
        table.load(saved[table.name])
    again._world.tick = half.tick
    again.restored(half.tick)
    run(again)
    for mine, other in zip(
        [*again.state, *again._world.state], [*whole.state, *whole._world.state], strict=True
    ):
        for name, column in mine.columns.items():
            assert np.array_equal(column, other.columns[name], equal_nan=column.dtype.kind == "f"), (
                mine.name,
                name,
            )


def test_attackers_do_not_move_each_others_draws(case):
    alone = run(case.system(case.attack("all_red")))
    both = run(case.system(case.attack("all_red"), case.attack("switched_off", name="blue")))
    mine = {(e["subject"], e["at_s"]) for e in events(alone, "asset_attacked")}
    assert mine <= {(e["subject"], e["at_s"]) for e in events(both, "asset_attacked")}

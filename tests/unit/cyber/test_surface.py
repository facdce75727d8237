"""Surfaces: exposure, places that ways must pass, a set of nodes that is enough, and savings by paired draws."""

import numpy as np
import pytest

from impetus_sim.cyber.attack_graph import Duration, Step, join
from impetus_sim.cyber.cut_set import find_cut
from impetus_sim.cyber.kernels.reachable import fill_reachable
from impetus_sim.cyber.plan import plan_control
from impetus_sim.cyber.surface import compute_surface
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.cyber import Attacker, Cyber, Defenders, Goal

RED = Attacker(
    goals=[Goal(assets="signal_*", effect="all_red"), Goal(assets="feeder_*", effect="switched_off")]
)


def surface(city, *, n=600, seed=1, attacker=RED, **more):
    return compute_surface(
        plan_control(Cyber(attackers={"red": attacker}, **more), city), horizon_h=720.0, n=n, seed=seed
    )


def reachable(graph, entries, barred_nodes):
    barred = np.isin(graph.owner, barred_nodes) | np.array([step.exists <= 0 for step in graph.steps])
    out, n = np.empty(len(graph), np.uint8), len(graph)
    fill_reachable(
        graph.needs(),
        graph.first_child,
        graph.child,
        entries,
        barred.astype(np.uint8),
        np.empty(n, np.int32),
        np.empty(n, np.int64),
        out,
    )
    return out.astype(bool)


def test_exposure_is_sorted_and_only_of_what_is_wanted(city):
    found = surface(city)
    assert {city.ids[e.row] for e in found.exposed} == {f"signal_{k}" for k in range(3)} | {
        "feeder_0",
        "feeder_1",
    }
    chances = [e.chance.value for e in found.exposed]
    assert chances == sorted(chances, reverse=True) and 0.0 < min(chances) <= max(chances) < 1.0
    for exposed in found.exposed:
        assert (exposed.median_h is None) == (exposed.chance.value < 0.5)


def test_the_same_seed_gives_the_same_surface(city):
    one, two = surface(city, n=300), surface(city, n=300)
    assert [(s.defence, s.person_hours) for s in one.savings] == [
        (s.defence, s.person_hours) for s in two.savings
    ]
    assert surface(city, n=300, seed=2).person_hours != one.person_hours


def test_without_any_responders_no_defence_costs_and_notices_save_nothing(city):
    # nobody acts on a notice, and every other defence makes steps harder on the same draws
    for saving in surface(city).savings:
        assert saving.asset_hours.value >= 0.0 and saving.person_hours.value >= 0.0, saving.defence
        if saving.defence in ("monitoring", "backups"):
            assert saving.asset_hours.value == 0.0


def test_with_responders_watching_saves_and_what_is_in_place_is_judged_by_its_lack(city):
    defenders = Defenders(staff=4, assess={"takes": "1 h"}, isolate={}, by_hand={"takes": "2 h"})
    found = surface(city, defenders=defenders)
    watched = next(s for s in found.savings if s.defence == "monitoring")
    assert not watched.is_in_place and watched.person_hours.value > watched.person_hours.half_width
    have = surface(city, defenders=defenders, defences=["monitoring"])
    again = next(s for s in have.savings if s.defence == "monitoring")
    assert again.is_in_place and again.person_hours == watched.person_hours
    assert have.person_hours.value == pytest.approx(found.person_hours.value - watched.person_hours.value)


def test_person_hours_are_those_of_the_blocks_without_power(city):
    # one feeder, known: 3 000 people from when it is switched off to the horizon
    attacker = Attacker(goals=[Goal(assets="feeder_0", effect="switched_off")])
    found = surface(city, attacker=attacker)
    assert found.person_hours.value == pytest.approx(3000.0 * found.asset_hours.value)


def test_every_way_passes_the_control_room_and_the_set_of_nodes_is_enough(city):
    found = surface(city)
    assert [(p.id, p.what, p.n_goals) for p in found.weak_points] == [
        ("streets.control", "zone", 3),
        ("power.control", "zone", 2),
    ]
    goals = found.attacks[0].goals
    entries = found.attacks[0].entries
    assert reachable(found.graph, entries, [])[goals].all()
    assert not reachable(found.graph, entries, list(found.cut))[goals].any()
    for node in found.cut:  # and none of it is too much
        assert reachable(found.graph, entries, [c for c in found.cut if c != node])[goals].any()


def test_a_cut_of_a_small_graph():
    steps = [
        Step(id="in"),
        *(Step(id=f"n{k}", owner=k, takes=Duration(a=1.0)) for k in range(4)),
        Step(id="goal", owner=4),
    ]
    edges = [
        ("in", "n0"),
        ("in", "n1"),
        ("n0", "n2"),
        ("n1", "n2"),
        ("n2", "n3"),
        ("n3", "goal"),
        ("n0", "goal"),
    ]
    graph = join(steps, edges)
    rows = graph.rows()
    cut = find_cut(graph, entries=np.array([rows["in"]]), goals=np.array([rows["goal"]]), kept=[4])
    assert len(cut) == 2 and cut[0] == 0 and cut[1] in (1, 2, 3)
    at_door = find_cut(graph, entries=np.array([rows["goal"]]), goals=np.array([rows["goal"]]), kept=[4])
    assert at_door is None
    gone = join([Step(id="in"), Step(id="goal", owner=0, exists=0.0)], [("in", "goal")])
    assert find_cut(gone, entries=np.array([0]), goals=np.array([1])) == []


def test_what_an_attacker_does_not_want_is_never_held(city):
    attacker = Attacker(goals=[Goal(assets="feeder_*", effect="switched_off")])
    found = surface(city, attacker=attacker)
    held = {node.id: chance for node, chance in zip(found.plan.network.nodes, found.held, strict=True)}
    assert held["power.scada_server"] > 0.0
    assert not any(chance for node, chance in held.items() if node.startswith(("streets", "cabinet")))


def test_attacks_that_nothing_fits_are_refused(city):
    with pytest.raises(InvalidInputError, match="entry: 'cabinet_9' fits no zone"):
        surface(city, attacker=Attacker(goals=RED.goals, entry="cabinet_9"))

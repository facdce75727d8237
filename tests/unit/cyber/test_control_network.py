"""The control network follows from who needs whose control; what is lost follows from the needs."""

import numpy as np
import pytest

from impetus_sim.cyber.build_graph import build_attack_graph
from impetus_sim.cyber.control_network import build_control_network
from impetus_sim.cyber.ensemble import Attack, sample_episodes
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.cyber.template import read_techniques, read_template
from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.world.assets import Service

from .conftest import BATTERY_S, make_assets, make_city

TEMPLATE = read_template()


def built(assets, **options):
    network = build_control_network(assets, TEMPLATE)
    return network, build_attack_graph(network, TEMPLATE, assets, **options)


def ends(graph, *names):
    """Return the rows of effects of these names."""
    return np.array([k for k, step in enumerate(graph.steps) if step.effect and step.effect.name in names])


def outside(graph, goals):
    return Attack(name="red", entries=np.array([graph.rows()["outside"]]), goals=goals)


def test_devices_are_controllers_and_centres_have_the_servers_they_use(city):
    network, _ = built(city)
    kinds = {node.id: node.kind for node in network.nodes}
    assert kinds["rtu_0"] == "rtu" and kinds["cabinet_2"] == "signal_controller"
    assert kinds["power.scada_server"] == "scada_server" and "power.traffic_server" not in kinds
    assert kinds["streets.traffic_server"] == "traffic_server" and "streets.scada_server" not in kinds
    rtu = next(node for node in network.nodes if node.id == "rtu_0")
    assert rtu.zones == ("power.field",) and [city.ids[row] for row in rtu.commands] == ["feeder_0"]
    assert [network.nodes[row].id for row in network.matching("cabinet_*")] == [
        "cabinet_0",
        "cabinet_1",
        "cabinet_2",
    ]


def test_an_asset_without_a_controller_carries_its_own_device_and_may_stand_alone():
    assets = make_assets(
        [
            ("hall", "control_centre", 0, []),
            ("camera_1", "camera", 0, [("hall", Service.CONTROL, 0.0, 1.0)]),
            ("siren_1", "siren", 0, []),
        ]
    )
    network, graph = built(assets)
    kinds = {node.id: (node.kind, node.zones) for node in network.nodes}
    assert kinds["camera_1"] == ("camera_unit", ("hall.field",))
    assert kinds["siren_1"] == ("siren_unit", ("siren_1.field",))
    # nobody gets to the siren over a network: only who stands before it does
    goals = ends(graph, "silent")
    from_outside = sample_episodes(graph, outside(graph, goals), n=300, seed=1, watched=goals)
    assert (from_outside.times_us == NEVER).all()
    there = Attack(name="red", entries=np.array([graph.rows()["siren_1.reached"]]), goals=goals)
    assert (sample_episodes(graph, there, n=300, seed=1, watched=goals).times_us < NEVER).any()


def test_every_effect_is_an_order_about_an_asset_with_a_known_technique(city):
    _, graph = built(city)
    names = read_techniques().names
    assert all(step.technique in names for step in graph.steps if step.technique)
    effects = {(city.ids[step.target], step.effect.name) for step in graph.steps if step.effect}
    assert ("signal_0", "all_red") in effects and ("feeder_1", "false_reading") in effects
    assert ("streets", "data_wiped") in effects


@pytest.mark.parametrize("name", [name for name, d in TEMPLATE.defences.items() if d.conduits or d.steps])
def test_no_defence_makes_an_attack_easier(city, name):
    _, bare = built(city)
    _, defended = built(city, defences=[name])
    goals = ends(bare, "all_red", "switched_off", "false_reading", "out_of_hand")
    before = sample_episodes(bare, outside(bare, goals), n=400, seed=2)
    after = sample_episodes(defended, outside(defended, goals), n=400, seed=2)
    assert (after.times_us >= before.times_us).all()
    changed = (after.times_us > before.times_us).any() or (after.noticed_us < before.noticed_us).any()
    assert changed, name


def test_an_unknown_defence_is_refused(city):
    with pytest.raises(InvalidInputError, match="no defence 'prayer'"):
        built(city, defences=["prayer"])


def test_service_is_lost_after_its_buffer_and_only_where_all_alternatives_are(city):
    _, graph = built(city, with_losses=True)
    rows = graph.rows()
    goals = ends(graph, "switched_off")
    found = sample_episodes(graph, outside(graph, goals), n=500, seed=4)
    times = {name: found.times_us[:, row] for name, row in rows.items()}
    is_off = times["rtu_0.switched_off.feeder_0"] < NEVER
    assert 0 < is_off.sum() < 500
    off = times["rtu_0.switched_off.feeder_0"][is_off]
    assert np.array_equal(times["lost:block_0"][is_off], off)
    assert np.array_equal(times["lost:cabinet_0"][is_off], off + int(BATTERY_S * 1e6))
    assert np.array_equal(times["lost:signal_0"][is_off], times["lost:cabinet_0"][is_off])
    assert (times["lost:block_0"][~is_off] == NEVER).all()


def test_a_second_feed_is_lost_last():
    assets = make_city()
    needs = assets.needs
    # block_0 gets the other feeder as an alternative: the same group
    block, other = assets.row("block_0"), assets.row("feeder_1")
    at = int(np.flatnonzero(needs.consumer == block)[0])
    columns = {
        name: np.insert(getattr(needs, name), at, getattr(needs, name)[at])
        for name in needs.__dataclass_fields__
    }
    columns["provider"][at] = other
    assets = type(assets)(**{**vars(assets), "needs": type(needs)(**columns)})
    _, graph = built(assets, with_losses=True)
    goals = ends(graph, "switched_off")
    found = sample_episodes(graph, outside(graph, goals), n=300, seed=4)
    rows = graph.rows()
    feeders = found.times_us[:, [rows["lost:feeder_0"], rows["lost:feeder_1"]]].max(axis=1)
    assert np.array_equal(found.times_us[:, rows["lost:block_0"]], feeders)


def test_every_fault_of_a_template_is_said_with_its_line(tmp_path):
    from impetus_sim.cyber import template

    text = (template._DATA / "control_network.yaml").read_text()
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("technique: T0865", "technique: T9999").replace("exists: 0.5", "exists: 2"))
    with pytest.raises(InvalidFilesError) as caught:
        read_template(path)
    assert "mine.yaml" in str(caught.value) and "exists" in str(caught.value)
    path.write_text(text.replace("technique: T0865", "technique: T9999"))
    with pytest.raises(InvalidFilesError, match="T9999"):
        read_template(path)


def test_a_tank_told_to_be_full_gives_none_once_it_has_run_empty():
    tank_s = 6 * 3600.0
    assets = make_assets(
        [
            ("water", "control_centre", 0, []),
            ("plc", "controller", 0, [("water", Service.CONTROL, 0.0, 1.0)]),
            ("pump", "pumping_station", 0, []),
            (
                "tank",
                "water_tank",
                0,
                [("plc", Service.CONTROL, 0.0, 1.0), ("pump", Service.WATER, tank_s, 0.0)],
            ),
            ("zone", "water_zone", 5000, [("tank", Service.WATER, 0.0, 0.0)]),
        ]
    )
    _, graph = built(assets, with_losses=True)
    (goal,) = (
        row for row in ends(graph, "false_reading").tolist() if assets.ids[graph.steps[row].target] == "tank"
    )
    rows = graph.rows()
    watched = np.array([goal, rows["lost:tank"], rows["lost:zone"]])
    attack = outside(graph, np.array([goal]))
    times = sample_episodes(graph, attack, n=400, seed=1, watched=watched).times_us
    done = times[:, 0] < NEVER
    assert done.any()
    assert (times[done, 1] - times[done, 0] == round(tank_s * 1e6)).all()
    assert np.array_equal(times[done, 1], times[done, 2])
    assert (times[~done, 1] == NEVER).all()

"""What a city runs on in a run: failures travel to signals and people, with causes, exactly, and back."""

import json

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.world.assets import Order

TRAFFIC = {"demand": {"everyday": {"kind": "gravity", "trips": 60, "through": 1.0, "end": 40}}}
CUT = {
    "time": {"duration": 300},
    "infrastructure": {},
    "hazards": {"cut": {"kind": "asset_failure", "assets": "feeder", "start": 5, "lasts": 60}},
}


@pytest.fixture(scope="module")
def dark(room, start):
    """Return a run in which all feeders are broken from 5 to 65 s, at 100 s."""
    return start(room(CUT), until=100.0)


def chain(world, event):
    kinds = []
    while True:
        kinds.append(world.events.kind[event].decode())
        causes = world.events.causes[event].decode()
        if not causes:
            return kinds
        event = int(causes.split(",")[0])


def test_a_broken_feeder_leaves_its_customers_in_the_dark_and_says_why(dark):
    world = dark.world
    events = world.events
    fell = [
        k
        for k in range(len(events))
        if events.kind[k] == b"level_fell" and events.subject[k].startswith(b"block")
    ]
    assert fell
    assert int(events.tick[fell[0]]) >= 500
    path = chain(world, fell[0])
    assert path[-1] == "assets_failed" and "damaged" in path and "branch_failed" in path


def test_what_works_again_is_lit_again(dark):
    world = dark.world
    blocks = world.assets.of_kind("block")
    assert (world.asset_states.level[blocks] == 1.0).all()
    assert {b"repaired", b"level_rose"} <= set(world.events.kind.tolist())


@pytest.mark.parametrize("moment", [0.5, 5.0, 20.33, 66.0])
def test_a_branch_goes_on_exactly(room, start, dark, moment):
    walking = start(room(CUT), until=moment, city=dark.city)
    fresh = start(room(CUT), city=dark.city)
    fresh.take_over(walking.capture())
    fresh.run_until(100.0)
    assert fresh.digest.parts == dark.digest.parts


def test_two_threads_give_the_same(room, start, dark):
    assert start(room(CUT), until=100.0, threads=2, city=dark.city).digest.parts == dark.digest.parts


def test_a_branch_may_add_infrastructure(room, start):
    plain = start(room(), until=3.0)
    fresh = start(room(CUT, {"time": {"duration": 20}}), city=plain.city)
    fresh.take_over(plain.capture())
    fresh.run_until(10.0)
    assert b"level_fell" in fresh.world.events.kind.tolist()


def test_dark_signals_are_dark_to_traffic(town, start):
    crossing = {"signals": {"at": [{"xy": [131, 131]}]}}
    simulation = start(town({"traffic": {**TRAFFIC, **crossing}, "infrastructure": {}}))
    assert not simulation.systems.signal_assets  # the map of this town shows none
    assert "signals_follow_assets" not in simulation.couplings


def test_assets_by_hand_have_their_needs(room, start):
    assets = {
        "plant": {"type": "transformer", "at": {"xy": [3, 4]}},
        "mast": {
            "type": "cell",
            "at": {"xy": [5, 5]},
            "needs": [{"service": "power", "of": "plant", "buffer": 4}],
        },
    }
    cut = {"cut": {"kind": "asset_failure", "assets": "plant", "start": 1}}
    simulation = start(room({"cyber": {"assets": assets}, "hazards": cut}), until=4.9)
    states, mast = simulation.world.asset_states, simulation.world.assets.row("mast")
    assert states.level[mast] == 1.0 and states.on_buffer[mast]
    simulation.run_until(5.0)
    assert states.level[mast] == 0.0
    assert states.since_us[mast] == 5_000_000


def test_assets_of_two_kinds_are_refused(room, start):
    assets = {"plant": {"type": "transformer"}}
    with pytest.raises(InvalidInputError, match="the assets of its infrastructure"):
        start(room({"cyber": {"assets": assets}, "infrastructure": {}}))


def test_a_changed_need_lasts_as_long_as_it_says(room, start):
    change = {"needs": {"masts": {"assets": "cell", "service": "power", "buffer": 10}}}
    simulation = start(room(CUT, {"infrastructure": change}), until=14.9)
    cells = simulation.world.assets.of_kind("cell")
    assert (simulation.world.asset_states.level[cells] == 1.0).all()
    simulation.run_until(15.5)
    assert (simulation.world.asset_states.level[cells] < 1.0).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"assets": "block", "service": "fuel", "buffer": 1}, "needs fuel"),
        ({"assets": "blok", "service": "power", "buffer": 1}, "no kind of assets, 'blok'"),
    ],
)
def test_a_need_that_is_not_there_is_said(room, start, change, words):
    with pytest.raises(InvalidInputError, match=words):
        start(room({"infrastructure": {"needs": {"odd": change}}}))


def test_a_failure_without_infrastructure_is_refused(room, start):
    with pytest.raises(InvalidInputError, match="there is no infrastructure"):
        start(room({"hazards": {"cut": {"kind": "asset_failure", "assets": "feeder", "start": 5}}}))


def test_operators_switch_and_commands_wait_where_they_do_not_get_through(room, start):
    switch = {"kind": "asset_control", "assets": "feeder", "level": 0, "at_time": 2}
    simulation = start(room({"infrastructure": {}, "interventions": {"off": switch}}))
    world = simulation.world
    feeder = int(world.assets.of_kind("feeder")[0])
    world.order_asset(feeder, Order.CONTROL, 0.0, cause=-1)
    simulation.run_until(3.0)
    assert world.asset_states.told[feeder] == 1.0
    world.order_asset(feeder, Order.CONTROL, 1.0, cause=-1)
    simulation.run_until(3.5)
    assert world.asset_states.told[feeder] == 0.0
    assert world.asset_states.level[world.assets.of_kind("block")].max() == 0.0


def test_levels_are_recorded_when_something_happens(room, tmp_path, warm):
    from impetus_sim.analysis.infrastructure.recorded import read_assets
    from impetus_sim.analysis.infrastructure.state_of import read_asset_state
    from impetus_sim.analysis.metrics import compute_metrics
    from impetus_sim.engine.record import simulate

    recording = simulate(room(CUT), seed=3, path=tmp_path / "run.h5")
    assets = read_assets(recording)
    blocks = assets.of_kind("block")
    assert assets.level[0, blocks].min() == 1.0 and assets.level[:, blocks].min() == 0.0
    out = (assets.level[:, blocks] < 0.5) @ assets.people[blocks] @ assets.spans_s / 3600.0
    metrics = compute_metrics(recording)
    assert metrics["person_hours_without_power"].value == pytest.approx(out)
    state = read_asset_state(recording, "feeder_1_1")
    assert state.level == 1.0 and state.since_s == 65.0
    assert "works since 65.00 s" in "\n".join(state.lines)
    json.dumps(metrics["most_assets_out"].to_dict())


def test_a_spoofed_siren_is_taken_for_an_alarm(room, start):
    assets = {"horn": {"type": "siren", "at": {"xy": [6, 2]}}}
    simulation = start(room({"cyber": {"assets": assets}}))
    world = simulation.world
    world.order_asset(world.assets.row("horn"), Order.MODE, 1.0, cause=-1)
    simulation.run_until(10.0)
    people = simulation.crowd.people
    aware = people.aware_tick >= 0
    assert 0 < aware.sum() < len(people)
    kinds = [k.decode() for k in world.events.kind]
    assert set(people.aware_cause[aware].tolist()) == {kinds.index("false_siren")}
    assert len(world.stimuli) == 1


def test_a_siren_without_power_stays_silent(room, start):
    assets = {"horn": {"type": "siren", "at": {"xy": [6, 2]}}}
    simulation = start(room({"cyber": {"assets": assets}}))
    world = simulation.world
    row = world.assets.row("horn")
    world.order_asset(row, Order.DAMAGE, 0.0, cause=-1)
    world.order_asset(row, Order.MODE, 1.0, cause=-1)
    simulation.run_until(10.0)
    assert not len(world.stimuli)


def test_crews_come_and_repair_what_is_broken(room, start):
    cut = {"cut": {"kind": "asset_failure", "assets": "feeder_1_1", "start": 5, "repair_hours": 0.01}}
    repair = {"repair": {"crews": 1, "report_after": 10}}
    simulation = start(room({"time": {"duration": 300}, "infrastructure": repair, "hazards": cut}), until=299)
    world = simulation.world
    feeder = world.assets.row("feeder_1_1")
    kinds = [kind.decode() for kind in world.events.kind]
    assert world.asset_states.is_intact[feeder] == 1
    done = kinds.index("repair_done")
    assert world.events.tick[done] >= 1500 + 3600
    assert chain(world, kinds.index("repaired"))[-1] == "assets_failed"


def test_without_a_cell_no_message_reaches_a_phone(room, start):
    parts = {
        "infrastructure": {},
        "interventions": {
            "tell": {
                "kind": "phone_message",
                "at_time": 5,
                "read_after": {"kind": "uniform", "low": 0, "high": 1},
            }
        },
    }
    broken = {"hazards": {"storm": {"kind": "asset_failure", "assets": "cell", "start": 2}}}
    heard = start(room(parts), until=10.0)
    silent = start(room(parts, broken), until=10.0)
    assert (heard.crowd.people.aware_tick >= 0).sum() > 10
    assert not (silent.crowd.people.aware_tick >= 0).any()
    assert not silent.world.coverage.table.delivered.any()


def test_the_first_alarm_lets_people_call(room, start):
    alarm = {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 3}}
    simulation = start(room({"infrastructure": {"phones": {"crisis_calls": 7}}, "hazards": alarm}), until=6.0)
    phones = next(s for s in simulation.systems.infrastructure.supplies if hasattr(s, "phones")).phones
    assert phones.demand.call_factor[0] == 7.0


def test_zones_run_dry_when_their_tanks_do(room, start):
    stop = {"kind": "asset_control", "assets": "pumping_station", "level": 0, "at_time": 1, "by_hand": True}
    simulation = start(room({"infrastructure": {}, "interventions": {"off": stop}}), until=5.0)
    world, system = simulation.world, simulation.systems.infrastructure
    zone = int(world.assets.of_kind("water_zone")[0])
    while world.asset_states.level[zone] == 1.0:
        world.tick = system.next_tick(world.tick)
        assert world.time_s < 7 * 86400.0
        system.advance(world.tick)
    assert world.time_s > 3600.0
    assert chain(world, int(world.asset_states.cause[zone]))[-1] == "ordered"

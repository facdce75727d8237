"""Assets of an area fail as a hazard rises over them: the same ones first, by curves whose source is named."""

import json

import numpy as np
import pytest
from shapely.geometry import Point, box

from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.asset_damage import compute_shares
from impetus_sim.hazards.fragility.curves import bundled_curves
from impetus_sim.world.assets import Order

ALONE = {"crowd": {"populations": {"guests": {"count": 1}}}}
EVERYWHERE = {"box": [-20, -20, 20, 20]}


def row_of(n):
    """Return n controllers in a row, 0.2 m apart, without needs."""
    return {f"box_{k:03d}": {"type": "controller", "at": {"xy": [0.1 + 0.2 * k, 4]}} for k in range(n)}


def damage(**changes):
    keys = {"kind": "asset_damage", "at": EVERYWHERE, "measure": "flood_depth", "intensity": 0.6, "start": 1}
    return {"hazards": {"flood": {**keys, **changes}}}


@pytest.fixture
def broken(room, start):
    """Return who is broken at 4 s under a hazard, among 60 controllers, as ids."""

    def go(*more, **changes):
        simulation = start(
            room(ALONE, {"cyber": {"assets": row_of(60)}}, damage(**changes), *more), until=4.0
        )
        world = simulation.world
        return {
            name
            for name, is_intact in zip(world.assets.ids, world.asset_states.is_intact, strict=True)
            if not is_intact
        }

    return go


def test_who_fails_at_an_intensity_fails_at_a_higher_one(broken):
    some = [broken(intensity=depth) for depth in (0.02, 0.4, 0.6, 0.9, 8.0)]
    assert not some[0] and len(some[-1]) == 60
    assert some[0] < some[1] < some[2] < some[3] < some[4]


def test_half_fail_at_the_median(broken):
    median = bundled_curves()["flood_depth", "controller"].median
    assert len(broken(intensity=median)) == pytest.approx(30, abs=4.0 * 15.0**0.5)


def test_a_rise_breaks_what_the_higher_intensity_alone_would(broken):
    assert broken(intensity=0.3, rising=[{"after": 2, "intensity": 0.7}]) == broken(intensity=0.7)


def test_the_same_fail_in_every_option(broken):
    warned = {"interventions": {"tell": {"kind": "warning", "at_time": 2}}}
    other = {"hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 0.5}}}
    assert broken() == broken(warned) == broken(other, start=2)
    assert broken() != broken(measure="wind_gust", intensity=60)


def test_another_seed_breaks_others(room, start):
    def intact(seed):
        simulation = start(room({"cyber": {"assets": row_of(60)}}, damage()), until=2.0, seed=seed)
        return simulation.world.asset_states.is_intact.tolist()

    assert intact(1) != intact(2)


def test_only_those_in_the_area_and_of_the_names_fail(broken):
    left = {"box": [0, 0, 2.2, 8]}
    assert broken(at=left, intensity=50) == {f"box_{k:03d}" for k in range(11)}
    assert broken(at=left, intensity=50, assets=["box_003", "box_007"]) == {"box_003", "box_007"}
    assert len(broken(assets="controller", intensity=50)) == 60


def test_events_name_measure_intensity_and_source(room, start, events_of):
    simulation = start(room({"cyber": {"assets": row_of(60)}}, damage(repair_hours=3)), until=2.0)
    rows = {row["kind"]: row for row in events_of(simulation)}
    curve = bundled_curves()["flood_depth", "controller"]
    exposed, failed = rows["assets_exposed"], rows["assets_failed"]
    assert failed["causes"] == [exposed["id"]] and rows["damaged"]["causes"] == [failed["id"]]
    said = json.loads(simulation.world.events.data[failed["id"]])
    assert said["measure"] == "flood_depth" and said["unit"] == "m" and said["intensity"] == 0.6
    assert said["source"] == curve.source and said["basis"] == curve.basis and said["median"] == curve.median
    assert json.loads(simulation.world.events.data[rows["damaged"]["id"]])["repair_hours"] == 3.0
    orders = simulation.world.asset_orders
    assert said["n"] == len(orders) == np.sum(simulation.world.asset_states.is_intact == 0)
    assert set(orders.kind.tolist()) == {int(Order.DAMAGE)}


def test_what_is_broken_is_not_broken_again(room, start):
    rising = [{"after": 2, "intensity": 50}, {"after": 4, "intensity": 60}]
    simulation = start(room({"cyber": {"assets": row_of(60)}}, damage(rising=rising)), until=8.0)
    assert len(simulation.world.asset_orders) == 60


@pytest.mark.parametrize("edge", [0.0, 0.25, 1.0])
def test_it_falls_along_a_straight_line_to_the_edge(edge):
    x = np.array([0.0, 10.0, 25.0, -50.0, 0.0])
    y = np.array([0.0, 0.0, 0.0, 0.0, -20.0])
    shares = compute_shares(x, y, box(-50, -40, 50, 40), Point(0, 0), edge_share=edge)
    assert shares == pytest.approx(1.0 - (1.0 - edge) * np.array([0.0, 0.2, 0.5, 1.0, 0.5]))
    circle = compute_shares(x, y, Point(0, 0).buffer(50, 64), Point(0, 0), edge_share=edge)
    assert circle == pytest.approx(1.0 - (1.0 - edge) * np.array([0.0, 0.2, 0.5, 1.0, 0.4]), abs=1e-3)


def test_fewer_fail_with_a_fall_to_the_edge(broken):
    around = {"at": {"xy": [6, 4]}, "radius": 8}
    assert broken(at=around, edge_share=0.0) < broken(at=around)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"at": {"xy": [3, 4]}}, "not an area"),
        ({"at": {"box": [0, 6, 2, 8]}}, "there is none at"),
        ({"at": {"box": [0, 0, 1, 8]}, "assets": ["box_009"]}, "there is no box_009 at"),
        ({"assets": "cell"}, "there is no cell at"),
        ({"assets": "box"}, "no kind of assets, 'box'"),
        ({"measure": "earthquake"}, "earthquake"),
        ({"rising": [{"after": 3, "intensity": 0.5}]}, "does not rise"),
        ({"rising": [{"after": 3, "intensity": 1}, {"after": 2, "intensity": 2}]}, "does not rise"),
        ({"intensity": "0.4 to 1.2", "rising": [{"after": 3, "intensity": 1}]}, "does not rise"),
    ],
)
def test_what_cannot_be_is_said(broken, changes, words):
    with pytest.raises(InvalidInputError, match=words):
        broken(**changes)


def test_without_infrastructure_it_is_refused(room, start):
    with pytest.raises(InvalidInputError, match="there is no infrastructure"):
        start(room(damage()))

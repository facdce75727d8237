"""`impetus validate` refuses assets that the run would not have, where they are named."""

import pytest

from impetus_sim.engine import check_assets
from impetus_sim.engine.check_assets import AssetCheck
from impetus_sim.scenario.load import check_files

HEAD = """title: t
map: {synthetic: {kind: grid_city, columns: 4, rows: 4}}
time: {duration: 30}
crowd:
  focus: {at: {box: [114, 114, 258, 258]}}
  populations: {a: {count: 5, at: {box: [140, 140, 160, 160]}}}
"""


@pytest.fixture
def problems(tmp_path):
    def check(text, *, on_city=None):
        path = tmp_path / "s.yaml"
        path.write_text(HEAD + text, "utf-8")
        return check_files([path], on_city=on_city or AssetCheck())

    return check


def test_unknown_ids_come_with_place_and_nearest_name(problems):
    (problem,) = problems(
        "infrastructure: {}\n"
        "hazards:\n"
        "  cut: {kind: asset_failure, assets: [feeder_1_1, transformr_1_1_1], start: 5}\n"
    )
    assert (problem.line, problem.key) == (9, "hazards.cut.assets.1")
    assert problem.column == 51
    assert problem.nearest == "transformer_1_1_1"
    assert "no asset, and no kind" in problem.message


def test_all_are_told_at_once_in_every_variant(problems):
    found = problems(
        "infrastructure: {needs: {old: {assets: cel, service: power, buffer: 1 h}}}\n"
        "interventions: {off: {kind: asset_control, assets: pumping_station_99, level: 0, at_time: 5}}\n"
        "variants: {more: {change: {interventions: {on: {kind: asset_control, assets: feder_1_1, level: 1,"
        " at_time: 6}}}}}\n"
    )
    assert sorted(problem.key for problem in found) == [
        "infrastructure.needs.old.assets.0",
        "interventions.off.assets.0",
        "interventions.on.assets.0",
    ]
    assert {problem.nearest for problem in found} == {"cell", "pumping_station_1", "feeder_1_1"}


def test_a_kind_that_is_not_at_the_place_is_refused(problems):
    (problem,) = problems(
        "infrastructure: {}\n"
        "hazards: {cut: {kind: asset_failure, assets: transformer, start: 5,"
        " at: {at: {xy: [133, 171]}, radius: 0.5}}}\n"
    )
    assert problem.key == "hazards.cut.at" and "there is no transformer at" in problem.message


def test_goals_are_patterns(problems):
    text = (
        "infrastructure: {}\n"
        "cyber: {attackers: {red: {goals: {assets: ['feeder_*', 'feder_*'], effect: switched_off}}}}\n"
    )
    (problem,) = problems(text)
    assert problem.message == "no asset fits 'feder_*'"


def test_assets_without_infrastructure_are_refused(problems):
    (problem,) = problems("hazards: {cut: {kind: asset_failure, assets: feeder_1_1, start: 5}}\n")
    assert "there is no infrastructure" in problem.message and problem.key == "hazards.cut.assets.0"


def test_assets_by_hand_are_known(problems):
    assert not problems(
        "cyber: {assets: {pump_1: {type: pumping_station}}, defences: []}\n"
        "hazards: {cut: {kind: asset_failure, assets: pump_1, start: 5}}\n"
    )


def test_what_the_density_makes_is_there(problems):
    failing = "hazards: {cut: {kind: asset_failure, assets: camera_1, start: 5}}\n"
    assert problems("infrastructure: {}\n" + failing)
    assert not problems("infrastructure: {density: {camera: 100}}\n" + failing)


def test_nothing_is_built_where_no_asset_is_named(problems, monkeypatch):
    monkeypatch.setattr(check_assets, "build_city", None)
    assert not problems("")
    assert not problems("infrastructure: {}\n")


def test_variants_share_what_was_built(problems, monkeypatch):
    built = []
    make = check_assets.build_city
    monkeypatch.setattr(check_assets, "build_city", lambda *given: built.append(1) or make(*given))
    variants = ", ".join(f"v{k}: {{change: {{time: {{duration: {k}}}}}}}" for k in (40, 50))
    text = "infrastructure: {}\nhazards: {cut: {kind: asset_failure, assets: feeder_1_1, start: 5}}\n"
    assert not problems(text + f"variants: {{{variants}}}\n")
    assert len(built) == 1


CASE = """mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 0 110 1 1.1 0.9; 2 1 50 0 0 0 1 1 0 110 1 1.1 0.9];
mpc.gen = [1 50 0 99 -99 1 100 1 200 0];
mpc.branch = [1 2 0.01 0.1 0 0 0 0 0 0 1];
"""


def test_lines_of_a_network_file_may_be_named(problems, tmp_path):
    (tmp_path / "grid.m").write_text(CASE)
    head = "infrastructure: {power: {network: grid.m}}\nhazards:\n"
    assert not problems(head + "  cut: {kind: asset_failure, assets: line_0, start: 5}\n")
    (problem,) = problems(head + "  cut: {kind: asset_failure, assets: line_7, start: 5}\n")
    assert problem.key == "hazards.cut.assets.0"


def test_a_fault_in_a_network_file_is_told_without_a_run(problems, tmp_path):
    (tmp_path / "grid.m").write_text(CASE.replace("1 2 0.01", "1 two 0.01"))
    (problem,) = problems("infrastructure: {power: {network: grid.m}}\n")
    assert problem.key == "infrastructure"
    assert "infrastructure.power.network: grid.m:5:17: 'two' in mpc.branch is no number" in problem.message

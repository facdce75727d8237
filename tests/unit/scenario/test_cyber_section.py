"""The section `cyber`: assets by hand, attackers, defenders; every fault at its key, names as in the template."""

import typing

import pytest

from impetus_sim.cyber.template import OUTSIDE, read_template
from impetus_sim.errors import InvalidFilesError
from impetus_sim.scenario.cyber import ZONES, DefenceName, EffectName
from impetus_sim.scenario.load import load_scenario, read_scenario_text

HEAD = """\
title: Control network
map: {synthetic: {kind: room, width: 20 m, depth: 10 m}}
time: {duration: 1 h}
cyber:
"""
ASSETS = """\
  assets:
    hall: {type: control_centre}
    cabinet: {type: controller, needs: [{service: control, of: hall}]}
    signal: {type: signal, people: 200, needs: [{service: control, of: [cabinet], buffer: 5 min}]}
"""
RED = "  attackers: {red: {goals: {assets: signal, effect: all_red}}}\n"


@pytest.fixture
def load(tmp_path):
    def read(text):
        path = tmp_path / "town.yaml"
        path.write_text(HEAD + text)
        return load_scenario(path)

    return read


def test_what_is_left_out_has_its_default_and_all_of_it_can_be_read_again(load):
    scenario = load(ASSETS + RED + "  defences: monitoring\n  defenders: {staff: 3, restore: {}}\n")
    cyber = scenario.cyber
    assert cyber.defences == ("monitoring",) and cyber.assets["signal"].needs[0].buffer == 300.0
    assert cyber.attackers["red"].entry == ("outside",) and cyber.attackers["red"].strike is None
    assert cyber.defenders.restore.staff == 2 and cyber.defenders.isolate is None
    assert read_scenario_text(scenario.to_text()).digest == scenario.digest


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        (ASSETS.replace("of: hall", "of: hal") + RED, "cyber.assets.cabinet.needs.0.of", "did you mean 'hall'"),
        (ASSETS.replace("of: hall", "of: cabinet") + RED, "cyber.assets.cabinet.needs.0.of", "itself"),
        (ASSETS.replace("of: hall", "of: []") + RED, "cyber.assets.cabinet.needs.0.of", "nobody"),
        (ASSETS.replace("type: signal", "type: signol") + RED, "cyber.assets.signal.type", "'signal'"),
        (ASSETS + RED.replace("all_red", "allred"), "effect", "did you mean 'all_red'"),
        (ASSETS + RED.replace("assets: signal", "assets: sig_*"), "goals.0.assets", "fits no asset"),
        (ASSETS + "  attackers: {red: {goals: []}}\n", "cyber.attackers.red.goals", "without a goal"),
        (ASSETS + RED + "  defences: [prayer]\n", "cyber.defences.0", "segmentation"),
        (ASSETS + RED + "  defences: [backups, backups]\n", "cyber.defences", "twice"),
        (ASSETS + RED + "  defenders: {staff: 1, restore: {}}\n", "cyber.defenders.restore.staff", "at most 1"),
        (ASSETS + RED.replace("}}}", "}, pace: 0}}"), "cyber.attackers.red.pace", "above 0"),
    ],
)  # fmt: skip
def test_faults_are_said_at_their_key(load, text, key, word):
    with pytest.raises(InvalidFilesError) as caught:
        load(text)
    assert key in str(caught.value) and word in str(caught.value)
    assert len(caught.value.problems) == 1


def test_names_are_those_of_the_template():
    template = read_template()
    assert set(typing.get_args(DefenceName)) == set(template.defences)
    assert set(typing.get_args(EffectName)) == {e for group in template.effects.values() for e in group}
    assert set(ZONES) == {OUTSIDE, *template.zones}

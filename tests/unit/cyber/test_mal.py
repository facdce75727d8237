"""MAL models become graphs of ours: times in days, defences as shared conditions; read through mal-toolbox."""

import json
import sys
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.cli.cyber_mal import mal_command
from impetus_sim.cyber.ensemble import sample_episodes
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.cyber.mal import flatten, read_mal
from impetus_sim.cyber.mal_surface import compute_mal_surface
from impetus_sim.errors import InvalidInputError

DAY_US = 86400e6
LANGUAGE = """\
#id: "org.example.mini"
#version: "1.0.0"

category System {
  asset Host {
    | reached -> login, exploit
    & exploit [Bernoulli(0.5) * Exponential(2.0)] -> held
    | login [HardAndCertain] -> held
    | held [Uniform(1.0, 3.0)] -> peers.reached
    # patched [Disabled] -> exploit
  }
}
associations {
  Host [sources] * <-- Link --> * [peers] Host
}
"""


def function(name, *numbers):
    return {"type": "function", "name": name, "arguments": list(numbers)}


def node(name, type_, ttc=None, status=None):
    return SimpleNamespace(full_name=name, type=type_, ttc=ttc, existence_status=status, children=[])


def chain(*nodes):
    for one, two in pairwise(nodes):
        one.children.append(two)
    return list(nodes)


def sample(mal, *entries, n=4000):
    return sample_episodes(mal.graph, mal.attack("red", entries=entries), n=n, seed=1)


def test_times_are_days():
    mal = flatten(chain(node("a:in", "or"), node("a:x", "or", function("Exponential", 0.5))))
    times = sample(mal, "a:in").times_us[:, mal.graph.rows()["a:x"]] / DAY_US
    assert times.mean() == pytest.approx(2.0, rel=0.06)


def test_a_defence_bars_an_and_step_with_its_chance_and_all_behind_it_at_once():
    start, shield = node("a:in", "or"), node("a:shield", "defense", function("Bernoulli", 0.7))
    one, two = node("a:one", "and"), node("a:two", "and")
    for step in (one, two):
        start.children.append(step)
        shield.children.append(step)
    mal = flatten([start, shield, one, two])
    rows = mal.graph.rows()
    done = sample(mal, "a:in").times_us < NEVER
    assert done[:, rows["a:one"]].mean() == pytest.approx(0.3, abs=0.03)
    assert np.array_equal(done[:, rows["a:one"]], done[:, rows["a:two"]])


@pytest.mark.parametrize(
    ("type_", "status", "is_open"),
    [("exist", True, 1), ("exist", False, 0), ("notExist", True, 0), ("notExist", False, 1)],
)
def test_requirements_hold_or_do_not(type_, status, is_open):
    start, there, step = node("a:in", "or"), node("a:there", type_, status=status), node("a:x", "and")
    start.children.append(step)
    there.children.append(step)
    mal = flatten([start, there, step])
    assert (sample(mal, "a:in", n=10).times_us[:, mal.graph.rows()["a:x"]] < NEVER).all() == is_open


def test_conditions_alone_start_nothing():
    shield, step, other = node("a:shield", "defense"), node("a:x", "and"), node("a:y", "or")
    shield.children += [step, other]
    mal = flatten([shield, step, other])
    assert (sample(mal, n=10).times_us[:, [mal.graph.rows()[s] for s in ("a:x", "a:y")]] == NEVER).all()


@pytest.mark.parametrize(
    ("ttc", "word"),
    [
        (function("Pareto", 1.0, 2.0), "Pareto"),
        (
            {"type": "addition", "lhs": function("Exponential", 1.0), "rhs": function("Exponential", 1.0)},
            "addition",
        ),
        (
            {
                "type": "multiplication",
                "lhs": function("Exponential", 1.0),
                "rhs": function("Gamma", 1.0, 1.0),
            },
            "product",
        ),
    ],
)
def test_times_that_we_do_not_sample_are_refused_by_name(ttc, word):
    with pytest.raises(InvalidInputError, match=f"'a:x' is a {word}"):
        flatten([node("a:x", "or", ttc)])


def test_a_step_that_is_not_there_is_refused():
    with pytest.raises(InvalidInputError, match="no step 'a:y'"):
        flatten([node("a:x", "or")]).attack("red", entries=["a:y"])


def test_a_model_is_read_through_mal_toolbox(tmp_path):
    pytest.importorskip("maltoolbox")
    from maltoolbox.language import LanguageGraph
    from maltoolbox.model import Model

    language, path = tmp_path / "mini.mal", tmp_path / "model.yml"
    language.write_text(LANGUAGE)
    spoken = LanguageGraph.from_mal_spec(str(language))
    model = Model("two hosts", spoken)
    first, second = model.add_asset("Host", "a"), model.add_asset("Host", "b", defenses={"patched": 1.0})
    first.add_associated_assets("peers", {second})
    model.save_to_file(str(path))
    mal = read_mal(language, path)
    rows = mal.graph.rows()
    times = sample(mal, "a:reached", n=20_000).times_us / DAY_US
    login = times[:, rows["a:login"]]
    assert login.mean() == pytest.approx(10.0, rel=0.03)
    exploited = times[:, rows["a:exploit"]] < NEVER / DAY_US
    assert exploited.mean() == pytest.approx(0.5, abs=0.02)
    # b is patched: it is held by login alone
    through = times[:, rows["b:held"]] - times[:, rows["b:login"]]
    assert (
        times[:, rows["b:exploit"]] == NEVER / DAY_US
    ).all() and 1.0 <= through.min() <= through.max() <= 3.0
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_mal(language, language)


def test_without_files_nothing_is_read(tmp_path):
    with pytest.raises(InvalidInputError, match="there is no file"):
        read_mal(tmp_path / "x.mar", tmp_path / "y.json")


def shielded():
    start, shield = node("a:in", "or"), node("a:shield", "defense", function("Bernoulli", 0.25))
    step = node("a:x", "and", function("Exponential", 1.0))
    start.children.append(step)
    shield.children.append(step)
    behind = node("a:y", "or")
    step.children.append(behind)
    return flatten([start, shield, step, behind])


def test_the_surface_of_a_model_says_chances_times_and_what_defences_bar():
    found = compute_mal_surface(shielded(), entries=["a:in"], horizon_h=24 * 1000.0, n=4000, seed=1)
    assert [step.step for step in found.steps] == ["a:x", "a:y"]
    assert found.steps[0].chance.value == pytest.approx(0.75, abs=0.03)
    assert found.steps[0].median_h == pytest.approx(24 * np.log(3.0), rel=0.1)  # half of 0.75 (1 - exp(-t))
    (shield,) = found.defences
    assert (shield.defence, shield.chance_on) == ("a:shield", 0.25)
    assert shield.steps_barred.value == 2.0 and shield.steps_barred.half_width == 0.0
    short = compute_mal_surface(shielded(), entries=["a:in"], wanted=["*:x"], horizon_h=24.0, n=4000, seed=1)
    assert [step.step for step in short.steps] == ["a:x"]
    assert short.steps[0].chance.value == pytest.approx(0.75 * (1.0 - np.exp(-1.0)), abs=0.03)


def test_a_pattern_that_fits_no_step_is_refused():
    with pytest.raises(InvalidInputError, match="fits 'b:"):
        compute_mal_surface(shielded(), entries=["a:in"], wanted=["b:*"], horizon_h=24.0, n=100, seed=1)


def test_the_command_needs_mal_toolbox_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "maltoolbox.attackgraph", None)
    for name in ("mini.mal", "model.yml"):
        (tmp_path / name).write_text(LANGUAGE)
    given = [str(tmp_path / "mini.mal"), str(tmp_path / "model.yml"), "--from", "a:reached"]
    result = CliRunner().invoke(mal_command, given)
    assert isinstance(result.exception, InvalidInputError)
    assert "impetus_sim[mal]" in result.exception.hint


def test_the_command_prints_tables_and_json(tmp_path, monkeypatch):
    monkeypatch.setattr("impetus_sim.cyber.mal.read_mal", lambda language, model: shielded())
    given = ["x.mar", "y.yml", "--from", "a:in", "--horizon", "1000 days"]
    shown = CliRunner().invoke(mal_command, given)
    assert shown.exit_code == 0 and "a:shield" in shown.output and "Most likely of 2 steps" in shown.output
    document = json.loads(CliRunner().invoke(mal_command, [*given, "--json"]).output)
    assert [row["step"] for row in document["steps"]] == ["a:x", "a:y"]

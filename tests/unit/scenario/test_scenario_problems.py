"""Every fault at once, each with its place, what is allowed and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from impetus_sim.scenario.load import check_files

from_line = {
    "title: Room": (1, "title: 3", "title: is not a text"),
    "  step: 0.05 s": (5, "  step: 0.033 s", "crowd.step: 0.033 s is not a whole number of ticks"),
    "    south: {": (
        8,
        "    south: {wdith: 2, ",
        "exits.south.wdith: is not a key here; did you mean 'width'?",
    ),
    "extends: adult": (10, "extends: adlut", "profile 'adlut' does not exist; did you mean 'adult'?"),
    "count: 80 to 120": (13, "count: -5 to 120", "'-5 to 120 people' can be as low as -5"),
    "box: [1, 1, 25": (14, "box: [1, 1, 0", "is empty"),
    "porter: 0.3}": (15, "porter: 0.2}", "the shares sum to 0.9"),
    "median: 20 s": (16, "median: .nan", "'nan' is not a finite number"),
    "exits: [north]": (17, "exits: [nrth]", "'nrth' is not an entry of crowd.exits; did you mean 'north'?"),
    "start: 60 s": (19, "start: 11 min", "660 s is after the run"),
    "kind: gate": (21, "kind: gaet", "unknown kind 'gaet'; did you mean 'gate'?"),
}


@pytest.mark.parametrize("old", sorted(from_line))
def test_one_fault(old: str, scenario_file: Path) -> None:
    line, new, message = from_line[old]
    text = scenario_file.read_text()
    assert old in text
    # names of exits are left to the map where a plan may have its own, so these tests use a real one's name
    scenario_file.write_text(
        text.replace(old, new).replace("{synthetic: {kind: room, width: 30 m, depth: 20 m}}", "x")
    )
    (problem,) = {p for p in check_files([f"{scenario_file}"], places=False) if p.line == line}
    assert message in str(problem)
    assert str(problem).startswith(f"{scenario_file}:{line}:")


def test_all_faults_at_once(scenario_file: Path) -> None:
    text = scenario_file.read_text().replace("{synthetic: {kind: room, width: 30 m, depth: 20 m}}", "x")
    for old, (_, new, _) in from_line.items():
        text = text.replace(old, new)
    scenario_file.write_text(text)
    found = "\n".join(map(str, check_files([scenario_file], places=False)))
    for _, _, message in from_line.values():
        assert message in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1:1: holds nothing"),
        ("- a\n- b\n", ":1:1: holds a list"),
        ("just text", ":1:1: holds a text"),
        ("title: a\ntitle: b\n", ":2:1: title: key 'title' is given twice, first in line 1"),
        ("title: [\n", ":2:1: not YAML"),
        ("title: a\x00\n", ":1:9: control character U+0000"),
        ('title: "\\ud800"\n', ":1:8:"),
        ("a: &x [1]\nb: *y\n", ":2:4: alias '*y' has no anchor"),
        ("a: !!python/object:os.system x\n", ":1:4: tags such as"),
        ("a: 1\n---\nb: 2\n", ":2:1: a second document"),
        ("<<: {a: 1}\n", ":1:1: merge keys"),
        ("[" * 2000, ":1:25: nested more than"),
        ("{a: " * 2000, "nested more than"),
        (
            "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(
                f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
            ),
            "more than 50000 values",
        ),
        ("? [a]\n: b\n", ":1:3: a list or mapping cannot be a key"),
        ("&a a: *a\n", ""),
        ("%YAML 9.9\n---\na: 1\n", ""),
        ("x" * 600_000, ":1:1: larger than"),
        ("title: x\n\tb: 1\n", ":2:1: not YAML"),
    ],
)
def test_what_is_no_scenario(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8", errors="surrogatepass")
    problems = check_files([path], places=False)
    assert problems
    assert all(problem.line > 0 and problem.column > 0 for problem in problems)
    assert message in str(problems[0])


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(b"title: a\nlabel: \xff\n")
    (problem,) = check_files([path])
    assert str(problem) == f"{path}:2:8: byte 0xff is not UTF-8 (allowed: UTF-8 text)"


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in str(check_files([tmp_path / "none.yaml"])[0])
    assert "cannot be read" in str(check_files([tmp_path])[0])


def test_variants_are_checked_too(scenario_file: Path) -> None:
    scenario_file.write_text(scenario_file.read_text().replace("{start: 0 s}", "{start: 0 s, raech: 2}"))
    (problem,) = check_files([scenario_file], places=False)
    assert (problem.line, problem.key, problem.nearest) == (25, "hazards.rumour.raech", "reach")


def test_sections_of_later_packages_are_unknown_keys(scenario_file: Path) -> None:
    scenario_file.write_text(scenario_file.read_text() + "hazard: {}\nethics: {}\n")
    first, second = check_files([scenario_file], places=False)
    assert (first.key, first.nearest) == ("hazard", "hazards")
    assert second.message == "is not a key here"
    assert "interventions" in second.allowed


@pytest.mark.parametrize(
    ("override", "part"),
    [
        ("time.duration=0", "too low"),
        ("time.duration=8 days", "too high"),
        ("time.duration=10 to 20 s", "a distribution cannot stand here"),
        ("time.duration=1.02 s", "whole number of crowd steps"),
        ("time.resolution=0.0001234567", "microseconds"),
        ("time.start=2026-13-01", "not a local date"),
        ("time.start=2026-03-29 03:30", "does not exist in Europe/Helsinki"),
        ("time.zone=Europe/Helsinky", "did you mean 'Europe/Helsinki'"),
        ("crowd.populations.visitors.count=1e7", "too high"),
        ("crowd.populations.visitors.count=2.5", "whole number"),
        ("crowd.populations.visitors.count=true", "true is not a quantity"),
        ("crowd.populations.visitors.count={uniform: [1]}", "list of 2"),
        ("crowd.populations.visitors.count={normal: {mean: 3, sd: 2}}", "as low as -5"),
        ("crowd.populations.visitors.activity=go", "allowed: stay, leave"),
        ("crowd.populations.visitors.arrive={through: north, start: 9 s, end: 3 s}", "end is before start"),
        ("crowd.exits.north.width=-2", "too low"),
        ("crowd.exits.north.at=[200, 3]", "not [lon, lat]"),
        ("crowd.exits.north.open=maybe", "not true or false"),
        ("crowd.profiles.porter.extends=porter", "extend each other: porter > porter"),
        ("crowd.profiles={a: {extends: b}, b: {extends: a}}", "extend each other"),
        ("crowd.exits={'a:b': {at: x}}", "cannot be a name"),
        ("record.frame_every=0.07 s", "whole number of crowd steps"),
        ("run.seed=-1", "out of range"),
        ("run.threads=1.5", "whole number"),
        ("map={synthetic: {kind: room, width: -.inf}}", "finite"),
        ("map={source: a, sketch: b.geojson}", "cannot read"),
        ("hazards.rumour.reach=0", "above 0"),
        ("crowd.street_exits=true", "there is no focus"),
        ("crowd.focus={at: {xy: [1, 2]}}", "is not an area"),
        ("crowd.exits.north.at=[1, 2, 3]", "2 numbers"),
    ],
)
def test_limits(override: str, part: str, scenario_file: Path) -> None:
    from impetus_sim.errors import InvalidFilesError
    from impetus_sim.scenario.load import load_scenario

    with pytest.raises(InvalidFilesError) as caught:
        load_scenario(scenario_file, overrides=[override])
    assert part in str(caught.value)

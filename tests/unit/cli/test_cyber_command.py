"""`impetus cyber surface`: a table, one JSON document, a picture; from assets by hand or from the map."""

import json

import pytest

HEAD = "title: Town\nmap: {synthetic: {kind: room, width: 20 m, depth: 10 m}}\ntime: {duration: 1 h}\n"
TOWN = (
    HEAD
    + """\
cyber:
  assets:
    streets: {type: control_centre}
    cabinet: {type: controller, needs: [{service: control, of: streets, level_without: 1}]}
    signal: {type: signal, people: 200, needs: [{service: control, of: cabinet}]}
  attackers: {red: {goals: {assets: signal, effect: dark}}}
"""
)


@pytest.fixture
def town(tmp_path):
    path = tmp_path / "town.yaml"
    path.write_text(TOWN)
    return path


def test_table_and_picture(impetus, town, tmp_path):
    picture = tmp_path / "surface.png"
    done = impetus("cyber", "surface", town, "--episodes", 200, "-o", picture)
    assert done.returncode == 0, done.stderr
    assert "Most exposed of 1 assets" in done.stdout and "person-hours without a service" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_another_kind_of_picture_is_refused_before_anything_is_sampled(impetus, town, tmp_path):
    done = impetus("cyber", "surface", town, "-o", tmp_path / "surface.pdf")
    assert done.returncode == 2 and "does not end in .png" in done.stderr
    assert "sampling" not in done.stderr


@pytest.mark.slow
def test_a_run_without_people_does_not_say_that_all_are_out(impetus, town, tmp_path):
    done = impetus("run", town, "--seed", 1, "-o", tmp_path / "town.h5")
    assert done.returncode == 0, done.stderr
    assert "nobody on foot until 3600 s" in done.stdout and "people out" not in done.stdout


def test_json_is_one_document_and_the_same_for_two_threads(impetus, town):
    one, two = (
        impetus("cyber", "surface", town, "--episodes", 200, "--threads", n, "--json") for n in (1, 2)
    )
    assert one.returncode == 0, one.stderr
    document = json.loads(one.stdout)
    assert json.loads(two.stdout) == document
    assert document["exposed"][0]["asset"] == "signal" and document["exposed"][0]["kind"] == "signal"
    assert {d["defence"] for d in document["defences"]} >= {"segmentation", "monitoring"}
    assert document["attack_graph"]["techniques"]["release"] == "17.1"
    assert document["cut"] == ["streets.engineering_station", "streets.traffic_server"]


@pytest.mark.parametrize("variant", ["", ":watched"])
def test_the_teaching_scenario_tells_defences_apart(impetus, variant):
    done = impetus(
        "cyber", "surface", f"teaching/control_network.yaml{variant}", "--episodes", 1000, "--json"
    )
    assert done.returncode == 0, done.stderr
    saved = {d["defence"]: d for d in json.loads(done.stdout)["defences"]}
    watched = saved["monitoring"]
    assert watched["in_place"] == bool(variant)
    assert watched["saves_person_hours"]["mean"] > watched["saves_person_hours"]["half_width_95"]


def test_without_attackers_anybody_wants_everything(impetus, tmp_path):
    path = tmp_path / "town.yaml"
    path.write_text(TOWN.split("  attackers")[0])
    done = impetus("cyber", "surface", path, "--episodes", 100, "--json")
    assert json.loads(done.stdout)["attackers"] == ["anybody"]


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (TOWN, ("--horizon", "0 h"), "--horizon"),
        (TOWN, ("--horizon", "some time"), "some time"),
        (TOWN, ("-o", "/nowhere/x.png"), "there is no folder"),
        (TOWN.replace("effect: dark", "effect: blind"), (), "signal: all_red"),
        (HEAD + "cyber: {assets: {tank: {type: petrol_station}}}\n", (), "nothing is commanded"),
    ],
)
def test_what_cannot_be_is_said_with_exit_code_2(impetus, tmp_path, text, words, said):
    path = tmp_path / "town.yaml"
    path.write_text(text)
    done = impetus("cyber", "surface", path, *words)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr

"""``impetus run``, ``branch``, ``info``: digests, one JSON document, resuming, odd but valid calls."""

import json

import pytest

SHORT = {"time": {"duration": 8}, "record": {"checkpoint_every": 2}}
KEYS = {
    "run", "scenario", "scenario_digest", "map", "seed", "digest", "sim_seconds", "wall_seconds",
    "setup_seconds",
    "agents", "metrics", "versions",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(eventful, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "room.yaml").write_text(eventful(SHORT).to_text(), "utf-8")
    return folder


@pytest.fixture(scope="module")
def parent(impetus, folder):
    done = impetus(
        "run", "room.yaml", "--seed", 7, "--threads", 1, "--check", "-o", "a.h5", "--json", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_run_prints_one_document_with_what_was_promised(parent, folder):
    assert set(parent) >= KEYS
    assert parent["seed"] == 7 and parent["sim_seconds"] == 8
    assert parent["agents"] == {"pedestrians": 55, "vehicles": 0}
    assert len(parent["digest"]) == 64
    assert (folder / "a.h5").is_file() and not (folder / "a.h5.parts").exists()


def test_other_threads_same_digest_other_seed_other_digest(impetus, folder, parent):
    two = impetus("run", "room.yaml", "--seed", 7, "--threads", 2, "-o", "b.h5", "--json", cwd=folder)
    other = impetus("run", "room.yaml", "--seed", 8, "--threads", 2, "-o", "c.h5", "--json", cwd=folder)
    assert json.loads(two.stdout)["digest"] == parent["digest"]
    assert json.loads(other.stdout)["digest"] != parent["digest"]


def test_a_branch_without_change_is_identical_and_with_one_differs(impetus, folder, parent):
    same = impetus("branch", "a.h5", "--at", 3.3, "-o", "d.h5", "--json", cwd=folder)
    assert json.loads(same.stdout)["digest"] == parent["digest"]
    option = "interventions.more={kind: exit_control, exit: east, action: close, at_time: 5 s}"
    changed = impetus("branch", "a.h5", "--at", 4, "--set", option, "-o", "e.h5", cwd=folder)
    assert changed.returncode == 0, changed.stderr
    assert "differs from the parent after 4 s" in changed.stderr
    (folder / "more.yaml").write_text("hazards: {late: {kind: shots, at: {xy: [3, 3]}, start: 5 s}}\n")
    injected = impetus(
        "branch", "a.h5", "--at", 4, "--inject", "more.yaml", "-o", "f.h5", "--json", cwd=folder
    )
    assert json.loads(injected.stdout)["digest"] != parent["digest"]


def test_info_and_explain_read_it(impetus, folder, parent):
    info = impetus("info", "a.h5", "--json", cwd=folder)
    assert info.returncode == 0 and parent["digest"] in info.stdout
    json.loads(info.stdout)
    assert impetus("explain", "a.h5", cwd=folder).returncode == 0


def test_resuming_a_finished_run_and_starting_one(impetus, folder, parent):
    again = impetus("run", "room.yaml", "--seed", 7, "--resume", "-o", "a.h5", "--json", cwd=folder)
    assert json.loads(again.stdout)["digest"] == parent["digest"]
    other = impetus("run", "room.yaml", "--seed", 9, "--resume", "-o", "a.h5", cwd=folder)
    assert other.returncode == 2 and "Traceback" not in other.stderr


def test_a_table_and_three_lines_without_json(impetus, folder):
    done = impetus("run", "room.yaml", "--set", "crowd.populations.guests.count=3", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "recording: runs/room-seed1.h5" in done.stdout and "digest" in done.stdout
    assert (folder / "runs" / "room-seed1.h5").is_file()


def test_nobody_and_many_threads(impetus, folder):
    words = ["--set", "crowd.populations=null", "--set", "interventions=null", "--set", "hazards=null"]
    done = impetus("run", "room.yaml", *words, "--threads", 64, "-o", "n.h5", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["agents"]["pedestrians"] == 0
    assert "64 threads asked" in done.stderr
    assert impetus("info", "n.h5", cwd=folder).returncode == 0

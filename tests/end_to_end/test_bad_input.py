"""Bad input: exit 2, one clear message, no traceback, nothing written."""

import logging
import os
import subprocess
import sys

import pytest

from impetus_sim.cli.main import main


@pytest.fixture
def call(tmp_path, monkeypatch, capsys, warm):
    """Return a function that runs the command line in this process: (exit code, output, messages)."""
    monkeypatch.chdir(tmp_path)
    logger = logging.getLogger("impetus_sim")
    before = logger.handlers[:], logger.propagate

    def run(*words):
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        printed = capsys.readouterr()
        return stop.value.code or 0, printed.out, printed.err

    yield run
    logger.handlers[:], logger.propagate = before


@pytest.fixture
def scenario(tmp_path, room_text):
    (tmp_path / "room.yaml").write_text(room_text({"time": {"duration": 1}}), "utf-8")
    return "room.yaml"


def nothing_written(folder, *but):
    return sorted(path.name for path in folder.iterdir() if path.name not in but) == []


BAD = {
    "missing scenario": (["run", "nothing.yaml"], "nothing.yaml"),
    "a folder": (["run", "."], ""),
    "negative seed": (["run", "room.yaml", "--seed", "-1"], "--seed"),
    "huge seed": (["run", "room.yaml", "--seed", str(2**70)], "--seed"),
    "no threads": (["run", "room.yaml", "--threads", "0"], "--threads"),
    "set without value": (["run", "room.yaml", "--set", "crowd"], "crowd"),
    "set of an unknown key": (["run", "room.yaml", "--set", "crowd.stp=1"], "crowd.stp"),
    "set of a bad value": (["run", "room.yaml", "--set", "crowd.step=fast"], "crowd.step"),
    "set of bad YAML": (["run", "room.yaml", "--set", "crowd={a: ["], "crowd"),
    "unknown variant": (["run", "room.yaml:none"], "none"),
    "output in no folder": (["run", "room.yaml", "-o", "no/where/x.h5"], "no/where"),
    "output is a folder": (["run", "room.yaml", "-o", "."], ""),
    "output below a file": (["run", "room.yaml", "-o", "room.yaml/x.h5"], "room.yaml"),
    "output over something else": (["run", "room.yaml", "-o", "room.yaml"], "room.yaml"),
    "map missing": (["run", "room.yaml", "--map", "none.gpkg"], "none.gpkg"),
    "no such command": (["rnu", "room.yaml"], "rnu"),
    "no such option": (["run", "room.yaml", "--sed", "1"], "--sed"),
    "no argument": (["run"], "SCENARIO"),
    "info of nothing": (["info", "none.h5"], "none.h5"),
    "info of a text file": (["info", "room.yaml"], "room.yaml"),
    "branch of nothing": (["branch", "none.h5", "--at", "1", "-o", "x.h5"], "none.h5"),
    "branch of a text file": (["branch", "room.yaml", "--at", "1", "-o", "x.h5"], "room.yaml"),
    "branch without a moment": (["branch", "none.h5", "-o", "x.h5"], "--at"),
    "branch at no number": (["branch", "none.h5", "--at", "soon", "-o", "x.h5"], "--at"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_calls(call, scenario, tmp_path, case):
    words, mentioned = BAD[case]
    code, out, err = call(*words)
    assert code == 2, err
    assert out == ""
    assert "Traceback" not in err and "should not have happened" not in err
    assert mentioned in err and err.strip()
    assert nothing_written(tmp_path, scenario)


CLOSE = {"kind": "exit_control", "action": "close", "at_time": 0}


@pytest.mark.parametrize(
    ("change", "mentioned"),
    [
        ({"crowd": {"populations": {"guests": {"count": 5000}}}}, "do not fit"),
        ({"crowd": {"populations": {"guests": {"at": {"box": [100, 100, 110, 110]}}}}}, "guests"),
        ({"crowd": {"populations": {"guests": {"exits": ["north"]}}}}, "north"),
        ({"crowd": {"step": 1.0}, "record": {"frame_every": 1.0, "checkpoint_every": 1.0}}, "crowd.step"),
        ({"interventions": {"tell": {"kind": "warning", "at_time": 0, "staff": 4}}}, "stewards"),
        ({"interventions": {"shut": {**CLOSE, "exit": "nort"}}}, "nort"),
        ({"hazards": {"bang": {"kind": "shots", "at": {"xy": [900, 900]}, "start": 0}}}, "bang"),
    ],
    ids=["too many", "off the map", "no exit", "long step", "no stewards", "no exit to close", "far hazard"],
)  # fmt: skip
def test_scenarios_that_cannot_be_built(call, room_text, tmp_path, change, mentioned):
    (tmp_path / "bad.yaml").write_text(room_text({"time": {"duration": 1}}, change), "utf-8")
    code, out, err = call("run", "bad.yaml", "-o", "x.h5")
    assert code == 2, (code, out, err)
    assert "Traceback" not in err and "should not have happened" not in err
    assert mentioned in err
    assert nothing_written(tmp_path, "bad.yaml")


def test_a_branch_outside_the_recording(call, scenario, tmp_path):
    assert call("run", scenario, "-o", "a.h5")[0] == 0
    for moment in ("-1", "99", "nan", "inf"):
        code, _, err = call("branch", "a.h5", "--at", moment, "-o", "b.h5")
        assert code == 2 and "should not have happened" not in err, err
    code, _, err = call(
        "branch", "a.h5", "--at", "0.5", "--set", "crowd.populations.guests.count=3", "-o", "b.h5"
    )
    assert code == 2 and "crowd.populations" in err
    code, _, err = call("branch", "a.h5", "--at", "0.5", "-o", "a.h5")
    assert code == 2 and "its parent" in err
    assert nothing_written(tmp_path, scenario, "a.h5")


def test_an_unfinished_recording_is_not_overwritten(call, scenario, tmp_path):
    (tmp_path / "x.h5.parts").mkdir()
    code, _, err = call("run", scenario, "-o", "x.h5")
    assert code == 2 and "Traceback" not in err
    assert (tmp_path / "x.h5.parts").is_dir()


def test_debug_shows_the_traceback(call, scenario):
    from impetus_sim.errors import InvalidInputError

    with pytest.raises(InvalidInputError):
        main(["--debug", "info", "none.h5"])


def test_a_read_only_folder(scenario, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = subprocess.run(
        [sys.executable, "-m", "impetus_sim", "run", scenario, "-o", "locked/x.h5"],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(scenario, tmp_path, warm):
    command = (
        f"{sys.executable} -m impetus_sim run {scenario} -o x.h5 --json | head -c 5; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr

"""kill -9 and Ctrl-C at every kind of moment of ``impetus run``: readable, resumable, same digest."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SHORT = {"time": {"duration": 8}, "record": {"checkpoint_every": 2}}
DRIVER = Path(__file__).with_name("moments.py")

KILLS = {
    "before anything is written": "file:1:KILL",
    "inside the header": "file:3:KILL",
    "before the first segment": "tick:1:KILL",
    "after the first segment, before its manifest": "file:12:KILL",
    "inside a checkpoint": "dataset:130:KILL",
    "in mid-run, off a checkpoint": "tick:70:KILL",
    "between two segments": "segment:3:KILL",
    "late, while files are moved": "file:38:KILL",
    "inside the last segment": "dataset:560:KILL",
    "inside the final state": "dataset:600:KILL",
    "inside the final merge": "h5copy:4:KILL",
    "while the merged file is put in place": "file:50:KILL",
    "while the parts are removed": "file:55:KILL",
}
INTERRUPTS = {"in mid-run": "tick:70:INT", "while a segment is written": "segment:3:INT"}


@pytest.fixture(scope="module")
def outcomes(eventful, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kills")
    scenario = folder / "room.yaml"
    scenario.write_text(eventful(SHORT).to_text(), "utf-8")
    moments = ["file:100000:KILL", *KILLS.values(), *INTERRUPTS.values()]  # the first is never reached
    command = [sys.executable, "-W", "ignore", str(DRIVER), str(scenario), str(folder), *moments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    names = ["unbroken", *KILLS, *INTERRUPTS]
    return dict(zip(names, json.loads(done.stdout), strict=True))


def test_the_unbroken_run(outcomes):
    assert outcomes["unbroken"]["code"] == outcomes["unbroken"]["again"] == 0
    assert outcomes["unbroken"]["frames"] == 17


@pytest.mark.parametrize("moment", KILLS)
def test_a_kill(outcomes, moment):
    result, unbroken = outcomes[moment], outcomes["unbroken"]
    assert result["code"] == -9
    assert result["frames"] is None or 0 <= result["frames"] <= unbroken["frames"]
    assert result["again"] == 0
    assert result["digest"] == unbroken["digest"]
    assert result["left"] == ["run.h5"]


@pytest.mark.parametrize("moment", INTERRUPTS)
def test_ctrl_c_exits_130_and_keeps_what_was_finished(outcomes, moment):
    result, unbroken = outcomes[moment], outcomes["unbroken"]
    assert result["code"] == 130
    assert 0 < result["frames"] < unbroken["frames"]
    assert (result["again"], result["digest"]) == (0, unbroken["digest"])


def test_nothing_is_lost_before_the_last_segment(outcomes):
    assert outcomes["in mid-run, off a checkpoint"]["frames"] == 5  # the segment that ended at 2 s
    assert outcomes["inside the final merge"]["frames"] == 17
    assert outcomes["before anything is written"]["frames"] is None

"""A disk that fills up during a run: exit 1, a clear message, what was written can be read and finished."""

import json
import os
import subprocess

import pytest


@pytest.fixture
def small_disk(tmp_path):
    """Return a folder on a file system of 300 kB, or skip."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("no small file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.slow
def test_full_disk(small_disk, eventful, impetus, tmp_path):
    (tmp_path / "room.yaml").write_text(
        eventful({"record": {"checkpoint_every": 1, "frame_every": 0.05}}).to_text(), "utf-8"
    )
    done = impetus("run", "room.yaml", "-o", "disk/run.h5", "--json", cwd=tmp_path)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert "disk is full" in done.stderr and "Traceback" not in done.stderr
    assert impetus("info", "disk/run.h5", cwd=tmp_path).returncode == 0
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    resumed = impetus("run", "room.yaml", "-o", "disk/run.h5", "--resume", "--json", cwd=tmp_path)
    whole = impetus("run", "room.yaml", "-o", "run.h5", "--json", cwd=tmp_path)
    assert json.loads(resumed.stdout)["digest"] == json.loads(whole.stdout)["digest"]

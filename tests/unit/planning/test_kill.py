"""kill -9 in the middle, of everything or of a worker; started again, the same bytes come out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = """
import sys
from cheap_runner import CHEAP, CheapScenario
from impetus_sim.planning.comparison.compare import compare

if __name__ == "__main__":
    base = CheapScenario(sleep_s=0.05)
    options = {"open": CheapScenario(effect=-42.0, own_noise=5.0, sleep_s=0.05)}
    try:
        compare(base, options, replicates=12, workers=2, folder=sys.argv[1], runner=CHEAP)
    except KeyboardInterrupt:
        sys.exit(130)
"""
N_RUNS = 24
RESULTS = ("comparison.json", "results.parquet")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture
def start(tmp_path: Path) -> Callable[[Path], subprocess.Popen[bytes]]:
    script = tmp_path / "study_script.py"
    script.write_text(SCRIPT)
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}

    def begin(folder: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(script), str(folder)]
        return subprocess.Popen(command, env=environment, start_new_session=True)

    return begin


def wait_for_results(folder: Path, n: int) -> None:
    deadline = time.monotonic() + 20.0
    while len(list((folder / "runs").glob("*.json"))) < n:
        assert time.monotonic() < deadline, "no results appear"
        time.sleep(0.01)


def find_children(pid: int) -> list[int]:
    """Return the worker processes of a process (Linux)."""
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def find_workers(pid: int) -> list[int]:
    return [
        child for child in find_children(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def test_killed_in_the_middle_and_started_again(
    tmp_path: Path, start: Callable[[Path], subprocess.Popen[bytes]]
) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    assert start(calm).wait(60) == 0

    process = start(rough)  # everything at once
    wait_for_results(rough, 3)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    assert not (rough / "comparison.json").exists()

    if sys.platform == "linux":
        process = start(rough)  # one worker, then the parent alone
        wait_for_results(rough, 6)
        os.kill(find_workers(process.pid)[0], signal.SIGKILL)
        wait_for_results(rough, 10)
        workers = find_workers(process.pid)
        process.kill()
        process.wait(10)
        deadline = time.monotonic() + 5.0
        while any(is_running(worker) for worker in workers):
            assert time.monotonic() < deadline, "workers outlive their parent"
            time.sleep(0.02)

    assert start(rough).wait(60) == 0
    for name in RESULTS:
        assert (rough / name).read_bytes() == (calm / name).read_bytes()


def test_interrupted_keeps_what_is_finished(
    tmp_path: Path, start: Callable[[Path], subprocess.Popen[bytes]]
) -> None:
    folder = tmp_path / "study"
    process = start(folder)
    wait_for_results(folder, 3)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 130
    n_kept = len(list((folder / "runs").glob("*.json")))
    assert 3 <= n_kept < N_RUNS
    assert not (folder / "scratch").exists()

"""Four options on the market of Padova, killed in the middle: the same table, bit for bit.

Here with a small crowd; IMPETUS_MARKET_PEOPLE=10000 takes the scenario's own, which takes hours on two processors.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kills processes as Linux does"),
]

PEOPLE = int(os.environ.get("IMPETUS_MARKET_PEOPLE", "200"))
MARKET = Path(__file__).parents[2] / "scenarios" / "padova" / "market_alarm.yaml"
OPTIONS = (":warn_early", ":hold_back", ":clear_passage")
LEAST_RUNS = 40
WITHIN_S = 100.0 * PEOPLE
RESULTS = ("comparison.json", "results.parquet")

Process = subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if PEOPLE == 10_000:
        return MARKET
    path = tmp_path_factory.mktemp("market") / "market.yaml"
    counts = {"visitors": PEOPLE * 9 // 10, "audience": PEOPLE // 10}
    populations = ", ".join(f"{name}: {{count: {count}}}" for name, count in counts.items())
    path.write_text(f"extends: {MARKET}\ncrowd: {{populations: {{{populations}}}}}\n")
    return path


@contextmanager
def running(*words: str) -> Iterator[Process]:
    process = subprocess.Popen([sys.executable, "-m", *words], start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def comparing(market: Path, folder: Path, *settings: str) -> AbstractContextManager[Process]:
    options = (str(market), *OPTIONS, "--precision", "0.05", "-o", str(folder))
    return running("impetus_sim", "compare", *options, *settings)


@pytest.fixture(scope="module")
def undisturbed(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "study"
    with comparing(market, folder, "--workers", "2") as process:
        assert process.wait(WITHIN_S) == 0
    return folder


def count_results(folder: Path) -> int:
    return len(list((folder / "runs").glob("*.json")))


def wait_for_results(folder: Path, n: int, process: Process) -> None:
    deadline = time.monotonic() + WITHIN_S
    while count_results(folder) < n:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "no results appear"
        time.sleep(0.05)


def require_same(folder: Path, undisturbed: Path) -> None:
    for name in RESULTS:
        assert (folder / name).read_bytes() == (undisturbed / name).read_bytes(), name
    assert count_results(folder) == count_results(undisturbed) >= LEAST_RUNS


def test_killed_twice_and_taken_up(market: Path, undisturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    with comparing(market, folder, "--workers", "2") as process:
        wait_for_results(folder, LEAST_RUNS // 4, process)
        os.killpg(process.pid, signal.SIGKILL)  # everything at once
    with comparing(market, folder, "--workers", "2") as process:
        wait_for_results(folder, LEAST_RUNS // 2, process)
        process.kill()  # the command alone; its workers end with it
        process.wait(10)
    assert not (folder / "comparison.json").exists()
    with comparing(market, folder, "--workers", "2") as process:
        assert process.wait(WITHIN_S) == 0
    require_same(folder, undisturbed)


def test_one_worker_of_a_cluster_is_killed(market: Path, undisturbed: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    folder = tmp_path / "study"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    worker = ("dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with (
        running("dask", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"),
        running(*worker),
        running(*worker) as unlucky,
        comparing(market, folder, "--scheduler", address) as process,
    ):
        wait_for_results(folder, LEAST_RUNS // 4, process)
        unlucky.kill()
        assert process.wait(WITHIN_S) == 0
    require_same(folder, undisturbed)

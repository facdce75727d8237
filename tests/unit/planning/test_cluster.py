"""Comparisons over a Dask cluster give the bytes that local processes give, whatever happens to the cluster."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cheap_runner import CHEAP, CheapScenario

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.planning.comparison.compare import compare
from impetus_sim.planning.comparison.study import Study
from impetus_sim.planning.runs.execute import Progress
from impetus_sim.planning.runs.store import StudyFolder

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")  # those of Dask are not ours

BASE = CheapScenario()
OPTIONS = {"open": CheapScenario(effect=-42.0, own_noise=5.0, fails_at=(3,))}
HERE = Path(__file__).parent
RESULTS = ("comparison.json", "results.parquet")


def start_cluster(**settings: Any) -> Any:
    import dask

    with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
        return distributed.LocalCluster(host="127.0.0.1", protocol="tcp", dashboard_address=None, **settings)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with start_cluster(n_workers=2, threads_per_worker=1, processes=True) as cluster:
        yield cluster.scheduler_address


def read(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in RESULTS]


def study(folder: Path, options: dict[str, CheapScenario] = OPTIONS, **settings: Any) -> Study:
    return compare(BASE, options, replicates=6, folder=folder, runner=CHEAP, **settings)


def test_a_cluster_gives_the_bytes_of_local_processes(tmp_path: Path, scheduler: str) -> None:
    seen: list[Progress] = []
    study(tmp_path / "local")
    found = study(tmp_path / "cluster", scheduler=scheduler, progress=seen.append)
    assert read(tmp_path / "cluster") == read(tmp_path / "local")
    assert [failure["replicate"] for failure in found.comparison["failures"]] == [3]
    assert found.recording_path("open") is not None
    assert seen[-1].n_done == seen[-1].n_total == 12
    assert not any(each.note for each in seen)


def hide_folder(path: Path) -> None:
    """Make a worker blind for a study's folder, as one on another machine is."""
    sees = StudyFolder.is_held_by

    def is_held_by(self: StudyFolder, session: str) -> bool:
        return self.path != path and sees(self, session)

    StudyFolder.is_held_by = is_held_by  # type: ignore[method-assign]


def test_results_come_over_the_wire_where_no_folder_is_shared(tmp_path: Path, scheduler: str) -> None:
    seen: list[Progress] = []
    study(tmp_path / "local", keep="all")
    with distributed.Client(scheduler, set_as_default=False) as client:
        client.run(hide_folder, tmp_path / "cluster")
    study(tmp_path / "cluster", scheduler=scheduler, progress=seen.append, keep="all")
    assert read(tmp_path / "cluster") == read(tmp_path / "local")
    kept = {path.name for path in (tmp_path / "local" / "recordings").iterdir()}
    assert {path.name for path in (tmp_path / "cluster" / "recordings").iterdir()} == kept
    assert len(kept) == 11
    assert any("over the network" in each.note for each in seen)


@pytest.mark.slow
def test_a_lost_worker_costs_nothing_and_a_deadly_run_is_marked_failed(
    tmp_path: Path, scheduler: str
) -> None:
    calm = {"once": CheapScenario(effect=-42.0, dies_once_at=2, folder=str(tmp_path))}
    (tmp_path / "died").write_text("")
    study(tmp_path / "local", calm)
    (tmp_path / "died").unlink()
    study(tmp_path / "cluster", calm, scheduler=scheduler)
    assert (tmp_path / "died").exists()
    assert read(tmp_path / "cluster") == read(tmp_path / "local")

    found = study(tmp_path / "deadly", {"o": CheapScenario(dies_always_at=1)}, scheduler=scheduler)
    assert [(each["error"], each["replicate"]) for each in found.comparison["failures"]] == [
        ("WorkerLost", 1)
    ]


def test_a_worker_of_several_threads_is_refused(tmp_path: Path) -> None:
    with (
        start_cluster(n_workers=1, threads_per_worker=2, processes=False) as cluster,
        pytest.raises(RunFailedError, match="start it with --nthreads 1"),
    ):
        study(tmp_path, scheduler=cluster.scheduler_address)


def test_what_cannot_be_a_scheduler_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "study"
    for address in ("somewhere", "tcp://host", "tcp://host:port", "http://host:80"):
        with pytest.raises(InvalidInputError, match="such as tcp://host:8786"):
            study(folder, scheduler=address)
    with pytest.raises(InvalidInputError, match="no certificates"):
        study(folder, scheduler="tls://127.0.0.1:8786")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setattr("impetus_sim.planning.runs.cluster.CONNECT_WITHIN_S", 0.5)
        with pytest.raises(RunFailedError, match="no scheduler answers"):
            study(folder, scheduler=address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidInputError) as refused:
        study(folder, scheduler=address)
    assert "impetus_sim[cluster]" in refused.value.hint
    assert not folder.exists()


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module in a process of its own, which can import the stand-in for the engine."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (HERE, *sys.path)))}
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@contextmanager
def running_cluster(address: str) -> Iterator[subprocess.Popen[bytes]]:
    port = address.rpartition(":")[2]
    worker = ("dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with (
        running("dask", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard") as scheduler,
        running(*worker),
    ):
        yield scheduler


@pytest.mark.slow
def test_a_lost_scheduler_is_named_and_the_same_command_goes_on(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    options = {"open": CheapScenario(effect=-42.0, own_noise=5.0, sleep_s=0.3)}
    study(tmp_path / "local", options)
    with running_cluster(address) as scheduler:

        def stop_scheduler(progress: Progress) -> None:
            if progress.n_done == 4:
                scheduler.kill()

        with pytest.raises(RunFailedError, match=r"scheduler at tcp://.* was lost; finished runs are kept"):
            study(tmp_path / "cluster", options, scheduler=address, progress=stop_scheduler)
    assert len(list((tmp_path / "cluster" / "runs").iterdir())) >= 4
    seen: list[Progress] = []
    with running_cluster(address):
        study(tmp_path / "cluster", options, scheduler=address, progress=seen.append)
    assert seen[0].n_done >= 4
    assert read(tmp_path / "cluster") == read(tmp_path / "local")

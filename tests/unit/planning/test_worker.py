"""What a worker writes when the study that asked for its run is over, or has been taken up by another command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cheap_runner import CHEAP, CheapScenario, run_cheaply

from impetus_sim.planning.runs.outcome import Outcome
from impetus_sim.planning.runs.run_table import RunTable
from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.runs.worker import RunRequest, run_and_store


@pytest.fixture
def request_of_run() -> RunRequest:
    table = RunTable({"baseline": CheapScenario()}, seed=1, keep="all", runner=CHEAP)
    return table.list_requests(1)[0]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StudyFolder]:
    store = StudyFolder(tmp_path / "study")
    store.begin_session()
    yield store
    store.close()


def end(store: StudyFolder) -> None:
    store.close()


def take_over(store: StudyFolder) -> None:
    store.close()
    store.begin_session()


def list_files(store: StudyFolder) -> list[str]:
    return sorted(path.name for folder in (store.runs, store.recordings) for path in folder.iterdir())


def test_a_result_and_its_recording_are_written(store: StudyFolder, request_of_run: RunRequest) -> None:
    assert run_and_store(request_of_run, run_cheaply, store.path, store.session) == ""
    assert list_files(store) == [f"{request_of_run.key}.h5", f"{request_of_run.key}.json"]
    assert not list(store.scratch.iterdir())


@pytest.mark.parametrize("change", [end, take_over])
@pytest.mark.parametrize("fails", [False, True])
def test_nothing_is_written_into_a_study_that_is_no_longer_ours(
    store: StudyFolder, request_of_run: RunRequest, change: Callable[[StudyFolder], None], fails: bool
) -> None:
    def run(request: RunRequest, path: Path) -> Outcome:
        change(store)
        if fails:
            raise OSError("the scratch has gone")
        path.parent.mkdir(exist_ok=True)
        return run_cheaply(request, path)

    session = store.session
    assert "ended or taken over" in run_and_store(request_of_run, run, store.path, session)
    assert list_files(store) == []

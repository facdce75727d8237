"""A table does not depend on the order in which runs were finished."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType

from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.planning.comparison.compare import compare
from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.runs.worker import RunRequest, run_and_store

N = 6


def load_stand_in() -> ModuleType:
    path = Path(__file__).parents[2] / "unit" / "planning" / "cheap_runner.py"
    spec = importlib.util.spec_from_file_location("cheap_runner", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules.setdefault("cheap_runner", module)
    if sys.modules["cheap_runner"] is module:
        spec.loader.exec_module(module)
    return sys.modules["cheap_runner"]


stand_in = load_stand_in()
BASE = stand_in.CheapScenario()
OPTION = stand_in.CheapScenario(effect=-3.0, own_noise=5.0, fails_at=(4,))


def list_requests() -> list[RunRequest]:
    from impetus_sim.planning.runs.run_table import RunTable

    scenarios = {"baseline": BASE, "option": OPTION}
    return RunTable(scenarios, seed=1, keep="first", runner=stand_in.CHEAP).list_requests(N)


def compare_after(order: list[int], folder: Path) -> bytes:
    """Finish runs in an order of its own, then compare what is in the folder."""
    store = StudyFolder(folder)
    store.begin_session()
    requests = list_requests()
    for index in order:
        assert run_and_store(requests[index], stand_in.CHEAP.run, store.path, store.session) == ""
    store.close()
    compare(BASE, {"option": OPTION}, seed=1, replicates=N, folder=folder, runner=stand_in.CHEAP)
    return (folder / "comparison.json").read_bytes() + (folder / "results.parquet").read_bytes()


with tempfile.TemporaryDirectory() as first:
    REFERENCE = compare_after(list(range(2 * N)), Path(first) / "study")


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(2 * N)))
def test_any_order_gives_the_same_bytes(order: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert compare_after(order, Path(folder) / "study") == REFERENCE

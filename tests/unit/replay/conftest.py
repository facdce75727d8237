"""One small recording, made once for all tests of the viewer's server, and a browser that has been let in."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from impetus_sim.engine.record import simulate
from impetus_sim.recording.reader import Recording, open_recording
from impetus_sim.scenario.load import load_scenario

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette announces another client for its tests
    from fastapi.testclient import TestClient

from impetus_sim.replay.app import create_app
from impetus_sim.replay.security import Access
from impetus_sim.replay.session import Session

ROOM = Path(__file__).parents[3] / "scenarios" / "teaching" / "room.yaml"
HOST = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def room_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RUN.h5 of a room that people leave for 15 s, with a checkpoint every 5 s."""
    scenario = load_scenario(ROOM, overrides=["time.duration=15 s", "record.checkpoint_every=5 s"])
    path = tmp_path_factory.mktemp("replay") / "room.h5"
    simulate(scenario, seed=1, path=path)
    return path


@pytest.fixture(scope="session")
def room(room_path: Path) -> Recording:
    """The recording of `room_path`."""
    return open_recording(room_path)


class Browser:
    """A browser without a page: GET and POST as the viewer's page does them.

    Parameters
    ----------
    paths
        Recordings to show.
    """

    def __init__(self, *paths: Path, let_in: bool = True) -> None:
        self.session, self.access = Session(paths), Access()
        self.client: Any = TestClient(create_app(self.session, self.access), base_url=HOST)
        if let_in:
            assert self.client.get(f"/?token={self.access.new_token()}").status_code == 200

    def get(self, address: str, **headers: str) -> Any:
        """Return the response."""
        return self.client.get(address, headers=headers)

    def json(self, address: str) -> Any:
        """Return the plain values of an answer that must be one."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, address: str, values: Any, **headers: str) -> Any:
        """Return the response to a POST with the page's headers."""
        own = {"x-impetus": "1", "origin": HOST} | headers
        return self.client.post(address, json=values, headers=own)


@pytest.fixture(scope="session")
def write_city() -> Callable[[Path], Path]:
    """Writes a recording by hand that has a little of everything; see `city.py`."""
    spec = importlib.util.spec_from_file_location("replay_city", Path(__file__).with_name("city.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    write: Callable[[Path], Path] = module.write_city
    return write


@pytest.fixture
def browser(room_path: Path) -> Browser:
    """A browser that shows the room."""
    return Browser(room_path)


@pytest.fixture
def open_browser() -> type[Browser]:
    """Opens other recordings."""
    return Browser
